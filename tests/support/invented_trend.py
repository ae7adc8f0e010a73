"""An invented trend: real codes of Parties, figures drawn at random. It says nothing about any country."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from ndc_urban.codebook import LEVELS, SECTORS
from ndc_urban.trend.tables import (
    AT_LEAST_MODERATE,
    CALIBRATED,
    COLUMNS,
    CORRECTED,
    COUNT,
    DOCUMENTS,
    LABELLED,
    PARTIES,
    PUBLISHED,
    Table,
    Trend,
)

EU = "EUU"
MEMBERS = tuple(
    "AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GRC HRV HUN IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVK SVN "
    "SWE".split()
)
OTHERS = tuple(
    "KEN RWA COL JOR MAR SLE AUS CAN JPN USA BRA IND CHN FJI TUV NRU ZAF NGA GHA SEN CHL PER".split()
)
ROUNDS = ("2016-17", "2022", "2026")
PUBLISHED_SHARES = {("2016-17", DOCUMENTS): (0.6, 0.14), ("2022", PARTIES): (123 / 193, 47 / 193)}
REFUSED = "Refused: the invented sample holds too few labels."
THEMES = {
    "priority": {
        "housing": "adequate housing",
        "climate": "urban climate action",
        "finance": "local finance",
    },
    "enabler": {"data": "data and knowledge", "capacity": "capacity"},
}

Row = dict[str, Any]


def invented_trend(
    rounds: Sequence[str] = ROUNDS,
    *,
    codes: Sequence[str] = (EU, *MEMBERS, *OTHERS),
    estimates: Sequence[str] = (COUNT, CORRECTED, CALIBRATED, LABELLED, PUBLISHED),
    without: Sequence[str] = (),
    empty: Sequence[str] = (),
    refused: Sequence[str] = (),
    long_notes: bool = False,
    seed: int = 1,
) -> Trend:
    """A trend over `rounds`; the tables in `without` are not there, those in `empty` have no row.

    The tables on what the figures depend on (missing NDCs, label errors, length, grades) have none either.

    The estimates in `refused` have rows without numbers, with the reason `REFUSED`.
    """
    draw = random.Random(seed)
    parties = _frame("parties", _parties(rounds, codes, draw))
    frames = {
        "levels": _frame("levels", _levels(parties, rounds, estimates, draw)),
        "coverage": _frame("coverage", _coverage(parties, rounds)),
        "parties": parties,
        "transitions": _frame("transitions", _transitions(parties, rounds)),
        "groups": _frame("groups", _groups(parties, rounds)),
        "sectors": _frame("sectors", _sectors(rounds, draw)),
        "topics": _frame("topics", _topics(rounds, draw)),
        "themes": _frame("themes", _themes(rounds, draw)),
    }
    lost = frames["levels"]["estimate"].isin(list(refused))
    frames["levels"].loc[lost, ["share", "low", "high"]] = float("nan")
    frames["levels"].loc[lost, "note"] = REFUSED
    frames["change"] = _frame("change", _change(frames["levels"], rounds))
    frames["recommended"] = _frame("recommended", _recommended(frames["levels"], rounds))
    note = "Invented note, for the tests of the output alone."
    notes: tuple[str, ...] = (note,)
    if long_notes:
        notes += ("A long invented note that goes on " + "and on " * 120 + "to its end.",)
    tables = tuple(
        Table(
            name,
            f"Invented {name}",
            _frame(name, iter(())) if name in empty or name not in frames else frames[name],
            notes=notes if name == "levels" else (note,),
            sources=("Invented for the tests",),
        )
        for name in COLUMNS
        if name not in without
    )
    return Trend(tables, notes, {"version": "0.0", "runs": [{"model": "invented", "start": "2026-01-01"}]})


def _frame(name: str, rows: Iterator[Row]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(COLUMNS[name]))


def _recommended(levels: pd.DataFrame, rounds: Sequence[str]) -> Iterator[Row]:
    shares = levels.set_index(["round", "basis", "estimate", "level"])["share"].to_dict()
    for round_ in rounds:
        for basis in (DOCUMENTS, PARTIES):
            found = [
                name
                for name in (CORRECTED, COUNT)
                if shares.get((round_, basis, name, "strong"), math.nan) >= 0
            ]
            if found:
                strong, upper = (
                    shares[round_, basis, found[0], level] for level in ("strong", AT_LEAST_MODERATE)
                )
                yield {
                    "round": round_,
                    "basis": basis,
                    "estimate": found[0],
                    "strong": strong,
                    "at_least_moderate": upper,
                    "n": 90,
                    "scored": 49,
                    "expected": 50,
                    "heaviest": "",
                    "next_step": "",
                    "scale": "codebook",
                }


def _parties(rounds: Sequence[str], codes: Sequence[str], draw: random.Random) -> Iterator[Row]:
    for place, round_ in enumerate(rounds):
        of_union = draw.choice(LEVELS)
        for code in codes:
            shared = code == EU or code in MEMBERS
            if not shared and draw.random() < 0.12 * place:
                continue
            weights = (4, 4, 1 + 2 * place)
            level: str | None = of_union if shared else draw.choices(LEVELS, weights)[0]
            if not shared and draw.random() < 0.05:
                level = None
            chances = {name: (0.7 if name == level else 0.15) if level else None for name in LEVELS}
            others = [name for name in LEVELS if name != level]
            unsure = draw.random() < 0.3
            yield {
                "round": round_,
                "iso3": code,
                "party": f"Party {code}",
                "document": f"{EU if shared else code}_{round_}",
                "sha256": f"{place}{code}" if level else None,
                "level": level,
                **{f"p_{name}": chance for name, chance in chances.items()},
                "prediction_set": None if not level else f"{others[0]};{level}" if unsure else level,
                "cross_fitted": draw.random() < 0.5,
                "labelled_level": level if draw.random() < 0.5 else None,
                "region": "Region " + "ABCDE"[sum(map(ord, code)) % 5],
                "income": "Income " + "XYZ"[sum(map(ord, code)) % 3],
                "annex_i": shared,
                "ldc": code in ("RWA", "SLE", "TUV", "SEN"),
                "sids": code in ("FJI", "TUV", "NRU"),
            }


def _levels(
    parties: pd.DataFrame, rounds: Sequence[str], estimates: Sequence[str], draw: random.Random
) -> Iterator[Row]:
    for round_ in rounds:
        scored = parties[(parties["round"] == round_) & parties["level"].notna()]
        for basis in (DOCUMENTS, PARTIES):
            units = scored.drop_duplicates("document") if basis == DOCUMENTS else scored
            for estimate in estimates:
                shares = {level: float((units["level"] == level).mean()) for level in LEVELS}
                if estimate == PUBLISHED:
                    if (round_, basis) not in PUBLISHED_SHARES:
                        continue
                    upper, strong = PUBLISHED_SHARES[round_, basis]
                    shares = {"low": 1 - upper, "moderate": upper - strong, "strong": strong}
                elif estimate != COUNT:
                    moved = draw.uniform(0, 0.05)
                    shares["low"] += moved
                    shares = {level: share / (1 + moved) for level, share in shares.items()}
                shares[AT_LEAST_MODERATE] = shares["moderate"] + shares["strong"]
                for level, share in shares.items():
                    half = None if estimate == PUBLISHED else 0.07
                    yield {
                        "round": round_,
                        "basis": basis,
                        "estimate": estimate,
                        "level": level,
                        "share": share,
                        "low": None if half is None else max(0.0, share - half),
                        "high": None if half is None else min(1.0, share + half),
                        "units": round(share * len(units)),
                        "n": len(units),
                        "note": "Invented." if estimate == PUBLISHED else "",
                    }


def _change(levels: pd.DataFrame, rounds: Sequence[str]) -> Iterator[Row]:
    at = levels.set_index(["round", "basis", "estimate", "level"])["share"]
    for before, after in pairwise(rounds):
        for basis, estimate, level in dict.fromkeys(key[1:] for key in at.index):
            if (before, basis, estimate, level) not in at.index or (
                after,
                basis,
                estimate,
                level,
            ) not in at.index:
                continue
            change = at[after, basis, estimate, level] - at[before, basis, estimate, level]
            yield {
                "from_round": before,
                "to_round": after,
                "basis": basis,
                "estimate": estimate,
                "level": level,
                "change": change,
                "low": change - 0.06,
                "high": change + 0.06,
                "n": 40,
                "note": "",
            }


def _coverage(parties: pd.DataFrame, rounds: Sequence[str]) -> Iterator[Row]:
    for round_ in rounds:
        for basis in (DOCUMENTS, PARTIES):
            units = parties[parties["round"] == round_]
            units = units.drop_duplicates("document") if basis == DOCUMENTS else units
            lost = units[units["level"].isna()]
            yield {
                "round": round_,
                "basis": basis,
                "expected": len(units),
                "scored": len(units) - len(lost),
                "needs_ocr": len(lost),
                "failed": 0,
                "missing": len(lost),
                "missing_parties": ";".join(lost["iso3"]),
                "cross_fitted": int(units["cross_fitted"].sum()),
            }


def _transitions(parties: pd.DataFrame, rounds: Sequence[str]) -> Iterator[Row]:
    at = {
        round_: frame.dropna(subset="level").set_index("iso3")["level"]
        for round_, frame in parties.groupby("round", sort=False)
    }
    for before, after in pairwise(rounds):
        both = [code for code in at[before].index if code in at[after].index]
        for start in LEVELS:
            for end in LEVELS:
                codes = sorted(code for code in both if (at[before][code], at[after][code]) == (start, end))
                yield {
                    "from_round": before,
                    "to_round": after,
                    "from_level": start,
                    "to_level": end,
                    "parties": len(codes),
                    "iso3": ";".join(codes),
                }


def _groups(parties: pd.DataFrame, rounds: Sequence[str]) -> Iterator[Row]:
    for round_ in rounds:
        scored = parties[(parties["round"] == round_) & parties["level"].notna()]
        for grouping in ("region", "income", "annex_i", "ldc", "sids"):
            for group, members in scored.groupby(grouping):
                for level in LEVELS:
                    share = float((members["level"] == level).mean())
                    yield {
                        "round": round_,
                        "grouping": grouping,
                        "group": str(group) if grouping in ("region", "income") else "yes" if group else "no",
                        "level": level,
                        "share": share,
                        "low": max(0.0, share - 0.1),
                        "high": min(1.0, share + 0.1),
                        "units": int((members["level"] == level).sum()),
                        "n": len(members),
                    }


def _sectors(rounds: Sequence[str], draw: random.Random) -> Iterator[Row]:
    published = {("mitigation", "en"): 1, ("mitigation", "tr"): 2, ("mitigation", "wa"): 3}
    published |= {("adaptation", "pl"): 1, ("adaptation", "wt"): 2}
    for round_ in rounds:
        for strand in ("mitigation", "adaptation", "any"):
            shares = {code: draw.random() * 0.7 for code in SECTORS}
            order = sorted(shares, key=lambda code: -shares[code])
            for code, label in SECTORS.items():
                yield {
                    "round": round_,
                    "strand": strand,
                    "sector": code,
                    "label": label,
                    **_share(shares[code]),
                    "rank": order.index(code) + 1,
                    "published_rank": published.get((strand, code)),
                }


def _topics(rounds: Sequence[str], draw: random.Random) -> Iterator[Row]:
    labels = {"hazards": "urban climate hazards", "finance": "urban finance", "governance": "governance"}
    for round_ in rounds:
        for topic, label in labels.items():
            published = 0.4 if topic == "hazards" and round_ == "2022" else None
            share = _share(draw.random())
            yield {"round": round_, "topic": topic, "label": label, **share, "published": published}


def _themes(rounds: Sequence[str], draw: random.Random) -> Iterator[Row]:
    for round_ in rounds:
        for kind, labels in THEMES.items():
            for theme, label in labels.items():
                yield {"round": round_, "kind": kind, "theme": theme, "label": label, **_share(draw.random())}


def _share(share: float) -> Row:
    limits = {"low": max(0.0, share - 0.08), "high": min(1.0, share + 0.08)}
    return {"share": share, **limits, "units": round(share * 49), "n": 49}
