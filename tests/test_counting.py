"""Counts in words; and no message of the package that writes a count before a plural that it may not be."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import ndc_urban
from ndc_urban.counting import agreeing, counted

PACKAGE = Path(ndc_urban.__file__).parent
NOUNS = re.compile(
    r" (?:[a-z]+ )?(documents|passages|Parties|labels|levels|codings|questions|errors|NDCs|entries|memos)\b"
)


@pytest.mark.parametrize(
    ("number", "noun", "words"),
    [
        (1, "document", "1 document"),
        (0, "document", "0 documents"),
        (2, "Party", "2 Parties"),
        (2, "day", "2 days"),
        (3, "match", "3 matches"),
        (1, "Party", "1 Party"),
        (12, "new passage", "12 new passages"),
    ],
)
def test_a_count_goes_with_its_noun(number: int, noun: str, words: str) -> None:
    assert counted(number, noun) == words


def test_a_verb_goes_with_its_count() -> None:
    assert [agreeing(number, "is", "are") for number in (0, 1, 2)] == ["are", "is", "are"]
    assert counted(2, "copy of it", "copies of it") == "2 copies of it"


def test_no_message_counts_one_documents() -> None:
    """An f-string in which `len(...)`, `sum(...)` or a name such as `count` stands before a plural."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                found += [
                    f"{path.name}:{value.lineno} {ast.unparse(value.value)}{text.value[:30]}"
                    for value, text in zip(node.values, node.values[1:], strict=False)
                    if isinstance(value, ast.FormattedValue)
                    and isinstance(text, ast.Constant)
                    and NOUNS.match(str(text.value))
                    and _is_count(value.value)
                ]
    assert found == []


def _is_count(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return isinstance(value.func, ast.Name) and value.func.id in ("len", "sum")
    return isinstance(value, ast.Name) and value.id in ("count", "errors", "questions", "unread")
