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
from sklearn.metrics import accuracy_score, f1_score

from ndc_urban.codebook import LEVELS, URBAN_CODES, Scale
from ndc_urban.errors import UsageError
from ndc_urban.identity import round_of
from ndc_urban.labels.records import PassageLabel
from ndc_urban.lexicon import load_lexicon
from ndc_urban.model.passage_model import URBAN_FROM, Floats, PassageScores, blended
from ndc_urban.model.prediction_set import prediction_set
from ndc_urban.model.urban_model import UrbanModel
from ndc_urban.parties import region_of
from ndc_urban.statistics import CONFIDENCE, ROUNDS, Metric, confusion, defined, interval, kappa
from ndc_urban.training.average_precision import AveragePrecision
from ndc_urban.training.baselines import keyword_hits, lexicon_hits, out_of_fold_levels
from ndc_urban.training.dataset import Dataset, LabelledPassage
from ndc_urban.training.level_fit import fold_of, read_versions, set_threshold
from ndc_urban.training.scored_versions import ScoredVersion, scored_versions
from ndc_urban.training.train import HEADS_OF, Recipe, TrainingResult, last_round

ECE_BINS = 10
"""The usual number of bins of a calibration error."""
PRECISION_ROUNDS = 200
"""Rounds of the bootstrap for average precision, which takes long over many passages; levels have `ROUNDS`."""
DIFFERENT_TEXT = 5
"""Files that differ by this factor in length are not the same text (Chinese is four times shorter than English)."""
MIN_CARRIED = 30
"""With fewer passages of a language a figure would say little, and none is given."""


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
        if self.low is None or self.high is None:
            return f"{self.value:.3f} (one Party, no interval)"
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def calibration_error(truth: NDArray[Any], probability: Floats, bins: int = ECE_BINS) -> float:
    """Expected calibration error over equally wide bins (Naeini, Cooper and Hauskrecht 2015)."""
    bin_of = np.minimum((probability * bins).astype(int), bins - 1)
    gaps = [
        (bin_of == each).sum() * abs(truth[bin_of == each].mean() - probability[bin_of == each].mean())
        for each in range(bins)
        if (bin_of == each).any()
    ]
    return float(sum(gaps) / len(truth))


def with_interval(metric: Metric, clusters: NDArray[np.str_], rounds: int = ROUNDS) -> Figure:
    """A metric over all rows with its bootstrap interval; `metric` takes row numbers, `clusters` are Parties."""
    low, high = interval(metric, clusters, rounds)
    return Figure(defined(metric(np.arange(len(clusters)))), defined(low), defined(high), len(clusters))


@dataclass(frozen=True)
class Predictions:
    """What models that had not seen a Party said of its passages and documents.

    `scores` holds the scores of all passages by reader: one head alone, or `both` as English is read. `probabilities`
    has the shape (documents, 3), `mass` the threshold of each document's prediction set. `forward` are the documents
    of the last round and their probabilities by a model of the earlier rounds, where that was tried.
    """

    passages: tuple[LabelledPassage, ...]
    scores: Mapping[str, PassageScores]
    documents: tuple[ScoredVersion, ...]
    probabilities: Floats
    mass: Floats
    coverage: float
    method: str
    forward: tuple[tuple[ScoredVersion, ...], Floats] | None = None


BOTH = "both"
"""The reading of English: the weighted mean of both heads."""


def out_of_fold(trained: TrainingResult, *, forward: bool = False) -> Predictions:
    """The predictions of cross-fitting; with `forward` a model of the earlier rounds reads the last one, too."""
    decisions = {name: fit.decisions for name, fit in trained.fits.items()}
    coded = np.array([document.is_coded_version for document in trained.documents])
    folds = np.array([fold_of(document.party, trained.recipe.folds) for document in trained.documents])
    truth = np.array([document.level for document in trained.documents])
    rounds = np.array([document.round for document in trained.documents])
    english = HEADS_OF["en"]
    mass = np.zeros(len(folds))
    for held_out, threshold in _thresholds(
        trained.probabilities[coded], truth[coded], rounds[coded], folds[coded], trained.recipe.coverage
    ).items():
        mass[folds == held_out] = threshold
    return Predictions(
        passages=trained.passages,
        scores={name: each.scores() for name, each in decisions.items()}
        | {BOTH: blended([decisions[name] for name in english], tuple(english.values())).scores()},
        documents=trained.documents,
        probabilities=trained.probabilities,
        mass=mass,
        coverage=trained.recipe.coverage,
        method=f"{trained.recipe.folds}-fold cross-fitting, a Party's documents in one fold",
        forward=last_round(trained) if forward else None,
    )


