"""What a page shows is what is read: no letter lost or doubled, nothing read that nobody sees."""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hostile_pdfs import CATALOGUE, DESCENDANT, FONT, PAGE, one_page, pdf, stream
from hypothesis import given, settings
from hypothesis import strategies as st

from ndc_urban.errors import DynamicForm, NeedsOcr, Portfolio
from ndc_urban.reading import read
from ndc_urban.reading.pdf.accents import with_joined_accents
from ndc_urban.reading.pdf.glyphs import Glyphs, put_together
from ndc_urban.reading.pdf.lines import pieces_of
from ndc_urban.reading.pdf.lost_ligatures import LostLigatures
from ndc_urban.reading.pdf.overprint import without_copies
from ndc_urban.reading.pdf.pages import read_pdf
from ndc_urban.reading.pdf.sizes import with_true_sizes
from ndc_urban.reading.pdf.unknown_glyphs import Repairs

NAME = Path("written.pdf")
TOWN = "The town plants trees along its streets so that people can walk in the shade."
WIDTHS = f"/FirstChar 0 /LastChar 255 /Widths [{'500 ' * 256}]"
WORDS = st.lists(st.text("aefilmnost", min_size=1, max_size=9), min_size=1, max_size=8)


def text_of(data: bytes) -> str:
    return " ".join(block.text for page in read_pdf(NAME, data) for block in page.blocks)


def mapped_font(codes: dict[int, str]) -> tuple[str, bytes]:
    """A font, and the stream at object 6 that maps its codes to characters."""
    entries = "".join(f"<{code:02x}> <{text.encode('utf-16-be').hex()}> " for code, text in codes.items())
    ranges = "1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfrange <20> <7E> <0020> endbfrange"
    table = f"{ranges} {len(codes)} beginbfchar {entries} endbfchar"
    font = f"<< /Type /Font /Subtype /TrueType /BaseFont /Some {WIDTHS} /Encoding /WinAnsiEncoding /ToUnicode 6 0 R >>"
    return font, stream(f"begincmap {table} endcmap")


def with_glyphs(text: str, codes: dict[str, tuple[int, str]]) -> bytes:
    """A page whose text has single glyphs for the keys of `codes`, each with its code and the character it maps to."""
    shown = text.replace("\n", ") Tj T* (")
    for letters, (code, _) in codes.items():
        shown = shown.replace(letters, f"\\{code:03o}")
    font, table = mapped_font(dict(codes.values()))
    return one_page(content=f"BT /F1 11 Tf 15 TL 40 780 Td ({shown}) Tj ET", font=font, more=[table])


@settings(max_examples=30, deadline=None)
@given(WORDS)
def test_ligatures_keep_all_their_letters(words: list[str]) -> None:
    text = " ".join(["waste", *words, "waste"])
    codes = {name: (0x80 + at, name) for at, name in enumerate(("ffi", "ff", "fi", "tt", "ti"))}
    assert text_of(with_glyphs(text, codes)) == text


def glyphs_of(text: str, *, x: float = 50, y: float = 100, size: float = 10, turn: int = 0) -> Glyphs:
    """Glyphs half an em wide, one after the other, to the right or (with a turn of 3) upwards."""
    count = len(text)
    along = x + np.arange(count) * size / 2
    level = np.full(count, y)
    sides = (along, level - size, along + size / 2, level)
    if turn % 2:
        sides = (level - size, along, level, along + size / 2)
    return Glyphs(
        list(text),
        np.stack(sides, axis=1),
        level,
        np.full(count, size),
        np.zeros(count, dtype=np.bool_),
        np.full(count, turn, dtype=np.int64),
    )


@given(st.text("ablt ", min_size=1, max_size=60), st.integers(0, 3), st.sampled_from([2.0, 10.0, 60.0]))
def test_no_neighbour_is_taken_for_a_copy(text: str, turn: int, size: float) -> None:
    line = glyphs_of(text, turn=turn)
    assert without_copies(replace(line, size=np.full(len(line), size))).text == list(text)


