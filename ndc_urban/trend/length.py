"""Length: NDCs have grown, and a longer text has more room for cities. What of the trend is left at equal length?

Three figures, three questions. The share of a level asks what Parties have written. Urban passages per 100,000
characters ask how dense urban content is. The adjusted share asks how many would have the level if the NDCs of all
rounds had the same lengths: a logistic regression of the level on the logarithm of length and the round, with the bias
correction of Firth (1993) and standard errors clustered by Party (Liang and Zeger 1986), averaged over the lengths of
all rounds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ndc_urban.trend.estimates import Floats, has_trait
from ndc_urban.trend.intervals import NORMAL_DEVIATE
from ndc_urban.trend.matching import Match, Matched
from ndc_urban.trend.tables import AT_LEAST_MODERATE, COLUMNS, Table

FEWEST_DOCUMENTS = 30
"""For each round, as for labels. Rounds with fewer documents of known length are left out of the regression."""
PER = 100_000
"""Characters: about the length of an NDC 3.0."""
LEVELS_SHOWN: tuple[str, ...] = ("strong", AT_LEAST_MODERATE)
SOURCES: tuple[str, ...] = (
    "Firth, D. (1993), Bias reduction of maximum likelihood estimates, Biometrika 80, 27-38",
    "Liang, K.-Y. and Zeger, S. L. (1986), Longitudinal data analysis, Biometrika 73, 13-22",
)
_STEPS, _CLOSE = 100, 1e-9
"""Newton steps and the change at which they end; fits of this size take about ten."""
_LONGEST_STEP = 2.0
"""Logits: longer steps overshoot where nearly all documents have a level."""


@dataclass(frozen=True)
class Documents:
    """Documents of several rounds, arrays of shape (documents,): characters, 0 or 1 for the level, round, Party."""

    characters: Floats
    has_level: Floats
    round: tuple[str, ...]
    party: tuple[str, ...]


@dataclass(frozen=True)
class AtEqualLength:
    """A round at equal length: the adjusted share and the odds against the first round, each with 95% limits."""

    share: float
    low: float
    high: float
    odds_ratio: float
    odds_low: float
    odds_high: float


@dataclass(frozen=True)
class _Fit:
    """The regression: rounds, design of shape (documents, 1 + rounds), coefficients and their covariance."""

    rounds: tuple[str, ...]
    design: Floats
    beta: Floats
    covariance: Floats

    def design_at(self, name: str) -> Floats:
        """The design if all documents were of this round."""
        place = self.rounds.index(name)
        at_round = self.design.copy()
        at_round[:, 2:] = 0.0
        if place:
            at_round[:, 1 + place] = 1.0
        return at_round


def _fit(documents: Documents) -> _Fit:
    rounds = tuple(dict.fromkeys(documents.round))
    logs = np.log(documents.characters)
    centred = logs - logs.mean()
    dummies = np.array([[name == other for other in rounds[1:]] for name in documents.round], dtype=float)
    design = np.column_stack([np.ones(len(centred)), centred, dummies.reshape(len(centred), -1)])
    beta = firth(design, documents.has_level)
    return _Fit(rounds, design, beta, _clustered(design, documents.has_level, beta, documents.party))


def at_equal_length(documents: Documents) -> dict[str, AtEqualLength]:
    """The rounds at the lengths of all documents together."""
    fit = _fit(documents)
    beta, covariance = fit.beta, fit.covariance
    found = {}
    for place, name in enumerate(fit.rounds):
        share, low, high = _mean_share(fit.design_at(name), beta, covariance)
        log_odds = beta[1 + place] if place else 0.0
        error = math.sqrt(max(0.0, covariance[1 + place, 1 + place])) if place else 0.0
        odds = tuple(math.exp(log_odds + side * NORMAL_DEVIATE * error) for side in (0, -1, 1))
        found[name] = AtEqualLength(share, low, high, *odds)
    return found


def change_at_equal_length(documents: Documents, first: str, second: str) -> tuple[float, float, float]:
    """The change of the adjusted share from one round to another, with 95% limits (delta method)."""
    fit = _fit(documents)
    (before, slope), (after, later) = (
        _mean_chance(fit.design_at(name), fit.beta) for name in (first, second)
    )
    gradient = later - slope
    error = math.sqrt(max(0.0, float(gradient @ fit.covariance @ gradient)))
    change = after - before
    return change, max(-1.0, change - NORMAL_DEVIATE * error), min(1.0, change + NORMAL_DEVIATE * error)


def firth(design: Floats, values: Floats) -> Floats:
    """Coefficients of a logistic regression with Firth's correction, which is finite even if the data are separable."""
    beta = np.zeros(design.shape[1])
    for _ in range(_STEPS):
        chance = _logistic(design @ beta)
        information = design.T @ (design * (chance * (1 - chance))[:, None])
        inverse = np.linalg.pinv(information)
        leverage = np.einsum("ij,jk,ik->i", design, inverse, design) * chance * (1 - chance)
        step = inverse @ (design.T @ (values - chance + leverage * (0.5 - chance)))
        step *= min(1.0, _LONGEST_STEP / max(float(np.abs(step).max()), _CLOSE))
        beta = beta + step
        if float(np.abs(step).max()) < _CLOSE:
            break
    return beta


def _logistic(logits: Floats) -> Floats:
    chance: Floats = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))  # beyond it nothing changes in a float
    return chance


