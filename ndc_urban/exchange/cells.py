"""Cells of a coding sheet, one by one: what each says, or a `RowInvalid` with its column and the remedy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from ndc_urban.codebook import URBAN_CODES
from ndc_urban.exchange import reserved
from ndc_urban.exchange.attributes import NO, YES, nearest, understood, values
from ndc_urban.exchange.coding_sheet import LevelSuggestion, Suggestion
from ndc_urban.exchange.columns import UNKNOWN_TIMESTAMP
from ndc_urban.exchange.guide import PASSAGE_FIELDS
from ndc_urban.exchange.rows import CLOCKED, SECONDS, RawRow, RowInvalid
from ndc_urban.identity import is_sha256
from ndc_urban.labels.anchors import Anchor
from ndc_urban.labels.records import NAME_SEPARATOR, as_said, check_coder, check_timestamp


def attributes_of(row: RawRow) -> dict[str, str]:
    """The code and the attributes of a passage, in the spelling of the codebook."""
    attributes: dict[str, str] = {}
    for name in PASSAGE_FIELDS:
        value = understood(name, row.get(name))
        if value is None:
            raise misspelt(name, row.get(name))
        attributes[name] = value
    if not attributes["code"]:
        filled = next(column for column in (*PASSAGE_FIELDS, "comment") if row.get(column))
        raise RowInvalid(
            "no_code",
            "code",
            f"The {filled} is {row.get(filled)[:60]!r}, but there is no code{in_place_of(row, 'code')}.",
            "Fill in E, I, X or N, or clear the row.",
        )
    for name in PASSAGE_FIELDS[1:]:
        if attributes[name] and attributes["code"] not in URBAN_CODES:
            code = attributes["code"]
            message = (
                f"The {name} is {attributes[name]!r}, but the code is {code}: only E and I have a {name}."
            )
            remedy = f"Clear the {name}, or correct the code."
            raise RowInvalid("attribute_without_urban_code", name, message, remedy)
    return attributes


def anchor_in(row: RawRow) -> Anchor:
    """The anchor in the hidden columns. Raises `ValueError` where it is damaged; see `bad_anchor_column`."""
    page = row.get("page")
    return Anchor(
        row.get("sha256"),
        int(page) if page else None,
        int(row.get("start")),
        int(row.get("length")),
        row.get("fingerprint"),
    )


def bad_anchor_column(row: RawRow) -> str:
    """The column by which an anchor is damaged."""
    if row.get("page") and not row.get("page").isdecimal():
        return "page"
    for column in ("start", "length"):
        if not row.get(column).isdecimal():
            return column
    return "fingerprint" if is_sha256(row.get("sha256")) else "sha256"


def checked(check: Callable[[str], None], value: str, column: str) -> str:
    """A value that a check of the records accepts; what the check raises becomes the message of a `RowInvalid`."""
    try:
        check(value)
    except ValueError as error:
        message = str(error)
        shown = f"{message[0].upper()}{message[1:]}."
        raise RowInvalid(f"bad_{column}", column, shown, REMEDIES.get(column, "")) from error
    return value


REMEDIES: Mapping[str, str] = MappingProxyType(
    {
        "document": "Copy the document's name from the exported sheet.",
        "coded_at": "Write the date so, or clear the cell: then the date of the file counts.",
        "coder": "Write one name, without a semicolon.",
        "adjudicates": "Write the names of the coders with a semicolon between them.",
    }
)
"""What to do about a cell that no record accepts, by its column."""


def coded_at(row: RawRow) -> str:
    """When the row was coded: ISO 8601, empty where it does not say."""
    return "" if is_undated(row) else checked(check_timestamp, row.get("coded_at"), "coded_at")


def is_undated(row: RawRow) -> bool:
    """Whether the row says that nobody knows when it was coded."""
    return row.get("coded_at").casefold() == UNKNOWN_TIMESTAMP


def adjudicated_coders(row: RawRow) -> tuple[str, ...]:
    """The coders whose codings the row settles."""
    cell = row.get("adjudicates")
    return tuple(coder_name(name, "adjudicates") for name in cell.split(NAME_SEPARATOR) if cell)


def coder_name(name: str, column: str) -> str:
    """The name of a coder; one that exports use for nobody would not come back, so it is not taken."""
    if reserved.is_reserved(name):
        raise RowInvalid(f"bad_{column}", column, f"{reserved.why(name)}.", reserved.RENAME)
    return checked(check_coder, name, column)


def misspelt(name: str, written: str) -> RowInvalid:
    """What to say of a value that the codebook does not have."""
    meant = nearest(name, written)
    hint = f"; {meant} is perhaps meant" if meant else ""
    message = f"The codebook has no {name} {written!r}{hint}. It has {', '.join(values(name))}."
    remedy = f"Write one of these{'' if name in ('code', 'level') else ', or clear the cell'}."
    return RowInvalid("misspelt", name, message, remedy)


def file_hash(row: RawRow) -> str:
    """The SHA-256 of the file that was coded."""
    digest = row.get("sha256")
    if not is_sha256(digest):
        message = "The row does not say which file was coded (sha256)."
        raise RowInvalid(
            "anchor", "sha256", message, "Copy the hidden columns from the exported sheet again."
        )
    return digest


def confidence(row: RawRow) -> int:
    """How sure the coder is of the level, 1 to 3."""
    if row.get("confidence") not in ("1", "2", "3"):
        message = f"Confidence is 1, 2 or 3, {_not(row, 'confidence')}."
        kind = "misspelt" if row.get("confidence") else "no_confidence"
        raise RowInvalid(
            kind, "confidence", message, "Write how sure you are of the level: 1, 2 or 3 (sure)."
        )
    return int(row.get("confidence"))


def _not(row: RawRow, column: str) -> str:
    """What a cell holds in place of a value that it needs, as it is written in the file."""
    written = row.written(column)
    return f"not {written[:60]!r}" if written.strip() else "but the cell is empty"


def in_place_of(row: RawRow, column: str) -> str:
    """A word for a missing value that a cell holds, as an addition to a message; nothing where it is empty."""
    return f" (the cell holds {row.missing[column]!r})" if column in row.missing else ""


def dedicated(row: RawRow) -> bool:
    """Whether the document has a section on cities."""
    written = row.get("dedicated").casefold()
    if written not in YES | NO:
        message = f"Dedicated is 1 (there is a dedicated section) or 0, {_not(row, 'dedicated')}."
        remedy = "Write 1 if the document has a section on cities, else 0."
        raise RowInvalid("misspelt" if written else "no_dedicated", "dedicated", message, remedy)
    return written in YES


def inclusion_probability(row: RawRow) -> float | None:
    """The probability with which the document was drawn; None where the row has none."""
    written = row.get("inclusion_probability")
    if not written:
        return None
    try:
        value = float(written)
    except ValueError:
        value = 0.0
    if not 0.0 < value <= 1.0:
        message = f"An inclusion probability lies between 0 and 1, not {written!r}."
        remedy = "Copy the cell from the exported sheet, or clear it."
        raise RowInvalid("bad_probability", "inclusion_probability", message, remedy)
    return value


def suggested_passage(row: RawRow) -> str:
    """What was suggested for a passage, as `said` of a label writes it; empty where nothing was."""
    said = [row.get(f"suggested_{name}") for name in PASSAGE_FIELDS]
    return as_said(*said) if said[0] else ""


def seconds(row: RawRow) -> float | None:
    """How long the coder had the unit open, if the tool says."""
    written = row.get(SECONDS)
    try:
        return float(written) if written else None
    except ValueError:
        return None


def is_clocked(row: RawRow) -> bool:
    """Whether the tool recorded the time of the coding."""
    return row.get(CLOCKED) == "1"


def suggestion(row: RawRow) -> Suggestion | None:
    """The model's suggestion in a row; a damaged one is left out, because it is not a label."""
    if not row.get("suggested_code"):
        return None
    try:
        return Suggestion(
            row.get("suggested_model"),
            float(row.get("suggested_p_urban")),
            *(row.get(f"suggested_{name}") for name in PASSAGE_FIELDS),
        )
    except ValueError:
        return None


def level_suggestion(row: RawRow) -> LevelSuggestion | None:
    """The model's suggested level in a row; a damaged one is left out, because it is not a label."""
    if not row.get("suggested_level"):
        return None
    try:
        return LevelSuggestion(
            row.get("document"),
            row.get("sha256"),
            row.get("suggested_model"),
            row.get("suggested_level"),
            *(float(row.get(f"suggested_p_{level}")) for level in ("low", "moderate", "strong")),
        )
    except ValueError:
        return None
