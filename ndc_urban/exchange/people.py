"""Who coded: the accounts, sessions and files that a tool names become coders, or a question that lists them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from ndc_urban.counting import agreeing, counted
from ndc_urban.errors import UsageError
from ndc_urban.exchange.guide import LEVEL_FIELDS, PASSAGE_FIELDS
from ndc_urban.exchange.import_result import Place, Problem
from ndc_urban.exchange.reserved import require_coder_name
from ndc_urban.exchange.rows import CLOCKED, Identity, RawRow

NOBODY_NAMED: Mapping[str, str] = MappingProxyType({})
"""No answers to who is who."""


def who_is_who(options: Iterable[str]) -> tuple[str, Mapping[str, str]]:
    """The values of `--coder`: the one bare NAME, and the coders by the names that a file has for them.

    Raises `UsageError` for two bare names, an empty side, and names that no coder may bear.

    >>> who_is_who(["Ana", "2=Ben"])
    ('Ana', {'2': 'Ben'})
    """
    bare = ""
    people: dict[str, str] = {}
    for option in options:
        written, separator, name = (part.strip() for part in option.rpartition("="))
        require_coder_name(name)
        if separator:
            if not written or not name or people.get(written, name) != name:
                raise UsageError(
                    f"--coder {option} does not say who is who.",
                    remedy="Write what the file says before the = and the coder's name behind it: --coder 1=Ana.",
                )
            people[written] = name
        elif bare and name != bare:
            raise UsageError(
                f"--coder names both {bare} and {name}.",
                remedy=f"Say who is who in the file: --coder 1={bare} --coder 2={name}.",
            )
        else:
            bare = name
    return bare, people


class Coders:
    """The coders of a file's rows. `coder` and `people` are what `--coder` says."""

    def __init__(self, rows: Sequence[RawRow], coder: str, people: Mapping[str, str]) -> None:
        self.coder = coder
        self.people = {_plain(written): name for written, name in people.items()}
        self.coded = [row for row in rows if any(row.get(name) for name in (*PASSAGE_FIELDS, *LEVEL_FIELDS))]
        open_ = [row.identity for row in self.coded if row.identity and not self._answered(row)]
        self.counts = Counter(each.shown for each in open_)
        self.numbers = {each.shown for each in open_ if each.kind == "number"}

    def name(self, row: RawRow) -> str:
        """Who coded a row; empty where nobody knows."""
        answer = self._answered(row)
        if answer:
            return answer
        owner, who = self.owner(row), row.identity
        if who is None:
            return row.get("coder") or owner
        if _is_like(who, self.coder):
            return self.coder
        if _is_like(who, owner):
            return owner
        if who.kind == "number":
            return owner if len(self.numbers) <= 1 else who.shown
        is_alone = who.kind == "account" and len(self.counts) <= 1
        return self.coder if is_alone and self.coder else who.shown

    def owner(self, row: RawRow) -> str:
        """Whose row it is if the row itself names nobody."""
        return row.get("sheet_coder") or self.coder

    def problems(self) -> Iterator[Problem]:
        """The questions that the file as a whole raises."""
        yield from self._second_people()
        yield from self._taken()
        yield from self._kept()
        yield from self._unknown()

    def _second_people(self) -> Iterator[Problem]:
        """One question for all people that are not the one of the sheet or of `--coder`."""
        open_ = [row for row in self.coded if not self._answered(row) and not _is_as_exported(row)]
        asked = [row for row in open_ if self._is_unexpected(row)] or self._copied(open_)
        if not asked:
            return
        names = Counter(shown for row in open_ if (shown := self._shown(row)))
        kind = "several_people" if len(names) > 1 else "second_coder"
        message = f"{self._contradiction(asked)} The file names {_listed(names)}."
        place = asked[0].at("coder")
        yield Problem("question", kind, place, message, self._remedy(asked, names), value=", ".join(names))

    def _contradiction(self, asked: Sequence[RawRow]) -> str:
        """What does not go together, as a sentence."""
        sheets = sorted({row.get("sheet_coder") for row in asked} - {"", self.coder})
        if self.coder and sheets:
            return f"--coder says {self.coder}, but the file was exported for {' and '.join(sheets)}."
        owners = sorted({self.owner(row) for row in asked} - {""})
        if owners:
            return f"The codings are not all by {' or '.join(owners)}."
        if any(row.identity for row in asked):
            return "The codings are by somebody whom the file does not name."
        return "Rows were copied for a second coder."

    def _remedy(self, asked: Sequence[RawRow], names: Iterable[str]) -> str:
        of_tools = {row.identity.shown for row in self.coded if row.identity}
        answers = " ".join(f"--coder {who}={'NAME' if who in of_tools else who}" for who in names)
        others = ", ".join(dict.fromkeys(self.name(row) or self._shown(row) for row in asked))
        remedy = f"Say who is who: {answers}. With --partial they are imported as codings by {others}."
        sheet = asked[0].get("sheet_coder")
        if self.coder and [*names] == [sheet] and sheet not in of_tools:
            remedy = (
                f"If they are by {self.coder}: --coder {sheet}={self.coder}. If they are by {sheet}: leave out "
                f"--coder {self.coder}. With --partial they are imported as codings by {others}."
            )
        return remedy

    def _is_unexpected(self, row: RawRow) -> bool:
        """Whether a row is by another person than the sheet or `--coder` says."""
        name, owner = self.name(row), self.owner(row)
        if self.coder:
            return name != self.coder
        return name != owner and (bool(owner) or (row.identity is not None and row.identity.kind == "number"))

    def _copied(self, rows: Sequence[RawRow]) -> list[RawRow]:
        """Rows that repeat an exported row that belongs to nobody, with another coder."""
        first: dict[tuple[bool, str], str] = {}
        found = []
        for row in rows:
            if row.get("row") and row.identity is None and not self.owner(row):
                name = first.setdefault(("level" in row.cells, row.get("row")), self.name(row))
                found += [row] if name != self.name(row) else []
        return found

    def _shown(self, row: RawRow) -> str:
        """The person of a row as the file calls them; empty where it names nobody."""
        return row.identity.shown if row.identity else row.get("coder") or self.owner(row)

    def _kept(self) -> Iterator[Problem]:
        """A note on codings that stay those of the coder for whom they were exported, whatever `--coder` says."""
        kept = [
            row
            for row in self.coded
            if self.coder
            and not self._answered(row)
            and _is_as_exported(row)
            and self.name(row) != self.coder
        ]
        if kept:
            names = Counter(map(self.name, kept))
            message = (
                f"The file names {_listed(names)} with a date, as before it was exported: these are not taken as "
                f"codings by {self.coder}."
            )
            yield Problem("note", "kept_coder", kept[0].at("coder"), message, value=", ".join(names))

    def _taken(self) -> Iterator[Problem]:
        """A note for an account whose codings are taken as those of the person in `--coder`."""
        for row in self.coded:
            who = row.identity
            if who is None or who.kind != "account" or self._answered(row):
                continue
            if self.name(row) == self.coder and not _is_like(who, self.coder):
                count = self.counts[who.shown]
                what = f"{counted(count, 'coding')} by {who.shown} {agreeing(count, 'is', 'are')}"
                message = f"{what} taken as codings by {self.coder}, as --coder says."
                yield Problem("note", "account", row.at("coder"), message, coder=self.coder, value=who.shown)
                return

    def _unknown(self) -> Iterator[Problem]:
        known = {_plain(name) for row in self.coded for name in _names(row)}
        for written, name in self.people.items():
            if written not in known:
                has = ", ".join(dict.fromkeys(shown for row in self.coded for shown in _names(row)[:1]))
                message = (
                    f"--coder says who {written!r} is ({name}), but nothing in the file is by {written!r}."
                )
                place = self.coded[0].at("coder") if self.coded else Place("")
                remedy = f"The file names {has or 'nobody'}."
                yield Problem("question", "unknown_person", place, message, remedy, coder=name, value=written)

    def _answered(self, row: RawRow) -> str:
        return next((self.people[key] for name in _names(row) if (key := _plain(name)) in self.people), "")


def _names(row: RawRow) -> tuple[str, ...]:
    """All names by which a file knows who coded a row."""
    if row.identity is not None:
        return row.identity.shown, *row.identity.others
    name = row.get("coder") or row.get("sheet_coder")
    return (name,) if name else ()


def _is_as_exported(row: RawRow) -> bool:
    """Whether a coding was in the file when it was exported: it has a date that no tool wrote since."""
    own = row.get("coder") == row.get("sheet_coder") != ""
    return row.identity is None and own and bool(row.get("coded_at")) and row.get(CLOCKED) != "1"


def _listed(names: Mapping[str, int]) -> str:
    """People with the numbers of their codings."""
    return ", ".join(f"{who} ({counted(count, 'coding')})" for who, count in names.items())


def _is_like(who: Identity, name: str) -> bool:
    """Whether a name is that of an account, in other capitals or in front of the @ of its e-mail address."""
    names = {_plain(each) for each in (who.shown, *who.others)}
    return bool(name) and _plain(name) in names | {each.partition("@")[0] for each in names}


def _plain(name: str) -> str:
    return name.strip().casefold()
