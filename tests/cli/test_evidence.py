"""The best evidence in a line."""

from __future__ import annotations

import pytest

from ndc_urban.cli.evidence import evidence_line, innermost, main_reasons, printable, shortened

LONG = "A long title of the whole document › 3 Sectors › 3.2 Urban transport and public space"


@pytest.mark.parametrize(
    ("section", "width", "expected"),
    [
        ("", 60, ""),
        ("3 Sectors › 3.2 Transport", 60, "3 Sectors › 3.2 Transport"),
        (LONG, 60, "… › 3 Sectors › 3.2 Urban transport and public space"),
        (LONG, 45, "… › 3.2 Urban transport and public space"),
        (LONG, 30, "… › 3.2 Urban transport and …"),
    ],
)
def test_a_long_section_keeps_its_innermost_headings(section: str, width: int, expected: str) -> None:
    assert innermost(section, width) == expected


def test_text_is_cut_between_words_and_where_there_are_none_anywhere() -> None:
    assert shortened("clean buses for the city", 16) == "clean buses …"
    assert shortened("城" * 50, 20) == "城" * 18 + " …"


def test_control_characters_become_spaces() -> None:
    assert printable("a\x1b[1mb") == "a [1mb"


def test_formats_without_pages_have_none() -> None:
    evidence = {"text": "a city", "page": None, "section": None}
    assert evidence_line(evidence) == "“a city”"
    assert evidence_line(evidence | {"page": 3}) == "p. 3: “a city”"


def test_reasons_are_sentences_up_and_down() -> None:
    reasons = [
        {"reason": "11 passages on cities", "effect": 2.0},
        {"reason": "short document", "effect": -1.0},
        {"reason": "5 headings on cities", "effect": 0.5},
        {"reason": "not among the strongest", "effect": 0.1},
    ]
    assert main_reasons(reasons) == (
        "Raised by: 11 passages on cities; 5 headings on cities. Lowered by: short document."
    )
    assert main_reasons([]) == ""


FILLER = "Agreed steps are taken in each of the seasons that follow. "


def test_an_excerpt_shows_a_word_that_counted() -> None:
    """The beginning alone may say nothing of cities, and a reader would ask why the passage is there."""
    text = FILLER * 6 + "Then the tramway of the capital city is extended. " + FILLER * 4
    evidence = {"text": text, "page": 2, "section": None}
    line = evidence_line(evidence, ["capital city", "tramway"])
    assert "tramway of the capital city" in line
    assert line.startswith("p. 2: “… ")
    assert line.endswith(" …”")
    assert len(line) <= 175


def test_an_excerpt_begins_with_the_text_where_a_word_is_there() -> None:
    evidence = {"text": "The capital city grows. " + FILLER * 9, "page": 2, "section": None}
    assert evidence_line(evidence, ["city"]).startswith("p. 2: “The capital city grows.")
    assert evidence_line(evidence, ["harbour"]) == evidence_line(evidence)


def test_a_part_of_another_word_is_not_the_word() -> None:
    text = "The capacity for electricity grows. " + FILLER * 6 + "Each city builds a tram. " + FILLER * 4
    line = evidence_line({"text": text, "page": 2, "section": None}, ["city"])
    assert "Each city builds a tram" in line


def test_the_word_that_counted_most_is_shown() -> None:
    text = "The capital moves. " + FILLER * 4 + "The urban ecosystem is kept. " + FILLER * 4
    assert "urban ecosystem" in evidence_line(
        {"text": text, "page": 2, "section": None}, ["urban ecosystem", "capital"]
    )


def test_a_word_that_the_cut_would_reach_is_shown_whole() -> None:
    text = "x " * 74 + "municipalities " + FILLER * 4
    assert "municipalities" in evidence_line({"text": text, "page": 2, "section": None}, ["municipalities"])


def test_an_excerpt_without_spaces_shows_a_word_too() -> None:
    evidence = {"text": "田" * 300 + "城市" + "田" * 300, "page": None, "section": None}
    assert "城市" in evidence_line(evidence, ["城市"])
