"""`ndc-urban annotations export` and `import`: from a run to coders' files and back."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from coded_corpus import CodedCorpus, make_corpus
from finished import Program

from ndc_urban.errors import EXIT_ERROR, EXIT_SOME_FAILED, EXIT_USAGE
from ndc_urban.exchange.names import FormatName
from ndc_urban.exchange.registry import FORMATS, format_of
from ndc_urban.labels.store import append, level_row, read_level_labels, read_passage_labels

pytestmark = pytest.mark.usefixtures("few_further_rows")

PLAN = "The city of Port Ember runs forty buses.\n\nFarmers plant millet.\n\nA city tram line opens.\n"
CODINGS = [name for name in FORMATS if name != "qdc"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: Program, stand_in: None) -> Path:
    """A run over one text file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ndcs").mkdir()
    (tmp_path / "ndcs" / "KEN_2022.txt").write_text(PLAN, encoding="utf-8")
    assert program("score", "ndcs", "--out", "run", "--model", "some", "--jobs", "1", "--quiet").status == 0
    return tmp_path / "run"


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CodedCorpus:
    monkeypatch.chdir(tmp_path)
    return make_corpus(tmp_path / "corpus")


def fill(path: Path, codes: str, coder: str = "Ana", sheet: str = "KEN_2022") -> None:
    """Fills in codes from the first row on, and the coder's name."""
    book = openpyxl.load_workbook(path)
    columns = {str(cell.value).split(" (")[0]: cell.column for cell in book[sheet][1]}
    for row, code in enumerate(codes, 2):
        book[sheet].cell(row, columns["code"]).value = code
        book[sheet].cell(row, columns["coder"]).value = coder
    book.save(path)


def sample_of(corpus: CodedCorpus, *, passages: bool) -> Path:
    """A sample file with the columns that `ndc-urban sample` writes."""
    path = corpus.folder.parent / "sample.csv"
    rows = [
        {
            "document": unit.document,
            "sha256": unit.anchor.sha256,
            "start": unit.anchor.start if passages else "",
            "length": unit.anchor.length if passages else "",
            "fingerprint": unit.anchor.fingerprint if passages else "",
            "inclusion_probability": "" if passages else "0.25",
        }
        for unit in (corpus.units[1], corpus.units[5])
    ]
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_from_a_run_to_labels(run: Path, program: Program) -> None:
    done = program("annotations", "export", run, "--out", "sheet.xlsx", "--quiet")
    assert (done.status, done.err) == (0, "")
    assert "3 passages of 1 document" in done.out
    fill(Path("sheet.xlsx"), "ENX")
    done = program("annotations", "import", "sheet.xlsx", "--corpus", run, "--into", "labels", "--quiet")
    assert done.status == 0
    assert "3 imported" in done.out
    codings = list(read_passage_labels(Path("labels")))
    assert [(each.document, each.coder, each.code) for each in codings] == [
        ("KEN_2022", "Ana", "E"),
        ("KEN_2022", "Ana", "N"),
        ("KEN_2022", "Ana", "X"),
    ]
    assert all(each.coded_at and each.codebook == "1.0" for each in codings)


def test_labels_under_another_name_are_found_by_the_hash_of_the_file(run: Path, program: Program) -> None:
    """A register gave the document its name when it was coded; the run was made without one."""
    program("annotations", "export", run, "--out", "sheet.xlsx", "--quiet")
    fill(Path("sheet.xlsx"), "ENX")
    program("annotations", "import", "sheet.xlsx", "--corpus", run, "--into", "labels", "--quiet")
    labels = Path("labels") / "passages.csv"
    labels.write_text(labels.read_text(encoding="utf-8").replace("KEN_2022", "KEN_2026"), encoding="utf-8")
    done = program("annotations", "export", run, "--annotations", "labels", "--out", "again.xlsx", "--quiet")
    assert done.status == 0
    assert "3 existing codings" in done.out


