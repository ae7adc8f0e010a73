"""Files that hang, crash or eat memory, scored under limits: each ends in a level or a named failure."""

from __future__ import annotations

from pathlib import Path

import hostile_others
import hostile_pdfs
import pytest

from ndc_urban.runs import Run, score

pytestmark = pytest.mark.slow

PDFS = (
    "sound",
    "form-in-itself",
    "forms-laughing",
    "bomb-paths",
    "nested-dictionaries",
    "picture-only",
)
OTHERS = (
    "bomb.docx",
    "divs-deep.html",
    "word-giant.html",
    "attribute-giant.html",
    "spans-huge.docx",
    "hashes.txt",
)
TIMEOUT = 20.0


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("files")
    for name in PDFS:
        (folder / f"{name}.pdf").write_bytes(hostile_pdfs.MAKERS[name]())
    for name in OTHERS:
        (folder / name).write_bytes(hostile_others.MAKERS[name]())
    out = tmp_path_factory.mktemp("out") / "run"
    return score([folder], out, ocr="never", jobs=2, timeout=TIMEOUT, memory_limit=600)


def test_every_file_ends_in_a_level_or_a_named_failure(run: Run) -> None:
    assert len(run.documents) == len(PDFS) + len(OTHERS)
    scored = run.documents[run.documents["status"] == "ok"]
    assert (scored["passages"] > 0).all()
    assert not set(run.failures["error"]) & {"unreadable", "error"}
    assert run.failures["message"].str.endswith(".").all()
    assert run.failures["remedy"].str.endswith(".").all()


def test_no_file_reaches_the_time_limit(run: Run) -> None:
    assert "timeout" not in set(run.failures["error"])


def test_good_files_are_scored_beside_the_bad_ones(run: Run) -> None:
    names = run.documents["path"].map(lambda path: Path(path).name)
    assert dict(zip(names, run.documents["status"], strict=True))["sound.pdf"] == "ok"


def test_what_is_never_ok(run: Run) -> None:
    errors = {Path(row["path"]).stem: row["error"] for row in run.failures.to_dict("records")}
    assert errors["picture-only"] == "needs_ocr"
    assert errors["bomb"] == "damaged_file"
