"""Word documents: structure as Word shows it, and files that are broken or hostile."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from ndc_urban.document import Block
from ndc_urban.errors import DamagedFile, EncryptedFile, ReadingError
from ndc_urban.reading.docx import read_docx
from ndc_urban.reading.office_file import MAX_PART_BYTES

PATH = Path("plan.docx")
W = nsdecls("w")


def saved(document: WordDocument) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def blocks_of(document: WordDocument) -> tuple[Block, ...]:
    (page,) = read_docx(PATH, saved(document)).pages
    assert page.number is None
    assert page.reader == "docx"
    return page.blocks


def shape(document: WordDocument) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in blocks_of(document)]


def changed(data: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The package with one part changed."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return buffer.getvalue()


def add_xml(document: WordDocument, xml: str) -> None:
    document.element.body.insert(0, parse_xml(xml))


def test_headings_lists_and_paragraphs_by_style() -> None:
    document = docx.Document()
    document.add_heading("Plan of the city", 0)
    document.add_heading("Transport", 1)
    document.add_heading("Buses", 2)
    document.add_paragraph("The network grows\tby a third.\nEvery district gains a line.")
    document.add_paragraph("more buses", style="List Bullet")
    document.add_paragraph("more trams", style="List Number")
    document.add_paragraph("Figure 1: the network", style="Caption")
    document.add_paragraph("  ")
    blocks = blocks_of(document)
    assert [(block.kind, block.level) for block in blocks] == [
        ("heading", 1),
        ("heading", 1),
        ("heading", 2),
        ("paragraph", 0),
        ("list_item", 0),
        ("list_item", 0),
        ("caption", 0),
    ]
    assert blocks[3].text == "The network grows by a third. Every district gains a line."


def test_short_bold_paragraphs_are_headings() -> None:
    document = docx.Document()
    document.add_paragraph().add_run("Adaptation in coastal towns").bold = True
    document.add_paragraph().add_run("A whole sentence in bold.").bold = True
    assert [kind for kind, _ in shape(document)] == ["heading", "paragraph"]


def test_table_rows_carry_cells_and_header() -> None:
    document = docx.Document()
    table = document.add_table(rows=3, cols=3)
    for row, texts in zip(
        table.rows,
        [
            ("Sector", "Measure", "Year"),
            ("Transport", "Buses run on electricity", ""),
            ("Housing", "Heat pumps", "2030"),
        ],
        strict=True,
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    blocks = blocks_of(document)
    assert [block.kind for block in blocks] == ["table_row"] * 3
    assert blocks[0].header == ()
    assert blocks[1].text == "Transport | Buses run on electricity"
    assert blocks[1].cells == ("Transport", "Buses run on electricity", "")
    assert blocks[2].header == ("Sector", "Measure", "Year")


def test_the_label_of_a_merged_cell_goes_along_with_each_of_its_rows() -> None:
    document = docx.Document()
    table = document.add_table(rows=4, cols=2)
    for row, texts in zip(table.rows, [("A", "B"), ("c", "d"), ("", "f"), ("Part two", "")], strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(3, 0).merge(table.cell(3, 1))
    blocks = blocks_of(document)
    assert [block.text for block in blocks] == ["A | B", "c | d", "c | f", "Part two"]
    assert blocks[2].cells == ("c", "f")
    assert (blocks[3].kind, blocks[3].level) == ("heading", 7)


def test_cells_with_several_paragraphs_and_nested_tables_are_one_text() -> None:
    document = docx.Document()
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).text = "Sector"
    table.cell(0, 1).text = "Measures"
    table.cell(1, 0).text = "Water"
    table.cell(1, 1).text = "mend pipes;"
    table.cell(1, 1).add_paragraph("save rain")
    inner = table.cell(1, 1).add_table(1, 2)
    inner.cell(0, 0).text = "cost"
    inner.cell(0, 1).text = "low"
    assert blocks_of(document)[1].cells == ("Water", "mend pipes; save rain; cost | low")


def test_a_frame_of_one_cell_is_no_table() -> None:
    document = docx.Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "A box with a sentence about parks."
    cell.add_paragraph("more parks", style="List Bullet")
    assert shape(document) == [
        ("paragraph", "A box with a sentence about parks."),
        ("list_item", "more parks"),
    ]


def test_tables_within_tables_take_linear_time() -> None:
    xml = "<w:p><w:r><w:t>deep</w:t></w:r></w:p>"
    for _ in range(40):
        xml = f"<w:tbl><w:tr><w:tc>{xml}</w:tc></w:tr></w:tbl>"
    document = docx.Document()
    add_xml(document, xml.replace("<w:tbl>", f"<w:tbl {W}>", 1))
    assert len(blocks_of(document)) <= 1


def test_tracked_changes_hidden_text_and_controls() -> None:
    document = docx.Document()
    add_xml(
        document,
        f"<w:p {W}><w:r><w:t>Old towns </w:t></w:r><w:ins><w:r><w:t>gain</w:t></w:r></w:ins>"
        "<w:del><w:r><w:delText>lose</w:delText></w:r></w:del>"
        "<w:r><w:t xml:space='preserve'> trees</w:t></w:r>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>"
        "<w:r><w:rPr><w:sz w:val='1'/></w:rPr><w:t>speck</w:t></w:r>"
        "<w:r><w:noBreakHyphen/><w:t>lined streets.</w:t></w:r></w:p>",
    )
    add_xml(
        document,
        f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>A cover.</w:t></w:r></w:p></w:sdtContent></w:sdt>",
    )
    assert [text for _, text in shape(document)] == [
        "A cover.",
        "Old towns gain trees-lined streets.",
    ]


def test_text_boxes_are_read_once() -> None:
    document = docx.Document()
    box = "<w:txbxContent><w:p><w:r><w:t>Text in a box.</w:t></w:r></w:p></w:txbxContent>"
    namespace = "xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'"
    add_xml(
        document,
        f"<w:p {W} {namespace}><w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}"
        "</mc:Fallback></mc:AlternateContent><w:t>Text beside it.</w:t></w:r></w:p>",
    )
    assert [text for _, text in shape(document)] == ["Text beside it.", "Text in a box."]


def test_entries_of_a_table_of_contents_are_left_out() -> None:
    document = docx.Document()
    document.styles.add_style("toc 1", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("1 Transport 5", style="toc 1")
    document.add_paragraph("Text.")
    assert shape(document) == [("paragraph", "Text.")]


def test_footnotes_follow_their_paragraph() -> None:
    document = docx.Document()
    add_xml(
        document,
        f"<w:p {W}><w:r><w:t>A claim.</w:t></w:r><w:r><w:footnoteReference w:id='2'/></w:r></w:p>",
    )
    data = changed(
        saved(document),
        "word/_rels/document.xml.rels",
        lambda rels: rels.replace(
            b"</Relationships>",
            b'<Relationship Id="rIdN" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
            b'footnotes" Target="footnotes.xml"/></Relationships>',
        ),
    )
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as package:
        package.writestr(
            "word/footnotes.xml",
            f"<w:footnotes {W}><w:footnote w:type='separator' w:id='0'><w:p><w:r><w:t>--</w:t></w:r></w:p>"
            "</w:footnote><w:footnote w:id='2'><w:p><w:r><w:t>Its source.</w:t></w:r></w:p>"
            "</w:footnote></w:footnotes>",
        )
    (page,) = read_docx(PATH, buffer.getvalue()).pages
    assert [(block.kind, block.text) for block in page.blocks] == [
        ("paragraph", "A claim."),
        ("footnote", "Its source."),
    ]


def sound() -> bytes:
    document = docx.Document()
    document.add_paragraph("The council plants trees in every street.")
    return saved(document)


def test_strict_office_files_are_read() -> None:
    transitional = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    strict = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
    data = changed(sound(), "word/document.xml", lambda xml: xml.replace(transitional, strict))
    assert len(read_docx(PATH, data).pages[0].blocks) == 1


def marked_encrypted(data: bytes) -> bytes:
    """The package with the flag of a password set in its directory."""
    at = data.index(b"PK\x01\x02")
    parts = bytearray(data)
    while at >= 0:
        parts[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 1)
    return bytes(parts)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (sound()[:2000], DamagedFile),
        (sound()[:-30], DamagedFile),
        (b"PK\x03\x04", DamagedFile),
        (changed(sound(), "word/document.xml", lambda xml: xml[:-40]), DamagedFile),
        (changed(sound(), "word/document.xml", lambda _: b""), DamagedFile),
        (changed(sound(), "word/document.xml", lambda _: b"<a/>"), DamagedFile),
        (changed(sound(), "word/document.xml", lambda xml: xml + b" " * (MAX_PART_BYTES + 1)), DamagedFile),
        (
            changed(
                sound(),
                "word/document.xml",
                lambda xml: b'<!DOCTYPE a [<!ENTITY b "bus bus">]>' + xml.partition(b"?>")[2],
            ),
            DamagedFile,
        ),
        (marked_encrypted(sound()), EncryptedFile),
    ],
    ids=["cut", "no end", "header", "cut xml", "no xml", "other xml", "bomb", "entities", "password"],
)
def test_broken_and_hostile_files(data: bytes, error: type[ReadingError]) -> None:
    with pytest.raises(error) as caught:
        read_docx(PATH, data)
    assert caught.value.remedy


def test_every_cut_of_a_file_is_read_or_refused() -> None:
    data = sound()
    for end in range(10, len(data), 997):
        with pytest.raises(DamagedFile):
            read_docx(PATH, data[:end])


def test_every_flipped_byte_is_read_or_refused() -> None:
    data = sound()
    for at in range(0, len(data), 211):
        broken = bytearray(data)
        broken[at] ^= 0xFF
        try:
            read_docx(PATH, bytes(broken))
        except ReadingError as error:
            assert error.remedy
