"""A collection: its register, its panel, and files that lie loose or in the archive."""

from __future__ import annotations

import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from tiny_corpus import TinyCorpus, make_plans, write_corpus, write_csv

from ndc_urban.corpus.register import Collection
from ndc_urban.errors import DamagedFile, FileUnreadable, PathMissing, UsageError

TWO_PARTIES: Mapping[str, str] = {"XAA": "Aldmere", "XAB": "Brontia"}


@pytest.fixture
def corpus(tmp_path: Path) -> TinyCorpus:
    return write_corpus(tmp_path, make_plans(TWO_PARTIES), evaluation_only=["XAB"])


def archived(corpus: TinyCorpus) -> Collection:
    """The collection with its files packed away."""
    with tarfile.open(corpus.folder / "html.tar.gz", "w:gz") as archive:
        archive.add(corpus.folder / "html", arcname="html")
    for file in (corpus.folder / "html").iterdir():
        file.unlink()
    return Collection(corpus.folder)


def test_the_register_is_read_row_by_row(corpus: TinyCorpus) -> None:
    collection = Collection(corpus.folder)
    first = collection.entries[0]
    assert len(collection.entries) == 8
    assert (first.document, first.iso3, first.language, first.kind) == ("XAA_2016-17", "XAA", "en", "html")
    assert first.machine_translated
    assert not collection.entries[1].machine_translated
    assert collection.by_file[first.file] is first


def test_parties_kept_for_evaluation_come_from_the_panel(corpus: TinyCorpus) -> None:
    assert Collection(corpus.folder).evaluation_only == {"XAB"}


def test_without_a_panel_no_party_is_kept(corpus: TinyCorpus) -> None:
    (corpus.folder / "panel.csv").unlink()
    assert Collection(corpus.folder).evaluation_only == frozenset()


def test_a_folder_without_register_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(PathMissing, match=r"documents\.csv"):
        Collection(tmp_path)


def test_loose_and_archived_files_are_found(corpus: TinyCorpus) -> None:
    file = corpus.plans[0].file
    loose = Collection(corpus.folder).path(file).read_bytes()
    assert archived(corpus).path(file).read_bytes() == loose


def test_the_unpacked_files_go_with_the_collection(corpus: TinyCorpus) -> None:
    collection = archived(corpus)
    path = collection.path(corpus.plans[0].file)
    assert path.is_file()
    assert corpus.folder not in path.parents
    del collection
    assert not path.exists()


@pytest.mark.parametrize("with_archive", [True, False])
def test_a_file_that_is_nowhere_is_named(corpus: TinyCorpus, with_archive: bool) -> None:
    collection = archived(corpus) if with_archive else Collection(corpus.folder)
    with pytest.raises(FileUnreadable, match=r"html/none\.html") as caught:
        collection.path("html/none.html")
    assert caught.value.path == corpus.folder / "html/none.html"


@pytest.mark.parametrize("damage", ["cut", "garbage", "empty"])
def test_a_damaged_archive_is_an_error_of_ours(corpus: TinyCorpus, damage: str) -> None:
    collection = archived(corpus)
    packed = corpus.folder / "html.tar.gz"
    data = packed.read_bytes()
    packed.write_bytes({"cut": data[: len(data) // 2], "garbage": b"garbage" * 99, "empty": b""}[damage])
    with pytest.raises((DamagedFile, FileUnreadable)):
        collection.path(corpus.plans[-1].french_file)


def test_an_archive_cannot_write_outside(corpus: TinyCorpus, tmp_path: Path) -> None:
    (tmp_path / "evil").write_text("evil")
    with tarfile.open(corpus.folder / "html.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "evil", arcname="../../escaped")
    with pytest.raises(DamagedFile):
        Collection(corpus.folder).path("html/none.html")


@pytest.mark.parametrize(
    ("name", "column"),
    [("documents.csv", "sha256"), ("documents.csv", "file"), ("panel.csv", "evaluation_only")],
)
def test_a_missing_column_is_named(corpus: TinyCorpus, name: str, column: str) -> None:
    write_csv(
        corpus.folder / name, [{"iso3": "XAA", "document": "XAA_2022", "language": "en", "kind": "html"}]
    )
    with pytest.raises(UsageError, match=column):
        _ = Collection(corpus.folder).entries, Collection(corpus.folder).evaluation_only


@pytest.mark.parametrize("name", ["documents.csv", "panel.csv"])
def test_a_table_in_another_encoding_is_named(corpus: TinyCorpus, name: str) -> None:
    (corpus.folder / name).write_bytes("file,Côte\n".encode("cp1252"))
    with pytest.raises(UsageError, match="UTF-8"):
        _ = Collection(corpus.folder).entries, Collection(corpus.folder).evaluation_only
