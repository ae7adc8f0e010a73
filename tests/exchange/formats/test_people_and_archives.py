"""Files of several people, and archives, as annotation tools write them: nobody's coding becomes another's."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from coded_corpus import CodedCorpus
from coding_sheets import write_files

from ndc_urban.errors import ExchangeFileInvalid, UsageError
from ndc_urban.exchange.formats import csv_table, doccano, label_studio, prodigy, qdpx, xlsx
from ndc_urban.exchange.import_result import ImportResult
from ndc_urban.exchange.people import who_is_who
from ndc_urban.exchange.registry import format_of

Made = dict[str, Any]


def imported(path: Path, *coders: str) -> ImportResult:
    """What a file says, its format recognised, with these values of `--coder`."""
    coder, people = who_is_who(coders)
    return format_of(path).read(path, coder=coder, people=people)


def said(result: ImportResult) -> list[tuple[str, str]]:
    return [(each.coding.coder, each.coding.code) for each in result.passages]


def asked(result: ImportResult) -> list[str]:
    return [each.kind for each in result.problems if each.severity != "note"]


# Who is who


def test_values_of_coder() -> None:
    assert who_is_who(["1=Ana", "2 = Ben", "Zoe"]) == ("Zoe", {"1": "Ana", "2": "Ben"})
    for wrong in (["Ana", "Ben"], ["=Ana"], ["1="], ["1=Ana", "1=Ben"], ["1=ndc-urban"]):
        with pytest.raises(UsageError):
            who_is_who(wrong)


def annotation(code: str, who: Any, number: int = 1, **more: Any) -> Made:
    choice = {"from_name": "code", "to_name": "text", "type": "choices", "value": {"choices": [code]}}
    return {
        "id": number,
        "completed_by": who,
        "result": [choice],
        "updated_at": "2026-09-01T08:00:00Z",
    } | more


def label_studio_file(corpus: CodedCorpus, folder: Path, *annotated: list[Made]) -> Path:
    """An export with the annotations of the first tasks."""
    path = folder / "project-1.json"
    files = label_studio.write(corpus.bundle, path)
    tasks = json.loads(files[path])
    for task, given in zip(tasks, annotated, strict=False):
        task["annotations"] = given
    path.write_text(json.dumps(tasks), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        (1, 2, ("1", "2")),
        ({"id": 1, "email": "a@example.org"}, {"id": 2, "email": "b@example.org"}, ("1", "b@example.org")),
        ("a@example.org", "b@example.org", ("a@example.org", "B@example.org")),
    ],
)
def test_two_people_of_label_studio(
    corpus: CodedCorpus, tmp_path: Path, first: Any, second: Any, names: tuple[str, str]
) -> None:
    both = [annotation("N", first), annotation("N", second)]
    path = label_studio_file(corpus, tmp_path, both, [annotation("X", first)])
    (question,) = (each for each in imported(path, "Zoe").problems if each.severity != "note")
    assert (question.severity, question.kind) == ("question", "several_people")
    assert "(2 codings)" in question.message
    assert "(1 coding)" in question.message
    assert "=NAME --coder" in question.remedy
    assert "Zoe" not in {coder for coder, _ in said(imported(path, "Zoe"))}
    result = imported(path, f"{names[0]}=Ana", f"{names[1]}=Ben")
    assert not result.problems
    assert said(result) == [("Ana", "N"), ("Ben", "N"), ("Ana", "X")]
    assert said(imported(path, "Ana", f"{names[1]}=Ben")) == said(result)


def test_one_person_is_the_one_of_coder(corpus: CodedCorpus, tmp_path: Path) -> None:
    result = imported(label_studio_file(corpus, tmp_path, [annotation("N", 1)]), "Ana")
    assert (said(result), result.problems) == ([("Ana", "N")], ())
    result = imported(label_studio_file(corpus, tmp_path, [annotation("N", "box7@example.org")]), "Ana")
    assert (said(result), [each.kind for each in result.problems]) == ([("Ana", "N")], ["account"])


def test_an_answer_for_somebody_who_is_not_there(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = label_studio_file(corpus, tmp_path, [annotation("N", 1)])
    assert asked(imported(path, "Ana", "3=Ben")) == ["unknown_person"]


def test_a_copied_annotation_is_the_second_persons_own(corpus: CodedCorpus, tmp_path: Path) -> None:
    """Label Studio copies the note of the exported coding with the annotation."""
    path = tmp_path / "back.json"
    files = label_studio.write(corpus.coded("N"), path)
    tasks = json.loads(files[path])
    copied = tasks[0]["annotations"][0] | {"id": 9, "completed_by": 2}
    tasks[0]["annotations"].append(copied)
    path.write_text(json.dumps(tasks), encoding="utf-8")
    assert said(imported(path, "2=Ben")) == [("Ana", "N"), ("Ben", "N")]


def prodigy_file(corpus: CodedCorpus, folder: Path, *sessions: Made) -> Path:
    path = folder / "back.jsonl"
    files = prodigy.write(corpus.bundle, path)
    tasks = [json.loads(line) for line in files[path].decode().splitlines()]
    answered = [
        task | {"accept": ["code:N"], "answer": "accept"} | session
        for task, session in zip(tasks, sessions, strict=False)
    ]
    path.write_text("".join(json.dumps(each) + "\n" for each in answered), encoding="utf-8")
    return path


@pytest.mark.parametrize("ending", ["jsonl", "csv", "xlsx"])
def test_a_sheet_of_ana_that_is_imported_as_bens(corpus: CodedCorpus, tmp_path: Path, ending: str) -> None:
    """What was coded since is a question; codings that were in the sheet before it was exported are not."""
    path = tmp_path / f"back.{ending}"
    format_ = {"jsonl": prodigy, "csv": csv_table, "xlsx": xlsx}[ending]
    write_files(format_.write(replace(corpus.coded("X"), coder="Ana"), path))
    coded_before = imported(path, "Ben")
    assert (said(coded_before), asked(coded_before)) == ([("Ana", "X")], [])
    assert [each.kind for each in coded_before.problems] == ["kept_coder"]
    write_files(format_.write(replace(corpus.bundle, coder="Ana"), path))
    _code_second(path)
    result = imported(path, "Ben")
    assert asked(result) == ["second_coder"]
    question = next(each for each in result.problems if each.severity == "question")
    assert question.message == (
        "--coder says Ben, but the file was exported for Ana. The file names Ana (1 coding)."
    )
    assert (
        "If they are by Ben: --coder Ana=Ben. If they are by Ana: leave out --coder Ben." in question.remedy
    )
    for coders, name in (((), "Ana"), (("Ana",), "Ana"), (("Ana=Ben",), "Ben"), (("Ben", "Ana=Ben"), "Ben")):
        settled = imported(path, *coders)
        assert (said(settled), asked(settled)) == ([(name, "N")], [])


def _code_second(path: Path) -> None:
    """Gives the second passage of a file the code N, as its program would."""
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        names = [cell.value for cell in book.worksheets[0][1]]
        book.worksheets[0].cell(3, names.index("code") + 1).value = "N"
        book.save(path)
    elif path.suffix == ".csv":
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
        rows[1]["code"] = "N"
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        path.write_text(text.getvalue(), encoding="utf-8")
    else:
        tasks = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        tasks[1] |= {"accept": ["code:N"], "answer": "accept", "_timestamp": 1_788_170_400}
        path.write_text("".join(json.dumps(each) + "\n" for each in tasks), encoding="utf-8")


def test_a_number_in_a_sheet_of_ana_that_is_imported_as_bens(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = tmp_path / "project-1.json"
    tasks = json.loads(label_studio.write(replace(corpus.bundle, coder="Ana"), path)[path])
    tasks[0]["annotations"] = [annotation("N", 7)]
    path.write_text(json.dumps(tasks), encoding="utf-8")
    assert asked(imported(path, "Ben")) == ["second_coder"]
    assert said(imported(path, "7=Ben")) == [("Ben", "N")]


def session(name: str) -> Made:
    return {"_annotator_id": name, "_session_id": name, "_timestamp": 1_788_170_400}


def test_a_session_that_is_a_timestamp_is_nobody(corpus: CodedCorpus, tmp_path: Path) -> None:
    names = ("2026-08-01_09-10-00", "ndc_urban-2026-08-02_09-10-00", "ndc-urban-2026-08-03_09-10-00")
    path = prodigy_file(corpus, tmp_path, *map(session, names))
    assert said(imported(path, "Ana")) == [("Ana", "N")] * 3
    assert asked(imported(path, "Ana")) == []
    assert asked(imported(path)) == ["no_coder"] * 3


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("ndc_urban-ana", "ana"),
        ("ndc-urban-ana", "ana"),
        ("ndc_urban-anne-marie", "anne-marie"),
        ("ana", "ana"),
    ],
)
def test_the_name_of_the_dataset_is_taken_off(
    corpus: CodedCorpus, tmp_path: Path, name: str, who: str
) -> None:
    path = prodigy_file(corpus, tmp_path, session(name), session(name))
    assert said(imported(path)) == [(who, "N")] * 2
    assert said(imported(path, who.title())) == [(who.title(), "N")] * 2
    assert asked(imported(path, "Ben")) == ["second_coder"]
    assert said(imported(path, f"{name}=Zoe")) == [("Zoe", "N")] * 2


def test_two_sessions(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = prodigy_file(corpus, tmp_path, session("set_1-ana"), session("set_2-ana"), session("set_1-ben"))
    result = imported(path, "Ana")
    assert asked(result) == ["several_people"]
    assert said(result) == [("Ana", "N"), ("Ana", "N"), ("ben", "N")]
    assert said(imported(path)) == [("ana", "N"), ("ana", "N"), ("ben", "N")]


# doccano


def examples_of(corpus: CodedCorpus, *codes: str, **more: Any) -> str:
    path = Path("passages.jsonl")
    lines = doccano.write(corpus.bundle, path)[path].decode().splitlines()
    examples = [
        json.loads(line) | {"label": [f"code:{code}"] if code else []} | more
        for line, code in zip(lines, codes, strict=False)
    ]
    return "".join(json.dumps(each) + "\n" for each in examples)


def zipped(path: Path, members: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


def test_comments_of_doccano_survive(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = tmp_path / "admin.jsonl"
    path.write_text(examples_of(corpus, "X", "", Comments=["not sure", "ask Ben"]), encoding="utf-8")
    result = imported(path, "Ana")
    assert [each.coding.comment for each in result.passages] == ["not sure\nask Ben"]
    assert [(each.kind, each.place.row) for each in result.problems] == [("remark", 2), ("remark", 2)]


def test_a_zip_of_doccano_has_a_file_for_each_member(corpus: CodedCorpus, tmp_path: Path) -> None:
    members = {
        "x/ana.jsonl": examples_of(corpus, "X", "N"),
        "x/ben.jsonl": examples_of(corpus, "X"),
        "__MACOSX/x/._ben.jsonl": "?",
    }
    path = zipped(tmp_path / "export.zip", members)
    assert said(imported(path)) == [("ana", "X"), ("ana", "N"), ("ben", "X")]
    assert asked(imported(path, "Ana")) == ["several_people"]
    assert said(imported(path, "ana=Ana", "ben=Ben")) == [("Ana", "X"), ("Ana", "N"), ("Ben", "X")]
    alone = zipped(tmp_path / "all.zip", {"all.jsonl": examples_of(corpus, "X")})
    assert (said(imported(alone, "Ana")), asked(imported(alone))) == ([("Ana", "X")], ["no_coder"])


def test_a_second_member_with_the_exported_labels(corpus: CodedCorpus, tmp_path: Path) -> None:
    """The labels that Ana had given are those of the member who imported them; Ben gave the same himself."""
    path = Path("passages.jsonl")
    first, second = doccano.write(corpus.coded("N", "N"), path)[path].decode().splitlines()[:2]
    packed = zipped(tmp_path / "x.zip", {"admin.jsonl": f"{first}\n{second}\n", "ben.jsonl": f"{first}\n"})
    assert said(imported(packed)) == [("Ana", "N"), ("Ana", "N"), ("ben", "N")]


def test_users_in_files_of_older_versions_of_doccano(corpus: CodedCorpus, tmp_path: Path) -> None:
    example = json.loads(examples_of(corpus, "X"))
    del example["label"]
    example["annotations"] = [{"label": "code:X", "user": 1}, {"label": "code:N", "user": 2}]
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps(example) + "\n", encoding="utf-8")
    assert said(imported(path, "1=Ana", "2=Ben")) == [("Ana", "X"), ("Ben", "N")]


def test_an_archive_of_another_kind_names_what_it_holds(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"ana.csv": "a", "ben.csv": "b"})
    with pytest.raises(ExchangeFileInvalid, match=r"ana\.csv, ben\.csv") as refused:
        format_of(path)
    assert "Unpack it" in refused.value.remedy


# Label Studio's other exports


def flat(task: Made, code: str, who: Any, number: int) -> Made:
    own = {"id": task["data"]["unit"], "annotator": who, "annotation_id": number, "lead_time": 3.2}
    return task["data"] | own | {"code": code, "updated_at": "2026-09-01T08:00:00Z"}


def flat_records(corpus: CodedCorpus) -> list[Made]:
    """The annotations of three tasks, the first of which Ana had coded before the export."""
    path = Path("passages.json")
    tasks = json.loads(label_studio.write(corpus.coded("N"), path)[path])
    odd = {"mood": "good", "comment": ["so so"]}
    return [
        flat(tasks[0], "N", 1, 1),
        flat(tasks[0], "N", 2, 4),
        flat(tasks[1], "X", 2, 2) | odd,
        flat(tasks[2], "N", 2, 3),
    ]


@pytest.mark.parametrize("ending", [".json", ".csv"])
def test_json_min_and_csv_of_label_studio(corpus: CodedCorpus, tmp_path: Path, ending: str) -> None:
    records = flat_records(corpus)
    path = tmp_path / f"project-1{ending}"
    if ending == ".json":
        path.write_text(json.dumps(records), encoding="utf-8")
    else:
        text = io.StringIO()
        writer = csv.DictWriter(text, list(dict.fromkeys(name for each in records for name in each)))
        writer.writeheader()
        for each in records:
            writer.writerow({k: json.dumps(v) if isinstance(v, list) else v for k, v in each.items()})
        path.write_text(text.getvalue(), encoding="utf-8")
    assert format_of(path).name == "label-studio"
    result = imported(path, "2=Ben")
    assert said(result) == [("Ana", "N"), ("Ben", "N"), ("Ben", "X"), ("Ben", "N")]
    assert [each.coding.comment for each in result.passages] == ["", "", "so so", ""]
    assert [(each.kind, each.value) for each in result.problems] == [("other_answer", "good")]


def test_answers_outside_of_the_codebook_are_reported(corpus: CodedCorpus, tmp_path: Path) -> None:
    made = annotation("N", 1)
    made["result"].append({"from_name": "stars", "type": "rating", "value": {"rating": 4}})
    path = label_studio_file(corpus, tmp_path, [made])
    assert [each.kind for each in imported(path, "Ana").problems] == ["other_answer"]


def test_levels_in_a_file_of_any_name(corpus: CodedCorpus, tmp_path: Path) -> None:
    path = tmp_path / "passages.json"
    bundle = corpus.coded("N")
    levels = label_studio.write(bundle, path)[tmp_path / "levels.json"]
    other = tmp_path / "project-2-at-2026.json"
    other.write_bytes(levels)
    before = [each.coding.level for each in format_of(other).read(other).levels]
    assert before == [each.level for each in bundle.sheet.levels]


# REFI-QDA


@pytest.mark.parametrize("project", ["Environmental Attitudes.qde", "coding/project.qde", "a/b/Plans.QDE"])
def test_a_project_of_another_name_or_in_a_folder(corpus: CodedCorpus, tmp_path: Path, project: str) -> None:
    path = tmp_path / "x.qdpx"
    write_files(qdpx.write(corpus.coded("E", "N"), path))
    archive = zipfile.ZipFile(path)
    folder = project.rpartition("/")[0]
    members = {
        project if name == "project.qde" else f"{folder}/{name}".lstrip("/"): archive.read(name).decode()
        for name in archive.namelist()
    }
    members |= {f"__MACOSX/{folder or 'x'}/._project.qde": "?", "coding/.DS_Store": "?"}
    other = zipped(tmp_path / "other.qdpx", members)
    assert format_of(other).name == "qdpx"
    assert said(imported(other)) == [("Ana", "E"), ("Ana", "N")]
    several = zipped(tmp_path / "several.qdpx", members | {"old.qde": "<x/>"})
    with pytest.raises(ExchangeFileInvalid, match=r"several projects: .*old\.qde"):
        imported(several)


# Refusals


@pytest.mark.parametrize(
    ("column", "written"),
    [
        ("code", "Q"),
        ("sector", "zz"),
        ("coded_at", "31/8/26"),
        ("page", "iv"),
        ("start", "twelve"),
        ("coder", "Ana; Ben"),
    ],
)
def test_a_refusal_names_cell_content_and_remedy(
    corpus: CodedCorpus, tmp_path: Path, column: str, written: str
) -> None:
    path = tmp_path / "x.csv"
    files = csv_table.write(corpus.coded("E"), path)
    rows = list(csv.DictReader(io.StringIO(files[path].decode("utf-8-sig"))))
    rows[0][column] = written
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    (refusal,) = (each for each in imported(path).problems if each.severity == "error")
    letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[list(rows[0]).index(column)]
    assert (refusal.place.row, refusal.place.column, refusal.value) == (2, letter, written)
    assert refusal.remedy
