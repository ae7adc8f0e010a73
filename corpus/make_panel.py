"""Makes panel.csv, documents.csv, registry.csv and published.csv of this folder: facts about NDCs, no text of theirs.

    python corpus/make_panel.py --corpus CORPUS --reference REFERENCE

CORPUS holds the NDCs with their register (documents.csv) and panel (panel.csv); REFERENCE the registry of the UNFCCC as
a table (openclimatedata/ndcs) and the published figures. A row of the panel gets the hash of its English text and the
registry's facts on its document: title, language, version, status, submission date and address. Addresses are written
without `https://unfccc.int/sites/default/files/`, which all of them begin with, and titles end after ten words.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from ndc_urban.errors import UsageError
from ndc_urban.files import read_csv

HERE = Path(__file__).parent
PLACE = "https://unfccc.int/sites/default/files/"
TITLE_WORDS = 10
"""Enough to recognise a document by, and short enough to be no text of it."""

REGISTRY_FACTS = {
    "title": "registry_title",
    "language": "registry_language",
    "version": "registry_version",
    "status": "registry_status",
    "submissionDate": "registry_submission_date",
}

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """The rows of a table."""
    return read_csv(path, error=UsageError).rows


def write(path: Path, rows: list[Row]) -> None:
    """Writes a table; the first row names the columns."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def path_of(address: str) -> str:
    """An address without the folder that all documents of the registry lie in."""
    return address.removeprefix(PLACE)


def cut(title: str) -> str:
    """The beginning of a title."""
    words = title.split()
    return title if len(words) <= TITLE_WORDS else " ".join(words[:TITLE_WORDS]) + " …"


def without_place(rows: list[Row], column: str, drop: str = "") -> list[Row]:
    """The rows with the path in `unfccc_path` in place of the address in `column`."""
    return [
        {
            name: cut(value) if name == "title" else value
            for name, value in row.items()
            if name not in (column, drop)
        }
        | {"unfccc_path": path_of(row[column])}
        for row in rows
    ]


def with_facts(panel: list[Row], documents: list[Row], registry: list[Row]) -> list[Row]:
    """The panel's rows with hashes, addresses and what the registry says of the address."""
    by_file = {row["file"]: row for row in documents}
    by_address = {row["encodedAbsUrl"]: row for row in registry}
    rows = []
    for row in panel:
        file = by_file[row["english_text"]]
        listed = by_address.get(file["unfccc_url"], {})
        facts = {name: cut(listed.get(column, "")) for column, name in REGISTRY_FACTS.items()}
        rows.append(row | {"sha256": file["sha256"], "unfccc_path": path_of(file["unfccc_url"])} | facts)
    return rows


def main() -> None:
    """Reads the two folders and writes the four tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--reference", type=Path, required=True)
    given = parser.parse_args()
    documents = read(given.corpus / "documents.csv")
    registry = read(next(iter(sorted(given.reference.glob("unfccc_registry_*.csv")))))
    write(HERE / "documents.csv", without_place(documents, "unfccc_url"))
    write(HERE / "registry.csv", without_place(registry, "encodedAbsUrl", drop="originalFilename"))
    write(HERE / "panel.csv", with_facts(read(given.corpus / "panel.csv"), documents, registry))
    write(HERE / "published.csv", read(given.reference / "published.csv"))


if __name__ == "__main__":
    main()
