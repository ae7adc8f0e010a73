"""Samples as `ndc-urban sample` writes them: which documents and passages are to be coded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ndc_urban.errors import UsageError
from ndc_urban.files import read_csv


@dataclass(frozen=True)
class Drawn:
    """A sample: files in the order of the draw, places of passages in them (none: all of them), and by SHA-256 the
    inclusion probabilities, names and paths of the documents.
    """

    files: tuple[str, ...]
    places: Mapping[str, frozenset[tuple[int, int, str]]] = field(default_factory=dict)
    inclusion: Mapping[str, float] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    paths: Mapping[str, Path] = field(default_factory=dict)


def read_sample(path: Path) -> Drawn:
    """A sample as `ndc-urban sample` writes it: column `sha256`, for passages `start`, `length` and `fingerprint`.

    Raises `PathMissing` and, for a file that is not a sample, `UsageError`.
    """
    remedy = "Give the file that `ndc-urban sample` made."
    rows = read_csv(path, ("sha256",), error=UsageError, remedy=remedy).rows
    places: dict[str, set[tuple[int, int, str]]] = {}
    inclusion: dict[str, float] = {}
    names: dict[str, str] = {}
    paths: dict[str, Path] = {}
    try:
        for row in rows:
            sha256 = row["sha256"]
            if row.get("start"):
                place = (int(row["start"]), int(row["length"]), row.get("fingerprint") or "")
                places.setdefault(sha256, set()).add(place)
            elif row.get("inclusion_probability"):
                inclusion[sha256] = float(row["inclusion_probability"])
            if row.get("document"):
                names[sha256] = row["document"]
            if row.get("path"):
                paths[sha256] = Path(row["path"])
    except (KeyError, ValueError, TypeError) as error:
        raise UsageError(f"{path} is not a sample ({error}).", remedy=remedy) from error
    return Drawn(
        tuple(dict.fromkeys(row["sha256"] for row in rows)),
        {sha256: frozenset(each) for sha256, each in places.items()},
        inclusion,
        names,
        paths,
    )