@pytest.mark.parametrize("name", CODINGS)
def test_labels_come_back_the_same_in_every_format(
    name: str, corpus: CodedCorpus, program: Program, tmp_path: Path
) -> None:
    coded = corpus.coded("E", "N", "I", "X", "N", "E").sheet
    append(tmp_path / "labels", coded.codings, coded.levels)
    sample = sample_of(corpus, passages=False)
    done = program(
        "annotations", "export", "--sample", sample, "--corpus", corpus.folder, "--format", name,
        "--annotations", "labels", "--out", "out", "--quiet",
    )  # fmt: skip
    assert done.status == 0, done.err
    done = program(
        "annotations", "import", "out", "--corpus", corpus.folder, "--into", "again", "--json", "-q"
    )
    assert done.status == 0, done.err
    assert json.loads(done.out)["imported"] == len(coded.codings) + len(coded.levels)
    for table in ("passages.csv", "levels.csv"):
        assert sorted((tmp_path / "labels" / table).read_text().splitlines()) == sorted(
            (tmp_path / "again" / table).read_text().splitlines()
        )


@pytest.mark.parametrize(
    ("out", "format"),
    [("a.qdpx", "qdpx"), ("a.CSV", "csv"), ("a.jsonl", "jsonl"), ("a.spacy", "docbin"), ("folder", "xlsx")],
)
def test_the_ending_of_the_output_tells_the_format(
    run: Path, program: Program, out: str, format: str
) -> None:
    done = program("annotations", "export", run, "--out", out, "--quiet")
    assert done.status == 0, done.err
    assert Path(out).is_dir() == (out == "folder")
    assert format_of(Path(out)).name == format


def test_a_sample_of_passages(corpus: CodedCorpus, program: Program) -> None:
    done = program(
        "annotations", "export", "--sample", sample_of(corpus, passages=True), "--corpus", corpus.folder,
        "--format", "jsonl", "--out", "x.jsonl", "--json", "--quiet",
    )  # fmt: skip
    assert json.loads(done.out)["passages"] == 2
    texts = [json.loads(line)["text"] for line in Path("x.jsonl").read_text(encoding="utf-8").splitlines()]
    assert texts == [corpus.units[1].text, corpus.units[5].text]


def test_inclusion_probabilities_of_a_sample_reach_the_levels(corpus: CodedCorpus, program: Program) -> None:
    sample = sample_of(corpus, passages=False)
    program("annotations", "export", "--sample", sample, "--corpus", corpus.folder, "--out", "x.xlsx", "-q")
    book = openpyxl.load_workbook("x.xlsx")
    columns = {str(cell.value).split(" (")[0]: cell.column for cell in book["Levels"][1]}
    for column, value in (("level", "strong"), ("confidence", 2), ("dedicated", 1), ("coder", "Ana")):
        book["Levels"].cell(2, columns[column]).value = value
    book.save("x.xlsx")
    program("annotations", "import", "x.xlsx", "--corpus", corpus.folder, "--into", "labels", "-q")
    (level,) = read_level_labels(Path("labels"))
    assert (level.level, level.dedicated, level.inclusion_probability) == ("strong", True, 0.25)


def test_suggestions_go_along_and_never_become_labels(run: Path, program: Program) -> None:
    for name in CODINGS:
        done = program(
            "annotations", "export", run, "-f", name, "--suggestions", "--out", f"out-{name}", "-q"
        )
        assert done.status == 0, done.err
        done = program(
            "annotations", "import", f"out-{name}", "--corpus", run, "--into", "labels", "--json", "-q"
        )
        report = json.loads(done.out)
        assert (report["found"], report["uncoded"]) == (0, 3), name
    assert not Path("labels/passages.csv").exists()
    sheet = openpyxl.load_workbook("out-xlsx/coding.xlsx")["KEN_2022"]
    heads = [str(cell.value) for cell in sheet[1]]
    at = heads.index("suggested_code (suggested by the model, not a label)")
    assert [sheet.cell(row, at + 1).value for row in (2, 3, 4)] == ["E", "N", "E"]


