"""The report as pages for a browser: one file, or several and a list of them where the documents are many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from ndc_urban.codebook import LEVELS, SECTORS
from ndc_urban.counting import chance, either
from ndc_urban.lexicon.themes import load_themes
from ndc_urban.report.payload import payload, script_json, texts
from ndc_urban.report.records import NotRead, Report, ReportDocument
from ndc_urban.report.wording import EXPLAINED, LANGUAGE_NAMES, WHOSE_TEXT
from ndc_urban.report.world_map import world_map

MAIN_PAGE = "report.html"
MOST_IN_ONE_FILE = 1000
"""Documents in one file: 233 real ones make one of about 5 MB, so that a file stays near 20 MB."""
_COLUMNS = (
    ("Party and file", False),
    ("Language", False),
    ("Level", False),
    ("Probability", True),
    ("May be", False),
    ("Urban passages", True),
    ("Top sectors", False),
)
_BLIND_COLUMNS = (("Party and file", False), ("Language", False), ("Passages", True))
_TOP_SECTORS = 3
"""As many fit in a cell of the overview. Chosen by eye."""
_OTHER_LETTERS = "other"


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a report that is too large for one: its name, its letter with a number, and its documents."""

    file: str
    title: str
    report: Report


def pages(report: Report, *, most: int = MOST_IN_ONE_FILE) -> Iterator[tuple[str, str]]:
    """The files of the report by name, each made when its turn comes; `most` documents go into one."""
    if len(report.documents) <= most:
        yield MAIN_PAGE, _page(report)
        return
    parts = _parts(report, most)
    yield MAIN_PAGE, _list_of_parts(report, parts)
    for part in parts:
        yield part.file, _page(part.report, part.title)


def _parts(report: Report, most: int) -> list[Part]:
    """Parts by first letter, at most `most` documents each; a Party's documents stay together where they fit."""
    by_letter: dict[str, list[ReportDocument]] = {}
    for document in sorted(report.documents, key=lambda each: (_title_of(each).casefold(), each.name)):
        by_letter.setdefault(_letter(document), []).append(document)
    parts = []
    for letter, documents in by_letter.items():
        pieces = [documents[at : at + most] for at in range(0, len(documents), most)]
        for number, piece in enumerate(pieces, 1):
            title = letter if len(pieces) == 1 else f"{letter} {number}"
            keys = {document.key for document in piece}
            own = replace(
                report,
                documents=tuple(piece),
                not_read=tuple(each for document in piece for each in document.not_read),
                comparisons=tuple(each for each in report.comparisons if {each.before, each.after} <= keys),
            )
            parts.append(Part(f"report-{title.replace(' ', '-')}.html", title, own))
    return parts


def _title_of(document: ReportDocument) -> str:
    return document.party or document.name


def _letter(document: ReportDocument) -> str:
    first = _title_of(document)[:1].upper()
    return first if first.isascii() and first.isalnum() else _OTHER_LETTERS


@cache
def _asset(name: str) -> str:
    return (files("ndc_urban.report") / name).read_text(encoding="utf-8")


@cache
def _environment() -> Any:
    from jinja2 import DictLoader, Environment, StrictUndefined

    names = ("report.html.j2", "parts.html.j2")
    loader = DictLoader({name: _asset(f"assets/{name}") for name in names})
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined)


@cache
def _style() -> str:
    from ndc_urban.trend.figures.palette import LEVEL_COLOURS

    style = _asset("assets/report.css")
    for level, colour in LEVEL_COLOURS.items():
        style = style.replace(f"{level.upper()}_COLOUR", colour)
    return style


def _own(text: str) -> Any:
    """Text of this program that goes into a page as it is: styles, scripts, and JSON made by `script_json`."""
    from markupsafe import Markup

    return Markup(text)  # noqa: S704 - nothing of a document gets here but through script_json


def _page(report: Report, part: str = "") -> str:
    blind = report.review is not None and report.review.blind
    text: str = (
        _environment()
        .get_template("report.html.j2")
        .render(
            **_overview(report, blind=blind),
            part=part,
            blind=blind,
            review=report.review is not None,
            style=_own(_style()),
            script=_own(_asset("assets/report.js")),
            review_script=_own(_asset("assets/review.js")) if report.review else "",
            minisearch=_own(_asset("vendor/minisearch/minisearch.js")),
            minisearch_licence=_asset("vendor/minisearch/LICENSE.txt"),
            data=_own(script_json(payload(report))),
            texts=_own(script_json(texts(report))),
        )
    )
    return text


