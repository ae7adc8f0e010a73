"""OpenDocument texts: structure as LibreOffice shows it, and files that are broken or hostile."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest

from ndc_urban.document import Block
from ndc_urban.errors import DamagedFile, EncryptedFile, NoText, ReadingError, UnsupportedFormat
from ndc_urban.reading import read
from ndc_urban.reading.formats import detect_format
from ndc_urban.reading.odt import read_odt
from ndc_urban.reading.office_file import MAX_PART_BYTES

PATH = Path("plan.odt")
NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {
        "office": "office",
        "style": "style",
        "text": "text",
        "table": "table",
        "draw": "drawing",
        "fo": "xsl-fo-compatible",
        "svg": "svg-compatible",
        "manifest": "manifest",
        "form": "form",
    }.items()
)
NAMESPACES += ' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:math="http://www.w3.org/1998/Math/MathML"'
STYLES = """
<style:style style:name="Standard" style:family="paragraph"/>
<style:style style:name="Title" style:family="paragraph" style:parent-style-name="Standard"/>
<style:style style:name="Heading_20_2" style:display-name="Heading 2" style:family="paragraph"/>
<style:style style:name="Caption" style:family="paragraph"/>
<style:style style:name="Figure" style:family="paragraph" style:parent-style-name="Caption"/>
<style:style style:name="Table_20_Heading" style:family="paragraph">
  <style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="Strong" style:family="text"><style:text-properties fo:font-weight="700"/></style:style>
