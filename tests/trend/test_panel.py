"""Panels: columns, codes, files, years, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ndc_urban.errors import PanelInvalid, PathMissing, UsageError
from ndc_urban.parties import members_on
from ndc_urban.trend.calendar_years import panel_of_years
from ndc_urban.trend.panel import load_panel
from ndc_urban.trend.rounds import day_of

REGISTER = """file,sha256,document,iso3,language,kind,submission_date
html/KEN-EN.html,k-en,KEN_2016-17,KEN,en,html,2016-12-28
html/KEN-FR.html,k-fr,KEN_2016-17,KEN,fr,html,2016-12-28
pdf/KEN.pdf,k-pdf,KEN_2016-17,KEN,en,pdf,2016-12-28
html/KEN2-EN.html,k2-en,KEN_2022,KEN,en,html,2020-12-28
html/CHE-old.html,c-old,CHE_2022,CHE,en,html,2020-12-09
html/CHE-new.html,c-new,CHE_2022,CHE,en,html,2021-12-17
html/EUU.html,e1,EUU_2016-17,EUU,en,html,2016-10-05
html/EUU2.html,e2,EUU_2022,EUU,en,html,2020-12-18
html/GBR.html,g2,GBR_2022,GBR,en,html,2020-12-12
pdf/letter.pdf,letter,,KEN,en,pdf,2019-01-01
"""
PANEL = """round,iso3,party,document,submission_date,english_text
2016-17,KEN,Kenya,KEN_2016-17,2016-12-28,html/KEN-EN.html
2016-17,EUU,European Union,EUU_2016-17,2016-10-05,html/EUU.html
2022,KEN,Kenya,KEN_2022,2020-12-28,html/KEN2-EN.html
2022,CHE,Switzerland,CHE_2022,2021-12-17,html/CHE-new.html
2022,EUU,European Union,EUU_2022,2020-12-18,html/EUU2.html
2022,GBR,United Kingdom,GBR_2022,2020-12-12,html/GBR.html
"""
REGISTRY = """code,fileType,submissionDate
KEN,NDC,2016-12-28
KEN,NDC,2018-05-01
KEN,NDC,2020-12-28
KEN,Addendum,2021-06-01
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "panel.csv").write_text(PANEL, encoding="utf-8")
    (tmp_path / "documents.csv").write_text(REGISTER, encoding="utf-8")
    (tmp_path / "registry.csv").write_text(REGISTRY, encoding="utf-8")
    return tmp_path


