"""What coders did with suggestions: changed them, kept them, or kept them in less time than the text takes to read.

The last can only be seen where the tool records the time of a coding, or how long its passage was open.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from ndc_urban.exchange.import_result import ImportedRow, Item
from ndc_urban.labels.records import LevelLabel, PassageLabel, Review

LETTERS_PER_SECOND = 50
"""Faster nobody reads: about twice the 238 words a minute of adults who read English silently (Brysbaert 2019,
"How many words do we read per minute?", at six letters a word with its space)."""
LEVEL_SECONDS = 10
"""A level needs a look at the document, unless its coder coded passages of it. Chosen by eye."""


def with_reviews(
    passages: Sequence[ImportedRow[PassageLabel]],
    levels: Sequence[ImportedRow[LevelLabel]],
) -> tuple[list[ImportedRow[PassageLabel]], list[ImportedRow[LevelLabel]]]:
    """The codings with the suggestion that was in view, and what became of it."""
    times = _Times([*passages, *levels])
    coded = {(each.coding.document, each.coding.coder) for each in passages}

    def needed(item: ImportedRow[LevelLabel]) -> float:
        return 0.0 if (item.coding.document, item.coding.coder) in coded else LEVEL_SECONDS

    return (
        [_reviewed(item, times, _letters(item) / LETTERS_PER_SECOND) for item in passages],
        [_reviewed(item, times, needed(item)) for item in levels],
    )


def unread_counts(
    passages: Sequence[ImportedRow[PassageLabel]], levels: Sequence[ImportedRow[LevelLabel]]
) -> Iterator[tuple[str, int]]:
    """How many suggestions each coder kept without reading the text (`review` is `unseen`)."""
    hasty = [each.coding.coder for each in passages if each.coding.review == "unseen"]
    hasty += [each.coding.coder for each in levels if each.coding.review == "unseen"]
    yield from ((coder, hasty.count(coder)) for coder in dict.fromkeys(hasty))


def _reviewed(item: ImportedRow[Item], times: _Times, needed: float) -> ImportedRow[Item]:
    if not item.suggestion or item.undated:
        return item
    taken = item.seconds if item.seconds is not None else times.since_last(item)
    review: Review = "changed"
    if item.suggestion == item.coding.said:
        review = "kept" if taken is None or taken >= needed else "unseen"
    return replace(item, coding=replace(item.coding, suggestion=item.suggestion, review=review))


def _letters(item: ImportedRow[PassageLabel]) -> int:
    return len(item.text) if item.text is not None else item.coding.anchor.length


class _Times:
    """When each coding was made, and how long after the one before by the same coder."""

    def __init__(self, items: Sequence[ImportedRow[PassageLabel] | ImportedRow[LevelLabel]]) -> None:
        by_coder: dict[str, list[datetime]] = {}
        for item in items:
            if item.clocked and item.coding.coded_at:
                by_coder.setdefault(item.coding.coder, []).append(_time_of(item.coding.coded_at))
        self._by_coder = {coder: sorted(times) for coder, times in by_coder.items()}

    def since_last(self, item: ImportedRow[PassageLabel] | ImportedRow[LevelLabel]) -> float | None:
        """Seconds since the coder's coding before; 0 for several at the same time, None for the first."""
        times = self._by_coder.get(item.coding.coder, [])
        if not item.clocked or not item.coding.coded_at:
            return None
        at_time = _time_of(item.coding.coded_at)
        at = bisect_left(times, at_time)
        if times[at : at + 2] == [at_time, at_time]:
            return 0.0
        return (at_time - times[at - 1]).total_seconds() if at else None


def _time_of(timestamp: str) -> datetime:
    at_time = datetime.fromisoformat(timestamp)
    return at_time if at_time.tzinfo else at_time.replace(tzinfo=UTC)
