"""Page numbers written briefly: 3, 4, 5 and 9 become `3-5;9`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


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


def pages_in(ranges: str) -> Iterator[int]:
    """The pages of such ranges, in their order; none for an empty text.

    >>> list(pages_in("3-5;9"))
    [3, 4, 5, 9]
    """
    for part in filter(None, ranges.split(";")):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
