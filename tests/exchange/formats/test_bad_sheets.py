"""Sheets that coders spoilt: each fault is named with its row and column, and nothing valid is lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from coded_corpus import CodedCorpus
from coding_sheets import write_files

from ndc_urban.corpus.library import Library
from ndc_urban.exchange.import_report import ImportReport
from ndc_urban.exchange.importing import add_codings
from ndc_urban.exchange.registry import FORMATS, format_of
from ndc_urban.labels.store import append, read_level_labels, read_passage_labels

CODES = ("E", "N", "E", "N", "I")


class Workbook:
    """A coding workbook as a coder has it open: cells by sheet, row and column name."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = openpyxl.load_workbook(path)

    def sheet(self, name: str) -> Any:
        return self.book[name]

    def columns(self, name: str) -> Mapping[str, int]:
        return {str(cell.value).split(" (")[0]: cell.column for cell in self.book[name][1]}

    def letter(self, column: str, name: str = "XAA_2022") -> str:
        return str(openpyxl.utils.get_column_letter(self.columns(name)[column]))

    def set(self, row: int, column: str, value: object, name: str = "XAA_2022") -> None:
        self.book[name].cell(row, self.columns(name)[column]).value = value

    def get(self, row: int, column: str, name: str = "XAA_2022") -> Any:
        return self.book[name].cell(row, self.columns(name)[column]).value

    def save(self) -> None:
        self.book.save(self.path)


@pytest.fixture
def workbook(corpus: CodedCorpus, tmp_path: Path) -> Workbook:
    """A sheet for Ana in which she has coded the five passages of the first plan."""
    path = tmp_path / "sheet.xlsx"
    FORMATS["xlsx"].write(replace(corpus.bundle, coder="Ana"), path)
    book = Workbook(path)
    for row, code in enumerate(CODES, 2):
        book.set(row, "code", code)
        if code in "EI":
            for column, value in (("sector", "tr"), ("strand", "m"), ("role", "r")):
                book.set(row, column, value)
    return book


@pytest.fixture
def given(workbook: Workbook, corpus: CodedCorpus, tmp_path: Path) -> Callable[..., ImportReport]:
    """Saves the workbook and imports it."""

    def go(*, partial: bool = False, library: Library | None = None, coder: str = "") -> ImportReport:
        workbook.save()
        returned = format_of(workbook.path).read(workbook.path, coder=coder)
        return add_codings(returned, library or corpus.library, tmp_path / "labels", partial=partial)

    return go


def faults(report: ImportReport) -> set[tuple[str, int | None, str]]:
    return {(each.kind, each.place.row, each.place.column) for each in report.blocking}


def stored(tmp_path: Path) -> list[str]:
    return [each.code for each in read_passage_labels(tmp_path / "labels")]


def test_a_sound_sheet_is_imported(given: Callable[..., ImportReport], tmp_path: Path) -> None:
    report = given()
    assert (report.imported, report.refused, report.uncoded, report.blocking) == (5, 0, 3, ())
    assert stored(tmp_path) == list(CODES)
    assert report.coders == ("Ana",)
    first = read_passage_labels(tmp_path / "labels")[0]
    assert (first.coder, first.codebook) == ("Ana", "1.0")


def test_a_second_import_adds_nothing(given: Callable[..., ImportReport], tmp_path: Path) -> None:
    given()
    again = given()
    assert (again.imported, again.duplicates) == (0, 5)
    assert stored(tmp_path) == list(CODES)


@pytest.mark.parametrize("column", ["code", "sector", "strand", "role"])
def test_a_misspelt_attribute(
    workbook: Workbook, given: Callable[..., ImportReport], tmp_path: Path, column: str
) -> None:
    workbook.set(4, column, "Qx")
    report = given()
    assert faults(report) == {("misspelt", 4, workbook.letter(column))}
    assert "'Qx'" in report.problems[0].message
    assert not report.applied
    assert not (tmp_path / "labels").exists()
    report = given(partial=True)
    assert (report.imported, report.refused) == (4, 1)
    assert stored(tmp_path) == ["E", "N", "N", "I"]


