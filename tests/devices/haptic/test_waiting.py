"""Waiting for bytes, also where a process has more open files than `select` knows."""

from __future__ import annotations

import os
import resource
from collections.abc import Iterator

import pytest

from wugan.devices.haptic.servo.port import readable


@pytest.fixture(params=[10, 1500])
def pipe(request: pytest.FixtureRequest) -> Iterator[tuple[int, int]]:
    """A pipe whose reading end has at least this number."""
    if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < 2000:
        pytest.skip("this process may not open 2,000 files (ulimit -n)")
    read, write = os.pipe()
    moved = read
    if read < request.param:
        import fcntl

        moved = fcntl.fcntl(read, fcntl.F_DUPFD, request.param)
        os.close(read)
    yield moved, write
    for file in (moved, write):
        try:
            os.close(file)
        except OSError:
            pass


def test_bytes_are_seen_and_their_absence(pipe: tuple[int, int]) -> None:
    read, write = pipe
    assert readable([read], 0.002) == []
    os.write(write, b"x")
    assert readable([read], 1.0) == [read]


def test_an_end_is_readable(pipe: tuple[int, int]) -> None:
    read, write = pipe
    os.close(write)
    assert readable([read], 1.0) == [read]


def test_a_closed_file_is_an_error(pipe: tuple[int, int]) -> None:
    read, _ = pipe
    os.close(read)
    with pytest.raises(OSError):
        readable([read], 0.01)
    with pytest.raises(ValueError):
        readable([-1], 0.01)
