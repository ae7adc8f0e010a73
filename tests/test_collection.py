"""Every process collects the same tests, whenever it starts and whatever the seed of its hashes."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

STARTED = time.monotonic()
"""When this process read its tests."""
SECONDS_APART = 3
"""More than the two seconds in which the time of a file in a zip archive is counted."""


@pytest.mark.slow
def test_a_collection_started_later_holds_the_same_tests(request: pytest.FixtureRequest) -> None:
    """Compares the tests of this process with those that a process of another hash seed collects now."""
    config = request.config
    here = [item.nodeid for item in request.session.items]
    time.sleep(max(0.0, STARTED + SECONDS_APART - time.monotonic()))
    folder = str(config.rootpath / config.getini("testpaths")[0])
    command = [sys.executable, "-m", "pytest", "--collect-only", "-p", "no:cacheprovider", "-p", "no:xdist"]
    environment = {**os.environ, "PYTHONHASHSEED": "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"}
    for name in ("PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS"):
        environment.pop(name, None)
    done = subprocess.run(
        [*command, folder], cwd=config.rootpath, env=environment, capture_output=True, text=True, check=False
    )
    later = [line for line in done.stdout.splitlines() if "::" in line]
    assert len(later) > 1000, done.stdout[-2000:]
    assert len(set(later)) == len(later)
    assert set(here) <= set(later)
