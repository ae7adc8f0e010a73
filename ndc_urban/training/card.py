"""The text of the model card: what a model is, how its labels were made, how good it is and where it fails.

All figures come from `metrics.json`; nothing is measured here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ndc_urban.languages import ALL
from ndc_urban.model.assessment import LEVELS
from ndc_urban.training.grade_report import grades_as_markdown

LANGUAGE_NAMES = {code: language.name for code, language in ALL.items()}
BASELINES = {
    "majority": "the largest class",
    "keywords": "key words, with fitted cut points",
    "lexicon": "the lexicon alone, with fitted cut points",
}
READERS = {"both": "both heads"}
FEW = 10
"""Figures on fewer documents are marked in the card: one document more or less moves them by ten points."""

MAIN_FIGURES: Mapping[str, str] = {
    "kappa": "level, quadratic weighted kappa",
    "accuracy": "level, accuracy",
    "off_by_two": "documents off by two levels",
    "pdf_as_html": "same level for PDF and HTML",
    "original_as_translation": "same level for original and translation",
    "prediction_sets": "prediction sets that contain the level",
    "average_precision": "average precision of `p_urban`",
    "calibration_error": "calibration error of `p_urban`",
    "sector_macro_f1": "sector, macro F1",
    "strand_accuracy": "strand, accuracy",
    "role_accuracy": "role, accuracy",
    "evidence": "best ten passages that are coded E or I",
}
"""The figures that a model is judged by, in words."""

INTRODUCTION = """\
The model reads NDCs (Nationally Determined Contributions under the Paris Agreement) in the six languages of the United
Nations. It gives each document a level of urban content (low, moderate or strong), and each passage the probability
that a coder would call it urban (code E or I of the codebook, annotations/CODEBOOK.md).

## How it works

A passage is a paragraph, a list item or a table row. The passage model is linear in named features: words, concepts
of the lexicon, the heading, the form of the text. It looks at the best sentence or cell of a passage and at the whole
passage. It has two parts, called heads. The head `words` uses words and concepts; the head `concepts` uses concepts
only, which mean the same in every language. English is read by both heads together, all other languages by `concepts`.

The level model is a proportional-odds regression on features of the document, such as the number of passages that name
cities, relative to the length of the other text, the headings about cities, and the sectors with urban measures. Its
weights are never negative: an urban measure never lowers the level, and other text never raises it. If it was trained
with UN-Habitat's grades, it has cut points of its own for each kind of coder and gives levels on two scales: that of
UN-Habitat's grades, and that of the codebook's rules as the readers applied them.

Names of countries and numbers are masked. A word is learned only if documents of at least three Parties use it. A
passage that is repeated counts once. The guidance lines that many NDCs repeat are learned as text without urban
content.
"""

LABELS = """\
## How the labels were made

The labels come from automated readers: a large language model read each passage that it was given and applied the
codebook, in English (in machine translation if the original is in another language). They are not the judgement of
UN-Habitat's coders. 23 documents were coded twice: all 23 levels agree (95% limits by Clopper and Pearson: 0.85 to 1),
and urban or not has a kappa of 0.92 (0.89 to 0.94) on 610 passages; `ndc-urban annotations agreement annotations`
computes both. This says how consistent one kind of reader is, not how far people agree. Documents of 43 Parties,
drawn at random, were kept for evaluation: they were not used to train or tune the model, or to choose a feature.

Passages were coded in two waves. Wave 1: all passages with a core urban term, some with a related term, and a few
others. Wave 2: passages about which a first model was unsure, and some about which it was sure.
"""

FAILURES = """\
## Where it fails, and what it must not be used for

- {wrong} of the documents get a level next to the right one. `prediction_set` names the levels that the model cannot
  distinguish; treat a document with two of them as undecided.
- Urban content is often missed if only the name of a city shows it, without any urban word.
- National waste and water measures are sometimes taken for urban ones, and urban ones for national.
- Arabic, Russian and Chinese depend on the lexicon alone, and there are few documents to test them.
- The sector of a passage is right about four times in five, less often for rare sectors (industry, health, food).
- The level says what a document says about cities. It does not rate a Party, its ambition or its policy. Do not use it
  to rank Parties or to decide on funding.
