"""Rows of a panel: what stands, what is kept, superseded and missing, and for whom the European Union stands."""

from __future__ import annotations

import csv
import itertools
from datetime import date
from pathlib import Path

import pytest

from ndc_urban import shipped
from ndc_urban.corpus.panel_making import (
    KEPT,
    MEMBER,
    MISSING,
    STANDS,
    SUPERSEDED,
    NewPanel,
    Period,
    Row,
    make_round,
)
from ndc_urban.corpus.registration import load_rows
from ndc_urban.corpus.registry import Listed, load_registry
from ndc_urban.errors import PanelInvalid
from ndc_urban.trend.rounds import day_of, first_day_of

LINES = itertools.count(2)
ROUND_2027 = Period("2027", date.min, date(2027, 12, 31))


def listed(iso3: str, day: str, name: str = "", status: str = "Active", kind: str = "NDC") -> Listed:
    address = f"https://a.org/{name or iso3 + day}.pdf"
    when = date.fromisoformat(day)
    return Listed(
        next(LINES), iso3, f"Party {iso3}", "A plan", kind, "English", "1", status, when, (address,)
    )


def registered(document: str, day: str = "", name: str = "", **more: str) -> Row:
    iso3 = document[:3]
    path = f"https://a.org/{name or iso3 + day}.pdf" if day or name else ""
    file = more.get("file", f"{document}.pdf")
    row = {"file": file, "sha256": f"hash of {file}", "document": document, "iso3": iso3, "language": "en"}
    return row | {"kind": "pdf", "submission_date": day, "unfccc_path": path} | more


def statuses(panel: NewPanel) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in panel.report:
        found.setdefault(row["iso3"], []).append(row["status"])
    return found


def rows_of(panel: NewPanel, name: str) -> dict[str, Row]:
    return {row["iso3"]: row for row in panel.rows if row["round"] == name}


def test_the_latest_document_stands_and_one_without_a_text_is_missing() -> None:
    made = make_round(
        ROUND_2027,
        [
            listed("KEN", "2021-01-01"),
            listed("KEN", "2026-01-01"),
            listed("TGO", "2027-02-01"),
            listed("PER", "2028-01-01"),
        ],
        [
            registered("KEN_2022", "2021-01-01"),
            registered("KEN_2026", "2026-01-01"),
            registered("TGO_2022", "2021-05-01"),
        ],
    )
    assert statuses(made) == {"KEN": [STANDS], "TGO": [MISSING]}
    row = rows_of(made, "2027")["KEN"]
    assert (row["document"], row["submission_date"], row["party"]) == ("KEN_2026", "2026-01-01", "Party KEN")
    assert (row["registry_title"], row["as_of"], row["since"]) == ("A plan", "2027-12-31", "")
    assert made.of_status(MISSING)[0]["address"] == "https://a.org/TGO2027-02-01.pdf"


def test_documents_of_ones_own_stand_by_name_or_day() -> None:
    made = make_round(
        ROUND_2027,
        [listed("KEN", "2027-05-01"), listed("TGO", "2026-01-01")],
        [
            registered("KEN_2027"),
            registered("TGO_2027-03-01", "2027-03-01"),
            registered("GHA_2030", "2030-01-01"),
        ],
    )
    rows = rows_of(made, "2027")
    assert {iso3: row["document"] for iso3, row in rows.items()} == {
        "KEN": "KEN_2027",
        "TGO": "TGO_2027-03-01",
    }


def test_the_best_file_of_a_document_is_named_first() -> None:
    files = [
        registered("KEN_2027", file="a.pdf"),
        registered("KEN_2027", file="b.html", kind="html", language="sw"),
        registered("KEN_2027", file="c.html", kind="html"),
    ]
    made = make_round(ROUND_2027, [], files)
    assert rows_of(made, "2027")["KEN"]["english_text"] == "c.html"


def test_two_documents_of_one_day_are_noted() -> None:
    files = [registered("PNG_b", "2027-01-01", file="b.pdf"), registered("PNG_a", "2027-01-01", file="a.pdf")]
    made = make_round(ROUND_2027, [listed("PNG", "2027-01-01")], files)
    assert rows_of(made, "2027")["PNG"]["document"] == "PNG_a"
    assert made.notes == ("PNG: 2 documents of 2027-01-01 (PNG_a, PNG_b); PNG_a counts.",)


def test_the_european_union_stands_for_its_members_of_that_day() -> None:
    documents = [listed(iso3, "2017-01-01") for iso3 in ("EUU", "GBR", "FRA", "KEN")]
    register = [registered(f"{each.iso3}_2017", "2017-01-01") for each in documents]
    then = make_round(Period("2018", date.min, date(2018, 12, 31)), documents, register)
    now = make_round(ROUND_2027, documents, register)
    assert sorted(rows_of(then, "2018")) == ["EUU", "KEN"]
    assert sorted(rows_of(now, "2027")) == ["EUU", "GBR", "KEN"]
    assert statuses(now)["FRA"] == [MEMBER]


