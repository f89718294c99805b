"""What runs in the servo process: `python -m wugan.devices.haptic.servo.child SOCKET MEMORY PATH PARENT`.

Its imports stay light: no torch, no Ray. It ends, and the device is told zero, when its parent closes the socket or
dies, when it is told to, on SIGTERM, and on any failure of its own.
"""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import resource
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Any

from wugan.devices.haptic.driver import HapticSpec
from wugan.devices.haptic.safety.events import Code, SafetyEvent
from wugan.devices.haptic.servo.link import Link
from wugan.devices.haptic.servo.loop import Servo, Stop
from wugan.devices.haptic.servo.memory import Lifeline, ServoMemory, Word, pack_event
from wugan.devices.haptic.servo.port import SerialPort
from wugan.devices.haptic.servo.process import ServoConfig, pack, receive

PRIORITY = 60  # above the threads that Linux runs interrupts in (50), so that USB's own do not hold the loop up
_MCL_CURRENT = 1
_MCL_FUTURE = 2
_PR_SET_TIMERSLACK = 29
_PR_SET_PDEATHSIG = 1


def ask_for_real_time() -> list[str]:
    """Real-time priority, memory that stays in RAM, timers without slack, no garbage collection.

    Returns:
        What was refused, each with what it costs and what to do about it; empty where all was granted.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    if not sys.platform.startswith("linux"):
        return ["real-time scheduling is asked for on Linux only: expect the loop to wake some milliseconds late"]
    refused = []
    library = ctypes.CDLL(None, use_errno=True)
    library.prctl(_PR_SET_TIMERSLACK, 1, 0, 0, 0)  # nanoseconds; 50 µs unless asked. Never refused
    # Where the limit is a number, memory that is asked for later must not fail for being locked.
    limited = resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] != resource.RLIM_INFINITY and os.geteuid() != 0
    if library.mlockall(_MCL_CURRENT if limited else _MCL_CURRENT | _MCL_FUTURE) != 0:
        refused.append(
            f"memory cannot be locked ({os.strerror(ctypes.get_errno())}): a page that was swapped out costs "
            "milliseconds. Give the user `memlock unlimited` in /etc/security/limits.d, and log in anew"
        )
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except OSError as error:
        refused.append(
            f"real-time priority was refused ({error.strerror}): other programs delay the loop. Give the user "
            f"`rtprio {PRIORITY}` in /etc/security/limits.d and log in anew, or run with CAP_SYS_NICE"
        )
    return refused


def die_with_parent(signal_number: int) -> None:
    """Let the kernel send us a signal when the *thread* that started us ends; its handler must look who has died."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


_SWITCH_S = 1e-4  # how long another thread of this process may keep the loop from the interpreter


class Control:
    """The socket to the parent: says things, and hears what the parent wants, in a thread of its own.

    Args:
        link: a connected stream socket.
        parent: the parent's process number.
        lifeline: held by a thread of the parent.
    """

    def __init__(self, link: socket.socket, parent: int, lifeline: Lifeline) -> None:
        self.link = link
        self._parent = parent
        self._lifeline = lifeline
        self._why = ""
        self.servo: Servo | None = None

    def say(self, **message: Any) -> None:
        """Tell the parent something, unless it does not listen: the loop never waits for it."""
        data = pack(message)
        try:
            whole = self.link.send(data, socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL) == len(data)
        except OSError:
            return
        if not whole:  # nothing sensible can follow half a message
            self.link.shutdown(socket.SHUT_WR)

    def check(self) -> None:
        """Raise `Stop` when the servo is to end."""
        if self._why:
            raise Stop(self._why)
        if self._lifeline.cut or os.getppid() != self._parent:
            raise Stop("the program that started it has died")

    def stop(self, why: str) -> None:
        """Have the servo end at its next check."""
        self._why = self._why or why

    def listen(self) -> None:
        """Do what the parent says, until it closes."""
        try:
            while True:
                message = receive(self.link)
                if "offset" in message and self.servo is not None:
                    self.servo.calibrate(message["offset"])
        except (EOFError, OSError):
            self.stop("the program that started it has closed it")


def main(arguments: list[str]) -> int:
    """Run the servo that the parent describes; the exit code is 0 where it was told to end."""
    memory = ServoMemory.adopt(Path(arguments[2]), int(arguments[1]))
    control = Control(socket.socket(fileno=int(arguments[0])), int(arguments[3]), memory.lifeline)

    def on_signal(number: int, _: Any) -> None:
        control.stop(f"signal {signal.Signals(number).name}")

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    signal.signal(signal.SIGHUP, on_signal)
    signal.signal(signal.SIGTERM, on_signal)
    # Ends a sleep when the thread that started us has ended; whether the whole parent has, `check` looks.
    signal.signal(signal.SIGUSR1, lambda number, frame: None)
    die_with_parent(signal.SIGUSR1)
    try:
        told = receive(control.link)
        sys.path[:] = told["path"]
        config: ServoConfig = pickle.loads(told["config"])
        return _drive(config, memory, control)
    except (EOFError, Stop):
        return 0
    except Exception as error:  # before the device was touched, or the loop has given it zero
        control.say(error=f"the servo process has failed: {type(error).__name__}: {error}", final=True)
        raise
    finally:
        memory.remove()


def _drive(config: ServoConfig, memory: ServoMemory, control: Control) -> int:
    from wugan.devices.haptic.servo.rendering import Rendering

    def say(spec: HapticSpec | None, text: str, final: bool) -> None:
        if spec is not None:
            control.say(spec=spec, serial=_serial(config), text=text)
        else:
            control.say(error=text, final=final)

    renderer = Rendering(config.driver.spec.axes, config.surfaces)
    link = Link(SerialPort(config.port, config.driver.baud), config.driver, config.timeout_ns, control.check)
    servo = Servo(config, memory, link, renderer, control.check, say)
    control.servo = servo
    memory.words[Word.PID] = os.getpid()
    sys.setswitchinterval(_SWITCH_S)
    if config.real_time:
        for refused in ask_for_real_time():
            control.say(warning=refused)
    threading.Thread(target=control.listen, name="control", daemon=True).start()
    why = servo.run()
    if "has died" in why:
        memory.events.append(pack_event(SafetyEvent(Code.PARENT_GONE, time.monotonic_ns(), why)))
    control.say(stopped=why)
    return 0


def _serial(config: ServoConfig) -> str:
    """What the device calls itself, as far as its driver was told."""
    identity = getattr(config.driver, "identity", None)
    if isinstance(identity, bytes):
        return identity.hex()
    return str(getattr(identity, "serial", "") or "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
