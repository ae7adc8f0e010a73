"""The colours of codes and attributes in tools that colour them.

Each attribute has a colour of its own, out of the 120 that QualCoder knows (others it replaces by the nearest of them).
Blue, sky blue, orange and grey, as in the palette of Okabe and Ito, distinguish the four codes for colour-blind people
too. Violets are kept for what a model suggests.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

NEUTRAL = "#D8D8D8"
SUGGESTION = "#B07CE1"
FIELDS: Mapping[str, str] = MappingProxyType(
    {"code": "#6D91C6", "sector": "#5E9179", "strand": "#CF9EB8", "role": "#F7BE81"}
)
"""Of the headings above the attributes of a field."""

ATTRIBUTES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("code", "E"): "#0D47A1",
        ("code", "I"): "#81BEF7",
        ("code", "X"): "#FF6F00",
        ("code", "N"): "#B8B8B8",
        ("sector", "en"): "#FA8258",
        ("sector", "tr"): "#880E4F",
        ("sector", "bu"): "#D8866D",
        ("sector", "wa"): "#E65100",
        ("sector", "wt"): "#58FAF4",
        ("sector", "pl"): "#FADCCC",
        ("sector", "ho"): "#E2A4A4",
        ("sector", "he"): "#FA58F4",
        ("sector", "dr"): "#C54949",
        ("sector", "na"): "#1B5E20",
        ("sector", "fo"): "#BEF781",
        ("sector", "in"): "#B76E95",
        ("sector", "go"): "#9EB5D9",
        ("sector", "fi"): "#80FF00",
        ("sector", "ge"): "#3D6CB3",
        ("strand", "m"): "#5882FA",
        ("strand", "a"): "#BF360C",
        ("strand", "b"): "#F6CECE",
        ("role", "c"): "#B71C1C",
        ("role", "r"): "#3498DB",
        ("role", "d"): "#FFE2CC",
        ("level", "low"): "#B8B8B8",
        ("level", "moderate"): "#81BEF7",
        ("level", "strong"): "#0D47A1",
        ("confidence", "1"): "#F5DA81",
        ("confidence", "2"): "#F7BE81",
        ("confidence", "3"): "#E65100",
        ("dedicated", "1"): "#1B5E20",
        ("dedicated", "0"): "#D8D8D8",
    }
)
SUGGESTED: Mapping[tuple[str, str], str] = MappingProxyType(
    {("code", "E"): "#4646D1", ("code", "I"): "#9090E3", ("code", "X"): "#D0A9F5", ("code", "N"): "#ECE0F8"}
)
"""Of suggested codes; other suggestions are `SUGGESTION`."""


def text_on(colour: str) -> str:
    """Black or white, whichever is read better on a colour.

    >>> text_on("#0D47A1"), text_on("#81BEF7")
    ('#ffffff', '#000000')
    """
    # The weights of the W3C's formula of brightness (AERT, technique 2.2.1), which goes to 255,000; half of it is grey.
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#ffffff" if 299 * red + 587 * green + 114 * blue < 128_000 else "#000000"
