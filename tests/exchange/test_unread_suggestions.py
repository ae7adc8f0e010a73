"""What coders did with the suggestions in view: changed, kept, or kept unseen."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from coded_corpus import MODEL, CodedCorpus, make_corpus

from ndc_urban.exchange.formats import label_studio
from ndc_urban.exchange.importing import import_labels
from ndc_urban.labels.agreement import coded_units, level_ratings
from ndc_urban.labels.independence import independent
from ndc_urban.labels.records import PassageLabel
from ndc_urban.labels.store import read_level_labels, read_passage_labels

START = datetime.fromisoformat("2026-08-31T10:00:00+00:00")
SUGGESTED = {"code": "E", "sector": "tr", "strand": "m", "role": "r"}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> CodedCorpus:
    return make_corpus(tmp_path_factory.mktemp("unseen") / "corpus")


def review(corpus: CodedCorpus, path: Path, seconds: float, *, changed: int = 0, blind: bool = False) -> Path:
    """A saved review of the first document, a passage each so many seconds; the first ones were changed."""
    document = corpus.units[0].document
    units = [unit for unit in corpus.units if unit.document == document]
    rows: list[dict[str, Any]] = []
    for number, unit in enumerate(units):
        marks = dict.fromkeys(SUGGESTED, "") | {"code": "N"} if number < changed else SUGGESTED
        row = {"document": document, "sha256": unit.anchor.sha256, "codebook": "1.0", "coder": "Ana"}
        row |= {"page": None, "start": unit.anchor.start, "text": unit.text, "comment": "", **marks}
        row["coded_at"] = (START + timedelta(seconds=seconds * (number + 1))).isoformat()
        if not blind:
            row |= {"suggested_model": MODEL, "suggested_p_urban": 0.9}
            row |= {f"suggested_{name}": value for name, value in SUGGESTED.items()}
        rows.append(row)
    level = {"document": document, "sha256": units[0].anchor.sha256, "codebook": "1.0", "coder": "Ana"}
    level |= {"level": "strong", "confidence": "3", "dedicated": True, "comment": ""}
    level["coded_at"] = (START + timedelta(seconds=seconds * 20)).isoformat()
    if not blind:
        level |= {"suggested_model": MODEL, "suggested_level": "strong"}
        level |= {"suggested_p_low": 0.0, "suggested_p_moderate": 0.1, "suggested_p_strong": 0.9}
    value = {"format": "ndc-urban-review", "version": 1, "passages": rows, "levels": [level], "entries": {}}
    path.write_text(json.dumps(value) + "\n", encoding="utf-8")
    return path


def imported(corpus: CodedCorpus, file: Path, into: Path) -> tuple[list[str], list[PassageLabel]]:
    done = import_labels(file, corpus.folder, into)
    assert done.applied
    return [each.kind for each in done.problems], list(read_passage_labels(into))


def test_the_suggestion_that_was_seen_is_kept_with_the_label(corpus: CodedCorpus, tmp_path: Path) -> None:
    kinds, labels = imported(corpus, review(corpus, tmp_path / "r.json", 30, changed=2), tmp_path / "labels")
    assert "unseen_suggestions" not in kinds
    assert {each.suggestion for each in labels} == {"E.tr.m.r"}
    assert [each.review for each in labels] == ["changed", "changed", "kept", "kept", "kept"]
    assert len(independent(labels)) == len(labels)
    (level,) = read_level_labels(tmp_path / "labels")
    assert (level.suggestion, level.review) == ("strong", "kept")


def test_suggestions_kept_faster_than_anybody_reads_do_not_count(corpus: CodedCorpus, tmp_path: Path) -> None:
    kinds, labels = imported(corpus, review(corpus, tmp_path / "r.json", 0.2, changed=1), tmp_path / "labels")
    assert kinds.count("unseen_suggestions") == 1
    assert [each.review for each in labels] == ["changed", *["unseen"] * 4]
    assert not independent(labels), "corrections that a model picked are no sample either"
    assert not coded_units(labels)


def test_a_blind_review_has_no_suggestion(corpus: CodedCorpus, tmp_path: Path) -> None:
    _, labels = imported(corpus, review(corpus, tmp_path / "r.json", 0.2, blind=True), tmp_path / "labels")
    assert {(each.suggestion, each.review) for each in labels} == {("", "")}
    assert len(coded_units(labels)) == len(labels)
    assert len(level_ratings(read_level_labels(tmp_path / "labels"))) == 1


def test_label_studio_says_how_long_a_task_was_open(corpus: CodedCorpus, tmp_path: Path) -> None:
    files = label_studio.write(corpus.suggested(), tmp_path / "tasks.json")
    tasks = json.loads(files[tmp_path / "tasks.json"])
    for number, task in enumerate(tasks):
        task["annotations"] = [
            {
                "result": task["predictions"][0]["result"],
                "completed_by": 1,
                "lead_time": 0.3 if number else 20.0,
                "updated_at": "2026-08-31T10:00:00Z",
            }
        ]
    (tmp_path / "export.json").write_text(json.dumps(tasks), encoding="utf-8")
    done = import_labels(tmp_path / "export.json", corpus.folder, tmp_path / "labels", coders=["Ana"])
    assert done.applied
    labels = read_passage_labels(tmp_path / "labels")
    assert [each.review for each in labels] == ["kept", *["unseen"] * (len(labels) - 1)]