def _overview(report: Report, *, blind: bool) -> dict[str, Any]:
    documents = report.documents
    return {
        "facts": tuple(report.facts.items()),
        "notes": report.notes,
        "documents": documents,
        "levels": _levels(report),
        "unsure": sum(not document.result.is_sure for document in report.counted if document.result),
        "not_scored": len(documents) - len(report.scored),
        "copies": report.copies,
        "not_read": _groups(report.not_read),
        "not_read_count": len(report.not_read),
        "map": "" if blind else world_map(documents),
        "columns": _BLIND_COLUMNS if blind else _COLUMNS,
        "rows": [_row(document, blind=blind) for document in documents],
        "sectors": tuple(SECTORS.items()),
        "themes": load_themes().themes,
        "languages": [
            (code, LANGUAGE_NAMES.get(code, code))
            for code in sorted({each.language for each in documents if each.language})
        ],
        "whose_text": WHOSE_TEXT,
        "explained": EXPLAINED,
    }


def _levels(report: Report) -> list[dict[str, Any]]:
    counts = Counter(document.result.level for document in report.counted if document.result)
    total = max(sum(counts.values()), 1)
    return [
        {"name": level, "count": counts[level], "percent": f"{counts[level] / total:.0%}"} for level in LEVELS
    ]


def _groups(not_read: Sequence[NotRead]) -> list[Mapping[str, Any]]:
    """What was not read, by what to do about it."""
    groups: dict[tuple[str, str], list[NotRead]] = {}
    for each in not_read:
        groups.setdefault((each.error, each.remedy), []).append(each)
    return [
        {
            "title": error.replace("_", " ").capitalize().replace("ocr", "OCR"),
            "remedy": remedy,
            "files": found,
        }
        for (error, remedy), found in sorted(groups.items())
    ]


def _row(document: ReportDocument, *, blind: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "key": document.key,
        "party": document.party,
        "name": document.name,
        "language": document.language,
        "language_name": LANGUAGE_NAMES.get(document.language, document.language),
        "passages": document.passage_count,
        **dict.fromkeys(("level", "level_order", "probability", "percent", "set", "urban", "urban_of"), ""),
        **dict.fromkeys(("top_sectors", "sectors", "themes", "sure"), ""),
    }
    result = document.result
    if result is None or blind:
        return row
    by_sector: Counter[str] = Counter()
    for (sector, _), count in document.sectors.items():
        by_sector[sector] += count
    return row | {
        "level": result.level,
        "level_order": LEVELS.index(result.level),
        "probability": f"{result.probability:.4f}",
        "percent": chance(result.probability),
        "set": "" if result.is_sure else either(result.levels),
        "sure": "yes" if result.is_sure else "no",
        "urban": document.urban_passages,
        "urban_of": f"{document.urban_passages} of {document.passage_count}",
        "top_sectors": ", ".join(SECTORS[code] for code, _ in by_sector.most_common(_TOP_SECTORS)),
        "sectors": " ".join(
            sorted({each.sector for each in document.evidence if each.sector} | set(by_sector))
        ),
        "themes": " ".join(sorted(document.themes)),
    }


def _list_of_parts(report: Report, parts: Sequence[Part]) -> str:
    text: str = (
        _environment()
        .get_template("parts.html.j2")
        .render(
            style=_own(_style()),
            facts=tuple(report.facts.items()),
            notes=report.notes,
            levels=[] if report.review and report.review.blind else _levels(report),
            total=len(report.documents),
            not_read=len(report.not_read),
            whose_text=WHOSE_TEXT,
            parts=[
                {
                    "file": part.file,
                    "title": part.title,
                    "first": _title_of(part.report.documents[0]),
                    "last": _title_of(part.report.documents[-1]),
                    "count": len(part.report.documents),
                    "not_read": len(part.report.not_read),
                }
                for part in parts
            ],
        )
    )
    return text
