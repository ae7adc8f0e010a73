"""Gives labels that came with texts an anchor with a place, so that they can be shared without the texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ndc_urban.cache.reading import read
from ndc_urban.corpus.register import Collection
from ndc_urban.labels.anchors import NotFound, Places, anchor_at
from ndc_urban.labels.loading import LostLabel
from ndc_urban.labels.records import PassageLabel
from ndc_urban.labels.relocation import relocated_anchors


@dataclass(frozen=True)
class Anchored:
    """The labels in their order, each with a place if it has one, and those whose place is not known."""

    labels: tuple[PassageLabel, ...]
    unplaced: tuple[LostLabel, ...]


def anchored(labels: Sequence[PassageLabel], collection: Collection) -> Anchored:
    """Finds labels without a place (`texts.read_labels_with_texts`) in the files that were coded.

    A label that is not found keeps an anchor without a place (start and length 0): its fingerprint alone. Raises
    `ReadingError` if a file cannot be read.
    """
    entries = {entry.sha256: entry for entry in collection.entries}
    by_file: dict[str, list[int]] = {}
    for number, label in enumerate(labels):
        by_file.setdefault(label.anchor.sha256, []).append(number)
    placed: dict[int, PassageLabel] = {}
    lost: dict[int, str] = {}
    for sha256, numbers in by_file.items():
        places = Places(read(collection.path(entries[sha256].file), ocr="never"))
        for number, place in zip(
            numbers, relocated_anchors([labels[number].anchor for number in numbers], places), strict=True
        ):
            label = labels[number]
            if isinstance(place, NotFound):
                placed[number] = replace(label, anchor=replace(label.anchor, start=0))
                lost[number] = place.reason
            else:
                anchor = anchor_at(places.document, place.start, place.end, place.page)
                placed[number] = replace(label, anchor=anchor)
    return Anchored(
        tuple(placed[number] for number in range(len(labels))),
        tuple(LostLabel(placed[number], reason) for number, reason in sorted(lost.items())),
    )
