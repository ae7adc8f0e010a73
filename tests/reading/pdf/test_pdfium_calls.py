"""The C types that pdfium is called with, against those of its headers."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pypdfium2.raw as pdfium_c
from _cffi_backend import FFI

from ndc_urban.reading.pdf import pdfium_calls

CALLERS = sorted(
    path.stem
    for path in Path(pdfium_calls.__file__).parent.glob("*.py")
    if "= by_address(" in path.read_text("utf-8")
)
SIZES = {
    "int": ctypes.c_int,
    "unsigned int": ctypes.c_uint,
    "unsigned long": ctypes.c_ulong,
    "double": ctypes.c_double,
}
POINTERS = ("uintptr_t", "char *")


def functions_of_pdfium() -> dict[int, Any]:
    found = (getattr(pdfium_c, name) for name in dir(pdfium_c) if name.startswith("FPDF"))
    functions = (each for each in found if hasattr(each, "argtypes"))
    return {ctypes.cast(each, ctypes.c_void_p).value or 0: each for each in functions}


def calls_by_address() -> Iterator[tuple[int, Any]]:
    ffi = FFI()
    for name in CALLERS:
        for value in vars(import_module(f"ndc_urban.reading.pdf.{name}")).values():
            if isinstance(value, FFI.CData):
                yield int(ffi.cast("uintptr_t", value)), ffi.typeof(value)


def is_of_type(given: Any, declared: Any) -> bool:
    if given.cname in POINTERS:
        return ctypes.sizeof(declared) == ctypes.sizeof(ctypes.c_void_p) and declared not in SIZES.values()
    return SIZES[given.cname] is declared


def test_pdfium_is_called_with_the_types_of_its_headers() -> None:
    functions = functions_of_pdfium()
    calls = list(calls_by_address())
    assert len(calls) > 30
    for address, given in calls:
        declared = functions[address]
        assert is_of_type(given.result, declared.restype), declared.__name__
        assert len(given.args) == len(declared.argtypes), declared.__name__
        assert all(map(is_of_type, given.args, declared.argtypes)), declared.__name__
