"""Two made-up climate plans in a collection with its register, and the coding sheet of their passages."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from ndc_urban.corpus.library import Library, open_library
from ndc_urban.exchange.bundling import Request, make_bundle
from ndc_urban.exchange.coding_sheet import CodingSheet, Suggestion, Unit
from ndc_urban.exchange.export_bundle import ExportBundle
from ndc_urban.labels.records import LevelLabel, PassageLabel

ENGLISH = (
    "The city of Port Ember runs forty electric buses by 2031.",
    "Farmers on the plateau plant drought-tolerant millet.",
    "Municipal waste of Ember Bay is sorted in six new yards.",
    "Forests cover a third of the land and store carbon.",
    "A tram line joins the harbour with the northern quarters.",
)
ARABIC = (
    "تبني مدينة الساحل شبكة من الحافلات الكهربائية حتى عام 2031.",
    "يزرع الفلاحون في الهضبة محاصيل تتحمل الجفاف.",
    "تجمع البلديات النفايات الصلبة في ست محطات جديدة.",
)
MODEL = "ab" * 32


@dataclass(frozen=True)
class CodedCorpus:
    """Where the plans lie, and what coders are given."""

    folder: Path
    library: Library
    bundle: ExportBundle

    @property
    def sheet(self) -> CodingSheet:
        return self.bundle.sheet

    @property
    def units(self) -> tuple[Unit, ...]:
        return self.bundle.sheet.units

    def coded(self, *codes: str, coder: str = "Ana") -> ExportBundle:
        """The bundle with the first passages coded."""
        codings = tuple(coding_of(unit, code, coder) for unit, code in zip(self.units, codes, strict=False))
        levels = tuple(level_of(*key, coder) for key in self.sheet.documents)
        return replace(
            self.bundle, sheet=replace(self.sheet, codings=codings, levels=levels if codes else ())
        )

    def suggested(self) -> ExportBundle:
        """The bundle with what a model suggests for each passage."""
        units = tuple(
            replace(unit, suggestion=Suggestion(MODEL, 0.75, "E", "tr", "m", "r")) for unit in self.units
        )
        return replace(self.bundle, sheet=replace(self.sheet, units=units))


def coding_of(unit: Unit, code: str, coder: str = "Ana") -> PassageLabel:
    """A coding of a passage, with attributes where the code has some."""
    attributes = ("tr", "m", "r") if code in ("E", "I") else ("", "", "")
    return PassageLabel(unit.document, unit.anchor, coder, "2026-08-31T10:00:00", "1.0", code, *attributes)


def level_of(document: str, sha256: str, coder: str = "Ana") -> LevelLabel:
    """A level of a document."""
    return LevelLabel(document, sha256, coder, "2026-08-31T10:00:00", "1.0", "moderate", 3, dedicated=False)


def make_corpus(folder: Path) -> CodedCorpus:
    """Writes the plans and their register, and reads them into a coding sheet."""
    folder.mkdir(parents=True)
    rows = [
        _write(folder, "XAA_2022", "en", ENGLISH),
        _write(folder, "XAB_2022", "ar", ARABIC),
    ]
    with (folder / "documents.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    library = open_library(folder)
    return CodedCorpus(folder, library, make_bundle(library.holdings, library, Request()).bundle)


def _write(folder: Path, document: str, language: str, paragraphs: tuple[str, ...]) -> dict[str, str]:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    data = f"<html><head><meta charset='utf-8'></head><body><h1>Plan</h1>{body}</body></html>".encode()
    file = f"{document}-{language}.html"
    (folder / file).write_bytes(data)
    return {
        "file": file,
        "sha256": hashlib.sha256(data).hexdigest(),
        "document": document,
        "iso3": document[:3],
        "language": language,
        "kind": "html",
        "machine_translated": "no",
    }
