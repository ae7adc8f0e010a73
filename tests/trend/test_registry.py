"""The registry: which NDCs of a round the panel lacks, and what that means for the shares."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_trend import write_panel, write_run

from ndc_urban.trend import Trend, trend
from ndc_urban.trend.frames import completeness_text
from ndc_urban.trend.panel import load_panel
from ndc_urban.trend.registry import absent_documents, load_registry, not_in_registry
from ndc_urban.trend.report.headlines import headlines

REGISTRY = """code,party,fileType,submissionDate
KEN,Kenya,NDC,2025-04-01
RWA,Rwanda,NDC,2025-05-01
GHA,Ghana,NDC,2022-01-01
SEN,Senegal,Addendum,2025-06-01
PER,Peru,NDC,2026-12-31
FRA,France,NDC,2025-07-01
EUU,European Union,NDC,2025-07-01
"""


@pytest.fixture
def told(tmp_path: Path) -> Trend:
    """NDCs 3.0 of Kenya and the European Union in the panel, Rwanda's only in the registry, Chile's only here."""
    names = {"KEN_2026": "strong", "EUU_2026": "low", "CHL_2026": "strong"}
    run = write_run(tmp_path / "run", names)
    (tmp_path / "registry.csv").write_text(REGISTRY, encoding="utf-8")
    panel = write_panel(tmp_path / "panel.csv", [("2026", name[:3], name) for name in names])
    return trend([run], panel)


def test_an_ndc_of_the_period_without_a_document_is_absent(tmp_path: Path) -> None:
    (tmp_path / "registry.csv").write_text(REGISTRY, encoding="utf-8")
    panel = load_panel(write_panel(tmp_path / "panel.csv", [("2026", "KEN", "KEN"), ("2026", "CHL", "CHL")]))
    registry = load_registry(tmp_path / "registry.csv")
    absent = {each.iso3: each for each in absent_documents(panel, "2026", registry)}
    assert set(absent) == {
        "RWA",
        "EUU",
    }  # not Ghana's (earlier), Senegal's (no NDC), Peru's (later), France's (EU)
    assert absent["RWA"].stands_for == ("RWA",)
    assert len(absent["EUU"].stands_for) == 28
    assert not_in_registry(panel, "2026", registry) == ("CHL",)


def test_without_a_registry_the_panel_is_the_round(tmp_path: Path) -> None:
    panel = load_panel(write_panel(tmp_path / "panel.csv", [("2026", "KEN", "KEN")]))
    assert load_registry(tmp_path / "registry.csv") == ()
    assert absent_documents(panel, "2026", ()) == ()
    assert not_in_registry(panel, "2026", ()) == ()


def test_missing_ndcs_are_expected_and_named(told: Trend) -> None:
    coverage = told.table("coverage").frame.set_index("basis")
    columns = ["expected", "scored", "missing", "missing_parties"]
    assert coverage.loc["documents", columns].tolist() == [4, 3, 1, "RWA"]
    assert coverage.loc["Parties", columns].tolist() == [31, 30, 1, "RWA"]
    notes = " ".join(told.table("coverage").notes)
    assert "Rwanda (RWA)" in notes
    assert "CHL" in notes
    assert completeness_text(told) == "2026: 3 of 4 NDCs"
    assert "Missing, so not in the shares: 1 of 4 NDCs in 2026 (RWA)." in headlines(told)


def test_bounds_assume_nothing_of_the_missing(told: Trend) -> None:
    levels = told.table("levels")
    count = levels.frame[(levels.frame["estimate"] == "count") & (levels.frame["level"] == "strong")]
    assert count["share"].tolist() == pytest.approx([2 / 3, 2 / 30])  # of the scored documents alone
    (note,) = [
        note for note in levels.notes if note.startswith("NDC 3.0, basis of documents: 3 of 4 are scored")
    ]
    assert "50.0% to 75.0% for strong" in note
