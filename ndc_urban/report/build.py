"""From a run to the data of a report."""

from __future__ import annotations

import hashlib
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ndc_urban.codebook import LEVELS, RESPONSES, ROLES, SECTORS, STRANDS, URBAN_CODES
from ndc_urban.corpus.register import REGISTER
from ndc_urban.counting import agreeing, counted
from ndc_urban.document import folded
from ndc_urban.errors import NdcUrbanError, UsageError
from ndc_urban.files import read_csv
from ndc_urban.identity import document_name
from ndc_urban.lexicon.themes import Themes, load_themes
from ndc_urban.parties import name_of
from ndc_urban.report.comparison import compare
from ndc_urban.report.records import (
    LevelResult,
    NotRead,
    Report,
    ReportDocument,
    ReportPassage,
    ReviewTask,
    Why,
)
from ndc_urban.runs.codebook_levels import codebook_levels
from ndc_urban.runs.folder import TABLES, Run
from ndc_urban.runs.notes import NOTE_SEPARATOR, copy_of
from ndc_urban.runs.shards import note_on_missing
from ndc_urban.runs.tables import LIST_SEPARATOR, OK

Row = dict[str, Any]

_KEY_LENGTH = 12
"""Digits of a file's hash in its key: two of 10,000 files share them with a probability below one in a million."""
_BEFORE_SCALES = ""
"""The scale in a run of a version that had no other than the codebook's."""
_ID_LENGTH = 16
"""Digits of the hash that identifies a run: 64 bits, so that two runs never share them."""
_DATE_LENGTH = len("2026-01-31")


def report(
    run: Run,
    *,
    out: Path | None = None,
    compare_with: Run | None = None,
    review: bool = False,
    blind: bool = False,
    sample: Path | None = None,
    party: str = "",
) -> Report:
    """The data of a report on `run`.

    `out` is the folder that it will be written to, for links to the files. `compare_with` is a run over earlier or
    later versions. `review` asks for a coding tool, `blind` without predictions, `sample` (made by `ndc-urban
    sample`) restricts it. `party` keeps the documents of one Party (ISO3). Raises `UsageError` for what does not fit
    together.
    """
    if (blind or sample is not None) and not review:
        raise UsageError("--blind and --sample belong to a review.", remedy="Add --review.")
    if blind and compare_with is not None:
        raise UsageError("A blind review cannot be combined with --compare.", remedy="Leave out --compare.")
    documents = _documents_of(run, out)
    if compare_with is not None:
        known = {document.sha256 for document in documents}
        others = [each for each in _documents_of(compare_with, out) if each.sha256 not in known]
        documents = _with_own_keys([*documents, *others])
    not_read = tuple(each for document in documents for each in document.not_read)
    if party:
        documents = [document for document in documents if document.iso3 == party.upper()]
        not_read = tuple(each for document in documents for each in document.not_read)
        if not documents:
            raise UsageError(
                f"The run has no document of {party}.",
                remedy="Give the ISO3 code that the file's name begins with.",
            )
    has_texts = not documents or any(passage.text for each in documents for passage in each.passages)
    has_all = not run.evidence_only
    task = _review_task(documents, blind, sample) if review else None
    if task is not None:
        _check_review(documents, has_all)
        documents = [document for document in documents if document.key in task.documents]
    return Report(
        run_id=_run_id(run),
        model=_model(run),
        documents=tuple(documents),
        not_read=not_read,
        comparisons=() if blind else compare(documents),
        review=task,
        facts=_facts(run),
        notes=(*_notes_on_missing(run, compare_with), *_notes(documents, has_texts, has_all)),
        has_texts=has_texts,
        has_all_passages=has_all,
    )


# Documents


