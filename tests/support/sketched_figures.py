"""Figures that are laid out but not drawn: for tests of which figures there are, as drawing takes longest."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from ndc_urban.trend.figures import bars, curve, moves, one_slide, sectors, world
from ndc_urban.trend.figures.canvas import Drawing

_SKETCH = b'<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720"/>'


def sketch_figures(patch: pytest.MonkeyPatch) -> None:
    """Each figure is written as a tiny empty picture."""
    dots = io.BytesIO()
    Image.new("RGB", (16, 9)).save(dots, "png")

    def sketch(_: object, name: str, title: str, description: str, *__: object) -> Drawing:
        return Drawing(name, title, description, _SKETCH, dots.getvalue())

    for module in (bars, curve, moves, one_slide, sectors, world):
        patch.setattr(module, "finished", sketch)
