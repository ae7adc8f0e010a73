"""What counts as a document, and what becomes of files that cannot be opened."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ndc_urban.corpus.inputs import find_inputs
from ndc_urban.errors import NoDocuments, PathMissing
from ndc_urban.page_ranges import page_ranges
from ndc_urban.parties import ISO3, iso3_of


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
def test_the_party_is_told_from_the_name(name: str, code: str) -> None:
    assert iso3_of(name) == code


def test_all_codes_are_there() -> None:
    assert len(ISO3) == 249


@pytest.mark.parametrize(
    ("pages", "text"),
    [([], ""), ([4], "4"), ([3, 4, 5, 9], "3-5;9"), ([9, 1, 1, 2], "1-2;9"), (range(1, 353), "1-352")],
)
def test_pages_are_written_as_ranges(pages: list[int], text: str) -> None:
    assert page_ranges(pages) == text
