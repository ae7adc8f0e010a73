"""Agreement of coders, against figures that were worked out by hand or published."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from ndc_urban.labels.agreement import (
    OTHER,
    URBAN,
    Agreement,
    Rating,
    agreement,
    agreements,
    alpha,
    code_ratings,
    coded_units,
    level_ratings,
    urban_ratings,
)
from ndc_urban.labels.anchors import Anchor, fingerprint
from ndc_urban.labels.records import LevelLabel, PassageLabel
from ndc_urban.labels.store import read_level_labels, read_passage_labels
from ndc_urban.statistics import kappa

LEVELS = ("low", "moderate", "strong")


def ratings(table: dict[str, list[str | None]]) -> list[Rating]:
    return [
        Rating(number, f"XA{chr(65 + number % 20)}", coder, value)
        for coder, said in table.items()
        for number, value in enumerate(said)
        if value is not None
    ]


def measured(
    measure: str, values: tuple[str, ...], table: dict[str, list[str | None]], rounds: int = 50
) -> Agreement:
    found = agreement("what", measure, values, ratings(table), rounds)  # type: ignore[arg-type]
    assert found is not None
    return found


def test_alpha_is_that_of_krippendorffs_example() -> None:
    """Four coders, twelve units, gaps: nominal 0.743, ordinal 0.815 (Krippendorff 2011)."""
    table: dict[str, list[str | None]] = {
        "A": ["1", "2", "3", "3", "2", "1", "4", "1", "2", None, None, None],
        "B": ["1", "2", "3", "3", "2", "2", "4", "1", "2", "5", None, "3"],
        "C": [None, "3", "3", "3", "2", "3", "4", "2", "2", "5", "1", None],
        "D": ["1", "2", "3", "3", "2", "4", "4", "1", "2", "5", "1", None],
    }
    values = ("1", "2", "3", "4", "5")
    assert measured("nominal", values, table).alpha.value == pytest.approx(0.743, abs=5e-4)
    assert measured("ordinal", values, table).alpha.value == pytest.approx(0.815, abs=5e-4)
    assert measured("ordinal", values, table).units == 11


def test_kappa_is_cohens() -> None:
    """Twenty yes and fifteen no shared, five and ten not: agreement 0.7, by chance 0.5, kappa 0.4."""
    assert kappa(np.array([[20, 5], [10, 15]]), "nominal") == pytest.approx(0.4)
    far, near = np.array([[5, 0, 3], [0, 5, 0], [0, 0, 5]]), np.array([[5, 3, 0], [0, 5, 0], [0, 0, 5]])
    assert kappa(far, "ordinal") < kappa(near, "ordinal") < 1
    assert np.isnan(kappa(np.array([[9, 0], [0, 0]]), "nominal"))


def test_full_agreement_is_one_chance_is_nothing_and_one_value_alone_is_not_defined() -> None:
    chance = random.Random(1)
    same: list[str | None] = [chance.choice(LEVELS) for _ in range(300)]
    full = measured("ordinal", LEVELS, {"A": same, "B": same})
    assert (full.alpha.value, full.pairs[0].kappa.value, full.pairs[0].agreed.value) == (1, 1, 1)
    other: list[str | None] = [chance.choice(LEVELS) for _ in range(300)]
    assert measured("ordinal", LEVELS, {"A": same, "B": other}).alpha.value == pytest.approx(0, abs=0.15)
    alone = measured("nominal", LEVELS, {"A": ["low"] * 5, "B": ["low"] * 5})
    assert (alone.alpha.value, alone.pairs[0].kappa.value) == (None, None)
    assert np.isnan(alpha(np.array([[2, 0], [2, 0]]), "nominal"))


def test_the_confusion_table_has_the_first_coder_in_its_rows() -> None:
    pair = measured(
        "nominal", LEVELS, {"A": ["low", "low", "strong"], "B": ["low", "strong", "strong"]}
    ).pairs[0]
    assert (pair.first, pair.second, pair.units) == ("A", "B", 3)
    assert pair.confusion == ((1, 0, 1), (0, 0, 0), (0, 0, 1))


def test_an_interval_holds_its_figure_and_narrows_with_more_parties() -> None:
    chance = random.Random(2)

    def table(number: int) -> dict[str, list[str | None]]:
        a: list[str | None] = [chance.choice(LEVELS) for _ in range(number)]
        return {"A": a, "B": [each if chance.random() < 0.8 else chance.choice(LEVELS) for each in a]}

    few, many = (measured("nominal", LEVELS, table(n), rounds=300).alpha for n in (30, 2000))
    for each in (few, many):
        assert each.low is not None
        assert each.high is not None
        assert each.value is not None
        assert each.low <= each.value <= each.high
    assert (many.high or 0) - (many.low or 0) < (few.high or 0) - (few.low or 0)


def test_three_coders_make_three_pairs() -> None:
    table: dict[str, list[str | None]] = {
        "A": ["low", "low", None],
        "B": ["low", None, "low"],
        "C": [None, "strong", "low"],
    }
    assert [(p.first, p.second, p.units) for p in measured("nominal", LEVELS, table).pairs] == [
        ("A", "B", 1),
        ("A", "C", 1),
        ("B", "C", 1),
    ]


def coding(
    coder: str, text: str, start: int, code: str, *, sha256: str = "a", adjudicates: tuple[str, ...] = ()
) -> PassageLabel:
    anchor = Anchor(sha256 * 64, None, start, len(text), fingerprint(text))
    sector, strand, role = ("tr", "m", "r") if code in "EI" else ("", "", "")
    return PassageLabel(
        "XAA_2022", anchor, coder, "", "1.0", code, sector, strand, role, adjudicates=adjudicates
    )


def test_coders_of_two_versions_of_a_file_are_compared_by_the_text() -> None:
    codings = [
        coding("A", "The city builds.", 0, "E"),
        coding("A", "The city builds.", 90, "X"),
        coding("B", "The city builds.", 5, "E", sha256="b"),
        coding("B", "The city builds.", 95, "X", sha256="b"),
    ]
    found = agreement("code", "nominal", ("E", "I", "X", "N"), code_ratings(coded_units(codings)), 20)
    assert found is not None
    assert (found.units, found.alpha.value) == (2, 1)


def test_adjudicated_codings_are_not_independent_and_left_out() -> None:
    codings = [
        coding("A", "Some text here.", 0, "E"),
        coding("C", "Some text here.", 0, "E", adjudicates=("A", "B")),
    ]
    level = LevelLabel("XAA_2022", "", "A", "", "1.0", "low", 2, False)
    settled = LevelLabel("XAA_2022", "", "C", "", "1.0", "low", 2, False, adjudicates=("A",))
    assert agreements(codings, [level, settled]) == ()


def test_where_all_agree_the_share_has_exact_limits_and_kappa_none() -> None:
    said = [
        Rating(f"{number}", f"X{number}", coder, ("low", "strong")[number % 2])
        for number in range(23)
        for coder in "AB"
    ]
    found = agreement("level", "ordinal", LEVELS, said, rounds=50)
    assert found is not None
    (pair,) = found.pairs
    assert (pair.agreed.value, pair.agreed.low, pair.agreed.high) == (
        1.0,
        pytest.approx(0.852, abs=5e-4),
        1.0,
    )
    assert (pair.kappa.value, pair.kappa.low, pair.kappa.high) == (1.0, None, None)
    assert (found.alpha.value, found.alpha.low) == (1.0, None)


def test_the_repeatability_that_is_published_can_be_recomputed() -> None:
    folder = Path(__file__).parents[2] / "annotations"
    labels = read_passage_labels(folder)
    twice = {each.document for each in labels if each.coder == "B"}
    coded = coded_units(each for each in labels if each.document in twice)
    levels = agreement("level", "ordinal", LEVELS, level_ratings(read_level_labels(folder)), rounds=2)
    urban = agreement("urban or not", "nominal", (URBAN, OTHER), urban_ratings(coded), rounds=2)
    assert levels is not None
    assert urban is not None
    text = " ".join((folder / "README.md").read_text(encoding="utf-8").split())
    assert f"{levels.units} documents were coded twice: all {levels.units} levels agree" in text
    assert levels.pairs[0].agreed.value == 1.0
    kappa = urban.pairs[0].kappa.value
    assert kappa is not None
    assert f'for {urban.units} passages "urban or not" has a kappa of {kappa:.2f}' in text
