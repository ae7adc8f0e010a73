"""Files made to do harm end in a clear error: no entity is resolved, nothing is unpacked without end, nothing runs."""

from __future__ import annotations

import io
import pickle
import stat
import tracemalloc
import zipfile
import zlib
from pathlib import Path

import pytest
from coded_corpus import CodedCorpus
from coding_sheets import write_files
from spacy.tokens import DocBin  # noqa: F401 - loaded before memory is measured

from ndc_urban.errors import ExchangeFileInvalid, ExchangeFileUnsafe, NdcUrbanError, PathMissing
from ndc_urban.exchange import safe
from ndc_urban.exchange.formats import docbin, qdpx, xlsx
from ndc_urban.exchange.registry import FORMATS, format_of

ENTITIES = """<?xml version="1.0"?>
<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>
"""
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>'
LIMIT = 80_000_000
"""Bytes that refusing a file may take at most."""


@pytest.fixture
def workbook(corpus: CodedCorpus, tmp_path: Path) -> Path:
    write_files(xlsx.write(corpus.coded("E"), tmp_path / "x.xlsx"))
    return tmp_path / "x.xlsx"


@pytest.fixture
def project(corpus: CodedCorpus, tmp_path: Path) -> Path:
    write_files(qdpx.write(corpus.coded("E"), tmp_path / "x.qdpx"))
    return tmp_path / "x.qdpx"


def with_member(path: Path, name: str, data: bytes, *, mode: int = 0o644) -> Path:
    """The archive with a member more, or with another content for one."""
    before = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for info in before.infolist():
            if info.filename != name:
                archive.writestr(info, before.read(info))
        added = zipfile.ZipInfo(name)
        added.external_attr = mode << 16
        added.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(added, data)
    path.write_bytes(out.getvalue())
    return path


def refused(path: Path) -> NdcUrbanError:
    """The error that a file ends in, reached without much memory."""
    tracemalloc.start()
    try:
        with pytest.raises((ExchangeFileInvalid, ExchangeFileUnsafe)) as caught:
            format_of(path).read(path)
        assert tracemalloc.get_traced_memory()[1] < LIMIT
    finally:
        tracemalloc.stop()
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "docProps/app.xml"])
@pytest.mark.parametrize("head", [ENTITIES, OUTSIDE])
def test_entities_in_a_workbook(workbook: Path, part: str, head: str) -> None:
    with_member(workbook, part, (head + "<x>&c;</x>").encode())
    assert isinstance(refused(workbook), ExchangeFileUnsafe)


@pytest.mark.parametrize("head", [ENTITIES, OUTSIDE])
def test_entities_in_a_project(project: Path, head: str) -> None:
    with_member(project, "project.qde", (head + "<Project>&c;</Project>").encode())
    assert isinstance(refused(project), ExchangeFileUnsafe)


def test_entities_in_utf_16(project: Path) -> None:
    text = ENTITIES.replace('version="1.0"', 'version="1.0" encoding="UTF-16"') + "<Project>&c;</Project>"
    with_member(project, "project.qde", text.encode("utf-16"))
    assert isinstance(refused(project), ExchangeFileUnsafe)


def test_entities_in_a_codebook(tmp_path: Path) -> None:
    path = tmp_path / "x.qdc"
    path.write_text(f"{ENTITIES}<CodeBook>&c;</CodeBook>")
    assert isinstance(refused(path), ExchangeFileUnsafe)


@pytest.mark.parametrize("name", ["workbook", "project"])
def test_a_zip_bomb(name: str, request: pytest.FixtureRequest) -> None:
    path: Path = request.getfixturevalue(name)
    with_member(path, "sources/bomb.txt", b"\0" * 40_000_000)
    assert "unpacks" in refused(path).message


def test_a_zip_bomb_that_lies_about_its_size(project: Path) -> None:
    """The size in the directory of the archive is false; what comes out counts."""
    with_member(project, "project.qde", b" " * 30_000_000)
    data = project.read_bytes()
    size = (30_000_000).to_bytes(4, "little")
    project.write_bytes(data.replace(size, (1_000_000).to_bytes(4, "little")))
    refused(project)


def test_more_than_any_export_holds(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe, "MAX_UNPACKED_BYTES", 1000)
    assert isinstance(refused(project), ExchangeFileUnsafe)


def test_a_huge_file(workbook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe, "MAX_FILE_BYTES", 1000)
    assert "MB" in refused(workbook).message


@pytest.mark.parametrize(
    "name",
    ["../outside.txt", "/etc/passwd", "sources/../../x", "C:/x.txt", "a\\..\\b.txt", "sources/\x07.txt"],
)
def test_members_that_lead_out_of_the_archive(project: Path, name: str) -> None:
    with_member(project, name, b"x")
    assert isinstance(refused(project), ExchangeFileUnsafe)


def test_a_link_in_an_archive(project: Path) -> None:
    with_member(project, "sources/link.txt", b"/etc/passwd", mode=stat.S_IFLNK | 0o777)
    assert "link" in refused(project).message


def test_two_members_of_one_name(project: Path) -> None:
    with pytest.warns(UserWarning), zipfile.ZipFile(project, "a") as archive:
        archive.writestr("project.qde", b"<Project/>")
    assert "two parts" in refused(project).message


