"""The model: what it says about passages and documents, and how it is stored. It is made in `ndc_urban.training`.

Names are imported where they are asked for, so that a command which needs no model does not wait for one.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ndc_urban.model.assessment import Assessment, ScoredPassage
    from ndc_urban.model.identity import default_model_folder
    from ndc_urban.model.storage import load_model, save_model
    from ndc_urban.model.urban_model import UrbanModel

_HOME = {
    "Assessment": "assessment",
    "ScoredPassage": "assessment",
    "UrbanModel": "urban_model",
    "default_model_folder": "identity",
    "load_model": "storage",
    "save_model": "storage",
}

__all__ = ["Assessment", "ScoredPassage", "UrbanModel", "default_model_folder", "load_model", "save_model"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
