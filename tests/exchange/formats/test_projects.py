"""REFI-QDA projects after people worked in another program: nothing is lost, shifted or mistaken in silence."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET  # of files that were written here

import numpy as np
import pytest
from coded_corpus import CodedCorpus, coding_of
from coding_sheets import alike, write_files
from refi_projects import P, add_coding, add_variable, as_qualcoder, project_of, rewritten, shifted

from ndc_urban.errors import ExchangeFileInvalid
from ndc_urban.exchange import reserved
from ndc_urban.exchange.coding_sheet import CodingSheet, Unit
from ndc_urban.exchange.export_bundle import ExportBundle
from ndc_urban.exchange.formats import colours, qdpx
from ndc_urban.exchange.formats.refi_codes import code_tree, flat
from ndc_urban.exchange.formats.refi_timestamps import cell_of
from ndc_urban.exchange.guide import ATTRIBUTES, LEVEL_ATTRIBUTES, NOT_A_LABEL
from ndc_urban.exchange.import_result import ImportResult
from ndc_urban.labels.anchors import Anchor, fingerprint


def written(bundle: ExportBundle, folder: Path) -> Path:
    path = folder / "x.qdpx"
    write_files(qdpx.write(bundle, path))
    return path


def severe(returned: ImportResult) -> list[tuple[str, str]]:
    return [(each.severity, each.kind) for each in returned.problems if each.severity != "note"]


def said(returned: ImportResult) -> list[tuple[str, str, str]]:
    return [(each.coding.coder, each.coding.code, each.text or "") for each in returned.passages]


def with_levels(bundle: ExportBundle, *changes: dict[str, Any]) -> ExportBundle:
    levels = [replace(level, **change) for level in bundle.sheet.levels for change in changes]
    return replace(bundle, sheet=replace(bundle.sheet, levels=tuple(levels)))


def add_level(root: ET.Element, user: str) -> None:
    for name, value in (("level", "strong"), ("confidence", "2"), ("dedicated", "1")):
        add_variable(root, f"{name} by {user}", value)


def noted(returned: ImportResult, kind: str) -> list[str]:
    return [each.message for each in returned.problems if each.severity == "note" and each.kind == kind]


# What belongs to a level survives a program that drops the note


@pytest.mark.parametrize(
    "changes",
    [
        [{"inclusion_probability": 1 / 3}],
        [{"comment": "two lines\nof a remark", "coded_at": ""}],
        [{"coded_at": "2026-08-31T14:05:00+02:00"}],
        [{"coder": "Ana", "inclusion_probability": 0.75}, {"coder": "Ben", "inclusion_probability": None}],
        [{"coder": "Ana", "inclusion_probability": 1e-5}, {"coder": "Ben", "adjudicates": ("Ana", "Cem")}],
    ],
)
def test_levels_come_back_the_same_without_the_note(
    corpus: CodedCorpus, tmp_path: Path, changes: list[dict[str, Any]]
) -> None:
    bundle = with_levels(corpus.coded("E", "N"), *changes)
    returned = qdpx.read(rewritten(written(bundle, tmp_path), as_qualcoder))
    assert not severe(returned)
    assert sorted(map(repr, returned.sheet.levels)) == sorted(map(repr, bundle.sheet.levels))


def test_a_new_coder_of_a_level_has_the_probability_of_the_document(
    corpus: CodedCorpus, tmp_path: Path
) -> None:
    """As it was drawn, or as all who coded it before have it."""
    drawn = replace(corpus.bundle, inclusion={sha256: 0.25 for _, sha256 in corpus.sheet.documents})
    for bundle in (drawn, with_levels(corpus.coded("E"), {"inclusion_probability": 0.25})):

        def change(root: ET.Element, texts: dict[str, bytes]) -> None:
            add_level(root, "Zoe")

        returned = qdpx.read(rewritten(written(bundle, tmp_path), change), coder="Zoe")
        by_zoe = [each.coding for each in returned.levels if each.coding.coder == "Zoe"]
        assert [(each.level, each.inclusion_probability) for each in by_zoe] == [("strong", 0.25)]
        assert not severe(returned)


@pytest.mark.parametrize("keep_note", [True, False])
def test_a_level_that_was_changed_does_not_keep_the_old_timestamp(
    corpus: CodedCorpus, tmp_path: Path, keep_note: bool
) -> None:
    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        value = next(each for each in root.iter(f"{P}TextValue") if each.text == "moderate")
        value.text = "strong"

    path = rewritten(written(corpus.coded("E"), tmp_path), change, keep_note=keep_note)
    levels = [(each.coding.level, each.coding.coded_at) for each in qdpx.read(path).levels]
    assert levels == [("strong", ""), ("moderate", "2026-08-31T10:00:00")]


@pytest.mark.parametrize("keep_note", [True, False])
@pytest.mark.parametrize("name", ["comment", "coded_at", "comment by the archive"])
def test_a_variable_of_the_project_itself_is_no_level(
    corpus: CodedCorpus, tmp_path: Path, name: str, keep_note: bool
) -> None:
    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        add_variable(root, name, "scanned in May")

    for bundle in (corpus.coded("E"), with_levels(corpus.coded("E"), {"inclusion_probability": 0.5})):
        path = rewritten(written(bundle, tmp_path), change, keep_note=keep_note)
        returned = qdpx.read(path)
        assert not severe(returned)
        assert len(returned.levels) == 2
        assert len(noted(returned, "other_variable")) == 1


@pytest.mark.parametrize("text", ["", "corrected"])
def test_a_comment_of_a_level_that_was_changed_is_reported(
    corpus: CodedCorpus, tmp_path: Path, text: str
) -> None:
    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        for each in root.iter(f"{P}TextValue"):
            each.text = text if each.text == "a remark" else each.text

    bundle = with_levels(corpus.coded("E"), {"comment": "a remark"})
    returned = qdpx.read(rewritten(written(bundle, tmp_path), change, keep_note=True))
    assert [each.coding.comment for each in returned.levels] == [text] * 2
    assert len(noted(returned, "changed_comment")) == 2


def test_comments_of_levels_that_an_old_export_has_in_its_note_only(
    corpus: CodedCorpus, tmp_path: Path
) -> None:
    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        names = {each.get("guid"): str(each.get("name")) for each in root.iter(f"{P}Variable")}
        for source in root.iter(f"{P}TextSource"):
            for value in source.findall(f"{P}VariableValue"):
                if names[value[0].get("targetGUID")].startswith(("comment", "coded_at")):
                    source.remove(value)

    bundle = with_levels(corpus.coded("E"), {"comment": "a remark"})
    returned = qdpx.read(rewritten(written(bundle, tmp_path), change, keep_note=True))
    assert [each.coding.comment for each in returned.levels] == ["a remark"] * 2
    assert not noted(returned, "changed_comment")


def test_a_project_has_no_variable_without_a_value(corpus: CodedCorpus, tmp_path: Path) -> None:
    """Programs show such variables, and QualCoder has no place to fill them in."""
    root, _ = project_of(written(replace(corpus.bundle, coder="Ana"), tmp_path))
    assert not list(root.iter(f"{P}Variable"))
    (tmp_path / "x.qdpx").unlink()
    root, _ = project_of(written(with_levels(corpus.coded("E"), {"inclusion_probability": 0.5}), tmp_path))
    names = {each.get("guid"): each.get("name") for each in root.iter(f"{P}Variable")}
    used = [each.get("targetGUID") for each in root.iter(f"{P}VariableRef")]
    assert set(names) == set(used)
    assert sorted(map(str, names.values())) == [
        "coded_at by Ana", "confidence by Ana", "dedicated by Ana", "inclusion_probability", "level by Ana",
    ]  # fmt: skip
    assert all(each.text for each in root.iter(f"{P}TextValue"))


# Timestamps


@pytest.mark.parametrize("change", [lambda root, texts: None, as_qualcoder])
def test_an_unknown_timestamp_stays_unknown(corpus: CodedCorpus, tmp_path: Path, change: Any) -> None:
    bundle = corpus.coded("E", "N")
    undated = tuple(replace(each, coded_at="") for each in bundle.sheet.codings)
    bundle = replace(bundle, sheet=replace(bundle.sheet, codings=undated))
    returned = qdpx.read(rewritten(written(bundle, tmp_path), change))
    assert [(each.coding.coded_at, each.undated) for each in returned.passages] == [("", True)] * 2


@pytest.mark.parametrize("timestamp", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_timestamps_at_the_ends_of_the_calendar(corpus: CodedCorpus, tmp_path: Path, timestamp: str) -> None:
    bundle = corpus.coded("E")
    coding = replace(bundle.sheet.codings[0], coded_at=timestamp)
    bundle = replace(bundle, sheet=replace(bundle.sheet, codings=(coding,)))
    assert alike(qdpx.read(written(bundle, tmp_path)).sheet, bundle.sheet)


def test_what_an_old_export_does_not_date_is_not_dated(corpus: CodedCorpus, tmp_path: Path) -> None:
    """It left the cell empty, and gave the timestamp of the export to the selection."""

    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        note = next(root.iter(f"{P}Notes"))[0][0]
        note.text = str(note.text).replace('"coded_at": "unknown", ', "")

    bundle = with_levels(corpus.coded("E", "N"), {"coded_at": ""})
    codings = tuple(replace(each, coded_at="") for each in bundle.sheet.codings)
    bundle = replace(bundle, sheet=replace(bundle.sheet, codings=codings))
    returned = qdpx.read(rewritten(written(bundle, tmp_path), change, keep_note=True))
    items = [*returned.passages, *returned.levels]
    assert [(each.coding.coded_at, each.undated) for each in items] == [("", True)] * 4


@pytest.mark.parametrize("order", [1, -1])
def test_the_latest_timestamp_of_a_passage_counts(corpus: CodedCorpus, tmp_path: Path, order: int) -> None:
    unit = corpus.units[2]
    span = (unit.anchor.start, unit.anchor.start + unit.anchor.length)
    given = [
        ("code E: explicit", "2026-09-03T10:00:00+02:00"),
        ("sector wa: waste", "2026-09-03T09:00:00Z"),
        ("strand m: mitigation", "1980-01-01T00:00:00Z"),
    ]

    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        names = [str(each.get("name")) for each in root.iter(f"{P}Code")]
        for code, timestamp in given[::order]:
            name = next(each for each in names if each.startswith(code.split(":")[0]))
            add_coding(root, span, name, "Zoe", text=unit.text, timestamp=timestamp)

    returned = qdpx.read(rewritten(written(corpus.bundle, tmp_path), change))
    assert [each.coding.coded_at for each in returned.passages] == ["2026-09-03T09:00:00+00:00"]


@pytest.mark.parametrize(
    ("timestamp", "cell"),
    [
        ("2026-02-30T10:00:00Z", ""),
        ("0000-01-01T10:00:00", ""),
        ("2026-09-01T10:00:00+0200", "2026-09-01T10:00:00+02:00"),
        ("2026-09-01 10:00:00.25 -03", "2026-09-01T10:00:00-03:00"),
    ],
)
def test_timestamps_as_programs_write_them(timestamp: str, cell: str) -> None:
    assert cell_of(timestamp) == cell


# Colours


def seen_by(colour: str, kind: str) -> np.ndarray[Any, Any]:
    """A colour in CIELAB, as people see it who lack a kind of cones (matrices of Machado and others, 2009)."""
    matrices = {
        "all": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        "no red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        "no green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
        "no blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
    }  # fmt: skip
    rgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    light = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    light = np.clip(np.array(matrices[kind]) @ light, 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ light
    root = np.where(xyz > 0, np.cbrt(xyz / [0.9505, 1, 1.089]), 0)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def test_every_attribute_has_a_colour_of_its_own() -> None:
    codes = [code for code in flat(code_tree(for_project=False)) if code.codable]
    assert len({code.colour for code in codes}) == len(codes) == len(ATTRIBUTES)
    assert {
        (attribute.field, attribute.value) for attribute in (*ATTRIBUTES, *LEVEL_ATTRIBUTES)
    } <= colours.ATTRIBUTES.keys()
    suggested = {
        code.colour for code in flat(code_tree(for_project=True)) if code.field.startswith("suggested")
    }
    assert not suggested & {code.colour for code in codes}
    assert len({colours.SUGGESTED["code", each] for each in "EIXN"}) == 4


@pytest.mark.parametrize("kind", ["all", "no red", "no green", "no blue"])
@pytest.mark.parametrize(("field", "apart"), [("code", 30), ("strand", 30), ("role", 30), ("sector", 10)])
def test_colours_are_distinguished_by_colour_blind_people(kind: str, field: str, apart: float) -> None:
    seen = [seen_by(colour, kind) for (of, _), colour in colours.ATTRIBUTES.items() if of == field]
    assert min(float(np.linalg.norm(one - other)) for one, other in combinations(seen, 2)) > apart


# Who coded


def test_the_first_user_is_the_person_who_is_to_code(corpus: CodedCorpus, tmp_path: Path) -> None:
    """QualCoder codes on in the name of the first user of a project."""

    def first(bundle: ExportBundle) -> str | None:
        root, _ = project_of(written(bundle, tmp_path))
        return next(root.iter(f"{P}User")).get("name")

    assert first(corpus.suggested()) == reserved.NOBODY
    assert first(corpus.coded("E", "N")) == reserved.NOBODY, "Ana's name is not for everybody"
    assert first(replace(corpus.coded("E", "N"), coder="Ben")) == "Ben"


@pytest.mark.parametrize("user", [reserved.NOBODY, reserved.PROGRAM_USER])
def test_codings_of_a_person_who_is_not_named(corpus: CodedCorpus, tmp_path: Path, user: str) -> None:
    unit = corpus.units[2]
    span = (unit.anchor.start, unit.anchor.start + unit.anchor.length)

    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        add_coding(root, span, "code N: not urban", user, text=unit.text)
        as_qualcoder(root, texts)

    path = rewritten(written(corpus.coded("E"), tmp_path), change)
    nobody = qdpx.read(path)
    assert severe(nobody) == [("error", "no_coder")]
    assert said(nobody) == [("Ana", "E", corpus.units[0].text)]
    zoe = qdpx.read(path, coder="Zoe")
    assert not severe(zoe)
    assert sorted(said(zoe)) == [("Ana", "E", corpus.units[0].text), ("Zoe", "N", unit.text)]


def test_a_label_in_the_name_of_the_model_is_a_question(corpus: CodedCorpus, tmp_path: Path) -> None:
    """A person may have worked in that name, or merged the suggested codes with the codes."""
    unit = corpus.units[2]
    span = (unit.anchor.start, unit.anchor.start + unit.anchor.length)

    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        (model,) = (
            str(each.get("name")) for each in root.iter(f"{P}User") if NOT_A_LABEL in str(each.get("name"))
        )
        add_coding(root, span, "code N: not urban", model, text=unit.text)

    path = rewritten(written(corpus.suggested(), tmp_path), change)
    assert severe(qdpx.read(path)) == [("question", "label_by_model"), ("error", "no_coder")]
    zoe = qdpx.read(path, coder="Zoe")
    assert severe(zoe) == [("question", "label_by_model")]
    assert said(zoe) == [("Zoe", "N", unit.text)]


@pytest.mark.parametrize("keep_note", [True, False])
def test_a_level_in_the_name_of_the_model_is_a_question(
    corpus: CodedCorpus, tmp_path: Path, keep_note: bool
) -> None:
    model = f"model abababababab ({NOT_A_LABEL})"
    path = rewritten(
        written(corpus.suggested(), tmp_path), lambda root, texts: add_level(root, model), keep_note=keep_note
    )
    nobody = qdpx.read(path)
    assert severe(nobody) == [("question", "label_by_model"), ("error", "no_coder")]
    assert not nobody.levels
    zoe = qdpx.read(path, coder="Zoe")
    assert severe(zoe) == [("question", "label_by_model")]
    assert [(each.coding.coder, each.coding.level) for each in zoe.levels] == [("Zoe", "strong")]


@pytest.mark.parametrize("user", [reserved.NOBODY, reserved.PROGRAM_USER])
def test_a_level_of_a_person_who_is_not_named(corpus: CodedCorpus, tmp_path: Path, user: str) -> None:
    path = rewritten(written(corpus.bundle, tmp_path), lambda root, texts: add_level(root, user))
    assert severe(qdpx.read(path)) == [("error", "no_coder")]
    zoe = qdpx.read(path, coder="Zoe")
    assert not severe(zoe)
    assert [(each.coding.coder, each.coding.level) for each in zoe.levels] == [("Zoe", "strong")]


RESERVED = [
    "ndc-urban",
    "NDC-Urban",
    "coder (not named)",
    f"model 5c0ffee ({NOT_A_LABEL})",
    "Ana settling Ben",
    "Ana settling",
]


@pytest.mark.parametrize("name", RESERVED)
def test_names_that_would_come_back_as_others_are_not_exported(corpus: CodedCorpus, name: str) -> None:
    with pytest.raises(ExchangeFileInvalid, match="be the name of a coder") as refused:
        corpus.coded("E", coder=name)
    assert "another name" in refused.value.remedy
    with pytest.raises(ExchangeFileInvalid):
        replace(corpus.bundle, coder=name)
    with pytest.raises(ExchangeFileInvalid):
        with_levels(corpus.coded("E"), {"adjudicates": ("Cem", name)})


def test_two_people_who_code_one_passage_are_no_question(corpus: CodedCorpus, tmp_path: Path) -> None:
    unit = corpus.units[2]
    span = (unit.anchor.start, unit.anchor.start + unit.anchor.length)

    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        add_coding(root, span, "code N: not urban", "Ana", text=unit.text)
        add_coding(root, span, "code X: incidental", "Zoe", text=unit.text)

    for keep_note in (True, False):
        path = rewritten(written(corpus.bundle, tmp_path), change, keep_note=keep_note)
        returned = qdpx.read(path)
        assert not severe(returned)
        assert sorted(said(returned)) == [("Ana", "N", unit.text), ("Zoe", "X", unit.text)]


def test_several_codes_of_a_person_who_is_not_named(corpus: CodedCorpus, tmp_path: Path) -> None:
    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        add_coding(root, (0, 4), "code N: not urban", reserved.NOBODY, text="Plan")
        add_coding(root, (0, 4), "code X: incidental", reserved.NOBODY, text="Plan")

    returned = qdpx.read(rewritten(written(corpus.bundle, tmp_path), change))
    (message,) = (each.message for each in returned.problems if each.kind == "conflict")
    assert message.startswith("Somebody gave this passage several codes")


def test_a_person_who_uses_a_code_of_the_suggestions_is_reported(corpus: CodedCorpus, tmp_path: Path) -> None:
    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        add_coding(root, (0, 4), "suggested code E", "Zoe", text="Plan")

    returned = qdpx.read(rewritten(written(corpus.suggested(), tmp_path), change))
    assert not returned.passages
    assert [(each.kind, each.coder) for each in returned.problems] == [("suggested_code", "Zoe")]


def test_all_memos_of_a_passage_are_kept(corpus: CodedCorpus, tmp_path: Path) -> None:
    """QualCoder has a memo for each code of a passage; a remark without a code is told."""
    unit = corpus.units[2]
    span = (unit.anchor.start, unit.anchor.start + unit.anchor.length)

    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        add_coding(root, span, "sector wa: waste", "Zoe", text=unit.text, memo="six yards")
        add_coding(root, span, "code E: explicit", "Zoe", text=unit.text, memo="a city")
        add_coding(root, (0, 4), "", "Zoe", text="Plan", memo="a heading")

    returned = qdpx.read(rewritten(written(corpus.bundle, tmp_path), change))
    assert [each.coding.comment for each in returned.passages] == ["a city\nsix yards"]
    assert [each.kind for each in returned.problems if each.kind == "remark"] == ["remark"]
    assert len(noted(returned, "joined_comments")) == 1


@pytest.mark.parametrize(("old", "new"), [("", "changed"), ("six yards", "seven yards"), ("six yards", "")])
def test_a_memo_that_was_corrected_takes_the_place_of_the_exported_one(
    corpus: CodedCorpus, tmp_path: Path, old: str, new: str
) -> None:
    """QualCoder has the comment four times, with each code; a coder corrects one, or clears all."""

    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        as_qualcoder(root, texts)
        by_ana = [
            each for each in root.iter(f"{P}PlainTextSelection") if each.find(f"{P}Description") is not None
        ]
        assert len(by_ana) == (4 if old else 0)
        for each in by_ana[: 1 if new else 4]:
            memo = ET.SubElement(each, f"{P}Description")
            memo.text, each[0].text = "", new

    bundle = corpus.coded("E")
    coding = replace(bundle.sheet.codings[0], comment=old)
    bundle = replace(bundle, sheet=replace(bundle.sheet, codings=(coding,)))
    returned = qdpx.read(rewritten(written(bundle, tmp_path), change, keep_note=True))
    assert [each.coding.comment for each in returned.passages] == [new if old else ""]
    assert len(noted(returned, "changed_comment")) == (1 if old else 0)


# Positions behind characters beyond the Basic Multilingual Plane

TEXT = "😀😀 Metro opens.\nThe city 𠮷 grows by ten trams a year.\nFields rest."
WORDS = "ten trams"


def rare(codes: str = "") -> ExportBundle:
    digest = "c" * 64
    units = []
    start = 0
    for line in TEXT.split("\n"):
        units.append(Unit("XAA_2022", Anchor(digest, None, start, len(line), fingerprint(line)), line))
        start += len(line) + 1
    codings = tuple(coding_of(unit, code) for unit, code in zip(units, codes, strict=False))
    return ExportBundle(CodingSheet(tuple(units), codings), texts={digest: TEXT})


def coded_at(folder: Path, shift: int, name: str | None, origin: str = "QualCoder 4.0 Beta") -> ImportResult:
    """A project in which Zoe coded some words, with positions that are ahead by `shift`."""
    start = TEXT.index(WORDS) + shift

    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        as_qualcoder(root, texts)
        root.set("origin", origin)
        add_coding(root, (start, start + len(WORDS)), "code E: explicit", "Zoe", text=name)

    return qdpx.read(rewritten(written(rare(), folder), change))


def test_our_own_positions_count_code_points(tmp_path: Path) -> None:
    returned = qdpx.read(rewritten(written(rare("ENX"), tmp_path), as_qualcoder))
    assert not returned.problems
    assert [text for _, _, text in said(returned)] == TEXT.split("\n")


@pytest.mark.parametrize("origin", ["QualCoder 4.0 Beta", "Another 1.0"])
def test_positions_in_utf_16_are_recognised_by_the_selected_text(tmp_path: Path, origin: str) -> None:
    for shift, kinds in ((0, []), (3, ["reanchored"])):
        returned = coded_at(tmp_path, shift, WORDS, origin)
        assert said(returned) == [("Zoe", "E", WORDS)]
        (coding,) = returned.sheet.codings
        assert (coding.anchor.start, coding.anchor.length) == (TEXT.index(WORDS), len(WORDS))
        assert [each.kind for each in returned.problems if each.kind == "reanchored"] == kinds
        assert not severe(returned)


@pytest.mark.parametrize("name", [None, "", "Quotation 7"])
def test_positions_that_nothing_tells_are_a_question(tmp_path: Path, name: str | None) -> None:
    returned = coded_at(tmp_path, 3, name, "Another 1.0")
    assert severe(returned) == [("question", "unsure_place")]
    assert "' trams a '" in next(each.message for each in returned.problems if each.kind == "unsure_place")


def test_a_whole_passage_needs_no_selected_text(tmp_path: Path) -> None:
    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        for each in root.iter(f"{P}PlainTextSelection"):
            each.attrib.pop("name")

    returned = qdpx.read(rewritten(written(rare("ENX"), tmp_path), change))
    assert not severe(returned)
    assert [text for _, _, text in said(returned)] == TEXT.split("\n")


@pytest.mark.parametrize("keep_note", [True, False])
def test_whole_passages_in_utf_16_without_the_selected_text_are_a_question(
    tmp_path: Path, keep_note: bool
) -> None:
    """What was to be coded stands in the same file, and is shifted like all the rest."""
    path = rewritten(written(rare("ENX"), tmp_path), shifted, keep_note=keep_note)
    assert ("question", "unsure_place") in severe(qdpx.read(path))


def test_another_text_than_was_selected_is_refused(tmp_path: Path) -> None:
    """QualCoder names a selection by its text; other programs may give it a title."""
    assert severe(coded_at(tmp_path, 5, WORDS)) == [("error", "wrong_text")]
    assert not coded_at(tmp_path, 5, WORDS).passages


def test_titles_of_selections_are_no_fault_where_positions_are_sure(
    corpus: CodedCorpus, tmp_path: Path
) -> None:
    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        for each in root.iter(f"{P}PlainTextSelection"):
            each.set("name", "a title")

    returned = qdpx.read(rewritten(written(corpus.coded("E", "N"), tmp_path), change))
    assert not severe(returned)
    assert len(returned.passages) == 2
