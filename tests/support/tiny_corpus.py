"""A made-up collection of climate plans with its annotations, small enough to train on in a second or two."""

from __future__ import annotations

import csv
import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

PARTIES: Mapping[str, str] = {
    "XAA": "Aldmere",
    "XAB": "Brontia",
    "XAC": "Corvale",
    "XAD": "Dorsund",
    "XAE": "Eskadia",
    "XAF": "Farrowin",
    "XAG": "Galdoria",
    "XAH": "Hestrand",
    "XAI": "Ivenmoor",
    "XAJ": "Jorvania",
    "XAK": "Kestrelia",
    "XAL": "Lomoria",
}
"""Codes and names of Parties that do not exist (codes from XAA to XZZ are free for private use)."""

EVALUATION_PARTIES: Mapping[str, str] = {
    "XEA": "Eastering",
    "XEB": "Ebbsland",
    "XEC": "Ecklund",
    "XED": "Edra",
}
ROUNDS = ("2016-17", "2022")
CODER = "A"
LEVELS = ("low", "moderate", "strong")
CITIES_HEADING = "Cities and urban development"
HEADINGS = ("National circumstances", "Mitigation", "Adaptation", "Means of implementation")


@dataclass(frozen=True)
class Sentence:
    """A passage to be and the label that goes with it."""

    text: str
    code: str
    sector: str = ""
    strand: str = ""
    role: str = ""


EXPLICIT = (
    Sentence(
        "The city of {place} will extend its bus network to {n} districts by {year}.", "E", "tr", "m", "r"
    ),
    Sentence("Municipal councils will collect the waste of {n} thousand urban homes.", "E", "wa", "m", "r"),
    Sentence("Informal settlements around {place} are flooded in {n} of ten years.", "E", "ho", "a", "c"),
    Sentence(
        "The municipality of {place} rebuilds {n} kilometres of storm drains in town.", "E", "wt", "a", "r"
    ),
    Sentence(
        "Mayors and local governments of {n} cities receive training in climate work.", "E", "go", "b", "d"
    ),
    Sentence("Urban planning will keep {n} hectares of parks in every city and town.", "E", "pl", "a", "r"),
)
IMPLICIT = (
    Sentence(
        "A metro line of {n} kilometres and a bus rapid transit line open by {year}.", "I", "tr", "m", "r"
    ),
    Sentence("A sanitary landfill with gas capture replaces {n} open dumps by {year}.", "I", "wa", "m", "r"),
)
INCIDENTAL = (
    Sentence("In {year} about {n} percent of the people lived in urban areas.", "X"),
    Sentence("The workshop of {year} was held in the city hall with {n} guests.", "X"),
)
OTHER = (
    Sentence("Farmers receive drought-tolerant seed for {n} hectares of maize by {year}.", "N"),
    Sentence("Forests cover {n} percent of the land and store carbon in their soils.", "N"),
    Sentence("Fishing boats depend on healthy reefs and on {n} kilometres of mangroves.", "N"),
    Sentence("Wind farms will supply {n} megawatts to the national grid by {year}.", "N"),
    Sentence("Herders move {n} thousand animals when the pastures of the north dry out.", "N"),
    Sentence("The inventory of {year} follows the guidelines and counts {n} gases.", "N"),
)
FRENCH = {
    True: "La ville de {place} étendra son réseau d'autobus et la municipalité collectera les déchets urbains "
    "dans {n} quartiers.",
    False: "Les agriculteurs reçoivent des semences qui résistent à la sécheresse pour {n} hectares de maïs.",
}


@dataclass(frozen=True)
class Plan:
    """One made-up document: its level and its passages by heading."""

    name: str
    level: str
    sections: Mapping[str, Sequence[Sentence]]

    @property
    def party(self) -> str:
        return self.name.split("_", 1)[0]

    @property
    def file(self) -> str:
        return f"html/{self.name}-en.html"

    @property
    def french_file(self) -> str:
        return f"html/{self.name}-fr.html"


@dataclass(frozen=True)
class TinyCorpus:
    """Where the collection and its annotations lie, and what is in them."""

    folder: Path
    annotations: Path
    plans: tuple[Plan, ...]
    labels: tuple[Mapping[str, object], ...] = field(repr=False)


def make_plans(parties: Mapping[str, str] = PARTIES, *, seed: int = 1) -> tuple[Plan, ...]:
    """Two plans for each Party; every level is as frequent as the others."""
    chance = random.Random(seed)
    return tuple(
        _plan(f"{party}_{round_}", LEVELS[(number + at) % len(LEVELS)], name, chance)
        for number, (party, name) in enumerate(parties.items())
        for at, round_ in enumerate(ROUNDS)
    )


