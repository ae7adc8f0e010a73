"""Makes panel.csv, documents.csv, registry.csv and published.csv of this folder: facts about NDCs, no text of theirs.

    python corpus/make_panel.py --corpus CORPUS --reference REFERENCE

CORPUS holds the NDCs with their register (documents.csv) and panel (panel.csv); REFERENCE the registry of the UNFCCC as
a table (openclimatedata/ndcs) and the published figures. A row of the panel gets the hash of its English text and the
registry's facts on its document: title, language, version, status, submission date and address.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

HERE = Path(__file__).parent
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
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def write(path: Path, rows: list[Row]) -> None:
    """Writes a table; the first row names the columns."""
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def with_facts(panel: list[Row], documents: list[Row], registry: list[Row]) -> list[Row]:
    """The panel's rows with hashes, addresses and what the registry says of the address."""
    by_file = {row["file"]: row for row in documents}
    by_address = {row["encodedAbsUrl"]: row for row in registry}
    rows = []
    for row in panel:
        file = by_file[row["english_text"]]
        listed = by_address.get(file["unfccc_url"], {})
        facts = {name: listed.get(column, "") for column, name in REGISTRY_FACTS.items()}
        rows.append(row | {"sha256": file["sha256"], "unfccc_url": file["unfccc_url"]} | facts)
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
    write(HERE / "documents.csv", documents)
    write(HERE / "registry.csv", registry)
    write(HERE / "panel.csv", with_facts(read(given.corpus / "panel.csv"), documents, registry))
    write(HERE / "published.csv", read(given.reference / "published.csv"))


if __name__ == "__main__":
    main()
