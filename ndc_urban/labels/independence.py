"""Which labels say something that no model has said before: only these measure a model, coders, or a trend.

A suggestion that was kept in less time than its text takes to read is not evidence. Nor may only the corrections of
such a sitting count, as they were picked by the model: so no label counts that its coder gave in this document with a
suggestion in view.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from ndc_urban.labels.records import ByCoder


class Reviewed(ByCoder, Protocol):
    """A label, of a passage or a document, that may have been given with a suggestion in view."""

    @property
    def document(self) -> str: ...


Label = TypeVar("Label", bound=Reviewed)


def independent(labels: Iterable[Label]) -> list[Label]:
    """The labels that were given by a person or an automated reader, and not by keeping suggestions unseen."""
    listed: Sequence[Label] = list(labels)
    hasty = {(each.document, each.coder) for each in listed if each.review == "unseen"}
    return [
        each
        for each in listed
        if each.kind != "model" and not (each.review and (each.document, each.coder) in hasty)
    ]
