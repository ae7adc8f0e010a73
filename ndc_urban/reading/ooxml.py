"""How the parts of a Word document refer to each other: each names those that belong to it by kind."""

from __future__ import annotations

import posixpath

from ndc_urban.reading.office_file import OfficeFile

MAIN_PART = "word/document.xml"


def main_part(file: OfficeFile) -> str:
    """The name of the part that holds the document's text."""
    return related_part(file, "", "officeDocument") or MAIN_PART


def related_part(file: OfficeFile, part: str, kind: str) -> str | None:
    """The part that `part` names as its `kind` ("styles", "footnotes"); None if there is none."""
    folder, name = posixpath.split(part)
    relations = file.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
    if relations is None:
        return None
    for relation in relations:
        if relation.get("Type", "").endswith(f"/{kind}") and relation.get("TargetMode") != "External":
            target = posixpath.join("/", folder, relation.get("Target", ""))
            return posixpath.normpath(target).lstrip("/")
    return None
