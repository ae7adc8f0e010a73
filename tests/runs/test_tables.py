"""The tables survive whatever text a document holds."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
import stand_ins
from hypothesis import given, settings
from hypothesis import strategies as st

from ndc_urban.corpus.inputs import Input
from ndc_urban.document import Block, Document, Page
from ndc_urban.runs.estimation import estimation_table
from ndc_urban.runs.folder import Counts, Run, RunFolder, write_run
from ndc_urban.runs.tables import as_text, documents_table, failures_table, passages_table, reasons_table
from ndc_urban.runs.worker import Scored

texts = st.text(min_size=1).filter(lambda text: text.strip() and "\n" not in text)
awkward = st.sampled_from(
    ["a\rb", "a\x00b", "NA", "=1+1", '"', "a,b", "\ufeffx", "a\u2028b", "007", " x ", "\x1b[1m"]
)


def run_of(lines: list[str]) -> Run:
    page = Page(1, tuple(Block("paragraph", line, 1) for line in lines), "pdfium")
    document = Document(Path("a.pdf"), "0" * 64, "pdf", (page,))
    assessment = stand_ins.Model().assess(document)
    scored = Scored("en", 1, (), {}, (), assessment, assessment.scored, 1.0)
    results = [(Input(document.path, document.sha256, 1), scored)]
    documents = documents_table(results, trained_on=())
    tables = (
        passages_table(results),
        failures_table(results),
        estimation_table(results, (), {}),
        reasons_table(results),
    )
    return Run(Path(), documents, *tables, {}, Counts.of(documents))


@settings(deadline=None)  # machines may be busy
@given(lines=st.lists(texts | awkward, min_size=1, max_size=5))
def test_texts_come_back_from_the_file_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    root = tmp_path_factory.mktemp("run")
    run = run_of(lines)
    write_run(run, root)
    with RunFolder(root).passages.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["text"] for row in rows] == list(run.passages["text"])
    assert all(len(row["text"]) == len(line) for row, line in zip(rows, lines, strict=True))
    read = pd.read_csv(RunFolder(root).passages, keep_default_na=False, dtype=str)
    assert list(read["text"]) == list(run.passages["text"])


def test_an_empty_table_of_failures_has_its_header(tmp_path: Path) -> None:
    write_run(run_of(["fields"]), tmp_path)
    assert (tmp_path / "failures.csv").read_text() == "path,sha256,error,message,remedy,pages\n"


def test_a_name_that_is_no_utf8_can_be_written() -> None:
    assert as_text(Path("caf\udce9.pdf")) == "caf\\xe9.pdf"
