"""Is a new model better than the current one (the champion)? Both are measured on the same documents and folds.

The old model's weights have seen most of its Parties, so it is the old model's *training* that is compared: its recipe
and its labels, fitted again without each fold of Parties in turn, beside the new recipe and labels without the same
fold. Both then predict every document of the new annotations, without having seen its Party. The difference has a
percentile interval of a paired bootstrap over Parties.

Better is the new model only if the interval of the figure chosen beforehand lies above zero and no figure is
significantly worse; else the current one is kept. Only independent labels measure: see `ndc_urban.labels.independence`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ndc_urban.codebook import CODES, LEVELS, URBAN_CODES
from ndc_urban.counting import agreeing
from ndc_urban.errors import UsageError
from ndc_urban.labels.independence import independent
from ndc_urban.model.passage_model import URBAN_FROM, Floats, PassageModel
from ndc_urban.model.urban_model import UrbanModel
from ndc_urban.statistics import ROUNDS, Metric, defined, interval
from ndc_urban.training.average_precision import AveragePrecision
from ndc_urban.training.dataset import CodedDocument, Dataset, LabelledPassage
from ndc_urban.training.evaluation import weighted_kappa
from ndc_urban.training.level_fit import fit_levels, fold_of
from ndc_urban.training.scored_versions import scored_versions
from ndc_urban.training.train import (
    HEADS_OF,
    Recipe,
    Say,
    TrainingResult,
    train,
)
from ndc_urban.training.training_labels import (
    Changes,
    TrainingLabels,
    as_trained_on,
    changes,
    explained,
    training_labels_of,
)

Verdict = Literal["better", "no detectable difference", "worse", "not comparable"]
VERDICTS: Mapping[Verdict, str] = {
    "better": "The new model is better than the current one.",
    "no detectable difference": "There is no detectable difference between the new model and the current one.",
    "worse": "The new model is worse than the current one.",
    "not comparable": "The two cannot be compared: the annotations lack too many labels of the current model.",
}
ChosenFigure = Literal["levels", "passages"]
"""The figure that decides, chosen before the comparison: kappa of levels, or average precision of passages."""
MOST_GONE = 0.05
"""If more than this share of its labels is missing, the training of the current model cannot be measured; a
few are lost whenever a reader changes. Chosen by eye."""
FEWEST_PARTIES = 6
"""No difference is significant that rests on fewer Parties with other predictions: a sign test of five that all agree
has p = 0.06, and the bootstrap of so few has intervals that are too narrow."""
PASSAGE_SHARE = 5
"""Figures over passages get a fifth of the rounds of the bootstrap, as each round takes long over many passages."""
KAPPA, PRECISION = "Level, quadratic weighted kappa", "Passages, average precision"
Figure = Callable[[Any, NDArray[np.intp]], float]


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of the current and of the new model over the same units, and the difference with its 95% interval.

    None where a figure is not defined. `parties` counts the Parties for which the two predict something else.
    """

    champion: float | None
    new: float | None
    difference: float | None
    low: float | None
    high: float | None
    units: int
    parties: int = 0

    @property
    def significantly_better(self) -> bool:
        """Whether the interval lies above zero and rests on enough Parties."""
        return self.low is not None and self.low > 0 and self.parties >= FEWEST_PARTIES

    @property
    def significantly_worse(self) -> bool:
        """Whether the interval lies below zero and rests on enough Parties."""
        return self.high is not None and self.high < 0 and self.parties >= FEWEST_PARTIES

    @property
    def finding(self) -> str:
        """How the new model is beside the current one, in words."""
        if self.significantly_better:
            return "significantly better"
        return "significantly worse" if self.significantly_worse else "not detectably different"

    def __str__(self) -> str:
        if self.champion is None or self.new is None or self.difference is None:
            return f"not defined on {self.units}"
        interval = "" if self.low is None else f" ({self.low:+.3f} to {self.high:+.3f})"
        return f"current {self.champion:.3f}, new {self.new:.3f}: {self.difference:+.3f}{interval}, on {self.units}"


