"""The verdict on a new model: better only where the figure chosen beforehand is significantly so, and none is worse."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tiny_training import passage_of

from ndc_urban.codebook import LEVELS
from ndc_urban.labels.anchors import Anchor, fingerprint
from ndc_urban.labels.records import LevelLabel, PassageLabel
from ndc_urban.training.champion import Comparison, UnseenPredictions, compare
from ndc_urban.training.dataset import CodedDocument, Dataset, LabelledPassage
from ndc_urban.training.training_labels import Changes

PARTIES = [f"X{first}{second}" for first in "ABCD" for second in "ABCDE"]
NOTHING_CHANGED = Changes({}, {}, {}, (), (), {})
TRUTH = np.arange(len(PARTIES)) % len(LEVELS)
URBAN = np.arange(len(PARTIES)) % 2 == 0


def dataset() -> Dataset:
    """One document with one passage for each of twenty Parties."""
    documents, passages = [], []
    for number, party in enumerate(PARTIES):
        name, text = f"{party}_2022", f"Passage number {number} of its document."
        level = LevelLabel(name, "", "Ana", "", "1.0", LEVELS[TRUTH[number]], 3, False)
        documents.append(CodedDocument(name, level, (), frozenset()))
        anchor = Anchor(f"{number:064x}", None, 0, len(text), fingerprint(text))
        label = PassageLabel(name, anchor, "Ana", "", "1.0", "E" if URBAN[number] else "N")
        passages.append(LabelledPassage(passage_of(text), label))
    return Dataset(tuple(passages), tuple(documents))


def said(wrong_levels: int = 0, wrong_passages: int = 0) -> UnseenPredictions:
    """Right on all but the last documents, and the last passages."""
    levels, p_urban = TRUTH.copy(), np.where(URBAN, 0.9, 0.1)
    levels[len(levels) - wrong_levels :] = (levels[len(levels) - wrong_levels :] + 1) % len(LEVELS)
    p_urban[len(p_urban) - wrong_passages :] = 1 - p_urban[len(p_urban) - wrong_passages :]
    return UnseenPredictions(levels, p_urban)


def compared(old: UnseenPredictions, new: UnseenPredictions) -> Comparison:
    data = dataset()
    return compare(old, new, data, data.passages, NOTHING_CHANGED, known=True, rounds=200)


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        (said(wrong_levels=12), said(), "better"),
        (said(), said(wrong_levels=12), "worse"),
        (said(), said(), "no detectable difference"),
        (said(wrong_levels=1), said(), "no detectable difference"),
        (said(wrong_levels=5), said(), "no detectable difference"),
        (said(wrong_passages=12), said(), "no detectable difference"),
    ],
    ids=["better", "worse", "same", "one Party", "five Parties", "not the chosen figure"],
)
def test_the_verdict_by_levels(old: UnseenPredictions, new: UnseenPredictions, verdict: str) -> None:
    found = compared(old, new)
    assert found.verdict == verdict
    assert found.replaces == (verdict == "better")


def test_a_figure_that_is_significantly_worse_is_named_and_keeps_the_current_model() -> None:
    found = compared(said(wrong_levels=12), said(wrong_passages=12))
    assert found.level_kappa.significantly_better
    assert found.verdict == "no detectable difference"
    assert "Passages, average precision" in found.losses
    lines = found.lines()
    assert any(line.startswith("Significantly worse: ") and "average precision" in line for line in lines)
    assert any(line.endswith("On it the new model is significantly better") for line in lines)
    assert lines[-1] == "There is no detectable difference between the new model and the current one."


def test_passages_may_be_the_figure_that_decides() -> None:
    data = dataset()
    found = compare(
        said(wrong_passages=12),
        said(),
        data,
        data.passages,
        NOTHING_CHANGED,
        known=True,
        chosen="passages",
        rounds=200,
    )
    assert found.verdict == "better"
    assert found.as_data()["decided_by"] == "passages"


def test_a_difference_on_few_parties_is_not_significant_whatever_its_interval() -> None:
    many = compared(said(wrong_levels=12), said()).level_kappa
    few = replace(many, parties=5)
    assert many.significantly_better
    assert not few.significantly_better
    assert few.finding == "not detectably different"
