"""What pdfium knows of how a file is shown, for the second reader, which knows nothing of forms and layers.

`as_shown` asks it once for all pages: what was typed into forms is drawn into a copy of the file, values without an
appearance and the text of layers that are off come beside it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

from ndc_urban.errors import ReadingError
from ndc_urban.reading.pdf.catalogue import Catalogue
from ndc_urban.reading.pdf.glyphs import Bools, Floats, Glyphs
from ndc_urban.reading.pdf.overprint import extent
from ndc_urban.reading.pdf.pdfium import PdfiumFile

_TELLING = (b"/Widget", b"/FreeText", b"/Stamp", b"/OCProperties")
"""Names in a file that has forms, texts typed onto pages, or layers; in most files there are none."""

_NEAR = 0.5
"""Points between one glyph in two readers at most, which is more than they round."""


@dataclass(frozen=True, slots=True)
class AsShown:
    """The bytes of a file with its forms drawn in; by page (0-based) the glyphs of values that have no appearance, and
    those of text that is not shown, which stand in the bytes still.
    """

    data: bytes
    typed: Mapping[int, Glyphs] = field(default_factory=dict)
    hidden: Mapping[int, Glyphs] = field(default_factory=dict)


def as_shown(path: Path, data: bytes, catalogue: Catalogue) -> AsShown:
    """The file as a viewer shows it; as it is where it has neither forms nor layers, or pdfium cannot open it."""
    if not any(map(catalogue.names, _TELLING)):
        return AsShown(data)
    try:
        with PdfiumFile(path, data, catalogue) as file:
            beside = [file.beside(index) for index in range(file.page_count)]
            copy = _saved(file.handle) if any(each.drawn for each in beside) else data
    except ReadingError:
        return AsShown(data)
    return AsShown(
        copy or data,
        {index: each.typed for index, each in enumerate(beside) if len(each.typed)},
        {index: each.hidden for index, each in enumerate(beside) if len(each.hidden)},
    )


def is_among(glyphs: Glyphs, hidden: Glyphs) -> Bools:
    """Which glyphs (n,) are one of the `hidden` ones: the same letter in the same place, (n,)."""
    own, its = _places(glyphs), _places(hidden)
    found = np.zeros(len(glyphs), dtype=np.bool_)
    for code in np.unique(hidden.codes[~hidden.blank]):
        at, there = np.flatnonzero(glyphs.codes == code), its[hidden.codes == code]
        if len(at):
            apart = np.abs(own[at, None, :] - there[None, :, :]).max(axis=2)
            found[at] = apart.min(axis=1) < _NEAR
    return found


def _places(glyphs: Glyphs) -> Floats:
    """Where the glyphs begin on their line, and their baselines, (n, 2): two readers agree on these, not on boxes."""
    return np.stack([extent(glyphs, np.arange(len(glyphs)))[0], glyphs.baseline], axis=1)


def _saved(document: Any) -> bytes:
    """The bytes of an opened document as it is now; none where pdfium cannot write it."""
    parts: list[bytes] = []

    def write(_: Any, block: Any, size: int) -> int:
        parts.append(ctypes.string_at(block, size))
        return 1

    writer = pdfium_c.FPDF_FILEWRITE(version=1)
    writer.WriteBlock = type(writer.WriteBlock)(write)
    done = pdfium_c.FPDF_SaveAsCopy(document, ctypes.byref(writer), pdfium_c.FPDF_NO_INCREMENTAL)
    return b"".join(parts) if done else b""
