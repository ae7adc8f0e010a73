"""Why shares of housing, delivery and multilevel governance differ from the published ones: rule, recall or basis.

    python benchmarks/theme_gaps.py CORPUS [--annotations annotations] [--run corpus/results] [--round 2026]

For the coded documents of a round: the share in which coders' labels have the sector or role alone, the share by the
rule of `ndc_urban/lexicon/themes.toml` on the labels, by wider rules, and by the model that had not seen the Party; and
how often model and labels agree. Parties that are kept for evaluation have no labels and are not read.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from files_to_measure import described_parser

from ndc_urban.codebook import RESPONSES, URBAN_CODES
from ndc_urban.corpus.register import Collection, Entry
from ndc_urban.labels.loading import PlacedLabel, load_labels
from ndc_urban.lexicon.matcher import load_lexicon
from ndc_urban.lexicon.themes import load_themes
from ndc_urban.model.profile import from_text

Test = Callable[[PlacedLabel, frozenset[str]], bool]

HOUSING = frozenset({"affordable_housing", "informal_settlement"})
ACTORS = frozenset({"local_government", "municipality", "decentralization", "mayors_covenant"})


@dataclass(frozen=True)
class SomeDocuments(Collection):
    """A collection of which only these documents are read."""

    documents: frozenset[str] = frozenset()

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The rows of these documents."""
        return tuple(entry for entry in super().entries if entry.document in self.documents)


def responds(placed: PlacedLabel) -> bool:
    return placed.label.role in RESPONSES


TESTS: Mapping[str, Mapping[str, Test]] = {
    "theme:housing": {
        "sector housing": lambda placed, _: placed.label.sector == "ho",
        "an urban response that names affordable housing or informal settlements": lambda placed, found: (
            responds(placed) and bool(found & HOUSING)
        ),
        "any urban passage that names housing": lambda placed, found: (
            placed.label.sector == "ho" or bool(found & (HOUSING | {"housing"}))
        ),
    },
    "topic:delivery": {"role delivery": lambda placed, _: placed.label.role == "d"},
    "topic:governance": {
        "sector governance": lambda placed, _: placed.label.sector == "go",
        "any urban response that names a local government or municipality": lambda placed, found: (
            responds(placed) and (placed.label.sector == "go" or bool(found & ACTORS))
        ),
    },
    "theme:localisation": {},
}
"""By entry of a profile: what coded passages are asked for, beside the rule itself."""


def by_rule(entry: str) -> Test:
    """The rule of an entry, on a label."""
    theme = next(each for each in load_themes().themes if each.name == entry.partition(":")[2])
    return lambda placed, found: any(
        rule.holds(placed.label.sector, placed.label.role, found) for rule in theme.rules
    )


def documents_with(test: Test, passages: Mapping[str, list[tuple[PlacedLabel, frozenset[str]]]]) -> set[str]:
    """The documents with an urban passage that passes a test."""
    return {
        document
        for document, coded in passages.items()
        if any(placed.label.code in URBAN_CODES and test(placed, found) for placed, found in coded)
    }


def profiles_of(run: Path, panel: Path, round_: str) -> dict[str, Mapping[str, int]]:
    """By document of the round the profile in estimation.csv, where the model had not seen the Party."""
    with (run / "estimation.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["sha256"]: row for row in csv.DictReader(file)}
    with panel.open(encoding="utf-8", newline="") as file:
        return {
            row["document"]: from_text(rows[row["sha256"]]["profile"])
            for row in csv.DictReader(file)
            if row["round"] == round_ and row["evaluation_only"] != "yes" and row["sha256"] in rows
        }


def main() -> None:
    parser = described_parser(__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--annotations", type=Path, default=Path("annotations"))
    parser.add_argument("--run", type=Path, default=Path("corpus/results"))
    parser.add_argument("--panel", type=Path, default=Path("corpus/panel.csv"))
    parser.add_argument("--round", default="2026")
    given = parser.parse_args()
    profiles = profiles_of(given.run, given.panel, given.round)
    lexicon, own = load_lexicon(), load_themes().lexicon
    passages: dict[str, list[tuple[PlacedLabel, frozenset[str]]]] = {}
    collection = SomeDocuments(given.corpus, frozenset(profiles))
    for placed in load_labels([given.annotations], collection).passages:
        text, language = placed.passage.text, placed.passage.language
        found = {match.concept for each in (lexicon, own) for match in each.find(text, language)}
        passages.setdefault(placed.label.document, []).append((placed, frozenset(found)))
    print(f"{len(passages)} coded documents of the round {given.round}")
    for entry, tests in TESTS.items():
        print(entry)
        labelled = documents_with(by_rule(entry), passages)
        for name, found in {
            **{name: documents_with(test, passages) for name, test in tests.items()},
            "the rule on the labels": labelled,
        }.items():
            print(f"  {name}: {len(found)} ({len(found) / len(passages):.0%})")
        model = {document for document in passages if profiles[document].get(entry)}
        print(
            f"  the rule on the model's codes: {len(model)} ({len(model) / len(passages):.0%}); in both "
            f"{len(model & labelled)}, labels alone {len(labelled - model)}, model alone {len(model - labelled)}"
        )


if __name__ == "__main__":
    main()
