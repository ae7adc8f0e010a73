"""Coding sheets as a spaCy DocBin: one Doc a passage, for training spaCy's own components or for tools built on it.

People's codings are the spans of `doc.spans["urban"]`, each over its whole passage and labelled with the code;
`doc.cats` holds the share of coders for each code. What a model suggests is in `doc.spans["suggested"]`. All columns
of the sheet are in `doc.user_data["ndc_urban"]`, as JSON. Tokens are split at white space and cover the text to
the letter.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ndc_urban.errors import ExchangeFileInvalid
from ndc_urban.exchange import safe
from ndc_urban.exchange.attributes import values
from ndc_urban.exchange.columns import Row, level_rows, passage_rows
from ndc_urban.exchange.export_bundle import LEVELS, ExportBundle, ExportFiles, companion, passages_and_levels
from ndc_urban.exchange.formats.json_lines import as_cells
from ndc_urban.exchange.import_result import ImportResult, Place
from ndc_urban.exchange.parsing import parse
from ndc_urban.exchange.people import NOBODY_NAMED
from ndc_urban.exchange.protocol import FileSample
from ndc_urban.exchange.rows import RawRow

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

SUFFIXES = (".spacy",)
KEY, SUGGESTED = "urban", "suggested"
OURS = "ndc_urban"
MAX_DOCS = 1_000_000
"""More passages than any corpus of NDCs has; a file that claims more was made to fill the memory."""

_TOKENS = re.compile(r"\s+|\w+|[^\w\s]")


def write(bundle: ExportBundle, main: Path) -> ExportFiles:
    """The files of an export: passages, and documents with their levels."""
    sheet, coder, texts = bundle.sheet, bundle.coder, bundle.texts
    levels = (
        row | {"text": texts.get(row["sha256"]) or row["document"]}
        for row in level_rows(sheet, coder, bundle.inclusion)
    )
    return {
        main: _packed(passage_rows(sheet, coder), "code"),
        companion(main, LEVELS): _packed(levels, "level"),
    }


def _packed(rows: Iterable[Row], field: str) -> bytes:
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    vocab = Vocab()
    docs = [_doc(vocab, of_unit, field) for of_unit in _by_unit(rows)]
    return bytes(DocBin(attrs=["ORTH", "SPACY"], docs=docs, store_user_data=True).to_bytes())


def _by_unit(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows of each unit; they follow each other."""
    collected: list[Row] = []
    for row in rows:
        if collected and collected[0]["unit"] != row["unit"]:
            yield collected
            collected = []
        collected.append(row)
    if collected:
        yield collected


def _doc(vocab: Vocab, rows: Sequence[Row], field: str) -> Doc:
    from spacy.tokens import Doc, Span

    text = rows[0]["text"]
    doc = Doc(vocab, *_tokens(text))
    coded = [row for row in rows if row[field]]
    doc.spans[KEY] = [
        Span(doc, 0, len(doc), label=row[field], span_id=str(at)) for at, row in enumerate(coded)
    ]
    suggested = rows[0][f"suggested_{field}"]
    doc.spans[SUGGESTED] = [Span(doc, 0, len(doc), label=suggested)] if suggested else []
    if coded:
        counts = Counter(row[field] for row in coded)
        doc.cats = {value: counts[value] / len(coded) for value in values(field)}
    left_out = ("text", field)
    kept = [{name: value for name, value in row.items() if name not in left_out} for row in rows]
    doc.user_data[OURS] = json.dumps(kept)
    return doc


def _tokens(text: str) -> tuple[list[str], list[bool]]:
    """Words, attributes and white space of a text, and after which of them one space stands."""
    words: list[str] = []
    spaces: list[bool] = []
    for match in _TOKENS.finditer(text):
        piece = match[0]
        if piece.isspace():
            if words and not spaces[-1] and piece.startswith(" "):
                spaces[-1] = True
                piece = piece[1:]
            if not piece:
                continue
        words.append(piece)
        spaces.append(False)
    return words, spaces


def read(path: Path, *, coder: str = "", people: Mapping[str, str] = NOBODY_NAMED) -> ImportResult:
    """The codings of a DocBin of passages, of the levels beside it, or of a folder with both.

    The label of a span in `doc.spans["urban"]` counts, not the column beside it, so that changed spans come back.
    """
    passages, levels = passages_and_levels(path, SUFFIXES)
    return parse(
        tuple(file for file in (passages, levels) if file is not None),
        list(_rows(passages, "code")),
        list(_rows(levels, "level")),
        coder=coder,
        people=people,
        complete=False,
    )


def recognises(file: FileSample) -> bool:
    """Never: the packed bytes have no sign of their own; the ending of the file says it."""
    return False


def _rows(path: Path | None, field: str) -> Iterator[RawRow]:
    if path is None:
        return
    for number, doc in enumerate(_docs(path), 1):
        place = Place(path.name, row=number)
        kept = doc.user_data.get(OURS)
        try:
            rows = json.loads(kept) if isinstance(kept, str) else None
        except (json.JSONDecodeError, RecursionError):
            rows = None
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
            raise ExchangeFileInvalid(
                f"{path.name}, doc {number}: no user_data[{OURS!r}] with its document and place.",
                remedy="Save the DocBin with store_user_data=True.",
            )
        labels = {span.id_: span.label_ for span in doc.spans[KEY]} if KEY in doc.spans else {}
        text = {"text": doc.text} if field == "code" else {}
        found = 0
        for at, row in enumerate(rows):
            if str(at) in labels:
                found += 1
                yield RawRow(as_cells(row) | text | {field: labels[str(at)]}, place)
        if not found and labels:
            # spans that a tool made itself have no number of their own
            for label in dict.fromkeys(labels.values()):
                yield RawRow(as_cells(rows[0]) | text | {field: label}, place)
        elif not labels:
            yield RawRow(as_cells(rows[0]) | text | {field: ""}, place)


def _docs(path: Path) -> Iterator[Doc]:
    """The Docs of a file, of which nothing but words, spans and user data is taken; msgpack holds no code."""
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    data = safe.file_bytes(path)
    safe.inflated(path.name, data)
    try:
        packed = DocBin().from_bytes(data)
        orth = import_module("spacy.attrs").ORTH  # compiled, without types
        at = list(packed.attrs).index(orth)
        if len(packed.tokens) > MAX_DOCS:
            raise ExchangeFileInvalid(f"{path.name} has {len(packed.tokens):,} docs, more than any export.")
        # Other attributes (heads, entities) come from arrays that a hostile file may fill with any number.
        packed.attrs = [orth]
        packed.tokens = [tokens[:, at : at + 1] for tokens in packed.tokens]
        for doc in packed.get_docs(Vocab()):
            _require_sound_spans(path, doc)
            yield doc
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError, EOFError) as error:
        raise ExchangeFileInvalid(f"{path.name} is not a valid spaCy DocBin ({error}).") from error


def _require_sound_spans(path: Path, doc: Any) -> None:
    if KEY in doc.spans:
        for span in doc.spans[KEY]:
            if not 0 <= span.start <= span.end <= len(doc):
                raise ExchangeFileInvalid(f"{path.name}: a span extends beyond its text.")
