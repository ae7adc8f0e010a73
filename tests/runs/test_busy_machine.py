"""A run gives the same tables on a busy machine as on a quiet one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from busy_programs import busy_programs

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
DOCUMENTS = ("tamberland-ndc-update-en.pdf", "rimalia-ndc2-ar.pdf")
TIMEOUT = "12"
"""Seconds: a few times what one of these documents takes alone, and less than it takes beside the others."""
TABLES = ("passages.csv", "reasons.csv", "failures.csv", "estimation.csv")


@pytest.fixture
def busy_machine() -> Iterator[None]:
    """Two busy programs for each processor."""
    with busy_programs(2):
        yield


def scored(out: Path, *before: str) -> Path:
    files = [str(SAMPLES / name) for name in DOCUMENTS]
    command = [sys.executable, "-m", "ndc_urban", "score", *files, "--out", str(out), "--ocr", "never"]
    subprocess.run([*before, *command, "--quiet", "--timeout", TIMEOUT], check=True, capture_output=True)
    return out


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "nice"), reason="this platform has no priorities")
def test_a_run_of_low_priority_beside_busy_programs_gives_the_same_tables(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    quiet = scored(tmp_path / "quiet")
    request.getfixturevalue("busy_machine")
    busy = scored(tmp_path / "busy", "nice", "-n", "3")
    for name in TABLES:
        assert (busy / name).read_bytes() == (quiet / name).read_bytes()
