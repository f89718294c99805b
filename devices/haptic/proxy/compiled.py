"""`compiled`: a function compiled by numba, and cached on disk for as long as no file of this package changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import CellType, FunctionType
from typing import Any, TypeVar, cast
from zlib import crc32

from numba import njit

_Function = TypeVar("_Function", bound=Callable[..., Any])

#: Of all sources of this package. numba notices a change in the file of a function only, not in the files of the
#: functions and constants that it uses: a proxy compiled with last week's constants falls through the floor.
_SOURCES = crc32(b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py"))))


def compiled(function: _Function) -> _Function:
    """Compile at the first call, or load what an earlier process compiled from the same sources.

    numba keys its cache by a function's bytes and by what it closes over. The function gets one closed-over value that
    it never reads: the check sum of the sources. Division by zero raises nothing in the loop (and compiles faster so).
    """
    plain = cast(FunctionType, function)
    code = plain.__code__.replace(co_freevars=(*plain.__code__.co_freevars, "_sources"))
    closed = (*(plain.__closure__ or ()), CellType(_SOURCES))
    keyed = FunctionType(code, plain.__globals__, plain.__name__, plain.__defaults__, closed)
    keyed.__doc__, keyed.__module__, keyed.__qualname__ = plain.__doc__, plain.__module__, plain.__qualname__
    return cast(_Function, njit(cache=True, error_model="numpy")(keyed))
