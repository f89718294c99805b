"""`SimpleFoc`: boards with Arduino-SimpleFOC's Commander, the text form for a person at a terminal.

Written to firmware 2.4.0 (simplefoc/Arduino-FOC, MIT): no checksum, no request number, no watchdog. See
docs/senses/haptic-devices.md for the traps.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from wugan.devices.haptic.driver import Ask, Driver, Handshake, HapticSpec, State
from wugan.errors import DeviceError

# Number and name of SimpleFOC's torque controllers (firmware 2.4.0).
CONTROLLERS = {
    "voltage": (0, "volt"),
    "dc-current": (1, "dc curr"),
    "foc-current": (2, "foc curr"),
    "estimated-current": (3, "est. curr"),
}
MOST = 1000.0  # of any quantity; what a single float and four decimals can tell apart
MOVING = 2.0  # volts allowed over what the current limit needs at rest, for the motor's own voltage when it turns


@dataclass(frozen=True, slots=True)
class FocMotor:
    """A motor whose constant only its owner knows: the board has no N·m.

    Attributes:
        kt_nm_per_a: torque constant, N·m/A; 8.27 / KV where the maker gives KV in rpm/V.
        resistance_ohm: phase resistance. By voltage it makes the torque: V·kt/R, while the motor stands; a turning
            motor's own voltage takes some of it away, which feels like a damper.
        torque_by: `voltage`, or `dc-current`, `foc-current`, `estimated-current` where the board measures.
        limit: greatest target, V by voltage and A by current.

    Raises:
        ValueError: a value that cannot be.
    """

    kt_nm_per_a: float
    resistance_ohm: float
    torque_by: str
    limit: float

    def __post_init__(self) -> None:
        for name in ("kt_nm_per_a", "resistance_ohm", "limit"):
            value = getattr(self, name)
            if not (math.isfinite(value) and 0 < value <= MOST):
                raise ValueError(f"simplefoc {name} {value}: more than 0, at most {MOST:g}")
        if self.torque_by not in CONTROLLERS:
            raise ValueError(f"simplefoc torque_by {self.torque_by!r}: one of {', '.join(CONTROLLERS)}")

    @property
    def nm_per_unit(self) -> float:
        """N·m that a target of 1 (V or A) gives at rest."""
        return self.kt_nm_per_a / self.resistance_ohm if self.torque_by == "voltage" else self.kt_nm_per_a

    @property
    def most_nm(self) -> float:
        """Torque at the limit, N·m."""
        return self.limit * self.nm_per_unit

    @property
    def volts(self) -> float:
        """The board's voltage limit: by current a second one, should a target arrive without its decimal point."""
        return self.limit if self.torque_by == "voltage" else min(MOVING * self.limit * self.resistance_ohm, MOST)

    def target(self, torque: float) -> float:
        """The target for a torque in N·m, within the limit, to four decimals; never −0."""
        return round(min(max(torque / self.nm_per_unit, -self.limit), self.limit), 4) + 0.0


LONGEST = 80  # of a line that one of ours can be
ECHO_ERROR = 2e-4  # between a value sent with four decimals and the same one printed by the board
_WHOLE = re.compile(rb"\d{1,7}")
_VALUE = re.compile(rb"-?\d{1,7}\.\d{4}")


class Replies:
    """Values in `prefix` + number with four decimals, one line each, in the order asked.

    The target that comes back is compared with the one sent, so that a digit lost on the way to the board, and an
    answer to an earlier command, are seen. Lines that begin with none of our prefixes' letters (a sketch prints what it
    likes) are skipped and counted. A line that is ours and not the one expected ends the trust until `begin()`.

    Attributes:
        lost: out of step; also before the first handshake.
        dropped: what was thrown away, by reason.
    """

    def __init__(self, ours: Sequence[str]) -> None:
        """`ours`: beginnings of lines that only our answers have."""
        self._ours = tuple(text.encode() for text in ours)
        self._buffer = bytearray()
        self._expected: list[tuple[bytes, float | int | None]] = []
        self._values: list[float] = []
        self.lost = True
        self.dropped: Counter[str] = Counter()

    def begin(self) -> None:
        """In step from now on: a handshake has shown it."""
        self.reset()
        self.lost = False

    def reset(self) -> None:
        """Forget half a line and the commands in flight."""
        self._buffer.clear()
        self._expected.clear()
        self._values.clear()

    def expect(self, expected: Sequence[tuple[str, float | int | None]]) -> None:
        """What answers the commands that go out: a prefix, and the value that has to come back or None.

        A value that is an integer comes back as one, without decimals.
        """
        if self._expected:
            self.lose("overlap")
        self._expected = [(prefix.encode(), value) for prefix, value in expected]
        self._values.clear()

    def lose(self, reason: str) -> None:
        """Out of step, for a reason that is counted."""
        self.dropped[reason] += 1
        self.reset()
        self.lost = True

    def take(self, data: bytes) -> list[float] | None:
        """Add received bytes; the values of all answers, in the order asked, once the last is there."""
        self._buffer += data
        values = None
        while (end := self._buffer.find(b"\n")) >= 0:
            line = bytes(self._buffer[:end]).removesuffix(b"\r")
            del self._buffer[: end + 1]
            values = self._line(line) or values
        if len(self._buffer) > LONGEST:
            self.lose("length")
        return None if self.lost else values

    def _line(self, line: bytes) -> list[float] | None:
        if not line.startswith(self._ours):
            self.dropped["foreign"] += bool(line)
            return None
        if self.lost:
            self.dropped["out-of-step"] += 1
            return None
        if not self._expected:
            self.lose("unasked")
            return None
        prefix, sent = self._expected[0]
        form = _WHOLE if isinstance(sent, int) else _VALUE
        if not line.startswith(prefix) or not form.fullmatch(line, len(prefix)):
            self.lose("form")
            return None
        value = float(line[len(prefix) :])
        if sent is not None and abs(value - sent) > ECHO_ERROR:
            self.lose("echo")
            return None
        del self._expected[0]
        self._values.append(value)
        return list(self._values) if not self._expected else None


