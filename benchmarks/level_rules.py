"""How many levels follow the codebook's rules, by the codes that the same coder gave to passages of the document.

    python benchmarks/level_rules.py [--annotations annotations]

Passages that were not coded count as not urban. Prints for each coder a table of levels (rows) by what the rules say
(columns), and each level that contradicts them. It needs no document.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from files_to_measure import described_parser

from ndc_urban.codebook import LEVELS
from ndc_urban.labels.level_rules import contradiction, counts_of, level_by_rules
from ndc_urban.labels.records import PassageLabel
from ndc_urban.labels.store import read_level_labels, read_passage_labels


def main() -> None:
    options = described_parser(__doc__)
    options.add_argument("--annotations", type=Path, default=Path("annotations"))
    given = options.parse_args()
    passages: dict[tuple[str, str], list[PassageLabel]] = {}
    for label in read_passage_labels(given.annotations):
        passages.setdefault((label.document, label.coder), []).append(label)
    levels = [
        each for each in read_level_labels(given.annotations) if (each.document, each.coder) in passages
    ]
    for coder in sorted({each.coder for each in levels}):
        mine = [each for each in levels if each.coder == coder]
        table: Counter[tuple[str, str]] = Counter()
        for each in mine:
            counts = counts_of(passages[each.document, coder])
            table[each.level, level_by_rules(counts, each.dedicated)] += 1
        follow = sum(count for (said, ruled), count in table.items() if said == ruled)
        print(f"{coder}: {follow} of {len(mine)} levels follow the rules")
        print(f"{'level':>10}" + "".join(f"{level:>10}" for level in LEVELS))
        for said in LEVELS:
            print(f"{said:>10}" + "".join(f"{table[said, ruled]:10d}" for ruled in LEVELS))
        for each in mine:
            told = contradiction(each, passages[each.document, coder], complete=True)
            if told:
                print(f"  {each.document}: {told}")


if __name__ == "__main__":
    main()
