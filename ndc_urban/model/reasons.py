"""Why: what moved a document's level, and the words and heading that weighed most in a passage.

Nothing is modelled a second time: an effect is a weight of the model times what it weighs, in logits. For a document it
is told against a typical one (the mean of the training documents).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ndc_urban.document import Passage
from ndc_urban.lexicon import Match
from ndc_urban.model.assessment import Reason
from ndc_urban.model.features import Bag
from ndc_urban.model.level_model import AMOUNTS, LevelModel, Tally
from ndc_urban.model.passage_model import PassageHead, PassageModel

MIN_EFFECT = 0.15
"""Effects below this, in logits, are not worth a word."""
WORDS_TOLD = 4
LONG, SHORT = 2.0, 0.4
"""Lengths, in typical documents, from which and up to which the length is told."""

_WORD = re.compile(r"\w+")
_OF_HEADING = ("hw:", "hc:", "f:heading")


def document_reasons(model: LevelModel, tally: Tally, *, measures: int, sectors: int) -> tuple[Reason, ...]:
    """What moved the level up or down, strongest first.

    `measures` counts the urban responses of the document, `sectors` the sectors that they belong to.
    """
    effects = dict(zip(AMOUNTS, model.effects(tally.amounts).tolist(), strict=True))
    length = _length_effect(model, tally)
    effects["explicit"] -= length
    texts = {
        "explicit": _counted(round(tally.explicit), "passage names", "passages name")
        + " cities or local governments ("
        + _counted(measures, "urban measure", "urban measures")
        + (f" in {_counted(sectors, 'sector', 'sectors')})" if measures else ")"),
        "top": _strength(tally.top),
        "titles": _counted(tally.titles, "heading", "headings") + " on cities with urban passages beneath",
        "fullest": "the section that has most of them holds "
        + _counted(round(tally.fullest), "urban passage", "urban passages"),
        "devoted": _counted(round(tally.devoted), "urban passage", "urban passages")
        + " in sections or blocks of tables on cities",
        "length": _length(tally.length),
    }
    reasons = [Reason(texts[name], effect) for name, effect in (effects | {"length": length}).items()]
    told = [reason for reason in reasons if reason.text and abs(reason.effect) >= MIN_EFFECT]
    return tuple(sorted(told, key=lambda reason: -abs(reason.effect)))


def _length_effect(model: LevelModel, tally: Tally) -> float:
    """What the length of the other text does to the level score, compared with a typical length."""
    at = list(AMOUNTS).index("explicit")
    difference = tally.amounts[at] - np.log1p(tally.explicit)
    return float(difference / model.scale[at] * model.weights[at])


def _counted(number: int, one: str, many: str) -> str:
    return f"{number or 'no'} {one if number == 1 else many}"


def _strength(top: float) -> str:
    if top >= 0.8:
        return "its three best passages are clearly urban"
    return (
        "some of its best passages are clearly urban" if top >= 0.3 else "hardly a passage is clearly urban"
    )


def _length(length: float) -> str:
    if length >= LONG:
        return "long document"
    return "short document" if length <= SHORT else ""


def passage_reasons(model: PassageModel, passage: Passage) -> tuple[Reason, ...]:
    """The words, terms and the heading that spoke most for a passage being urban, strongest first."""
    features = model.extractor.extract(passage)
    shares = model.shares_for(passage.language)
    effects: dict[str, float] = defaultdict(float)
    for name, share in shares.items():
        head = model.heads[name]
        windows = head.window.scores(head.vocabulary.encode(features.windows))[:, 0]
        best = features.windows[int(windows.argmax())]
        for feature, effect in _contributions(head, best, features.whole):
            effects[feature] += share * effect
    told = _by_phrase(effects, passage, model.extractor.matches(passage))
    strongest = sorted(told.items(), key=lambda item: (-item[1], item[0]))[:WORDS_TOLD]
    return tuple(Reason(text, effect) for text, effect in strongest if effect >= MIN_EFFECT)


def _contributions(head: PassageHead, best: Bag, whole: Bag) -> Iterator[tuple[str, float]]:
    """Each feature's part in the logit of `p_urban`, through the best window and through the whole passage."""
    find = head.vocabulary.index
    for part, share, bag in ((head.window, head.mix[0], best), (head.whole, head.mix[1], whole)):
        for feature, value in bag.items():
            if feature in find:
                yield feature, float(share * value * part.weights[0, find[feature]])


def _by_phrase(effects: Mapping[str, float], passage: Passage, matches: Sequence[Match]) -> dict[str, float]:
    """Effects by what a reader sees: a term or word of the passage, or its heading."""
    surface = {match.concept: passage.text[match.start : match.end].lower() for match in reversed(matches)}
    heading = passage.section[-1] if passage.section else ""
    told: dict[str, float] = defaultdict(float)
    for feature, effect in effects.items():
        if feature.startswith(_OF_HEADING):
            if heading:
                told[f"heading “{heading}”"] += effect
            continue
        phrases = _phrases(feature, surface)
        for phrase in phrases:
            told[phrase] += effect / len(phrases)
    return _merged(told)


def _phrases(feature: str, surface: Mapping[str, str]) -> list[str]:
    """The words or terms of the passage that a feature is about; none for its form."""
    kind, _, name = feature.partition(":")
    if kind in ("w", "n", "b"):
        return _content(name)
    if kind == "x":
        return _content(name.partition(" & ")[2])
    if kind in ("c", "nc"):
        return [surface[name]] if name in surface else []
    if kind == "p":
        return [surface[each] for each in name.split(" + ") if each in surface]
    return []


def _content(words: str) -> list[str]:
    """A word or pair of words without articles and the like at its ends; nothing where no word is left."""
    from spacy.lang.en.stop_words import STOP_WORDS

    kept = words.split()
    while kept and (kept[0] in STOP_WORDS or not kept[0].isalpha()):
        kept = kept[1:]
    while kept and (kept[-1] in STOP_WORDS or not kept[-1].isalpha()):
        kept = kept[:-1]
    return [" ".join(kept)] if kept else []


def _merged(told: Mapping[str, float]) -> dict[str, float]:
    """Adds the effect of a word to the longest phrase told that holds it, so that nothing is told twice."""
    merged: dict[str, float] = defaultdict(float)
    terms = sorted((text for text in told if not text.startswith("heading “")), key=len, reverse=True)
    kept: list[str] = []
    for text in terms:
        words = set(_WORD.findall(text))
        home = next((other for other in kept if words <= set(_WORD.findall(other))), None)
        if home is None:
            kept.append(text)
        merged[home or text] += told[text]
    merged.update({text: effect for text, effect in told.items() if text.startswith("heading “")})
    return dict(merged)