@pytest.mark.parametrize(
    "path",
    ["internal://../../etc/passwd", "absolute:///etc/passwd", "relative:///x.txt", "internal:///etc/passwd"],
)
def test_sources_outside_of_the_project(project: Path, path: str) -> None:
    text = zipfile.ZipFile(project).read("project.qde").decode()
    start = text.index('plainTextPath="') + len('plainTextPath="')
    changed = text[:start] + path + text[text.index('"', start) :]
    with_member(project, "project.qde", changed.encode())
    refused(project)


def test_an_archive_behind_a_password(project: Path) -> None:
    data = bytearray(project.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    project.write_bytes(bytes(data))
    assert "password" in refused(project).message


class Payload:
    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (Path("pickle-was-loaded"),)


def test_a_pickle_is_never_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("x.spacy", "x.xlsx", "x.csv", "x.jsonl", "x.qdpx", "x.qdc", "x.json"):
        for data in (pickle.dumps(Payload()), zlib.compress(pickle.dumps(Payload()))):
            Path(name).write_bytes(data)
            refused(Path(name))
    assert not Path("pickle-was-loaded").exists()


def test_a_docbin_that_inflates_without_end(tmp_path: Path) -> None:
    path = tmp_path / "x.spacy"
    path.write_bytes(zlib.compress(b"\0" * 100_000_000, 9))
    assert isinstance(refused(path), ExchangeFileUnsafe)


def test_a_docbin_with_attributes_that_point_anywhere(corpus: CodedCorpus, tmp_path: Path) -> None:
    """Heads of a dependency tree that lie outside of the text would be read from memory that is not the Doc's."""
    import numpy as np
    import srsly

    path = tmp_path / "x.spacy"
    write_files(docbin.write(corpus.coded("E"), path))
    content = srsly.msgpack_loads(zlib.decompress(path.read_bytes()))
    tokens = np.frombuffer(content["tokens"], dtype="uint64").reshape(-1, len(content["attrs"]))
    wild = np.full((len(tokens), 1), 2**62, dtype="uint64")
    content["attrs"] = [*content["attrs"], 77]  # HEAD
    content["tokens"] = np.hstack([tokens, wild]).tobytes()
    path.write_bytes(zlib.compress(srsly.msgpack_dumps(content)))
    assert [each.coding.code for each in format_of(path).read(path).passages] == ["E"]


def test_a_docbin_with_damaged_contents(corpus: CodedCorpus, tmp_path: Path) -> None:
    import srsly

    path = tmp_path / "x.spacy"
    write_files(docbin.write(corpus.coded("E"), path))
    sound = path.read_bytes()
    for field, value in (("tokens", b"123"), ("strings", []), ("span_groups", [b"\xff"] * 8), ("attrs", [])):
        content = srsly.msgpack_loads(zlib.decompress(sound))
        content[field] = value
        path.write_bytes(zlib.compress(srsly.msgpack_dumps(content)))
        refused(path)


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_that_is_cut_short(name: str, corpus: CodedCorpus, tmp_path: Path) -> None:
    """Cut anywhere, a file is refused or gives fewer rows; never something else than what it said."""
    format = FORMATS[name]
    path = tmp_path / f"x{format.suffix}"
    files = format.write(corpus.coded("E", "N", "E", "N", "I"), path)
    for other in files[1:]:
        other.unlink()
    whole = path.read_bytes()
    said = {each.coding for each in format.read(path).passages}
    for share in (0.1, 0.35, 0.6, 0.95):
        path.write_bytes(whole[: int(len(whole) * share)])
        try:
            returned = format.read(path)
        except NdcUrbanError:
            continue
        assert {each.coding for each in returned.passages} <= said


@pytest.mark.parametrize(
    "data", [b"", b"\x00\x01\x02" * 100, b"PK\x03\x04rest", b"\xff\xfe", b"{", b"[1, 2]", b"{}"]
)
@pytest.mark.parametrize("name", [*FORMATS, "auto"])
def test_files_of_no_sense(name: str, data: bytes, tmp_path: Path) -> None:
    path = tmp_path / ("x.bin" if name == "auto" else f"x{FORMATS[name].suffix}")
    path.write_bytes(data)
    with pytest.raises((ExchangeFileInvalid, ExchangeFileUnsafe)):
        (format_of(path) if name == "auto" else FORMATS[name]).read(path)


def test_json_nested_too_deep(tmp_path: Path) -> None:
    for name in ("x.json", "x.jsonl"):
        path = tmp_path / name
        path.write_bytes(b"[" * 100_000 if name == "x.json" else b'{"a":' * 100_000)
        refused(path)


def test_a_workbook_with_macros(workbook: Path) -> None:
    with_member(workbook, "xl/vbaProject.bin", b"x")
    assert "macros" in refused(workbook).message


def test_a_sheet_that_says_it_has_a_million_rows(workbook: Path) -> None:
    """The stated size of a sheet may be false; rows that hold nothing are not counted without end."""
    sheet = zipfile.ZipFile(workbook).read("xl/worksheets/sheet1.xml").decode()
    start = sheet.index('<dimension ref="')
    end = sheet.index("/>", start)
    wide = f'{sheet[:start]}<dimension ref="A1:XFD1048576"{sheet[end:]}'
    last = wide.replace("</sheetData>", '<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>')
    with_member(workbook, "xl/worksheets/sheet1.xml", last.encode())
    assert [each.coding.code for each in format_of(workbook).read(workbook).passages] == ["E"]


def test_no_file_and_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(PathMissing):
        format_of(tmp_path / "none.xlsx")
    with pytest.raises(ExchangeFileInvalid, match="no export"):
        format_of(tmp_path)
