"""Archives and XML that are broken or made to do harm. See also the tests of .docx and of exchange files."""

from __future__ import annotations

import io
import zipfile
import zlib

import pytest

from ndc_urban import safe_archive
from ndc_urban.safe_archive import (
    ArchiveError,
    BrokenArchive,
    Limits,
    UnsafeArchive,
    ZipArchive,
    inflated,
    xml_elements,
    xml_root,
)

LIMITS = Limits(member=1000, unpacked=1500, ratio=20, ratio_free_bytes=100)


def archive(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in members.items():
            out.writestr(name, data)
    return packed.getvalue()


def test_members_are_read() -> None:
    opened = ZipArchive(archive(a=b"trams", b=b"buses"), LIMITS)
    opened.check()
    assert opened.members == ("a", "b")
    assert (opened.read("a"), "b" in opened, "c" in opened) == (b"trams", True, False)
    with pytest.raises(BrokenArchive, match="no part"):
        opened.read("c")


def test_a_member_that_is_too_large_is_not_read() -> None:
    with pytest.raises(UnsafeArchive, match="unpacks"):
        ZipArchive(archive(a=bytes(range(256)) * 4), LIMITS).read("a")


def test_members_are_counted_together() -> None:
    opened = ZipArchive(archive(a=bytes(range(256)) * 3, b=bytes(range(256)) * 3), LIMITS)
    opened.read("a")
    with pytest.raises(UnsafeArchive, match="more than it declares"):
        opened.read("b")
    with pytest.raises(UnsafeArchive, match="unpacks to"):
        opened.check()


def test_a_ratio_that_no_text_reaches() -> None:
    with pytest.raises(UnsafeArchive):
        ZipArchive(archive(a=b"\0" * 900), LIMITS).read("a")


def test_more_members_than_any_file_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe_archive, "MAX_MEMBERS", 1)
    with pytest.raises(UnsafeArchive, match="2 parts"):
        ZipArchive(archive(a=b"", b=b""), LIMITS)


@pytest.mark.parametrize("data", [b"", b"PK", archive(a=b"trams")[:-10]])
def test_a_broken_archive(data: bytes) -> None:
    with pytest.raises(BrokenArchive):
        ZipArchive(data, LIMITS)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (zlib.compress(b"\0" * 2000), UnsafeArchive),
        (zlib.compress(bytes(range(256)))[:-9], BrokenArchive),
        (b"none", BrokenArchive),
    ],
)
def test_compressed_data_within_limits(data: bytes, error: type[ArchiveError]) -> None:
    with pytest.raises(error):
        inflated(data, LIMITS)


def test_xml_has_no_comments_and_its_text_is_whole() -> None:
    data = b"<?xml version='1.0'?><a>one<!-- two --> three<?x y?><b/></a>"
    assert xml_root(data).text == "one three"
    assert [element.tag for element in xml_elements(data)] == ["b", "a"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("entity", ['"x"', 'SYSTEM "file:///etc/hostname"'])
def test_a_document_type_is_refused(entity: str, encoding: str) -> None:
    data = f"<!DOCTYPE a [<!ENTITY e {entity}>]><a>&e;</a>".encode(encoding)
    with pytest.raises(UnsafeArchive, match="document type"):
        xml_root(data)
    with pytest.raises(UnsafeArchive, match="document type"):
        list(xml_elements(data))


@pytest.mark.parametrize("data", [b"", b"<a>", b"text", b"<a>&none;</a>"])
def test_xml_that_is_not_sound(data: bytes) -> None:
    with pytest.raises(BrokenArchive):
        xml_root(data)
    with pytest.raises(BrokenArchive):
        list(xml_elements(data))
