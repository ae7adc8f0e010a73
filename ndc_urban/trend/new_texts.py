"""The texts of a round that came after those from which labels were drawn, and what they leave open.

A corrected estimate takes the model's errors in a text without a label to be like those in the labelled texts. That
rests on the draw: every text had its chance of a label. Where far fewer of the texts that are new in a round have a
label than the draw would have given them, the others had no such chance. Nothing measures the model's errors in them,
and no interval contains that they may differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import comb

from ndc_urban.counting import counted
from ndc_urban.trend.estimates import Refused, corrected, refusal
from ndc_urban.trend.matching import Match, Matched
from ndc_urban.trend.populations import population_of
from ndc_urban.trend.tables import AT_LEAST_MODERATE, BASES, DOCUMENTS

CHANCE = 0.01
"""Texts count as outside the draw if fewer than one draw in a hundred from the whole round would have labelled so few:
with three of four documents labelled, as in the shipped labels, that takes four new texts without a label."""


@dataclass(frozen=True)
class OpenShare:
    """The corrected share of a level if none or all of these texts had it, before the error of the estimate.

    `least` and `most` are for the scored documents (or Parties), `of_all` for the missing NDCs, too, whatever their
    levels.
    """

    least: float
    most: float
    of_all: tuple[float, float]


def unlabelled_new(matched: Matched, name: str) -> tuple[Match, ...]:
    """The scored texts of a corrected round that no draw of labels can have reached; empty if there are none.

    The texts of a round are grouped by the round of the panel in which they came first. Those without a label count if
    a draw from the whole round would hardly have labelled so few of their group (hypergeometric, below `CHANCE`).
    """
    scored = matched.scored(name)
    population = population_of(scored, DOCUMENTS)
    if not scored or refusal(population) is not None:
        return ()
    groups: dict[str, list[tuple[Match, bool]]] = {}
    for match, sampled in zip(scored, population.sampled, strict=True):
        groups.setdefault(matched.first_round(match.standing), []).append((match, bool(sampled)))
    labels = int(population.sampled.sum())
    return tuple(
        match
        for group in groups.values()
        if _chance_of_so_few(len(scored), labels, len(group), sum(sampled for _, sampled in group)) < CHANCE
        for match, sampled in group
        if not sampled
    )


def _chance_of_so_few(documents: int, labels: int, group: int, labelled: int) -> float:
    """The chance that a draw of so many labels from the documents takes at most `labelled` of a group."""
    ways = sum(comb(group, part) * comb(documents - group, labels - part) for part in range(labelled + 1))
    return ways / comb(documents, labels)


def open_share(matched: Matched, name: str, basis: str, level: str, missing: int) -> OpenShare | None:
    """What the new texts of a round leave open of a share; None if the rest of the round cannot be corrected."""
    new = {match.standing.iso3 for match in unlabelled_new(matched, name)}
    population = population_of(matched.rounds[name], basis)
    rest = population.only([row for row, unit in enumerate(population.unit) if unit not in new])
    estimate = corrected(rest, level)
    if isinstance(estimate, Refused):
        return None
    known, units = estimate.share * rest.units, population.units
    low, high = known / units, (known + units - rest.units) / units
    whole = units + missing
    return OpenShare(low, high, (low * units / whole, (high * units + missing) / whole))


def new_text_notes(matched: Matched) -> Iterator[str]:
    """For each corrected round with such texts: which they are, and what that means for the limits and the bounds."""
    for name in matched.rounds:
        new = unlabelled_new(matched, name)
        if new:
            codes = ", ".join(match.standing.iso3 for match in new)
            firsts = list(dict.fromkeys(matched.first_round(match.standing) for match in new))
            came = "in this round" if firsts == [name] else f"in {', '.join(map(matched.title, firsts))}"
            group = [each for each in matched.scored(name) if matched.first_round(each.standing) in firsts]
            unlabelled = (
                f"{len(new)} of these were never" if len(new) < len(group) else "none of these was ever"
            )
            yield (
                f"{matched.title(name)}: of {counted(len(matched.scored(name)), 'text')} {len(group)} came first "
                f"{came}, and {unlabelled} labelled, more than a random draw would leave out: {codes}. "
                "The corrected estimate takes the model to err in them as in the others, and its limits do not include "
                f"that it may not. {' '.join(_bounds(matched, name))}"
            ).rstrip()


def _bounds(matched: Matched, name: str) -> Iterator[str]:
    """The shares whatever the levels of the new texts, on each basis."""
    for basis in BASES:
        missing = matched.missing_units(name, basis)
        parts = {
            level: part
            for level in ("strong", AT_LEAST_MODERATE)
            if (part := open_share(matched, name, basis, level, missing))
        }
        if not parts:
            continue
        scored = " and ".join(f"{_span(part.least, part.most)} for {level}" for level, part in parts.items())
        text = f"Whatever their levels, the share of {basis} is {scored}"
        if missing:
            whole = " and ".join(f"{_span(*part.of_all)}" for part in parts.values())
            text += f", and with the {missing} missing, whatever theirs, {whole}"
        yield f"{text}, before the error of the estimate."


def _span(low: float, high: float) -> str:
    return f"{low:.1%} to {high:.1%}"
