"""How good the model is on Parties that it has not seen, with intervals from a bootstrap over Parties.

All figures come from out-of-fold scores: nothing that is scored here was fitted on its own Party. Intervals are
percentile intervals of a cluster bootstrap (Parties are drawn, with all their documents; Cameron, Gelbach and
Miller 2008).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, average_precision_score, f1_score

from ndc_urban.annotations.records import PassageLabel
from ndc_urban.errors import UsageError
from ndc_urban.model.dataset import Dataset, LabelledPassage
from ndc_urban.model.passage_model import Floats, PassageScores
from ndc_urban.model.training import (
    DocumentAmounts,
    Trained,
    document_amounts,
    out_of_fold_probabilities,
)
from ndc_urban.model.urban_model import UrbanModel

BOOTSTRAP_ROUNDS = 1000
CONFIDENCE = 0.95
ECE_BINS = 10
MIN_CARRIED = 30
"""Fewer passages of a language say nothing."""
SEED = 7

Metric = Callable[[NDArray[np.intp]], float]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its interval and the number of units that it rests on; None where it is not defined."""

    value: float | None
    low: float | None
    high: float | None
    units: int

    def __str__(self) -> str:
        if self.value is None:
            return "not defined"
        return f"{self.value:.3f} ({self.low or 0.0:.3f} to {self.high or 0.0:.3f})"


def weighted_kappa(truth: NDArray[Any], predicted: NDArray[Any], levels: int = 3) -> float:
    """Cohen's kappa with quadratic weights (Cohen 1968); NaN where chance alone gives full agreement."""
    seen = np.bincount(levels * truth + predicted, minlength=levels**2).reshape(levels, levels)
    expected = np.outer(seen.sum(axis=1), seen.sum(axis=0)) / max(seen.sum(), 1)
    distance = np.subtract.outer(np.arange(levels), np.arange(levels)) ** 2
    by_chance = float((distance * expected).sum())
    return 1.0 - float((distance * seen).sum()) / by_chance if by_chance else float("nan")


def calibration_error(truth: NDArray[Any], probability: Floats, bins: int = ECE_BINS) -> float:
    """Expected calibration error over equally wide bins (Naeini, Cooper and Hauskrecht 2015)."""
    bin_of = np.minimum((probability * bins).astype(int), bins - 1)
    gaps = [
        (bin_of == each).sum() * abs(truth[bin_of == each].mean() - probability[bin_of == each].mean())
        for each in range(bins)
        if (bin_of == each).any()
    ]
    return float(sum(gaps) / len(truth))


def with_interval(metric: Metric, clusters: NDArray[np.str_], rounds: int = BOOTSTRAP_ROUNDS) -> Figure:
    """A metric over all rows with its bootstrap interval; `metric` takes row numbers, `clusters` are Parties."""
    everything = np.arange(len(clusters))
    names, inverse = np.unique(clusters, return_inverse=True)
    members = [np.flatnonzero(inverse == cluster) for cluster in range(len(names))]
    generator = np.random.default_rng(SEED)
    values = []
    for _ in range(rounds):
        drawn = generator.integers(0, len(names), len(names))
        value = metric(np.concatenate([members[cluster] for cluster in drawn]))
        if np.isfinite(value):
            values.append(value)
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(values, [tail, 1 - tail]) if values else (np.nan, np.nan)
    return Figure(_defined(metric(everything)), _defined(low), _defined(high), len(clusters))