def test_a_fault_stops_the_import_and_the_report_says_where(run: Path, program: Program) -> None:
    program("annotations", "export", run, "--out", "sheet.xlsx", "-q")
    fill(Path("sheet.xlsx"), "EQX")
    arguments = ("annotations", "import", "sheet.xlsx", "--corpus", run, "--into", "labels", "-q")
    done = program(*arguments, "--report", "report.csv")
    assert done.status == EXIT_ERROR
    assert "sheet KEN_2022, row 3, column K" in done.err
    assert "nothing was imported" in done.out
    assert "Traceback" not in done.err
    assert not Path("labels").exists()
    with Path("report.csv").open(encoding="utf-8-sig", newline="") as lines:
        (row,) = [row for row in csv.DictReader(lines) if row["severity"] == "error"]
    assert (row["severity"], row["kind"], row["row"], row["column"], row["value"]) == (
        "error",
        "misspelt",
        "3",
        "K",
        "Q",
    )
    done = program(*arguments, "--partial")
    assert done.status == EXIT_SOME_FAILED
    assert "2 imported" in done.out
    assert [each.code for each in read_passage_labels(Path("labels"))] == ["E", "X"]


def test_a_codebook_is_exported_without_documents(
    program: Program, tmp_path: Path, corpus: CodedCorpus
) -> None:
    done = program("annotations", "export", "--format", "qdc", "--out", "book.qdc")
    assert done.status == 0
    done = program("annotations", "import", "book.qdc", "--corpus", corpus.folder, "--into", "labels", "-q")
    assert (done.status, done.err) == (0, "")


def test_documents_that_lie_elsewhere_now(run: Path, program: Program, tmp_path: Path) -> None:
    (tmp_path / "ndcs").rename(tmp_path / "moved")
    done = program("annotations", "export", run, "--out", "sheet.xlsx", "-q")
    assert done.status == EXIT_USAGE
    assert "--corpus" in done.err
    done = program("annotations", "export", run, "--corpus", "moved", "--out", "sheet.xlsx", "-q")
    assert done.status == 0


def test_a_document_that_changed_since_the_run(run: Path, program: Program, tmp_path: Path) -> None:
    """Its hash is another one: it is not the document that was scored."""
    (tmp_path / "ndcs" / "KEN_2022.txt").write_text(PLAN.replace("forty", "fifty"), encoding="utf-8")
    done = program("annotations", "export", run, "--out", "sheet.xlsx", "-q")
    assert done.status == EXIT_USAGE
    assert not Path("sheet.xlsx").exists()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("export", "--out", "x.xlsx"), "Give a run folder"),
        (("export", "none", "--out", "x.xlsx"), "none"),
        (("export", "--sample", "none.csv", "--out", "x.xlsx"), "none.csv"),
        (("export", "RUN", "--coder", "a;b", "--out", "x.xlsx"), "--coder"),
        (("export", "RUN", "--coder", "ndc-urban", "--out", "x.xlsx"), "be the name of a coder"),
        (
            (
                "import",
                "RUN/documents.csv",
                "--corpus",
                "ndcs",
                "--into",
                "labels",
                "--coder",
                "A settling B",
            ),
            "--coder",
        ),
        (("export", "RUN", "--annotations", "none", "--out", "x.xlsx"), "none"),
        (("export", "--sample", "s.csv", "--suggestions", "--out", "x.xlsx"), "--suggestions"),
        (("import", "none.xlsx", "--corpus", "ndcs", "--into", "labels"), "none.xlsx"),
        (("import", "bad.xlsx", "--corpus", "ndcs", "--into", "labels"), "bad.xlsx"),
        (("import", "RUN/documents.csv", "--corpus", "none", "--into", "labels"), "documents.csv"),
        (("import", "ndcs", "--corpus", "ndcs", "--into", "labels"), "no export"),
    ],
)
def test_wrong_usage_ends_with_a_remedy(
    run: Path, program: Program, arguments: tuple[str, ...], told: str
) -> None:
    Path("bad.xlsx").write_bytes(b"PK\x03\x04")
    done = program("annotations", *(each.replace("RUN", str(run)) for each in arguments))
    assert done.status in (EXIT_USAGE, EXIT_ERROR)
    assert told in done.err
    assert "Traceback" not in done.err
    assert len(done.err.strip().splitlines()) >= 2
    assert not Path("x.xlsx").exists()
    assert not Path("labels").exists()