def _thresholds(
    probabilities: Floats,
    truth: NDArray[np.int64],
    rounds: NDArray[np.str_],
    fold: NDArray[np.int64],
    coverage: float,
) -> dict[int, float]:
    """The threshold of the prediction sets for each fold, learned from the documents of the others."""
    return {
        int(each): set_threshold(
            probabilities[fold != each], truth[fold != each], rounds[fold != each], coverage
        )
        for each in np.unique(fold)
    }


def held_out(model: UrbanModel, dataset: Dataset, scale: Scale = "codebook") -> Predictions:
    """The predictions of a finished model; raises `UsageError` where it was trained on one of the documents."""
    known = sorted(
        version.entry.file
        for document in dataset.documents
        for version in document.versions
        if model.copy_in_training(version.entry.sha256, version.passages, document.party)
    )
    if known:
        raise UsageError(
            f"The model was trained on {len(known)} of these files, or on copies of them, such as {known[0]}.",
            remedy="Evaluate it on Parties that it has not seen, or add --cross-validate.",
        )
    if not any(labelled.is_urban for labelled in dataset.passages):
        raise UsageError(
            "No passage of these documents is coded E or I, so the model cannot be measured on passages.",
            remedy="Code the passages of some documents with urban content too.",
        )
    seen = sorted({document.party for document in dataset.documents} & model.parties)
    passages = [labelled.passage for labelled in dataset.passages]
    documents = scored_versions(dataset, lambda party: model.passage_model)
    readers = {name: {name: 1.0} for name in model.passage_model.heads} | {
        BOTH: model.passage_model.shares_for("en")
    }
    return Predictions(
        passages=dataset.passages,
        scores={
            name: replace(model.passage_model, heads_of={"*": heads}).score(passages)
            for name, heads in readers.items()
        },
        documents=documents,
        probabilities=model.level_model.probabilities(np.array([each.features for each in documents]), scale),
        mass=np.full(len(documents), model.masses[scale]),
        coverage=model.coverage,
        method=_on_new_documents(seen),
    )


def _on_new_documents(seen: Sequence[str]) -> str:
    if not seen:
        return "Parties that the model was not trained on"
    return (
        f"documents that the model was not trained on; it was trained on others of {', '.join(seen)}, which makes the "
        "figures too good"
    )


def evaluate(predictions: Predictions) -> dict[str, Any]:
    """All figures as plain data: passages, levels, by group, versions, baselines."""
    return {
        "method": predictions.method,
        "passages": {reader: _passage_figures(predictions, reader) for reader in predictions.scores},
        "passage_baselines": _passage_baselines(predictions),
        "levels": _level_figures(predictions),
        "evidence": _evidence_figures(predictions),
        "confidence": CONFIDENCE,
        "bootstrap_rounds": ROUNDS,
    }


