"""The tables survive whatever text a document holds."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
import stand_ins
from hypothesis import given, settings
from hypothesis import strategies as st

from ndc_urban.document import Block, Document, Page
from ndc_urban.errors import RunDamaged
from ndc_urban.files import bare
from ndc_urban.runs.finishing import Context, FileOfRun, write_tables
from ndc_urban.runs.folder import TABLES, Run, RunFolder, load_run
from ndc_urban.runs.records import Record, record_of
from ndc_urban.runs.tables import as_text

texts = st.text(min_size=1).filter(lambda text: text.strip() and "\n" not in text)
AWKWARD = [
    "'=1",
    "-5% by 2030",
    "+",
    "@a",
    "'a",
    "a\rb",
    "a\x00b",
    "NA",
    "=1+1",
    '"',
    "a,b",
    "\ufeffx",
    "a\u2028b",
    "007",
    " x ",
    "\x1b[1m",
]
awkward = st.sampled_from(AWKWARD)


def plain(text: str) -> str:
    """The text as tables have it: a space for each control character."""
    return "".join(" " if ord(each) < 32 or ord(each) == 127 else each for each in text)


def write(lines: list[str], root: Path) -> Document:
    """The tables of a run over one document of these lines."""
    page = Page(1, tuple(Block("paragraph", line, 1) for line in lines), "pdfium")
    document = Document(Path("a.pdf"), "0" * 64, "pdf", (page,))
    record = record_of(document, stand_ins.Model().assess(document), copy_of="", seconds=1.0)
    again = Record.from_line(record.as_line())
    file = FileOfRun(document.path, document.sha256, 1)
    write_tables(
        root, [(file, again)], Context("codebook", frozenset(), {}, parquet=True), lambda counts: {"a": 1}
    )
    return document


@settings(deadline=None)  # machines may be busy
@given(lines=st.lists(texts | awkward, min_size=1, max_size=5))
def test_texts_come_back_from_the_file_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    root = tmp_path_factory.mktemp("run")
    texts = [plain(block.text) for block in write(lines, root).blocks]
    with RunFolder(root).passages.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row.values())
    assert [bare(row["text"]) for row in rows] == texts
    assert all(len(bare(row["text"])) == len(line) for row, line in zip(rows, lines, strict=True))
    read = pd.read_csv(RunFolder(root).passages, keep_default_na=False, dtype=str)
    assert list(read["text"]) == [row["text"] for row in rows]
    assert list(Run.in_folder(root).passages["text"]) == texts


def test_rows_are_the_same_with_and_without_a_data_frame(tmp_path: Path) -> None:
    write([*AWKWARD, "a city", "another city"], tmp_path)
    run = Run.in_folder(tmp_path)
    for name in TABLES:
        by_line = list(run.rows(name))
        assert len(by_line) == len(getattr(run, name))  # from here on, the rows are those of the data frame
        assert list(run.rows(name)) == by_line
    assert sum(1 for row in run.rows("passages") if row["evidence_rank"] is None) == len(AWKWARD)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("passages.csv", ",start,", ",begin,"),
        ("documents.csv", "path,sha256,iso3", "path,iso3"),
        ("documents.csv", ",ok,", ",ok,,"),
        ("run.json", "{", ""),
        ("run.json", '{\n  "a": 1', '[{\n  "a": 1'),
    ],
)
def test_a_run_that_was_changed_is_refused_by_name(name: str, old: str, new: str, tmp_path: Path) -> None:
    write(["a city"], tmp_path)
    path = tmp_path / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RunDamaged, match=name):
        load_run(tmp_path)


def test_a_table_that_does_not_fit_is_named_when_it_is_asked_for(tmp_path: Path) -> None:
    write(["a city", "fields"], tmp_path)
    path = tmp_path / "passages.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",0.9123,", ",much,"), encoding="utf-8")
    run = load_run(tmp_path)
    with pytest.raises(RunDamaged, match=r"passages\.csv"):
        list(run.rows("passages"))
    with pytest.raises(RunDamaged, match=r"passages\.csv"):
        len(run.passages)


def test_a_mark_at_the_start_and_an_empty_line_at_the_end_do_no_harm(tmp_path: Path) -> None:
    write(["a city"], tmp_path)
    for path in tmp_path.glob("*.csv"):
        path.write_text("\ufeff" + path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    run = load_run(tmp_path)
    rows = list(run.rows("documents"))
    assert [row["path"] for row in rows] == list(run.documents["path"]) == ["a.pdf"]


def test_tables_are_found_from_another_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(["a city"], tmp_path)
    monkeypatch.chdir(tmp_path.parent)
    run = load_run(Path(tmp_path.name))
    monkeypatch.chdir("/")
    assert [row["text"] for row in run.rows("passages")] == list(run.passages["text"]) == ["a city"]
    assert run.folder == Path(tmp_path.name)


def test_an_empty_table_of_failures_has_its_header(tmp_path: Path) -> None:
    write(["fields"], tmp_path)
    assert (tmp_path / "failures.csv").read_text() == "path,sha256,error,message,remedy,pages\n"


def test_a_name_that_is_no_utf8_can_be_written() -> None:
    assert as_text(Path("caf\udce9.pdf")) == "caf\\xe9.pdf"
