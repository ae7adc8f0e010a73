"""The whole way on the samples: the real reader, the shipped model, good files and broken ones."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from ndc_urban.errors import EXIT_SOME_FAILED
from ndc_urban.model import default_model_folder
from ndc_urban.reading.ocr.recognise import tesseract_languages
from ndc_urban.runs import Run, load_run, score

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"


def _is_ready() -> bool:
    return (default_model_folder() / "config.json").is_file() and any(SAMPLES.glob("*.pdf"))


pytestmark = pytest.mark.skipif(not _is_ready(), reason="needs the samples and the shipped model")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, kept_readings: Path) -> Iterator[Run]:
    # What is expected of the scan holds on every machine: with Tesseract it would be read, as the last test shows.
    # The samples were written to the rules of the codebook.
    out = tmp_path_factory.mktemp("samples") / "run"
    yield score([SAMPLES], out, jobs=2, ocr="never", scale="codebook", cache=kept_readings)


def test_every_sample_is_accounted_for(run: Run) -> None:
    assert run.counts.files == run.counts.ok + run.counts.needs_ocr + run.counts.failed
    assert run.counts.exit_status == EXIT_SOME_FAILED, "the samples hold broken files on purpose"
    unscored = set(run.documents.loc[run.documents["status"] != "ok", "path"])
    assert unscored <= set(run.failures["path"])


def test_no_sample_meets_an_unforeseen_error(run: Run) -> None:
    assert "unreadable" not in set(run.failures["error"])
    assert not any("traceback" in entry for entry in run.info["inputs"])


def test_levels_follow_from_probabilities(run: Run) -> None:
    ok = run.documents[run.documents["status"] == "ok"]
    sums = ok[["p_low", "p_moderate", "p_strong"]].sum(axis=1)
    assert all(abs(total - 1) < 0.001 for total in sums)
    for row in ok.to_dict("records"):
        assert row["level"] in row["prediction_set"].split(";")


def test_every_urban_document_has_evidence_with_a_place(run: Run) -> None:
    best = run.passages[run.passages["evidence_rank"] == 1]
    urban = run.documents[run.documents["urban_passages"].fillna(0) > 0]
    assert set(urban["sha256"]) <= set(best["sha256"])
    pdfs = run.documents[run.documents["path"].str.endswith(".pdf")]
    assert best[best["sha256"].isin(pdfs["sha256"])]["page"].notna().all()


def _expected() -> list[dict[str, str]]:
    with (SAMPLES / "expected.csv").open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


@pytest.mark.parametrize("expected", _expected(), ids=lambda row: row["file"])
def test_a_sample_gets_its_intended_level_or_error(run: Run, expected: dict[str, str]) -> None:
    here = run.documents["path"].str.endswith(expected["file"])
    (row,) = run.documents[here].to_dict("records")
    assert row["status"] == expected["status"]
    if expected["status"] == "ok":
        assert row["level"] == expected["level"]
        assert row["language"] == expected["language"]
    else:
        failed = run.failures["path"].str.endswith(expected["file"])
        assert run.failures.loc[failed, "error"].tolist() == [expected["error"] or "needs_ocr"]


def test_the_folder_reads_back(run: Run) -> None:
    assert load_run(run.folder).counts == run.counts


@pytest.mark.skipif("en" not in tesseract_languages(), reason="Tesseract is not installed")
def test_the_scanned_sample_is_read_where_tesseract_is_installed(tmp_path: Path) -> None:
    (scan,) = (row["file"] for row in _expected() if row["status"] == "needs_ocr")
    run = score([SAMPLES / scan], tmp_path / "run", jobs=1)
    (row,) = run.documents.to_dict("records")
    assert (row["status"], row["language"]) == ("ok", "en")
    assert row["level"]
    assert run.failures.empty
