"""Training: no Party is in two folds, no head has seen the Parties that it scores, and twice the same is the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kept_trainings import KeptTrainings
from tiny_corpus import PARTIES, TinyCorpus, make_plans, write_corpus
from tiny_training import RECIPE, dataset_of, passage_of

from ndc_urban.codebook import LEVELS, likeliest
from ndc_urban.errors import NdcUrbanError
from ndc_urban.labels.anchors import Anchor, fingerprint
from ndc_urban.labels.records import PassageLabel
from ndc_urban.model.passage_model import Floats
from ndc_urban.model.repeats import repeats_of
from ndc_urban.model.storage import save_model
from ndc_urban.training.dataset import Dataset, LabelledPassage
from ndc_urban.training.level_fit import fit_levels, fold_of, out_of_fold_probabilities
from ndc_urban.training.scored_versions import ScoredVersion, scored_versions
from ndc_urban.training.train import Recipe, TrainingResult, last_round, train

PARTY = "XAC"
NONSENSE = "The glimwort of the {} zorbel is kept dry in the upper shed."
EASY = replace(RECIPE, min_parties=1)


def unseen_probabilities(versions: Sequence[ScoredVersion]) -> Floats:
    return out_of_fold_probabilities(versions, RECIPE.folds, RECIPE.level_penalty)["codebook"]


def with_passages(dataset: Dataset, added: Iterable[LabelledPassage]) -> Dataset:
    return replace(dataset, passages=(*dataset.passages, *added))


def nonsense(party: str, code: str, number: int) -> list[LabelledPassage]:
    """Passages of a Party about nothing at all, labelled with one code."""
    attributes = ("na", "m", "r") if code == "E" else ("", "", "")
    return [
        LabelledPassage(
            passage_of(text := NONSENSE.format("abcdefghijklmnopqrst"[n] * 4)),
            PassageLabel(
                f"{party}_2022",
                Anchor("a" * 64, None, 900 + n, 0, fingerprint(text)),
                "A",
                "",
                "1.0",
                code,
                *attributes,
            ),
        )
        for n in range(number)
    ]


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=3, max_size=3), st.integers(2, 20))
def test_a_party_has_one_fold_whatever_else_is_in_the_data(party: str, folds: int) -> None:
    assert fold_of(party, folds) == fold_of(party, folds)
    assert 0 <= fold_of(party, folds) < folds


def test_folds_do_not_change_between_versions_of_the_program() -> None:
    """Published figures rest on them; only a new model format may change them."""
    assert [fold_of(party, 8) for party in list(PARTIES)[:6]] == [0, 1, 7, 4, 6, 7]


def test_folds_are_of_similar_size() -> None:
    parties = [f"{a}{b}{c}" for a in "ABCDE" for b in "FGHIJ" for c in "KLMNOPQR"]
    sizes = np.bincount([fold_of(party, 8) for party in parties], minlength=8)
    assert sizes.min() > 10


def test_a_word_of_one_party_does_not_raise_the_score_of_that_party(
    dataset: Dataset, kept_trainings: KeptTrainings
) -> None:
    """The head that saw the Party believes the word; the head that scores the Party out of fold never saw it."""
    added = nonsense(PARTY, "E", 20)
    trained = kept_trainings.train(with_passages(dataset, added), EASY)
    fit = trained.fits["words"]
    assert "w:zorbel" in fit.head.vocabulary.index
    out_of_fold = fit.scores.p_urban[-20:]
    seen = trained.model.passage_model.score([labelled.passage for labelled in added]).p_urban
    assert seen.min() > 0.5
    assert out_of_fold.max() < 0.5
    held_out = fold_of(PARTY, EASY.folds)
    column = fit.head.vocabulary.index["w:zorbel"]
    assert fit.head.whole.weights[0, column] > 0
    assert fit.by_fold[held_out].whole.weights[0, column] == 0
    assert fit.by_fold[held_out].window.weights[0, column] == 0


def test_the_labels_of_a_party_leave_no_trace_in_the_head_that_scores_it(
    dataset: Dataset, kept_trainings: KeptTrainings
) -> None:
    urban, other = (
        kept_trainings.train(with_passages(dataset, nonsense(PARTY, code, 20)), EASY) for code in "EN"
    )
    held_out = fold_of(PARTY, EASY.folds)
    for name, fit in urban.fits.items():
        same_head = other.fits[name]
        for part in ("window", "whole", "explicit", "incidental", "sector", "strand", "role"):
            mine, its = (getattr(each.by_fold[held_out], part).weights for each in (fit, same_head))
            assert np.array_equal(mine, its)
    assert not np.array_equal(urban.fits["words"].head.whole.weights, other.fits["words"].head.whole.weights)


def test_levels_of_a_party_are_predicted_without_its_levels(trained: TrainingResult) -> None:
    party = trained.documents[0].party
    changed = [
        replace(document, levels={"codebook": 2 - document.level}) if document.party == party else document
        for document in trained.documents
    ]
    rows = [row for row, document in enumerate(trained.documents) if document.party == party]
    before = unseen_probabilities(trained.documents)
    after = unseen_probabilities(changed)
    assert np.array_equal(before[rows], after[rows])
    assert not np.array_equal(before, after)


def test_documents_are_scored_by_models_that_have_not_seen_them(
    dataset: Dataset, trained: TrainingResult
) -> None:
    for document in trained.documents[:6]:
        held_out = fold_of(document.party, RECIPE.folds)
        heads = {name: fit.by_fold[held_out] for name, fit in trained.fits.items()}
        passages = replace(trained.model.passage_model, heads=heads)
        versions = [version for each in dataset.documents for version in each.versions]
        version = next(each for each in versions if each.entry.file == document.file)
        scores = passages.score(version.passages)
        features = trained.model.counter.count(version.passages, scores, repeats_of(version.passages))
        assert np.allclose(features.vector, document.features)


def test_every_version_has_its_features_and_one_is_the_coded_one(trained: TrainingResult) -> None:
    assert len(trained.documents) == 48
    assert sum(document.is_coded_version for document in trained.documents) == 24
    assert all(document.is_coded_version is (document.language == "en") for document in trained.documents)


def test_the_same_training_twice_gives_the_same_model(
    dataset: Dataset, trained: TrainingResult, tmp_path: Path
) -> None:
    again = train(dataset, RECIPE)
    hashes = {
        save_model(each.model, tmp_path / name, metrics={}, card="")
        for name, each in (("one", trained), ("other", again))
    }
    assert len(hashes) == 1


def test_the_order_of_the_register_does_not_matter(
    corpus: TinyCorpus, trained: TrainingResult, dataset: Dataset, tmp_path: Path
) -> None:
    turned = replace(dataset, documents=dataset.documents[::-1])
    assert np.allclose(
        train(turned, RECIPE).model.level_model.weights, trained.model.level_model.weights, atol=1e-3
    )


def test_the_model_knows_what_it_was_trained_on(dataset: Dataset, trained: TrainingResult) -> None:
    for document in dataset.documents:
        for version in document.versions:
            assert trained.model.copy_in_training(version.entry.sha256, ()) == version.entry.sha256
    assert not trained.model.copy_in_training("0" * 64, ())
    assert trained.model.details["parties"] == len(PARTIES)
    assert trained.model.details["documents"] == 2 * len(PARTIES)


def test_what_is_easy_is_learned(trained: TrainingResult) -> None:
    urban = np.array([labelled.is_urban for labelled in trained.passages])
    for fit in trained.fits.values():
        assert ((fit.scores.p_urban > 0.5) == urban).mean() > 0.95
    levels = [LEVELS[document.level] for document in trained.documents]
    found = [likeliest(row) for row in unseen_probabilities(trained.documents).tolist()]
    assert np.mean([a == b for a, b in zip(levels, found, strict=True)]) > 0.8


def test_more_folds_than_parties_do_no_harm(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path, make_plans(dict(list(PARTIES.items())[:6])))
    dataset = dataset_of(corpus, other_versions=False)
    trained = train(dataset, replace(RECIPE, folds=20))
    assert len(trained.fits["words"].by_fold) == 20
    assert (trained.fits["words"].scores.code != "").all()


def test_progress_is_reported(dataset: Dataset) -> None:
    told: list[str] = []
    train(replace(dataset, documents=dataset.documents[:12]), RECIPE, say=told.append)
    assert any("words" in line for line in told)
    assert any("concepts" in line for line in told)


@pytest.mark.parametrize("wrong", [{"folds": 1}, {"coverage": 1.0}, {"coverage": 0.4}])
def test_recipes_without_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"fold|coverage"):
        Recipe(**wrong)  # type: ignore[arg-type]


def test_no_weight_of_the_level_model_is_negative_even_where_the_data_say_so(trained: TrainingResult) -> None:
    against = [replace(document, levels={"codebook": 2 - document.level}) for document in trained.documents]
    model = fit_levels(against, 2.0)
    assert (model.weights >= 0).all()
    assert model.cuts["codebook"][0] < model.cuts["codebook"][1]


def test_every_version_of_a_document_counts(trained: TrainingResult) -> None:
    """Versions that read low of documents that are strong pull the level of such readings up."""
    once = [document for document in trained.documents if document.is_coded_version]
    lowest = once[int(np.argmin([document.features[0] for document in once]))]
    misread = [
        replace(document, features=lowest.features, is_coded_version=False)
        for document in once
        if document.level == 2
    ]
    features = lowest.features[None, :]
    models = [fit_levels([*once, *misread[:n]], 2.0) for n in (0, 2, 4)]
    strong = [model.probabilities(features, "codebook")[0, 2] for model in models]
    assert strong[0] < strong[1] < strong[2]


def test_a_higher_penalty_gives_smaller_weights(trained: TrainingResult) -> None:
    loose, tight = (fit_levels(trained.documents, penalty) for penalty in (0.5, 50.0))
    assert np.square(tight.weights).sum() < np.square(loose.weights).sum()


@pytest.mark.parametrize(
    "kept", ["one sector", "no explicit ones", "no urban ones", "no passages", "no documents"]
)
def test_too_few_labels_to_train_on_are_said_to_be_that(dataset: Dataset, kept: str) -> None:
    chosen = {
        "one sector": lambda label: label.sector in ("", "tr"),
        "no explicit ones": lambda label: label.code != "E",
        "no urban ones": lambda label: not label.is_urban,
        "no passages": lambda label: False,
        "no documents": lambda label: True,
    }[kept]
    passages = tuple(each for each in dataset.passages if chosen(each.label))
    documents = () if kept == "no documents" else dataset.documents
    with pytest.raises(NdcUrbanError):
        train(Dataset(passages, documents), RECIPE)


def test_the_last_round_is_read_by_models_of_the_earlier_ones(
    trained: TrainingResult, dataset: Dataset
) -> None:
    found = last_round(trained)
    assert found is not None
    documents, probabilities = found
    assert {document.round for document in documents} == {"2022"}
    assert np.allclose(probabilities.sum(axis=1), 1)
    unlabelled = tuple(
        replace(each, label=replace(each.label, code="N", sector="", strand="", role=""))
        if each.label.document.endswith("_2022")
        else each
        for each in dataset.passages
    )
    other = replace(trained, dataset=replace(dataset, passages=unlabelled))
    again = last_round(other)
    assert again is not None
    assert np.array_equal(again[1], probabilities), "labels of the last round play no part"


def test_a_single_round_has_no_earlier_ones(trained: TrainingResult, dataset: Dataset) -> None:
    documents = tuple(document for document in dataset.documents if document.round == "2022")
    assert last_round(replace(trained, dataset=replace(dataset, documents=documents))) is None


def test_the_number_of_processes_changes_nothing(dataset: Dataset, trained: TrainingResult) -> None:
    few = replace(dataset, documents=dataset.documents[:5])
    models = {version.party: trained.model.passage_model for version in trained.documents}
    alone, together = (scored_versions(few, lambda party: models[party], jobs=jobs) for jobs in (1, 2))
    assert [replace(each, features=None) for each in alone] == [
        replace(each, features=None) for each in together
    ]
    assert all(np.array_equal(a.features, b.features) for a, b in zip(alone, together, strict=True))
