"""A report in Chromium, as a reader with a mouse, with a keyboard and with a screen reader meets it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ndc_urban.report import report, write_report
from ndc_urban.runs import Run

pytestmark = pytest.mark.slow

SERIOUS = {"serious", "critical"}


def go(browser: Any, page: Path, address: str = "overview") -> None:
    browser.get("about:blank")
    browser.get(f"{page.as_uri()}#/{address}")


def find(browser: Any, selector: str) -> Any:
    from selenium.webdriver.common.by import By

    return browser.find_element(By.CSS_SELECTOR, selector)


def find_all(browser: Any, selector: str) -> list[Any]:
    from selenium.webdriver.common.by import By

    return list(browser.find_elements(By.CSS_SELECTOR, selector))


def wait_for(browser: Any, condition: Any) -> Any:
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(browser, 120).until(lambda _: condition())


def choose(browser: Any, selector: str, value: str) -> None:
    from selenium.webdriver.support.ui import Select

    Select(find(browser, selector)).select_by_value(value)


def button(browser: Any, text: str) -> Any:
    return next(each for each in find_all(browser, "button") if each.text == text and each.is_displayed())


def shown_rows(browser: Any) -> list[str]:
    return [row.text for row in find_all(browser, "#documents tbody tr") if row.is_displayed()]


def key_of(data: Any, name: str) -> str:
    return next(str(each.key) for each in data.documents if each.name == name)


def test_filters_and_sorting_of_the_overview(browser: Any, page: Path) -> None:
    go(browser, page)
    assert len(shown_rows(browser)) == 7
    choose(browser, "#f-level", "strong")
    choose(browser, "#f-language", "ar")
    (row,) = shown_rows(browser)
    assert "Morocco" in row
    assert find(browser, "#shown").text == "1 of 7 documents shown"
    button(browser, "Show all").click()
    wait_for(browser, lambda: len(shown_rows(browser)) == 7)
    find(browser, "#f-text").send_keys("kenya 2025")
    assert len(shown_rows(browser)) == 1
    button(browser, "Show all").click()
    wait_for(browser, lambda: len(shown_rows(browser)) == 7)
    choose(browser, "#f-sure", "no")
    assert all(" or " in row for row in shown_rows(browser))
    button(browser, "Show all").click()
    choose(browser, "#f-theme", "housing")
    assert 0 < len(shown_rows(browser)) < 7
    button(browser, "Show all").click()
    head = find(browser, "#documents thead th:nth-child(4) button")
    head.click()
    head.click()
    assert find(browser, "#documents thead th:nth-child(4)").get_attribute("aria-sort") == "descending"
    percents = [each.text for each in find_all(browser, "#documents tbody td:nth-child(4)")]
    assert percents[0] == ">99%"


def test_from_the_map_to_a_document_and_its_page(browser: Any, page: Path) -> None:
    go(browser, page)
    browser.execute_script(
        "document.querySelector('svg a[aria-label^=Kenya]').dispatchEvent(new MouseEvent('click', {bubbles: true}))"
    )
    wait_for(browser, lambda: find_all(browser, "#view .evidence"))
    assert find(browser, "#view h2").text == "Kenya: KEN_2025-03-01_en.pdf"
    link = find(browser, "#view .evidence h4 a")
    assert "#page=" in link.get_attribute("href")
    assert find_all(browser, "#view mark")
    sectors = [each.text for each in find_all(browser, "#view section section h3")]
    choose(browser, "#group-by", "section")
    assert [each.text for each in find_all(browser, "#view section section h3")] != sectors
    assert not find_all(browser, "blockquote.neighbour")
    button(browser, "Show the context").click()
    wait_for(browser, lambda: find_all(browser, "blockquote.neighbour"))


def test_all_passages_are_unpacked_on_demand(browser: Any, page: Path, run: Run) -> None:
    key = key_of(report(run), "KEN_2025-03-01_en.pdf")
    go(browser, page, f"d/{key}")
    find(browser, "#view summary").click()
    wait_for(browser, lambda: find_all(browser, ".reading .passage"))
    row = run.documents[run.documents["path"].str.endswith("KEN_2025-03-01_en.pdf")].iloc[0]
    assert len(find_all(browser, ".reading .passage")) == row["passages"]


@pytest.mark.parametrize(
    ("query", "party"),
    [
        ("tram", "Kenya"),
        ("MUNICIP", "Kenya"),
        ("piétons municipalité", "France"),
        ("pietons", "France"),
        ("城市", "Mongolia"),
        ("البلديات", "Morocco"),
    ],
)
def test_search_finds_words_of_every_script(browser: Any, page: Path, query: str, party: str) -> None:
    go(browser, page, "search")
    find(browser, "#query").send_keys(query)
    wait_for(
        browser,
        lambda: "found" in find(browser, "#hits .facts").text if find_all(browser, "#hits .facts") else False,
    )
    assert any(party in each.text for each in find_all(browser, "#hits h4"))


def test_an_arabic_document_runs_right_to_left(browser: Any, page: Path, run: Run) -> None:
    go(browser, page, f"d/{key_of(report(run), 'MAR_2021-06-22_ar.pdf')}")
    quote = find(browser, "#view .evidence blockquote")
    assert quote.get_attribute("lang") == "ar"
    assert quote.value_of_css_property("direction") == "rtl"
    assert "border-right" in browser.execute_script(
        "const s = getComputedStyle(arguments[0]); return parseFloat(s.borderRightWidth) > 0 ? 'border-right' : ''",
        quote,
    )


def test_nothing_of_a_hostile_text_runs(browser: Any, page: Path, run: Run) -> None:
    go(browser, page, f"d/{key_of(report(run), 'PER_hostile.txt')}")
    wait_for(browser, lambda: find_all(browser, "#view .evidence"))
    assert "</script>" in find(browser, "#view").text
    assert browser.title != "broken"
    assert not find_all(browser, "#view img")


def test_versions_side_by_side(browser: Any, page: Path) -> None:
    go(browser, page, "compare")
    find(browser, "#view table a").click()
    wait_for(browser, lambda: find_all(browser, ".sides"))
    assert find(browser, "#view h2").text == "Kenya: what is new and what is gone"
    assert find_all(browser, ".sides .evidence")


def test_a_document_says_which_urban_passages_are_not_evidence(browser: Any, page: Path, run: Run) -> None:
    others = {
        str(each.key): each.urban_passages - len(each.evidence)
        for each in report(run).documents
        if each.result is not None and each.evidence
    }
    assert any(others.values())
    for key, number in others.items():
        go(browser, page, f"d/{key}")
        told = [each.text for each in find_all(browser, "#view p.facts") if "more urban passage" in each.text]
        word = "one more urban passage," if number == 1 else f"{number} more urban passages,"
        assert [word in text for text in told] == ([True] if number else [])


def test_every_page_works_with_the_keyboard(browser: Any, page: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    go(browser, page)
    find(browser, "body").send_keys(Keys.TAB)
    assert browser.switch_to.active_element.text == "Skip to the content"
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert browser.switch_to.active_element.get_attribute("id") == "main"
    assert browser.current_url.endswith("#/overview")  # the page is still the one that was read
    go(browser, page)
    find(browser, "body").send_keys(Keys.TAB)
    browser.switch_to.active_element.send_keys(Keys.TAB + Keys.TAB)
    active = browser.switch_to.active_element
    assert active.text == "Search"
    active.send_keys(Keys.ENTER)
    wait_for(browser, lambda: browser.switch_to.active_element.get_attribute("id") == "query")


@pytest.mark.parametrize(
    "address",
    [
        "overview",
        "search/city",
        "themes",
        "theme/housing",
        "sector/tr",
        "compare",
        "not-read",
        "about",
        "document",
        "pair",
    ],
)
def test_axe_finds_nothing_serious(browser: Any, page: Path, run: Run, address: str) -> None:
    from axe_core_python.selenium import Axe

    data = report(run)
    pair = data.comparisons[0]
    addresses = {
        "document": f"d/{key_of(data, 'MAR_2021-06-22_ar.pdf')}",
        "pair": f"compare/{pair.before}/{pair.after}",
    }
    go(browser, page, addresses.get(address, address))
    found = [each for each in Axe().run(browser)["violations"] if each["impact"] in SERIOUS]
    assert found == []


def test_a_phone_shows_no_page_wider_than_itself(browser: Any, page: Path, run: Run) -> None:
    size = browser.get_window_size()
    try:
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": 390, "height": 800, "deviceScaleFactor": 1, "mobile": True},
        )
        for address in ("overview", f"d/{key_of(report(run), 'KEN_2025-03-01_en.pdf')}", "themes"):
            go(browser, page, address)
            assert browser.execute_script("return document.documentElement.scrollWidth") <= 390
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        browser.set_window_size(size["width"], size["height"])


def test_the_console_stays_silent(browser: Any, page: Path, run: Run) -> None:
    browser.get_log("browser")
    for address in ("overview", "themes", "search/city", f"d/{key_of(report(run), 'KEN_2025-03-01_en.pdf')}"):
        go(browser, page, address)
    assert browser.get_log("browser") == []


def test_a_report_of_nothing_opens(browser: Any, run: Run, tmp_path: Path) -> None:
    from dataclasses import replace

    lost = run.documents[run.documents["status"] != "ok"]
    written = write_report(report(replace(run, documents=lost)), tmp_path / "out")
    go(browser, written.page)
    assert len(shown_rows(browser)) == 1