"""
BY_HAND = """
<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Heading_20_2"/>
<style:style style:name="P2" style:family="paragraph"><style:text-properties fo:font-weight="bold"/></style:style>
<style:style style:name="P3" style:family="paragraph"><style:text-properties text:display="none"/></style:style>
<style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/></style:style>
<style:style style:name="T2" style:family="text"><style:text-properties fo:font-weight="normal"/></style:style>
"""


def part(root: str, inside: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><office:{root} {NAMESPACES}>{inside}</office:{root}>'


def content_of(body: str) -> str:
    styles = f"<office:automatic-styles>{BY_HAND}</office:automatic-styles>"
    return part("document-content", f"{styles}<office:body><office:text>{body}</office:text></office:body>")


def package(content: str | None, manifest: str = "", objects: dict[str, str] | None = None) -> bytes:
    parts = {
        **(objects or {}),
        "mimetype": "application/vnd.oasis.opendocument.text",
        "styles.xml": part("document-styles", f"<office:styles>{STYLES}</office:styles>"),
        "META-INF/manifest.xml": f"<manifest:manifest {NAMESPACES}>{manifest}</manifest:manifest>",
    }
    if content is not None:
        parts["content.xml"] = content
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, text in parts.items():
            method = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            file.writestr(zipfile.ZipInfo(name), text, compress_type=method)
    return buffer.getvalue()


def odt(body: str) -> bytes:
    return package(content_of(body))


def blocks_of(body: str) -> tuple[Block, ...]:
    (page,) = read_odt(PATH, odt(body)).pages
    assert (page.number, page.reader) == (None, "odt")
    return page.blocks


def shape(body: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in blocks_of(body)]


def paragraph(text: str, style: str = "Standard") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def cell(text: str, attributes: str = "", style: str = "Standard") -> str:
    return f"<table:table-cell {attributes}>{paragraph(text, style)}</table:table-cell>"


def row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def test_headings_with_their_levels() -> None:
    blocks = blocks_of(
        paragraph("Plan of Verdania", "Title")
        + '<text:h text:outline-level="1">Transport</text:h>'
        + '<text:h text:outline-level="9">Cycle lanes</text:h>'
        + "<text:h>Energy</text:h>"
        + paragraph("Buildings", "P1")
        + paragraph("Short and bold", "P2")
        + paragraph("This bold text is a sentence.", "P2")
    )
    assert [(block.level, block.text) for block in blocks] == [
        (1, "Plan of Verdania"),
        (1, "Transport"),
        (6, "Cycle lanes"),
        (1, "Energy"),
        (2, "Buildings"),
        (6, "Short and bold"),
        (0, "This bold text is a sentence."),
    ]


def test_a_paragraph_is_bold_where_all_its_text_is() -> None:
    strong = '<text:span text:style-name="Strong">Trams</text:span>'
    weak = '<text:span text:style-name="T2">in town</text:span>'
    assert [kind for kind, _ in shape(paragraph(strong) + paragraph(f"{strong} in town"))] == [
        "heading",
        "paragraph",
    ]
    assert shape(paragraph(f"Trams {weak}", "P2")) == [("paragraph", "Trams in town")]


def test_list_items_at_any_depth_and_numbered_headings() -> None:
    body = f"""<text:list><text:list-header>{paragraph("Measures:")}</text:list-header>
      <text:list-item>{paragraph("Buses")}
        <text:list><text:list-item>{paragraph("Electric buses")}</text:list-item></text:list></text:list-item>
      <text:list-item><text:h text:outline-level="2">Water</text:h></text:list-item></text:list>
      <text:numbered-paragraph>{paragraph("Drains")}</text:numbered-paragraph>"""
    assert shape(body) == [
        ("list_item", "Measures:"),
        ("list_item", "Buses"),
        ("list_item", "Electric buses"),
        ("heading", "Water"),
        ("list_item", "Drains"),
    ]


def test_spaces_tabs_breaks_and_inline_elements_within_words() -> None:
    body = paragraph(
        'Two<text:s text:c="3"/>towns<text:tab/>build<text:line-break/>tram<text:soft-page-break/>ways, '
        '<text:a>as <text:span>p</text:span>lanned</text:a><text:bookmark text:name="x"/>.\n  Soon.'
    )
    assert shape(body) == [("paragraph", "Two towns build tramways, as planned. Soon.")]


def test_text_in_elements_of_other_programs_is_read_and_comments_are_not() -> None:
    body = paragraph(
        'Trams <x:control xmlns:x="urn:x">for <!-- not --> all</x:control> towns'
        "<office:annotation><text:p>Really?</text:p></office:annotation>."
        "<text:ruby><text:ruby-base>Base</text:ruby-base><text:ruby-text>gloss</text:ruby-text></text:ruby>"
    )
    assert shape(body) == [("paragraph", "Trams for all towns.Base")]


def test_tracked_changes_are_read_as_the_final_text() -> None:
    body = """<text:tracked-changes><text:changed-region text:id="a"><text:deletion>
        <text:p>Old words about trams.</text:p></text:deletion></text:changed-region>
        <text:changed-region text:id="b"><text:insertion/></text:changed-region></text:tracked-changes>
      <text:p>Cities <text:change text:change-id="a"/><text:change-start text:change-id="b"/>now plan
        <text:change-end text:change-id="b"/>buses.</text:p>"""
    assert shape(body) == [("paragraph", "Cities now plan buses.")]


@pytest.mark.parametrize(
    "hidden",
    [
        paragraph("Secret.", "P3"),
        paragraph('<text:span text:style-name="T1">Secret.</text:span>'),
        paragraph('<text:hidden-text text:is-hidden="true">Secret.</text:hidden-text>'),
        paragraph('<text:span><text:hidden-paragraph text:is-hidden="true"/></text:span>Secret.'),
        paragraph('<text:variable-set text:display="none">Secret.</text:variable-set>'),
        f'<text:section text:display="none">{paragraph("Secret.")}</text:section>',
        f'<text:section text:display="condition" text:is-hidden="true">{paragraph("Secret.")}</text:section>',
    ],
)
def test_hidden_text_is_not_read(hidden: str) -> None:
    assert shape(hidden + paragraph("Public.")) == [("paragraph", "Public.")]


def test_fields_and_sections_that_are_shown_are_read() -> None:
    body = paragraph(
        '<text:hidden-paragraph text:is-hidden="false"/>'
        '<text:hidden-text text:is-hidden="false">Shown </text:hidden-text>'
        '<text:date text:date-value="2026-01-01">today</text:date>.'
    )
    section = f'<text:section text:display="condition">{paragraph("Also here.")}</text:section>'
    assert shape(body + section) == [("paragraph", "Shown today."), ("paragraph", "Also here.")]


def test_tables_of_contents_are_left_out_and_bibliographies_are_not() -> None:
    body = f"""<text:table-of-content><text:index-body>
        <text:index-title>{paragraph("Contents")}</text:index-title>{paragraph("Transport 4")}
      </text:index-body></text:table-of-content>
      <text:bibliography><text:index-body>{paragraph("Plan of the towns.")}</text:index-body></text:bibliography>"""
    assert shape(body) == [("paragraph", "Plan of the towns.")]


def test_notes_and_text_boxes_follow_their_paragraph() -> None:
    note = """<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>
      <text:note-body><text:p>In the capital.</text:p><text:p>Later elsewhere.</text:p></text:note-body></text:note>"""
    box = f"""<draw:frame><draw:text-box>{paragraph("In a box")}{paragraph("Figure 1: Trams", "Figure")}
      <draw:frame><draw:image/><svg:title>Not shown</svg:title></draw:frame></draw:text-box></draw:frame>"""
    shape_with_text = f"<draw:custom-shape>{paragraph('In a shape')}</draw:custom-shape>"
    assert shape(paragraph(f"Trams{note} run{box}{shape_with_text} everywhere.")) == [
        ("paragraph", "Trams run everywhere."),
        ("footnote", "In the capital. Later elsewhere."),
        ("paragraph", "In a box"),
        ("caption", "Figure 1: Trams"),
        ("paragraph", "In a shape"),
    ]


def test_rows_carry_cells_and_column_headings() -> None:
    header = f"<table:table-header-rows>{row(cell('Measure'), cell('Year'))}</table:table-header-rows>"
    note = "<text:note><text:note-body><text:p>Planned.</text:p></text:note-body></text:note>"
    rows = row(cell(f"Trams run{note} in all towns."), cell("2030")) + row(cell("Drains"), cell(""))
    blocks = blocks_of(f"<table:table><table:table-column/>{header}{rows}</table:table>")
    assert [(block.kind, block.cells, block.header) for block in blocks] == [
        ("table_row", ("Measure", "Year"), ()),
        ("table_row", ("Trams run in all towns.", "2030"), ("Measure", "Year")),
        ("footnote", (), ()),
        ("table_row", ("Drains", ""), ("Measure", "Year")),
    ]


def test_covered_cells_keep_the_columns_in_place() -> None:
    covered = "<table:covered-table-cell>{}</table:covered-table-cell>".format(paragraph("Old text"))
    wide = 'table:number-columns-spanned="3"'
    blocks = blocks_of(
        "<table:table>"
        + row(cell("Sector"), cell("Measure"), cell("Year"))
        + row(cell("Transport", wide), '<table:covered-table-cell table:number-columns-repeated="2"/>')
        + row(cell("Towns", 'table:number-rows-spanned="2"'), cell("Trams"), cell("2030"))
        + row(covered, cell("Buses", 'table:number-columns-spanned="2"'), covered)
        + row('<table:table-cell table:number-columns-repeated="2"/>', cell("2035"))
        + "</table:table>"
    )
    assert (blocks[1].kind, blocks[1].level, blocks[1].text) == ("heading", 7, "Transport")
    assert [block.cells for block in blocks[2:]] == [
        ("Towns", "Trams", "2030"),
        ("Towns", "Buses", ""),
        ("", "", "2035"),
    ]


def test_repeated_cells_and_absurd_numbers() -> None:
    blocks = blocks_of(
        "<table:table>"
        + row(cell("yes", 'table:number-columns-repeated="2"'), cell("Trams run in all towns."))
        + row(cell("x"), '<table:table-cell table:number-columns-repeated="16000"/>')
        + row(cell("y", 'table:number-columns-spanned="99999999999999"'), cell("z"))
        + "</table:table>"
    )
    assert blocks[0].cells == ("yes", "yes", "Trams run in all towns.")
    assert len(blocks[1].cells) == 64
    assert blocks[2].kind == "table_row"
    assert blocks[2].cells == ("y", "z")


def test_a_wide_table_loses_no_cell() -> None:
    (block,) = blocks_of(f"<table:table>{row(*(cell(str(number)) for number in range(100)))}</table:table>")
    assert block.cells == tuple(map(str, range(100)))


def test_flat_files_are_named_and_not_read() -> None:
    with pytest.raises(UnsupportedFormat, match=r"\.fodt") as caught:
        detect_format(Path("plan.fodt"), content_of(paragraph("Trams")).encode())
    assert ".odt" in caught.value.remedy


def test_a_zip_that_is_named_odt_and_is_none() -> None:
    with pytest.raises(DamagedFile, match="OpenDocument text"):
        detect_format(PATH, SOUND.replace(b"opendocument", b"opendocumemt"))


def test_cells_with_several_paragraphs_and_nested_tables_are_one_text() -> None:
    inner = f"<table:table>{row(cell('a'), cell('b'))}</table:table>"
    double = f"<table:table-cell>{paragraph('Trams;')}{paragraph('buses')}{inner}</table:table-cell>"
    (block,) = blocks_of(f"<table:table>{row(cell('1'), double)}</table:table>")
    assert block.cells == ("1", "Trams; buses; a | b")


def test_a_frame_of_one_cell_or_column_is_no_table() -> None:
    body = f"<table:table>{row(cell('Trams run.'))}{row(cell('Buses run.'))}</table:table>"
    assert shape(body) == [("paragraph", "Trams run."), ("paragraph", "Buses run.")]


def test_rows_that_are_not_shown_are_left_out() -> None:
    hidden = row(cell("old"), cell("2020")).replace("-row>", '-row table:visibility="collapse">', 1)
    (block,) = blocks_of(f"<table:table>{hidden}{row(cell('Trams'), cell('2030'))}</table:table>")
    assert block.text == "Trams | 2030"


def test_the_front_door_reads_and_names_the_format(tmp_path: Path) -> None:
    path = tmp_path / "plan.odt"
    path.write_bytes(odt(paragraph("Every city and every town of the country plans more buses and trams.")))
    document = read(path)
    assert (document.format, document.language, document.notes) == ("odt", "en", ())
    misnamed = path.rename(tmp_path / "plan.docx")
    assert "but is an OpenDocument text (.odt)" in read(misnamed).notes[0]
    misnamed.write_bytes(odt("<text:p/>"))
    with pytest.raises(NoText):
        read(misnamed)


ENCRYPTED = (
    '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'
)
SOUND = odt("".join(paragraph(f"Town {number} builds a tramway.") for number in range(200)))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (SOUND[:400], DamagedFile),
        (SOUND[:-30], DamagedFile),
        (package(None), DamagedFile),
        (package(content_of("")[:-40]), DamagedFile),
        (package(""), DamagedFile),
        (package("<a/>"), DamagedFile),
        (package(content_of("") + " " * (MAX_PART_BYTES + 1)), DamagedFile),
        (package('<!DOCTYPE a [<!ENTITY b "bus bus">]><a/>'), DamagedFile),
        (package("not XML, but a secret", ENCRYPTED), EncryptedFile),
        (package(None, ENCRYPTED), EncryptedFile),
    ],
    ids=[
        "cut",
        "no end",
        "no text",
        "cut xml",
        "no xml",
        "other xml",
        "bomb",
        "entities",
        "password",
        "package",
    ],
)
def test_broken_and_hostile_files(data: bytes, error: type[ReadingError]) -> None:
    with pytest.raises(error) as caught:
        read_odt(PATH, data)
    assert caught.value.remedy
    assert "OpenDocument text" in caught.value.message


def test_every_cut_and_flipped_byte_is_read_or_refused() -> None:
    for end in range(10, len(SOUND), 97):
        with pytest.raises(DamagedFile):
            read_odt(PATH, SOUND[:end])
    for at in range(0, len(SOUND), 31):
        broken = bytearray(SOUND)
        broken[at] ^= 0xFF
        try:
            read_odt(PATH, bytes(broken))
        except ReadingError as error:
            assert error.remedy


@pytest.mark.parametrize("tag", ["text:span", "text:section", "text:list", "draw:frame"])
def test_deep_nesting_ends_in_text_or_a_named_failure(tag: str) -> None:
    for depth in (30, 200, 5000):
        inside = f"<{tag}>" * depth + "Trams" + f"</{tag}>" * depth
        try:
            read_odt(PATH, odt(paragraph(inside)))
            read_odt(PATH, odt(inside.replace("Trams", paragraph("Trams"))))
        except DamagedFile as error:
            assert error.remedy


def test_tables_within_tables_take_linear_time() -> None:
    def nested(depth: int) -> str:
        inner = nested(depth - 1) if depth else paragraph("Trams")
        double = f"<table:table-cell>{inner}</table:table-cell>"
        return f"<table:table>{row(double, cell('x'))}</table:table>"

    start = time.process_time()
    read_odt(PATH, odt(nested(30)))
    assert time.process_time() - start < 5


def embedded(href: str, kind: str = "object") -> str:
    return (
        f'<draw:frame><draw:{kind} xlink:href="{href}"/><draw:image xlink:href="Replacement"/></draw:frame>'
    )


def with_object(body: str, name: str, content: str) -> tuple[list[str], tuple[str, ...]]:
    reading = read_odt(PATH, package(content_of(body), objects={f"{name}/content.xml": content}))
    return [block.text for block in reading.pages[0].blocks], reading.notes


def test_a_text_embedded_as_an_object_is_read() -> None:
    body = paragraph("One.") + paragraph(embedded("./Object 1"))
    assert with_object(body, "Object 1", content_of(paragraph("Trams."))) == (["One.", "Trams."], ())


def test_formulas_are_read() -> None:
    fraction = "<math:mfrac><math:mi>trips</math:mi><math:mi>day</math:mi></math:mfrac>"
    formula = (
        f'<math:math xmlns:math="http://www.w3.org/1998/Math/MathML"><math:semantics>{fraction}'
        "<math:annotation>trips over day</math:annotation></math:semantics></math:math>"
    )
    assert with_object(paragraph(embedded("Object 2")), "Object 2", formula) == (["trips/day"], ())


@pytest.mark.parametrize(
    ("inside", "named"),
    [("chart", "1 chart"), ("spreadsheet", "1 embedded sheet"), ("x", "1 embedded object")],
)
def test_other_objects_are_named(inside: str, named: str) -> None:
    content = part("document-content", f"<office:body><office:{inside}/></office:body>")
    _, (note,) = with_object(paragraph(f"One.{embedded('Object 3')}"), "Object 3", content)
    assert named in note


@pytest.mark.parametrize("href", ["Object 9", "../x", "", "Object 4"])
@pytest.mark.parametrize("kind", ["object", "object-ole"])
def test_objects_that_are_missing_or_broken_are_named(href: str, kind: str) -> None:
    texts, (note,) = with_object(paragraph(f"One.{embedded(href, kind)}"), "Object 4", "<broken")
    assert texts == ["One."]
    assert "1 embedded object" in note


def test_what_is_filled_into_a_form_is_read_where_it_shows() -> None:
    forms = (
        '<office:forms><form:form><form:text form:id="c1" form:current-value="Trams in nine cities"/>'
        '<form:text xml:id="c2" form:value="Planned"/><form:hidden form:id="c3" form:value="secret"/>'
        "</form:form></office:forms>"
    )
    controls = "".join(f'<draw:control draw:control="c{number}"/>' for number in (1, 2, 3))
    assert shape(f"{forms}{paragraph(f'Measure:{controls}')}") == [
        ("paragraph", "Measure:"),
        ("paragraph", "Trams in nine cities"),
        ("paragraph", "Planned"),
    ]


def test_unknown_and_too_deep_parts_are_named_and_indexes_are_not() -> None:
    unknown = f"<text:novelty>{paragraph('Trams.')}</text:novelty>"
    deep = "<text:section>" * 60 + paragraph("Trams.") + "</text:section>" * 60
    (note,) = read_odt(PATH, odt(paragraph("One.") + unknown + deep)).notes
    assert "text:novelty" in note
    assert "nested too deeply" in note
    index = f"<text:table-of-content><text:index-body>{paragraph('Trams 3')}</text:index-body></text:table-of-content>"
    assert not read_odt(PATH, odt(paragraph("One.") + index)).notes