@given(
    st.lists(st.text("ablt", min_size=1, max_size=8), min_size=1, max_size=8),
    st.integers(0, 3),
    st.sampled_from([(0.3, 0.0), (0.9, 0.9), (0.0, 1.2)]),
)
def test_what_is_printed_twice_is_read_once(words: list[str], turn: int, moved: tuple[float, float]) -> None:
    text = " ".join(words)
    line = glyphs_of(text, turn=turn)
    along, across = moved[::-1] if turn % 2 else moved
    again = replace(line, box=line.box + np.array([along, across] * 2), baseline=line.baseline + moved[1])
    once = without_copies(put_together([line, again]))
    assert "".join(once.text).split() == words


def test_letters_of_other_text_in_the_same_place_are_kept() -> None:
    one, other = glyphs_of("trams and trees"), glyphs_of("draft of a note", y=100.5)
    assert without_copies(put_together([one, other])).text == [*one.text, *other.text]


def test_spaces_between_letters_printed_twice_in_turn() -> None:
    line = glyphs_of("bus lanes")
    again = replace(line, box=line.box + np.array([0.3, 0, 0.3, 0]))
    both = put_together([line, again]).take(np.arange(18).reshape(2, 9).T.ravel())
    once = without_copies(both)
    assert [piece.text for piece in pieces_of(once, np.full(len(once), -1))] == ["bus lanes"]


@given(st.sampled_from([0.02, 5.0, 10.0, 100.0]))
def test_sizes_come_from_the_boxes_where_the_font_disagrees(factor: float) -> None:
    line = glyphs_of("several letters that stand on a line")
    glyphs, narrow = with_true_sizes(replace(line, size=line.size * factor))
    assert glyphs.size[0] == pytest.approx(10)
    assert narrow == (factor > 1)
    assert with_true_sizes(line) == (line, False)


@pytest.mark.parametrize("reader", ["auto", "pdfplumber"])
@pytest.mark.parametrize(("matrix", "size"), [(0.001, 10), (0.0001, 100), (0.01, 1)])
def test_type_3_fonts_of_any_matrix(matrix: float, size: float, reader: str) -> None:
    letters = sorted(set("all settlements"))
    names = " ".join(f"{ord(letter)} /{'space' if letter == ' ' else letter}" for letter in letters)
    procs = " ".join(f"/{'space' if letter == ' ' else letter} 6 0 R" for letter in letters)
    width = 500  # five points at every size
    font = (
        f"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 {width} {width}] /FontMatrix [{matrix} 0 0 {matrix} 0 0]"
        f" /FirstChar 32 /LastChar 126 /Widths [{f'{width} ' * 95}] /Encoding << /Differences [{names}] >>"
        f" /CharProcs << {procs} >> /Resources << >> >>"
    )
    proc = stream(f"{width} 0 0 0 {width} {width} d1 0 0 {width * 0.8} {width} re f")
    text = "all settlements " * 4
    data = one_page(content=f"BT /F1 {size} Tf 40 780 Td ({text}) Tj ET", font=font, more=[proc])
    pages = read_pdf(NAME, data, reader=reader)  # type: ignore[arg-type]
    assert " ".join(block.text for page in pages for block in page.blocks) == text.strip()


def test_a_recognised_layer_over_the_text_is_not_read() -> None:
    again = TOWN.replace("trees", "trccs")
    content = (
        f"BT /F1 11 Tf 40 780 Td ({TOWN}) Tj 0 -30 Td (Buses run at night.) Tj ET "
        f"BT 3 Tr /F1 10.7 Tf 101 Tz 41 779 Td ({again}) Tj ET"
    )
    text = text_of(one_page(content=content))
    assert TOWN in text and "trccs" not in text and text.count("shade") == 1


@pytest.mark.parametrize(
    "character",
    ["5", ")", "\u0000", "\u0002", "\u0001", "\u019f", "\ufffd", "\ue019", "\U0010e019", "\u03b8"],
)
def test_ligatures_without_a_character_are_recognised_by_their_words(character: str) -> None:
    text = "Cities and municipalities build stations.\nOther cities plan for communities and sanitation (1) by a/b 2nd."
    assert text_of(with_glyphs(text, {"ti": (0x80, character)})) == text.replace("\n", " ")


