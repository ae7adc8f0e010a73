"""Text that lies under something, is clipped away or too small is not read; text that anybody sees always is."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hostile_pdfs import PAGE, RESOURCES, one_page, stream

from ndc_urban.reading.pdf.pages import read_pdf

TOWN = "The town plants trees along its streets so that people can walk in the shade."
OTHER = "Words on trams for the capital"
WITH_FORM = PAGE.replace("/Font", "/XObject << /X 6 0 R >> /Font")
WITH_STATE = PAGE.replace("/Font", "/ExtGState << /G 6 0 R >> /Font")
BOX = "30 590 300 30 re f"
GROUND = f"q 0.8 g {BOX} Q "


def line(text: str, x: float = 40, y: float = 600, size: float = 11) -> str:
    return f"BT /F1 {size} Tf {x} {y} Td ({text}) Tj ET "


def text_of(content: str, page: str = PAGE, more: tuple[bytes | str, ...] = ()) -> str:
    data = one_page(page, line(TOWN, y=780) + content, more=more)
    return " ".join(block.text for each in read_pdf(Path("written.pdf"), data) for block in each.blocks)


def picture(shade: Callable[[int, int], int]) -> bytes:
    rows = b"".join(bytes(shade(column, row) for column in range(60)) for row in range(20))
    form = "/Type /XObject /Subtype /Image /Width 60 /Height 20 /ColorSpace /DeviceGray /BitsPerComponent 8"
    return stream(zlib.compress(rows), f"{form} /Filter /FlateDecode")


def form(content: str, box: str) -> bytes:
    return stream(content, f"/Type /XObject /Subtype /Form /BBox [{box}] {RESOURCES}")


@pytest.mark.parametrize(
    "content",
    [
        f"{line(OTHER)} q 1 g {BOX} Q",
        f"{line(OTHER)} q 0 g {BOX} Q",
        f"{line(OTHER)} q 0.9 g 30 590 m 330 590 l 340 590 340 600 340 600 c 340 620 l 30 620 l h f Q",
        f"0 0 1 rg {BOX} {line(OTHER)}",
        f"0.2 0.3 0.6 rg {BOX} 1 g 35 595 290 20 re f {line(OTHER)}",
        f"q 300 300 10 10 re W n {line(OTHER)} Q",
        f"q 0 0 0 0 re W n {line(OTHER)} Q",
        f"q 30 590 300 30 re W n 300 300 10 10 re W n {line(OTHER)} Q",
        line(OTHER, size=0.5),
        f"q 0.04 0 0 0.04 0 0 cm {line(OTHER, x=1000, y=15000)} Q",
    ],
)
def test_text_that_nobody_sees_is_not_read(content: str) -> None:
    assert text_of(content) == TOWN


@pytest.mark.parametrize(
    "content",
    [
        f"{GROUND}{line(OTHER)}",
        f"{line(OTHER)} q 1 g 30 604 300 30 re f Q",
        f"{line(OTHER)} q 1 g 30 640 300 30 re f Q",
        f"q 30 590 300 30 re W n {line(OTHER)} Q",
        f"0.2 0.3 0.6 rg {BOX} 1 g {line(OTHER)}",
        f"1 g 0 0 595 842 re f 0 g {line(TOWN, y=780)} {line(OTHER)}",
        line(OTHER, size=2),
    ],
)
def test_text_beside_boxes_and_on_them_is_read(content: str) -> None:
    assert text_of(content) == f"{TOWN} {OTHER}"


@pytest.mark.parametrize("state", ["/ca 0.3", "/BM /Multiply"])
def test_marked_text_is_read(state: str) -> None:
    content = f"{line(OTHER)} q /G gs 1 1 0 rg {BOX} Q"
    assert text_of(content, WITH_STATE, (f"<< /Type /ExtGState {state} >>",)) == f"{TOWN} {OTHER}"


def test_fully_transparent_text_is_not_read() -> None:
    content = f"{GROUND} q /G gs 0 g {line(OTHER)} Q"
    assert text_of(content, WITH_STATE, ("<< /Type /ExtGState /ca 0 >>",)) == TOWN


@pytest.mark.parametrize(
    ("shade", "seen"),
    [
        (lambda column, row: 200, False),
        (lambda column, row: (column * 7 + row * row * 13) % 256, False),
        (lambda column, row: 20 if 6 < row < 12 and column % 3 == 0 else 250, True),
    ],
    ids=["flat", "photograph", "print"],
)
def test_text_under_a_picture_is_read_where_that_shows_print(
    shade: Callable[[int, int], int], seen: bool
) -> None:
    content = f"{line(OTHER)} q 300 0 0 30 30 590 cm /X Do Q"
    assert text_of(content, WITH_FORM, (picture(shade),)) == (f"{TOWN} {OTHER}" if seen else TOWN)


def test_text_under_the_picture_of_a_whole_page_was_recognised_on_it() -> None:
    content = f"{line(OTHER)} q 595 0 0 842 0 0 cm /X Do Q"
    assert text_of(content, WITH_FORM, (picture(lambda column, row: 250),)) == f"{TOWN} {OTHER}"


def test_the_text_on_a_box_is_read_and_not_the_one_under_it() -> None:
    content = f"{line(OTHER)} q 1 g {BOX} Q {line('New text of the plan')}"
    assert text_of(content) == f"{TOWN} New text of the plan"


def test_a_word_under_a_bar_is_left_out_of_its_line() -> None:
    content = f"{line('The plan of SECRET towns is open')} q 0 g 98 597 49 14 re f Q"
    assert text_of(content) == f"{TOWN} The plan of towns is open"


@pytest.mark.parametrize(
    ("content", "inside", "box", "seen"),
    [
        ("/X Do", line(OTHER), "0 500 500 700", True),
        ("/X Do", line(OTHER), "0 0 100 100", False),
        (f"{line(OTHER)} /X Do", f"1 g {BOX}", "0 500 500 700", False),
        (f"/X Do 1 g {BOX}", line(OTHER), "0 500 500 700", False),
        (f"q 1 g {BOX} Q /X Do", line(OTHER), "0 500 500 700", True),
    ],
)
def test_forms_are_drawn_in_their_place(content: str, inside: str, box: str, seen: bool) -> None:
    assert text_of(content, WITH_FORM, (form(inside, box),)) == (f"{TOWN} {OTHER}" if seen else TOWN)


@pytest.mark.parametrize("entry", ["/Rotate 90", "/CropBox [20 100 575 800]"])
def test_turned_and_cropped_pages_are_looked_at_as_they_are_shown(entry: str) -> None:
    page = PAGE.replace("/Contents", f"{entry} /Contents")
    assert text_of(f"{line(OTHER)} q 1 g {BOX} Q", page) == TOWN
    assert text_of(f"q 0.8 g {BOX} Q {line(OTHER)}", page) == f"{TOWN} {OTHER}"


def test_a_small_page_may_have_small_print() -> None:
    page = PAGE.replace("595 842", "59 84")
    content = f"q 0.06 0 0 0.06 0 0 cm {line(TOWN, y=1200)} {line(OTHER, y=900)} Q"
    data = one_page(page, content)
    assert [block.text for each in read_pdf(Path("written.pdf"), data) for block in each.blocks] == [
        TOWN,
        OTHER,
    ]


def test_a_bullet_that_is_clipped_away_still_begins_its_item() -> None:
    content = f"{line(TOWN, y=780)} q 300 300 10 10 re W n {line('-', x=30)} Q {line(OTHER)}"
    (page,) = read_pdf(Path("written.pdf"), one_page(content=content))
    assert [block.kind for block in page.blocks] == ["paragraph", "list_item"]


@pytest.mark.parametrize(
    "first",
    [
        f"q 300 300 10 10 re W n {line(OTHER)} Q",
        f"{line(OTHER)} q 1 g {BOX} Q",
        f"q 3 Tr {line(OTHER)} Q",
        f"1 g {line(OTHER)} 0 g",
    ],
    ids=["clipped", "covered", "invisible", "white"],
)
def test_text_that_is_printed_again_where_it_was_hidden_is_read(first: str) -> None:
    assert text_of(f"{first} {line(OTHER)}") == f"{TOWN} {OTHER}"


ENTRY = "/Span << /ActualText ({}) >> BDC {} EMC"


@pytest.mark.parametrize(
    "entry", ["Completely other words of no worth", " ", "No", "Las ciudades construyen"]
)
def test_letters_are_read_where_another_text_is_given_for_them(entry: str) -> None:
    shown = line("Buses for every city") + line("and other towns", y=585)
    assert text_of(ENTRY.format(entry, shown)) == f"{TOWN} Buses for every city and other towns"


def test_the_text_given_for_letters_that_are_no_words_is_read() -> None:
    assert text_of(ENTRY.format(OTHER, line("Xqzv wkkj vvq pzzx qqw"))) == f"{TOWN} {OTHER}"
