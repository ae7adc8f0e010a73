"""What is new, changed or withdrawn in a registry of a later date.

A document is the same where its address is; an address that is new may be that of a document that has moved. A Party
that has another name counts once, not with each of its documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ndc_urban.corpus.registry import Listed
from ndc_urban.files import csv_table

NEW, CHANGED, MOVED, WITHDRAWN, GONE, RENAMED = "new", "changed", "moved", "withdrawn", "gone", "renamed"
"""Kinds of change. A withdrawn document is marked so; one that is gone is no longer listed."""

CHANGE_COLUMNS = (
    "change",
    "iso3",
    "party",
    "title",
    "kind",
    "language",
    "version",
    "submission_date",
    "address",
    "what",
    "before",
    "after",
)


@dataclass(frozen=True)
class Change:
    """A change of a document, or of a Party's name: `what` changed, from `before` to `after`, where that is known."""

    change: str
    document: Listed
    what: str = ""
    before: str = ""
    after: str = ""

    def as_row(self) -> dict[str, str]:
        """A row of the table of changes."""
        each = self.document
        of_party = self.change == RENAMED
        return {
            "change": self.change,
            "iso3": each.iso3,
            "party": each.party,
            "title": "" if of_party else each.title,
            "kind": "" if of_party else each.kind,
            "language": "" if of_party else each.language,
            "version": "" if of_party else each.version,
            "submission_date": "" if of_party or not each.day else each.day.isoformat(),
            "address": "" if of_party else each.address,
            "what": self.what,
            "before": self.before,
            "after": self.after,
        }


def changes(old: Sequence[Listed], new: Sequence[Listed]) -> tuple[Change, ...]:
    """What happened between two registries, sorted by kind of change and Party."""
    before = {each.path or _facts(each): each for each in old}
    after = {each.path or _facts(each): each for each in new}
    found: list[Change] = [*_renamed(old, new)]
    gone = {_facts(each): each for path, each in before.items() if path not in after}
    for path, each in after.items():
        earlier = before.get(path)
        if earlier is not None:
            found += _differences(earlier, each)
        elif _facts(each) in gone:
            moved = gone.pop(_facts(each))
            found.append(Change(MOVED, each, "address", moved.address, each.address))
        else:
            found.append(Change(WITHDRAWN if each.withdrawn else NEW, each))
    found += [Change(GONE, each) for each in gone.values()]
    order = (NEW, CHANGED, MOVED, WITHDRAWN, GONE, RENAMED)
    return tuple(sorted(found, key=lambda each: (order.index(each.change), each.document.iso3, each.what)))


def as_csv(found: Sequence[Change]) -> bytes:
    """The changes as a CSV file."""
    return csv_table(CHANGE_COLUMNS, (each.as_row() for each in found))


def in_words(found: Sequence[Change]) -> list[str]:
    """The changes as lines of text, a heading with a count above each kind."""
    counts = Counter(each.change for each in found)
    lines = []
    for kind, heading in _HEADINGS.items():
        if counts[kind]:
            lines.append(f"{counts[kind]} {heading}:")
            lines += [f"  {_in_words(each)}" for each in found if each.change == kind]
    return lines or ["Nothing has changed."]


_HEADINGS: Mapping[str, str] = {
    NEW: "new",
    CHANGED: "changed",
    MOVED: "at another address",
    WITHDRAWN: "withdrawn",
    GONE: "no longer listed",
    RENAMED: "Parties renamed",
}


def _in_words(each: Change) -> str:
    document = each.document
    if each.change == RENAMED:
        return f"{document.iso3}: {each.before} is now {each.after}"
    day = f", {document.day.isoformat()}" if document.day else ", no date"
    name = f"{document.iso3 or document.party}: {document.title or document.path} ({document.language}{day})"
    if each.change in (NEW, GONE, WITHDRAWN):
        return name
    return f"{name}: {each.what} {each.before or 'empty'} → {each.after or 'empty'}"


def _facts(each: Listed) -> tuple[object, ...]:
    """What a document is known by if not by its address. A change of status does not make it another one."""
    return (
        each.iso3,
        each.day,
        each.kind,
        each.language,
        each.version,
        _shortened(each.title.removesuffix(" (Archived)")),
    )


def _differences(old: Listed, new: Listed) -> Iterable[Change]:
    """The cells in which two rows of one document differ."""
    if new.withdrawn and not old.withdrawn:
        yield Change(WITHDRAWN, new, "status", old.status, new.status)
        return
    pairs = {
        "title": (old.title, new.title),
        "kind": (old.kind, new.kind),
        "language": (old.language, new.language),
        "version": (old.version, new.version),
        "status": (old.status, new.status),
        "submission date": (str(old.day or ""), str(new.day or "")),
        "code": (old.iso3, new.iso3),
    }
    for what, (earlier, later) in pairs.items():
        if _shortened(earlier) != _shortened(later):
            yield Change(CHANGED, new, what, earlier, later)


_SHIPPED_TITLE_WORDS = 10
"""The shipped registry has the first ten words of a title, and `…`."""


def _shortened(text: str) -> str:
    """A title as the shipped registry has it, so that a longer copy of it is no change."""
    words = text.removesuffix(" …").split()
    return " ".join(words[:_SHIPPED_TITLE_WORDS])


def _renamed(old: Sequence[Listed], new: Sequence[Listed]) -> Iterable[Change]:
    earlier = {each.iso3: each.party for each in old if each.iso3}
    for iso3, each in {each.iso3: each for each in new if each.iso3}.items():
        if iso3 in earlier and earlier[iso3] != each.party:
            yield Change(RENAMED, each, "party", earlier[iso3], each.party)
