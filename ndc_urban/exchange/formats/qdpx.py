"""Coding sheets as REFI-QDA projects (.qdpx) for MAXQDA, NVivo, ATLAS.ti and QualCoder.

Written by `qdpx_writing`, read back by `qdpx_reading`.
"""

from __future__ import annotations

from ndc_urban.exchange.formats.qdpx_reading import projects_in, read
from ndc_urban.exchange.formats.qdpx_writing import write
from ndc_urban.exchange.protocol import FileSample

__all__ = ["read", "recognises", "write"]


def recognises(file: FileSample) -> bool:
    """Whether a file is an archive with a project in it."""
    return bool(projects_in(file.members))
