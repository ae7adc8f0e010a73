"""HTML: structure as the markup tells it, broken markup, encodings; and no text may be lost."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from ndc_urban.document import Block
from ndc_urban.errors import DamagedFile
from ndc_urban.reading.html import read_html
from ndc_urban.reading.titles import is_short_title

PATH = Path("plan.html")


def blocks_of(markup: str | bytes) -> tuple[Block, ...]:
    data = markup if isinstance(markup, bytes) else markup.encode()
    (page,) = read_html(PATH, data).pages
    assert (page.number, page.reader) == (None, "html")
    return page.blocks


def shape(markup: str | bytes) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in blocks_of(markup)]


def text_of(markup: str | bytes) -> str:
    return "\n".join(block.text for block in blocks_of(markup))


def test_headings_paragraphs_and_list_items_by_tag() -> None:
    blocks = blocks_of("<h1>Plan</h1><p>One.</p><h3>Buses</h3><ul><li>more</li><li>cleaner</li></ul>")
    assert [(block.kind, block.level, block.text) for block in blocks] == [
        ("heading", 1, "Plan"),
        ("paragraph", 0, "One."),
        ("heading", 3, "Buses"),
        ("list_item", 0, "more"),
        ("list_item", 0, "cleaner"),
    ]


def test_inline_tags_do_not_part_a_sentence() -> None:
    assert text_of("<p>The <b>city</b> of <i>Bel</i>port\n  <a href='x'>plans</a> trams.</p>") == (
        "The city of Belport plans trams."
    )


def test_a_short_bold_paragraph_is_a_heading_and_a_bold_sentence_is_none() -> None:
    assert shape("<p><b>Waste in towns</b></p>") == [("heading", "Waste in towns")]
    assert shape("<p><strong>We act now.</strong></p>") == [("paragraph", "We act now.")]
    assert shape("<p><b>Waste</b> in towns</p>") == [("paragraph", "Waste in towns")]


@pytest.mark.parametrize(
    ("text", "is_title"),
    [
        ("Waste in towns", True),
        ("It ends.", False),
        ("word " * 15, True),
        ("word " * 16, False),
        ("到此。", False),
    ],
)
def test_short_titles(text: str, is_title: bool) -> None:
    assert is_short_title(text.strip()) is is_title


def test_one_line_break_is_a_space_and_two_end_a_paragraph() -> None:
    assert shape("<p>one<br>two<br><br>three</p>") == [("paragraph", "one two"), ("paragraph", "three")]


def test_nested_and_unclosed_lists() -> None:
    assert shape("<ul><li>a<ul><li>b</ul>c<li><p>d</p><p>e</p></ul>") == [
        ("list_item", word) for word in "abcde"
    ]


def test_captions_keep_their_kind() -> None:
    markup = "<figure><figcaption>Figure 1</figcaption></figure><table><caption>Table 1</caption></table>"
    assert shape(markup) == [("caption", "Figure 1"), ("caption", "Table 1")]


def test_rows_carry_the_headings_of_their_columns() -> None:
    markup = (
        "<table><thead><tr><th>Measure<th>Sector</thead>"
        "<tbody><tr><td>Trams for all districts.<td>transport<tr><td>Drains<td></tbody></table>"
    )
    head, trams, drains = blocks_of(markup)
    assert (head.text, head.header) == ("Measure | Sector", ())
    assert (trams.cells, trams.header) == (("Trams for all districts.", "transport"), ("Measure", "Sector"))
    assert (drains.text, drains.cells) == ("Drains", ("Drains", ""))


def test_a_first_row_of_long_cells_is_no_header() -> None:
    long = "Every district of the town gains a tram."
    rows = blocks_of(f"<table><tr><td>{long}<td>{long}<tr><td>a<td>b</table>")
    assert rows[1].header == ()


def test_a_cell_over_all_columns_is_a_heading_in_the_table() -> None:
    rows = blocks_of("<table><tr><td colspan=2>Transport<tr><td>trams<td>2030<tr><td>buses<td>2031</table>")
    assert (rows[0].kind, rows[0].level, rows[0].text) == ("heading", 7, "Transport")
    assert [row.cells for row in rows[1:]] == [("trams", "2030"), ("buses", "2031")]


@pytest.mark.parametrize("span", ["0", "-2", "x", "", "1000000000", "٣", "²"])
def test_odd_colspans_do_no_harm(span: str) -> None:
    rows = blocks_of(f"<table><tr><td colspan='{span}'>a b.</td><td>c d.</td></tr></table>")
    assert rows[0].text == "a b. | c d."
    assert len(rows[0].cells) <= 51


@pytest.mark.parametrize("span", ["3", "0", "999999999", "65534"])
def test_a_cell_over_several_rows_goes_along_with_each(span: str) -> None:
    rows = blocks_of(
        "<table><tr><th>Sector<th>Measure<th>Year"
        f"<tr><td rowspan='{span}'>Transport<td>Trams<td>2030<tr><td>Buses<td>2031<tr><td>Cycle lanes<td>2032</table>"
    )
    assert [block.cells for block in rows[1:]] == [
        ("Transport", "Trams", "2030"),
        ("Transport", "Buses", "2031"),
        ("Transport", "Cycle lanes", "2032"),
    ]
    assert {block.kind for block in rows} == {"table_row"}


def test_an_empty_row_counts_for_a_merged_cell() -> None:
    rows = blocks_of(
        "<table><tr><td rowspan=2>Transport<td>Trams</tr><tr></tr><tr><td>Energy<td>Solar roofs</table>"
    )
    assert [block.cells for block in rows] == [("Transport", "Trams"), ("Energy", "Solar roofs")]


def test_a_table_of_one_column_holds_paragraphs() -> None:
    assert shape("<table><tr><td>One.<tr><td>Two.</table>") == [("paragraph", "One."), ("paragraph", "Two.")]


def test_paragraphs_of_a_cell_stay_in_its_row() -> None:
    (row,) = blocks_of("<table><tr><td><p>trams;</p><ul><li>buses</ul><td>2030</table>")
    assert row.cells == ("trams; buses", "2030")


def test_a_table_for_layout_is_read_as_the_page_it_holds() -> None:
    markup = "<table><tr><td><h2>Towns</h2><p>One.</p><table><tr><td>a<td>b</table></td><td>side</td></table>"
    assert shape(markup) == [
        ("heading", "Towns"),
        ("paragraph", "One."),
        ("table_row", "a | b"),
        ("paragraph", "side"),
    ]


def test_the_rest_of_a_page_survives_a_table_that_is_never_closed() -> None:
    blocks = blocks_of("<table><tr><td>a<td>b<tr><td>c<td>d</tr><h2>Next</h2><p>The rest.</p>")
    assert [block.text for block in blocks] == ["a | b", "c | d", "Next", "The rest."]
    assert blocks[2].kind == "heading"


def test_loose_text_in_a_table_is_read_and_the_rows_stay_rows() -> None:
    blocks = blocks_of("<table>first<tr>in<td>a</td>and<td>b</td>end</tr><tbody>last</tbody></table>")
    assert [block.text for block in blocks] == ["first", "in a and | b end", "last"]
    assert blocks[1].cells == ("in a and", "b end")


@pytest.mark.parametrize("mark", ["1", "[12]", "(3)", "*", "**", "iv", "[a]"])
def test_footnote_marks_are_left_out(mark: str) -> None:
    assert text_of(f"<p>Trams run<sup>{mark}</sup> in towns.</p>") == "Trams run in towns."


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("60 km<sup>2</sup>", "60 km2"),
        ("10<sup>6</sup> t", "106 t"),
        ("the 21<sup>st</sup> day", "the 21st day"),
        ("CO<sub>2</sub>", "CO2"),
    ],
)
def test_exponents_and_ordinals_are_kept(markup: str, text: str) -> None:
    assert text_of(f"<p>{markup}</p>") == text


@pytest.mark.parametrize("tag", ["script", "style", "noscript", "template", "svg", "iframe", "object"])
def test_what_no_reader_sees_is_left_out(tag: str) -> None:
    assert text_of(f"<p>seen</p><{tag}>hidden</{tag}><p>too</p>") == "seen\ntoo"


def test_comments_and_the_head_are_left_out() -> None:
    markup = "<html><head><title>hidden</title></head><body><!-- hidden --><p>se<!-- hidden -->en</p>"
    assert text_of(markup) == "seen"


def test_character_entities_are_resolved_once() -> None:
    assert text_of("<p>a&nbsp;&amp;&nbsp;b &lt;p&gt; &eacute; &#8217; &amp;lt;</p>") == "a & b <p> é ’ &lt;"


def test_no_entity_reads_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    markup = (
        f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]><html><body><p>a &x; b</p></body></html>'
    )
    assert "secret" not in text_of(markup).replace(str(secret), "")


def test_entities_do_not_multiply() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    markup = f'<!DOCTYPE html [<!ENTITY e0 "boom">{entities}]><html><body><p>a &e11; b</p></body></html>'
    assert len(text_of(markup)) < len(markup)


SENTENCE = "L’équipe municipale gère les déchets — “à Besançon”, où l’été est brûlant et les élèves marchent."


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", ""),
        ("utf-8", "utf-8"),
        ("utf-8", "iso-8859-1"),
        ("utf-8-sig", "windows-1252"),
        ("cp1252", "windows-1252"),
        ("cp1252", "iso-8859-1"),
        ("cp1252", "us-ascii"),
        ("cp1252", "utf-8"),
        ("cp1252", "no-such-encoding"),
        ("cp1252", "idna"),
        ("cp1252", ""),
        ("utf-16", "utf-16"),
        ("utf-16", "utf-8"),
        ("utf-16-le", ""),
        ("utf-16-be", "utf-8"),
    ],
)
def test_encodings_declared_rightly_wrongly_and_not_at_all(encoding: str, declared: str) -> None:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    page = f"<html><head>{meta}</head><body><p>{SENTENCE}</p><p>{SENTENCE}</p></body></html>"
    assert text_of(page.encode(encoding)) == f"{SENTENCE}\n{SENTENCE}"


@pytest.mark.parametrize(
    ("encoding", "declared", "text"),
    [
        ("cp1251", "windows-1251", "Город строит трамвай"),
        ("koi8-r", "koi8-r", "Город строит трамвай"),
        ("cp1256", "windows-1256", "تبني المدينة خط ترام"),
        ("gb18030", "gb2312", "城市修建有轨电车，鎔"),
        ("utf-16", "", "城市修建有轨电车"),
        ("utf-16-le", "utf-16", "Город строит трамвай"),
    ],
)
def test_encodings_of_other_scripts(encoding: str, declared: str, text: str) -> None:
    meta = f"<meta charset={declared}>" if declared else ""
    page = (
        f"<html><head>{meta}<title>A long title in Latin letters, as pages have</title></head><p>{text}</p>"
    )
    assert text_of(page.encode(encoding)) == text


@pytest.mark.parametrize("text", ["Городской транспорт", "城市公共交通", "النقل الحضري", "Trams"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-16", "utf-32"])
def test_wide_encodings_with_and_without_mark(encoding: str, text: str) -> None:
    assert text_of(f"<html><body><p>{text}</p>\n</body></html>".encode(encoding)) == text


@pytest.mark.parametrize(
    ("encoding", "text"), [("windows-1251", "Автобусы"), ("gb2312", "城市"), ("hz", "城市")]
)
def test_an_encoding_in_an_xml_declaration_is_heeded(encoding: str, text: str) -> None:
    markup = f"<?xml version='1.0' encoding='{encoding}'?><html><body><p>{text}</p></body></html>"
    assert text_of(markup.encode(encoding)) == text


@pytest.mark.parametrize("declared", ["utf-16", "utf-32", "hex", "unicode_escape", "utf-7", "nonsense"])
def test_a_declared_encoding_that_cannot_be_is_ignored(declared: str) -> None:
    sentence = (
        "Les logements à Nîmes sont rénovés, les réseaux de tramway étendus et les quartiers protégés. "
    )
    text = f"{sentence * 3}+AGE- \\u0041"
    assert text_of(f"<meta charset='{declared}'><p>{text}</p>".encode("cp1252")) == text


def test_character_data_of_xhtml_is_read() -> None:
    head = "<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>"
    assert text_of(f"{head}<script/><body><p><![CDATA[Less than < 5]]> trams</p></body></html>") == (
        "Less than < 5 trams"
    )


def test_one_stray_byte_spoils_one_character_only() -> None:
    page = f"<p>{SENTENCE * 3}</p>".encode()
    assert SENTENCE in text_of(page.replace(b"<p>", b"<p>\xff "))


@pytest.mark.parametrize("data", [b"", b"   \n", b"<!-- only -->"])
def test_bytes_without_markup_are_named_damaged(data: bytes) -> None:
    with pytest.raises(DamagedFile) as caught:
        read_html(PATH, data)
    assert caught.value.path == PATH
    assert caught.value.remedy


@pytest.mark.parametrize("tag", ["div", "b", "font", "blockquote", "ul><li", "table><tr><td"])
def test_tags_that_are_never_closed_lose_no_text(tag: str) -> None:
    """The parser's own limit is a depth of 256; beyond it everything would be gone without a word."""
    page = "".join(f"<{tag}>w{n} " for n in range(400))
    assert re.findall(r"w\d+", text_of(page)) == [f"w{n}" for n in range(400)]


