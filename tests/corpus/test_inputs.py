"""What counts as a document, and what becomes of files that cannot be opened."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ndc_urban.corpus.inputs import find_inputs, search
from ndc_urban.errors import NoDocuments, PathMissing, UnsupportedFormat
from ndc_urban.page_ranges import page_ranges
from ndc_urban.parties import ISO3, iso3_of
from ndc_urban.reading import read
from ndc_urban.reading.formats import ENDINGS
from ndc_urban.reading.unsupported import OLE_MAGIC


def make(top: Path, *names: str) -> None:
    for name in names:
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")


def names(top: Path) -> list[str]:
    return [item.path.relative_to(top).as_posix() for item in find_inputs([top])]


def test_folders_are_searched_for_documents_in_order(tmp_path: Path) -> None:
    make(
        tmp_path, "b/x.PDF", "a.html", "b/c.htm", "z.docx", "t.txt", "README.md", "documents.csv", "noending"
    )
    assert names(tmp_path) == ["a.html", "b/c.htm", "b/x.PDF", "t.txt", "z.docx"]


def test_every_format_that_is_read_is_looked_for(tmp_path: Path) -> None:
    listed = [f"plan{ending}" for ending in sorted(ENDINGS)]
    make(tmp_path, *listed)
    assert names(tmp_path) == sorted(listed)


def test_documents_that_are_not_read_are_listed(tmp_path: Path) -> None:
    listed = ["a.doc", "b.RTF", "c.zip", "d.mht", "e.pptx", "f.epub", "g.eml", "h.7z"]
    make(tmp_path, *listed)
    assert names(tmp_path) == listed
    with pytest.raises(UnsupportedFormat) as failure:
        read(tmp_path / "a.doc")
    assert failure.value.remedy


PAGE = b"<!DOCTYPE html><html><body><p>Trams.</p></body></html>"


@pytest.mark.parametrize(
    ("name", "data", "is_document"),
    [
        ("download", b"%PDF-1.7 x", True),
        ("plan.pdf.1", b"%PDF-1.7 x", True),
        ("plan.png", b"%PDF-1.7 x", True),
        ("download", b"\n\n%PDF-1.7 x", True),
        ("page.aspx", PAGE, True),
        ("view.php", PAGE.decode().encode("utf-16"), True),
        ("download", b"{\\rtf1 x}", True),
        ("download", OLE_MAGIC + bytes(600), True),
        ("download", b"PK\x03\x04 word/", True),
        ("download", b"MIME-Version: 1.0\r\n", True),
        ("Thumbs.db", OLE_MAGIC + bytes(600), False),
        ("table.xlsx", b"PK\x03\x04 xl/", False),
        ("chart.svg", PAGE, False),
        ("download", b"\x89PNG\r\n\x1a\n", False),
        ("Makefile", b"all: trams", False),
        ("empty", b"", False),
        ("page.js", PAGE, False),
    ],
)
def test_other_files_are_documents_by_their_first_bytes(
    tmp_path: Path, name: str, data: bytes, is_document: bool
) -> None:
    (tmp_path / name).write_bytes(data)
    make(tmp_path, "real.txt")
    found = search([tmp_path])
    assert len(found.inputs) == 1 + is_document
    assert sum(found.passed_over.values()) == (not is_document)


def test_what_is_passed_over_is_counted_once(tmp_path: Path) -> None:
    make(
        tmp_path,
        *(
            "a.pdf",
            "b/x.PNG",
            "b/y.png",
            "t.csv",
            "noending",
            ".hidden",
            ".git/config",
            "~$a.docx",
            "README.md",
        ),
    )
    found = search([tmp_path, tmp_path / "b", tmp_path])
    assert [item.path.name for item in found.inputs] == ["a.pdf"]
    assert found.passed_over == {
        ".csv": 1, ".md": 1, ".png": 2, "hidden": 2, "lock file": 1, "no ending": 1,
    }  # fmt: skip


def test_a_folder_without_documents_says_what_it_holds(tmp_path: Path) -> None:
    make(tmp_path, "x.png", "y.png")
    with pytest.raises(NoDocuments, match=r"Skipped: 2 \.png\."):
        search([tmp_path])


def test_hidden_and_lock_files_are_passed_over(tmp_path: Path) -> None:
    make(tmp_path, ".hidden.pdf", ".git/a.pdf", "~$open.docx", "._mac.pdf", "real.pdf")
    assert names(tmp_path) == ["real.pdf"]


def test_a_file_named_by_the_user_is_taken_whatever_its_ending(tmp_path: Path) -> None:
    make(tmp_path, "plan.md", ".hidden")
    assert len(find_inputs([tmp_path / "plan.md", tmp_path / ".hidden"])) == 2


def test_a_path_given_twice_is_listed_once_at_its_first_place(tmp_path: Path) -> None:
    make(tmp_path, "a.pdf", "b.pdf")
    found = find_inputs([tmp_path / "b.pdf", tmp_path, tmp_path / "a.pdf"])
    assert [item.path.name for item in found] == ["b.pdf", "a.pdf"]


def test_a_missing_path_and_an_empty_folder_are_usage_errors(tmp_path: Path) -> None:
    with pytest.raises(PathMissing, match="nowhere"):
        find_inputs([tmp_path / "nowhere"])
    with pytest.raises(NoDocuments):
        find_inputs([tmp_path])


def test_a_broken_link_is_listed_with_its_error(tmp_path: Path) -> None:
    (tmp_path / "gone.pdf").symlink_to(tmp_path / "missing.pdf")
    (item,) = find_inputs([tmp_path])
    assert item.error is not None
    assert item.error.code == "file_unreadable"


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    make(tmp_path, "a.pdf")
    (tmp_path / "again").symlink_to(tmp_path)
    assert names(tmp_path) == ["a.pdf"]


def test_a_linked_folder_is_searched(tmp_path: Path) -> None:
    make(tmp_path, "elsewhere/a.pdf")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "link").symlink_to(tmp_path / "elsewhere")
    assert names(tmp_path / "here") == ["link/a.pdf"]


def test_a_file_without_permission_is_listed_with_its_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "secret.pdf")

    def refuse(*args: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    (item,) = find_inputs([tmp_path])
    assert item.error is not None
    assert "Permission denied" in item.error.message


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    (item,) = find_inputs([tmp_path])
    assert item.error is not None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("KEN_2020.pdf", "KEN"),
        ("KEN-2020.pdf", "KEN"),
        ("EUU_2020.pdf", "EUU"),
        ("KENYA_2020.pdf", ""),
        ("XXX_2020.pdf", ""),
        ("ken_2020.pdf", ""),
        ("KEN.pdf", ""),
        ("NDC_KEN.pdf", ""),
    ],
)
def test_the_party_is_taken_from_the_name(name: str, code: str) -> None:
    assert iso3_of(name) == code


def test_all_codes_are_there() -> None:
    assert len(ISO3) == 249


@pytest.mark.parametrize(
    ("pages", "text"),
    [([], ""), ([4], "4"), ([3, 4, 5, 9], "3-5;9"), ([9, 1, 1, 2], "1-2;9"), (range(1, 353), "1-352")],
)
def test_pages_are_written_as_ranges(pages: list[int], text: str) -> None:
    assert page_ranges(pages) == text
