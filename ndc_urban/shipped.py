"""The data that come with the program: found by name, in the installed package or in a checkout.

Each command that needs one of them takes a path in its place.
"""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType

import ndc_urban
from ndc_urban.errors import InstallationIncomplete

PLACES = MappingProxyType(
    {
        "panel": "corpus/panel.csv",
        "register": "corpus/documents.csv",
        "registry": "corpus/registry.csv",
        "published": "corpus/published.csv",
        "grades": "corpus/un_habitat_grades.csv",
        "results": "corpus/results",
        "samples": "corpus/samples",
        "labels": "annotations",
        "model": "models/default",
    }
)
"""By name, where the data are in the repository and, below `ndc_urban/shipped_data`, in an installed package."""

INSTALLED = "shipped_data"


def path(name: str) -> Path:
    """The file or folder with this name; raises `InstallationIncomplete` where it is missing.

    >>> path("panel").name
    'panel.csv'
    """
    package = Path(ndc_urban.__file__).parent
    place = PLACES[name]
    for top in (package / INSTALLED, package.parent):
        if (top / place).exists():
            return top / place
    raise InstallationIncomplete(f"The file {place} of the installation is missing.")


def given_or_shipped(given: Path) -> Path:
    """A path that was given or, where nothing is there, the data that have this name or this place in the repository.

    >>> given_or_shipped(Path("results")).name, given_or_shipped(Path("corpus/panel.csv")).name
    ('results', 'panel.csv')
    """
    if given.exists():
        return given
    asked = given.as_posix().rstrip("/")
    for name, place in PLACES.items():
        if asked in (name, place):
            return path(name)
    return given
