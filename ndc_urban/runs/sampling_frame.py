"""The sampling frame: the documents and passages of a run that may be drawn for coding.

How they are drawn is in `ndc_urban.labels.sampling`; `ndc_urban.runs.samples` puts both together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from ndc_urban.codebook import LEVELS, URBAN_CODES
from ndc_urban.corpus.register import REGISTER
from ndc_urban.counting import agreeing, counted
from ndc_urban.document import Document
from ndc_urban.errors import ReadingError, UsageError
from ndc_urban.files import read_csv
from ndc_urban.identity import document_name
from ndc_urban.labels.anchors import Anchor, Found, Places, fingerprint
from ndc_urban.labels.level_rules import UrbanCounts, level_by_rules
from ndc_urban.labels.sampling import Sample, SampledUnit, SamplingUnit
from ndc_urban.lexicon import load_lexicon
from ndc_urban.runs.folder import Run
from ndc_urban.runs.notes import recognised_pages
from ndc_urban.runs.tables import LIST_SEPARATOR, OK

URBAN_CLASSES = ((0.05, "p_urban below 0.05"), (0.5, "p_urban 0.05 to 0.5"), (0.95, "p_urban 0.5 to 0.95"))
"""Strata of passages: upper limits of `p_urban` and names. Chosen by eye: most passages are far below 0.05, and the
uncertain ones in between must not drown among them."""
LAST_URBAN_CLASS = "p_urban 0.95 and more"
"""The stratum above the last limit."""
MAX_PASSAGES = 4000
"""The number of passages from which a training sample is chosen: the most uncertain ones, and others at regular
intervals. Choosing takes time in proportion to it. Chosen by eye."""
CLEARLY_URBAN, CLEARLY_OTHER = 0.7, 0.3
"""Between these the model does not disagree with the lexicon: it is undecided. Chosen by eye."""

MOST_NAMED = 5
"""Documents that a note names; of more, the others are counted. Chosen by eye."""


@dataclass(frozen=True)
class Register:
    """The NDC of each file, by SHA-256, and the wanted NDCs; both may be empty (none known, all wanted).

    `preferred` are the files named in a panel: of several files of an NDC these are used.
    """

    document_of: Mapping[str, str]
    wanted: frozenset[str] = frozenset()
    preferred: frozenset[str] = frozenset()

    @classmethod
    def none(cls) -> Register:
        """No register: every file is its own document."""
        return cls({})


@dataclass(frozen=True)
class SamplingFrame:
    """The units that may be drawn, and notes for the user on those that may not."""

    units: tuple[SamplingUnit, ...]
    notes: tuple[str, ...]


def load_register(panel: Path | None, register: Path | None) -> Register:
    """Reads a panel (`document`, optionally `sha256`) and a register of files (`sha256`, `document`).

    The default of `register` is the file `documents.csv` beside the panel, if there is one.
    """
    if panel is not None and register is None and (panel.parent / REGISTER).is_file():
        register = panel.parent / REGISTER
    files = [] if register is None else _rows(register, ("sha256", "document"))
    wanted = [] if panel is None else _rows(panel, ("document",))
    document_of = {row["sha256"]: row["document"] for row in (*files, *wanted) if row.get("sha256")}
    if panel is not None and not document_of:
        raise UsageError(
            f"{panel} does not say which files belong to its documents.",
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


def document_units(run: Run, register: Register, *, for_training: bool) -> SamplingFrame:
    """The scored documents of a run, each once; for training, without the model's training data."""
    rows, notes = _documents(run, register, for_training)
    estimation = run.estimation.set_index("sha256")
    by_rule = _levels_by_rule(run)
    other_levels = _levels_of_files(run, register)
    units = []
    for name, row in rows:
        values: Any = row
        if row["sha256"] in estimation.index:
            values = (
                row | estimation.loc[row["sha256"], ["level", "p_low", "p_moderate", "p_strong"]].to_dict()
            )
        units.append(
            _document(name, values, by_rule.get(row["sha256"], ""), other_levels.get(name, frozenset()))
        )
    fitted = sum(bool(row["in_training"]) and row["sha256"] not in estimation.index for _, row in rows)
    if fitted:
        notes.append(
            f"{counted(fitted, 'document')} {agreeing(fitted, 'was', 'were')} used in training and "
            f"{agreeing(fitted, 'has', 'have')} no out-of-fold prediction: "
            f"{agreeing(fitted, 'its stratum is a fitted level', 'their strata are fitted levels')}."
        )
    if run.scale:
        notes.append(f"The levels of the sample are on the scale {run.scale}.")
    return SamplingFrame(tuple(units), tuple(notes))


