"""How long does a report take to make and to open?

    python benchmarks/report_page.py RUN [--documents 10000] [--pages 400]

Shown are processor time and size of the report of a run, and in Chromium the time to the first paint and to the first
hit of a search; the same for the run with a document of 400 invented pages, whose passages are all opened; and for
10,000 documents, which are those of the run again and again. Needs Debian's packages chromium and chromium-driver.
"""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from files_to_measure import described_parser
from invented_plans import PLACES, SENTENCES

from ndc_urban.report import report, write_report
from ndc_urban.report.records import Report, ReportDocument
from ndc_urban.runs import load_run

PASSAGES_A_PAGE = 12
"""About as many as real NDCs have."""
FIRST_PAINT = """
const done = arguments[0];
new PerformanceObserver((list) => done(list.getEntries()[0].startTime)).observe({ type: "paint", buffered: true });
"""
FIRST_HIT = """
const done = arguments[0];
location.hash = "#/search/city";
const from = performance.now();
const look = () => document.querySelector("#hits article") ? done(performance.now() - from) : setTimeout(look, 5);
look();
"""
ALL_PASSAGES = """
const [key, done] = arguments;
location.hash = `#/d/${key}/all`;
const from = performance.now();
const look = () => document.querySelector(".reading .passage") ? done(performance.now() - from) : setTimeout(look, 5);
look();
"""


def long_document(like: ReportDocument, pages: int) -> ReportDocument:
    """A document of invented passages, with the evidence of another one at its beginning."""
    chance = random.Random(1)
    some = like.evidence[0]
    made = [
        replace(
            some,
            number=len(like.passages) + at,
            page=1 + at // PASSAGES_A_PAGE,
            text=chance.choice(SENTENCES).format(
                place=chance.choice(PLACES), number=chance.randrange(2, 900)
            ),
            rank=None,
            reasons=(),
        )
        for at in range(pages * PASSAGES_A_PAGE)
    ]
    passages = (*like.passages, *made)
    return replace(
        like,
        key="long",
        name="long.pdf",
        pages=pages,
        passages=passages,
        passage_count=len(passages),
        link="",
    )


def many(data: Report, number: int) -> Report:
    """The documents of a report again and again, without their other passages."""
    documents = (replace(data.scored[at % len(data.scored)], key=f"k{at}") for at in range(number))
    return replace(data, documents=tuple(documents), comparisons=(), has_all_passages=False)


@contextmanager
def opened(page: Path, profile: Path) -> Iterator[Any]:
    """A page in Chromium."""
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    for argument in ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"):
        options.add_argument(argument)
    options.add_argument(f"--user-data-dir={profile}")
    browser = Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        browser.set_script_timeout(300)
        browser.get(page.as_uri())
        yield browser
    finally:
        browser.quit()


def measure(name: str, data: Report, scratch: Path, long: str = "") -> None:
    """Writes a report, opens it, and prints what that took."""
    start = time.process_time()
    page = write_report(data, scratch / name).page
    seconds = time.process_time() - start
    megabytes = sum(each.stat().st_size for each in page.parent.glob("*.html")) / 1e6
    print(f"{name}: written in {seconds:.1f} s of processor time, {megabytes:.1f} MB of pages")
    with opened(page, scratch / f"profile-{name}") as browser:
        paint = browser.execute_async_script(FIRST_PAINT)
        print(f"  first paint after {paint / 1000:.2f} s")
        if browser.execute_script("return typeof DATA === 'object'"):
            print(f"  first hit after {browser.execute_async_script(FIRST_HIT) / 1000:.2f} s")
        if long:
            print(f"  all passages after {browser.execute_async_script(ALL_PASSAGES, long) / 1000:.2f} s")


def main() -> int:
    parser = described_parser(__doc__)
    parser.add_argument("run", type=Path)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--pages", type=int, default=400)
    options = parser.parse_args()
    start = time.process_time()
    data = report(load_run(options.run))
    print(f"{len(data.documents)} documents: data in {time.process_time() - start:.1f} s of processor time")
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        measure("run", data, scratch)
        like = max(data.scored, key=lambda each: len(each.evidence))
        longer = replace(data, documents=(*data.documents, long_document(like, options.pages)))
        measure("long", longer, scratch, long="long")
        measure("many", many(data, options.documents), scratch)
    return 0


if __name__ == "__main__":
    sys.exit(main())
