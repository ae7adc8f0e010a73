"""A page drawn by pdfium, small, for looking at it."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]
from numpy.typing import NDArray

_LONGEST = 1e6
"""Points: pages that claim to be longer are not drawn."""

CLEAR, WHITE = 0x00000000, 0xFFFFFFFF


def drawn(page: Any, side: int, ground: int = WHITE) -> NDArray[np.uint8] | None:
    """A loaded page as pixels (rows, columns, 4: blue, green, red, opacity), the longer side so many of them; None
    where it cannot be drawn.
    """
    width, height = float(pdfium_c.FPDF_GetPageWidthF(page)), float(pdfium_c.FPDF_GetPageHeightF(page))
    if not (0 < width < _LONGEST and 0 < height < _LONGEST):
        return None
    scale = side / max(width, height)
    wide, tall = max(1, int(width * scale)), max(1, int(height * scale))
    pixels = np.empty((tall, wide, 4), dtype=np.uint8)
    bitmap = pdfium_c.FPDFBitmap_CreateEx(
        wide, tall, pdfium_c.FPDFBitmap_BGRA, ctypes.c_void_p(pixels.ctypes.data), 4 * wide
    )
    if not bitmap:
        return None
    try:
        pdfium_c.FPDFBitmap_FillRect(bitmap, 0, 0, wide, tall, ground)
        pdfium_c.FPDF_RenderPageBitmap(bitmap, page, 0, 0, wide, tall, 0, 0)
    finally:
        pdfium_c.FPDFBitmap_Destroy(bitmap)
    return pixels
