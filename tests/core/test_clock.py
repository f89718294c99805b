from __future__ import annotations

import socket
import subprocess
import sys
import time

import pytest

import wugan
from wugan import clock


@pytest.fixture
def offset(monkeypatch: pytest.MonkeyPatch) -> int:
    """The offset, which is put back after the test."""
    monkeypatch.setattr(clock, "_offset_ns", clock.offset_ns())
    return clock.offset_ns()


def test_it_is_the_time_of_day_and_part_of_the_package():
    assert wugan.clock is clock
    assert abs(clock.now_ns() - time.time_ns()) < 3600 * 10**9  # an hour: the time of day may have been set since


def test_it_does_not_jump_when_the_time_of_day_is_set(monkeypatch):
    before = clock.now_ns()
    monkeypatch.setattr(clock.time, "time_ns", lambda: 0)  # somebody set it to 1970
    assert clock.now_ns() >= before


def test_it_counts_monotonic_time(monkeypatch, offset):
    monkeypatch.setattr(clock.time, "monotonic_ns", lambda: 5)
    assert clock.now_ns() == offset + 5


def test_a_process_takes_over_the_clock_of_another(offset):
    clock.set_offset(offset + 1_000)
    assert clock.offset_ns() == offset + 1_000
    told = "import sys; from wugan import clock; clock.set_offset(int(sys.argv[1])); print(clock.now_ns())"
    before = clock.now_ns()
    there = subprocess.run(
        [sys.executable, "-c", told, str(clock.offset_ns())], capture_output=True, text=True, check=True, timeout=60
    )
    assert before <= int(there.stdout) <= clock.now_ns()  # monotonic time is one for all processes of a machine


def test_an_offset_of_another_machine_means_nothing_here(offset):
    assert not clock.set_offset(offset + 1_000, of="another machine")
    assert clock.offset_ns() == offset
    assert clock.set_offset(offset + 1_000, of=clock.machine()) and clock.offset_ns() == offset + 1_000


def test_processes_of_one_machine_name_it_alike():
    told = "from wugan import clock; print(clock.machine())"
    there = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, timeout=60)
    assert there.stdout.strip() == clock.machine()


def test_a_machine_without_proc_has_its_name(monkeypatch):
    monkeypatch.setattr(clock, "open", lambda *_, **__: open("/nowhere"), raising=False)
    assert clock.machine() == socket.gethostname()