def _documents_of(run: Run, out: Path | None) -> list[ReportDocument]:
    passages = _passages_of(run)
    reasons = _document_reasons(run)
    out_of_fold = _out_of_fold_levels(run)
    codebook = _codebook_levels(run)
    failures = _failures_of(run)
    sizes = {entry["path"]: entry.get("bytes") for entry in run.info.get("inputs", ())}
    names = _registered_names(run)
    documents = []
    for row in run.rows("documents"):
        sha256, path, iso3 = row["sha256"] or "", row["path"], row["iso3"] or ""
        link, note = _link(path, sizes.get(path), out)
        document = ReportDocument(
            key=sha256[:_KEY_LENGTH] or hashlib.sha256(path.encode()).hexdigest()[:_KEY_LENGTH],
            path=path,
            name=path.rsplit("/", 1)[-1],
            sha256=sha256,
            document=names.get(sha256, "") or document_name(path, iso3),
            iso3=iso3,
            party=name_of(iso3) if iso3 else "",
            language=row["language"] or "",
            pages=row["pages"],
            status=row["status"],
            not_read=failures.get(path, ()),
            notes=(*_notes_of_the_run(row["notes"] or ""), *note),
            link=link,
            copy_of=copy_of(row["notes"] or ""),
        )
        if row["status"] == OK:
            document = _scored(document, row, passages.get(sha256, ()), reasons.get(sha256, ()), out_of_fold)
            document = replace(document, codebook=codebook.get(sha256))
        documents.append(document)
    return _with_own_keys(documents)


def _notes_of_the_run(notes: str) -> Iterable[str]:
    """What the table of documents says beside the level, as sentences."""
    return (f"{each[0].upper()}{each[1:]}." for each in notes.split(NOTE_SEPARATOR) if each)


def _with_own_keys(documents: Iterable[ReportDocument]) -> list[ReportDocument]:
    """A key for each, also for copies of one file."""
    seen: Counter[str] = Counter()
    keyed = []
    for document in documents:
        seen[document.key] += 1
        again = seen[document.key]
        keyed.append(document if again == 1 else replace(document, key=f"{document.key}-{again}"))
    return keyed


def _scored(
    document: ReportDocument,
    row: Row,
    passages: tuple[ReportPassage, ...],
    reasons: tuple[Why, ...],
    out_of_fold: Mapping[str, LevelResult],
) -> ReportDocument:
    sectors, roles, themes = _profile(passages)
    return replace(
        document,
        result=_level_of(row, tuple((row["prediction_set"] or row["level"]).split(LIST_SEPARATOR))),
        out_of_fold=out_of_fold.get(document.sha256),
        in_training=bool(row["in_training"]),
        urban_passages=row["urban_passages"] or 0,
        passage_count=row["passages"] or 0,
        urban_share=float(row["urban_share"] or 0.0),
        reasons=reasons,
        sectors=sectors,
        roles=roles,
        themes=themes,
        passages=passages,
    )


def _level_of(row: Row, possible: tuple[str, ...] = ()) -> LevelResult:
    p_low, p_moderate, p_strong = (float(row[f"p_{level}"] or 0.0) for level in LEVELS)
    return LevelResult(row["level"], p_low, p_moderate, p_strong, possible)


def _profile(
    passages: Sequence[ReportPassage],
) -> tuple[Mapping[tuple[str, str], int], Mapping[str, int], Mapping[str, int]]:
    """Urban responses by sector and strand, urban passages by role and by theme; repeated passages count once."""
    sectors: Counter[tuple[str, str]] = Counter()
    roles: Counter[str] = Counter()
    themes: Counter[str] = Counter()
    seen: set[str] = set()
    for passage in passages:
        if not passage.is_urban:
            continue
        text = folded(passage.text)
        if text and text in seen:
            continue
        seen.add(text)
        if passage.role in RESPONSES and passage.sector in SECTORS and passage.strand in STRANDS:
            sectors[passage.sector, passage.strand] += 1
        if passage.role in ROLES:
            roles[passage.role] += 1
        themes.update(passage.themes)
    return dict(sectors), dict(roles), dict(themes)


def _passages_of(run: Run) -> dict[str, tuple[ReportPassage, ...]]:
    """The passages of each document, by hash, in reading order."""
    themes = load_themes()
    languages = {row["sha256"]: row["language"] or "" for row in run.rows("documents")}
    reasons = _passage_reasons(run)
    found: dict[str, list[ReportPassage]] = defaultdict(list)
    for row in _full_rows(run, "passages"):
        sha256 = row["sha256"]
        language = row["language"] or languages.get(sha256, "")
        passage = ReportPassage(
            number=len(found[sha256]),
            page=row["page"],
            section=row["section"] or "",
            kind=row["kind"] or "",
            text=row["text"] or "",
            p_urban=float(row["p_urban"] or 0.0),
            code=row["code"] or "N",
            sector=row["sector"] or "",
            strand=row["strand"] or "",
            role=row["role"] or "",
            rank=row["evidence_rank"],
            language=language,
            start=row["start"],
            themes=_themes_of(row, language, themes) if row["code"] in URBAN_CODES else (),
            reasons=reasons.get((sha256, row["evidence_rank"]), ()) if row["evidence_rank"] else (),
        )
        found[sha256].append(passage)
    return {sha256: tuple(each) for sha256, each in found.items()}


