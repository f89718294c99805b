"""Waiting for a line to have bytes, to fractions of a millisecond, in processes with any number of open files."""

from __future__ import annotations

import select
from collections.abc import Sequence

_SELECTABLE = 1024  # FD_SETSIZE: select() knows no file number from here on


def readable(files: Sequence[int], timeout_s: float) -> list[int]:
    """Which of some open files have bytes, an error or an end to be read, after at most so long.

    `select` waits to the microsecond. Where a file's number is too great for it, `poll` waits whole milliseconds only,
    and the rest of the time is the caller's, who looks at the clock anyway.

    Raises:
        OSError: a file is closed.
        ValueError: a file number is negative.
    """
    if all(file < _SELECTABLE for file in files):
        return select.select(files, (), (), timeout_s)[0]
    poll = select.poll()
    for file in files:
        poll.register(file, select.POLLIN)
    found = poll.poll(int(timeout_s * 1000))
    if any(what & select.POLLNVAL for _, what in found):
        raise OSError("a file that is waited for is closed")
    return [file for file, _ in found]
