"""Coded documents as the model reads them: what the level model and the evaluation need of each version."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from ndc_urban.codebook import LEVELS, URBAN_CODES, Scale
from ndc_urban.document import Passage
from ndc_urban.identity import round_of
from ndc_urban.labels.loading import SegmentedFile
from ndc_urban.lexicon import load_lexicon
from ndc_urban.model.denial import without_denials
from ndc_urban.model.evidence import scored_passages
from ndc_urban.model.features import FeatureExtractor
from ndc_urban.model.level_model import LevelFeatureCounter
from ndc_urban.model.passage_model import Floats, PassageHead, PassageModel
from ndc_urban.model.profile import profile_of
from ndc_urban.model.repeats import repeats_of
from ndc_urban.training.baselines import counted, keyword_hits, lexicon_hits
from ndc_urban.training.dataset import CodedDocument, Dataset, UncodedDocument
from ndc_urban.training.parallel import in_parallel

LEVEL_NUMBER: Mapping[str, int] = {level: number for number, level in enumerate(LEVELS)}
PART = 24
"""Versions that a process scores at a time: enough that its start does not count, few enough to share them evenly."""
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


@dataclass(frozen=True, slots=True)
class _Task:
    """A version to be scored, with what is known of its document; `codes` are the coder's, by passage."""

    document: CodedDocument | UncodedDocument
    version: SegmentedFile
    levels: Mapping[Scale, int]
    codes: Mapping[Passage, str]


def scored_versions(
    dataset: Dataset, model_for: Callable[[str], PassageModel], *, jobs: int = 1
) -> tuple[ScoredVersion, ...]:
    """Every version of every coded document, read by the passage model that is right for its Party.

    The result is the same for any number of processes (`jobs`).
    """
    codes: dict[str, dict[Passage, str]] = {}
    for each in dataset.passages:
        if not each.carried:
            codes.setdefault(each.label.document, {})[each.passage] = each.label.code
    tasks = [
        _Task(
            document,
            version,
            {**_graded(dataset, document.name), "codebook": LEVEL_NUMBER[document.label.level]},
            codes.get(document.name, {}) if number == 0 else {},
        )
        for document in dataset.documents
        for number, version in enumerate(document.versions)
    ]
    return _scored(tasks, model_for, jobs)


def graded_versions(
    dataset: Dataset, model_for: Callable[[str], PassageModel], *, jobs: int = 1
) -> tuple[ScoredVersion, ...]:
    """The same of every document that was graded and not coded."""
    tasks = [
        _Task(document, version, _graded(dataset, document.name), {})
        for document in dataset.uncoded
        for version in document.versions
    ]
    return _scored(tasks, model_for, jobs)


def _scored(
    tasks: Sequence[_Task], model_for: Callable[[str], PassageModel], jobs: int
) -> tuple[ScoredVersion, ...]:
    """The tasks in their order; with several processes in parts of one model each."""
    models = [model_for(task.document.party) for task in tasks]
    if jobs == 1:
        counter = LevelFeatureCounter(load_lexicon())
        return tuple(_version(task, counter, model) for task, model in zip(tasks, models, strict=True))
    rows_of: dict[int, list[int]] = {}
    for row, model in enumerate(models):
        rows_of.setdefault(id(model), []).append(row)
    parts = [rows[start : start + PART] for rows in rows_of.values() for start in range(0, len(rows), PART)]
    done = in_parallel(
        jobs,
        _score_part,
        ((models[rows[0]].heads, models[rows[0]].heads_of, [tasks[row] for row in rows]) for rows in parts),
    )
    scored = dict(zip(chain.from_iterable(parts), chain.from_iterable(done), strict=True))
    return tuple(scored[row] for row in range(len(tasks)))


def _score_part(
    heads: Mapping[str, PassageHead], heads_of: Mapping[str, Mapping[str, float]], tasks: Sequence[_Task]
) -> list[ScoredVersion]:
    """The work of one process, which has a lexicon of its own."""
    model = PassageModel(heads, heads_of, FeatureExtractor(load_lexicon()))
    counter = LevelFeatureCounter(load_lexicon())
    return [_version(task, counter, model) for task in tasks]


def _graded(dataset: Dataset, name: str) -> dict[Scale, int]:
    grade = dataset.grades.get(name)
    return {} if grade is None else {"un-habitat": LEVEL_NUMBER[grade.level]}


def _version(task: _Task, counter: LevelFeatureCounter, model: PassageModel) -> ScoredVersion:
    document, version = task.document, task.version
    passages = version.passages
    scores = without_denials(passages, model.score(passages), model)
    repeats = repeats_of(passages)
    rows = repeats.distinct(scores.p_urban)
    scored = scored_passages(passages, scores, rows)
    best = [each for each in scored if each.evidence_rank is not None and each.evidence_rank <= TOP_EVIDENCE]
    found = [task.codes.get(each.passage) for each in best]
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
        levels=task.levels,
        features=counter.count(passages, scores, repeats).vector,
        characters=sum(len(passage.text) for passage in passages),
        profile=profile_of(scored[row] for row in rows),
        top_codes=tuple(code for code in found if code is not None),
        top_passages=len(best),
        urban_passages=sum(scored[row].code in URBAN_CODES for row in rows),
        keywords=counted([keyword_hits(passages[row]) for row in rows]),
        terms=counted([lexicon_hits(passages[row], lexicon) for row in rows]),
    )
