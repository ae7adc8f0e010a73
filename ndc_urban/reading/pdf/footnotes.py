"""Footnotes: small print that begins with a footnote mark, below the text of a page.

Not here: footnote marks inside the text, which `lines` leaves out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ndc_urban.reading.pdf.paragraphs import SMALL_PRINT, Draft

FOOTNOTE = re.compile(r"(?:\[?\(?\d{1,3}\)?\]?|\*{1,3}|[†‡])\s?(?=\S)")


def mark_footnotes(drafts: Sequence[Draft], body: float) -> None:
    """Turns the small print at the end of a page that begins with footnote marks into footnotes, in place.

    `body` is the size in points of the page's running text.
    """
    small: list[Draft] = []
    for draft in reversed(drafts):
        if draft.kind not in ("paragraph", "list_item") or draft.size > SMALL_PRINT * body:
            break
        small.append(draft)
    noted = False
    for draft in reversed(small):
        noted = noted or bool(FOOTNOTE.match(draft.lines[0].text))
        if noted:
            draft.kind, draft.text = "footnote", draft.text
