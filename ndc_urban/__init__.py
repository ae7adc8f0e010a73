"""Reads Nationally Determined Contributions and says how much of them is about cities, with the evidence.

`ndc_urban.score` scores documents from a script or a notebook; see `ndc_urban.scripting`.
"""

from importlib import import_module
from typing import Any

__version__ = "0.2.0"

__all__ = ["score"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("ndc_urban.scripting"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
