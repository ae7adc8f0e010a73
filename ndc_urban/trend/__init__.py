"""The trend over rounds: from scored runs and a panel of Parties to tables with intervals, beside published figures.

`trend()` returns a `Trend`, and `ndc_urban.trend.report.write_trend` writes it. `build` puts everything together.
`panel`, `calendar_years`, `results`, `labels`, `matching` and `published` read and join the inputs. `estimates`,
`intervals` and `reference_calibration` are the statistics, on plain arrays. `levels`, `changes`, `coverage`, `parties`
and `profiles` make the tables; `figures` and `report` write them. Nothing here scores documents or prints.

Names are imported when they are first used, because tables and figures need heavy libraries.
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
