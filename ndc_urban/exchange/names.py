"""The names of the exchange formats, apart from what reads and writes them: a command line lists them at once."""

from __future__ import annotations

from enum import StrEnum


class ExchangeFormat(StrEnum):
    """In which form codings travel."""

    xlsx = "xlsx"
    csv = "csv"
    jsonl = "jsonl"
    label_studio = "label-studio"
    prodigy = "prodigy"
    doccano = "doccano"
    docbin = "docbin"
    qdpx = "qdpx"
    qdc = "qdc"