"""


def write_card(figures: Mapping[str, Any], details: Mapping[str, Any]) -> str:
    """The card as Markdown, its figures taken from an evaluation (`evaluation.evaluate`)."""
    return "\n".join(
        [
            "# ndc-urban: the default model\n",
            INTRODUCTION,
            f"Trained on {details['passages']:,} passages and {details['documents']} documents of "
            f"{details['parties']} Parties.\n",
            LABELS,
            "## How good it is\n",
            *figures_as_markdown(figures),
            FAILURES.format(wrong=f"{100 * (1 - figures['levels']['all']['accuracy']['value']):.0f}%"),
        ]
    )


def _kept_apart(apart: Mapping[str, Any] | None) -> Iterable[str]:
    """What was measured on labels that are not in the repository, for an earlier shipped model."""
    if apart is None:
        return
    yield "### Parties set apart for evaluation\n"
    yield (
        f"Measured once by people who hold labels of {apart['parties']} Parties ({apart['documents']} documents) that "
        f"are not in the repository, on an earlier model (hash {apart['model']}, commit {apart['commit']}), by the "
        "codebook's rules. This model has not been measured on them yet.\n"
    )
    by_round = ", ".join(f"{name} {value:.2f}" for name, value in apart["kappa_by_round"].items())
    yield from _table(
        ("", "measured"),
        [
            ("level, quadratic weighted kappa", _between(apart["kappa"])),
            ("by round", by_round),
            ("level, accuracy", _between(apart["accuracy"])),
            ("off by two levels", str(apart["off_by_two"])),
            ("average precision of `p_urban`", f"{apart['average_precision']:.3f}"),
            ("calibration error", f"{apart['calibration_error']:.2f}"),
            ("prediction sets that contain the level (0.90 stated)", f"{apart['prediction_sets']:.2f}"),
        ],
    )


def _between(figure: Mapping[str, float]) -> str:
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"


def figures_as_markdown(figures: Mapping[str, Any]) -> list[str]:
    """The figures of an evaluation as Markdown, line by line."""
    return [
        f"Measured by {figures['method']}; intervals are {100 * figures['confidence']:.0f}% bootstrap intervals "
        "over Parties.\n",
        *_levels(figures["levels"]),
        *_prediction_sets(figures["levels"]["prediction_set"]),
        *_sets_on_the_other_scale(figures),
        *_reliability(
            "### Reliability of the probabilities of the level\n", figures["levels"]["reliability"]
        ),
        *(grades_as_markdown(figures) if "grades" in figures else ()),
        *_published(figures),
        *_passages(figures),
        *_carried(figures["passages"]),
        *_reliability(
            "### Reliability of `p_urban` (English)\n", {"E or I": figures["passages"]["both"]["reliability"]}
        ),
        *_evidence(figures["evidence"]),
        *_nested(figures),
        *_kept_apart(figures.get("kept_apart")),
    ]


def _levels(levels: Mapping[str, Any]) -> Iterable[str]:
    yield "### Level of the document\n"
    groups: list[tuple[str, Mapping[str, Any]]] = [("all coded documents", levels["all"])]
    groups += [(f"round {name}", each) for name, each in levels["round"].items()]
    if "last_round_by_earlier_ones" in levels:
        last = levels["last_round_by_earlier_ones"]
        groups.append((f"round {last['round']} by a model of the earlier rounds", last))
    groups += [(f"region {name}", each) for name, each in levels["region"].items()]
    groups += [(f"{LANGUAGE_NAMES.get(name, name)} files", each) for name, each in levels["language"].items()]
    groups += [(f"{name.upper()} files", each) for name, each in levels["kind"].items()]
    groups += [(f"baseline: {BASELINES[name]}", each) for name, each in levels["baselines"].items()]
    yield from _table(
        ("", "documents, or files", "quadratic weighted kappa", "accuracy", "off by two levels"),
        [
            (
                name + (" (few)" if each["documents"] < FEW else ""),
                str(each["documents"]),
                _with_interval(each["kappa"]),
                _with_interval(each["accuracy"]),
                str(each["off_by_two"]),
            )
            for name, each in groups
        ],
    )
    yield "Rows are the levels given by the coder, columns those given by the model.\n"
    yield from _table(
        ("", *LEVELS),
        [(level, *map(str, row)) for level, row in zip(LEVELS, levels["confusion"], strict=True)],
    )
    for title, key in (
        (
            "PDF files with the same level as the HTML of the same document in the same language:\n",
            "pdf_as_html",
        ),
        (
            "Files in the original language with the same level as the English translation:\n",
            "original_as_translation",
        ),
    ):
        if levels[key]:
            yield title
            yield from _table(
                ("language", "files", "same level"),
                [
                    (LANGUAGE_NAMES.get(name, name), str(each["files"]), f"{100 * each['share']:.0f}%")
                    for name, each in levels[key].items()
                ],
            )


def _prediction_sets(sets: Mapping[str, Any]) -> Iterable[str]:
    yield (
        f"The prediction set should contain the right level for {100 * sets['stated']:.0f}% of documents (ordinal "
        f"conformal prediction); measured: {_with_interval(sets['measured'])}. It names {sets['levels_named']:.2f} "
        f"levels on average. For {100 * sets['undecided']:.0f}% of documents it names more than one: these are "
        "undecided.\n"
    )
    by_round = ", ".join(f"{name} {share:.2f}" for name, share in sets["measured_by_round"].items())
    yield f"By round: {by_round}. A level stands alone if its probability is above {100 * sets['mass']:.0f}%.\n"


def _sets_on_the_other_scale(figures: Mapping[str, Any]) -> Iterable[str]:
    if "prediction_set_un_habitat" in figures:
        yield "On the scale of UN-Habitat's grades (NDC 3.0):\n"
        yield from _prediction_sets(figures["prediction_set_un_habitat"])


def _reliability(title: str, tables: Mapping[str, Any]) -> Iterable[str]:
    yield title
    yield "The probability that the model gave, and how often it was right.\n"
    yield from _table(
        ("", "probability", "number", "mean probability", "share true"),
        [
            (
                name,
                f"{row['from']:.1f} to {row['to']:.1f}",
                str(row["units"]),
                f"{row['said']:.3f}",
                f"{row['true']:.3f}",
            )
            for name, rows in tables.items()
            for row in rows
        ],
    )


def _published(figures: Mapping[str, Any]) -> Iterable[str]:
    """The Party levels that reports on the reviews name, beside the model's."""
    if not figures.get("published"):
        return
    yield "### Compared with the ten published levels of Parties (as of 2023)\n"
    rows = figures["published"]
    agree = sum(row["agrees"] for row in rows if row["level"])
    read = sum(bool(row["level"]) for row in rows)
    yield f"{agree} of {read} agree. Each document was read by a model that had not seen its Party.\n"
    since = [row for row in rows if row.get("graded") and not row["grade_agrees"]]
    if since:
        named = ", ".join(f"{row['iso3']} ({row['published']} then, {row['graded']} since)" for row in since)
        yield (
            f"UN-Habitat itself has since graded {len(since)} of these Parties differently (2026, for the NDC before "
            f"NDC 3.0, A is strong): {named}. So ten of ten is partly luck, or another text was graded.\n"
        )
    yield from _table(
        ("Party", "published", "document", "model", ""),
        [
            (
                row["iso3"],
                row["published"],
                row["document"],
                row["level"] or "not read",
                "" if row["agrees"] or not row["level"] else "differs",
            )
            for row in rows
        ],
    )