def test_a_misspelt_level(workbook: Workbook, given: Callable[..., ImportReport], tmp_path: Path) -> None:
    for column, value in (("level", "modrate"), ("confidence", 3), ("dedicated", 0)):
        workbook.set(2, column, value, "Levels")
    for column, value in (("level", "strong"), ("confidence", 2), ("dedicated", "yes")):
        workbook.set(3, column, value, "Levels")
    report = given(partial=True)
    assert ("misspelt", 2, workbook.letter("level", "Levels")) in faults(report)
    assert "moderate is perhaps meant" in "".join(each.message for each in report.blocking)
    (level,) = read_level_labels(tmp_path / "labels")
    assert (level.document, level.level, level.confidence, level.dedicated) == ("XAB_2022", "strong", 2, True)


def test_small_differences_of_spelling_are_understood(
    workbook: Workbook, given: Callable[..., ImportReport], tmp_path: Path
) -> None:
    workbook.set(2, "code", " e ")
    workbook.set(4, "code", "explicit")
    workbook.set(4, "sector", "TR transport and mobility")
    assert given().applied
    assert [each.sector for each in read_passage_labels(tmp_path / "labels")] == ["tr", "", "tr", "", "tr"]


def test_an_attribute_where_the_code_has_none(workbook: Workbook, given: Callable[..., ImportReport]) -> None:
    workbook.set(3, "sector", "tr")
    assert faults(given()) == {("attribute_without_urban_code", 3, workbook.letter("sector"))}


def test_a_comment_without_a_code(workbook: Workbook, given: Callable[..., ImportReport]) -> None:
    workbook.set(3, "code", None)
    workbook.set(3, "comment", "not sure at all")
    assert faults(given()) == {("no_code", 3, workbook.letter("code"))}


def test_a_deleted_row(workbook: Workbook, given: Callable[..., ImportReport], tmp_path: Path) -> None:
    workbook.sheet("XAA_2022").delete_rows(4)
    report = given()
    assert faults(report) == {("deleted_row", 3, "")}
    assert "passage 3 of 8" in report.blocking[0].message
    assert not report.applied
    assert given(partial=True).imported == 4
    assert stored(tmp_path) == ["E", "N", "N", "I"]


def test_a_deleted_sheet(workbook: Workbook, given: Callable[..., ImportReport]) -> None:
    del workbook.book["XAB_2022"]
    report = given()
    assert [each.kind for each in report.blocking] == ["deleted_row"]
    assert "passage 6 to 8 of 8" in report.blocking[0].message


def test_sorted_rows_are_no_fault(
    workbook: Workbook, given: Callable[..., ImportReport], tmp_path: Path
) -> None:
    sheet = workbook.sheet("XAA_2022")
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2, max_row=6)]
    for at, row in enumerate(reversed(rows), 2):
        for column, value in enumerate(row, 1):
            sheet.cell(at, column).value = value
    assert given().imported == 5
    assert stored(tmp_path) == list(reversed(CODES))


def test_merged_cells(workbook: Workbook, given: Callable[..., ImportReport], tmp_path: Path) -> None:
    letter = workbook.letter("code")
    workbook.sheet("XAA_2022").merge_cells(f"{letter}3:{letter}4")
    report = given()
    assert faults(report) == {("merged_cells", 3, letter), ("merged_cells", 4, letter)}
    assert f"{letter}3:{letter}4" in report.blocking[0].message
    assert given(partial=True).imported == 3
    assert stored(tmp_path) == ["E", "N", "I"]


def test_a_changed_passage(workbook: Workbook, given: Callable[..., ImportReport], tmp_path: Path) -> None:
    workbook.set(4, "text", "Municipal waste is burnt beside the river, says nobody but this coder.")
    report = given()
    assert faults(report) == {("changed_passage", 4, workbook.letter("text"))}
    assert given(partial=True).imported == 4
    assert stored(tmp_path) == ["E", "N", "N", "I"]


def test_a_passage_that_was_replaced_by_another_one_of_the_document(
    workbook: Workbook, given: Callable[..., ImportReport], corpus: CodedCorpus, tmp_path: Path
) -> None:
    """The text is in the document, once: the coding goes where its text is, and that is told."""
    for column in ("code", "sector", "strand", "role"):
        workbook.set(4, column, None)
    workbook.set(2, "text", workbook.get(4, "text"))
    report = given()
    assert report.applied
    assert [each.kind for each in report.problems] == ["reanchored"]
    assert read_passage_labels(tmp_path / "labels")[0].anchor == corpus.units[2].anchor