def test_an_export_is_never_overwritten(run: Path, program: Program) -> None:
    program("annotations", "export", run, "--out", "sheet.xlsx", "-q")
    before = Path("sheet.xlsx").read_bytes()
    done = program("annotations", "export", run, "--out", "sheet.xlsx", "-q")
    assert done.status == EXIT_USAGE
    assert Path("sheet.xlsx").read_bytes() == before


def test_a_document_that_cannot_be_read_any_more(
    run: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ndc_urban.corpus import library
    from ndc_urban.errors import DamagedFile

    def damaged(path: Path, **options: object) -> None:
        raise DamagedFile(path, "The file is damaged.")

    monkeypatch.setattr(library, "read", damaged)
    done = program("annotations", "export", run, "--out", "sheet.xlsx", "-q")
    assert done.status == EXIT_USAGE
    assert "no passages to export" in done.err
    assert "KEN_2022.txt" in done.err


@pytest.mark.parametrize("name", CODINGS)
def test_labels_without_a_timestamp_get_none_in_any_format(
    name: str, corpus: CodedCorpus, program: Program, tmp_path: Path
) -> None:
    coded = corpus.coded("E", "N", "I", "X", "N", "E").sheet
    codings = [replace(each, coded_at="") for each in coded.codings]
    append(tmp_path / "labels", codings, [replace(each, coded_at="") for each in coded.levels])
    program(
        "annotations", "export", "--sample", sample_of(corpus, passages=False), "--corpus", corpus.folder,
        "--format", name, "--annotations", "labels", "--out", "out", "--quiet",
    )  # fmt: skip
    done = program("annotations", "import", "out", "--corpus", corpus.folder, "--into", "again", "-q")
    assert done.status == 0, done.err
    timestamps = [each.coded_at for each in read_passage_labels(tmp_path / "again")]
    timestamps += [each.coded_at for each in read_level_labels(tmp_path / "again")]
    assert timestamps == [""] * (len(codings) + len(coded.levels))


@pytest.mark.parametrize("name", ["xlsx", "qdpx"])
def test_levels_that_do_not_name_a_file_go_along_by_their_document(
    name: str, corpus: CodedCorpus, program: Program, tmp_path: Path
) -> None:
    """As in the shipped annotations, whose table of levels has no column sha256."""
    append(tmp_path / "labels", corpus.coded("E").sheet.codings)
    (tmp_path / "labels" / "levels.csv").write_text(
        "document,coder,level,confidence,dedicated,inclusion_probability\n"
        "XAA_2022,A,low,3,0,0.75\nXAB_2022,A,strong,2,1,0.75\nXAC_2022,A,strong,2,1,0.75\n",
        encoding="utf-8",
    )
    sample = sample_of(corpus, passages=False)
    arguments = [
        "annotations",
        "export",
        "--sample",
        sample,
        "--corpus",
        corpus.folder,
        "--annotations",
        "labels",
    ]
    done = program(*arguments, "--format", name, "--out", "out", "-q")
    assert done.status == 0
    assert "2 existing levels and 1 existing coding:" in done.out
    assert "1 level of the folder is not included: their documents are not in this export" in done.err
    told = "2 levels do not say which file was read; they are taken as levels of XAA_2022-en.html, XAB_2022-ar.html"
    assert told in done.err
    program("annotations", "import", "out", "--corpus", corpus.folder, "--into", "again", "-q")
    found = [
        (each.document, each.level, each.inclusion_probability) for each in read_level_labels(Path("again"))
    ]
    assert found == [("XAA_2022", "low", 0.75), ("XAB_2022", "strong", 0.75)]
    done = program(
        "annotations", "import", "out", "--corpus", corpus.folder, "--into", "labels", "-q", "--json"
    )
    assert json.loads(done.out)["duplicates"] == 3, "it is known to be the same level"


def test_every_level_that_is_left_out_is_counted_by_its_reason(
    corpus: CodedCorpus, program: Program, tmp_path: Path
) -> None:
    files = dict(corpus.sheet.documents)
    level = corpus.coded("E").sheet.levels[0]
    rows = [
        level,
        replace(level, sha256="", level="strong"),
        replace(level, coder="Ben", sha256="d" * 64),
        replace(level, coder="Cem", document="XAC_2022", sha256=files["XAA_2022"]),
        replace(level, document="XAD_2022", sha256="e" * 64),
    ]
    lines = [",".join(level_row(level)), *(",".join(level_row(each).values()) for each in rows)]
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "levels.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    elsewhere = replace(
        corpus.coded("E").sheet.codings[0], anchor=replace(corpus.units[0].anchor, sha256="f" * 64)
    )
    append(tmp_path / "labels", [elsewhere])
    done = program(
        "annotations", "export", "--sample", sample_of(corpus, passages=False), "--corpus", corpus.folder,
        "--annotations", "labels", "--out", "x.qdpx", "--format", "qdpx", "--json", "-q",
    )  # fmt: skip
    assert done.status == 0, done.err
    result = json.loads(done.out)
    assert result["levels"] == 1
    assert result["levels_left_out"] == {
        "their coder gave another one before": 1,
        "another file of the document was coded": 1,
        "their file is named otherwise here": 1,
        "their documents are not in this export": 1,
    }
    assert result["codings_left_out"] == 1
    assert "1 coding of the folder belongs to files that are not in this export" in done.err


