"""The brief and the workbook say what the report says, with styles and without formulas."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pandas as pd
import pytest

from ndc_urban.errors import UsageError
from ndc_urban.exchange.tables import bare
from ndc_urban.report import report, write_report
from ndc_urban.report.brief import CAVEAT, LONGEST_QUOTATION, brief
from ndc_urban.report.workbook import csv_tables, workbook
from ndc_urban.runs import Run


def test_the_brief_has_a_page_for_each_document(run: Run) -> None:
    data = report(run)
    paragraphs = docx.Document(io.BytesIO(brief(data))).paragraphs
    headings = [each.text for each in paragraphs if each.style.name == "Document Heading"]
    assert headings == [each.party or each.name for each in data.scored]
    quotations = [each for each in paragraphs if each.style.name.startswith("Quote")]
    assert len(quotations) == sum(min(len(each.evidence), 5) for each in data.scored)
    assert any(each.style.name == "Quote Right to Left" for each in quotations)
    captions = [each.text for each in paragraphs if each.style.name == "Caption"]
    assert any(text.startswith("Kenya, KEN_2025-03-01_en.pdf, p. ") for text in captions)
    assert sum(CAVEAT in each.text for each in paragraphs) == len(data.scored) + 1


def test_a_long_quotation_is_cut_so_that_a_document_takes_one_page(run: Run) -> None:
    data = report(run)
    first = data.scored[0]
    for letters, longest in (
        ("Trams run to the harbour. " * 90, LONGEST_QUOTATION),
        ("电车" * 900, LONGEST_QUOTATION / 2),
    ):
        long = tuple(replace(each, text=letters) for each in first.passages)
        paragraphs = docx.Document(
            io.BytesIO(brief(replace(data, documents=(replace(first, passages=long),))))
        ).paragraphs
        quotations = [each.text for each in paragraphs if each.style.name == "Quote"]
        assert quotations
        assert all(text.endswith(" […]") for text in quotations)
        assert all(longest * 0.9 < len(text) <= longest + len(" […]") for text in quotations)


def test_the_brief_is_formatted_by_styles_only(run: Run) -> None:
    for paragraph in docx.Document(io.BytesIO(brief(report(run)))).paragraphs:
        assert paragraph.alignment is None
        for piece in paragraph.runs:
            assert (piece.bold, piece.italic, piece.font.size, piece.font.name) == (None,) * 4


def test_the_brief_says_no_probability_is_certain_and_names_levels_as_a_list(run: Run) -> None:
    data = report(run)
    document = next(each for each in data.documents if each.result is not None)
    assert document.result is not None
    unsure = replace(document.result, level="low", p_low=0.997, levels=("low", "moderate", "strong"))
    changed = replace(data, documents=(replace(document, result=unsure, urban_passages=1),))
    text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(brief(changed))).paragraphs)
    assert "Urban content: low, with a probability of >99%. It may be low, moderate or strong." in text
    assert "1 of " in text
    assert " passages is urban." in text


def test_a_brief_for_one_party(run: Run) -> None:
    text = "\n".join(
        each.text for each in docx.Document(io.BytesIO(brief(report(run, party="KEN")))).paragraphs
    )
    assert "Kenya" in text
    assert "Morocco" not in text


def test_every_row_of_the_workbook_names_party_and_file(run: Run) -> None:
    data = report(run)
    book = openpyxl.load_workbook(io.BytesIO(workbook(data)))
    assert book.sheetnames == ["Documents", "Evidence", "Reasons", "Not read", "Totals", "About"]
    for name in book.sheetnames[:4]:
        rows = list(book[name].iter_rows(min_row=2, values_only=True))
        assert rows
        assert {row[2] for row in rows} <= {each.name for each in data.documents}
    assert book["Evidence"].max_row - 1 == sum(len(each.evidence) for each in data.documents)
    assert book["Documents"].max_row - 1 == len(data.documents)
    *_, last = book["Totals"].iter_rows(values_only=True)
    assert last[0] == "All"
    assert last[-1] == len(data.documents)


def test_no_cell_runs_as_a_formula_or_is_a_link(run: Run) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(report(run))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)


def test_the_same_report_makes_the_same_workbook(run: Run) -> None:
    assert workbook(report(run)) == workbook(report(run))


def test_a_blind_review_comes_without_files_that_hold_predictions(run: Run, tmp_path: Path) -> None:
    written = write_report(report(run, review=True, blind=True), tmp_path / "out", pdf=True, docx=True)
    assert written.files == ("report.html",)


def test_the_command(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from ndc_urban.cli.report import report_cli

    report_cli(run.folder, tmp_path / "out", docx=True, party="KEN", quiet=True)
    assert "report.html" in capsys.readouterr().out
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "report.html",
        "run.xlsx",
        "brief.docx",
        "tables",
    }
    with pytest.raises(UsageError, match="hold predictions"):
        report_cli(run.folder, tmp_path / "other", docx=True, review=True, blind=True)


def test_the_tables_in_csv_are_those_of_the_workbook_and_safe_to_open(run: Run) -> None:
    data = report(run)
    first = data.documents[0]
    best = first.evidence[0]
    risky = replace(best, text="=HYPERLINK(0) for trams", section="NA")
    changed = replace(first, passages=tuple(risky if each is best else each for each in first.passages))
    data = replace(data, documents=(changed, *data.documents[1:]))
    book = openpyxl.load_workbook(io.BytesIO(workbook(data)))
    for name, csv_bytes in csv_tables(data).items():
        assert csv_bytes.startswith(b"\xef\xbb\xbf")
        table = pd.read_csv(io.BytesIO(csv_bytes), dtype=str, keep_default_na=False)
        sheet = book[name.removesuffix(".csv").replace("-", " ").capitalize()]
        head, *rows = sheet.iter_rows(values_only=True)
        assert tuple(table.columns) == head
        assert len(table) == len(rows)
        for line, row in zip(table.itertuples(index=False), rows, strict=True):
            for text, cell in zip(line, row, strict=True):
                assert not text.startswith(("=", "+", "@")), "nothing runs as a formula"
                if isinstance(cell, int | float):
                    assert float(text) == pytest.approx(cell), "numbers stay numbers"
                else:
                    assert bare(text) == (cell or "")
    evidence = pd.read_csv(io.BytesIO(csv_tables(data)["evidence.csv"]), dtype=str)
    assert evidence.loc[0, ["Text", "Section"]].tolist() == ["'=HYPERLINK(0) for trams", "'NA"]


def test_the_folder_has_the_tables(run: Run, tmp_path: Path) -> None:
    written = write_report(report(run), tmp_path / "r")
    assert {"tables/documents.csv", "tables/evidence.csv", "tables/not-read.csv"} <= set(written.files)
