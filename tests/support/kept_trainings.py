"""A training that one test has done is not done again by the next: for tests of what follows a training."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ndc_urban.lexicon import Lexicon, load_lexicon
from ndc_urban.model.features import FeatureExtractor
from ndc_urban.training.dataset import Dataset
from ndc_urban.training.train import Recipe, TrainingResult, train

MADE_ANEW: dict[str, tuple[type, Callable[[], object]]] = {
    "lexicon": (Lexicon, load_lexicon),
    "extractor": (FeatureExtractor, lambda: FeatureExtractor(load_lexicon())),
    "recipe": (Recipe, Recipe),
}
"""What is not written with a training: the same in every model, or known to whoever asks for it."""
NO_DATA = Dataset((), ())
PLACES_OF_TRAINING = tuple(
    f"ndc_urban.training.{module}.train" for module in ("workflow", "champion", "nested")
)
"""Where the product trains."""


class _Pickler(pickle.Pickler):
    def persistent_id(self, obj: Any) -> str | None:
        return next((name for name, (kind, _) in MADE_ANEW.items() if isinstance(obj, kind)), None)

    def reducer_override(self, obj: Any) -> Any:
        return (MappingProxyType, (dict(obj),)) if isinstance(obj, MappingProxyType) else NotImplemented


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, pid: Any) -> Any:
        return MADE_ANEW[pid][1]()


def _key(dataset: Dataset, recipe: Recipe) -> str:
    """The same in every process for what is equal."""
    documents = [
        (repr(replace(each, files=frozenset())), sorted(each.files))
        for each in (*dataset.documents, *dataset.uncoded)
    ]
    rest = replace(dataset, documents=(), uncoded=())
    return hashlib.sha256(repr((documents, rest, asdict(recipe))).encode()).hexdigest()


@dataclass(frozen=True)
class KeptTrainings:
    """Trainings by their data and recipe, in a folder that all workers of a run share."""

    folder: Path

    def train(
        self, dataset: Dataset, recipe: Recipe, *, say: Callable[[str], None] = lambda line: None
    ) -> TrainingResult:
        """What `train` gives and says, of the same data and the same recipe."""
        path = self.folder / _key(dataset, recipe)
        if path.exists():
            said, kept = _Unpickler(io.BytesIO(path.read_bytes())).load()
            for line in said:
                say(line)
            return replace(kept, recipe=recipe, dataset=dataset, passages=dataset.passages)
        lines: list[str] = []

        def hear(line: str) -> None:
            lines.append(line)
            say(line)

        result = train(dataset, recipe, say=hear)
        self._keep(path, (lines, replace(result, dataset=NO_DATA, passages=())))
        return result

    def _keep(self, path: Path, content: object) -> None:
        """Another worker may be writing the same: each writes a file of its own, and the last one stays."""
        self.folder.mkdir(parents=True, exist_ok=True)
        new = path.with_name(f"{path.name}-{os.getpid()}")
        with new.open("wb") as file:
            _Pickler(file).dump(content)
        new.replace(path)
