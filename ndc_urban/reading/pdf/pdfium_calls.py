"""Calling pdfium's C functions by address, where a page needs thousands of calls."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

from _cffi_backend import FFI  # type: ignore[import-untyped]

ADDRESS, INT, UNSIGNED, DOUBLE, BYTES = "uintptr_t", "int", "unsigned long", "double", "char const *"
"""C types of results and arguments; an address is a whole number, 0 for none."""

_ffi = FFI()  # as modules made by cffi have it: the `cffi` package takes 0.1 s to parse C


def by_address(function: Any, result: str, *arguments: str) -> Callable[..., Any]:
    """The C function with results and arguments of the given C types, pointers as plain addresses.

    Such calls take two thirds of the time of ctypes' calls with typed pointers, and three quarters of that of ctypes'
    calls with plain addresses.
    """
    address = ctypes.cast(function, ctypes.c_void_p).value
    call: Callable[..., Any] = _ffi.cast(f"{result}(*)({', '.join(arguments)})", address)
    return call
