"""The rules for levels, and levels that contradict the codes of passages."""

from __future__ import annotations

from pathlib import Path

import pytest

from ndc_urban.labels.anchors import Anchor, fingerprint
from ndc_urban.labels.level_rules import UrbanCounts, contradiction, counts_of, level_by_rules
from ndc_urban.labels.records import LevelLabel, PassageLabel
from ndc_urban.labels.store import read_level_labels, read_passage_labels

SHIPPED = Path(__file__).parents[2] / "annotations"


@pytest.mark.parametrize(
    ("explicit", "implicit", "sectors", "dedicated", "level"),
    [
        (0, 0, 0, False, "low"),
        (1, 2, 3, False, "low"),
        (0, 9, 5, False, "low"),
        (1, 3, 1, False, "moderate"),
        (2, 0, 0, False, "moderate"),
        (2, 0, 0, True, "moderate"),
        (3, 0, 1, True, "strong"),
        (1, 2, 1, True, "strong"),
        (20, 0, 5, False, "moderate"),
        (19, 0, 6, False, "moderate"),
        (15, 5, 6, False, "strong"),
        (8, 2, 6, None, "strong"),
        (8, 1, 6, None, "moderate"),
    ],
)
def test_the_level_by_the_rules(
    explicit: int, implicit: int, sectors: int, dedicated: bool | None, level: str
) -> None:
    assert level_by_rules(UrbanCounts(explicit, implicit, sectors), dedicated) == level


def label(text: str, code: str, sector: str = "") -> PassageLabel:
    anchor = Anchor("c" * 64, None, 0, len(text), fingerprint(text))
    marks = (sector, "m", "r") if sector else ("", "", "")
    return PassageLabel("XAA_2022", anchor, "Ana", "", "1.0", code, *marks)


def test_a_repeated_text_counts_once_and_challenges_are_in_no_sector() -> None:
    twice = [label("Trams for the old town.", "E", "tr")] * 2
    assert counts_of([*twice, label("Nothing of the kind.", "N")]) == UrbanCounts(1, 0, 1)


def test_a_level_that_is_too_high_contradicts_only_where_everything_was_coded() -> None:
    strong = LevelLabel("XAA_2022", "", "Ana", "", "1.0", "strong", 3, dedicated=True)
    few = [label("Trams for the old town.", "E", "tr")]
    assert contradiction(strong, few, complete=False) == ""
    assert "by the rules of the codebook low: 1 E and 0 I" in contradiction(strong, few, complete=True)
    low = LevelLabel("XAA_2022", "", "Ana", "", "1.0", "low", 3, dedicated=False)
    two = [*few, label("Drains for every street of the city.", "E", "wt")]
    assert "by the rules of the codebook moderate" in contradiction(low, two, complete=False)


def test_the_share_of_shipped_levels_that_follow_is_the_one_in_the_codebook() -> None:
    passages: dict[str, list[PassageLabel]] = {}
    for each in read_passage_labels(SHIPPED):
        if each.coder == "A":
            passages.setdefault(each.document, []).append(each)
    levels = [level for level in read_level_labels(SHIPPED) if level.coder == "A"]
    follow = sum(
        level_by_rules(counts_of(passages.get(each.document, [])), each.dedicated) == each.level
        for each in levels
    )
    book = (SHIPPED / "CODEBOOK.md").read_text(encoding="utf-8")
    assert f"{follow} of\nthe {len(levels)} levels" in book
