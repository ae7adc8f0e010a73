"""Ids of tests that are the same in every process, and a model trained once for all tests that only look at it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
"""Set before numpy is loaded, and so for every program that a test starts: threads of several workers would wait for
each other."""

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
"""Each worker and each program that a test starts would compile the tests and the program again: 10 s for the tests."""

import pytest
from hypothesis import HealthCheck, settings
from kept_trainings import PLACES_OF_TRAINING, KeptTrainings
from tiny_corpus import EVALUATION_PARTIES, TinyCorpus, make_plans, write_corpus
from tiny_training import RECIPE, dataset_of

from ndc_urban.model.urban_model import UrbanModel
from ndc_urban.training.dataset import Dataset
from ndc_urban.training.train import TrainingResult

settings.register_profile(
    "any load", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
"""The same examples in every run, and no limit of time that a busy machine could miss."""
settings.load_profile("any load")

os.environ["NDC_URBAN_CACHE"] = "off"
"""For what is made for several tests; no test touches the user's own cache."""


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Each test has a cache of its own."""
    folder = tmp_path_factory.getbasetemp() / f"cache-{os.urandom(8).hex()}"
    monkeypatch.setenv("NDC_URBAN_CACHE", str(folder))
    yield folder


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all workers of one run have in common."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def kept_readings(shared: Path) -> Path:
    """The cache that all tests with the shipped model and samples have in common."""
    return shared / "kept-readings"


@pytest.fixture(scope="session")
def kept_trainings(shared: Path) -> KeptTrainings:
    """The trainings that all tests have in common."""
    return KeptTrainings(shared / "kept-trainings")


@pytest.fixture
def samples_read_once(kept_readings: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of what follows a reading: a sample that another test has scored is not scored again."""
    monkeypatch.setenv("NDC_URBAN_CACHE", str(kept_readings))


@pytest.fixture
def trained_once(
    samples_read_once: None, kept_trainings: KeptTrainings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For tests of what follows a training: the same labels and recipe are not trained on again."""
    for place in PLACES_OF_TRAINING:
        monkeypatch.setattr(place, kept_trainings.train)


@pytest.fixture
def few_further_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few empty rows below those of a workbook: reading hundreds of them is most of the time that a test takes."""
    monkeypatch.setattr("ndc_urban.exchange.formats.workbook.FURTHER_ROWS", 3)


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Bytes of a made file may hold the time; pytest would put them into the id, and each worker would have its own."""
    return argname if isinstance(val, bytes | bytearray) else None


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> TinyCorpus:
    return write_corpus(tmp_path_factory.mktemp("tiny"), make_plans())


@pytest.fixture(scope="session")
def dataset(corpus: TinyCorpus) -> Dataset:
    return dataset_of(corpus)


@pytest.fixture(scope="session")
def trained(dataset: Dataset, kept_trainings: KeptTrainings) -> TrainingResult:
    return kept_trainings.train(dataset, RECIPE)


@pytest.fixture(scope="session")
def model(trained: TrainingResult) -> UrbanModel:
    return trained.model


@pytest.fixture(scope="session")
def unseen_corpus(tmp_path_factory: pytest.TempPathFactory) -> TinyCorpus:
    """Plans of Parties that the model does not know, kept for evaluation."""
    plans = make_plans(EVALUATION_PARTIES, seed=2)
    return write_corpus(tmp_path_factory.mktemp("unseen"), plans, evaluation_only=list(EVALUATION_PARTIES))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a model may be written."""
    return tmp_path / "models" / "tiny"
