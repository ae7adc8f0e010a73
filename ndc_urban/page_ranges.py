"""Page numbers written briefly: 3, 4, 5 and 9 become `3-5;9`."""

from __future__ import annotations

from collections.abc import Iterable


def page_ranges(pages: Iterable[int]) -> str:
    """The distinct pages in rising order as ranges joined by `;`; empty for no pages.

    >>> page_ranges([9, 3, 4, 5])
    '3-5;9'
    """
    runs: list[list[int]] = []
    for page in sorted(set(pages)):
        if runs and page == runs[-1][1] + 1:
            runs[-1][1] = page
        else:
            runs.append([page, page])
    return ";".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
