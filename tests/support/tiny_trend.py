"""A run folder, a panel and labels: real codes, invented levels. They say nothing about any country."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from ndc_urban.codebook import LEVELS
from ndc_urban.runs.estimation import ESTIMATION, level_score
from ndc_urban.runs.tables import DOCUMENTS

CODES: tuple[str, ...] = tuple(
    "KEN RWA COL JOR MAR SLE AUS CAN JPN USA BRA IND CHN FJI TUV NRU ZAF NGA GHA SEN CHL PER ARG URY PRY BOL ECU "
    "MEX GTM HND CRI PAN CUB DOM HTI JAM BRB NZL PNG WSM TON VUT PHL IDN MYS THA VNM LAO KHM MMR BGD NPL LKA PAK "
    "EUU".split()
)
PROBABILITIES = {"low": (0.8, 0.15, 0.05), "moderate": (0.2, 0.6, 0.2), "strong": (0.05, 0.25, 0.7)}


def digest(text: str) -> str:
    """A hash in place of a file's."""
    return hashlib.sha256(text.encode()).hexdigest()


def level_for(code: str, round_: str) -> str:
    """An invented level; later rounds have more."""
    number = int(digest(code)[:6], 16) % 10 + {"2016-17": 0, "2022": 2, "2026": 4}.get(round_, 1)
    return "low" if number < 5 else "moderate" if number < 10 else "strong"


def write_run(
    folder: Path,
    documents: Mapping[str, str],
    *,
    model: str = "a" * 64,
    cross_fitted: Sequence[str] = (),
    fitted_only: Sequence[str] = (),
    status: Mapping[str, str] | None = None,
    profiles: Mapping[str, str] | None = None,
) -> Path:
    """A run folder without passages; `documents` maps names such as KEN_2022 to levels."""
    folder.mkdir(parents=True)
    rows: list[dict[str, Any]] = []
    estimation: list[dict[str, Any]] = []
    for number, (name, level) in enumerate(documents.items()):
        sha256, state = digest(name), (status or {}).get(name, "ok")
        row: dict[str, Any] = {
            "path": f"ndcs/{name}.pdf",
            "sha256": sha256,
            "iso3": name[:3],
            "status": state,
        }
        if state == "ok":
            low, moderate, strong = PROBABILITIES[level]
            shift = (number % 7) / 100
            low, strong = low - shift / 2, strong + shift / 2
            chances = {"p_low": low, "p_moderate": moderate, "p_strong": strong}
            trained = name in cross_fitted or name in fitted_only
            row |= {"level": level, **chances, "prediction_set": level, "passages": 9, "language": "en"}
            row["in_training"] = trained
            if name not in fitted_only:
                estimation.append(
                    {"sha256": sha256, "cross_fitted": name in cross_fitted, "level": level, **chances}
                    | {"score": level_score(low, strong), "profile": (profiles or {}).get(name, "")}
                )
        rows.append(row)
    _table(rows, DOCUMENTS).to_csv(folder / "documents.csv", index=False)
    _table(estimation, ESTIMATION).to_csv(folder / "estimation.csv", index=False)
    info = {
        "version": "0",
        "model": {"name": "invented", "hash": model},
        "start": "2026-01-01",
        "end": "2026-01-01",
    }
    (folder / "run.json").write_text(json.dumps(info), encoding="utf-8")
    return folder


def _table(rows: list[dict[str, Any]], schema: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(schema)).astype(dict(schema))


def write_panel(
    path: Path, standings: Sequence[tuple[str, str, str]], *, columns: Sequence[str] = ()
) -> Path:
    """A panel of (round, iso3, document); each row names the hash of its document."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        {"round": round_, "iso3": iso3, "party": iso3, "document": document, "sha256": digest(document)}
        for round_, iso3, document in standings
    ]
    frame = pd.DataFrame(rows)
    frame[list(columns) or list(frame.columns)].to_csv(path, index=False)
    return path


def write_labels(
    folder: Path, levels: Mapping[str, str], *, probability: float | None = 0.75, coder: str = "A"
) -> Path:
    """A levels.csv with one coder."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        {"document": name, "coder": coder, "level": level, "confidence": 3, "dedicated": 0}
        | ({"inclusion_probability": probability} if probability is not None else {})
        for name, level in levels.items()
    ]
    pd.DataFrame(rows).to_csv(folder / "levels.csv", index=False)
    return folder


PUBLISHED = """review,documents_counted,basis,metric,value,unit,source
2016-17,50,documents,clear urban references,30,NDCs,An invented review
2016-17,,as restated in 2022-23,at least moderate,60,percent,An invented paper
2016-17,,as restated in 2022-23,strong,14,percent,same
2022,60,Parties,strong,12,NDCs,Another invented review
2022,60,Parties,moderate,24,NDCs,same
2022,60,Parties,low,24,NDCs,same
2023,60,Parties,urban climate hazards mentioned,40,percent,A third invented review
2023,60,Parties,specific request for urban finance,6,NDCs,same
2026,99,another cycle,well-developed urban content,80,percent,A fourth invented review
"""


def world(root: Path, *, labelled_share: float = 0.75, errors: int = 6) -> tuple[Path, Path, Path]:
    """A run, a panel with published figures and labels over three rounds: (run, panel, annotations).

    Some documents of 2016-17 stand in 2022 as well; every `errors`-th prediction is wrong by one level.
    """
    standings: list[tuple[str, str, str]] = []
    truth: dict[str, str] = {}
    for round_ in ("2016-17", "2022", "2026"):
        for number, code in enumerate(CODES):
            if round_ == "2026" and number % 3 == 0 and code != "EUU":
                continue
            kept = round_ == "2022" and number % 5 == 0 and code != "EUU"
            name = f"{code}_{'2016-17' if kept else round_}"
            standings.append((round_, code, name))
            truth.setdefault(name, level_for(code, round_))
    predicted = {
        name: LEVELS[min(2, LEVELS.index(level) + 1)] if number % errors == 0 else level
        for number, (name, level) in enumerate(truth.items())
    }
    labelled = {
        name: level for name, level in truth.items() if int(digest(name[:3])[:4], 16) / 65536 < labelled_share
    }
    profiles = {
        name: "sector:tr/m=2;topic:hazards=1;theme:housing=1" if level != "low" else ""
        for name, level in predicted.items()
    }
    run = write_run(root / "run", predicted, cross_fitted=list(labelled), profiles=profiles)
    panel = write_panel(root / "corpus" / "panel.csv", standings)
    (panel.parent / "published.csv").write_text(PUBLISHED, encoding="utf-8")
    annotations = write_labels(root / "labels", labelled, probability=len(labelled) / len(truth))
    return run, panel, annotations
