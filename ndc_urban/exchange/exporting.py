"""Coding material from documents: passages with exact places, codings that are there, and what a model suggests."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ndc_urban.corpus.library import Holding, Library
from ndc_urban.document import Document, Passage
from ndc_urban.errors import NdcUrbanError, ReadingError, UsageError
from ndc_urban.exchange.coding_sheet import CodingSheet, LevelSuggestion, Suggestion, Unit
from ndc_urban.exchange.export_bundle import Material
from ndc_urban.files import read_csv
from ndc_urban.labels.anchors import Anchor, anchor_of
from ndc_urban.labels.records import LevelLabel, PassageLabel
from ndc_urban.segment import segment

Tell = Callable[[int, int], None]
"""Called with how many steps are done, and of how many."""

_CONTROLS = {code: " " for code in [*range(32), 127] if chr(code) != "\n"}
"""The table of passages of a run has spaces for control characters."""


@dataclass(frozen=True)
class Predicted:
    """What a run says of a document: its passages in order, each with a suggestion, and its level."""

    passages: tuple[tuple[str, Suggestion], ...]
    level: LevelSuggestion | None = None


@dataclass(frozen=True)
class Drawn:
    """A sample: files in the order of the draw, places of passages in them (none: all of them), and by SHA-256 the
    inclusion probabilities, names and paths of the documents.
    """

    files: tuple[str, ...]
    places: Mapping[str, frozenset[tuple[int, int, str]]] = field(default_factory=dict)
    inclusion: Mapping[str, float] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True)
class Exported:
    """Material, and what could not go into it: files that were not read, and counts of what was left out.

    Of the codings that are there already `unplaced` belong to other passages of these files and `elsewhere` to other
    files; `levels_left_out` counts levels by the reason. `levels_assigned` counts by file those that do not say which
    file was read, and go along with this one.
    """

    material: Material
    unread: tuple[tuple[Holding, NdcUrbanError], ...] = ()
    unmatched: int = 0
    unplaced: int = 0
    elsewhere: int = 0
    levels_left_out: Mapping[str, int] = field(default_factory=dict)
    levels_assigned: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """What is wanted of an export.

    With `predictions` (by SHA-256) the passages are those of a run; `suggest` lets what the model said go along. With
    `drawn` only the passages of the sample are taken. Of `codings` and `levels` those that belong to the passages and
    files go along as people's codings.
    """

    predictions: Mapping[str, Predicted] | None = None
    drawn: Drawn | None = None
    suggest: bool = False
    codings: Sequence[PassageLabel] = ()
    levels: Sequence[LevelLabel] = ()
    coder: str = ""
    one_list: bool = False


def coding_material(
    files: Sequence[Holding], library: Library, request: Request, *, tell: Tell = lambda done, total: None
) -> Exported:
    """Reads files and makes a coding sheet of their passages.

    A file that cannot be read is named in the result and stops nothing.
    """
    predictions, drawn = request.predictions, request.drawn
    named = drawn.names if drawn else {}
    coded = _names_in(request)
    units: list[Unit] = []
    texts: dict[str, str] = {}
    names: dict[str, str] = {}
    unread: list[tuple[Holding, NdcUrbanError]] = []
    unmatched = 0
    for number, holding in enumerate(files, 1):
        try:
            document = library.open(holding)
        except ReadingError as error:
            unread.append((holding, error))
            continue
        finally:
            tell(number, len(files))
        texts[holding.sha256] = document.text
        unregistered = {} if holding.registered else coded
        name = named.get(holding.sha256) or unregistered.get(holding.sha256) or holding.document
        names[holding.sha256] = name
        predicted = predictions.get(holding.sha256) if predictions is not None else None
        chosen, not_there = _chosen(document, drawn)
        pairs, lost = _paired(chosen, predicted, listed_only=predictions is not None and drawn is None)
        unmatched += lost + not_there
        units.extend(
            _unit(document, name, passage, given if request.suggest else None) for passage, given in pairs
        )
    by_place = {
        (unit.document, unit.anchor.sha256, unit.anchor.start, unit.anchor.length): unit for unit in units
    }
    of_files = [coding for coding in request.codings if coding.anchor.sha256 in texts]
    placed = [_on_unit(coding, by_place) for coding in of_files]
    levels, left_out, assigned = _levels_of(request.levels, names, of_files)
    suggestions = [
        each.level
        for sha256, each in (predictions or {}).items()
        if request.suggest and each.level and sha256 in texts
    ]
    sheet = CodingSheet(
        tuple(units),
        tuple(coding for coding in placed if coding is not None),
        levels,
        tuple(_named(suggestions, units)),
    )
    inclusion = drawn.inclusion if drawn else {}
    return Exported(
        Material(sheet, request.coder, texts, request.one_list, inclusion),
        tuple(unread),
        unmatched,
        sum(coding is None for coding in placed),
        len(request.codings) - len(of_files),
        left_out,
        {holding.path.name: assigned[holding.sha256] for holding in files if assigned[holding.sha256]},
    )


def _names_in(request: Request) -> dict[str, str]:
    """What the codings and levels that are there call a file's document, by the file's hash."""
    return {level.sha256: level.document for level in request.levels} | {
        coding.anchor.sha256: coding.document for coding in request.codings
    }


def _chosen(document: Document, drawn: Drawn | None) -> tuple[list[Passage], int]:
    """The passages that are wanted of a document, and how many of those that were drawn it does not hold."""
    passages = segment(document)
    places = drawn.places.get(document.sha256) if drawn else None
    if not places:
        return list(passages), 0
    anchors = [anchor_of(document, passage) for passage in passages]
    at_place = {(anchor.start, anchor.length): at for at, anchor in enumerate(anchors)}
    taken = {at_place[start, length] for start, length, _ in places if (start, length) in at_place}
    lost = 0
    for start, length, mark in sorted(places):
        if (start, length) in at_place:
            continue
        same = [at for at, anchor in enumerate(anchors) if anchor.fingerprint == mark and at not in taken]
        if same:
            taken.add(min(same, key=lambda at: abs(anchors[at].start - start)))
        else:
            lost += 1
    return [passages[at] for at in sorted(taken)], lost


def _paired(
    passages: Sequence[Passage], predicted: Predicted | None, *, listed_only: bool
) -> tuple[list[tuple[Passage, Suggestion | None]], int]:
    """Passages with what the run says of them, and how many passages of the run are not among them."""
    if predicted is None:
        return [(passage, None) for passage in passages], 0
    waiting: dict[str, deque[Suggestion]] = {}
    for text, said in predicted.passages:
        waiting.setdefault(text, deque()).append(said)
    pairs: list[tuple[Passage, Suggestion | None]] = []
    for passage in passages:
        same = waiting.get(passage.text.translate(_CONTROLS))
        suggestion = same.popleft() if same else None
        if suggestion is not None or not listed_only:
            pairs.append((passage, suggestion))
    return pairs, sum(map(len, waiting.values())) if listed_only else 0


def _unit(document: Document, name: str, passage: Passage, suggestion: Suggestion | None) -> Unit:
    anchor = anchor_of(document, passage)
    return Unit(name, anchor, passage.text, passage.location, passage.kind, passage.language, suggestion)


def _on_unit(coding: PassageLabel, units: Mapping[tuple[str, str, int, int], Unit]) -> PassageLabel | None:
    """A coding with the anchor of the unit at its place; None where there is no such unit."""
    anchor: Anchor = coding.anchor
    unit = units.get((coding.document, anchor.sha256, anchor.start, anchor.length))
    return replace(coding, anchor=unit.anchor) if unit else None


def _levels_of(
    levels: Sequence[LevelLabel], names: Mapping[str, str], codings: Sequence[PassageLabel]
) -> tuple[tuple[LevelLabel, ...], Mapping[str, int], Counter[str]]:
    """The levels of files (`names` has their documents by hash), and how many others there are, by the reason.

    A level that does not say which file was coded is told by the name of its document. It gets the file of that
    document on which its coder coded most passages, else that on which most were coded, else the first; how many did
    is counted by file.
    """
    count = Counter(coding.anchor.sha256 for coding in codings)
    own = Counter((coding.coder, coding.anchor.sha256) for coding in codings)
    by_document: dict[str, list[str]] = {}
    for sha256, document in names.items():
        by_document.setdefault(document, []).append(sha256)
    taken: dict[Hashable, LevelLabel] = {}
    left_out: Counter[str] = Counter()
    assigned: Counter[str] = Counter()
    for level in levels:
        likely = sorted(
            by_document.get(level.document, []), key=lambda file: (-own[level.coder, file], -count[file])
        )
        sha256 = level.sha256 or next(iter(likely), "")
        if names.get(sha256) == level.document:
            given = replace(level, sha256=sha256)
            standing = taken.setdefault(given.unit_of_coder, given)
            if standing is given:
                assigned[sha256] += not level.sha256
            elif standing.answers != given.answers:
                left_out["their coder gave another one before"] += 1
            else:
                left_out["their coder gave the same one before"] += 1
                if standing.inclusion_probability is None:
                    probability = given.inclusion_probability
                    taken[given.unit_of_coder] = replace(standing, inclusion_probability=probability)
        elif level.document in by_document:
            left_out["another file of the document was coded"] += 1
        elif sha256 in names:
            left_out["their file is named otherwise here"] += 1
        else:
            left_out["their documents are not in this export"] += 1
    return tuple(taken.values()), left_out, assigned


def _named(suggestions: Sequence[LevelSuggestion], units: Sequence[Unit]) -> list[LevelSuggestion]:
    """Suggested levels under the names that the units' documents have."""
    names = {unit.anchor.sha256: unit.document for unit in units}
    return [replace(each, document=names[each.sha256]) for each in suggestions if each.sha256 in names]


