"""The summary on the terminal fits on a screen, however many the documents are."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from rich.console import Console

from ndc_urban.cli.summary import LEAST_SURE, print_summary, short_summary
from ndc_urban.runs.estimation import ESTIMATION
from ndc_urban.runs.folder import Counts, Run
from ndc_urban.runs.tables import DOCUMENTS, FAILURES, PASSAGES, REASONS, Schema

SCREEN = 40
MANY = 233


def table(rows: list[dict[str, object]], schema: Schema) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(schema)).astype(dict(schema))


def run_of(count: int) -> Run:
    rows: list[dict[str, object]] = [
        {
            "path": f"plans/XXX_plan-{number:03}.pdf",
            "sha256": f"{number:064}",
            "language": "en",
            "pages": 20,
            "status": "ok" if number % 15 else "needs_ocr",
            "level": ("low", "moderate", "strong")[number % 3],
            "p_low": 0.1 + number / 1000,
            "p_moderate": 0.2 + number / 1000,
            "p_strong": 0.3 + number / 1000,
            "prediction_set": "moderate;strong" if number % 4 == 0 else "low",
            "urban_passages": 3,
            "passages": 90,
            "in_training": False,
        }
        for number in range(count)
    ]
    failures: list[dict[str, object]] = [
        {
            "path": row["path"],
            "sha256": row["sha256"],
            "error": "needs_ocr",
            "message": "Pictures.",
            "remedy": "Read it.",
        }
        for row in rows
        if row["status"] != "ok"
    ]
    documents = table(rows, DOCUMENTS)
    return Run(
        folder=Path("runs/first"),
        documents=documents,
        passages=table([], PASSAGES),
        failures=table(failures, FAILURES),
        info={},
        counts=Counts.of(documents),
        estimation=table([], ESTIMATION),
        reasons=table([], REASONS),
    )


def shown(run: Run) -> list[str]:
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(short_summary(run, console.width))
    return console.export_text().splitlines()


def test_many_documents_fit_on_a_screen() -> None:
    lines = shown(run_of(MANY))
    assert len(lines) <= SCREEN
    text = "\n".join(lines)
    assert "Levels: " in text
    assert "Needs OCR: XXX_plan-000.pdf, XXX_plan-015.pdf, XXX_plan-030.pdf and 13 more" in text
    assert "What to do: Read it." in text
    assert "--details" in text
    assert sum("XXX_plan" in line and "Needs" not in line for line in lines) == LEAST_SURE


def test_the_least_sure_come_first() -> None:
    names = [line.split()[0] for line in shown(run_of(MANY)) if line.startswith("XXX_plan")]
    run = run_of(MANY)
    rows = [
        row
        for row in run.documents.to_dict("records")
        if row["status"] == "ok" and ";" in row["prediction_set"]
    ]
    doubt = sorted(rows, key=lambda row: row[f"p_{row['level']}"])
    assert names == [str(row["path"]).rsplit("/", 1)[-1] for row in doubt[:LEAST_SURE]]


def test_copies_are_counted_once() -> None:
    run = run_of(9)
    rows = run.documents.to_dict("records")
    same = "same file as plans/XXX_plan-001.pdf"
    for at, note in ((0, same), (4, same), (8, "short document; same text as a.pdf")):  # 0 has no text
        rows[at]["notes"] = note
    lines = shown(replace(run, documents=table(rows, DOCUMENTS), counts=Counts.of(run.documents)))
    assert lines[0].startswith("Levels: 2 strong (33%), 2 moderate (33%), 2 low (33%); ")
    assert "2 copies are not counted" in " ".join(line.strip() for line in lines)
    assert any(line.startswith("8 of 9 scored (2 are copies of another), 1 without text") for line in lines)


def test_the_sign_beside_a_level_is_explained() -> None:
    run = run_of(9)
    rows = run.documents.to_dict("records")
    rows[4]["notes"] = "damaged text: pages 9"
    lines = shown(replace(run, documents=table(rows, DOCUMENTS)))
    at = next(at for at, line in enumerate(lines) if " moderate ! " in line)
    assert lines[at + 1].strip() == "! damaged text: pages 9"


def test_a_single_failure_keeps_its_message() -> None:
    assert "    plans/XXX_plan-000.pdf: Pictures." in shown(run_of(9))


def test_details_are_shown_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(run_of(30))
    short = capsys.readouterr().out
    print_summary(run_of(30), details=True)
    long = capsys.readouterr().out
    assert len(long.splitlines()) > len(short.splitlines())
    assert "Levels: " in short
    assert "Levels: " in long


def test_nothing_scored_is_no_error() -> None:
    run = run_of(1)
    assert shown(replace(run, documents=run.documents.iloc[:0]))
