"""Files written to do harm, through the entry point of reading: a document with text or a named failure.

Those that may take seconds or gigabytes are read in a process with limits, by benchmarks/hostile_files.py and
tests/runs/test_hostile_run.py.
"""

from __future__ import annotations

from pathlib import Path

import hostile_others
import hostile_pdfs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ndc_urban.document import Document
from ndc_urban.errors import (
    DamagedFile,
    EncryptedFile,
    NeedsOcr,
    NoText,
    Portfolio,
    ReadingError,
    TooManyPages,
)
from ndc_urban.reading import read

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
HEAVY = "bomb many mb million laugh deep giant heaped nested huge pages- lies in-itself".split()
LIGHT_PDFS = [name for name in hostile_pdfs.MAKERS if not any(word in name for word in HEAVY)]
LIGHT_OTHERS = [name for name in hostile_others.MAKERS if not any(word in name for word in HEAVY)]
TOO_LARGE = {
    "spaces.txt",
    "line-breaks.txt",
    "hashes.txt",
    "equals.txt",
    "hyphens.txt",
    "numbers.txt",
    "line-5-mb.txt",
}
SOUND = {
    ".pdf": (SAMPLES / "vardania-first-ndc-en.pdf").read_bytes(),
    ".html": (SAMPLES / "kerandie-cdn-fr.html").read_bytes(),
    ".docx": (SAMPLES / "quillonia-second-ndc-en.docx").read_bytes(),
    ".txt": hostile_pdfs.SENTENCE.encode() * 20,
}
quickly = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def outcome(path: Path, data: bytes) -> Document | ReadingError:
    """What reading the bytes gives; any other error than those meant for users fails the test."""
    path.write_bytes(data)
    try:
        return read(path, ocr="never")
    except ReadingError as error:
        return error


def check(found: Document | ReadingError) -> None:
    if isinstance(found, Document):
        assert found.pages
        assert found.text.strip()
    else:
        assert found.code != ReadingError.code
        assert found.message.endswith(".")
        assert found.remedy


@pytest.mark.parametrize("name", LIGHT_PDFS)
def test_hostile_pdfs_end_in_text_or_a_named_failure(tmp_path: Path, name: str) -> None:
    check(outcome(tmp_path / "plan.pdf", hostile_pdfs.MAKERS[name]()))


@pytest.mark.parametrize("name", [name for name in LIGHT_OTHERS if name not in TOO_LARGE])
def test_other_hostile_files_end_in_text_or_a_named_failure(tmp_path: Path, name: str) -> None:
    check(outcome(tmp_path / name, hostile_others.MAKERS[name]()))


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("kids-empty", DamagedFile),
        ("header-only", DamagedFile),
        ("xref-claims-billions", DamagedFile),
        ("xref-claims-size", DamagedFile),
        ("xref-claims-nothing", DamagedFile),
        ("password", EncryptedFile),
        ("password-aes", EncryptedFile),
        ("page-empty", NoText),
        ("page-number-only", NoText),
        ("portfolio", Portfolio),
        ("picture-only", NeedsOcr),
        ("pages-10000-same", TooManyPages),
    ],
)
def test_failures_have_the_name_that_fits(tmp_path: Path, name: str, error: type[ReadingError]) -> None:
    assert type(outcome(tmp_path / "plan.pdf", hostile_pdfs.MAKERS[name]())) is error


@pytest.mark.parametrize(
    "name",
    [
        "owner-password", "owner-password-aes", "xref-wrong", "length-huge", "count-missing", "count-negative",
        "box-missing", "box-inverted", "rotate-45", "outline-loop", "header-late", "tail-page",
        "pages-same-head",
    ],
)  # fmt: skip
def test_faults_that_viewers_forgive_are_forgiven(tmp_path: Path, name: str) -> None:
    found = outcome(tmp_path / "plan.pdf", hostile_pdfs.MAKERS[name]())
    assert isinstance(found, Document), found
    assert "city" in found.text or "plan" in found.text


@quickly
@given(data=st.binary(max_size=2000), head=st.sampled_from([b"", b"%PDF-1.7\n", b"<html>", b"PK\x03\x04"]))
@pytest.mark.parametrize("ending", SOUND)
def test_random_bytes(tmp_path: Path, ending: str, data: bytes, head: bytes) -> None:
    check(outcome(tmp_path / f"plan{ending}", head + data))


@quickly
@given(data=st.data())
@pytest.mark.parametrize("ending", SOUND)
def test_samples_with_changed_lost_and_doubled_bytes(
    tmp_path: Path, ending: str, data: st.DataObject
) -> None:
    sound = SOUND[ending]
    places = st.integers(0, len(sound) - 1)
    changed = bytearray(sound)
    for at, value in data.draw(st.lists(st.tuples(places, st.integers(0, 255)), max_size=30)):
        changed[at] = value
    start, length = data.draw(places), data.draw(st.integers(0, 500))
    changed[start : start + length] = changed[start : start + length] * data.draw(st.integers(0, 2))
    check(outcome(tmp_path / f"plan{ending}", bytes(changed)))


@pytest.mark.parametrize("ending", SOUND)
def test_samples_that_break_off(tmp_path: Path, ending: str) -> None:
    for part in hostile_pdfs.cut(SOUND[ending], 12):
        check(outcome(tmp_path / f"plan{ending}", part))
