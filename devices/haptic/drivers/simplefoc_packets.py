"""`SimpleFocPackets`: boards with SimpleFOC's PacketCommander, registers in lines of text or in binary packets.

Written to simplefoc/Arduino-FOC-drivers 1.0.8 (MIT). Neither form has a checksum or a request number. The text form is
the default: it is not held back by the firmware's buffer. See docs/senses/haptic-devices.md for the traps.
"""

from __future__ import annotations

import math
import re
import struct
from collections import Counter
from collections.abc import Generator, Sequence

from wugan.devices.haptic.driver import Ask, Driver, Handshake, HapticSpec, State
from wugan.devices.haptic.drivers.simplefoc import (
    CONTROLLERS,
    ECHO_ERROR,
    FASTEST_RAD_S,
    FURTHEST_RAD,
    MOST_RATE_HZ,
    FocMotor,
    Replies,
    angle_range,
)
from wugan.errors import DeviceError

TARGET, ENABLE, CONTROL, TORQUE, ANGLE, VELOCITY = 0x01, 0x04, 0x05, 0x06, 0x09, 0x11
VOLTAGE_LIMIT, CURRENT_LIMIT, MOTORS, ADDRESS = 0x50, 0x51, 0x70, 0x7F
BYTES = (ENABLE, CONTROL, TORQUE, MOTORS, ADDRESS)  # registers of one byte; the others we use are floats

MARKER, REGISTER, RESPONSE, SYNC = 0xA5, 0x52, 0x72, 0x53
BLOCK = 58  # the board's buffer; it is sent when one byte more has to go in
PADDING = 5  # bytes of the cheapest answer, the number of motors
SYNC_REPLY = bytes([MARKER, 2, SYNC, 1])
READ_MOTORS = bytes([MARKER, 2, REGISTER, MOTORS])
LEAST_PADS = 2  # so that what the board holds back is padding even where one answer more came than reckoned with
PADS = 14  # after a sync: whatever the board held back, one whole padding at least comes out behind the answer

Request = tuple[int, float | int | None]  # a register, and what is written to it; None reads


class TextForm(Replies):
    """Lines such as `R1=0.2500`, answered by `r1=0.2500`.

    Attributes:
        echo: the board answers writes; otherwise each is followed by a read of the same register.
    """

    def __init__(self) -> None:
        """Out of step, echo unknown."""
        super().__init__([f"r{digit}" for digit in range(10)])
        self.echo = False
        self._asked: list[tuple[str, float | int | None]] = []

    def ask(self, requests: Sequence[Request]) -> bytes:
        """One line for each request, two for a write that is not echoed; one value will answer each."""
        lines = []
        for register, value in requests:
            if value is not None:
                lines.append(f"R{register}={value}" if isinstance(value, int) else f"R{register}={value:.4f}")
            if value is None or not self.echo:
                lines.append(f"R{register}")
        self._asked = [(f"r{register}=", value) for register, value in requests]
        self.expect(self._asked)
        return "".join(f"{line}\n" for line in lines).encode()

    def whole(self, got: bytes) -> list[float] | None:
        """The values, where all that came since `ask` is exactly the answer; for handshakes."""
        probe = Replies(["r"])
        probe.begin()
        probe.expect(self._asked)
        return probe.take(got)

    def answered(self) -> None:
        """The requests in flight are done with; a handshake has looked at their answer itself."""
        self.reset()


