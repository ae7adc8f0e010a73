"""Plain text: encodings, wrapped lines, headings and list items."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndc_urban.document import Block
from ndc_urban.errors import DamagedFile
from ndc_urban.reading.text import decode, heading_level, join_lines, looks_like_text, read_text, text_blocks

FRENCH = "Les communes étendent le réseau de tramway, déjà très fréquenté, à la périphérie.\n" * 5
RUSSIAN = "Города расширяют сеть трамваев и утепляют жилые дома до конца десятилетия.\n" * 5
ARABIC = "توسع المدن شبكة النقل العام وتعزل المباني السكنية قبل نهاية العقد.\n" * 5
CHINESE = "各城市扩大公共交通网络，并在本十年末之前改造住宅建筑。\n" * 5


def kinds(text: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in text_blocks(text)]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "utf-8"),
        (FRENCH, "utf-8-sig"),
        (FRENCH, "utf-16"),
        (FRENCH, "utf-16-le"),
        (FRENCH, "utf-16-be"),
        (FRENCH, "utf-32"),
        (FRENCH, "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (ARABIC, "cp1256"),
        (CHINESE, "gb18030"),
    ],
)
def test_encodings_are_recognised(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_a_stray_byte_does_not_turn_utf8_into_another_encoding() -> None:
    data = FRENCH.encode() + b"\xff" + FRENCH.encode()
    assert decode(data) == FRENCH + "\ufffd" + FRENCH


def test_binary_data_is_no_text() -> None:
    assert not looks_like_text(bytes(range(256)))
    with pytest.raises(DamagedFile):
        read_text(Path("a.txt"), bytes(range(256)))


def test_wrapped_lines_are_joined_and_blank_lines_part_paragraphs() -> None:
    text = (
        "The council will extend the tram network to the outer districts and\n"
        "retrofit public housing.\n"
        "\n"
        "  \n"
        "A second paragraph.\r\n"
    )
    assert kinds(text) == [
        (
            "paragraph",
            "The council will extend the tram network to the outer districts and retrofit public housing.",
        ),
        ("paragraph", "A second paragraph."),
    ]


def test_unwrapped_lines_are_paragraphs_of_their_own() -> None:
    line = "Each of these long lines is a paragraph by itself, as many editors save them. " * 4
    assert [kind for kind, _ in kinds(f"{line}\n{line}\n{line}")] == ["paragraph"] * 3


def test_words_broken_at_line_ends() -> None:
    assert (
        join_lines(["transport of the commu-", "nities"], frozenset({"communities"}))
        == "transport of the communities"
    )
    assert join_lines(["a low-", "carbon city"]) == "a low-carbon city"
    assert join_lines(["城市交通", "网络"]) == "城市交通网络"


def test_headings_of_all_kinds() -> None:
    text = (
        "NATIONAL CLIMATE PLAN\n\n1. Introduction\n\nText of the introduction.\n\n1.2 Housing\n"
        "Text of it.\n\n# Transport\nText.\n\n### Buses ###\n\n"
        "Adaptation\n==========\nText.\n\nChapter 3: Water\n\nText.\n"
    )
    headings = [(block.text, block.level) for block in text_blocks(text) if block.kind == "heading"]
    assert headings == [
        ("NATIONAL CLIMATE PLAN", 1),
        ("1. Introduction", 1),
        ("1.2 Housing", 2),
        ("Transport", 1),
        ("Buses", 3),
        ("Adaptation", 1),
        ("Chapter 3: Water", 1),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "The plan was made with the cities.",
        "2030 is the year of the target",
        "GHG",
        "1,234 buses",
        "12 % of households",
        "2.5 million people",
        "2.1 Housing ........ 12",
        "x" * 200,
    ],
)
def test_lines_that_are_no_headings(line: str) -> None:
    assert heading_level(line) is None


def test_list_items() -> None:
    text = "Measures:\n- more buses\n• safer paths\n(a) cleaner air\n3) shade trees\n"
    assert kinds(text) == [
        ("paragraph", "Measures:"),
        ("list_item", "more buses"),
        ("list_item", "safer paths"),
        ("list_item", "(a) cleaner air"),
        ("list_item", "3) shade trees"),
    ]


def test_numbered_lines_that_follow_each_other_are_a_list() -> None:
    text = "1. Transport\n\nText of it.\n\n1. Buses\n\n2. Trams\n\n3. Paths\n\nMore text.\n\n2. Housing\n"
    assert [kind for kind, _ in kinds(text)] == [
        "heading", "paragraph", "list_item", "list_item", "list_item", "paragraph", "heading",
    ]  # fmt: skip


def test_a_page_without_number() -> None:
    (page,) = read_text(Path("a.txt"), b"Buses.\f\nTrams.\n").pages
    assert page.number is None
    assert page.blocks == (Block("paragraph", "Buses."), Block("paragraph", "Trams."))


@given(st.text(max_size=300))
def test_no_letter_is_lost(text: str) -> None:
    def letters(value: str) -> list[str]:
        return sorted(char for char in value if char.isalnum() and char != "o")  # "o" may be a bullet

    assert letters("".join(block.text for block in text_blocks(text))) == letters(text)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    if looks_like_text(data):
        read_text(Path("a.txt"), data)