@pytest.mark.parametrize("character", [" ", "\u00a0", "\u201e", "\u201d", "\u2019", "\u00bd"])
@pytest.mark.parametrize("ligature", ["ti", "tt"])
def test_ligatures_that_are_spaces_or_quotation_marks_are_recognised(character: str, ligature: str) -> None:
    text = (
        "Cities and municipalities build stations.\nThe institutions of other cities plan for sanitation: the "
        'country\'s "settlements"\nattract better buses, committed to cutting and battery power. It is cold in all.'
    )
    assert text_of(with_glyphs(text, {ligature: (0x80, character)})) == text.replace("\n", " ")


@given(st.lists(st.sampled_from("in all a n sanita on de ne the city plans".split()), max_size=9))
def test_two_words_that_make_another_by_chance_stay_apart(words: list[str]) -> None:
    text = " ".join(words)
    lost = LostLigatures([text])
    assert not lost and lost.settled(text) == text


def test_quotation_marks_and_apostrophes_stay() -> None:
    text = (
        "l’énergie d’eau «ville» „stadt“ the city’s “plan” and the countries’ towns’growth in ‘cities’ 5m²of"
    )
    assert Repairs([text] * 9).settled(text) == text


def test_a_control_character_at_the_end_of_a_word_is_a_letter_where_it_is_one_inside() -> None:
    text = "Staff of efficient offices: different efforts afford what effects are off"
    assert text_of(with_glyphs(text, {"ff": (0x80, "\u0003")})) == text


@pytest.mark.parametrize("character", ["\u0000", "\u0002", "$"])
def test_a_ligature_that_begins_a_word_is_the_one_inside_other_words(character: str) -> None:
    text = (
        "Fields of finance: specific and scientific, the first and official figures, significant, defined and"
    )
    text = f"{text}\nidentified, and five benefits (the rest is $100)."
    assert text_of(with_glyphs(text, {"fi": (0x80, character)})) == text.replace("\n", " ")


def test_hyphens_at_the_ends_of_lines_are_no_glyphs_without_a_character() -> None:
    text = "The municipality plans. The municipal-\nity and the sub-\nurban lines: officials"
    codes = {"ffi": (0x80, "\u0000")}
    assert "The municipality plans. The municipality and the suburban lines" in text_of(
        with_glyphs(text, codes)
    )


def test_one_font_may_have_two_ligatures_without_a_character() -> None:
    text = "Settlements of all cities, better sanitation and communities."
    codes = {"tt": (0x80, "\ufffd"), "ti": (0x81, "\ufffd")}
    assert text_of(with_glyphs(text, codes)) == text


def test_what_no_word_explains_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "holes.pdf"
    path.write_bytes(
        with_glyphs("xqzq vwzv kqzj are no words at all of any language.", {"z": (0x80, "\ue019")})
    )
    document = read(path, ocr="never")
    assert any("3 words on page 1" in note for note in document.notes)
    assert "xq\ufffdq" in document.pages[0].blocks[0].text


@given(st.text("abkr", min_size=1, max_size=20))
def test_repairs_change_no_sound_text(text: str) -> None:
    foreign = f"{text} Şəhər łódź Đặng naïve CO₂ 10 µg Δt"
    assert Repairs([foreign]).settled(foreign) == foreign


@pytest.mark.parametrize(
    ("letter", "accent", "whole"), [("e", "´", "é"), ("ı", "¨", "ï"), ("n", "\u0303", "ñ")]
)
@pytest.mark.parametrize("first", [True, False])
def test_accents_of_their_own_join_their_letter(letter: str, accent: str, whole: str, first: bool) -> None:
    line = glyphs_of(f"caf{letter}s")
    mark = replace(glyphs_of(accent, x=65.5), box=np.array([[65.5, 88.0, 69.5, 98.0]]))
    at = 3 if first else 4
    parts = [line.take(np.arange(at)), mark, line.take(np.arange(at, 5))]
    assert "".join(with_joined_accents(put_together(parts)).text) == f"caf{whole}s"


def test_an_accent_in_the_text_of_a_glyph_joins_its_letter() -> None:
    assert (
        text_of(with_glyphs("villes et r\u00e9seaux", {"\u00e9": (0x80, "e\u0301")}))
        == "villes et r\u00e9seaux"
    )