def test_a_level_that_stands_twice_keeps_its_probability_and_is_counted(
    corpus: CodedCorpus, program: Program, tmp_path: Path
) -> None:
    """Once with the hash of its file, once with the probability of its document."""
    level = corpus.coded("E").sheet.levels[0]
    rows = [level, replace(level, sha256="", inclusion_probability=0.5)]
    lines = [",".join(level_row(level)), *(",".join(level_row(each).values()) for each in rows)]
    (tmp_path / "labels").mkdir()
    (tmp_path / "labels" / "levels.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = program(
        "annotations", "export", "--sample", sample_of(corpus, passages=False), "--corpus", corpus.folder,
        "--annotations", "labels", "--out", "x.qdpx", "--format", "qdpx", "--json", "-q",
    )  # fmt: skip
    result = json.loads(done.out)
    assert (result["levels"], result["levels_assigned"]) == (1, {})
    assert result["levels_left_out"] == {"their coder gave the same one before": 1}
    program("annotations", "import", "x.qdpx", "--corpus", corpus.folder, "--into", "again", "-q")
    assert [each.inclusion_probability for each in read_level_labels(Path("again"))] == [0.5]


@pytest.mark.parametrize("coder", ["ndc-urban", "Ana settling Ben"])
def test_a_name_that_exports_use_otherwise_is_not_imported_nor_exported(
    run: Path, program: Program, coder: str
) -> None:
    program("annotations", "export", run, "--out", "sheet.xlsx", "-q")
    fill(Path("sheet.xlsx"), "E", coder)
    arguments = ("annotations", "import", "sheet.xlsx", "--corpus", run, "--into", "labels", "-q")
    done = program(*arguments)
    assert done.status == EXIT_ERROR
    assert f"{coder!r} cannot be the name of a coder" in done.err
    fill(Path("sheet.xlsx"), "E")
    assert program(*arguments).status == 0
    labels = Path("labels") / "passages.csv"
    labels.write_text(labels.read_text(encoding="utf-8").replace("Ana", coder), encoding="utf-8")
    done = program(
        "annotations", "export", run, "--annotations", "labels", "--out", "x.qdpx", "-f", "qdpx", "-q"
    )
    assert done.status == EXIT_ERROR
    assert f"{coder!r} cannot be the name of a coder" in done.err
    assert "Use another name for the coder" in done.err
    assert not Path("x.qdpx").exists()


def test_every_format_has_a_name() -> None:
    assert list(FORMATS) == list(FormatName)
