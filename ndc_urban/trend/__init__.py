"""From scored runs and a panel of Parties and rounds to the trend: tables with intervals, beside the published figures.

Names are imported where they are asked for, since tables and figures need heavy libraries.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ndc_urban.trend.build import trend
    from ndc_urban.trend.tables import Table, Trend

_HOME = {"Table": "tables", "Trend": "tables", "trend": "build"}

__all__ = ["Table", "Trend", "trend"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
