"""The data of a report as the page's script reads it: short keys, and the texts of whole documents compressed."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping
from typing import Any

from ndc_urban.codebook import CODEBOOK_VERSION, LEVELS, ROLES, SECTORS, STRANDS
from ndc_urban.exchange.guide import CODE_NAMES, CODE_RULES, LEVEL_RULES
from ndc_urban.languages import ALL
from ndc_urban.lexicon.themes import load_themes
from ndc_urban.report.records import LevelResult, Report, ReportDocument, ReportPassage, Why

Plain = dict[str, Any]

_DECIMALS = 4
"""Of probabilities in the page: more than it shows, and as many as run tables have."""
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_RIGHT_TO_LEFT = frozenset({"fa", "he", "ur", *(each.code for each in ALL.values() if each.right_to_left)})
"""The languages that have a file, and those that are only recognised by name."""


def script_json(value: object) -> str:
    """JSON that may stand in a script element: nothing in it can end the element or open another one.

    >>> script_json("</script><b>")
    '"\\\\u003c/script\\\\u003e\\\\u003cb\\\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character, escape in _UNSAFE.items():
        text = text.replace(character, escape)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def direction(language: str) -> str:
    """`rtl` or `ltr`; `auto` where the language is not known."""
    if language in _RIGHT_TO_LEFT:
        return "rtl"
    return "ltr" if language and language != "und" else "auto"


def payload(report: Report) -> Plain:
    """Everything but the texts of whole documents."""
    blind = report.review is not None and report.review.blind
    return {
        "run": report.run_id,
        "codebook": _codebook(),
        "documents": [_document(each, blind=blind) for each in report.documents],
        "comparisons": [
            {
                "party": each.party,
                "before": each.before,
                "after": each.after,
                "came": each.came,
                "went": each.went,
                "kept": each.kept,
                "otherLanguages": each.other_languages,
            }
            for each in report.comparisons
        ],
        "review": _review(report),
        "hasTexts": report.has_texts,
        "hasAll": report.has_all_passages,
    }


def texts(report: Report) -> dict[str, str]:
    """The passages of each document by its key: JSON, compressed with gzip, in base64, unpacked one at a time."""
    if not report.has_all_passages or not report.has_texts:
        return {}
    blind = report.review is not None and report.review.blind
    return {
        document.key: _packed([_full_passage(each, blind=blind) for each in document.passages])
        for document in report.documents
        if document.passages
    }


def _packed(value: object) -> str:
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    return base64.b64encode(gzip.compress(data, mtime=0)).decode("ascii")


def _codebook() -> Plain:
    return {
        "version": CODEBOOK_VERSION,
        "codes": dict(CODE_NAMES),
        "codeRules": dict(CODE_RULES),
        "levels": list(LEVELS),
        "levelRules": dict(LEVEL_RULES),
        "sectors": dict(SECTORS),
        "strands": dict(STRANDS),
        "roles": dict(ROLES),
        "themes": [
            {"name": each.name, "kind": each.kind, "label": each.label, "about": each.about}
            for each in load_themes().themes
        ],
    }


def _review(report: Report) -> Plain | None:
    task = report.review
    if task is None:
        return None
    return {
        "blind": task.blind,
        "passages": {key: list(numbers) for key, numbers in task.passages.items()},
        "inclusion": dict(task.inclusion),
        "sample": task.sample,
        "model": report.model,
    }


def _document(document: ReportDocument, *, blind: bool) -> Plain:
    value: Plain = {
        "key": document.key,
        "path": document.path,
        "name": document.name,
        "sha256": document.sha256,
        "document": document.document,
        "iso3": document.iso3,
        "party": document.party,
        "language": document.language,
        "dir": direction(document.language),
        "pages": document.pages,
        "status": document.status,
        "notes": document.notes,
        "link": document.link,
        "count": document.passage_count,
        "notRead": [
            {"message": each.message, "remedy": each.remedy, "pages": each.pages}
            for each in document.not_read
        ],
    }
    if blind or document.result is None:
        return value
    return value | {
        "result": _level(document.result),
        "codebook": _level(document.codebook),
        "outOfFold": _level(document.out_of_fold),
        "inTraining": document.in_training,
        "urban": document.urban_passages,
        "share": round(document.urban_share, _DECIMALS),
        "reasons": _whys(document.reasons),
        "sectors": [[sector, strand, count] for (sector, strand), count in sorted(document.sectors.items())],
        "roles": dict(document.roles),
        "themes": dict(document.themes),
        "evidence": [_evidence(each, document) for each in document.evidence],
    }


def _level(result: LevelResult | None) -> Plain | None:
    if result is None:
        return None
    return {
        "level": result.level,
        "p": [round(each, _DECIMALS) for each in (result.p_low, result.p_moderate, result.p_strong)],
        "set": list(result.levels),
    }


def _whys(reasons: tuple[Why, ...]) -> list[tuple[str, float]]:
    return [(why.text, round(why.effect, 2)) for why in reasons]


def _evidence(passage: ReportPassage, document: ReportDocument) -> Plain:
    value = _passage(passage) | _prediction(passage)
    value["rank"] = passage.rank
    value["themes"] = list(passage.themes)
    value["why"] = _whys(passage.reasons)
    value["cite"] = document.citation(passage)
    return value


def _passage(passage: ReportPassage) -> Plain:
    return {
        "n": passage.number,
        "page": passage.page,
        "section": passage.section,
        "kind": passage.kind,
        "text": passage.text,
        "lang": passage.language,
        "dir": direction(passage.language),
        "start": passage.start,
    }


def _prediction(passage: ReportPassage) -> Plain:
    return {
        "p": round(passage.p_urban, _DECIMALS),
        "code": passage.code,
        "sector": passage.sector,
        "strand": passage.strand,
        "role": passage.role,
    }


def _full_passage(passage: ReportPassage, *, blind: bool) -> Mapping[str, Any]:
    value = _passage(passage)
    if not blind:
        value |= _prediction(passage)
    return {name: each for name, each in value.items() if each not in ("", None)}
