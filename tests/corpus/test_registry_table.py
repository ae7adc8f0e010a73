"""Registries as tables: other names of columns, other forms of dates, unknown Parties, and what is in force."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ndc_urban.corpus.registry import UNFCCC_FILES, in_force, load_registry
from ndc_urban.errors import PathMissing, RegistryInvalid

HEADER = "code,party,title,fileType,language,version,status,submissionDate,encodedAbsUrl"


def written(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "registry.csv"
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


def row(day: str, code: str = "KEN", kind: str = "NDC", status: str = "Active", name: str = "a") -> str:
    return f"{code},Somewhere,A plan,{kind},English,1,{status},{day},https://a.org/{name}.pdf"


def test_addresses_are_completed_and_encoded(tmp_path: Path) -> None:
    header = "Code,Party,fileType,Language,submissionDate,unfccc_path,second_source,sha256"
    cells = f"KEN,Kenya,NDC,English,2026-01-02,NDC/a plan é%20.pdf,https://b.org/x https://c.org/y,{'A' * 64}"
    (listed,) = load_registry(written(tmp_path, cells, header=header)).documents
    assert listed.sources == (
        f"{UNFCCC_FILES}NDC/a%20plan%20%C3%A9%20.pdf",
        "https://b.org/x",
        "https://c.org/y",
    )
    assert listed.path == "NDC/a%20plan%20%C3%A9%20.pdf"
    assert listed.sha256 == "a" * 64


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2026-03-04", date(2026, 3, 4)),
        ("2026-03-04T10:00:00Z", date(2026, 3, 4)),
        ("04.03.2026", date(2026, 3, 4)),
        ("4 March 2026", date(2026, 3, 4)),
        ('"Mar 4, 2026"', date(2026, 3, 4)),
        ("4-Mar-2026", date(2026, 3, 4)),
        ("04-Mar-26", date(2026, 3, 4)),
        ("25/03/2026 12:00:00 AM", date(2026, 3, 25)),
        ("20260304", date(2026, 3, 4)),
        ("", None),
    ],
)
def test_dates_in_other_forms(tmp_path: Path, cell: str, day: date | None) -> None:
    registry = load_registry(written(tmp_path, row(cell)))
    assert registry.documents[0].day == day
    assert registry.notes == ()


def test_dates_with_slashes_are_read_as_the_table_writes_them(tmp_path: Path) -> None:
    days = [
        each.day for each in load_registry(written(tmp_path, row("03/04/2026"), row("25/04/2026"))).documents
    ]
    assert days == [date(2026, 4, 3), date(2026, 4, 25)]
    days = [
        each.day for each in load_registry(written(tmp_path, row("03/04/2026"), row("04/25/2026"))).documents
    ]
    assert days == [date(2026, 3, 4), date(2026, 4, 25)]
    with pytest.raises(RegistryInvalid, match="two ways"):
        load_registry(written(tmp_path, row("03/04/2026")))


def test_what_is_not_understood_is_noted_and_kept(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        f"{row('some day')},more",
        f"{row('2026-01-01', code='XYZ')},more",
        f"{row('2026-01-01', code='EU')},",
        header=f"{HEADER},colour",
    )
    registry = load_registry(path)
    assert [each.iso3 for each in registry.documents] == ["KEN", "", "EUU"]
    notes = "\n".join(registry.notes)
    assert "row 2: some day is not a date" in notes
    assert "row 3: XYZ is not the code of a Party" in notes
    assert "ignored: colour" in notes


def test_a_fault_of_many_rows_is_told_once(tmp_path: Path) -> None:
    registry = load_registry(written(tmp_path, *(row(f"4567{n}") for n in range(9))))
    assert len(registry.documents) == 9
    assert len(registry.notes) == 4
    assert registry.notes[0].endswith("row 2: 45670 is not a date; the document counts as undated. "
                                      "Write dates as 2026-12-31.")  # fmt: skip
    assert registry.notes[3].endswith("the same holds for 6 more rows, the last 10.")


def test_each_column_that_is_missing_is_named_with_what_follows(tmp_path: Path) -> None:
    registry = load_registry(written(tmp_path, "KEN,2026-01-01", header="code,submissionDate"))
    assert registry.lacking == {"party", "title", "kind", "language", "version", "status", "address"}
    notes = "\n".join(registry.notes)
    for name in (
        "party",
        "title",
        "fileType",
        "language",
        "version",
        "status",
        "encodedAbsUrl or unfccc_path",
    ):
        assert f"has no column {name}:" in notes
    assert "withdrawn documents cannot be told from others. Add the column" in notes


def test_a_table_without_a_document_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RegistryInvalid, match="lists no document") as refused:
        load_registry(written(tmp_path))
    assert "whole table" in refused.value.remedy


def test_a_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RegistryInvalid, match="no column submissionDate"):
        load_registry(written(tmp_path, "KEN,https://a.org", header="code,url"))
    with pytest.raises(PathMissing):
        load_registry(tmp_path / "none.csv")


def test_the_latest_ndc_of_the_period_is_in_force(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        row("2016-01-01", name="first"),
        row("2021-01-01", name="second", status="Archived"),
        row("2021-01-01", name="translated", kind="Translation"),
        row("2021-06-01", name="letter", kind="Addendum"),
        row("2025-01-01", name="withdrawn", status="Withdrawn"),
        row("", name="undated"),
        row("2026-01-01", name="third"),
    )
    documents = load_registry(path).documents

    def standing(last: date, first: date = date.min) -> list[str]:
        found = in_force(documents, last, first).get("KEN", ())
        return [each.path.removeprefix("https://a.org/") for each in found]

    assert standing(date(2025, 12, 31)) == ["second.pdf", "translated.pdf"]
    assert standing(date(2020, 12, 31)) == ["first.pdf"]
    assert standing(date(2025, 12, 31), date(2024, 9, 1)) == []
    assert standing(date(2026, 1, 1), date(2024, 9, 1)) == ["third.pdf"]
