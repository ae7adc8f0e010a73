"""Anchors: a coded text is found again at its place, elsewhere, in another file, and never where it is not."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ndc_urban.document import Block, Document, Page
from ndc_urban.labels.anchors import (
    Anchor,
    Found,
    NotFound,
    Places,
    anchor_at,
    anchor_of,
    find,
    fingerprint,
    has_landmarks,
    normalised,
)
from ndc_urban.labels.relocation import longest_rising, relocated_anchors
from ndc_urban.segment import segment

WORDS = (
    "ville harbour tram district council heat drain valley plan budget shade market river bridge school roof "
    "garden mayor bus night water grid coast flood maize forest herd cattle reef wind solar"
).split()
OTHER_FILE = "b" * 64


def document(texts: Sequence[str], *, sha256: str = "a" * 64, per_page: int = 0) -> Document:
    """A document of paragraphs, on pages of `per_page` where that is given."""
    if not per_page:
        return Document(
            Path("a.html"),
            sha256,
            "html",
            (Page(None, tuple(Block("paragraph", t) for t in texts), "html"),),
            "en",
        )
    pages = [
        Page(number, tuple(Block("paragraph", t, page=number) for t in texts[at : at + per_page]), "pdfium")
        for number, at in enumerate(range(0, len(texts), per_page), 1)
    ]
    return Document(Path("a.pdf"), sha256, "pdf", tuple(pages), "en")


def sentences(number: int, seed: int = 1, words: int = 22) -> list[str]:
    chance = random.Random(seed)
    return [f"{' '.join(chance.choice(WORDS) for _ in range(words))} {n}." for n in range(number)]


TEXTS = sentences(60)


def anchors(of: Document) -> list[Anchor]:
    return [anchor_of(of, passage) for passage in segment(of)]


def test_every_passage_is_found_at_its_place() -> None:
    plan = document(TEXTS, per_page=5)
    for passage in segment(plan):
        anchor = anchor_of(plan, passage)
        found = find(anchor, plan)
        assert found == Found(passage.start, passage.text, passage.page, "place")
        assert anchor.page == passage.page


def test_a_text_that_moved_is_found_where_it_is_now() -> None:
    old, new = document(TEXTS), document(["A line more in front.", *TEXTS])
    for anchor, text in zip(anchors(old), TEXTS, strict=True):
        found = find(anchor, new)
        assert isinstance(found, Found)
        assert (found.text, found.how) == (text, "text")


def test_another_file_of_the_document_is_searched_too() -> None:
    html, pdf = document(TEXTS), document(TEXTS, sha256=OTHER_FILE, per_page=4)
    found = find(anchors(html)[9], pdf)
    assert isinstance(found, Found)
    assert (found.text, found.page) == (TEXTS[9], 3)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.upper(),
        lambda text: text.replace(" ", "  "),
        lambda text: text.replace(" ", "\u00ad "),
        lambda text: text.replace("f", "\ufb01").replace("\ufb01", "f"),
        lambda text: f"• {text}",
    ],
)
def test_case_spaces_and_marks_make_no_difference(change: object) -> None:
    assert callable(change)
    assert fingerprint(change(TEXTS[0])) == fingerprint(TEXTS[0])


def test_accents_and_ligatures_are_one_however_they_are_encoded() -> None:
    assert fingerprint("Caf\u00e9 \ufb01nancé à São Tomé") == fingerprint(
        "Cafe\u0301 finance\u0301 a\u0300 Sa\u0303o Tome\u0301"
    )
    assert fingerprint("CO\u2082 and m\u00b2") == fingerprint("CO2 and m2")
    assert normalised("الْمُدُن") == normalised("المدن")


def test_a_footnote_mark_or_a_missing_word_does_not_hide_a_text() -> None:
    old = document(TEXTS)
    changed = [text.replace(" ", " 17 ", 6).replace(" 17 ", " ", 5) for text in TEXTS]
    shorter = [" ".join(word for n, word in enumerate(text.split()) if n != 11) for text in TEXTS]
    for texts in (changed, shorter):
        new = document(texts, sha256=OTHER_FILE)
        for anchor, text in zip(anchors(old), texts, strict=True):
            found = find(anchor, new)
            assert isinstance(found, Found)
            assert found.text == text
            assert found.how == "similar"


def test_a_text_is_found_across_and_within_blocks() -> None:
    old = document(TEXTS)
    split = [part for text in TEXTS for part in (text[:60].strip(), text[60:].strip())]
    joined = [f"{a} {b}" for a, b in zip(TEXTS[::2], TEXTS[1::2], strict=True)]
    for texts in (split, joined):
        new = document(texts, sha256=OTHER_FILE)
        for anchor, text in zip(anchors(old), TEXTS, strict=True):
            found = find(anchor, new)
            assert isinstance(found, Found)
            assert normalised(found.text) == normalised(text)


def test_a_text_that_is_not_there_is_refused_with_a_reason() -> None:
    old, new = document(TEXTS), document(sentences(60, seed=2), sha256=OTHER_FILE)
    for anchor in anchors(old):
        missing = find(anchor, new)
        assert isinstance(missing, NotFound)
        assert "does not contain" in missing.reason


def test_a_text_that_stands_twice_is_recognised_by_its_page_or_by_where_it_should_be() -> None:
    twice = [*TEXTS[:10], TEXTS[3], *TEXTS[10:20]]
    pages = document(twice, per_page=5, sha256=OTHER_FILE)
    anchor = anchor_of(document(TEXTS, per_page=5), segment(document(TEXTS, per_page=5))[3])
    found = find(anchor, pages)
    assert isinstance(found, Found)
    assert found.page == 1
    plain = document(twice, sha256=OTHER_FILE)
    unknown = anchors(document(TEXTS))[3]
    missing = find(unknown, plain)
    assert isinstance(missing, NotFound)
    assert "2 places" in missing.reason
    second = find(unknown, plain, near=len(" ".join(twice[:10])))
    assert isinstance(second, Found)
    assert second.start == plain.block_starts[10]


def test_the_order_of_the_coded_texts_tells_like_ones_apart() -> None:
    """A heading that comes back in every chapter, and a table row that differs by a figure only."""
    texts = [
        text for n, body in enumerate(TEXTS) for text in ("Measures of the plan:", body, f"Row | {n} | 2030")
    ]
    old, new = document(texts), document(["Another beginning.", *texts], sha256=OTHER_FILE, per_page=9)
    found = relocated_anchors(anchors(old), Places(new))
    assert [each.text for each in found if isinstance(each, Found)] == texts


def test_a_text_is_not_put_where_the_order_does_not_let_it_stand() -> None:
    words = TEXTS[30].split()
    alike = " ".join([*words[:15], *sentences(1, seed=9)[0].split()[:7]])
    old = document(TEXTS)
    new = document([alike, *(text for n, text in enumerate(TEXTS) if n != 30)], sha256=OTHER_FILE)
    outcome = relocated_anchors(anchors(old), Places(new))[30]
    assert isinstance(outcome, NotFound)


def test_an_anchor_that_fits_the_file_no_more_is_not_taken_at_its_word() -> None:
    old = document(TEXTS)
    anchor = anchors(old)[5]
    edited = document([*TEXTS[:5], sentences(1, seed=4)[0], *TEXTS[6:]])
    assert isinstance(find(anchor, edited), NotFound)


def test_short_texts_are_found_letter_for_letter_only() -> None:
    plan = document(["Waste", "Housing", *TEXTS])
    anchor = anchor_of(plan, segment(plan)[1])
    assert not has_landmarks(anchor.fingerprint)
    assert isinstance(find(anchor, document([*TEXTS, "HOUSING"], sha256=OTHER_FILE)), Found)
    missing = find(anchor, document([*TEXTS, "Housings"], sha256=OTHER_FILE))
    assert isinstance(missing, NotFound)
    assert "too short" in missing.reason


@pytest.mark.parametrize(
    "wrong",
    [
        {"sha256": "abc"},
        {"page": 0},
        {"start": -1},
        {"length": -1},
        {"fingerprint": ""},
        {"fingerprint": "xyz" * 10},
        {"fingerprint": fingerprint(TEXTS[0])[:-4]},
        {"fingerprint": fingerprint(TEXTS[0]) + "0000"},
    ],
)
def test_an_unsound_anchor_cannot_be_made(wrong: dict[str, object]) -> None:
    sound = {"sha256": "a" * 64, "page": 1, "start": 0, "length": 3, "fingerprint": fingerprint("abc")}
    Anchor(**sound)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"."):
        Anchor(**(sound | wrong))  # type: ignore[arg-type]


@given(st.text(max_size=300), st.text(max_size=300))
def test_a_fingerprint_holds_no_text_and_tells_texts_apart(one: str, other: str) -> None:
    assert set(fingerprint(one)) <= set("0123456789abcdef")
    assert (fingerprint(one) == fingerprint(other)) == (normalised(one) == normalised(other))


LINE = st.text(
    st.characters(blacklist_categories=("Cs",), blacklist_characters="\n"), min_size=1, max_size=80
).filter(lambda text: bool(text.strip()))


@settings(max_examples=60)
@given(st.lists(LINE, min_size=1, max_size=12), st.data())
def test_any_stretch_of_any_text_is_found_where_it_is(texts: list[str], data: st.DataObject) -> None:
    plan = document(texts)
    start = data.draw(st.integers(0, len(plan.text) - 1))
    end = data.draw(st.integers(start + 1, len(plan.text)))
    anchor = anchor_at(plan, start, end, None)
    found = find(anchor, plan)
    assert isinstance(found, Found)
    assert (found.start, found.text) == (start, plan.text[start:end])
    elsewhere = find(anchor, document(["x", *texts], sha256=OTHER_FILE))
    if isinstance(elsewhere, Found) and elsewhere.how == "text":
        assert normalised(elsewhere.text) == normalised(plan.text[start:end])


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50))))
def test_the_longest_rising_run_rises(links: list[tuple[int, int]]) -> None:
    run = longest_rising(links)
    assert all(a[0] <= b[0] and a[1] <= b[1] for a, b in pairwise(run))
    assert bool(run) == bool(links)


def test_endless_repetition_takes_no_endless_time() -> None:
    plan = document(["ab " * 200_000, *TEXTS], sha256=OTHER_FILE)
    repeated = anchor_of(document(["ab " * 40]), segment(document(["ab " * 40]))[0])
    begun = time.process_time()
    places = Places(plan)
    assert isinstance(places.find(repeated), NotFound)
    assert isinstance(places.find(anchors(document(TEXTS))[7]), Found)
    assert time.process_time() - begun < 20
