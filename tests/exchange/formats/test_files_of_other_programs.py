"""Sheets as R, pandas, Excel and keyboards of other scripts leave them: understood, never misread in silence."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from coded_corpus import CodedCorpus
from coding_sheets import write_files

from ndc_urban.exchange.formats import csv_table, json_lines, xlsx
from ndc_urban.exchange.import_result import ImportResult, Place
from ndc_urban.exchange.registry import format_of
from ndc_urban.exchange.rows import RawRow

Row = dict[str, str]
CODES = ("E", "I", "X", "N", "E")


def rows_of(corpus: CodedCorpus, path: Path) -> list[Row]:
    """The rows of an exported table of passages."""
    files = csv_table.write(corpus.coded(*CODES), path)
    return list(csv.DictReader(io.StringIO(files[path].decode("utf-8-sig"))))


def as_r_writes(rows: list[Row]) -> str:
    """Rows as `write.csv` of R writes them: row names in front, text in quotes, NA for what is empty."""
    lines = [",".join(f'"{name}"' for name in ("", *rows[0]))]
    for number, row in enumerate(rows, 1):
        cells = (f'"{cell.replace(chr(34), chr(34) * 2)}"' if cell else "NA" for cell in row.values())
        lines.append(",".join((f'"{number}"', *cells)))
    return "\n".join(lines) + "\n"


def written(path: Path, rows: list[Row], *, above: str = "", delimiter: str = ",") -> Path:
    """A table with lines above its header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(above + text.getvalue(), encoding="utf-8")
    return path


def kinds(result: ImportResult) -> list[str]:
    return [each.kind for each in result.problems]


def test_na_of_r_is_an_empty_cell(corpus: CodedCorpus, tmp_path: Path) -> None:
    rows = rows_of(corpus, tmp_path / "x.csv")
    rows[0]["sector"] = ""
    for row in rows:
        row["coded_at"] = ""
    path = tmp_path / "r.csv"
    path.write_text(as_r_writes(rows), encoding="utf-8")
    result = csv_table.read(path, coder="Ana")
    codings = [each.coding for each in result.passages]
    assert [each.code for each in codings] == list(CODES)
    assert [each.sector for each in codings] == ["", "tr", "", "", "tr"]
    assert {(each.comment, each.coder, each.coded_at, each.adjudicates) for each in codings} == {
        ("", "Ana", "", ())
    }
    assert kinds(result) == ["incomplete"]


@pytest.mark.parametrize("word", ["NA", "NaN", "nan", "<NA>", "None", "#N/A"])
@pytest.mark.parametrize("column", ["sector", "comment", "coder", "adjudicates", "coded_at"])
def test_words_for_missing_values(corpus: CodedCorpus, tmp_path: Path, word: str, column: str) -> None:
    rows = rows_of(corpus, tmp_path / "x.csv")
    rows[0][column] = word
    result = csv_table.read(written(tmp_path / "y.csv", rows), coder="Ana")
    assert not [each for each in result.problems if each.severity == "error"]
    coding = result.passages[0].coding
    assert (coding.coder, coding.adjudicates, coding.comment) == ("Ana", (), "")
    assert coding.sector == ("" if column == "sector" else "tr")


def test_nature_in_small_letters_is_a_sector(corpus: CodedCorpus, tmp_path: Path) -> None:
    rows = rows_of(corpus, tmp_path / "x.csv")
    rows[0]["sector"] = "na"
    assert csv_table.read(written(tmp_path / "y.csv", rows)).passages[0].coding.sector == "na"


@pytest.mark.parametrize("word", ["NA", "NaN", float("nan"), "None", "#N/A", None])
def test_words_for_missing_values_in_json(corpus: CodedCorpus, tmp_path: Path, word: object) -> None:
    path = tmp_path / "x.jsonl"
    rows = [json.loads(line) for line in json_lines.write(corpus.coded(*CODES), path)[path].splitlines()]
    rows[0] |= dict.fromkeys(("sector", "comment", "coder", "adjudicates", "coded_at"), word)
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    result = json_lines.read(path, coder="Ana")
    assert kinds(result) == ["incomplete"]
    coding = result.passages[0].coding
    assert (coding.sector, coding.comment, coding.coder, coding.adjudicates) == ("", "", "Ana", ())


