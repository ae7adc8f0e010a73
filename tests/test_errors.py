"""Errors that users meet: each has a code of its own, a remedy and an exit status, and travels between processes."""

from __future__ import annotations

import inspect
import pickle
import re
from pathlib import Path

import pytest

from ndc_urban import errors
from ndc_urban.errors import (
    EXIT_ERROR,
    EXIT_NONE_SCORED,
    EXIT_OK,
    EXIT_SOME_FAILED,
    EXIT_USAGE,
    DamagedFile,
    ModelDamaged,
    NdcUrbanError,
    NeedsOcr,
    ReadingError,
    UsageError,
)

BASES = (NdcUrbanError, ReadingError, UsageError)
KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, NdcUrbanError) and kind not in BASES
]


def made(kind: type[NdcUrbanError], message: str = "It went wrong.") -> NdcUrbanError:
    if issubclass(kind, ReadingError):
        return kind(Path("plan.pdf"), message, pages=(2, 3))
    return kind(message)


def test_codes_are_unique_words_for_scripts() -> None:
    codes = [kind.code for kind in (*KINDS, *BASES)]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+(?:_[a-z]+)*", code) for code in codes)


@pytest.mark.parametrize("kind", KINDS)
def test_each_error_says_what_to_do(kind: type[NdcUrbanError]) -> None:
    error = made(kind)
    assert error.remedy.endswith(".")
    assert str(error) == f"It went wrong. {error.remedy}"
    assert error.exit_status == (EXIT_USAGE if issubclass(kind, UsageError) else EXIT_ERROR)


def test_a_remedy_of_its_own_takes_the_place_of_the_usual_one() -> None:
    assert ModelDamaged("Gone.", remedy="Look again.").remedy == "Look again."
    assert str(ModelDamaged("Gone.", remedy="")) == "Gone."


@pytest.mark.parametrize("kind", KINDS)
def test_errors_survive_the_way_between_processes(kind: type[NdcUrbanError]) -> None:
    error = made(kind)
    error.remedy = "Do this."
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert type(again) is kind
    assert (again.message, again.remedy) == ("It went wrong.", "Do this.")
    if isinstance(error, ReadingError):
        assert (again.path, again.pages) == (Path("plan.pdf"), (2, 3))


def test_a_reading_error_knows_file_and_pages() -> None:
    error = NeedsOcr(Path("scan.pdf"), "It is a scan.", pages=(1, 4))
    assert (error.path, error.pages) == (Path("scan.pdf"), (1, 4))
    assert DamagedFile(Path("a.pdf"), "Broken.").pages == ()


def test_exit_statuses_keep_to_the_contract() -> None:
    assert (EXIT_OK, EXIT_ERROR, EXIT_USAGE, EXIT_SOME_FAILED, EXIT_NONE_SCORED) == (0, 1, 2, 3, 4)
