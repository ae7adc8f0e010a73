"""`ndc-urban corpus register`: a register that is completed and never overwritten."""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest
from finished import Program

from ndc_urban.corpus.register import Collection
from ndc_urban.errors import EXIT_OK, EXIT_USAGE

TEXTS = {
    "KEN_2025-04-30_en.html": "The city council builds a tram and plants trees along the streets of the old harbour.",
    "KEN_2025-04-30_fr.txt": "La ville construit un tramway et plante des arbres le long des rues du vieux port.",
    "plan of somewhere.html": "Farmers receive advice on drought and on seed that needs less water in dry years.",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in TEXTS.items():
        content = f"<html><body><p>{text}</p></body></html>" if name.endswith("html") else text
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "documents.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_files_are_registered_with_what_can_be_known(program: Program, folder: Path) -> None:
    done = program("corpus", "register", folder, "--round", "2026", "--json", "--quiet")
    assert (done.status, done.err) == (EXIT_OK, "")
    told = json.loads(done.out)
    assert (told["files"], told["added"], told["without_party"]) == (3, 3, ["plan of somewhere.html"])
    english, french, unknown = rows_of(folder)
    assert (english["document"], english["iso3"], english["language"], english["kind"]) == (
        "KEN_2026",
        "KEN",
        "en",
        "html",
    )
    assert (french["document"], french["language"], french["kind"]) == ("KEN_2026", "fr", "text")
    assert english["submission_date"] == "2025-04-30"
    assert (unknown["document"], unknown["iso3"]) == ("XXX_plan of somewhere", "")
    assert english["sha256"] == hashlib.sha256((folder / english["file"]).read_bytes()).hexdigest()
    assert len(Collection(folder).entries) == 3


def test_what_people_filled_in_stays(program: Program, folder: Path) -> None:
    program("corpus", "register", folder)
    rows = rows_of(folder)
    rows[2] |= {"iso3": "XAB", "document": "XAB_2026"}
    with (folder / "documents.csv").open("w", encoding="utf-8-sig", newline="") as lines:
        writer = csv.DictWriter(lines, [*rows[0], "seen"])
        writer.writeheader()
        writer.writerows([row | {"seen": "yes"} for row in rows])
    (folder / "GHA_plan.txt").write_text("The towns of the coast build drains.", encoding="utf-8")
    done = program("corpus", "register", folder)
    assert "1 file added, 4 in all" in done.out
    after = rows_of(folder)
    assert [row["document"] for row in after] == [
        "KEN_2025-04-30_en",
        "KEN_2025-04-30_fr",
        "XAB_2026",
        "GHA_plan",
    ]
    assert [row["seen"] for row in after] == ["yes", "yes", "yes", ""]
    before = (folder / "documents.csv").read_bytes()
    program("corpus", "register", folder)
    assert (folder / "documents.csv").read_bytes() == before


def test_a_register_without_its_columns_is_refused(program: Program, folder: Path) -> None:
    (folder / "documents.csv").write_text("file,document\na,b\n", encoding="utf-8")
    done = program("corpus", "register", folder)
    assert done.status == EXIT_USAGE
    assert "sha256" in done.err
    assert (folder / "documents.csv").read_text(encoding="utf-8") == "file,document\na,b\n"


def test_an_empty_folder_is_named(program: Program, tmp_path: Path) -> None:
    assert program("corpus", "register", tmp_path).status == EXIT_USAGE
    assert program("corpus", "register", tmp_path / "none").status == EXIT_USAGE
