"""Coded documents as the model reads them: what the level model and the evaluation need of each version."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ndc_urban.codebook import LEVELS
from ndc_urban.document import Passage
from ndc_urban.identity import round_of
from ndc_urban.labels.loading import SegmentedFile
from ndc_urban.lexicon import load_lexicon
from ndc_urban.model.evidence import scored_passages
from ndc_urban.model.level_model import LevelFeatureCounter
from ndc_urban.model.passage_model import Floats, PassageModel
from ndc_urban.model.profile import profile_of
from ndc_urban.model.repeats import repeats_of
from ndc_urban.training.baselines import counted, keyword_hits, lexicon_hits
from ndc_urban.training.dataset import CodedDocument, Dataset

LEVEL_NUMBER: Mapping[str, int] = {level: number for number, level in enumerate(LEVELS)}
TOP_EVIDENCE = 10
"""So many of the best passages are compared with the coder: as many as the program gives reasons for."""


@dataclass(frozen=True)
class ScoredVersion:
    """One version of a coded document, read by a passage model that has not seen its Party.

    `features` has the shape (len(LEVEL_FEATURES),); `profile` counts what the urban passages are about; `top_codes`
    holds the coder's codes of the passages that rank highest, as far as they were coded, and `top_passages` how many
    there are; `characters` is the length of its passages; `keywords` and `terms` are what the baselines count.
    """

    document: str
    party: str
    file: str
    sha256: str
    kind: str
    language: str
    is_coded_version: bool
    coder: str
    level: int
    features: Floats
    characters: int
    profile: Mapping[str, int]
    top_codes: tuple[str, ...]
    top_passages: int
    keywords: float
    terms: float

    @property
    def round(self) -> str:
        """The review round of the document."""
        return round_of(self.document)


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
            number == 0,
            counter,
            model_for(document.party),
            codes.get(document.name, {}) if number == 0 else {},
        )
        for document in dataset.documents
        for number, version in enumerate(document.versions)
    )


def _version(
    document: CodedDocument,
    version: SegmentedFile,
    is_coded_version: bool,
    counter: LevelFeatureCounter,
    model: PassageModel,
    codes: Mapping[Passage, str],
) -> ScoredVersion:
    passages = version.passages
    scores = model.score(passages)
    repeats = repeats_of(passages)
    rows = repeats.distinct(scores.p_urban)
    scored = scored_passages(passages, scores, rows)
    best = [each for each in scored if each.evidence_rank is not None and each.evidence_rank <= TOP_EVIDENCE]
    found = [codes.get(each.passage) for each in best]
    lexicon = load_lexicon()
    return ScoredVersion(
        document=document.name,
        party=document.party,
        file=version.entry.file,
        sha256=version.entry.sha256,
        kind=version.entry.kind,
        language=version.entry.language,
        is_coded_version=is_coded_version,
        coder=document.label.coder,
        level=LEVEL_NUMBER[document.label.level],
        features=counter.count(passages, scores, repeats).vector,
        characters=sum(len(passage.text) for passage in passages),
        profile=profile_of(scored[row] for row in rows),
        top_codes=tuple(code for code in found if code is not None),
        top_passages=len(best),
        keywords=counted([keyword_hits(passages[row]) for row in rows]),
        terms=counted([lexicon_hits(passages[row], lexicon) for row in rows]),
    )
