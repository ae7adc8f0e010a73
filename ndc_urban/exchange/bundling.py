"""Makes export bundles from documents: passages with their anchors, existing codings, and a model's suggestions."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ndc_urban.corpus.library import Holding, Library
from ndc_urban.document import Document, Passage
from ndc_urban.errors import NdcUrbanError, ReadingError
from ndc_urban.exchange.coding_sheet import CodingSheet, LevelSuggestion, Suggestion, Unit
from ndc_urban.exchange.drawn_sample import Drawn
from ndc_urban.exchange.export_bundle import ExportBundle
from ndc_urban.exchange.predictions import Predicted
from ndc_urban.exchange.progress import Progress, no_progress
from ndc_urban.labels.anchors import Anchor, anchor_of
from ndc_urban.labels.records import LevelLabel, PassageLabel
from ndc_urban.segment import segment

_CONTROLS = {code: " " for code in [*range(32), 127] if chr(code) != "\n"}
"""The table of passages of a run has spaces for control characters."""


@dataclass(frozen=True)
class Bundled:
    """A bundle, and what could not go into it: files that were not read, and counts of what was left out.

    Of the existing codings `unplaced` belong to other passages of these files and `elsewhere` to other files;
    `levels_left_out` counts levels by the reason. `levels_assigned` counts by file those that do not say which file
    was read, and are taken as levels of this one.
    """

    bundle: ExportBundle
    unread: tuple[tuple[Holding, NdcUrbanError], ...] = ()
    unmatched: int = 0
    unplaced: int = 0
    elsewhere: int = 0
    levels_left_out: Mapping[str, int] = field(default_factory=dict)
    levels_assigned: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """What is wanted of an export.

    With `predictions` (by SHA-256) the passages are those of a run; `suggest` includes what the model predicts. With
    `drawn` only the passages of the sample are taken. Of `codings` and `levels` those that belong to the passages and
    files are included as people's codings.
    """

    predictions: Mapping[str, Predicted] | None = None
    drawn: Drawn | None = None
    suggest: bool = False
    codings: Sequence[PassageLabel] = ()
    levels: Sequence[LevelLabel] = ()
    coder: str = ""
    one_list: bool = False


@dataclass
class _Documents:
    """What was read of the files: units, texts and names by SHA-256, and what was not found."""

    units: list[Unit] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    unread: list[tuple[Holding, NdcUrbanError]] = field(default_factory=list)
    unmatched: int = 0


def make_bundle(
    files: Sequence[Holding], library: Library, request: Request, *, progress: Progress = no_progress
) -> Bundled:
    """Reads files and makes a coding sheet of their passages.

    A file that cannot be read is named in the result and stops nothing.
    """
    read = _read_all(files, library, request, progress)
    by_place = {
        (unit.document, unit.anchor.sha256, unit.anchor.start, unit.anchor.length): unit
        for unit in read.units
    }
    of_files = [coding for coding in request.codings if coding.anchor.sha256 in read.texts]
    on_units = [_on_unit(coding, by_place) for coding in of_files]
    levels, left_out, assigned = _levels_of(request.levels, read.names, of_files)
    sheet = CodingSheet(
        tuple(read.units),
        tuple(coding for coding in on_units if coding is not None),
        levels,
        tuple(_suggested_levels(request, read)),
    )
    inclusion = request.drawn.inclusion if request.drawn else {}
    return Bundled(
        ExportBundle(sheet, request.coder, read.texts, request.one_list, inclusion),
        tuple(read.unread),
        read.unmatched,
        sum(coding is None for coding in on_units),
        len(request.codings) - len(of_files),
        left_out,
        {holding.path.name: assigned[holding.sha256] for holding in files if assigned[holding.sha256]},
    )


def _read_all(files: Sequence[Holding], library: Library, request: Request, progress: Progress) -> _Documents:
    predictions, drawn = request.predictions, request.drawn
    coded = _names_in(request)
    read = _Documents()
    for number, holding in enumerate(files, 1):
        try:
            document = library.open(holding)
        except ReadingError as error:
            read.unread.append((holding, error))
            continue
        finally:
            progress(number, len(files))
        name = (drawn.names if drawn else {}).get(holding.sha256)
        if not name and not holding.registered:
            name = coded.get(holding.sha256)
        name = name or holding.document
        read.texts[holding.sha256] = document.text
        read.names[holding.sha256] = name
        predicted = predictions.get(holding.sha256) if predictions is not None else None
        chosen, not_there = _chosen(document, drawn)
        pairs, lost = _paired(chosen, predicted, listed_only=predictions is not None and drawn is None)
        read.unmatched += lost + not_there
        read.units.extend(
            _unit(document, name, passage, given if request.suggest else None) for passage, given in pairs
        )
    return read


def _suggested_levels(request: Request, read: _Documents) -> Iterator[LevelSuggestion]:
    """The levels that the model predicts, under the names that the units' documents have."""
    names = {unit.anchor.sha256: unit.document for unit in read.units}
    for sha256, predicted in (request.predictions or {}).items():
        if request.suggest and predicted.level and sha256 in names:
            yield replace(predicted.level, document=names[sha256])


def _names_in(request: Request) -> dict[str, str]:
    """What the existing codings and levels call a file's document, by the file's hash."""
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
    for start, length, text_print in sorted(places):
        if (start, length) in at_place:
            continue
        same = [
            at for at, anchor in enumerate(anchors) if anchor.fingerprint == text_print and at not in taken
        ]
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

    A level that does not say which file was coded is matched by the name of its document. It gets the file of that
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
