"""`OpenFFBoard`: the driver of OpenFFBoard wheels by their text protocol, firmware 1.17.

Source: the vendor's repository Ultrawipf/OpenFFBoard 1.17.1 (MIT), its CmdParser, CommandInterface, SerialFFB and
EffectsCalculator, and the wiki's Commands.md.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Generator, Sequence

from wugan.devices.haptic.driver import Ask, Driver, EmergencyStopLatched, Handshake, HapticSpec, State
from wugan.errors import DeviceError

USB = ((0x1209, 0xFFB0),)
FULL = 32767  # counts of full magnitude, of full power and of half the range of positions
RANGE = 65535  # counts over `degrees`
EXTERNAL_EFFECTS = 3  # the main class that has `fxm`
CONSTANT = 1  # the kind of effect

ANSWER = re.compile(rb"\[(\w+)\.(?:(\d+)\.)?(\w+)([?!=]?)(-?\d+)?(?:\?(-?\d+))?\|(.*?)\]\n", re.DOTALL)
LONGEST_ANSWER = 4096  # the list of errors, or of classes, in words
ANSWER_S = 0.1
QUIET_S = 0.02
TRIES = 3
LARGEST = 1 << 31  # of an answered integer; none is longer than 32 bits


def spec(max_output: float, degrees: float = 900.0, duration_s: float = 0.1, max_velocity: float = 50.0) -> HapticSpec:
    """What a wheel can do; its driver and its emulator agree by it."""
    half = math.radians(degrees) / 2
    return HapticSpec(
        protocol="openffboard",
        model="OpenFFBoard",
        space="joint",
        max_output=(max_output,),
        workspace=((-half, half),),
        max_velocity=(max_velocity,),
        max_rate_hz=1000.0,  # its effects run at 1 kHz on full-speed USB; its UART carries about 100
        watchdog_s=duration_s,
        reads_without_commanding=True,
        measures_velocity=True,
        usb=USB,
        keeps_position=False,
    )


class OpenFFBoard(Driver):
    """One wheel, driven by a constant-force effect whose duration is the only watchdog that the board has.

    Each period sets the magnitude, starts the effect anew (which restarts its duration) and asks for position and
    speed. When the host falls silent the effect ends by itself after `duration_ms`. The protocol has no sequence
    numbers: an answer is taken only for the very command, operands included, that it echoes.

    **There is no N·m in this protocol.** The torque at full output depends on motor, supply and gear, and has to be
    measured (docs/senses/haptic-devices.md): give it as `full_torque`. Too high a value gives less torque than asked
    for.

    Args:
        full_torque: N·m at the shaft at full output (32767 counts).
        direction: -1 where a positive magnitude turns towards smaller positions, as it does by default; else 1.
        duration_ms: of the effect; silence after which the torque is gone.
        max_velocity: speed in rad/s above which a state is not believed.
        check_every: periods between two questions whether force feedback is active.
        clear_estop: release a latched emergency stop at the next handshake. Off, because a person may have pressed it.
        baud: of its UART (500 000 before firmware 1.9); USB does not look at it.

    Raises:
        ValueError: a value out of its range.
    """

    def __init__(
        self,
        *,
        full_torque: float = 8.0,
        direction: int = -1,
        duration_ms: int = 100,
        max_velocity: float = 50.0,
        check_every: int = 5,
        clear_estop: bool = False,
        baud: int = 115_200,
    ) -> None:
        for name, value in (("full_torque", full_torque), ("max_velocity", max_velocity)):
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} is {value}; finite and above 0")
        if direction not in (-1, 1):
            raise ValueError(f"direction is {direction}; -1 or 1")
        if not 10 <= duration_ms <= 1000:
            raise ValueError(f"duration_ms is {duration_ms}; from 10 to 1000, and never without end")
        if check_every < 1:
            raise ValueError(f"check_every is {check_every}; 1 or more")
        self.clear_estop = clear_estop
        self.version = ""
        self._full_torque, self._direction, self._duration_ms = full_torque, direction, duration_ms
        self._max_velocity, self._check_every, self._baud = max_velocity, check_every, baud
        self._dropped: Counter[str] = Counter()
        self._degrees = 900.0
        self._gain = 204 / 255 * 5000 / FULL  # of magnitude to output, as a new board has it
        self._effect = 0
        self._periods = 0
        self._make_spec()
        self._forget()

    def _make_spec(self) -> None:
        strength = self._full_torque * self._gain
        self._spec = spec(strength, self._degrees, self._duration_ms / 1000, self._max_velocity)

    def _forget(self) -> None:
        self._buffer = b""
        self._waiting: list[bytes] = []
        self._values: dict[bytes, int] = {}
        self._active = 1
        self._fault = ""

    @property
    def dropped(self) -> dict[str, int]:
        return dict(self._dropped)

    def reset(self) -> None:
        self._buffer = b""
        self._waiting, self._values = [], {}

    # --- the exchange of each period

    def command(self, output: Sequence[float]) -> bytes:
        if len(output) != 1:
            raise ValueError(f"{len(output)} values for 1 axis")
        if not math.isfinite(output[0]):
            raise ValueError(f"output {tuple(output)} is not finite; send 0 instead")
        # A magnitude beyond 16 bits would wrap, and reverse the force.
        share = min(max(output[0] / self._spec.max_output[0], -1.0), 1.0)
        magnitude = round(self._direction * share * FULL)
        force = [b"fxm.0.mag=%d?%d" % (magnitude, self._effect), b"fxm.0.state=1?%d" % self._effect]
        return self._ask_for([*force, *self._questions()])

    def read(self) -> bytes:
        return self._ask_for(self._questions())

    def _questions(self) -> list[bytes]:
        self._periods += 1
        check = [b"main.0.ffbactive?"] if self._periods % self._check_every == 0 else []
        return [*check, b"axis.0.curpos?", b"axis.0.curspd?"]

    def _ask_for(self, commands: list[bytes]) -> bytes:
        self._waiting, self._values = commands, {}
        return b"".join(b"%s;" % command for command in commands)

    def stop(self) -> bytes:
        # The first mark ends half a command. Without effects the board's idle spring would push, so it goes first.
        self.reset()
        return b";axis.0.idlespring=0;fxm.0.mag=0?%d;fxm.0.reset?;" % self._effect

    def emergency_stop(self) -> bytes:
        """Bytes that stop the motor driver and latch that, until a handshake with `clear_estop`."""
        self.reset()
        return b";main.0.estop=1;" + self.stop()[1:]

    def feed(self, data: bytes) -> list[State]:
        self._buffer += data
        states, end = [], 0
        for found in ANSWER.finditer(self._buffer):
            if self._buffer[end : found.start()].strip():
                self._dropped["garbage"] += 1
            end = found.end()
            state = self._take(found)
            if state is not None:
                states.append(state)
        self._buffer = self._buffer[end:]
        if len(self._buffer) > LONGEST_ANSWER:
            self._dropped["length"] += 1
            self._buffer = b""
        return states

    def _take(self, found: re.Match[bytes]) -> State | None:
        echo, value = _echo(found), found[7]
        if echo == b"sys.0.errors?":
            self._note_errors(value)
            return None
        if not self._waiting or echo != self._waiting[0]:
            self._dropped["late" if echo.startswith((b"fxm.", b"axis.")) else "unasked"] += 1
            return None
        if value != b"OK" and (number := _integer(value)) is not None:
            self._values[echo] = number
        elif value != b"OK":
            self._dropped["unexpected"] += 1
            self._waiting = []
            return None
        del self._waiting[0]
        return None if self._waiting else self._state()

    def _note_errors(self, value: bytes) -> None:
        for told in value.decode("ascii", "replace").splitlines():
            code, _, rest = told.partition(":")
            level, _, words = rest.partition(":")
            if level == "crit":
                self._fault = f"{words or 'critical error'} (code {code})"

    def _state(self) -> State | None:
        values, self._values = self._values, {}
        position, speed = values.get(b"axis.0.curpos?"), values.get(b"axis.0.curspd?")
        self._active = values.get(b"main.0.ffbactive?", self._active)
        if position is None or speed is None or abs(position) > FULL + 1:
            self._dropped["unexpected"] += 1
            return None
        flags, fault = set(), self._fault
        if self._active == 1:
            flags.add("armed")
        elif self._active == -1:
            flags.add("estop")
            fault = fault or "emergency stop"
        else:
            fault = fault or "force feedback is not active on the board"
        if fault:
            flags.add("fault")
        angle = math.radians(position * self._degrees / RANGE)
        return State((angle,), (math.radians(speed),), flags=frozenset(flags), fault=fault)

    # --- connecting

    def handshake(self) -> Handshake:
        self._forget()
        self._periods = 0
        yield Ask(b";", None, QUIET_S)  # ends a half command of an older session
        self.version = (yield from self._ask(b"sys.0.swver?")).decode("ascii", "replace")
        main = yield from self._number(b"sys.0.main?")
        if main != EXTERNAL_EFFECTS:
            raise DeviceError(
                f"OpenFFBoard {self.version}: its main class is {main}, and effects from outside need class "
                f"{EXTERNAL_EFFECTS}. Send `sys.0.main={EXTERNAL_EFFECTS}` once (the board restarts) and connect again."
            )
        yield from self._release()
        self._degrees = float((yield from self._number(b"axis.0.degrees?")))
        power = yield from self._number(b"axis.0.power?")
        share = yield from self._number(b"axis.0.fxratio?")
        self._gain = share / 255 * power / FULL
        if not (self._degrees > 0 and 0 < self._gain <= 1):
            raise DeviceError(
                f"OpenFFBoard {self.version}: {self._degrees}° range, power {power} and effect share {share} give no "
                "force; set axis.0.degrees, power and fxratio with the vendor's configurator"
            )
        self._make_spec()
        yield from self._start()

    def _release(self) -> Handshake:
        if (yield from self._number(b"main.0.estop?")) == 0:
            return
        if not self.clear_estop:
            raise EmergencyStopLatched(
                f"OpenFFBoard {self.version}: its emergency stop is latched; see that it is safe, then connect with "
                "clear_estop=True"
            )
        self.clear_estop = False
        yield from self._do(b"main.0.estop=0")

    def _start(self) -> Handshake:
        """One constant force of zero, running, with an end; nothing else that pushes."""
        # The spring that centres an idle wheel is on by default, and would be felt whenever the effects are off.
        yield from self._do(b"axis.0.idlespring=0")
        yield from self._do(b"fxm.0.reset?")
        self._effect = yield from self._number(b"fxm.0.new=%d" % CONSTANT)
        if not 0 <= self._effect < 40:  # the board does not check the index of later commands
            raise DeviceError(f"OpenFFBoard {self.version}: has no room for an effect ({self._effect}); restart it")
        for name, value in ((b"duration", self._duration_ms), (b"mag", 0)):
            yield from self._do(b"fxm.0.%s=%d?%d" % (name, value, self._effect))
            reads = yield from self._number(b"fxm.0.%s?%d" % (name, self._effect))
            if reads != value:
                raise DeviceError(f"OpenFFBoard {self.version}: {name.decode()} was set to {value} and reads {reads}")
        yield from self._do(b"fxm.0.state=1?%d" % self._effect)
        yield from self._do(b"fxm.0.ffbstate=1")

    def _ask(self, command: bytes) -> Generator[Ask, bytes, bytes]:
        """The value of the answer that echoes `command`. Raises `TimeoutError` where there is none."""

        def find(data: bytes) -> bytes | None:
            values = [found[7] for found in ANSWER.finditer(data) if _echo(found) == command]
            return values[-1] if values else None

        for _ in range(TRIES):
            try:
                value = find((yield Ask(command + b";", lambda data: find(data) is not None, ANSWER_S)))
            except TimeoutError:
                yield Ask(b";", None, QUIET_S)
                continue
            if value is not None and value not in (b"ERR", b"NOT_FOUND"):
                return value
            raise DeviceError(f"OpenFFBoard {self.version}: it answers {command.decode()} with {value!r}")
        # Also what its firmware does not know, and a parser that hangs until the chip resets itself after 2 s.
        raise TimeoutError(f"no answer to {command.decode()}")

    def _do(self, command: bytes) -> Handshake:
        value = yield from self._ask(command)
        if value != b"OK":
            raise DeviceError(f"OpenFFBoard {self.version}: it answers {command.decode()} with {value!r}, not OK")

    def _number(self, command: bytes) -> Generator[Ask, bytes, int]:
        value = yield from self._ask(command)
        number = _integer(value)
        if number is None:
            raise DeviceError(f"OpenFFBoard {self.version}: it answers {command.decode()} with {value!r}, no number")
        return number


def _echo(found: re.Match[bytes]) -> bytes:
    """The command that an answer echoes, as we wrote it."""
    text = found[0]
    return text[1 : text.index(b"|")]


def _integer(value: bytes) -> int | None:
    """The integer in an answer, else None."""
    if re.fullmatch(rb"-?[0-9]{1,10}", value) is None:
        return None
    return int(value) if abs(int(value)) < LARGEST else None
