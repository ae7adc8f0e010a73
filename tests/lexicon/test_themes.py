"""Themes as data: rules of codes and concepts."""

import pytest

from ndc_urban.lexicon import Lexicon, load_lexicon
from ndc_urban.lexicon.themes import Rule, Themes, load_themes, parse_themes


def names(text: str, language: str = "en", *, sector: str = "ge", role: str = "r") -> set[str]:
    return {theme.name for theme in load_themes().find(text, language, sector=sector, role=role)}


def test_five_priorities_and_four_enablers_and_three_topics_ship() -> None:
    themes = load_themes()
    assert [theme.name for theme in themes.of_kind("topic")] == [
        "hazards",
        "finance",
        "governance",
        "delivery",
    ]
    assert len(themes.of_kind("priority")) == 5
    assert len(themes.of_kind("enabler")) == 4
    assert all(theme.label and theme.about for theme in themes.themes)


def test_codes_alone_decide_where_a_rule_names_no_concept() -> None:
    assert "housing" in names("Families move into the new quarter.", sector="ho", role="c")
    assert names("Families move into the new quarter.", sector="ge", role="c") == set()


def test_concepts_and_roles_must_both_hold() -> None:
    text = "Floods threaten the old town every spring."
    assert "hazards" in names(text, sector="wt", role="c")
    assert "hazards" not in names(text, sector="wt", role="r")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The city opens a digital platform for its tickets."),
        ("fr", "La ville ouvre une plateforme numérique pour ses billets."),
        ("es", "La ciudad abre una plataforma digital para sus billetes."),
        ("ru", "Город открывает цифровую систему продажи билетов."),
        ("ar", "تفتح المدينة منصة رقمية لبيع التذاكر."),
        ("zh", "该市将建设数字化票务平台。"),
    ],
)
def test_digital_is_found_in_six_languages(language: str, text: str) -> None:
    assert "digital" in names(text, language, sector="tr", role="r")


def test_concepts_of_themes_do_not_feed_the_model() -> None:
    assert {"digital", "partnership"}.isdisjoint(load_lexicon().concepts)


def test_faults_in_the_data_are_refused() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        parse_themes('[fashion.x]\nlabel="x"\nabout="x"\nrules=[{sectors=["ho"]}]')
    with pytest.raises(ValueError, match="no rule"):
        parse_themes('[topic.x]\nlabel="x"\nabout="x"\nrules=[]')
    with pytest.raises(ValueError, match="unknown sector"):
        Rule(sectors=frozenset({"zz"}))
    with pytest.raises(ValueError, match="unknown role"):
        Rule(roles=frozenset({"q"}))
    with pytest.raises(ValueError, match="a rule names"):
        Rule()
    themes = parse_themes('[topic.x]\nlabel="x"\nabout="x"\nrules=[{concepts=["no_such_concept"]}]')
    with pytest.raises(ValueError, match="no_such_concept"):
        Themes(tuple(themes), Lexicon([]))
