"""Levels of documents as REFI-QDA projects have them: variables of a source, such as `level by Ana`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ndc_urban.exchange.columns import UNKNOWN_TIMESTAMP
from ndc_urban.exchange.formats.refi_names import (
    LEVEL_VARIABLES,
    PROBABILITY,
    level_timestamp,
    variable_of,
)
from ndc_urban.exchange.guide import LEVEL_FIELDS
from ndc_urban.exchange.import_result import Place, Severity
from ndc_urban.exchange.reserved import SETTLING, is_model, is_nobody
from ndc_urban.exchange.rows import RawRow
from ndc_urban.exchange.xml_text import clean

Cells = dict[str, str]
Report = Callable[[Place, str, Severity, str, str, str], None]
"""Called with place, user, severity, kind, message and remedy."""

BY_MODEL_REMEDY = "If a person gave it, import it with --coder NAME --partial; else delete it in the project."
_OPEN = (*LEVEL_FIELDS, "comment", "coder", "coded_at", "codebook", "adjudicates")
_VARIABLE = re.compile(rf"({'|'.join(LEVEL_VARIABLES)})(?: by (.+))?", re.DOTALL)


@dataclass(frozen=True)
class LevelReader:
    """Makes rows of the variables of a source.

    `empty` is a row of the source's document without answers, `noted` are the rows that the export left in its note.
    """

    empty: Cells
    noted: Sequence[Cells]
    place: Place
    report: Report

    def rows(self, values: Iterable[tuple[str, str]]) -> Iterator[RawRow]:
        """A row for each user who gave a level; the exported row, without answers, where nobody did."""
        by_user, probability = self._by_user(values)
        known = {variable_of(row, "").removeprefix(" by "): row for row in self.noted if row["level"]}
        for user, said in by_user.items():
            row = self._row(user, said, known.get(user))
            row[PROBABILITY] = said.get(PROBABILITY) or probability or row.get(PROBABILITY, "")
            yield RawRow(row, self.place)
        if not by_user:
            for row in self.noted[:1]:
                yield RawRow(row | dict.fromkeys(_OPEN, ""), self.place)

    def _by_user(self, values: Iterable[tuple[str, str]]) -> tuple[dict[str, Cells], str]:
        """What each user says of the level, and the probability with which the document was drawn."""
        found: dict[str, Cells] = {}
        probability = ""
        for name, value in values:
            match = _VARIABLE.fullmatch(name)
            if name == PROBABILITY:
                probability = value.strip()
            elif match and value.strip():
                found.setdefault(match[2] or "", {})[match[1]] = value.strip()
        answered = {user: said for user, said in found.items() if any(name in said for name in LEVEL_FIELDS)}
        for user in found.keys() - answered.keys():
            names = ", ".join(f"{name} by {user}" if user else name for name in sorted(found[user]))
            message = (
                f"These variables are not imported, because the document has no level with them: {names}."
            )
            self.report(self.place, user, "note", "other_variable", message, "")
        return answered, probability

    def _row(self, user: str, said: Cells, known: Cells | None) -> Cells:
        answers = {name: said.get(name, "") for name in LEVEL_FIELDS}
        if known is None or is_nobody(user) or is_model(user):
            return self._new(user, said) | answers | {"comment": said.get("comment", "")}
        row = known | answers | {"comment": self._comment(user, said, known)}
        if any(known[name] != answers[name] for name in LEVEL_FIELDS):
            return row | {"coded_at": ""}
        return row | {"coded_at": known["coded_at"] or UNKNOWN_TIMESTAMP}

    def _new(self, user: str, said: Cells) -> Cells:
        """A row of a user of whom the note says nothing; nobody's where the user stands for nobody."""
        name, _, settled = ("", "", "") if is_nobody(user) or is_model(user) else user.partition(SETTLING)
        if is_model(user):
            level = said.get("level", "")
            message = f"The level {level} is by the user of the model, whose suggestions are not labels."
            self.report(self.place, user, "question", "label_by_model", message, BY_MODEL_REMEDY)
        probability = self.noted[0].get(PROBABILITY, "") if self.noted else ""
        return self.empty | {
            "coder": name,
            "adjudicates": settled,
            "sheet_coder": name,
            "coded_at": _timestamp(said),
            PROBABILITY: probability,
        }

    def _comment(self, user: str, said: Cells, known: Cells) -> str:
        """The comment of a level that was exported; its exact words where nobody changed it.

        Projects of old exports have no variable for it, nor one for its timestamp.
        """
        comment = said.get("comment", "")
        if clean(known["comment"]).split() == comment.split() or not (comment or "coded_at" in said):
            return known["comment"]
        if known["comment"]:
            what = "changed" if comment else "cleared"
            message = f"The comment of the level was {what}; it was {known['comment'][:60]!r}."
            self.report(self.place, user, "note", "changed_comment", message, "")
        return comment


def _timestamp(said: Mapping[str, str]) -> str:
    """The timestamp of a level, if the answers are those that it is the timestamp of."""
    timestamp, separator, _ = said.get("coded_at", "").partition(" for ")
    answers = {name: said.get(name, "") for name in LEVEL_FIELDS} | {"coded_at": timestamp}
    return timestamp if separator and said["coded_at"] == level_timestamp(answers) else ""
