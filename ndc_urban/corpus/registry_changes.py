"""What is new, changed or withdrawn in a registry of a later date.

A document is the same where its address is; an address that is new may be that of a document that has moved. A Party
that has another name counts once, not with each of its documents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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


def changes(
    old: Sequence[Listed], new: Sequence[Listed], *, lacking: Collection[str] = ()
) -> tuple[Change, ...]:
    """What happened between two registries, sorted by kind of change and Party.

    `lacking` are the fields that one of the two does not have: they are not compared, and no document is known by them.
    """
    found: list[Change] = [] if "party" in lacking else [*_renamed(old, new)]
    pairs, gone, added = _matched(old, new, lacking)
    for earlier, later in pairs:
        found += _differences(earlier, later, lacking)
    found += [Change(WITHDRAWN if each.withdrawn else NEW, each) for each in added]
    found += [Change(GONE, each) for each in gone]
    order = (NEW, CHANGED, MOVED, WITHDRAWN, GONE, RENAMED)
    return tuple(sorted(found, key=lambda each: (order.index(each.change), each.document.iso3, each.what)))


_Pairs = list[tuple[Listed, Listed]]


def _matched(
    old: Sequence[Listed], new: Sequence[Listed], lacking: Collection[str]
) -> tuple[_Pairs, list[Listed], list[Listed]]:
    """The pairs of rows of one document, and the rows that only one of the registries has.

    Several Parties may share an address, and a Party may list one twice, so each row is matched once, the surest
    matches first.
    """
    keys: tuple[Callable[[Listed], tuple[object, ...] | None], ...] = (
        lambda each: (each.path, *_facts(each, lacking)) if each.path else None,
        lambda each: (each.path, each.iso3) if each.path else None,
        lambda each: (each.path,) if each.path else None,
        lambda each: _facts(each, lacking),
    )
    pairs: _Pairs = []
    before, after = list(old), list(new)
    for key in keys:
        waiting: dict[object, list[Listed]] = {}
        for each in before:
            waiting.setdefault(key(each), []).append(each)
        left = []
        for each in after:
            same = waiting.get(key(each)) if key(each) is not None else None
            if same:
                pairs.append((same.pop(0), each))
            else:
                left.append(each)
        before, after = [each for group in waiting.values() for each in group], left
    return pairs, before, after


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


def is_perhaps_cut(found: Sequence[Change], old: Sequence[Listed]) -> bool:
    """Whether so many documents are gone that the later table is perhaps only a part of the registry."""
    return 2 * sum(each.change == GONE for each in found) > len(old)


def _in_words(each: Change) -> str:
    document = each.document
    if each.change == RENAMED:
        return f"{document.iso3}: {each.before} is now {each.after}"
    day = f", {document.day.isoformat()}" if document.day else ", no date"
    name = f"{document.iso3 or document.party}: {document.title or document.path} ({document.language}{day})"
    if each.change in (NEW, GONE, WITHDRAWN):
        return name
    return f"{name}: {each.what} {each.before or 'empty'} → {each.after or 'empty'}"


_COMPARED: Mapping[str, tuple[str, Callable[[Listed], str]]] = {
    "title": ("title", lambda each: each.title),
    "kind": ("kind", lambda each: each.kind),
    "language": ("language", lambda each: each.language),
    "version": ("version", lambda each: each.version),
    "status": ("status", lambda each: each.status),
    "day": ("submission date", lambda each: str(each.day or "")),
    "code": ("code", lambda each: each.iso3),
}
"""By field, what it is called in a change, and its cell."""


def _facts(each: Listed, lacking: Collection[str]) -> tuple[object, ...]:
    """What a document is known by if not by its address. A change of status does not make it another one."""
    facts = {
        "code": each.iso3,
        "day": each.day,
        "kind": each.kind,
        "language": each.language,
        "version": each.version,
        "title": _shortened(each.title.removesuffix(" (Archived)")),
    }
    return tuple(fact for name, fact in facts.items() if name not in lacking)


def _differences(old: Listed, new: Listed, lacking: Collection[str]) -> Iterable[Change]:
    """The cells in which two rows of one document differ."""
    if "address" not in lacking and old.path != new.path:
        yield Change(MOVED, new, "address", old.address, new.address)
    if new.withdrawn and not old.withdrawn and "status" not in lacking:
        yield Change(WITHDRAWN, new, "status", old.status, new.status)
        return
    for name, (what, cell) in _COMPARED.items():
        if name not in lacking and _shortened(cell(old)) != _shortened(cell(new)):
            yield Change(CHANGED, new, what, cell(old), cell(new))


_SHIPPED_TITLE_WORDS = 10
"""The shipped registry has the first ten words of a title, and `…`."""


def _shortened(text: str) -> str:
    """A title as the shipped registry has it, so that a longer copy of it is not a change."""
    words = text.removesuffix(" …").split()
    return " ".join(words[:_SHIPPED_TITLE_WORDS])


def _renamed(old: Sequence[Listed], new: Sequence[Listed]) -> Iterable[Change]:
    earlier = {each.iso3: each.party for each in old if each.iso3}
    for iso3, each in {each.iso3: each for each in new if each.iso3}.items():
        if iso3 in earlier and earlier[iso3] != each.party:
            yield Change(RENAMED, each, "party", earlier[iso3], each.party)
