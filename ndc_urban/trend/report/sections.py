"""The report as sections of sentences and printed tables, before it becomes Markdown or a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ndc_urban.codebook import LEVELS
from ndc_urban.trend.frames import (
    ESTIMATES,
    frame_of,
    in_order,
    percents_of,
    rounds_of,
    rows_of,
    table_of,
)
from ndc_urban.trend.report.headlines import headlines
from ndc_urban.trend.report.printing import (
    NOTHING,
    Footnotes,
    Printed,
    points,
    points_with_interval,
    share_text,
    whole,
    with_interval,
)
from ndc_urban.trend.rounding import percent_of
from ndc_urban.trend.tables import AT_LEAST_MODERATE, DOCUMENTS, PARTIES, PUBLISHED, Trend

SHOWN = (*LEVELS, AT_LEAST_MODERATE)
GROUPINGS = {
    "region": "Region",
    "income": "Income group",
    "annex_i": "Annex I",
    "ldc": "Least developed countries",
    "sids": "Small island developing States",
}
STRANDS = {"mitigation": "Mitigation", "adaptation": "Adaptation", "any": "Mitigation or adaptation"}
KINDS = {"priority": "Priorities of HSP/HA.2/7", "enabler": "Enablers of HSP/HA.2/7"}

_UNITS = (
    "Units: the documents or Parties that the shares are of. n: the documents that the row rests on; for corrected and "
    "labelled the coded ones."
)
_WIDE_GAP = 0.04

Row = dict[str, Any]


@dataclass(frozen=True)
class Section:
    """A part of the report; `figures` are the beginnings of the names of those that belong to it."""

    key: str
    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[Printed, ...] = ()
    figures: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


def sections_of(trend: Trend) -> tuple[Section, ...]:
    """All sections for which the trend has something to say, in the order of the report."""
    made = (
        Section("short", "In short", headlines(trend)),
        _section(trend, "levels", "Levels", (_levels(trend), _beside(trend)), ("levels",)),
        _section(trend, "change", "Change between rounds", (_change(trend),)),
        _section(trend, "coverage", "What the figures rest on", (_coverage(trend),)),
        _section(
            trend, "transitions", "Moves between levels", _transitions(trend), ("moves",), _moves(trend)
        ),
        _section(trend, "groups", "Groups of Parties", _groups(trend)),
        _section(trend, "sectors", "Sectors", _sectors(trend), ("sectors",)),
        _section(trend, "topics", "Hazards, finance and governance", (_topics(trend),)),
        _section(trend, "themes", "Themes", _themes(trend)),
        _section(trend, "parties", "Parties", (_parties(trend),), ("map",)),
    )
    return tuple(section for section in made if section is not None)


def _section(
    trend: Trend,
    key: str,
    title: str,
    tables: Iterable[Printed | None],
    figures: tuple[str, ...] = (),
    sentences: tuple[str, ...] = (),
) -> Section | None:
    table = table_of(trend, key)
    if table is None:
        return None
    printed = tuple(made for made in tables if made is not None and made.rows)
    if not printed:
        sentences = (*sentences, "There is nothing to show here: the table has no rows.")
    return Section(key, title, sentences, printed, figures, table.notes, table.sources)


def _title(trend: Trend, key: str) -> str:
    table = table_of(trend, key)
    return table.title if table is not None else key


def _levels(trend: Trend) -> Printed:
    """One row for each round, basis and estimate, the published ones among ours."""
    levels = frame_of(trend, "levels")
    marks = Footnotes()
    rows = []
    for round_ in rounds_of(trend):
        for basis in in_order(levels["basis"], (DOCUMENTS, PARTIES)):
            for estimate in in_order(levels["estimate"], ESTIMATES):
                part = _where(levels, round=round_, basis=basis, estimate=estimate)
                if part.empty:
                    continue
                percents, limits = percents_of(part), _limits(part)
                cells = [
                    with_interval(percents.get(level), *limits.get(level, (None, None))) for level in SHOWN
                ]
                mark = marks.mark(row["note"] for row in rows_of(part))
                rows.append((round_, basis, estimate, *cells, _most(part, "units"), _most(part, "n"), mark))
    return Printed(
        f"{_title(trend, 'levels')}. Percent (95% interval)",
        ("Round", "Basis", "Estimate", *(level.capitalize() for level in SHOWN), "Units", "n", "Note"),
        tuple(rows),
        heads=3,
        tails=1,
        notes=(_UNITS, *marks.texts),
    )


def _beside(trend: Trend) -> Printed:
    """Our figures beside the published ones, with the difference in points."""
    levels = frame_of(trend, "levels")
    ours = [name for name in in_order(levels["estimate"], ESTIMATES) if name != PUBLISHED]
    published = levels[
        (levels["estimate"] == PUBLISHED) & levels["level"].isin(["strong", AT_LEAST_MODERATE])
    ]
    rows = []
    for row in rows_of(published.dropna(subset="share")):
        for basis in in_order(levels["basis"], (DOCUMENTS, PARTIES)):
            cells = []
            for estimate in ours:
                part = _where(levels, round=row["round"], basis=basis, estimate=estimate)
                printed = percents_of(part).get(row["level"])
                share = _where(part, level=row["level"])["share"].dropna()
                cells.append(
                    NOTHING
                    if printed is None or share.empty
                    else f"{printed} ({points(float(share.iloc[0]) - row['share'])})"
                )
            stated = percents_of(_where(levels, round=row["round"], basis=row["basis"], estimate=PUBLISHED))
            rows.append(
                (row["round"], row["level"], f"{stated[row['level']]} ({row['basis']})", basis, *cells)
            )
    return Printed(
        "Ours beside the published figures. Percent (difference to the published in points)",
        ("Round", "Level", "Published (basis)", "Our basis", *(name.capitalize() for name in ours)),
        tuple(rows),
        heads=4,
        notes=_gaps(levels),
    )


def _gaps(levels: pd.DataFrame) -> tuple[str, ...]:
    """Which of our figures lie more than four points from the published one on the same basis, and how far."""
    levels = levels[levels["level"].isin(["strong", AT_LEAST_MODERATE])].dropna(subset="share")
    told = []
    for published in rows_of(_where(levels, estimate=PUBLISHED)):
        same = {name: published[name] for name in ("round", "basis", "level")}
        for row in rows_of(_where(levels, **same)):
            gap = row["share"] - published["share"]
            if row["estimate"] == PUBLISHED or abs(gap) <= _WIDE_GAP:
                continue
            beyond = ""
            if row["low"] is not None and row["high"] is not None:
                inside = row["low"] <= published["share"] <= row["high"]
                beyond = f", the published figure {'within' if inside else 'outside'} the interval"
            place = f"{row['level']} in {row['round']}, {row['basis']}, {row['estimate']}"
            told.append(f"{place}: {points(gap)} points{beyond}")
    if not told:
        return ()
    return (f"More than four points from the published figure on the same basis: {'; '.join(told)}.",)


def _change(trend: Trend) -> Printed:
    change = frame_of(trend, "change")
    marks = Footnotes()
    rows = []
    keys = ["from_round", "to_round", "basis", "estimate"]
    for key in dict.fromkeys(tuple(row[name] for name in keys) for row in rows_of(change)):
        part = _where(change, **dict(zip(keys, key, strict=True)))
        by_level = {row["level"]: row for row in rows_of(part)}
        cells = [
            points_with_interval(*(by_level[level][name] for name in ("change", "low", "high")))
            if level in by_level
            else NOTHING
            for level in SHOWN
        ]
        mark = marks.mark(row["note"] for row in by_level.values())
        rows.append((*map(str, key), *cells, _most(part, "n"), mark))
    return Printed(
        f"{_title(trend, 'change')}. Percentage points (95% interval)",
        ("From", "To", "Basis", "Estimate", "Low", "Moderate", "Strong", "At least moderate", "n", "Note"),
        tuple(rows),
        heads=4,
        tails=1,
        notes=marks.texts,
    )


def _coverage(trend: Trend) -> Printed:
    counts = ("expected", "scored", "needs_ocr", "failed", "missing", "cross_fitted")
    rows = tuple(
        (row["round"], row["basis"], *(whole(row[name]) for name in counts), _codes(row["missing_parties"]))
        for row in rows_of(frame_of(trend, "coverage"))
    )
    heads = ("Expected", "Scored", "Needs OCR", "Failed", "Missing", "Cross-fitted")
    return Printed(
        _title(trend, "coverage"), ("Round", "Basis", *heads, "Not scored"), rows, heads=2, tails=1
    )


def _pairs(transitions: pd.DataFrame) -> list[tuple[str, str]]:
    return list(dict.fromkeys((row["from_round"], row["to_round"]) for row in rows_of(transitions)))


def _transitions(trend: Trend) -> tuple[Printed, ...]:
    """For each pair of rounds, from where (down) to where (across)."""
    table = frame_of(trend, "transitions")
    made = []
    for before, after in _pairs(table):
        part = _where(table, from_round=before, to_round=after)
        counts = {(row["from_level"], row["to_level"]): row["parties"] or 0 for row in rows_of(part)}
        rows = []
        for start in LEVELS:
            numbers = [counts.get((start, end), 0) for end in LEVELS]
            rows.append((start, *map(whole, numbers), whole(sum(numbers))))
        totals = [sum(counts.get((start, end), 0) for start in LEVELS) for end in LEVELS]
        rows.append(("all", *map(whole, totals), whole(sum(totals))))
        columns = (f"{before} ↓ {after} →", *LEVELS, "all")
        made.append(
            Printed(f"Parties by level in {before} (rows) and {after} (columns)", columns, tuple(rows))
        )
    return tuple(made)


def _moves(trend: Trend) -> tuple[str, ...]:
    """Who rose and who fell, by code."""
    table = frame_of(trend, "transitions")
    sentences = []
    for before, after in _pairs(table):
        codes: dict[str, list[str]] = {"rose": [], "fell": [], "stayed": []}
        for row in rows_of(_where(table, from_round=before, to_round=after)):
            step = LEVELS.index(row["to_level"]) - LEVELS.index(row["from_level"])
            way = "rose" if step > 0 else "fell" if step < 0 else "stayed"
            codes[way] += filter(None, str(row["iso3"] or "").split(";"))
        numbers = ", ".join(f"{len(found)} {way}" for way, found in codes.items())
        sentences.append(f"From {before} to {after}, of {sum(map(len, codes.values()))} Parties: {numbers}.")
        sentences += [
            f"{way.capitalize()}: {', '.join(sorted(codes[way]))}." for way in ("rose", "fell") if codes[way]
        ]
    if len(rounds_of(trend)) < 2:
        sentences.append("There is one round only, so no Party has moved; the figure of moves needs two.")
    return tuple(sentences)


def _groups(trend: Trend) -> tuple[Printed, ...]:
    table = frame_of(trend, "groups")
    made = []
    for grouping in in_order(table["grouping"], GROUPINGS):
        rows = []
        of_grouping = _where(table, grouping=grouping)
        for group in dict.fromkeys(row["group"] for row in rows_of(of_grouping)):
            for round_ in rounds_of(trend):
                part = _where(of_grouping, group=group, round=round_)
                if part.empty:
                    continue
                percents, limits = percents_of(part), _limits(part)
                cells = [
                    with_interval(percents.get(level), *limits.get(level, (None, None))) for level in SHOWN
                ]
                rows.append((str(group), round_, *cells, _most(part, "n")))
        made.append(
            Printed(
                f"{GROUPINGS.get(grouping, grouping)}. Percent (95% interval)",
                ("Group", "Round", "Low", "Moderate", "Strong", "At least moderate", "n"),
                tuple(rows),
                heads=2,
            )
        )
    return tuple(made)


def _sectors(trend: Trend) -> tuple[Printed, ...]:
    table = frame_of(trend, "sectors")
    return tuple(
        _by_round(
            _where(table, strand=strand),
            f"{STRANDS.get(strand, strand)}: NDCs with an urban response in the sector. Percent (95% interval)",
            "sector",
            "Sector",
            published="published_rank",
        )
        for strand in in_order(table["strand"], STRANDS)
    )


def _topics(trend: Trend) -> Printed:
    caption = f"{_title(trend, 'topics')}. Percent (95% interval)"
    return _by_round(frame_of(trend, "topics"), caption, "topic", "Topic", published="published")


def _themes(trend: Trend) -> tuple[Printed, ...]:
    table = frame_of(trend, "themes")
    return tuple(
        _by_round(
            _where(table, kind=kind), f"{KINDS.get(kind, kind)}. Percent (95% interval)", "theme", "Theme"
        )
        for kind in in_order(table["kind"], KINDS)
    )


def _by_round(frame: pd.DataFrame, caption: str, item: str, head: str, *, published: str = "") -> Printed:
    """One row an item, one column a round; the highest share of the last round first where items have ranks."""
    rounds = list(dict.fromkeys(row["round"] for row in rows_of(frame)))
    cells: dict[str, dict[str, Row]] = {}
    for row in rows_of(frame):
        cells.setdefault(row[item], {})[row["round"]] = row
    if published == "published_rank":
        cells = dict(sorted(cells.items(), key=lambda entry: _share_of_last(entry[1], rounds)))
    rows = []
    for name, by_round in cells.items():
        texts = []
        for round_ in rounds:
            row = by_round.get(round_, {})
            texts.append(share_text(row.get("share"), row.get("low"), row.get("high")))
        last = next(reversed(by_round.values()))
        ending = [_published(by_round, published)] if published else []
        rows.append((str(last["label"] or name), *texts, *ending))
    columns = (
        head,
        *rounds,
        *({"published": ["Published"], "published_rank": ["Published place"]}.get(published, [])),
    )
    return Printed(caption, columns, tuple(rows), tails=1 if published else 0)


def _share_of_last(by_round: dict[str, Row], rounds: Sequence[str]) -> float:
    return -(by_round.get(rounds[-1], {}).get("share") or 0.0)


def _published(by_round: dict[str, Row], column: str) -> str:
    """What was published on an item, with the round where it is a share."""
    found = {round_: row[column] for round_, row in by_round.items() if row[column] is not None}
    if column == "published_rank":
        return whole(next(iter(found.values()))) if found else ""
    return "; ".join(f"{_published_text(value)} ({round_})" for round_, value in found.items())


def _published_text(value: object) -> str:
    """A share as a percent, a number of NDCs as it is, words as they are."""
    if not isinstance(value, (int, float)):
        return str(value)
    return share_text(float(value)) if value <= 1 else whole(value)


def _parties(trend: Trend) -> Printed:
    """One row a Party, one column a round."""
    parties = frame_of(trend, "parties")
    rounds = [name for name in rounds_of(trend) if name in set(parties["round"])]
    names: dict[str, str] = {}
    cells: dict[tuple[str, str], str] = {}
    for row in rows_of(parties):
        names[row["iso3"]] = str(row["party"] or "")
        cells[row["iso3"], row["round"]] = _level_text(row)
    rows = tuple(
        (code, names[code], *(cells.get((code, round_), NOTHING) for round_ in rounds))
        for code in sorted(names)
    )
    return Printed(
        "Level of each Party's NDC, by round",
        ("ISO3", "Party", *rounds),
        rows,
        heads=2,
        tails=len(rounds),
        notes=(
            f"{NOTHING}: no NDC of the Party in this round. In brackets the probability of the level. Star: the model "
            "was trained on this document, so the level is that of a model that had not seen the Party. Coded: the "
            "coders' level, where it differs.",
        )
        if rows
        else (),
    )


def _level_text(row: Row) -> str:
    if not row["level"]:
        return "not scored"
    chance = row[f"p_{row['level']}"]
    probability = f" ({percent_of(chance)}%)" if chance is not None else ""
    coded = (
        f", coded {row['labelled_level']}" if row["labelled_level"] not in (None, "", row["level"]) else ""
    )
    return f"{row['level']}{probability}{'*' if row['cross_fitted'] is True else ''}{coded}"


def _codes(text: str | None) -> str:
    return ", ".join(filter(None, str(text or "").split(";")))


def _where(frame: pd.DataFrame, **values: str) -> pd.DataFrame:
    """The rows with these values."""
    for column, value in values.items():
        frame = frame[frame[column] == value]
    return frame


def _most(part: pd.DataFrame, column: str) -> str:
    """The number in a column that all rows of a part should share; the largest where they do not."""
    return whole(max((row[column] for row in rows_of(part) if row[column] is not None), default=None))


def _limits(part: pd.DataFrame) -> dict[str, tuple[float | None, float | None]]:
    """The limits by level; `at least moderate` has the mirrored ones of `low` where it has none of its own."""
    limits = {row["level"]: (row["low"], row["high"]) for row in rows_of(part)}
    low = limits.get("low")
    if AT_LEAST_MODERATE not in limits and low and low[0] is not None and low[1] is not None:
        limits[AT_LEAST_MODERATE] = (1 - low[1], 1 - low[0])
    return limits
