"""From a run to the documents and passages that may be drawn for coding."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from ndc_urban.codebook import LEVELS, URBAN_CODES
from ndc_urban.corpus.register import REGISTER
from ndc_urban.document import Document
from ndc_urban.errors import ReadingError, UsageError
from ndc_urban.files import read_csv
from ndc_urban.identity import document_name
from ndc_urban.labels.anchors import Anchor, Found, Places, fingerprint
from ndc_urban.labels.sampling import Candidate, Pick, Sample
from ndc_urban.lexicon import load_lexicon
from ndc_urban.runs.folder import Run
from ndc_urban.runs.tables import LIST_SEPARATOR, OK

URBAN_CLASSES = ((0.05, "p_urban below 0.05"), (0.5, "p_urban 0.05 to 0.5"), (0.95, "p_urban 0.5 to 0.95"))
"""Strata of passages: upper limits of `p_urban` and their names; what is above is the last stratum.

As 0.5 decides, the two middle strata hold the passages that the model is not sure of; 0.05 and 0.95 are the usual
limits of being sure."""
LAST_URBAN_CLASS = "p_urban 0.95 and more"
MOST_PASSAGES = 4000
"""A training sample is drawn from that many passages: the most doubtful, and every n-th of the others.

Must be far greater than a sample that people can code, some hundreds."""
SURE_URBAN, SURE_OTHER = 0.7, 0.3


@dataclass(frozen=True)
class Register:
    """Which NDC a file is a copy of, by SHA-256, and which NDCs are wanted; both may be empty (none known, all).

    `preferred` are the files that a panel names: of several files of an NDC they stand for it.
    """

    document_of: Mapping[str, str]
    wanted: frozenset[str] = frozenset()
    preferred: frozenset[str] = frozenset()

    @classmethod
    def none(cls) -> Register:
        """No register: every file is a document of its own."""
        return cls({})


@dataclass(frozen=True)
class Population:
    """The units that may be drawn, and what the user should know of those that may not."""

    candidates: tuple[Candidate, ...]
    notes: tuple[str, ...]


def load_register(panel: Path | None, register: Path | None) -> Register:
    """Reads a panel (`document`, and perhaps `sha256`) and a register of files (`sha256`, `document`).

    Without `register` the file `documents.csv` beside the panel is taken, if it is there.
    """
    if panel is not None and register is None and (panel.parent / REGISTER).is_file():
        register = panel.parent / REGISTER
    files = [] if register is None else _rows(register, ("sha256", "document"))
    wanted = [] if panel is None else _rows(panel, ("document",))
    document_of = {row["sha256"]: row["document"] for row in (*files, *wanted) if row.get("sha256")}
    if panel is not None and not document_of:
        raise UsageError(
            f"{panel} does not say which files its documents are.",
            remedy="Give it a column sha256, or put a register documents.csv (sha256, document) beside it.",
        )
    return Register(
        document_of,
        frozenset(row["document"] for row in wanted),
        frozenset(row["sha256"] for row in wanted if row.get("sha256")),
    )


def _rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    rows = read_csv(
        path, columns, error=UsageError, remedy=f"It needs the columns {', '.join(columns)}."
    ).rows
    if not rows:
        raise UsageError(f"{path} has no rows.", remedy=f"It needs the columns {', '.join(columns)}.")
    return rows


def document_candidates(run: Run, register: Register, *, for_training: bool) -> Population:
    """The scored documents of a run, each once; for training without those that the model was trained on."""
    rows, notes = _documents(run, register, for_training)
    tables = run.estimation.set_index("sha256")
    by_rule = _levels_by_rule(run)
    twins = _levels_of_twins(run, register)
    candidates = []
    for name, row in rows:
        said: Any = row
        if row["sha256"] in tables.index:
            said = row | tables.loc[row["sha256"], ["level", "p_low", "p_moderate", "p_strong"]].to_dict()
        candidates.append(_document(name, said, by_rule.get(row["sha256"], ""), twins.get(name, frozenset())))
    return Population(tuple(candidates), tuple(notes))


def passage_candidates(run: Run, register: Register, *, for_training: bool) -> Population:
    """The passages of these documents; for training the doubtful ones, and some of the others."""
    if run.info.get("configuration", {}).get("evidence_only"):
        raise UsageError(
            "The run holds its evidence only, which is no population of passages.",
            remedy="Score the documents again without --evidence-only.",
        )
    rows, notes = _documents(run, register, for_training)
    name_of = {row["sha256"]: (name, row) for name, row in rows}
    passages = run.passages[run.passages["sha256"].isin(list(name_of))].copy()
    passages["number"] = passages.groupby("sha256").cumcount()
    passages = passages[passages["text"].notna()]
    if for_training and len(passages) > MOST_PASSAGES:
        doubtful = passages["p_urban"].sub(0.5).abs().sort_values(kind="stable").index[: MOST_PASSAGES // 2]
        others = passages.index.difference(doubtful)
        passages = passages.loc[doubtful.union(others[:: max(1, len(others) // (MOST_PASSAGES // 2))])]
        notes.append(f"{len(passages)} passages were looked at, the most doubtful and some of the others.")
    disagreeing = _lexicon_disagrees() if for_training else lambda text, language, p_urban: ""
    candidates = [
        _passage(*name_of[str(each["sha256"])], each, disagreeing) for each in passages.to_dict("records")
    ]
    return Population(tuple(candidates), tuple(notes))


def _documents(
    run: Run, register: Register, for_training: bool
) -> tuple[list[tuple[str, dict[str, Any]]], list[str]]:
    """Name and row of each document: of several files the one that comes first, HTML before other formats."""
    notes: list[str] = []
    table = run.documents[run.documents["status"] == OK].drop_duplicates("sha256")
    by_name: dict[str, list[dict[str, Any]]] = {}
    unknown = 0
    for row in table.fillna({"iso3": "", "language": "", "top_sectors": ""}).to_dict("records"):
        known = register.document_of.get(str(row["sha256"]))
        if register.wanted and known not in register.wanted:
            unknown += 1
            continue
        by_name.setdefault(known or _free_name(row, by_name), []).append({str(k): v for k, v in row.items()})
    if unknown:
        notes.append(f"{unknown} scored files are not of the panel and are left out.")
    missing = sorted(register.wanted - set(by_name))
    if missing:
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        notes.append(
            f"{len(missing)} documents of the panel were not scored in this run and cannot be drawn: "
            f"{', '.join(missing[:5])}{more}."
        )
    chosen = [
        (name, min(rows, key=lambda row: (row["sha256"] not in register.preferred, _format_first(row))))
        for name, rows in by_name.items()
    ]
    if for_training:
        fresh = [
            (name, row) for name, row in chosen if not any(bool(r["in_training"]) for r in by_name[name])
        ]
        if len(fresh) < len(chosen):
            notes.append(f"{len(chosen) - len(fresh)} documents that the model was trained on are left out.")
        chosen = fresh
    return chosen, notes


def _free_name(row: Mapping[Any, Any], taken: Mapping[str, object]) -> str:
    """The name of a document without a register; two files of one name are told apart by their hashes."""
    name = document_name(str(row["path"]), str(row["iso3"]))
    return f"{name}_{str(row['sha256'])[:8]}" if name in taken else name


def _format_first(row: Mapping[str, Any]) -> int:
    return 0 if str(row["path"]).lower().endswith((".html", ".htm")) else 1


def _levels_of_twins(run: Run, register: Register) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    scored = run.documents[run.documents["status"] == OK]
    for sha256, level in zip(scored["sha256"], scored["level"], strict=True):
        if sha256 in register.document_of:
            found.setdefault(register.document_of[sha256], set()).add(str(level))
    return {name: frozenset(levels) for name, levels in found.items()}


def _levels_by_rule(run: Run) -> Mapping[str, str]:
    """The level that the codebook's rule on sectors and passages gives, counted over the predicted codes."""
    urban = run.passages[run.passages["code"].isin(list(URBAN_CODES))].drop_duplicates(["sha256", "text"])
    found = dict.fromkeys(run.documents["sha256"], LEVELS[0])
    for sha256, group in urban.groupby("sha256"):
        explicit = int((group["code"] == "E").sum())
        sectors = group.loc[group["role"].isin(["r", "d"]), "sector"].nunique()
        found[str(sha256)] = (
            LEVELS[2] if explicit >= 3 and sectors >= 3 else LEVELS[1 if explicit >= 2 else 0]
        )
    return {str(sha256): str(level) for sha256, level in found.items()}


