"""`ODrive`: the driver of ODrive v3 boards by their ASCII protocol, firmware 0.5.x.

Source: the vendor's repository odriverobotics/ODrive, docs/ascii-protocol.rst and odrive-interface.yaml (MIT).
Every line that we send carries a checksum, and so does every answer to it; what has none is not for us.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Generator, Sequence
from functools import reduce
from operator import xor

from wugan.devices.haptic.driver import Ask, Driver, EmergencyStopLatched, Handshake, HapticSpec, State
from wugan.errors import DeviceError

AXIS = {
    0: "invalid state (not calibrated, or the request does not fit)",
    6: "motor failed",
    7: "sensorless estimator failed",
    8: "encoder failed",
    9: "controller failed",
    11: "watchdog expired",
    12: "lower end stop pressed",
    13: "upper end stop pressed",
    14: "emergency stop requested",
    17: "homing without an end stop",
    18: "too hot",
    19: "unknown position",
}
MOTOR = {
    0: "phase resistance out of range",
    1: "phase inductance out of range",
    3: "gate driver fault",
    4: "control deadline missed",
    7: "modulation too large",
    10: "current sensor saturated",
    12: "current limit exceeded",
    16: "modulation is not a number (a torque of NaN was commanded)",
    17: "motor too hot",
    18: "transistors too hot",
    19: "timer update missed",
    20: "current not measured",
    21: "controller failed",
    22: "bus current out of range",
    23: "brake resistor disarmed",
    24: "system error (often a bus voltage out of range)",
}
ENCODER = {
    0: "unstable gain",
    1: "counts per turn and pole pairs do not fit",
    2: "no response",
    3: "unsupported mode",
    4: "illegal Hall state",
    5: "index not found yet",
    6: "SPI timeout",
    7: "SPI communication failed",
    8: "SPI encoder not ready",
    9: "Hall sensors not calibrated",
}
CONTROLLER = {
    0: "overspeed",
    1: "invalid input mode",
    2: "unstable gain",
    3: "invalid mirror axis",
    4: "invalid load encoder",
    5: "invalid estimate",
    6: "invalid circular range",
    7: "spin-out detected",
}
PARTS = {"": AXIS, "motor": MOTOR, "encoder": ENCODER, "controller": CONTROLLER}
WATCHDOG = 1 << 11
ESTOP = 1 << 14


def words(bits: int, part: str = "") -> str:
    """The errors of a part (`""` is the axis itself), in words; empty where there are none."""
    names = PARTS[part]
    told = [names.get(bit, f"unknown error bit {bit}") for bit in range(bits.bit_length()) if bits >> bit & 1]
    return ", ".join(told)


USB = ((0x1209, 0x0D32),)
IDLE, CLOSED_LOOP = 1, 8
PASS_THROUGH, TORQUE_CONTROL = 1, 1

# Ends whatever half line lies in the device. The exclusive or of ASCII is below 128, so the line is never right and is
# ignored without an answer. A plain line end would run the half line: a cut `w axis0.requested_state` can arm a motor.
END_HALF_LINE = b"*255\n"
LONGEST_LINE = 256  # of an answer; the longest is a serial number
QUIET_S = 0.02
ANSWER_S = 0.1
TRIES = 3  # of a setting that did not take, for a lost line is not told
ARMING_POLLS = 20
ANSWER_TOLERANCE = 1e-4  # values are answered with six decimals, cut to nine characters
TWO_PI = 2 * math.pi

# The checksum is weak (two flips of the same bit cancel out), so the form has to be exact too.
FEEDBACK = re.compile(r"(-?[0-9]{1,9}\.[0-9]{6}) (-?[0-9]{1,9}\.[0-9]{6})")
BITS = re.compile(r"[0-9]{1,10}")


def line(text: str) -> bytes:
    """A line of the protocol with its checksum: the exclusive or of all bytes before the star, spaces included."""
    return b"%s*%d\n" % (text.encode(), reduce(xor, text.encode(), 0))


def unline(raw: bytes) -> str | None:
    """The text of an answered line (without its end) whose checksum is right, else None."""
    text, star, given = raw.rpartition(b"*")
    if not star or not given.isdigit() or len(given) > 3 or int(given) != reduce(xor, text, 0):
        return None
    return text.decode("ascii", "replace")


def spec(
    model: str,
    max_output: tuple[float, ...],
    watchdog_s: float = 0.05,
    max_velocity: float = 60.0,
    workspace: float = math.pi,
    absolute: bool = False,
) -> HapticSpec:
    """What an ODrive can do with these torque limits (N·m); its driver and its emulator agree by it."""
    axes = len(max_output)
    return HapticSpec(
        protocol="odrive",
        model=model,
        space="joint",
        max_output=max_output,
        workspace=((-workspace, workspace),) * axes,
        max_velocity=(max_velocity,) * axes,
        max_rate_hz=1000.0,  # USB; over its UART about 300
        watchdog_s=watchdog_s,
        reads_without_commanding=True,
        measures_velocity=True,
        usb=USB,
        keeps_position=absolute,
    )


class ODrive(Driver):
    """One or two motors of an ODrive in torque control, with the board's own watchdog armed and fed.

    One write in each period: a torque for each axis (which feeds the watchdog) and a question for position and
    velocity; in every `check_every`-th also one for an error or a state, because the board is silent about both.
    Position is rad from where the encoder counts, positive as the encoder counts.

    Args:
        axes: 1 or 2; axis 0, or axes 0 and 1.
        watchdog_s: silence after which the board disarms by itself, and latches.
        max_velocity: speed in rad/s above which a state is not believed; at 1.2 times that the board disarms.
        workspace: greatest angle from zero, rad, to either side.
        check_every: periods between two questions for errors.
        clear_estop: clear a latched emergency stop at the next handshake. Off, because a person may have pressed it.
        absolute: the encoders are absolute: an angle means the same after the power was away.
        baud: of its UART; USB does not look at it.

    Raises:
        ValueError: a value out of its range.
    """

    def __init__(
        self,
        *,
        axes: int = 1,
        watchdog_s: float = 0.05,
        max_velocity: float = 60.0,
        workspace: float = math.pi,
        check_every: int = 5,
        clear_estop: bool = False,
        absolute: bool = False,
        baud: int = 115_200,
    ) -> None:
        if axes not in (1, 2):
            raise ValueError(f"axes is {axes}; a board has 2")
        if not 0.005 <= watchdog_s <= 1.0:
            raise ValueError(f"watchdog_s is {watchdog_s}; from 0.005 to 1, and never off")
        for name, value in (("max_velocity", max_velocity), ("workspace", workspace)):
            if not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} is {value}; finite and above 0")
        if check_every < 1:
            raise ValueError(f"check_every is {check_every}; 1 or more")
        self.serial = ""
        self.error = ""  # what the board complained of before the last handshake, in words
        self.clear_estop = clear_estop
        self._axes, self._watchdog_s, self._max_velocity = axes, watchdog_s, max_velocity
        self._workspace, self._check_every, self._absolute, self._baud = workspace, check_every, absolute, baud
        self._dropped: Counter[str] = Counter()
        self._spec = self._make_spec("ODrive v3", (0.4,) * axes)  # a new board's: 0.04 N·m/A and 10 A
        self._feedback = b"".join(line(f"f {axis}") for axis in range(axes))
        self._checks = [
            (axis, what, line(f"r axis{axis}.{what}")) for axis in range(axes) for what in ("error", "current_state")
        ]
        self._periods = 0
        self._forget()

    def _make_spec(self, model: str, max_output: tuple[float, ...]) -> HapticSpec:
        return spec(model, max_output, self._watchdog_s, self._max_velocity, self._workspace, self._absolute)

    def _forget(self) -> None:
        self._buffer = b""
        self._waiting: list[tuple[int, str]] = []
        self._values: list[tuple[float, float]] = []
        self._errors = [0] * self._axes
        self._states = [0] * self._axes

    @property
    def dropped(self) -> dict[str, int]:
        return dict(self._dropped)

    def reset(self) -> None:
        self._buffer = b""
        self._waiting, self._values = [], []

    # --- the exchange of each period

    def command(self, output: Sequence[float]) -> bytes:
        if len(output) != self._axes:
            raise ValueError(f"{len(output)} values for {self._axes} axes")
        lines = []
        for axis, (value, limit) in enumerate(zip(output, self._spec.max_output, strict=True)):
            if not math.isfinite(value):
                raise ValueError(f"output {tuple(output)} is not finite; send 0 instead")
            lines.append(line(f"c {axis} {min(max(value, -limit), limit):.5f}"))
        return b"".join(lines) + self.read()

    def read(self) -> bytes:
        self._waiting = [(axis, "f") for axis in range(self._axes)]
        self._values = []
        self._periods += 1
        if self._periods % self._check_every:
            return self._feedback
        # Before the feedback, so that the state that is returned knows of it.
        axis, what, asked = self._checks[self._periods // self._check_every % len(self._checks)]
        self._waiting.insert(0, (axis, what))
        return asked + self._feedback

    def stop(self) -> bytes:
        self.reset()
        zero = "".join(f"c {axis} 0\n" for axis in range(self._axes))
        idle = "".join(f"w axis{axis}.requested_state {IDLE}\n" for axis in range(self._axes))
        return END_HALF_LINE + b"".join(map(line, (zero + idle).splitlines()))

    def feed(self, data: bytes) -> list[State]:
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        if len(self._buffer) > LONGEST_LINE:
            self._dropped["length"] += 1
            self._buffer = b""
        return [state for raw in lines if (state := self._take(raw)) is not None]

    def _take(self, raw: bytes) -> State | None:
        """One answered line; the state that it completes."""
        text = unline(raw.rstrip(b"\r"))
        if text is None:
            self._dropped["checksum"] += 1
            return None
        if not self._waiting:
            self._dropped["unasked"] += 1
            return None
        axis, what = self._waiting[0]
        if what == "f" and (found := FEEDBACK.fullmatch(text)):
            self._values.append((float(found[1]) * TWO_PI, float(found[2]) * TWO_PI))
        elif what != "f" and BITS.fullmatch(text):
            (self._errors if what == "error" else self._states)[axis] = int(text)
        else:
            # Words, another question's answer, or nan. The order is lost with it: this period gives no state.
            self._dropped["unexpected"] += 1
            self._waiting = []
            return None
        del self._waiting[0]
        return None if self._waiting else self._state()

    def _state(self) -> State:
        positions, velocities = zip(*self._values, strict=True)
        self._values = []
        flags, fault = set(), ""
        told = [f"axis {axis}: {words(bits)}" for axis, bits in enumerate(self._errors) if bits]
        if told:
            fault = "; ".join(told)
            flags.add("fault")
        if any(bits & WATCHDOG for bits in self._errors):
            flags.add("watchdog")
        if any(bits & ESTOP for bits in self._errors):
            flags.add("estop")
        if all(state == CLOSED_LOOP for state in self._states):
            flags.add("armed")
        elif not fault:
            fault = f"disarmed (axis states {self._states}; {CLOSED_LOOP} is closed loop)"
        return State(positions, velocities, flags=frozenset(flags), fault=fault)

    # --- connecting

    def handshake(self) -> Handshake:
        self._forget()
        self._periods = 0
        yield Ask(END_HALF_LINE, None, QUIET_S)
        yield from self._identify()
        for axis in range(self._axes):
            yield from self._set(f"axis{axis}.config.enable_watchdog", 0, before=self._still(axis))
        yield from self._clear()
        limits = []
        for axis in range(self._axes):
            limits.append((yield from self._configure(axis)))
        self._spec = self._make_spec(self._spec.model, tuple(limits))
        for axis in range(self._axes):
            yield from self._arm(axis)

    def _clear(self) -> Handshake:
        """Note old errors and clear them (once the watchdog is off they stay cleared); no emergency stop unasked."""
        told = []
        for axis in range(self._axes):
            if wrong := (yield from self._wrong(axis)):
                told.append(f"axis{axis}: {wrong}")
            if (yield from self._get_bits(f"axis{axis}.error")) & ESTOP and not self.clear_estop:
                raise EmergencyStopLatched(
                    f"{self._spec.model} axis{axis}: its emergency stop is latched; see that it is safe, then connect "
                    "with clear_estop=True"
                )
        self.error = "; ".join(told)
        self.clear_estop = False
        yield Ask(line("sc"), None, QUIET_S)

    def _still(self, axis: int) -> bytes:
        """Zero torque and idle: nothing is set up while a motor runs."""
        return line(f"c {axis} 0") + line(f"w axis{axis}.requested_state {IDLE}")

    def _feed(self) -> bytes:
        return b"".join(line(f"u {axis}") for axis in range(self._axes))

    def _identify(self) -> Handshake:
        told = yield from self._ask(line("i"), 3)
        facts = dict(part.partition(": ")[::2] for part in told)
        firmware = facts.get("Firmware version", "")
        self.serial = facts.get("Serial number", "")
        if not firmware.startswith("0.5."):
            raise DeviceError(
                f"this is no ODrive v3 with firmware 0.5.x: it says {told}. Pro and S1 speak another dialect."
            )
        hardware = facts.get("Hardware version", "?")
        self._spec = self._make_spec(f"ODrive {hardware}, firmware {firmware}", self._spec.max_output)

    def _configure(self, axis: int) -> Generator[Ask, bytes, float]:
        """Set one idle axis up; its greatest torque in N·m."""
        name = f"axis{axis}"
        yield from self._set(f"{name}.controller.config.input_mode", PASS_THROUGH)
        # The default limit of 2 turn/s is a damper in torque control and an overspeed error soon after.
        yield from self._set(f"{name}.controller.config.enable_torque_mode_vel_limit", 0)
        yield from self._set(f"{name}.controller.config.vel_limit", round(self._max_velocity / TWO_PI, 4))
        per_ampere = yield from self._get(f"{name}.motor.config.torque_constant")
        amperes = yield from self._get(f"{name}.motor.config.current_lim")
        most = yield from self._get(f"{name}.motor.config.torque_lim")
        strength = min(per_ampere * amperes, most)
        if not (math.isfinite(strength) and strength > 0):
            raise DeviceError(
                f"{self._spec.model} {name}: {per_ampere} N·m/A, {amperes} A and at most {most} N·m give no torque "
                "limit; set motor.config.torque_constant and current_lim"
            )
        return strength

    def _arm(self, axis: int) -> Handshake:
        """Watchdog on, torque zero, closed loop, in the order in which no old torque and no expiry can come between."""
        name = f"axis{axis}"
        yield from self._set(f"{name}.config.watchdog_timeout", self._watchdog_s)
        # Feeding loads the time into the watchdog: enabled before that, it would expire at once.
        yield from self._set(f"{name}.config.enable_watchdog", 1, before=self._feed())
        # Arming does not clear the torque that was stored.
        request = line(f"c {axis} 0") + line(f"w {name}.requested_state {CLOSED_LOOP}")
        for _ in range(ARMING_POLLS):
            told = yield from self._ask(self._feed() + request + line(f"r {name}.current_state"), 1)
            if told[0] == str(CLOSED_LOOP):
                self._states[axis] = CLOSED_LOOP
                return
        if (yield from self._get_bits(f"{name}.error")) == WATCHDOG:
            raise TimeoutError(f"{name}'s watchdog expired while it was armed")  # the line stalled: once more
        wrong = yield from self._wrong(axis)
        raise DeviceError(
            f"{self._spec.model} {name} does not go to closed loop: {wrong or f'state {told[0]}, no error'}. "
            "Calibrate it with the vendor's tool (requested_state 3) and save, or put right what it complains of."
        )

    def _wrong(self, axis: int) -> Generator[Ask, bytes, str]:
        """All errors of an axis in words."""
        told = []
        for part in PARTS:
            name = f"axis{axis}.{part}.error" if part else f"axis{axis}.error"
            bits = yield from self._get_bits(name)
            if bits:
                told.append(f"{part or 'axis'}: {words(bits, part)}")
        return "; ".join(told)

    def _get(self, name: str) -> Generator[Ask, bytes, float]:
        (told,) = yield from self._ask(self._feed() + line(f"r {name}"), 1)
        try:
            return float(told)
        except ValueError:
            raise DeviceError(f"{self._spec.model}: asked for {name}, it said {told!r}") from None

    def _get_bits(self, name: str) -> Generator[Ask, bytes, int]:
        value = yield from self._get(name)
        if not (value >= 0 and value.is_integer()):
            raise DeviceError(f"{self._spec.model}: {name} reads {value}, which are no error bits")
        return int(value)

    def _set(self, name: str, value: float, before: bytes = b"") -> Handshake:
        """Write a property and confirm it by reading: success is silent, and so is a line that was lost."""
        for _ in range(TRIES):
            (told,) = yield from self._ask(self._feed() + before + line(f"w {name} {value}") + line(f"r {name}"), 1)
            try:
                if math.isclose(float(told), value, abs_tol=ANSWER_TOLERANCE):
                    return
            except ValueError:  # words: the line was damaged on its way, or there is no such property
                pass
        raise DeviceError(f"{self._spec.model}: {name} was set to {value} and reads {told!r}")

    def _ask(self, send: bytes, answers: int) -> Generator[Ask, bytes, list[str]]:
        """Send, and give the text of that many answered lines. Raises `TimeoutError` where there are none."""

        def lines(data: bytes) -> list[str]:
            texts = (unline(raw.rstrip(b"\r")) for raw in data.split(b"\n")[:-1])
            return [text for text in texts if text is not None]

        for _ in range(TRIES):
            try:
                return lines((yield Ask(send, lambda data: len(lines(data)) >= answers, ANSWER_S)))[:answers]
            except TimeoutError:
                # What may still come must not be taken for the next answer.
                yield Ask(END_HALF_LINE, None, QUIET_S)
        raise TimeoutError(f"no answer to {send!r}; is its ASCII protocol on?")
