"""Makes the tables of this folder: facts about NDCs, no text of theirs.

    python corpus/make_panel.py --corpus CORPUS --reference REFERENCE

CORPUS holds the NDCs with their register (documents.csv), panel (panel.csv) and the list of updates between the rounds
(documents_updates.csv); REFERENCE the registry of the UNFCCC as a table (openclimatedata/ndcs), the published figures
and UN-Habitat's grades. What neither says is in corrections.toml. A row of the panel gets the hash of its English text
and the registry's facts on its document: title, language, version, status, submission date and address. Addresses are
written without `https://unfccc.int/sites/default/files/`, which all of them begin with, and titles end after ten words.

The round `before-2026` is made here: for each Party with an NDC 3.0 the last NDC before it, where its text is at hand.
"""

from __future__ import annotations

import argparse
import csv
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ndc_urban.errors import UsageError
from ndc_urban.files import read_csv
from ndc_urban.parties import members_on
from ndc_urban.trend.rounds import day_of, first_day_of

HERE = Path(__file__).parent
PLACE = "https://unfccc.int/sites/default/files/"
TITLE_WORDS = 10
"""Enough to recognise a document by, and short enough to be no text of it."""
BEFORE, NDC_3 = "before-2026", "2026"
"""The round before NDC 3.0, and that of NDC 3.0."""

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


def corrected(
    documents: list[Row], updates: list[Row], registry: list[Row], facts: Mapping[str, Any]
) -> list[Row]:
    """The register with its corrections and the updates, each a row with the document that it is a text of."""
    parties = {row["iso3"]: row["party"] for row in documents}
    rows = [row | _submission(row, facts["files"].get(row["file"]), registry) for row in documents]
    for update in updates:
        row = {name: update.get(name, "") for name in documents[0]}
        row |= {"party": parties[update["iso3"]], "kind": "html", "source": "wri/ndc"}
        rows.append(row | _submission(row, facts["updates"][Path(update["file"]).name], registry))
    return rows


def _submission(row: Row, given: Mapping[str, str] | None, registry: list[Row]) -> Row:
    """Document, date and address of the submission that a file is a text of; nothing where the register is right."""
    if given is None:
        return {}
    day = given["submitted"]
    listed = [each for each in registry if each["code"] == row["iso3"] and each["submissionDate"] == day]
    own = [each for each in listed if each["language"][:2].lower() == row["language"]] or listed
    document = given.get("document", f"{row['iso3']}_{day}")
    return {
        "document": document,
        "submission_date": day,
        "unfccc_url": own[0]["encodedAbsUrl"] if own else "",
    }


def corrected_panel(panel: list[Row], documents: list[Row], facts: Mapping[str, Any]) -> list[Row]:
    """The panel with the documents that were in force, dates of texts and reasons for exceptions."""
    rows = []
    for given in panel:
        place = f"{given['round']} {given['iso3']}"
        day = facts["standing"].get(place)
        row = given | (_standing(given["iso3"], day, documents) if day else {})
        row["submission_date"] = row["submission_date"] or _date_of(row["document"], documents)
        rows.append(row | {"text_date": _text_date(place, facts), "exception": _exception(place, facts)})
    return rows


def _date_of(document: str, documents: list[Row]) -> str:
    """The submission date of a document by the register."""
    return next(row["submission_date"] for row in documents if row["document"] == document)


def _text_date(place: str, facts: Mapping[str, Any]) -> str:
    return str(facts["text_dates"].get(place, {}).get("date", ""))


def _exception(place: str, facts: Mapping[str, Any]) -> str:
    dated = facts["text_dates"].get(place)
    reason = f"first NDC, registered later; text_date is the {dated['from']}" if dated else ""
    return str(facts["exceptions"].get(place, reason))


