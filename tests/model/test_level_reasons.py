"""Reasons of a level: what moved it, in phrases that can be counted in the evidence."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import chain

import numpy as np
import pytest
from tiny_corpus import CITIES_HEADING
from tiny_training import passage_of

from ndc_urban.model.level_model import LEVEL_FEATURES, DocumentFeatures, LevelModel
from ndc_urban.model.level_reasons import GROUPS, UrbanCounts, level_reasons, sectors_of, urban_counts
from ndc_urban.model.urban_model import UrbanModel

NOTHING = DocumentFeatures(
    **dict.fromkeys((field.name for field in fields(DocumentFeatures)), 0) | {"other_characters": 30_000}
)
MUCH = replace(
    NOTHING,
    explicit=12,
    top=0.99,
    titles=3,
    fullest=6,
    devoted=8,
    urban=14,
    sectors=4.5,
    delivery=3,
    adaptation=5,
    mitigation=7,
    housing=2,
    planning=1,
    governance=2,
    transport=4,
)


def level_model(typical: float = 0.7) -> LevelModel:
    size = len(LEVEL_FEATURES)
    return LevelModel(
        np.ones(size), np.ones(size), {"codebook": np.array([1.0, 4.0])}, np.full(size, typical)
    )


def effects_of(
    features: DocumentFeatures, counts: UrbanCounts | None = None, typical: float = 0.7
) -> dict[str, float]:
    reasons = level_reasons(level_model(typical), features, counts or UrbanCounts())
    return {reason.text: reason.effect for reason in reasons}


COUNTED = UrbanCounts(
    explicit=12,
    clear=9,
    titles=3,
    fullest=6,
    devoted=8,
    measures=9,
    sectors=5,
    adaptation=5,
    mitigation=7,
    delivery=3,
    subjects=7,
)


def test_what_raises_a_level_is_put_in_words() -> None:
    reasons = effects_of(MUCH, COUNTED)
    assert "12 passages that name cities or local governments" in reasons
    assert "nine urban measures in five sectors" in reasons
    assert "five urban passages on adaptation" in reasons
    assert "seven urban passages on mitigation" in reasons
    assert "three urban passages on governance, finance or capacity" in reasons
    assert "seven urban passages on housing, planning or transport" in reasons
    assert "three headings about cities with urban passages under them" in reasons
    assert "a section with six urban passages" in reasons
    assert "eight urban passages in sections or tables about cities" in reasons
    assert "at least three clearly urban passages" in reasons
    assert all(effect > 0 for text, effect in reasons.items() if "document" not in text)


def test_what_lowers_a_level_is_put_in_words() -> None:
    reasons = effects_of(NOTHING)
    assert reasons["no passage that names cities or local governments"] < 0
    assert reasons["no heading about cities"] < 0
    assert reasons["no urban measure"] < 0
    assert reasons["no urban passage on adaptation"] < 0
    assert reasons["no section with urban passages"] < 0
    assert reasons["no clearly urban passage"] < 0


def test_few_are_only_so_many() -> None:
    counts = UrbanCounts(explicit=2, clear=2, titles=1, fullest=1, devoted=1, measures=2, sectors=1)
    reasons = effects_of(replace(NOTHING, explicit=2, titles=1, fullest=1, devoted=1, top=0.5), counts, 2.0)
    assert "only two passages that name cities or local governments" in reasons
    assert "only two clearly urban passages" in reasons
    assert "only two urban measures in one sector" in reasons
    assert "only one heading about cities with urban passages under it" in reasons
    assert "no section with more than one urban passage" in reasons
    assert "only one urban passage in sections or tables about cities" in reasons
    assert all(effect < 0 for effect in reasons.values())


def test_one_is_one() -> None:
    counts = replace(COUNTED, explicit=1, titles=1, fullest=1, devoted=1, measures=1, sectors=1)
    texts = " ".join(effects_of(MUCH, counts, typical=0.0))
    assert "one passage that names cities" in texts
    assert "one heading about cities with urban passages under it" in texts
    assert "one urban measure in one sector" in texts


def test_what_raises_a_level_and_is_not_sure_is_possible() -> None:
    """Features count a little of passages that are not coded urban; the phrase claims none of them."""
    reasons = effects_of(MUCH, UrbanCounts(), typical=0.0)
    assert reasons["a possible urban passage on adaptation"] > 0
    assert reasons["a possible passage that names cities or local governments"] > 0
    assert not any("no " in text for text in reasons)


def test_what_the_model_does_not_weigh_is_no_reason() -> None:
    """A level lowered by few passages on adaptation is not said to be lowered by those on mitigation."""
    model = level_model(2.0)
    weights = np.where(np.array(list(LEVEL_FEATURES)) == "mitigation", 0.0, model.weights)
    texts = [each.text for each in level_reasons(replace(model, weights=weights), NOTHING, COUNTED)]
    assert "only five urban passages on adaptation" in texts
    assert not any("mitigation" in text for text in texts)


def test_the_counts_are_those_of_the_urban_passages(model: UrbanModel) -> None:
    """Each number can be counted again among the passages of the assessment; repeats count once."""
    plan = [
        passage_of("The city of Belport will extend its bus network in each district.", section=("Plan",)),
        passage_of("The city of Belport will extend its bus network in each district.", section=("Annex",)),
        passage_of(
            "Municipalities will protect urban quarters from floods.", section=("Plan", CITIES_HEADING)
        ),
        passage_of("Herders move their animals to other pastures.", section=("Plan",)),
    ]
    scored = model.assess_passages(plan).scored
    urban = [each for at, each in enumerate(scored) if each.code in "EI" and at != 1]
    counts = urban_counts(urban, model.counter)
    assert len(urban) == 2
    assert counts.explicit == sum(each.code == "E" for each in urban)
    assert counts.clear == sum(each.evidence_rank is not None for each in scored)
    strands = [each.strand for each in urban]
    assert (counts.adaptation, counts.mitigation) == (strands.count("a"), strands.count("m"))
    assert counts.delivery == sum(each.role == "d" or each.sector == "go" for each in urban)
    assert counts.subjects == sum(each.sector in {"ho", "pl", "tr"} for each in urban)
    assert (counts.titles, counts.devoted) == (1, 1)
    assert counts.fullest == 1
    assert counts.measures == sectors_of(urban).total() >= counts.sectors == len(sectors_of(urban))


def test_the_length_is_distinguished() -> None:
    long = effects_of(replace(MUCH, other_characters=200_000), COUNTED)
    assert long["a long document"] < 0
    short = effects_of(replace(MUCH, other_characters=5_000), COUNTED)
    assert short["a short document"] > 0
    assert effects_of(replace(MUCH, other_characters=45_000), COUNTED)["much text that is not urban"] < 0
    assert effects_of(replace(MUCH, other_characters=20_000), COUNTED)["little text that is not urban"] > 0
    assert not any("document" in text or "not urban" in text for text in effects_of(MUCH, COUNTED))


LENGTHS = (9_000, 13_000, 30_000, 58_000, 90_000)


@pytest.mark.parametrize(
    "features",
    [NOTHING, *(replace(MUCH, other_characters=number) for number in LENGTHS)],
    ids=("nothing", *map(str, LENGTHS)),
)
def test_the_effects_sum_to_the_distance_from_a_typical_document(
    features: DocumentFeatures, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that moved the level is among the reasons, but for what is too small to tell."""
    monkeypatch.setattr("ndc_urban.model.level_reasons.MIN_EFFECT", 0.0)
    model = level_model()
    distance = float(model.score(features.vector[None, :])[0] - model.score(model.typical[None, :])[0])
    reasons = level_reasons(model, features, COUNTED)
    assert sum(each.effect for each in reasons) == pytest.approx(distance, abs=1e-9)


def test_each_feature_belongs_to_one_group() -> None:
    assert sorted(chain.from_iterable(GROUPS.values())) == sorted(LEVEL_FEATURES)


def test_reasons_come_strongest_first() -> None:
    effects = [abs(reason.effect) for reason in level_reasons(level_model(), MUCH, COUNTED)]
    assert effects == sorted(effects, reverse=True)
