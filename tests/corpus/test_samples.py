"""The samples are what `expected.csv` says, and can be made again."""

from __future__ import annotations

import csv
import importlib.util
import os
import re
import sys
from pathlib import Path
from types import ModuleType

import pypdfium2
import pytest
from pypdfium2.raw import FPDF_ERR_PASSWORD

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "corpus" / "samples"
WORD = "sample"
LANGUAGES = {"en", "fr", "es", "ar", "ru", "zh"}
SCRIPTS = {"ar": r"[\u0620-\u064a]", "ru": r"[\u0400-\u04ff]", "zh": r"[\u4e00-\u9fff]"}
PRESENTATION_FORMS = re.compile(r"[\ufb50-\ufdff\ufe70-\ufeff]")

with (SAMPLES / "expected.csv").open(encoding="utf-8", newline="") as lines:
    EXPECTED = list(csv.DictReader(lines))
READABLE_PDFS = [row for row in EXPECTED if row["status"] == "ok" and row["file"].endswith(".pdf")]


def pdf_text(name: str) -> str:
    with pypdfium2.PdfDocument(SAMPLES / name) as pdf:
        return "\n".join(page.get_textpage().get_text_range() for page in pdf)


def row_with(**values: str) -> dict[str, str]:
    return next(row for row in EXPECTED if all(row[key] == value for key, value in values.items()))


def make_samples_module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_samples", ROOT / "corpus" / "make_samples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_expected_lists_exactly_the_files_of_the_folder() -> None:
    files = {path.name for path in SAMPLES.iterdir()} - {"expected.csv", "README.md"}
    assert {row["file"] for row in EXPECTED} == files
    assert len(EXPECTED) == len(files)


def test_every_language_has_a_low_and_a_strong_or_moderate_sample() -> None:
    levels = {(row["language"], row["level"]) for row in EXPECTED if row["status"] == "ok"}
    assert {language for language, _ in levels} == LANGUAGES
    assert {(language, "strong") for language in LANGUAGES} <= levels
    assert {(language, "low") for language in LANGUAGES - {"es"}} <= levels
    assert ("es", "moderate") in levels


def test_levels_and_errors_stand_where_they_belong() -> None:
    for row in EXPECTED:
        assert (row["level"] in {"low", "moderate", "strong"}) == (row["status"] == "ok"), row["file"]
        assert bool(row["error"]) == (row["status"] == "failed"), row["file"]


def test_all_formats_are_there() -> None:
    assert {Path(row["file"]).suffix for row in EXPECTED} == {".pdf", ".html", ".docx"}


@pytest.mark.parametrize("row", [row for row in EXPECTED if row["pages"]], ids=lambda row: row["file"])
def test_number_of_pages_is_as_stated(row: dict[str, str]) -> None:
    with pypdfium2.PdfDocument(SAMPLES / row["file"]) as pdf:
        assert len(pdf) == int(row["pages"])


@pytest.mark.parametrize("row", READABLE_PDFS, ids=lambda row: row["file"])
def test_text_can_be_extracted_in_its_own_script(row: dict[str, str]) -> None:
    text = pdf_text(row["file"])
    letters = re.findall(SCRIPTS.get(row["language"], r"[A-Za-zÀ-ÿ]"), text)
    assert len(letters) > 1000
    assert not PRESENTATION_FORMS.search(text)
    assert not re.search(r"\*\*|~\d|\[\^", text), "marks of the source are left"
    assert re.sub(r"\s", "", row["title"]) in re.sub(r"\s", "", text)


def test_encrypted_sample_asks_for_a_password() -> None:
    path = SAMPLES / row_with(error="encrypted_file")["file"]
    with pytest.raises(pypdfium2.PdfiumError) as caught:
        pypdfium2.PdfDocument(path)
    assert caught.value.err_code == FPDF_ERR_PASSWORD
    with pypdfium2.PdfDocument(path, password=WORD) as pdf:
        assert len(pdf) > 1


def test_truncated_sample_does_not_open() -> None:
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(SAMPLES / row_with(error="damaged_file")["file"])


def test_scanned_sample_has_pictures_and_no_text() -> None:
    name = row_with(status="needs_ocr")["file"]
    assert not pdf_text(name).strip()
    with pypdfium2.PdfDocument(SAMPLES / name) as pdf:
        assert all(len(list(page.get_objects())) == 1 for page in pdf)


def test_samples_stay_small() -> None:
    assert sum(path.stat().st_size for path in SAMPLES.iterdir()) < 2_500_000


@pytest.mark.skipif("NDC_URBAN_FONTS" not in os.environ, reason="NDC_URBAN_FONTS names no folder with fonts")
def test_script_makes_the_committed_bytes(tmp_path: Path) -> None:
    make_samples_module().make_samples(Path(os.environ["NDC_URBAN_FONTS"]), tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    committed = {path.name: path.read_bytes() for path in SAMPLES.iterdir() if path.name != "README.md"}
    assert sorted(made) == sorted(committed)
    assert [name for name in made if made[name] != committed[name]] == []
