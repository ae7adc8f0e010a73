"""`ndc-urban sample`: documents and passages of a run, drawn or chosen."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
import pytest
from finished import Finished, Program
from run_folders import write_run
from tiny_corpus import write_csv

from ndc_urban.errors import EXIT_OK, EXIT_USAGE, OutputExists
from ndc_urban.labels.anchors import fingerprint
from ndc_urban.labels.sampling import SAMPLE_COLUMNS
from ndc_urban.reading import read
from ndc_urban.runs.estimation import ESTIMATION
from ndc_urban.runs.folder import Counts, Run
from ndc_urban.runs.samples import sample, write_sample
from ndc_urban.runs.tables import DOCUMENTS, FAILURES, PASSAGES, REASONS
from ndc_urban.segment import segment

LEVELS = ("low", "moderate", "strong")
P = {"low": (0.9, 0.08, 0.02), "moderate": (0.1, 0.7, 0.2), "strong": (0.01, 0.19, 0.8)}
SENTENCES = (
    ("The city of Belport builds {n} kilometres of tramway.", 0.97, "E"),
    ("Herders move {n} thousand animals when pastures dry out.", 0.01, "N"),
    ("About {n} percent of the people lived in urban areas.", 0.2, "X"),
    ("Roofs of {n} homes are insulated, with grants.", 0.6, "I"),
)


def table(rows: Sequence[Mapping[str, object]], schema: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(schema)).astype(dict(schema))


def make_run(folder: Path, number: int = 40, *, trained_on: int = 0, evidence_only: bool = False) -> Path:
    """A run over plans of a few sentences; the first ones were in training and have out-of-fold values."""
    documents, passages, estimation = [], [], []
    files = folder / "files"
    files.mkdir(parents=True)
    for n in range(number):
        level = LEVELS[n % 3]
        path = files / f"KEN_plan{n:02d}.html"
        texts = [text.format(n=n * 10 + at) for at, (text, _, _) in enumerate(SENTENCES)]
        path.write_text(
            f"<html><body>{''.join(f'<p>{each}</p>' for each in texts)}</body></html>", encoding="utf-8"
        )
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        p = dict(zip(("p_low", "p_moderate", "p_strong"), P[level], strict=True))
        documents.append(
            {
                "path": str(path), "sha256": sha256, "iso3": "KEN", "language": ("en", "fr", "es")[n % 3 - 1],
                "status": "ok", "level": level, **p, "prediction_set": level if n % 4 else "moderate;strong",
                "urban_passages": 2, "passages": 4, "urban_share": 0.5, "sectors": 1, "top_sectors": "tr;bu",
                "in_training": n < trained_on, "seconds": 0.1,
            }
        )  # fmt: skip
        passages += [
            {"sha256": sha256, "kind": "paragraph", "text": text, "p_urban": p_urban, "code": code}
            | ({"sector": "tr", "strand": "m", "role": "r"} if code in "EI" else {})
            for text, (_, p_urban, code) in zip(texts, SENTENCES, strict=True)
        ]
        estimation.append(
            {
                "sha256": sha256,
                "cross_fitted": n < trained_on,
                "level": level,
                **p,
                "score": 0.0,
                "profile": "",
            }
        )
    documents.append(
        {"path": "scan.pdf", "sha256": "9" * 64, "iso3": "", "status": "needs_ocr", "seconds": 0.1}
    )
    frame = table(documents, DOCUMENTS)
    run = folder / "run"
    run.mkdir()
    info = {"model": {"hash": "m" * 64}, "configuration": {"evidence_only": evidence_only}}
    tables = (
        table(passages, PASSAGES),
        table([], FAILURES),
        table(estimation, ESTIMATION),
        table([], REASONS),
    )
    write_run(Run(run, frame, *tables, info, Counts.of(frame)), run)
    return run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return make_run(tmp_path)


def drawn(program: Program, run: Path, out: Path, *more: object) -> tuple[Finished, list[dict[str, str]]]:
    done = program("sample", run, "--out", out, *more)
    if not out.exists():
        return done, []
    with out.open(encoding="utf-8", newline="") as lines:
        return done, list(csv.DictReader(lines))


def test_documents_for_an_estimate(program: Program, run: Path, tmp_path: Path) -> None:
    done, rows = drawn(program, run, tmp_path / "s.csv", "--n", 20, "--for", "estimate", "--width", 20)
    assert done.status == EXIT_OK, done.err
    assert list(rows[0]) == list(SAMPLE_COLUMNS)
    assert len({row["sha256"] for row in rows}) == 20
    assert all(row["document"].startswith("KEN_plan") and row["model"] == "m" * 64 for row in rows)
    for row in rows:
        share = int(row["stratum_drawn"]) / int(row["stratum_population"])
        assert float(row["inclusion_probability"]) == pytest.approx(share, abs=1e-5)
    assert "20 of 40 documents" in done.out
    assert "A width of 20 points needs" in done.out
    _, again = drawn(program, run, tmp_path / "t.csv", "--n", 20, "--for", "estimate")
    assert rows == again
    _, other = drawn(program, run, tmp_path / "u.csv", "--n", 20, "--for", "estimate", "--seed", 2)
    assert {row["sha256"] for row in rows} != {row["sha256"] for row in other}


def test_the_result_as_json(program: Program, run: Path, tmp_path: Path) -> None:
    done, _ = drawn(program, run, tmp_path / "s.csv", "--n", 20, "--for", "estimate", "--json", "--quiet")
    told = json.loads(done.out)
    assert done.err == ""
    assert (told["population"], told["drawn"], told["unit"]) == (40, 20, "document")
    assert sum(each["population"] for each in told["strata"].values()) == 40
    assert 0 < told["labels_needed"] <= 40


def test_the_library_returns_the_sample_and_prints_nothing(
    run: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    result = sample(run, 20, "estimate", seed=3)
    assert (result.unit, len(result.sample.units), result.sample.population) == ("document", 20, 40)
    assert result.as_dict()["drawn"] == 20
    assert not list(tmp_path.glob("*.csv"))
    write_sample(result.sample, tmp_path / "s.csv")
    with pytest.raises(OutputExists):
        write_sample(result.sample, tmp_path / "s.csv")
    assert capfd.readouterr() == ("", "")


def test_passages_have_their_place_and_no_text(program: Program, run: Path, tmp_path: Path) -> None:
    for purpose in ("estimate", "training"):
        out = tmp_path / f"{purpose}.csv"
        done, rows = drawn(program, run, out, "--n", 30, "--for", purpose, "--passages")
        assert done.status == EXIT_OK, done.err
        assert len(rows) == 30
        for row in rows:
            document = read(Path(row["path"]))
            start, length = int(row["start"]), int(row["length"])
            assert fingerprint(document.text[start : start + length]) == row["fingerprint"]
            assert (start, start + length) in {(each.start, each.end) for each in segment(document)}
        assert "Belport" not in out.read_text(encoding="utf-8")


def test_documents_for_training_are_not_those_that_the_model_knows(program: Program, tmp_path: Path) -> None:
    run = make_run(tmp_path, trained_on=30)
    done, rows = drawn(program, run, tmp_path / "s.csv", "--n", 8, "--for", "training")
    assert "30 documents are left out because the model was trained on them" in done.err
    assert all(int(row["document"][8:]) >= 30 for row in rows)
    assert all(row["reason"] and row["usable_for_estimation"] == "no" for row in rows)
    assert "must not be used for estimates" in done.out
    done, _ = drawn(program, run, tmp_path / "t.csv", "--n", 11, "--for", "training")
    assert done.status == EXIT_USAGE
    assert "10 to draw from" in done.err


def test_documents_for_training_are_none_that_training_cannot_read(program: Program, tmp_path: Path) -> None:
    run = make_run(tmp_path, number=12)
    table = pd.read_csv(run / "documents.csv", dtype=str)
    table.loc[0, "notes"] = "recognised text: pages 1-2"
    table.loc[1, "notes"] = "damaged text: pages 3; recognised text: pages 1, 3"
    table.to_csv(run / "documents.csv", index=False)
    pages = pd.read_csv(run / "passages.csv", dtype=str)
    pages["page"] = (pages.groupby("sha256").cumcount() % 2 + 1).astype(str)
    pages.to_csv(run / "passages.csv", index=False)
    done, rows = drawn(program, run, tmp_path / "s.csv", "--n", 11, "--for", "training")
    assert "1 document is left out because it is a scan" in done.err
    assert "KEN_plan00" not in {row["document"] for row in rows}
    _, rows = drawn(program, run, tmp_path / "t.csv", "--n", 46 - 4, "--for", "training", "--passages")
    assert {row["page"] for row in rows if row["document"] == "KEN_plan01"} == {"2"}
    _, rows = drawn(program, run, tmp_path / "u.csv", "--n", 12, "--for", "estimate")
    assert "KEN_plan00" in {row["document"] for row in rows}, "an estimate is of all documents"


def test_files_of_one_document_are_one_unit_and_a_panel_bounds_the_population(
    program: Program, run: Path, tmp_path: Path
) -> None:
    documents = pd.read_csv(run / "documents.csv")["sha256"]
    register = [{"sha256": sha256, "document": f"KEN_{n // 2}"} for n, sha256 in enumerate(documents[:40])]
    write_csv(tmp_path / "documents.csv", register)
    write_csv(tmp_path / "panel.csv", [{"round": "2022", "document": f"KEN_{n}"} for n in (*range(10), 99)])
    done, rows = drawn(
        program, run, tmp_path / "s.csv", "--n", 8, "--for", "estimate", "--panel", tmp_path / "panel.csv"
    )
    assert done.status == EXIT_OK, done.err
    assert "8 of 10 documents" in done.out
    assert len({row["document"] for row in rows}) == 8
    assert "1 document of the panel was not scored" in done.err
    assert "KEN_99" in done.err
    assert "20 scored files do not belong to the panel" in done.err
    done, _ = drawn(
        program,
        run,
        tmp_path / "t.csv",
        "--n",
        4,
        "--for",
        "training",
        "--register",
        tmp_path / "documents.csv",
    )
    assert "4 of 20 documents" in done.out


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (("--n", 41, "--for", "estimate"), "at most 40"),
        (("--n", 2, "--for", "estimate"), "at least 6"),
        (("--n", 10, "--for", "estimate", "--width", 0), "width"),
        (("--n", 10, "--for", "guessing"), "guessing"),
        (("--n", 10, "--for", "estimate", "--panel", "nowhere.csv"), "nowhere.csv"),
    ],
)
def test_what_cannot_be_drawn_is_refused_and_nothing_is_written(
    program: Program, run: Path, tmp_path: Path, options: tuple[object, ...], word: str
) -> None:
    done, _ = drawn(program, run, tmp_path / "s.csv", *options)
    assert done.status == EXIT_USAGE
    assert word in done.err
    assert not (tmp_path / "s.csv").exists()


def test_nothing_is_overwritten(program: Program, run: Path, tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("mine", encoding="utf-8")
    assert (
        program("sample", run, "--out", tmp_path / "s.csv", "--n", 9, "--for", "estimate").status
        == EXIT_USAGE
    )
    assert (tmp_path / "s.csv").read_text(encoding="utf-8") == "mine"


def test_evidence_alone_is_no_population_of_passages(program: Program, tmp_path: Path) -> None:
    run = make_run(tmp_path, evidence_only=True)
    done, _ = drawn(program, run, tmp_path / "s.csv", "--n", 9, "--for", "estimate", "--passages")
    assert done.status == EXIT_USAGE
    assert "--evidence-only" in done.err


def test_passages_of_files_that_moved_away_keep_their_fingerprints(
    program: Program, run: Path, tmp_path: Path
) -> None:
    for path in (tmp_path / "files").iterdir():
        path.unlink()
    done, rows = drawn(program, run, tmp_path / "s.csv", "--n", 9, "--for", "estimate", "--passages")
    assert done.status == EXIT_OK
    assert "only be identified by their fingerprints" in done.err
    assert all(row["fingerprint"] and not row["start"] for row in rows)
