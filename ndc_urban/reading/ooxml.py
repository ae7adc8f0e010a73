"""How the parts of a Word document refer to each other: each names those that belong to it, by kind and by number."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from ndc_urban.reading.office_file import OfficeFile

MAIN_PART = "word/document.xml"


def main_part(file: OfficeFile) -> str:
    """The name of the part that holds the document's text."""
    return related_part(file, "", "officeDocument") or MAIN_PART


def related_part(file: OfficeFile, part: str, kind: str) -> str | None:
    """The part that `part` names as its `kind` ("styles", "footnotes"); None if there is none."""
    return next((target for found, target in _relations(file, part).values() if found == kind), None)


def parts_by_id(file: OfficeFile, part: str) -> Mapping[str, str]:
    """The parts that the elements of `part` name by a number of their own ("rId7"); files elsewhere are left out."""
    return {number: target for number, (_, target) in _relations(file, part).items()}


def _relations(file: OfficeFile, part: str) -> dict[str, tuple[str, str]]:
    """By number the kind and the name of each related part."""
    folder, name = posixpath.split(part)
    relations = file.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
    if relations is None:
        return {}
    return {
        relation.get("Id", ""): (
            relation.get("Type", "").rpartition("/")[2],
            _target(folder, relation.get("Target", "")),
        )
        for relation in relations
        if isinstance(relation.tag, str) and relation.get("TargetMode") != "External"
    }


def _target(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
