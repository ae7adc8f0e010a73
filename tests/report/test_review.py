"""A coder reviews in the browser, saves, and the file becomes labels; nothing typed is lost."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from test_browser import SERIOUS, button, find, find_all, go, key_of, wait_for

from ndc_urban.corpus.library import open_library
from ndc_urban.exchange.importing import add_codings
from ndc_urban.exchange.registry import FORMATS, format_of
from ndc_urban.labels.agreement import agreements
from ndc_urban.labels.store import read_level_labels, read_passage_labels
from ndc_urban.report import report, write_report
from ndc_urban.runs import Run

pytestmark = pytest.mark.slow

KENYA = "KEN_2025-03-01_en.pdf"


@pytest.fixture(autouse=True)
def _fresh(browser: Any, review_page: Path, downloads: Path) -> Iterator[None]:
    """A browser that keeps nothing of an earlier test."""
    go(browser, review_page)
    browser.execute_script("localStorage.clear()")
    yield
    browser.execute_script("localStorage.clear()")
    for file in downloads.iterdir():
        file.unlink()


@pytest.fixture
def kenya(run: Run) -> str:
    return f"d/{key_of(report(run), KENYA)}"


def forms(browser: Any) -> list[Any]:
    return find_all(browser, "#view .coding")


def form_buttons(form: Any, text: str) -> Any:
    from selenium.webdriver.common.by import By

    return next(each for each in form.find_elements(By.TAG_NAME, "button") if each.text == text)


def click(browser: Any, element: Any) -> None:
    """Clicks where the bar at the bottom does not lie over the element."""
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    element.click()


def field(form: Any, name: str) -> Any:
    from selenium.webdriver.common.by import By

    return form.find_element(By.CSS_SELECTOR, f"[data-field={name}]")


def select(form: Any, name: str, value: str) -> None:
    from selenium.webdriver.support.ui import Select

    Select(field(form, name)).select_by_value(value)


def name_coder(browser: Any, name: str) -> None:
    find(browser, "#coder").clear()
    find(browser, "#coder").send_keys(name)


def saved(browser: Any, downloads: Path) -> Path:
    find(browser, "#save").click()
    wait_for(browser, lambda: list(downloads.glob("*.json")))
    return next(iter(downloads.glob("*.json")))


def code_kenya(browser: Any, page: Path, kenya: str, coder: str, level: str, code: str) -> None:
    """A level, the suggestion of the first evidence, and another code for the second."""
    go(browser, page, kenya)
    wait_for(browser, lambda: len(forms(browser)) > 2)
    name_coder(browser, coder)
    of_level, first, second, *_ = forms(browser)
    select(of_level, "level", level)
    select(of_level, "confidence", "3")
    click(browser, field(of_level, "dedicated"))
    click(browser, form_buttons(first, "Accept the suggestion"))
    field(first, "comment").send_keys("=clear")
    select(second, "code", code)


def imported(file: Path, run: Run, folder: Path) -> Any:
    assert format_of(file).name == "review"
    returned = FORMATS["review"].read(file)
    return add_codings(returned, open_library(run.folder), folder)


def test_from_the_page_to_labels_and_agreement(
    browser: Any, review_page: Path, run: Run, kenya: str, downloads: Path, tmp_path: Path
) -> None:
    for coder, level, code in (("Ana", "strong", "N"), ("Ben", "moderate", "X")):
        browser.execute_script("localStorage.clear()")
        code_kenya(browser, review_page, kenya, coder, level, code)
        file = saved(browser, downloads)
        result = imported(file, run, tmp_path / coder)
        assert result.applied, list(result.lines())
        assert (result.imported, result.reanchored) == (3, 0)
        file.unlink()
    labels = read_passage_labels(tmp_path / "Ana")
    assert {label.coder for label in labels} == {"Ana"}
    assert sorted(label.code for label in labels)[-1] == "N"
    assert "=clear" in {label.comment for label in labels}
    assert all(label.coded_at for label in labels)
    (level_label,) = read_level_labels(tmp_path / "Ana")
    assert (level_label.level, level_label.confidence, level_label.dedicated) == ("strong", 3, True)
    both = [label for name in ("Ana", "Ben") for label in read_passage_labels(tmp_path / name)]
    levels = [label for name in ("Ana", "Ben") for label in read_level_labels(tmp_path / name)]
    # A suggestion was kept faster than anybody reads, so what was coded on this page does not count as independent.
    assert sorted(label.review for label in both) == ["changed", "changed", "unseen", "unseen"]
    found = {each.what: each for each in agreements(both, levels)}
    assert found["level"].units == 1
    assert "code" not in found
    by_hand = [replace(label, review="", suggestion="") for label in both]
    assert {each.what: each for each in agreements(by_hand, levels)}["code"].units == 2


def test_a_review_needs_the_keyboard_alone(
    browser: Any, review_page: Path, run: Run, kenya: str, downloads: Path, tmp_path: Path
) -> None:
    """Filter, open, code, save without a name, type it, save again, import."""
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    def press(keys: str) -> Any:
        ActionChains(browser).send_keys(keys).perform()
        return browser.switch_to.active_element

    def tab_to(text: str, most: int = 40) -> None:
        for _ in range(most):
            active = press(Keys.TAB)
            if text in (active.text.strip(), active.get_attribute("id"), active.get_attribute("data-field")):
                return
        raise AssertionError(f"{text} is not reached with {most} tabs")

    go(browser, review_page)
    tab_to("f-text")
    press("kenya 2025")
    wait_for(browser, lambda: find(browser, "#shown").text.startswith("1 of"))
    tab_to("Kenya")
    press(Keys.ENTER)
    wait_for(browser, lambda: len(forms(browser)) > 2)
    tab_to("level")
    press("m")
    tab_to("confidence", 1)
    press("3")
    tab_to("Accept the suggestion")
    press(Keys.ENTER)
    browser.execute_script("document.querySelector('.skip').focus()")  # as at the top of the page
    tab_to("Skip to your name and Save", 1)
    press(Keys.ENTER)
    wait_for(browser, lambda: browser.switch_to.active_element.get_attribute("id") == "coder")
    tab_to("save", 1)
    assert press(Keys.ENTER).get_attribute("id") == "coder"  # a name is asked for, where it is typed
    press("Ana")
    tab_to("save", 1)
    press(Keys.ENTER)
    wait_for(browser, lambda: list(downloads.glob("*.json")))
    assert browser.execute_script("return location.hash") == f"#/{kenya}"
    result = imported(next(iter(downloads.glob("*.json"))), run, tmp_path / "ana")
    assert (result.applied, result.imported) == (True, 2)
    (label,) = read_level_labels(tmp_path / "ana")
    assert (label.level, label.confidence, label.coder) == ("moderate", 3, "Ana")


def test_a_missing_passage_is_coded_where_it_stands(
    browser: Any, review_page: Path, run: Run, kenya: str, downloads: Path, tmp_path: Path
) -> None:
    go(browser, review_page, f"{kenya}/all")
    wait_for(browser, lambda: find_all(browser, ".reading .passage"))
    name_coder(browser, "Ana")
    passage = next(
        each for each in find_all(browser, ".reading .passage") if "Code this passage" in each.text
    )
    click(browser, form_buttons(passage, "Code this passage"))
    for name, value in (("code", "E"), ("sector", "tr"), ("strand", "m"), ("role", "r")):
        select(passage, name, value)
    file = saved(browser, downloads)
    value = json.loads(file.read_text(encoding="utf-8"))
    (row,) = value["passages"]
    assert row["suggested_code"]
    assert row["suggested_model"] == run.info["model"]["hash"]
    assert imported(file, run, tmp_path / "labels").imported == 1


def test_a_passage_that_the_reader_did_not_list_is_typed(
    browser: Any, review_page: Path, run: Run, kenya: str, downloads: Path, tmp_path: Path
) -> None:
    words = run.passages.loc[run.passages["path"].str.endswith(KENYA), "text"].iloc[3]
    go(browser, review_page, kenya)
    wait_for(browser, lambda: len(forms(browser)) > 2)
    name_coder(browser, "Ana")
    click(browser, button(browser, "Type a missing passage"))
    typed = next(each for each in forms(browser) if "A missing passage" in each.text)
    field(typed, "text").send_keys(words.upper())
    field(typed, "page").send_keys("1")
    assert "Not complete: choose a code" in typed.text
    select(typed, "code", "X")
    go(browser, review_page, kenya)
    wait_for(browser, lambda: len(forms(browser)) > 2)
    typed = next(each for each in forms(browser) if "A missing passage" in each.text)
    assert field(typed, "text").get_attribute("value") == words.upper()
    assert "1 passage coded" in find(browser, "#review-status").text
    file = saved(browser, downloads)
    (row,) = json.loads(file.read_text(encoding="utf-8"))["passages"]
    assert (row["typed"], row["page"], row["code"]) == (True, 1, "X")
    assert not any(name.startswith("suggested") for name in row)
    assert imported(file, run, tmp_path / "labels").imported == 1


def test_nothing_typed_is_lost_by_reloading(browser: Any, review_page: Path, kenya: str) -> None:
    code_kenya(browser, review_page, kenya, "Ana", "strong", "N")
    go(browser, review_page, kenya)
    wait_for(browser, lambda: len(forms(browser)) > 2)
    assert find(browser, "#coder").get_attribute("value") == "Ana"
    of_level, first, second, *_ = forms(browser)
    assert field(of_level, "level").get_attribute("value") == "strong"
    assert field(first, "comment").get_attribute("value") == "=clear"
    assert field(second, "code").get_attribute("value") == "N"
    assert "Coded" in second.text


def test_two_tabs_keep_what_was_typed_in_either(browser: Any, review_page: Path, kenya: str) -> None:
    go(browser, review_page, kenya)
    wait_for(browser, lambda: len(forms(browser)) > 2)
    first_tab = browser.current_window_handle
    browser.switch_to.new_window("tab")
    try:
        go(browser, review_page, kenya)
        wait_for(browser, lambda: len(forms(browser)) > 2)
        select(forms(browser)[0], "level", "low")
        browser.switch_to.window(first_tab)
        wait_for(browser, lambda: field(forms(browser)[0], "level").get_attribute("value") == "low")
        select(forms(browser)[2], "code", "N")
        browser.switch_to.window(browser.window_handles[-1])
        wait_for(browser, lambda: field(forms(browser)[2], "code").get_attribute("value") == "N")
        assert field(forms(browser)[0], "level").get_attribute("value") == "low"
    finally:
        browser.close()
        browser.switch_to.window(first_tab)


def test_a_saved_file_is_loaded_and_one_of_another_run_is_not(
    browser: Any, review_page: Path, kenya: str, downloads: Path, tmp_path: Path
) -> None:
    code_kenya(browser, review_page, kenya, "Ana", "strong", "N")
    file = saved(browser, downloads)
    browser.execute_script("localStorage.clear()")
    go(browser, review_page, kenya)
    value = json.loads(file.read_text(encoding="utf-8"))
    other = tmp_path / "other.json"
    other.write_text(json.dumps(value | {"run": "0" * 16}), encoding="utf-8")
    browser.execute_script("document.getElementById('load').classList.remove('off')")
    find(browser, "#load").send_keys(str(other))
    wait_for(browser, lambda: "another run" in find(browser, "#review-status").text)
    assert "0 of" in find(browser, "#review-status").text
    find(browser, "#load").send_keys(str(file))
    wait_for(browser, lambda: "was added" in find(browser, "#review-status").text)
    wait_for(browser, lambda: field(forms(browser)[0], "level").get_attribute("value") == "strong")


def test_saving_asks_for_a_name(browser: Any, review_page: Path, kenya: str, downloads: Path) -> None:
    go(browser, review_page, kenya)
    find(browser, "#save").click()
    assert browser.switch_to.active_element.get_attribute("id") == "coder"
    time.sleep(0.3)
    assert not list(downloads.iterdir())


def test_a_blind_review_of_a_sample(browser: Any, run: Run, downloads: Path, tmp_path: Path) -> None:
    data = report(run)
    document = next(each for each in data.documents if each.name == KENYA)
    sample = tmp_path / "sample.csv"
    sample.write_text(f"sha256,inclusion_probability\n{document.sha256},0.25\n", encoding="utf-8")
    written = write_report(report(run, review=True, blind=True, sample=sample), tmp_path / "blind")
    go(browser, written.page, "review")
    browser.execute_script("localStorage.clear()")
    go(browser, written.page, "review")
    assert len(find_all(browser, "#view table tbody tr")) == 1
    find(browser, "#view table a").click()
    wait_for(browser, lambda: find_all(browser, ".reading .passage"))
    text = find(browser, "main").text
    assert "Urban with" not in text
    assert "Accept" not in text
    name_coder(browser, "Ana")
    select(forms(browser)[0], "level", "moderate")
    select(forms(browser)[0], "confidence", "2")
    click(browser, button(browser, "Next document without a level"))
    wait_for(browser, lambda: find(browser, "#view h2").text == "Review")
    assert "moderate" in find(browser, "#view table").text
    file = saved(browser, downloads)
    (row,) = json.loads(file.read_text(encoding="utf-8"))["levels"]
    assert not any(name.startswith("suggested") for name in row)
    assert imported(file, run, tmp_path / "labels").imported == 1
    (label,) = read_level_labels(tmp_path / "labels")
    assert label.inclusion_probability == 0.25


def test_axe_finds_nothing_serious_in_a_review(browser: Any, review_page: Path, kenya: str) -> None:
    from axe_core_python.selenium import Axe

    for address in ("review", f"{kenya}/all"):
        go(browser, review_page, address)
        time.sleep(0.5)
        assert [each for each in Axe().run(browser)["violations"] if each["impact"] in SERIOUS] == []
