"""How many labels are found again, file by file: in the file that was coded, and in other versions of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ndc_urban.cache.reading import read
from ndc_urban.corpus.register import Collection, Entry
from ndc_urban.errors import ReadingError
from ndc_urban.files import csv_lines
from ndc_urban.labels.anchors import Found, NotFound, Places
from ndc_urban.labels.records import PassageLabel
from ndc_urban.labels.relocation import relocated_anchors

CODED, OTHER_VERSION = "coded", "other version"
"""The file that was coded, and another file of the same document in the same language."""

COLUMNS = (
    "document",
    "coder",
    "code",
    "file",
    "relation",
    "how",
    "similarity",
    "page",
    "start",
    "length",
    "fingerprint",
    "reason",
)


@dataclass(frozen=True, slots=True)
class Relocated:
    """One label in one file: where it was found, or why it was not."""

    label: PassageLabel
    file: str
    kind: str
    relation: str
    outcome: Found | NotFound


@dataclass(frozen=True)
class RelocationReport:
    """All labels in all files that they were looked for in.

    `unread` are files that cannot be read or have no text layer, with the number of their labels; `without_file` counts
    labels whose coded file the collection does not register.
    """

    placed: tuple[Relocated, ...]
    unread: Mapping[str, int]
    without_file: int
    labels: int

    def figures(self) -> dict[str, Any]:
        """The counts as plain data: by relation and kind of file, how labels were found and why others were not."""
        groups: dict[str, list[Relocated]] = {}
        for each in self.placed:
            groups.setdefault(f"{each.relation} {each.kind}", []).append(each)
        return {
            "labels": self.labels,
            "files": {name: _counts(group) for name, group in sorted(groups.items())},
            "files_without_text": dict(self.unread),
            "labels_without_file": self.without_file,
        }

    def as_csv(self) -> bytes:
        """A row for every label in every file."""
        rows: list[Sequence[object]] = [COLUMNS]
        for each in self.placed:
            label, place = each.label, each.outcome
            where: tuple[object, ...] = ("", "", "", "", "")
            if isinstance(place, Found):
                where = (place.how, round(place.similarity, 2), place.page, place.start, len(place.text))
            reason = place.reason if isinstance(place, NotFound) else ""
            said = (label.document, label.coder, label.code, each.file, each.relation)
            rows.append([*said, *where, label.anchor.fingerprint, reason])
        return csv_lines(rows)


def _counts(group: Sequence[Relocated]) -> dict[str, Any]:
    found = [each.outcome for each in group if isinstance(each.outcome, Found)]
    refused = Counter(each.outcome.reason for each in group if isinstance(each.outcome, NotFound))
    return {
        "files": len({each.file for each in group}),
        "labels": len(group),
        "found": len(found),
        "share": round(len(found) / len(group), 4),
        "how": dict(Counter(each.how for each in found).most_common()),
        "refused": dict(refused.most_common()),
    }


def relocate(
    labels: Sequence[PassageLabel],
    collection: Collection,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> RelocationReport:
    """Looks for labels in the files they were coded on and in other versions of these, one document after the other."""
    by_file: dict[str, list[PassageLabel]] = {}
    for label in labels:
        by_file.setdefault(label.anchor.sha256, []).append(label)
    placed: list[Relocated] = []
    unread: dict[str, int] = {}
    without_file = 0
    for done, (sha256, group) in enumerate(by_file.items(), 1):
        files = list(_files(sha256, group[0].document, collection))
        without_file += 0 if any(relation == CODED for _, relation in files) else len(group)
        for entry, relation in files:
            places = _places(entry, collection)
            if places is None:
                unread[entry.file] = unread.get(entry.file, 0) + len(group)
                continue
            outcomes = relocated_anchors([each.anchor for each in group], places)
            placed.extend(
                Relocated(each, entry.file, entry.kind, relation, outcome)
                for each, outcome in zip(group, outcomes, strict=True)
            )
        progress(done, len(by_file))
    return RelocationReport(tuple(placed), unread, without_file, len(labels))


def _files(sha256: str, document: str, collection: Collection) -> Iterator[tuple[Entry, str]]:
    """The coded file, and the other files of the document in its language (in any, if it is not registered)."""
    coded = next((entry for entry in collection.entries if entry.sha256 == sha256), None)
    if coded:
        yield coded, CODED
    for entry in collection.entries:
        same = entry.document == (coded.document if coded else document) and entry.sha256 != sha256
        if same and (coded is None or entry.language == coded.language):
            yield entry, OTHER_VERSION


def _places(entry: Entry, collection: Collection) -> Places | None:
    try:
        document = read(collection.path(entry.file), ocr="never")
    except ReadingError:
        return None
    return Places(document) if document.blocks else None
