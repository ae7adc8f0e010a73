"""Downloads from a server that does everything wrong on purpose."""

from __future__ import annotations

import csv
import hashlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from bad_server import Seen, bad_server, pdf

from ndc_urban.corpus.downloading import Choice, Downloaded, Known, by_hand_name, download, plan
from ndc_urban.corpus.fetching import ATTEMPTS, USER_AGENT, open_fetcher
from ndc_urban.corpus.registry import Listed
from ndc_urban.errors import NetworkUnusable, NoDocuments, UsageError

LINES = itertools.count(2)


@dataclass
class Desk:
    """A folder, the server, and the waits between requests, which are noted and not waited for."""

    folder: Path
    address: str
    seen: Seen
    waits: list[float] = field(default_factory=list)

    def listed(self, *paths: str, sha256: str = "", iso3: str = "KEN") -> Listed:
        sources = tuple(path if "://" in path else f"{self.address}/{path}" for path in paths)
        day = date(2027, 3, 1)
        return Listed(
            next(LINES), iso3, "Kenya", "A plan", "NDC", "English", "1", "Active", day, sources, sha256
        )

    def download(self, *documents: Listed, known: dict[str, Known] | None = None) -> Downloaded:
        with open_fetcher(pause=2.0, sleep=self.waits.append) as fetcher:
            return download(plan(documents, Choice(), self.folder), fetcher, known=known)

    def one(self, *paths: str, sha256: str = "") -> Downloaded:
        return self.download(self.listed(*paths, sha256=sha256))

    def rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / name).open(encoding="utf-8", newline="") as lines:
            return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, Seen]]:
    with bad_server() as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, server: tuple[str, Seen], monkeypatch: pytest.MonkeyPatch) -> Desk:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    server[1].paths.clear()
    server[1].headers.clear()
    return Desk(tmp_path / "ndcs", *server)


def test_a_document_gets_its_name_its_rows_and_a_named_visitor(desk: Desk) -> None:
    result = desk.one("good/a.pdf")
    digest = hashlib.sha256(pdf("a.pdf")).hexdigest()
    (name,) = result.files
    assert name == f"KEN_2027-03-01_en_{digest[:8]}.pdf"
    assert (desk.folder / name).read_bytes() == pdf("a.pdf")
    (row,) = desk.rows("documents.csv")
    assert (row["file"], row["sha256"], row["document"], row["kind"]) == (
        name,
        digest,
        "KEN_2027-03-01",
        "pdf",
    )
    (told,) = desk.rows("downloads.csv")
    assert (told["status"], told["bytes"], told["error"]) == ("ok", str(len(pdf("a.pdf"))), "")
    assert desk.seen.headers[0]["User-Agent"] == USER_AGENT
    assert result.exit_status == 0
    assert sorted(path.name for path in desk.folder.iterdir()) == sorted(
        [name, "documents.csv", "downloads.csv"]
    )


def test_requests_to_a_host_come_one_by_one_with_pauses(desk: Desk) -> None:
    desk.download(*(desk.listed(f"good/{name}.pdf") for name in "abc"))
    assert desk.seen.most_at_once == 1
    assert len(desk.waits) == 2
    assert all(1.5 < wait <= 2.0 for wait in desk.waits)


@pytest.mark.parametrize("way", ["late", "moved", "busy", "busy-date", "broken"])
def test_what_goes_wrong_for_a_while_ends_well(desk: Desk, way: str) -> None:
    result = desk.one(f"{way}/{way}.pdf")
    assert result.failures == ()
    assert (desk.folder / result.files[0]).read_bytes().endswith(pdf(f"{way}.pdf"))
    expected = {"busy": 7.0, "busy-date": 30.0, "broken": 4.0}
    if way in expected:
        assert max(desk.waits) == pytest.approx(expected[way], abs=2.0)


