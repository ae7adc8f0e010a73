"""Makes the folder results: a full run over the panel's documents and its trend, without any text of theirs.

    python corpus/make_results.py --corpus CORPUS [--model MODEL] [--out corpus/results] [--jobs N]

CORPUS holds the NDCs with their register (documents.csv). Every English text that corpus/panel.csv names is scored; of
the run documents.csv, failures.csv, estimation.csv and run.json are kept, with paths relative to CORPUS. The trend is
then made from what was kept: `ndc-urban trend corpus/results --panel corpus/panel.csv` gives the same files again.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ndc_urban.cli.progress import progress_display
from ndc_urban.corpus.register import Collection
from ndc_urban.errors import UsageError
from ndc_urban.files import folder_written_whole, read_csv
from ndc_urban.model import default_model_folder
from ndc_urban.runs import RunFolder, score
from ndc_urban.trend import trend
from ndc_urban.trend.report import write_trend

HERE = Path(__file__).parent
PANEL = HERE / "panel.csv"
ANNOTATIONS = HERE.parent / "annotations"
LEFT_OUT = (".png", ".xlsx", ".html", ".docx")
"""Endings of files that say again what the tables and the SVG figures say."""
COMMAND = "python corpus/make_results.py --corpus CORPUS"


def panel_files() -> list[str]:
    """The files that the panel names, each once."""
    return sorted({row["english_text"] for row in read_csv(PANEL, error=UsageError).rows})


def without_places(text: str, places: dict[str, str]) -> str:
    """A text in which folders of this machine are replaced by what they hold."""
    for place, name in sorted(places.items(), key=lambda pair: -len(pair[0])):
        text = text.replace(f"{place}/", name)
    return text


def keep(run: RunFolder, out: RunFolder, places: dict[str, str]) -> None:
    """Copies the tables of a run that hold no text, without the paths of this machine."""
    for source, target in (
        (run.documents, out.documents),
        (run.failures, out.failures),
        (run.estimation, out.estimation),
    ):
        target.write_text(without_places(source.read_text("utf-8"), places), "utf-8", newline="\n")
    info: dict[str, Any] = json.loads(run.info.read_text("utf-8"))
    info["model"]["folder"] = "models/" + Path(info["model"]["folder"]).name
    info["command"] = COMMAND
    info["figures"] = {"matplotlib": version("matplotlib")}
    for entry in info["inputs"]:
        for field in ("traceback", "reasons", "notes"):
            entry.pop(field, None)
    text = json.dumps(info, ensure_ascii=False, indent=1) + "\n"
    out.info.write_text(without_places(text, places), "utf-8", newline="\n")


def main() -> None:
    """Scores the documents, keeps the tables without text, and makes the trend; replaces the old folder as a whole."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=default_model_folder())
    parser.add_argument("--out", type=Path, default=HERE / "results")
    parser.add_argument("--jobs", type=int)
    given = parser.parse_args()
    collection = Collection(given.corpus)
    files = {name: collection.path(name) for name in panel_files()}
    places = {str(path)[: -len(name)].rstrip("/"): "" for name, path in files.items()}
    with tempfile.TemporaryDirectory() as scratch, folder_written_whole(given.out, replace=True) as new:
        with progress_display(quiet=False) as show:
            run = score(
                list(files.values()),
                Path(scratch) / "run",
                model=given.model,
                jobs=given.jobs,
                evidence_only=True,
                progress=show,
            )
        keep(RunFolder(run.folder), RunFolder(new), places)
        write_trend(trend([new], PANEL, annotations=ANNOTATIONS), new / "trend")
        for path in sorted((new / "trend").rglob("*")):
            if path.suffix in LEFT_OUT:
                path.unlink()


if __name__ == "__main__":
    main()
