"""Measures how well a model knows a text of its training again in another copy (`ndc_urban/model/known_texts.py`).

    python benchmarks/known_texts.py CORPUS

CORPUS holds `documents.csv` and the files that it names. Compared are all pairs of files of one Party in one language:
copies of the same document (HTML and PDF), and different documents; and all pairs of different Parties. Parties that
are kept for evaluation are left out.
"""

from __future__ import annotations

import time
from itertools import combinations
from pathlib import Path

import numpy as np
from files_to_measure import described_parser

from ndc_urban.corpus.register import Collection
from ndc_urban.errors import ReadingError
from ndc_urban.model.known_texts import SAME_TEXT, Sketch, resemblance, sketch_of
from ndc_urban.reading import read
from ndc_urban.segment import segment


def main() -> None:
    parser = described_parser(__doc__)
    parser.add_argument("corpus", type=Path)
    collection = Collection(parser.parse_args().corpus)
    entries, sketches, seconds = [], [], 0.0
    for entry in collection.entries:
        if entry.iso3 in collection.evaluation_only:
            continue
        try:
            passages = segment(read(collection.path(entry.file), ocr="never"))
        except ReadingError:
            continue
        start = time.process_time()
        sketches.append(sketch_of(passages))
        seconds += time.process_time() - start
        entries.append(entry)
    groups: dict[str, list[float]] = {
        "same document": [],
        "other document of the Party": [],
        "other Party": [],
    }
    for one, other in combinations(range(len(entries)), 2):
        first, second = entries[one], entries[other]
        if first.iso3 != second.iso3:
            group = "other Party"
        elif first.language != second.language:
            continue
        else:
            same = first.document == second.document
            group = "same document" if same else "other document of the Party"
        groups[group].append(_compared(sketches[one], sketches[other]))
    print(
        f"{len(entries)} files, {1000 * seconds / max(len(entries), 1):.1f} ms of processor time for a sketch\n"
    )
    print("| pairs of files | number | least | median | greatest | taken for the same text |")
    print("|---|---|---|---|---|---|")
    for group, values in groups.items():
        found = np.array(values)
        print(
            f"| {group} | {len(found):,} | {found.min():.2f} | {np.median(found):.2f} | {found.max():.2f} "
            f"| {int((found >= SAME_TEXT).sum()):,} |"
        )


def _compared(first: Sketch, second: Sketch) -> float:
    """The resemblance; 0 at once where nothing is shared, as for nearly all pairs."""
    return resemblance(first, second) if np.isin(first, second).any() else 0.0


if __name__ == "__main__":
    main()
