"""Texts that a model knows from its training are known again in another copy."""

from __future__ import annotations

import numpy as np
from tiny_training import passage_of

from ndc_urban.document import Passage
from ndc_urban.model.known_texts import SKETCH_SIZE, KnownTexts, known_texts, resemblance, sketch_of

SYLLABLES = "ba de fi go lu ma ne pi ro su ta ve wi xo zu".split()


def text_of(seed: int, words: int = 1200) -> list[Passage]:
    """Passages of invented words, always the same for a seed."""
    generator = np.random.default_rng(seed)
    names = ["".join(generator.choice(SYLLABLES, 3)) for _ in range(words)]
    return [passage_of(" ".join(names[start : start + 40])) for start in range(0, words, 40)]


ONE, OTHER = text_of(1), text_of(2)
KNOWN = known_texts([("a" * 64, "XAA", ONE), ("b" * 64, "XAB", OTHER), ("c" * 64, "XAB", ())])


def test_a_file_is_known_by_its_hash_without_its_text() -> None:
    assert KNOWN.copy_of("a" * 64, ()) == "a" * 64
    assert KNOWN.copy_of("c" * 64, ()) == "c" * 64, "a scan has no sketch"
    assert KNOWN.parties == {"XAA", "XAB"}


def test_a_file_saved_again_is_known_by_its_text() -> None:
    assert KNOWN.copy_of("d" * 64, ONE) == "a" * 64
    assert KNOWN.copy_of("d" * 64, [*OTHER, passage_of("A remark was added at the end.")]) == "b" * 64
    joined = [passage_of(" ".join(each.text.upper() for each in ONE))]
    assert KNOWN.copy_of("d" * 64, joined) == "a" * 64, "other passages, in capitals"


def test_a_copy_under_the_name_of_another_party_is_known() -> None:
    assert KNOWN.copy_of("d" * 64, [*ONE, passage_of("Saved again.")], "XAZ") == "a" * 64
    two_thirds_kept = [*ONE[:25], *text_of(5)[25:]]
    assert KNOWN.copy_of("d" * 64, two_thirds_kept) == "a" * 64
    assert KNOWN.copy_of("d" * 64, two_thirds_kept, "XAA") == "a" * 64
    assert KNOWN.copy_of("d" * 64, two_thirds_kept, "XAZ") == ""


def test_another_text_of_the_same_party_is_not_known() -> None:
    assert KNOWN.copy_of("d" * 64, text_of(3)) == ""
    a_third_kept = [*ONE[:10], *text_of(4)[10:]]
    assert KNOWN.copy_of("d" * 64, a_third_kept) == ""
    assert KNOWN.copy_of("d" * 64, [passage_of("Hello.")]) == ""
    assert KnownTexts().copy_of("d" * 64, ONE) == ""


def test_resemblance_estimates_the_share_of_text_in_common() -> None:
    half = [*ONE[:15], *OTHER[15:]]
    assert resemblance(sketch_of(ONE), sketch_of(ONE)) == 1.0
    assert resemblance(sketch_of(ONE), sketch_of(OTHER)) == 0.0
    assert abs(resemblance(sketch_of(ONE), sketch_of(half)) - 1 / 3) < 0.2
    assert len(sketch_of(ONE)) == SKETCH_SIZE
