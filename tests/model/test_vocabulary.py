"""Vocabulary: which features are learned, and how bags become a matrix."""

from __future__ import annotations

import numpy as np
import pytest

from ndc_urban.model.vocabulary import Vocabulary, build_vocabulary


def everything(name: str) -> bool:
    return True


def test_a_feature_needs_several_parties() -> None:
    bags = [{"a": 1.0, "b": 1.0}, {"a": 1.0, "b": 1.0}, {"a": 1.0, "c": 1.0}]
    parties = ["XAA", "XAA", "XAB"]
    assert build_vocabulary(bags, parties, min_parties=2, keep=everything).names == ("a",)
    assert build_vocabulary(bags, parties, min_parties=1, keep=everything).names == ("a", "b", "c")


def test_unwanted_families_are_left_out() -> None:
    names = build_vocabulary(
        [{"w:a": 1.0, "c:a": 1.0}], ["XAA"], min_parties=1, keep=lambda name: name[0] == "c"
    )
    assert names.names == ("c:a",)


def test_names_do_not_depend_on_the_order_of_the_passages() -> None:
    bags = [{"b": 1.0, "a": 1.0}, {"c": 1.0}]
    one = build_vocabulary(bags, ["XAA", "XAB"], min_parties=1, keep=everything)
    other = build_vocabulary(bags[::-1], ["XAB", "XAA"], min_parties=1, keep=everything)
    assert one == other


def test_each_bag_has_its_party() -> None:
    with pytest.raises(ValueError, match="shorter"):
        build_vocabulary([{"a": 1.0}, {"b": 1.0}], ["XAA"], min_parties=1, keep=everything)


def test_bags_become_rows_and_unknown_names_are_passed_over() -> None:
    matrix = Vocabulary(("a", "b", "c")).encode([{"c": 2.0, "a": 1.0}, {}, {"z": 5.0}, {"b": 0.5}])
    assert matrix.shape == (4, 3)
    assert np.array_equal(matrix.to_scipy().toarray(), [[1, 0, 2], [0, 0, 0], [0, 0, 0], [0, 0.5, 0]])


def test_no_bags_give_no_rows() -> None:
    assert Vocabulary(("a",)).encode([]).shape == (0, 1)
    assert Vocabulary(()).encode([{"a": 1.0}]).shape == (1, 0)


def test_a_vocabulary_says_whether_it_has_words() -> None:
    assert Vocabulary(("c:city", "n:tram")).has_words
    assert not Vocabulary(("c:city", "nc:tram", "hc:city", "f:length")).has_words
