"""Exports as the tools' own documentation and public issues show them, with the invented corpus in place of theirs."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from coded_corpus import CodedCorpus
from coding_sheets import write_files

from ndc_urban.errors import ExchangeFileInvalid
from ndc_urban.exchange.formats import csv_table, doccano, label_studio, prodigy, qdpx
from ndc_urban.exchange.import_result import ImportResult
from ndc_urban.exchange.people import who_is_who
from ndc_urban.exchange.registry import format_of

Made = dict[str, Any]


def imported(path: Path, *coders: str) -> ImportResult:
    coder, people = who_is_who(coders)
    return format_of(path).read(path, coder=coder, people=people)


def said(result: ImportResult) -> list[tuple[str, str]]:
    return [(each.coding.coder, each.coding.code) for each in result.passages]


def tasks_of(corpus: CodedCorpus) -> list[Made]:
    path = Path("passages.json")
    return list(json.loads(label_studio.write(corpus.suggested(), path)[path]))


def choice(code: str, name: str = "code") -> Made:
    """A result of Label Studio, with the fields of its documentation."""
    value = {"choices": [code]}
    return {
        "from_name": name, "id": "Dx_aB91ISN", "source": "$text", "to_name": "text", "type": "choices",
        "origin": "manual", "value": value,
    }  # fmt: skip


def saved(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def test_a_task_of_label_studio_with_all_documented_fields(corpus: CodedCorpus, tmp_path: Path) -> None:
    """labelstud.io/guide/task_format; predictions by their number alone: HumanSignal/label-studio issue 5654."""
    tasks = tasks_of(corpus)[:2]
    for number, task in enumerate(tasks, 1):
        task |= {"id": number, "created_at": "2021-03-09T21:52:49.513742Z", "project": 83, "predictions": [7]}
        task |= {"file_upload": "1f5-passages.json", "total_annotations": 1, "cancelled_annotations": 0}
        task["annotations"] = [
            {
                "id": f"100{number}", "result": [choice("N")], "was_cancelled": False, "ground_truth": False,
                "created_at": "2021-03-09T22:16:08.728353Z", "updated_at": "2021-03-09T22:16:08.728378Z",
                "lead_time": 4.288, "result_count": 0, "task": number, "completed_by": 10,
            }
        ]  # fmt: skip
    result = imported(saved(tmp_path / "project-83.json", tasks), "Ana")
    assert said(result) == [("Ana", "N"), ("Ana", "N")]
    assert result.passages[0].coding.coded_at.startswith("2021-03-09T22:16:08")
    assert (result.passages[0].seconds, result.passages[0].clocked) == (4.288, True)
    assert not [each for each in result.problems if each.severity != "note"]


def test_completions_of_label_studio_before_version_1(corpus: CodedCorpus, tmp_path: Path) -> None:
    """Annotations were called completions, and their times were numbers: HumanSignal/label-studio pull request 651."""
    task = tasks_of(corpus)[0]
    del task["annotations"], task["predictions"]
    made = {"id": 1001, "lead_time": 9.8, "created_at": 1615328168, "result": [choice("X")], "honeypot": True}
    task["completions"] = [made]
    result = imported(saved(tmp_path / "result.json", [task]), "Ana")
    assert said(result) == [("Ana", "X")]
    assert result.passages[0].coding.coded_at.startswith("2021-03-09")


def test_an_annotation_of_label_studio_without_a_result(corpus: CodedCorpus, tmp_path: Path) -> None:
    """Submitted empty: HumanSignal/label-studio issue 5664."""
    tasks = tasks_of(corpus)
    tasks[0]["annotations"] = [{"id": 1, "result": [], "completed_by": 1, "was_cancelled": False}]
    tasks[1]["annotations"] = [{"id": 2, "result": [choice("N")], "completed_by": 1}]
    result = imported(saved(tmp_path / "x.json", tasks), "Ana")
    assert said(result) == [("Ana", "N")]
    assert result.uncoded == len(tasks) - 1


def examples_of(corpus: CodedCorpus, *codes: str) -> list[Made]:
    path = Path("passages.jsonl")
    lines = doccano.write(corpus.bundle, path)[path].decode().splitlines()
    return [json.loads(line) | {"label": [f"code:{code}"]} for line, code in zip(lines, codes, strict=False)]


def test_a_file_of_doccano_of_2018(corpus: CodedCorpus, tmp_path: Path) -> None:
    """`doc_id`, `labels` and `username`: doccano/doccano pull request 46."""
    lines = []
    for number, example in enumerate(examples_of(corpus, "X", "N", "N"), 20):
        example |= {"doc_id": number, "labels": example.pop("label"), "username": "admin"}
        lines.append(json.dumps(example))
    path = tmp_path / "export.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert said(imported(path, "Ana")) == [("Ana", "X"), ("Ana", "N"), ("Ana", "N")]


def test_a_file_of_doccano_with_numbers_for_labels(corpus: CodedCorpus, tmp_path: Path) -> None:
    """The export JSONL without "text label": doccano/doccano issues 113, 1291 and 1374."""
    example = examples_of(corpus, "X")[0]
    del example["label"]
    example |= {"annotations": [{"id": 1, "label": 2, "user": 1}], "meta": {}}
    path = tmp_path / "file.jsonl"
    path.write_text(json.dumps(example) + "\n", encoding="utf-8")
    result = imported(path, "Ana")
    assert said(result) == []
    assert [(each.severity, each.kind, each.value) for each in result.problems] == [
        ("error", "misspelt", "2")
    ]


def test_a_list_of_examples_of_doccano(corpus: CodedCorpus, tmp_path: Path) -> None:
    """JSON in place of JSONL: doccano/doccano issue 454, and the format JSON of its newer versions."""
    path = saved(tmp_path / "all.json", examples_of(corpus, "X", "N"))
    assert said(imported(path, "Ana")) == [("Ana", "X"), ("Ana", "N")]


def answered(corpus: CodedCorpus, *codes: str) -> list[Made]:
    """Tasks as `prodigy db-out` writes them."""
    path = Path("passages.jsonl")
    lines = prodigy.write(corpus.bundle, path)[path].decode().splitlines()
    more = {"answer": "accept", "_timestamp": 1767225600, "_view_id": "choice", "_input_hash": 1}
    return [
        json.loads(line) | more | {"accept": [f"code:{code}"]}
        for line, code in zip(lines, codes, strict=False)
    ]


def lines_in(path: Path, tasks: list[Made]) -> Path:
    path.write_text("".join(json.dumps(task) + "\n" for task in tasks), encoding="utf-8")
    return path


def test_a_dataset_of_the_recipe_review(corpus: CodedCorpus, tmp_path: Path) -> None:
    """prodi.gy/docs/review: the answer of the reviewer, with the versions that it settles beside it."""
    task = answered(corpus, "X")[0]
    versions = [
        {**task, "accept": ["code:N"], "sessions": ["plans-ben"], "default": False},
        {**task, "sessions": ["plans-zoe"], "default": True},
    ]
    task |= {"versions": versions, "view_id": "choice", "_session_id": "reviewed-ana", "_annotator_id": "ana"}
    result = imported(lines_in(tmp_path / "reviewed.jsonl", [task]))
    assert [code for _, code in said(result)] == ["X"]
    assert [name.casefold() for name, _ in said(result)] == ["ana"]


def test_blocks_with_a_text_and_an_ignored_task(corpus: CodedCorpus, tmp_path: Path) -> None:
    """Blocks of choice and text_input, as in nestauk/dap_tutorials, prodigy_demo/multiple_tasks_recipe."""
    first, second = answered(corpus, "X", "N")
    blocks = {"config": {"blocks": [{"view_id": "choice", "text": None}, {"view_id": "text_input"}]}}
    first |= blocks | {"user_input": "unclear which town", "_view_id": "blocks"}
    second |= blocks | {"answer": "ignore", "accept": []}
    result = imported(lines_in(tmp_path / "out.jsonl", [first, second]), "Ana")
    assert said(result) == [("Ana", "X")]
    assert result.passages[0].coding.comment == "unclear which town"


def test_a_project_one_of_whose_texts_is_missing(corpus: CodedCorpus, tmp_path: Path) -> None:
    """MAXQDA's export with sources whose text file is not there: ccbogel/QualCoder issue 1027."""
    path = tmp_path / "x.qdpx"
    write_files(qdpx.write(corpus.coded("E", "N"), path))
    archive = zipfile.ZipFile(path)
    texts = [name for name in archive.namelist() if name.endswith(".txt")]
    broken = tmp_path / "missing.qdpx"
    with zipfile.ZipFile(broken, "w") as out:
        for name in archive.namelist():
            if name != texts[0]:
                out.writestr(name, archive.read(name))
    with pytest.raises(ExchangeFileInvalid, match="lacks the text") as refused:
        imported(broken)
    assert "with its sources" in refused.value.remedy


