"""The tables on the subjects of urban content: sectors by strand, topics of the reviews, themes of HSP/HA.2/7."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ndc_urban.codebook import SECTORS
from ndc_urban.lexicon.themes import load_themes
from ndc_urban.trend.corrections import corrected_content
from ndc_urban.trend.intervals import wilson
from ndc_urban.trend.matching import Match, Matched
from ndc_urban.trend.published import Published, is_comparable, reviews
from ndc_urban.trend.tables import BY_PARTIES, COLUMNS, Table

STRANDS: Mapping[str, tuple[str, ...]] = {"mitigation": ("m",), "adaptation": ("a",), "any": ("m", "a", "b")}
"""The strands of the table of sectors, with those of the codebook; `b` (both or neither) counts only in `any`."""

Row = dict[str, Any]

_COUNTED = (
    "Share of documents with at least one such passage, as predicted by the passage model. The European Union's NDC "
    "counts once. The limits (Wilson) do not include errors of classification."
)
_CORRECTED = (
    "corrected is the share by the labels of passages, by the design of the corrected levels, within strata of what "
    "the model found, with 95% limits. Where it is missing, reliable says why, and the count is not reliable. Labels "
    "hold no text, so they decide only on sectors and on topics and themes whose rules are codes alone."
)

_OF_PARTIES = (
    "share_parties and corrected_parties are the same on the basis of Parties, on which the reviews count: the "
    "European Union's NDC counts for the Union and for each of its members."
)


def sectors_table(matched: Matched) -> Table:
    """Share of documents with an urban response in each sector, for mitigation and for adaptation."""
    order = reviews()["sector_order"]
    rows: list[Row] = []
    for name in matched.rounds:
        matches = matched.scored(name)
        for strand, codes in STRANDS.items():
            published = {sector: rank for rank, sector in enumerate(order.get(codes[0], ()), 1)}
            part = [
                {
                    "round": name,
                    "strand": strand,
                    "sector": sector,
                    "label": label,
                    **_share(matches, [f"sector:{sector}/{strand}" for strand in codes]),
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
        _frame(rows, "sectors", ("units", "n", "rank", "published_rank", "labels")),
        notes=(
            _COUNTED,
            _CORRECTED,
            "A response is a passage coded E or I with the role response or delivery. It counts in its main sector. "
            "Passages of both strands or of neither count only under any.",
            "published_rank is the order in which the reviews list the most mentioned urban sectors, for mitigation "
            "and for adaptation. They publish no shares by sector. Their sector infrastructure is compared with land "
            "use, planning, infrastructure.",
        ),
        sources=(str(order["source"]),),
    )


def topics_table(matched: Matched, published: Published) -> Table:
    """Share of documents that mention urban hazards, finance and multilevel governance."""
    rows: list[Row] = []
    notes: list[str] = []
    sources: list[str] = []
    for name in matched.rounds:
        matches = matched.scored(name)
        for topic in load_themes().of_kind("topic"):
            figure = None
            if is_comparable(topic.name, matched.panel.day(name)):
                figure = published.metric(reviews()["topics"][topic.name]["metric"])
            if figure is not None:
                notes.append(
                    f"{topic.label}, {matched.title(name)}: published for {figure.round}, {figure.stated}"
                    + (f" of {figure.counted} {figure.basis}" if figure.counted else "")
                    + f" ({figure.metric})."
                )
                sources.append(figure.source)
            rows.append(
                {
                    "round": name,
                    "topic": topic.name,
                    "label": topic.label,
                    **_share(matches, [f"topic:{topic.name}"]),
                    **_by_parties(matches, [f"topic:{topic.name}"]),
                    "published": figure.share if figure else math.nan,
                    "published_text": published.in_words(f"topic:{topic.name}", name),
                }
            )
    return Table(
        "topics",
        "Hazards, finance and governance",
        _frame(rows, "topics", ("units", "n", "labels")),
        notes=(_COUNTED, _CORRECTED, _OF_PARTIES, *_rules("topic"), *dict.fromkeys(notes)),
        sources=tuple(dict.fromkeys(sources)),
    )


def themes_table(matched: Matched, published: Published) -> Table:
    """Share of documents that mention each priority and enabler."""
    rows: list[Row] = []
    for name in matched.rounds:
        matches = matched.scored(name)
        for theme in load_themes().of_kind("priority", "enabler"):
            rows.append(
                {
                    "round": name,
                    "kind": theme.kind,
                    "theme": theme.name,
                    "label": theme.label,
                    **_share(matches, [f"theme:{theme.name}"]),
                    **_by_parties(matches, [f"theme:{theme.name}"]),
                    "published_text": published.in_words(f"theme:{theme.name}", name),
                }
            )
    return Table(
        "themes",
        "Urban content by priority and enabler",
        _frame(rows, "themes", ("units", "n", "labels")),
        notes=(
            _COUNTED,
            _CORRECTED,
            _OF_PARTIES,
            "published_text is what UN-Habitat prints for NDCs 3.0, in its own words. Its coders read whole documents "
            "by other rules: a theme counts here if one urban passage falls under the rules, there if the coder found "
            "that the NDC treats it.",
            "The codes of a passage and the lexicon concepts in it decide to which themes it belongs; the rules are in "
            "ndc_urban/lexicon/themes.toml. A passage may belong to several themes.",
            *_rules("priority", "enabler"),
        ),
        sources=("Priorities and enablers: HSP/HA.2/7 (UN-Habitat Assembly 2023)",),
    )


def _rules(*kinds: str) -> list[str]:
    return [f"{theme.label}: {theme.about}." for theme in load_themes().of_kind(*kinds)]


def _share(matches: Sequence[Match], names: Sequence[str]) -> Row:
    """The share of documents that have any of these names in their profile, counted and corrected."""
    predicted, known, chances = _predicted_and_known(matches, names)
    units, found = len(predicted), sum(predicted)
    share = found / units if units else math.nan
    low, high = wilson(share, units) if units else (math.nan, math.nan)
    return {"share": share, "low": low, "high": high, "units": units, "n": found} | corrected_content(
        predicted, known, chances
    )


def _by_parties(matches: Sequence[Match], names: Sequence[str]) -> Row:
    """The same on the basis of Parties, on which the reviews count: a document counts for each of its Parties."""
    predicted, known, chances = _predicted_and_known(matches, names)
    weight = [len(match.stands_for) for match in matches if match.prediction is not None]
    cells = corrected_content(predicted, known, chances, weight)
    found = sum(units for units, has in zip(weight, predicted, strict=True) if has)
    return {"share_parties": found / sum(weight) if weight else math.nan} | {
        name: cells[name.replace("_parties", "")] for name in BY_PARTIES if name != "share_parties"
    }


def _predicted_and_known(
    matches: Sequence[Match], names: Sequence[str]
) -> tuple[list[bool], list[bool | None], list[float]]:
    """For each scored document: what the model found, what labels say, and the probability of its labels."""
    scored = [(match, match.prediction) for match in matches if match.prediction is not None]
    return (
        [any(prediction.profile.get(name) for name in names) for _, prediction in scored],
        [match.content.has(names) if match.content else None for match, _ in scored],
        [match.content.probability if match.content else math.nan for match, _ in scored],
    )


def _frame(rows: Sequence[Row], name: str, whole: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(COLUMNS[name])).astype(dict.fromkeys(whole, "Int64"))
