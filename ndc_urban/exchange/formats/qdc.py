"""The codebook as a REFI-QDA codebook (.qdc), for programs in which the coding starts from their own documents."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ndc_urban.errors import ExchangeFileInvalid
from ndc_urban.exchange import safe
from ndc_urban.exchange.export_bundle import ExportBundle, ExportFiles
from ndc_urban.exchange.formats.refi_codes import ORIGIN, code_tree, codes_xml, flat
from ndc_urban.exchange.guide import TITLE
from ndc_urban.exchange.import_result import ImportResult, Place, Problem
from ndc_urban.exchange.people import NOBODY_NAMED
from ndc_urban.exchange.protocol import FileSample
from ndc_urban.exchange.xml_text import quoted

NAMESPACE = "urn:QDA-XML:codebook:1.0"
SEEN = 2000
"""Characters in which the root element begins: more than an XML declaration and a comment of a program take."""


def write(bundle: ExportBundle, main: Path) -> ExportFiles:
    """The codebook; passages and codings have no place in this format."""
    return {main: codebook_xml().encode()}


def codebook_xml() -> str:
    """The codebook as XML."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<CodeBook xmlns="{NAMESPACE}" origin={quoted(f"{ORIGIN}, {TITLE}")}>',
        "  <Codes>",
        *codes_xml(code_tree(for_project=False)),
        "  </Codes>",
        "</CodeBook>",
        "",
    ]
    return "\n".join(lines)


def read_codes(path: Path) -> dict[str, str]:
    """Names of the codes by GUID. Raises `ExchangeFileInvalid` for a file that is not a codebook."""
    root = safe.xml_root(path.name, safe.file_bytes(path))
    if root.tag != f"{{{NAMESPACE}}}CodeBook":
        raise ExchangeFileInvalid(f"{path.name} is not a REFI-QDA codebook.")
    codes = root.iter(f"{{{NAMESPACE}}}Code")
    return {code.get("guid", "").strip("{}").lower(): code.get("name", "") for code in codes}


def read(path: Path, *, coder: str = "", people: Mapping[str, str] = NOBODY_NAMED) -> ImportResult:
    """What a codebook says that this project's does not, and the other way round; a codebook holds no codings."""
    theirs = read_codes(path)
    ours = {code.guid: code.name for code in flat(code_tree(for_project=False))}
    place = Place(path.name)
    problems = [
        Problem("note", "codebook", place, f"Code {name!r} is not in this codebook.", value=name)
        for guid, name in theirs.items()
        if guid not in ours
    ]
    problems += [
        Problem("note", "codebook", place, f"Code {name!r} is missing from the file.", value=name)
        for guid, name in ours.items()
        if guid not in theirs
    ]
    problems += [
        Problem("note", "codebook", place, f"Code {ours[guid]!r} has another name: {name!r}.", value=name)
        for guid, name in theirs.items()
        if guid in ours and ours[guid] != name
    ]
    return ImportResult((path,), problems=tuple(problems))


def recognises(file: FileSample) -> bool:
    """Whether a file is XML with a codebook near its beginning."""
    return file.text.startswith("<") and "CodeBook" in file.text[:SEEN]
