"""The made-up corpus that sheets are made of here."""

from __future__ import annotations

from pathlib import Path

import pytest
from coded_corpus import CodedCorpus, make_corpus


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> CodedCorpus:
    return make_corpus(Path(tmp_path_factory.mktemp("coded"), "corpus"))


@pytest.fixture(autouse=True)
def small_workbooks(few_further_rows: None) -> None:
    """In every test here."""