def _clustered(design: Floats, values: Floats, beta: Floats, party: Sequence[str]) -> Floats:
    """The covariance of the coefficients with Parties as clusters."""
    chance = _logistic(design @ beta)
    bread = np.linalg.pinv(design.T @ (design * (chance * (1 - chance))[:, None]))
    scores = design * (values - chance)[:, None]
    names = sorted(set(party))
    place = {name: number for number, name in enumerate(names)}
    sums = np.zeros((len(names), design.shape[1]))
    np.add.at(sums, [place[name] for name in party], scores)
    covariance: Floats = bread @ (sums.T @ sums) @ bread * len(names) / max(1, len(names) - 1)
    return covariance


def _mean_share(design: Floats, beta: Floats, covariance: Floats) -> tuple[float, float, float]:
    """The mean chance over these rows with limits on the logit scale (delta method)."""
    share, gradient = _mean_chance(design, beta)
    error = math.sqrt(max(0.0, float(gradient @ covariance @ gradient)))
    logit, scale = math.log(share / (1 - share)), error / (share * (1 - share))
    low, high = _logistic(np.array([logit - NORMAL_DEVIATE * scale, logit + NORMAL_DEVIATE * scale]))
    return share, float(low), float(high)


def _mean_chance(design: Floats, beta: Floats) -> tuple[float, Floats]:
    """The mean chance over these rows and its gradient in the coefficients."""
    chance = _logistic(design @ beta)
    gradient: Floats = (design * (chance * (1 - chance))[:, None]).mean(axis=0)
    return float(chance.mean()), gradient


def adjusted_change(
    matched: Matched, level: str, first: str, second: str
) -> tuple[float, float, float] | None:
    """The change of a level at equal length with its 95% limits; None if a round has too few documents."""
    fitted = _fitted(_of_known_length(matched))
    if first not in fitted or second not in fitted:
        return None
    return change_at_equal_length(_documents(fitted, level), first, second)


def _of_known_length(matched: Matched) -> dict[str, list[Match]]:
    return {name: [match for match in matched.scored(name) if _characters(match)] for name in matched.rounds}


def _fitted(rounds: dict[str, list[Match]]) -> dict[str, list[Match]]:
    """The rounds that are in the regression."""
    return {name: matches for name, matches in rounds.items() if len(matches) >= FEWEST_DOCUMENTS}


def length_table(matched: Matched) -> Table:
    """Length and density of each round, and its levels as they are and at equal length."""
    known = _of_known_length(matched)
    fitted = _fitted(known)
    rows: list[dict[str, Any]] = []
    for level in LEVELS_SHOWN:
        adjusted = at_equal_length(_documents(fitted, level)) if len(fitted) > 1 else {}
        rows += [_row(matched, name, matches, level, adjusted.get(name)) for name, matches in known.items()]
    rows = [row for row in rows if row["documents"]]
    order = {name: place for place, name in enumerate(matched.rounds)}
    rows.sort(key=lambda row: order[row["round"]])
    return Table("length", "Length and urban content", _frame(rows), notes=_notes(rows), sources=SOURCES)


def _characters(match: Match) -> int:
    return int(match.scored.get("characters") or 0)


def _documents(rounds: dict[str, list[Match]], level: str) -> Documents:
    matches = [(name, match) for name, matches in rounds.items() for match in matches]
    codes = np.array([match.prediction.level if match.prediction else 0 for _, match in matches])
    return Documents(
        np.array([float(_characters(match)) for _, match in matches]),
        has_trait(codes, level),
        tuple(name for name, _ in matches),
        tuple(match.standing.iso3 for _, match in matches),
    )


def _row(
    matched: Matched, name: str, matches: Sequence[Match], level: str, adjusted: AtEqualLength | None
) -> dict[str, Any]:
    characters = np.array([_characters(match) for match in matches], dtype=float)
    urban = np.array([float(match.scored.get("urban_passages") or 0) for match in matches])
    codes = np.array([match.prediction.level if match.prediction else 0 for match in matches], dtype=np.int64)
    return {
        "round": name,
        "documents": len(matches),
        "median_characters": float(np.median(characters)) if len(matches) else math.nan,
        "urban_per_100000": float(urban.sum() / characters.sum() * PER) if len(matches) else math.nan,
        "level": level,
        "share": float(has_trait(codes, level).mean()) if len(matches) else math.nan,
        "adjusted": adjusted.share if adjusted else math.nan,
        "adjusted_low": adjusted.low if adjusted else math.nan,
        "adjusted_high": adjusted.high if adjusted else math.nan,
        "odds_ratio": adjusted.odds_ratio if adjusted else math.nan,
        "odds_low": adjusted.odds_low if adjusted else math.nan,
        "odds_high": adjusted.odds_high if adjusted else math.nan,
        "scale": matched.scale,
    }


def _frame(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=list(COLUMNS["length"]))
    return frame.astype({"documents": "Int64", "median_characters": "Float64"})


def _notes(rows: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    if not rows:
        return (
            "The runs do not say how long the documents are. Score them again to see what length explains.",
        )
    return (
        "The share as counted (share) says what Parties have written: the predicted levels as counted. The density "
        f"(urban_per_100000) says how much of the text is urban: urban passages for each {PER:,} characters of the "
        "round together. The share at equal length (adjusted) says how many documents would have the level if all "
        "rounds had the same lengths: a logistic regression on the logarithm of length and the round, averaged over "
        "the lengths of all rounds. The odds (odds_ratio) compare the round with the first one at equal length; below "
        "1 the level became less likely.",
        "Which of them is the trend depends on the question. If a longer plan with more on cities is more urban, it is "
        "the share; if cities must have gained on other subjects, it is the density or the share at equal "
        "length. The limits do not include errors of classification.",
    )
