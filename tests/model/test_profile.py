"""Profiles: what urban passages are about, as counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ndc_urban.document import Passage
from ndc_urban.model.assessment import ScoredPassage
from ndc_urban.model.profile import as_text, from_text, profile_of


def scored(
    text: str, code: str = "E", sector: str = "tr", strand: str = "m", role: str = "r"
) -> ScoredPassage:
    passage = Passage(text=text, start=0, end=len(text), block=0, kind="paragraph", language="en")
    return ScoredPassage(passage, 0.9, code, sector, strand, role)  # type: ignore[arg-type]


def test_responses_count_by_sector_and_strand() -> None:
    profile = profile_of(
        [
            scored("The town lays new tram lines."),
            scored("The town buys trams.", role="d"),
            scored("Sewers are renewed in the old quarters.", sector="wt", strand="a"),
        ]
    )
    assert profile["sector:tr/m"] == 2
    assert profile["sector:wt/a"] == 1
    assert profile["theme:climate"] == 3


def test_challenges_are_no_responses_but_may_be_hazards() -> None:
    profile = profile_of([scored("Floods reach the city centre.", sector="dr", strand="a", role="c")])
    assert profile == {"topic:hazards": 1}


def test_passages_that_are_not_urban_do_not_count() -> None:
    assert profile_of([scored("Floods reach the city.", code="X"), scored("Tram lines.", code="N")]) == {}


def test_a_passage_may_belong_to_several_themes() -> None:
    text = "The city offers training in early warning with digital maps."
    profile = profile_of([scored(text, sector="dr", strand="a")])
    assert {"theme:crises", "theme:capacity", "theme:digital"} <= set(profile)


@given(
    st.dictionaries(
        st.text(alphabet="abcdefghijklmnopqrstuvwxyz:/_", min_size=1),
        st.integers(min_value=1, max_value=10**6),
    )
)
def test_text_and_back(profile: dict[str, int]) -> None:
    assert from_text(as_text(profile)) == profile


@pytest.mark.parametrize("text", ["sector:tr/m", "=3", "a=b", "a=-1", "a=1;a=2", "a=1.5"])
def test_text_that_is_no_profile_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an entry"):
        from_text(text)
