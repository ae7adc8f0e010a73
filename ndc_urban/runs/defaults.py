"""What holds for each document unless a user says otherwise."""

from __future__ import annotations

TIMEOUT = 25.0
"""Seconds; long documents and text recognition get more. A document of 60 pages takes about 3."""

MEMORY_LIMIT = 1400
"""Megabytes that a process may hold in all, below 1.5 GB by any count; a document of 60 pages takes about 250."""
