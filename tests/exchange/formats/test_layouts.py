"""What each tool finds in its file: the coding material as its users need it."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET  # of files that were written here

import openpyxl
import pytest
from coded_corpus import ARABIC, MODEL, CodedCorpus, coding_of
from coding_sheets import alike, write_files
from refi_projects import P, project_of, rewritten

from ndc_urban.codebook import ROLES, SECTORS, STRANDS
from ndc_urban.errors import ExchangeFileInvalid, OutputExists, OutputUnwritable
from ndc_urban.exchange import reserved
from ndc_urban.exchange.coding_sheet import CodingSheet, Unit
from ndc_urban.exchange.export_bundle import ExportBundle
from ndc_urban.exchange.formats import (
    csv_table,
    docbin,
    doccano,
    label_studio,
    prodigy,
    qdc,
    qdpx,
    workbook,
    xlsx,
)
from ndc_urban.exchange.guide import CODE_RULES, LEVEL_RULES, NOT_A_LABEL
from ndc_urban.exchange.registry import FORMATS, format_of
from ndc_urban.labels.anchors import Anchor, fingerprint

ROOT = Path(__file__).parents[3]


def made(writer: Any, bundle: ExportBundle, path: Path) -> Path:
    write_files(writer.write(bundle, path))
    return path


def of_text(text: str, **more: Any) -> ExportBundle:
    """ExportBundle with one passage of any text."""
    digest = "c" * 64
    anchor = Anchor(digest, 1, 0, len(text), fingerprint(text))
    unit = Unit("XAA_2022", anchor, text)
    sheet = CodingSheet((unit,), (coding_of(unit, "E"),))
    return ExportBundle(sheet, texts={digest: text}, **more)


def drawn(corpus: CodedCorpus) -> dict[str, float]:
    """Inclusion probabilities, as a sample has them."""
    return {sha256: 0.25 for _, sha256 in corpus.sheet.documents}


# The codebook


def test_the_rules_are_those_of_the_codebook() -> None:
    """The short form for sheets says what annotations/CODEBOOK.md says, word for word."""

    def plain(text: str) -> str:
        return " ".join(re.sub(r"[`*]", "", text).split())

    book = plain((ROOT / "annotations" / "CODEBOOK.md").read_text(encoding="utf-8"))
    for rule in (*CODE_RULES.values(), *LEVEL_RULES.values()):
        assert plain(rule) in book


# Excel


def test_a_workbook_has_a_sheet_a_document_and_the_codebook(corpus: CodedCorpus, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(made(xlsx, corpus.bundle, tmp_path / "x.xlsx"))
    assert book.sheetnames == ["XAA_2022", "XAB_2022", "Levels", "Codebook", "Lists", "Exact text"]
    assert [book[name].sheet_state for name in ("Codebook", "Lists", "Exact text")] == [
        "visible",
        "hidden",
        "hidden",
    ]
    rules = {row[3].value for row in book["Codebook"].iter_rows(min_row=3)}
    assert set(CODE_RULES.values()) <= rules


def test_one_list_has_all_passages_on_one_sheet(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = made(xlsx, replace(corpus.bundle, one_list=True), tmp_path / "x.xlsx")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[:2] == ["Passages", "Levels"]
    assert sum(bool(row[0].value) for row in book["Passages"].iter_rows(min_row=2)) == len(corpus.units)
    assert alike(xlsx.read(path).sheet, corpus.sheet)


def test_a_workbook_has_drop_downs_frozen_heads_and_locked_places(
    corpus: CodedCorpus, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(made(xlsx, corpus.bundle, tmp_path / "x.xlsx"))
    sheet = book["XAA_2022"]
    columns = {str(cell.value).split(" (")[0]: cell.column_letter for cell in sheet[1]}
    last = 1 + sum(unit.document == "XAA_2022" for unit in corpus.units) + workbook.FURTHER_ROWS
    listed = {}
    for rule in sheet.data_validations.dataValidation:
        name, cells = rule.formula1.split("!")
        source = book[name][cells.replace("$", "")]
        listed[str(rule.sqref).split(":")[0].rstrip("0123456789")] = [row[0].value for row in source]
        assert str(rule.sqref).endswith(str(last))
        assert rule.promptTitle
        assert rule.prompt
    assert listed == {
        columns["code"]: ["E", "I", "X", "N"],
        columns["sector"]: list(SECTORS),
        columns["strand"]: list(STRANDS),
        columns["role"]: list(ROLES),
    }
    assert sheet.freeze_panes == "C2"
    assert sheet.protection.sheet
    assert sheet[f"{columns['fingerprint']}2"].protection.locked
    hidden = [each for each in sheet.column_dimensions.values() if each.hidden]
    place = openpyxl.utils.column_index_from_string(columns["fingerprint"])
    assert any(each.min <= place <= each.max for each in hidden)
    assert not any(sheet[f"{columns['code']}{row}"].protection.locked for row in (2, last))
    assert not sheet[f"{columns['fingerprint']}{last}"].protection.locked, "a row may be copied there"
    assert sheet.max_row == last
    levels = book["Levels"]
    assert len(levels.data_validations.dataValidation) == 3


def test_arabic_sheets_run_from_right_to_left(corpus: CodedCorpus, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(made(xlsx, corpus.bundle, tmp_path / "x.xlsx"))
    assert book["XAB_2022"].sheet_view.rightToLeft
    assert not book["XAA_2022"].sheet_view.rightToLeft
    assert ARABIC[0] in [cell.value for cell in book["XAB_2022"]["E"]]


def test_suggestions_in_a_workbook_are_apart_and_marked(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = made(xlsx, corpus.suggested(), tmp_path / "x.xlsx")
    sheet = openpyxl.load_workbook(path)["XAA_2022"]
    heads = {str(cell.value): cell.column for cell in sheet[1]}
    assert sheet.cell(2, heads[f"suggested_code ({NOT_A_LABEL})"]).value == "E"
    assert sheet.cell(2, heads["code"]).value is None
    returned = xlsx.read(path)
    assert not returned.passages
    assert returned.uncoded == len(corpus.units)


def test_a_text_longer_than_a_cell_comes_back(tmp_path: Path) -> None:
    """A cell holds 32,767 characters, in Excel's own count of UTF-16 units too."""
    for text in ("city " * 20_000, "😀" * 40_000, "\x01" * 40_000 + "x"):
        path = made(xlsx, of_text(text), tmp_path / "x.xlsx")
        sheet = openpyxl.load_workbook(path)["XAA_2022"]
        assert all(len(str(cell.value or "").encode("utf-16-le")) // 2 <= 32_767 for cell in sheet[2])
        returned = xlsx.read(path)
        assert returned.units[0].text == text
        assert not returned.problems


def test_a_large_workbook_is_written_row_by_row(
    corpus: CodedCorpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds the same, drop-downs and lists too."""
    small = openpyxl.load_workbook(made(xlsx, corpus.coded("E", "N"), tmp_path / "small.xlsx"))
    monkeypatch.setattr(xlsx, "LARGE", 0)
    path = made(xlsx, corpus.coded("E", "N"), tmp_path / "large.xlsx")
    large = openpyxl.load_workbook(path)
    for sheet in small:
        same = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert [[cell.value for cell in row] for row in large[sheet.title].iter_rows()] == same
    assert alike(xlsx.read(path).sheet, corpus.coded("E", "N").sheet)
    text = "=x \x01 _x0041_ " * 5000
    assert xlsx.read(made(xlsx, of_text(text), tmp_path / "long.xlsx")).units[0].text == text


def test_no_cell_is_a_formula_or_a_link(tmp_path: Path) -> None:
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "http://example.org", "{=1}"):
        sheet = openpyxl.load_workbook(made(xlsx, of_text(text), tmp_path / "x.xlsx"))["XAA_2022"]
        cell = next(cell for cell in sheet[2] if cell.value == text)
        assert (cell.data_type, cell.hyperlink) == ("s", None)


def test_documents_whose_names_excel_does_not_take(tmp_path: Path) -> None:
    names = ["XAA_a/b:c*d?[e]", "XAA_" + "x" * 40, "XAA_" + "x" * 41, "XAA_" + "X" * 40, "XAA_'q'"]
    units = tuple(
        Unit(name, Anchor(f"{at:064x}", None, 0, 4, fingerprint("city")), "city")
        for at, name in enumerate(names)
    )
    path = made(xlsx, ExportBundle(CodingSheet(units)), tmp_path / "x.xlsx")
    titles = openpyxl.load_workbook(path).sheetnames
    assert all(len(title) <= 31 for title in titles)
    assert len({title.lower() for title in titles}) == len(titles)
    assert xlsx.read(path).units == units


# CSV


@pytest.mark.parametrize("text", ["=1+1", "+x", "-x", "@x", "\t=x", "\r=x", "＝1", "'=x"])
def test_no_cell_of_a_csv_is_run_as_a_formula(text: str, tmp_path: Path) -> None:
    path = made(csv_table, of_text(text), tmp_path / "x.csv")
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    assert rows[0]["text"] == f"'{text}"
    assert csv_table.read(path).units[0].text == text


def test_a_csv_of_a_long_text(tmp_path: Path) -> None:
    """The csv module stops at 131,072 characters unless told otherwise; its setting is put back."""
    limit = csv.field_size_limit()
    path = made(csv_table, of_text("city " * 60_000), tmp_path / "x.csv")
    assert len(csv_table.read(path).units[0].text) == 300_000
    assert csv.field_size_limit() == limit


def test_no_fingerprint_looks_like_a_number(corpus: CodedCorpus, tmp_path: Path) -> None:
    """Excel would save 12345678901234567890 and 123e45 as other numbers."""
    anchor = Anchor("c" * 64, 1, 0, 4, "1234567890123456789e")
    bundle = ExportBundle(CodingSheet((Unit("XAA_2022", anchor, "city"),)))
    path = made(csv_table, bundle, tmp_path / "x.csv")
    (row,) = csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))
    assert not row["fingerprint"][0].isdigit()
    path = made(csv_table, corpus.coded("N"), tmp_path / "y.csv")
    assert csv_table.read(path).passages[0].coding.anchor == corpus.units[0].anchor


# Label Studio, Prodigy, doccano, DocBin


def test_label_studio_has_labels_as_annotations_and_suggestions_as_predictions(
    corpus: CodedCorpus, tmp_path: Path
) -> None:
    coded = corpus.coded("N")
    bundle = replace(coded, sheet=replace(corpus.suggested().sheet, codings=coded.sheet.codings))
    path = made(label_studio, bundle, tmp_path / "passages.json")
    first, second = json.loads(path.read_text(encoding="utf-8"))[:2]
    assert first["annotations"][0]["result"][0]["value"] == {"choices": ["N"]}
    assert second["annotations"] == []
    for task in (first, second):
        (prediction,) = task["predictions"]
        assert prediction["score"] == 0.75
        assert prediction["model_version"].startswith(MODEL[:12])
        assert [each["value"]["choices"] for each in prediction["result"]] == [["E"], ["tr"], ["m"], ["r"]]
    config = ET.fromstring((tmp_path / "config.xml").read_bytes())  # noqa: S314
    assert [tag.get("name") for tag in config.iter("Choices")] == ["code", "sector", "strand", "role"]
    code = next(tag for tag in config.iter("Choices") if tag.get("name") == "code")
    assert [choice.get("alias") for choice in code] == ["E", "I", "X", "N"]


def label_studio_annotation(code: str, **more: Any) -> dict[str, Any]:
    """An annotation as Label Studio exports one that was made in it."""
    result = [
        {
            "id": "x",
            "from_name": "code",
            "to_name": "text",
            "type": "choices",
            "value": {"choices": [code]},
            "origin": "manual",
        }
    ]
    return {"id": 7, "completed_by": 1, "result": result, "updated_at": "2026-09-01T08:00:00.123456Z"} | more


def test_an_annotation_made_in_label_studio(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = made(label_studio, corpus.suggested(), tmp_path / "back.json")
    tasks = json.loads(path.read_text(encoding="utf-8"))
    tasks[0]["annotations"] = [label_studio_annotation("X")]
    tasks[1]["annotations"] = [label_studio_annotation("N", completed_by={"email": "ben@example.org"})]
    tasks[2]["annotations"] = [label_studio_annotation("E", was_cancelled=True)]
    path.write_text(json.dumps(tasks), encoding="utf-8")
    returned = label_studio.read(path, coder="Ana")
    said = [(each.coding.coder, each.coding.code, each.coding.coded_at) for each in returned.passages]
    timestamp = "2026-09-01T08:00:00.123456+00:00"
    assert said == [("Ana", "X", timestamp), ("ben@example.org", "N", timestamp)]
    assert [problem.kind for problem in returned.problems if problem.severity == "note"] == ["skipped"]
    nobody = label_studio.read(path)
    assert [problem.kind for problem in nobody.problems if problem.severity == "error"] == ["no_coder"]


def test_an_annotation_changed_in_label_studio_is_no_more_the_first_coders(
    corpus: CodedCorpus, tmp_path: Path
) -> None:
    path = made(label_studio, corpus.coded("N", "N"), tmp_path / "back.json")
    tasks = json.loads(path.read_text(encoding="utf-8"))
    changed = tasks[0]["annotations"][0]
    changed["result"][0]["value"]["choices"] = ["X"]
    changed["updated_at"] = "2026-09-01T08:00:00Z"
    path.write_text(json.dumps(tasks), encoding="utf-8")
    said = [
        (each.coding.coder, each.coding.code, each.coding.coded_at[:10])
        for each in label_studio.read(path, coder="Ben").passages
    ]
    assert said == [("Ben", "X", "2026-09-01"), ("Ana", "N", "2026-08-31")]


def test_prodigy_tasks_are_for_its_choice_interface(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = made(prodigy, corpus.suggested(), tmp_path / "x.jsonl")
    task = json.loads(path.read_text(encoding="utf-8").splitlines()[0])
    assert {"text", "options", "meta"} <= task.keys()
    assert task["options"][0]["id"] == "code:E"
    assert task["meta"][NOT_A_LABEL] == "E"
    assert "accept" not in task
    assert not prodigy.read(path).passages


def test_an_answer_of_prodigy(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = made(prodigy, corpus.bundle, tmp_path / "x.jsonl")
    tasks = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    session = {"_annotator_id": "set-ana", "_timestamp": 1_788_170_400}
    tasks[0] |= {"accept": ["code:E", "sector:tr", "strand:m", "role:r"], "answer": "accept"} | session
    tasks[1] |= {"accept": ["code:N"], "answer": "ignore"} | session
    tasks[2] |= {"accept": ["code:Z"], "answer": "accept"} | session
    tasks[3] |= {"accept": ["code:E", "code:N"], "answer": "accept"} | session
    path.write_text("".join(json.dumps(task) + "\n" for task in tasks), encoding="utf-8")
    returned = prodigy.read(path)
    (item,) = returned.passages
    assert (item.coding.coder, item.coding.sector) == ("ana", "tr")
    assert item.coding.coded_at == "2026-08-31T10:00:00+00:00"
    told = sorted((problem.kind, problem.place.row) for problem in returned.problems)
    assert told == [("misspelt", 3), ("misspelt", 4), ("not_accepted", 2)]


def test_doccano_examples_are_for_text_classification(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = made(doccano, corpus.coded("E"), tmp_path / "passages.jsonl")
    first, second = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[:2])
    assert first["label"] == ["code:E", "sector:tr", "strand:m", "role:r"]
    assert second["label"] == []
    labels = json.loads((tmp_path / "labels.json").read_text(encoding="utf-8"))
    assert {"code:E", "sector:tr"} <= {label["text"] for label in labels}


def test_labels_given_in_doccano(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = made(doccano, corpus.bundle, tmp_path / "admin.jsonl")
    examples = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    examples[0] |= {"id": 12, "label": ["code:X"], "Comments": []}
    examples[1] |= {"id": 13, "label": ["urban"]}
    path.write_text("".join(json.dumps(each) + "\n" for each in examples), encoding="utf-8")
    returned = doccano.read(path, coder="Ana")
    assert [(each.coding.coder, each.coding.code) for each in returned.passages] == [("Ana", "X")]
    assert [(problem.kind, problem.value) for problem in returned.problems] == [("misspelt", "urban")]


def test_labels_changed_in_doccano_are_no_more_the_first_coders(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = made(doccano, corpus.coded("N", "N"), tmp_path / "admin.jsonl")
    examples = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    examples[0]["label"] = ["code:X"]
    examples[1]["label"] = []
    path.write_text("".join(json.dumps(each) + "\n" for each in examples), encoding="utf-8")
    returned = doccano.read(path, coder="Ben")
    assert [(each.coding.coder, each.coding.code) for each in returned.passages] == [("Ben", "X")]


def test_a_docbin_has_labels_and_suggestions_as_spans(corpus: CodedCorpus, tmp_path: Path) -> None:
    from spacy.tokens import DocBin
    from spacy.vocab import Vocab

    coded = corpus.coded("N")
    bundle = replace(coded, sheet=replace(corpus.suggested().sheet, codings=coded.sheet.codings))
    path = made(docbin, bundle, tmp_path / "passages.spacy")
    docs = list(DocBin().from_disk(path).get_docs(Vocab()))
    assert [doc.text for doc in docs] == [unit.text for unit in corpus.units]
    assert [[(span.text, span.label_) for span in doc.spans["urban"]] for doc in docs[:2]] == [
        [(docs[0].text, "N")],
        [],
    ]
    assert {span.label_ for doc in docs for span in doc.spans["suggested"]} == {"E"}
    assert docs[0].cats == {"E": 0.0, "I": 0.0, "X": 0.0, "N": 1.0}
    assert docs[1].cats == {}


def test_a_span_changed_in_spacy_comes_back(corpus: CodedCorpus, tmp_path: Path) -> None:
    from spacy.tokens import DocBin, Span
    from spacy.vocab import Vocab

    path = made(docbin, corpus.coded("N"), tmp_path / "passages.spacy")
    docs = list(DocBin().from_disk(path).get_docs(Vocab()))
    docs[0].spans["urban"] = [Span(docs[0], 0, len(docs[0]), label="X")]
    DocBin(docs=docs, store_user_data=True).to_disk(path)
    assert [(each.coding.coder, each.coding.code) for each in docbin.read(path).passages] == [("Ana", "X")]
    DocBin(docs=docs).to_disk(path)
    with pytest.raises(ExchangeFileInvalid, match="user_data"):
        docbin.read(path)


# REFI-QDA


def test_a_project_has_the_codes_at_the_right_places(corpus: CodedCorpus, tmp_path: Path) -> None:
    """Positions count code points in the source's text, as a program finds it that reads it with any line ends."""
    root, sources = project_of(made(qdpx, corpus.coded("E", "N"), tmp_path / "x.qdpx"))
    codes = {code.get("guid"): code.get("name") for code in root.iter(f"{P}Code")}
    users = {user.get("guid"): user.get("name") for user in root.iter(f"{P}User")}
    found = []
    for source in root.iter(f"{P}TextSource"):
        text = sources[str(source.get("guid"))]
        assert source.get("plainTextPath") == f"internal://{source.get('guid')}.txt"
        assert io.StringIO(text, newline=None).read() == text
        for selection in source.iter(f"{P}PlainTextSelection"):
            start, end = int(str(selection.get("startPosition"))), int(str(selection.get("endPosition")))
            for coding in selection.iter(f"{P}Coding"):
                reference = coding.find(f"{P}CodeRef")
                assert reference is not None
                name = codes[reference.get("targetGUID")]
                found.append((users[selection.get("creatingUser")], name, text[start:end]))
    by_ana = [(name, text) for user, name, text in found if user == "Ana"]
    first, second = corpus.units[0].text, corpus.units[1].text
    assert by_ana == [
        ("code E: explicit", first),
        ("sector tr: transport and mobility", first),
        ("strand m: mitigation", first),
        ("role r: response", first),
        ("code N: not urban", second),
    ]
    waiting = [text for user, name, text in found if name == "passage to code"]
    assert waiting == [unit.text for unit in corpus.units]


def test_a_project_is_as_qualcoder_reads_projects(corpus: CodedCorpus, tmp_path: Path) -> None:
    """QualCoder needs unique names of codes, and users and timestamps on selections and notes (its refi.py)."""
    root, _ = project_of(
        made(qdpx, replace(corpus.suggested(), inclusion=drawn(corpus)), tmp_path / "x.qdpx")
    )
    codes = list(root.iter(f"{P}Code"))
    assert len({code.get("name") for code in codes}) == len(codes)
    for code in codes:
        children = {child.tag for child in code}
        assert children <= (
            {f"{P}Description"} if code.get("isCodable") == "true" else {f"{P}Description", f"{P}Code"}
        )
    for element in (
        *root.iter(f"{P}PlainTextSelection"),
        *root.iter(f"{P}Note"),
        *root.iter(f"{P}TextSource"),
    ):
        assert element.get("creatingUser")
        assert element.get("creationDateTime")
    names = [source.get("name") for source in root.iter(f"{P}TextSource")]
    assert len(set(names)) == len(names)
    assert not any(set(str(name)) & set('/\\:*?"<>|') for name in names)
    assert [child.tag for child in root] == [
        f"{P}{name}" for name in ("Users", "CodeBook", "Variables", "Sources", "Notes", "Description")
    ]


def test_suggestions_in_a_project_have_codes_and_a_user_of_their_own(
    corpus: CodedCorpus, tmp_path: Path
) -> None:
    path = made(qdpx, corpus.suggested(), tmp_path / "x.qdpx")
    root, _ = project_of(path)
    users = [user.get("name") for user in root.iter(f"{P}User")]
    assert users == [reserved.NOBODY, "ndc-urban", f"model {MODEL[:12]} ({NOT_A_LABEL})"]
    assert not qdpx.read(path).passages


def test_guids_are_stable(corpus: CodedCorpus, tmp_path: Path) -> None:
    one, _ = project_of(made(qdpx, corpus.coded("E"), tmp_path / "1.qdpx"))
    two, _ = project_of(made(qdpx, corpus.coded("E"), tmp_path / "2.qdpx"))
    assert [each.get("guid") for each in one.iter()] == [each.get("guid") for each in two.iter()]
    codes = {code.get("guid") for code in one.iter(f"{P}Code")}
    assert qdc.read_codes(made(qdc, corpus.bundle, tmp_path / "x.qdc")).keys() <= codes


def test_a_codebook_comes_back_and_differences_are_reported(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = made(qdc, corpus.bundle, tmp_path / "x.qdc")
    assert not qdc.read(path).problems
    text = path.read_text(encoding="utf-8").replace("code E: explicit", "names a city")
    path.write_text(
        re.sub(r'<Code guid="[^"]+" name="role r', '<Code guid="x" name="role r', text), encoding="utf-8"
    )
    told = "".join(problem.message for problem in qdc.read(path).problems)
    assert "names a city" in told
    assert "role r: response" in told


def test_a_project_saved_by_a_program_that_drops_the_note(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = made(qdpx, corpus.coded("E", "N", "I"), tmp_path / "x.qdpx")
    returned = qdpx.read(rewritten(path, lambda root, texts: None))
    assert not [problem for problem in returned.problems if problem.severity != "note"]
    said = [
        (each.coding.document, each.coding.coder, each.coding.code, each.text) for each in returned.passages
    ]
    assert said == [
        ("XAA_2022", "Ana", code, unit.text) for code, unit in zip("ENI", corpus.units, strict=False)
    ]
    assert {each.coding.anchor.sha256 for each in returned.passages} == {corpus.units[0].anchor.sha256}
    assert [each.coding.level for each in returned.levels] == ["moderate", "moderate"]


def test_a_project_whose_codes_have_other_guids(corpus: CodedCorpus, tmp_path: Path) -> None:
    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        new = {}
        for at, code in enumerate(root.iter(f"{P}Code")):
            new[code.get("guid")] = f"{{{at:08X}-0000-0000-0000-000000000000}}"
            code.set("guid", new[code.get("guid")])
        for reference in root.iter(f"{P}CodeRef"):
            reference.set("targetGUID", new[reference.get("targetGUID")].strip("{}").lower())

    path = rewritten(made(qdpx, corpus.coded("E", "N"), tmp_path / "x.qdpx"), change)
    assert [each.coding.code for each in qdpx.read(path).passages] == ["E", "N"]


@pytest.mark.parametrize("counted", [1, 2])
def test_a_project_with_windows_line_ends(corpus: CodedCorpus, tmp_path: Path, counted: int) -> None:
    """ATLAS.ti counts such a line end as one character, others as two; the selections tell which."""

    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        for source in root.iter(f"{P}TextSource"):
            name = f"sources/{source.get('guid')}.txt"
            text = texts[name].decode()
            texts[name] = text.replace("\n", "\r\n").encode()
            for selection in source.iter(f"{P}PlainTextSelection"):
                for side in ("startPosition", "endPosition"):
                    at = int(str(selection.get(side)))
                    selection.set(side, str(at + (text[:at].count("\n") if counted == 2 else 0)))

    path = rewritten(made(qdpx, corpus.coded("E", "N", "I"), tmp_path / "x.qdpx"), change)
    assert [each.text for each in qdpx.read(path).passages] == [unit.text for unit in corpus.units[:3]]


def test_a_project_in_which_a_coder_worked(corpus: CodedCorpus, tmp_path: Path) -> None:
    """One code was changed, one coding deleted, one passage coded by somebody new."""

    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        codes = {str(code.get("name")): str(code.get("guid")) for code in root.iter(f"{P}Code")}
        users = next(root.iter(f"{P}Users"))
        ET.SubElement(users, f"{P}User", guid="11111111-1111-1111-1111-111111111111", name="Ben")
        ana = next(user.get("guid") for user in users if user.get("name") == "Ana")
        source = next(root.iter(f"{P}TextSource"))
        by_ana = [each for each in source.iter(f"{P}PlainTextSelection") if each.get("creatingUser") == ana]
        next(by_ana[1].iter(f"{P}CodeRef")).set("targetGUID", codes["code X: incidental"])
        by_ana[1].set("modifiedDateTime", "2026-09-02T10:00:00Z")
        source.remove(by_ana[2])
        mine = ET.SubElement(source, f"{P}PlainTextSelection", dict(by_ana[2].attrib))
        mine.set("creatingUser", "11111111-1111-1111-1111-111111111111")
        coding = ET.SubElement(mine, f"{P}Coding", guid="22222222-2222-2222-2222-222222222222")
        ET.SubElement(coding, f"{P}CodeRef", targetGUID=codes["code N: not urban"])

    path = rewritten(made(qdpx, corpus.coded("E", "N", "E"), tmp_path / "x.qdpx"), change, keep_note=True)
    returned = qdpx.read(path)
    said = [(each.coding.coder, each.coding.code, each.coding.coded_at[:10]) for each in returned.passages]
    assert said == [("Ana", "E", "2026-08-31"), ("Ana", "X", "2026-09-02"), ("Ben", "N", "2026-08-31")]
    assert returned.uncoded == len(corpus.units) - 3
    assert not [problem for problem in returned.problems if problem.severity != "note"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-09-01T10:00:00Z", "2026-09-01T10:00:00+00:00"),
        ("2026-09-01T10:00:00.25+02:00", "2026-09-01T10:00:00+02:00"),
        ("2026-09-01 10:00:00+00:00Z", "2026-09-01T10:00:00+00:00"),
        ("2026-13-01T10:00:00Z", ""),
        ("today", ""),
    ],
)
def test_timestamps_of_other_programs(corpus: CodedCorpus, tmp_path: Path, written: str, read: str) -> None:
    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        for each in root.iter():
            if each.get("creationDateTime"):
                each.set("creationDateTime", written)

    path = rewritten(made(qdpx, corpus.coded("N"), tmp_path / "x.qdpx"), change)
    (item,) = qdpx.read(path).passages
    assert item.coding.coded_at == read


def test_levels_of_a_document_that_became_a_pdf_source(corpus: CodedCorpus, tmp_path: Path) -> None:
    """QualCoder writes a text whose name ends in .pdf as the representation of a PDF, with variables around it."""

    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        for source in root.iter(f"{P}TextSource"):
            inner = ET.SubElement(source, f"{P}Representation", dict(source.attrib))
            for child in list(source):
                if child.tag == f"{P}PlainTextSelection":
                    source.remove(child)
                    inner.append(child)
            del source.attrib["plainTextPath"]
        for source in list(root.iter(f"{P}TextSource")):
            source.tag = f"{P}PDFSource"

    path = rewritten(made(qdpx, corpus.coded("N"), tmp_path / "x.qdpx"), change)
    returned = qdpx.read(path)
    assert [each.coding.code for each in returned.passages] == ["N"]
    assert [each.coding.level for each in returned.levels] == ["moderate", "moderate"]


def test_two_codes_on_one_passage_are_reported(corpus: CodedCorpus, tmp_path: Path) -> None:
    def change(root: ET.Element, texts: dict[str, bytes]) -> None:
        codes = {str(code.get("name")): str(code.get("guid")) for code in root.iter(f"{P}Code")}
        ana = next(user.get("guid") for user in root.iter(f"{P}User") if user.get("name") == "Ana")
        first = next(each for each in root.iter(f"{P}PlainTextSelection") if each.get("creatingUser") == ana)
        coding = ET.SubElement(first, f"{P}Coding", guid="22222222-2222-2222-2222-222222222222")
        ET.SubElement(coding, f"{P}CodeRef", targetGUID=codes["code X: incidental"])

    path = rewritten(made(qdpx, corpus.coded("N", "N"), tmp_path / "x.qdpx"), change)
    returned = qdpx.read(path)
    assert [each.coding.code for each in returned.passages] == ["N"]
    assert [problem.kind for problem in returned.problems if problem.severity == "error"] == ["conflict"]


def test_a_project_needs_the_texts_of_its_documents(corpus: CodedCorpus, tmp_path: Path) -> None:
    with pytest.raises(ExchangeFileInvalid, match="text of XAA_2022"):
        qdpx.write(replace(corpus.bundle, texts={}), tmp_path / "x.qdpx")


# All formats


@pytest.mark.parametrize("name", FORMATS)
def test_a_sheet_for_one_coder_has_no_one_elses_codings(
    name: str, corpus: CodedCorpus, tmp_path: Path
) -> None:
    if name == "qdc":
        pytest.skip("a codebook has no codings")
    coded = corpus.coded("E", "N")
    others = tuple(coding_of(unit, "X", "Ben") for unit in corpus.units[:1])
    sheet = replace(coded.sheet, codings=(*coded.sheet.codings, *others), levels=())
    FORMATS[name].write(replace(coded, sheet=sheet, coder="Ben"), tmp_path / "out")
    returned = FORMATS[name].read(
        next(path for path in (tmp_path / "out").iterdir() if path.stem in ("passages", "coding"))
    )
    assert [(each.coding.coder, each.coding.code) for each in returned.passages] == [("Ben", "X")]
    assert not returned.levels
    assert len(returned.units) == len(corpus.units)


@pytest.mark.parametrize("name", FORMATS)
def test_the_format_is_recognised_by_the_content(name: str, corpus: CodedCorpus, tmp_path: Path) -> None:
    FORMATS[name].write(corpus.coded("E"), tmp_path / "out")
    main = next(path for path in (tmp_path / "out").iterdir() if path.stem == FORMATS[name].stem)
    assert format_of(main).name == name
    if name != "qdc":
        assert format_of(tmp_path / "out").name == name
    odd = tmp_path / "download(1)"
    odd.write_bytes(main.read_bytes())
    if name != "docbin":
        assert format_of(odd).name == name


def test_nothing_is_overwritten_and_nothing_half_written(
    corpus: CodedCorpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ndc_urban.exchange import registry

    out = tmp_path / "out"
    FORMATS["csv"].write(corpus.bundle, out)
    with pytest.raises(OutputExists):
        FORMATS["csv"].write(corpus.bundle, out)
    wrote: list[Path] = []

    def failing(path: Path, data: bytes) -> None:
        if wrote:
            raise OutputUnwritable("The disk is full.")
        wrote.append(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    monkeypatch.setattr(registry, "write_atomically", failing)
    with pytest.raises(OutputUnwritable):
        FORMATS["csv"].write(corpus.bundle, tmp_path / "other")
    assert wrote
    assert not list((tmp_path / "other").iterdir())
