"""Passages of a document: where they are, what stands above them, and how long ones are split."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ndc_urban.document import UNKNOWN_LANGUAGE, Block, Document, Page, Passage
from ndc_urban.languages import LANGUAGES, english_characters
from ndc_urban.segment import MAX_CHARACTERS, segment, split

SENTENCES = {
    "en": "The city builds a tram for its districts and plants trees along the way. ",
    "fr": "La ville construit un tramway pour ses quartiers et plante des arbres. ",
    "es": "La ciudad construye un tranvía para sus barrios y planta árboles. ",
    "ru": "Город строит трамвай для своих районов и сажает деревья вдоль пути. ",
    "ar": "تبني المدينة خط ترام لأحيائها وتزرع الأشجار على طول الطريق. ",
    "zh": "城市为各区修建有轨电车，并沿线植树造林，改善居民生活环境。",
    UNKNOWN_LANGUAGE: "Urbs ferriviam struit et arbores serit in omnibus partibus. ",
}


def document_of(*blocks: Block, language: str = "en") -> Document:
    return Document(Path("a"), "0" * 64, "html", (Page(None, blocks, "html"),), language)


def sections_of(*blocks: Block) -> list[tuple[str, ...]]:
    return [passage.section for passage in segment(document_of(*blocks))]


def heading(text: str, level: int) -> Block:
    return Block("heading", text, level=level)


def paragraph(text: str) -> Block:
    return Block("paragraph", text)


def row(*cells: str, header: tuple[str, ...] = ()) -> Block:
    return Block("table_row", " | ".join(cells), cells=cells, header=header)


def assert_sound(document: Document, passages: tuple[Passage, ...]) -> None:
    """Offsets are right, passages stand in order, do not overlap, and nothing but spaces lies between them."""
    at = 0
    for passage in passages:
        assert document.text[passage.start : passage.end] == passage.text
        assert passage.text.strip()
        assert at <= passage.start
        block = document.blocks[passage.block]
        begin = document.block_starts[passage.block]
        assert begin <= passage.start <= passage.end <= begin + len(block.text)
        at = passage.end
    said = "".join(passage.text for passage in passages)
    held = "".join(block.text for block in document.blocks if block.kind != "heading")
    assert "".join(said.split()) == "".join(held.split())


def test_headings_become_the_section_of_what_follows() -> None:
    assert sections_of(
        paragraph("before"),
        heading("1 Aims", 1),
        paragraph("a"),
        heading("1.1 Towns", 2),
        paragraph("b"),
        heading("1.2 Waste", 2),
        paragraph("c"),
        heading("2 Means", 1),
        paragraph("d"),
    ) == [(), ("1 Aims",), ("1 Aims", "1.1 Towns"), ("1 Aims", "1.2 Waste"), ("2 Means",)]


def test_a_level_may_be_left_out() -> None:
    assert sections_of(heading("A", 1), heading("B", 4), paragraph("x"), heading("C", 2), paragraph("y")) == [
        ("A", "B"),
        ("A", "C"),
    ]


def test_a_heading_in_a_table_ends_with_the_table() -> None:
    assert sections_of(
        heading("A", 1), heading("Transport", 7), row("a", "b"), paragraph("x"), row("c", "d")
    ) == [
        ("A", "Transport"),
        ("A",),
        ("A",),
    ]


def test_a_document_of_headings_has_no_passages() -> None:
    assert segment(document_of(heading("A", 1))) == ()
    assert segment(document_of()) == ()


def test_a_passage_has_the_place_of_its_block() -> None:
    block = Block("table_row", "a | b", page=3, bbox=(1, 2, 3, 4), cells=("a", "b"), header=("X", "Y"))
    document = Document(Path("a"), "0" * 64, "pdf", (Page(3, (block,), "pdfium"),), "fr")
    (passage,) = segment(document)
    assert (passage.kind, passage.page, passage.bbox) == ("table_row", 3, (1, 2, 3, 4))
    assert (passage.header, passage.language) == (("X", "Y"), "fr")


@pytest.mark.parametrize("language", SENTENCES)
def test_a_long_block_is_split_at_sentence_ends(language: str) -> None:
    text = (SENTENCES[language] * (3 * MAX_CHARACTERS // len(SENTENCES[language]))).strip()
    document = document_of(paragraph(text), language=language)
    passages = segment(document)
    assert_sound(document, passages)
    assert len(passages) > 2
    for passage in passages:
        assert len(passage.text) <= MAX_CHARACTERS
        assert passage.text.endswith((".", "。"))


def test_a_block_of_the_longest_length_stays_whole() -> None:
    assert split("a" * MAX_CHARACTERS, "en") == [(0, MAX_CHARACTERS)]


def test_a_chinese_passage_says_about_as_much_as_an_english_one() -> None:
    sentence = "城市修建有轨电车。"
    longest = max(end - start for start, end in split(sentence * 400, "zh"))
    assert MAX_CHARACTERS / 5 < longest <= MAX_CHARACTERS / english_characters("zh")


@pytest.mark.parametrize("language", [*LANGUAGES, "pt", UNKNOWN_LANGUAGE])
@pytest.mark.parametrize("unit", ["word ", "x", "字", "1,234 | "])
def test_text_without_sentences_is_cut_all_the_same(language: str, unit: str) -> None:
    text = (unit * (5000 // len(unit))).strip()
    document = document_of(paragraph(text), language=language)
    passages = segment(document)
    assert_sound(document, passages)
    assert max(len(passage.text) for passage in passages) <= 2 * MAX_CHARACTERS


words = st.text(alphabet="abcéжعر城 .!?;。؟|0-–\u00a0'\"()", min_size=1, max_size=40)
texts = st.builds(
    lambda parts, times: " ".join("".join(parts * times).split()),
    st.lists(words, min_size=1, max_size=8),
    st.integers(1, 60),
).filter(bool)


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, max_size=4), st.sampled_from([*LANGUAGES, UNKNOWN_LANGUAGE]))
def test_offsets_hold_for_any_text(parts: list[str], language: str) -> None:
    document = document_of(*map(paragraph, parts), language=language)
    assert_sound(document, segment(document))


def test_a_text_too_long_for_sentences_is_cut_without_loss() -> None:
    text = "cityscape " * 120_000
    spans = split(text, "en")
    assert "".join(text[start:end].replace(" ", "") for start, end in spans) == text.replace(" ", "")
    assert max(end - start for start, end in spans) <= 2 * MAX_CHARACTERS