def test_white_space_that_a_program_changed_is_no_fault(
    workbook: Workbook, given: Callable[..., ImportReport]
) -> None:
    workbook.set(2, "text", f"  {workbook.get(2, 'text')}\n".replace(" ", "  "))
    report = given()
    assert report.applied
    assert not report.problems


def test_a_second_coders_row(workbook: Workbook, given: Callable[..., ImportReport], tmp_path: Path) -> None:
    sheet = workbook.sheet("XAA_2022")
    for column, cell in enumerate(sheet[2], 1):
        sheet.cell(7, column).value = cell.value
    workbook.set(7, "coder", "Ben")
    workbook.set(7, "code", "X")
    for column in ("sector", "strand", "role"):
        workbook.set(7, column, None)
    report = given()
    assert faults(report) == {("several_people", 7, workbook.letter("coder"))}
    assert not report.applied
    report = given(partial=True)
    assert (report.imported, report.refused) == (6, 0)
    by_coder = {
        (each.coder, each.code)
        for each in read_passage_labels(tmp_path / "labels")
        if each.anchor.start == read_passage_labels(tmp_path / "labels")[0].anchor.start
    }
    assert by_coder == {("Ana", "E"), ("Ben", "X")}


def test_two_names_in_one_sheet_are_one_question(
    workbook: Workbook, given: Callable[..., ImportReport], tmp_path: Path
) -> None:
    for row in (4, 5):
        workbook.set(row, "coder", "Ben")
    report = given()
    assert faults(report) == {("several_people", 4, workbook.letter("coder"))}
    (question,) = report.blocking
    assert "not all by Ana. The file names Ana (3 codings), Ben (2 codings)." in question.message
    assert "--coder Ana=Ana --coder Ben=Ben" in question.remedy
    answered = format_of(workbook.path).read(workbook.path, people={"Ana": "Ana", "Ben": "Zoe"})
    assert [each.coding.coder for each in answered.passages] == ["Ana", "Ana", "Zoe", "Zoe", "Ana"]
    assert not [each for each in answered.problems if each.severity != "note"]
    assert given(partial=True).imported == 5
    assert [each.coder for each in read_passage_labels(tmp_path / "labels")].count("Ben") == 2


def test_the_report_of_a_sheet_that_nobody_coded_names_nobody(
    workbook: Workbook, given: Callable[..., ImportReport]
) -> None:
    for row in range(2, 7):
        for column in ("code", "sector", "strand", "role"):
            workbook.set(row, column, None)
    assert next(iter(given().summary())) == "0 codings found; 8 passages not coded"


def test_one_coder_twice_and_differently(
    workbook: Workbook, given: Callable[..., ImportReport], tmp_path: Path
) -> None:
    """Which of the two was meant nobody can tell: neither is taken, both are named."""
    sheet = workbook.sheet("XAA_2022")
    for column, cell in enumerate(sheet[3], 1):
        sheet.cell(7, column).value = cell.value
    workbook.set(7, "code", "X")
    report = given(partial=True)
    letter = workbook.letter("coder")
    assert faults(report) == {("conflict", 3, letter), ("conflict", 7, letter)}
    assert stored(tmp_path) == ["E", "E", "N", "I"]


def test_a_document_that_is_not_in_the_corpus(
    given: Callable[..., ImportReport], workbook: Workbook, corpus: CodedCorpus, tmp_path: Path
) -> None:
    workbook.set(2, "code", "E", "XAB_2022")
    only = Library(corpus.library.holdings[:1])
    report = given(library=only)
    assert faults(report) == {("unknown_document", 2, workbook.letter("document", "XAB_2022"))}
    assert "XAB_2022" in report.blocking[0].message
    assert given(partial=True, library=only).imported == 5
    assert stored(tmp_path) == list(CODES)


def test_another_documents_name(workbook: Workbook, given: Callable[..., ImportReport]) -> None:
    workbook.set(3, "document", "XAB_2022")
    assert faults(given()) == {("wrong_document", 3, workbook.letter("document"))}


