"""The store of annotations: what is there stays, what comes in is added, told as a duplicate or kept as a conflict."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ndc_urban.errors import AnnotationsInvalid, OutputExists, OutputUnwritable
from ndc_urban.labels import store
from ndc_urban.labels.anchors import Anchor, fingerprint
from ndc_urban.labels.records import LevelLabel, PassageLabel
from ndc_urban.labels.store import append, read_level_labels, read_passage_labels, write_passage_labels

ANCHOR = Anchor("c" * 64, 3, 120, 24, fingerprint("The city builds a tram."))
CODING = PassageLabel("XAA_2022", ANCHOR, "Ana", "2026-08-31T10:00:00", "1.0", "E", "tr", "m", "r", "sure")
LEVEL = LevelLabel("XAA_2022", "c" * 64, "Ana", "2026-08-31", "1.0", "strong", 3, True, "", (), 0.25)


def test_codings_and_levels_come_back_as_they_went_in(tmp_path: Path) -> None:
    told = append(tmp_path, [replace(CODING, wave=3)], [LEVEL])
    assert (told.added, told.duplicates, told.conflicts) == (2, 0, ())
    assert read_passage_labels(tmp_path) == (replace(CODING, wave=3),)
    assert read_level_labels(tmp_path) == (LEVEL,)


def test_the_same_coding_twice_is_one(tmp_path: Path) -> None:
    append(tmp_path, [CODING], [LEVEL])
    before = (tmp_path / "passages.csv").read_bytes(), (tmp_path / "levels.csv").read_bytes()
    told = append(tmp_path, [CODING, replace(CODING, coded_at="2026-09-01")], [LEVEL])
    assert (told.added, told.duplicates) == (0, 3)
    assert ((tmp_path / "passages.csv").read_bytes(), (tmp_path / "levels.csv").read_bytes()) == before


def test_who_says_something_else_than_before_is_in_conflict_and_nothing_is_lost(tmp_path: Path) -> None:
    append(tmp_path, [CODING], [LEVEL])
    other, level = replace(CODING, code="I"), replace(LEVEL, level="low")
    told = append(tmp_path, [other], [level])
    assert told.conflicts == (other, level)
    assert list(read_passage_labels(tmp_path)) == [CODING]
    assert read_level_labels(tmp_path) == (LEVEL,)
    with (tmp_path / "conflicts.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(row["table"], row["code"], row["level"]) for row in rows] == [
        ("passages.csv", "I", ""),
        ("levels.csv", "", "low"),
    ]
    append(tmp_path, [other], [level])
    assert len((tmp_path / "conflicts.csv").read_text(encoding="utf-8").splitlines()) == 3


def test_conflicts_within_one_delivery_are_seen(tmp_path: Path) -> None:
    told = append(tmp_path, [CODING, replace(CODING, code="I")])
    assert (told.added, len(told.conflicts)) == (1, 1)


def test_other_coders_and_adjudications_stand_beside(tmp_path: Path) -> None:
    second = replace(CODING, coder="Ben", code="I")
    decided = replace(CODING, adjudicates=("Ana", "Ben"))
    told = append(tmp_path, [CODING, second, decided])
    assert (told.added, told.conflicts) == (3, ())
    assert list(read_passage_labels(tmp_path)) == [CODING, second, decided]


def test_columns_of_a_table_by_hand_are_kept(tmp_path: Path) -> None:
    (tmp_path / "levels.csv").write_text(
        "\ufeffdocument,coder,level,confidence,dedicated,sectors,note\nXAB_2022,A,low,2,0,1,seen twice\n",
        encoding="utf-8",
    )
    append(tmp_path, levels=[LEVEL])
    with (tmp_path / "levels.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert (rows[0]["note"], rows[0]["sectors"], rows[0]["sha256"]) == ("seen twice", "1", "")
    assert rows[1]["inclusion_probability"] == "0.25"
    assert [each.document for each in read_level_labels(tmp_path)] == ["XAB_2022", "XAA_2022"]


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("XAA_2022,A,,1.0,1,zz,,0,5,00,N,,,,,,", "line 2"),
        ("XAA_2022,A,,1.0,1", "line 2"),
        (f"XAA_2022,A,,1.0,1,{'c' * 64},,0,5,{fingerprint('a')},N,,,,,,,E,guessed", "unknown review"),
        (f"XAA_2022,A,,1.0,1,{'c' * 64},,0,5,{fingerprint('a')},Q,,,,,,,,", "unknown code"),
        (f"XAA_2022,A,,1.0,1,{'c' * 64},,0,5,{fingerprint('a')},N,,,,,,12,,", "from-to"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written(tmp_path: Path, row: str, word: str) -> None:
    path = tmp_path / "passages.csv"
    path.write_text(",".join(store.PASSAGE_COLUMNS) + f"\n{row}\n", encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(AnnotationsInvalid, match=word):
        read_passage_labels(tmp_path)
    with pytest.raises(AnnotationsInvalid, match=r"passages\.csv"):
        append(tmp_path, [CODING], [LEVEL])
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["passages.csv"]


def test_a_table_that_changes_meanwhile_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(tmp_path, [CODING])
    read = store._Table.read
    beside = replace(CODING, coder="Ben")

    def slow(path: Path) -> store._Table:
        table = read(path)
        if path.name == "conflicts.csv":
            monkeypatch.setattr(store._Table, "read", read)
            append(tmp_path, [beside])
        return table

    monkeypatch.setattr(store._Table, "read", slow)
    with pytest.raises(AnnotationsInvalid, match="changed by another program"):
        append(tmp_path, [replace(CODING, coder="Cid")])
    assert [each.coder for each in read_passage_labels(tmp_path)] == ["Ana", "Ben"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OutputUnwritable):
        append(tmp_path / "file", [CODING])


def test_codings_are_written_into_an_empty_folder_only(tmp_path: Path) -> None:
    seen = replace(CODING, wave=2, seen=(0, 20))
    write_passage_labels(tmp_path, [seen])
    assert read_passage_labels(tmp_path) == (seen,)
    with pytest.raises(OutputExists):
        write_passage_labels(tmp_path, [seen])


NAME = st.text(st.characters(categories=("L", "N"), include_characters=" .-"), min_size=1, max_size=8).filter(
    lambda name: name == name.strip()
)


@example(comment="\r", coder="Ana", others=[])
@settings(max_examples=50)
@given(
    comment=st.text(st.characters(blacklist_categories=("Cs",)), max_size=40),
    coder=NAME,
    others=st.lists(NAME, max_size=2),
)
def test_any_comment_and_name_come_back(comment: str, coder: str, others: list[str]) -> None:
    coding = replace(CODING, comment=comment, coder=coder, adjudicates=tuple(others))
    with TemporaryDirectory() as folder:
        append(Path(folder), [coding])
        assert list(read_passage_labels(Path(folder))) == [coding]
