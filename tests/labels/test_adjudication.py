"""Which label counts where several coders labelled one unit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ndc_urban.errors import AnnotationsInvalid
from ndc_urban.labels.adjudication import one_per_unit
from ndc_urban.labels.coders import check_kind, read_coders, record_kind
from ndc_urban.labels.records import LevelLabel

A = LevelLabel("XAA_2022", "", "A", "", "1.0", "low", 3, False, kind="automated")
ZOE = replace(A, coder="Zoe", kind="person", level="strong")
BEN = replace(A, coder="Ben", kind="person", level="moderate")
MACHINE = replace(A, coder="0 model", kind="model", level="strong")
DECIDED = replace(A, coder="reader", level="moderate", adjudicates=("Ben", "Zoe"))


@pytest.mark.parametrize(
    ("labels", "prefer", "wanted"),
    [
        ((A, ZOE), (), "Zoe"),
        ((MACHINE, A), (), "A"),
        ((ZOE, A, BEN, MACHINE), (), "Ben"),
        ((ZOE, A, BEN), ("Zoe",), "Zoe"),
        ((ZOE, A, BEN), ("A",), "A"),
        ((ZOE, A, BEN), ("nobody here", "Zoe", "A"), "Zoe"),
        ((ZOE, DECIDED, BEN), ("Zoe",), "reader"),
        ((A, replace(ZOE, review="unseen")), (), "A"),
        ((replace(DECIDED, coder="first"), DECIDED), (), "reader"),
    ],
)
def test_the_order_of_those_that_count(
    labels: tuple[LevelLabel, ...], prefer: tuple[str, ...], wanted: str
) -> None:
    (found,) = one_per_unit(labels, lambda each: each.document, prefer=prefer)
    assert found.item.coder == wanted
    assert {each.coder for each in found.others} | {wanted} == {each.coder for each in labels}


def test_people_who_differ_are_reported_and_those_of_another_rank_are_not() -> None:
    def contested(*labels: LevelLabel) -> bool:
        (found,) = one_per_unit(labels, lambda each: each.document, said=lambda each: each.level)
        return found.contested

    assert contested(ZOE, BEN)
    assert not contested(ZOE, replace(BEN, level="strong"))
    assert not contested(ZOE, A), "an automated reader does not contest a person"
    assert not contested(ZOE, BEN, DECIDED)


def test_kinds_are_recorded_for_those_that_are_no_persons(tmp_path: Path) -> None:
    record_kind(tmp_path, ["Ana"], "person")
    assert not list(tmp_path.iterdir())
    record_kind(tmp_path, ["reader", "reader"], "automated")
    record_kind(tmp_path, ["reader", "net"], "automated")
    assert read_coders(tmp_path) == {"reader": "automated", "net": "automated"}
    with pytest.raises(AnnotationsInvalid, match="reader is automated"):
        check_kind(tmp_path, ["reader"], "model")


@pytest.mark.parametrize("rows", ["A,robot\n", "A,model\nA,person\n"])
def test_a_bad_table_of_coders_is_named_with_its_line(tmp_path: Path, rows: str) -> None:
    (tmp_path / "coders.csv").write_text(f"coder,kind\n{rows}", encoding="utf-8")
    with pytest.raises(AnnotationsInvalid, match=r"coders\.csv, line [23]"):
        read_coders(tmp_path)


def test_the_shipped_coders_are_automated_readers() -> None:
    folder = Path(__file__).parents[2] / "annotations"
    assert set(read_coders(folder).values()) == {"automated"}
    assert set(read_coders(folder)) == {"A", "B"}