def form(annotations: list[str], more: list[str | bytes], catalogue: str = "") -> bytes:
    """A page with annotations from object 6 on, and further objects behind them."""
    numbers = " ".join(f"{6 + at} 0 R" for at in range(len(annotations)))
    page = PAGE.replace("/Contents", f"/Annots [{numbers}] /Contents")
    root = CATALOGUE.replace(">>", f"/AcroForm << /Fields [{numbers}] {catalogue} >> >>")
    return one_page(
        page, f"BT /F1 11 Tf 40 780 Td ({TOWN}) Tj ET", more=[*annotations, *more], catalogue=root
    )


FIELD = "/Type /Annot /Subtype /Widget /FT /Tx /F 4 /Rect [40 700 500 720] /DA (/F1 10 Tf 0 g)"


@pytest.mark.parametrize("reader", ["pdfium", "pdfplumber"])
def test_filled_fields_and_text_annotations_are_read(reader: str) -> None:
    look = stream(
        "/Tx BMC BT /F1 10 Tf 2 5 Td (Trams for the capital) Tj ET EMC",
        "/Type /XObject /Subtype /Form /BBox [0 0 460 20] /Resources << /Font << /F1 5 0 R >> >>",
    )
    free = "/Type /Annot /Subtype /FreeText /F 4 /DA (/F1 10 Tf 0 g)"
    annotations = [
        f"<< {FIELD} /T (a) /V (Trams for the capital) /AP << /N 11 0 R >> >>",
        f"<< {FIELD.replace('700 500 720', '600 500 620')} /T (b) /V (Drains for all towns) >>",
        f"<< {FIELD.replace('700 500 720', '500 500 520').replace('/F 4', '/F 2')} /T (c) /V (Nobody sees this) >>",
        f"<< {free} /Rect [40 400 500 420] /Contents (Parks for children) >>",
        "<< /Type /Annot /Subtype /Widget /FT /Btn /F 4 /Rect [40 300 60 320] /T (d) /V /Public#20transport"
        " /AS /Public#20transport /AP << /N << /Public#20transport 11 0 R /Off 11 0 R >> >> >>",
    ]
    pages = read_pdf(NAME, form(annotations, [look]), reader=reader)  # type: ignore[arg-type]
    text = " ".join(block.text for block in pages[0].blocks)
    assert text == f"{TOWN} Trams for the capital Drains for all towns Parks for children Public transport"


def test_the_label_of_a_choice_and_rich_text_are_read() -> None:
    choice = FIELD.replace("/FT /Tx", "/FT /Ch /Ff 131072")
    rich = "<body><p>Bus lanes &amp; parks</p><p>for all</p></body>"
    annotations = [
        f"<< {choice} /T (c) /V (v2) /Opt [[(v1) (Nothing)] [(v2) (Trams for towns)]] >>",
        f"<< /Type /Annot /Subtype /FreeText /F 4 /DA (/F1 10 Tf) /Rect [40 400 500 440] /RC ({rich}) >>",
    ]
    assert text_of(form(annotations, [])) == f"{TOWN} Trams for towns Bus lanes & parks for all"


def test_a_dynamic_form_says_what_to_do() -> None:
    words = "BT /F1 11 Tf 40 780 Td (Please wait... If this message is not eventually replaced) Tj ET"
    root = CATALOGUE.replace(">>", "/NeedsRendering true /AcroForm << /Fields [] /XFA 6 0 R >> >>")
    with pytest.raises(DynamicForm) as caught:
        read_pdf(NAME, one_page(content=words, catalogue=root, more=[stream("<xdp/>")]))
    assert "print it to a new PDF" in caught.value.remedy


def test_a_portfolio_names_its_documents() -> None:
    names = "/Collection << /View /D >> /Names << /EmbeddedFiles << /Names [(plan.pdf) 6 0 R] >> >> >>"
    spec = "<< /Type /Filespec /F (plan.pdf) /UF (plan.pdf) /EF << /F 7 0 R >> >>"
    more = [spec, stream("%PDF-1.7", "/Type /EmbeddedFile")]
    with pytest.raises(Portfolio, match=r"plan\.pdf"):
        read_pdf(NAME, one_page(catalogue=CATALOGUE.replace(">>", names), more=more))


