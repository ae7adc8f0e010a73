"""The panel, the register, the registry and the published figures that ship with the project."""

from __future__ import annotations

import csv
import importlib
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from ndc_urban.trend.calendar_years import panel_of_years
from ndc_urban.trend.labels import load_labels
from ndc_urban.trend.panel import load_panel
from ndc_urban.trend.published import load_published
from ndc_urban.trend.registry import absent_documents, load_registry, superseded_documents
from ndc_urban.trend.tables import AT_LEAST_MODERATE

CORPUS = Path(__file__).parents[2] / "corpus"
ANNOTATIONS = CORPUS.parent / "annotations"
PROBABILITY = 0.75


def rows(name: str) -> list[dict[str, str]]:
    with (CORPUS / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


LABELS_MISSING = {"BRA_2022-04-07", "NGA_2021-05-27", "PRK_2019-09-19", "VUT_2021-03-22"}
"""Documents of coded Parties that came into the panel after the coding, beside those of the round before NDC 3.0."""


def test_the_panel_has_its_546_rows() -> None:
    panel = load_panel(CORPUS / "panel.csv")
    sizes = {name: len(panel.of_round(name)) for name in panel.rounds}
    assert sizes == {"2016-17": 166, "2022": 169, "before-2026": 111, "2026": 100}


def test_every_row_is_known_by_its_hash_and_most_by_their_address() -> None:
    panel = rows("panel.csv")
    register = {row["file"]: row for row in rows("documents.csv")}
    assert all(register[row["english_text"]]["sha256"] == row["sha256"] for row in panel)
    assert all(len(row["sha256"]) == 64 for row in panel)
    assert sum(bool(row["registry_title"]) for row in panel) >= 0.95 * len(panel)


def test_parties_of_the_bases() -> None:
    panel = load_panel(CORPUS / "panel.csv")
    parties = {
        name: sum(len(panel.stands_for(each)) for each in panel.of_round(name)) for name in panel.rounds
    }
    assert parties == {"2016-17": 166 + 28, "2022": 169 + 27, "before-2026": 111 + 27, "2026": 100 + 27}


def test_the_published_figures_that_stand_beside_ours() -> None:
    published = load_published(CORPUS / "published.csv")
    first, second = published.levels("2016-17"), published.levels("2022")
    assert (first[AT_LEAST_MODERATE].share, first["strong"].share) == (0.60, 0.14)
    assert (first["strong"].basis, first["strong"].counted) == ("documents", 164)
    assert second["strong"].share == pytest.approx(47 / 193)
    assert second[AT_LEAST_MODERATE].share == pytest.approx(123 / 193)
    assert second["strong"].basis == "Parties"
    assert published.levels("2021") == {}
    before, last = published.levels("before-2026"), published.levels("2026")
    assert (before[AT_LEAST_MODERATE].share, last[AT_LEAST_MODERATE].share) == (62 / 128, 104 / 128)
    assert (before["strong"].share, last["strong"].share) == (35 / 128, 60 / 128)
    assert published.in_words("theme:housing", "2026") == "almost half of 142 NDCs"


def test_years_from_the_register() -> None:
    years = panel_of_years(load_panel(CORPUS / "panel.csv"), range(2017, 2026))
    sizes = [len(years.of_round(name)) for name in years.rounds]
    assert sizes == sorted(sizes)
    assert sizes[0] > 140


def test_labels_are_a_probability_sample_of_parties() -> None:
    """All panel documents of coded Parties are coded, and no other; three Parties of four were drawn.

    Documents that came into the panel after the coding have no label.
    """
    labels = load_labels(ANNOTATIONS)
    panel = [
        row
        for row in rows("panel.csv")
        if row["round"] != "before-2026" and row["document"] not in LABELS_MISSING
    ]
    coded = {row["iso3"] for row in panel if row["document"] in labels.by_document}
    assert {row["iso3"] for row in panel if row["evaluation_only"] == "no"} == coded
    assert all((row["document"] in labels.by_document) == (row["iso3"] in coded) for row in panel)
    assert {label.probability for label in labels.by_document.values()} == {PROBABILITY}
    parties = {row["iso3"] for row in panel}
    assert len(coded) == pytest.approx(PROBABILITY * len(parties), abs=1)


def test_every_label_has_its_document_in_the_register() -> None:
    register = {row["document"] for row in rows("documents.csv")}
    assert set(load_labels(ANNOTATIONS).by_document) <= register


def test_the_round_before_ndc_3_has_the_last_ndc_before() -> None:
    """Each row is the registry's latest NDC until 31 August 2024, of a Party with an NDC 3.0."""
    registry = load_registry(CORPUS / "registry.csv")
    panel = load_panel(CORPUS / "panel.csv")
    latest: dict[str, str] = {}
    for each in registry:
        if each.day <= "2024-08-31":
            latest[each.iso3] = max(latest.get(each.iso3, ""), each.day)
    followed = {each.iso3 for each in registry if each.day >= "2024-09-01"}
    standings = panel.of_round("before-2026")
    assert all(each.submission_date == latest[each.iso3] for each in standings)
    assert {each.iso3 for each in standings} <= followed
    assert superseded_documents(panel, "before-2026", registry) == ()
    absent = {each.iso3 for each in absent_documents(panel, "before-2026", registry)}
    assert absent == set("ARE BHS FSM GBR IDN IND LSO NGA NOR PAK PAN SGP THA TLS".split())


def test_superseded_documents_of_2022_are_named_and_excepted() -> None:
    panel = load_panel(CORPUS / "panel.csv")
    found = {
        each.iso3 for each in superseded_documents(panel, "2022", load_registry(CORPUS / "registry.csv"))
    }
    assert found == {"LSO", "MLI", "NGA", "PAK", "SDN"}
    reasons = {each.iso3: each.exception for each in panel.of_round("2022")}
    assert all("superseded" in reasons[iso3] for iso3 in found)
    standing = {each.iso3: each.document for each in panel.of_round("2022")}
    assert standing["BRA"] == "BRA_2022-04-07"
    assert standing["PRK"] == "PRK_2019-09-19"


def test_late_first_ndcs_have_a_date_of_their_text_or_a_reason() -> None:
    panel = load_panel(CORPUS / "panel.csv")
    late = [each for each in panel.of_round("2016-17") if each.submission_date > "2017-12-31"]
    assert len(late) == 21
    assert all(each.text_date <= "2017-12-31" for each in late)
    assert [each.iso3 for each in late if not each.text_date] == ["OMN"]
    assert all(each.exception for each in late)


def test_grades_of_103_parties() -> None:
    grades = rows("un_habitat_grades.csv")
    kept_apart = {row["iso3"] for row in rows("panel.csv") if row["evaluation_only"] == "yes"}
    assert len(grades) == 103
    assert not {row["iso3"] for row in grades} & kept_apart
    assert {row["ndc_3_0"] for row in grades} <= {"A", "A+", "B", "B+", "C", "C+", "No"}


def test_the_labels_own_shares() -> None:
    """What the given labels say before any model: strong 10% in 2016-17 and 30% in 2022."""
    panel, labels = rows("panel.csv"), load_labels(ANNOTATIONS)
    shares = {}
    for name in ("2016-17", "2022"):
        found = Counter(
            labels.by_document[row["document"]].level
            for row in panel
            if row["round"] == name and row["document"] in labels.by_document
        )
        shares[name] = found[2] / found.total()
    assert shares == {"2016-17": pytest.approx(0.105, abs=0.005), "2022": pytest.approx(0.303, abs=0.005)}


@pytest.fixture
def make_panel() -> Iterator[ModuleType]:
    sys.path.insert(0, str(CORPUS))
    try:
        yield importlib.import_module("make_panel")
    finally:
        sys.path.remove(str(CORPUS))


def test_the_round_before_ndc_3_is_made_from_registry_and_texts(make_panel: ModuleType) -> None:
    def submission(code: str, day: str) -> dict[str, str]:
        return {"code": code, "submissionDate": day, "fileType": "NDC", "language": "English"}

    registry = [
        submission(code, day)
        for code, day in (
            ("KEN", "2020-12-28"), ("KEN", "2023-05-01"), ("KEN", "2025-04-01"), ("RWA", "2020-05-01"),
            ("RWA", "2025-11-01"), ("PER", "2021-01-01"), ("JPN", "2021-01-01"), ("JPN", "2025-02-01"),
        )
    ]  # fmt: skip
    texts = [
        {"iso3": code, "party": code, "document": document, "submission_date": day, "file": file, "kind": "html",
         "language": "en", "machine_translated": "no"}
        for code, document, day, file in (
            ("KEN", "KEN_2022", "2020-12-28", "k1.html"), ("KEN", "KEN_before-2026", "2023-05-01", "k2.html"),
            ("RWA", "RWA_2022", "2020-05-01", "r.html"), ("PER", "PER_2022", "2021-01-01", "p.html"),
        )
    ]  # fmt: skip
    panel = [
        {"round": "2022", "english_text": each["file"], "evaluation_only": "no"}
        | {name: each[name] for name in ("iso3", "document", "submission_date")}
        for each in texts
    ]  # fmt: skip
    facts = {
        "rounds": {"before_2026_until": "2024-08-31"},
        "text_dates": {},
        "exceptions": {"before-2026 RWA": "why"},
    }
    made = {row["iso3"]: row for row in make_panel.before_ndc_3(panel, texts, registry, facts)}
    assert set(made) == {"KEN", "RWA"}  # Peru has no NDC 3.0, and Japan's text is not at hand
    assert (made["KEN"]["document"], made["KEN"]["english_text"]) == ("KEN_before-2026", "k2.html")
    assert (made["RWA"]["document"], made["RWA"]["exception"]) == ("RWA_2022", "why")


def test_the_tables_are_made_from_their_sources(make_panel: ModuleType) -> None:
    address = make_panel.PLACE + "NDC/a.pdf"
    listed = {
        "encodedAbsUrl": address,
        "title": "A title of " + "very " * 20 + "many words",
        "language": "English",
        "version": "1",
        "status": "Active",
        "submissionDate": "2020-12-28",
    }
    documents = [{"file": "a.html", "sha256": "s", "unfccc_url": address}]
    (row,) = make_panel.with_facts([{"round": "2022", "english_text": "a.html"}], documents, [listed])
    assert (row["sha256"], row["unfccc_path"], row["registry_version"]) == ("s", "NDC/a.pdf", "1")
    assert row["registry_submission_date"] == "2020-12-28"
    assert len(row["registry_title"].split()) == make_panel.TITLE_WORDS + 1
    (kept,) = make_panel.without_place([listed], "encodedAbsUrl", drop="language")
    assert kept["unfccc_path"] == "NDC/a.pdf"
    assert "language" not in kept
