"""Two versions of a Party's NDC side by side: which evidence is new, which is gone, which is in both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from ndc_urban.document import folded
from ndc_urban.report.records import Comparison, ReportDocument, ReportPassage

LIKE = 0.5
"""Share of their pieces (Jaccard) from which two passages say the same in other words; chosen by eye on rewritten
sentences: a new figure or date leaves well above it, another measure of the same sector well below."""
_PIECE = 4
"""Characters of a piece: short enough for words that are inflected, long enough to tell sentences apart."""


def compare(documents: Sequence[ReportDocument]) -> tuple[Comparison, ...]:
    """Each version of a Party's NDC with the one before it, versions in the order of their names."""
    by_party: dict[str, list[ReportDocument]] = defaultdict(list)
    for document in documents:
        if document.iso3 and document.result is not None:
            by_party[document.iso3].append(document)
    return tuple(
        compare_two(before, after)
        for _, versions in sorted(by_party.items())
        for before, after in pairwise(sorted(versions, key=lambda each: (each.name, each.key)))
        if before.sha256 != after.sha256
    )


def compare_two(before: ReportDocument, after: ReportDocument) -> Comparison:
    """The evidence of two documents; each passage has at most one like, the most similar ones first."""
    old, new = before.evidence, after.evidence
    pairs = _alike(old, new)
    return Comparison(
        party=after.party or after.iso3,
        before=before.key,
        after=after.key,
        came=_others(new, {number for _, number in pairs}),
        went=_others(old, {number for number, _ in pairs}),
        kept=tuple(sorted(pairs)),
        other_languages=before.language != after.language,
    )


def _others(passages: Sequence[ReportPassage], taken: set[int]) -> tuple[int, ...]:
    return tuple(passage.number for passage in passages if passage.number not in taken)


def _alike(old: Sequence[ReportPassage], new: Sequence[ReportPassage]) -> list[tuple[int, int]]:
    pieces = {id(passage): _pieces(passage.text) for passage in (*old, *new)}
    likeness = sorted(
        (
            (_jaccard(pieces[id(one)], pieces[id(other)]), one.number, other.number)
            for one in old
            for other in new
        ),
        key=lambda found: (-found[0], found[1], found[2]),
    )
    pairs: list[tuple[int, int]] = []
    for share, one, other in likeness:
        free = all(one != first and other != second for first, second in pairs)
        if share >= LIKE and free:
            pairs.append((one, other))
    return pairs


def _pieces(text: str) -> frozenset[str]:
    plain = folded(text)
    return frozenset(plain[at : at + _PIECE] for at in range(max(len(plain) - _PIECE + 1, 1)))


def _jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other)
