"""Optional content: which text stands on layers that are switched off.

pdfium itself is asked: what belongs to one layer is drawn alone, and where nothing appears the layer is off.
"""

from __future__ import annotations

import ctypes
from collections import defaultdict
from typing import Any

import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

from ndc_urban.reading.pdf.annotations import utf16_string
from ndc_urban.reading.pdf.drawing import CLEAR, drawn

_SIDE = 400
"""Pixels of the longer side of the picture; the smallest print still leaves a trace of grey."""

_MAX_LAYERS = 60
"""Layers (and forms) of a page that are tried; those beyond count as shown."""

_MAX_OBJECTS = 20_000  # as for rulings: a page with more is a drawing
_MAX_DEPTH = 3  # forms inside forms; bounds the search in a file whose forms hold themselves
_INVISIBLE = 3  # text render mode 3 (ISO 32000-1, table 106)

_Key = tuple[tuple[int, ...], str]
"""The forms around a text object, and the name of its layer."""


class Layers:
    """The layers of one file, with what is known of them so far."""

    def __init__(self) -> None:
        self._shown: dict[str, bool] = {}

    def hidden_text(self, page: Any) -> frozenset[int]:
        """Addresses of the text objects of a loaded page that are not shown."""
        leaves: list[Any] = []
        groups: dict[_Key, list[Any]] = defaultdict(list)
        _collect(_of_page(page), (), "", leaves, groups)
        tried = [key for key in groups if any(key)][:_MAX_LAYERS]
        if not tried:
            return frozenset()
        hidden: set[int] = set()
        _activate(leaves, False)
        for key in tried:
            if not self._is_shown(page, key, groups[key]):
                hidden.update(_address(item) for item in groups[key])
        _activate(leaves, True)
        return frozenset(hidden)

    def _is_shown(self, page: Any, key: _Key, items: list[Any]) -> bool:
        forms, name = key
        known = name if not forms and not name.startswith("#") else ""
        if known in self._shown:
            return self._shown[known]
        _activate(items, True)
        shown = _draws_anything(page)
        _activate(items, False)
        if known:
            self._shown[known] = shown
        return shown


def _of_page(page: Any) -> list[Any]:
    count = min(int(pdfium_c.FPDFPage_CountObjects(page)), _MAX_OBJECTS)
    return [pdfium_c.FPDFPage_GetObject(page, at) for at in range(count)]


def _of_form(form: Any) -> list[Any]:
    count = min(int(pdfium_c.FPDFFormObj_CountObjects(form)), _MAX_OBJECTS)
    return [pdfium_c.FPDFFormObj_GetObject(form, at) for at in range(max(0, count))]


def _collect(
    items: list[Any], forms: tuple[int, ...], layer: str, leaves: list[Any], groups: dict[_Key, list[Any]]
) -> None:
    """Adds everything that draws to `leaves`, and text that may be hidden to `groups`."""
    for item in items:
        if len(leaves) > _MAX_OBJECTS:
            return
        kind = pdfium_c.FPDFPageObj_GetType(item)
        own = layer + _layer_of(item)
        if kind == pdfium_c.FPDF_PAGEOBJ_FORM and len(forms) < _MAX_DEPTH:
            _collect(_of_form(item), (*forms, _address(item)), own, leaves, groups)
            continue
        leaves.append(item)
        if kind == pdfium_c.FPDF_PAGEOBJ_TEXT and pdfium_c.FPDFTextObj_GetTextRenderMode(item) != _INVISIBLE:
            groups[forms, own].append(item)


def _layer_of(item: Any) -> str:
    """The name of the layer that an object is marked with; one that begins with # where it has none."""
    name = ""
    for at in range(min(10, int(pdfium_c.FPDFPageObj_CountMarks(item)))):
        mark = pdfium_c.FPDFPageObj_GetMark(item, at)
        if mark and _mark_name(mark) == "OC":
            name += _parameter(mark, b"Name\0") or f"#{ctypes.cast(mark, ctypes.c_void_p).value}"
    return name


def _mark_name(mark: Any) -> str:
    length = ctypes.c_ulong(0)
    buffer = (ctypes.c_ushort * 64)()
    if not pdfium_c.FPDFPageObjMark_GetName(mark, buffer, ctypes.sizeof(buffer), ctypes.byref(length)):
        return ""
    return bytes(buffer)[: max(0, min(length.value, 128) - 2)].decode("utf-16-le", "replace")


def _parameter(mark: Any, key: bytes) -> str:
    def ask(buffer: Any, size: int) -> int:
        length = ctypes.c_ulong(0)
        found = pdfium_c.FPDFPageObjMark_GetParamStringValue(mark, key, buffer, size, ctypes.byref(length))
        return length.value if found else 0

    return utf16_string(ask)


def _address(item: Any) -> int:
    return int(ctypes.cast(item, ctypes.c_void_p).value or 0)


def _activate(items: list[Any], active: bool) -> None:
    for item in items:
        pdfium_c.FPDFPageObj_SetIsActive(item, active)


def _draws_anything(page: Any) -> bool:
    pixels = drawn(page, _SIDE, CLEAR)
    return pixels is None or bool(pixels.any())
