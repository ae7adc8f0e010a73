"""Text recognition: with a stand-in for Tesseract always, with Tesseract itself where it is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
import time
import unicodedata
from bisect import bisect_left
from collections import Counter
from itertools import accumulate
from pathlib import Path

import hostile_pdfs
import pypdfium2
import pytest
from fpdf import FPDF

from ndc_urban.document import Block, Page
from ndc_urban.errors import OcrUnavailable
from ndc_urban.reading import read
from ndc_urban.reading.ocr import recognise as ocr
from ndc_urban.reading.ocr import tesseract
from ndc_urban.reading.ocr.blocks import word_blocks
from ndc_urban.reading.ocr.tesseract import Word

HAS_TESSERACT = shutil.which("tesseract") is not None
SAMPLES = Path(__file__).parents[3] / "corpus" / "samples"
SENTENCE = "The council will extend the tram network to the outer districts before the end of the decade."
FRENCH = "Le conseil va étendre le réseau de tramway aux quartiers de la ville avant la fin de la décennie."

STAND_IN = """
import sys, time
arguments = sys.argv[1:]
if "--list-langs" in arguments:
    print("List of available languages in /data/ (3):\\n{languages}")
    sys.exit(0)
picture = sys.stdin.buffer.read()
assert picture.startswith(b"P5 ") and arguments[:2] == ["stdin", "stdout"]
with open({log!r}, "a") as log:
    log.write(" ".join(arguments) + "\\n")
sure = 95.5
{behaviour}
print("level\\tpage_num\\tblock_num\\tpar_num\\tline_num\\tword_num\\tleft\\ttop\\twidth\\theight\\tconf\\ttext")
print("1\\t1\\t0\\t0\\t0\\t0\\t0\\t0\\t2480\\t3508\\t-1\\t")
for at, word in enumerate({text!r}.split()):
    line, place = divmod(at, 8)
    row = [5, 1, 1, 1, line + 1, place + 1, 200 + 200 * place, 300 + 60 * line, 180, 40, sure, word]
    print("\\t".join(map(str, row)))
"""


class StandIn:
    """A program named tesseract on the path."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.log = folder, folder / "calls"
        monkeypatch.setenv("PATH", str(folder))

    def install(
        self,
        *,
        text: str = SENTENCE,
        languages: str = "eng\\nfra\\nrus\\nosd",
        behaviour: str = "",
    ) -> None:
        code = STAND_IN.format(
            log=str(self.log),
            text=text,
            languages=languages,
            behaviour=textwrap.dedent(behaviour),
        )
        program = self.folder / "tesseract"
        program.write_text(f"#!{sys.executable}\n{code}", encoding="utf-8")
        program.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    if os.name == "nt":
        pytest.skip("the stand-in is a script with a shebang")
    folder = tmp_path / "programs"
    folder.mkdir()
    return StandIn(folder, monkeypatch)


def scan_of(texts: list[str], path: Path, *, also: str = "") -> Path:
    """A PDF whose pages are pictures of the texts; with `also` a last page of real text."""
    written = FPDF()
    written.set_font("Helvetica", size=14)
    for text in texts:
        written.add_page()
        written.multi_cell(0, 8, text)
    pictures = pypdfium2.PdfDocument(bytes(written.output()))
    scan = FPDF()
    scan.set_font("Helvetica", size=14)
    for number in range(len(texts)):
        scan.add_page()
        scan.image(pictures[number].render(scale=200 / 72, grayscale=True).to_pil(), x=0, y=0, w=210, h=297)
    if also:
        scan.add_page()
        scan.multi_cell(0, 8, also)
    path.write_bytes(bytes(scan.output()))
    return path


def word(
    text: str, at: tuple[int, int], *, line: int = 1, height: int = 40, paragraph: int = 1, sure: float = 90
) -> Word:
    left, top = at
    return Word(text, sure, left, top, left + 100, top + height, 1, paragraph, line)


def test_no_tesseract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ocr.tesseract_languages() == frozenset()
    with pytest.raises(OcrUnavailable, match="not installed"):
        ocr.recognise(Path("a.pdf"), b"", [1], languages=["en"])


