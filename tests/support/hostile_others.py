"""HTML, Word and text files written to do harm or given a wrong name; each a name and a function for its bytes."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable

from hostile_pdfs import SENTENCE, deflated, one_page, plain

Maker = Callable[[], bytes]

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RUN = f"<w:r><w:t>{SENTENCE * 3}</w:t></w:r>"
PARAGRAPH = f"<w:p>{RUN}</w:p>"
DEEP = 100_000
MEGABYTE = 1024 * 1024


def docx(body: str = PARAGRAPH, *, head: str = "", **parts: str) -> bytes:
    """A Word document with this body; further parts by name, `__` for `/`."""
    document = f'<?xml version="1.0"?>{head}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
    return archive(
        {"word/document.xml": document} | {name.replace("__", "/"): text for name, text in parts.items()}
    )


def archive(members: dict[str, str]) -> bytes:
    """A zip of the members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in members.items():
            packed.writestr(name, text)
    return out.getvalue()


def _docx_bomb(megabytes: int) -> bytes:
    """Unpacks to so many megabytes; packed in a quarter of the time of the usual level, to three times the size."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as packed,
        packed.open("word/document.xml", "w") as part,
    ):
        part.write(f'<w:document xmlns:w="{WORD}"><w:body>'.encode())
        for _ in range(megabytes):
            part.write(b"<w:p/>" * (MEGABYTE // 6))
    return out.getvalue()


def _size_lies() -> bytes:
    """A zip whose directory says that a part is small, while gigabytes come out of it."""
    data = bytearray(_docx_bomb(300))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    return bytes(data)


def _encrypted_flag() -> bytes:
    data = bytearray(docx())
    data[data.index(b"PK\x03\x04") + 6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def _html(body: str) -> bytes:
    return f"<!doctype html><html><body>{body}</body></html>".encode()


PARAGRAPH_HTML = f"<p>{SENTENCE * 4}</p>"

LAUGHS = (
    '<!DOCTYPE w [<!ENTITY a "ha ha ha ">'
    + "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9))
    + "]>"
)

MAKERS: dict[str, Maker] = {
    # HTML
    "divs-deep.html": lambda: _html("<div>" * DEEP + PARAGRAPH_HTML),
    "divs-deep-closed.html": lambda: _html("<div>" * DEEP + SENTENCE + "</div>" * DEEP),
    "lists-deep.html": lambda: _html("<ul><li>" * 20_000 + PARAGRAPH_HTML),
    "bold-deep.html": lambda: _html("<b>" * DEEP + PARAGRAPH_HTML),
    "tables-deep.html": lambda: _html("<table><tr><td>" * 5_000 + PARAGRAPH_HTML),
    "divs-200-deep.html": lambda: _html("<div>" * 200 + PARAGRAPH_HTML),
    "attribute-giant.html": lambda: _html(f'<p title="{"a" * 50 * MEGABYTE}">{SENTENCE * 4}</p>'),
    "attributes-many.html": lambda: _html(
        f"<p {' '.join(f'a{at}=1' for at in range(DEEP))}>{SENTENCE * 4}</p>"
    ),
    "text-200-mb.html": lambda: _html(PARAGRAPH_HTML * (200 * MEGABYTE // len(PARAGRAPH_HTML))),
    "paragraph-giant.html": lambda: _html(f"<p>{SENTENCE * 60_000}</p>"),
    "word-giant.html": lambda: _html(f"<p>{'a' * 5_000_000}</p>"),
    "tags-million.html": lambda: _html("<br>" * 1_000_000 + PARAGRAPH_HTML),
    "tags-unclosed.html": lambda: _html("<p><b>" * 50_000 + SENTENCE),
    "columns-many.html": lambda: _html(f"<table><tr>{'<td>a</td>' * DEEP}</tr></table>{PARAGRAPH_HTML}"),
    "rows-many.html": lambda: _html(
        f"<table>{'<tr><td>a</td><td>b</td></tr>' * DEEP}</table>{PARAGRAPH_HTML}"
    ),
    "spans-huge.html": lambda: _html(
        f'<table><tr><td colspan="{"9" * 5000}">{SENTENCE}</td><td>b</td></tr></table>'
    ),
    "entities-odd.html": lambda: _html(f"<p>&#xFFFFFFFF;&#0;&#xD800;&nosuch;{SENTENCE * 4}</p>"),
    "zero-bytes.html": lambda: _html(PARAGRAPH_HTML).replace(b"city", b"ci\0ty"),
    "script-only.html": lambda: _html(f"<script>{'var a = 1;' * 999}</script>"),
    "empty.html": lambda: _html(""),
    "cdata.html": lambda: _html("<![CDATA[" * 9999 + PARAGRAPH_HTML),
    "comments-open.html": lambda: _html("<!--" * 9999 + PARAGRAPH_HTML),
    "charset-wrong.html": lambda: b'<html><meta charset="utf-7"><p>' + SENTENCE.encode() * 4,
    "charset-unknown.html": lambda: (
        '<html><meta charset="no-such"><p>été '.encode("latin-1") + SENTENCE.encode() * 4
    ),
    "charset-codec.html": lambda: (
        '<html><meta charset="hex"><p>été '.encode("latin-1") + SENTENCE.encode() * 4
    ),
    "utf16.html": lambda: _html(PARAGRAPH_HTML).decode().encode("utf-16"),
    "notes-many.html": lambda: _html(f"<p>{'city<sup>1</sup> ' * 100_000}</p>"),
    # Word
    "bomb.docx": lambda: _docx_bomb(1500),
    "size-lies.docx": _size_lies,
    "laughs.docx": lambda: docx("<w:p><w:r><w:t>&j;</w:t></w:r></w:p>", head=LAUGHS),
    "external.docx": lambda: docx(
        "<w:p><w:r><w:t>&x;</w:t></w:r></w:p>",
        head='<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    ),
    "deep.docx": lambda: docx("<w:sdt><w:sdtContent>" * 50_000 + PARAGRAPH),
    "deep-closed.docx": lambda: docx("<w:ins>" * 200 + PARAGRAPH + "</w:ins>" * 200),
    "tables-deep.docx": lambda: docx("<w:tbl><w:tr><w:tc>" * 60 + PARAGRAPH + "</w:tc></w:tr></w:tbl>" * 60),
    "tables-wide.docx": lambda: docx(f"<w:tbl><w:tr>{f'<w:tc>{PARAGRAPH}</w:tc>' * 5000}</w:tr></w:tbl>"),
    "boxes-laughing.docx": lambda: docx(
        "<w:p><w:r><w:txbxContent>" * 30 + PARAGRAPH * 9 + "</w:txbxContent></w:r></w:p>" * 30
    ),
    "spans-huge.docx": lambda: docx(
        f'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="{"9" * 5000}"/></w:tcPr>{PARAGRAPH}</w:tc>'
        f"<w:tc>{PARAGRAPH}</w:tc></w:tr></w:tbl>"
    ),
    "members-many.docx": lambda: archive(
        {"word/document.xml": "<a/>"} | {f"word/{at}.xml": "" for at in range(30_000)}
    ),
    "part-missing.docx": lambda: archive({"word/styles.xml": "<a/>"}),
    "part-empty.docx": lambda: archive({"word/document.xml": ""}),
    "part-no-xml.docx": lambda: archive({"word/document.xml": "hello"}),
    "encrypted.docx": _encrypted_flag,
    "empty.docx": lambda: docx(""),
    "styles-loop.docx": lambda: docx(
        f'<w:p><w:pPr><w:pStyle w:val="a"/></w:pPr>{RUN}</w:p>',
        word__styles__xml="",
    ),
    "paragraph-giant.docx": lambda: docx(f"<w:p><w:r><w:t>{SENTENCE * 60_000}</w:t></w:r></w:p>"),
    # text
    "letters-100-mb.txt": lambda: b"a" * (100 * MEGABYTE),
    "lines-100-mb.txt": lambda: (SENTENCE.encode() + b"\n") * MEGABYTE,
    "line-5-mb.txt": lambda: SENTENCE.encode() * 52_000,
    "spaces.txt": lambda: b" " * (20 * MEGABYTE) + SENTENCE.encode(),
    "line-breaks.txt": lambda: b"\n" * (20 * MEGABYTE) + SENTENCE.encode(),
    "hyphens.txt": lambda: b"city-\n" * 500_000,
    "hashes.txt": lambda: b"#" * (5 * MEGABYTE) + b" city\n" + SENTENCE.encode(),
    "equals.txt": lambda: SENTENCE.encode() + b"\n" + b"=" * (5 * MEGABYTE),
    "numbers.txt": lambda: b"1.1.1.1 A\n" * 200_000,
    "dots.txt": lambda: b". " * MEGABYTE,
    "chinese.txt": ("城市规划与交通" * 200_000).encode,
    "chinese-sentences.txt": ("城市规划与交通。" * 200_000).encode,
    "arabic.txt": ("تخطيط المدن والنقل الحضري. " * 50_000).encode,
    "marks.txt": ("ci" + "\u0301" * 100_000 + "ty. " + SENTENCE * 4).encode,
    "directions.txt": ("\u202e" * 10_000 + SENTENCE * 4).encode,
    "zero-width.txt": ("\u200b\ufeff" * 10_000 + SENTENCE * 4).encode,
    "surrogates.txt": lambda: b"\xed\xa0\x80" * 100 + SENTENCE.encode() * 4,
    "one-byte.txt": lambda: b"a",
    "spaces-only.txt": lambda: b"   \n\n  ",
    "digits-only.txt": lambda: b"12 13 14",
    "nothing.txt": lambda: b"",
    "zeros.txt": lambda: bytes(100_000),
    # wrong names
    "pdf.docx": plain,
    "pdf.txt": plain,
    "pdf.html": plain,
    "word.pdf": lambda: docx(PARAGRAPH * 5),
    "page.pdf": lambda: _html(PARAGRAPH_HTML),
    "text.pdf": lambda: SENTENCE.encode() * 9,
    "text.docx": lambda: SENTENCE.encode() * 9,
    "zeros.pdf": lambda: bytes(100_000),
    "nothing.pdf": lambda: b"",
    "one-byte.pdf": lambda: b"%",
    "junk.pdf": lambda: bytes(at * 7919 % 251 for at in range(100_000)),
    "gzip.pdf": lambda: gzip.compress(one_page(), mtime=0),
    "zlib.pdf": lambda: deflated(b"a", 1),
    "png.pdf": lambda: b"\x89PNG\r\n\x1a\n" + bytes(1000),
    "zip.pdf": lambda: archive({"a.txt": SENTENCE}),
    "ole.pdf": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000),
}
