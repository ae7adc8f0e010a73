"""A reader and a model in place of the real ones; what a file says decides what happens to its worker."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from ndc_urban.codebook import Scale
from ndc_urban.document import Block, Document, Page, Passage
from ndc_urban.errors import DamagedFile, EmptyFile, ModelMissing, NeedsOcr
from ndc_urban.model.assessment import Assessment, Level, LevelOnScale, Reason, ScoredPassage
from ndc_urban.runs.worker import Tools

TRAINED_ON = "trained on this"


def read(
    path: Path, *, reader: str, ocr: str, max_pages: int, more_time: Callable[[float], None]
) -> Document:
    """Reads a text file of lines; the first word may ask for trouble."""
    data = path.read_bytes()
    if not data:
        raise EmptyFile(path, "The file holds no data.")
    text = data.decode("utf-8", "replace")
    if text.startswith("slow"):
        more_time(20)
        time.sleep(3)
    if text.startswith("await"):
        more_time(60)
        _await(Path(text.split()[1]))
    _trouble(text.split()[0], path)
    lines = [line for line in text.splitlines() if line.strip()]
    pages = [Page(n, (Block("paragraph", line, page=n),), "pdfium") for n, line in enumerate(lines, start=1)]
    if text.startswith("partial"):
        pages += [Page(n, (), "pdfium", needs_ocr=True) for n in (len(pages) + 1, len(pages) + 2)]
    digest = hashlib.sha256(data).hexdigest()
    return Document(path, digest, "pdf", tuple(pages), language="en", notes=("read by a stand-in",))


def _await(folder: Path) -> None:
    """Says in a folder that this process is at work, and goes on when the test puts the file `go` there."""
    (folder / str(os.getpid())).touch()
    while not (folder / "go").exists():
        time.sleep(0.02)


def _trouble(word: str, path: Path) -> None:
    if word == "crash":
        os._exit(1)
    if word == "segfault":
        os.kill(os.getpid(), signal.SIGSEGV)
    if word == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if word == "hang":
        time.sleep(60)
    if word == "memory":
        bytearray(64 * 1024**3)
    if word == "bug":
        raise TypeError("an unforeseen fault")
    if word == "damaged":
        raise DamagedFile(path, "The file is damaged.")
    if word == "scan":
        raise NeedsOcr(path, "All 4 pages are pictures without text.", pages=(1, 2, 3, 4))


class Model:
    """Calls every passage urban that says `city`."""

    name = "stand-in"
    hash = "0" * 64
    scale: Scale = "codebook"

    def on(self, scale: Scale | None) -> Model:
        return self

    def assess(self, document: Document) -> Assessment:
        scored: list[ScoredPassage] = []
        blocks = () if document.text == "titles" else document.blocks
        for index, block in enumerate(blocks):
            start = document.block_starts[index]
            passage = Passage(
                block.text,
                start,
                start + len(block.text),
                index,
                block.kind,
                block.page,
                ("1 Aims", "1.2 Places"),
            )
            urban = "city" in block.text
            rank = 1 + sum(one.code == "E" for one in scored) if urban else None
            scored.append(
                ScoredPassage(
                    passage, 0.91234567 if urban else 0.1, "E" if urban else "N", evidence_rank=rank
                )
            )
        urban_passages = sum(one.code == "E" for one in scored)
        level: Level = "strong" if urban_passages > 1 else "moderate" if urban_passages else "low"
        others = 0.1234567
        chances = {
            name: 1 - 2 * others if name == level else others for name in ("low", "moderate", "strong")
        }
        return Assessment(
            on_scale=LevelOnScale(
                "codebook",
                level,
                p_low=chances["low"],
                p_moderate=chances["moderate"],
                p_strong=chances["strong"],
                prediction_set=("moderate", "strong") if level == "strong" else (level,),
            ),
            urban_passages=urban_passages,
            passages=len(scored),
            urban_share=urban_passages / max(1, len(scored)),
            sectors=2,
            top_sectors=("tr", "wa"),
            scored=tuple(scored),
            reasons=(Reason("it says city", 1.5),),
        )

    def copy_in_training(self, sha256: str, passages: Sequence[Passage]) -> str:
        return sha256 if sha256 == hashlib.sha256(TRAINED_ON.encode()).hexdigest() else ""

    @property
    def parties(self) -> frozenset[str]:
        return frozenset({"KEN"})


def load_model(folder: Path) -> Model:
    if folder.name == "missing":
        raise ModelMissing(f"There is no model in {folder}.")
    return Model()


def segment(document: Document) -> tuple[Passage, ...]:
    """None: the model makes its own."""
    return ()


TOOLS = Tools(read=read, segment=segment, load_model=load_model, identify=load_model)


class Other(Model):
    """Another model that says the same."""

    hash = "1" * 64


def load_other(folder: Path) -> Model:
    return Other()


OTHER_MODEL = Tools(read=read, segment=segment, load_model=load_other, identify=load_other)
