"""What people typed into a PDF: form fields, text annotations and stamps become part of the page's content.

Appearance streams are drawn into the page, as a viewer does; values without one are handed over with their place.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable
from html import unescape
from typing import Any, NamedTuple

import numpy as np
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

from ndc_urban.reading.pdf.glyphs import ASCENT, DESCENT, LINE_BREAK, Glyphs

_TYPED = (pdfium_c.FPDF_ANNOT_WIDGET, pdfium_c.FPDF_ANNOT_FREETEXT, pdfium_c.FPDF_ANNOT_STAMP)
_UNSEEN = pdfium_c.FPDF_ANNOT_FLAG_HIDDEN | pdfium_c.FPDF_ANNOT_FLAG_NOVIEW
_WRITTEN = (
    pdfium_c.FPDF_FORMFIELD_TEXTFIELD,
    pdfium_c.FPDF_FORMFIELD_COMBOBOX,
    pdfium_c.FPDF_FORMFIELD_LISTBOX,
)
_TICKED = (pdfium_c.FPDF_FORMFIELD_CHECKBOX, pdfium_c.FPDF_FORMFIELD_RADIOBUTTON)
_PASSWORD = 1 << 13
"""Flag of a text field whose value is shown as dots (PDF 32000-1, table 228)."""

_MAX_ANNOTATIONS = 5_000
"""More annotations than any form has; the rest of them is left out."""

_MAX_LETTERS = 100_000  # of one value: more than a form has room for; the rest is left out
_MAX_OPTIONS = 1_000
"""Options of a list: more than the countries of the world; the rest is left out."""

_TAG = re.compile(r"<[^>]*>")
_PARAGRAPH_END = re.compile(r"</p>|<br\s*/?>", re.IGNORECASE)
_DRAWS_TEXT = re.compile(r"\bT[jJ]\b|['\"]\s")
_SAYS = re.compile(r"[^\W\d_]{3}.*\W.*[^\W\d_]{3}|[^\W\d_]{6}", re.DOTALL)
"""A checked box says something by the name of its state where that is words, unlike "Yes", "On" or "Choice1"."""

_EM, _LEADING, _LARGEST, _USUAL = 0.5, 1.2, 12.0, 10.0
"""How a value without an appearance is set: widths and line distance in ems, sizes in points, as viewers do."""


class Typed(NamedTuple):
    """A value without an appearance: its text and its rectangle in user space (left, bottom, right, top)."""

    text: str
    rect: tuple[float, float, float, float]


class Forms:
    """The form fields of an opened file; made when first asked, and to be closed before the file is."""

    def __init__(self, document: Any, *, stale: bool) -> None:
        """`stale` says that the file wants appearances made anew (NeedAppearances)."""
        self._document, self._stale = document, stale
        self._handle: Any = None
        self._info: Any = None

    def close(self) -> None:
        if self._handle is not None:
            pdfium_c.FPDFDOC_ExitFormFillEnvironment(self._handle)
            self._handle = None

    def typed_onto(self, page: Any) -> tuple[bool, list[Typed]]:
        """Draws what was typed onto a loaded page into it; True where the page must be loaded anew for that. With it
        come the values that have no appearance.
        """
        count = min(int(pdfium_c.FPDFPage_GetAnnotCount(page)), _MAX_ANNOTATIONS)
        if count <= 0:
            return False, []
        kinds = [self._with(page, at, pdfium_c.FPDFAnnot_GetSubtype) for at in range(count)]
        if not any(kind in _TYPED for kind in kinds):
            return False, []
        values, drawn = [], False
        for at in reversed(range(count)):  # from the end, as those that are not drawn are removed
            value, has_text = self._with(page, at, self._shown) if kinds[at] in _TYPED else (None, False)
            if value is not None:
                values.append(value)
            if has_text:
                drawn = True
            else:
                pdfium_c.FPDFPage_RemoveAnnot(page, at)
        flat = (
            drawn and pdfium_c.FPDFPage_Flatten(page, pdfium_c.FLAT_NORMALDISPLAY) == pdfium_c.FLATTEN_SUCCESS
        )
        return flat, values[::-1]

    def _with(self, page: Any, at: int, ask: Callable[[Any], Any]) -> Any:
        annotation = pdfium_c.FPDFPage_GetAnnot(page, at)
        if not annotation:
            return (None, False) if ask == self._shown else -1
        try:
            return ask(annotation)
        finally:
            pdfium_c.FPDFPage_CloseAnnot(annotation)

    def _shown(self, annotation: Any) -> tuple[Typed | None, bool]:
        """The value of an annotation that must be set by hand, and whether its appearance holds text."""
        if pdfium_c.FPDFAnnot_GetFlags(annotation) & _UNSEEN:
            return None, False
        kind = pdfium_c.FPDFAnnot_GetSubtype(annotation)
        if kind == pdfium_c.FPDF_ANNOT_WIDGET:
            return self._field(annotation)
        if _has_look(annotation):
            return None, True
        written = kind == pdfium_c.FPDF_ANNOT_FREETEXT
        return _typed(annotation, _contents(annotation) if written else ""), False

    def _field(self, annotation: Any) -> tuple[Typed | None, bool]:
        form = self._form()
        field = int(pdfium_c.FPDFAnnot_GetFormFieldType(form, annotation))
        value = ""
        if field in _WRITTEN:
            if _has_look(annotation) and not self._stale and _DRAWS_TEXT.search(_look(annotation)):
                return None, True
            if not int(pdfium_c.FPDFAnnot_GetFormFieldFlags(form, annotation)) & _PASSWORD:
                value = _chosen(form, annotation) or utf16_string(
                    pdfium_c.FPDFAnnot_GetFormFieldValue, form, annotation
                )
        elif field in _TICKED:
            state = utf16_string(pdfium_c.FPDFAnnot_GetStringValue, annotation, b"AS\0")
            value = state if state != "Off" and _SAYS.search(state) else ""
        return _typed(annotation, value), False

    def _form(self) -> Any:
        if self._handle is None:
            self._info = pdfium_c.FPDF_FORMFILLINFO(version=2)
            self._handle = pdfium_c.FPDFDOC_InitFormFillEnvironment(self._document, self._info)
        return self._handle


def _contents(annotation: Any) -> str:
    """The text of a text annotation: plain, or what its rich text (XHTML) shows."""
    plain = utf16_string(pdfium_c.FPDFAnnot_GetStringValue, annotation, b"Contents\0")
    if plain.strip():
        return plain
    rich = utf16_string(pdfium_c.FPDFAnnot_GetStringValue, annotation, b"RC\0")
    return unescape(_TAG.sub(" ", _PARAGRAPH_END.sub("\n", rich)))


def _chosen(form: Any, annotation: Any) -> str:
    """The labels of the chosen options of a list, which the field's value may only name by a code; empty for others."""
    count = min(int(pdfium_c.FPDFAnnot_GetOptionCount(form, annotation)), _MAX_OPTIONS)
    return "\n".join(
        utf16_string(pdfium_c.FPDFAnnot_GetOptionLabel, form, annotation, at)
        for at in range(count)
        if pdfium_c.FPDFAnnot_IsOptionSelected(form, annotation, at)
    )