def test_a_round_is_brought_up_to_date_and_other_rounds_stay() -> None:
    before = [
        {"round": "2022", "iso3": "KEN", "document": "KEN_2022", "colour": "red"},
        *(
            {
                "round": "2027",
                "iso3": iso3,
                "document": f"{iso3}_old",
                "submission_date": "2026-01-01",
                "evaluation_only": "yes" if iso3 == "KEN" else "no",
                "exception": "by hand" if iso3 == "PER" else "",
            }
            for iso3 in ("KEN", "TGO", "PER", "IRN")
        ),
    ]
    documents = [listed("KEN", "2027-01-01"), listed("TGO", "2027-02-01"), listed("PER", "2025-01-01")]
    made = make_round(
        ROUND_2027,
        documents,
        [registered("KEN_new", "2027-01-01"), registered("PER_x", "2025-01-01")],
        before,
    )
    assert statuses(made) == {
        "KEN": [SUPERSEDED, STANDS],
        "TGO": [MISSING, KEPT],
        "PER": [KEPT],
        "IRN": [KEPT],
    }
    rows = rows_of(made, "2027")
    assert (rows["KEN"]["document"], rows["KEN"]["evaluation_only"]) == ("KEN_new", "yes")
    assert "superseded by the submission of 2027-02-01" in rows["TGO"]["exception"]
    assert rows["PER"]["exception"] == "by hand"
    assert made.rows[0] == before[0]
    assert "colour" in made.columns


def test_withdrawn_documents_do_not_stand() -> None:
    documents = [listed("KEN", "2021-01-01"), listed("KEN", "2027-01-01", status="Withdrawn")]
    register = [registered("KEN_2022", "2021-01-01")]
    assert rows_of(make_round(ROUND_2027, documents, register), "2027")["KEN"]["document"] == "KEN_2022"


def test_impossible_rounds_are_refused() -> None:
    with pytest.raises(PanelInvalid, match="before it begins"):
        Period("2027", date(2028, 1, 1), date(2027, 1, 1))
    with pytest.raises(PanelInvalid, match="No document"):
        make_round(ROUND_2027, [listed("KEN", "2021-01-01")], [])


@pytest.mark.parametrize("name", ["2022", "before-2026", "2026"])
def test_the_shipped_rounds_follow_the_rule_but_for_their_exceptions(name: str) -> None:
    """Made without the panel, the rounds have the shipped documents wherever the panel notes no exception."""
    with shipped.path("panel").open(encoding="utf-8", newline="") as lines:
        kept = {row["iso3"]: row for row in csv.DictReader(lines) if row["round"] == name}
    documents = load_registry(shipped.path("registry")).documents
    period = Period(name, first_day_of(name), day_of(name))
    made = rows_of(make_round(period, documents, load_rows(shipped.path("register"))), name)
    plain = {iso3 for iso3, row in kept.items() if not row["exception"]}
    assert len(plain) >= 0.95 * len(kept)
    assert {iso3: made[iso3]["document"] for iso3 in plain} == {
        iso3: kept[iso3]["document"] for iso3 in plain
    }
    of_that_day = {
        iso3 for iso3 in plain if kept[iso3]["registry_submission_date"] == kept[iso3]["submission_date"]
    }
    assert len(of_that_day) >= 0.9 * len(plain)
    assert {iso3: made[iso3]["english_text"] for iso3 in of_that_day} == {
        iso3: kept[iso3]["english_text"] for iso3 in of_that_day
    }


def test_shipped_columns_are_the_columns_of_a_panel() -> None:
    with Path(shipped.path("panel")).open(encoding="utf-8", newline="") as lines:
        columns = next(csv.reader(lines))
    from ndc_urban.corpus.panel_making import COLUMNS

    assert tuple(columns) == COLUMNS[: len(columns)]


def test_a_withdrawn_ndc_is_told_and_does_not_count() -> None:
    documents = [listed("TGO", "2026-01-01"), listed("TGO", "2027-02-01", status="Withdrawn")]
    register = [registered("TGO_2026", "2026-01-01"), registered("TGO_2027", "2027-02-01")]
    made = make_round(ROUND_2027, documents[:1], register[:1])
    assert made.notes == ()
    made = make_round(ROUND_2027, documents, register[:1])
    assert rows_of(made, "2027")["TGO"]["document"] == "TGO_2026"
    assert made.notes == ("TGO: the Party has withdrawn the NDC of 2027-02-01 (A plan); it does not count.",)
    before = {"round": "2027", "iso3": "TGO", "document": "TGO_2027", "submission_date": "2027-02-01"}
    kept = make_round(ROUND_2027, documents, register, [before])
    assert rows_of(kept, "2027")["TGO"]["document"] == "TGO_2027"
    assert "its row in the panel is kept; delete it if" in kept.notes[0]
    only = make_round(
        ROUND_2027, [listed("KEN", "2026-01-01"), documents[1]], [registered("KEN_2026", "2026-01-01")]
    )
    assert "TGO: the Party has withdrawn" in only.notes[0]


def test_two_ndcs_of_one_day_are_told() -> None:
    documents = [listed("KEN", "2027-01-01", name=name) for name in ("a", "b")]
    register = [
        registered("KEN_2027-01-01", "2027-01-01", name=name, file=f"{name}.pdf") for name in ("a", "b")
    ]
    made = make_round(ROUND_2027, documents, register)
    assert rows_of(made, "2027")["KEN"]["english_text"] == "a.pdf"
    (note,) = made.notes
    assert note.startswith("KEN: the registry lists 2 NDCs of 2027-01-01 in one language (A plan; A plan)")
    assert "the file a.pdf counts" in note