def _passages(figures: Mapping[str, Any]) -> Iterable[str]:
    passages = figures["passages"]
    yield "### Passages (English)\n"
    rows = [
        ("average precision of `p_urban`", "average_precision"),
        ("calibration error (10 bins)", "calibration_error"),
        ("share of urban passages", "prevalence"),
        ("urban passages found", "urban_found"),
        ("sector, accuracy", "sector_accuracy"),
        ("sector, macro F1", "sector_macro_f1"),
        ("strand, accuracy", "strand_accuracy"),
        ("role, accuracy", "role_accuracy"),
    ]
    yield from _table(
        ("", *(READERS.get(reader, f"head `{reader}`") for reader in passages)),
        [(title, *(_value(passages[reader][key]) for reader in passages)) for title, key in rows],
    )
    yield "Average precision by group, and of the baselines:\n"
    both = passages["both"]
    groups = [
        (f"{group} {name}", figure)
        for group in ("wave", "round", "region")
        for name, figure in both[f"average_precision_by_{group}"].items()
    ]
    groups += [(f"baseline: {BASELINES[name]}", each) for name, each in figures["passage_baselines"].items()]
    yield from _table(
        ("", "passages", "average precision"),
        [(name, str(figure["units"]), _with_interval(figure)) for name, figure in groups],
    )


