"""Hooks of mkdocs: the reference pages are added, and links out of docs/ become links to the repository."""

from __future__ import annotations

import re
import sys
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath
from typing import Any

from mkdocs.structure.files import File, Files

sys.path.insert(0, str(Path(__file__).parent))

import reference

_LINK = re.compile(r"(\]\()(?!https?:|#|mailto:)([^)#\s]+)")
_ROOT = Path(__file__).parents[2]
_PICTURES = ("corpus/results/trend/figures/levels-documents.svg",)
"""Pictures of the repository outside docs/ that pages show, by their places in it."""


def on_files(files: Files, config: Any) -> Files:
    """Adds the pages that are made from the code, and pictures from elsewhere."""
    for path, text in reference.pages().items():
        files.append(File.generated(config, path, content=text))
    for place in _PICTURES:
        files.append(File.generated(config, _in_site(place), content=(_ROOT / place).read_bytes()))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Files) -> str:
    """Links to files of the repository outside docs/ lead to the repository, or to the copy of a picture."""
    folder = PurePosixPath(page.file.src_uri).parent

    def outside(found: re.Match[str]) -> str:
        place = normpath(f"docs/{folder}/{found[2]}")
        if place.startswith("docs/"):
            return found[0]
        if place in _PICTURES:
            return f"{found[1]}{relpath(_in_site(place), str(folder))}"
        return f"{found[1]}{config['repo_url'].rstrip('/')}/blob/main/{place}"

    return _LINK.sub(outside, markdown)


def _in_site(place: str) -> str:
    return f"figures/{PurePosixPath(place).name}"
