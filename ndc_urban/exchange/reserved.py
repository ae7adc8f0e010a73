"""Names that mean nobody: exports write them in place of a coder's name, so a coder cannot have one of them."""

from __future__ import annotations

from collections.abc import Iterable

from ndc_urban.errors import UsageError
from ndc_urban.exchange.guide import NOT_A_LABEL
from ndc_urban.exchange.xml_text import clean
from ndc_urban.labels.records import check_coder

PROGRAM_USER = "ndc-urban"
NOBODY = "coder (not named)"
"""The user in whose name a person codes who is not named; the import is given the name with `--coder`."""

MODEL = "model "
"""Begins the name of the user whose codings are what a model suggests; `NOT_A_LABEL` in brackets ends it."""

SETTLING = " settling "
"""Between the name of a coder and those whose codings the coder settles."""

RENAME = "Use another name for the coder, also in the folder of annotations if the name is there."


def is_reserved(name: str) -> bool:
    """Whether a name would be taken for nobody's, for a model's, or for that of a coder who settles others' codings.

    >>> [is_reserved(name) for name in ("ndc-urban", "Ana settling Ben", "Ana")]
    [True, True, False]
    """
    return is_nobody(name) or is_model(name) or SETTLING in f"{_plain(name)} "


def is_nobody(name: str) -> bool:
    """Whether a user is the program or the person who is not named."""
    return _plain(name) in (PROGRAM_USER, NOBODY)


def is_model(name: str) -> bool:
    """Whether a user is the model, whose suggestions are under its name."""
    return NOT_A_LABEL in _plain(name)


def first_in(names: Iterable[str]) -> str:
    """The first name that a coder cannot have; empty if all are allowed."""
    return next((name for name in names if is_reserved(name)), "")


def why(name: str) -> str:
    """Why a coder cannot have this name, in words."""
    return f"{name!r} cannot be the name of a coder: exports use it to say something else"


def require_coder_name(name: str) -> None:
    """Raises `UsageError` for a name given with `--coder` that no table could hold, or that exports use for nobody."""
    if not name:
        return
    try:
        check_coder(name)
    except ValueError as error:
        raise UsageError(f"--coder: {error}.", remedy="Give a plain name.") from error
    if is_reserved(name):
        raise UsageError(f"--coder: {why(name)}.", remedy=RENAME)


def _plain(name: str) -> str:
    """A name as it comes out of a program: programs change its case and its white space."""
    return " ".join(clean(name).split()).casefold()
