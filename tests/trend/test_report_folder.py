"""The folder that a trend is written into: what is in it, and that the numbers in it are right."""

from __future__ import annotations

import csv
import io
import math
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from invented_trend import REFUSED, ROUNDS, invented_trend
from lxml import html
from openpyxl import load_workbook

from ndc_urban.codebook import LEVELS
from ndc_urban.errors import OutputExists, OutputUnwritable
from ndc_urban.trend import report
from ndc_urban.trend.figures.bars import draw_levels
from ndc_urban.trend.figures.canvas import Drawing
from ndc_urban.trend.report import tidy, workbook, write_trend
from ndc_urban.trend.report.about import about
from ndc_urban.trend.report.headlines import headlines
from ndc_urban.trend.tables import AT_LEAST_MODERATE, CORRECTED, COUNT, DOCUMENTS, PUBLISHED, Trend

pytestmark = pytest.mark.slow

HOSTILE = "=1+1 | <script>alert('x')</script> & [link](http://example.org) *so*\nnext"


@pytest.fixture(scope="module")
def trend(whole: Trend) -> Trend:
    return whole


@pytest.fixture(scope="module")
def folder(written: Path) -> Path:
    return written


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def printed_tables(markdown: str) -> list[list[list[str]]]:
    """The tables of a Markdown text, as rows of cells without the rule."""
    tables = re.findall(r"(?:^\|.*\n)+", markdown, flags=re.MULTILINE)
    cells = [[re.split(r"(?<!\\)\|", line)[1:-1] for line in table.splitlines()] for table in tables]
    return [[[cell.strip() for cell in row] for row in (table[0], *table[2:])] for table in cells]


def test_the_folder_holds_all_files(folder: Path, trend: Trend) -> None:
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    figures = {"slide", "levels", "moves", "sectors", *(f"map-{name}" for name in ROUNDS)}
    assert names == {
        *(f"trend.{ending}" for ending in ("md", "csv", "xlsx", "html", "docx")),
        *(f"tables/{table.name}.csv" for table in trend.tables),
        *(f"figures/{name}.{ending}" for name in figures for ending in ("svg", "png")),
    }
    assert [path.name for path in folder.parent.iterdir()] == ["trend"]


