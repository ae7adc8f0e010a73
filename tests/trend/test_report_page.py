"""The page: it needs nothing else, and can be read without seeing it."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import html


@pytest.fixture(scope="module")
def text(written: Path) -> str:
    return (written / "trend.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tree(text: str) -> html.HtmlElement:
    return html.fromstring(text)


def test_it_asks_the_network_for_nothing_and_runs_nothing(text: str, tree: html.HtmlElement) -> None:
    assert set(re.findall(r"https?://[^\s\"'<)]+", text)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert tree.xpath("//script|//iframe|//object|//link|//@onload|//@onclick") == []
    assert all(link.startswith("#") for link in tree.xpath("//@href"))
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy[0].startswith("default-src 'none'")


def test_language_title_and_headings(tree: html.HtmlElement) -> None:
    assert tree.get("lang") == "en"
    assert tree.findtext(".//title") == tree.findtext(".//h1")
    levels = [int(element.tag[1]) for element in tree.iter("h1", "h2", "h3")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_table_has_a_caption_and_heads_with_a_scope(tree: html.HtmlElement) -> None:
    tables = tree.xpath("//table")
    assert len(tables) > 10
    for table in tables:
        assert table.findtext("caption")
        assert {head.get("scope") for head in table.xpath(".//thead//th")} == {"col"}
        assert {head.get("scope") for head in table.xpath(".//tbody//th")} == {"row"}
        widths = {len(row) for row in table.xpath(".//tr")}
        assert len(widths) == 1


def test_every_figure_has_words(tree: html.HtmlElement) -> None:
    figures = tree.xpath("//figure")
    assert len(figures) == 7
    for figure in figures:
        (svg,) = figure.xpath("./*[local-name()='svg']")
        assert svg.get("role") == "img"
        for name in svg.get("aria-labelledby").split():
            assert len(svg.xpath(f".//*[@id='{name}']")[0].text) > 20
        assert figure.findtext("figcaption")


def test_ids_are_unique_and_references_lead_somewhere(text: str, tree: html.HtmlElement) -> None:
    names = tree.xpath("//@id")
    assert len(names) == len(set(names))
    wanted = [link[1:] for link in tree.xpath("//a/@href")]
    wanted += [name for names_ in tree.xpath("//@aria-labelledby") for name in names_.split()]
    wanted += re.findall(r"url\(#([^)]+)\)", text) + re.findall(r"xlink:href=\"#([^\"]+)\"", text)
    assert set(wanted) <= set(names)