@pytest.mark.parametrize("header", ["", "Unnamed: 0", "...1", "X"])
def test_a_column_of_row_names(corpus: CodedCorpus, tmp_path: Path, header: str) -> None:
    """R's `write.csv` (row names), pandas' `to_csv` (index) and readr, which name that column so."""
    path = Path("passages.csv")
    written = csv_table.write(corpus.coded("X", "N"), path)[path].decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(written)))
    text = io.StringIO()
    named = [[header, *rows[0]], *([str(n), *row] for n, row in enumerate(rows[1:], 1))]
    csv.writer(text, lineterminator="\n").writerows(named)
    (tmp_path / "passages.csv").write_text(text.getvalue(), encoding="utf-8")
    result = imported(tmp_path / "passages.csv")
    assert said(result) == [("Ana", "X"), ("Ana", "N")]
    assert not [each for each in result.problems if each.severity != "note"]


def test_the_discussion_of_an_annotation_in_label_studio(corpus: CodedCorpus, tmp_path: Path) -> None:
    """docs.humansignal.com/guide/export: comments of the enterprise version, and their number without them."""
    tasks = tasks_of(corpus)[:2]
    for task in tasks:
        task |= {"comment_count": 1}
        task["annotations"] = [{"id": 1, "completed_by": 1, "result": [choice("N")]}]
    tasks[0]["annotations"][0]["comments"] = [{"text": "see the annex", "created_by": {"email": "b@x.org"}}]
    result = imported(saved(tmp_path / "x.json", tasks), "Ana")
    assert [each.coding.comment for each in result.passages] == ["b@x.org: see the annex", ""]
    assert [(each.kind, each.place.row) for each in result.problems] == [("remark", 2)]


