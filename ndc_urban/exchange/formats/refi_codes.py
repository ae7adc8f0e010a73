"""The codebook as codes of the REFI-QDA standard (version 1.5): the same GUIDs in every project and codebook file.

https://www.qdasoftware.org: `urn:QDA-XML:project:1.0` for projects, `urn:QDA-XML:codebook:1.0` for codebooks. Names
are unique over the whole tree, as QualCoder asks for.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ndc_urban import __version__
from ndc_urban.exchange.formats import colours
from ndc_urban.exchange.guide import ATTRIBUTES, FIELD_NOTES, NOT_A_LABEL
from ndc_urban.exchange.xml_text import content, quoted

NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:ndc-urban:codebook:1")
ORIGIN = f"ndc-urban {__version__}"
TO_CODE, SUGGESTED = "to code", "suggested"


@dataclass(frozen=True, slots=True)
class RefiCode:
    """A code of the tree: what it means (field and value), its name, and the codes below it."""

    field: str
    value: str
    name: str
    description: str = ""
    colour: str = colours.NEUTRAL
    codable: bool = True
    children: tuple[RefiCode, ...] = ()

    @property
    def guid(self) -> str:
        """The same for the same code everywhere."""
        return guid_of("code", self.field, self.value)


def guid_of(*parts: str) -> str:
    """A GUID that follows from what it identifies."""
    return str(uuid.uuid5(NAMESPACE, "\x1f".join(parts)))


def code_tree(*, for_project: bool) -> tuple[RefiCode, ...]:
    """The codes of the codebook by field; in a project also those for passages to code and for suggestions."""
    trees = [
        RefiCode(
            field,
            "",
            field.capitalize(),
            FIELD_NOTES[field],
            colour,
            codable=False,
            children=tuple(
                RefiCode(
                    field,
                    attribute.value,
                    f"{field} {attribute.value}: {attribute.name}",
                    attribute.rule,
                    colours.ATTRIBUTES[field, attribute.value],
                )
                for attribute in ATTRIBUTES
                if attribute.field == field
            ),
        )
        for field, colour in colours.FIELDS.items()
    ]
    if for_project:
        suggested = tuple(
            RefiCode(
                f"{SUGGESTED}_{attribute.field}",
                attribute.value,
                f"suggested {attribute.field} {attribute.value}",
                NOT_A_LABEL,
                colours.SUGGESTED.get((attribute.field, attribute.value), colours.SUGGESTION),
            )
            for attribute in ATTRIBUTES
        )
        trees.append(RefiCode(TO_CODE, "passage", "passage to code", "A passage that waits for a coder."))
        trees.append(
            RefiCode(
                SUGGESTED,
                "",
                NOT_A_LABEL.capitalize(),
                NOT_A_LABEL,
                colours.SUGGESTION,
                codable=False,
                children=suggested,
            )
        )
    return tuple(trees)


def flat(codes: Sequence[RefiCode]) -> Iterator[RefiCode]:
    """All codes of a tree."""
    for code in codes:
        yield code
        yield from flat(code.children)


def codes_xml(codes: Sequence[RefiCode], indent: str = "    ") -> Iterator[str]:
    """The lines of a `Codes` element's content."""
    for code in codes:
        codable = "true" if code.codable else "false"
        yield (
            f'{indent}<Code guid="{code.guid}" name={quoted(code.name)} isCodable="{codable}" '
            f'color="{code.colour}">'
        )
        if code.description:
            yield f"{indent}  <Description>{content(code.description)}</Description>"
        yield from codes_xml(code.children, f"{indent}  ")
        yield f"{indent}</Code>"
