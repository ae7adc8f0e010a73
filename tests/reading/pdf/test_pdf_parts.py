"""The parts of PDF reading by themselves: directions, lines, grids, furniture, quality, pages turned."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndc_urban.reading.pdf.bidi import is_rtl, logical_order
from ndc_urban.reading.pdf.borderless_tables import (
    Ink,
    gutters_of,
    horizontally_ruled_tables_of,
    unruled_tables_of,
)
from ndc_urban.reading.pdf.columns import regions_of
from ndc_urban.reading.pdf.furniture import edge_lines, without_furniture
from ndc_urban.reading.pdf.glyphs import Glyphs, PageContent, no_glyphs
from ndc_urban.reading.pdf.lines import TextRun, join_lines, lines_of, pieces_of, tidy
from ndc_urban.reading.pdf.overprint import without_copies
from ndc_urban.reading.pdf.paragraphs import drafts_of, ends_sentence, starts_item, without_bullet
from ndc_urban.reading.pdf.quality import better, lacks_text, quality_of
from ndc_urban.reading.pdf.rotation import turned_back, turned_boxes, turned_upright
from ndc_urban.reading.pdf.ruled_tables import grids_of

NUMBERS = st.floats(-1000, 2000, allow_nan=False)
BOXES = st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS), max_size=40)
WORDS = st.text(st.characters(categories=("L", "N", "P", "Zs", "Mn", "Co")), max_size=12)


def glyphs_of(text: str, *, x: float = 50, y: float = 100, size: float = 10, turn: int = 0) -> Glyphs:
    """A line of glyphs, each half an em wide."""
    count = len(text)
    left = x + np.arange(count) * size / 2
    box = np.stack([left, np.full(count, y - size), left + size / 2, np.full(count, y)], axis=1)
    return Glyphs(
        list(text),
        box,
        np.full(count, y),
        np.full(count, size),
        np.zeros(count, dtype=np.bool_),
        np.full(count, turn, dtype=np.int64),
    )


def line(text: str, x0: float, baseline: float, x1: float, size: float = 10) -> TextRun:
    return TextRun(text, x0, baseline - size, x1, baseline + 2, baseline, size)


def content(glyphs: Glyphs, *, shows: bool = True, picture: float = 0.0) -> PageContent:
    return PageContent(1, 600, 800, glyphs, np.zeros((0, 4)), np.zeros((0, 4)), shows, picture)


def test_arabic_in_visual_order_becomes_logical_and_numbers_stay_left_to_right() -> None:
    logical = "سنة 2030 و 12.5% من CO2 eq المدن"
    visual = [
        "س",
        "ن",
        "ة",
        " ",
        "0",
        "3",
        "0",
        "2",
        " ",
        "و",
        " ",
        "%",
        "5",
        ".",
        "2",
        "1",
        " ",
        "م",
        "ن",
        " ",
    ]
    visual += list("qe 2OC") + list(" المدن")
    assert "".join(logical_order(visual)).replace("%12.5", "12.5%") == logical


@given(st.lists(st.sampled_from(list("ابتثabc012 .,%-()")), max_size=30))
def test_ordering_loses_and_adds_nothing(texts: list[str]) -> None:
    assert sorted(logical_order(texts)) == sorted(texts)


def test_direction_is_that_of_most_letters() -> None:
    assert is_rtl("مدينة CO2")
    assert not is_rtl("The word مدن means towns")


@given(WORDS)
def test_tidy_is_idempotent_and_leaves_no_breaks(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert "\n" not in once


@given(st.text(st.characters(categories=("L", "N", "P", "S"), max_codepoint=0x2FFF), max_size=20))
def test_tidy_changes_nothing_outside_of_the_folded_ranges(text: str) -> None:
    assert tidy(text) == text


def test_tidy_folds_presentation_forms_and_ligatures() -> None:
    assert tidy("\ufefb\ufe8e") == unicodedata.normalize("NFKC", "\ufefb\ufe8e")
    assert tidy("e\ufb03cient  m²") == "efficient m²"


def test_pieces_end_at_wide_gaps_and_at_cells() -> None:
    glyphs = glyphs_of("one two")
    pieces = pieces_of(glyphs, np.array([0, 0, 0, 0, 1, 1, 1]))
    assert [(piece.text, piece.cell) for piece in pieces] == [("one", 0), ("two", 1)]


def test_letters_printed_twice_count_once() -> None:
    one, two = glyphs_of("bold"), glyphs_of("bold", x=50.4)
    both = Glyphs(
        one.text + two.text,
        np.concatenate([one.box, two.box]),
        np.concatenate([one.baseline, two.baseline]),
        np.concatenate([one.size, two.size]),
        np.concatenate([one.bold, two.bold]),
        np.concatenate([one.turn, two.turn]),
    )
    assert [piece.text for piece in pieces_of(without_copies(both), np.full(4, -1))] == ["bold"]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (("cool streets and", "squares"), "cool streets and squares"),
        (("adap-", "tation"), "adap\u00adtation"),
        (("the years 2020-", "2030"), "the years 2020-2030"),
        (("low-", "Carbon"), "low-Carbon"),
    ],
)
def test_joining_lines(lines: tuple[str, ...], text: str) -> None:
    assert join_lines(lines) == text


def test_items_and_sentences() -> None:
    assert starts_item("• Trees")
    assert starts_item("(a) trees")
    assert starts_item("o Trees on squares")
    assert not starts_item("o árboles en la plaza")
    assert without_bullet("• Trees") == "Trees"
    assert without_bullet("1) Trees") == "1) Trees"
    assert ends_sentence("It grows.”")


def test_a_short_last_line_ends_the_paragraph() -> None:
    lines = [
        line("The town plants trees along all of its streets and", 50, 100, 300),
        line("squares.", 50, 112, 90),
        line("The harbour gets a new dyke that is higher than the", 50, 124, 300),
        line("old one.", 50, 136, 90),
    ]
    assert [len(draft.lines) for draft in drafts_of(lines, 1)] == [2, 2]


def square_rulings(xs: list[float], ys: list[float]) -> list[tuple[float, float, float, float]]:
    flat = [(xs[0], y, xs[-1], y) for y in ys]
    return flat + [(x, ys[0], x, ys[-1]) for x in xs]


def test_a_full_grid_has_all_its_cells() -> None:
    (grid,) = grids_of(np.array(square_rulings([10, 100, 200], [10, 40, 70, 100])))
    assert grid.cells.shape == (3, 2)
    assert grid.cell_count == 6
    assert grid.locate(np.array([[50.0, 20.0], [150.0, 90.0], [500.0, 20.0]])).tolist() == [0, 5, -1]


def test_a_cell_over_two_rows_is_one_cell() -> None:
    rulings = [(10, 10, 200, 10), (100, 40, 200, 40), (10, 70, 200, 70)]
    rulings += [(10, 10, 10, 70), (100, 10, 100, 70), (200, 10, 200, 70)]
    (grid,) = grids_of(np.array(rulings, dtype=float))
    assert grid.cells[0, 0] == grid.cells[1, 0]
    assert grid.cell_count == 3


@given(BOXES, st.integers(0, 3))
def test_a_box_rotated_and_rotated_back(boxes: list[tuple[float, float, float, float]], turns: int) -> None:
    for x0, y0, x1, y1 in boxes:
        box = (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        turned = turned_boxes(np.array([box]), turns, 600, 800)[0].tolist()
        width, height = (800, 600) if turns % 2 else (600, 800)
        assert turned_back(tuple(turned), turns, width, height) == pytest.approx(box)
        assert turned[0] <= turned[2]
        assert turned[1] <= turned[3]


@given(BOXES)
def test_any_rulings_give_grids_whose_cells_are_numbered_from_zero(
    boxes: list[tuple[float, float, float, float]],
) -> None:
    rulings = np.array(boxes, dtype=float).reshape(-1, 4)
    rulings = np.concatenate(
        [np.minimum(rulings[:, :2], rulings[:, 2:]), np.maximum(rulings[:, :2], rulings[:, 2:])], 1
    )
    for grid in grids_of(rulings):
        assert set(grid.cells.ravel().tolist()) == set(range(grid.cell_count))
    horizontally_ruled_tables_of(np.zeros((0, 3)), Ink(rulings, np.zeros(len(rulings), dtype=np.bool_)))


@given(
    st.lists(st.tuples(WORDS, NUMBERS, NUMBERS, st.floats(0, 400), st.floats(1, 30)), max_size=40),
    st.booleans(),
)
def test_layout_of_any_pieces_keeps_every_piece(
    parts: list[tuple[str, float, float, float, float]], rtl: bool
) -> None:
    pieces = [line(text, x, y, x + width, size) for text, x, y, width, size in parts]
    regions = regions_of(pieces, [], rtl=rtl)
    kept = [piece for region in regions if isinstance(region, list) for piece in region]
    assert sorted(map(id, kept)) == sorted(map(id, pieces))
    for region in regions:
        assert isinstance(region, list)
        drafts_of(lines_of(region, rtl=rtl), 1, rtl=rtl)
    without_furniture([pieces, pieces], [edge_lines(pieces, 800.0)] * 2)
    boxes = np.array([piece.bbox for piece in pieces]).reshape(-1, 4)
    unruled_tables_of(pieces, Ink(boxes, np.zeros(len(pieces), dtype=np.bool_)))


def test_gutters_run_between_columns() -> None:
    ink = [(x, y, x + 30.0, y + 10.0) for y in range(0, 120, 12) for x in (0.0, 100.0)]
    (gutter,) = gutters_of(Ink(np.array(ink), np.zeros(len(ink), dtype=np.bool_)), 9)
    assert 30 < gutter < 100


def test_furniture_goes_and_a_lone_page_number_too() -> None:
    pages = [
        [
            line("Plan of the Republic", 200, 30, 320),
            line(f"Text of page {name} itself", 50, 400, 300),
            line(str(at), 300, 780, 306),
        ]
        for at, name in enumerate("abc", start=1)
    ]
    kept = without_furniture(pages, [edge_lines(page, 800.0) for page in pages])
    assert [[piece.text for piece in page] for page in kept] == [
        [f"Text of page {name} itself"] for name in "abc"
    ]


@pytest.mark.parametrize(
    ("notes", "stay"),
    [
        ({1: "4 Holds for all sectors that cool", 4: "5 Holds for all sectors that cool"}, True),
        ({1: "1 Plan of the Republic", 4: "4 Plan of the Republic", 5: "5 Plan of the Republic"}, False),
        ({1: "3 Plan of the Republic", 4: "3 Plan of the Republic"}, False),
    ],
    ids=["numbers of notes", "numbers of pages", "the number of a part"],
)
def test_a_footnote_that_is_given_twice_is_no_running_foot(notes: dict[int, str], stay: bool) -> None:
    pages = [
        [line(f"Text of page {at}", 50, 400, 300), *([line(notes[at], 50, 760, 300)] if at in notes else [])]
        for at in range(1, 9)
    ]
    kept = [
        piece.text
        for page in without_furniture(pages, [edge_lines(page, 800.0) for page in pages])
        for piece in page
    ]
    assert [text for text in kept if not text.startswith("Text")] == (list(notes.values()) if stay else [])


def test_quality_tells_garbage_lost_spaces_and_spaced_letters() -> None:
    assert not quality_of(glyphs_of("A sound sentence about towns and trees. " * 3)).is_poor
    assert quality_of(glyphs_of("\ufffd\ue123\ufffd\x01 text")).is_hopeless
    assert quality_of(glyphs_of("nospacesatallinthislinewhateverthelengthofit" * 2)).is_poor
    assert quality_of(glyphs_of("a b c d e f g " * 5)).is_poor


def test_the_better_reading_is_chosen_and_the_first_where_both_are_good() -> None:
    good, bad = (
        content(glyphs_of("Sound words stand here")),
        content(glyphs_of("\ufffd\ufffd\ufffd\ufffd\ufffd words")),
    )
    assert better(bad, good) is good
    assert better(good, content(glyphs_of("Sound words stand here"))) is good
    assert better(good, content(no_glyphs())) is good


def lacks(glyphs: Glyphs, left: int | None = None, **page: Any) -> bool:
    quality = quality_of(glyphs)
    return lacks_text(replace(content(glyphs), **page), quality, quality.letters if left is None else left)


def test_pages_that_lack_text() -> None:
    assert lacks(no_glyphs())
    assert not lacks(no_glyphs(), shows=False)
    assert lacks(glyphs_of("Page 3"), picture=0.9)
    assert lacks(glyphs_of("Page 3"), picture=0.3)
    assert not lacks(glyphs_of("Page 3"), picture=0.1)
    assert not lacks(glyphs_of("A page with a good deal of text on top of a picture"), picture=0.9)


def test_a_scan_with_a_stamp_and_outlined_text_lack_text() -> None:
    stamp = glyphs_of("Received by the registry of the ministry, number 17 of the year 2021")
    assert lacks(stamp, picture=0.95, is_scan=True)
    assert lacks(stamp, left=0, picture=0.5)
    assert not lacks(glyphs_of("Lines of text that go on and on, " * 20), picture=0.95, is_scan=True)
    assert lacks(stamp, left=5, outlines=900)
    assert not lacks(stamp, outlines=60)
    assert not lacks(glyphs_of("A page with a map and with text beside it. " * 10), outlines=900)


def test_a_page_of_sideways_text_is_turned() -> None:
    upright, turns = turned_upright(content(glyphs_of("sideways", turn=3)))
    assert turns == 3
    assert (upright.width, upright.height) == (800, 600)
    assert set(upright.glyphs.turn.tolist()) == {0}