def panel(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_files_come_in_the_order_of_preference(folder: Path) -> None:
    standing = load_panel(folder / "panel.csv").of_round("2016-17")[1]
    assert standing.iso3 == "KEN"
    assert [file.sha256 for file in standing.files] == ["k-en", "k-fr", "k-pdf"]
    assert [file.described for file in standing.files][1:] == ["HTML in fr", "PDF in en"]


def test_the_version_of_the_panels_date_comes_first(folder: Path) -> None:
    standing = next(each for each in load_panel(folder / "panel.csv").of_round("2022") if each.iso3 == "CHE")
    assert [file.sha256 for file in standing.files] == ["c-new", "c-old"]


def test_the_union_stands_for_its_members_of_the_time(folder: Path) -> None:
    whole = load_panel(folder / "panel.csv")
    for name, number, british in (("2016-17", 29, True), ("2022", 28, False)):
        union = next(each for each in whole.of_round(name) if each.iso3 == "EUU")
        parties = whole.stands_for(union)
        assert (len(parties), "GBR" in parties) == (number, british)
    britain = next(each for each in whole.of_round("2022") if each.iso3 == "GBR")
    assert whole.stands_for(britain) == ("GBR",)


def test_a_member_with_a_row_of_its_own_is_not_counted_twice(tmp_path: Path) -> None:
    own = load_panel(panel(tmp_path, "round,iso3,document\n2022,EUU,E\n2022,FRA,F\n"))
    union = own.of_round("2022")[0]
    assert "FRA" not in own.stands_for(union)
    assert len(own.stands_for(union)) == 27


def test_members_by_date() -> None:
    assert [len(members_on(date(year, 7, 2))) for year in (1960, 1990, 2005, 2008, 2014, 2021)] == [
        6, 12, 25, 27, 28, 27,
    ]  # fmt: skip
    assert "GBR" in members_on(date(2020, 1, 31))
    assert "GBR" not in members_on(date(2020, 2, 1))


def test_rounds_stand_in_order_of_time(tmp_path: Path) -> None:
    own = load_panel(panel(tmp_path, "round,iso3\n2026,KEN\n2016-17,KEN\n2022,KEN\n2019,KEN\n"))
    assert own.rounds == ("2016-17", "2019", "2022", "2026")
    assert day_of("first", "2015-03-01") == date(2015, 3, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("round,iso3\n2022,ZZZ\n", "ZZZ is not an ISO 3166-1"),
        ("round,iso3\n2022,\n", "an empty cell is not an ISO"),
        ("round,iso3\n,KEN\n", "round is empty"),
        ("round,party\n2022,Kenya\n", "no column iso3"),
        ("round,iso3\n", "has no rows"),
        ("round,iso3,submission_date\n2022,KEN,31.12.2021\n", "31.12.2021 is not a date"),
        ("round,iso3,document\n2022,KEN,KEN_a\n2022,KEN,KEN_b\n", "row 3: KEN has two documents"),
        ("round,iso3,sha256\n2022,KEN,aa\n2022,KEN,bb\n", "KEN has two documents"),
    ],
)
def test_unsound_panels_are_refused_by_row(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(PanelInvalid, match=message) as caught:
        load_panel(panel(tmp_path, text))
    assert caught.value.remedy


def test_a_panel_that_is_not_there_or_not_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PathMissing):
        load_panel(tmp_path / "none.csv")
    (tmp_path / "bad.csv").write_bytes(b"round,iso3\n2022,\xff\xfe\n")
    with pytest.raises(PanelInvalid, match="not in UTF-8"):
        load_panel(tmp_path / "bad.csv")


def test_semicolons_small_letters_and_a_byte_order_mark_are_understood(tmp_path: Path) -> None:
    path = tmp_path / "excel.csv"
    path.write_text("round;iso3;party\n2022;ken;Kenya, Republic\n", encoding="utf-8-sig")
    assert load_panel(path).standings[0].party == "Kenya, Republic"
    assert load_panel(path).standings[0].iso3 == "KEN"


def test_rounds_can_be_chosen(folder: Path) -> None:
    whole = load_panel(folder / "panel.csv")
    assert whole.choose(["2022"]).rounds == ("2022",)
    with pytest.raises(UsageError, match="no round 2030"):
        whole.choose(["2030"])


def test_years_take_what_was_in_force_on_31_december(folder: Path) -> None:
    years = panel_of_years(load_panel(folder / "panel.csv"), [2019, 2020, 2021])
    assert years.calendar
    assert years.rounds == ("2019", "2020", "2021")
    documents = {(each.round, each.iso3): each.document for each in years.standings}
    assert documents["2019", "KEN"] == "KEN_2016-17"
    assert documents["2020", "KEN"] == "KEN_2022"
    assert ("2019", "GBR") not in documents
    assert documents["2020", "GBR"] == "GBR_2022"
    swiss = {each.round: each.files[0].sha256 for each in years.standings if each.iso3 == "CHE"}
    assert swiss == {"2020": "c-old", "2021": "c-new"}
    unions = [each for each in years.standings if each.iso3 == "EUU"]
    assert [len(years.stands_for(each)) for each in unions] == [29, 28, 28]


def test_years_say_where_the_registry_is_ahead(folder: Path) -> None:
    assert panel_of_years(load_panel(folder / "panel.csv"), [2017]).notes == ()
    (note,) = panel_of_years(load_panel(folder / "panel.csv"), [2019]).notes
    assert "KEN" in note
    assert panel_of_years(load_panel(folder / "panel.csv"), [2020]).notes == ()


def test_years_need_a_register_and_documents(folder: Path) -> None:
    with pytest.raises(UsageError, match="in force at the end of 2010"):
        panel_of_years(load_panel(folder / "panel.csv"), [2010])
    (folder / "documents.csv").unlink()
    with pytest.raises(PathMissing):
        panel_of_years(load_panel(folder / "panel.csv"), [2020])
