"""Why a passage is urban: the words, terms and the heading that weighed most.

Nothing is modelled a second time: an effect is a weight of the model times the feature, in logits. Not here: why a
document has its level (`model.level_reasons`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

from ndc_urban.document import Passage
from ndc_urban.lexicon import Match
from ndc_urban.model.assessment import MIN_EFFECT, OF_HEADING, Reason
from ndc_urban.model.features import Bag
from ndc_urban.model.passage_model import PassageHead, PassageModel

WORDS_NAMED = 4
"""So many words of a passage are named; one line of a terminal or a cell of a table holds about as many."""

_WORD = re.compile(r"\w+")
_OF_HEADING = ("hw:", "hc:", "f:heading")


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
                named[f"{OF_HEADING}{heading}”"] += effect
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
    terms = sorted((text for text in named if not text.startswith(OF_HEADING)), key=len, reverse=True)
    kept: list[str] = []
    for text in terms:
        words = set(_WORD.findall(text))
        home = next((other for other in kept if words <= set(_WORD.findall(other))), None)
        if home is None:
            kept.append(text)
        merged[home or text] += named[text]
    merged.update({text: effect for text, effect in named.items() if text.startswith(OF_HEADING)})
    return dict(merged)
