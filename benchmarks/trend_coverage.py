"""How often the 95% limits of a trend hold the true share: simulated populations, predictions and samples of labels.

    python benchmarks/trend_coverage.py [--repetitions 1000] [--quick] [--groups] [--label-error] [--designs]

For each cell of a grid (accuracy of the model, share of strong, number of labels, size of the population, kind of
error) populations of documents with known levels are predicted with errors, and samples of labels are drawn over and
over. Prints for each estimate the lowest coverage of any cell, not the average. Kinds of error: `near` (to a
neighbouring level), `any`, `up` and `down` (a biased model).

`--groups` measures groups of Parties instead: few documents, most of them labelled. `--label-error` measures labels of
which 5% are wrong by one level in one direction, with limits that allow for it and with limits that do not.
`--designs` measures a document that counts for 27 Parties, and labels that were drawn with unequal probabilities,
higher for strong documents. `--quick` measures the corners of the grid alone, with 100 repetitions unless told
otherwise.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from files_to_measure import described_parser

from ndc_urban.trend.corrections import GROUP_LABELS
from ndc_urban.trend.estimates import (
    LOW,
    MODERATE,
    STRONG,
    Floats,
    Ints,
    Population,
    Refused,
    change,
    corrected,
    count,
    has_trait,
    weighted_share,
)
from ndc_urban.trend.label_error import allowing_for
from ndc_urban.trend.tables import AT_LEAST_MODERATE

# The grid: accuracies and shares as the model and the panel have them, and some beyond on either side.
ACCURACIES = (0.7, 0.8, 0.9, 0.95)
STRONG_SHARES = (0.05, 0.1, 0.2, 0.3, 0.4)
LABELS = (30, 60, 90, 120)
SIZES = (160, 180, 200)
KINDS = ("near", "any", "up", "down")
TRAITS = ("strong", AT_LEAST_MODERATE)
POPULATIONS = 10
LOWEST, MORE = 8, 8
"""So many of the lowest cells are measured again, with so many times the repetitions: a minimum is partly bad luck."""


@dataclass(frozen=True)
class Cell:
    """One place of the grid."""

    kind: str
    accuracy: float
    strong: float
    labels: int
    size: int


def cells(quick: bool = False) -> Iterator[Cell]:
    """The grid, or its corners alone."""
    if quick:
        grid = itertools.product(KINDS, (0.7, 0.95), (0.05, 0.2, 0.4), (30, 120), (160, 200))
    else:
        grid = itertools.product(KINDS, ACCURACIES, STRONG_SHARES, LABELS, SIZES)
    return (Cell(*values) for values in grid)


def levels_of(cell: Cell, draw: np.random.Generator) -> Ints:
    """True levels: the share of strong is the cell's, the rest is halved between low and moderate."""
    strong = round(cell.strong * cell.size)
    moderate = round((cell.size - strong) / 2)
    levels = np.repeat([STRONG, MODERATE, LOW], [strong, moderate, cell.size - strong - moderate])
    return draw.permutation(levels).astype(np.int64)


def predicted(levels: Ints, cell: Cell, draw: np.random.Generator) -> Ints:
    """Predictions that are right with the cell's accuracy; a biased model errs in one direction where it can."""
    result = levels.copy()
    for row in np.flatnonzero(draw.random(len(levels)) >= cell.accuracy):
        level = int(levels[row])
        if cell.kind == "any":
            result[row] = draw.choice([other for other in (LOW, MODERATE, STRONG) if other != level])
        elif cell.kind == "up":
            result[row] = min(STRONG, level + 1)
        elif cell.kind == "down":
            result[row] = max(LOW, level - 1)
        else:
            result[row] = MODERATE if level != MODERATE else draw.choice([LOW, STRONG])
    return result


def population(levels: Ints, guesses: Ints, sample: Ints) -> Population:
    """A population whose sampled rows are labelled, all with one inclusion probability."""
    size = len(levels)
    label, probability = np.full(size, -1), np.full(size, np.nan)
    label[sample], probability[sample] = levels[sample], len(sample) / size
    return Population(
        guesses,
        label,
        np.ones(size, dtype=np.int64),
        probability,
        np.zeros(size),
        tuple(map(str, range(size))),
    )