def test_languages_that_are_installed(stand_in: StandIn) -> None:
    stand_in.install()
    assert ocr.tesseract_languages() == {"en", "fr", "ru"}


def test_a_scan_is_recognised(stand_in: StandIn, tmp_path: Path) -> None:
    stand_in.install()
    document = read(scan_of([SENTENCE, SENTENCE], tmp_path / "scan.pdf"))
    assert document.text == f"{SENTENCE}\n{SENTENCE}"
    assert [page.reader for page in document.pages] == ["ocr", "ocr"]
    assert document.pages_needing_ocr == ()
    assert document.language == "en"
    (note,) = document.notes
    assert "pages 1 and 2 was recognised" in note
    box = document.blocks[0].bbox
    assert box is not None
    assert box[:2] == pytest.approx((48, 72))


def test_language_comes_from_the_other_pages(stand_in: StandIn, tmp_path: Path) -> None:
    stand_in.install(text=FRENCH)
    document = read(scan_of([FRENCH], tmp_path / "scan.pdf", also=FRENCH))
    assert document.pages[0].reader == "ocr"
    assert len(stand_in.calls) == 1
    assert "-l fra " in stand_in.calls[0]


def languages_asked(stand_in: StandIn) -> list[str]:
    return [call.split("-l ")[1].split()[0] for call in stand_in.calls]


def test_language_is_found_on_a_sample_page(stand_in: StandIn, tmp_path: Path) -> None:
    stand_in.install(text=FRENCH)
    read(scan_of([FRENCH, FRENCH], tmp_path / "scan.pdf"))
    assert languages_asked(stand_in) == ["eng+fra", "fra", "fra"]


def test_the_script_read_with_most_certainty_is_taken(stand_in: StandIn, tmp_path: Path) -> None:
    stand_in.install(behaviour="sure = 93 if '-l rus' in ' '.join(arguments) else 50")
    read(scan_of(["x" * 30], tmp_path / "scan.pdf"))
    assert languages_asked(stand_in) == ["eng+fra", "rus", "rus"]


