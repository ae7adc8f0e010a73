"""The tables on the subjects of urban content: sectors by strand, topics of the reviews, themes of HSP/HA.2/7."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from ndc_urban.codebook import SECTORS
from ndc_urban.lexicon.themes import load_themes
from ndc_urban.trend.intervals import wilson
from ndc_urban.trend.matching import Match, Matched
from ndc_urban.trend.published import Published, is_comparable, reviews
from ndc_urban.trend.tables import COLUMNS, Table

STRANDS: Mapping[str, tuple[str, ...]] = {"mitigation": ("m",), "adaptation": ("a",), "any": ("m", "a", "b")}
"""The strands of the table of sectors, with those of the codebook; `b` (both or neither) counts only in `any`."""

Row = dict[str, Any]
Profile = Mapping[str, int]

_COUNTED = (
    "Share of documents with at least one such passage, as predicted by the passage model. The European Union's NDC "
    "counts once. The limits (Wilson) do not include errors of classification."
)


def sectors_table(matched: Matched) -> Table:
    """Share of documents with an urban response in each sector, for mitigation and for adaptation."""
    order = reviews()["sector_order"]
    rows: list[Row] = []
    for name in matched.rounds:
        profiles = _profiles(matched.scored(name))
        for strand, codes in STRANDS.items():
            published = {sector: rank for rank, sector in enumerate(order.get(codes[0], ()), 1)}
            part = [
                {
                    "round": name,
                    "strand": strand,
                    "sector": sector,
                    "label": label,
                    **_share(profiles, _has_sector(sector, codes)),
                }
                for sector, label in SECTORS.items()
            ]
            counts = [row["share"] * row["units"] for row in part]
            for row, own in zip(part, counts, strict=True):
                row["rank"] = (
                    1 + sum(round(other) > round(own) for other in counts) if row["units"] else pd.NA
                )
                row["published_rank"] = published.get(row["sector"], pd.NA) if strand != "any" else pd.NA
            rows += part
    return Table(
        "sectors",
        "Sectors with urban responses",
        _frame(rows, "sectors", ("units", "n", "rank", "published_rank")),
        notes=(
            _COUNTED,
            "A response is a passage coded E or I with the role response or delivery. It counts in its main sector. "
            "Passages of both strands or of neither count only under any.",
            "published_rank is the order in which the reviews list the most mentioned urban sectors, for mitigation "
            "and for adaptation. They publish no shares by sector. Their sector infrastructure is compared with land "
            "use, planning, infrastructure.",
        ),
        sources=(str(order["source"]),),
    )


def _has_sector(sector: str, strands: Sequence[str]) -> Callable[[Profile], bool]:
    names = [f"sector:{sector}/{strand}" for strand in strands]
    return lambda profile: any(profile.get(name) for name in names)


def topics_table(matched: Matched, published: Published) -> Table:
    """Share of documents that mention urban hazards, finance and multilevel governance."""
    rows: list[Row] = []
    notes: list[str] = []
    sources: list[str] = []
    for name in matched.rounds:
        profiles = _profiles(matched.scored(name))
        for topic in load_themes().of_kind("topic"):
            figure = None
            if is_comparable(topic.name, matched.panel.day(name)):
                figure = published.metric(reviews()["topics"][topic.name]["metric"])
            if figure is not None:
                notes.append(
                    f"{topic.label}, {name}: published for {figure.round}, {figure.stated}"
                    + (f" of {figure.counted} {figure.basis}" if figure.counted else "")
                    + f" ({figure.metric})."
                )
                sources.append(figure.source)
            rows.append(
                {
                    "round": name,
                    "topic": topic.name,
                    "label": topic.label,
                    **_share(profiles, _has(f"topic:{topic.name}")),
                    "published": figure.share if figure else math.nan,
                }
            )
    return Table(
        "topics",
        "Hazards, finance and governance",
        _frame(rows, "topics", ("units", "n")),
        notes=(_COUNTED, *_rules("topic"), *dict.fromkeys(notes)),
        sources=tuple(dict.fromkeys(sources)),
    )


def themes_table(matched: Matched) -> Table:
    """Share of documents that mention each priority and enabler."""
    rows: list[Row] = []
    for name in matched.rounds:
        profiles = _profiles(matched.scored(name))
        for theme in load_themes().of_kind("priority", "enabler"):
            rows.append(
                {
                    "round": name,
                    "kind": theme.kind,
                    "theme": theme.name,
                    "label": theme.label,
                    **_share(profiles, _has(f"theme:{theme.name}")),
                }
            )
    return Table(
        "themes",
        "Urban content by priority and enabler",
        _frame(rows, "themes", ("units", "n")),
        notes=(
            _COUNTED,
            "The codes of a passage and the lexicon concepts in it decide to which themes it belongs; the rules are in "
            "ndc_urban/lexicon/themes.toml. A passage may belong to several themes.",
            *_rules("priority", "enabler"),
        ),
        sources=("Priorities and enablers: HSP/HA.2/7 (UN-Habitat Assembly 2023)",),
    )


def _rules(*kinds: str) -> list[str]:
    return [f"{theme.label}: {theme.about}." for theme in load_themes().of_kind(*kinds)]


def _has(name: str) -> Callable[[Profile], bool]:
    return lambda profile: bool(profile.get(name))


def _profiles(matches: Sequence[Match]) -> list[Profile]:
    return [match.prediction.profile for match in matches if match.prediction is not None]


def _share(profiles: Sequence[Profile], holds: Callable[[Profile], bool]) -> Row:
    units = len(profiles)
    found = sum(holds(profile) for profile in profiles)
    share = found / units if units else math.nan
    low, high = wilson(share, units) if units else (math.nan, math.nan)
    return {"share": share, "low": low, "high": high, "units": units, "n": found}


def _frame(rows: Sequence[Row], name: str, whole: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(COLUMNS[name])).astype(dict.fromkeys(whole, "Int64"))