@pytest.mark.parametrize("comment", ["NA", "'NA", " NaN "])
@pytest.mark.parametrize(
    ("module", "name"), [(csv_table, "x.csv"), (xlsx, "x.xlsx"), (json_lines, "x.jsonl")]
)
def test_a_comment_that_is_such_a_word_comes_back(
    corpus: CodedCorpus, tmp_path: Path, module: object, name: str, comment: str
) -> None:
    bundle = corpus.coded("E")
    codings = (replace(bundle.sheet.codings[0], comment=comment),)
    files = module.write(replace(bundle, sheet=replace(bundle.sheet, codings=codings)), tmp_path / name)  # type: ignore[attr-defined]
    write_files(files)
    result = module.read(tmp_path / name)  # type: ignore[attr-defined]
    assert result.passages[0].coding.comment == comment


def test_whole_numbers_with_a_point(corpus: CodedCorpus, tmp_path: Path) -> None:
    rows = rows_of(corpus, tmp_path / "x.csv")
    for row in rows:
        row["page"] = "1.0"
        for column in ("unit", "units", "row", "start", "length"):
            row[column] = f"{row[column]}.0"
    result = csv_table.read(written(tmp_path / "y.csv", rows))
    assert not result.problems
    assert {each.coding.anchor.page for each in result.passages} == {1}


def test_round_numbers_as_r_writes_them(corpus: CodedCorpus, tmp_path: Path) -> None:
    rows = rows_of(corpus, tmp_path / "x.csv")
    rows[0]["start"], rows[1]["start"] = "1e+05", "2e5"
    starts = [each.coding.anchor.start for each in csv_table.read(written(tmp_path / "y.csv", rows)).passages]
    assert starts[:2] == [100_000, 200_000]


def test_a_damaged_place_is_told_in_plain_words(corpus: CodedCorpus, tmp_path: Path) -> None:
    rows = rows_of(corpus, tmp_path / "x.csv")
    rows[0]["start"] = "12,5"
    (problem,) = csv_table.read(written(tmp_path / "y.csv", rows)).problems
    assert problem.message == "The position of the passage is damaged: start cannot be '12,5'."


def test_levels_in_a_file_of_another_name(corpus: CodedCorpus, tmp_path: Path) -> None:
    files = csv_table.write(corpus.coded(*CODES), tmp_path / "x.csv")
    rows = list(csv.DictReader(io.StringIO(files[tmp_path / "x-levels.csv"].decode("utf-8-sig"))))
    rows[0] |= {"level": "moderate", "confidence": "2", "dedicated": "0"}
    result = csv_table.read(written(tmp_path / "Ana.csv", rows), coder="Ana")
    assert not result.problems
    assert len(result.levels) == len(rows)
    assert result.levels[0].coding.level == "moderate"


@pytest.mark.parametrize(
    ("above", "delimiter", "first"),
    [
        ("sep=;\n", ";", 3),
        ("Coding of plans, round 1\n", ",", 3),
        ('"A title; of two\nlines"\n\n\n', ";", 5),
        ("\n", "\t", 3),
    ],
)
def test_lines_above_the_header(
    corpus: CodedCorpus, tmp_path: Path, above: str, delimiter: str, first: int
) -> None:
    rows = rows_of(corpus, tmp_path / "x.csv")
    rows[0]["code"] = "Q"
    path = written(tmp_path / "y.csv", rows, above=above, delimiter=delimiter)
    assert format_of(path).name == "csv"
    result = csv_table.read(path)
    assert [each.coding.code for each in result.passages] == list(CODES[1:])
    assert [(each.kind, each.place.row) for each in result.problems] == [("misspelt", first)]


@pytest.mark.parametrize(
    ("written_code", "meant"), [("Е", "E"), ("Ｅ", "E"), ("Х", "X"), ("Ι", "I"), ("Ν", "N")]
)
def test_letters_that_look_alike(corpus: CodedCorpus, tmp_path: Path, written_code: str, meant: str) -> None:
    rows = rows_of(corpus, tmp_path / "x.csv")
    rows[0] |= {"code": written_code, "sector": "", "strand": "", "role": ""}
    result = csv_table.read(written(tmp_path / "y.csv", rows))
    assert result.passages[0].coding.code == meant
    (note,) = [each for each in result.problems if each.kind == "look_alike"]
    assert (note.severity, note.value, note.place.row) == ("note", written_code, 2)
    assert f"Read as {meant}" in note.message
    assert " letter " in note.message


