"""Real codings through every exchange format: out to a file, back by an import into an empty folder.

    python benchmarks/exchange_round_trip.py --corpus DIR [--annotations annotations] [--codings 997]

DIR holds `documents.csv` and the coded files. Documents are taken in the order of the hashes of their names until they
hold enough codings of whole passages. Prints for each format how many codings and levels came back the same (place,
coder, timestamp, codebook, code and attributes, comment, adjudication, inclusion probability), how many of them an
import into the folder that they came from recognises, and the seconds for both ways. What no format holds (`wave`,
`seen`) is not compared. Exit status 1 if anything was lost or changed.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from files_to_measure import described_parser

from ndc_urban.corpus.library import Library, open_library
from ndc_urban.exchange.bundling import Request, make_bundle
from ndc_urban.exchange.export_bundle import ExportBundle
from ndc_urban.exchange.importing import add_codings
from ndc_urban.exchange.names import FormatName
from ndc_urban.exchange.registry import FORMATS, Format
from ndc_urban.labels.records import LevelLabel, PassageLabel
from ndc_urban.labels.store import append, read_level_labels, read_passage_labels


@dataclass(frozen=True)
class Outcome:
    """What became of the codings and levels in one format."""

    same: int
    same_levels: int
    recognised: int
    seconds: float


def comparable(label: PassageLabel) -> PassageLabel:
    """A label without what no format holds."""
    return replace(label, wave=1, seen=None)


def bundle_of(corpus: Path, annotations: Path, wanted: int) -> tuple[Library, ExportBundle]:
    """Whole documents with at least `wanted` codings of whole passages, and of these codings so many."""
    library = open_library(corpus)
    labels, levels = read_passage_labels(annotations), read_level_labels(annotations)
    by_file: dict[str, list[PassageLabel]] = {}
    for label in labels:
        by_file.setdefault(label.anchor.sha256, []).append(label)
    files = [library.by_hash[sha256] for sha256 in by_file if sha256 in library.by_hash]
    files.sort(key=lambda holding: hashlib.sha256(holding.document.encode()).digest())
    for number in range(1, len(files) + 1):
        chosen = files[:number]
        if sum(len(by_file[holding.sha256]) for holding in chosen) < wanted:
            continue
        request = Request(codings=labels, levels=levels)
        bundle = make_bundle(chosen, library, request).bundle
        if len(bundle.sheet.codings) >= wanted:
            sheet = replace(bundle.sheet, codings=bundle.sheet.codings[:wanted])
            return library, replace(bundle, sheet=sheet)
    raise SystemExit(f"The corpus holds the files of fewer than {wanted} codings.")


def round_trip(format: Format, bundle: ExportBundle, library: Library, folder: Path) -> Outcome:
    """Writes the bundle, imports it into an empty folder and into one that holds the same labels."""
    begun = time.perf_counter()
    main = format.write(bundle, folder / f"{format.stem}{format.suffix}")[0]
    result = format.read(main)
    add_codings(result, library, folder / "new", partial=True)
    seconds = time.perf_counter() - begun
    sheet = bundle.sheet
    append(folder / "same", sheet.codings, sheet.levels)
    again = add_codings(result, library, folder / "same", partial=True)
    back = {comparable(each) for each in read_passage_labels(folder / "new")}
    back_levels: set[LevelLabel] = set(read_level_labels(folder / "new"))
    return Outcome(
        sum(comparable(each) in back for each in sheet.codings),
        sum(each in back_levels for each in sheet.levels),
        again.duplicates,
        seconds,
    )


def main() -> None:
    options = described_parser(__doc__)
    options.add_argument("--corpus", type=Path, required=True)
    options.add_argument("--annotations", type=Path, default=Path("annotations"))
    options.add_argument("--codings", type=int, default=997)
    given = options.parse_args()
    library, bundle = bundle_of(given.corpus, given.annotations, given.codings)
    codings, levels = len(bundle.sheet.codings), len(bundle.sheet.levels)
    print(f"{codings} codings and {levels} levels of {len(bundle.sheet.documents)} documents")
    print(f"{'format':14} {'same':>6} {'levels':>7} {'recognised':>11} {'seconds':>8}")
    lost = False
    for name, format in FORMATS.items():
        if name is FormatName.qdc:
            continue
        with tempfile.TemporaryDirectory() as folder:
            found = round_trip(format, bundle, library, Path(folder))
        print(f"{name:14} {found.same:6d} {found.same_levels:7d} {found.recognised:11d} {found.seconds:8.1f}")
        lost |= (found.same, found.same_levels, found.recognised) != (codings, levels, codings + levels)
    sys.exit(lost)


if __name__ == "__main__":
    main()