def _passage_figures(predictions: Predictions, reader: str) -> dict[str, Any]:
    """Figures on the passages that were coded, and average precision on those that labels were carried over to."""
    carried = np.array([labelled.carried for labelled in predictions.passages])
    figures = _coded_figures(predictions, predictions.scores[reader], np.flatnonzero(~carried))
    language = np.array([labelled.language for labelled in predictions.passages])
    party = np.array([labelled.party for labelled in predictions.passages])
    urban = np.array([labelled.is_urban for labelled in predictions.passages])
    p_urban = predictions.scores[reader].p_urban
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
    groups = {
        "wave": np.array([str(label.wave) for label in labels]),
        "round": np.array([round_of(label.document) for label in labels]),
        "region": np.array([region_of(each) for each in party]),
    }
    figures: dict[str, Any] = {
        "passages": len(rows),
        "average_precision": asdict(_precision(urban, scores.p_urban, party)),
        "calibration_error": round(calibration_error(urban, scores.p_urban), 4),
        "reliability": reliability(urban, scores.p_urban),
        "prevalence": round(float(urban.mean()), 4),
    }
    for group, values in groups.items():
        figures[f"average_precision_by_{group}"] = {
            str(name): asdict(_precision(urban[inside], scores.p_urban[inside], party[inside]))
            for name in np.unique(values)
            if (inside := values == name).any()
        }
    return figures | _attribute_figures(labels, scores, urban)


def _passage_baselines(predictions: Predictions) -> dict[str, Any]:
    """Average precision of no knowledge at all, of key words and of the lexicon's urban terms, coded passages."""
    coded = [labelled for labelled in predictions.passages if not labelled.carried]
    urban = np.array([labelled.is_urban for labelled in coded])
    party = np.array([labelled.party for labelled in coded])
    lexicon = load_lexicon()
    said = {
        "majority": np.zeros(len(coded)),
        "keywords": np.array([keyword_hits(labelled.passage) for labelled in coded]),
        "lexicon": np.array([lexicon_hits(labelled.passage, lexicon) for labelled in coded]),
    }
    return {name: asdict(_precision(urban, values, party)) for name, values in said.items()}


def reliability(truth: NDArray[Any], probability: Floats, bins: int = ECE_BINS) -> list[dict[str, Any]]:
    """What was said and what came true in equally wide bins of probability (a reliability table)."""
    bin_of = np.minimum((probability * bins).astype(int), bins - 1)
    return [
        {
            "from": each / bins,
            "to": (each + 1) / bins,
            "units": int(inside.sum()),
            "said": round(float(probability[inside].mean()), 4),
            "true": round(float(truth[inside].mean()), 4),
        }
        for each in range(bins)
        if (inside := bin_of == each).any()
    ]


def _precision(urban: NDArray[np.bool_], p_urban: Floats, party: NDArray[np.str_]) -> Figure:
    return with_interval(AveragePrecision(urban, p_urban), party, rounds=PRECISION_ROUNDS)


def _attribute_figures(
    labels: Sequence[PassageLabel], scores: PassageScores, urban: NDArray[np.bool_]
) -> dict[str, Any]:
    """Sector, strand and role on passages that are urban and found to be."""
    found = urban & (scores.p_urban >= URBAN_FROM)
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
    figures: dict[str, Any] = {"all": _agreement(truth, predicted, party, coded)}
    figures["confusion"] = [
        [int(((truth == a) & (predicted == b) & coded).sum()) for b in range(3)] for a in range(3)
    ]
    of_coded_files = {
        "round": np.array([document.round for document in documents]),
        "region": np.array([region_of(each) for each in party]),
    }
    of_all_files = {
        "language": np.array([document.language for document in documents]),
        "kind": np.array([document.kind for document in documents]),
    }
    for groups, chosen in ((of_coded_files, coded), (of_all_files, np.ones_like(coded))):
        for group, values in groups.items():
            figures[group] = {
                str(name): _agreement(truth, predicted, party, inside)
                for name in np.unique(values)
                if (inside := chosen & (values == name)).any()
            }
    figures["pdf_as_html"] = _same_level(documents, predicted, _html_of_same_language)
    figures["original_as_translation"] = _same_level(documents, predicted, _coded_of_original)
    figures["baselines"] = _level_baselines(documents, truth, party, coded)
    figures["reliability"] = {
        name: reliability(truth[coded] >= level, predictions.probabilities[coded, level:].sum(axis=1))
        for name, level in (("at least moderate", 1), ("strong", 2))
    }
    figures["prediction_set"] = _set_figures(predictions, truth, party, coded)
    if predictions.forward is not None:
        figures["last_round_by_earlier_ones"] = _forward_figures(*predictions.forward)
    return figures