def test_letters_that_look_like_nothing_known_are_refused(corpus: CodedCorpus, tmp_path: Path) -> None:
    rows = rows_of(corpus, tmp_path / "x.csv")
    rows[0]["code"] = "Н"
    assert kinds(csv_table.read(written(tmp_path / "y.csv", rows))) == ["misspelt"]


def test_a_workbook_with_a_title_hidden_columns_a_filter_and_merged_documents(
    corpus: CodedCorpus, tmp_path: Path
) -> None:
    path = tmp_path / "x.xlsx"
    write_files(xlsx.write(corpus.coded(*CODES), path))
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    names = [cell.value for cell in sheet[1]]
    letter = openpyxl.utils.get_column_letter(names.index("document") + 1)
    code = openpyxl.utils.get_column_letter(names.index("code") + 1)
    sheet.column_dimensions[code].hidden = True
    sheet.row_dimensions[3].hidden = True
    sheet.insert_rows(1, amount=2)
    sheet["A1"] = "Coding, round 1"
    sheet.merge_cells("A1:C1")
    sheet.merge_cells(f"{letter}4:{letter}8")
    sheet[f"{code}6"] = "Q"
    book.save(path)
    result = xlsx.read(path)
    assert {each.coding.document for each in result.passages} == {corpus.units[0].document}
    faults = [(each.kind, each.place.row, each.place.column) for each in result.problems]
    assert faults == [("misspelt", 6, code)]