class BinaryForm:
    """Packets `a5 n type payload`, whose answers the firmware sends only in blocks of 58 bytes.

    So each request is followed by reads of the number of motors, until all that was asked for is pushed out, and it is
    known which bytes have to come: the rest of the padding before, the answers, padding. Anything else ends the trust.

    Attributes:
        echo: the board answers writes; otherwise each is followed by a read of the same register.
        dropped: what was thrown away, by reason.
        flushes: the firmware is patched and sends each answer at once; nothing is padded.
        motors: what the padding says.
    """

    def __init__(self, flushes: bool = False) -> None:
        """Out of step."""
        self.echo = False
        self.flushes = flushes
        self.motors = 0
        self.dropped: Counter[str] = Counter()
        self._lost = True
        self._left = 0  # bytes of padding that the board still holds
        self._left_before = 0
        self._requests: list[Request] = []
        self._length = 0
        self._buffer = bytearray()

    def synchronise(self, got: bytes) -> bool:
        """Find in the answer to a sync and `PADS` reads how much the board held before; whether it was found."""
        at = got.rfind(SYNC_REPLY)
        after = got[at + len(SYNC_REPLY) :]
        if at < 0 or len(after) < PADDING:
            return False
        pad = bytes([MARKER, 3, RESPONSE, MOTORS, after[PADDING - 1]])
        if (pad * PADS)[: len(after)] != after:
            return False
        self.motors = pad[-1]
        self._left = 0 if self.flushes else at + len(SYNC_REPLY) + PADS * PADDING - len(got)
        return self.flushes or 0 < self._left <= BLOCK

    def ask(self, requests: Sequence[Request]) -> bytes:
        """One packet for each request, two for a write that is not echoed; then padding."""
        if self._requests:
            self._lose("overlap")
        sent, answer = b"", 0
        for register, value in requests:
            if value is not None:
                sent += packet(register, value)
            if value is None or not self.echo:
                sent += packet(register, None)
            answer += len(packet(register, 0))
        self._requests = list(requests)
        self._left_before = self._left
        if self.flushes:
            self._length = answer
            return sent
        self._length = BLOCK * math.ceil((self._left + answer) / BLOCK)
        pads = max((self._length - self._left - answer) // PADDING + 1, LEAST_PADS)
        self._left += answer + pads * PADDING - self._length
        return sent + READ_MOTORS * pads

    def whole(self, got: bytes) -> list[float] | None:
        """The values, where padding, answers and padding are as they must be."""
        if len(got) != self._length:
            return None
        pad = bytes([MARKER, 3, RESPONSE, MOTORS, self.motors])
        before = self._left_before
        if not (pad * BLOCK).endswith(got[:before]):
            return None
        values, at = [], before
        for register, sent in self._requests:
            size = 1 if register in BYTES else 4
            header = bytes([MARKER, size + 2, RESPONSE, register])
            if got[at : at + 4] != header:
                return None
            (value,) = struct.unpack_from("<B" if size == 1 else "<f", got, at + 4)
            if sent is not None and not abs(value - sent) <= ECHO_ERROR:  # NaN too
                return None
            values.append(float(value))
            at += 4 + size
        return values if (pad * BLOCK).startswith(got[at:]) else None

    def take(self, data: bytes) -> list[float] | None:
        """The values once the block is whole."""
        if not data:
            return None
        if self._lost:
            self.dropped["out-of-step"] += 1
            return None
        if not self._requests:
            self._lose("unasked")
            return None
        self._buffer += data
        if len(self._buffer) < self._length:
            return None
        values = self.whole(bytes(self._buffer))
        if values is None:
            self._lose("form")
            return None
        self.answered()
        return values

    def answered(self) -> None:
        """The requests in flight are done with."""
        self._buffer.clear()
        self._requests = []

    def begin(self) -> None:
        """In step from now on."""
        self.answered()
        self._lost = False

    def reset(self) -> None:
        """Forget the requests in flight, as if they had not been sent; where they were, a handshake follows."""
        if self._requests:
            self._left = self._left_before
        self.answered()

    def expect_echo(self) -> None:
        """The write just answered was echoed: one answer of a byte more than was reckoned with."""
        self.echo = True
        self._left += 0 if self.flushes else PADDING

    def _lose(self, reason: str) -> None:
        self.dropped[reason] += 1
        self.reset()
        self._lost = True


def packet(register: int, value: float | int | None) -> bytes:
    """A packet that writes a register, or reads it where the value is None."""
    payload = b"" if value is None else struct.pack("<B" if register in BYTES else "<f", value)
    return bytes([MARKER, 2 + len(payload), REGISTER, register]) + payload


MOST_MOTORS = 2  # commands for more do not fit the 64 bytes that many boards' ports keep
TEXT_BYTES = 36  # of one motor in one exchange, the longer way
ENABLE_OFF_REPLY = bytes([MARKER, 3, RESPONSE, ENABLE, 0])
FILL = bytes([MARKER]) * 4  # ends a half-read target as −3·10⁻¹⁶
QUIET_S = 0.05
ANSWER_S = 0.15
ROUNDS = 3


class SimpleFocPackets(Driver):
    """Angles in rad, torques in N·m by volts or amperes and the motor's constant, one axis for each motor.

    Every write is answered or read back, and compared. The binary form measures velocity too, as that costs nothing
    among the padding that it needs.
    """

    def __init__(
        self,
        *,
        motors: int = 1,
        binary: bool = False,
        flushes: bool = False,
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
            motors: how many, addresses from 0; two at most, in the binary form one.
            binary: the sketch has a `BinaryIO`; otherwise a `TextIO`.
            flushes: its firmware is patched to send each binary answer at once.
            kt_nm_per_a: torque constant, N·m/A (8.27 / KV).
            resistance_ohm: phase resistance.
            torque_by: `voltage`, `dc-current`, `foc-current` or `estimated-current`.
            limit: greatest target, V or A, which is written to the board too: keep it low.
            workspace_rad: least and greatest angle of each motor; None turns without end.
            absolute: angles mean the same after the power was away.
            baud: of the sketch.
            boot_s: what an AVR board takes after its port was opened, which resets it; 0 for native USB.

        Raises:
            ValueError: a value that cannot be.
        """
        if not 1 <= motors <= (1 if binary else MOST_MOTORS):
            raise ValueError(f"simplefoc-packets motors {motors}: 1 or {MOST_MOTORS}, in the binary form 1")
        self.motor = FocMotor(kt_nm_per_a, resistance_ohm, torque_by, limit)
        self._axes = motors
        self._form: TextForm | BinaryForm = BinaryForm(flushes) if binary else TextForm()
        self._baud, self._boot_s = baud, boot_s
        self._reads = (ANGLE, VELOCITY) if binary else (ANGLE,)
        self._spec = HapticSpec(
            protocol="simplefoc",
            model=f"SimpleFOC PacketCommander, {'binary' if binary else 'text'}",
            space="joint",
            max_output=(self.motor.most_nm,) * motors,
            workspace=angle_range(workspace_rad, motors),
            max_velocity=(FASTEST_RAD_S,) * motors,
            max_rate_hz=min(MOST_RATE_HZ, baud / (10 * (BLOCK if binary else TEXT_BYTES * motors))),
            watchdog_s=None,
            reads_without_commanding=True,
            measures_velocity=binary,
            keeps_position=absolute,
        )

    @property
    def dropped(self) -> dict[str, int]:
        """Answers thrown away: `form`, `echo`, `unasked`, `overlap`, `out-of-step`, `length`, `range`, `non-finite`."""
        return dict(self._form.dropped)

    def handshake(self) -> Handshake:
        """Find the beginning of a packet, whether writes are echoed, and for each motor: off, set up, zero, on.

        Raises:
            DeviceError: the board has fewer motors.
        """
        form = self._form
        for _ in range(ROUNDS):
            form.reset()
            form.echo = False
            yield Ask(b"", None, QUIET_S)
            try:
                if isinstance(form, BinaryForm):
                    found = yield from self._synchronise(form)
                else:
                    found = yield from self._find_line()
                if found is None:
                    continue
                if found < self._axes:
                    raise DeviceError(f"simplefoc-packets: the board has {found} motors: set `motors`")
                yield from self._set_up()
            except TimeoutError:
                continue
            if (yield Ask(b"", None, QUIET_S)):
                continue
            form.begin()
            return
        raise TimeoutError(f"simplefoc-packets: no proper answers in {ROUNDS} attempts")

    def command(self, output: Sequence[float]) -> bytes:
        """Target and question for the angle, for each motor."""
        if len(output) != self._axes or not all(map(math.isfinite, output)):
            raise ValueError(f"simplefoc-packets command {list(output)}: {self._axes} finite torques in N·m")
        return self._form.ask(self._cycle([self.motor.target(float(torque)) for torque in output]))

    def read(self) -> bytes:
        """The question for the angles alone."""
        return self._form.ask(self._cycle([None] * self._axes))

    def feed(self, data: bytes) -> list[State]:
        """The state, once all answers are there and the targets came back as sent."""
        values = self._form.take(data)
        if values is None:
            return []
        count = len(self._reads)
        each = len(values) // self._axes
        read = [values[(axis + 1) * each - count : (axis + 1) * each] for axis in range(self._axes)]
        if not all(map(math.isfinite, values)):
            self._form.dropped["non-finite"] += 1
            return []
        position = tuple(axis[0] for axis in read)
        velocity = tuple(axis[1] for axis in read) if count > 1 else None
        if max(map(abs, position)) > FURTHEST_RAD or max(map(abs, velocity or (0.0,))) > 2 * FASTEST_RAD_S:
            self._form.dropped["range"] += 1
            return []
        return [State(position=position, velocity=velocity)]

    def stop(self) -> bytes:
        """Every motor's driver off; three times, as what comes first may be taken for the rest of something else."""
        if isinstance(self._form, BinaryForm):
            off = b"".join(packet(ADDRESS, axis) + packet(ENABLE, 0) for axis in range(self._axes))
            return FILL + off * 3
        lines = "".join(f"R{ADDRESS}={axis}\nR{ENABLE}=0\nR{TARGET}=0.0000\n" for axis in range(self._axes))
        return f"\n{lines}{lines}{lines}".encode()

    def reset(self) -> None:
        """Forget half an answer and the requests in flight."""
        self._form.reset()

    def _cycle(self, targets: Sequence[float | None]) -> list[Request]:
        requests: list[Request] = []
        for axis, target in enumerate(targets):
            if self._axes > 1:
                requests.append((ADDRESS, axis))
            if target is not None:
                requests.append((TARGET, target))
            requests += [(register, None) for register in self._reads]
        return requests

    def _set_up(self) -> Handshake:
        controller, _ = CONTROLLERS[self.motor.torque_by]
        limits: list[Request] = [(VOLTAGE_LIMIT, self.motor.volts)]
        if self.motor.torque_by != "voltage":
            limits.append((CURRENT_LIMIT, self.motor.limit))
        for axis in range(self._axes):
            # Off first: in angle control a target of 0 would be a place to go to.
            steps: list[Request] = [(ADDRESS, axis), (ENABLE, 0), (CONTROL, 0), (TORQUE, controller), (TARGET, 0.0)]
            for step in [*steps, *limits, (ENABLE, 1)]:
                sent = self._form.ask([step])
                yield Ask(sent, lambda got: self._form.whole(got) is not None, ANSWER_S)
                self._form.answered()

    def _find_line(self) -> Generator[Ask, bytes, int | None]:
        """Text: end half a line, and the one that the board loses after it; how many motors there are."""
        for _ in range(2):
            yield Ask(b"\n", None, QUIET_S)
        got = yield Ask(b"R112\n", lambda got: got.endswith(b"\r\n"), ANSWER_S)
        found = re.search(rb"(?:^|\n)r112=(\d{1,3})\r\n", got)
        if found is None:
            return None
        got = yield Ask(f"R{ENABLE}=0\nR{ENABLE}\n".encode(), None, QUIET_S)
        answers = got.count(f"r{ENABLE}=0\r\n".encode())
        self._form.echo = answers > 1
        return int(found.group(1)) if answers else None

    def _synchronise(self, form: BinaryForm) -> Generator[Ask, bytes, int | None]:
        """Binary: how much the board holds back, and how many motors there are."""
        got = yield Ask(bytes([MARKER, 2, SYNC, 0]) + READ_MOTORS * PADS, None, 2 * QUIET_S)
        if not form.synchronise(got):
            return None
        # Reckoned with one answer; where the write was echoed there are two, which is a padding more.
        got = yield Ask(packet(ENABLE, 0) + form.ask([(ENABLE, None)]), None, 2 * QUIET_S)
        form.answered()
        answers = got.count(ENABLE_OFF_REPLY)
        if answers > 1:
            form.expect_echo()
        return form.motors if answers else None