def _level_baselines(
    documents: Sequence[ScoredVersion],
    truth: NDArray[np.int64],
    party: NDArray[np.str_],
    coded: NDArray[np.bool_],
) -> dict[str, Any]:
    """The largest class, and cut points on counts that were fitted to other Parties' coded documents."""
    rows = np.flatnonzero(coded)
    folds = np.array([fold_of(str(each), Recipe().folds) for each in party[rows]])
    said = {"majority": np.full(len(truth), np.bincount(truth[coded]).argmax())}
    for name, counts in (
        ("keywords", np.array([document.keywords for document in documents])),
        ("lexicon", np.array([document.terms for document in documents])),
    ):
        said[name] = np.zeros(len(truth), dtype=np.int64)
        said[name][rows] = out_of_fold_levels(counts[rows], truth[rows], folds)
    return {name: _agreement(truth, predicted, party, coded) for name, predicted in said.items()}


def _set_figures(
    predictions: Predictions, truth: NDArray[np.int64], party: NDArray[np.str_], coded: NDArray[np.bool_]
) -> dict[str, Any]:
    """How often the prediction set holds the true level, and how many levels it names."""
    rows = np.flatnonzero(coded)
    rounds = np.array([predictions.documents[row].round for row in rows])
    return _of_sets(
        predictions.probabilities[rows],
        truth[rows],
        predictions.mass[rows],
        party[rows],
        rounds,
        predictions.coverage,
    )


def _of_sets(
    probabilities: Floats,
    truth: NDArray[np.int64],
    mass: Floats,
    party: NDArray[np.str_],
    rounds: NDArray[np.str_],
    stated: float,
) -> dict[str, Any]:
    sets = [prediction_set(row, float(limit)) for row, limit in zip(probabilities, mass, strict=True)]
    holds = np.array([LEVELS[level] in each for level, each in zip(truth, sets, strict=True)])
    return {
        "stated": stated,
        "measured": asdict(with_interval(lambda drawn: float(holds[drawn].mean()), party)),
        "measured_by_round": {
            str(name): round(float(holds[rounds == name].mean()), 4) for name in np.unique(rounds)
        },
        "mass": round(float(np.median(mass)), 4),
        "levels_named": round(float(np.mean([len(each) for each in sets])), 4),
        "undecided": round(float(np.mean([len(each) > 1 for each in sets])), 4),
    }


def sets_on_scale(trained: TrainingResult, scale: Scale) -> dict[str, Any]:
    """How often the sets of a scale hold the level, with thresholds from other folds; as `_set_figures`."""
    versions = (*trained.documents, *trained.graded)
    probabilities = trained.by_scale[scale]
    rows = np.array(read_versions(versions, scale))
    chosen = [versions[int(row)] for row in rows]
    truth = np.array([each.levels[scale] for each in chosen])
    rounds = np.array([each.round for each in chosen])
    fold = np.array([fold_of(each.party, trained.recipe.folds) for each in chosen])
    of_fold = _thresholds(probabilities[rows], truth, rounds, fold, trained.recipe.coverage)
    mass = np.array([of_fold[int(each)] for each in fold])
    return _of_sets(
        probabilities[rows],
        truth,
        mass,
        np.array([each.party for each in chosen]),
        rounds,
        trained.recipe.coverage,
    )


def _forward_figures(documents: Sequence[ScoredVersion], probabilities: Floats) -> dict[str, Any]:
    chosen = np.array([document.is_coded_version for document in documents])
    truth = np.array([document.level for document in documents])
    party = np.array([document.party for document in documents])
    figures = _agreement(truth, probabilities.argmax(axis=1), party, chosen)
    return {"round": documents[0].round} | figures


