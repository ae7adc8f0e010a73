"""Document to passages: each block with its section path, long ones split at sentence ends.

Where sentences end is in `ndc_urban.sentences`, what makes a heading in `ndc_urban.reading`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ndc_urban.acronyms import in_acronym_lists
from ndc_urban.document import Block, Document, Passage
from ndc_urban.languages import english_characters
from ndc_urban.reading.passage_language import detect_passage_languages
from ndc_urban.sentences import sentences

MAX_CHARACTERS = 1000
"""A block longer than this, in characters of English, is split at sentence ends into passages of about this length.

Must be greater than most paragraphs, which a coder reads as one; labels refer to passages split at this length."""

LOWEST_HEADING_LEVEL = 6
"""Of headings in the text; those of level 7 stand inside a table and hold for its rows only."""


MAX_FOR_SENTENCES = 1_000_000
"""A block longer than this (a damaged or hostile file) is cut at spaces, as spaCy would take gigabytes for it."""


def segment(document: Document) -> tuple[Passage, ...]:
    """The passages of a document in reading order; headings become the section path of what follows them.

    Entries of lists of abbreviations are not passages.

    Where a passage ends depends on the document's language alone, never on that found for the passage.
    """
    if document.passages is not None:
        return document.passages
    passages: list[Passage] = []
    path: list[Block] = []
    acronyms = in_acronym_lists(document.blocks)
    for index, block in enumerate(document.blocks):
        if block.kind == "heading":
            path = [heading for heading in path if heading.level < block.level] + [block]
            continue
        if index in acronyms:
            continue
        if path and path[-1].level > LOWEST_HEADING_LEVEL and block.kind != "table_row":
            path = [heading for heading in path if heading.level <= LOWEST_HEADING_LEVEL]
        section = tuple(heading.text for heading in path)
        passages.extend(_passages_of(document, index, block, section))
    languages = detect_passage_languages([passage.text for passage in passages], document.language)
    return tuple(
        passage if passage.language == language else replace(passage, language=language)
        for passage, language in zip(passages, languages, strict=True)
    )


def _passages_of(document: Document, index: int, block: Block, section: tuple[str, ...]) -> Iterator[Passage]:
    base = document.block_starts[index]
    for start, end in split(block.text, document.language):
        page, last_page = block.pages_of(start, end)
        yield Passage(
            text=block.text[start:end],
            start=base + start,
            end=base + end,
            block=index,
            kind=block.kind,
            page=page,
            section=section,
            header=block.header,
            bbox=block.bbox,
            language=document.language,
            last_page=last_page,
            printed_page=document.printed_pages.get(page, "") if page is not None else "",
        )


def split(text: str, language: str) -> Sequence[tuple[int, int]]:
    """Spans of whole sentences, each of at most what `MAX_CHARACTERS` of English say where its sentences allow."""
    limit = round(MAX_CHARACTERS / english_characters(language))
    if len(text) <= limit:
        return [(0, len(text))]
    if len(text) > MAX_FOR_SENTENCES:
        return list(_cut(text, 0, len(text), limit))
    spans: list[tuple[int, int]] = []
    for start, end in sentences(text, language):
        if spans and end - spans[-1][0] <= limit:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.extend(_cut(text, start, end, limit))
    return spans


def _cut(text: str, start: int, end: int, limit: int) -> Iterator[tuple[int, int]]:
    """An over-long sentence (text without punctuation) in pieces, cut at spaces where there are any."""
    while end - start > 2 * limit:
        space = text.rfind(" ", start + 1, start + limit)
        stop = space if space > start else start + limit
        yield start, stop
        start = stop + (1 if space > start else 0)
    if start < end:
        yield start, end