def _themes_of(row: Row, language: str, themes: Themes) -> tuple[str, ...]:
    role = row["role"] if row["role"] in ROLES else ""
    found = themes.find(row["text"] or "", language, sector=row["sector"] or "", role=role)
    return tuple(theme.name for theme in found)


def _reason_rows(run: Run, subject: str) -> Iterable[Row]:
    return (row for row in _full_rows(run, "reasons") if row["subject"] == subject)


def _full_rows(run: Run, name: str) -> Iterable[Row]:
    """The rows of a table with all columns that it has today, None for those of a run of an older version."""
    return (dict.fromkeys(TABLES[name]) | row for row in run.rows(name))


def _document_reasons(run: Run) -> dict[str, tuple[Why, ...]]:
    found: dict[str, list[Why]] = defaultdict(list)
    for row in _reason_rows(run, "document"):
        found[row["sha256"]].append(Why(row["reason"] or "", float(row["effect"] or 0.0)))
    return {sha256: tuple(each) for sha256, each in found.items()}


def _passage_reasons(run: Run) -> dict[tuple[str, int | None], tuple[Why, ...]]:
    found: dict[tuple[str, int | None], list[Why]] = defaultdict(list)
    for row in _reason_rows(run, "passage"):
        why = Why(row["reason"] or "", float(row["effect"] or 0.0))
        found[row["sha256"], row["evidence_rank"]].append(why)
    return {key: tuple(each) for key, each in found.items()}


def _out_of_fold_levels(run: Run) -> dict[str, LevelResult]:
    """The levels by models that had not seen the Party, by hash."""
    return {row["sha256"]: _level_of(row) for row in run.rows("estimation") if row["cross_fitted"]}


def _codebook_levels(run: Run) -> dict[str, LevelResult]:
    """The levels by the codebook's rules by hash; none where the run's own levels are by these."""
    if run.scale in ("codebook", _BEFORE_SCALES):
        return {}
    return {
        sha256: LevelResult(each.level, each.p_low, each.p_moderate, each.p_strong, ())
        for sha256, each in codebook_levels(run).items()
    }


def _failures_of(run: Run) -> dict[str, tuple[NotRead, ...]]:
    found: dict[str, list[NotRead]] = defaultdict(list)
    for row in run.rows("failures"):
        cells = (row[name] or "" for name in ("path", "error", "message", "remedy", "pages"))
        found[row["path"]].append(NotRead(*cells))
    return {path: tuple(each) for path, each in found.items()}


def _registered_names(run: Run) -> dict[str, str]:
    """What a register beside the files calls them, by hash: labels must name a document as its collection does."""
    folders = {parent for path in run.documents["path"] for parent in list(Path(path).parents)[:2]}
    names: dict[str, str] = {}
    for folder in sorted(folders):
        register = folder / REGISTER
        if not register.is_file():
            continue
        try:
            table = read_csv(register, ("sha256", "document"), error=UsageError)
        except NdcUrbanError:
            continue  # a table of another kind that bears the same name
        names |= {row["sha256"]: row["document"] for row in table.rows if row["document"]}
    return names


def _link(path: str, size: int | None, out: Path | None) -> tuple[str, tuple[str, ...]]:
    """A relative address of the file from the report, and a note where there is none."""
    file = Path(path)
    if not file.is_file():
        return "", (
            "The file is no longer where it was when it was scored, so the report has no link to it.",
        )
    if size is not None and file.stat().st_size != size:
        return "", ("The file has changed since it was scored, so the report has no link to it.",)
    target = os.path.relpath(file.resolve(), out.resolve()) if out is not None else file.resolve().as_posix()
    return quote(target.replace(os.sep, "/")), ()


# The whole


