"""How faithfully PDFs are read, against HTML copies of the same documents made by people.

    python benchmarks/reading_fidelity.py --corpus DIR [--jobs 2] [--parties tuned|evaluation|all] [--out FILE.csv]

DIR holds `documents.csv` (columns file, document, iso3, language, machine_translated, kind, text_layer),
`panel.csv` (iso3, evaluation_only), `pdf/` and `html.tar.gz` or `html/`. Every PDF with a text layer is
compared with the HTML of the same document and language; where there are several the one closest to it
counts.

Per pair: F1 of the multisets of word 3-grams (ours, and plain pdfium's for comparison); the share of table
rows with two or more filled cells found as one `table_row` block with the cells in order; the share of
headings that stand in the PDF (labels in the cells of its tables aside) recognised as headings; the share of
paragraphs and list items of eight or more words that came out as one block; the share of running heads and feet
(lines at the edge that come back on half of the pages) that are gone from the page. What is compared is what
`ndc-urban read` shows. Of Parties with `evaluation_only = yes` only totals are shown, and the names of those
files under 0.85 whose text layer is known to be damaged.
"""

from __future__ import annotations

import csv
import re
import sys
import tarfile
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import mean, median

import pypdfium2  # type: ignore[import-untyped]
from files_to_measure import add_sample, described_parser, spread
from lxml import html as lxml_html

from ndc_urban.corpus.register import REGISTER, Collection
from ndc_urban.errors import UsageError
from ndc_urban.files import read_csv
from ndc_urban.reading import OcrMode, PdfReader, read

OTHER_TEXT = frozenset({"RUS_2016-17", "VUT_2022", "AND_2022", "SGP_2022"})
"""Documents whose PDF and HTML are different versions of the text."""

DAMAGED_LAYER = {
    "MLI_2016-17": "poor text recognition in the file itself",
    "IRQ_2016-17": "broken character map: letters and digits are not those shown, and the HTML was made from them, so "
    "that what is right counts as wrong; the reader says so, and reads the page's picture where Tesseract is installed",
}
"""Documents whose text layer is damaged, with the reason; they are counted, and totals without them shown."""

LEAST_F1 = 0.85
"""Files below are listed, to be looked at; chosen by eye on real NDCs."""

MIN_PAGES_WITH_HEADS = 4
"""A line at the edge of that many pages is a running head; chosen by eye on real NDCs."""

_SAME = {0x0640: None} | {0x0660 + digit: str(digit) for digit in range(10)}
"""Kashidas are no letters, and a digit is the same in both of the scripts that Arabic text uses."""

_WORD = re.compile(r"\w+")
_DIGITS = re.compile(r"\d+")
_FOOTNOTE_REF = re.compile(r"[\[(]?\s*(?:\d{1,3}|[*†])(?:\s*[,:]\s*\d{1,3})*\s*[\])]?")
_UNIT = re.compile(r"(?:^|[\s\d/(])(?:[kcmdh]?m|ha|10|s)$")
_BLOCKS = {"p", "li", "td", "th", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "div", "br", "ul", "ol",
           "blockquote", "section", "hr", "figcaption", "figure", "dt", "dd", "body"}  # fmt: skip


@dataclass(frozen=True)
class Truth:
    """What the HTML says: all words, rows of cells, headings, paragraphs; each text as a tuple of words."""

    words: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], ...], ...]
    headings: tuple[tuple[str, ...], ...]
    paragraphs: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Score:
    file: str
    document: str
    language: str
    pages: int
    f1: float
    plain_f1: float
    rows: int
    rows_found: int
    headings: int
    headings_found: int
    paragraphs: int
    paragraphs_found: int
    heads: int
    heads_gone: int
    evaluation: bool


def words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(unicodedata.normalize("NFKC", text).translate(_SAME).casefold()))


def truth_of(data: bytes) -> Truth:
    tree = lxml_html.document_fromstring(data, parser=lxml_html.HTMLParser(encoding="utf-8"))
    for element in tree.xpath("//script|//style|//head|//comment()"):
        element.drop_tree()
    for mark in tree.xpath("//sup|//a[contains(@class,'footnote-backref')]"):
        before = mark.getprevious().tail if mark.getprevious() is not None else mark.getparent().text
        text = mark.text_content().strip()
        if not text or (_FOOTNOTE_REF.fullmatch(text) and not _UNIT.search(before or "")) or mark.tag == "a":
            mark.drop_tree()
    for element in tree.iter():
        if element.tag in _BLOCKS:
            element.text = " " + (element.text or "")
            element.tail = " " + (element.tail or "")
    rows = (
        tuple(words(cell.text_content()) for cell in row.xpath("./td|./th")) for row in tree.xpath("//tr")
    )
    filled = (tuple(cell for cell in row if cell) for row in rows)
    inner = "[not(ancestor::td) and not(ancestor::th)]"
    flow = (words(item.text_content()) for item in tree.xpath(f"//p{inner}|//li{inner}[not(p) and not(ul)]"))
    return Truth(
        words(tree.text_content()),
        tuple(row for row in filled if len(row) >= 2),
        tuple(filter(None, (words(h.text_content()) for h in tree.xpath("//h1|//h2|//h3|//h4|//h5|//h6")))),
        tuple(text for text in flow if len(text) >= 8),
    )


