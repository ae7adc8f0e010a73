"""Answers of Label Studio, whatever a person wrote."""

from __future__ import annotations

from typing import Any

import pytest

from ndc_urban.exchange.formats.label_studio_flat import texts_of


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("E", ["E"]),
        ('{"choices": ["E", "I"]}', ["E", "I"]),
        ('["E", "I"]', ["E", "I"]),
        ({"text": ["[unclear]"]}, ["[unclear]"]),
        ({"text": "{see p. 3}"}, ["{see p. 3}"]),
        ('["[\\"quoted\\"]"]', ['["quoted"]']),
        ("[unclear", ["[unclear"]),
        ("{", ["{"]),
        ("[" * 100_000, ["[" * 100_000]),
        ("", []),
        (None, []),
        ([], []),
    ],
    ids=range(12),
)
def test_what_a_person_wrote_is_text_even_if_it_looks_like_json(value: Any, expected: list[str]) -> None:
    assert texts_of(value) == expected