@pytest.mark.parametrize("tag", ["div", "table><tr><td", "table><tbody", "ul><li"])
def test_hostile_depth_is_an_error_and_no_silence(tag: str) -> None:
    with pytest.raises(DamagedFile, match="nested too deeply"):
        blocks_of(f"<{tag}>" * 20_000 + "deep")


def test_text_behind_a_huge_picture_in_the_page_is_read() -> None:
    picture = "data:image/png;base64," + "A" * 11_000_000
    assert text_of(f"<p>before</p><img src='{picture}'><p>behind</p>") == "before\nbehind"


def test_reading_time_grows_with_the_page_and_not_faster() -> None:
    """Nested layout tables once made readers of this kind take exponential time."""
    start = time.process_time()
    blocks_of("<table><tr><td><b>x</b>" * 150)
    blocks_of("<table>" + "<tr><td>a<td>b" * 3000 + "</table>")
    assert time.process_time() - start < 5


INLINE = ("b", "i", "span", "a", "font", "em", "strong", "u", "sub")
BLOCK = (
    "p",
    "div",
    "h1",
    "h2",
    "h5",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "blockquote",
    "pre",
    "center",
    "section",
)
TABLE = ("table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption")


@dataclass(frozen=True)
class Node:
    """A tag, what is in it, and whether it is closed."""

    tag: str
    children: tuple[Node | None, ...]
    closed: bool


