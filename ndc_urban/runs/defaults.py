"""What holds for each document unless a user says otherwise."""

from __future__ import annotations

TIMEOUT = 120.0
"""Seconds."""

MEMORY_LIMIT = 2048
"""Megabytes beyond what the program itself needs."""

MAX_PAGES = 2000