def _run_id(run: Run) -> str:
    """The same for the same files scored by the same model."""
    hashes = sorted(str(each) for each in run.documents["sha256"].fillna(""))
    return hashlib.sha256("\n".join([_model(run), *hashes]).encode()).hexdigest()[:_ID_LENGTH]


def _model(run: Run) -> str:
    return str(run.info.get("model", {}).get("hash", ""))


def _facts(run: Run) -> dict[str, str]:
    model = run.info.get("model", {})
    facts = {
        "Program": f"{run.info.get('program', 'ndc-urban')} {run.info.get('version', '')}".strip(),
        "Model": f"{model.get('name', '')} {str(model.get('hash', ''))[:_KEY_LENGTH]}".strip(),
        "Scale": run.scale,
        "Scored": str(run.info.get("end", ""))[:_DATE_LENGTH],
        "Files of the run": f"{run.counts.files}, {run.counts.ok} of them scored",
    }
    return {name: value for name, value in facts.items() if value}


def _notes_on_missing(run: Run, other: Run | None) -> tuple[str, ...]:
    """What a run or the one that it is compared with lacks."""
    missing = (note_on_missing([each.info]) for each in (run, other) if each is not None)
    return tuple(filter(None, missing))


def _notes(documents: Sequence[ReportDocument], has_texts: bool, has_all: bool) -> tuple[str, ...]:
    notes = []
    if not has_texts:
        notes.append(
            "The run has no texts, so passages are shown by page and section only. Score the files again for them."
        )
    if not has_all:
        notes.append(
            "The run holds its evidence only, so the text before and after a passage is not shown. Score the files "
            "again without --evidence-only for that."
        )
    trained = sum(document.in_training for document in documents)
    if trained:
        notes.append(
            f"The model was trained on {trained} of these documents, so "
            f"{agreeing(trained, 'its probability', 'their probabilities')} may be too high; "
            f"{agreeing(trained, 'its page also gives', 'their pages also give')} the level by a "
            "model that had not seen the Party."
        )
    return tuple(notes)


# Review


def _review_task(documents: Sequence[ReportDocument], blind: bool, sample: Path | None) -> ReviewTask:
    scored = [document for document in documents if document.result is not None]
    if sample is None:
        return ReviewTask(blind, tuple(document.key for document in scored))
    remedy = "Give a file that `ndc-urban sample` made from this run."
    rows = read_csv(sample, ("sha256",), error=UsageError, remedy=remedy).rows
    by_hash = {document.sha256: document for document in reversed(scored)}
    missing = {row["sha256"] for row in rows} - set(by_hash)
    if missing or not rows:
        some = f"{counted(len(missing), 'document')} of {sample} {agreeing(len(missing), 'is', 'are')}"
        what = f"{some} not in the run." if rows else f"{sample} has no rows."
        raise UsageError(what, remedy=remedy)
    keys = dict.fromkeys(by_hash[row["sha256"]].key for row in rows)
    passages: dict[str, list[int]] = defaultdict(list)
    inclusion: dict[str, float] = {}
    for row in rows:
        document = by_hash[row["sha256"]]
        if row.get("start"):
            passages[document.key].append(_drawn_passage(document, row, sample))
        elif row.get("inclusion_probability"):
            inclusion[document.key] = float(row["inclusion_probability"])
    drawn = {key: tuple(sorted(set(numbers))) for key, numbers in passages.items()}
    return ReviewTask(blind, tuple(keys), drawn, inclusion, sample.name)


def _drawn_passage(document: ReportDocument, row: Mapping[str, str], sample: Path) -> int:
    for passage in document.passages:
        if str(passage.start) == row["start"]:
            return passage.number
    raise UsageError(
        f"{sample}: {document.name} has no passage that starts at {row['start']}.",
        remedy="Draw the sample from this run.",
    )


def _check_review(documents: Sequence[ReportDocument], has_all: bool) -> None:
    remedy = "Score the files again with this version, without --evidence-only."
    if not has_all:
        raise UsageError("The run holds its evidence only, which cannot be reviewed.", remedy=remedy)
    passages = [passage for document in documents for passage in document.passages]
    if any(passage.start is None or not passage.text for passage in passages):
        raise UsageError(
            "The run does not hold the texts of its passages and where they start, so labels could not be put back.",
            remedy=remedy,
        )
