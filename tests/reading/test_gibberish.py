"""Text layers whose characters are not those shown are noticed, and said or recognised anew."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from fpdf import FPDF

from ndc_urban.document import Block, Page
from ndc_urban.reading import read
from ndc_urban.reading.common_words import common_words
from ndc_urban.reading.gibberish import (
    garbled_pages,
    pages_with_damaged_words,
    pages_with_wrong_numbers,
)
from ndc_urban.reading.ocr import recognise as ocr

SOUND = {
    "en": "The town plants trees along the streets and in its parks so that people walk in the shade. ",
    "fr": "La ville plante des arbres le long de ses rues et dans les parcs pour que les gens aient de l'ombre. ",
    "es": "La ciudad planta árboles a lo largo de las calles y en los parques para que la gente tenga sombra. ",
    "pt": "A cidade planta árvores ao longo das ruas e nos parques para que as pessoas tenham sombra. ",
    "ru": "Город сажает деревья на улицах и в парках, чтобы люди могли гулять в тени, и это также для детей. ",
    "ar": "تزرع المدينة الأشجار على طول الشوارع و في الحدائق من أجل أن يسير الناس في الظل ",
    "de": "Die Stadt pflanzt Bäume an den Straßen und in den Parks, damit die Leute im Schatten gehen. ",
    "zh": "城市在街道和公园里种植树木，让人们在炎热的日子里能在阴凉处行走。",
}

ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def page_of(text: str) -> Page:
    return Page(number=1, blocks=(Block("paragraph", text.strip(), page=1),), reader="pdfium")


def shifted(text: str) -> str:
    """Every letter replaced by another one of its script, as by a broken character map."""
    return "".join(chr(ord(char) + 1) if char.isalpha() else char for char in text)


@pytest.mark.parametrize("language", sorted(SOUND))
def test_sound_text_of_any_language_passes(language: str) -> None:
    assert garbled_pages([page_of(SOUND[language] * 60)]) == []


@pytest.mark.parametrize("language", ["en", "fr", "es", "ru", "ar"])
def test_text_without_common_words_is_noticed(language: str) -> None:
    assert garbled_pages([page_of(shifted(SOUND[language]) * 60)]) == [1]


def test_a_short_text_tells_nothing() -> None:
    assert garbled_pages([page_of(shifted(SOUND["en"]) * 3)]) == []


def garbled_file(folder: Path) -> Path:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    pdf.multi_cell(0, 6, shifted(SOUND["en"]) * 30)
    path = folder / "garbled.pdf"
    path.write_bytes(bytes(pdf.output()))
    return path


def test_damaged_text_that_cannot_be_recognised_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "tesseract_languages", frozenset)
    document = read(garbled_file(tmp_path))
    (note,) = document.notes
    assert document.damaged_pages == (1,)
    assert "page 1 looks damaged" in note
    assert "Tesseract" in note


def test_damaged_text_is_recognised_where_tesseract_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ocr, "tesseract_languages", lambda: frozenset({"en", "fr", "es"}))
    monkeypatch.setattr(ocr, "languages_to_try", lambda language: ("en",))
    seen = Page(number=1, blocks=(Block("paragraph", SOUND["en"].strip(), page=1),), reader="ocr")
    monkeypatch.setattr(ocr, "recognise", lambda path, data, pages, **options: {1: seen})
    document = read(garbled_file(tmp_path))
    assert [page.reader for page in document.pages] == ["ocr"]
    assert not any("damaged" in note for note in document.notes)


def test_words_that_stand_backwards_are_noticed() -> None:
    backwards = " ".join(word[::-1] for word in SOUND["en"].split())
    assert pages_with_damaged_words([page_of(backwards * 10)]) == [1]


def test_words_that_recognition_broke_are_noticed() -> None:
    assert pages_with_damaged_words(
        [page_of("Tbe to5n p1ants tr33s a!ong tbe str€ets and in its p4rks. " * 5)]
    ) == [1]
    assert pages_with_damaged_words([page_of("Emissions of co2eq and n2o fall by 2030. " * 20)]) == []


@pytest.mark.parametrize("language", sorted(SOUND))
def test_words_of_any_language_pass(language: str) -> None:
    assert pages_with_damaged_words([page_of(SOUND[language] * 60)]) == []


def test_digits_that_are_turned_round_are_noticed_by_the_years() -> None:
    turned = "تخفيض الانبعاثات بحلول عام 0302 مقارنة بعام 0102 و عام 5202 و عام 0502 "
    assert pages_with_wrong_numbers([page_of(turned)]) == [1]
    sound = turned.replace("0302", "2030").replace("0102", "2010").replace("5202", "2025")
    assert pages_with_wrong_numbers([page_of(sound)]) == []
    assert pages_with_wrong_numbers([page_of(turned.translate(ARABIC_DIGITS))]) == [1]


def test_wrong_numbers_are_said_and_marked(tmp_path: Path) -> None:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("Helvetica", size=11)
    pdf.multi_cell(0, 6, SOUND["en"] * 5 + "Emissions fall by 0302 against 0102, and by 5202 against 5102.")
    path = tmp_path / "numbers.pdf"
    path.write_bytes(bytes(pdf.output()))
    document = read(path)
    assert document.damaged_pages == (1,)
    assert "numbers of page 1 look wrong" in document.notes[0]


MISREAD = {"e": "c", "m": "rn", "t": "f", "a": "n", "h": "li", "u": "ii"}


@pytest.mark.parametrize("language", ["en", "fr", "es", "pt"])
def test_letters_misread_for_others_are_noticed(language: str) -> None:
    words = [word for word in sorted(common_words()) if word.isalpha() and len(word) > 5][::90]
    text = " ".join([SOUND[language] * 3, *words])
    assert not pages_with_damaged_words([page_of(text)])
    for at, (right, wrong) in enumerate(MISREAD.items()):
        words[at::12] = [word.replace(right, wrong, 1) for word in words[at::12]]
    assert pages_with_damaged_words([page_of(" ".join([SOUND[language] * 3, *words]))]) == [1]


def test_lost_accents_are_noticed() -> None:
    text = (
        "Les activités de réduction et d'atténuation améliorent la sécurité énergétique des collectivités. "
        * 6
    )
    assert not pages_with_damaged_words([page_of(text)])
    bare = "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))
    assert pages_with_damaged_words([page_of(bare)]) == [1]