def _evidence(evidence: Mapping[str, Any]) -> Iterable[str]:
    yield (
        f"Evidence: the ten best passages of each of the {evidence['documents']} strong and moderate documents are "
        f"{evidence['passages']} in all. {evidence['of_them_coded']} of them were coded, and a share of "
        f"{_with_interval(evidence['share'])} of these was coded E or I.\n"
    )


def main_figures(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of `MAIN_FIGURES` out of an evaluation, without those that it does not have."""
    levels, passages = figures["levels"], figures["passages"]["both"]
    same = {
        name: levels[name]["all"]["share"]
        for name in ("pdf_as_html", "original_as_translation")
        if levels[name]
    }
    found = (
        {name: levels["all"][name] for name in ("kappa", "accuracy", "off_by_two")}
        | same
        | {"prediction_sets": levels["prediction_set"]["measured"], "evidence": figures["evidence"]["share"]}
        | passages
    )
    return {name: found[name] for name in MAIN_FIGURES if name in found}


def _nested(figures: Mapping[str, Any]) -> Iterable[str]:
    """The main figures once more, from trainings that saw nothing at all of the Parties that they are measured on."""
    if "nested" not in figures:
        return
    nested = figures["nested"]
    yield "### The same in nested folds\n"
    yield (
        "In the figures above, the level model of a fold was fitted to scores of passage models that had seen the "
        "fold's Parties. In nested folds nothing that is fitted had seen them: vocabulary, weights, calibration, level "
        "model and prediction sets were refitted without them. What people chose stayed the same: the lexicon, the "
        "level features, penalties and shares.\n"
    )
    yield from _table(
        ("", "nested", "as above"),
        [
            (MAIN_FIGURES[key], _value(nested[key]), _value(each))
            for key, each in main_figures(figures).items()
            if key in nested
        ],
    )


def _carried(passages: Mapping[str, Any]) -> Iterable[str]:
    yield "### Passages in other languages\n"
    yield (
        "The labels of the English text were carried over to the passages of the original by automatic alignment, "
        "which makes some errors.\n"
    )
    carried = passages["concepts"]["carried"]
    yield from _table(
        ("language", "passages", "average precision, head `concepts`", "calibration error"),
        [
            (
                LANGUAGE_NAMES.get(name, name),
                str(each["passages"]),
                _with_interval(each["average_precision"]),
                f"{each['calibration_error']:.3f}",
            )
            for name, each in carried.items()
        ],
    )


def _value(value: Any) -> str:
    if isinstance(value, int):
        return str(value)
    return _with_interval(value) if isinstance(value, Mapping) else f"{value:.3f}"


def _with_interval(figure: Mapping[str, Any]) -> str:
    if figure["value"] is None:
        return "not defined"
    if figure["low"] is None:
        return f"{figure['value']:.3f} (one Party)"
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    yield from ("| " + " | ".join(row) + " |" for row in rows)
    yield ""
