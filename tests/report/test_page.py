"""The page holds everything, runs nothing that a document says, and hides what a blind review must not show."""

from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ndc_urban.report import report, write_report
from ndc_urban.report.page import _asset, pages
from ndc_urban.report.payload import script_json
from ndc_urban.runs import Run


class Elements(HTMLParser):
    """The tags of a page, and the text of its JSON scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, str] = {}
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = dict(attrs).get("id") or ""

    def handle_data(self, data: str) -> None:
        if self._inside in ("data", "texts"):
            self.texts[self._inside] = self.texts.get(self._inside, "") + data


def elements(text: str) -> Elements:
    parser = Elements()
    parser.feed(text)
    return parser


def test_the_page_is_one_file_that_needs_no_network(page: Path) -> None:
    found = elements(page.read_text(encoding="utf-8"))
    for tag, attributes in found.tags:
        assert "src" not in attributes
        assert tag not in ("link", "img", "iframe", "object", "base")
        assert not (attributes.get("href") or "").startswith(("http:", "https:", "//"))
    policy = next(attributes["content"] for tag, attributes in found.tags if "http-equiv" in attributes)
    assert "default-src 'none'" in (policy or "")


def test_no_text_of_a_document_becomes_markup(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "<script>document.title" not in text
    assert "<img src=x" not in text
    data = json.loads(elements(text).texts["data"])
    (hostile,) = (each for each in data["documents"] if each["name"] == "PER_hostile.txt")
    assert any("</script><script>" in passage["text"] for passage in hostile["evidence"])
    assert sum(tag == "script" for tag, _ in elements(text).tags) == 4


@pytest.mark.parametrize("text", ["</script>", "<!--<script>", "\u2028", "]]>", "&lt;", "\ud800"])
def test_json_in_a_script_element_says_the_same_and_cannot_end_it(text: str) -> None:
    written = script_json({"text": text})
    assert not set("<>&\u2028") & set(written)
    if text != "\ud800":
        assert json.loads(written) == {"text": text}


def test_scripts_of_the_program_do_not_end_their_element() -> None:
    for name in (
        "assets/report.js",
        "assets/review.js",
        "vendor/minisearch/minisearch.js",
        "assets/report.css",
    ):
        assert not re.search("</(script|style)|<!--", _asset(name), re.IGNORECASE)
    assert "Permission is hereby granted" in _asset("vendor/minisearch/LICENSE.txt")


def test_quotes_keep_their_language_and_direction(page: Path) -> None:
    data = json.loads(elements(page.read_text(encoding="utf-8")).texts["data"])
    by_name = {each["name"]: each for each in data["documents"]}
    arabic = by_name["MAR_2021-06-22_ar.pdf"]["evidence"][0]
    assert (arabic["lang"], arabic["dir"]) == ("ar", "rtl")
    chinese = by_name["MNG_2021-10-28_zh.pdf"]["evidence"][0]
    assert (chinese["lang"], chinese["dir"]) == ("zh", "ltr")


def test_whole_documents_are_packed_within(page: Path, run: Run) -> None:
    found = elements(page.read_text(encoding="utf-8"))
    document = next(each for each in json.loads(found.texts["data"])["documents"] if each["iso3"] == "MNG")
    packed = json.loads(found.texts["texts"])[document["key"]]
    passages = json.loads(gzip.decompress(base64.b64decode(packed)))
    table = run.passages[run.passages["sha256"] == document["sha256"]]
    assert [each["text"] for each in passages] == list(table["text"])
    assert [each["start"] for each in passages] == list(table["start"])


def test_a_blind_review_holds_no_prediction(run: Run, tmp_path: Path) -> None:
    written = write_report(report(run, review=True, blind=True), tmp_path / "blind")
    found = elements(written.page.read_text(encoding="utf-8"))
    data = json.loads(found.texts["data"])
    forbidden = {"result", "outOfFold", "evidence", "reasons", "sectors", "roles", "themes", "urban", "share"}
    for document in data["documents"]:
        assert not forbidden & set(document)
    for packed in json.loads(found.texts["texts"]).values():
        for passage in json.loads(gzip.decompress(base64.b64decode(packed))):
            assert set(passage) <= {"n", "page", "section", "kind", "text", "lang", "dir", "start"}
    rows = [attributes for tag, attributes in found.tags if tag == "tr" and "data-level" in attributes]
    assert rows
    assert not any(attributes["data-level"] or attributes["data-sectors"] for attributes in rows)
    assert not any(tag == "svg" for tag, _ in found.tags)
    assert data["comparisons"] == []


def test_many_documents_become_files_by_first_letter(run: Run) -> None:
    data = report(run)
    made = dict(pages(replace(data, documents=data.documents * 2), most=4))
    assert set(made) == {
        "report.html",
        "report-F.html",
        "report-K.html",
        "report-M.html",
        "report-P.html",
        "report-T.html",
    }
    links = [attributes.get("href") for tag, attributes in elements(made["report.html"]).tags if tag == "a"]
    assert set(links) == set(made) - {"report.html"}
    assert "report.html" in [attributes.get("href") for _, attributes in elements(made["report-K.html"]).tags]


def test_the_same_run_makes_the_same_bytes(run: Run, tmp_path: Path) -> None:
    one, other = (dict(pages(report(run, out=tmp_path))) for _ in range(2))
    assert one == other
