"""The rules of the codebook in a form that fits a sheet or a code's description: annotations/CODEBOOK.md in short."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ndc_urban.codebook import CODEBOOK_VERSION, LEVELS, ROLES, SECTORS, STRANDS

CODE_NAMES: Mapping[str, str] = MappingProxyType(
    {"E": "explicit", "I": "implicit", "X": "incidental", "N": "not urban"}
)

CODE_RULES: Mapping[str, str] = MappingProxyType(
    {
        "E": "The passage names an urban place, urban population, settlement or local government and says something "
        "of substance about it: a challenge or risk, a measure, target, plan, responsibility, finance or capacity.",
        "I": "A substantive measure, target or challenge on a system that exists only in urban settings, with no "
        "urban word: metro, light rail or bus rapid transit, municipal-type solid waste and landfills, city sewerage "
        "and storm drainage, district heating or cooling, street lighting, slum-type housing, urban heat.",
        "X": "An urban word without urban substance: population shares, a city as the seat of a ministry or the venue "
        'of a meeting, a list of sectors in which "urban" is one word among many, an acronym table, "electricity" '
        'containing the letters, "town hall meeting", a reference title.',
        "N": "None of the above. Buildings, transport, water, energy or waste in general, with no urban setting stated "
        "or implied, are N.",
    }
)

LEVEL_RULES: Mapping[str, str] = MappingProxyType(
    {
        "strong": "Urban is a theme of its own. Either (a) a section, sub-section, sector heading or block of a table "
        "is devoted to cities, human settlements, urban development, urban mobility, municipal waste, housing or local "
        "government (dedicated is 1), and the document has three or more E/I passages; or (b) it has 20 or more E/I "
        "passages, with responses or delivery in six or more sectors.",
        "moderate": "Not strong, and urban challenges or measures are stated with substance in several places: two or "
        "more E passages, or one E passage with three or more I passages.",
        "low": "Everything else: no urban substance, or one isolated substantive mention; urban words, if any, are "
        "incidental. I passages alone (a landfill measure, a metro line) stay low.",
    }
)

PASSAGE_FIELDS = ("code", "sector", "strand", "role")
LEVEL_FIELDS = ("level", "confidence", "dedicated")
NOT_A_LABEL = "suggested by the model, not a label"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One value that a coder may give: its field (code, sector, strand, role or level), value, name and rule."""

    field: str
    value: str
    name: str
    rule: str = ""


ATTRIBUTES: tuple[Attribute, ...] = (
    *(Attribute("code", code, name, CODE_RULES[code]) for code, name in CODE_NAMES.items()),
    *(Attribute("sector", code, name) for code, name in SECTORS.items()),
    *(Attribute("strand", code, name) for code, name in STRANDS.items()),
    *(Attribute("role", code, name) for code, name in ROLES.items()),
)
"""All attributes of a passage, codes first."""

LEVEL_ATTRIBUTES: tuple[Attribute, ...] = tuple(
    Attribute("level", level, level, LEVEL_RULES[level]) for level in LEVELS
)
LEVEL_OPTIONS: tuple[Attribute, ...] = (
    *LEVEL_ATTRIBUTES,
    Attribute("confidence", "1", "not sure"),
    Attribute("confidence", "2", "fairly sure"),
    Attribute("confidence", "3", "sure"),
    Attribute("dedicated", "1", "there is a section or block of its own"),
    Attribute("dedicated", "0", "there is none"),
)
"""All that is asked of a document, for tools that show options only."""

TITLE = f"ndc-urban codebook {CODEBOOK_VERSION}"
FIELD_NOTES: Mapping[str, str] = MappingProxyType(
    {
        "code": "What the passage says about cities; one code for each passage.",
        "sector": "The main sector; for E and I only.",
        "strand": "For E and I only.",
        "role": "For E and I only.",
        "level": "The urban content of the whole document.",
    }
)