MOST_LETTERS = 4  # commands for more do not fit the 64 bytes that an AVR's port keeps
FURTHEST_RAD = 1e4
FASTEST_RAD_S = 200.0
BYTES_EACH_WAY = 23  # of one axis in one exchange, the longer way
MOST_RATE_HZ = 1000.0
QUIET_S = 0.05
ANSWER_S = 0.15
ATTEMPTS = 3


class SimpleFoc(Driver):
    """One motor for each letter: angles in rad, torques in N·m by volts or amperes and the motor's constant.

    The board says nothing of faults; a driver chip that has switched off is noticed by no one.
    """

    def __init__(
        self,
        *,
        letters: str = "M",
        kt_nm_per_a: float = 0.08,
        resistance_ohm: float = 5.0,
        torque_by: str = "voltage",
        limit: float = 3.0,
        workspace_rad: Sequence[Sequence[float]] | None = None,
        absolute: bool = False,
        baud: int = 115_200,
        boot_s: float = 2.0,
    ) -> None:
        """Describe the motors. The defaults are of a small gimbal motor; take yours from its data sheet.

        Args:
            letters: the sketch's letter of each motor (`command.add('M', …)`), in the order of the axes; at most four.
            kt_nm_per_a: torque constant, N·m/A (8.27 / KV).
            resistance_ohm: phase resistance.
            torque_by: `voltage`, `dc-current`, `foc-current` or `estimated-current`.
            limit: greatest target, V or A. It is written to the board too, and is all that holds where a decimal point
                is lost on the way: keep it low.
            workspace_rad: least and greatest angle of each motor; None turns without end.
            absolute: angles mean the same after the power was away.
            baud: of the sketch.
            boot_s: what an AVR board takes after its port was opened, which resets it; 0 for native USB.

        Raises:
            ValueError: a value that cannot be.
        """
        if not 1 <= len(letters) <= MOST_LETTERS or not re.fullmatch("[A-Za-z]+", letters):
            raise ValueError(f"simplefoc letters {letters!r}: one to {MOST_LETTERS} letters, one for each motor")
        if len(set(letters)) != len(letters):
            raise ValueError(f"simplefoc letters {letters!r}: each once")
        self.motor = FocMotor(kt_nm_per_a, resistance_ohm, torque_by, limit)
        self._letters = letters
        self._baud, self._boot_s = baud, boot_s
        self._replies = Replies(letters)
        self._spec = HapticSpec(
            protocol="simplefoc",
            model=f"SimpleFOC Commander ({', '.join(letters)})",
            space="joint",
            max_output=(self.motor.most_nm,) * len(letters),
            workspace=angle_range(workspace_rad, len(letters)),
            max_velocity=(FASTEST_RAD_S,) * len(letters),
            max_rate_hz=min(MOST_RATE_HZ, baud / (10 * BYTES_EACH_WAY * len(letters))),
            watchdog_s=None,
            reads_without_commanding=True,
            measures_velocity=False,
            keeps_position=absolute,
        )

    @property
    def dropped(self) -> dict[str, int]:
        """Lines thrown away: `form`, `echo`, `unasked`, `overlap`, `out-of-step`, `length`, `range`, `foreign`."""
        return dict(self._replies.dropped)

    def handshake(self) -> Handshake:
        """Machine-readable form, the letters, and for each: off, torque control, target 0, limits, on.

        Raises:
            DeviceError: a letter is missing, or the board refuses the torque controller.
        """
        yield Ask(b"\n", None, QUIET_S)  # ends half a line, whatever it was
        yield from self._say("@3", "@machine")
        yield from self._say("#4", "#4")
        listed = yield Ask(b"\n?\n", None, ANSWER_S)
        found = [line[1:2].decode() for line in listed.split(b"\r\n") if re.match(rb"\?[A-Za-z]:", line)]
        if not found:
            raise TimeoutError("simplefoc: no letters in the answer to `?`")
        if missing := [letter for letter in self._letters if letter not in found]:
            raise DeviceError(
                f"simplefoc: no motor {', '.join(missing)}; the sketch has {', '.join(found)}: set `letters`"
            )
        number, name = CONTROLLERS[self.motor.torque_by]
        limits = [f"LU{self.motor.volts:.4f}"]
        if self.motor.torque_by != "voltage":
            limits.append(f"LC{self.motor.limit:.4f}")
        for letter in self._letters:
            # Off first: in angle control a target of 0 would be a place to go to.
            yield from self._say(f"{letter}E0", f"{letter}E0")
            yield from self._say(f"{letter}C0", f"{letter}Ctorque")
            answer = yield from self._say(f"{letter}T{number}", f"{letter}T", whole=False)
            if f"{letter}T{name}\r\n".encode() not in answer:
                raise DeviceError(f"simplefoc {letter}: does not take torque_by={self.motor.torque_by!r} ({answer!r})")
            yield from self._say(f"{letter}0.0000", f"{letter}0.0000")
            for limit in limits:
                yield from self._say(letter + limit, letter + limit)
            yield from self._say(f"{letter}E1", f"{letter}E1")
        late = yield Ask(b"", None, QUIET_S)
        if any(line.startswith(tuple(self._letters)) for line in late.decode("latin-1").splitlines()):
            raise TimeoutError("simplefoc: answers come that nobody asked for")
        self._replies.begin()

    def command(self, output: Sequence[float]) -> bytes:
        """Target and question for the angle, for each motor."""
        if len(output) != self._spec.axes or not all(map(math.isfinite, output)):
            raise ValueError(f"simplefoc command {list(output)}: {self._spec.axes} finite torques in N·m")
        frame, expected = [], []
        for letter, torque in zip(self._letters, output, strict=True):
            target = self.motor.target(float(torque))
            frame.append(f"{letter}{target:.4f}\n{letter}MG6\n")
            expected += [(letter, target), (f"{letter}MG", None)]
        self._replies.expect(expected)
        return "".join(frame).encode()

    def read(self) -> bytes:
        """The question for the angles alone."""
        self._replies.expect([(f"{letter}MG", None) for letter in self._letters])
        return "".join(f"{letter}MG6\n" for letter in self._letters).encode()

    def feed(self, data: bytes) -> list[State]:
        """The state, once all lines of the exchange are there and the targets came back as sent."""
        values = self._replies.take(data)
        if values is None:
            return []
        position = tuple(values[len(values) // self._spec.axes - 1 :: len(values) // self._spec.axes])
        if max(map(abs, position)) > FURTHEST_RAD:
            self._replies.dropped["range"] += 1
            return []
        return [State(position=position)]

    def stop(self) -> bytes:
        """Driver off and target 0, twice; the first end of line ends whatever was half sent."""
        off = "".join(f"\n{letter}E0\n{letter}0.0000\n" for letter in self._letters)
        return (off + off).encode()

    def reset(self) -> None:
        """Forget half a line and the command in flight."""
        self._replies.reset()

    def _say(self, line: str, answer: str, whole: bool = True) -> Generator[Ask, bytes, bytes]:
        """Send a line until its answer has come; an empty line first, as after every error."""
        wanted = f"{answer}\r\n".encode() if whole else answer.encode()

        def complete(got: bytes) -> bool:
            return any(
                part == wanted if whole else part.startswith(wanted) and part.endswith(b"\r\n")
                for part in got.splitlines(keepends=True)
            )

        return (yield Ask(f"\n{line}\n".encode(), complete, ANSWER_S, ATTEMPTS))


def angle_range(given: Sequence[Sequence[float]] | None, axes: int) -> tuple[tuple[float, float], ...]:
    """Least and greatest angle of each axis, endless by default.

    Raises:
        ValueError: another number of axes, or no range.
    """
    if given is None:
        return ((-math.inf, math.inf),) * axes
    workspace = tuple((float(low), float(high)) for low, high in given)
    if len(workspace) != axes or not all(low < high for low, high in workspace):
        raise ValueError(f"simplefoc workspace_rad {workspace}: {axes} of (least, greatest)")
    return workspace
