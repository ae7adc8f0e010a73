"""What a report holds is what the run says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from ndc_urban.errors import UsageError
from ndc_urban.report import Report, report
from ndc_urban.report.page import pages
from ndc_urban.report.records import ReportDocument
from ndc_urban.runs import Run


def document_of(data: Report, name: str) -> ReportDocument:
    return next(each for each in data.documents if each.name == name)


def test_documents_have_the_levels_and_the_evidence_of_the_run(run: Run) -> None:
    data = report(run)
    kenya = document_of(data, "KEN_2025-03-01_en.pdf")
    row = run.documents[run.documents["path"] == kenya.path].iloc[0]
    assert kenya.party == "Kenya"
    assert kenya.result is not None
    assert kenya.result.level == row["level"] == "strong"
    assert kenya.urban_passages == row["urban_passages"]
    assert [passage.rank for passage in kenya.evidence] == list(range(1, len(kenya.evidence) + 1))
    assert kenya.evidence[0].page is not None
    assert kenya.evidence[0].reasons
    assert kenya.reasons
    assert "climate" in kenya.themes
    assert kenya.citation(kenya.evidence[0]).startswith("Kenya, KEN_2025-03-01_en.pdf, p. ")
    assert len({sector for sector, _ in kenya.sectors}) == row["sectors"]


def test_what_was_not_read_says_what_to_do(run: Run) -> None:
    (lost,) = report(run).not_read
    assert lost.path.endswith("TON_2020-12-09_en.pdf")
    assert lost.remedy


def test_two_versions_of_a_party_are_compared(run: Run) -> None:
    data = report(run)
    (pair,) = data.comparisons
    assert pair.party == "Kenya"
    before, after = (
        next(each for each in data.documents if each.key == key) for key in (pair.before, pair.after)
    )
    assert (before.name, after.name) == ("KEN_2020-12-01_en.pdf", "KEN_2025-03-01_en.pdf")
    assert len(pair.came) + len(pair.kept) == len(after.evidence)
    assert len(pair.went) + len(pair.kept) == len(before.evidence)


def test_a_second_run_brings_other_versions(run: Run) -> None:
    def only(name: str) -> Run:
        return replace(run, documents=run.documents[run.documents["path"].str.endswith(name)])

    old, new = only("KEN_2020-12-01_en.pdf"), only("KEN_2025-03-01_en.pdf")
    assert report(new).comparisons == ()
    (alone,) = report(run).comparisons
    (pair,) = report(new, compare_with=old).comparisons
    assert pair == alone


def test_one_party_alone(run: Run) -> None:
    assert {each.iso3 for each in report(run, party="ken").documents} == {"KEN"}
    with pytest.raises(UsageError, match="no document of ITA"):
        report(run, party="ITA")


def test_a_file_that_has_moved_or_changed_has_no_link(run: Run, files: Path, tmp_path: Path) -> None:
    moved = run.documents.copy()
    moved["path"] = moved["path"].str.replace("FRA_", "GONE_")
    assert (
        "no longer where it was"
        in document_of(report(replace(run, documents=moved)), "GONE_2020_fr.html").notes[0]
    )
    info = {**run.info, "inputs": [each | {"bytes": 1} for each in run.info["inputs"]]}
    document = document_of(report(replace(run, info=info)), "FRA_2020_fr.html")
    assert document.link == ""
    assert "has changed" in document.notes[0]


def test_links_lead_from_the_report_to_the_file(run: Run, files: Path, tmp_path: Path) -> None:
    document = document_of(report(run, out=tmp_path / "out"), "FRA_2020_fr.html")
    assert (tmp_path / "out" / document.link).resolve() == (files / "FRA_2020_fr.html").resolve()


def test_a_run_of_an_older_version_is_shown_and_not_reviewed(run: Run) -> None:
    old = replace(
        run,
        passages=run.passages.drop(columns=["start", "language", "path", "iso3"]),
        reasons=run.reasons.iloc[:0],
        estimation=run.estimation.drop(columns=[each for each in run.estimation if "scale" in each]),
        info={**run.info, "configuration": {}},
    )
    data = report(old)
    assert document_of(data, "KEN_2025-03-01_en.pdf").evidence
    with pytest.raises(UsageError, match="where they start") as caught:
        report(old, review=True)
    assert "Score the files again" in caught.value.remedy


def test_a_run_without_texts_or_with_its_evidence_only_says_so(run: Run) -> None:
    silent = run.passages.copy()
    silent["text"] = pd.NA
    assert any("no texts" in note for note in report(replace(run, passages=silent)).notes)
    info = {**run.info, "configuration": {**run.info["configuration"], "evidence_only": True}}
    ranked = replace(run, passages=run.passages[run.passages["evidence_rank"].notna()], info=info)
    assert any("evidence only" in note for note in report(ranked).notes)
    with pytest.raises(UsageError, match="evidence only"):
        report(ranked, review=True)


def test_a_copy_counts_once_in_totals_and_says_what_it_repeats(run: Run) -> None:
    first, second = (run.documents.loc[run.documents["status"] == "ok", "path"].tolist())[:2]
    noted = run.documents.copy()
    noted.loc[noted["path"] == second, "notes"] = f"damaged text: pages 9; same text as {first}"
    made = report(replace(run, documents=noted))
    assert made.copies == 1
    assert second not in {each.path for each in made.counted}
    assert len(made.counted) == len(report(run).counted) - 1
    (copy,) = (each for each in made.documents if each.path == second)
    assert copy.notes[:2] == ("Damaged text: pages 9.", f"Same text as {first}.")
    assert "1</strong> copy of another, counted once" in next(pages(made))[1]
    alone = noted[noted["path"] != first]
    assert report(replace(run, documents=alone)).copies == 0, "the file that it repeats is not in the report"


def test_a_run_that_lacks_parts_is_noted(run: Run) -> None:
    part = replace(run, info=dict(run.info) | {"missing_shards": [{"run": "0f", "shard": "2/3"}]})
    note = "Part 2/3 of the run is missing, and with it its documents."
    assert report(part).notes[0] == note
    assert report(run, compare_with=part).notes[0] == note
    assert note not in report(run).notes


def test_what_does_not_fit_together_is_refused(run: Run) -> None:
    with pytest.raises(UsageError, match="belong to a review"):
        report(run, blind=True)
    with pytest.raises(UsageError, match="cannot be combined"):
        report(run, review=True, blind=True, compare_with=run)


def test_a_sample_restricts_the_review(run: Run, tmp_path: Path) -> None:
    kenya = document_of(report(run), "KEN_2025-03-01_en.pdf")
    passage = kenya.evidence[0]
    sample = tmp_path / "sample.csv"
    sample.write_text(
        f"document,sha256,start,inclusion_probability\nKEN_x,{kenya.sha256},{passage.start},0.5\n",
        encoding="utf-8",
    )
    data = report(run, review=True, sample=sample)
    assert [each.name for each in data.documents] == [kenya.name]
    assert data.review is not None
    assert data.review.passages == {kenya.key: (passage.number,)}
    sample.write_text(f"sha256,start\n{kenya.sha256},{(passage.start or 0) + 1}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="no passage that starts"):
        report(run, review=True, sample=sample)
    sample.write_text(f"sha256,start\n{'0' * 64},1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="not in the run"):
        report(run, review=True, sample=sample)
