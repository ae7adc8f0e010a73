"""REFI-QDA projects of coders: selections with codes become rows of a coding sheet.

What the project says counts. The note that the export left in it adds what the standard has no place for, as far
as it fits the selections; programs that drop the note lose that, and no coding.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ndc_urban.counting import agreeing, counted
from ndc_urban.errors import ExchangeFileInvalid
from ndc_urban.exchange import safe
from ndc_urban.exchange.columns import UNKNOWN_TIMESTAMP
from ndc_urban.exchange.formats.json_lines import as_cells
from ndc_urban.exchange.formats.refi_codes import SUGGESTED, TO_CODE, code_tree, flat
from ndc_urban.exchange.formats.refi_levels import BY_MODEL_REMEDY, LevelReader
from ndc_urban.exchange.formats.refi_names import NAMESPACE, NOTE, PROJECT, PROJECT_ENDING, user_of
from ndc_urban.exchange.formats.refi_positions import Span, is_whole_lines, known_places, placed
from ndc_urban.exchange.formats.refi_timestamps import latest
from ndc_urban.exchange.guide import LEVEL_FIELDS, PASSAGE_FIELDS
from ndc_urban.exchange.import_result import ImportResult, Place, Problem, Severity
from ndc_urban.exchange.parsing import parse
from ndc_urban.exchange.people import NOBODY_NAMED
from ndc_urban.exchange.reserved import SETTLING, is_model, is_nobody
from ndc_urban.exchange.rows import RawRow
from ndc_urban.exchange.xml_text import clean
from ndc_urban.labels.anchors import fingerprint
from ndc_urban.safe_archive import is_sound_member

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

Q = f"{{{NAMESPACE}}}"
Cells = dict[str, str]

_DESCRIBED = re.compile(r"document (?P<document>[^\n]+)\s+sha256 (?P<sha256>[0-9a-f]{64})")
_EXACT_NAMES = "QualCoder"
"""Names a selection by its whole text."""

FIX = "Correct the coding in the program and export the project again."


@dataclass
class Marked:
    """What one user says of one stretch of a source: attributes by field, memos, and timestamps."""

    attributes: dict[str, list[str]] = field(default_factory=dict)
    memos: list[str] = field(default_factory=list)
    timestamps: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Source:
    """A text of the project: its name, text, the document it stands for, and where its selections and variables are."""

    name: str
    text: str
    document: str
    sha256: str
    element: Any
    outer: Any


def read(path: Path, *, coder: str = "", people: Mapping[str, str] = NOBODY_NAMED) -> ImportResult:
    """The codings of a project.

    Raises `ExchangeFileInvalid` for a file that is not a REFI-QDA project, and `ExchangeFileUnsafe`.
    """
    archive = safe.Archive(path.name, safe.file_bytes(path))
    project = _project_in(path.name, archive)
    root = safe.xml_root(f"{path.name}, {project}", archive.read(project))
    if root.tag != f"{Q}Project":
        raise ExchangeFileInvalid(f"{path.name} is not a REFI-QDA project.")
    reader = _Reader(path.name, archive, root, project.rpartition("/")[0])
    passages, levels = reader.rows()
    return parse(
        (path,), passages, levels, coder=coder, people=people, complete=False, problems=reader.problems
    )


def projects_in(members: Iterable[str]) -> list[str]:
    """The project files of an archive: programs name them after the project, and people pack them in a folder."""
    return [each for each in members if safe.is_content(each) and each.lower().endswith(PROJECT_ENDING)]


def _project_in(name: str, archive: safe.Archive) -> str:
    """The one project file of an archive. Raises `ExchangeFileInvalid` for none, and for several."""
    found = projects_in(archive.members)
    if not found:
        raise ExchangeFileInvalid(
            f"{name} is not a REFI-QDA project: it has no {PROJECT} or other file ending in {PROJECT_ENDING}.",
            remedy="Export the project again, as a REFI-QDA project (.qdpx).",
        )
    if len(found) > 1:
        raise ExchangeFileInvalid(
            f"{name} holds several projects: {', '.join(sorted(found))}.",
            remedy="Export each project into a file of its own.",
        )
    return found[0]


class _Reader:
    """`folder` is the one of the project file in the archive, in which its sources lie too."""

    def __init__(self, file: str, archive: safe.Archive, root: Element, folder: str) -> None:
        self.file = file
        self.archive = archive
        self.root = root
        self.folder = f"{folder}/" if folder else ""
        self.problems: list[Problem] = []
        self.users = {
            _guid(user.get("guid")): user.get("name", "") for user in root.iterfind(f"{Q}Users/{Q}User")
        }
        self.names_are_exact = root.get("origin", "").startswith(_EXACT_NAMES)
        self.codes = self._codes()
        self.variables = {
            _guid(each.get("guid")): each.get("name", "")
            for each in root.iterfind(f"{Q}Variables/{Q}Variable")
        }
        self.noted_passages, self.noted_levels = self._note()
        self._report_unread()

    def rows(self) -> tuple[list[RawRow], list[RawRow]]:
        passages: list[RawRow] = []
        levels: list[RawRow] = []
        for source in self._sources():
            noted = [row for row in self.noted_passages if row["sha256"] == source.sha256]
            passages.extend(self._passages(source, noted))
            levels.extend(self._levels(source))
        units = {row.get("unit", ""): at for at, row in enumerate(self.noted_passages)}
        order = {row["row"]: at for at, row in enumerate(self.noted_passages)}
        last = len(order)
        passages.sort(key=lambda row: (units.get(row.get("unit"), last), order.get(row.get("row"), last)))
        return passages, levels

    def _codes(self) -> dict[str, tuple[str, str]]:
        """Field and value of each code by GUID; by name where a program gave it another GUID."""
        ours = list(flat(code_tree(for_project=True)))
        by_guid = {code.guid: (code.field, code.value) for code in ours}
        by_name = {code.name.casefold(): (code.field, code.value) for code in ours}
        found: dict[str, tuple[str, str]] = {}
        for code in self.root.iter(f"{Q}Code"):
            guid, name = _guid(code.get("guid")), code.get("name", "")
            known = by_guid.get(guid) or by_name.get(name.strip().casefold())
            found[guid] = known or ("", name)
        return found

    def _note(self) -> tuple[list[Cells], list[Cells]]:
        """The rows that the export left in a note; none where there is no note or it was damaged."""
        for note in self.root.iterfind(f"{Q}Notes/{Q}Note"):
            if note.get("name") != NOTE:
                continue
            try:
                kept = json.loads(note.findtext(f"{Q}PlainTextContent") or "")
                return [_complete(row) for row in kept["passages"]], [
                    _complete(row) for row in kept["levels"]
                ]
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                place = Place(self.file, PROJECT)
                message = "The note with the rows of the coding sheet was changed and is not used."
                self.problems.append(Problem("note", "note_damaged", place, message))
        return [], []

    def _sources(self) -> Iterator[Source]:
        for element in self.root.iterfind(f"{Q}Sources/*"):
            texts = [element] if element.tag == f"{Q}TextSource" else element.findall(f"{Q}Representation")
            for text in texts:
                name = element.get("name", "")
                described = _DESCRIBED.search(element.findtext(f"{Q}Description") or "")
                document = described["document"] if described else name.removesuffix(".txt")
                yield Source(
                    name, self._text(text), document, described["sha256"] if described else "", text, element
                )

    def _report_unread(self) -> None:
        """Notes on what the project holds and nobody reads here: codings of pictures or whole sources, and memos."""
        for source in self.root.iterfind(f"{Q}Sources/*"):
            texts = [source] if source.tag == f"{Q}TextSource" else source.findall(f"{Q}Representation")
            read = sum(len(text.findall(f"{Q}PlainTextSelection/{Q}Coding")) for text in texts)
            unread = len(list(source.iter(f"{Q}Coding"))) - read
            if unread:
                message = (
                    f"{counted(unread, 'coding')} of a picture, a page or the whole source "
                    f"{agreeing(unread, 'is not imported: it is', 'are not imported: they are')} of no stretch of text."
                )
                place = Place(self.file, source.get("name", ""))
                self._report(place, "", "note", "other_coding", message)
        notes = [each.get("name", "") for each in self.root.iterfind(f"{Q}Notes/{Q}Note")]
        others = [each for each in notes if each != NOTE]
        if others:
            memos = f"{counted(len(others), 'memo')} of the project {agreeing(len(others), 'is', 'are')}"
            message = f"{memos} not imported: {', '.join(others)[:200]}."
            self._report(Place(self.file), "", "note", "other_notes", message)

    def _text(self, element: Element) -> str:
        """The text of a source, with the line ends that the positions of its selections count."""
        inline = element.findtext(f"{Q}PlainTextContent")
        if inline is not None:
            return inline
        path = element.get("plainTextPath", "")
        if not path.startswith("internal://"):
            raise ExchangeFileInvalid(
                f"{self.file}: the text of the source {element.get('name', '')!r} is outside of the project.",
                remedy="Export the project with its sources embedded.",
            )
        name = path.removeprefix("internal://").lstrip("/")
        if not is_sound_member(name):
            raise ExchangeFileInvalid(f"{self.file}: a source has the path {path!r}, which is none.")
        places = [f"{self.folder}{folder}{name}".casefold() for folder in ("sources/", "")]
        member = next((each for each in self.archive.members if each.casefold() in places), "")
        if not member:
            raise ExchangeFileInvalid(
                f"{self.file} lacks the text {name!r} of the source {element.get('name', '')!r}.",
                remedy="Export the project again, with its sources.",
            )
        text = safe.decoded(f"{self.file}, {member}", self.archive.read(member))
        return _with_fitting_ends(text, element)

    def _passages(self, source: Source, noted: Sequence[Cells]) -> Iterator[RawRow]:
        by_place: dict[tuple[int, int, str], Cells] = {}
        units: dict[tuple[int, int], Cells] = {}
        for row in noted:
            start, length = int(row["start"]), int(row["length"])
            row.setdefault("text", source.text[start : start + length])
            units.setdefault((start, start + length), row)
            if row["code"]:
                by_place[start, start + length, user_of(row)] = row
        selections = self._selections(source, units.keys())
        coded: set[tuple[int, int]] = set()
        for (start, end, user), said in selections.items():
            attributes = {name: said.attributes[name] for name in PASSAGE_FIELDS if name in said.attributes}
            for name in said.attributes.get("", []):
                message = f"The code {name!r} is not in this codebook."
                self._report(Place(self.file, source.name, start), user, "note", "other_code", message)
            if not attributes:
                continue
            coded.add((start, end))
            double = next((name for name, given in attributes.items() if len(given) > 1), "")
            if double:
                message = f"{user or 'Somebody'} gave this passage several {double}s: {', '.join(attributes[double])}."
                self._report(
                    Place(self.file, source.name, start, double), user, "error", "conflict", message, FIX
                )
                continue
            base = by_place.get((start, end, user))
            cells = self._cells(source, start, end, base or units.get((start, end)))
            cells |= {} if base else {"row": ""}  # it is not the row that was exported
            place = Place(self.file, source.name, start)
            cells["comment"] = self._comment(place, user, said, base)
            cells |= _said(user, said, {name: given[0] for name, given in attributes.items()}, base)
            yield RawRow(cells, place)
        waiting = [place for place in selections if TO_CODE in selections[place].attributes]
        for start, end, _ in waiting:
            if (start, end) not in coded:
                cells = self._cells(source, start, end, units.get((start, end)))
                empty = dict.fromkeys(
                    (*PASSAGE_FIELDS, "comment", "coder", "coded_at", "codebook", "adjudicates"), ""
                )
                yield RawRow(cells | empty, Place(self.file, source.name, start))

    def _comment(self, place: Place, user: str, said: Marked, base: Cells | None) -> str:
        """The memos as a comment, in its exact words where nobody changed it.

        Programs that make a selection of each code have a memo for each: one that a coder corrected takes the place of
        the others, which are still as they were exported.
        """
        exported = clean(base["comment"]).split() if base else []
        changed = [memo for memo in said.memos if memo.split() != exported]
        if base and not changed and (said.memos or not exported):
            return base["comment"]
        if base and exported:
            what = "changed" if changed else "cleared"
            message = f"The comment was {what}; it was {base['comment'][:60]!r}."
            self._report(place, user, "note", "changed_comment", message)
        if len(changed) > 1:
            message = f"The codes of this passage have {len(changed)} remarks, which are joined."
            self._report(place, user, "note", "joined_comments", message)
        return "\n".join(changed)

    def _cells(self, source: Source, start: int, end: int, noted: Cells | None) -> Cells:
        """The columns of a passage: from the note where it knows the place, else from the selection."""
        text = source.text[start:end]
        if noted is not None and clean(noted["text"]) == clean(text):
            return dict(noted)
        return _complete(
            {
                "document": source.document,
                "sha256": source.sha256,
                "start": str(start),
                "length": str(end - start),
                "fingerprint": fingerprint(text),
                "text": text,
            }
        )

    def _selections(self, source: Source, exported: Collection[Span]) -> dict[tuple[int, int, str], Marked]:
        """What was said by stretch and user; programs may make one selection of each code."""
        found: dict[tuple[int, int, str], Marked] = {}
        to_code = [
            _span(element)
            for element in source.element.iterfind(f"{Q}PlainTextSelection")
            if any(self._code(coding)[0] == TO_CODE for coding in element.iterfind(f"{Q}Coding"))
        ]
        waiting = known_places(source.text, to_code, exported)
        for element in source.element.iterfind(f"{Q}PlainTextSelection"):
            span = self._span(source, element, waiting)
            if span is None:
                continue
            memo = element.findtext(f"{Q}Description") or ""
            codings = element.findall(f"{Q}Coding")
            if memo.strip() and not codings:
                message = f"A remark on text without a code is not imported: {memo[:60]!r}."
                self._report(Place(self.file, source.name, span[0]), "", "note", "remark", message)
            for coding in codings:
                name, value = self._code(coding)
                user = self._user(source, element, coding, span)
                said = found.setdefault((*span, user if name in PASSAGE_FIELDS else f"\0{name}"), Marked())
                given = said.attributes.setdefault(name, [])
                if value not in given:
                    given.append(value)
                if memo and memo not in said.memos:
                    said.memos.append(memo)
                timestamps = (element.get("modifiedDateTime"), coding.get("creationDateTime"))
                said.timestamps.extend(
                    filter(None, timestamps if any(timestamps) else [element.get("creationDateTime")])
                )
        return {
            key: said for key, said in found.items() if not next(iter(said.attributes)).startswith(SUGGESTED)
        }

    def _code(self, coding: Element) -> tuple[str, str]:
        """Field and value of a coding's code; no field for one that is not of this codebook."""
        reference = coding.find(f"{Q}CodeRef")
        target = reference.get("targetGUID") if reference is not None else ""
        return self.codes.get(_guid(target), ("", "unknown code"))

    def _span(self, source: Source, element: Element, waiting: frozenset[Span]) -> Span | None:
        """Where a selection stands; None, with an error, where it lies outside of the text or selects another one."""
        stated, name = _span(element), element.get("name", "")
        (start, end), how = placed(source.text, stated, name, waiting, exact=self.names_are_exact)
        place = Place(self.file, source.name, max(stated[0], 0))
        if how == "wrong":
            message = f"The text from {stated[0]} to {stated[1]} is not what was selected: {name[:60]!r}."
            self._report(place, "", "error", "wrong_text", message, FIX)
            return None
        if not 0 <= start < end <= len(source.text):
            message = f"A selection from {stated[0]} to {stated[1]} lies outside of the text."
            self._report(place, "", "error", "bad_selection", message, FIX)
            return None
        if how == "shifted":
            message = f"Imported at another place: the selected text is from {start} to {end}."
            self._report(place, "", "note", "reanchored", message)
        if how == "unsure":
            message = (
                f"Programs differ in how they count rare characters before {start}, and the file does not say what was "
                f"selected. By the standard it is {source.text[start:end][:60]!r}."
            )
            self._report(place, "", "question", "unsure_place", message)
        return start, end

    def _user(self, source: Source, element: Element, coding: Element, span: Span) -> str:
        """Who gave a code; empty for a person who is not named. A label in the name of a model is reported."""
        own_user = element.get("creatingUser") or element.get("modifyingUser")
        user = self.users.get(_guid(coding.get("creatingUser") or own_user), "")
        by_model = is_model(user)
        name, value = self._code(coding)
        place = Place(self.file, source.name, span[0], name)
        if by_model and name in PASSAGE_FIELDS:
            message = f"The {name} {value} is by the user of the model, whose suggestions are not labels."
            self._report(place, user, "question", "label_by_model", message, BY_MODEL_REMEDY)
        if name.startswith(SUGGESTED) and not by_model:
            message = (
                f"{user or 'Somebody'} used a code for the model's suggestions, not for labels: not imported."
            )
            self._report(place, user, "note", "suggested_code", message)
        return "" if by_model or is_nobody(user) else user

    def _levels(self, source: Source) -> Iterator[RawRow]:
        """The variables of a source on its level, by user."""
        values: list[tuple[str, str]] = []
        for value in source.outer.iterfind(f"{Q}VariableValue"):
            reference = value.find(f"{Q}VariableRef")
            name = self.variables.get(_guid(reference.get("targetGUID")), "") if reference is not None else ""
            text = next((child.text for child in value if child.tag != f"{Q}VariableRef"), None)
            values.append((name, text or ""))
        noted = [row for row in self.noted_levels if row["sha256"] == source.sha256]
        empty = _complete({"document": source.document, "sha256": source.sha256})
        yield from LevelReader(empty, noted, Place(self.file, source.name), self._report).rows(values)

    def _report(
        self, place: Place, user: str, severity: Severity, kind: str, message: str, remedy: str = ""
    ) -> None:
        self.problems.append(Problem(severity, kind, place, message, remedy, place.sheet, user))


