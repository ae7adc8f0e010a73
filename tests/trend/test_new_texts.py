"""What the labels of a round cannot say: texts after the draw, and what to do about a round with few labels."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ndc_urban.trend.changes import ends_of
from ndc_urban.trend.estimates import MIN_LABELS, Estimate, Refused, corrected, refusal, too_few
from ndc_urban.trend.labels import LabelledLevel
from ndc_urban.trend.matching import Match, Matched
from ndc_urban.trend.new_texts import new_text_notes, open_share, unlabelled_new
from ndc_urban.trend.panel import File, Panel, Standing
from ndc_urban.trend.populations import population_of
from ndc_urban.trend.recommended import _limits_words, _next_step
from ndc_urban.trend.results import Prediction
from ndc_urban.trend.tables import limits_words

LOW = Prediction(0, 1.0, 0.0, 0.0, 0.0, {}, cross_fitted=False)
ROUND = "2022"


def text_of(number: int, round_: str, *, labelled: bool, new: bool = False, units: int = 1) -> Match:
    """A low document of the Party with this number; a new one has another text in each round."""
    iso3 = f"A{number:02d}"
    document = f"{iso3}_{round_ if new else 'old'}"
    standing = Standing(round_, iso3, iso3, document, "", (File(document, ""),))
    label = LabelledLevel(0, 0.75) if labelled else None
    stands_for = tuple(f"{iso3}{part}" for part in range(units))
    return Match(standing, stands_for, "scored", document, LOW, label)


def matched_of(**rounds: list[Match]) -> Matched:
    by_name = {name.removeprefix("r"): tuple(matches) for name, matches in rounds.items()}
    panel = Panel(
        Path("panel.csv"), "", tuple(match.standing for found in by_name.values() for match in found)
    )
    return Matched(panel, by_name, first_rounds=panel.first_rounds())


def two_rounds(new_labelled: int, new: int = 12, old: int = 60) -> Matched:
    """Texts of which three of four are labelled; the second round has new ones, of which so many are labelled."""
    first = [text_of(number, "2019", labelled=number % 4 > 0) for number in range(old)]
    second = [text_of(number, ROUND, labelled=number % 4 > 0) for number in range(old)]
    second += [
        text_of(number, ROUND, labelled=number < old + new_labelled, new=True)
        for number in range(old, old + new)
    ]
    return matched_of(r2019=first, r2022=second)


def test_new_texts_that_no_draw_reached_are_named_with_their_bounds() -> None:
    matched = two_rounds(new_labelled=0)
    assert [match.standing.iso3 for match in unlabelled_new(matched, ROUND)] == [
        f"A{number}" for number in range(60, 72)
    ]
    assert unlabelled_new(matched, "2019") == ()
    (note,) = new_text_notes(matched)
    assert note.startswith(
        "2022: of 72 texts 12 came first in this round, and none of these was ever labelled"
    )
    assert "A60, A61" in note
    # all known texts are low, so at most the 12 of 72 can be strong
    assert "the share of documents is 0.0% to 16.7% for strong" in note
    assert "missing" not in note


def test_one_label_among_many_new_texts_does_not_hide_the_others() -> None:
    matched = two_rounds(new_labelled=1)
    assert len(unlabelled_new(matched, ROUND)) == 11
    assert "12 came first in this round, and 11 of these were never labelled" in next(new_text_notes(matched))


def test_new_texts_that_are_labelled_as_often_as_others_are_no_matter() -> None:
    matched = two_rounds(new_labelled=8)
    assert unlabelled_new(matched, ROUND) == ()
    assert list(new_text_notes(matched)) == []


def test_two_new_texts_may_miss_the_draw_by_chance() -> None:
    assert unlabelled_new(two_rounds(new_labelled=0, new=2), ROUND) == ()


def test_bounds_count_the_missing_and_the_parties_that_a_text_stands_for() -> None:
    matched = two_rounds(new_labelled=0)
    heavy = text_of(99, ROUND, labelled=False, new=True, units=28)
    matched = matched_of(r2019=list(matched.rounds["2019"]), r2022=[*matched.rounds[ROUND], heavy])
    found = open_share(matched, ROUND, "Parties", "strong", missing=10)
    assert found is not None
    assert (found.least, found.most) == pytest.approx((0, 40 / 100))
    assert found.of_all == pytest.approx((0, 50 / 110))


def only_round(documents: int, labels: int) -> Matched:
    return matched_of(r2022=[text_of(number, ROUND, labelled=number < labels) for number in range(documents)])


@pytest.mark.parametrize(
    ("documents", "labels"), [(10, 0), (10, 9), (17, 12), (30, 1), (31, 0), (60, 20), (200, 0)]
)
def test_the_next_step_asks_for_as_many_labels_as_the_estimate_needs(documents: int, labels: int) -> None:
    """The number in the command is never below the one in the refusal, and what it asks for is then enough."""
    before = only_round(documents, labels)
    step = _next_step(before, ROUND)
    number = int(re.search(r"--n (\d+)", step)[1])  # type: ignore[index]
    refused = refusal(population_of(before.rounds[ROUND], "documents"))
    assert isinstance(refused, Refused)
    needed = re.search(r"at least (\d+)", refused.reason)
    assert number >= (int(needed[1]) if needed else min(documents, MIN_LABELS))
    assert ("Code all of them" in step) == (number == documents)
    after = population_of(
        only_round(documents, documents if number == documents else number).rounds[ROUND], "documents"
    )
    assert too_few(int(after.sampled.sum()), len(after)) is None
    if number == documents:
        made = corrected(after, "strong")
        assert isinstance(made, Estimate)
        assert (made.low, made.share, made.high) == (0, 0, 0)


def test_labels_of_an_earlier_draw_are_told_apart() -> None:
    assert "12 of which are coded" in _next_step(only_round(17, 12), ROUND)
    assert "20 documents have a label of an earlier draw" in _next_step(only_round(60, 20), ROUND)
    assert "earlier draw" not in _next_step(only_round(60, 0), ROUND)


def test_a_refusal_agrees_with_its_number() -> None:
    one, few, group = too_few(1, 40), too_few(9, 10), too_few(0, 5, "Party", where=" in both rounds")
    assert one and one.reason.startswith("1 of 40 documents has a label")
    assert few and few.reason.endswith("but all must have one")
    assert group and group.reason.startswith(
        "none of 5 Parties have a label with a known inclusion probability in both"
    )
    assert too_few(10, 10) is None
    assert too_few(0, 0) is not None


def test_limits_are_described_only_where_there_are_some() -> None:
    matched = only_round(3, 0)
    assert "intervals include" not in _limits_words(matched, corrected=False, counted_=True)
    assert "intervals include" in _limits_words(matched, corrected=True, counted_=False)
    assert "square" not in limits_words({"corrected"})
    assert "round brackets" not in limits_words({"count"})
    assert limits_words({"count", "labelled"}).endswith("The two are not compared.")


def test_the_longest_change_leaves_out_rounds_that_cannot_be_corrected() -> None:
    rounds: dict[str, Any] = {
        f"r{year}": [text_of(number, str(year), labelled=year > 2015) for number in range(40)]
        for year in range(2015, 2020)
    }
    assert ends_of(matched_of(**rounds)) == ("2016", "2019")
    assert ends_of(matched_of(r2015=rounds["r2015"], r2016=rounds["r2016"])) == ("2015", "2016")


def test_a_text_is_known_by_its_document_or_its_first_file() -> None:
    standing = Standing("2022", "KEN", "Kenya", "", "", (File("ab" * 32, "ken.pdf"),))
    assert standing.text == "ab" * 32
    assert Standing("2022", "KEN", "Kenya", "", "", ()).text == ""
    assert Panel(Path("p"), "", (standing,)).first_rounds() == {"ab" * 32: "2022"}