def test_a_relation_of_label_studio_is_reported(corpus: CodedCorpus, tmp_path: Path) -> None:
    """labelstud.io/guide/export: a result of the type relation has no value."""
    task = tasks_of(corpus)[0]
    relation = {"from_id": "a", "to_id": "b", "type": "relation", "direction": "right"}
    task["annotations"] = [{"id": 1, "completed_by": 1, "result": [choice("N"), relation]}]
    result = imported(saved(tmp_path / "x.json", [task]), "Ana")
    assert (said(result), [each.kind for each in result.problems]) == ([("Ana", "N")], ["other_answer"])
    assert "“relation”" in result.problems[0].message


def test_a_table_of_doccano(corpus: CodedCorpus, tmp_path: Path) -> None:
    """The export CSV: labels joined with #, by doccano's `JoinedCategoryFormatter`; lists as Python writes them."""
    path = tmp_path / "all.csv"
    examples = [each | {"id": at, "exported_labels": "[]", "Comments": "why#not"} for at, each in
                enumerate(examples_of(corpus, "X", "N"))]  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, list(examples[0]))
        writer.writeheader()
        writer.writerows(each | {"label": "#".join(each["label"])} for each in examples)
    result = imported(path, "Ana")
    assert said(result) == [("Ana", "X"), ("Ana", "N")]
    assert result.passages[0].coding.comment == "why\nnot"
    changed = path.read_text(encoding="utf-8").replace("code:X", "code:E#sector:tr#code:I")
    path.write_text(changed, encoding="utf-8")
    assert {each.kind for each in imported(path, "Ana").problems} == {"misspelt", "remark"}


@pytest.mark.parametrize(
    "labels",
    [
        {"label": [[0, 8, "code:X"]]},
        {"entities": [{"id": 1, "label": "code:X", "start_offset": 0, "end_offset": 8}], "relations": []},
    ],
)
def test_labels_of_parts_of_a_text(corpus: CodedCorpus, tmp_path: Path, labels: Made) -> None:
    """doccano.github.io/doccano/tutorial: the exports of sequence labelling, without and with relations."""
    examples = examples_of(corpus, "X", "N")
    for example in examples:
        del example["label"]
    result = imported(lines_in(tmp_path / "all.jsonl", [each | labels for each in examples]), "Ana")
    assert said(result) == []
    assert [(each.severity, each.kind, each.place.row) for each in result.problems] == [
        ("error", "span_labels", 1),
        ("error", "span_labels", 2),
    ]
    assert "'code:X'" in result.problems[0].message
    assert "text classification" in result.problems[0].remedy


def test_lines_without_the_field_of_the_answers(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = lines_in(tmp_path / "out.jsonl", [{"document": "XAA_2022", "text": "a", "kode": "E"}])
    with pytest.raises(ExchangeFileInvalid, match="the field “code”; the first has document, text, kode"):
        imported(path, "Ana")


def test_a_list_of_another_tool_is_not_taken_for_label_studios(corpus: CodedCorpus, tmp_path: Path) -> None:
    with pytest.raises(ExchangeFileInvalid, match="not clear"):
        imported(saved(tmp_path / "pr.json", answered(corpus, "X")))