@pytest.mark.parametrize("way", ["cut", "cut-ignored", "cut-wrong", "cut-unnamed"])
def test_a_broken_transfer_goes_on(desk: Desk, way: str) -> None:
    result = desk.one(f"{way}/{way}.pdf")
    assert result.failures == ()
    assert (desk.folder / result.files[0]).read_bytes() == pdf(f"{way}.pdf")
    if way == "cut":
        assert desk.seen.headers[1]["Range"] == "bytes=3000-"
        assert desk.seen.headers[1]["If-Range"] == '"first"'


def test_a_version_that_changed_in_between_is_fetched_whole(desk: Desk) -> None:
    result = desk.one("cut-changed/a.pdf")
    assert (desk.folder / result.files[0]).read_bytes() == pdf("another version")


@pytest.mark.parametrize(
    ("way", "error", "words"),
    [
        ("page", "blocked", "web page in place of the document"),
        ("page-as-pdf", "blocked", "web page in place of the document"),
        ("refused", "blocked", "status 403"),
        ("gone", "dead_link", "status 404"),
        ("circle", "dead_link", "circle"),
        ("empty", "not_a_document", "empty"),
        ("down", "busy", "status 503"),
        ("busy-long", "busy", "status 429"),
    ],
)
def test_what_stays_wrong_is_a_failure_that_says_what_to_do(
    desk: Desk, way: str, error: str, words: str
) -> None:
    wanted = desk.listed(f"{way}/{way}-stays.pdf")
    result = desk.download(wanted)
    (failure,) = result.failures
    assert failure.error == error
    assert words in failure.message
    if error != "busy":
        assert wanted.address in failure.remedy
        assert by_hand_name(wanted) in failure.remedy
    assert [path.name for path in desk.folder.glob("*.pdf")] == []
    assert desk.rows("downloads.csv")[0]["error"] == error
    assert result.exit_status == 4
    expected = {"down": ATTEMPTS, "circle": 6}
    assert desk.seen.counts[f"/{way}/{way}-stays.pdf"] == expected.get(way, 1)


def test_a_second_source_is_asked_where_the_first_fails(desk: Desk) -> None:
    result = desk.one("page/a.pdf", "good/a.pdf")
    assert result.failures == ()
    assert desk.rows("downloads.csv")[0]["source"].endswith("/good/a.pdf")
    failed = desk.one("page/b.pdf", "gone/b.pdf")
    assert "Second source: The link is dead" in failed.failures[0].message


def test_another_content_than_listed_is_kept_aside(desk: Desk) -> None:
    digest = hashlib.sha256(pdf("a.pdf")).hexdigest()
    assert desk.one("good/a.pdf", sha256=digest).failures == ()
    result = desk.one("good/b.pdf", sha256=digest)
    (failure,) = result.failures
    assert failure.error == "other_content"
    (aside,) = (desk.folder / ".unexpected").iterdir()
    assert str(aside) in failure.remedy
    assert len(desk.rows("documents.csv")) == 1


def test_the_same_command_goes_on_where_it_stopped(desk: Desk) -> None:
    documents = [desk.listed("good/a.pdf"), desk.listed("gone/b.pdf"), desk.listed("good/c.pdf")]
    desk.download(*documents)
    again = desk.download(*documents)
    assert (len(again.plan.here), len(again.plan.fetch), again.exit_status) == (2, 1, 3)
    assert desk.seen.counts["/good/a.pdf"] == 1
    (desk.folder / by_hand_name(documents[1])).write_bytes(pdf("by hand"))
    assert plan(documents, Choice(), desk.folder).fetch == ()
    spoilt = next(desk.folder.glob("KEN_*_en_*.pdf"))
    spoilt.write_bytes(b"%PDF-1.7 changed")
    assert len(plan(documents, Choice(), desk.folder).fetch) <= 1


def test_after_an_interrupt_the_tables_and_the_beginning_are_there(desk: Desk) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    documents = [desk.listed("good/a.pdf"), desk.listed("cut/interrupted.pdf")]
    with open_fetcher(pause=0.0, sleep=interrupt) as fetcher, pytest.raises(KeyboardInterrupt):
        download(plan(documents, Choice(), desk.folder), fetcher)
    assert len(desk.rows("documents.csv")) == 1
    result = desk.download(*documents)
    assert len(result.files) == 1
    assert desk.seen.headers[-1]["Range"] == "bytes=3000-"
    assert (desk.folder / result.files[0]).read_bytes() == pdf("interrupted.pdf")