@dataclass(frozen=True)
class UnseenPredictions:
    """What a way of training predicts for documents and passages of Parties that it has not seen.

    `levels` holds level numbers, shape (documents,); `p_urban` has the shape (passages,).
    """

    levels: NDArray[np.int64]
    p_urban: Floats


@dataclass(frozen=True)
class Comparison:
    """The current and the new model on the same units; `verdict` says which of them to keep."""

    level_kappa: Difference
    level_accuracy: Difference
    passage_precision: Difference
    documents_by_labels: Mapping[str, Difference]
    passages_by_code: Mapping[str, Difference]
    moved: tuple[Mapping[str, str], ...]
    changes: Changes
    champion_labels_known: bool
    verdict: Verdict
    chosen: ChosenFigure = "levels"
    not_independent: tuple[int, int] = (0, 0)
    """Passages and documents that were left out, as their labels are not independent of a model."""

    @property
    def replaces(self) -> bool:
        """Whether the new model may replace the current one."""
        return self.verdict == "better"

    @property
    def figures(self) -> Mapping[str, tuple[Difference, str]]:
        """Every figure with its unit, by its name."""
        named = {
            KAPPA: (self.level_kappa, "documents"),
            "Level, accuracy": (self.level_accuracy, "documents"),
            PRECISION: (self.passage_precision, "passages"),
        }
        named |= {
            f"Level, accuracy, {name}": (each, "documents") for name, each in self.documents_by_labels.items()
        }
        return named | {
            f"Urban or not, right on code {name}": (each, "passages")
            for name, each in self.passages_by_code.items()
        }

    @property
    def losses(self) -> tuple[str, ...]:
        """The figures that are significantly worse."""
        return tuple(name for name, (each, _) in self.figures.items() if each.significantly_worse)

    def as_data(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "verdict": self.verdict,
            "decided_by": self.chosen,
            "losses": list(self.losses),
            "not_independent": dict(zip(("passages", "documents"), self.not_independent, strict=True)),
            "levels": {"kappa": asdict(self.level_kappa), "accuracy": asdict(self.level_accuracy)},
            "passages": {"average_precision": asdict(self.passage_precision)},
            "documents_by_labels": {name: asdict(each) for name, each in self.documents_by_labels.items()},
            "passages_by_code": {name: asdict(each) for name, each in self.passages_by_code.items()},
            "moved_documents": [dict(each) for each in self.moved],
            "labels": _counts(self.changes),
            "champion_labels_known": self.champion_labels_known,
        }

    def lines(self) -> list[str]:
        """The comparison in words."""
        counts = _counts(self.changes)
        why = Counter(each.reason for each in self.changes.missing)
        lines = [
            f"Labels: {counts['new']} new, {counts['changed']} changed, {counts['removed']} missing; "
            f"documents: {len(counts['new_documents'])} new, {len(counts['changed_levels'])} with another level, "
            f"{len(counts['removed_documents'])} missing"
        ]
        lines += [
            f"{count} of these {agreeing(count, 'is', 'are')} missing because {reason}"
            for reason, count in why.most_common()
        ]
        if not self.champion_labels_known:
            lines.append(
                "The current model has no record of its labels: the labels of its documents are taken as they are now"
            )
        if any(self.not_independent):
            lines.append(
                "Not measured on {} passages and {} documents, whose labels are a model's or kept suggestions "
                "unseen".format(*self.not_independent)
            )
        lines += [f"{name}: {each} {unit}" for name, (each, unit) in self.figures.items()]
        lines += [
            f"{each['document']} ({each['labels']}): coded {each['coded']}, current model "
            f"{each['champion']}, new model {each['new']}"
            for each in self.moved
        ]
        return [*lines, *self._reasons(), VERDICTS[self.verdict]]

    def _reasons(self) -> Iterator[str]:
        """Why the verdict is what it is."""
        if self.verdict == "not comparable":
            return
        name = KAPPA if self.chosen == "levels" else PRECISION
        chosen = self.level_kappa if self.chosen == "levels" else self.passage_precision
        yield f"The figure that decides, chosen beforehand, is: {name}. On it the new model is {chosen.finding}"
        if not chosen.significantly_better and chosen.low is not None and chosen.low > 0:
            yield (
                f"The two differ on {chosen.parties} Parties only; with fewer than {FEWEST_PARTIES}, no difference is "
                "significant"
            )
        if self.losses:
            yield f"Significantly worse: {'; '.join(self.losses)}"

    def missing_lines(self) -> list[str]:
        """Each label of the current model that is missing, with the reason."""
        return list(map(str, self.changes.missing))