def test_pages_on_their_side_are_turned_where_there_is_data_for_it(
    stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = scan_of([SENTENCE], tmp_path / "scan.pdf", also=SENTENCE)
    stand_in.install()
    read(path)
    assert "--psm 1" in stand_in.calls[-1]
    (tmp_path / "other").mkdir()
    plain = StandIn(tmp_path / "other", monkeypatch)
    plain.install(languages="eng")
    read(path)
    assert "--psm 3" in plain.calls[-1]


def test_a_page_read_upside_down_is_read_again(stand_in: StandIn, tmp_path: Path) -> None:
    stand_in.install(behaviour="sure = 40 if '--psm 1' in ' '.join(arguments) else 90")
    read(scan_of([SENTENCE], tmp_path / "scan.pdf", also=SENTENCE))
    assert [call.split("--psm ")[1].split()[0] for call in stand_in.calls] == ["1", "3"]


def test_the_time_that_tesseract_takes_does_not_count(stand_in: StandIn, tmp_path: Path) -> None:
    stand_in.install(behaviour="time.sleep(1)")
    granted: list[float] = []
    read(scan_of([SENTENCE], tmp_path / "scan.pdf", also=SENTENCE), more_time=granted.append)
    assert max(granted) == tesseract.SECONDS_PER_PAGE
    assert 1 < sum(granted) < tesseract.SECONDS_PER_PAGE


def test_pictures_without_words_are_named(stand_in: StandIn, tmp_path: Path) -> None:
    stand_in.install(text="")
    document = read(scan_of([SENTENCE], tmp_path / "scan.pdf", also=SENTENCE))
    assert document.pages_needing_ocr == ()
    assert document.text == SENTENCE
    assert any("no text in the picture of page 1" in note for note in document.notes)


@pytest.mark.parametrize(
    "behaviour", ["sys.exit(1)", "import os; os.abort()", "time.sleep(60)", "print('no table'); sys.exit(0)"]
)
def test_tesseract_that_fails(
    stand_in: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, behaviour: str
) -> None:
    monkeypatch.setattr(tesseract, "SECONDS_PER_PAGE", 1)
    stand_in.install(behaviour=behaviour)
    document = read(scan_of([SENTENCE], tmp_path / "scan.pdf", also=SENTENCE))
    assert document.text == SENTENCE
    assert document.notes


def test_never_and_always(stand_in: StandIn, tmp_path: Path) -> None:
    stand_in.install()
    path = scan_of(
        [SENTENCE],
        tmp_path / "scan.pdf",
        also="A page of real text about the trees that line the streets of the old town and its parks.",
    )
    unread = read(path, ocr="never")
    assert unread.pages_needing_ocr == (1,)
    assert stand_in.calls == []
    everything = read(path, ocr="always")
    assert [page.reader for page in everything.pages] == ["ocr", "ocr"]


def test_data_of_the_language_is_missing(stand_in: StandIn, tmp_path: Path) -> None:
    stand_in.install(languages="rus")
    path = scan_of([SENTENCE], tmp_path / "scan.pdf", also=SENTENCE)
    assert read(path).pages_needing_ocr == (1,)
    with pytest.raises(OcrUnavailable, match="lacks the data") as caught:
        read(path, ocr="always")
    assert "tesseract-ocr-eng" in caught.value.remedy


def test_a_pdf_that_cannot_be_drawn_loses_nothing_else(stand_in: StandIn) -> None:
    stand_in.install()
    assert ocr.recognise(Path("a.pdf"), b"%PDF-1.4", [1], languages=["en"]) == {}


@pytest.mark.parametrize("box", ["[0 0 0 0]", "[0 0 1e38 1e38]", "[0 0 0.001 0.001]", "[0 0 200000 20]"])
def test_pages_of_absurd_size_are_left_out_or_drawn(stand_in: StandIn, tmp_path: Path, box: str) -> None:
    stand_in.install()
    path = tmp_path / "a.pdf"
    path.write_bytes(hostile_pdfs.one_page(hostile_pdfs.PAGE.replace("[0 0 595 842]", box)))
    assert read(path, ocr="always").text


def test_a_page_that_cannot_be_loaded_does_not_lose_the_others(stand_in: StandIn, tmp_path: Path) -> None:
    stand_in.install()
    path = tmp_path / "a.pdf"
    path.write_bytes(
        hostile_pdfs.one_page(pages="<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>", more=["(no page)"])
    )
    document = read(path)
    assert hostile_pdfs.SENTENCE.strip() in document.text


def test_words_become_blocks() -> None:
    lines = [
        [
            word(text, (200 + 120 * at, 200), paragraph=1, height=80)
            for at, text in enumerate(("Urban", "transport"))
        ],
        [
            word(text, (200 + 120 * at, 400), paragraph=2, line=1)
            for at, text in enumerate(("More", "bus", "lanes", "con-"))
        ],
        [
            word(text, (200 + 120 * at, 450), paragraph=2, line=2)
            for at, text in enumerate(("nect", "the", "towns."))
        ],
        [word(text, (200 + 120 * at, 500), paragraph=3) for at, text in enumerate(("•", "safer", "paths"))],
        [
            word(text, (200 + 120 * at, 550), paragraph=3, line=2)
            for at, text in enumerate(("•", "more", "trees"))
        ],
        [word("connect", (200, 600), paragraph=4)],
        [word("~~", (200, 700), paragraph=5)],
        [word("sEaL", (200, 800), paragraph=6, sure=12)],
        [
            word(text, (200 + 120 * at, 3100), paragraph=8)
            for at, text in enumerate(("7", "Office", "of", "Maps"))
        ],
        [word(text, (1200, 3400), paragraph=7) for text in ("Page", "7")],
    ]
    blocks = word_blocks([word for line in lines for word in line], 3, scale=0.24, height=842)
    assert [(block.kind, block.text) for block in blocks] == [
        ("heading", "Urban transport"),
        ("paragraph", "More bus lanes connect the towns."),
        ("list_item", "safer paths"),
        ("list_item", "more trees"),
        ("paragraph", "connect"),
        ("footnote", "7 Office of Maps"),
    ]
    assert {block.page for block in blocks} == {3}


def test_chinese_has_no_spaces() -> None:
    (block,) = word_blocks([word("城市", (0, 100)), word("交通", (120, 100))], 1, scale=0.24, height=842)
    assert block.text == "城市交通"


@pytest.mark.skipif(not HAS_TESSERACT, reason="Tesseract is not installed")
@pytest.mark.parametrize("text", [SENTENCE, FRENCH])
def test_tesseract_itself(tmp_path: Path, text: str) -> None:
    language = "fr" if text is FRENCH else "en"
    if language not in ocr.tesseract_languages():
        pytest.skip("Tesseract lacks the data of the language")
    document = read(scan_of([text], tmp_path / "scan.pdf", also=text))
    first, second = (page.blocks[0].text.lower() for page in document.pages)
    assert set(first.split()) == set(second.split())


def picture_of(sample: Path, number: int, height: float, path: Path) -> Path:
    """A PDF of one page: the picture of the top of a page of a sample, as many points high."""
    scale = 250 / 72
    with pypdfium2.PdfDocument(sample) as document:
        whole = document[number - 1].render(scale=scale, grayscale=True).to_pil()
    picture = whole.crop((0, 0, whole.width, round(height * scale)))
    scan = FPDF(unit="pt", format=(picture.width / scale, picture.height / scale))
    scan.set_margin(0)
    scan.add_page()
    scan.image(picture, x=0, y=0, w=scan.w, h=scan.h)
    path.write_bytes(bytes(scan.output()))
    return path


def top_of(page: Page, characters: int) -> tuple[Block, ...]:
    """The first blocks of a page with so many characters."""
    so_far = list(accumulate(len(block.text) for block in page.blocks))
    return page.blocks[: 1 + bisect_left(so_far, characters)]


def pieces(text: str) -> Counter[str]:
    """Words, or characters where Chinese writes no spaces between them."""
    return Counter(
        re.findall(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+", unicodedata.normalize("NFKC", text).casefold())
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("en", "tamberland-ndc-update-en.pdf"),
        ("fr", "solmirie-cdn-revisee-fr.pdf"),
        ("es", "islas-brisal-cdn-2025-es.pdf"),
        ("ru", "lugaria-onuv-ru.pdf"),
        ("ar", "rimalia-ndc2-ar.pdf"),
        ("zh", "lanting-ndc-zh.pdf"),
    ],
)
def test_a_scanned_page_in_each_language(tmp_path: Path, language: str, name: str) -> None:
    if language not in ocr.tesseract_languages():
        pytest.skip("Tesseract, or its data of the language, is not installed")
    written = read(SAMPLES / name)
    lengths = {page.number: sum(len(block.text) for block in page.blocks) for page in written.pages}
    enough = max(lengths.values()) // 6  # recognition takes as long as there is text
    page = next(page for page in written.pages if lengths[page.number] >= 2 * enough)
    top = top_of(page, enough)
    bottom = max(block.bbox[3] for block in top if block.bbox) + 5
    scanned = read(picture_of(SAMPLES / name, page.number or 1, bottom, tmp_path / "scan.pdf"))
    assert [page.reader for page in scanned.pages] == ["ocr"]
    assert scanned.language == language
    wanted, found = pieces("\n".join(block.text for block in top)), pieces(scanned.text)
    both = (wanted & found).total()
    assert 2 * both / (wanted.total() + found.total()) > 0.85


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a program with its parent")
def test_tesseract_ends_with_the_process_that_waits_for_it(tmp_path: Path) -> None:
    command = ["/bin/sh", "-c", f"echo $$ > {tmp_path / 'pid'}; exec sleep 60"]
    program = f"from ndc_urban.reading.ocr import tesseract; tesseract._run({command}, b'', 60)"
    with subprocess.Popen([sys.executable, "-c", program]) as waiting:
        started = _pid(tmp_path / "pid")
        waiting.kill()
    deadline = time.monotonic() + 60
    while _runs(started) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(started)


def _pid(path: Path) -> int:
    """The process number that a program has written, once it is there."""
    deadline = time.monotonic() + 60
    while not (path.is_file() and path.read_text().strip()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return int(path.read_text())


def _runs(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"
