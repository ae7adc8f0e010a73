"""`ndc-urban corpus panel` and `corpus update`: the tables of a folder, and what is told."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from finished import Program

from ndc_urban import shipped
from ndc_urban.errors import EXIT_OK, EXIT_USAGE
from ndc_urban.trend.build import Inputs
from ndc_urban.trend.panel import load_panel

REGISTRY = """Code,Party,Title,fileType,Language,version,Status,Submission_Date,url,Region
KEN,Kenya,Kenya Third NDC,NDC,English,3,Active,31/03/2027,https://a.org/ken.pdf,Africa
TGO,Togo,Togo Third NDC,NDC,French,3,Active,01/04/2027,https://a.org/tgo.pdf,Africa
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two plans of one's own and a registry of a later date, in the folder where the program runs."""
    (tmp_path / "ndcs").mkdir()
    for name in ("KEN_2027-03-31_en", "GHA_2027-02-01_en"):
        text = f"The harbour city of {name} builds a tram and plants trees along its streets."
        (tmp_path / "ndcs" / f"{name}.txt").write_text(text, encoding="utf-8")
    (tmp_path / "new.csv").write_text(REGISTRY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_round_is_made_from_a_folder_and_a_registry(program: Program, folder: Path) -> None:
    done = program(
        "corpus", "panel", "--round", "2027", "--register", "ndcs", "--registry", "new.csv", "--quiet"
    )
    assert (done.status, done.err) == (EXIT_OK, "")
    assert "1 missing:\n  TGO 2027-04-01 https://a.org/tgo.pdf" in done.out
    assert "corpus download --round 2027 --registry new.csv --out FOLDER" in done.out
    assert "columns that this version does not know are ignored: Region" in done.out
    made = {row["iso3"]: row for row in rows(folder / "panel" / "panel.csv") if row["round"] == "2027"}
    assert (made["KEN"]["document"], made["GHA"]["submission_date"]) == ("KEN_2027", "2027-02-01")
    assert "TGO" not in made
    told = {row["iso3"]: row["status"] for row in rows(folder / "panel" / "round-2027.csv")}
    assert (told["KEN"], told["TGO"]) == ("stands", "missing")
    assert {path.name for path in (folder / "panel").iterdir()} == {
        "panel.csv",
        "documents.csv",
        "registry.csv",
        "published.csv",
        "round-2027.csv",
    }
    panel = load_panel(folder / "panel" / "panel.csv")
    assert set(panel.rounds) == {"2016-17", "2022", "before-2026", "2026", "2027"}
    assert len(panel.of_round("2026")) == len(load_panel(shipped.path("panel")).of_round("2026"))


def test_a_panel_of_its_own_folder_is_extended_and_says_its_days(program: Program, folder: Path) -> None:
    program("corpus", "panel", "--round", "2027", "--register", "ndcs", "--registry", "new.csv", "--quiet")
    done = program("corpus", "panel", "--day", "2027-03-30", "--since", "2027-01-15", "--json", "--quiet")
    told = json.loads(done.out)
    assert [row["iso3"] for row in told["parties"] if row["status"] == "stands"] == ["GHA"]
    panel = load_panel(folder / "panel" / "panel.csv")
    assert "2027" in panel.rounds
    assert (panel.first_day("2027-03-30").isoformat(), panel.day("2027-03-30").isoformat()) == (
        "2027-01-15",
        "2027-03-30",
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "There is no round"),
        (("--round", "spring"), "gives no day"),
        (("--round", "2027", "--day", "soon"), "is not a day"),
        (("--round", "a/b", "--day", "2027-01-01"), "name of a round"),
        (("--round", "2027", "--register", "nowhere"), "nowhere"),
        (("--round", "2027", "--panel", "nowhere.csv"), "nowhere.csv"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(
    program: Program, folder: Path, options: tuple[str, ...], words: str
) -> None:
    done = program("corpus", "panel", *options)
    assert (done.status, words in done.err) == (EXIT_USAGE, True), done.err
    assert not (folder / "panel").exists()


def test_a_panel_elsewhere_keeps_labels_figures_and_registry(folder: Path) -> None:
    """A copy of the shipped panel finds the shipped tables; another panel finds none."""
    shutil.copyfile(shipped.path("panel"), folder / "panel.csv")
    inputs = Inputs.of(load_panel(folder / "panel.csv"), None, None)
    assert inputs.annotations == shipped.path("labels")
    assert (inputs.published, inputs.registry) == (shipped.path("published"), shipped.path("registry"))
    assert inputs.shipped == ("labels", "published", "registry", "grades")
    (folder / "other.csv").write_text("round,iso3,document\n2022,KEN,KEN_2022\n", encoding="utf-8")
    others = Inputs.of(load_panel(folder / "other.csv"), None, None)
    assert (others.annotations, others.shipped) == (None, ())


def test_an_update_says_what_is_new_and_writes_a_table(program: Program, folder: Path) -> None:
    (folder / "old.csv").write_text(
        REGISTRY.rsplit("TGO", 1)[0].replace("Kenya,", "Kenia,"), encoding="utf-8"
    )
    done = program("corpus", "update", "--registry", "new.csv", "--from", "old.csv", "--out", "changes.csv")
    assert done.status == EXIT_OK
    assert "1 new:\n  TGO: Togo Third NDC (French, 2027-04-01)" in done.out
    assert "KEN: Kenia is now Kenya" in done.out
    assert [row["change"] for row in rows(folder / "changes.csv")] == ["new", "renamed"]
    again = program("corpus", "update", "--registry", "new.csv", "--out", "changes.csv")
    assert again.status == EXIT_USAGE
    told = json.loads(program("corpus", "update", "--registry", "registry", "--json").out)
    assert told == {"changes": [], "notes": []}


def test_an_update_from_a_table_without_a_column_or_a_row(program: Program, folder: Path) -> None:
    lines = [line.split(",") for line in shipped.path("registry").read_text(encoding="utf-8").splitlines()]
    at = lines[0].index("status")
    plain = [line for line in lines if len(line) == len(lines[0])]
    for name, cells in (("old.csv", plain), ("new.csv", [[*line[:at], *line[at + 1 :]] for line in plain])):
        (folder / name).write_text("\n".join(map(",".join, cells)) + "\n", encoding="utf-8")
    done = program("corpus", "update", "--registry", "new.csv", "--from", "old.csv")
    assert (done.status, done.out) == (EXIT_OK, "Nothing has changed.\n")
    assert "new.csv has no column status: withdrawn documents cannot be told" in done.err
    assert "Not compared, as one of the tables lacks it: status." in done.err
    (folder / "empty.csv").write_text(",".join(lines[0]) + "\n", encoding="utf-8")
    done = program("corpus", "update", "--registry", "empty.csv", "--out", "changes.csv")
    assert (done.status, done.out) == (EXIT_USAGE, "")
    assert "empty.csv lists no document" in done.err
    assert not (folder / "changes.csv").exists()
