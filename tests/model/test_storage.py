"""Model folders: what is written is what is read; what is damaged is named; what is interrupted leaves no ruin."""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ndc_urban.errors import ModelDamaged, ModelIncompatible, ModelMissing, OutputExists, OutputUnwritable
from ndc_urban.model.identity import model_hash
from ndc_urban.model.storage import load_metrics, load_model, save_model
from ndc_urban.model.urban_model import UrbanModel
from ndc_urban.training.dataset import Dataset

FILES = ("config.json", "vocabulary.json", "weights.npz")


@pytest.fixture(scope="module")
def saved(model: UrbanModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved") / "tiny"
    save_model(model, folder, metrics={"method": "none"}, card="# A card\n")
    return folder


@pytest.fixture
def copy(saved: Path, folder: Path) -> Path:
    """A model folder that may be damaged."""
    shutil.copytree(saved, folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def change_json(path: Path, change: Callable[[Any], Any]) -> None:
    value = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(change(value)), encoding="utf-8")


def change_arrays(path: Path, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    np.savez_compressed(path, **change(arrays))


def test_a_folder_holds_plain_data_and_nothing_else(saved: Path) -> None:
    assert set(contents(saved)) == {*FILES, "metrics.json", "README.md"}
    assert json.loads((saved / "metrics.json").read_text()) == load_metrics(saved) == {"method": "none"}
    assert (saved / "README.md").read_text() == "# A card\n"
    assert [path.name for path in saved.parent.iterdir()] == ["tiny"]


def test_what_is_read_scores_like_what_was_written(saved: Path, model: UrbanModel, dataset: Dataset) -> None:
    loaded = load_model(saved)
    for document in dataset.documents[:6]:
        for version in document.versions:
            one, other = (each.assess_passages(version.passages) for each in (model, loaded))
            assert one.level == other.level
            assert one.p_strong == pytest.approx(other.p_strong, abs=0.01)
            assert np.allclose([s.p_urban for s in one.scored], [s.p_urban for s in other.scored], atol=0.01)
            assert [s.code for s in one.scored] == [s.code for s in other.scored]
    assert loaded.known.party_of == model.known.party_of
    assert loaded.known.sketched == model.known.sketched
    assert np.array_equal(loaded.known.sketches, model.known.sketches)
    assert loaded.name == model.name == "tiny"
    assert loaded.coverage == model.coverage


def test_reading_and_writing_again_changes_nothing(saved: Path, folder: Path) -> None:
    loaded = load_model(saved)
    assert loaded.hash == model_hash(saved)
    assert save_model(loaded, folder, metrics={"method": "none"}, card="# A card\n") == loaded.hash
    assert contents(folder) == contents(saved)


def test_the_hash_changes_with_any_file_that_decides(copy: Path) -> None:
    hashes = {model_hash(copy)}
    for name in FILES:
        with (copy / name).open("ab") as handle:
            handle.write(b" ")
        hashes.add(model_hash(copy))
    assert len(hashes) == 1 + len(FILES)
    (copy / "README.md").write_text("another card")
    assert model_hash(copy) in hashes


def test_no_folder_is_a_missing_model(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="none"):
        load_model(tmp_path / "none")


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(ModelDamaged, match=name) as caught:
        load_model(copy)
    assert caught.value.remedy


@pytest.mark.parametrize("name", ["metrics.json", "README.md"])
def test_a_model_works_without_its_figures_and_card(copy: Path, name: str) -> None:
    (copy / name).unlink()
    load_model(copy)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("part", [0, 0.1, 0.5, 0.98])
def test_a_file_that_is_cut_short_is_damaged(copy: Path, name: str, part: float) -> None:
    data = (copy / name).read_bytes()
    (copy / name).write_bytes(data[: int(part * len(data))])
    with pytest.raises(ModelDamaged):
        load_model(copy)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "garbage",
    [b"garbage", b"\x00" * 500, b"[]", b"null", b"{}", b"\xff\xfe{}", b"PK\x03\x04", b"[" * 100_000],
    ids=lambda garbage: repr(garbage[:10]),
)
def test_garbage_is_damage(copy: Path, name: str, garbage: bytes) -> None:
    (copy / name).write_bytes(garbage)
    with pytest.raises((ModelDamaged, ModelIncompatible)) as caught:
        load_model(copy)
    assert str(copy) in caught.value.message


def test_flipped_bytes_in_the_weights_never_pass_unseen(saved: Path, copy: Path) -> None:
    data = (copy / "weights.npz").read_bytes()
    for at in np.linspace(40, len(data) - 60, 25).astype(int):
        (copy / "weights.npz").write_bytes(data[:at] + bytes([data[at] ^ 0x5A]) + data[at + 1 :])
        try:
            loaded = load_model(copy)
        except ModelDamaged:
            continue
        assert loaded.hash != model_hash(saved)  # a time stamp, say: sound, but not the same file


@pytest.mark.parametrize("format", [0, 2, 99, "3", None])
def test_another_format_is_incompatible(copy: Path, format: object) -> None:
    change_json(copy / "config.json", lambda config: config | {"format": format})
    with pytest.raises(ModelIncompatible, match="format"):
        load_model(copy)


def test_other_features_are_incompatible(copy: Path) -> None:
    def change(config: dict[str, Any]) -> dict[str, Any]:
        return config | {"level": config["level"] | {"features": ["phase of the moon"]}}

    change_json(copy / "config.json", change)
    with pytest.raises(ModelIncompatible, match="features"):
        load_model(copy)


@pytest.mark.parametrize("name", [1, ["w:city"], None])
def test_a_vocabulary_of_other_things_than_names_is_damaged(copy: Path, name: object) -> None:
    change_json(
        copy / "vocabulary.json", lambda heads: {head: [name, *names[1:]] for head, names in heads.items()}
    )
    with pytest.raises(ModelDamaged, match="vocabulary"):
        load_model(copy)


@pytest.mark.parametrize(
    "key", ["heads", "heads_of", "level", "prediction_set", "trained_on", "name", "training"]
)
def test_a_config_without_a_part_is_damaged(copy: Path, key: str) -> None:
    change_json(copy / "config.json", lambda config: {k: v for k, v in config.items() if k != key})
    with pytest.raises(ModelDamaged):
        load_model(copy)


@pytest.mark.parametrize(
    "change",
    [
        lambda level: level | {"weights": [-1.0] * len(level["weights"])},
        lambda level: level | {"cuts": {scale: cuts[::-1] for scale, cuts in level["cuts"].items()}},
        lambda level: level | {"weights": "heavy"},
    ],
)
def test_a_level_model_without_sense_is_damaged(copy: Path, change: Callable[[Any], Any]) -> None:
    change_json(copy / "config.json", lambda config: config | {"level": change(config["level"])})
    with pytest.raises(ModelDamaged):
        load_model(copy)


@pytest.mark.parametrize(
    "change",
    [
        lambda level: level | {"spread": None},
        lambda level: level | {"spread": [0.0] * len(level["spread"])},
        lambda level: level | {"spread": level["spread"][:-1]},
        lambda level: level | {"weights": level["weights"][:-1]},
        lambda level: level | {"weights": [float("nan")] * len(level["weights"])},
        lambda level: level | {"cuts": {"codebook": [1.0, 2.0, 99.0]}},
        lambda level: level | {"cuts": {"un-habitat": [1.0, 2.0]}},
        lambda level: level | {"cuts": {"codebook": [1.0, 2.0], "school": [1.0, 2.0]}},
    ],
)
def test_a_level_model_that_cannot_count_is_damaged(copy: Path, change: Callable[[Any], Any]) -> None:
    change_json(copy / "config.json", lambda config: config | {"level": change(config["level"])})
    with pytest.raises(ModelDamaged):
        load_model(copy)


def test_a_vocabulary_of_another_size_is_damaged(copy: Path) -> None:
    change_json(copy / "vocabulary.json", lambda names: names | {"words": names["words"][:-1]})
    with pytest.raises(ModelDamaged, match="words"):
        load_model(copy)


def test_weights_without_an_array_are_damaged(copy: Path) -> None:
    change_arrays(copy / "weights.npz", lambda arrays: dict(list(arrays.items())[1:]))
    with pytest.raises(ModelDamaged):
        load_model(copy)


def test_labels_that_do_not_fit_their_weights_are_damaged(copy: Path) -> None:
    def change(config: dict[str, Any]) -> dict[str, Any]:
        config["heads"]["words"]["labels"]["sector"].append("zz")
        return config

    change_json(copy / "config.json", change)
    with pytest.raises(ModelDamaged):
        load_model(copy)


class Bomb:
    """Runs when it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, ("exploded",)


def test_nothing_in_a_model_can_run(copy: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    packed = io.BytesIO()
    np.save(packed, np.array([Bomb()], dtype=object), allow_pickle=True)
    with zipfile.ZipFile(copy / "weights.npz") as archive:
        names = archive.namelist()
    with zipfile.ZipFile(copy / "weights.npz", "w") as archive:
        for name in names:
            archive.writestr(name, packed.getvalue())
    with pytest.raises(ModelDamaged):
        load_model(copy)
    assert not (tmp_path / "exploded").exists()


def test_a_bare_pickle_is_no_model(copy: Path) -> None:
    np.save(copy / "x.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    (copy / "x.npy").replace(copy / "weights.npz")
    with pytest.raises(ModelDamaged):
        load_model(copy)


def test_a_model_is_not_overwritten_unless_asked(model: UrbanModel, copy: Path) -> None:
    before = contents(copy)
    with pytest.raises(OutputExists):
        save_model(model, copy, metrics={}, card="new")
    assert contents(copy) == before
    save_model(model, copy, metrics={}, card="new", replace=True)
    assert (copy / "README.md").read_text() == "new"
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]


@pytest.mark.parametrize("number", range(1, 6))
@pytest.mark.parametrize("error", [OSError("the disk is full"), KeyboardInterrupt()])
def test_an_interrupted_save_leaves_the_old_model_whole(
    model: UrbanModel, copy: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: BaseException
) -> None:
    before = contents(copy)
    calls = 0

    def failing(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == number:
            raise error

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises((OutputUnwritable, KeyboardInterrupt)):
        save_model(model, copy, metrics={}, card="new", replace=True)
    monkeypatch.undo()
    assert contents(copy) == before
    assert [path.name for path in copy.parent.iterdir()] == [copy.name]
    load_model(copy)


def test_a_failed_exchange_puts_the_old_model_back(
    model: UrbanModel, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(copy)
    rename, calls = Path.rename, []

    def failing(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == 2:
            raise OSError("the disk went away")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OutputUnwritable):
        save_model(model, copy, metrics={}, card="new", replace=True)
    monkeypatch.undo()
    assert copy.is_dir()
    assert contents(copy) == before


def test_an_interrupted_first_save_leaves_nothing(
    model: UrbanModel, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(descriptor: int) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "fsync", failing)
    with pytest.raises(OutputUnwritable, match="full"):
        save_model(model, folder, metrics={}, card="")
    assert list(folder.parent.iterdir()) == []


def test_the_shipped_model_is_sound() -> None:
    from ndc_urban.model import default_model_folder

    assert load_model(default_model_folder()).hash == model_hash(default_model_folder())
