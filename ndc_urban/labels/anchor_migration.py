"""Labels with texts become labels with anchors, which may be shared where the texts may not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ndc_urban.codebook import CODEBOOK_VERSION
from ndc_urban.corpus.register import Collection
from ndc_urban.errors import AnnotationsInvalid
from ndc_urban.labels.anchors import Anchor, NotFound, Places, anchor_at, fingerprint
from ndc_urban.labels.loading import Unresolved, unplaced
from ndc_urban.labels.records import PassageLabel
from ndc_urban.labels.relocation import put_back
from ndc_urban.labels.texts import LabelWithText
from ndc_urban.reading import read


@dataclass(frozen=True)
class Anchored:
    """A coding for each label, in the order of the labels, and those whose place in their file is not known."""

    codings: tuple[PassageLabel, ...]
    unplaced: tuple[Unresolved, ...]


def anchored(labels: Sequence[LabelWithText], collection: Collection) -> Anchored:
    """Finds the texts of labels in the files they were coded on.

    A label whose place cannot be told keeps an anchor without a place (length 0): its fingerprint alone. Raises
    `AnnotationsInvalid` where the register does not name a file, and `ReadingError` where one cannot be read.
    """
    by_source: dict[str, list[int]] = {}
    for number, label in enumerate(labels):
        by_source.setdefault(label.source, []).append(number)
    codings: dict[int, PassageLabel] = {}
    lost: dict[int, str] = {}
    for source, numbers in by_source.items():
        if source not in collection.by_file:
            raise AnnotationsInvalid(
                f"Labels refer to {source}, which the register of the collection does not name."
            )
        places = Places(read(collection.path(source), ocr="never"))
        mine = [labels[number] for number in numbers]
        found = put_back(
            [unplaced(label.text) for label in mine], places, [float(label.block) for label in mine]
        )
        for number, label, place in zip(numbers, mine, found, strict=True):
            if isinstance(place, NotFound):
                sha256 = collection.by_file[source].sha256
                codings[number] = _coding(label, Anchor(sha256, None, 0, 0, fingerprint(label.text)))
                lost[number] = place.reason
            else:
                anchor = anchor_at(places.document, place.start, place.end, place.page)
                codings[number] = _coding(label, anchor)
    return Anchored(
        tuple(codings[number] for number in range(len(labels))),
        tuple(Unresolved(codings[number], reason) for number, reason in sorted(lost.items())),
    )


def _coding(label: LabelWithText, anchor: Anchor) -> PassageLabel:
    return PassageLabel(
        document=label.document,
        anchor=anchor,
        coder=label.coder,
        coded_at="",
        codebook=CODEBOOK_VERSION,
        code=label.code,
        sector=label.sector,
        strand=label.strand,
        role=label.role,
        wave=label.wave,
        seen=label.seen,
    )
