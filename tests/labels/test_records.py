"""Labels as records: what a valid one is, and that a bad row is named by file and line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from tiny_corpus import write_csv, write_jsonl

from ndc_urban.codebook import CODEBOOK_VERSION, ROLES, SECTORS, STRANDS
from ndc_urban.errors import AnnotationsInvalid
from ndc_urban.labels.anchors import UNKNOWN_FILE, Anchor, fingerprint
from ndc_urban.labels.records import LevelLabel, PassageLabel
from ndc_urban.labels.store import read_level_labels
from ndc_urban.labels.texts import read_labels_with_texts

PASSAGE: Mapping[str, object] = {
    "document": "XAA_2022",
    "coder": "A",
    "block": 4,
    "code": "E",
    "sector": "tr",
    "strand": "m",
    "role": "r",
    "source": "html/XAA.html",
    "section": "Transport",
    "text": "The city builds a tram.",
    "wave": 1,
}
LEVEL: Mapping[str, object] = {
    "document": "XAA_2022",
    "coder": "A",
    "level": "low",
    "confidence": 3,
    "dedicated": 0,
}


def folder_with(
    folder: Path, passage: Mapping[str, object] = PASSAGE, level: Mapping[str, object] = LEVEL
) -> Path:
    """A folder of annotations with a sound row in each file, and behind it the row given."""
    write_jsonl(folder / "passages.jsonl", [PASSAGE, passage])
    write_csv(folder / "levels.csv", [{name: row.get(name, "") for name in level} for row in (LEVEL, level)])
    return folder


def without(row: Mapping[str, object], column: str) -> Mapping[str, object]:
    return {name: value for name, value in row.items() if name != column}


def read_folder(folder: Path) -> tuple[tuple[PassageLabel, ...], tuple[LevelLabel, ...]]:
    return read_labels_with_texts(folder), read_level_labels(folder)


def test_labels_are_read_as_written(tmp_path: Path) -> None:
    passages, levels = read_folder(folder_with(tmp_path, level=LEVEL | {"level": "strong", "dedicated": 1}))
    anchor = Anchor(UNKNOWN_FILE, None, 4, 0, fingerprint(str(PASSAGE["text"])))
    assert passages[0] == PassageLabel("XAA_2022", anchor, "A", "", CODEBOOK_VERSION, "E", "tr", "m", "r")
    assert levels[1] == LevelLabel("XAA_2022", "", "A", "", CODEBOOK_VERSION, "strong", 3, True)


@pytest.mark.parametrize(("code", "is_urban"), [("E", True), ("I", True), ("X", False), ("N", False)])
def test_explicit_and_implicit_are_urban(tmp_path: Path, code: str, is_urban: bool) -> None:
    attributes = {} if is_urban else {"sector": "", "strand": "", "role": ""}
    passages, _ = read_folder(folder_with(tmp_path, PASSAGE | {"code": code} | attributes))
    assert passages[1].is_urban is is_urban


def test_every_attribute_of_the_codebook_is_known(tmp_path: Path) -> None:
    rows = [PASSAGE | {"sector": sector} for sector in SECTORS]
    rows += [PASSAGE | {"strand": strand} for strand in STRANDS]
    rows += [PASSAGE | {"role": role} for role in ROLES]
    folder_with(tmp_path)
    write_jsonl(tmp_path / "passages.jsonl", rows)
    assert len(read_labels_with_texts(tmp_path)) == 15 + 3 + 3


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (PASSAGE | {"code": "Z"}, "code"),
        (PASSAGE | {"code": ""}, "code"),
        (PASSAGE | {"code": ["E"]}, "code"),
        (PASSAGE | {"code": None}, "code"),
        (PASSAGE | {"sector": "zz"}, "sector"),
        (PASSAGE | {"strand": "x"}, "strand"),
        (PASSAGE | {"role": "x"}, "role"),
        (PASSAGE | {"code": "N"}, "sector"),
        (PASSAGE | {"block": "third"}, "third"),
        (PASSAGE | {"block": None}, "int"),
        (PASSAGE | {"text": 7}, "text"),
        (PASSAGE | {"document": "2022"}, "ISO3"),
        (PASSAGE | {"document": "xaa_2022"}, "ISO3"),
        *[(without(PASSAGE, name), name) for name in PASSAGE if name not in ("section", "wave")],
    ],
)
def test_a_bad_passage_is_named_by_line(tmp_path: Path, row: Mapping[str, object], word: str) -> None:
    with pytest.raises(AnnotationsInvalid, match=r"passages\.jsonl, line 2") as caught:
        read_folder(folder_with(tmp_path, row))
    assert word in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("row", "word"),
    [
        (LEVEL | {"level": "medium"}, "medium"),
        (LEVEL | {"level": ""}, "level"),
        (LEVEL | {"confidence": 4}, "confidence"),
        (LEVEL | {"confidence": "high"}, "high"),
        (LEVEL | {"dedicated": "yes"}, "dedicated"),
        (LEVEL | {"document": "Aldmere"}, "ISO3"),
    ],
)
def test_a_bad_level_is_named_by_line(tmp_path: Path, row: Mapping[str, object], word: str) -> None:
    with pytest.raises(AnnotationsInvalid, match=r"levels\.csv, line 3") as caught:
        read_folder(folder_with(tmp_path, level=row))
    assert word in caught.value.message


@pytest.mark.parametrize("column", list(LEVEL))
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    with pytest.raises(AnnotationsInvalid, match=column):
        read_folder(folder_with(tmp_path, level=without(LEVEL, column)))


def test_a_row_that_is_cut_short_is_named(tmp_path: Path) -> None:
    folder_with(tmp_path)
    with (tmp_path / "levels.csv").open("a", encoding="utf-8") as handle:
        handle.write("XAB_2022,A\n")
    with pytest.raises(AnnotationsInvalid, match="line 4"):
        read_folder(tmp_path)


@pytest.mark.parametrize("line", ["{", "no json", "[1, 2]", "3", "null"])
def test_a_line_that_is_no_json_object_is_named_and_blank_lines_are_counted(
    tmp_path: Path, line: str
) -> None:
    folder_with(tmp_path)
    (tmp_path / "passages.jsonl").write_text(f"{json.dumps(PASSAGE)}\n\n{line}\n", encoding="utf-8")
    with pytest.raises(AnnotationsInvalid, match="line 3"):
        read_folder(tmp_path)


def test_blank_lines_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    folder_with(tmp_path)
    for name in ("passages.jsonl", "levels.csv"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(f"{text}\n\n", encoding="utf-8-sig")
    passages, levels = read_folder(tmp_path)
    assert (len(passages), len(levels)) == (2, 2)


@pytest.mark.parametrize("name", ["passages.jsonl", "levels.csv"])
def test_another_encoding_is_named(tmp_path: Path, name: str) -> None:
    (folder_with(tmp_path) / name).write_bytes("ville brûlée".encode("cp1252"))
    with pytest.raises(AnnotationsInvalid, match=r"UTF-8"):
        read_folder(tmp_path)


def test_a_text_may_hold_any_separator_of_lines_but_the_usual_one(tmp_path: Path) -> None:
    text = "The city builds\u2028a tram,\x85and a depot."
    passages, _ = read_folder(folder_with(tmp_path, PASSAGE | {"text": text}))
    assert passages[1].anchor.fingerprint == fingerprint(text)


def test_the_wave_may_be_left_out(tmp_path: Path) -> None:
    assert read_folder(folder_with(tmp_path, without(PASSAGE, "wave")))[0][1].wave == 1
