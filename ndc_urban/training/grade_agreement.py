"""How far levels agree with UN-Habitat's grades, for documents and for Parties.

Compared are the model's levels on each of its scales, the readers' labels, and two baselines: a plain count of urban
passages and of passages with a key word, with cut points that were fitted to other Parties' grades. A level of the
model always comes from a model that had not seen the Party: the out-of-fold prediction that its folder keeps, or, for a
Party that is new to it, its own reading of the text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from ndc_urban.codebook import LEVELS, Scale
from ndc_urban.corpus.register import Collection
from ndc_urban.errors import ReadingError, UsageError
from ndc_urban.grades import ROUND_OF, PartyGrades
from ndc_urban.identity import party_of
from ndc_urban.model.out_of_fold import OutOfFold
from ndc_urban.model.passage_model import Floats
from ndc_urban.model.urban_model import UrbanModel
from ndc_urban.reading import read
from ndc_urban.segment import segment
from ndc_urban.statistics import confusion, kappa, with_interval
from ndc_urban.training.baselines import counted, keyword_hits, out_of_fold_levels
from ndc_urban.training.graded import GradedDocument, GradedRounds, graded_rounds
from ndc_urban.training.level_fit import fold_of

Integers = NDArray[np.int64]

BASELINE_FOLDS = 8
"""Folds of Parties in which the cut points of the baselines are fitted; as many as a training has."""
LEAST_DOCUMENTS = 10
"""With fewer graded documents in a round its figures would say little, and none are given."""


@dataclass(frozen=True)
class ReadGraded:
    """A graded document as it was read without its Party.

    `probabilities` holds those of low, moderate and strong by scale; `has_means` says whether means of
    implementation were found; `label` is the readers' level number, None if they did not code it.
    """

    graded: GradedDocument
    probabilities: Mapping[Scale, tuple[float, float, float]]
    urban_passages: float
    keywords: float
    has_means: bool
    label: int | None

    def level_on(self, scale: Scale) -> int:
        """The number of the likeliest level."""
        return int(np.argmax(self.probabilities[scale]))

    def expected_on(self, scale: Scale) -> float:
        """The expected level number, 0 to 2: finer than the level, to rank documents by."""
        return float(np.dot(self.probabilities[scale], np.arange(len(LEVELS))))


@dataclass(frozen=True)
class GradedReadings:
    """All graded documents that could be read, and those that could not, by reason and round."""

    read: tuple[ReadGraded, ...]
    left_out: Mapping[str, Mapping[str, tuple[str, ...]]]


def read_graded(
    model: UrbanModel,
    out_of_fold: Mapping[str, OutOfFold],
    grades: Mapping[str, PartyGrades],
    panel: Path,
    *,
    corpus: Path | None = None,
    labels: Mapping[str, str] | None = None,
) -> GradedReadings:
    """Each graded document with what a model says of it that had not seen its Party.

    `out_of_fold` are the out-of-fold predictions of the model's folder; texts of other Parties are read from the folder
    `corpus`. `labels` are the readers' levels by document. Raises `UsageError` if nothing can be compared.
    """
    joined = graded_rounds(grades, panel)
    collection = None if corpus is None else Collection(corpus)
    by_document = {each.document: each for each in out_of_fold.values() if not each.is_coded_version}
    by_document |= {each.document: each for each in out_of_fold.values() if each.is_coded_version}
    left_out: dict[str, dict[str, list[str]]] = {name: {} for name in ROUND_OF.values()}
    found: list[ReadGraded] = []
    for name, parties in joined.without_document.items():
        if parties:
            left_out[name][_why_missing(joined, name)] = list(parties)
    for graded in joined.documents:
        label = (labels or {}).get(graded.document)
        kept = out_of_fold.get(graded.sha256) or by_document.get(graded.document)
        if kept is not None:
            found.append(_kept(graded, kept, label))
            continue
        read_now = _read_now(graded, model, collection, label)
        if isinstance(read_now, str):
            left_out[graded.round].setdefault(read_now, []).append(party_of(graded.document))
        else:
            found.append(read_now)
    if not found:
        raise UsageError(
            "No graded document can be compared: the model keeps no out-of-fold level of any, and no text was given.",
            remedy="Give the folder with the documents: --corpus FOLDER.",
        )
    return GradedReadings(
        tuple(found),
        {
            name: {why: tuple(sorted(parties)) for why, parties in reasons.items()}
            for name, reasons in left_out.items()
        },
    )


def _why_missing(joined: GradedRounds, name: str) -> str:
    there = any(graded.round == name for graded in joined.documents)
    return "the panel has no text of it" if there else f"the panel has no round {name}"


def _kept(graded: GradedDocument, kept: OutOfFold, label: str | None) -> ReadGraded:
    level = kept.coded_level or label
    return ReadGraded(
        graded,
        kept.probabilities,
        kept.urban_passages,
        kept.keywords,
        kept.has_means,
        LEVELS.index(level) if level in LEVELS else None,
    )


def _read_now(
    graded: GradedDocument, model: UrbanModel, collection: Collection | None, label: str | None
) -> ReadGraded | str:
    """What the model says of a Party that is new to it, or why it says nothing."""
    if party_of(graded.document) in model.parties:
        return "the model was trained on this Party, and keeps no out-of-fold level of the document"
    if collection is None:
        return "its text is needed: give --corpus"
    try:
        document = read(collection.path(graded.file), ocr="never")
    except ReadingError as error:
        return f"its text could not be read ({error.code})"
    passages = segment(document)
    assessment = model.assess(document)
    levels = (assessment.on_scale, *assessment.on_other_scales)
    return ReadGraded(
        graded,
        {each.scale: each.probabilities for each in levels},
        assessment.urban_passages,
        float(np.expm1(counted([keyword_hits(passage) for passage in passages]))),
        bool(assessment.means),
        LEVELS.index(label) if label in LEVELS else None,
    )


def agreement_with_grades(readings: GradedReadings, scales: Sequence[Scale]) -> dict[str, Any]:
    """All figures as plain data, by round and basis (documents or Parties)."""
    rounds: dict[str, Any] = {}
    for name in ROUND_OF.values():
        of_round = [each for each in readings.read if each.graded.round == name]
        rounds[name] = {
            "documents": len(of_round),
            "parties": sum(len(each.graded.grades) for each in of_round),
            "left_out": {why: list(parties) for why, parties in readings.left_out.get(name, {}).items()},
        }
        if len(of_round) >= LEAST_DOCUMENTS:
            rounds[name] |= {
                "by_documents": _figures(of_round, scales, per_party=False),
                "by_parties": _figures(of_round, scales, per_party=True),
                "means_of_implementation": _means(of_round),
            }
    return {"grades": rounds, "scales": list(scales)}


def _figures(read: Sequence[ReadGraded], scales: Sequence[Scale], *, per_party: bool) -> dict[str, Any]:
    """For each kind of level its agreement with the grades; a row for each document or for each Party."""
    rows = [
        (each, grade)
        for each in read
        for grade in (each.graded.grades.values() if per_party else (each.graded.grade,))
    ]
    truth = np.array([LEVELS.index(grade.level) for _, grade in rows])
    steps = np.array([grade.step for _, grade in rows])
    # Parties that share a document are drawn together: the members of the European Union.
    cluster = np.array([party_of(each.graded.document) for each, _ in rows])
    folds = np.array([fold_of(str(party), BASELINE_FOLDS) for party in cluster])
    figures: dict[str, Any] = {"units": len(rows)}
    for scale in scales:
        levels = np.array([each.level_on(scale) for each, _ in rows])
        ranks = np.array([each.expected_on(scale) for each, _ in rows])
        figures[f"model, scale {scale}"] = _agreement(truth, levels, steps, ranks, cluster)
    for name, counts in (
        ("count of urban passages", np.array([each.urban_passages for each, _ in rows], dtype=np.float64)),
        ("key words", np.array([each.keywords for each, _ in rows], dtype=np.float64)),
    ):
        levels = out_of_fold_levels(np.log1p(counts), truth, folds)
        figures[f"baseline: {name}"] = _agreement(truth, levels, steps, counts, cluster)
    coded = np.array([each.label is not None for each, _ in rows])
    if coded.sum() >= LEAST_DOCUMENTS:
        labels = np.array([each.label for each, _ in rows if each.label is not None])
        figures["readers' labels"] = _agreement(
            truth[coded], labels, steps[coded], labels.astype(np.float64), cluster[coded]
        )
    return figures


def _agreement(
    truth: Integers, levels: Integers, steps: Integers, ranks: Floats, cluster: NDArray[np.str_]
) -> dict[str, Any]:
    """Kappa with quadratic weights, accuracy, both cuts, shares, and Spearman's correlation with the seven steps."""

    def share_of(values: NDArray[np.bool_]) -> dict[str, Any]:
        return asdict(with_interval(lambda rows: float(values[rows].mean()), cluster))

    def agreement(rows: NDArray[np.intp]) -> float:
        return kappa(confusion(truth[rows], levels[rows], len(LEVELS)), "ordinal")

    return {
        "units": len(truth),
        "kappa": asdict(with_interval(agreement, cluster)),
        "accuracy": share_of(truth == levels),
        "at_least_moderate_or_not": share_of((truth > 0) == (levels > 0)),
        "strong_or_not": share_of((truth > 1) == (levels > 1)),
        "off_by_two": int((abs(truth - levels) == 2).sum()),
        "strong_share": {"graded": _share(truth > 1), "said": _share(levels > 1)},
        "at_least_moderate_share": {"graded": _share(truth > 0), "said": _share(levels > 0)},
        "rank_correlation": asdict(with_interval(lambda rows: _spearman(steps[rows], ranks[rows]), cluster)),
    }


def _share(values: NDArray[np.bool_]) -> float:
    return round(float(values.mean()), 4)


def _spearman(first: NDArray[Any], second: NDArray[Any]) -> float:
    if len(set(first.tolist())) < 2 or len(set(second.tolist())) < 2:
        return float("nan")
    return float(np.corrcoef(rankdata(first), rankdata(second))[1, 0])  # `spearmanr` would add a p-value


def _means(read: Sequence[ReadGraded]) -> dict[str, Any]:
    """How often means of implementation were found where the grade has a "+" and where it has none."""
    known = [(each, each.graded.grade.has_means) for each in read if each.graded.grade.has_means is not None]
    found = {plus: [each.has_means for each, has in known if has is plus] for plus in (True, False)}
    cluster = np.array([party_of(each.graded.document) for each, _ in known])
    same = np.array([each.has_means is has for each, has in known])
    return {
        "documents": len(known),
        "with_plus": {"documents": len(found[True]), "found": sum(found[True])},
        "without_plus": {"documents": len(found[False]), "found": sum(found[False])},
        "accuracy": asdict(with_interval(lambda rows: float(same[rows].mean()), cluster)) if known else None,
    }
