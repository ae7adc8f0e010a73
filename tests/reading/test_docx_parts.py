"""Word documents whose text stands in parts of its own, and what is named because it cannot be read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from ndc_urban.errors import NoText
from ndc_urban.reading import read
from ndc_urban.reading.docx import read_docx
from ndc_urban.reading.options import Reading

PATH = Path("plan.docx")
SCHEMAS = "http://schemas.openxmlformats.org"
NAMESPACES = (
    f'xmlns:w="{SCHEMAS}/wordprocessingml/2006/main" xmlns:r="{SCHEMAS}/officeDocument/2006/relationships" '
    f'xmlns:a="{SCHEMAS}/drawingml/2006/main" xmlns:dgm="{SCHEMAS}/drawingml/2006/diagram" '
    f'xmlns:c="{SCHEMAS}/drawingml/2006/chart" xmlns:m="{SCHEMAS}/officeDocument/2006/math" '
    f'xmlns:mc="{SCHEMAS}/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
)
CHUNK = "<html><body><h1>Transport</h1><p>Trams run in nine cities.</p></body></html>"
ARCHIVE = """MIME-Version: 1.0
Content-Type: multipart/related; type="text/html"; boundary="b"

--b
Content-Type: text/html; charset="windows-1252"
Content-Transfer-Encoding: quoted-printable
Content-Location: file:///C:/x/d.html

<html><body><h1>Transport</h1><p>Les trams relient =
les cit=E9s.</p></body></html>