def read_sample(path: Path) -> Drawn:
    """A sample as `ndc-urban sample` writes it: column `sha256`, for passages `start`, `length` and `fingerprint`.

    Raises `PathMissing` and, for a file that is no sample, `UsageError`.
    """
    remedy = "Give the file that `ndc-urban sample` made."
    rows = read_csv(path, ("sha256",), error=UsageError, remedy=remedy).rows
    places: dict[str, set[tuple[int, int, str]]] = {}
    inclusion: dict[str, float] = {}
    names: dict[str, str] = {}
    paths: dict[str, Path] = {}
    try:
        for row in rows:
            sha256 = row["sha256"]
            if row.get("start"):
                place = (int(row["start"]), int(row["length"]), row.get("fingerprint") or "")
                places.setdefault(sha256, set()).add(place)
            elif row.get("inclusion_probability"):
                inclusion[sha256] = float(row["inclusion_probability"])
            if row.get("document"):
                names[sha256] = row["document"]
            if row.get("path"):
                paths[sha256] = Path(row["path"])
    except (KeyError, ValueError, TypeError) as error:
        raise UsageError(f"{path} is not a sample ({error}).", remedy=remedy) from error
    return Drawn(
        tuple(dict.fromkeys(row["sha256"] for row in rows)),
        {sha256: frozenset(each) for sha256, each in places.items()},
        inclusion,
        names,
        paths,
    )
