"""The model card: what a model is, how its labels were made, how good it is and where it fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ndc_urban.model.assessment import LEVELS

LANGUAGE_NAMES = {
    "ar": "Arabic",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "ru": "Russian",
    "zh": "Chinese",
}
FEW = 10
"""Below this many documents a figure says little, and the card says so."""

INTRODUCTION = """\
Reads NDCs (Nationally Determined Contributions under the Paris Agreement) in the six languages of the United Nations
and gives each document a level of urban content (low, moderate or strong) and each passage the probability that a
coder would call it urban (code E or I of the codebook, annotations/CODEBOOK.md).

## How it works

A passage is a paragraph, a list item or a table row. The passage model is linear in named features: words, concepts
of the lexicon, the heading, the form. It reads a passage at two scales, its best sentence or cell and the whole.
English is read by words and concepts (head `words`), all other languages by concepts alone (head `concepts`), which
mean the same in every language. The level model is a proportional-odds regression with non-negative weights over
five amounts (passages that name cities for the document's length, headings on cities, and so on). Party
names and figures are masked, and no word is learned that fewer than three Parties use.
"""

LABELS = """\
## How the labels were made

The labels come from automated readers: a large language model read every shown passage against the codebook, in
English (machine translation where the original is in another language). They are not the judgement of UN-Habitat's
coders. Repeatability over 126 documents coded twice: levels agree on 99%, urban or not has kappa 0.94. That is the
repeatability of one kind of reader, not agreement between people. Documents of 43 Parties, drawn at random, were kept
for evaluation: nothing of them was used to train, to tune or to choose a feature.
"""

FAILURES = """\
## Where it fails, and what it must not be used for

- {wrong} of the documents get a level next to the right one. `prediction_set` names the levels that cannot be told
  apart; treat a document with two of them as undecided.
- Urban content told only by the name of a city, without an urban word, is often missed.
- Waste and water measures of national scope are sometimes taken for urban ones, and the reverse.
- Arabic, Russian and Chinese rest on the lexicon alone, and few documents exist to test them.
- The sector of a passage is right about four times in five; rare sectors (industry, health, food) less often.
- The level says what a document says about cities. It is no rating of a Party, its ambition or its policy, and no
  basis for funding or ranking.
"""


def write_card(figures: Mapping[str, Any], details: Mapping[str, Any], coverage: float) -> str:
    """The card as Markdown, its figures taken from an evaluation (`evaluation.evaluate`)."""
    return "\n".join(
        [
            "# ndc-urban: the default model\n",
            INTRODUCTION,
            f"Trained on {details['passages']:,} passages and {details['documents']} documents of "
            f"{details['parties']} Parties.\n",
            LABELS,
            "## How good it is\n",
            f"Measured by {figures['method']}; intervals are {100 * figures['confidence']:.0f}% bootstrap intervals "
            "over Parties.\n",
            *_levels(figures["levels"]),
            f"The prediction set of a document holds the right level in {100 * coverage:.0f}% of documents "
            "(ordinal conformal prediction).\n",
            *_passages(figures["passages"]),
            *_carried(figures["passages"]),
            FAILURES.format(wrong=f"{100 * (1 - figures['levels']['all']['accuracy']['value']):.0f}%"),
        ]
    )


def _levels(levels: Mapping[str, Any]) -> Iterable[str]:
    yield "### Level of the document\n"
    groups: list[tuple[str, Mapping[str, Any]]] = [("all coded documents", levels["all"])]
    groups += [(f"round {name}", each) for name, each in levels["round"].items()]
    groups += [(f"{LANGUAGE_NAMES.get(name, name)} files", each) for name, each in levels["language"].items()]
    groups += [(f"{name.upper()} files", each) for name, each in levels["kind"].items()]
    groups += [(f"baseline: {name}", each) for name, each in levels["baselines"].items()]
    yield from _table(
        ("", "documents", "quadratic weighted kappa", "accuracy", "off by two levels"),
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
    yield "Rows: what the coder said; columns: what the model said.\n"
    yield from _table(
        ("", *LEVELS),
        [(level, *map(str, row)) for level, row in zip(LEVELS, levels["confusion"], strict=True)],
    )
    yield "Other files of a coded document that get the same level as the file which was coded:\n"
    yield from _table(
        ("files", "number", "same level"),
        [
            (name, str(each["files"]), f"{100 * each['share']:.0f}%")
            for name, each in levels["same_level_as_coded_version"].items()
        ],
    )


def _passages(passages: Mapping[str, Any]) -> Iterable[str]:
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
        ("", *(f"head `{head}`" for head in passages)),
        [(title, *(_value(passages[head][key]) for head in passages)) for title, key in rows],
    )


def _carried(passages: Mapping[str, Any]) -> Iterable[str]:
    yield "### Passages in other languages\n"
    yield (
        "Labels were carried over from the English text to the passages of the original by alignment, which errs now "
        "and then.\n"
    )
    yield from _table(
        ("language", "passages", *(f"average precision, head `{head}`" for head in passages)),
        [
            (
                LANGUAGE_NAMES.get(name, name),
                str(next(iter(passages.values()))["carried"][name]["passages"]),
                *(_with_interval(passages[head]["carried"][name]["average_precision"]) for head in passages),
            )
            for name in next(iter(passages.values()))["carried"]
        ],
    )


def _value(value: Any) -> str:
    return _with_interval(value) if isinstance(value, Mapping) else f"{value:.3f}"


def _with_interval(figure: Mapping[str, Any]) -> str:
    if figure["value"] is None:
        return "not defined"
    return f"{figure['value']:.3f} ({figure['low']:.3f} to {figure['high']:.3f})"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    yield from ("| " + " | ".join(row) + " |" for row in rows)
    yield ""
