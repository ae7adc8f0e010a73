"""How scans and damaged text layers come out of text recognition, against HTML copies made by people.

    python benchmarks/ocr_fidelity.py --corpus DIR [--out FILE.csv]

DIR as for `reading_fidelity.py`. Read are the PDFs of which `documents.csv` says that pages are without text, and those
that `reading_fidelity.py` names for their damaged layer, each once with `--ocr auto` and once with `--ocr never`, as
`ndc-urban read` does: in a process of its own, under the default limits. Shown are how the reading ended, its seconds,
the pages recognised, and F1 of words and of their 3-grams where an HTML of the same document and language exists. Of
Parties with `evaluation_only = yes` the ending and the time alone are shown, and their F1 in the mean. Exit status 1
where a document cannot be read with `--ocr auto`, or a scan with an HTML version is under the least F1.
"""

from __future__ import annotations

import csv
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean

from files_to_measure import described_parser
from reading_fidelity import DAMAGED_LAYER, LEAST_F1, html_files, trigram_f1, truth_of, word_f1, words

from ndc_urban.corpus.register import REGISTER, Collection
from ndc_urban.document import Document
from ndc_urban.errors import ReadingError, UsageError
from ndc_urban.files import read_csv
from ndc_urban.reading.ocr.recognise import tesseract_languages
from ndc_urban.runs import read_alone


@dataclass(frozen=True)
class Scan:
    """A PDF that needs text recognition, and the HTML texts of the same document and language."""

    path: Path
    document: str
    truths: list[bytes]
    evaluation: bool
    damaged: str


@dataclass(frozen=True)
class Result:
    """How the reading of a scan ended; scores are None without an HTML version."""

    scan: Scan
    ended: str
    seconds: float
    pages: int = 0
    recognised: int = 0
    language: str = ""
    f1: float | None = None
    word_f1: float | None = None
    f1_without: float | None = None


def scans_of(corpus: Path) -> Iterator[Scan]:
    held_out = Collection(corpus).evaluation_only
    register = read_csv(corpus / REGISTER, error=UsageError)
    rows = [row for row in register.rows if row["machine_translated"] == "no"]
    html = html_files(corpus, {row["file"] for row in rows if row["kind"] == "html"})
    for row in rows:
        damaged = DAMAGED_LAYER.get(row["document"], "")
        if row["kind"] != "pdf" or (row["text_layer"] == "yes" and not damaged):
            continue
        versions = [
            html[other["file"]]
            for other in rows
            if other["kind"] == "html"
            and row["document"]
            and (other["document"], other["language"]) == (row["document"], row["language"])
        ]
        yield Scan(corpus / row["file"], row["document"], versions, row["iso3"] in held_out, damaged)


def result_of(scan: Scan) -> Result:
    start = time.monotonic()
    try:
        document = read_alone(scan.path, ocr="auto")
    except ReadingError as error:
        return Result(scan, error.code, time.monotonic() - start)
    seconds = time.monotonic() - start
    recognised = sum(page.reader == "ocr" for page in document.pages)
    result = Result(scan, "ok", seconds, len(document.pages), recognised, document.language)
    if not scan.truths:
        return result
    truths = [truth_of(data).words for data in scan.truths]
    found = words(document.text)
    truth = max(truths, key=lambda truth: trigram_f1(truth, found))
    plain = words(_unrecognised(scan.path))
    return replace(
        result,
        f1=trigram_f1(truth, found),
        word_f1=word_f1(truth, found),
        f1_without=trigram_f1(truth, plain),
    )


def _unrecognised(path: Path) -> str:
    try:
        document: Document = read_alone(path, ocr="never")
    except ReadingError:
        return ""
    return document.text


def show(result: Result) -> None:
    scan = result.scan
    line = (
        f"{scan.path.name:36} {result.ended:10} {result.seconds:6.1f} s  {result.recognised:3} of {result.pages:3} "
        f"pages recognised  {result.language:3}"
    )
    if result.f1 is not None and not scan.evaluation:
        line += (
            f"  F1 {result.f1:.3f} (words {result.word_f1:.3f}; without recognition {result.f1_without:.3f})"
        )
    print(f"{line}  {scan.damaged}".rstrip(), flush=True)


def main() -> int:
    parser = described_parser(__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--out", type=Path, help="write the results of the Parties tuned on as CSV")
    options = parser.parse_args()
    if not tesseract_languages():
        print("Tesseract is not installed: there is nothing to measure.", file=sys.stderr)
        return 1
    results = []
    for scan in scans_of(options.corpus):
        results.append(result_of(scan))
        show(results[-1])
    scored = [result.f1 for result in results if result.f1 is not None and not result.scan.damaged]
    failed = [result for result in results if result.ended != "ok"]
    low = [f1 for f1 in scored if f1 < LEAST_F1]
    print(
        f"{len(results)} files, {len(failed)} not read; {len(scored)} scans with an HTML version: "
        f"F1 mean {mean(scored):.3f}, least {min(scored):.3f}, {len(low)} under {LEAST_F1}"
        if scored
        else f"{len(results)} files, {len(failed)} not read"
    )
    if options.out:
        with options.out.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(
                ["file", "ended", "seconds", "pages", "recognised", "f1", "word_f1", "f1_without"]
            )
            writer.writerows(
                [
                    result.scan.path.name,
                    result.ended,
                    round(result.seconds, 1),
                    result.pages,
                    result.recognised,
                    result.f1,
                    result.word_f1,
                    result.f1_without,
                ]
                for result in results
                if not result.scan.evaluation
            )
    return 1 if failed or low else 0


if __name__ == "__main__":
    sys.exit(main())
