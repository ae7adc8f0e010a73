"""A document with its passages as lines of JSON, and back.

Fields are written in the order of the classes of `ndc_urban.document`; a changed class is noticed by the version of the
code that is part of every key.
"""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from ndc_urban.document import Block, Document, Page, Passage

_BLOCK = tuple(field.name for field in fields(Block))
_PAGE = tuple(field.name for field in fields(Page) if field.name != "blocks")
_PASSAGE = tuple(
    field.name for field in fields(Passage) if field.name not in ("text", "kind", "header", "bbox")
)
"""What is not a passage's own is taken from its block and from the document's text."""


def as_lines(document: Document) -> bytes:
    """A line about a document that is segmented, one for each page and one with the passages, in UTF-8."""
    about = {"format": document.format, "language": document.language, "notes": document.notes}
    pages = [
        [[getattr(page, name) for name in _PAGE], [_values(block) for block in page.blocks]]
        for page in document.pages
    ]
    own = [[getattr(passage, name) for name in _PASSAGE] for passage in document.passages or ()]
    lines = [about | {"pages": len(pages)}, *pages, own]
    return b"\n".join(_line(line) for line in lines)


def from_lines(data: bytes, path: Path, sha256: str) -> Document:
    """The document with its passages, as that of the file `path`. Raises `ValueError`, `KeyError` or `TypeError`."""
    about, *lines = (json.loads(line) for line in data.split(b"\n"))
    if len(lines) != about["pages"] + 1:
        raise ValueError("lines are missing")
    document = Document(
        path=path,
        sha256=sha256,
        format=about["format"],
        pages=tuple(_page(*line) for line in lines[:-1]),
        language=about["language"],
        notes=tuple(about["notes"]),
    )
    return replace(document, passages=tuple(_passage(document, row) for row in lines[-1]))


def _values(block: Block) -> list[Any]:
    return [getattr(block, name) for name in _BLOCK]


def _page(own: list[Any], blocks: list[list[Any]]) -> Page:
    made = tuple(Block(**_named(_BLOCK, row)) for row in blocks)
    return Page(blocks=made, **_named(_PAGE, own))


def _passage(document: Document, row: list[Any]) -> Passage:
    own = _named(_PASSAGE, row)
    block = document.blocks[own["block"]]
    text = document.text[own["start"] : own["end"]]
    return Passage(text=text, kind=block.kind, header=block.header, bbox=block.bbox, **own)


def _named(names: tuple[str, ...], row: list[Any]) -> dict[str, Any]:
    return {name: _as_tuples(value) for name, value in zip(names, row, strict=True)}


def _as_tuples(value: Any) -> Any:
    return tuple(_as_tuples(each) for each in value) if isinstance(value, list) else value


def _line(value: Any) -> bytes:
    # Half of a surrogate pair, which damaged files hold, becomes the escape that JSON has for it.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
