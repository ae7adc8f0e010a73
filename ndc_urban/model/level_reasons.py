"""Why a document has its level: what raised and lowered it, in phrases that a reader can check in the evidence.

How far something moved the level is a weight of the level model times the feature, in logits, compared with a typical
document (the mean of the training documents). The counts in the phrases are of the distinct passages coded E or I: of
those that repeat each other one counts. The features behind them also count a little of what is less sure. Not here:
why a passage is urban (`model.passage_reasons`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ndc_urban.codebook import RESPONSES
from ndc_urban.counting import agreeing
from ndc_urban.model.assessment import MIN_EFFECT, Reason, ScoredPassage
from ndc_urban.model.evidence import EVIDENCE_THRESHOLD
from ndc_urban.model.level_model import (
    LEVEL_FEATURES,
    TOP,
    DocumentFeatures,
    LevelFeatureCounter,
    LevelModel,
)

LONG, SHORT = 2.0, 0.4
"""Lengths of the other text, in typical documents, from which a document is called long, and up to which short; chosen
by eye on real NDCs."""
NUMERALS = "no one two three four five six seven eight nine".split()

GROUPS: Mapping[str, tuple[str, ...]] = {
    "passages": ("explicit", "urban"),
    "top": ("top",),
    "titles": ("titles",),
    "fullest": ("fullest",),
    "devoted": ("devoted",),
    "sectors": ("sectors",),
    "adaptation": ("adaptation",),
    "mitigation": ("mitigation",),
    "delivery": ("delivery", "governance"),
    "subjects": ("housing", "planning", "transport"),
}
"""The level features that share one phrase: they count much the same passages, and their effects are added."""


@dataclass(frozen=True, slots=True)
class UrbanCounts:
    """How many distinct passages coded E or I a document has of each kind that reasons name.

    `explicit` counts those coded E, `clear` those with a probability from `EVIDENCE_THRESHOLD` on; `titles` the
    headings about cities above them, `fullest` those in the section with the most, `devoted` those under such headings
    or in such table rows. `measures` counts the responses with a sector, `sectors` their sectors.
    """

    explicit: int = 0
    clear: int = 0
    titles: int = 0
    fullest: int = 0
    devoted: int = 0
    measures: int = 0
    sectors: int = 0
    adaptation: int = 0
    mitigation: int = 0
    delivery: int = 0
    subjects: int = 0


def urban_counts(urban: Sequence[ScoredPassage], counter: LevelFeatureCounter) -> UrbanCounts:
    """Counts the urban passages of a document; `urban` holds none that repeats another."""

    def number(chosen: Callable[[ScoredPassage], bool]) -> int:
        return sum(map(chosen, urban))

    sections = Counter(each.passage.section[-1] if each.passage.section else "" for each in urban)
    sectors = sectors_of(urban)
    return UrbanCounts(
        explicit=number(lambda each: each.code == "E"),
        clear=number(lambda each: each.p_urban >= EVIDENCE_THRESHOLD),
        titles=len({title for each in urban for title in counter.urban_titles(each.passage)}),
        fullest=max(sections.values(), default=0),
        devoted=number(lambda each: counter.is_devoted(each.passage)),
        measures=sectors.total(),
        sectors=len(sectors),
        adaptation=number(lambda each: each.strand == "a"),
        mitigation=number(lambda each: each.strand == "m"),
        delivery=number(lambda each: each.role == "d" or each.sector == "go"),
        subjects=number(lambda each: each.sector in ("ho", "pl", "tr")),
    )


def sectors_of(urban: Sequence[ScoredPassage]) -> Counter[str]:
    """Sectors of the urban responses (challenges are none), in the order of the document."""
    return Counter(each.sector for each in urban if each.role in RESPONSES and each.sector)


def level_reasons(model: LevelModel, features: DocumentFeatures, counts: UrbanCounts) -> tuple[Reason, ...]:
    """What moved the level up or down, strongest first: phrases that can follow "Raised by" or "Lowered by"."""
    by_feature = dict(zip(LEVEL_FEATURES, model.effects(features.vector).tolist(), strict=True))
    length = _length_effect(model, features)
    by_feature["explicit"] -= length
    effects = {group: sum(by_feature[name] for name in names) for group, names in GROUPS.items()}
    reasons = [Reason(_phrase(group, counts, effect > 0), effect) for group, effect in effects.items()]
    reasons.append(Reason(_length(features.length, length > 0), length))
    named = [reason for reason in reasons if abs(reason.effect) >= MIN_EFFECT]
    return tuple(sorted(named, key=lambda reason: -abs(reason.effect)))


def _length_effect(model: LevelModel, features: DocumentFeatures) -> float:
    """What the length of the other text does to the level score, compared with a typical length."""
    at = list(LEVEL_FEATURES).index("explicit")
    difference = features.vector[at] - np.log1p(features.explicit)
    return float(difference / model.spread[at] * model.weights[at])


def _phrase(group: str, counts: UrbanCounts, raises: bool) -> str:
    """A group of features in words, with what a reader can count of it."""
    passage = "urban passage"
    phrases: Mapping[str, str] = {
        "passages": _explicit(counts.explicit, raises),
        "top": _clearest(counts.clear, raises),
        "titles": _headings(counts.titles, raises),
        "fullest": _fullest_section(counts.fullest, raises),
        "devoted": f"{_counted(counts.devoted, passage, raises)} in sections or tables about cities",
        "sectors": _measures(counts.measures, counts.sectors, raises),
        "adaptation": f"{_counted(counts.adaptation, passage, raises)} on adaptation",
        "mitigation": f"{_counted(counts.mitigation, passage, raises)} on mitigation",
        "delivery": f"{_counted(counts.delivery, passage, raises)} on governance, finance or capacity",
        "subjects": f"{_counted(counts.subjects, passage, raises)} on housing, planning or transport",
    }
    return phrases[group]


def _explicit(number: int, raises: bool) -> str:
    verb = agreeing(max(number, 1), "names", "name")
    return f"{_counted(number, 'passage', raises)} that {verb} cities or local governments"


def _measures(measures: int, sectors: int, raises: bool) -> str:
    counted = _counted(measures, "urban measure", raises)
    return f"{counted} in {_counted(sectors, 'sector', True)}" if measures else counted


def _clearest(number: int, raises: bool) -> str:
    """Of the best passages, of which no more than `TOP` count."""
    if raises and number >= TOP:
        return f"at least {NUMERALS[TOP]} clearly urban passages"
    return _counted(number, "clearly urban passage", raises)


def _headings(number: int, raises: bool) -> str:
    headings = f"{_counted(number, 'heading', raises)} about cities"
    return f"{headings} with urban passages under {agreeing(number, 'it', 'them')}" if number else headings


def _fullest_section(number: int, raises: bool) -> str:
    if raises:
        return f"a section with {_counted(number, 'urban passage', raises)}"
    if not number:
        return "no section with urban passages"
    return f"no section with more than {_counted(number, 'urban passage', True)}"


def _length(length: float, raises: bool) -> str:
    """The length of the text that is not urban, which a document is called by where it is far from typical."""
    if raises:
        return "a short document" if length <= SHORT else "little text that is not urban"
    return "a long document" if length >= LONG else "much text that is not urban"


def _counted(number: int, noun: str, raises: bool) -> str:
    """A number of things; what lowers a level is "only" so many, or none.

    What raises it and is none has only been found unsure: it is called possible.
    """
    if not number:
        return f"a possible {noun}" if raises else f"no {noun}"
    numeral = NUMERALS[number] if number < len(NUMERALS) else str(number)
    return f"{'' if raises else 'only '}{numeral} {noun}{agreeing(number, '', 's')}"
