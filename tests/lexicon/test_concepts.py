"""The shipped concept files: complete, sound, and read with helpful errors when they are not."""

from collections import Counter
from pathlib import Path

import pytest

from ndc_urban.codebook import SECTORS
from ndc_urban.languages import LANGUAGES
from ndc_urban.lexicon import STRENGTHS, Lexicon, load_lexicon
from ndc_urban.lexicon.concept import parse_concepts, read_concepts
from ndc_urban.lexicon.fold import WORD, fold

CONCEPTS = tuple(load_lexicon().concepts.values())

SOUND = """
[city]
about = "a city"
strength = "core"
en = ["city"]
fr = ["ville"]
es = ["ciudad"]
ar = ["مدينة"]
ru = ["город"]
zh = ["城市"]
"""


@pytest.mark.parametrize("concept", CONCEPTS, ids=lambda concept: concept.name)
def test_every_concept_has_terms_in_all_languages(concept):
    assert set(concept.terms) == set(LANGUAGES)
    assert set(concept.vetoes) <= set(LANGUAGES)


def test_there_are_concepts_of_every_strength_and_sector():
    assert {concept.strength for concept in CONCEPTS} == set(STRENGTHS)
    assert {concept.sector for concept in CONCEPTS} == {None, *SECTORS}


def test_names_are_plain_identifiers():
    assert all(concept.name.isidentifier() and concept.name.islower() for concept in CONCEPTS)


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "zh"])
def test_every_term_holds_a_word(language):
    for concept in CONCEPTS:
        for term in (*concept.terms[language], *concept.vetoes.get(language, ())):
            assert WORD.search(term), (concept.name, term)


@pytest.mark.parametrize("language", ["en", "fr", "es", "ru"])
def test_no_stem_is_so_short_that_it_matches_anything(language):
    for concept in CONCEPTS:
        for term in concept.terms[language]:
            if term.endswith("*") and " " not in term:
                assert len(fold(term.rstrip("*"))) >= 3, (concept.name, term)


def test_arabic_terms_are_written_without_the_article():
    with_article = [
        (concept.name, term)
        for concept in CONCEPTS
        for term in concept.terms["ar"]
        if concept.name != "capital_name"
        and any(word.startswith("ال") and len(word) > 6 for word in term.split())
    ]
    exceptions = {"التقاط", "التزام", "الومنيوم", "الكترونية", "التزامات"}
    assert [name for name, term in with_article if not exceptions & set(term.split())] == []


def check(toml: str) -> None:
    list(parse_concepts(toml, "places"))


def test_a_sound_file_is_read():
    (concept,) = parse_concepts(SOUND, "places")
    assert (concept.name, concept.group, concept.strength, concept.sector) == ("city", "places", "core", None)
    assert concept.terms["en"] == ("city",)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('en = ["city"]', 'xx = ["city"]', "'xx'"),
        ('en = ["city"]', 'not_xx = ["city"]', "'xx'"),
        ('en = ["city"]', "en = []", "no terms in 'en'"),
        ('en = ["city"]', 'en = "city"', "not a list of terms"),
        ('en = ["city"]', "en = [1]", "not a list of terms"),
        ('en = ["city"]', 'en = ["city", "town", "city"]', "duplicate term in 'en': city"),
        ('en = ["city"]', 'en = [" "]', "malformed term in 'en'"),
        ('en = ["city"]', 'en = ["*"]', "malformed term in 'en'"),
        ('en = ["city"]', 'en = ["ci*ty"]', "malformed term in 'en'"),
        ('zh = ["城市"]', 'zh = ["城*"]', "malformed term in 'zh'"),
        ('strength = "core"', 'strength = "strong"', "strength 'strong'"),
        ('strength = "core"', "", "strength ''"),
        ('strength = "core"', 'strength = "core"\nsector = "xy"', "sector 'xy'"),
        ('about = "a city"', "", "about"),
    ],
)
def test_errors_name_file_and_concept(old, new, message):
    with pytest.raises(ValueError, match=r"places\.toml, \[city\]") as caught:
        check(SOUND.replace(old, new))
    assert message in str(caught.value)


def test_a_concept_is_a_table():
    with pytest.raises(ValueError, match=r"places\.toml, \[city\]"):
        check('city = "town"')


def test_broken_toml_names_the_file():
    with pytest.raises(ValueError, match=r"places\.toml is not valid TOML"):
        check("[city")


def test_a_name_is_used_once_over_all_files(tmp_path: Path):
    (tmp_path / "a.toml").write_text(SOUND, encoding="utf-8")
    (tmp_path / "b.toml").write_text(SOUND, encoding="utf-8")
    (tmp_path / "notes.md").write_text("not a concept file", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.toml and b\.toml: concept \[city\] is defined twice"):
        Lexicon(read_concepts(tmp_path))


def test_no_two_concepts_are_the_same():
    counts = Counter(tuple(sorted(concept.terms.items())) for concept in CONCEPTS)
    assert max(counts.values()) == 1
