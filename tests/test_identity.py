"""What tells documents and files apart."""

from __future__ import annotations

import pytest

from ndc_urban.identity import check_document, is_sha256, party_of, round_of


def test_a_document_is_named_by_its_party_and_its_round() -> None:
    check_document("XAA_2016-17")
    assert (party_of("XAA_2016-17"), round_of("XAA_2016-17")) == ("XAA", "2016-17")


@pytest.mark.parametrize("name", ["", "XAA", "XAA_", "xaa_2022", "XA_2022", "XAAA_2022", "XAA-2022"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="ISO3"):
        check_document(name)


@pytest.mark.parametrize(
    ("digest", "sound"),
    [("0a" * 32, True), ("0A" * 32, False), ("0a" * 31, False), ("0g" * 32, False), ("", False)],
)
def test_a_sha256_has_64_digits_in_lower_case(digest: str, sound: bool) -> None:
    assert is_sha256(digest) is sound
