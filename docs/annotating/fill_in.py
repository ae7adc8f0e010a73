"""Stands for a coder in the worked example: fills in the answers that `answers.csv` holds.

Usage: python docs/annotating/fill_in.py SHEET.xlsx CODER [AS]

A passage is identified by the fingerprint of its text. AS is the name to sign with, where it is not the coder's: so the
person who settles disagreements decides as CODER did.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import openpyxl

ATTRIBUTES = ("code", "sector", "strand", "role")
ANSWERS = Path(__file__).with_name("answers.csv")


def answers_of(coder: str) -> dict[tuple[str, str], dict[str, str]]:
    """The answers of one coder by document and fingerprint; that of a level has none."""
    with ANSWERS.open(encoding="utf-8", newline="") as lines:
        return {
            (row["document"], row["fingerprint"]): row
            for row in csv.DictReader(lines)
            if row["coder"] == coder
        }


def fill_in(sheet: Path, coder: str, name: str) -> int:
    """Writes the answers into the empty cells of a workbook; returns how many rows were filled in."""
    book = openpyxl.load_workbook(sheet)
    answers = answers_of(coder)
    filled = 0
    for page in book:
        column = {str(cell.value): cell.column for cell in page[1]}
        if "document" not in column or "coder" not in column:
            continue
        for number in range(2, page.max_row + 1):

            def cell(
                header: str, row: int = number, place: dict[str, int] = column, at: object = page
            ) -> object:
                return at.cell(row, place[header])

            document = cell("document").value
            if not document:
                continue
            mark = str(cell("fingerprint").value)[:16] if "fingerprint" in column else ""
            answer = answers.get((document, mark))
            if answer is None:
                continue
            said = {each: answer[each] for each in ATTRIBUTES} if mark else {"level": answer["level"]}
            said |= {} if mark else {"confidence": 3, "dedicated": int(answer["level"] == "strong")}
            for header, value in said.items():
                cell(header).value = None if value == "" else value
            cell("coder").value = name
            filled += 1
    book.save(sheet)
    return filled


if __name__ == "__main__":
    path, who = Path(sys.argv[1]), sys.argv[2]
    rows = fill_in(path, who, sys.argv[3] if len(sys.argv) > 3 else who)
    print(f"{path}: {rows} rows filled in")
