"""Reading one document in a process of its own."""

from __future__ import annotations

from pathlib import Path

import hostile_pdfs
import pytest

from ndc_urban.errors import DamagedFile, ReadingMemory, ReadingTimeout
from ndc_urban.runs import read_alone

TEXT = "Our towns plant trees along every street. "


def test_a_document_comes_back_as_it_was_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.txt"
    path.write_text(TEXT * 4)
    document = read_alone(path)
    assert document.path == path
    assert document.text == (TEXT * 4).strip()
    assert document.language == "en"


def test_an_error_of_the_reader_comes_back_as_itself(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(b"%PDF-1.7\n%%EOF")
    with pytest.raises(DamagedFile) as caught:
        read_alone(path)
    assert caught.value.path == path


def test_the_time_limit_holds(tmp_path: Path) -> None:
    path = tmp_path / "plan.html"
    path.write_text(f"<p>{TEXT * 500}</p>" * 2000)
    with pytest.raises(ReadingTimeout, match=r"longer than 0\.1 seconds"):
        read_alone(path, timeout=0.1)


def test_the_memory_limit_holds(tmp_path: Path) -> None:
    path = tmp_path / "plan.html"
    path.write_text(f"<p>{TEXT * 500}</p>" * 2000)
    with pytest.raises(ReadingMemory, match="--memory-limit"):
        read_alone(path, memory_limit=64)


def test_pdfium_without_memory_has_run_out_of_memory(tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(hostile_pdfs.MAKERS["bomb-words"]())
    with pytest.raises(ReadingMemory, match="--memory-limit"):
        read_alone(path, ocr="never", memory_limit=200)