def _defined(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


@dataclass(frozen=True)
class Predictions:
    """What models that had not seen a Party said of its passages (by head) and documents.

    `probabilities` has the shape (documents, 3).
    """

    passages: tuple[LabelledPassage, ...]
    scores: Mapping[str, PassageScores]
    documents: tuple[DocumentAmounts, ...]
    probabilities: Floats
    method: str


def out_of_fold(trained: Trained) -> Predictions:
    """The predictions of cross-fitting."""
    return Predictions(
        passages=trained.passages,
        scores={head: fit.scores for head, fit in trained.fits.items()},
        documents=trained.documents,
        probabilities=out_of_fold_probabilities(trained.documents, trained.recipe),
        method=f"{trained.recipe.folds}-fold cross-fitting, a Party's documents in one fold",
    )


def held_out(model: UrbanModel, dataset: Dataset) -> Predictions:
    """The predictions of a finished model; raises `UsageError` where it was trained on one of the documents."""
    versions = [version for document in dataset.documents for version in document.versions]
    known = sorted(version.entry.file for version in versions if model.was_trained_on(version.entry.sha256))
    if known:
        raise UsageError(
            f"The model was trained on {len(known)} of these files, such as {known[0]}.",
            remedy="Evaluate it on Parties that it has not seen, or by cross-validation.",
        )
    passages = [labelled.passage for labelled in dataset.passages]
    documents = document_amounts(dataset, model.counter, lambda party: model.passage_model)
    return Predictions(
        passages=dataset.passages,
        scores={
            head: replace(model.passage_model, head_of={"*": head}).score(passages)
            for head in model.passage_model.heads
        },
        documents=documents,
        probabilities=model.level_model.probabilities(np.array([each.amounts for each in documents])),
        method="Parties that the model was not trained on",
    )


def evaluate(predictions: Predictions) -> dict[str, Any]:
    """All figures as plain data: passages, levels, by group, versions, baselines."""
    return {
        "method": predictions.method,
        "passages": {head: _passage_figures(predictions, head) for head in predictions.scores},
        "levels": _level_figures(predictions),
        "confidence": CONFIDENCE,
        "bootstrap_rounds": BOOTSTRAP_ROUNDS,
    }


def _passage_figures(predictions: Predictions, head: str) -> dict[str, Any]:
    """Figures on the passages that were coded, and average precision on those that labels were carried over to."""
    carried = np.array([labelled.carried for labelled in predictions.passages])
    figures = _coded_figures(predictions, predictions.scores[head], np.flatnonzero(~carried))
    language = np.array([labelled.language for labelled in predictions.passages])
    party = np.array([labelled.party for labelled in predictions.passages])
    urban = np.array([labelled.is_urban for labelled in predictions.passages])
    p_urban = predictions.scores[head].p_urban
    figures["carried"] = {
        str(name): {
            "average_precision": asdict(_precision(urban[rows], p_urban[rows], party[rows])),
            "calibration_error": round(calibration_error(urban[rows], p_urban[rows]), 4),
            "passages": len(rows),
        }
        for name in np.unique(language[carried])
        if (rows := np.flatnonzero(carried & (language == name))).size >= MIN_CARRIED
    }
    return figures


def _coded_figures(
    predictions: Predictions, all_scores: PassageScores, rows: NDArray[np.intp]
) -> dict[str, Any]:
    scores = all_scores.at(rows)
    chosen = [predictions.passages[int(row)] for row in rows]
    labels = [labelled.label for labelled in chosen]
    urban = np.array([label.is_urban for label in labels])
    party = np.array([labelled.party for labelled in chosen])
    wave = np.array([label.wave for label in labels])
    figures: dict[str, Any] = {
        "average_precision": asdict(_precision(urban, scores.p_urban, party)),
        "calibration_error": round(calibration_error(urban, scores.p_urban), 4),
        "prevalence": round(float(urban.mean()), 4),
    }
    for number in np.unique(wave):
        rows = wave == number
        figures[f"average_precision_wave_{number}"] = asdict(
            _precision(urban[rows], scores.p_urban[rows], party[rows])
        )
    return figures | _mark_figures(labels, scores, urban)


def _precision(urban: NDArray[np.bool_], p_urban: Floats, party: NDArray[np.str_]) -> Figure:
    return with_interval(
        lambda rows: float(average_precision_score(urban[rows], p_urban[rows])), party, rounds=200
    )


def _mark_figures(
    labels: Sequence[PassageLabel], scores: PassageScores, urban: NDArray[np.bool_]
) -> dict[str, Any]:
    """Sector, strand and role on passages that are urban and found to be."""
    found = urban & (scores.p_urban >= 0.5)
    figures: dict[str, Any] = {"urban_found": round(float(found.sum() / max(urban.sum(), 1)), 4)}
    for name in ("sector", "strand", "role"):
        truth = np.array([getattr(label, name) for label in labels])[found]
        said = getattr(scores, name)[found]
        figures[f"{name}_accuracy"] = round(float(accuracy_score(truth, said)), 4)
        figures[f"{name}_macro_f1"] = round(float(f1_score(truth, said, average="macro", zero_division=0)), 4)
    return figures


def _level_figures(predictions: Predictions) -> dict[str, Any]:
    documents = predictions.documents
    predicted = predictions.probabilities.argmax(axis=1)
    truth = np.array([document.level for document in documents])
    party = np.array([document.party for document in documents])
    coded = np.array([document.is_coded_version for document in documents])
    rounds = np.array([document.document.split("_", 1)[1] for document in documents])
    language = np.array([document.language for document in documents])
    kind = np.array([document.kind for document in documents])
    figures: dict[str, Any] = {"all": _agreement(truth, predicted, party, coded)}
    figures["confusion"] = [
        [int(((truth == a) & (predicted == b) & coded).sum()) for b in range(3)] for a in range(3)
    ]
    figures["round"] = {
        name: _agreement(truth, predicted, party, coded & (rounds == name)) for name in np.unique(rounds)
    }
    figures["language"] = {
        name: _agreement(truth, predicted, party, language == name) for name in np.unique(language)
    }
    figures["kind"] = {name: _agreement(truth, predicted, party, kind == name) for name in np.unique(kind)}
    figures["same_level_as_coded_version"] = _same_level(documents, predicted)
    figures["baselines"] = {"majority": _agreement(truth, _majority(truth, coded), party, coded)}
    return figures


def _majority(truth: NDArray[np.int64], coded: NDArray[np.bool_]) -> NDArray[np.int64]:
    return np.full(len(truth), np.bincount(truth[coded]).argmax())


def _agreement(
    truth: NDArray[Any], predicted: NDArray[Any], party: NDArray[np.str_], chosen: NDArray[np.bool_]
) -> dict[str, Any]:
    rows = np.flatnonzero(chosen)
    kappa = with_interval(
        lambda drawn: weighted_kappa(truth[rows][drawn], predicted[rows][drawn]), party[rows]
    )
    same = truth[rows] == predicted[rows]
    return {
        "kappa": asdict(kappa),
        "accuracy": asdict(with_interval(lambda drawn: float(same[drawn].mean()), party[rows])),
        "off_by_two": int((abs(truth[rows] - predicted[rows]) == 2).sum()),
        "documents": len(rows),
    }


def _same_level(documents: Sequence[DocumentAmounts], predicted: NDArray[np.int64]) -> Mapping[str, Any]:
    """How often another file of a document (PDF, original language) gets the level of the coded one."""
    coded = {
        document.document: int(predicted[row])
        for row, document in enumerate(documents)
        if document.is_coded_version
    }
    groups: dict[str, list[bool]] = {}
    for row, document in enumerate(documents):
        if not document.is_coded_version:
            group = f"{document.kind} {document.language}"
            groups.setdefault(group, []).append(int(predicted[row]) == coded[document.document])
    return {
        name: {"share": round(float(np.mean(same)), 4), "files": len(same)}
        for name, same in sorted(groups.items())
    }


def summary_lines(figures: Mapping[str, Any]) -> Sequence[str]:
    """The main figures in words, for the terminal."""
    levels = figures["levels"]["all"]
    lines = [
        f"Level, quadratic weighted kappa: {Figure(**levels['kappa'])} on {levels['documents']} documents",
        f"Level, accuracy: {Figure(**levels['accuracy'])}; off by two levels: {levels['off_by_two']}",
    ]
    for head, values in figures["passages"].items():
        lines.append(
            f"Passages ({head}), average precision: {Figure(**values['average_precision'])}, "
            f"calibration error {values['calibration_error']:.3f}, sector macro F1 {values['sector_macro_f1']:.3f}, "
            f"strand {values['strand_accuracy']:.3f}, role {values['role_accuracy']:.3f}"
        )
    return lines
