"""Coding sheets as REFI-QDA projects (.qdpx, version 1.5) for MAXQDA, NVivo, ATLAS.ti and QualCoder.

A zip of `project.qde` and the documents' texts. Positions count Unicode code points, as the standard says. A coding
is a selection of its coder with one code for each attribute; passages to code and suggestions of a model are selections
with codes and users of their own. Levels, and what belongs to them, are variables of the documents. A note holds the
rows of the sheet, for what the standard has no place for. The selections carry users and timestamps, not only their
codings: QualCoder reads them there. The first user is the person who is to code, as QualCoder codes on in that name.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from ndc_urban.errors import ExchangeFileInvalid
from ndc_urban.exchange.columns import Row, level_rows, passage_rows
from ndc_urban.exchange.export_bundle import ExportBundle, ExportFiles
from ndc_urban.exchange.formats.refi_codes import (
    ORIGIN,
    SUGGESTED,
    TO_CODE,
    code_tree,
    codes_xml,
    flat,
    guid_of,
)
from ndc_urban.exchange.formats.refi_names import (
    LEVEL_VARIABLES,
    NAMESPACE,
    NOTE,
    PROBABILITY,
    PROJECT,
    level_timestamp,
    source_description,
    user_of,
    variable_of,
)
from ndc_urban.exchange.formats.refi_timestamps import refi_timestamp
from ndc_urban.exchange.guide import NOT_A_LABEL, PASSAGE_FIELDS, TITLE
from ndc_urban.exchange.reserved import MODEL, NOBODY, PROGRAM_USER
from ndc_urban.exchange.xml_text import clean, content, quoted

_NOT_IN_NAME = re.compile(r"[^\w\-(). \[\]=,]")
_FIXED_DATE = (2020, 1, 1, 0, 0, 0)


def write(bundle: ExportBundle, main: Path) -> ExportFiles:
    """The project of an export; raises `ExchangeFileInvalid` where the text of a document is not given."""
    project = _Project(bundle)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {PROJECT: project.xml(), **project.sources()}.items():
            info = zipfile.ZipInfo(name, _FIXED_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
    return {main: stream.getvalue()}


def source_name(document: str, taken: set[str]) -> str:
    """A name for a source that is also sound as the name of a file, each once."""
    base = _NOT_IN_NAME.sub("_", document)
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base} ({number})"
    taken.add(name)
    return name


class _Project:
    def __init__(self, bundle: ExportBundle) -> None:
        self.texts = {sha256: clean(bundle.texts[sha256]) for sha256 in bundle.texts}
        self.rows = list(passage_rows(bundle.sheet, bundle.coder))
        self.levels = list(level_rows(bundle.sheet, bundle.coder, bundle.inclusion))
        self.documents = bundle.sheet.documents
        self.now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.codes = {(code.field, code.value): code.guid for code in flat(code_tree(for_project=True))}
        lacking = [name for name, sha256 in self.documents if sha256 not in self.texts]
        if lacking:
            raise ExchangeFileInvalid(
                f"The text of {lacking[0]} was not found, and a REFI-QDA project holds whole documents.",
                remedy="Give the collection with --corpus.",
            )
        self.probabilities = _probabilities(self.levels)
        models = sorted({row["suggested_model"][:12] for row in self.rows if row["suggested_model"]})
        self.model_user = f"{MODEL}{', '.join(models)} ({NOT_A_LABEL})" if models else ""
        coded = [user_of(row) for row in (*self.rows, *self.levels) if row["coder"]]
        own = [bundle.coder or NOBODY, *coded, PROGRAM_USER, *filter(None, [self.model_user])]
        self.users = list(dict.fromkeys(own))

    def sources(self) -> dict[str, bytes]:
        """The texts of the documents, by their names in the archive."""
        return {
            f"sources/{_source_guid(sha256)}.txt": self.texts[sha256].encode("utf-8")
            for _, sha256 in self.documents
        }

    def xml(self) -> bytes:
        lines = [
            '<?xml version="1.0" encoding="utf-8"?>',
            f'<Project xmlns="{NAMESPACE}" name="NDC coding" origin={quoted(ORIGIN)} '
            f'creatingUserGUID="{_user_guid(self.users[0])}" creationDateTime="{self.now}">',
            "  <Users>",
            *(f'    <User guid="{_user_guid(name)}" name={quoted(name)}/>' for name in self.users),
            "  </Users>",
            "  <CodeBook>",
            "    <Codes>",
            *codes_xml(code_tree(for_project=True), "      "),
            "    </Codes>",
            "  </CodeBook>",
            *self._variables(),
            "  <Sources>",
            *self._sources(),
            "  </Sources>",
            "  <Notes>",
            f'    <Note guid="{guid_of("note")}" name={quoted(NOTE)} '
            f'creatingUser="{_user_guid(PROGRAM_USER)}" creationDateTime="{self.now}">',
            f"      <PlainTextContent>{content(self._note())}</PlainTextContent>",
            "    </Note>",
            "  </Notes>",
            f"  <Description>{content(TITLE)}</Description>",
            "</Project>",
            "",
        ]
        return "\n".join(lines).encode("utf-8")

    def _note(self) -> str:
        """The rows as JSON in ASCII; a text that is identical in its source is left out."""
        rows = []
        for row in self.rows:
            start = int(row["start"])
            same = self.texts[row["sha256"]][start : start + int(row["length"])] == row["text"]
            rows.append(
                {name: value for name, value in row.items() if value and not (same and name == "text")}
            )
        levels = [{name: value for name, value in row.items() if value} for row in self.levels]
        return json.dumps({"passages": rows, "levels": levels})

    def _variables(self) -> Iterator[str]:
        names = sorted({name for _, sha256 in self.documents for name in self._values(sha256)})
        if not names:
            return
        yield "  <Variables>"
        for name in names:
            yield f'    <Variable guid="{_variable_guid(name)}" name={quoted(name)} typeOfVariable="Text"/>'
        yield "  </Variables>"

    def _sources(self) -> Iterator[str]:
        taken: set[str] = set()
        of_file: dict[str, list[Row]] = {}
        for row in self.rows:
            of_file.setdefault(row["sha256"], []).append(row)
        for document, sha256 in self.documents:
            guid = _source_guid(sha256)
            yield (
                f'    <TextSource guid="{guid}" name={quoted(source_name(document, taken))} '
                f'plainTextPath="internal://{guid}.txt" creatingUser="{_user_guid(PROGRAM_USER)}" '
                f'creationDateTime="{self.now}">'
            )
            yield f"      <Description>{content(source_description(document, sha256))}</Description>"
            yield from self._selections(of_file.get(sha256, []))
            for name, value in self._values(sha256).items():
                yield "      <VariableValue>"
                yield f'        <VariableRef targetGUID="{_variable_guid(name)}"/>'
                yield f"        <TextValue>{content(value)}</TextValue>"
                yield "      </VariableValue>"
            yield "    </TextSource>"

    def _values(self, sha256: str) -> dict[str, str]:
        """The variables of a document that have a value: what was coded of it, and how it was drawn."""
        probability = self.probabilities.get(sha256, "")
        values = {PROBABILITY: probability}
        for row in self.levels:
            if row["sha256"] == sha256 and row["level"]:
                said = row | {"coded_at": level_timestamp(row)}
                if probability:
                    said[PROBABILITY] = ""
                values |= {variable_of(row, name): said[name] for name in LEVEL_VARIABLES}
        return {name: value for name, value in values.items() if value}

    def _selections(self, rows: Iterable[Row]) -> Iterator[str]:
        units: set[str] = set()
        for row in rows:
            if row["unit"] not in units:
                units.add(row["unit"])
                yield from self._selection(row, PROGRAM_USER, [(TO_CODE, "passage")], "")
                suggested = [(f"{SUGGESTED}_{name}", row[f"suggested_{name}"]) for name in PASSAGE_FIELDS]
                if row["suggested_code"]:
                    memo = f"{NOT_A_LABEL}; p_urban {row['suggested_p_urban']}"
                    yield from self._selection(row, self.model_user, suggested, memo)
            if row["code"]:
                attributes = [(name, row[name]) for name in PASSAGE_FIELDS]
                yield from self._selection(row, user_of(row), attributes, row["comment"])

    def _selection(
        self, row: Row, user: str, attributes: Iterable[tuple[str, str]], memo: str
    ) -> Iterator[str]:
        start, end = int(row["start"]), int(row["start"]) + int(row["length"])
        by = f'creatingUser="{_user_guid(user)}" creationDateTime="{self._timestamp(row, user)}"'
        place = (row["sha256"], str(start), str(end), user)
        name = clean(row["text"][:60]).strip()
        yield (
            f'      <PlainTextSelection guid="{guid_of("selection", *place)}" name={quoted(name)} '
            f'startPosition="{start}" endPosition="{end}" {by}>'
        )
        if memo:
            yield f"        <Description>{content(memo)}</Description>"
        for field, value in attributes:
            if value:
                yield f'        <Coding guid="{guid_of("coding", *place, field, value)}" {by}>'
                yield f'          <CodeRef targetGUID="{self.codes[field, value]}"/>'
                yield "        </Coding>"
        yield "      </PlainTextSelection>"

    def _timestamp(self, row: Row, user: str) -> str:
        """When a coding was made; what this export itself says is said now."""
        return self.now if user in (PROGRAM_USER, self.model_user) else refi_timestamp(row["coded_at"])


def _probabilities(levels: Iterable[Row]) -> dict[str, str]:
    """The inclusion probability of each document whose rows all have the same one: then it is the document's."""
    found: dict[str, set[str]] = {}
    for row in levels:
        found.setdefault(row["sha256"], set()).add(row[PROBABILITY])
    return {sha256: values.pop() for sha256, values in found.items() if len(values) == 1}


def _user_guid(name: str) -> str:
    return guid_of("user", name)


def _source_guid(sha256: str) -> str:
    return guid_of("source", sha256)


def _variable_guid(name: str) -> str:
    return guid_of("variable", name)