def train_and_compare(
    champion: UrbanModel,
    recorded: TrainingLabels | None,
    dataset: Dataset,
    recipe: Recipe,
    *,
    chosen: ChosenFigure = "levels",
    say: Say = lambda line: None,
) -> tuple[TrainingResult, Comparison]:
    """Trains on a data set and compares with the training of the current model, fold by fold; `chosen` decides.

    `recorded` are the labels that the current model was trained on; without them those of its documents are taken from
    the data set. Raises `UsageError` if none of its documents are in the data set.
    """
    known = recorded if recorded is not None else _assumed(champion, dataset)
    old_dataset = as_trained_on(dataset, known)
    if not old_dataset.documents:
        raise UsageError(
            "The annotations contain none of the documents that the current model was trained on.",
            remedy="Give its annotations too: --annotations may be given several times.",
        )
    say("training the new model")
    new = train(dataset, recipe, say=say)
    changed = explained(changes(known, training_labels_of(dataset, known)), known, dataset)
    old_recipe = recipe_of(champion, recipe)
    if old_recipe == replace(recipe, name=old_recipe.name) and not changed.any:
        old = new
    else:
        say("training on the labels of the current model, in the same folds")
        old = train(old_dataset, old_recipe, say=say)
    say("comparing")
    every = tuple(each for each in dataset.passages if not each.carried)
    coded, documents = _measuring(every, dataset.documents)
    measured = replace(dataset, documents=documents)
    predictions = predictions_of(old, measured, coded), predictions_of(new, measured, coded)
    comparison = replace(
        compare(*predictions, measured, coded, changed, known=recorded is not None, chosen=chosen),
        not_independent=(len(every) - len(coded), len(dataset.documents) - len(documents)),
    )
    gone = sum(map(len, changed.removed.values())) / max(sum(map(len, known.passages.values())), 1)
    if max(gone, len(changed.removed_documents) / len(known.levels)) > MOST_GONE:
        comparison = replace(comparison, verdict="not comparable")
    return new, comparison


def _measuring(
    coded: Sequence[LabelledPassage], documents: Sequence[CodedDocument]
) -> tuple[tuple[LabelledPassage, ...], tuple[CodedDocument, ...]]:
    """The passages and documents whose labels are independent of any model."""
    labels = {id(label) for label in independent(each.label for each in coded)}
    levels = {id(level) for level in independent(each.label for each in documents)}
    found = tuple(each for each in coded if id(each.label) in labels)
    measured = tuple(each for each in documents if id(each.label) in levels)
    if not found or not measured:
        raise UsageError(
            "No label is independent of a model, so nothing can be compared.",
            remedy="Give labels of coders who read the passages, best without suggestions.",
        )
    return found, measured


def recipe_of(champion: UrbanModel, recipe: Recipe) -> Recipe:
    """How the current model was trained, by its configuration; the folds are those of the new recipe."""
    details = champion.details
    return replace(
        recipe,
        name=champion.name,
        min_parties=int(details.get("min_parties", recipe.min_parties)),
        level_penalty=float(details.get("level_penalty", recipe.level_penalty)),
        coverage=champion.coverage,
    )


