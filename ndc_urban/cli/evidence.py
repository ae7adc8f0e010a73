"""The best evidence of each document, and how it is put in a line."""

from __future__ import annotations

import textwrap
import unicodedata
from typing import Any

import pandas as pd

from ndc_urban.runs import Run

EVIDENCE_COLUMNS = ["text", "page", "section", "p_urban", "code", "sector"]
_MOST_REASONS = 3
"""Two lines of a terminal hold about as many."""
_LONGEST_TEXT = 160
_LONGEST_SECTION = 60
_PATH_SEPARATOR = " › "


def best_evidence(run: Run) -> dict[str, dict[str, Any]]:
    """For each document that has evidence, by its hash: the best-ranked passage's `EVIDENCE_COLUMNS`."""
    best = run.passages[run.passages["evidence_rank"] == 1].set_index("sha256")
    rows: list[dict[str, Any]] = best[EVIDENCE_COLUMNS].to_dict("records")  # type: ignore[assignment]
    return dict(zip(best.index, rows, strict=True))


def main_reasons(run: Run) -> dict[str, str]:
    """For each document, by its hash, what moved its level most, up and down, as sentences."""
    from ndc_urban.model.assessment import Reason, in_sentences

    sentences: dict[str, str] = {}
    of_documents = run.reasons[run.reasons["subject"] == "document"]
    for sha256, rows in of_documents.groupby("sha256", sort=False):
        best = rows.head(_MOST_REASONS)
        reasons = [
            Reason(str(text), float(effect))
            for text, effect in zip(best["reason"], best["effect"], strict=True)
        ]
        sentences[str(sha256)] = printable(in_sentences(reasons))
    return sentences


def evidence_line(evidence: dict[str, Any]) -> str:
    """Page, section and text in one shortened line."""
    section = innermost(_or_empty(evidence["section"]), _LONGEST_SECTION)
    page = "" if pd.isna(evidence["page"]) else f"p. {evidence['page']}"
    place = ", ".join(filter(None, [page, section]))
    text = f"“{shortened(str(evidence['text']), _LONGEST_TEXT)}”"
    return f"{place}: {text}" if place else text


def innermost(section: str, width: int) -> str:
    """A section path in about `width` characters: of a long one the innermost headings, which say most.

    >>> innermost("Part A › 3 Sectors › 3.2 Transport", 30)
    '… › 3 Sectors › 3.2 Transport'
    """
    headings = section.split(_PATH_SEPARATOR)
    while len(headings) > 1 and len(_PATH_SEPARATOR.join(headings)) > width:
        headings = ["…", *headings[2:]] if headings[0] == "…" else ["…", *headings[1:]]
        if len(headings) == 2:
            break
    return shortened(_PATH_SEPARATOR.join(headings), width)


def shortened(text: str, width: int) -> str:
    """At most `width` characters, cut between words where there are some; safe to print on a terminal."""
    clean = " ".join(printable(text).split())
    if len(clean) <= width:
        return clean
    short = textwrap.shorten(clean, width, placeholder=" …")
    return short if len(short) > width // 2 else clean[: width - 2] + " …"


def printable(text: str) -> str:
    """Without control characters, which could change what a terminal shows."""
    return "".join(" " if unicodedata.category(one) == "Cc" else one for one in text)


def _or_empty(value: Any) -> str:
    return "" if pd.isna(value) else str(value)
