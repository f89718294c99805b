"""What is refused is said, with the remedy. Each case runs in a process of its own, which it changes."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import gc, os
from wugan.devices.haptic.servo import child
{before}
refused = child.ask_for_real_time()
print(gc.isenabled(), gc.get_freeze_count() > 0, os.sched_getscheduler(0) == os.SCHED_FIFO)
print("\\n".join(refused))
"""


def run(before: str = "") -> list[str]:
    script = SCRIPT.format(before=before)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_what_is_permitted_is_taken() -> None:
    state, *refused = run()
    collects, frozen, real_time = state.split()
    assert (collects, frozen) == ("False", "True")
    assert (real_time == "True") == (not any("priority" in text for text in refused))


def test_what_is_refused_is_said_with_the_remedy() -> None:
    # Without the right, as for an ordinary user.
    state, *refused = run(
        "def no(*_): raise PermissionError(1, 'Operation not permitted')\n"
        "os.sched_setscheduler = no\n"
        "class No:\n"
        "    def __getattr__(self, name): return lambda *_: -1\n"
        "child.ctypes.CDLL = lambda *_, **__: No()"
    )
    assert state.split()[2] == "False"
    assert len(refused) == 2
    assert "memlock unlimited" in refused[0]
    assert "rtprio 60" in refused[1]


def test_elsewhere_it_says_what_to_expect() -> None:
    _, refused = run("child.sys.platform = 'darwin'")
    assert "on Linux only" in refused
