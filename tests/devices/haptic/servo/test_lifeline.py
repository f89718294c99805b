from __future__ import annotations

import mmap
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from wugan.devices.haptic.servo import memory
from wugan.devices.haptic.servo.memory import LIFELINE_BYTES, Lifeline

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux's robust mutexes")

HOLDER = """
import mmap, os, sys, threading, time
from wugan.devices.haptic.servo.memory import LIFELINE_BYTES, Lifeline
file = os.open(sys.argv[1], os.O_RDWR)
line = Lifeline(memoryview(mmap.mmap(file, LIFELINE_BYTES)))
def hold():
    print(line.hold(), flush=True)
    time.sleep(60)
threading.Thread(target=hold).start()
"""


def shared(path: Path) -> Lifeline:
    path.write_bytes(bytes(LIFELINE_BYTES))
    return Lifeline(memoryview(mmap.mmap(os.open(path, os.O_RDWR), LIFELINE_BYTES)))


def test_it_is_cut_when_the_process_that_holds_it_is_killed(tmp_path: Path) -> None:
    line = shared(tmp_path / "line")
    assert not line.cut
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path / "line")], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "True\n"
    assert not line.cut
    holder.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while not line.cut:
        assert time.monotonic() < deadline
        time.sleep(0.0005)
    holder.wait()


def test_letting_go_is_no_death(tmp_path: Path) -> None:
    line = shared(tmp_path / "line")

    def hold() -> None:
        assert line.hold()
        line.release()
        line.release()

    thread = threading.Thread(target=hold)
    thread.start()
    thread.join()
    assert not line.cut


def test_where_there_is_none_it_is_never_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = shared(tmp_path / "line")
    monkeypatch.setattr(memory.sys, "platform", "darwin")
    assert not line.hold()
    monkeypatch.setattr(memory.sys, "platform", "linux")
    monkeypatch.setattr(memory.threading, "get_native_id", lambda: 1)  # a libc whose word lies elsewhere
    assert not line.hold()
    assert not line.cut
