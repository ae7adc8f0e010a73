"""PDFs written to do harm, or as broken tools write them; each a name and a function that makes its bytes."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO

Maker = Callable[[], bytes]

SENTENCE = "The city plants trees along its streets and renews the pipes of every district by the year 2035. "
CATALOGUE = "<< /Type /Catalog /Pages 2 0 R >>"
PAGES = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
RESOURCES = "/Resources << /Font << /F1 5 0 R >> >>"
PAGE = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R {RESOURCES} >>"
WORDS = "BT /F1 11 Tf 14 TL 40 780 Td " + f"({SENTENCE}) Tj T* " * 12 + "ET"


def stream(data: bytes | str, entries: str = "", length: str | None = None) -> bytes:
    """A stream object with its dictionary."""
    body = data.encode("latin-1") if isinstance(data, str) else data
    return f"<< /Length {length or len(body)} {entries} >>\nstream\n".encode() + body + b"\nendstream"


def pdf(objects: Sequence[bytes | str], trailer: str = "", header: bytes = b"%PDF-1.7\n") -> bytes:
    """A PDF of the given objects, numbered from 1, the first being the catalogue."""
    out = BytesIO()
    out.write(header)
    offsets = []
    for number, item in enumerate(objects, start=1):
        offsets.append(out.tell())
        body = item.encode("latin-1") if isinstance(item, str) else item
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\n".encode())
    out.write(b"startxref\n%d\n%%%%EOF" % start)
    return out.getvalue()


def one_page(
    page: str = PAGE,
    content: bytes | str = WORDS,
    font: bytes | str = FONT,
    more: Sequence[bytes | str] = (),
    *,
    catalogue: str = CATALOGUE,
    pages: str = PAGES,
    trailer: str = "",
) -> bytes:
    """A PDF of one page: catalogue, pages, page, content, font, and what comes from object 6 on."""
    body = content if isinstance(content, bytes) and b"stream\n" in content[:400] else stream(content)
    return pdf([catalogue, pages, page, body, font, *more], trailer)


def deflated(pattern: bytes, megabytes: int, layers: int = 1) -> bytes:
    """That many megabytes of a pattern, deflated, and then deflated again for each further layer.

    A full flush makes a block that can be repeated; only the checksum at the end is wrong then.
    """
    packer = zlib.compressobj(9)
    piece = pattern * (1024 * 1024 // len(pattern))
    first = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = first + block * (megabytes - 1) + packer.flush()
    for _ in range(layers - 1):
        packed = zlib.compress(packed, 9)
    return packed


def bomb(pattern: bytes, megabytes: int, layers: int = 1) -> bytes:
    """A stream object that unpacks to that many megabytes of a pattern."""
    return stream(deflated(pattern, megabytes, layers), f"/Filter [{'/FlateDecode ' * layers}]")


def many_pages(count: int, *, same: bool = False, content: str = WORDS) -> bytes:
    """A PDF of `count` pages, each an object of its own or all the same one."""
    kids = " ".join("3 0 R" if same else f"{6 + at} 0 R" for at in range(count))
    pages = f"<< /Type /Pages /Kids [{kids}] /Count {count} >>"
    return one_page(content=content, pages=pages, more=() if same else [PAGE] * count)


def deep_tree(depth: int) -> bytes:
    """A page at the end of a chain of nodes."""
    nodes = [
        f"<< /Type /Pages /Kids [{7 + at} 0 R] /Count 1 /Parent {max(2, 5 + at)} 0 R >>"
        for at in range(depth)
    ]
    return one_page(pages="<< /Type /Pages /Kids [6 0 R] /Count 1 >>", more=[*nodes, PAGE])


def laughing_forms(levels: int, calls: int = 10) -> bytes:
    """Forms that draw the next form several times each: ten levels make ten thousand million words."""
    page = PAGE.replace("/Font", "/XObject << /X 6 0 R >> /Font")
    forms = [
        stream(
            "/X Do " * calls,
            f"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /X {7 + at} 0 R >> >>",
        )
        for at in range(levels)
    ]
    last = stream(WORDS, f"/Type /XObject /Subtype /Form /BBox [0 0 595 842] {RESOURCES}")
    return one_page(page, "/X Do", more=[*forms, last])


def _form_in_itself() -> bytes:
    page = PAGE.replace("/Font", "/XObject << /X 6 0 R >> /Font")
    own = "/Resources << /XObject << /X 6 0 R >> >>"
    form = stream("q /X Do /X Do Q", f"/Type /XObject /Subtype /Form /BBox [0 0 595 842] {own}")
    return one_page(page, WORDS + " /X Do", more=[form])


def _type3_in_itself() -> bytes:
    font = (
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 65"
        " /LastChar 65 /Widths [1000] /Encoding << /Differences [65 /a] >> /CharProcs << /a 6 0 R >>"
        " /Resources << /Font << /F1 5 0 R >> >> >>"
    )
    return one_page(
        content="BT /F1 11 Tf 40 780 Td (AAAA) Tj ET", font=font, more=[stream("BT /F1 1 Tf (AA) Tj ET")]
    )


def _composite_font(descendant: str, unicode: bytes | None = None) -> bytes:
    link = "/ToUnicode 7 0 R" if unicode is not None else ""
    font = f"<< /Type /Font /Subtype /Type0 /BaseFont /Strange /Encoding /Identity-H /DescendantFonts [6 0 R] {link} >>"
    content = "BT /F1 11 Tf 14 TL 40 780 Td " + "<00210022002300240025> Tj T* " * 40 + "ET"
    return one_page(
        content=content, font=font, more=[descendant, *([unicode] if unicode is not None else [])]
    )


def _picture_page(width: int, height: int, data: bytes, filters: str = "/FlateDecode") -> bytes:
    page = PAGE.replace("/Font", "/XObject << /X 6 0 R >> /Font")
    picture = stream(
        data,
        f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray"
        f" /BitsPerComponent 8 /Filter {filters}",
    )
    return one_page(page, "q 500 0 0 700 40 60 cm /X Do Q", more=[picture])


def _with_xref_loop(previous: str) -> bytes:
    data = one_page(trailer=f"/Prev {previous}")
    return data.replace(b"/Prev start", b"/Prev %d" % data.rindex(b"xref\n0"))


def _object_streams(loop: bool) -> bytes:
    """Objects packed in a stream; with `loop` the stream extends itself and holds itself."""
    inner = "3 0 4 60 " if not loop else "6 0 3 10 "
    body = inner.ljust(20) + "<< /Type /Catalog >>" * 4
    packed = stream(body, f"/Type /ObjStm /N 2 /First 20 {'/Extends 6 0 R' if loop else ''}")
    return one_page(more=[packed])


def _xref_stream(length: int, entries: str) -> bytes:
    """A PDF that is nothing but a table of objects, of so many zero bytes."""
    data = zlib.compress(b"\0" * length, 9)
    table = stream(data, f"/Type /XRef /Root 2 0 R /Filter /FlateDecode {entries}")
    head = b"%PDF-1.7\n"
    return head + b"1 0 obj\n" + table + b"\nendobj\nstartxref\n9\n%%EOF"


def _outline_loop() -> bytes:
    catalogue = CATALOGUE.replace(">>", "/Outlines 6 0 R >>")
    items = [
        "<< /Type /Outlines /First 7 0 R /Last 7 0 R /Count 99999 >>",
        "<< /Title (a) /Parent 6 0 R /Next 7 0 R /Prev 7 0 R /First 7 0 R >>",
    ]
    return one_page(catalogue=catalogue, more=items)


def _portfolio() -> bytes:
    catalogue = CATALOGUE.replace(
        ">>", "/Collection << /View /D >> /Names << /EmbeddedFiles << /Names [(a.pdf) 6 0 R] >> >> >>"
    )
    item = "<< /Type /Filespec /F (a.pdf) /EF << /F 7 0 R >> >>"
    return one_page(content="", catalogue=catalogue, more=[item, stream(one_page(), "/Type /EmbeddedFile")])


def _xfa(words: str) -> bytes:
    catalogue = CATALOGUE.replace(">>", "/AcroForm << /Fields [] /XFA 6 0 R >> /NeedsRendering true >>")
    form = "<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'><template/></xdp:xdp>"
    return one_page(
        content=f"BT /F1 11 Tf 40 780 Td ({words}) Tj ET", catalogue=catalogue, more=[stream(form)]
    )


def _box(box: str, more: str = "") -> Maker:
    return lambda: one_page(PAGE.replace("/MediaBox [0 0 595 842]", f"/MediaBox {box} {more}"))


def _count(count: str) -> Maker:
    return lambda: one_page(pages=f"<< /Type /Pages /Kids [3 0 R] {count} >>")


def _content(content: str) -> Maker:
    return lambda: one_page(content=content)


def _font(font: str) -> Maker:
    return lambda: one_page(font=font)


def _text(font_size: str, operators: str) -> Maker:
    return _content(f"BT /F1 {font_size} Tf {operators} ({SENTENCE}) Tj ET")


def encrypted(*, user: str | None, method: str = "RC4") -> bytes:
    """A PDF behind passwords; with no user password it opens for everybody."""
    from fpdf import FPDF
    from fpdf.enums import EncryptionMethod

    document = FPDF()
    document.set_font("Helvetica", size=11)
    document.add_page()
    document.multi_cell(0, 6, SENTENCE * 10)
    document.set_encryption(
        owner_password="owner",  # noqa: S106
        user_password=user or "",
        encryption_method=EncryptionMethod[method],
    )
    return bytes(document.output())


def plain(pages: int = 3) -> bytes:
    """A sound PDF made by a common tool."""
    from fpdf import FPDF

    document = FPDF()
    document.set_creation_date(datetime(2025, 1, 1, tzinfo=UTC))  # the same bytes each time
    document.set_font("Helvetica", size=11)
    for _ in range(pages):
        document.add_page()
        document.multi_cell(0, 6, SENTENCE * 12)
    return bytes(document.output())


DEEP = 100_000
DESCENDANT = (
    "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Strange"
    " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
)

MAKERS: dict[str, Maker] = {
    "sound": plain,
    # page trees
    "kids-loop": lambda: one_page(pages="<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>"),
    "kids-of-parent": lambda: one_page("<< /Type /Pages /Kids [2 0 R] /Count 1 /Parent 2 0 R >>"),
    "kids-empty": lambda: one_page(pages="<< /Type /Pages /Kids [] /Count 0 >>"),
    "kids-missing": lambda: one_page(pages="<< /Type /Pages /Count 1 >>"),
    "kids-null": lambda: one_page(pages="<< /Type /Pages /Kids [null 99 0 R (x) 3 0 R] /Count 4 >>"),
    "kids-number": lambda: one_page(pages="<< /Type /Pages /Kids 7 /Count 1 >>"),
    "parent-loop": lambda: one_page(pages="<< /Type /Pages /Kids [3 0 R] /Count 1 /Parent 2 0 R >>"),
    "count-missing": _count(""),
    "count-zero": _count("/Count 0"),
    "count-negative": _count("/Count -1"),
    "count-of-two": _count("/Count 2"),
    "count-huge": _count("/Count 2147483647"),
    "count-beyond": _count("/Count 99999999999999999999"),
    "count-real": _count("/Count 1.5"),
    "count-itself": _count("/Count 2 0 R"),
    "tree-50-deep": lambda: deep_tree(50),
    "tree-20000-deep": lambda: deep_tree(20_000),
    "pages-400": lambda: many_pages(400),
    "pages-2000-empty": lambda: many_pages(2000, content=""),
    "pages-10000": lambda: many_pages(10_000),
    "pages-10000-same": lambda: many_pages(10_000, same=True),
    "catalogue-missing": lambda: pdf(["<< >>", PAGES, PAGE, stream(WORDS), FONT]),
    "catalogue-is-page": lambda: pdf([PAGE, PAGES, PAGE, stream(WORDS), FONT]),
    "root-missing": lambda: one_page().replace(b"/Root 1 0 R", b""),
    "root-elsewhere": lambda: one_page().replace(b"/Root 1 0 R", b"/Root 9 0 R"),
    # cross-references, objects
    "xref-loop": lambda: _with_xref_loop("start"),
    "xref-far": lambda: _with_xref_loop("99999999999"),
    "xref-negative": lambda: _with_xref_loop("-5"),
    "xref-wrong": lambda: one_page().replace(b"startxref\n", b"startxref\n7"),
    "xref-stream-bomb": lambda: _xref_stream(50_000_000, "/Size 12500000 /W [1 2 1] /Index [0 12500000]"),
    "xref-claims-billions": lambda: _xref_stream(400, "/Size 2000000000 /W [1 2 1] /Index [0 2000000000]"),
    "xref-claims-size": lambda: _xref_stream(400, "/Size 2000000000 /W [1 2 1]"),
    "xref-claims-nothing": lambda: _xref_stream(0, "/Size 9 /W [0 0 0] /Index [0 2000000000 5 1999999999]"),
    "xref-claims-below-zero": lambda: _xref_stream(400, "/Size -1 /W [1 2 1] /Index [-5 -9]"),
    "xref-table-billions": lambda: one_page().replace(b"xref\n0 6\n", b"xref\n0 2000000000\n"),
    "size-huge": lambda: one_page().replace(b"/Size 6", b"/Size 2147483647"),
    "object-stream": lambda: _object_streams(loop=False),
    "object-stream-loop": lambda: _object_streams(loop=True),
    "length-itself": lambda: one_page(content=stream(WORDS, length="4 0 R")),
    "length-huge": lambda: one_page(content=stream(WORDS, length="4294967296")),
    "length-negative": lambda: one_page(content=stream(WORDS, length="-1")),
    "reference-loop": lambda: one_page(PAGE.replace("4 0 R", "6 0 R"), more=["7 0 R", "6 0 R"]),
    "contents-many": lambda: one_page(PAGE.replace("4 0 R", f"[{'4 0 R ' * 50_000}]")),
    "contents-nested": lambda: one_page(PAGE.replace("4 0 R", "6 0 R"), more=["[6 0 R 4 0 R]"]),
    "contents-missing": lambda: one_page(PAGE.replace("/Contents 4 0 R", "")),
    "contents-dictionary": lambda: one_page(PAGE.replace("4 0 R", "<< >>")),
    "outline-loop": _outline_loop,
    "resources-missing": lambda: one_page(PAGE.replace(RESOURCES, "")),
    # nesting
    "nested-arrays": lambda: one_page(more=["[" * DEEP]),
    "nested-arrays-closed": lambda: one_page(PAGE.replace("/Parent", f"/X {'[' * DEEP}{']' * DEEP} /Parent")),
    "nested-dictionaries": lambda: one_page(PAGE.replace("/Parent", f"/X {'<< /a ' * DEEP} /Parent")),
    "nested-strings": lambda: one_page(PAGE.replace("/Parent", f"/X {'(' * DEEP} /Parent")),
    "nested-in-trailer": lambda: one_page(trailer="/X " + "[" * DEEP),
    "nested-in-content": _content("[" * DEEP + " TJ " + WORDS),
    "nested-states": _content("q " * 500_000 + WORDS),
    "nested-marks": _content("/a << /b [ << " * 50_000 + WORDS),
    "nested-text": _content("BT " * 100_000 + WORDS),
    "name-long": lambda: one_page(PAGE.replace("/Parent", f"/{'a' * 5_000_000} 1 /Parent")),
    "operands-many": _content("1 " * 1_000_000 + WORDS),
    # bombs
    "bomb-spaces": lambda: one_page(content=bomb(b" ", 4000)),
    "bomb-nested": lambda: one_page(content=bomb(b" ", 4000, 3)),
    "bomb-words": lambda: one_page(content=bomb(b"BT /F1 9 Tf 9 9 Td (city) Tj ET\n", 600, 2)),
    "bomb-paths": lambda: one_page(content=bomb(b"0 0 m 9 9 l S 1 1 5 5 re f\n    \n", 600, 2)),
    "bomb-array": lambda: one_page(content=bomb(b"[", 1000, 2)),
    "bomb-string": lambda: one_page(content=stream(b"x" + deflated(b"(", 1), "/Filter /FlateDecode")),
    "bomb-tounicode": lambda: _composite_font(
        f"{DESCENDANT} >>", bomb(b"1 beginbfchar <21> <0041> endbfchar\n     ", 800, 2)
    ),
    "bomb-tounicode-range": lambda: _composite_font(
        f"{DESCENDANT} >>", stream("1 beginbfrange <00000000> <ffffffff> <0041> endbfrange")
    ),
    "bomb-fontfile": lambda: _composite_font(
        f"{DESCENDANT} /FontDescriptor << /Type /FontDescriptor /FontName /Strange /FontFile2 7 0 R >> >>",
        bomb(b"\0", 3000, 2),
    ),
    "bomb-widths": lambda: _composite_font(f"{DESCENDANT} /W [0 2147483647 500] >>"),
    "filters-many": lambda: one_page(content=stream("x", f"/Filter [{'/FlateDecode ' * 50_000}]")),
    "filter-unknown": lambda: one_page(content=stream(WORDS, "/Filter /NoSuchThing")),
    "filter-crypt": lambda: one_page(content=stream(WORDS, "/Filter /Crypt /DecodeParms << /Name /None >>")),
    "filter-wrong": lambda: one_page(content=stream(WORDS, "/Filter /DCTDecode")),
    "predictor-huge": lambda: one_page(
        content=stream(
            zlib.compress(b"\0" * 100_000),
            "/Filter /FlateDecode /DecodeParms << /Predictor 15 /Colors 2147483647 /Columns 2147483647 >>",
        )
    ),
    "lzw-bad": lambda: one_page(content=stream(bytes(range(256)) * 400, "/Filter /LZWDecode")),
    "ascii85-bad": lambda: one_page(content=stream("zzzz" * 100_000, "/Filter /ASCII85Decode")),
    # boxes
    "box-zero": _box("[0 0 0 0]"),
    "box-inverted": _box("[595 842 0 0]"),
    "box-negative": _box("[-595 -842 -1 -1]"),
    "box-huge": _box("[0 0 1e38 1e38]"),
    "box-beyond": _box("[0 0 1e400 1e400]"),
    "box-large": _box("[0 0 200000 200000]"),
    "box-tiny": _box("[0 0 0.001 0.001]"),
    "box-words": _box("[(a) /b null true]"),
    "box-short": _box("[0 0]"),
    "box-itself": _box("3 0 R"),
    "box-missing": lambda: one_page(PAGE.replace("/MediaBox [0 0 595 842]", "")),
    "unit-huge": _box("[0 0 595 842]", "/UserUnit 1000000000"),
    "crop-outside": _box("[0 0 595 842]", "/CropBox [9000 9000 9001 9001]"),
    "rotate-45": _box("[0 0 595 842]", "/Rotate 45"),
    "rotate-90": _box("[0 0 595 842]", "/Rotate 90"),
    "rotate-huge": _box("[0 0 595 842]", "/Rotate 99999999990"),
    "rotate-name": _box("[0 0 595 842]", "/Rotate /north"),
    # text and fonts
    "font-missing": _font("null"),
    "font-empty": _font("<< >>"),
    "font-number": _font("42"),
    "font-itself": _font("5 0 R"),
    "font-strange": _font("<< /Type /Font /Subtype /Strange /BaseFont 7 >>"),
    "font-encoding-bad": _font(
        FONT.replace(">>", "/Encoding << /Differences [ -5 /a 900 /b /c 1e9 /d ] >> >>")
    ),
    "font-widths-bad": _font(FONT.replace(">>", "/FirstChar 2147483647 /LastChar -9 /Widths [(a) null] >>")),
    "font-descendant-itself": lambda: _composite_font("6 0 R"),
    "font-descendant-null": lambda: _composite_font("null"),
    "font-without-tounicode": lambda: _composite_font(f"{DESCENDANT} >>"),
    "font-tounicode-empty": lambda: _composite_font(f"{DESCENDANT} >>", stream("")),
    "font-tounicode-junk": lambda: _composite_font(f"{DESCENDANT} >>", stream(bytes(range(256)) * 99)),
    "font-file-junk": lambda: _composite_font(
        f"{DESCENDANT} /FontDescriptor << /Type /FontDescriptor /FontName /Strange /FontFile2 7 0 R >> >>",
        stream(bytes(range(255, -1, -1)) * 99),
    ),
    "type3-in-itself": _type3_in_itself,
    "size-zero": _text("0", "40 780 Td"),
    "size-negative": _text("-11", "40 780 Td"),
    "size-1e30": _text("1e30", "40 780 Td"),
    "size-1e-30": _text("1e-30", "40 780 Td"),
    "size-too-long": _text("9" * 400, "40 780 Td"),
    "place-1e30": _text("11", "1e30 1e30 Td"),
    "place-1e38": _text("11", "3.4e38 0 0 3.4e38 3.4e38 3.4e38 Tm"),
    "place-far": _text("11", "1 0 0 1 30000 -30000 Tm"),
    "matrix-singular": _text("11", "0 0 0 0 40 780 Tm"),
    "matrix-skewed": _text("11", "1 1 1 1 40 780 Tm"),
    "leading-huge": _content(WORDS.replace("14 TL", "1e20 TL")),
    "spacing-huge": _content(WORDS.replace("14 TL", "14 TL 1e9 Tc 1e9 Tw 1e9 Tz")),
    "letters-heaped": _content("BT /F1 11 Tf " + "1 0 0 1 40 780 Tm (city) Tj " * 60_000 + "ET"),
    "letters-million": _content("BT /F1 1 Tf 1 TL 0 840 Td " + f"({SENTENCE}) Tj T* " * 12_000 + "ET"),
    "rulings-many": _content(
        WORDS + "".join(f" {x} 0 m {x} 842 l S 0 {x} m 595 {x} l S" for x in range(590)) * 9
    ),
    "rectangles-many": _content(
        WORDS + "".join(f" {x % 590} {x % 830} 3 3 re f" for x in range(0, 200_000, 7))
    ),
    "shading-only": _content("0.5 g 0 0 595 842 re f"),
    # forms
    "form-in-itself": _form_in_itself,
    "forms-laughing": lambda: laughing_forms(10),
    "forms-deep": lambda: laughing_forms(5000, 1),
    # pictures
    "picture-only": lambda: _picture_page(100, 100, zlib.compress(bytes(range(100)) * 100)),
    "picture-bomb": lambda: _picture_page(60_000, 60_000, deflated(b"\0", 3400)),
    "picture-size-lies": lambda: _picture_page(2_000_000_000, 2_000_000_000, zlib.compress(b"abc")),
    "picture-negative": lambda: _picture_page(-5, -5, zlib.compress(b"abc")),
    "picture-junk-jpeg": lambda: _picture_page(500, 500, b"\xff\xd8\xff" + bytes(500), "/DCTDecode"),
    "picture-junk-jpx": lambda: _picture_page(500, 500, b"\0\0\0\x0cjP  \r\n" + bytes(500), "/JPXDecode"),
    "picture-junk-jbig2": lambda: _picture_page(500, 500, bytes(range(256)), "/JBIG2Decode"),
    "picture-junk-fax": lambda: _picture_page(500, 500, bytes(range(256)), "/CCITTFaxDecode"),
    # nothing to read
    "page-empty": _content(""),
    "pages-empty": lambda: many_pages(20, content=""),
    "page-number-only": _content("BT /F1 11 Tf 300 30 Td (1) Tj ET"),
    "word-only": _content("BT /F1 11 Tf 40 780 Td (Annex) Tj ET"),
    "heading-only": _content("BT /F1 24 Tf 40 780 Td (Nationally Determined Contribution) Tj ET"),
    "pages-same-head": lambda: many_pages(30, content="BT /F1 11 Tf 40 780 Td (Our plan) Tj ET"),
    "portfolio": _portfolio,
    "xfa-please-wait": lambda: _xfa(
        "Please wait... If this message is not eventually replaced, update your viewer."
    ),
    "xfa-empty": lambda: _xfa(""),
    # passwords
    "password": lambda: encrypted(user="user"),
    "password-aes": lambda: encrypted(user="user", method="AES_256"),
    "owner-password": lambda: encrypted(user=None),
    "owner-password-aes": lambda: encrypted(user=None, method="AES_128"),
    "encryption-unknown": lambda: one_page(trailer="/Encrypt << /Filter /NoSuchThing /V 99 >>"),
    "encryption-broken": lambda: one_page(
        trailer="/Encrypt << /Filter /Standard /V 2 /R 3 /O (a) /U (b) /P -4 >>"
    ),
    "encryption-itself": lambda: one_page(trailer="/Encrypt 6 0 R", more=["6 0 R"]),
    # heads and tails
    "header-only": lambda: b"%PDF-1.7\n",
    "header-and-end": lambda: b"%PDF-1.7\n%%EOF",
    "header-odd": lambda: pdf([CATALOGUE, PAGES, PAGE, stream(WORDS), FONT], header=b"%PDF-9.9\r\r"),
    "header-late": lambda: b"\n" * 900 + one_page(),
    "header-mail": lambda: b"Content-Type: application/pdf\r\n\r\n" + one_page(),
    "tail-junk": lambda: one_page() + b"\0" * 100_000,
    "tail-page": lambda: one_page() + b"<html><body>Session expired</body></html>",
    "twice": lambda: one_page() * 2,
    "line-ends-changed": lambda: plain().replace(b"\n", b"\r\n"),
    "high-bits-lost": lambda: bytes(byte & 0x7F for byte in plain()),
    "as-utf8": lambda: plain().decode("latin-1").encode("utf-8"),
}


def cut(data: bytes, steps: int = 100) -> Iterator[bytes]:
    """A file broken off after each of `steps` equal shares, the whole left out."""
    for step in range(1, steps):
        yield data[: len(data) * step // steps]