def _assumed(champion: UrbanModel, dataset: Dataset) -> TrainingLabels:
    full = training_labels_of(dataset)
    mine = {
        document.name for document in dataset.documents if document.files & champion.known.party_of.keys()
    }
    return TrainingLabels(
        {name: level for name, level in full.levels.items() if name in mine},
        {name: passages for name, passages in full.passages.items() if name in mine},
    )


def predictions_of(
    trained: TrainingResult, dataset: Dataset, coded: Sequence[LabelledPassage]
) -> UnseenPredictions:
    """The predictions of the models of the folds for the Parties that they were fitted without."""
    folds = trained.recipe.folds
    extractor = trained.model.passage_model.extractor
    models = [
        PassageModel({name: fit.by_fold[fold] for name, fit in trained.fits.items()}, HEADS_OF, extractor)
        for fold in range(folds)
    ]
    as_coded = Dataset(
        (), tuple(replace(document, versions=document.versions[:1]) for document in dataset.documents)
    )
    versions = scored_versions(as_coded, lambda party: models[fold_of(party, folds)])
    levels = np.zeros(len(versions), dtype=np.int64)
    p_urban = np.zeros(len(coded))
    fold_of_document = np.array([fold_of(each.party, folds) for each in versions])
    fold_of_passage = np.array([fold_of(each.party, folds) for each in coded])
    for fold in range(folds):
        rows = np.flatnonzero(fold_of_document == fold)
        if len(rows):
            others = [each for each in trained.documents if fold_of(each.party, folds) != fold]
            model = fit_levels(others, trained.recipe.level_penalty)
            inputs = np.array([versions[int(row)].features for row in rows])
            levels[rows] = model.probabilities(inputs, "codebook").argmax(axis=1)
        rows = np.flatnonzero(fold_of_passage == fold)
        if len(rows):
            p_urban[rows] = models[fold].score([coded[int(row)].passage for row in rows]).p_urban
    return UnseenPredictions(levels, p_urban)


