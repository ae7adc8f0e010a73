"""The names of the exchange formats, apart from `registry`, which loads them all: help needs the names alone."""

from __future__ import annotations

from enum import StrEnum


class FormatName(StrEnum):
    """The name of an exchange format, in the order in which help lists them."""

    xlsx = "xlsx"
    csv = "csv"
    jsonl = "jsonl"
    label_studio = "label-studio"
    prodigy = "prodigy"
    doccano = "doccano"
    docbin = "docbin"
    qdpx = "qdpx"
    qdc = "qdc"
    review = "review"
