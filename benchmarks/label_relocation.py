"""How many shipped labels find their place again, and whether it is the right one.

    python benchmarks/label_relocation.py --texts DIR --corpus DIR [--annotations annotations]

DIR with texts holds the labels as they were coded (`passages.jsonl`), in the order of `annotations/passages.csv`. A
place is right when the text there is nearly what was coded: similarity of the texts without case, spaces and
punctuation (twice the characters in common over all characters, as difflib counts them). Prints one row for each
relation of files: the share of labels found, and the share of these below each similarity. Parties that the panel keeps
for evaluation have no labels, so none of their documents is read.
"""

from __future__ import annotations

import argparse
import json
from difflib import SequenceMatcher
from pathlib import Path

from ndc_urban.corpus.register import Collection
from ndc_urban.labels.anchors import Found, normalised
from ndc_urban.labels.relocation_report import relocate
from ndc_urban.labels.store import read_passage_labels
from ndc_urban.labels.texts import PASSAGES_FILE

BELOW = (0.95, 0.9, 0.8, 0.6)
"""Similarities below which the places that were found are counted."""


def similarity(one: str, other: str) -> float:
    """1 for texts that are the same but for case, spaces and marks."""
    left, right = normalised(one), normalised(other)
    return 1.0 if left == right else SequenceMatcher(None, left, right, autojunk=False).ratio()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--texts", type=Path, required=True)
    options.add_argument("--corpus", type=Path, required=True)
    options.add_argument("--annotations", type=Path, default=Path("annotations"))
    given = options.parse_args()
    labels = read_passage_labels(given.annotations)
    lines = (given.texts / PASSAGES_FILE).read_text(encoding="utf-8").splitlines()
    coded = [json.loads(line) for line in lines if line.strip()]
    if [label.code for label in labels] != [row["code"] for row in coded]:
        raise SystemExit("The two folders do not hold the same labels in the same order.")
    text_of = {id(label): row["text"] for label, row in zip(labels, coded, strict=True)}
    result = relocate(labels, Collection(given.corpus))
    groups: dict[str, list[float | None]] = {}
    for each in result.placed:
        found = each.outcome
        value = similarity(text_of[id(each.label)], found.text) if isinstance(found, Found) else None
        groups.setdefault(f"{each.relation} {each.kind}", []).append(value)
    print(f"{'files':12} {'labels':>7} {'found':>7} " + " ".join(f"{f'< {limit}':>7}" for limit in BELOW))
    for name, values in sorted(groups.items()):
        found_values = [value for value in values if value is not None]
        below = [sum(value < limit for value in found_values) / len(found_values) for limit in BELOW]
        print(
            f"{name:12} {len(values):7d} {len(found_values) / len(values):7.2%} "
            + " ".join(f"{share:7.2%}" for share in below)
        )
    for file, count in result.unread.items():
        print(f"not read: {file}, {count} labels")


if __name__ == "__main__":
    main()