def _standing(iso3: str, day: str, documents: list[Row]) -> Row:
    """Document, date and English text of a Party's submission of a day; nothing if no text of it is at hand."""
    texts = [
        row for row in documents if row["iso3"] == iso3 and row["submission_date"] == day and row["document"]
    ]
    if not texts:
        return {}
    best = min(texts, key=_readability)
    return {"document": best["document"], "submission_date": day, "english_text": best["file"]}


def _readability(row: Row) -> tuple[bool, bool, bool, str]:
    """English first, as the readers of the labels read it, then HTML, then texts that no machine translated."""
    return (row["language"] != "en", row["kind"] != "html", row["machine_translated"] == "yes", row["file"])


def before_ndc_3(
    panel: list[Row], documents: list[Row], registry: list[Row], facts: Mapping[str, Any]
) -> list[Row]:
    """The round before NDC 3.0: the last NDC until the day in corrections.toml of each Party with an NDC 3.0."""
    until = facts["rounds"]["before_2026_until"]
    since, last = first_day_of(NDC_3).isoformat(), day_of(NDC_3).isoformat()
    kept_apart = {row["iso3"]: row["evaluation_only"] for row in panel}
    known = {(row["iso3"], row["document"]): row for row in panel}
    ndcs = [row for row in registry if row["fileType"] == "NDC" and row["submissionDate"]]
    members = members_on(day_of(NDC_3))
    rows = []
    for iso3 in sorted({row["code"] for row in ndcs if since <= row["submissionDate"] <= last} - members):
        days = [
            row["submissionDate"] for row in ndcs if row["code"] == iso3 and row["submissionDate"] <= until
        ]
        found = _standing(iso3, max(days), documents) if days else {}
        if not found:
            continue
        earlier = known.get((iso3, found["document"]), {})
        if earlier.get("submission_date") == found["submission_date"]:
            found["english_text"] = earlier["english_text"]
        party = next(row["party"] for row in documents if row["iso3"] == iso3)
        place = f"{BEFORE} {iso3}"
        rows.append(
            {"round": BEFORE, "iso3": iso3, "party": party}
            | found
            | {"evaluation_only": kept_apart[iso3]}
            | {"text_date": _text_date(place, facts), "exception": _exception(place, facts)}
        )
    return rows


def with_names(documents: list[Row], panel: list[Row]) -> list[Row]:
    """The register with the rounds that each document stands in."""
    rounds: dict[str, list[str]] = {}
    for row in panel:
        rounds.setdefault(row["document"], []).append(row["round"])
    return [
        row | {"rounds": ";".join(rounds.get(row["document"], [])) if row["document"] else row["rounds"]}
        for row in documents
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
        last = {name: row[name] for name in ("text_date", "exception") if name in row}
        first = {name: value for name, value in row.items() if name not in last}
        rows.append(
            first | {"sha256": file["sha256"], "unfccc_path": path_of(file["unfccc_url"])} | facts | last
        )
    return rows


def main() -> None:
    """Reads the two folders and writes the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--reference", type=Path, required=True)
    given = parser.parse_args()
    facts = tomllib.loads((HERE / "corrections.toml").read_text(encoding="utf-8"))
    registry = read(next(iter(sorted(given.reference.glob("unfccc_registry_*.csv")))))
    updates = read(given.corpus / "documents_updates.csv")
    documents = corrected(read(given.corpus / "documents.csv"), updates, registry, facts)
    panel = corrected_panel(read(given.corpus / "panel.csv"), documents, facts)
    panel += before_ndc_3(panel, documents, registry, facts)
    documents = with_names(documents, panel)
    write(HERE / "documents.csv", without_place(documents, "unfccc_url"))
    write(HERE / "registry.csv", without_place(registry, "encodedAbsUrl", drop="originalFilename"))
    write(HERE / "panel.csv", with_facts(panel, documents, registry))
    for name in ("published.csv", "un_habitat_grades.csv"):
        write(HERE / name, read(given.reference / name))


if __name__ == "__main__":
    main()
