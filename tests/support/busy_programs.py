"""Programs that keep the processors busy, for tests of what a busy machine changes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ndc_urban.runs.starting import available_processors

_PROGRAM = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: pass"
"""Ends by itself if the test that started it is gone."""


@contextmanager
def busy_programs(per_processor: int) -> Iterator[None]:
    """Within, so many programs want each processor."""
    count = per_processor * available_processors()
    others = [subprocess.Popen([sys.executable, "-c", _PROGRAM]) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()
