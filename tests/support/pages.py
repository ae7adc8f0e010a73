"""The pages of the documentation: their commands, their links, and running what they say."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [
        *(ROOT / "docs").rglob("*.md"),
        *ROOT.glob("*.md"),
        *(ROOT / "corpus").rglob("*.md"),
        ROOT / "annotations" / "README.md",
        ROOT / "annotations" / "CODEBOOK.md",
        ROOT / "models" / "default" / "README.md",
    ]
)
PROGRAM = "ndc-urban"

_FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]*)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def to_run(page: Path) -> list[str]:
    """The lines of a page that a reader types."""
    blocks = [text for kind, text in _FENCED.findall(page.read_text(encoding="utf-8")) if kind == "bash"]
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def mentioned(page: Path) -> Iterator[list[str]]:
    """Every command of the program that a page names, in words, in blocks and within sentences."""
    text = page.read_text(encoding="utf-8")
    inline = _INLINE.findall(_FENCED.sub("", text))
    blocks = [line for _, block in _FENCED.findall(text) for line in block.splitlines()]
    for line in (*inline, *blocks):
        start = line.strip().removeprefix("$ ").removeprefix(".venv/bin/")
        if start.startswith(f"{PROGRAM} "):
            yield shlex.split(start.split(" || ")[0], comments=True)


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """The files that a page links to, each with the heading that is meant, if one is."""
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    for target in _LINK.findall(text):
        path, _, anchor = target.partition("#")
        yield (page.parent / path if path else page), anchor


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    headings = _HEADING.findall(_FENCED.sub("", page.read_text(encoding="utf-8")))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}
