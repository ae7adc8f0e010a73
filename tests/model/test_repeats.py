"""Passages that say the same count once, also in other columns and other words; different measures stay."""

from __future__ import annotations

import time

import numpy as np
import pytest

from ndc_urban.document import Passage
from ndc_urban.model.repeats import distinct


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
