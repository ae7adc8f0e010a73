"""Label Studio's exports JSON-MIN and CSV: one record an annotation, with the task's data beside the answers.

They do not say which annotations came with the import; the task's data do, in `CODINGS`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ndc_urban.exchange.columns import LEVEL_COLUMNS, PASSAGE_COLUMNS
from ndc_urban.exchange.formats.json_lines import as_cells
from ndc_urban.exchange.formats.tool_files import LAST_TIMESTAMP, fields_of_unit, not_imported
from ndc_urban.exchange.guide import LEVEL_FIELDS
from ndc_urban.exchange.import_result import Place, Problem
from ndc_urban.exchange.rows import CLOCKED, SECONDS, Identity, RawRow

CODINGS = "codings"
"""The field of a task's data with the codings that were exported, for exports without notes on annotations."""

SAID = "said"
"""What an annotation said when it was exported, to see whether somebody changed it in Label Studio."""

ANNOTATION = frozenset(
    {"id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement", "heading"}
)
"""What Label Studio itself puts beside the answers, and the heading of the card."""

KNOWN = ANNOTATION | {CODINGS, *PASSAGE_COLUMNS, *LEVEL_COLUMNS}


def flat_rows(
    records: Iterable[tuple[Place, Mapping[str, Any]]], problems: list[Problem]
) -> Iterator[RawRow]:
    """The rows of an export; `records` are its annotations with their places."""
    waiting: dict[str, list[dict[str, Any]]] = {}
    for place, record in records:
        fields = fields_of_unit(record)
        answers = {name: "\n".join(texts_of(record[name])) for name in (*fields, "comment") if name in record}
        answers = {name: text for name, text in answers.items() if text.strip()}
        for name in record.keys() - KNOWN:
            if texts_of(record[name]):
                problems.append(not_imported(place, name, record[name], "Label Studio"))
        left_out = {*ANNOTATION, *fields, "comment", CODINGS} | (
            {"text"} if fields == LEVEL_FIELDS else set()
        )
        base = as_cells({name: value for name, value in record.items() if name not in left_out})
        if not answers:
            yield RawRow(base, place)
            continue
        exported = waiting.setdefault(str(record.get("id") or record.get("unit")), _exported(record))
        same = next((each for each in exported if each.get(SAID) == answers), None)
        if same is not None:
            exported.remove(same)
            yield RawRow(base | answers | as_cells(same), place)
            continue
        when = timestamp(record.get("updated_at") or record.get("created_at"))
        clock = {SECONDS: str(record.get("lead_time") or ""), CLOCKED: "1"}
        yield RawRow(
            base | answers | {"coded_at": when} | clock, place, identity=identity_of(record.get("annotator"))
        )


def _exported(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    given = record.get(CODINGS)
    if isinstance(given, str):
        given = _parsed(given)
    return [each for each in given if isinstance(each, dict)] if isinstance(given, list) else []


def texts_of(value: Any) -> list[str]:
    """An answer as texts: Label Studio writes a single one bare, several as a list or as an object with a list.

    A cell may hold these as JSON. What a person wrote within them is text, even if it looks like JSON.
    """
    return _texts(_parsed(value) if isinstance(value, str) and value.startswith(("{", "[")) else value)


def _texts(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        value = value.get("choices", value.get("text", json.dumps(value)))
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return [str(value)] if value not in (None, "") else []


def _parsed(text: str) -> Any:
    """What a cell with JSON says; the text itself if it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def identity_of(who: Any) -> Identity | None:
    """Who made an annotation: Label Studio writes a number, an e-mail address, or an object with both."""
    if isinstance(who, Mapping):
        full = f"{who.get('first_name') or ''} {who.get('last_name') or ''}".strip()
        names = [who.get("email"), who.get("username"), full, who.get("id")]
    else:
        names = [who]
    texts = [str(each).strip().removesuffix(".0") for each in names if each not in (None, "", False)]
    if not texts:
        return None
    shown, *others = dict.fromkeys(texts)
    return Identity(shown, "number" if shown.isdecimal() else "account", tuple(others))


def timestamp(when: Any) -> str:
    """A timestamp of Label Studio in ISO 8601; versions before 1.0 wrote seconds since 1970."""
    if isinstance(when, int | float) and 0 < when < LAST_TIMESTAMP:
        return datetime.fromtimestamp(when, UTC).isoformat(timespec="seconds")
    return str(when or "").replace("Z", "+00:00")