def test_the_same_trend_makes_the_same_bytes(
    folder: Path, drawings: tuple[Drawing, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the same figures; that they are the same whenever drawn is a test in test_figures_drawn.py."""
    monkeypatch.setattr("ndc_urban.trend.figures.draw", lambda _: drawings)
    write_trend(invented_trend(long_notes=True), tmp_path / "again")
    for path in folder.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / "again" / path.relative_to(folder)).read_bytes(), (
                path.name
            )


def test_nothing_is_overwritten(folder: Path, trend: Trend) -> None:
    before = (folder / "trend.md").read_bytes()
    with pytest.raises(OutputExists):
        write_trend(trend, folder)
    assert (folder / "trend.md").read_bytes() == before


def test_a_full_disk_leaves_nothing_behind(
    trend: Trend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_bytes = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.suffix == ".xlsx":
            raise OSError(28, "No space left on device")
        return write_bytes(path, data)

    monkeypatch.setattr(report, "_files", lambda _: iter([("trend.csv", b"a"), ("trend.xlsx", b"b")]))
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputUnwritable, match="No space left"):
        write_trend(trend, tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["levels", "parties", "transitions", "sectors"])
def test_a_table_reads_back_as_it_was(folder: Path, trend: Trend, name: str) -> None:
    frame = trend.table(name).frame
    found = rows(folder / "tables" / f"{name}.csv")
    assert list(found[0]) == list(frame.columns)
    assert len(found) == len(frame)
    for row, expected in zip(found, frame.to_dict("records"), strict=True):
        for column, value in expected.items():
            if isinstance(value, bool):
                assert row[str(column)] == str(value).lower()
            elif pd.isna(value):
                assert row[str(column)] == ""
            elif isinstance(value, float):
                assert float(row[str(column)]) == pytest.approx(value, abs=1e-6)
            else:
                assert row[str(column)] == str(value)


def test_the_tidy_table_has_every_figure_once(folder: Path, trend: Trend) -> None:
    found = rows(folder / "trend.csv")
    assert tuple(found[0]) == tidy.COLUMNS
    for name in ("levels", "change", "groups", "sectors", "topics", "themes", "transitions"):
        assert sum(row["table"] == name for row in found) == len(trend.table(name).frame), name
    keys = [tuple(value for key, value in row.items() if key not in NUMBERS) for row in found]
    assert len(set(keys)) == len(keys)
    strong = {
        (row["round"], row["basis"], row["estimate"]): float(row["value"])
        for row in found
        if row["table"] == "levels" and row["level"] == "strong"
    }
    for row in trend.table("levels").frame.to_dict("records"):
        if row["level"] == "strong":
            expected = pytest.approx(row["share"], abs=1e-6)
            assert strong[row["round"], row["basis"], row["estimate"]] == expected


NUMBERS = {"value", "low", "high", "percent", "units", "n", "note"}


def test_the_columns_of_the_tidy_table_are_described(trend: Trend) -> None:
    line = next(line for line in about(trend).files if line.startswith("`trend.csv`"))
    assert [name for name in re.findall(r"`(\w+)`", line) if name in tidy.COLUMNS][: len(tidy.COLUMNS)] == [
        *tidy.COLUMNS
    ]


def test_printed_rows_of_levels_sum_to_100_in_every_table(folder: Path) -> None:
    checked = 0
    for table in printed_tables((folder / "trend.md").read_text(encoding="utf-8")):
        head = [cell.lower() for cell in table[0]]
        if not {*LEVELS, AT_LEAST_MODERATE} <= set(head) or "from" in head:
            continue
        for row in table[1:]:
            percents = {
                level: int(row[head.index(level)].split()[0]) for level in (*LEVELS, AT_LEAST_MODERATE)
            }
            assert sum(percents[level] for level in LEVELS) == 100
            assert percents[AT_LEAST_MODERATE] == percents["moderate"] + percents["strong"]
            checked += 1
    assert checked > 50


def test_the_percents_of_the_csv_the_workbook_and_the_report_agree(folder: Path, trend: Trend) -> None:
    percents = {
        (row["round"], row["basis"], row["estimate"], row["level"]): int(row["percent"])
        for row in rows(folder / "trend.csv")
        if row["table"] == "levels"
    }
    overview = load_workbook(folder / "trend.xlsx")["overview"]
    head = [cell.value for cell in overview[1]]
    for row in overview.iter_rows(min_row=2, values_only=True):
        cells = dict(zip(head, row, strict=True))
        for level in (*LEVELS, AT_LEAST_MODERATE):
            key = (cells["round"], cells["basis"], cells["estimate"], level)
            assert round(cells[level] * 100) == percents.pop(key)
    assert percents == {}
    printed = printed_tables((folder / "trend.md").read_text(encoding="utf-8"))
    levels = next(table for table in printed if table[0][:3] == ["Round", "Basis", "Estimate"])
    assert len(levels) - 1 == overview.max_row - 1


def test_published_figures_stand_beside_ours(folder: Path) -> None:
    markdown = (folder / "trend.md").read_text(encoding="utf-8")
    assert "| 2022 | Parties | published | 36 | 40 | 24 | 64 |" in markdown
    assert "| 2016-17 | documents | published | 40 | 46 | 14 | 60 |" in markdown
    beside = next(
        table for table in printed_tables(markdown) if table[0][2:4] == ["Published (basis)", "Our basis"]
    )
    assert len(beside) == 1 + 2 * 2 * 2
    assert ["2022", "strong", "24 (Parties)", "documents"] in [row[:4] for row in beside]
    assert PUBLISHED.capitalize() not in beside[0][4:]


def test_the_difference_to_the_published_figure_is_that_of_the_shares(folder: Path, trend: Trend) -> None:
    levels = trend.table("levels").frame.set_index(["round", "basis", "estimate", "level"])["share"]
    markdown = (folder / "trend.md").read_text(encoding="utf-8")
    beside = next(
        table for table in printed_tables(markdown) if table[0][2:4] == ["Published (basis)", "Our basis"]
    )
    for row in beside[1:]:
        basis = row[2].split("(")[1].rstrip(")")
        ours, told = levels[row[0], row[3], COUNT, row[1]], levels[row[0], basis, PUBLISHED, row[1]]
        printed = float(row[4].split("(")[1].rstrip(")").replace("−", "-"))
        assert printed == pytest.approx((ours - told) * 100, abs=0.0501)


@pytest.mark.usefixtures("undrawn")
def test_a_refused_correction_is_given_with_its_reason(tmp_path: Path) -> None:
    refused = invented_trend(refused=(CORRECTED,))
    write_trend(refused, tmp_path / "out")
    markdown = (tmp_path / "out" / "trend.md").read_text(encoding="utf-8")
    told = next(line for line in markdown.splitlines() if "There is no corrected estimate" in line)
    assert told.endswith(REFUSED)
    assert "| 2022 | Parties | corrected | – | – | – | – |" in markdown
    (drawing,) = draw_levels(refused, "")
    figure = drawing.svg.decode()
    assert "There is no corrected estimate" in figure
    assert ">Corrected<" not in figure


def test_the_change_of_the_same_parties_is_among_the_headlines(trend: Trend) -> None:
    change = trend.table("change").frame.set_index(["from_round", "to_round", "basis", "estimate", "level"])
    told = next(line for line in headlines(trend) if line.startswith("Change from 2016-17 to 2022"))
    expected = change.loc[("2016-17", "2022", DOCUMENTS, CORRECTED, "strong"), "change"]
    printed = re.search(r"strong ([+−]?[\d.]+) \(", told)
    assert printed is not None
    assert float(printed[1].replace("−", "-")) == pytest.approx(expected * 100, abs=0.0501)
    years = [str(year) for year in range(2016, 2024)]
    of_years = headlines(invented_trend(years))
    assert not any("Change from 2016 to 2017" in line for line in of_years)


def test_headlines_name_the_first_and_the_last_round_and_leave_the_others_to_the_table() -> None:
    years = [str(year) for year in range(2016, 2024)]
    told = [line for line in headlines(invented_trend(years)) if line.startswith("By ")]
    assert len(told) == 2
    for line in told:
        assert re.findall(r"in (20\d\d)", line) == ["2016", "2023"] * 2


def test_the_change_of_a_count_has_the_limits_of_a_superpopulation() -> None:
    told = headlines(invented_trend(estimates=(COUNT, PUBLISHED)))
    changes = [line for line in told if line.startswith("Change from")]
    assert changes
    for line in changes:
        assert re.search(r"strong [+−]?[\d.]+ \[", line)
        assert line.endswith("(a superpopulation, without errors of the model).")


def test_a_refused_change_is_among_the_headlines_with_its_reason(trend: Trend) -> None:
    change = trend.table("change")
    refused = change.frame.assign(change=math.nan, low=math.nan, high=math.nan, note="Refused: no draw.")
    tables = tuple(replace(each, frame=refused) if each is change else each for each in trend.tables)
    told = headlines(replace(trend, tables=tables))
    assert "No estimate of the change from 2016-17 to 2022 by documents. Refused: no draw." in told


def test_an_estimate_that_was_not_made_is_named_too() -> None:
    told = headlines(invented_trend(estimates=(COUNT, PUBLISHED)))
    assert any(line.startswith("There is no corrected estimate") for line in told)
    assert any("counted as the model predicts" in line for line in told)


@pytest.mark.usefixtures("sketched")
def test_a_single_round_says_so_and_has_no_moves(tmp_path: Path) -> None:
    write_trend(invented_trend(["2022"]), tmp_path / "out")
    markdown = (tmp_path / "out" / "trend.md").read_text(encoding="utf-8")
    assert "There is only one round, so there is no change to report." in markdown
    assert "Moves between levels need two." in markdown
    assert not (tmp_path / "out" / "figures" / "moves.svg").exists()
    assert (tmp_path / "out" / "figures" / "map-2022.svg").exists()


@pytest.mark.usefixtures("sketched")
def test_missing_and_empty_tables_leave_the_rest(tmp_path: Path) -> None:
    names = ("levels", "recommended", "change", "groups", "transitions", "topics")
    write_trend(invented_trend(without=("sectors", "themes"), empty=names), tmp_path / "out")
    markdown = (tmp_path / "out" / "trend.md").read_text(encoding="utf-8")
    assert "There are no levels" in markdown
    assert "There is nothing to show" in markdown
    assert "## Sectors" not in markdown
    found = {path.stem for path in (tmp_path / "out" / "figures").iterdir()}
    assert found == {f"map-{name}" for name in ROUNDS}
    assert not (tmp_path / "out" / "tables" / "themes.csv").exists()


def test_the_workbook_holds_numbers_with_formats_and_frozen_heads(folder: Path, trend: Trend) -> None:
    book = load_workbook(folder / "trend.xlsx")
    assert book.sheetnames == ["overview", *(table.name for table in trend.tables), "notes"]
    for name in book.sheetnames:
        assert book[name].freeze_panes is not None
        assert book[name].freeze_panes.endswith("2")
    levels = book["levels"]
    head = [cell.value for cell in levels[1]]
    for row in levels.iter_rows(min_row=2):
        cell = row[head.index("share")]
        assert isinstance(cell.value, float | int)
        assert cell.number_format == "0.0%"
        assert isinstance(row[head.index("percent")].value, int)
    overview = book["overview"]
    for row in overview.iter_rows(min_row=2, values_only=True):
        assert sum(row[3:6]) == pytest.approx(1)
        assert row[6] == pytest.approx(row[4] + row[5])
    assert overview.cell(2, 4).number_format == "0%"


def test_the_workbook_has_all_notes_and_sources(folder: Path, trend: Trend) -> None:
    texts = {row[2] for row in load_workbook(folder / "trend.xlsx")["notes"].iter_rows(values_only=True)}
    for table in trend.tables:
        assert {*table.notes, *table.sources, table.title} <= texts
    assert set(trend.notes) <= texts


def test_the_workbook_does_not_know_the_day(folder: Path) -> None:
    with zipfile.ZipFile(folder / "trend.xlsx") as book:
        assert {item.date_time for item in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2000-01-01T00:00:00Z" in book.read("docProps/core.xml")


@pytest.mark.usefixtures("undrawn")
def test_text_stays_text_everywhere(trend: Trend, tmp_path: Path) -> None:
    """A note or a Party's name with signs of other languages is neither a formula, nor a tag, nor a link."""
    parties = trend.table("parties")
    frame = parties.frame.copy()
    frame["party"] = HOSTILE
    levels = replace(trend.table("levels"), notes=(HOSTILE,), sources=(HOSTILE,))
    tables = (levels, replace(parties, frame=frame))
    write_trend(Trend(tables, (HOSTILE,), {"model": HOSTILE}), tmp_path / "out")
    page = html.fromstring((tmp_path / "out" / "trend.html").read_bytes())
    assert page.xpath("//script") == []
    assert page.xpath("//a[contains(@href, 'example.org')]") == []
    markdown = (tmp_path / "out" / "trend.md").read_text(encoding="utf-8")
    assert "<script>" not in markdown.replace("\\<script\\>", "")
    assert "[link](" not in markdown
    sheet = load_workbook(tmp_path / "out" / "trend.xlsx")["parties"]
    assert sheet.cell(2, 3).data_type == "s"
    assert sheet.cell(2, 3).value == HOSTILE
    assert rows(tmp_path / "out" / "tables" / "parties.csv")[0]["party"] == HOSTILE


def test_long_text_is_cut_to_what_a_cell_can_hold(trend: Trend) -> None:
    book = workbook.workbook(Trend((), ("long " * 10_000,), {}), about(trend))
    notes = load_workbook(io.BytesIO(book))["notes"]
    assert notes.max_row > 1
