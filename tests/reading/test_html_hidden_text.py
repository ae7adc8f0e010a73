"""Text that a page does not show is not read; what it shows of other files is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from ndc_urban.errors import NoText
from ndc_urban.reading import read
from ndc_urban.reading.html import read_html
from ndc_urban.reading.options import Reading


def reading_of(markup: str) -> Reading:
    return read_html(Path("plan.html"), markup.encode())


def text_of(markup: str) -> str:
    return " ".join(block.text for page in reading_of(markup).pages for block in page.blocks)


@pytest.mark.parametrize(
    "attributes",
    [
        "hidden",
        "hidden='until-found'",
        "style='display:none'",
        "style='color: red; DISPLAY : NONE !important'",
        "style='visibility:hidden'",
        "style='visibility: collapse'",
        "style='font-size:0'",
        "style='font-size: 0px'",
        "style='font-size:1px'",
        "style='opacity:0'",
        "style='color:transparent'",
        "style='position:absolute; left:-9999px'",
        "style='position:absolute; top:-100em'",
        "style='text-indent:-9999px'",
        "style='transform: scale(0)'",
        "style='clip-path:circle(0)'",
        "style='max-width:0; overflow:hidden'",
        "style='position:absolute; clip: rect(0, 0, 0, 0)'",
        "style='position:absolute; clip: rect(1px 1px 1px 1px)'",
        "style='height:0; overflow:hidden'",
        "style='max-height:0px;overflow:hidden'",
    ],
)
@pytest.mark.parametrize("tag", ["p", "div", "span"])
def test_hidden_elements_are_not_read(attributes: str, tag: str) -> None:
    reading = reading_of(f"<p>Trams</p><{tag} {attributes}>secret <b>words</b></{tag}> and buses<p>run.</p>")
    text = " ".join(block.text for block in reading.pages[0].blocks)
    assert text == "Trams and buses run."
    (note,) = reading.notes
    assert "11 characters" in note


@pytest.mark.parametrize(
    "attributes",
    [
        "aria-hidden='true'",
        "style='display:block'",
        "style='visibility:visible'",
        "style='font-size:10px'",
        "style='opacity:0.5'",
        "style='text-indent:-20px'",
        "style='position:absolute; left:-20px'",
        "style='height:0'",
        "hidden style='display:block'",
        "style='overflow:hidden; height:50px'",
    ],
)
def test_shown_elements_are_read(attributes: str) -> None:
    reading = reading_of(f"<p {attributes}>Trams</p>")
    assert reading.pages[0].blocks[0].text == "Trams"
    assert not reading.notes


@pytest.mark.parametrize("tag", ["noframes", "noscript", "template", "datalist", "dialog"])
def test_elements_that_are_never_shown(tag: str) -> None:
    assert text_of(f"<p>Trams</p><{tag}>secret</{tag}><p>run.</p>") == "Trams run."


@pytest.mark.parametrize(
    ("css", "text"),
    [
        (".a {display:none}", "2 3 4"),
        ("#b{ display : none }", "1 3 4"),
        ("p {display:none}", "4"),
        (".x, .a, #b {visibility:hidden}", "3 4"),
        ("div .c{display:none}", "1 2 4"),
        ("div > .c {display:none}", "1 2 4"),
        ("section > .c {display:none}", "1 2 3 4"),
        ("p.a.note {display:none}", "2 3 4"),
        ("p[lang=fr] {display:none}", "2 3 4"),
        (".a{display:none} .a.note{display:block}", "1 2 3 4"),
        (".a.note{display:block} .a{display:none}", "1 2 3 4"),
        (".a{display:none !important} .a.note{display:block}", "2 3 4"),
        ("/* .a{display:none} */ #b /* x */ {display:none}", "1 3 4"),
        ("@media print { .a {display:none} }", "1 2 3 4"),
        ("@media screen { .a {display:none} } #b{display:none}", "3 4"),
        ("@media (max-width: 600px) { .a {display:none} }", "1 2 3 4"),
        ("@import url(x.css); @font-face {font-family:x} .a {display:none}", "2 3 4"),
        ("@keyframes k { from {opacity:0} to {opacity:1} } .a {color:red}", "1 2 3 4"),
        (".a:hover {display:none} .a::before {display:none}", "1 2 3 4"),
        ("body {display:none} html {visibility:hidden}", "1 2 3 4"),
        (".a {display:none", "2 3 4"),
        ("}}{{ @media { ;;; : } .a", "1 2 3 4"),
    ],
)
def test_rules_of_the_page(css: str, text: str) -> None:
    body = "<p class='a note' lang=fr>1</p><p id=b>2</p><div><p class=c>3</p></div><span>4</span>"
    assert text_of(f"<html><head><style>{css}</style></head><body>{body}</body></html>") == text


def test_a_style_sheet_for_print_does_not_count() -> None:
    assert text_of("<style media=print>p{display:none}</style><p>Trams</p>") == "Trams"


def test_text_inside_may_show_again() -> None:
    assert (
        text_of("<div style='visibility:hidden'>no <p style='visibility:visible'>Trams</p></div>") == "Trams"
    )
    assert text_of("<div style='font-size:0'>no <p style='font-size:12pt'>Trams</p></div>") == "Trams"
    assert (
        text_of("<div style='display:none'>no <p style='display:block'>no</p></div><p>Trams</p>") == "Trams"
    )


def test_hidden_cells_and_rows_leave_the_table_whole() -> None:
    markup = (
        "<table><tr><td>Measure</td><td>Year</td></tr><tr style='display:none'><td>old</td><td>2020</td></tr>"
        "<tr><td>Trams</td><td style='display:none'>x</td><td>2030</td></tr></table>"
    )
    blocks = reading_of(markup).pages[0].blocks
    assert [block.cells for block in blocks] == [("Measure", "Year"), ("Trams", "2030")]


def test_forms_show_what_is_filled_in_and_chosen() -> None:
    markup = (
        "<p>Sector: <select><option>Energy<option selected>Transport</select> "
        "Measure: <input value='Trams'><input type=hidden value=secret><input type=submit value=Send></p>"
    )
    assert text_of(markup) == "Sector: Transport Measure: Trams"
    assert (
        text_of("<p>Plan<textarea>Trams</textarea><select><option>2030</select>now</p>")
        == "Plan Trams 2030 now"
    )
    assert text_of("<select multiple><option>Energy</option> <option>Transport</option></select>") == (
        "Energy Transport"
    )


def test_formulas_are_not_read_twice() -> None:
    formula = "<math><mi>x</mi><annotation encoding='application/x-tex'>x_{secret}</annotation></math>"
    assert text_of(f"<p>Let {formula} be</p>") == "Let x be"


def test_frames_are_named_in_a_note() -> None:
    reading = reading_of("<p>Plan</p><iframe src='annex.html'></iframe><object data='table.pdf'></object>")
    (note,) = reading.notes
    assert "annex.html, table.pdf" in note


def test_pictures_and_frames_without_a_file_are_not_named() -> None:
    markup = (
        "<p>Plan</p><iframe></iframe><iframe src='about:blank'></iframe><object data='a.svg'></object>"
        "<noscript><iframe src='https://count.example/ns.html'></iframe></noscript>"
        "<iframe src='hidden.html' style='display:none'></iframe><iframe src='count.html' width=0 height=0></iframe>"
    )
    assert not reading_of(markup).notes


def test_many_frames_make_a_short_note() -> None:
    frames = "".join(f"<iframe src='{'x' * 300}{number}.html'></iframe>" for number in range(50))
    (note,) = reading_of(f"<p>Plan</p>{frames}").notes
    assert "and 45 more" in note
    assert len(note) < 1000


def test_the_page_in_a_frame_is_read_where_it_stands() -> None:
    assert (
        text_of("<p>One.</p><iframe srcdoc='&lt;p&gt;Two.&lt;/p&gt;'></iframe><p>Three.</p>")
        == "One. Two. Three."
    )


def test_a_page_of_frames_fails_and_names_them(tmp_path: Path) -> None:
    path = tmp_path / "index.html"
    path.write_text(
        "<html><frameset cols='20%,80%'><frame src='menu.html'><frame src='plan.html'>"
        "<noframes><body><p>Your browser shows no frames.</p></body></noframes></frameset></html>"
    )
    with pytest.raises(NoText, match=r"menu\.html, plan\.html"):
        read(path)


def test_a_large_style_sheet_and_many_options_take_linear_time() -> None:
    rules = "".join(f".k{number} .x{{display:none}}" for number in range(20_000))
    options = "<option>a" * 20_000
    assert text_of(f"<style>{rules}</style><p class=x>Trams</p><select>{options}</select>") == "Trams a"


def test_the_text_of_drawings_is_read() -> None:
    drawing = (
        "<svg width='300' height='50'><title>Chart</title><style>.a{}</style><defs><text>Never</text></defs>"
        "<g><desc>Bars</desc><text y='10'>Trams for <tspan>all cities</tspan></text>"
        "<text y='30'>by 2035</text></g></svg>"
    )
    blocks = reading_of(f"<p>A plan.</p>{drawing}<p>The end.</p>").pages[0].blocks
    assert [block.text for block in blocks] == ["A plan.", "Trams for all cities by 2035", "The end."]
    assert text_of(f"<table><tr><td>Transport {drawing}</td><td>Yes</td></tr></table>") == (
        "Transport Trams for all cities by 2035 | Yes"
    )


@pytest.mark.parametrize(
    "drawing",
    [
        "<svg style='display:none'><text>Unseen</text></svg>",
        "<svg width='0' height='0'><text>Unseen</text></svg>",
        "<svg><g display='none'><text>Unseen</text></g></svg>",
        "<svg><text visibility='hidden'>Unseen</text></svg>",
        "<svg><text font-size='0'>Unseen</text></svg>",
        "<svg><symbol><text>Unseen</text></symbol></svg>",
    ],
)
def test_the_unseen_text_of_drawings_is_not_read(drawing: str) -> None:
    assert text_of(f"<p>A plan.</p>{drawing}") == "A plan."
