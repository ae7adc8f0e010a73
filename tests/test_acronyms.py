"""Lists of abbreviations are no passages; measures that begin with an abbreviation are."""

from __future__ import annotations

import pytest

from ndc_urban.acronyms import in_acronym_lists, is_entry
from ndc_urban.document import Block

ENTRIES = (
    "BRT | Bus rapid transit",
    "MUD: Ministry of Urban Development",
    "CO2-eq – Carbon dioxide equivalent",
)


@pytest.mark.parametrize(
    "text", [*ENTRIES, "NDC = contribution", "ПГ | парниковые газы", "GHG: Greenhouse gas"]
)
def test_an_entry_is_a_short_form_and_what_it_stands_for(text: str) -> None:
    assert is_entry(text)


@pytest.mark.parametrize(
    "text",
    [
        "Transport | Trams for the port",
        "BRT lines are built in the capital until 2030.",
        "The MUD: plans for towns",
        "Cities: trams, buses and lanes",
        "2030 | 14",
        "BRT: " + "lines are built through all districts of the capital and of the port, " * 4,
    ],
)
def test_other_texts_are_none(text: str) -> None:
    assert not is_entry(text)


@pytest.mark.parametrize(
    "title",
    [
        "Acronyms", "ANNEX I - ACRONYMS", "List of Abbreviations and Acronyms", "Liste des sigles et abréviations",
        "Siglas y acrónimos", "Список сокращений", "缩略语", "قائمة الاختصارات",
    ],
)  # fmt: skip
def test_entries_under_the_title_of_a_list_are_found(title: str) -> None:
    blocks = [Block("heading", title, level=1), *(Block("table_row", text) for text in ENTRIES)]
    assert in_acronym_lists(blocks) == {1, 2, 3}


def test_a_list_without_a_title_is_long_and_in_the_order_of_the_alphabet() -> None:
    names = ["BAU", "BRT", "CDM", "GDP", "GHG", "MRV", "MUD", "NDC", "NGO"]
    rows = [Block("table_row", f"{name} | What it stands for") for name in names]
    assert in_acronym_lists(rows) == set(range(9))
    assert in_acronym_lists(rows[:5]) == frozenset()
    assert in_acronym_lists(rows[::-1]) == frozenset()
    sectors = ["WATER", "ENERGY", "TRANSPORT", "WASTE", "HOUSING", "HEALTH", "FORESTS", "COASTS", "ROADS"]
    assert (
        in_acronym_lists([Block("table_row", f"{name} | Trams for the port") for name in sectors])
        == frozenset()
    )


def test_text_after_the_next_heading_is_no_entry() -> None:
    entry = Block("table_row", ENTRIES[0])
    heading = Block("heading", "Aims", level=1)
    assert in_acronym_lists([Block("heading", "Acronyms", level=1), entry, heading, entry]) == {1}