def test_a_host_that_cannot_be_reached_is_not_asked_for_every_document(desk: Desk) -> None:
    documents = [desk.listed(f"http://127.0.0.1:9/{name}.pdf") for name in "abc"]
    result = desk.download(*documents, desk.listed("good/a.pdf"))
    assert [each.error for each in result.failures] == ["unreachable"] * 3
    assert "not asked again" in result.failures[2].message
    assert "HTTPS_PROXY" in result.failures[0].remedy
    assert len(result.files) == 1


def test_a_server_that_refuses_everything_is_left_alone(desk: Desk) -> None:
    result = desk.download(*(desk.listed(f"refused/{number}.pdf") for number in range(8)))
    assert len(desk.seen.paths) == 5
    assert len(result.failures) == 8


def test_a_proxy_that_is_wrong_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "nonsense://a:1")
    with pytest.raises(NetworkUnusable, match="proxy"):
        desk.one("good/a.pdf")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert desk.one("good/a.pdf").failures[0].error == "unreachable"


def test_names_and_hashes_of_a_known_register_are_used(desk: Desk) -> None:
    wanted = desk.listed("good/a.pdf")
    known = {wanted.path: Known("KEN_2026", frozenset({"0" * 64}))}
    result = desk.download(wanted, known=known)
    assert desk.rows("documents.csv")[0]["document"] == "KEN_2026"
    assert "differs" in result.notes[0]


def test_what_is_wanted_can_be_chosen(desk: Desk) -> None:
    def made(line: int, iso3: str, party: str, kind: str, language: str, day: date | None) -> Listed:
        return Listed(line, iso3, party, "", kind, language, "1", "Active", day, (f"{desk.address}/{line}",))

    documents = [
        made(2, "KEN", "Kenya", "NDC", "English", date(2021, 1, 1)),
        made(3, "KEN", "Kenya", "NDC", "English", date(2025, 4, 1)),
        made(4, "TGO", "Togo", "NDC", "French", date(2025, 5, 1)),
        made(5, "TGO", "Togo", "Translation", "English", date(2025, 5, 1)),
        made(6, "TGO", "Togo", "Addendum", "French", None),
    ]

    def lines(**choice: object) -> list[int]:
        return [each.line for each in Choice(**choice).of(documents)]  # type: ignore[arg-type]

    assert lines() == [2, 3, 4, 5, 6]
    assert lines(period=(date(2024, 9, 1), date(2026, 1, 1))) == [3, 4, 5]
    assert lines(period=(date.min, date(2022, 1, 1))) == [2]
    assert lines(parties=("togo",), languages=("fr",)) == [4, 6]
    assert lines(since=date(2025, 4, 15)) == [4, 5]
    with pytest.raises(UsageError, match="Nowhere"):
        lines(parties=("Nowhere",))
    with pytest.raises(UsageError, match="Klingon"):
        lines(languages=("Klingon",))
    assert lines(languages=("und",)) == []
    with pytest.raises(NoDocuments):
        plan(documents, Choice(since=date(2030, 1, 1)), desk.folder)


def test_withdrawn_documents_and_those_without_address_are_counted(desk: Desk) -> None:
    withdrawn = Listed(
        2, "KEN", "Kenya", "", "NDC", "English", "1", "Withdrawn", None, (f"{desk.address}/a",)
    )
    nowhere = Listed(3, "KEN", "Kenya", "", "NDC", "English", "1", "Active", None, ())
    planned = plan([withdrawn, nowhere], Choice(), desk.folder)
    assert (len(planned.fetch), len(planned.withdrawn), len(planned.without_address)) == (0, 1, 1)
    assert desk.download(withdrawn, nowhere).failures[0].error == "no_address"
