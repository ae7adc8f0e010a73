"""The levels, codes and attributes (sector, strand, role) of the codebook (annotations/CODEBOOK.md), version 1.0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Literal, get_args

CODEBOOK_VERSION = "1.0"

Level = Literal["low", "moderate", "strong"]
LEVELS: tuple[Level, ...] = get_args(Level)


def likeliest(probabilities: Sequence[float]) -> Level:
    """The level with the highest of three probabilities; of equal ones the lowest.

    >>> likeliest((0.2, 0.5, 0.3))
    'moderate'
    """
    return LEVELS[max(range(len(LEVELS)), key=lambda number: probabilities[number])]


Scale = Literal["codebook", "un-habitat"]
SCALES: tuple[Scale, ...] = get_args(Scale)
"""What a level is on: the rules of the codebook as its coders apply them, or UN-Habitat's grades of NDCs 3.0."""

Code = Literal["E", "I", "X", "N"]
CODES: tuple[Code, ...] = get_args(Code)
URBAN_CODES = frozenset({"E", "I"})

SECTORS: Mapping[str, str] = MappingProxyType(
    {
        "en": "energy and electricity",
        "tr": "transport and mobility",
        "bu": "buildings",
        "wa": "waste",
        "wt": "water, sanitation, drainage",
        "pl": "land use, planning, infrastructure",
        "ho": "housing and informal settlements",
        "he": "health",
        "dr": "disaster risk and hazards",
        "na": "nature, green areas, air",
        "fo": "food and agriculture",
        "in": "industry, commerce, tourism",
        "go": "governance and capacity",
        "fi": "finance",
        "ge": "general",
    }
)
STRANDS: Mapping[str, str] = MappingProxyType({"m": "mitigation", "a": "adaptation", "b": "both or neither"})
ROLES: Mapping[str, str] = MappingProxyType(
    {"c": "challenge, risk or impact", "r": "response", "d": "delivery"}
)
RESPONSES: tuple[str, ...] = ("r", "d")
"""Roles of passages that say what is or will be done; challenges are none."""
