"""Fixtures of the tests of runs."""

from __future__ import annotations

import pytest
from inline_engine import work_inline


@pytest.fixture
def inline(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The work is done in the process of the test; gives the list of the names of the files that are read."""
    return work_inline(monkeypatch)
