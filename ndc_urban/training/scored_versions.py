"""Coded documents as the model reads them: what the level model and the evaluation need of each version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ndc_urban.codebook import LEVELS, URBAN_CODES, Scale
from ndc_urban.document import Passage
from ndc_urban.identity import round_of
from ndc_urban.labels.loading import SegmentedFile
from ndc_urban.lexicon import load_lexicon
from ndc_urban.model.denial import without_denials
from ndc_urban.model.evidence import scored_passages
from ndc_urban.model.level_model import LevelFeatureCounter
from ndc_urban.model.passage_model import Floats, PassageModel
from ndc_urban.model.profile import profile_of
from ndc_urban.model.repeats import repeats_of
from ndc_urban.training.baselines import counted, keyword_hits, lexicon_hits
from ndc_urban.training.dataset import CodedDocument, Dataset, UncodedDocument

LEVEL_NUMBER: Mapping[str, int] = {level: number for number, level in enumerate(LEVELS)}
TOP_EVIDENCE = 10
"""So many of the best passages are compared with the coder: as many as the program gives reasons for."""


@dataclass(frozen=True)
class ScoredVersion:
    """One version of a coded document, read by a passage model that has not seen its Party.

    `levels` holds the number of the level that each kind of coder gave, by scale. `features` has the shape
    (len(LEVEL_FEATURES),); `profile` counts what the urban passages are about; `top_codes` holds the coder's codes of
    the passages that rank highest, as far as they were coded, and `top_passages` how many there are; `characters` is
    the length of its passages; `urban_passages` counts those with the code E or I; `keywords` and `terms` are what the
    baselines count.
    """

    document: str
    party: str
    file: str
    sha256: str
    kind: str
    language: str
    is_coded_version: bool
    coder: str
    levels: Mapping[Scale, int]
    features: Floats
    characters: int
    profile: Mapping[str, int]
    top_codes: tuple[str, ...]
    top_passages: int
    urban_passages: int
    keywords: float
    terms: float

    @property
    def round(self) -> str:
        """The review round of the document."""
        return round_of(self.document)

    @property
    def level(self) -> int:
        """The number of the coded level, by the codebook; KeyError where the document was graded alone."""
        return self.levels["codebook"]


def scored_versions(
    dataset: Dataset, counter: LevelFeatureCounter, model_for: Callable[[str], PassageModel]
) -> tuple[ScoredVersion, ...]:
    """Every version of every coded document, read by the passage model that is right for its Party."""
    codes: dict[str, dict[Passage, str]] = {}
    for each in dataset.passages:
        if not each.carried:
            codes.setdefault(each.label.document, {})[each.passage] = each.label.code
    return tuple(
        _version(
            document,
            version,
            levels={**_graded(dataset, document.name), "codebook": LEVEL_NUMBER[document.label.level]},
            counter=counter,
            model=model_for(document.party),
            codes=codes.get(document.name, {}) if number == 0 else {},
        )
        for document in dataset.documents
        for number, version in enumerate(document.versions)
    )


def graded_versions(
    dataset: Dataset, counter: LevelFeatureCounter, model_for: Callable[[str], PassageModel]
) -> tuple[ScoredVersion, ...]:
    """The same of every document that was graded and not coded."""
    return tuple(
        _version(
            document,
            version,
            levels=_graded(dataset, document.name),
            counter=counter,
            model=model_for(document.party),
            codes={},
        )
        for document in dataset.uncoded
        for version in document.versions
    )


def _graded(dataset: Dataset, name: str) -> dict[Scale, int]:
    grade = dataset.grades.get(name)
    return {} if grade is None else {"un-habitat": LEVEL_NUMBER[grade.level]}


def _version(
    document: CodedDocument | UncodedDocument,
    version: SegmentedFile,
    *,
    levels: Mapping[Scale, int],
    counter: LevelFeatureCounter,
    model: PassageModel,
    codes: Mapping[Passage, str],
) -> ScoredVersion:
    passages = version.passages
    scores = without_denials(passages, model.score(passages), model)
    repeats = repeats_of(passages)
    rows = repeats.distinct(scores.p_urban)
    scored = scored_passages(passages, scores, rows)
    best = [each for each in scored if each.evidence_rank is not None and each.evidence_rank <= TOP_EVIDENCE]
    found = [codes.get(each.passage) for each in best]
    lexicon = load_lexicon()
    coded = isinstance(document, CodedDocument)
    return ScoredVersion(
        document=document.name,
        party=document.party,
        file=version.entry.file,
        sha256=version.entry.sha256,
        kind=version.entry.kind,
        language=version.entry.language,
        is_coded_version=coded and version is document.versions[0],
        coder=document.label.coder if isinstance(document, CodedDocument) else "",
        levels=levels,
        features=counter.count(passages, scores, repeats).vector,
        characters=sum(len(passage.text) for passage in passages),
        profile=profile_of(scored[row] for row in rows),
        top_codes=tuple(code for code in found if code is not None),
        top_passages=len(best),
        urban_passages=sum(scored[row].code in URBAN_CODES for row in rows),
        keywords=counted([keyword_hits(passages[row]) for row in rows]),
        terms=counted([lexicon_hits(passages[row], lexicon) for row in rows]),
    )
