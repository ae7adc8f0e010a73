"""What the writer and the reader of REFI-QDA projects agree on: names of parts, users and variables."""

from __future__ import annotations

from collections.abc import Mapping

from ndc_urban.exchange.guide import LEVEL_FIELDS
from ndc_urban.exchange.reserved import SETTLING

NAMESPACE = "urn:QDA-XML:project:1.0"
PROJECT_ENDING = ".qde"
PROJECT = f"project{PROJECT_ENDING}"
PROBABILITY = "inclusion_probability"
LEVEL_VARIABLES = (*LEVEL_FIELDS, "comment", "coded_at", PROBABILITY)
NOTE = "ndc-urban: rows of the coding sheet (leave as it is)"


def user_of(row: Mapping[str, str]) -> str:
    """The user of a row's coding: the coder, and whose codings it settles, as a coder may do both."""
    return row["coder"] + (f"{SETTLING}{row['adjudicates']}" if row["adjudicates"] else "")


def variable_of(row: Mapping[str, str], name: str) -> str:
    """The name of a document's variable: what was coded and by whom."""
    user = user_of(row)
    return f"{name} by {user}" if user else name


def source_description(document: str, sha256: str) -> str:
    """The description by which a source is recognised, also after another program has renamed it."""
    return f"document {document}\nsha256 {sha256}"


def level_timestamp(row: Mapping[str, str]) -> str:
    """The timestamp of a level, with the answers that it belongs to.

    A person who changes the answers in another program is not asked for a new timestamp: the old one must not stay.
    """
    return f"{row['coded_at']} for {', '.join(row[name] for name in LEVEL_FIELDS)}"