--b--
"""


def word(
    body: str, parts: dict[str, str | bytes] | None = None, external: str = "", styles: str = ""
) -> bytes:
    """A document whose element with `r:id="name"` means the part word/name."""
    parts = parts or {}
    relations = "".join(f'<Relationship Id="{name}" Type="x/y" Target="{name}"/>' for name in parts)
    if external:
        relations += f'<Relationship Id="{external}" Type="x/y" Target="{external}" TargetMode="External"/>'
    if styles:
        relations += '<Relationship Id="st" Type="x/styles" Target="styles.xml"/>'
        parts = {**parts, "styles.xml": f"<w:styles {NAMESPACES}>{styles}</w:styles>"}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr(
            "word/document.xml", f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>"
        )
        package.writestr("word/_rels/document.xml.rels", f"<Relationships>{relations}</Relationships>")
        for name, content in parts.items():
            package.writestr(f"word/{name}", content)
    return buffer.getvalue()


def run(text: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def paragraph(text: str, inside: str = "") -> str:
    return f"<w:p>{run(text)}{inside}</w:p>"


def chunk(name: str) -> str:
    return f'{paragraph("Before.")}<w:altChunk r:id="{name}"/>{paragraph("After.")}'


def texts(reading: Reading) -> list[str]:
    return [block.text for page in reading.pages for block in page.blocks]


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.html", CHUNK, ["Transport", "Trams run in nine cities."]),
        ("a.xhtml", f"<?xml version='1.0'?>{CHUNK}", ["Transport", "Trams run in nine cities."]),
        ("a.dat", CHUNK, ["Transport", "Trams run in nine cities."]),
        ("a.mht", ARCHIVE, ["Transport", "Les trams relient les cités."]),
        ("a.dat", ARCHIVE.encode(), ["Transport", "Les trams relient les cités."]),
        ("a.txt", "Trams run in nine cities.", ["Trams run in nine cities."]),
        ("a.dat", "Trams run in nine cities.", ["Trams run in nine cities."]),
        ("a.docx", word(paragraph("Trams run in nine cities.")), ["Trams run in nine cities."]),
    ],
)
def test_a_document_that_was_merged_in_is_read_in_its_place(
    name: str, content: str | bytes, found: list[str]
) -> None:
    reading = read_docx(PATH, word(chunk(name), {name: content}))
    assert texts(reading) == ["Before.", *found, "After."]
    assert not reading.notes


def test_one_merged_into_a_cell_stays_in_its_row() -> None:
    cells = f'<w:tc>{paragraph("Year")}</w:tc><w:tc><w:altChunk r:id="a.html"/></w:tc>'
    reading = read_docx(PATH, word(f"<w:tbl><w:tr>{cells}</w:tr></w:tbl>", {"a.html": CHUNK}))
    assert texts(reading) == ["Year | Transport; Trams run in nine cities."]


@pytest.mark.parametrize("content", ["{\\rtf1 Trams}", b"", b"%PDF-1.7", b"\0\1\2\3" * 99, ARCHIVE[:80]])
def test_one_that_cannot_be_read_is_named(content: str | bytes) -> None:
    reading = read_docx(PATH, word(chunk("a.rtf"), {"a.rtf": content}))
    assert texts(reading) == ["Before.", "After."]
    (note,) = reading.notes
    assert "embedded document (a.rtf)" in note


@pytest.mark.parametrize("external", ["elsewhere", ""])
def test_one_in_another_file_is_named(external: str) -> None:
    (note,) = read_docx(PATH, word(chunk("elsewhere"), external=external)).notes
    assert "1 linked document" in note


def test_a_document_of_one_unread_part_fails_and_names_it(tmp_path: Path) -> None:
    path = tmp_path / "plan.docx"
    path.write_bytes(word('<w:altChunk r:id="a.rtf"/>', {"a.rtf": "{\\rtf1 Trams}"}))
    with pytest.raises(NoText, match=r"embedded document \(a\.rtf\)"):
        read(path)


def test_documents_in_each_other_end() -> None:
    data = word(paragraph("Trams."))
    for _ in range(6):
        data = word(chunk("a.docx"), {"a.docx": data})
    reading = read_docx(PATH, data)
    assert texts(reading) == ["Before."] * 4 + ["After."] * 4
    assert "embedded document (a.docx)" in reading.notes[0]


DIAGRAM = "".join(
    f'<dgm:pt modelId="{number}"{kind}><dgm:t><a:p><a:r><a:t>{text}</a:t></a:r></a:p></dgm:t></dgm:pt>'
    for number, (text, kind) in enumerate(
        [("Trams", ""), ("Buses", ' type="node"'), ("Trams", ' type="pres"'), ("Cycle lanes", ' type="asst"')]
    )
)


def drawing(inside: str) -> str:
    return f"<w:r><w:drawing><a:graphic><a:graphicData>{inside}</a:graphicData></a:graphic></w:drawing></w:r>"


def test_the_shapes_of_a_diagram_are_read() -> None:
    data = f"<dgm:dataModel {NAMESPACES}><dgm:ptLst>{DIAGRAM}</dgm:ptLst></dgm:dataModel>"
    body = paragraph("Measures.", drawing('<dgm:relIds r:dm="d.xml"/>')) + paragraph("After.")
    reading = read_docx(PATH, word(body, {"d.xml": data}))
    assert texts(reading) == ["Measures.", "Trams", "Buses", "Cycle lanes", "After."]
    assert not reading.notes


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        (drawing('<c:chart r:id="c.xml"/>'), "1 chart"),
        (drawing('<dgm:relIds r:dm="missing"/>'), "1 diagram"),
        (
            '<w:r><w:object><o:OLEObject ProgID="Excel.Sheet.12"/></w:object></w:r>',
            "embedded object (Excel.Sheet.12)",
        ),
        ('<w:r><w:object><w:control r:id="x"/></w:object></w:r>', "1 form control"),
        ('<w:r><w:contentPart r:id="x"/></w:r>', "1 ink drawing"),
        ('<w:subDoc r:id="x"/>', "1 linked document"),
        (drawing('<c:chart r:id="c"/>') * 3, "3 charts"),
    ],
)
def test_what_is_not_understood_is_named(inside: str, named: str) -> None:
    reading = read_docx(PATH, word(paragraph("Trams.", inside)))
    assert texts(reading) == ["Trams."]
    (note,) = reading.notes
    assert named in note


def test_an_unknown_element_with_text_is_named_and_settings_are_not() -> None:
    (note,) = read_docx(PATH, word(f"<w:novelty>{paragraph('Trams.')}</w:novelty><w:sectPr/>")).notes
    assert "novelty" in note
    assert not read_docx(PATH, word(f"{paragraph('Trams.')}<w:bookmarkStart/><w:proofErr/><w:sectPr/>")).notes


def test_a_word_document_shown_as_an_object_is_read() -> None:
    shown = '<o:OLEObject ProgID="Word.Document.12" DrawAspect="Content" r:id="a.docx"/>'
    inside = f"<w:r><w:object>{shown}</w:object></w:r>"
    reading = read_docx(PATH, word(paragraph("Before.", inside), {"a.docx": word(paragraph("Trams."))}))
    assert texts(reading) == ["Before.", "Trams."]


def test_equations_word_art_and_chosen_entries_are_read() -> None:
    fraction = "<m:f><m:num><m:r><m:t>trips</m:t></m:r></m:num><m:den><m:r><m:t>day</m:t></m:r></m:den></m:f>"
    art = '<w:r><w:pict><v:shape><v:textpath string="City plan"/></v:shape></w:pict></w:r>'
    choice = (
        '<w:r><w:fldChar><w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="Energy"/>'
        '<w:listEntry w:val="Transport"/></w:ddList></w:ffData></w:fldChar></w:r>'
    )
    body = f"<w:p><m:oMath>{fraction}</m:oMath></w:p>{paragraph('A', art)}{paragraph('Sector: ', choice)}"
    reading = read_docx(PATH, word(f"{body}<m:oMathPara><m:oMath>{fraction}</m:oMath></m:oMathPara>"))
    assert texts(reading) == ["trips/day", "A City plan", "Sector: Transport", "trips/day"]
    assert not reading.notes


def test_the_second_alternative_is_read_where_there_is_no_first() -> None:
    first, second = (
        f"<mc:Choice>{paragraph('Trams.')}</mc:Choice>",
        f"<mc:Fallback>{paragraph('Old.')}</mc:Fallback>",
    )
    assert texts(read_docx(PATH, word(f"<mc:AlternateContent>{first}{second}</mc:AlternateContent>"))) == [
        "Trams."
    ]
    assert texts(read_docx(PATH, word(f"<mc:AlternateContent>{second}</mc:AlternateContent>"))) == ["Old."]


@pytest.mark.parametrize("mark", ["del", "moveFrom"])
def test_paragraphs_joined_by_a_tracked_change_are_one(mark: str) -> None:
    first = [
        f'<w:p><w:pPr><w:rPr><w:{mark} w:id="1"/></w:rPr></w:pPr>{run(text)}</w:p>'
        for text in ("Trams ", "run ")
    ]
    last = f"<w:p><w:pPr/>{run('in nine cities.')}</w:p><w:p>{run('Buses, too.')}</w:p>"
    table = f"<w:tbl><w:tr><w:tc>{first[0]}</w:tc></w:tr></w:tbl>"
    assert texts(read_docx(PATH, word("".join(first) + last))) == ["Trams run in nine cities.", "Buses, too."]
    assert texts(read_docx(PATH, word(first[0] + table))) == ["Trams", "Trams"]


def test_deleted_and_hidden_rows_cells_and_styles_are_not_read() -> None:
    def row(first: str, second: str, settings: str = "", second_settings: str = "") -> str:
        cells = f"<w:tc>{paragraph(first)}</w:tc><w:tc><w:tcPr>{second_settings}</w:tcPr>{paragraph(second)}</w:tc>"
        return f"<w:tr><w:trPr>{settings}</w:trPr>{cells}</w:tr>"

    table = (
        row("Measure", "Year") + row("old", "2020", "<w:del/>") + row("new", "2030", "<w:ins/>")
        + row("never", "2040", "<w:hidden/>") + row("part", "cut", "", "<w:cellDel/>")
    )  # fmt: skip
    style = '<w:style w:styleId="H"><w:rPr><w:vanish/></w:rPr></w:style>'
    hidden = run("secret ", '<w:rStyle w:val="H"/>')
    shown = run("shown ", '<w:rStyle w:val="H"/><w:vanish w:val="0"/>')
    reading = read_docx(PATH, word(f"<w:tbl>{table}</w:tbl><w:p>{hidden}{shown}</w:p>", styles=style))
    assert texts(reading) == ["Measure | Year", "new | 2030", "part", "shown"]


def test_moved_text_is_read_where_it_went() -> None:
    left = f"<w:p><w:moveFrom>{run('Trams.')}</w:moveFrom>{run('One.')}</w:p>"
    arrived = f"<w:p><w:moveTo>{run('Trams.')}</w:moveTo></w:p>"
    assert texts(read_docx(PATH, word(f"{left}{arrived}<w:del>{paragraph('Old.')}</w:del>"))) == [
        "One.",
        "Trams.",
    ]


def test_text_too_deep_is_named() -> None:
    deep = "<w:sdt><w:sdtContent>" * 30 + paragraph("Trams.") + "</w:sdtContent></w:sdt>" * 30
    reading = read_docx(PATH, word(paragraph("One.") + deep))
    assert texts(reading) == ["One."]
    assert "nested too deeply" in reading.notes[0]