nodes = st.recursive(
    st.none(),
    lambda children: st.builds(
        Node,
        tag=st.sampled_from(INLINE + BLOCK + TABLE * 2),
        children=st.lists(children, min_size=1, max_size=5).map(tuple),
        closed=st.booleans(),
    ),
    max_leaves=25,
)


def markup_of(nodes: list[Node | None]) -> str:
    """Words with numbers in their order, in the tags given."""
    parts: list[str] = []

    def write(node: Node | None) -> None:
        if node is None:
            parts.append(f" word{len(parts)} ")
            return
        parts.append(f"<{node.tag}>")
        for child in node.children:
            write(child)
        if node.closed:
            parts.append(f"</{node.tag}>")

    for node in nodes:
        write(node)
    return "<html><body>" + "".join(parts) + "</body></html>"


@settings(max_examples=200, deadline=None)
@given(st.lists(nodes, min_size=1, max_size=6))
def test_no_nesting_of_tags_loses_or_repeats_a_word(nodes: list[Node | None]) -> None:
    page = markup_of(nodes)
    expected = html.document_fromstring(page).text_content().split()
    assert re.findall(r"word\d+", text_of(page)) == expected


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_named_damaged(data: bytes) -> None:
    try:
        blocks = blocks_of(data)
    except DamagedFile:
        return
    assert all(block.text.strip() for block in blocks)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="<>/\"'=& tdrhpbl1x;!-", max_size=120))
def test_any_soup_of_tags_is_read_or_named_damaged(soup: str) -> None:
    try:
        blocks_of("<p>" + soup)
    except DamagedFile:
        return