PLAN = "<< /Type /Filespec /F (plan.pdf) /UF (plan.pdf) /EF << /F 7 0 R >> >>"
PINNED = "<< /Type /Annot /Subtype /FileAttachment /F 4 /Rect [40 600 60 620] /FS 6 0 R >>"


@pytest.mark.parametrize("pinned", [True, False])
def test_files_enclosed_in_a_document_are_named(pinned: bool, tmp_path: Path) -> None:
    names = "/Names << /EmbeddedFiles << /Names [(plan.pdf) 6 0 R] >> >> >>"
    path = tmp_path / "enclosing.pdf"
    more = [PLAN, stream("%PDF-1.7", "/Type /EmbeddedFile"), PINNED]
    path.write_bytes(
        one_page(PAGE.replace("/Contents", "/Annots [8 0 R] /Contents"), more=more)
        if pinned
        else one_page(catalogue=CATALOGUE.replace(">>", names), more=more)
    )
    (note,) = read(path, ocr="never").notes
    assert "plan.pdf" in note


@pytest.mark.parametrize("reader", ["pdfium", "pdfplumber"])
def test_text_outside_of_the_crop_box_is_not_read(reader: str) -> None:
    page = PAGE.replace("/Contents", "/CropBox [0 200 595 842] /Contents")
    content = f"BT /F1 11 Tf 40 780 Td ({TOWN}) Tj 0 -700 Td (Marks of the printer) Tj ET"
    pages = read_pdf(NAME, one_page(page, content), reader=reader)  # type: ignore[arg-type]
    assert [block.text for block in pages[0].blocks] == [TOWN]


@pytest.mark.parametrize("reader", ["pdfium", "pdfplumber"])
@pytest.mark.parametrize("off", [True, False])
def test_text_on_a_layer_that_is_off_is_not_read(off: bool, reader: str) -> None:
    state = "/OFF [6 0 R]" if off else "/OFF []"
    root = CATALOGUE.replace(">>", f"/OCProperties << /OCGs [6 0 R] /D << {state} >> >> >>")
    page = PAGE.replace("/Font", "/Properties << /L 6 0 R >> /Font")
    content = (
        f"BT /F1 11 Tf 40 780 Td ({TOWN}) Tj ET /OC /L BDC BT /F1 11 Tf 40 779 Td (A note in draft) Tj ET EMC"
    )
    layer = "<< /Type /OCG /Name (Notes) >>"
    pages = read_pdf(NAME, one_page(page, content, catalogue=root, more=[layer]), reader=reader)  # type: ignore[arg-type]
    text = " ".join(block.text for block in pages[0].blocks)
    assert TOWN in text
    assert ("A note in draft" in text) != off


def test_text_on_a_layer_that_is_off_and_printed_again_is_read() -> None:
    root = CATALOGUE.replace(">>", "/OCProperties << /OCGs [6 0 R] /D << /OFF [6 0 R] >> >> >>")
    page = PAGE.replace("/Font", "/Properties << /L 6 0 R >> /Font")
    line = f"BT /F1 11 Tf 40 780 Td ({TOWN}) Tj ET"
    layer = "<< /Type /OCG /Name (Notes) >>"
    data = one_page(page, f"/OC /L BDC {line} EMC {line}", catalogue=root, more=[layer])
    assert text_of(data) == TOWN


@pytest.mark.parametrize("reader", ["pdfium", "pdfplumber"])
@pytest.mark.parametrize("size", [90, 13])
def test_a_watermark_does_not_stand_in_sentences(size: int, reader: str) -> None:
    lines = "BT /F1 11 Tf 15 TL 40 700 Td " + f"({TOWN}) Tj T* " * 20 + "ET"
    mark = f"q 0.8 g BT /F1 {size} Tf 0.7 0.7 -0.7 0.7 150 420 Tm (DRAFT) Tj ET Q "
    pages = read_pdf(NAME, one_page(content=mark + lines), reader=reader)  # type: ignore[arg-type]
    assert " ".join(block.text for block in pages[0].blocks) == " ".join([TOWN] * 20)


def test_words_aslant_that_cross_nothing_label_a_chart() -> None:
    label = "BT /F1 9 Tf 0.7 0.7 -0.7 0.7 150 300 Tm (Energy use) Tj ET"
    assert "Energy use" in text_of(one_page(content=f"BT /F1 11 Tf 40 700 Td ({TOWN}) Tj ET {label}"))


