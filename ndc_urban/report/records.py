"""What a report holds: documents with their evidence, comparisons, what was not read. Nothing here reads or writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ndc_urban.codebook import URBAN_CODES


@dataclass(frozen=True, slots=True)
class Why:
    """Something that spoke for (`effect` > 0) or against a level or a passage; `effect` in logits."""

    text: str
    effect: float


@dataclass(frozen=True, slots=True)
class ReportPassage:
    """A passage of a document; `number` counts the document's passages from 0 in reading order.

    `start` is its place in the text of the document, None in runs of older versions. `themes` are names of entries in
    `ndc_urban/lexicon/themes.toml`; `reasons` say what weighed, for the best evidence only.
    """

    number: int
    page: int | None
    section: str
    kind: str
    text: str
    p_urban: float
    code: str
    sector: str = ""
    strand: str = ""
    role: str = ""
    rank: int | None = None
    language: str = ""
    start: int | None = None
    themes: tuple[str, ...] = ()
    reasons: tuple[Why, ...] = ()

    @property
    def is_urban(self) -> bool:
        """Whether the code is E or I."""
        return self.code in URBAN_CODES


@dataclass(frozen=True, slots=True)
class LevelResult:
    """A level with the probabilities of all three; `levels` is the prediction set."""

    level: str
    p_low: float
    p_moderate: float
    p_strong: float
    levels: tuple[str, ...] = ()

    @property
    def probability(self) -> float:
        """The probability of the level given."""
        return {"low": self.p_low, "moderate": self.p_moderate, "strong": self.p_strong}[self.level]

    @property
    def is_sure(self) -> bool:
        """Whether the prediction set holds one level only."""
        return len(self.levels) < 2


@dataclass(frozen=True, slots=True)
class NotRead:
    """What could not be read of a file, and what to do about it; `pages` is empty where all of it is concerned."""

    path: str
    error: str
    message: str
    remedy: str
    pages: str = ""


@dataclass(frozen=True)
class ReportDocument:
    """One file of the run.

    `key` names it within the report. `result` is None where it was not scored; `out_of_fold` is the level by a model
    that had not seen the Party, for a document that the shipped model was trained on, `codebook` the level by the
    codebook's rules, where the run is on another scale. `sectors` counts urban responses by sector and strand, `roles`
    urban passages by role, `themes` urban passages by theme; each repeated passage counts once. `link` leads from the
    report to the file, empty where it has moved or changed, which `notes` then say, beside what the run says of the
    file. `copy_of` is the path of an earlier file that it repeats, empty for others.
    """

    key: str
    path: str
    name: str
    sha256: str
    document: str
    iso3: str
    party: str
    language: str
    pages: int | None
    status: str
    result: LevelResult | None = None
    out_of_fold: LevelResult | None = None
    codebook: LevelResult | None = None
    in_training: bool = False
    urban_passages: int = 0
    passage_count: int = 0
    urban_share: float = 0.0
    reasons: tuple[Why, ...] = ()
    sectors: Mapping[tuple[str, str], int] = field(default_factory=dict)
    roles: Mapping[str, int] = field(default_factory=dict)
    themes: Mapping[str, int] = field(default_factory=dict)
    passages: tuple[ReportPassage, ...] = ()
    not_read: tuple[NotRead, ...] = ()
    notes: tuple[str, ...] = ()
    link: str = ""
    copy_of: str = ""

    @property
    def evidence(self) -> tuple[ReportPassage, ...]:
        """The ranked passages, best first."""
        ranked = [passage for passage in self.passages if passage.rank is not None]
        return tuple(sorted(ranked, key=lambda passage: passage.rank or 0))

    def citation(self, passage: ReportPassage) -> str:
        """Party, document and page of a passage, to be copied."""
        page = "" if passage.page is None else f", p. {passage.page}"
        party = f"{self.party}, " if self.party else ""
        return f"{party}{self.name}{page}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions of a Party's NDC by the keys of their documents.

    `came` are the numbers of passages of `after` without a like in `before`, `went` the reverse, `kept` pairs of like
    passages (before, after). `other_languages` says that the two are in different languages, so that none is like.
    """

    party: str
    before: str
    after: str
    came: tuple[int, ...]
    went: tuple[int, ...]
    kept: tuple[tuple[int, int], ...]
    other_languages: bool = False


@dataclass(frozen=True)
class ReviewTask:
    """What coders are asked for: blind or with the predictions, and of which documents and passages.

    `passages` holds by document key the numbers of the drawn passages, `inclusion` the probabilities with which
    documents were drawn; both empty where nothing was drawn.
    """

    blind: bool
    documents: tuple[str, ...]
    passages: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    inclusion: Mapping[str, float] = field(default_factory=dict)
    sample: str = ""


@dataclass(frozen=True)
class Report:
    """All of a report. `facts` say where the numbers come from; `notes` what a reader must know of the whole.

    `run_id` tells this run from others: reviews are kept by it. `model` is the hash of the model.
    """

    run_id: str
    model: str
    documents: tuple[ReportDocument, ...]
    not_read: tuple[NotRead, ...]
    comparisons: tuple[Comparison, ...] = ()
    review: ReviewTask | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    has_texts: bool = True
    has_all_passages: bool = True

    @property
    def scored(self) -> tuple[ReportDocument, ...]:
        """The documents that have a level."""
        return tuple(document for document in self.documents if document.result is not None)

    @property
    def counted(self) -> tuple[ReportDocument, ...]:
        """The documents that have a level, without copies of others: those that totals are about."""
        here = {document.path for document in self.documents}
        return tuple(document for document in self.scored if document.copy_of not in here)

    @property
    def copies(self) -> int:
        """How many scored documents are copies of others."""
        return len(self.scored) - len(self.counted)
