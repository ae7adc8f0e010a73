"""Finds many anchors of one document in it again, using the fact that their order is kept."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from ndc_urban.labels.anchors import (
    ABSENT,
    AMBIGUOUS,
    TOO_SHORT,
    Anchor,
    Found,
    NotFound,
    Places,
    has_landmarks,
    nearest_of,
)

OUT_OF_ORDER = "only a similar text was found, and not in the order of the coded texts"
SOLID_SIMILARITY = 0.8
"""A similar text that keeps this share of its landmarks counts anywhere in the document, one with less only in order.
It must lie above `anchors.ENOUGH`; chosen by eye on real NDCs."""

Link = tuple[float, int]
"""The order key of an anchor, and where it was found."""


def relocated_anchors(
    anchors: Sequence[Anchor], places: Places, keys: Sequence[float] | None = None
) -> list[Found | NotFound]:
    """Where each anchor of one source document is in another reading, version or file of it.

    `keys` give the order of the anchors in their own document; their starts by default. A text that is found in
    several places is taken where its neighbours in that order leave it; where they do not decide it is refused.
    """
    order = [float(anchor.start) for anchor in anchors] if keys is None else keys
    candidates = [places.candidates(anchor) for anchor in anchors]
    chain = longest_rising(
        (key, found[0].start) for key, found in zip(order, candidates, strict=True) if _is_solid(found)
    )
    return [
        _settled(anchor, key, found, chain, len(places.document.text))
        for anchor, key, found in zip(anchors, order, candidates, strict=True)
    ]


def _is_solid(found: Sequence[Found]) -> bool:
    return len(found) == 1 and found[0].similarity >= SOLID_SIMILARITY


def _settled(
    anchor: Anchor, key: float, found: Sequence[Found], chain: Sequence[Link], length: int
) -> Found | NotFound:
    if not found:
        return NotFound(ABSENT if has_landmarks(anchor.fingerprint) else TOO_SHORT)
    if _is_solid(found):
        return found[0]
    before, after = _neighbours(key, chain)
    low, high = before[1] if before else 0, after[1] if after else length
    between = [place for place in found if low <= place.start <= high]
    if len(between) == 1:
        return between[0]
    if not between:
        return NotFound(OUT_OF_ORDER if len(found) == 1 else AMBIGUOUS.format(len(found)))
    return nearest_of(between, _expected(key, before, after)) or NotFound(AMBIGUOUS.format(len(found)))


def _neighbours(key: float, chain: Sequence[Link]) -> tuple[Link | None, Link | None]:
    """The links of the chain before and after a key; None where the chain has none on that side."""
    keys = [link[0] for link in chain]
    before, after = bisect_left(keys, key), bisect_right(keys, key)
    return chain[before - 1] if before else None, chain[after] if after < len(chain) else None


def _expected(key: float, before: Link | None, after: Link | None) -> float:
    """Where a text should be: between its neighbours as in its own document, or beside the only one."""
    if before is None or after is None:
        only = before or after
        return float(only[1]) if only else 0.0
    return before[1] + (after[1] - before[1]) * (key - before[0]) / (after[0] - before[0])


def longest_rising(links: Iterable[Link]) -> list[Link]:
    """The longest run of links whose places rise with their keys: those that agree on the order."""
    ordered = sorted(links)
    tails: list[int] = []
    tail_of: list[int] = []
    previous = [-1] * len(ordered)
    for number, (_, start) in enumerate(ordered):
        at = bisect_right(tails, start)
        previous[number] = tail_of[at - 1] if at else -1
        tails[at : at + 1] = [start]
        tail_of[at : at + 1] = [number]
    run: list[Link] = []
    at = tail_of[-1] if tail_of else -1
    while at >= 0:
        run.append(ordered[at])
        at = previous[at]
    return run[::-1]
