"""The printed tables on Parties: coverage, transitions between levels, groups, and the level of each Party."""

from __future__ import annotations

import pandas as pd

from ndc_urban.codebook import LEVELS
from ndc_urban.counting import counted
from ndc_urban.trend.frames import (
    frame_of,
    in_order,
    percents_of,
    rounds_of,
    rows_of,
    title_of,
    where,
)
from ndc_urban.trend.report.level_tables import SHOWN
from ndc_urban.trend.report.printing import (
    Printed,
    Row,
    codes_text,
    largest,
    share_text,
    whole,
    with_interval,
)
from ndc_urban.trend.rounding import NO_NUMBER, percent_of, printed_levels
from ndc_urban.trend.rounds import in_round
from ndc_urban.trend.tables import DOCUMENTS, TEXT_MISSING, Trend

GROUPINGS = {
    "region": "Region",
    "income": "Income group",
    "annex_i": "Annex I",
    "ldc": "Least developed countries",
    "sids": "Small island developing States",
    "champ": "CHAMP endorsers",
}


def coverage_printed(trend: Trend) -> Printed:
    """One row for each round and basis."""
    counts = ("expected", "scored", "needs_ocr", "failed", "missing", "cross_fitted", "superseded")
    rows = tuple(
        (
            row["round"],
            row["basis"],
            *(whole(row[name]) for name in counts),
            codes_text(row["missing_parties"]),
        )
        for row in rows_of(frame_of(trend, "coverage"))
    )
    heads = ("Expected", "Scored", "Needs OCR", "Failed", "Missing", "Cross-fitted", "Superseded")
    return Printed(
        title_of(trend, "coverage"), ("Round", "Basis", *heads, "Not scored"), rows, heads=2, tails=1
    )


def _pairs(transitions: pd.DataFrame) -> list[tuple[str, str]]:
    return list(dict.fromkeys((row["from_round"], row["to_round"]) for row in rows_of(transitions)))


def transitions_printed(trend: Trend) -> tuple[Printed, ...]:
    """For each pair of rounds the levels before (rows) and after (columns)."""
    table = frame_of(trend, "transitions")
    made = []
    for before, after in _pairs(table):
        part = where(table, from_round=before, to_round=after)
        counts = {(row["from_level"], row["to_level"]): row["parties"] or 0 for row in rows_of(part)}
        rows = []
        for start in LEVELS:
            numbers = [counts.get((start, end), 0) for end in LEVELS]
            rows.append((start, *map(whole, numbers), whole(sum(numbers))))
        totals = [sum(counts.get((start, end), 0) for start in LEVELS) for end in LEVELS]
        rows.append(("all", *map(whole, totals), whole(sum(totals))))
        columns = (f"{before} ↓ {after} →", *LEVELS, "all")
        made.append(
            Printed(
                f"Parties by level {in_round(before)} (rows) and {in_round(after)} (columns), as predicted",
                columns,
                tuple(rows),
            )
        )
        corrected = _corrected_moves(part, before, after)
        made += [corrected] if corrected else []
    return tuple(made)


def _corrected_moves(part: pd.DataFrame, before: str, after: str) -> Printed | None:
    """The corrected numbers of Parties with the share of those that began at a level; None if there are none."""
    cells = {(row["from_level"], row["to_level"]): row for row in rows_of(part)}
    if not cells or any(row["corrected"] is None for row in cells.values()):
        return None
    rows = []
    for start in LEVELS:
        texts = []
        for end in LEVELS:
            row = cells[start, end]
            share = share_text(row["share_of_from"], row["share_low"], row["share_high"])
            texts.append(f"{whole(row['corrected'])}: {share}%" if row["share_of_from"] is not None else "0")
        rows.append((start, *texts, whole(sum(cells[start, end]["labelled"] or 0 for end in LEVELS))))
    return Printed(
        "The same, corrected with labels: Parties, and percent (95% interval) of those at the level "
        f"{in_round(before)}",
        (f"{before} ↓ {after} →", *LEVELS, "labelled"),
        tuple(rows),
    )


def moves(trend: Trend) -> tuple[str, ...]:
    """Which Parties moved to a higher or lower level, by code."""
    table = frame_of(trend, "transitions")
    sentences = []
    for before, after in _pairs(table):
        codes: dict[str, list[str]] = {"rose": [], "fell": [], "stayed": []}
        part = where(table, from_round=before, to_round=after)
        for row in rows_of(part):
            step = LEVELS.index(row["to_level"]) - LEVELS.index(row["from_level"])
            way = "rose" if step > 0 else "fell" if step < 0 else "stayed"
            codes[way] += filter(None, str(row["iso3"] or "").split(";"))
        numbers = ", ".join(f"{len(found)} {way}" for way, found in codes.items())
        sentences.append(
            f"From {before} to {after}, of {counted(sum(map(len, codes.values())), 'Party')}: {numbers}."
        )
        sentences += [
            f"These are counts of the model, which cannot be corrected with labels: {reason.removeprefix('no: ')}."
            for reason in sorted({str(row["reliable"] or "") for row in rows_of(part)})
            if reason.startswith("no: ")
        ]
        sentences += [
            f"{way.capitalize()}: {', '.join(sorted(codes[way]))}." for way in ("rose", "fell") if codes[way]
        ]
    if len(rounds_of(trend)) < 2:
        sentences.append("There is only one round. Moves between levels need two.")
    return tuple(sentences)