def _said(user: str, said: Marked, attributes: Mapping[str, str], base: Cells | None) -> Cells:
    """The answers of a row; where they are those of the export, its coder and timestamp stand."""
    answers = {name: attributes.get(name, "") for name in PASSAGE_FIELDS}
    if base is not None and all(base[name] == answers[name] for name in PASSAGE_FIELDS):
        kept = {name: base.get(name, "") for name in ("coder", "adjudicates", "codebook", "sheet_coder")}
        return answers | kept | {"coded_at": base["coded_at"] or UNKNOWN_TIMESTAMP}
    name, _, settled = user.partition(SETTLING)
    return answers | {
        "coder": name,
        "adjudicates": settled,
        "coded_at": latest(said.timestamps),
        "codebook": base["codebook"] if base else "",
        "sheet_coder": name,  # programs say who coded; nobody types it
    }


def _guid(text: str | None) -> str:
    return (text or "").strip().strip("{}").lower()


def _number(text: str | None) -> int:
    return int(text) if text and text.strip().isdecimal() and len(text) < 12 else -1


def _span(element: Element) -> Span:
    return _number(element.get("startPosition")), _number(element.get("endPosition"))


def _complete(row: Mapping[str, Any]) -> Cells:
    """A row of the note with empty cells for those that were left out; the text stays out."""
    names = (
        *PASSAGE_FIELDS,
        *LEVEL_FIELDS,
        "comment",
        "coder",
        "coded_at",
        "codebook",
        "adjudicates",
        "document",
        "sha256",
    )
    return dict.fromkeys((*names, "row", "page", "section"), "") | as_cells(row)


def _with_fitting_ends(text: str, element: Element) -> str:
    """The text, with one character a line end where the positions count it as one (ATLAS.ti does)."""
    if "\r\n" not in text:
        return text
    single = text.replace("\r\n", "\n")
    places = [
        (_number(each.get("startPosition")), _number(each.get("endPosition")))
        for each in element.iterfind(f"{Q}PlainTextSelection")
    ]

    def fitting(candidate: str) -> int:
        return sum(is_whole_lines(candidate, start, end) for start, end in places)

    return single if fitting(single) > fitting(text) else text