def _document(name: str, row: Mapping[str, Any], by_rule: str, twins: frozenset[str]) -> Candidate:
    p = [float(row[f"p_{level}"]) for level in LEVELS]
    doubt = -sum(each * math.log(each) for each in p if each > 0) / math.log(len(p))
    differing = []
    if len(twins) > 1:
        differing.append(f"its files get the levels {' and '.join(sorted(twins))}")
    if by_rule and by_rule != row["level"]:
        differing.append(
            f"the level model says {row['level']}, the codebook's rule on its passages {by_rule}"
        )
    set_ = str(row["prediction_set"])
    sectors = [each for each in str(row["top_sectors"]).split(LIST_SEPARATOR) if each][:3]
    return Candidate(
        key=str(row["sha256"]),
        document=name,
        stratum=str(row["level"]),
        outcomes=(p[1] + p[2], p[2]),
        doubt=doubt,
        why_unsure=f"the levels {set_.replace(LIST_SEPARATOR, ' and ')} cannot be told apart"
        if LIST_SEPARATOR in set_
        else f"the probability of {row['level']} is {max(p):.2f}",
        disagreement="; ".join(differing),
        traits=frozenset([f"language {row['language']}", *(f"sector {each}" for each in sectors)])
        | ({f"Party {row['iso3']}"} if row["iso3"] else frozenset()),
        cells={
            "iso3": str(row["iso3"]),
            "path": str(row["path"]),
            "sha256": str(row["sha256"]),
            "prediction_set": set_,
        }
        | {f"p_{level}": f"{value:.4f}" for level, value in zip(LEVELS, p, strict=True)},
    )