def test_nobody_coded_it(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    FORMATS["xlsx"].write(corpus.bundle, path)
    book = Workbook(path)
    book.set(2, "code", "N")
    book.save()
    report = add_codings(format_of(path).read(path), corpus.library, tmp_path / "labels")
    assert faults(report) == {("no_coder", 2, book.letter("coder"))}
    report = add_codings(format_of(path).read(path, coder="Ana"), corpus.library, tmp_path / "labels")
    assert (report.imported, report.coders) == (1, ("Ana",))


def test_a_coder_who_says_something_else_than_before(
    workbook: Workbook, given: Callable[..., ImportReport], tmp_path: Path
) -> None:
    given()
    workbook.set(3, "code", "X")
    report = given()
    assert faults(report) == {("conflict", 3, workbook.letter("coder"))}
    report = given(partial=True)
    assert (report.imported, report.duplicates, report.conflicts) == (0, 4, 1)
    assert stored(tmp_path) == list(CODES)
    assert "X" in (tmp_path / "labels" / "conflicts.csv").read_text(encoding="utf-8")


def test_a_damaged_place(workbook: Workbook, given: Callable[..., ImportReport]) -> None:
    workbook.set(2, "start", "twelve")
    workbook.set(3, "fingerprint", "zz")
    assert faults(given()) == {
        ("anchor", 2, workbook.letter("start")),
        ("anchor", 3, workbook.letter("fingerprint")),
    }


def test_a_row_without_a_place_is_recognised_by_its_text(
    workbook: Workbook, given: Callable[..., ImportReport], tmp_path: Path
) -> None:
    for column in ("document", "text", "code"):
        workbook.set(7, column, workbook.get(3, column))
    workbook.set(7, "coder", "Ben")
    report = given()
    assert faults(report) == {("added_row", 7, workbook.letter("text"))}
    assert given(partial=True).imported == 6
    assert [each.coder for each in read_passage_labels(tmp_path / "labels")][-1] == "Ben"


def test_every_fault_at_once_loses_nothing_valid(
    workbook: Workbook, given: Callable[..., ImportReport], tmp_path: Path
) -> None:
    workbook.set(2, "code", "Ee")
    workbook.set(3, "text", "Quite another text than the one that was exported.")
    workbook.set(4, "coded_at", "last Tuesday")
    workbook.sheet("XAA_2022").delete_rows(5)
    report = given(partial=True)
    assert {each.kind for each in report.blocking} == {
        "misspelt",
        "changed_passage",
        "bad_coded_at",
        "deleted_row",
    }
    assert stored(tmp_path) == ["I"]
    assert report.found == report.imported + report.refused


def test_the_report_is_a_table_that_names_places(
    workbook: Workbook, given: Callable[..., ImportReport]
) -> None:
    workbook.set(4, "code", "-cmd|' /C calc'!A0")
    table = given().csv().decode("utf-8-sig")
    assert table.splitlines()[0].startswith('"severity","kind","file","sheet","row","column"')
    assert f'"error","misspelt","sheet.xlsx","XAA_2022","4","{workbook.letter("code")}"' in table
    assert "\"'-cmd" in table
    assert ',"-cmd' not in table


def test_a_formula_whose_value_is_not_there(
    workbook: Workbook, given: Callable[..., ImportReport], tmp_path: Path
) -> None:
    """What another program calculates, and did not save, would read as an empty cell."""
    workbook.set(3, "code", "=K2")
    assert faults(given()) == {("formula", 3, workbook.letter("code"))}
    assert given(partial=True).imported == 4


def test_a_csv_that_excel_saved_with_semicolons(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    write_files(csv_files(corpus, path))
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(text.replace('","', '";"'), encoding="utf-16")
    returned = format_of(path).read(path)
    assert [each.coding.code for each in returned.passages] == list(CODES)


def test_a_row_of_a_csv_with_too_many_cells(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    write_files(csv_files(corpus, path))
    lines = path.read_text(encoding="utf-8-sig").split("\n")
    lines[2] = lines[2].rstrip("\r") + ',"too much"'
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    returned = format_of(path).read(path)
    assert [(each.kind, each.place.row) for each in returned.problems if each.severity == "error"] == [
        ("too_many_cells", 3)
    ]


def csv_files(corpus: CodedCorpus, path: Path) -> dict[Path, bytes]:
    from ndc_urban.exchange.formats import csv_table

    return csv_table.write(corpus.coded(*CODES), path)


def test_labels_that_are_there_stay_as_they_are(
    given: Callable[..., ImportReport], corpus: CodedCorpus, tmp_path: Path
) -> None:
    append(tmp_path / "labels", [corpus.coded("X", coder="Cem").sheet.codings[0]])
    before = (tmp_path / "labels" / "passages.csv").read_bytes()
    given()
    assert (tmp_path / "labels" / "passages.csv").read_bytes().startswith(before)
