"""The agreement with UN-Habitat's grades as Markdown, for the terminal and the model card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

ROUND_TITLES = {"2026": "NDC 3.0", "before-2026": "the NDC before NDC 3.0"}
BASES = {
    "by_documents": ("documents", "Each document once"),
    "by_parties": ("Parties", "Each Party once; the members of the European Union share its NDC"),
}


def grades_as_markdown(figures: Mapping[str, Any]) -> list[str]:
    """The tables of `agreement_with_grades`, line by line."""
    return list(_lines(figures["grades"]))


def _lines(rounds: Mapping[str, Any]) -> Iterator[str]:
    yield "### Agreement with UN-Habitat's grades\n"
    yield (
        "UN-Habitat and SDU graded NDCs by Party: A is strong, B moderate, C and No low. Every level comes "
        "from a model that had not seen the Party. Intervals are 95% bootstrap intervals over Parties.\n"
    )
    for name in ("2026", "before-2026"):
        yield from _round(name, rounds[name])


def _round(name: str, figures: Mapping[str, Any]) -> Iterator[str]:
    title = ROUND_TITLES[name]
    yield f"#### Grades of {title}: {figures['documents']} documents of {figures['parties']} graded Parties\n"
    for basis, (units, words) in BASES.items():
        if basis in figures:
            yield f"{words}:\n"
            yield from _table(figures[basis], units)
    for why, parties in figures["left_out"].items():
        yield f"Left out ({len(parties)}): {why}: {', '.join(parties)}.\n"
    if "means_of_implementation" in figures:
        yield from _means(figures["means_of_implementation"])


def _table(figures: Mapping[str, Any], units: str) -> Iterator[str]:
    heads = (
        "",
        units,
        "quadratic weighted kappa",
        "accuracy",
        "at least moderate or not",
        "strong or not",
        "off by two",
        "strong: by the grades, by this row",
        "rank correlation with the seven grades",
    )
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for name, each in figures.items():
        if isinstance(each, Mapping):
            cells = (
                name,
                str(each["units"]),
                _figure(each["kappa"]),
                _figure(each["accuracy"]),
                _figure(each["at_least_moderate_or_not"]),
                _figure(each["strong_or_not"]),
                str(each["off_by_two"]),
                f"{100 * each['strong_share']['graded']:.0f}%, {100 * each['strong_share']['said']:.0f}%",
                _figure(each["rank_correlation"]),
            )
            yield f"| {' | '.join(cells)} |"
    yield ""


def _means(means: Mapping[str, Any]) -> Iterator[str]:
    plus, none = means["with_plus"], means["without_plus"]
    yield (
        f"Means of implementation (the + of a grade; {means['documents']} documents with a grade from A to C): found "
        f"in {plus['found']} of {plus['documents']} documents with a +, and in {none['found']} of {none['documents']} "
        f"without; right for {_figure(means['accuracy'])}. The level alone (more than low) is about as good a guide.\n"
    )


def _figure(figure: Mapping[str, Any]) -> str:
    if figure["value"] is None:
        return "not defined"
    if figure["low"] is None:
        return f"{figure['value']:.2f}"
    return f"{figure['value']:.2f} ({figure['low']:.2f} to {figure['high']:.2f})"
