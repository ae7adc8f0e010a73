"""Whether letters are lost or made up: words that only our reader has, or only a second one, over a folder of PDFs.

    python benchmarks/letter_loss.py DIR [--second pdfium|pdfplumber] [--html DIR] [--sample N] [--worst 10]

Compared are words of four letters and more, each kind of word once per document. The second reader is the plain text
of pypdfium2 or pdfplumber, or, with `--html`, the file of the same name with the ending .html in that folder. Words
divided at a line's end count for both readers as they are and joined; a word whose letters stand in this order in the
other text, in whatever division, is no loss of letters and is not counted. Shown are the shares of the words that only
one has among all words, and the documents where they are largest, with examples. Of Parties that the shipped panel
keeps for evaluation neither names nor words are shown.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from files_to_measure import add_sample, described_parser, spread

from ndc_urban import shipped
from ndc_urban.errors import PathMissing
from ndc_urban.files import read_csv
from ndc_urban.parties import iso3_of

WORD = re.compile(r"[^\W\d_]{4,}")
DIVIDED = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010\ufffe\x02]\s*\n?\s*(?=[^\W\d_])")
EXAMPLES = 8


@dataclass(frozen=True)
class Comparison:
    """The words of a document: how many kinds there are, and which only one of the two readers has."""

    name: str
    words: int
    only_ours: tuple[str, ...]
    only_second: tuple[str, ...]

    @property
    def rate(self) -> float:
        return (len(self.only_ours) + len(self.only_second)) / max(1, self.words)


def our_text(path: Path) -> str:
    from ndc_urban.reading import read

    document = read(path, ocr="never")
    return "\n".join(block.text for page in document.pages for block in page.blocks)


def pdfium_text(path: Path) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def pdfplumber_text(path: Path) -> str:
    import pdfplumber

    with pdfplumber.open(path) as file:
        return "\n".join(page.extract_text() or "" for page in file.pages)


def html_text(path: Path) -> str:
    from ndc_urban.reading import read

    return "\n".join(block.text for page in read(path).pages for block in page.blocks)


def compared(name: str, ours: str, second: str) -> Comparison:
    one, two = words_of(ours), words_of(second)
    return Comparison(name, len(one | two), missing(one - two, second), missing(two - one, ours))


def words_of(text: str) -> set[str]:
    text = folded(text)
    return set(WORD.findall(text)) | set(WORD.findall(DIVIDED.sub("", text)))


def missing(words: set[str], other: str) -> tuple[str, ...]:
    """The words that the other text does not hold in any division."""
    letters = re.sub(r"[\W\d_]+", "", folded(other))
    return tuple(sorted(word for word in words if word not in letters))


def folded(text: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFKC", text).lower()


def main() -> int:
    parser = described_parser(__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--second", choices=("pdfium", "pdfplumber"), default="pdfium")
    parser.add_argument("--html", type=Path)
    add_sample(parser)
    parser.add_argument("--names", type=Path, help="a file with the names of the PDFs to compare, one a line")
    parser.add_argument("--worst", type=int, default=10)
    options = parser.parse_args()
    paths = sorted(options.folder.glob("*.pdf"))
    if options.names:
        names = set(options.names.read_text(encoding="utf-8").split())
        paths = [path for path in paths if path.name in names]
    paths = list(spread(paths, options.sample))
    second = {"pdfium": pdfium_text, "pdfplumber": pdfplumber_text}[options.second]
    found = [one for path in paths if (one := of_file(path, second, options.html)) is not None]
    show(found, options.worst)
    return 0


def of_file(path: Path, second: Callable[[Path], str], html: Path | None) -> Comparison | None:
    """The comparison of one PDF; None where it has no pair, or is not read."""
    from ndc_urban.errors import ReadingError

    pair = html / f"{path.stem}.html" if html else None
    if pair is not None and not pair.exists():
        return None
    try:
        ours = our_text(path)
    except ReadingError as error:
        print(f"{path.name}: {error.code}", file=sys.stderr)
        return None
    return compared(path.name, ours, html_text(pair) if pair is not None else second(path))


def evaluation_only() -> set[str]:
    """The codes of the Parties whose documents nobody looks at."""
    rows = read_csv(shipped.path("panel"), ("iso3", "evaluation_only"), error=PathMissing).rows
    return {row["iso3"] for row in rows if row["evaluation_only"] == "yes"}


def show(found: list[Comparison], worst: int) -> None:
    words = sum(one.words for one in found)
    ours, second = (sum(len(getattr(one, name)) for one in found) for name in ("only_ours", "only_second"))
    print(f"{len(found)} documents, {words:,} words of four letters and more")
    print(f"only ours    {ours:6,}  {ours / max(1, words):.4%}")
    print(f"only second  {second:6,}  {second / max(1, words):.4%}")
    held_out = evaluation_only()
    for one in sorted(found, key=lambda each: -each.rate)[:worst]:
        if iso3_of(one.name) in held_out:
            print(f"{one.rate:8.2%}  (evaluation only)")
            continue
        print(f"{one.rate:8.2%}  {one.name}")
        print(f"          only ours: {', '.join(one.only_ours[:EXAMPLES])}")
        print(f"          only second: {', '.join(one.only_second[:EXAMPLES])}")


if __name__ == "__main__":
    sys.exit(main())
