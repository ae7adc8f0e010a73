"""How many labels find their place again, file by file: on the file that was coded, and on its twins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ndc_urban.corpus.register import Collection, Entry
from ndc_urban.errors import ReadingError
from ndc_urban.labels.anchors import Found, NotFound, Places
from ndc_urban.labels.records import PassageLabel
from ndc_urban.labels.relocation import put_back
from ndc_urban.reading import read

CODED, TWIN = "coded", "twin"
"""The file that was coded, and another file of the same document in the same language."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One label on one file: where it stands there, or why it was refused."""

    coding: PassageLabel
    file: str
    kind: str
    relation: str
    outcome: Found | NotFound


@dataclass(frozen=True)
class Resolution:
    """All labels on all files that they were tried on.

    `unread` are files that cannot be read or have no text layer, with the number of their labels; `homeless` labels
    whose coded file the collection does not register.
    """

    placed: tuple[Placed, ...]
    unread: Mapping[str, int]
    homeless: int
    labels: int

    def figures(self) -> dict[str, Any]:
        """The counts as plain data: by relation and kind of file, how labels were found and why others were not."""
        groups: dict[str, list[Placed]] = {}
        for each in self.placed:
            groups.setdefault(f"{each.relation} {each.kind}", []).append(each)
        return {
            "labels": self.labels,
            "files": {name: _counts(group) for name, group in sorted(groups.items())},
            "files_without_text": dict(self.unread),
            "labels_without_file": self.homeless,
        }


def _counts(group: Sequence[Placed]) -> dict[str, Any]:
    found = [each.outcome for each in group if isinstance(each.outcome, Found)]
    refused = Counter(each.outcome.reason for each in group if isinstance(each.outcome, NotFound))
    return {
        "files": len({each.file for each in group}),
        "labels": len(group),
        "resolved": len(found),
        "share": round(len(found) / len(group), 4),
        "how": dict(Counter(each.how for each in found).most_common()),
        "refused": dict(refused.most_common()),
    }


def resolution(
    codings: Sequence[PassageLabel],
    collection: Collection,
    *,
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Resolution:
    """Puts labels onto the files they were coded on and onto the twins of these; `tell` hears of each document."""
    by_file: dict[str, list[PassageLabel]] = {}
    for coding in codings:
        by_file.setdefault(coding.anchor.sha256, []).append(coding)
    placed: list[Placed] = []
    unread: dict[str, int] = {}
    homeless = 0
    for done, (sha256, group) in enumerate(by_file.items(), 1):
        files = list(_files(sha256, group[0].document, collection))
        homeless += 0 if any(relation == CODED for _, relation in files) else len(group)
        for entry, relation in files:
            places = _places(entry, collection)
            if places is None:
                unread[entry.file] = unread.get(entry.file, 0) + len(group)
                continue
            outcomes = put_back([each.anchor for each in group], places)
            placed.extend(
                Placed(each, entry.file, entry.kind, relation, outcome)
                for each, outcome in zip(group, outcomes, strict=True)
            )
        tell(done, len(by_file))
    return Resolution(tuple(placed), unread, homeless, len(codings))


def _files(sha256: str, document: str, collection: Collection) -> Iterator[tuple[Entry, str]]:
    """The coded file, and the other files of the document in its language (in any, where it is not registered)."""
    coded = next((entry for entry in collection.entries if entry.sha256 == sha256), None)
    if coded:
        yield coded, CODED
    for entry in collection.entries:
        same = entry.document == (coded.document if coded else document) and entry.sha256 != sha256
        if same and (coded is None or entry.language == coded.language):
            yield entry, TWIN


def _places(entry: Entry, collection: Collection) -> Places | None:
    try:
        document = read(collection.path(entry.file), ocr="never")
    except ReadingError:
        return None
    return Places(document) if document.blocks else None