def _plan(document: str, level: str, party_name: str, chance: random.Random) -> Plan:
    """Low: at most one urban passage. Moderate: a few, scattered. Strong: a section on cities besides."""

    def some(sentences: Sequence[Sentence], number: int) -> list[Sentence]:
        return [
            replace(one, text=_filled(one.text, f"{party_name} Bay", chance))
            for one in chance.sample(sentences, number)
        ]

    sections: dict[str, list[Sentence]] = {heading: some(OTHER, 3) for heading in HEADINGS}
    sections[HEADINGS[0]] += some(INCIDENTAL, 1)
    if level == "low" and chance.random() < 0.5:
        sections[HEADINGS[1]] += some(IMPLICIT, 1)
    if level != "low":
        sections[HEADINGS[1]] += some(IMPLICIT, 1)
        sections[HEADINGS[2]] += some(EXPLICIT, 2)
    if level == "strong":
        sections[CITIES_HEADING] = some(EXPLICIT, 5) + some(IMPLICIT, 1)
    return Plan(document, level, sections)


def _filled(text: str, place: str, chance: random.Random) -> str:
    return text.format(place=place, n=chance.randint(12, 95), year=chance.randint(2026, 2045))


def write_corpus(folder: Path, plans: Sequence[Plan], *, evaluation_only: Sequence[str] = ()) -> TinyCorpus:
    """Writes the plans as HTML (English, and a French one beside), with register, panel and annotations."""
    corpus, annotations = folder / "corpus", folder / "annotations"
    (corpus / "html").mkdir(parents=True)
    annotations.mkdir()
    register = [row for plan in plans for row in (_write(corpus, plan, "en"), _write(corpus, plan, "fr"))]
    write_csv(corpus / "documents.csv", register)
    write_csv(corpus / "panel.csv", [_panel_row(plan, evaluation_only) for plan in plans])
    write_csv(annotations / "levels.csv", [_level_row(plan) for plan in plans])
    labels = tuple(row for plan in plans for row in _passage_rows(plan))
    write_jsonl(annotations / "passages.jsonl", labels)
    return TinyCorpus(corpus, annotations, tuple(plans), labels)


def write_csv(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def write_jsonl(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def _write(corpus: Path, plan: Plan, language: str) -> dict[str, object]:
    file = plan.file if language == "en" else plan.french_file
    data = _html(plan, language).encode()
    (corpus / file).write_bytes(data)
    return {
        "file": file,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "document": plan.name,
        "iso3": plan.party,
        "party": (PARTIES | EVALUATION_PARTIES).get(plan.party, plan.party),
        "rounds": plan.name.split("_", 1)[1],
        "language": language,
        "machine_translated": "yes" if language == "en" else "no",
        "kind": "html",
        "pages": "",
        "text_layer": "",
        "submission_date": "2022-01-01",
        "unfccc_url": "",
        "source": "made up",
    }


def _html(plan: Plan, language: str) -> str:
    body = [f"<h1>Climate plan of {plan.party}</h1>"]
    for heading, sentences in plan.sections.items():
        body.append(f"<h2>{_french_heading(heading) if language == 'fr' else heading}</h2>")
        body.extend(f"<p>{_in_language(one, language, n)}</p>" for n, one in enumerate(sentences))
    return f"<!DOCTYPE html><html><head><title>Plan</title></head><body>{''.join(body)}</body></html>"


def _french_heading(heading: str) -> str:
    return "Villes et développement urbain" if heading == CITIES_HEADING else "Atténuation et adaptation"


def _in_language(sentence: Sentence, language: str, number: int) -> str:
    if language == "en":
        return sentence.text
    return FRENCH[sentence.code in ("E", "I")].format(place="Belport", n=10 + number)


def _panel_row(plan: Plan, evaluation_only: Sequence[str]) -> dict[str, object]:
    return {
        "round": plan.name.split("_", 1)[1],
        "iso3": plan.party,
        "party": (PARTIES | EVALUATION_PARTIES).get(plan.party, plan.party),
        "document": plan.name,
        "submission_date": "2022-01-01",
        "english_text": plan.file,
        "evaluation_only": "yes" if plan.party in evaluation_only else "no",
    }


def _level_row(plan: Plan) -> dict[str, object]:
    urban = [one for sentences in plan.sections.values() for one in sentences if one.sector]
    return {
        "document": plan.name,
        "coder": CODER,
        "level": plan.level,
        "confidence": 3,
        "dedicated": int(plan.level == "strong"),
        "sectors": len({one.sector for one in urban}),
        "strand": "b" if urban else "-",
    }


def _passage_rows(plan: Plan) -> list[Mapping[str, object]]:
    rows: list[Mapping[str, object]] = []
    block = 0
    for heading, sentences in plan.sections.items():
        block += 1
        for sentence in sentences:
            block += 1
            rows.append(
                {
                    "document": plan.name,
                    "coder": CODER,
                    "block": block,
                    "code": sentence.code,
                    "sector": sentence.sector,
                    "strand": sentence.strand,
                    "role": sentence.role,
                    "source": plan.file,
                    "section": heading,
                    "text": sentence.text,
                    "wave": 1,
                    "seen": [0, len(sentence.text)],
                }
            )
    return rows
