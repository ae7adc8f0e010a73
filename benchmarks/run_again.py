"""What a rerun costs, and two new files, beside the first run over the same folder.

    python benchmarks/run_again.py --pdf DIR [--jobs 2] [--sample N] [--at-most 3]

The first run fills a cache of its own; the rerun reads nothing; then two files that were left out are added; then the
same files are scored by another model (the shipped one, renamed). Exit status 1 where the rerun takes more than
`--at-most` seconds, or where a rerun gives other passages than the first run.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from files_to_measure import add_pdf_folder, described_parser, pdf_files

from ndc_urban.model import default_model_folder

NEW = 2


def main() -> int:
    parser = described_parser(__doc__)
    add_pdf_folder(parser)
    parser.add_argument(
        "--at-most", type=float, default=3.0, help="the seconds of a rerun that are asked for"
    )
    options = parser.parse_args()
    paths = pdf_files(options)
    with tempfile.TemporaryDirectory() as scratch:
        other = Path(scratch, "model")
        shutil.copytree(default_model_folder(), other)
        config = json.loads((other / "config.json").read_text(encoding="utf-8"))
        (other / "config.json").write_text(json.dumps(config | {"name": "other"}), encoding="utf-8")

        def scored(name: str, files: list[str], *more: str) -> float:
            start = time.perf_counter()
            command = [sys.executable, "-m", "ndc_urban", "score", *files, "--out", str(Path(scratch, name))]
            common = [
                "--jobs",
                str(options.jobs),
                "--ocr",
                "never",
                "--quiet",
                "--cache",
                str(Path(scratch, "cache")),
            ]
            subprocess.run([*command, *common, *more], stdout=subprocess.DEVNULL, check=False)
            return time.perf_counter() - start

        first = scored("first", paths[:-NEW])
        again = scored("again", paths[:-NEW])
        print(f"{len(paths) - NEW} files: first run {first:.1f} s, rerun {again:.1f} s")
        print(f"with {NEW} new files: {scored('more', paths):.1f} s")
        print(f"with another model: {scored('other', paths, '--model', str(other)):.1f} s")
        held = sum(path.stat().st_size for path in Path(scratch, "cache").rglob("*.jsonl")) / 1e6
        print(f"the cache holds {held:.1f} MB after two models")
        same = all(
            Path(scratch, "first", name).read_bytes() == Path(scratch, "again", name).read_bytes()
            for name in ("documents.csv", "passages.csv", "reasons.csv", "failures.csv")
        )
        print("the rerun gave the same tables" if same else "the rerun gave OTHER tables")
    return int(again > options.at_most or not same)


if __name__ == "__main__":
    sys.exit(main())