def test_merged_answers_are_named_by_cell(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    write_files(xlsx.write(corpus.coded(*CODES), path))
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    letter = openpyxl.utils.get_column_letter([cell.value for cell in sheet[1]].index("code") + 1)
    sheet.merge_cells(f"{letter}2:{letter}3")
    book.save(path)
    found = [each for each in xlsx.read(path).problems if each.kind == "merged_cells"]
    assert [(each.place.row, each.place.column) for each in found] == [(2, letter), (3, letter)]
    assert f"{letter}2:{letter}3" in found[0].message


@pytest.mark.parametrize(
    ("column", "faulty"), [("page", []), ("sheet_coder", []), ("unit", [2, 3]), ("start", [2, 3])]
)
def test_merged_cells_beside_the_answers(
    corpus: CodedCorpus, tmp_path: Path, column: str, faulty: list[int]
) -> None:
    path = tmp_path / "x.xlsx"
    write_files(xlsx.write(corpus.coded(*CODES), path))
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    letter = openpyxl.utils.get_column_letter([cell.value for cell in sheet[1]].index(column) + 1)
    before = {each.coding.anchor.page for each in xlsx.read(path).passages}
    sheet.merge_cells(f"{letter}2:{letter}3")
    book.save(path)
    result = xlsx.read(path)
    assert [each.place.row for each in result.problems if each.kind == "merged_cells"] == faulty
    assert {each.coding.anchor.page for each in result.passages} == before


@pytest.mark.parametrize(
    ("column", "word", "words"),
    [
        ("confidence", "NA", "Confidence is 1, 2 or 3, not 'NA'."),
        ("confidence", "4.0", "Confidence is 1, 2 or 3, not '4.0'."),
        ("confidence", "", "Confidence is 1, 2 or 3, but the cell is empty."),
        ("dedicated", "#N/A", "or 0, not '#N/A'."),
        ("level", "NA", "but there is no level (the cell holds 'NA')."),
    ],
)
@pytest.mark.parametrize("ending", ["csv", "xlsx", "jsonl"])
def test_a_needed_cell_is_quoted_as_it_is_written(
    corpus: CodedCorpus, tmp_path: Path, ending: str, column: str, word: str, words: str
) -> None:
    path = tmp_path / f"x.{ending}"
    write_files({"csv": csv_table, "xlsx": xlsx, "jsonl": json_lines}[ending].write(corpus.coded("N"), path))
    if ending == "xlsx":
        book = openpyxl.load_workbook(path)
        names = [str(cell.value).partition(" (")[0] for cell in book["Levels"][1]]
        book["Levels"].cell(2, names.index(column) + 1).value = word
        book.save(path)
    else:
        levels = tmp_path / f"x-levels.{ending}"
        if ending == "csv":
            rows = list(csv.DictReader(io.StringIO(levels.read_text(encoding="utf-8-sig"))))
            rows[0][column] = word
            written(levels, rows)
        else:
            lines = [json.loads(line) for line in levels.read_text(encoding="utf-8").splitlines()]
            lines[0][column] = word
            levels.write_text("".join(json.dumps(each) + "\n" for each in lines), encoding="utf-8")
    (refused,) = (each for each in format_of(path).read(path).problems if each.severity == "error")
    assert refused.message.endswith(words), refused.message
    assert (refused.value, bool(refused.remedy)) == (word, True)


def sheet_with(corpus: CodedCorpus, path: Path, **names: str) -> Path:
    """A workbook whose first sheet has other names of columns."""
    write_files(xlsx.write(corpus.coded(*CODES), path))
    book = openpyxl.load_workbook(path)
    for cell in book.worksheets[0][1]:
        cell.value = names.get(str(cell.value).partition(" (")[0], cell.value)
    book.save(path)
    return path


def test_a_column_of_answers_that_was_renamed_is_asked_for(corpus: CodedCorpus, tmp_path: Path) -> None:
    result = xlsx.read(sheet_with(corpus, tmp_path / "x.xlsx", sector="Sektor", row="Nr"))
    (question,) = (each for each in result.problems if each.severity == "question")
    assert (question.kind, question.place.row, question.value) == ("other_column", 2, "tr")
    assert "“sektor” does not belong to a coding sheet: its 3 cells are not imported" in question.message
    assert "the column sector, which the sheet lacks" in question.remedy
    noted = [
        each.message for each in result.problems if each.kind == "other_column" and each.severity == "note"
    ]
    assert len(noted) == 1
    assert "“nr”" in noted[0]


def test_a_sheet_without_the_column_of_the_codes_is_named(corpus: CodedCorpus, tmp_path: Path) -> None:
    result = xlsx.read(sheet_with(corpus, tmp_path / "x.xlsx", code="Kode"))
    (fault,) = (each for each in result.problems if each.severity == "error")
    assert (fault.kind, fault.place.sheet) == ("no_column", corpus.units[0].document)
    assert fault.message == "The sheet has no column code and no column level, but kode."


@pytest.mark.parametrize("mark", [".", " ", "-"])
def test_names_of_columns_as_r_and_people_write_them(corpus: CodedCorpus, tmp_path: Path, mark: str) -> None:
    rows = [{name.replace("_", mark).upper(): cell for name, cell in row.items()}
            for row in rows_of(corpus, tmp_path / "x.csv")]  # fmt: skip
    result = csv_table.read(written(tmp_path / "x.csv", rows))
    assert (result.problems, {each.coding.coded_at for each in result.passages}) == (
        (),
        {"2026-08-31T10:00:00"},
    )


@pytest.mark.parametrize(("cell", "start"), [("1,024", "1024"), ("1 024", "1024"), ("1,5", "1,5")])
def test_thousands_as_google_sheets_shows_them(cell: str, start: str) -> None:
    assert RawRow({"start": cell}, Place("x.csv")).get("start") == start


def test_a_table_with_bars(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", rows_of(corpus, tmp_path / "x.csv"), delimiter="|")
    assert len(format_of(path).read(path).passages) == len(CODES)


def test_a_copied_sheet_is_named_where_the_rows_are_numbered_alike(
    corpus: CodedCorpus, tmp_path: Path
) -> None:
    path = tmp_path / "x.xlsx"
    write_files(xlsx.write(corpus.coded("N", "N"), path))
    book = openpyxl.load_workbook(path)
    copy = book.copy_worksheet(book.worksheets[0])
    copy.title = "backup"
    copy.cell(2, [cell.value for cell in copy[1]].index("code") + 1).value = "X"
    book.save(path)
    said = [each.message for each in xlsx.read(path).problems if each.kind in ("conflict", "repeated")]
    assert [f"sheet {corpus.units[0].document}, row 2" in said[0], "sheet backup, row 2" in said[1]] == [
        True,
        True,
    ]
    assert said[2] == f"The same coding is already in sheet {corpus.units[0].document}, row 3."
