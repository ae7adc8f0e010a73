"""Why: what moved a document's level, and the words and heading that weighed most in a passage.

Nothing is modelled a second time: an effect is a weight of the model times the feature, in logits. A document is
compared with a typical one (the mean of the training documents).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np

from ndc_urban.document import Passage
from ndc_urban.lexicon import Match
from ndc_urban.model.assessment import Reason
from ndc_urban.model.features import Bag
from ndc_urban.model.level_model import LEVEL_FEATURES, DocumentFeatures, LevelModel
from ndc_urban.model.passage_model import PassageHead, PassageModel

MIN_EFFECT = 0.15
"""Effects below this, in logits, are not reported: they move a probability by less than four percentage points."""
WORDS_NAMED = 4
"""So many words of a passage are named; one line of a terminal or a cell of a table holds about as many."""
LONG, SHORT = 2.0, 0.4
"""Lengths of the other text, in typical documents, from which a document is called long, and up to which short; chosen
by eye on real NDCs."""
CLEARLY, SOMEWHAT = 0.8, 0.3
"""Mean probability of the best passages from which all of them are clearly urban, and below which hardly any is. It is
a mean of three: one clear passage alone gives a third."""
NUMERALS = "no one two three four five six seven eight nine".split()

_WORD = re.compile(r"\w+")
_OF_HEADING = ("hw:", "hc:", "f:heading")


GROUPS: Mapping[str, tuple[str, ...]] = {
    "passages": ("explicit", "urban"),
    "top": ("top",),
    "titles": ("titles",),
    "fullest": ("fullest",),
    "devoted": ("devoted",),
    "sectors": ("sectors",),
    "strands": ("adaptation", "mitigation"),
    "delivery": ("delivery", "governance"),
    "subjects": ("housing", "planning", "transport"),
}
"""The level features that share one phrase: they count much the same passages, and their effects are added."""


def document_reasons(
    model: LevelModel, features: DocumentFeatures, *, measures: int, sectors: int
) -> tuple[Reason, ...]:
    """What moved the level up or down, strongest first: phrases that can follow "Raised by" or "Lowered by".

    `measures` counts the urban responses of the document, `sectors` the sectors that they belong to.
    """
    by_feature = dict(zip(LEVEL_FEATURES, model.effects(features.vector).tolist(), strict=True))
    length = _length_effect(model, features)
    by_feature["explicit"] -= length
    effects = {group: sum(by_feature[name] for name in names) for group, names in GROUPS.items()}
    effects["length"] = length
    reasons = [
        Reason(_phrase(name, features, effect > 0, measures, sectors), effect)
        for name, effect in effects.items()
        if abs(effect) >= MIN_EFFECT
    ]
    return tuple(sorted(filter(lambda each: each.text, reasons), key=lambda reason: -abs(reason.effect)))


def _length_effect(model: LevelModel, features: DocumentFeatures) -> float:
    """What the length of the other text does to the level score, compared with a typical length."""
    at = list(LEVEL_FEATURES).index("explicit")
    difference = features.vector[at] - np.log1p(features.explicit)
    return float(difference / model.spread[at] * model.weights[at])


def _phrase(name: str, features: DocumentFeatures, raises: bool, measures: int, sectors: int) -> str:
    """A group of features in words; empty for a length that is not worth naming."""
    delivery = round(max(features.delivery, features.governance))
    subjects = round(features.housing + features.planning + features.transport)
    phrases: Mapping[str, str] = {
        "passages": _explicit(round(features.explicit), raises),
        "top": _best(features.top, raises),
        "titles": _headings(features.titles, raises),
        "fullest": _fullest_section(round(features.fullest), raises),
        "devoted": f"{_counted(round(features.devoted), 'urban passage', raises)} in sections or tables about cities",
        "sectors": _measures(measures, sectors, raises),
        "strands": _strands(round(features.adaptation), round(features.mitigation), raises),
        "delivery": f"{_counted(delivery, 'urban passage', raises)} on governance, finance or capacity",
        "subjects": f"{_counted(subjects, 'urban passage', raises)} on housing, planning or transport",
        "length": _length(features.length, raises),
    }
    return phrases[name]


def _explicit(number: int, raises: bool) -> str:
    verb = "name" if number > 1 else "names"
    return f"{_counted(number, 'passage', raises)} that {verb} cities or local governments"


def _measures(measures: int, sectors: int, raises: bool) -> str:
    counted = _counted(measures, "urban measure", raises)
    return f"{counted} in {_counted(sectors, 'sector', True)}" if measures else counted


def _strands(adaptation: int, mitigation: int, raises: bool) -> str:
    """Of adaptation and mitigation; only what there is."""
    if not (adaptation or mitigation):
        return "no urban passage on adaptation or mitigation"
    there = [
        f"{_counted(number, 'urban passage', raises)} on {strand}"
        for number, strand in ((adaptation, "adaptation"), (mitigation, "mitigation"))
        if number
    ]
    return " and ".join(there)


def _best(top: float, raises: bool) -> str:
    if raises:
        return "three clearly urban passages" if top >= CLEARLY else "some clearly urban passages"
    return "few clearly urban passages" if top >= SOMEWHAT else "hardly any clearly urban passages"


def _headings(number: int, raises: bool) -> str:
    headings = f"{_counted(number, 'heading', raises)} about cities"
    return f"{headings} with urban passages under {'them' if number > 1 else 'it'}" if number else headings


def _fullest_section(number: int, raises: bool) -> str:
    if raises:
        return f"a section with {_counted(number, 'urban passage', raises)}"
    if not number:
        return "no section with urban passages"
    return f"no section with more than {_counted(number, 'urban passage', True)}"


def _length(length: float, raises: bool) -> str:
    if raises:
        return "a short document" if length <= SHORT else ""
    return "a long document" if length >= LONG else ""


def _counted(number: int, what: str, raises: bool) -> str:
    """A number of things; what lowers a level is "only" so many, or none."""
    counted = NUMERALS[number] if number < len(NUMERALS) else str(number)
    plural = "" if number <= 1 else "s"
    return f"{'' if raises or not number else 'only '}{counted} {what}{plural}"


def passage_reasons(model: PassageModel, passage: Passage) -> tuple[Reason, ...]:
    """The words, terms and the heading that spoke most for a passage being urban, strongest first."""
    features = model.features_of(passage)
    shares = model.shares_for(passage.language)
    effects: dict[str, float] = defaultdict(float)
    for name, share in shares.items():
        head = model.heads[name]
        windows = head.window.scores(head.vocabulary.encode(features.windows))[:, 0]
        best = features.windows[int(windows.argmax())]
        for feature, effect in _contributions(head, best, features.whole):
            effects[feature] += share * effect
    named = _by_phrase(effects, passage, model.extractor.matches(passage))
    strongest = sorted(named.items(), key=lambda item: (-item[1], item[0]))[:WORDS_NAMED]
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
    named: dict[str, float] = defaultdict(float)
    for feature, effect in effects.items():
        if feature.startswith(_OF_HEADING):
            if heading:
                named[f"heading “{heading}”"] += effect
            continue
        phrases = _phrases(feature, surface)
        for phrase in phrases:
            named[phrase] += effect / len(phrases)
    return _merged(named)


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
    passed_over = _stop_words()
    kept = words.split()
    while kept and (kept[0] in passed_over or not kept[0].isalpha()):
        kept = kept[1:]
    while kept and (kept[-1] in passed_over or not kept[-1].isalpha()):
        kept = kept[:-1]
    return [" ".join(kept)] if kept else []


@cache
def _stop_words() -> frozenset[str]:
    """spaCy's English stop words, from their file alone: all of spaCy takes longer than a short plan."""
    spacy = find_spec("spacy")
    folders = (spacy.submodule_search_locations if spacy else None) or ()
    found = [path for folder in folders if (path := Path(folder, "lang", "en", "stop_words.py")).is_file()]
    spec = spec_from_file_location("spacy_stop_words", found[0]) if found else None
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError("spaCy's list of English stop words is missing", name="spacy")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return frozenset(module.STOP_WORDS)


def _merged(named: Mapping[str, float]) -> dict[str, float]:
    """Adds the effect of a word to the longest phrase named that holds it, so that nothing is named twice."""
    merged: dict[str, float] = defaultdict(float)
    terms = sorted((text for text in named if not text.startswith("heading “")), key=len, reverse=True)
    kept: list[str] = []
    for text in terms:
        words = set(_WORD.findall(text))
        home = next((other for other in kept if words <= set(_WORD.findall(other))), None)
        if home is None:
            kept.append(text)
        merged[home or text] += named[text]
    merged.update({text: effect for text, effect in named.items() if text.startswith("heading “")})
    return dict(merged)
