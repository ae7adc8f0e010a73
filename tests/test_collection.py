"""Every process collects the same tests, whenever it starts and whatever the seed of its hashes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SECONDS_APART = 3
"""More than the two seconds in which the time of a file in a zip archive is counted."""


def collection(seed: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", "tests"]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS"):
        environment.pop(name, None)
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_two_collections_started_apart_hold_the_same_tests() -> None:
    first = collection("1")
    time.sleep(SECONDS_APART)
    second = collection("2")
    found = [process.communicate()[0] for process in (first, second)]
    names = [[line for line in text.splitlines() if "::" in line] for text in found]
    assert len(names[0]) > 1000
    assert names[0] == names[1]
