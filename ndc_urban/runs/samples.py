"""Samples of a run for coding: from the sampling frame to a file, as `ndc-urban sample` makes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ndc_urban.cache.reading import read
from ndc_urban.errors import OutputExists
from ndc_urban.files import csv_table, write_atomically
from ndc_urban.labels.sampling import (
    SAMPLE_COLUMNS,
    Purpose,
    Sample,
    choose_for_training,
    draw_for_estimate,
    needed_for,
)
from ndc_urban.runs.folder import load_run
from ndc_urban.runs.sampling_frame import document_units, load_register, passage_units, with_places
from ndc_urban.runs.shards import note_on_missing

DEFAULT_WIDTH = 0.1
"""Ten points: the width of the interval of a share of one half in 384 independent units, a usual size of a survey."""


@dataclass(frozen=True)
class RunSample:
    """A sample of a run.

    `unit` is `document` or `passage`. `labels_needed` is the number of labels for which an interval of `wanted_width`
    (a share) is expected; None for training. `notes` are for the user.
    """

    sample: Sample
    unit: str
    wanted_width: float
    labels_needed: int | None
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The sample in figures, as plain lists and dictionaries."""
        sample = self.sample
        return {
            "for": sample.purpose,
            "unit": self.unit,
            "population": sample.population,
            "drawn": len(sample.units),
            "seed": sample.seed,
            "model": sample.model,
            "strata": {
                each.name: {"population": each.population, "drawn": each.drawn} for each in sample.strata
            },
            "expected_width": None if sample.expected_width is None else round(sample.expected_width, 4),
            "wanted_width": self.wanted_width,
            "labels_needed": self.labels_needed,
            "notes": list(self.notes),
        }


def sample(
    run: Path,
    number: int,
    purpose: Purpose,
    *,
    passages: bool = False,
    panel: Path | None = None,
    register: Path | None = None,
    wanted_width: float = DEFAULT_WIDTH,
    seed: int = 1,
) -> RunSample:
    """Draws `number` documents (or passages) of a run folder.

    With the purpose `estimate` they are drawn at random, with `training` chosen. `panel` limits the documents;
    `register` says which files belong to the same NDC, by default documents.csv beside the panel.
    Raises `UsageError` if so many cannot be drawn, and the errors of `load_run`.
    """
    loaded = load_run(run)
    for_training = purpose == "training"
    frame_of = passage_units if passages else document_units
    frame = frame_of(loaded, load_register(panel, register), for_training=for_training)
    model = str(loaded.info.get("model", {}).get("hash", ""))
    draw = choose_for_training if for_training else draw_for_estimate
    drawn = draw(frame.units, number, seed, model)
    needed = None if for_training else needed_for(frame.units, wanted_width)
    notes = (*filter(None, [note_on_missing([loaded.info])]), *frame.notes)
    if passages:
        drawn, unread = with_places(drawn, lambda path: read(path, ocr="never"))
        notes += unread
    return RunSample(drawn, "passage" if passages else "document", wanted_width, needed, notes)


def write_sample(sample: Sample, out: Path) -> None:
    """Writes a new sample file (CSV). Raises `OutputExists` and `OutputUnwritable`."""
    check_new_sample(out)
    write_atomically(out, csv_table(SAMPLE_COLUMNS, sample.rows()))


def check_new_sample(out: Path) -> None:
    """Raises `OutputExists` if there is a file: labels may already rest on it."""
    if out.exists():
        raise OutputExists(
            f"{out} exists already.", remedy="Choose another name: a sample is never overwritten."
        )
