"""The panel, the register, the registry and the published figures that ship with the project."""

from __future__ import annotations

import csv
import sys
from collections import Counter
from pathlib import Path

import pytest

from ndc_urban.trend.calendar_years import panel_of_years
from ndc_urban.trend.labels import load_labels
from ndc_urban.trend.panel import load_panel
from ndc_urban.trend.published import load_published
from ndc_urban.trend.tables import AT_LEAST_MODERATE

CORPUS = Path(__file__).parents[2] / "corpus"
ANNOTATIONS = CORPUS.parent / "annotations"
PROBABILITY = 0.75


def rows(name: str) -> list[dict[str, str]]:
    with (CORPUS / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_panel_has_its_435_rows() -> None:
    panel = load_panel(CORPUS / "panel.csv")
    sizes = {name: len(panel.of_round(name)) for name in panel.rounds}
    assert sizes == {"2016-17": 166, "2022": 169, "2026": 100}


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
    assert parties == {"2016-17": 166 + 28, "2022": 169 + 27, "2026": 100 + 27}


def test_the_published_figures_that_stand_beside_ours() -> None:
    published = load_published(CORPUS / "published.csv")
    first, second = published.levels("2016-17"), published.levels("2022")
    assert (first[AT_LEAST_MODERATE].share, first["strong"].share) == (0.60, 0.14)
    assert (first["strong"].basis, first["strong"].counted) == ("documents", 164)
    assert second["strong"].share == pytest.approx(47 / 193)
    assert second[AT_LEAST_MODERATE].share == pytest.approx(123 / 193)
    assert second["strong"].basis == "Parties"
    assert published.levels("2021") == {}
    assert published.levels("2026") == {}
    assert any("2026" in other for other in published.others)


def test_years_from_the_register() -> None:
    years = panel_of_years(load_panel(CORPUS / "panel.csv"), range(2017, 2026))
    sizes = [len(years.of_round(name)) for name in years.rounds]
    assert sizes == sorted(sizes)
    assert sizes[0] > 140


def test_labels_are_a_probability_sample_of_parties() -> None:
    """All panel documents of coded Parties are coded, and no other; three Parties of four were drawn."""
    panel, labels = rows("panel.csv"), load_labels(ANNOTATIONS)
    coded = {row["iso3"] for row in panel if row["document"] in labels.by_document}
    assert {row["iso3"] for row in panel if row["evaluation_only"] == "no"} == coded
    assert all((row["document"] in labels.by_document) == (row["iso3"] in coded) for row in panel)
    assert {label.probability for label in labels.by_document.values()} == {PROBABILITY}
    parties = {row["iso3"] for row in panel}
    assert len(coded) == pytest.approx(PROBABILITY * len(parties), abs=1)


def test_the_labels_own_shares() -> None:
    """What the given labels say before any model: strong 10% in 2016-17 and 31% in 2022."""
    panel, labels = rows("panel.csv"), load_labels(ANNOTATIONS)
    shares = {}
    for name in ("2016-17", "2022"):
        found = Counter(
            labels.by_document[row["document"]].level
            for row in panel
            if row["round"] == name and row["document"] in labels.by_document
        )
        shares[name] = found[2] / found.total()
    assert shares == {"2016-17": pytest.approx(0.105, abs=0.005), "2022": pytest.approx(0.31, abs=0.005)}


def test_the_tables_are_made_from_their_sources() -> None:
    sys.path.insert(0, str(CORPUS))
    try:
        import make_panel
    finally:
        sys.path.remove(str(CORPUS))
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
