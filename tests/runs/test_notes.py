"""The column `notes`: what a person should know beside the level."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import stand_ins
from rich.console import Console

from ndc_urban.cli.summary import summary
from ndc_urban.document import Block, Document, Page
from ndc_urban.runs import score
from ndc_urban.runs.notes import Repetitions, fingerprint, reading_notes


def pages(*texts: str) -> tuple[Page, ...]:
    return tuple(Page(n, (Block("paragraph", text, n),), "pdfium") for n, text in enumerate(texts, 1))


def document_of(found: tuple[Page, ...]) -> Document:
    return Document(Path("a.pdf"), "0" * 64, "pdf", found)


def test_pages_read_badly_or_not_at_all_are_named() -> None:
    one, two, three, four, five = pages(*"abcde")
    found = (
        replace(one, reader="ocr"),
        replace(two, damaged=True),
        replace(three, damaged=True),
        replace(four, blocks=(), needs_ocr=True),
        replace(five, damaged=True),
    )
    assert reading_notes(document_of(found)) == (
        "damaged text: pages 2-3, 5",
        "recognised text: pages 1",
        "pages not read: 4",
    )
    assert reading_notes(document_of(pages("a"))) == ()


def test_the_fingerprint_is_of_the_words_alone() -> None:
    one = fingerprint(document_of(pages("Trees grow.", "Wells dry.")))
    assert one == fingerprint(document_of(pages("trees  grow; wells dry")))
    assert one != fingerprint(document_of(pages("Trees grow.", "Wells fill.")))


def test_later_files_with_the_same_bytes_or_text_name_the_first() -> None:
    files = [("a", "1", "x"), ("b", "1", "x"), ("c", "2", "x"), ("d", "3", ""), ("e", "4", "")]
    told = Repetitions()
    assert [told.note(*file) for file in files] == ["", "same file as a", "same text as a", "", ""]


def test_notes_are_a_column_and_stand_in_the_terminal(tmp_path: Path) -> None:
    folder = tmp_path / "plans"
    folder.mkdir()
    (folder / "a.txt").write_text("the city plants trees")
    (folder / "b.txt").write_text("the city plants trees")
    (folder / "c.txt").write_text("The city plants trees!")
    (folder / "d.txt").write_text("partial text of the city")
    run = score([folder], tmp_path / "run", model=tmp_path, jobs=1, tools=stand_ins.TOOLS)
    first = f"{folder.as_posix()}/a.txt"
    assert run.documents["notes"].fillna("").tolist() == [
        "",
        f"same file as {first}",
        f"same text as {first}",
        "pages not read: 2-3",
    ]
    console = Console(width=200)
    with console.capture() as capture:
        console.print(summary(run, 200))
    shown = capture.get()
    assert "! pages not read: 2-3" in shown
    assert shown.count("moderate !") == 3