def trigram_f1(one: Sequence[str], two: Sequence[str]) -> float:
    first, second = Counter(_trigrams(one)), Counter(_trigrams(two))
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 1.0


def _trigrams(words: Sequence[str]) -> Iterable[tuple[str, str, str]]:
    return zip(words, words[1:], words[2:], strict=False)


def word_f1(one: Sequence[str], two: Sequence[str]) -> float:
    both = (Counter(one) & Counter(two)).total()
    return 2 * both / (len(one) + len(two)) if one and two else 0.0


def row_found(row: Sequence[Sequence[str]], candidates: Iterable[Sequence[Sequence[str]]]) -> bool:
    return any(_in_order(row, cells) for cells in candidates)


def _in_order(row: Sequence[Sequence[str]], cells: Sequence[Sequence[str]]) -> bool:
    at = 0
    for wanted in row:
        while at < len(cells) and word_f1(wanted, cells[at]) < 0.8:
            at += 1
        if at == len(cells):
            return False
        at += 1
    return True


def rows_found(truth: Truth, rows: Sequence[Sequence[Sequence[str]]]) -> int:
    by_word: dict[str, list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        for word in {word for cell in row for word in cell}:
            by_word[word].append(index)
    found = 0
    for row in truth.rows:
        near = Counter(i for word in {w for cell in row for w in cell} for i in by_word.get(word, ()))
        found += row_found(row, (rows[i] for i, _ in near.most_common(25)))
    return found


def _stands_in(part: Sequence[str], whole: str) -> bool:
    return f" {' '.join(part)} " in whole


def headings_found(truth: Truth, headings: Sequence[Sequence[str]], text: str) -> tuple[int, int]:
    there = [heading for heading in truth.headings if _stands_in(heading, text)]
    found = sum(any(word_f1(wanted, heading) >= 0.75 for heading in headings) for wanted in there)
    return len(there), found


def paragraphs_found(truth: Truth, blocks: Sequence[Sequence[str]]) -> int:
    by_word: dict[str, list[int]] = defaultdict(list)
    for index, block in enumerate(blocks):
        for word in set(block):
            by_word[word].append(index)
    found = 0
    for wanted in truth.paragraphs:
        near = Counter(i for word in set(wanted) for i in by_word.get(word, ()))
        found += any(word_f1(wanted, blocks[i]) >= 0.9 for i, _ in near.most_common(6))
    return found


def plain_pages(path: Path) -> list[str]:
    with pypdfium2.PdfDocument(path) as document:
        return [page.get_textpage().get_text_range() for page in document]


def heads_gone(plain: Sequence[str], ours: Sequence[Sequence[str]]) -> tuple[int, int]:
    """How many running heads and feet of two words or more the pages have, and how many of them are not in
    what was read.
    """
    edges = []
    for text in plain:
        lines = [words(_DIGITS.sub(" ", line)) for line in text.splitlines() if line.strip()]
        edges.append({line for line in (*lines[:2], *lines[-2:]) if len(line) >= 2})
    seen = Counter(line for page in edges for line in page)
    enough = max(MIN_PAGES_WITH_HEADS, len(plain) / 2)
    found = gone = 0
    for page, read_words in zip(edges, ours, strict=True):
        text = f" {' '.join(read_words)} "
        for line in page:
            if seen[line] >= enough:
                found += 1
                gone += not _stands_in(line, text)
    return found, gone


@dataclass(frozen=True)
class Job:
    """A PDF, its row of the register, the HTML texts it may be compared with, and how it is read."""

    path: Path
    row: dict[str, str]
    candidates: list[bytes]
    reader: PdfReader
    ocr: OcrMode
    evaluation: bool


def score_pair(job: Job) -> Score:
    path, row, candidates = job.path, job.row, job.candidates
    pages = read(path, reader=job.reader, ocr=job.ocr).pages
    blocks = [block for page in pages for block in page.blocks]
    plain = plain_pages(path)
    heads, gone = heads_gone(plain, [words("\n".join(block.text for block in page.blocks)) for page in pages])
    ours = words("\n".join(block.text for block in blocks))
    truths = [truth_of(data) for data in candidates]
    truth = max(truths, key=lambda truth: trigram_f1(truth.words, ours))
    headings, found = headings_found(
        truth,
        [words(block.text) for block in blocks if block.kind == "heading"],
        " " + " ".join(words("\n".join(block.text for block in blocks if not block.cells))) + " ",
    )
    return Score(
        file=path.name,
        document=row["document"],
        language=row["language"],
        pages=len(pages),
        f1=trigram_f1(truth.words, ours),
        plain_f1=trigram_f1(truth.words, words("\n".join(plain))),
        rows=len(truth.rows),
        rows_found=rows_found(truth, [[words(cell) for cell in b.cells if cell] for b in blocks if b.cells]),
        headings=headings,
        headings_found=found,
        paragraphs=len(truth.paragraphs),
        paragraphs_found=paragraphs_found(truth, [words(block.text) for block in blocks if not block.cells]),
        heads=heads,
        heads_gone=gone,
        evaluation=job.evaluation,
    )


def jobs_of(
    corpus: Path, parties: str = "tuned", reader: PdfReader = "auto", ocr: OcrMode = "never"
) -> list[Job]:
    """The pairs of the corpus, of the Parties tuned on, those for evaluation only, or all."""
    held_out = Collection(corpus).evaluation_only
    register = read_csv(corpus / REGISTER, error=UsageError)
    rows = [row for row in register.rows if row["machine_translated"] == "no"]
    wanted = {"tuned": {False}, "evaluation": {True}, "all": {False, True}}[parties]
    rows = [row for row in rows if (row["iso3"] in held_out) in wanted and row["document"] not in OTHER_TEXT]
    texts = html_files(corpus, {row["file"] for row in rows if row["kind"] == "html"})
    by_key: dict[tuple[str, str], list[bytes]] = defaultdict(list)
    for row in rows:
        if row["kind"] == "html":
            by_key[row["document"], row["language"]].append(texts[row["file"]])
    return [
        Job(
            corpus / row["file"],
            row,
            by_key[row["document"], row["language"]],
            reader,
            ocr,
            row["iso3"] in held_out,
        )
        for row in rows
        if row["kind"] == "pdf" and row["text_layer"] == "yes" and by_key[row["document"], row["language"]]
    ]


def html_files(corpus: Path, wanted: set[str]) -> dict[str, bytes]:
    """The bytes of the wanted HTML files, from the folder or the archive of the corpus."""
    if (corpus / "html").is_dir():
        return {name: (corpus / name).read_bytes() for name in wanted}
    found: dict[str, bytes] = {}
    with tarfile.open(corpus / "html.tar.gz") as archive:
        for member in archive:
            name = "html/" + member.name.rsplit("/", 1)[-1]
            stream = archive.extractfile(member) if name in wanted else None
            if stream is not None:
                found[name] = stream.read()
    return found


def _share(part: int, whole: int) -> str:
    return f"{part / whole:6.1%} of {whole:,}" if whole else "none"


def show(scores: Sequence[Score]) -> None:
    for s in sorted(scores, key=lambda s: s.f1):
        if not s.evaluation:
            print(
                f"{s.file:40} {s.f1:.3f} (plain {s.plain_f1:.3f})  rows {s.rows_found}/{s.rows}"
                f"  headings {s.headings_found}/{s.headings}  paragraphs {s.paragraphs_found}/{s.paragraphs}"
            )
    groups: dict[str, list[Score]] = defaultdict(list)
    for score in scores:
        groups[score.language].append(score)
        groups["~all"].append(score)
        if score.document not in DAMAGED_LAYER:
            groups[f"{score.language} sound layer"].append(score)
            groups["~all sound layers"].append(score)
    for name, group in sorted(groups.items()):
        _show_group(name.lstrip("~"), group)
    for score in scores:
        if score.f1 < LEAST_F1:
            name = (
                score.file if not score.evaluation or score.document in DAMAGED_LAYER else "(evaluation only)"
            )
            print(
                f"under {LEAST_F1}: {name} {score.f1:.3f}, {DAMAGED_LAYER.get(score.document, 'no reason known')}"
            )


def _show_group(name: str, group: Sequence[Score]) -> None:
    print(
        f"{name:16} {len(group):4} pairs  F1 mean {mean(s.f1 for s in group):.4f} "
        f"median {median(s.f1 for s in group):.4f} "
        f"(plain pdfium {mean(s.plain_f1 for s in group):.4f})"
        f"  rows {_share(sum(s.rows_found for s in group), sum(s.rows for s in group))}"
        f"  headings {_share(sum(s.headings_found for s in group), sum(s.headings for s in group))}"
        f"  paragraphs {_share(sum(s.paragraphs_found for s in group), sum(s.paragraphs for s in group))}"
        f"  running heads gone {_share(sum(s.heads_gone for s in group), sum(s.heads for s in group))}"
    )


def main() -> int:
    parser = described_parser(__doc__)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--jobs", type=int, default=1)
    add_sample(parser)
    parser.add_argument("--reader", choices=("auto", "pdfium", "pdfplumber"), default="auto")
    parser.add_argument("--ocr", choices=("auto", "never", "always"), default="never")
    parser.add_argument("--parties", choices=("tuned", "evaluation", "all"), default="tuned")
    parser.add_argument("--out", type=Path, help="write the scores of the pairs tuned on as CSV")
    options = parser.parse_args()
    jobs = jobs_of(options.corpus, options.parties, options.reader, options.ocr)
    jobs = list(spread(jobs, options.sample))
    with ProcessPoolExecutor(options.jobs) as pool:
        scores = list(pool.map(score_pair, jobs))
    show(scores)
    if options.out:
        with options.out.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, [field.name for field in fields(Score)])
            writer.writeheader()
            writer.writerows(asdict(score) for score in scores if not score.evaluation)
    return 0


if __name__ == "__main__":
    sys.exit(main())
