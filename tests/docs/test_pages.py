"""The documentation: its commands exist and run, its links lead somewhere, its reference is complete."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pages
import pytest
import typer
from pages import PAGES, ROOT
from written_pdf import new_pdf, write

from ndc_urban.cli import main
from ndc_urban.cli.app import app

sys.path.insert(0, str(ROOT / "docs" / "site"))
import reference

NAMES = [page.relative_to(ROOT).as_posix() for page in PAGES]
TREE: Any = typer.main.get_command(app)


def find(words: list[str]) -> tuple[Any, list[str]]:
    """The command that words name, and the words after it."""
    command, rest = TREE, words[1:]
    while rest and rest[0] in getattr(command, "commands", {}):
        command, rest = command.commands[rest[0]], rest[1:]
    return command, rest


@pytest.mark.parametrize("name", NAMES)
def test_commands_and_options_that_a_page_names_exist(name: str) -> None:
    for words in pages.mentioned(ROOT / name):
        command, rest = find(words)
        known = {opt for each in command.params for opt in (*each.opts, *each.secondary_opts)}
        known |= {"--help", "-h", "--version", "--debug"}
        options = [word.split("=")[0] for word in rest if word.startswith("-") and not word[1:].isdigit()]
        assert set(options) <= known, f"{name}: {shlex.join(words)}"
        if hasattr(command, "commands") and rest:
            known_or_placeholder = all(
                part in command.commands or part.startswith("-") or not part.islower()
                for part in rest[0].split("|")
            )
            assert known_or_placeholder, f"{name}: {shlex.join(words)}"


@pytest.mark.parametrize("name", NAMES)
def test_links_of_a_page_lead_to_files_and_headings(name: str) -> None:
    for target, anchor in pages.links(ROOT / name):
        place = Path(os.path.normpath(target))
        made = place.relative_to(ROOT / "docs").as_posix() if place.is_relative_to(ROOT / "docs") else ""
        assert place.exists() or made in reference.PAGES, f"{name}: {target}"
        if anchor and place.is_file():
            assert anchor in pages.anchors(place), f"{name}: {target}#{anchor}"


def test_every_page_is_in_the_navigation() -> None:
    listed = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for page in (ROOT / "docs").rglob("*.md"):
        assert page.relative_to(ROOT / "docs").as_posix() in listed
    assert all(page in listed for page in reference.PAGES)


TOLD = reference.described()


@pytest.mark.parametrize("name", TOLD["files"])
def test_every_column_is_described_and_nothing_else_is(name: str) -> None:
    file = TOLD["files"][name]
    columns = reference.columns_of(file)
    assert [each for each in columns if not reference.meaning(each, file, TOLD["common"])] == []
    assert set(file.get("columns", {})) <= set(columns)
    words = file["made_by"].split()
    assert find([pages.PROGRAM, *words])[0] is not TREE


def test_common_columns_are_used() -> None:
    used = {column for file in TOLD["files"].values() for column in reference.columns_of(file)}
    assert set(TOLD["common"]) <= used


def test_the_reference_has_every_command_option_and_error() -> None:
    made = reference.pages()
    commands = made["reference/commands.md"]
    for name, command in reference.commands():
        section = commands.split(f"## {name}\n")[1].split("\n## ")[0]
        for each in command.params:
            if each.param_type_name == "option" and "--help" not in each.opts:
                assert f"`{each.opts[0]}`" in section, f"{name} {each.opts}"
    assert "`registry_invalid`" in made["reference/errors.md"]
    assert "## panel.csv" in made["reference/files.md"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with ten PDFs of one's own, and nothing of the repository."""
    folder = tmp_path_factory.mktemp("desk")
    (folder / "my-ndcs").mkdir()
    parties = ("KEN", "GHA", "RWA", "TGO", "PAN", "PER", "FJI", "NPL", "JOR", "SEN")
    for number, iso3 in enumerate(parties, 1):
        city = f"The harbour city of {iso3.title()} builds {number} tram lines and plants trees along its streets."
        field = "Farmers receive advice on seed that needs less water in dry years."
        pdf = new_pdf()
        for text, size in (("Cities and towns", 15), (city, 11), ("Agriculture", 15), (field, 11)):
            write(pdf, text, size=size)
        pdf.output(str(folder / "my-ndcs" / f"{iso3}_2027-03-{number:02}_en.pdf"))
    yield folder


OWN_TESTS = ("annotating.md", "validation.md")
RUN_PAGES = [page for page in PAGES if pages.to_run(page) and page.name not in OWN_TESTS]
"""The pages with commands to type; those of `OWN_TESTS` have a test of their own."""


@pytest.mark.slow
@pytest.mark.usefixtures("samples_read_once")
@pytest.mark.parametrize("page", RUN_PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_commands_of_a_page_run_as_written(
    page: Path, desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The program runs in the test, and a line that another page has too runs once.

    Nothing is drawn: `corpus/test_results.py` draws the figures of `trend results`.
    """
    monkeypatch.chdir(desk)
    monkeypatch.setattr("ndc_urban.trend.figures.draw", lambda trend: ())
    done = desk / ".done"
    before = done.read_text(encoding="utf-8").splitlines() if done.exists() else []
    for line in pages.to_run(page):
        if line in before:
            continue
        command, _, wanted = line.partition(" || test $? -eq ")
        words = shlex.split(command)
        assert words[0] == pages.PROGRAM
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as ended:
            main()
        assert int(ended.value.code or 0) == int(wanted or 0), f"{line}\n{capsys.readouterr().err[-3000:]}"
        before.append(line)
    done.write_text("\n".join(before), encoding="utf-8")


@pytest.mark.slow
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    build = pytest.importorskip("mkdocs.commands.build")
    from mkdocs.config import load_config

    config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path / "site"), strict=True)
    build.build(config)
    assert (tmp_path / "site" / "reference" / "commands.html").is_file()
    assert (tmp_path / "site" / "figures" / "levels-documents.svg").is_file()