def _evidence_figures(predictions: Predictions) -> dict[str, Any]:
    """Of the best ten passages of strong and moderate documents, as far as they were coded: the share coded E or I."""
    chosen = [
        document for document in predictions.documents if document.is_coded_version and document.level > 0
    ]
    urban = np.array([sum(code in URBAN_CODES for code in document.top_codes) for document in chosen])
    coded = np.array([len(document.top_codes) for document in chosen])
    party = np.array([document.party for document in chosen])
    named = sum(document.top_passages for document in chosen)
    return {
        "share": asdict(
            with_interval(lambda rows: float(urban[rows].sum() / max(coded[rows].sum(), 1)), party)
        ),
        "documents": len(chosen),
        "passages": named,
        "of_them_coded": int(coded.sum()),
    }


def weighted_kappa(truth: NDArray[Any], predicted: NDArray[Any]) -> float:
    """Quadratic weighted kappa of level numbers; NaN where chance alone gives full agreement."""
    return kappa(confusion(truth, predicted, len(LEVELS)), "ordinal")


def _agreement(
    truth: NDArray[Any], predicted: NDArray[Any], party: NDArray[np.str_], chosen: NDArray[np.bool_]
) -> dict[str, Any]:
    rows = np.flatnonzero(chosen)
    figure = with_interval(
        lambda drawn: weighted_kappa(truth[rows][drawn], predicted[rows][drawn]), party[rows]
    )
    same = truth[rows] == predicted[rows]
    return {
        "kappa": asdict(figure),
        "accuracy": asdict(with_interval(lambda drawn: float(same[drawn].mean()), party[rows])),
        "off_by_two": int((abs(truth[rows] - predicted[rows]) == 2).sum()),
        "documents": len(rows),
    }


OtherVersion = Callable[[ScoredVersion, Sequence[ScoredVersion]], ScoredVersion | None]


def _html_of_same_language(one: ScoredVersion, others: Sequence[ScoredVersion]) -> ScoredVersion | None:
    """For a PDF the HTML of the same document and language."""
    if one.kind != "pdf":
        return None
    return next((each for each in others if each.kind == "html" and each.language == one.language), None)


def _coded_of_original(one: ScoredVersion, others: Sequence[ScoredVersion]) -> ScoredVersion | None:
    """For a file in another language the translation that was coded."""
    return next((each for each in others if each.is_coded_version and each.language != one.language), None)


def _of_one_size(one: ScoredVersion, other: ScoredVersion) -> bool:
    """Whether two files may hold the same text: a cover letter and an NDC do not."""
    shorter, longer = sorted((one.characters, other.characters))
    return longer <= DIFFERENT_TEXT * max(shorter, 1)


def _same_level(
    documents: Sequence[ScoredVersion], predicted: NDArray[np.int64], other_of: OtherVersion
) -> dict[str, Any]:
    """How often a file gets the same level as the other version of it, by the file's language."""
    versions: dict[str, list[ScoredVersion]] = {}
    for document in documents:
        versions.setdefault(document.document, []).append(document)
    level = {document.sha256: int(value) for document, value in zip(documents, predicted, strict=True)}
    groups: dict[str, list[bool]] = {}
    for document in documents:
        other = other_of(document, versions[document.document])
        if other is not None and _of_one_size(document, other):
            same = level[document.sha256] == level[other.sha256]
            groups.setdefault(document.language, []).append(same)
            groups.setdefault("all", []).append(same)
    return {
        name: {"share": round(float(np.mean(same)), 4), "files": len(same)}
        for name, same in sorted(groups.items())
    }


def summary_lines(figures: Mapping[str, Any]) -> Sequence[str]:
    """The main figures in words, for the terminal."""
    levels, passages = figures["levels"]["all"], figures["passages"][BOTH]
    return [
        f"Level, quadratic weighted kappa: {Figure(**levels['kappa'])} on {levels['documents']} documents",
        f"Level, accuracy: {Figure(**levels['accuracy'])}; off by two levels: {levels['off_by_two']}",
        f"Passages, average precision: {Figure(**passages['average_precision'])}, "
        f"calibration error {passages['calibration_error']:.3f}, sector macro F1 {passages['sector_macro_f1']:.3f}, "
        f"strand {passages['strand_accuracy']:.3f}, role {passages['role_accuracy']:.3f}",
        f"Evidence, best ten passages coded E or I: {Figure(**figures['evidence']['share'])}",
    ]
