"""Copies of PDFs with their evidence highlighted, and a note on each highlight. The originals stay as they are.

A passage is found by its characters: those of the page, as pdfium gives them, and those of the passage are compared in
normal form, in the order of reading or, as some Arabic files have them, reversed. Where too little is found (a page
read by recognition) the area of the passage is highlighted, which takes reading the file again. Annotations are
made with pdfium's calls (https://pdfium.googlesource.com/pdfium, public/fpdf_annot.h).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium_c  # type: ignore[import-untyped]

from ndc_urban.codebook import SECTORS
from ndc_urban.counting import chance
from ndc_urban.document import Document
from ndc_urban.errors import ReadingError
from ndc_urban.files import sha256_of
from ndc_urban.labels.anchors import normalised
from ndc_urban.report.records import ReportDocument, ReportPassage
from ndc_urban.segment import segment

SHORTEST_RUN = 6
"""Normalised characters that must agree in one piece: shorter runs agree anywhere on a page of a few thousand."""
ENOUGH = 0.6
"""Share of a passage that must be found on its page, as for anchors (`ndc_urban.labels.anchors.ENOUGH`)."""
_COLOUR = (255, 213, 79, 110)
"""Red, green, blue and opacity: yellow that leaves black print readable, in grey too."""
_LINE_OVERLAP = 0.5
"""Share of the lower height by which two characters overlap when they stand on one line."""
_GAP = 1.5
"""Characters of one line further apart than this many heights belong to two cells or columns."""
_WRITE_WITHOUT_UPDATE = 2
"""FPDF_NO_INCREMENTAL: the copy is written anew, so that no damage of the original is carried over."""
AUTHOR = "ndc-urban"

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in the page's own space (origin bottom left, before rotation)."""
Reader = Callable[[Path], Document]


@dataclass(frozen=True, slots=True)
class Copy:
    """What became of a document: the name of its copy, or why there is none; how many passages were highlighted.

    `why_not` is put into words by `wording.reason_words`, for one document or for several.
    """

    name: str = ""
    why_not: str = ""
    highlighted: int = 0
    areas: int = 0
    lost: int = 0


def write_copy(document: ReportDocument, folder: Path, name: str, read: Reader) -> Copy:
    """Writes the copy of a document's PDF into `folder`; `read` reads the file again where an area is needed.

    Raises `OSError` where the copy cannot be written.
    """
    path = Path(document.path)
    problem = _problem(document, path)
    if problem:
        return Copy(why_not=problem)
    data = path.read_bytes()
    handle = pdfium_c.FPDF_LoadMemDocument64(data, len(data), None)
    if not handle:
        return Copy(why_not="{its} structure is broken, or {it} {is} protected with a password")
    try:
        if pdfium_c.FPDF_GetSecurityHandlerRevision(handle) != -1:
            return Copy(why_not="{it} {is} protected: save a copy without protection and score that one")
        highlighted, areas, lost = _highlight(handle, document, read)
        if not highlighted + areas:
            return Copy(why_not="none of {its} evidence was found on the pages")
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(_saved(handle))
    finally:
        pdfium_c.FPDF_CloseDocument(handle)
    return Copy(name, "", highlighted, areas, lost)


def _problem(document: ReportDocument, path: Path) -> str:
    """Why there can be no copy, as far as is known before the file is opened."""
    if document.result is None:
        return "{it} {was} not scored"
    if not document.evidence:
        return "{it} {has} no evidence"
    try:
        if not path.is_file():
            return "{it} {is} no longer where {it} {was} when {it} {was} scored"
        if sha256_of(path) != document.sha256:
            return "{it} {has} changed since {it} {was} scored"
        with path.open("rb") as stream:
            return "" if b"%PDF" in stream.read(1024) else "{it} {is} not a PDF"
    except OSError as error:
        problem = str(error.strerror or error).replace("{", "{{").replace("}", "}}")
        return f"{{it}} cannot be read ({problem})"


def _highlight(handle: Any, document: ReportDocument, read: Reader) -> tuple[int, int, int]:
    """Highlights all evidence; how many passages were highlighted by their words, by their area, and not at all."""
    highlighted, areas, lost = 0, 0, 0
    missing: list[ReportPassage] = []
    for passage in document.evidence:
        found = False
        if passage.page is not None:
            for at, boxes in _words(handle, passage.page - 1, passage.text):
                found = _annotate(handle, at, boxes, passage) or found
        highlighted += found
        if not found:
            missing.append(passage)
    if missing:
        places = _areas(document, read)
        for passage in missing:
            done = passage.start in places and _annotate_area(handle, passage, places[passage.start])
            areas += done
            lost += not done
    return highlighted, areas, lost