def passage_units(run: Run, register: Register, *, for_training: bool) -> SamplingFrame:
    """The passages of these documents; for training, the uncertain ones and some others."""
    if run.evidence_only:
        raise UsageError(
            "The run has only ranked evidence, so passages cannot be drawn at random.",
            remedy="Score the documents again without --evidence-only.",
        )
    rows, notes = _documents(run, register, for_training)
    name_of = {row["sha256"]: (name, row) for name, row in rows}
    passages = run.passages[run.passages["sha256"].isin(list(name_of))].copy()
    passages["number"] = passages.groupby("sha256").cumcount()
    passages = passages[passages["text"].notna()]
    if for_training:
        passages = passages[_not_recognised(passages, run)]
    if for_training and len(passages) > MAX_PASSAGES:
        uncertain = passages["p_urban"].sub(0.5).abs().sort_values(kind="stable").index[: MAX_PASSAGES // 2]
        others = passages.index.difference(uncertain)
        passages = passages.loc[uncertain.union(others[:: max(1, len(others) // (MAX_PASSAGES // 2))])]
        notes.append(
            f"{counted(len(passages), 'passage')} were considered: the most uncertain ones and some others."
        )
    disagreeing = _lexicon_disagrees() if for_training else lambda text, language, p_urban: ""
    units = [
        _passage(*name_of[str(each["sha256"])], each, disagreeing) for each in passages.to_dict("records")
    ]
    return SamplingFrame(tuple(units), tuple(notes))


def _documents(
    run: Run, register: Register, for_training: bool
) -> tuple[list[tuple[str, dict[str, Any]]], list[str]]:
    """Name and row of each document; of several files the preferred one, else HTML before other formats.

    For training, a file with text of its own comes first, and a document without one is left out.
    """
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
        notes.append(
            f"{counted(unknown, 'scored file')} {agreeing(unknown, 'does', 'do')} not belong to the panel and "
            f"{agreeing(unknown, 'is', 'are')} left out."
        )
    missing = sorted(register.wanted - set(by_name))
    if missing:
        more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        notes.append(
            f"{counted(len(missing), 'document')} of the panel {agreeing(len(missing), 'was', 'were')} not scored in "
            f"this run, so {agreeing(len(missing), 'it', 'they')} cannot be drawn: "
            f"{', '.join(missing[:MOST_NAMED])}{more}."
        )
    scans = _scans(run) if for_training else frozenset()

    def order(row: Mapping[str, Any]) -> tuple[bool, bool, int]:
        return row["sha256"] in scans, row["sha256"] not in register.preferred, _format_first(row)

    chosen = [(name, min(rows, key=order)) for name, rows in by_name.items()]
    if for_training:
        readable = [(name, row) for name, row in chosen if row["sha256"] not in scans]
        if len(readable) < len(chosen):
            scanned = len(chosen) - len(readable)
            what = agreeing(
                scanned, "is left out because it is a scan", "are left out because they are scans"
            )
            notes.append(f"{counted(scanned, 'document')} {what}, which training cannot read.")
        chosen = readable
        fresh = [
            (name, row) for name, row in chosen if not any(bool(r["in_training"]) for r in by_name[name])
        ]
        if len(fresh) < len(chosen):
            learnt = len(chosen) - len(fresh)
            verb, them = agreeing(learnt, "is", "are"), agreeing(learnt, "it", "them")
            notes.append(
                f"{counted(learnt, 'document')} {verb} left out because the model was trained on {them}."
            )
        chosen = fresh
    return chosen, notes


def _scans(run: Run) -> frozenset[str]:
    """The files all of whose passages were read by text recognition: training reads text layers only."""
    own = set(run.passages.loc[_not_recognised(run.passages, run), "sha256"])
    return frozenset(str(sha256) for sha256 in _recognised(run) if sha256 not in own)


def _recognised(run: Run) -> dict[str, frozenset[int]]:
    """The pages that were read by text recognition, by file, for the files that have any."""
    notes = run.documents.loc[run.documents["notes"].notna(), ["sha256", "notes"]]
    found = {str(row["sha256"]): recognised_pages(str(row["notes"])) for row in notes.to_dict("records")}
    return {sha256: pages for sha256, pages in found.items() if pages}


def _not_recognised(passages: pd.DataFrame, run: Run) -> list[bool]:
    """For each passage, whether its page has text of its own."""
    recognised = _recognised(run)
    none: frozenset[int] = frozenset()
    return [
        page is pd.NA or page not in recognised.get(str(sha256), none)
        for sha256, page in zip(passages["sha256"], passages["page"], strict=True)
    ]


def _free_name(row: Mapping[Any, Any], taken: Mapping[str, object]) -> str:
    """The name of a document without a register; if it is taken, with the first digits of the hash."""
    name = document_name(str(row["path"]), str(row["iso3"]))
    return f"{name}_{str(row['sha256'])[:8]}" if name in taken else name


def _format_first(row: Mapping[str, Any]) -> int:
    return 0 if str(row["path"]).lower().endswith((".html", ".htm")) else 1


def _levels_of_files(run: Run, register: Register) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    scored = run.documents[run.documents["status"] == OK]
    for sha256, level in zip(scored["sha256"], scored["level"], strict=True):
        if sha256 in register.document_of:
            found.setdefault(register.document_of[sha256], set()).add(str(level))
    return {name: frozenset(levels) for name, levels in found.items()}


def _levels_by_rule(run: Run) -> Mapping[str, str]:
    """The level by the rule of the codebook on passages and sectors, from the predicted codes."""
    urban = run.passages[run.passages["code"].isin(list(URBAN_CODES))].drop_duplicates(["sha256", "text"])
    found = dict.fromkeys(run.documents["sha256"], LEVELS[0])
    for sha256, group in urban.groupby("sha256"):
        explicit = int((group["code"] == "E").sum())
        sectors = group.loc[group["role"].isin(["r", "d"]), "sector"].nunique()
        counts = UrbanCounts(explicit, len(group) - explicit, int(sectors))
        found[str(sha256)] = level_by_rules(counts, None)
    return {str(sha256): str(level) for sha256, level in found.items()}


def _document(
    name: str, row: Mapping[str, Any], by_rule: str, levels_of_files: frozenset[str]
) -> SamplingUnit:
    p = [float(row[f"p_{level}"]) for level in LEVELS]
    doubt = -sum(each * math.log(each) for each in p if each > 0) / math.log(len(p))
    differences = []
    if len(levels_of_files) > 1:
        differences.append(f"its files get the levels {' and '.join(sorted(levels_of_files))}")
    if by_rule and by_rule != row["level"]:
        differences.append(
            f"the level model says {row['level']}, the codebook's rule on its passages {by_rule}"
        )
    set_ = str(row["prediction_set"])
    sectors = [each for each in str(row["top_sectors"]).split(LIST_SEPARATOR) if each][:3]
    return SamplingUnit(
        key=str(row["sha256"]),
        document=name,
        stratum=str(row["level"]),
        outcomes=(p[1] + p[2], p[2]),
        uncertainty=doubt,
        uncertainty_reason=f"the model cannot decide between {set_.replace(LIST_SEPARATOR, ' and ')}"
        if LIST_SEPARATOR in set_
        else f"the probability of {row['level']} is {max(p):.2f}",
        disagreement="; ".join(differences),
        attributes=frozenset([f"language {row['language']}", *(f"sector {each}" for each in sectors)])
        | ({f"Party {row['iso3']}"} if row["iso3"] else frozenset()),
        columns={
            "iso3": str(row["iso3"]),
            "path": str(row["path"]),
            "sha256": str(row["sha256"]),
            "prediction_set": set_,
        }
        | {f"p_{level}": f"{value:.4f}" for level, value in zip(LEVELS, p, strict=True)},
    )


def _passage(name: str, document: Mapping[str, Any], row: Mapping[Any, Any], disagrees: Any) -> SamplingUnit:
    p, text = float(row["p_urban"]), str(row["text"])
    language = str(document["language"])
    sector = row["sector"] if isinstance(row["sector"], str) else ""
    return SamplingUnit(
        key=f"{row['sha256']}:{int(row['number']):06d}",
        document=name,
        stratum=urban_class(p),
        outcomes=(p,),
        uncertainty=1 - 2 * abs(p - 0.5),
        uncertainty_reason=f"p_urban is {p:.2f}",
        disagreement=disagrees(text, language, p),
        attributes=frozenset(
            [f"document {name}", f"language {language}", f"code {row['code']}", f"kind {row['kind']}"]
            + ([f"sector {sector}"] if sector else [])
        ),
        columns={
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
    """Gives a function that says how the lexicon and the model disagree on a passage; empty if they do not."""
    lexicon = load_lexicon()
    core = {name for name, concept in lexicon.concepts.items() if concept.strength == "core"}

    def disagrees(text: str, language: str, p_urban: float) -> str:
        if CLEARLY_OTHER < p_urban < CLEARLY_URBAN:
            return ""
        names_city = any(match.concept in core for match in lexicon.find(text, language))
        if names_city and p_urban <= CLEARLY_OTHER:
            return f"it has an urban word, but p_urban is {p_urban:.2f}"
        if not names_city and p_urban >= CLEARLY_URBAN:
            return f"it has no urban word, but p_urban is {p_urban:.2f}"
        return ""

    return disagrees


def with_places(sample: Sample, read: Callable[[Path], Document]) -> tuple[Sample, tuple[str, ...]]:
    """A sample of passages with their places in the documents, and notes on documents that could not be read."""
    by_path: dict[str, list[SampledUnit]] = {}
    for each in sample.units:
        by_path.setdefault(each.unit.columns["path"], []).append(each)
    places: dict[str, dict[str, str]] = {}
    notes = []
    for path, sampled in by_path.items():
        try:
            document = read(Path(path))
        except ReadingError as error:
            notes.append(
                f"{path}: {error.message} Its passages can only be identified by their fingerprints."
            )
            continue
        places |= {each.unit.key: _place(each.unit, Places(document)) for each in sampled}
    placed = tuple(
        replace(each, unit=replace(each.unit, columns={**each.unit.columns, **places.get(each.unit.key, {})}))
        for each in sample.units
    )
    return replace(sample, units=placed), tuple(notes)


def _place(unit: SamplingUnit, places: Places) -> dict[str, str]:
    """Start and length of a passage: by its number if the text there is the same, else by its text."""
    number = int(unit.key.partition(":")[2])
    mark = unit.columns["fingerprint"]
    if number < len(places.passages) and fingerprint(places.passages[number].text) == mark:
        passage = places.passages[number]
        return {"start": str(passage.start), "length": str(len(passage.text))}
    page = unit.columns["page"]
    found = places.find(Anchor(unit.columns["sha256"], int(page) if page else None, 0, 0, mark))
    return {"start": str(found.start), "length": str(len(found.text))} if isinstance(found, Found) else {}