def _passage(name: str, document: Mapping[str, Any], row: Mapping[Any, Any], disagrees: Any) -> Candidate:
    p, text = float(row["p_urban"]), str(row["text"])
    language = str(document["language"])
    sector = row["sector"] if isinstance(row["sector"], str) else ""
    return Candidate(
        key=f"{row['sha256']}:{int(row['number']):06d}",
        document=name,
        stratum=urban_class(p),
        outcomes=(p,),
        doubt=1 - 2 * abs(p - 0.5),
        why_unsure=f"p_urban is {p:.2f}",
        disagreement=disagrees(text, language, p),
        traits=frozenset(
            [f"document {name}", f"language {language}", f"code {row['code']}", f"kind {row['kind']}"]
            + ([f"sector {sector}"] if sector else [])
        ),
        cells={
            "iso3": str(document["iso3"]),
            "path": str(document["path"]),
            "sha256": str(row["sha256"]),
            "page": "" if pd.isna(row["page"]) else str(int(row["page"])),
            "fingerprint": fingerprint(text),
            "p_urban": f"{p:.4f}",
            "code": str(row["code"]),
        },
    )


def urban_class(p_urban: float) -> str:
    """The stratum of a passage."""
    return next((name for limit, name in URBAN_CLASSES if p_urban < limit), LAST_URBAN_CLASS)


def _lexicon_disagrees() -> Any:
    """What the lexicon and the model say differently of a passage; empty where they agree."""
    lexicon = load_lexicon()
    core = {name for name, concept in lexicon.concepts.items() if concept.strength == "core"}

    def disagrees(text: str, language: str, p_urban: float) -> str:
        if SURE_OTHER < p_urban < SURE_URBAN:
            return ""
        names_city = any(match.concept in core for match in lexicon.find(text, language))
        if names_city and p_urban <= SURE_OTHER:
            return f"it holds an urban word, and the model gives it {p_urban:.2f}"
        if not names_city and p_urban >= SURE_URBAN:
            return f"it holds no urban word, and the model gives it {p_urban:.2f}"
        return ""

    return disagrees


def with_places(sample: Sample, look: Callable[[Path], Document]) -> tuple[Sample, tuple[str, ...]]:
    """A sample of passages with their places in the documents, which `look` reads; and what could not be read."""
    by_path: dict[str, list[Pick]] = {}
    for pick in sample.picks:
        by_path.setdefault(pick.candidate.cells["path"], []).append(pick)
    cells: dict[str, dict[str, str]] = {}
    lost = []
    for path, picks in by_path.items():
        try:
            document = look(Path(path))
        except ReadingError as error:
            lost.append(f"{path}: {error.message} Its passages are named by their fingerprints alone.")
            continue
        cells |= {pick.candidate.key: _place(pick.candidate, Places(document)) for pick in picks}
    placed = tuple(
        replace(
            pick,
            candidate=replace(
                pick.candidate, cells={**pick.candidate.cells, **cells.get(pick.candidate.key, {})}
            ),
        )
        for pick in sample.picks
    )
    return replace(sample, picks=placed), tuple(lost)


def _place(candidate: Candidate, places: Places) -> dict[str, str]:
    """Start and length of a passage: the one of its number where the text is the same, else where the text is."""
    number = int(candidate.key.partition(":")[2])
    mark = candidate.cells["fingerprint"]
    if number < len(places.passages) and fingerprint(places.passages[number].text) == mark:
        passage = places.passages[number]
        return {"start": str(passage.start), "length": str(len(passage.text))}
    page = candidate.cells["page"]
    found = places.find(Anchor(candidate.cells["sha256"], int(page) if page else None, 0, 0, mark))
    return {"start": str(found.start), "length": str(len(found.text))} if isinstance(found, Found) else {}
