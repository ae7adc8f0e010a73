from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ndc_urban.training.alignment import align

ENGLISH = [
    "The capital will build 12 km of tramway by 2030.",
    "Farmers receive advice on drought.",
    "A fund of 40 million dollars is set up for the towns of Brenn and Osk, with the help of partners.",
    "Forests cover 31 per cent of the land.",
    "Landfills are closed in 7 municipalities.",
]
FRENCH = [
    "La capitale construira 12 km de tramway avant 2030.",
    "Les agriculteurs sont conseillés en cas de sécheresse.",
    "Un fonds de 40 millions de dollars est créé pour les villes de Brenn et Osk, avec l'aide de partenaires.",
    "Les forêts couvrent 31 pour cent du territoire.",
    "Les décharges de 7 communes sont fermées.",
]


def test_a_translation_aligns_passage_by_passage() -> None:
    pairs = align(ENGLISH, FRENCH)
    assert all(left == right for left, right in pairs)
    assert len(pairs) >= 4, "a pair that shares nothing may be left out, but not more"


def test_a_passage_that_is_missing_shifts_nothing() -> None:
    pairs = align(ENGLISH, [*FRENCH[:2], *FRENCH[3:]])
    assert (0, 0) in pairs
    assert (3, 2) in pairs
    assert (4, 3) in pairs
    assert all(left != 2 for left, _ in pairs)


def test_a_passage_too_many_shifts_nothing() -> None:
    added = "Une phrase que seule la traduction contient, sans chiffres, longue de plusieurs mots et de peu de poids."
    pairs = align(ENGLISH, [*FRENCH[:3], added, *FRENCH[3:]])
    assert (4, 5) in pairs
    assert all(right != 3 for _, right in pairs)


def test_nothing_aligns_with_nothing() -> None:
    assert align([], FRENCH) == []
    assert align(ENGLISH, []) == []


@given(st.lists(st.text(max_size=60), max_size=15), st.lists(st.text(max_size=60), max_size=15))
def test_pairs_rise_on_both_sides(left: list[str], right: list[str]) -> None:
    pairs = align(left, right)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))
    assert all(0 <= i < len(left) and 0 <= j < len(right) for i, j in pairs)