def _has_look(annotation: Any) -> bool:
    return int(pdfium_c.FPDFAnnot_GetAP(annotation, pdfium_c.FPDF_ANNOT_APPEARANCEMODE_NORMAL, None, 0)) > 2


def _look(annotation: Any) -> str:
    return utf16_string(pdfium_c.FPDFAnnot_GetAP, annotation, pdfium_c.FPDF_ANNOT_APPEARANCEMODE_NORMAL)


def utf16_string(ask: Any, *arguments: Any) -> str:
    """What a function of pdfium writes into a buffer of UTF-16."""
    length = min(int(ask(*arguments, None, 0)), 2 * _MAX_LETTERS)
    if length <= 2:
        return ""
    buffer = (ctypes.c_ushort * (length // 2 + 1))()
    ask(*arguments, buffer, length)
    return bytes(buffer)[: length - 2].decode("utf-16-le", "replace").rstrip("\0")


def _typed(annotation: Any, text: str) -> Typed | None:
    rect = pdfium_c.FS_RECTF()
    if not text.strip() or not pdfium_c.FPDFAnnot_GetRect(annotation, ctypes.byref(rect)):
        return None
    return Typed(text, (rect.left, rect.bottom, rect.right, rect.top))


def set_in(text: str, box: tuple[float, float, float, float]) -> Glyphs:
    """A value as glyphs in its box on the shown page, broken into lines where it is too long for one."""
    left, top, right, bottom = box
    size = min(_LARGEST, max(1.0, (bottom - top) / _LEADING)) if bottom - top < 2 * _USUAL else _USUAL
    room = max(1, int((right - left) / (_EM * size)))
    lines = [line for part in re.split(r"[\r\n]+", text) for line in _wrapped(part, room)]
    letters, places = [], []
    for down, line in enumerate(lines):
        letters += [*line, LINE_BREAK]
        places += [
            (left + at * _EM * size, top + (down * _LEADING + 1) * size) for at in range(len(line) + 1)
        ]
    at = np.array(places, dtype=np.float64).reshape(-1, 2)
    count = len(letters)
    sides = (at[:, 0], at[:, 1] - ASCENT * size, at[:, 0] + _EM * size, at[:, 1] + DESCENT * size)
    return Glyphs(
        letters,
        np.stack(sides, axis=1),
        at[:, 1],
        np.full(count, size),
        np.zeros(count, dtype=np.bool_),
        np.zeros(count, dtype=np.int64),
    )


def _wrapped(text: str, room: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return [line for line in lines if line]
