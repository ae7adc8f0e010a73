"""Files: written whole or not at all, hashed, and read as CSV."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ndc_urban.errors import AnnotationsInvalid, OutputExists, OutputUnwritable, PathMissing
from ndc_urban.files import (
    check_new_folder,
    folder_written_whole,
    parse_csv,
    read_csv,
    sha256_of,
    write_atomically,
)


def test_a_file_is_hashed(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"trams")
    assert sha256_of(tmp_path / "a") == hashlib.sha256(b"trams").hexdigest()


def test_a_file_is_replaced_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.csv"
    write_atomically(path, b"one")
    assert path.stat().st_mode & 0o777 == 0o644
    path.chmod(0o600)
    write_atomically(path, b"two")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"two", 0o600)
    assert [each.name for each in path.parent.iterdir()] == ["a.csv"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"one")

    def full(descriptor: int) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OutputUnwritable, match="full"):
        write_atomically(path, b"two")
    assert path.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("exists", [False, True])
def test_a_folder_appears_whole(tmp_path: Path, exists: bool) -> None:
    out = tmp_path / "deep" / "out"
    if exists:
        out.mkdir(parents=True)
    with folder_written_whole(out) as folder:
        (folder / "a").write_text("a")
        assert not (out / "a").exists()
    assert [path.name for path in out.iterdir()] == ["a"]
    assert list(out.parent.iterdir()) == [out]


def test_a_folder_whose_writing_failed_does_not_appear(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), folder_written_whole(tmp_path / "out") as folder:
        (folder / "a").write_text("a")
        raise KeyboardInterrupt
    assert not list(tmp_path.iterdir())


def test_a_full_folder_is_not_overwritten_unless_asked(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "old").touch()
    with pytest.raises(OutputExists):
        check_new_folder(out)
    with pytest.raises(OutputExists), folder_written_whole(out):
        pytest.fail("nothing may be done before the check")
    with folder_written_whole(out, replace=True) as folder:
        (folder / "new").touch()
        assert (out / "old").exists()
    assert [path.name for path in out.iterdir()] == ["new"]
    assert list(tmp_path.iterdir()) == [out]


def test_no_result_is_lost_where_the_folder_appears_meanwhile(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with pytest.raises(OutputExists) as caught, folder_written_whole(out) as folder:
        (folder / "a").write_text("a")
        out.mkdir()
        (out / "other").touch()
    assert [path.name for path in out.iterdir()] == ["other"]
    (spare,) = (path for path in tmp_path.iterdir() if path != out)
    assert (spare / "a").read_text() == "a"
    assert str(spare) in caught.value.remedy


@pytest.mark.parametrize(
    "text",
    ["a,b\n1,x\n\n2,y\n", "a;b\r\n1;x\r\n\r\n2;y\r\n", "\ufeffa\tb\n1\tx\n\n2\ty\n", 'a,b\n"1",x\n\n2,"y"'],
)
def test_rows_have_line_numbers(text: str) -> None:
    table = parse_csv(text.encode(), "t.csv", ("a",), error=AnnotationsInvalid)
    assert table.columns == ("a", "b")
    assert table.numbered == ((2, {"a": "1", "b": "x"}), (4, {"a": "2", "b": "y"}))
    assert table.rows[1]["b"] == "y"


def test_the_number_of_a_row_is_that_of_its_last_line() -> None:
    table = parse_csv(b'a,b\n"1\n1",x\n2,y\n', "t.csv", error=AnnotationsInvalid)
    assert [number for number, _ in table.numbered] == [3, 4]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("a,b\nCôte,1\n".encode("cp1252"), r"t\.csv is not in UTF-8"),
        (b"a,b\n1,2\n1,2,3\n", r"t\.csv, line 3: 3 cells, but the header has 2"),
        (b"a,b\n1\n", r"t\.csv, line 2: 1 cells, but the header has 2"),
        (b"b,c\n1,2\n", r"t\.csv has no column a"),
        (b"", r"t\.csv has no column a"),
        (b'a,b\n"1,2\n', r"t\.csv, line 2: not valid CSV"),
    ],
)
def test_what_is_wrong_with_a_table_is_said(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(data)
    with pytest.raises(AnnotationsInvalid, match=message) as caught:
        read_csv(path, ("a",), error=AnnotationsInvalid, remedy="Do this.")
    assert caught.value.remedy == "Do this."


def test_a_table_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(PathMissing, match=r"t\.csv"):
        read_csv(tmp_path / "t.csv", error=AnnotationsInvalid)
