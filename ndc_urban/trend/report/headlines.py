"""The sentences at the top of the report: the best estimate on each basis, and the published figures."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from ndc_urban.counting import counted
from ndc_urban.parties import EUROPEAN_UNION
from ndc_urban.trend.frames import completeness, frame_of, in_order, percents_of, rounds_of, rows_of, where
from ndc_urban.trend.report.printing import codes_text, in_brackets, interval, points_with_interval
from ndc_urban.trend.rounding import percent_of
from ndc_urban.trend.rounds import in_round
from ndc_urban.trend.tables import (
    AT_LEAST_MODERATE,
    BASES,
    CALIBRATED,
    CORRECTED,
    COUNT,
    DOCUMENTS,
    LABELLED,
    PUBLISHED,
    SUPERPOPULATION,
    Trend,
    limits_words,
)

_NAMES = {EUROPEAN_UNION: "the EU"}
_RATE = 0.05
"""The rate of label errors in the headline: the middle one of the table."""
Row = dict[str, Any]
_FEW_ROUNDS = 3
"""With more rounds only the change from the first to the last is a headline."""
_LEVELS = ("strong", AT_LEAST_MODERATE)
_BEST_FIRST = (CORRECTED, COUNT, CALIBRATED, LABELLED)
_MEANING = {
    CORRECTED: "corrected for errors of the model",
    COUNT: "counted as the model predicts",
    CALIBRATED: "calibrated to a published round",
    LABELLED: "among the labelled documents only",
}


def headlines(trend: Trend) -> tuple[str, ...]:
    """The levels on each basis by the best estimate there is, their change, and the published figures."""
    levels = frame_of(trend, "levels")
    if levels.dropna(subset="share").empty:
        return ("There are no levels: no document was scored.",)
    rounds = rounds_of(trend)
    sentences = []
    for basis in in_order(levels["basis"], BASES):
        found = [name for name in _BEST_FIRST if not _part(levels, estimate=name, basis=basis).empty]
        for estimate in found[:1]:
            part = _part(levels, estimate=estimate, basis=basis)
            shares = _shares(part, _ends([name for name in rounds if name in set(part["round"])]))
            sentences.append(f"By {basis}, {_MEANING[estimate]}: {shares}.")
            sentences += _changes(trend, basis, estimate)
    sentences += _incomplete(trend)
    sentences += _superseded(trend)
    sentences += _caveats(trend)
    published = _part(levels, estimate=PUBLISHED).dropna(subset="share_without")
    if not published.empty:
        sentences.append(f"Published by UN-Habitat: {_shares(published, rounds, with_basis=True)}.")
    sentences += _without_correction(trend, levels)
    if len(rounds) < 2:
        sentences.append("There is only one round, so there is no change to report.")
    return tuple(sentences)


def _ends(rounds: Sequence[str]) -> Sequence[str]:
    """The first and the last: the others are in the table beside the sentences."""
    return rounds if len(rounds) < 2 else (rounds[0], rounds[-1])


def _part(levels: pd.DataFrame, **values: str) -> pd.DataFrame:
    return where(levels, **values).dropna(subset="share")


def _shares(part: pd.DataFrame, rounds: Sequence[str], *, with_basis: bool = False) -> str:
    """Strong and at least moderate in these rounds."""
    clauses = []
    for level in _LEVELS:
        steps = []
        for round_ in rounds:
            for basis in dict.fromkeys(part["basis"]):
                rows = where(part, round=round_, basis=basis)
                printed = percents_of(rows).get(level)
                if printed is None:
                    continue
                (row,) = rows_of(where(rows, level=level))
                bracket = "; ".join(_bracket(row, printed, published=with_basis))
                steps.append(
                    f"{printed}%{f' ({bracket})' if bracket else ''}"
                    f"{f' of {basis}' if with_basis else ''} {in_round(round_)}"
                )
        if steps:
            clauses.append(f"{level} {', '.join(steps)}")
    return "; ".join(clauses)


def _bracket(row: Row, printed: int, *, published: bool) -> list[str]:
    """What stands in brackets beside a share: its limits, n, and the share without the heavy document."""
    limits = "" if row["estimate"] == COUNT else interval(row["low"], row["high"], printed)
    parts = [limits] if limits else []
    if row["n"] is not None and not published:
        parts.append(f"n {row['n']}")
    if row["heaviest"] and row["share_without"] is not None:
        parts.append(
            f"without {_NAMES.get(row['heaviest'], row['heaviest'])} {percent_of(row['share_without'])}%"
        )
    return parts


def _superseded(trend: Trend) -> list[str]:
    """Rounds or years with documents that a later submission had replaced."""
    parts = [
        f"{row['superseded']} of {counted(row['scored'], 'text')} {in_round(row['round'])} "
        f"({codes_text(row['superseded_parties'])})"
        for row in rows_of(where(frame_of(trend, "coverage"), basis=DOCUMENTS))
        if row["superseded"]
    ]
    return (
        [f"Superseded by then, without the later text in this corpus: {'; '.join(parts)}."] if parts else []
    )


def _caveats(trend: Trend) -> list[str]:
    """What no interval includes: errors of the labels, and length."""
    sentences = []
    errors = where(frame_of(trend, "label_error"), level="strong", basis=DOCUMENTS)
    last = [row for row in rows_of(errors) if row["rate"] == _RATE]
    if last and not trend.provenance.get("label_error"):
        final = [row for row in last if row["round"] == last[-1]["round"]]
        low, high = (percent_of(end(row["share"] for row in final)) for end in (min, max))
        sentences.append(
            f"The intervals take the labels as right. If {_RATE:.0%} of them were wrong by one level, strong "
            f"{in_round(final[0]['round'])} (by documents) would be {low}% to {high}%."
        )
    lengths = [row for row in rows_of(frame_of(trend, "length")) if row["odds_ratio"] is not None]
    if len(lengths) > 1:
        first, at_end = lengths[0], where(frame_of(trend, "length"), round=lengths[-1]["round"])
        odds = "; ".join(
            f"{row['level']} {row['odds_ratio']:.2f} ({row['odds_low']:.2f} to {row['odds_high']:.2f})"
            for row in rows_of(at_end)
        )
        sentences.append(
            f"NDCs grew from {first['median_characters']:,.0f} characters (median) {in_round(first['round'])} to "
            f"{lengths[-1]['median_characters']:,.0f} {in_round(lengths[-1]['round'])}. At equal length the odds of a "
            f"level {in_round(lengths[-1]['round'])} against {first['round']} are: {odds}."
        )
    return sentences


def _incomplete(trend: Trend) -> list[str]:
    """Which rounds lack NDCs, and of which Parties."""
    missing = {
        row["round"]: row["missing_parties"]
        for row in rows_of(where(frame_of(trend, "coverage"), basis=DOCUMENTS))
    }
    parts = [
        f"{expected - scored} of {counted(expected, 'NDC')} {in_round(name)} ({codes_text(missing[name])})"
        for name, (scored, expected) in completeness(trend).items()
        if scored < expected
    ]
    return [f"Missing, so not in the shares: {'; '.join(parts)}."] if parts else []


def _changes(trend: Trend, basis: str, estimate: str) -> list[str]:
    """The change for the same Parties: from round to round, or from the first to the last if rounds are many."""
    rounds = rounds_of(trend)
    rows = list(rows_of(where(frame_of(trend, "change"), basis=basis, estimate=estimate)))
    steps = list(pairwise(rounds)) if len(rounds) <= _FEW_ROUNDS else _longest(rows, rounds)
    found = {
        (row["from_round"], row["to_round"], row["level"]): row for row in rows if row["change"] is not None
    }
    refusals = {
        (row["from_round"], row["to_round"]): row["note"]
        for row in rows
        if row["change"] is None and row["note"]
    }
    sentences = []
    for before, after in steps:
        changes = [
            f"{level} {_change_text(row)}" for level in _LEVELS if (row := found.get((before, after, level)))
        ]
        if changes:
            sentences.append(
                f"Change from {before} to {after} in percentage points, by {basis}, for Parties with an NDC in both "
                f"rounds: {'; '.join(changes)}."
                + (f" {limits_words({estimate})}" if estimate in SUPERPOPULATION else "")
            )
        elif reason := refusals.get((before, after)):
            sentences.append(f"No estimate of the change from {before} to {after} by {basis}. {reason}")
    return sentences


def _longest(rows: Sequence[Row], rounds: Sequence[str]) -> list[tuple[str, str]]:
    """The pair of rounds farthest apart between which there is a change; the first and last if there is none."""
    place = {name: number for number, name in enumerate(rounds)}
    spans = {
        (row["from_round"], row["to_round"]): place[row["to_round"]] - place[row["from_round"]]
        for row in rows
        if row["change"] is not None
    }
    longest = max(spans, key=lambda pair: spans[pair], default=None)
    return [longest if longest and spans[longest] > 1 else (rounds[0], rounds[-1])]


def _change_text(row: Row) -> str:
    """A change with its limits and, for one that rests on labels, their number."""
    text = points_with_interval(row["change"], row["low"], row["high"])
    if row["estimate"] not in (CORRECTED, LABELLED) or not text.endswith(")"):
        return in_brackets(text, row["estimate"])
    return f"{text[:-1]}; n {row['n']})"


def _without_correction(trend: Trend, levels: pd.DataFrame) -> list[str]:
    """Says where there is no corrected estimate, and why, if a note gives the reason."""
    refused = levels[(levels["estimate"] == CORRECTED) & levels["share"].isna()]
    reasons = dict.fromkeys(str(row["note"]) for row in rows_of(refused) if row["note"])
    if _part(levels, estimate=CORRECTED).empty:
        notes = [note for table in trend.tables if table.name == "levels" for note in table.notes]
        found = [*reasons, *(note for note in (*trend.notes, *notes) if "no corrected" in note.lower())]
        why = " ".join(found[:1])
        return [f"There is no corrected estimate, so errors of the model do not cancel out. {why}".strip()]
    return [
        f"There is no corrected estimate for "
        f"{', '.join(dict.fromkeys(refused.loc[refused['note'] == why, 'round']))}. {why}"
        for why in reasons
    ]
