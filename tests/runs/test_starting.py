"""What the clean process imports, and the model that it has ready for its workers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ndc_urban.corpus.inputs import Input
from ndc_urban.document import Document
from ndc_urban.errors import ModelDamaged, ModelMissing
from ndc_urban.model import default_model_folder, load_model
from ndc_urban.model.urban_model import UrbanModel
from ndc_urban.runs import preload, starting, worker
from ndc_urban.runs.limits import environment_with
from ndc_urban.runs.starting import DOCUMENT, MANY_DOCUMENTS, Start, modules_for, warm_up
from ndc_urban.runs.worker import MODEL_VARIABLE, Settings, Tools, environment_of


def test_spacy_is_imported_beforehand_for_workers_that_read_many_documents() -> None:
    assert modules_for(1, 1) == modules_for(2, 2) == DOCUMENT
    assert modules_for(3, 2) == MANY_DOCUMENTS
    assert not [name for name in DOCUMENT if name.split(".")[0] == "spacy"]


def test_the_process_is_told_the_model_and_the_environment_is_as_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[str | None] = []
    monkeypatch.setattr(starting, "start_server", lambda context: seen.append(os.environ.get("A_VARIABLE")))
    warm_up(Start(("os",), {"A_VARIABLE": "told"}))
    assert seen == ["told"]
    assert "A_VARIABLE" not in os.environ
    with environment_with({"A_VARIABLE": "outer"}):
        warm_up(Start(("os",), {"A_VARIABLE": "told"}))
        assert os.environ["A_VARIABLE"] == "outer"


def test_only_the_usual_loader_has_a_model_loaded_beforehand(tmp_path: Path) -> None:
    settings = Settings(model=tmp_path)
    assert environment_of(settings) == {MODEL_VARIABLE: str(tmp_path)}
    assert environment_of(Settings(model=tmp_path, tools=Tools(load_model=lambda folder: None))) == {}  # type: ignore[arg-type,return-value]


def test_a_worker_takes_the_model_that_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    there = load_model(default_model_folder())
    other = replace(there, name="other")
    folder = tmp_path / "model"
    shutil.copytree(default_model_folder(), folder)
    monkeypatch.setattr(preload, "_models", {there.hash: there})
    monkeypatch.setattr(preload, "load_model", lambda folder: other)
    assert preload.model_of(folder) is there
    with (folder / "config.json").open("a") as config:
        config.write(" ")
    assert preload.model_of(folder) is other, "another model is in the folder now"


def test_a_model_that_cannot_be_loaded_beforehand_is_an_error_of_the_worker(tmp_path: Path) -> None:
    preload.preload(tmp_path / "none")
    with pytest.raises(ModelMissing):
        preload.model_of(tmp_path / "none")
    (tmp_path / "config.json").write_text("{}")
    preload.preload(tmp_path)
    with pytest.raises(ModelDamaged):
        preload.model_of(tmp_path)


def test_no_error_ends_the_process_that_loads_a_model_beforehand(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def load_model(folder: Path) -> UrbanModel:
        raise MemoryError

    monkeypatch.setattr(preload, "load_model", load_model)
    preload.preload(tmp_path)


def test_a_damaged_model_ends_the_run_before_anything_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(default_model_folder(), folder)
    (folder / "weights.npz").write_bytes(b"damaged")
    for name in ("use_one_thread", "prefer_as_victim", "cap_memory"):
        monkeypatch.setattr(worker, name, lambda *_: None)

    def read(path: Path, **_: object) -> Document:
        raise AssertionError("a document is read")

    settings = Settings(model=folder, tools=Tools(read=read))
    worker.prepare(settings)
    with pytest.raises(ModelDamaged, match="weights"):
        worker.assess_file(Input(tmp_path / "a.pdf"), settings)


def test_a_model_that_is_replaced_during_a_run_ends_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("use_one_thread", "prefer_as_victim", "cap_memory"):
        monkeypatch.setattr(worker, name, lambda *_: None)
    there = load_model(default_model_folder())
    settings = Settings(model=tmp_path, tools=Tools(load_model=lambda _: there), model_hash="of another one")
    worker.prepare(settings)
    with pytest.raises(ModelDamaged, match="replaced during the run"):
        worker.assess_file(Input(tmp_path / "a.pdf"), settings)


def test_the_process_that_is_told_a_model_has_it_when_workers_begin() -> None:
    folder = default_model_folder()
    script = (
        "import sys; from pathlib import Path; from ndc_urban.runs import preload; "
        "folder = Path(sys.argv[1]); assert preload.model_of(folder) is preload.model_of(folder)"
    )
    told = {**os.environ, MODEL_VARIABLE: str(folder)}
    subprocess.run([sys.executable, "-c", script, str(folder)], env=told, check=True)
