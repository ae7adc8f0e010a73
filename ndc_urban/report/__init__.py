"""What a run found, as people read it, check it and correct it: a page, highlighted PDFs, a brief and a workbook.

`report()` makes the data, `write_report()` the files. Names are imported where they are asked for, so that `--help`
does not wait for the tables' library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ndc_urban.report.build import report
    from ndc_urban.report.records import Report
    from ndc_urban.report.writing import Written, write_report

_HOME = {"Report": "records", "Written": "writing", "report": "build", "write_report": "writing"}

__all__ = ["Report", "Written", "report", "write_report"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
