"""Words of English, French, Spanish and Portuguese that many NDCs have, in small letters."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def common_words() -> frozenset[str]:
    return frozenset((files("ndc_urban.reading") / "common_words.txt").read_text(encoding="utf-8").split())
