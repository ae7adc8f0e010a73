"""What is new, changed and withdrawn between two registries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ndc_urban.corpus.registry import Listed
from ndc_urban.corpus.registry_changes import CHANGE_COLUMNS, as_csv, changes, in_words, is_perhaps_cut


def listed(name: str, iso3: str = "KEN") -> Listed:
    day = date(2026, 1, 1)
    address = (f"https://a.org/{name}.pdf",)
    return Listed(2, iso3, f"Party {iso3}", f"Plan {name}", "NDC", "English", "1", "Active", day, address)


def test_each_kind_of_change_is_found_and_reported() -> None:
    kept, gone, moved, archived, withdrawn = (listed(name) for name in ("a", "b", "c", "d", "e"))
    later = [
        kept,
        replace(moved, sources=("https://a.org/elsewhere.pdf",)),
        replace(archived, status="Archived", title="Plan d (Archived)"),
        replace(withdrawn, status="Withdrawn"),
        listed("f", "TGO"),
        replace(listed("g", "TUR"), party="Türkiye"),
    ]
    found = changes(
        [kept, gone, moved, archived, withdrawn, replace(listed("g", "TUR"), party="Turkey")], later
    )
    told = [(each.change, each.document.title, each.what) for each in found]
    assert told == [
        ("new", "Plan f", ""),
        ("changed", "Plan d (Archived)", "status"),
        ("changed", "Plan d (Archived)", "title"),
        ("moved", "Plan c", "address"),
        ("withdrawn", "Plan e", "status"),
        ("gone", "Plan b", ""),
        ("renamed", "Plan g", "party"),
    ]
    text = "\n".join(in_words(found))
    assert "1 new:\n  TGO: Plan f (English, 2026-01-01)" in text
    assert "KEN: Plan d (Archived) (English, 2026-01-01): status Active → Archived" in text
    assert "TUR: Turkey is now Türkiye" in text
    table = as_csv(found).decode().splitlines()
    assert table[0].split(",") == list(CHANGE_COLUMNS)
    assert len(table) == 8


def test_what_one_of_the_tables_lacks_is_no_change() -> None:
    old = [listed("a"), listed("b")]
    for field, empty in (("status", ""), ("version", ""), ("title", ""), ("kind", ""), ("party", "KEN")):
        new = [replace(each, **{field: empty}) for each in old]
        assert changes(old, new) != ()
        assert changes(old, new, lacking={field}) == ()
    without = [replace(each, sources=()) for each in old]
    assert changes(old, without, lacking={"address"}) == ()
    assert [each.document.title for each in changes(old, [*without, listed("c")], lacking={"address"})] == [
        "Plan c"
    ]


def test_parties_that_share_an_address_are_compared_each() -> None:
    """The European Union's NDC is listed for each member, and some Parties list an address twice."""
    members = [listed("eu", code) for code in ("AUT", "FRA", "GBR")]
    assert changes(members, list(reversed(members))) == ()
    (left,) = changes(members, [*members[:2], replace(members[2], status="Withdrawn")])
    assert (left.change, left.document.iso3) == ("withdrawn", "GBR")
    (joined,) = changes(members[:2], members)
    assert (joined.change, joined.document.iso3) == ("new", "GBR")
    twice = [members[0], replace(members[0], version="2")]
    assert changes(twice, twice) == ()
    assert [(each.what, each.after) for each in changes(twice[:1], [replace(twice[0], iso3="DEU")])] == [
        ("code", "DEU")
    ]


def test_a_document_that_moved_may_be_withdrawn_too() -> None:
    elsewhere = replace(listed("a"), sources=("https://a.org/b.pdf",), status="Withdrawn")
    assert [each.change for each in changes([listed("a")], [elsewhere])] == ["moved", "withdrawn"]


def test_most_documents_gone_is_perhaps_a_cut_table() -> None:
    old = [listed(name) for name in "abcd"]
    assert is_perhaps_cut(changes(old, old[:1]), old)
    assert not is_perhaps_cut(changes(old, old[:2]), old)


def test_the_same_registry_has_no_changes() -> None:
    documents = [listed("a"), replace(listed("b"), title="A title of " + "many " * 12, sources=())]
    shortened = [documents[0], replace(documents[1], title="A title of many many many many many many many …")]
    assert changes(documents, shortened) == ()
    assert in_words(()) == ["Nothing has changed."]
