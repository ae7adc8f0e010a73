"""A run over samples that bear the codes of Parties, made once, its report, and a browser where there is Chromium."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ndc_urban.report import report, write_report
from ndc_urban.runs import Run, score

SAMPLES = Path(__file__).parents[2] / "corpus" / "samples"
FILES = {
    "KEN_2020-12-01_en.pdf": "tamberland-ndc-update-en.pdf",
    "KEN_2025-03-01_en.pdf": "marrowick-third-ndc-en.pdf",
    "MAR_2021-06-22_ar.pdf": "rimalia-ndc2-ar.pdf",
    "MNG_2021-10-28_zh.pdf": "lanting-ndc-zh.pdf",
    "FRA_2020_fr.html": "kerandie-cdn-fr.html",
    "TON_2020-12-09_en.pdf": "vardania-first-ndc-en-truncated.pdf",
}
"""Which sample is scored under which name; the text is that of a country that does not exist."""
HOSTILE = "\n\n".join(
    [
        "1 Cities",
        "The city council will extend the bus rapid transit of the capital city "
        "</script><script>document.title = 'broken'</script>.",
        "=HYPERLINK('http://example.org') The municipality will build tram lines and housing in the city "
        "<img src=x onerror=alert(1)>.",
    ]
)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plans")
    for name, sample in FILES.items():
        shutil.copy(SAMPLES / sample, folder / name)
    (folder / "PER_hostile.txt").write_text(HOSTILE, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def run(files: Path, tmp_path_factory: pytest.TempPathFactory, kept_readings: Path) -> Run:
    return score([files], tmp_path_factory.mktemp("runs") / "run", ocr="never", jobs=1, cache=kept_readings)


@pytest.fixture(scope="session")
def page(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reports") / "report"
    return write_report(report(run, out=out), out).page


@pytest.fixture(scope="session")
def review_page(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reports") / "review"
    return write_report(report(run, out=out, review=True), out).page


@pytest.fixture(scope="session")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory, downloads: Path) -> Iterator[Any]:
    if CHROMIUM is None or DRIVER is None:
        pytest.skip("no Chromium: Debian's packages chromium and chromium-driver")
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    options = ChromeOptions()
    options.binary_location = CHROMIUM
    profile = tmp_path_factory.mktemp("profile")
    for argument in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        f"--user-data-dir={profile}",
        "--window-size=1280,1000",
    ):
        options.add_argument(argument)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()