@pytest.mark.parametrize("ground", ["", "0.2 g 30 590 300 30 re f"])
def test_white_text_is_read_where_its_ground_is_dark(ground: str) -> None:
    white = f"{ground} 1 g BT /F1 11 Tf 40 600 Td (Trams and buses) Tj ET"
    text = text_of(one_page(content=f"BT /F1 11 Tf 40 700 Td ({TOWN}) Tj ET {white}"))
    assert text == (f"{TOWN} Trams and buses" if ground else TOWN)


def scanned(stamp: str) -> bytes:
    """Two pages that are pictures of print, with a line of live text."""
    rows = []
    for row in range(420):
        line = bytes(
            30 if row % 14 < 6 and (column // 3) % 2 and 30 < column < 270 else 250 for column in range(300)
        )
        rows.append(line)
    picture = stream(
        zlib.compress(b"".join(rows)),
        "/Type /XObject /Subtype /Image /Width 300 /Height 420 /ColorSpace /DeviceGray /BitsPerComponent 8"
        " /Filter /FlateDecode",
    )
    page = PAGE.replace("/Font", "/XObject << /X 6 0 R >> /Font")
    content = f"q 595 0 0 842 0 0 cm /X Do Q BT /F1 9 Tf 60 500 Td ({stamp}) Tj ET"
    return one_page(
        page, content, more=[picture, page], pages="<< /Type /Pages /Kids [3 0 R 7 0 R] /Count 2 >>"
    )


@pytest.mark.parametrize(
    "stamp", ["Received on 12 March 2021", f"Signed for the ministry, number 1734 of the year. {TOWN[:60]}"]
)
def test_a_scan_with_a_stamp_needs_recognition(stamp: str, tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(scanned(stamp))
    with pytest.raises(NeedsOcr) as caught:
        read(path, ocr="never")
    assert caught.value.pages == (1, 2)


def test_text_drawn_as_outlines_needs_recognition() -> None:
    letter = "{x} {y} m {a} {y} l {a} {b} l {x} {b} l {x} {c} l {d} {c} l {d} {y} l h f "
    shapes = "".join(
        letter.format(x=x, y=y, a=x + 5, b=y + 8, c=y + 4, d=x + 2)
        for y in range(100, 700, 20)
        for x in range(50, 500, 8)
    )
    data = one_page(content=shapes + "BT /F1 9 Tf 280 30 Td (Page 2) Tj ET")
    assert [page.needs_ocr for page in read_pdf(NAME, data)] == [True]


def test_the_writer_of_these_pages_writes_plain_text() -> None:
    content = f"BT /F1 11 Tf 40 780 Td ({TOWN}) Tj ET"
    page = f"{PAGE}"
    assert (
        text_of(pdf([CATALOGUE, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, stream(content), FONT]))
        == TOWN
    )


@pytest.mark.parametrize(("matrix", "turn"), [("0 1 -1 0", 90), ("0 -1 1 0", 0)])
def test_turned_text_that_is_written_vertically_has_a_baseline_for_each_word(matrix: str, turn: int) -> None:
    descriptor = (
        "<< /Type /FontDescriptor /FontName /Strange /Flags 4 /Ascent 800 /Descent -200"
        " /FontBBox [0 0 1000 1000] >>"
    )
    font = (
        "<< /Type /Font /Subtype /Type0 /BaseFont /Strange /Encoding /Identity-V /DescendantFonts [6 0 R]"
        " /ToUnicode 7 0 R >>"
    )
    table = (
        "begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange"
        " 1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap"
    )
    words = "העיר נוטעת עצים לאורך"
    content = f"BT /F1 11 Tf {matrix} 300 400 Tm <{words.encode('utf-16-be').hex()}> Tj ET"
    page = PAGE.replace("/MediaBox", f"/Rotate {turn} /MediaBox")
    more = [f"{DESCENDANT} /DW 600 /FontDescriptor {descriptor} >>", stream(table)]
    letters = text_of(one_page(page, content, font, more)).replace(" ", "")
    assert sorted(letters) == sorted(words.replace(" ", "")), "none is taken for a copy of another"
