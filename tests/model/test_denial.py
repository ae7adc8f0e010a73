"""What a plan says that it leaves out is no measure."""

from __future__ import annotations

import numpy as np
import pytest
from tiny_training import passage_of

from ndc_urban.document import Passage
from ndc_urban.model.denial import without_denials
from ndc_urban.model.passage_model import PassageModel, PassageScores

DENIALS = {
    "en": ["Urban transport is not covered by this plan.", "No measures for cities are included."],
    "fr": ["Les transports urbains ne sont pas couverts.", "Aucune mesure pour les villes n’est incluse."],
    "es": ["El transporte urbano no está cubierto.", "No se incluyen medidas para las ciudades."],
    "ar": ["لا تشمل هذه المساهمة النقل الحضري.", "لا توجد تدابير خاصة بالمدن."],
    "ru": ["Городской транспорт не охвачен настоящим вкладом.", "Меры для городов не предусмотрены."],
    "zh": ["本贡献不包括城市交通。", "没有针对城市的措施。"],
}
MEASURE = "The city of Belport will extend its bus network."


class Everywhere:
    """A passage model to which all that says `city` is urban."""

    def score(self, passages: list[Passage]) -> PassageScores:
        scores = PassageScores.empty(len(passages))
        scores.p_urban[:] = [0.9 if "city" in each.text else 0.3 for each in passages]
        scores.code[:] = "E"
        return scores


def judged(model: PassageModel, *texts: str, language: str = "en") -> PassageScores:
    passages = [passage_of(text, language=language) for text in texts]
    scores = PassageScores.empty(len(passages))
    scores.p_urban[:] = 0.9
    scores.code[:] = "E"
    return without_denials(passages, scores, model)


@pytest.fixture
def everywhere() -> PassageModel:
    return Everywhere()  # type: ignore[return-value]


@pytest.mark.parametrize("language", sorted(DENIALS))
def test_a_denial_alone_is_named_in_passing(everywhere: PassageModel, language: str) -> None:
    scores = judged(everywhere, *DENIALS[language], language=language)
    assert (scores.p_urban == 0).all()
    assert set(scores.code) == {"X"}


def test_a_measure_beside_a_denial_still_counts(everywhere: PassageModel) -> None:
    scores = judged(
        everywhere, f"{MEASURE} Rail freight is not covered.", "Ports are not covered. Trees grow."
    )
    assert scores.p_urban == pytest.approx(np.array([0.9, 0.3]))


@pytest.mark.parametrize(
    "text",
    [
        MEASURE,
        "Urban transport is covered by this plan.",
        "Although urban transport was not included in the first plan, the city will build tramways.",
        "Solid waste is not collected in the poor districts of the city.",
        "Informal settlements of the city have no drains.",
    ],
)
def test_other_text_keeps_its_score(everywhere: PassageModel, text: str) -> None:
    assert judged(everywhere, text).p_urban == pytest.approx(0.9)