def compare(
    old: UnseenPredictions,
    new: UnseenPredictions,
    dataset: Dataset,
    coded: Sequence[LabelledPassage],
    changed: Changes,
    *,
    known: bool,
    chosen: ChosenFigure = "levels",
    rounds: int = ROUNDS,
) -> Comparison:
    """The figures of two ways of training over the same documents and passages."""
    documents = dataset.documents
    truth = np.array([LEVELS.index(document.label.level) for document in documents])
    parties = np.array([document.party for document in documents])
    kinds = np.array([_kind(document.name, changed) for document in documents])
    kappa = paired(
        lambda said, rows: weighted_kappa(truth[rows], said[rows]), old.levels, new.levels, parties, rounds
    )

    def accuracy(chosen: NDArray[np.bool_]) -> Difference:
        at = np.flatnonzero(chosen)
        return paired(
            lambda said, rows: float((said[rows] == truth[at][rows]).mean()),
            old.levels[at],
            new.levels[at],
            parties[at],
            rounds,
        )

    precision, by_code = _compare_passages(old, new, coded, rounds // PASSAGE_SHARE)
    comparison = Comparison(
        level_kappa=kappa,
        level_accuracy=accuracy(np.ones(len(truth), dtype=bool)),
        passage_precision=precision,
        documents_by_labels={str(kind): accuracy(kinds == kind) for kind in np.unique(kinds)},
        passages_by_code=by_code,
        moved=tuple(
            {
                "document": documents[int(row)].name,
                "labels": str(kinds[row]),
                "coded": LEVELS[int(truth[row])],
                "champion": LEVELS[int(old.levels[row])],
                "new": LEVELS[int(new.levels[row])],
            }
            for row in np.flatnonzero(old.levels != new.levels)
        ),
        changes=changed,
        champion_labels_known=known,
        verdict="no detectable difference",
        chosen=chosen,
    )
    return replace(comparison, verdict=verdict(kappa if chosen == "levels" else precision, comparison.losses))


def _compare_passages(
    old: UnseenPredictions, new: UnseenPredictions, coded: Sequence[LabelledPassage], rounds: int
) -> tuple[Difference, dict[str, Difference]]:
    """Average precision over all coded passages, and by code how often urban or not is right."""
    codes = np.array([each.label.code for each in coded])
    urban = np.isin(codes, list(URBAN_CODES))
    parties = np.array([each.party for each in coded])

    def precision_of(said: Floats) -> Metric:
        precision = AveragePrecision(urban, said)
        return lambda rows: precision(rows) if urban[rows].any() else np.nan

    precision = replace(
        difference(precision_of(old.p_urban), precision_of(new.p_urban), parties, rounds),
        parties=_parties_apart(old.p_urban, new.p_urban, parties),
    )

    def right(code: str) -> Difference:
        at = np.flatnonzero(codes == code)
        return paired(
            lambda said, rows: float(((said[rows] >= URBAN_FROM) == urban[at][rows]).mean()),
            old.p_urban[at],
            new.p_urban[at],
            parties[at],
            rounds,
        )

    return precision, {code: right(code) for code in CODES if code in codes}


def verdict(chosen: Difference, losses: Sequence[str]) -> Verdict:
    """Better if the chosen figure is significantly better and none significantly worse; worse if the chosen one is."""
    if chosen.significantly_worse:
        return "worse"
    return "better" if chosen.significantly_better and not losses else "no detectable difference"


def paired(figure: Figure, old: Any, new: Any, parties: NDArray[np.str_], rounds: int) -> Difference:
    """A figure of both over the same rows, and the difference; `figure` takes what was said and row numbers."""
    found = difference(lambda rows: figure(old, rows), lambda rows: figure(new, rows), parties, rounds)
    return replace(found, parties=_parties_apart(old, new, parties))


def _parties_apart(old: Any, new: Any, parties: NDArray[np.str_]) -> int:
    """For how many Parties the two predict something else."""
    return len(set(parties[np.asarray(old) != np.asarray(new)].tolist()))


def difference(old: Metric, new: Metric, parties: NDArray[np.str_], rounds: int) -> Difference:
    """Two metrics of the same rows, and the difference; how many Parties it rests on is not counted here."""
    everything = np.arange(len(parties))
    if not len(everything):
        return Difference(None, None, None, None, None, 0)
    low, high = interval(lambda rows: new(rows) - old(rows), parties, rounds)
    before, after = old(everything), new(everything)
    return Difference(
        champion=defined(before),
        new=defined(after),
        difference=defined(after - before),
        low=defined(low),
        high=defined(high),
        units=len(everything),
    )


def _kind(document: str, changed: Changes) -> str:
    if document in changed.new_documents:
        return "new documents"
    touched = (changed.new, changed.changed, changed.removed, changed.changed_levels)
    return "documents with changed labels" if any(document in each for each in touched) else "other documents"


def _counts(changed: Changes) -> dict[str, Any]:
    def by_code(codes: Sequence[str]) -> dict[str, int]:
        return {code: codes.count(code) for code in CODES if code in codes}

    new = [attributes[0] for each in changed.new.values() for attributes in each]
    gone = [attributes[0] for each in changed.removed.values() for _, attributes in each]
    altered = [f"{old[0]} to {now[0]}" for each in changed.changed.values() for old, now in each]
    return {
        "new": len(new),
        "changed": len(altered),
        "removed": len(gone),
        "new_by_code": by_code(new),
        "removed_by_code": by_code(gone),
        "changed_by_code": {what: altered.count(what) for what in sorted(set(altered))},
        "by_document": {
            name: {
                "new": len(changed.new.get(name, ())),
                "changed": len(changed.changed.get(name, ())),
                "removed": len(changed.removed.get(name, ())),
            }
            for name in sorted({*changed.new, *changed.changed, *changed.removed})
        },
        "new_documents": list(changed.new_documents),
        "removed_documents": list(changed.removed_documents),
        "missing": [asdict(each) for each in changed.missing],
        "changed_levels": {name: list(levels) for name, levels in changed.changed_levels.items()},
    }
