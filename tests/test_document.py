"""Documents, pages, blocks and passages: those that exist are sound."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError
from pathlib import Path
from typing import Any

import pytest

from ndc_urban.document import BLOCK_SEPARATOR, Block, Document, Page, Passage

SHA = "0" * 64


def document_of(*pages: Page) -> Document:
    return Document(Path("plan.pdf"), SHA, "pdf", pages)


def page_of(number: int | None, *texts: str, **options: Any) -> Page:
    return Page(number, tuple(Block("paragraph", text, page=number) for text in texts), "pdfium", **options)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "poem", "text": "a"},
        {"kind": "paragraph", "text": ""},
        {"kind": "paragraph", "text": " \t"},
        {"kind": "paragraph", "text": "a\nb"},
        {"kind": "paragraph", "text": "a", "level": 1},
        {"kind": "heading", "text": "a"},
        {"kind": "heading", "text": "a", "level": 8},
        {"kind": "paragraph", "text": "a", "page": 0},
    ],
)
def test_unsound_blocks_cannot_be_made(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Block(**fields)


@pytest.mark.parametrize("level", range(1, 8))
def test_headings_have_seven_levels(level: int) -> None:
    assert Block("heading", "Towns", level=level).level == level


def test_a_page_holds_its_own_blocks_only() -> None:
    with pytest.raises(ValueError, match="that page"):
        Page(2, (Block("paragraph", "a", page=1),), "pdfium")


@pytest.mark.parametrize("sha256", ["", "0" * 63, "0" * 65])
def test_a_hash_has_64_digits(sha256: str) -> None:
    with pytest.raises(ValueError, match="sha256"):
        Document(Path("a"), sha256, "pdf", ())


def test_text_joins_the_blocks_of_all_pages_and_knows_where_each_begins() -> None:
    document = document_of(page_of(1, "One.", "Two."), page_of(2), page_of(3, "Three."))
    assert document.text == BLOCK_SEPARATOR.join(["One.", "Two.", "Three."])
    assert [document.text[start:][:3] for start in document.block_starts] == ["One", "Two", "Thr"]


def test_an_empty_document_has_no_text() -> None:
    assert (document_of().text, document_of().blocks, document_of().block_starts) == ("", (), ())


def test_pages_are_counted_where_there_are_pages() -> None:
    assert document_of(page_of(1, "a"), page_of(2)).page_count == 2
    assert document_of(page_of(None, "a")).page_count is None


def test_pages_that_need_recognition_are_named() -> None:
    document = document_of(page_of(1, "a"), page_of(2, needs_ocr=True), page_of(3, needs_ocr=True))
    assert document.pages_needing_ocr == (2, 3)


def test_nothing_can_be_changed_afterwards() -> None:
    for thing in (Block("paragraph", "a"), page_of(1), document_of()):
        with pytest.raises((FrozenInstanceError, AttributeError, TypeError)):
            thing.text = "b"  # type: ignore[union-attr, misc]


def test_documents_travel_between_processes() -> None:
    document = document_of(page_of(1, "One.", "Two."))
    assert document.text
    assert pickle.loads(pickle.dumps(document)) == document  # noqa: S301


def test_offsets_of_a_passage_span_its_text() -> None:
    with pytest.raises(ValueError, match="span"):
        Passage("abc", 0, 4, 0, "paragraph")


@pytest.mark.parametrize(
    ("section", "header", "location"),
    [
        ((), (), ""),
        (("3 Sectors", "3.2 Transport"), (), "3 Sectors › 3.2 Transport"),
        (("3 Sectors",), ("Measure", "", "Year"), "3 Sectors › [Measure | Year]"),
        ((), ("Measure", "Year"), "[Measure | Year]"),
    ],
)
def test_the_location_names_headings_and_columns(
    section: tuple[str, ...], header: tuple[str, ...], location: str
) -> None:
    assert Passage("a", 0, 1, 0, "table_row", section=section, header=header).location == location