_UNCORRECTED = (
    "?: the count of the model. The labels of the group are too few to correct it, or not a sample of the group; the "
    "column reliable of groups.csv says which."
)


def groups_printed(trend: Trend) -> tuple[Printed, ...]:
    """One table for each grouping, one row for each group and round."""
    table = frame_of(trend, "groups")
    made = []
    for grouping in in_order(table["grouping"], GROUPINGS):
        rows = []
        of_grouping = where(table, grouping=grouping)
        for group in dict.fromkeys(row["group"] for row in rows_of(of_grouping)):
            for round_ in rounds_of(trend):
                part = where(of_grouping, group=group, round=round_)
                if part.empty:
                    continue
                percents: dict[str, int] = percents_of(part)
                limits: dict[str, tuple[float | None, float | None]]
                by_level = {row["level"]: row for row in rows_of(part)}
                if all(row["corrected"] is not None for row in by_level.values()):
                    percents = printed_levels({level: row["corrected"] for level, row in by_level.items()})
                    limits = {
                        level: (row["corrected_low"], row["corrected_high"])
                        for level, row in by_level.items()
                    }
                    mark = ""
                else:
                    limits, mark = {}, " ?"
                cells = [
                    with_interval(percents.get(level), *limits.get(level, (None, None))) + mark
                    for level in SHOWN
                ]
                labels = largest(part, "labels")
                rows.append((str(group), round_, *cells, largest(part, "n"), labels))
        made.append(
            Printed(
                f"{GROUPINGS.get(grouping, grouping)}. Percent (95% interval)",
                ("Group", "Round", "Low", "Moderate", "Strong", "At least moderate", "n", "Labels"),
                tuple(rows),
                heads=2,
                notes=(_UNCORRECTED,) if any(" ?" in cell for row in rows for cell in row) else (),
            )
        )
    return tuple(made)


def parties_printed(trend: Trend) -> Printed:
    """One row a Party, one column a round."""
    parties = frame_of(trend, "parties")
    rounds = [name for name in rounds_of(trend) if name in set(parties["round"])]
    coverage = where(frame_of(trend, "coverage"), basis=DOCUMENTS)
    missing = dict.fromkeys(rounds, "") | {row["round"]: row["missing_parties"] for row in rows_of(coverage)}
    names: dict[str, str] = {}
    cells: dict[tuple[str, str], str] = {}
    for row in rows_of(parties):
        names[row["iso3"]] = str(row["party"] or "")
        cells[row["iso3"], row["round"]] = _level_text(row)
    rows = tuple(
        (code, names[code], *(cells.get((code, round_), _absent(code, missing[round_])) for round_ in rounds))
        for code in sorted(names)
    )
    return Printed(
        "Level of each Party's NDC, by round",
        ("ISO3", "Party", *rounds),
        rows,
        heads=2,
        tails=len(rounds),
        notes=(
            f"{NO_NUMBER}: the Party has no NDC in this round. In brackets: the probability of the level. Star: the "
            "model was trained on this document, so the level was predicted by a model that had not seen the Party; "
            "score says: the level of the whole model, if it is another one. Coded: the level that a coder gave, if "
            "it is another one. UN-H: UN-Habitat's grade.",
        )
        if rows
        else (),
    )


def _level_text(row: Row) -> str:
    if not row["level"]:
        return TEXT_MISSING
    chance = row[f"p_{row['level']}"]
    probability = f" ({percent_of(chance)}%)" if chance is not None else ""
    coded = (
        f", coded {row['labelled_level']}" if row["labelled_level"] not in (None, "", row["level"]) else ""
    )
    other = row["scored_level"] not in (None, "", row["level"])
    scored = f", score says {row['scored_level']}" if other else ""
    graded = f", UN-H {row['grade']}" if row["grade"] else ""
    return f"{row['level']}{probability}{'*' if row['cross_fitted'] is True else ''}{coded}{scored}{graded}"


def _absent(code: str, missing: str | None) -> str:
    return TEXT_MISSING if code in str(missing or "").split(";") else NO_NUMBER
