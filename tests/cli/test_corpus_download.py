"""`ndc-urban corpus download`: counts, downloads, failures, and the answer to an address."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bad_server import bad_server
from finished import Program

from ndc_urban.errors import EXIT_OK, EXIT_SOME_FAILED, EXIT_USAGE


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def registry(folder: Path, address: str) -> Path:
    path = folder / "registry.csv"
    path.write_text(
        "code,party,title,fileType,language,version,status,submissionDate,encodedAbsUrl\n"
        f"KEN,Kenya,Kenya Second NDC,NDC,English,2,Active,2027-04-01,{address}/good/a.pdf\n"
        f"TGO,Togo,Togo Second NDC,NDC,French,2,Active,2027-05-01,{address}/page/b.pdf\n"
        f"PAN,Panama,Panama Third NDC,NDC,Spanish,3,Withdrawn,2027-05-01,{address}/good/c.pdf\n",
        encoding="utf-8",
    )
    return path


def test_a_dry_run_counts_and_asks_nobody(program: Program, tmp_path: Path) -> None:
    table = registry(tmp_path, "https://a.org")
    done = program("corpus", "download", "--registry", table, "--out", tmp_path / "ndcs", "--dry-run")
    assert done.status == EXIT_OK
    assert "2 documents to fetch" in done.out
    assert "2 from a.org" in done.out
    assert "1 is left out because the Party has withdrawn it." in done.out
    assert not (tmp_path / "ndcs").exists()


def test_a_date_that_cannot_be_read_is_named_and_not_passed_over(program: Program, tmp_path: Path) -> None:
    table = registry(tmp_path, "https://a.org")
    text = table.read_text(encoding="utf-8").replace("2027-04-01", "soon")
    letter = "KEN,Kenya,A letter,Addendum,English,2,Active,,https://a.org/letter.pdf\n"
    table.write_text(text + letter, encoding="utf-8")
    command = ("corpus", "download", "--registry", table, "--out", tmp_path / "ndcs", "--dry-run")
    for condition in (("--since", "2027-01-01"), ("--round", "2027")):
        done = program(*command, *condition)
        assert "row 2: soon is not a date" in done.err
        assert "1 document to fetch" in done.out
        assert "no date that can be read" in done.out
        assert "row 2: KEN Kenya Second NDC https://a.org/good/a.pdf" in done.out
    told = json.loads(program(*command, "--since", "2027-01-01", "--json").out)
    assert [(each["row"], each["title"]) for each in told["undated"]] == [
        (2, "Kenya Second NDC"),
        (5, "A letter"),
    ]
    none = program(*command, "--since", "2029-01-01")
    assert (none.status, "0 documents to fetch" in none.out) == (EXIT_OK, True)


@pytest.mark.parametrize(
    ("cut", "words"),
    [("encodedAbsUrl", "no column encodedAbsUrl or unfccc_path, so nothing"), ("", "lists no document")],
)
def test_a_registry_that_nothing_can_be_fetched_from(
    program: Program, tmp_path: Path, cut: str, words: str
) -> None:
    table = registry(tmp_path, "https://a.org")
    lines = table.read_text(encoding="utf-8").splitlines()
    kept = [line.rpartition(",")[0] for line in lines] if cut else lines[:1]
    table.write_text("\n".join(kept) + "\n", encoding="utf-8")
    done = program("corpus", "download", "--registry", table, "--out", tmp_path / "ndcs")
    assert (done.status, words in done.err) == (EXIT_USAGE, True), done.err
    assert not (tmp_path / "ndcs").exists()


def test_the_shipped_registry_is_the_default(program: Program) -> None:
    done = program("corpus", "download", "--round", "2026", "--party", "KEN", "--dry-run", "--json")
    told = json.loads(done.out)
    assert (told["to_fetch"], told["hosts"]) == (1, {"unfccc.int": 1})


def test_a_download_says_what_failed_and_what_to_do(program: Program, tmp_path: Path) -> None:
    with bad_server() as (address, _):
        table = registry(tmp_path, address)
        command = ("corpus", "download", "--registry", table, "--out", tmp_path / "ndcs", "--pause", "0")
        done = program(*command)
        again = program(*command, "--json", "--quiet")
    assert done.status == EXIT_SOME_FAILED
    assert "1 document was fetched into" in done.out
    assert f"Open {address}/page/b.pdf in a browser and save" in done.out
    told = json.loads(again.out)
    assert (told["already_there"], told["fetched"], told["failed"][0]["error"]) == (1, [], "blocked")


def test_an_address_given_to_score_is_answered_with_a_command_that_works(
    program: Program, tmp_path: Path
) -> None:
    with bad_server() as (address, _):
        done = program("score", f"{address}/good/a.pdf", "--out", tmp_path / "run")
        assert done.status == EXIT_USAGE
        command = done.err.split("ndc-urban ")[1].splitlines()[0].split()
        command[-1] = str(tmp_path / "ndcs")
        assert program(*command).status == EXIT_OK
    assert len(list((tmp_path / "ndcs").glob("*.pdf"))) == 1


def test_a_day_that_is_none_is_refused(program: Program) -> None:
    done = program("corpus", "download", "--since", "spring", "--dry-run")
    assert (done.status, "2026-12-31" in done.err) == (EXIT_USAGE, True)