def coverage(cell: Cell, repetitions: int, seed: int = 0) -> dict[str, float]:
    """Share of the repetitions in which the limits hold the true share, by estimate and trait, and their width."""
    place = [round(cell.accuracy * 100), round(cell.strong * 100), cell.labels, cell.size]
    draw = np.random.default_rng([seed, *place])
    each = max(1, repetitions // POPULATIONS)
    held: dict[str, float] = dict.fromkeys(
        [f"{what} {trait}" for what in ("corrected", "count", "change", "width") for trait in TRAITS], 0.0
    )
    for _ in range(POPULATIONS):
        levels, later = levels_of(cell, draw), levels_of(cell, draw)
        kept = draw.random(cell.size) < 0.3  # documents that stood in both rounds
        later[kept] = levels[kept]
        guesses, later_guesses = predicted(levels, cell, draw), predicted(later, cell, draw)
        later_guesses[kept] = guesses[kept]
        for _ in range(each):
            sample = draw.choice(cell.size, cell.labels, replace=False)
            one, two = population(levels, guesses, sample), population(later, later_guesses, sample)
            for trait in TRAITS:
                least = STRONG if trait == "strong" else MODERATE
                true, after = float((levels >= least).mean()), float((later >= least).mean())
                share, counted = corrected(one, trait), count(one, trait)
                moved = change(one, two, trait, "corrected")
                if isinstance(share, Refused) or isinstance(moved, Refused):
                    raise TypeError("an estimate of the grid was refused")
                held[f"corrected {trait}"] += share.low - 1e-9 <= true <= share.high + 1e-9
                held[f"count {trait}"] += counted.low <= true <= counted.high
                held[f"change {trait}"] += moved.low - 1e-9 <= after - true <= moved.high + 1e-9
                held[f"width {trait}"] += share.high - share.low
    return {name: value / (each * POPULATIONS) for name, value in held.items()}


GROUPS = ((14, 10), (20, 14), (30, 20), (45, 30))
"""Sizes of a group and numbers of its labels: about 0.7 are labelled, as in this project."""
ERROR = 0.05


def group_coverage(size: int, labels: int, repetitions: int) -> dict[str, float]:
    """Share of the repetitions in which the limits of a group hold its true share, by trait."""
    draw = np.random.default_rng([size, labels])
    held = dict.fromkeys(TRAITS, 0.0)
    for _ in range(repetitions):
        cell = Cell("near", 0.85, float(draw.choice([0.1, 0.3, 0.5])), labels, size)
        levels = levels_of(cell, draw)
        sample = draw.choice(size, labels, replace=False)
        one = population(levels, predicted(levels, cell, draw), sample)
        for trait in TRAITS:
            share = corrected(one, trait, GROUP_LABELS)
            if isinstance(share, Refused):
                raise TypeError("an estimate of a group was refused")
            true = float(has_trait(levels, trait).mean())
            held[trait] += share.low - 1e-9 <= true <= share.high + 1e-9
    return {trait: number / repetitions for trait, number in held.items()}


def label_error_coverage(step: int, repetitions: int) -> dict[str, float]:
    """Share of the repetitions in which the limits hold the true share if 5% of the labels err by `step` levels."""
    draw = np.random.default_rng([ERROR_SEED, step + 1])
    held = {f"{what} {trait}": 0.0 for what in ("plain", "allowed") for trait in TRAITS}
    cell = Cell("near", 0.85, 0.25, 120, 160)
    for _ in range(repetitions):
        levels = levels_of(cell, draw)
        sample = draw.choice(cell.size, cell.labels, replace=False)
        wrong = draw.random(cell.size) < ERROR
        told = np.where(wrong, np.clip(levels + step, LOW, STRONG), levels)
        one = population(told, predicted(levels, cell, draw), sample)
        for trait in TRAITS:
            true = float(has_trait(levels, trait).mean())
            for what, rate in (("plain", 0.0), ("allowed", ERROR)):
                share = allowing_for(one, trait, rate)
                if isinstance(share, Refused):
                    raise TypeError("an estimate with label errors was refused")
                held[f"{what} {trait}"] += share.low - 1e-9 <= true <= share.high + 1e-9
    return {name: value / repetitions for name, value in held.items()}


ERROR_SEED = 5
"""Any fixed number."""
HEAVY_UNITS = 27
"""Members of the European Union beside the Union itself."""
DESIGNS = tuple(itertools.product((1, HEAVY_UNITS), (False, True), (60, 120)))
"""Units of the heaviest document, whether probabilities are unequal, and the expected number of labels."""


def probabilities(levels: Ints, labels: int, draw: np.random.Generator) -> Floats:
    """Unequal inclusion probabilities, shape (documents,), that sum to about `labels`: strong documents have more."""
    size = draw.uniform(0.5, 1.5, len(levels)) * np.where(levels == STRONG, 1.6, 0.8)
    chances: Floats = np.clip(size / size.sum() * labels, 0.05, 1.0)
    return chances


def design_coverage(heavy: int, unequal: bool, labels: int, repetitions: int) -> dict[str, float]:
    """Share of the repetitions in which the limits hold the true share, by trait, and that of refusals.

    Each document is drawn by itself with its probability (Poisson sampling); the first one counts for `heavy` units.
    """
    draw = np.random.default_rng([heavy, unequal, labels])
    held, made = dict.fromkeys(TRAITS, 0.0), 0
    cell = Cell("near", 0.85, 0.25, labels, 160)
    for _ in range(repetitions):
        levels = levels_of(cell, draw)
        chance = probabilities(levels, labels, draw) if unequal else np.full(cell.size, labels / cell.size)
        sampled = draw.random(cell.size) < chance
        weight = np.ones(cell.size, dtype=np.int64)
        weight[0] = heavy
        one = Population(
            predicted(levels, cell, draw),
            np.where(sampled, levels, -1),
            weight,
            np.where(sampled, chance, np.nan),
            np.zeros(cell.size),
            tuple(map(str, range(cell.size))),
        )
        shares = {trait: corrected(one, trait) for trait in TRAITS}
        kept = {trait: share for trait, share in shares.items() if not isinstance(share, Refused)}
        made += len(kept) == len(TRAITS)
        for trait, share in kept.items():
            true = weighted_share(has_trait(levels, trait), weight)
            held[trait] += share.low - 1e-9 <= true <= share.high + 1e-9
    return {trait: number / max(1, made) for trait, number in held.items()} | {
        "refused": 1 - made / repetitions
    }


def main() -> None:
    """Prints the lowest coverages and the cells that they are in."""
    parser = described_parser(__doc__)
    parser.add_argument("--repetitions", type=int, help="1000, with --quick 100")
    parser.add_argument("--quick", action="store_true", help="the corners of the grid alone")
    parser.add_argument("--groups", action="store_true", help="groups of Parties with few labels")
    parser.add_argument("--label-error", action="store_true", help="labels of which 5%% are wrong")
    parser.add_argument("--designs", action="store_true", help="a heavy document, unequal probabilities")
    given = parser.parse_args()
    given.repetitions = given.repetitions or (100 if given.quick else 1000)
    if given.designs:
        for heavy, unequal, labels in DESIGNS:
            print(
                f"heaviest document {heavy} units, {'unequal' if unequal else 'equal'} probabilities, {labels} "
                f"labels: {design_coverage(heavy, unequal, labels, given.repetitions)}"
            )
        return
    if given.groups:
        for size, labels in GROUPS:
            print(f"group of {size}, {labels} labels: {group_coverage(size, labels, given.repetitions)}")
        return
    if given.label_error:
        for step in (1, -1):
            print(f"labels wrong by {step:+d}: {label_error_coverage(step, given.repetitions)}")
        return
    start = time.process_time()
    grid = list(cells(given.quick))
    table = pd.DataFrame([vars(cell) | coverage(cell, given.repetitions) for cell in grid])
    again = {
        int(row)
        for what in ("corrected", "change")
        for trait in TRAITS
        for row in table[f"{what} {trait}"].nsmallest(LOWEST).index
    }
    for row in sorted(again):
        for name, value in coverage(grid[row], MORE * given.repetitions, seed=1).items():
            table.loc[row, name] = value
    for what in ("corrected", "change", "count"):
        for trait in TRAITS:
            column = table[f"{what} {trait}"]
            worst = ", ".join(str(value) for value in vars(grid[int(column.idxmin())]).values())
            print(
                f"{what:<10}{trait:<18} lowest {column.min():.3f} in ({worst}), median {column.median():.3f}, "
                f"cells below 0.93: {(column < 0.93).sum()} of {len(table)}"
            )
    print(table.groupby("labels")[[f"width {trait}" for trait in TRAITS]].mean().round(3).to_string())
    seconds = time.process_time() - start
    print(f"{len(grid)} cells, {given.repetitions} repetitions each, {seconds:.0f} s of processor time")


if __name__ == "__main__":
    main()