# Finding words


@dataclass(frozen=True)
class _Text:
    """The normalised characters of a page, each with its box."""

    plain: str
    boxes: Sequence[Box]


def _words(handle: Any, index: int, text: str) -> list[tuple[int, list[Box]]]:
    """The boxes of a passage's lines, by page: on its page and, for what is left, on the next one."""
    wanted = normalised(text)
    first = _page_text(handle, index)
    following = (
        _page_text(handle, index + 1) if index + 1 < pdfium_c.FPDF_GetPageCount(handle) else _Text("", ())
    )
    both = _Text(first.plain + following.plain, (*first.boxes, *following.boxes))
    taken = _matching(wanted, first.plain)
    if len(taken) < len(wanted):
        more = _matching(wanted, both.plain)
        taken = more if len(more) > len(taken) else taken
    if not wanted or len(taken) < ENOUGH * len(wanted):
        return []
    here = [both.boxes[at] for at in taken if at < len(first.boxes)]
    there = [both.boxes[at] for at in taken if at >= len(first.boxes)]
    return [(at, _lines(boxes)) for at, boxes in ((index, here), (index + 1, there)) if boxes]


def _matching(wanted: str, plain: str) -> list[int]:
    """Which characters of a page are those of a passage."""
    for order in (wanted, wanted[::-1]):
        at = plain.find(order)
        if at >= 0:
            return list(range(at, at + len(order)))
    return max((_pieces(order, plain) for order in (wanted, wanted[::-1])), key=len)


def _pieces(wanted: str, plain: str) -> list[int]:
    """The characters of the longest common pieces, wherever they are: pdfium orders some turned pages oddly."""
    matcher = SequenceMatcher(None, wanted, plain, autojunk=False)
    shortest = min(SHORTEST_RUN, len(wanted))
    found: list[tuple[int, int, int]] = []
    open_parts = [(0, len(wanted))]
    while open_parts:
        low, high = open_parts.pop()
        block = matcher.find_longest_match(low, high, 0, len(plain))
        if block.size >= shortest:
            found.append((block.a, block.b, block.size))
            open_parts += [(low, block.a), (block.a + block.size, high)]
    return [at for _, start, size in sorted(found) for at in range(start, start + size)]


def _page_text(handle: Any, index: int) -> _Text:
    page = pdfium_c.FPDF_LoadPage(handle, index)
    if not page:
        return _Text("", ())
    text = pdfium_c.FPDFText_LoadPage(page)
    plain: list[str] = []
    boxes: list[Box] = []
    sides = [ctypes.c_double() for _ in range(4)]
    left, right, bottom, top = sides
    try:
        for at in range(max(pdfium_c.FPDFText_CountChars(text), 0) if text else 0):
            code = pdfium_c.FPDFText_GetUnicode(text, at)
            letters = normalised(chr(code)) if 0 < code < 0x110000 else ""
            if letters and pdfium_c.FPDFText_GetCharBox(text, at, *map(ctypes.byref, sides)):
                plain.append(letters)
                boxes += [(left.value, bottom.value, right.value, top.value)] * len(letters)
    finally:
        if text:
            pdfium_c.FPDFText_ClosePage(text)
        pdfium_c.FPDF_ClosePage(page)
    return _Text("".join(plain), boxes)


def _lines(boxes: Sequence[Box]) -> list[Box]:
    """The boxes of characters joined to those of lines, upright or turned."""
    lines: list[Box] = []
    for box in boxes:
        if lines and (_on_one_line(lines[-1], box, 1) or _on_one_line(lines[-1], box, 0)):
            last = lines[-1]
            lines[-1] = (
                min(last[0], box[0]),
                min(last[1], box[1]),
                max(last[2], box[2]),
                max(last[3], box[3]),
            )
        else:
            lines.append(box)
    return lines


def _on_one_line(line: Box, box: Box, across: int) -> bool:
    """Whether a character continues a line that runs sideways (`across` 1, the axis of its height) or upwards (0)."""
    height = min(line[across + 2] - line[across], box[across + 2] - box[across])
    shared = min(line[across + 2], box[across + 2]) - max(line[across], box[across])
    along = 1 - across
    gap = max(line[along], box[along]) - min(line[along + 2], box[along + 2])
    return height > 0 and shared >= _LINE_OVERLAP * height and gap <= _GAP * height


# Areas


