"""Compares level models: which features, which penalty, and whose grades they are fitted to.

    python benchmarks/level_features.py --annotations FOLDER --corpus CORPUS --grades FILE

Every figure is on Parties that the models had not seen: passages are scored by cross-fitting, and the level model is
fitted without each fold of Parties in turn, in several divisions into folds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from files_to_measure import described_parser

from ndc_urban.codebook import Scale
from ndc_urban.corpus.register import Collection
from ndc_urban.model.level_model import LEVEL_FEATURES
from ndc_urban.model.passage_model import Floats
from ndc_urban.training.evaluation import weighted_kappa
from ndc_urban.training.level_fit import fit_levels, read_versions
from ndc_urban.training.scored_versions import ScoredVersion
from ndc_urban.training.train import Recipe, train
from ndc_urban.training.workflow import read_dataset

FIVE = ("explicit", "top", "titles", "fullest", "devoted")
ALL = tuple(LEVEL_FEATURES)
SETS = {
    "the five features of before": FIVE,
    "with urban passages": (*FIVE, "urban"),
    "with urban passages and sectors": (*FIVE, "urban", "sectors"),
    "with delivery and strands": (*FIVE, "urban", "sectors", "delivery", "adaptation", "mitigation"),
    "all": ALL,
}
PENALTIES = (0.5, 1.0, 2.0, 5.0, 10.0)
FOLDS, DIVISIONS = 8, 8


def main() -> None:
    parser = described_parser(__doc__)
    parser.add_argument("--annotations", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--grades", type=Path, required=True)
    given = parser.parse_args()
    dataset = read_dataset(
        [given.annotations], Collection(given.corpus), given.grades, for_training=True, say=print
    )
    trained = train(dataset, Recipe(), say=print)
    versions = (*trained.documents, *trained.graded)
    labels_alone = [replace(each, levels=_only(each, "codebook")) for each in versions]
    print(
        "\n| features | penalty | fitted to | codebook: kappa, log-likelihood | UN-Habitat: kappa, log-likelihood |"
    )
    print("|---|---|---|---|---|")
    for name, features in SETS.items():
        _row(name, 2.0, "both", versions, versions, features)
    for penalty in PENALTIES:
        _row("all", penalty, "both", versions, versions, ALL)
    _row("all", 2.0, "labels alone", labels_alone, versions, ALL)


def _only(version: ScoredVersion, scale: Scale) -> dict[Scale, int]:
    return {scale: version.levels[scale]} if scale in version.levels else {}


def _row(
    name: str,
    penalty: float,
    fitted_to: str,
    fitted: Sequence[ScoredVersion],
    measured: Sequence[ScoredVersion],
    features: Sequence[str],
) -> None:
    cells = []
    scales: tuple[Scale, ...] = ("codebook", "un-habitat")
    for scale in scales:
        if any(scale in each.levels for each in fitted):
            kappa, likelihood = _measured(fitted, measured, scale, penalty, features)
            cells.append(f"{kappa:.3f}, {likelihood:.3f}")
        else:
            cells.append("-")
    print(f"| {name} | {penalty:g} | {fitted_to} | {' | '.join(cells)} |", flush=True)


def _measured(
    fitted: Sequence[ScoredVersion],
    measured: Sequence[ScoredVersion],
    scale: Scale,
    penalty: float,
    features: Sequence[str],
) -> tuple[float, float]:
    """Mean kappa and mean log-likelihood of the levels over all divisions into folds."""
    kept = np.array([name in features for name in LEVEL_FEATURES], dtype=np.float64)
    rows = read_versions(measured, scale)
    truth = np.array([measured[row].levels[scale] for row in rows])
    kappas, likelihoods = [], []
    for division in range(DIVISIONS):
        fold = np.array([_fold(each.party, division) for each in measured])
        probabilities: Floats = np.zeros((len(measured), 3))
        for held_out in range(FOLDS):
            others = [
                replace(each, features=each.features * kept)
                for each, its in zip(fitted, fold, strict=True)
                if its != held_out
            ]
            inside = np.flatnonzero(fold == held_out)
            features_inside = np.array([measured[int(row)].features * kept for row in inside])
            probabilities[inside] = fit_levels(others, penalty).probabilities(features_inside, scale)
        chosen = probabilities[rows]
        kappas.append(weighted_kappa(truth, chosen.argmax(axis=1)))
        likelihoods.append(float(np.log(np.maximum(chosen[np.arange(len(rows)), truth], 1e-9)).mean()))
    return float(np.mean(kappas)), float(np.mean(likelihoods))


def _fold(party: str, division: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{division} {party}".encode()).digest()[:4], "big") % FOLDS


if __name__ == "__main__":
    main()
