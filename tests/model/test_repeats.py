"""Passages that say the same count once, also in other columns and other words; different measures stay."""

from __future__ import annotations

import time
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndc_urban.document import Passage
from ndc_urban.model.repeats import Repeats, distinct


def passages(*texts: str, language: str = "en") -> list[Passage]:
    """Table rows where a text has cells, paragraphs else; a blank text stands for the end of a table."""
    made, at, block = [], 0, 0
    for text in texts:
        block += 1 if text else 5
        if text:
            kind = "table_row" if " | " in text else "paragraph"
            made.append(Passage(text, at, at + len(text), block, kind, language=language))  # type: ignore[arg-type]
            at += len(text) + 1
    return made


def test_rows_of_annex_tables_in_other_columns_count_once() -> None:
    found = passages(
        "Extension of tram lines to the outer districts of the capital | 14 km | 2030",
        "Collection of household rubbish in the markets of the port | 3 towns",
        "",
        "1. | Extension of the tram lines to the outer districts of the capital | Transport | 865",
        "2. | Collecting of household rubbish at markets in the port | Waste | 730",
        "3. | Planting of trees along the streets of the old town | Nature | 610",
    )
    assert distinct(found) == [0, 1, 4]


def test_measures_that_differ_in_a_word_are_two() -> None:
    found = passages(
        "Improved efficiency of energy in public buildings of towns | 14",
        "",
        "Improved efficiency of energy in private buildings of towns | 14",
    )
    assert distinct(found) == [0, 1]


def test_rows_of_one_table_are_never_the_same() -> None:
    found = passages(
        "Drainage canals through the districts of the northern port, first part | 2025",
        "Drainage canals through the districts of the northern port, second part | 2030",
        "Drainage canals through the districts of the northern port | 2035",
    )
    assert distinct(found) == [0, 1, 2]


def test_a_label_that_many_rows_of_a_table_bear_makes_no_repeat() -> None:
    label = "Human settlements, infrastructure, housing and territorial planning"
    found = passages(
        f"{label} | 18 percent",
        "",
        f"{label} | Trams for the capital",
        f"{label} | Drains for the port",
    )
    assert distinct(found) == [0, 1, 2]


def test_running_text_repeats_only_where_nearly_all_of_it_does() -> None:
    sentence = (
        "The Government plans modern bus corridors, cycling lanes and pedestrian streets in every provincial capital, "
        "financed through municipal bonds and international climate funds."
    )
    longer = (
        sentence
        + " It also restores mangroves along the southern coast and protects spawning grounds of fish."
    )
    found = passages(
        sentence, "Something else is said here.", sentence.replace("plans", "has planned"), longer
    )
    assert distinct(found) == [0, 1, 3]


@pytest.mark.parametrize(
    "text", ["Urban transport", "Waste in cities and towns", "Total of all urban measures"]
)
def test_short_texts_are_compared_to_the_letter(text: str) -> None:
    assert distinct(passages(text, f"{text} again", text.upper())) == [0, 1]


def test_other_numbers_do_not_make_another_measure_of_another_table() -> None:
    found = passages(
        "Construction of 250 sheltered stops for buses in secondary towns | 3,000,000",
        "",
        "Construction of 300 sheltered stops for buses in secondary towns | 4,000,000",
    )
    assert distinct(found) == [0]


def test_of_passages_that_say_the_same_the_surest_stays() -> None:
    found = passages(
        "Extension of tram lines to the outer districts of the capital | 14 km",
        "",
        "Extension of tram lines to the outer districts of the capital | Transport",
    )
    assert distinct(found, np.array([0.4, 0.9])) == [1]
    assert distinct(found, np.array([0.9, 0.9])) == [0]


def test_chinese_is_compared_by_pairs_of_characters() -> None:
    found = passages(
        "扩建首都外围城区的有轨电车线路 | 十四公里",
        "",
        "1 | 扩建首都外围城区有轨电车线路 | 交通",
        "2 | 改善港口城市的排水系统和防洪设施 | 水",
        language="zh",
    )
    assert distinct(found) == [0, 2]


def test_a_long_document_is_compared_in_little_time() -> None:
    words = [f"{a}{b}{c}word" for a in "bdfgk" for b in "aeiou" for c in "lmnrst"]
    chooser = np.random.default_rng(1)
    texts = [" ".join(chooser.choice(words, 30)) for _ in range(600)]
    start = time.process_time()
    assert len(distinct(passages(*texts))) == 600
    assert time.process_time() - start < 3


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Repeats, list[float]]:
    """Up to nine passages, which of them say the same, and a weight for each."""
    count = draw(st.integers(1, 9))
    texts = draw(st.lists(st.integers(-1, 5), min_size=count, max_size=count))
    pairs = draw(st.sets(st.sampled_from(list(combinations(range(6), 2)))))
    alike = {text: frozenset(b if a == text else a for a, b in pairs if text in (a, b)) for text in range(6)}
    weights = draw(st.lists(st.floats(0, 9), min_size=count, max_size=count))
    return Repeats(np.array(texts), alike), weights


def apart(repeats: Repeats, rows: tuple[int, ...]) -> bool:
    texts = [int(repeats.texts[row]) for row in rows]
    return -1 not in texts and all(a != b and b not in repeats.alike[a] for a, b in combinations(texts, 2))


@given(graphs(), st.integers(1, 9))
def test_the_greatest_sum_is_that_of_all_choices(graph: tuple[Repeats, list[float]], most: int) -> None:
    repeats, weights = graph
    sums = [
        (size, sum(weights[row] for row in rows))
        for size in range(len(weights) + 1)
        for rows in combinations(range(len(weights)), size)
        if apart(repeats, rows)
    ]
    assert repeats.heaviest(np.array(weights)) == pytest.approx(max(total for _, total in sums))
    best = max(total for size, total in sums if size <= most)
    assert repeats.best(np.array(weights), most) == pytest.approx(best)


@given(graphs())
def test_distinct_passages_say_different_things_and_leave_out_nothing_else(
    graph: tuple[Repeats, list[float]],
) -> None:
    repeats, weights = graph
    rows = repeats.distinct(weights)
    assert apart(repeats, tuple(rows))
    others = (row for row in range(len(weights)) if row not in rows and repeats.texts[row] >= 0)
    assert not any(apart(repeats, (*rows, other)) for other in others)


def test_many_texts_that_hang_together_are_summed_up_in_little_time() -> None:
    count = 200
    ring = {at: frozenset({(at - 1) % count, (at + 1) % count}) for at in range(count)}
    repeats = Repeats(np.arange(count), ring)
    assert repeats.heaviest(np.ones(count)) == count / 2
