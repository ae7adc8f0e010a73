"""Takes the two pictures of a report that the README and the documentation show.

    python benchmarks/report_screenshots.py [--out docs]

A report on the samples is made and opened in Chromium: its overview, and the evidence of a sample. Take them again when
the page or the model changes. Needs Debian's packages chromium and chromium-driver.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from report_page import opened

from ndc_urban import shipped
from ndc_urban.report import report, write_report
from ndc_urban.runs import load_run, score

SHOWN = "sabellin-updated-ndc-en.pdf"
"""The sample whose evidence is shown."""
WIDTH, HEIGHT = 1280, 900
"""Of the window in pixels: a column of the README shows it at about two thirds."""
EVIDENCE = """
const [key, done] = arguments;
location.hash = `#/d/${key}`;
const look = () => {
  const first = document.querySelector("#view article.evidence");
  if (!first) return setTimeout(look, 5);
  first.scrollIntoView();
  requestAnimationFrame(() => requestAnimationFrame(() => done()));
};
look();
"""


def main() -> None:
    """Scores the samples, makes the report, and takes the pictures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "docs")
    out: Path = parser.parse_args().out
    with tempfile.TemporaryDirectory() as scratch:
        run = load_run(score([shipped.path("samples")], Path(scratch) / "run").folder)
        data = report(run, out=Path(scratch) / "report")
        page = write_report(data, Path(scratch) / "report").page
        (key,) = [each.key for each in data.documents if each.name == SHOWN]
        with opened(page, Path(scratch) / "profile") as browser:
            browser.set_window_size(WIDTH, HEIGHT)
            browser.save_screenshot(str(out / "report-overview.png"))
            browser.execute_async_script(EVIDENCE, key)
            browser.save_screenshot(str(out / "report-evidence.png"))


if __name__ == "__main__":
    main()