def _areas(document: ReportDocument, read: Reader) -> Mapping[int | None, tuple[int, Box, float, float]]:
    """Page, box and size of page for each passage of the file, by its start; empty where it cannot be read again."""
    try:
        fresh = read(Path(document.path))
    except ReadingError:
        return {}
    sizes = {page.number: (page.width, page.height) for page in fresh.pages}
    found: dict[int | None, tuple[int, Box, float, float]] = {}
    for passage in segment(fresh):
        width, height = sizes.get(passage.page, (None, None))
        if passage.page and passage.bbox and width and height:
            found[passage.start] = (passage.page - 1, passage.bbox, width, height)
    return found


def _annotate_area(handle: Any, passage: ReportPassage, place: tuple[int, Box, float, float]) -> bool:
    index, (left, top, right, bottom), width, height = place
    page = pdfium_c.FPDF_LoadPage(handle, index)
    if not page:
        return False
    try:
        turns = int(pdfium_c.FPDFPage_GetRotation(page)) % 4
        bounds = pdfium_c.FS_RECTF()
        pdfium_c.FPDF_GetPageBoundingBox(page, ctypes.byref(bounds))
        corners = [_unturned(x, y, width, height, turns) for x, y in ((left, top), (right, bottom))]
        x, y = min(bounds.left, bounds.right), min(bounds.bottom, bounds.top)
        (x0, y0), (x1, y1) = corners
        box = (x + min(x0, x1), y + min(y0, y1), x + max(x0, x1), y + max(y0, y1))
    finally:
        pdfium_c.FPDF_ClosePage(page)
    return _annotate(handle, index, [box], passage)


def _unturned(x: float, y: float, width: float, height: float, turns: int) -> tuple[float, float]:
    """A point of the page as shown (origin top left) in the page's own space (origin bottom left)."""
    if turns == 1:
        return y, x
    if turns == 2:
        return width - x, y
    if turns == 3:
        return height - y, width - x
    return x, height - y


# Writing


def _annotate(handle: Any, index: int, boxes: Sequence[Box], passage: ReportPassage) -> bool:
    page = pdfium_c.FPDF_LoadPage(handle, index)
    if not page:
        return False
    try:
        note = pdfium_c.FPDFPage_CreateAnnot(page, pdfium_c.FPDF_ANNOT_HIGHLIGHT)
        if not note:
            return False
        try:
            for left, bottom, right, top in boxes:
                points = pdfium_c.FS_QUADPOINTSF(left, top, right, top, left, bottom, right, bottom)
                pdfium_c.FPDFAnnot_AppendAttachmentPoints(note, ctypes.byref(points))
            outer = pdfium_c.FS_RECTF(
                min(box[0] for box in boxes),
                max(box[3] for box in boxes),
                max(box[2] for box in boxes),
                min(box[1] for box in boxes),
            )
            pdfium_c.FPDFAnnot_SetRect(note, ctypes.byref(outer))
            pdfium_c.FPDFAnnot_SetColor(note, pdfium_c.FPDFANNOT_COLORTYPE_Color, *_COLOUR)
            pdfium_c.FPDFAnnot_SetFlags(note, pdfium_c.FPDF_ANNOT_FLAG_PRINT)
            _set_text(note, b"Contents", note_of(passage))
            _set_text(note, b"T", AUTHOR)
        finally:
            pdfium_c.FPDFPage_CloseAnnot(note)
    finally:
        pdfium_c.FPDF_ClosePage(page)
    return True


def note_of(passage: ReportPassage) -> str:
    """The note on a highlight."""
    sector = SECTORS.get(passage.sector, "")
    parts = [
        f"Evidence {passage.rank}",
        f"urban with {chance(passage.p_urban)}",
        f"code {passage.code}",
        sector,
    ]
    return ", ".join(part for part in parts if part)


def _set_text(note: Any, name: bytes, text: str) -> None:
    data = text.encode("utf-16-le") + b"\0\0"
    buffer = ctypes.create_string_buffer(data, len(data))
    pdfium_c.FPDFAnnot_SetStringValue(note, name, ctypes.cast(buffer, ctypes.POINTER(pdfium_c.FPDF_WCHAR)))


def _saved(handle: Any) -> bytes:
    """The bytes of the document as pdfium writes it."""
    parts: list[bytes] = []

    def write(_: Any, data: Any, size: int) -> int:
        parts.append(ctypes.string_at(data, size))
        return 1

    writer = pdfium_c.FPDF_FILEWRITE(version=1)
    kind = dict(pdfium_c.FPDF_FILEWRITE._fields_)["WriteBlock"]
    writer.WriteBlock = kind(write)
    pdfium_c.FPDF_SaveAsCopy(handle, ctypes.byref(writer), _WRITE_WITHOUT_UPDATE)
    return b"".join(parts)
