"""`WuganBoard`: the driver of wugan's own haptic protocol (docs/reference/haptic-protocol.md)."""

from __future__ import annotations

import math
import secrets
import struct
from collections import Counter
from collections.abc import Generator, Sequence

from wugan.devices.haptic.driver import Ask, Driver, EmergencyStopLatched, Handshake, HapticSpec, Space, State
from wugan.devices.haptic.drivers import wugan_frames as wire
from wugan.errors import DeviceError

_FLAGS = {
    wire.Status.ARMED: "armed",
    wire.Status.OUTPUT: "output",
    wire.Status.CLAMPED: "clamped",
    wire.Status.RAMPING: "ramping",
    wire.Status.WATCHDOG: "watchdog",
    wire.Status.ESTOP: "estop",
    wire.Status.WORKSPACE: "workspace",
    wire.Status.FAULT: "fault",
}
# All 256 sets of flags, made once: a State is built a thousand times a second.
_FLAG_SETS = tuple(frozenset(word for bit, word in _FLAGS.items() if bits & bit) for bits in range(256))
_REPEATS = 3  # a stop is sent three times, because one frame may be damaged
_ATTEMPTS = 5
_ANSWER_S = 0.05


class WuganBoard(Driver):
    """Driver of any board that speaks wugan's protocol: framed, checked, numbered, and dead-man guarded by the device.

    Args:
        axes: actuated axes expected; the device says how many it really has, and that must agree.
        space: `cartesian` (force in N) or `joint` (torque in N·m).
        max_output: expected limit of each axis until the device says its own.
        workspace: expected half-width of each axis, m or rad, until the device says its own.
        max_velocity: greatest believable speed of each axis, m/s or rad/s.
        watchdog_ms: silence after which the device drops to zero by itself, 5 to 500.
        ramp_ms: time over which the device lets the output grow to full after it is armed.
        limit: greatest output that the device lets through; None is the greatest of its axes.
        slew: greatest growth of output per second that the device lets through (N/s or N·m/s); it falls at once.
        clear_estop: release a latched emergency stop at the next handshake. Off, because a person may have pressed it.
        baud: rate of the line; boards with native USB ignore it.
        boot_s: time to wait after opening the port (2 for an AVR board that resets on DTR, 0 for native USB).
        usb: (vendor, product) pairs by which the board is found.

    Raises:
        ValueError: a value out of its range.
    """

    def __init__(
        self,
        *,
        axes: int = 3,
        space: Space = "cartesian",
        max_output: float = 8.0,
        workspace: float = 0.1,
        max_velocity: float = 5.0,
        watchdog_ms: int = 50,
        ramp_ms: int = 500,
        limit: float | None = None,
        slew: float = 1000.0,
        clear_estop: bool = False,
        baud: int = 1_000_000,
        boot_s: float = 0.0,
        usb: Sequence[tuple[int, int]] = (),
    ) -> None:
        if not 1 <= axes <= wire.MAX_AXES:
            raise ValueError(f"axes is {axes}; the protocol carries 1 to {wire.MAX_AXES}")
        if space not in ("cartesian", "joint"):
            raise ValueError(f"space is {space!r}; either 'cartesian' or 'joint'")
        if not wire.WATCHDOG_MIN_MS <= watchdog_ms <= wire.WATCHDOG_MAX_MS:
            raise ValueError(
                f"watchdog_ms is {watchdog_ms}; from {wire.WATCHDOG_MIN_MS} to {wire.WATCHDOG_MAX_MS}, and never off"
            )
        if not 0 <= ramp_ms <= 0xFFFF:
            raise ValueError(f"ramp_ms is {ramp_ms}; from 0 to 65535")
        for name, value in (("slew", slew), ("max_output", max_output), ("workspace", workspace), ("limit", limit)):
            if value is not None and not (math.isfinite(value) and value > 0):
                raise ValueError(f"{name} is {value}; finite and above 0")
        self.clear_estop = clear_estop
        self.error = ""
        self.identity = b""
        self._baud, self._boot_s = baud, boot_s
        self._watchdog_ms, self._ramp_ms, self._limit, self._slew = watchdog_ms, ramp_ms, limit, slew
        self._space: Space = space
        self._mode = wire.Mode.FORCE if space == "cartesian" else wire.Mode.TORQUE
        self._max_velocity = max_velocity
        self._usb = tuple((int(vendor), int(product)) for vendor, product in usb)
        self._seq = 0
        self._waiting: int | None = None
        self._answered: int | None = None
        self._splitter = wire.Splitter()
        self._dropped: Counter[str] = Counter()
        self._clock_us = 0
        self._spec = self._make_spec("wugan board", [max_output] * axes, [workspace] * axes, 1000.0, wire.Caps.VELOCITY)
        self._shape(axes)

    def _make_spec(
        self, model: str, limits: Sequence[float], widths: Sequence[float], rate: float, caps: int
    ) -> HapticSpec:
        return HapticSpec(
            protocol="wugan",
            model=model,
            space=self._space,
            max_output=tuple(limits),
            workspace=tuple((-width, width) for width in widths),
            max_velocity=(self._max_velocity,) * len(limits),
            max_rate_hz=rate,
            watchdog_s=self._watchdog_ms / 1000,
            reads_without_commanding=True,
            measures_velocity=bool(caps & wire.Caps.VELOCITY),
            keeps_position=bool(caps & wire.Caps.ABSOLUTE),
            usb=self._usb,
        )

    def _shape(self, axes: int) -> None:
        self._command = struct.Struct(f"<BBH{axes}f")
        self._state = struct.Struct(f"<HBBI{3 * axes}f")
        self._limits = self._spec.max_output

    @property
    def dropped(self) -> dict[str, int]:
        counts = dict(self._dropped)
        if self._splitter.overlong:
            counts["length"] = counts.get("length", 0) + self._splitter.overlong
        return counts

    def reset(self) -> None:
        self._splitter.reset()
        self._waiting = None

    # --- the exchange of each period

    def _next(self) -> int:
        self._seq = (self._seq + 1) & 0xFFFF
        return self._seq

    def command(self, output: Sequence[float]) -> bytes:
        limits = self._limits
        if len(output) != len(limits):
            raise ValueError(f"{len(output)} values for a device of {len(limits)} axes")
        clipped = []
        for value, limit in zip(output, limits, strict=True):
            if not math.isfinite(value):
                raise ValueError(f"output {tuple(output)} is not finite; send 0 instead")
            clipped.append(min(max(value, -limit), limit))
        self._waiting = seq = self._next()
        return wire.pack(wire.Type.COMMAND, seq, self._command.pack(self._mode, len(limits), 0, *clipped))

    def read(self) -> bytes:
        self._waiting = seq = self._next()
        return wire.pack(wire.Type.COMMAND, seq, wire.COMMAND.pack(wire.Mode.READ, 0, 0))

    def stop(self) -> bytes:
        # The zero first ends whatever half frame the device may have. DISARM, not ESTOP: this is also the normal way
        # out, and must not leave a latch that the next session has to release.
        self._waiting = None
        return b"\0" + wire.pack(wire.Type.DISARM, self._next()) * _REPEATS

    def emergency_stop(self) -> bytes:
        """Bytes that take the output to zero and latch it there until `clear_estop` is set and a handshake is made."""
        self._waiting = None
        return b"\0" + wire.ESTOP_FRAME * _REPEATS

    def feed(self, data: bytes) -> list[State]:
        states = []
        for encoded in self._splitter.feed(data):
            frame = wire.unpack(encoded)
            if isinstance(frame, str):
                self._dropped[frame] += 1
                continue
            state = self._accept(frame)
            if isinstance(state, State):
                states.append(state)
            else:
                self._dropped[state] += 1
        return states

    def _accept(self, frame: wire.Frame) -> State | str:
        """The state in `frame` where it answers the command in flight, or why it is thrown away."""
        if frame.version != wire.VERSION:
            return "version"
        if frame.type == wire.Type.ERROR:
            self.error = _error_text(frame)
            return "error"
        if frame.type != wire.Type.STATE:
            return "unasked"
        if frame.seq != self._waiting:
            return "duplicate" if frame.seq == self._answered else "late"
        state = self._unpack_state(frame.payload)
        if isinstance(state, State):
            self._waiting, self._answered = None, frame.seq
        return state

    def _unpack_state(self, payload: bytes) -> State | str:
        axes = len(self._limits)
        if len(payload) != self._state.size or payload[2] != axes:
            return "length"
        status, _, fault, clock, *values = self._state.unpack(payload)
        # A sum is finite only where all are; f32 values cannot overflow it in binary64.
        if not math.isfinite(sum(values)):
            return "non-finite"
        self._clock_us += (clock - self._clock_us) & 0xFFFFFFFF
        return State(
            position=tuple(values[:axes]),
            velocity=tuple(values[axes : 2 * axes]) if self._spec.measures_velocity else None,
            output=tuple(values[2 * axes :]),
            device_time_s=self._clock_us / 1e6,
            flags=_FLAG_SETS[status & 0xFF],
            fault="" if not fault else wire.FAULTS.get(fault, f"device fault {fault}"),
        )

    # --- connecting

    def handshake(self) -> Handshake:
        self.error = ""
        nonce = secrets.randbits(32)
        hello = wire.HELLO.pack(wire.VERSION, wire.VERSION, 0, nonce)
        # The zero ends whatever the line holds of an older session.
        reply = yield from self._ask(wire.Type.HELLO, hello, wire.Type.HELLO_REPLY, before=b"\0")
        self._take_hello(reply.payload, nonce)
        state = yield from self._ask_state(wire.Type.COMMAND, wire.COMMAND.pack(wire.Mode.READ, 0, 0))
        if "estop" in state.flags:
            yield from self._release(nonce)
        if state.fault or "fault" in state.flags:
            raise DeviceError(f"{self._spec.model}: {state.fault or 'hardware fault'}; it will not be armed")
        limit = max(self._limits) if self._limit is None else self._limit
        arm = wire.ARM.pack(nonce, self._watchdog_ms, self._ramp_ms, limit, self._slew)
        state = yield from self._ask_state(wire.Type.ARM, arm)
        if "armed" not in state.flags:
            raise DeviceError(f"{self._spec.model}: was not armed ({', '.join(sorted(state.flags)) or 'no reason'})")

    def _release(self, nonce: int) -> Handshake:
        if not self.clear_estop:
            raise EmergencyStopLatched(
                f"{self._spec.model}: its emergency stop is latched; see that it is safe, release the button, "
                "then connect with clear_estop=True"
            )
        self.clear_estop = False
        state = yield from self._ask_state(wire.Type.CLEAR, wire.NONCE.pack(nonce))
        if "estop" in state.flags:
            raise EmergencyStopLatched(f"{self._spec.model}: its emergency stop is still pressed; release the button")

    def _ask(self, kind: int, payload: bytes, answer: int, before: bytes = b"") -> Generator[Ask, bytes, wire.Frame]:
        seq = self._next()

        def find(data: bytes) -> wire.Frame | None:
            for encoded in wire.Splitter().feed(data):
                frame = wire.unpack(encoded)
                if isinstance(frame, wire.Frame) and frame.seq == seq and frame.type in (answer, wire.Type.ERROR):
                    return frame
            return None

        data = yield Ask(
            before + wire.pack(kind, seq, payload), lambda got: find(got) is not None, _ANSWER_S, _ATTEMPTS
        )
        frame = find(data)
        if frame is None:
            raise DeviceError(f"{self._spec.model}: no answer to {wire.Type(kind).name} in {data!r}")
        if frame.type == wire.Type.ERROR:
            raise DeviceError(f"{self._spec.model}: {_error_text(frame)}")
        if frame.version != wire.VERSION:
            raise DeviceError(f"{self._spec.model}: it answers in version {frame.version}; we speak {wire.VERSION}")
        return frame

    def _ask_state(self, kind: int, payload: bytes) -> Generator[Ask, bytes, State]:
        frame = yield from self._ask(kind, payload, wire.Type.STATE)
        state = self._unpack_state(frame.payload)
        if isinstance(state, str):
            raise DeviceError(f"{self._spec.model}: its state cannot be used ({state})")
        return state

    def _take_hello(self, payload: bytes, nonce: int) -> None:
        """Make the spec from what the device says of itself.

        Raises:
            DeviceError: another version, number of axes, kind of output or watchdog than we can use.
        """
        size = wire.HELLO_REPLY.size
        axes = payload[1] if len(payload) >= size else 0
        if len(payload) != size + 8 * axes or not 1 <= axes <= wire.MAX_AXES:
            raise DeviceError(f"a HELLO_REPLY of {len(payload)} bytes for {axes} axes; update the board's firmware")
        version, _, caps, model, firmware, echoed, uuid, wd_min, wd_max, rate, _ = wire.HELLO_REPLY.unpack_from(payload)
        name = f"wugan board model {model}, firmware {firmware >> 8}.{firmware & 0xFF}"
        if version != wire.VERSION or echoed != nonce:
            raise DeviceError(f"{name}: speaks version {version}, nonce {echoed:08x}; asked for 1 with {nonce:08x}")
        if axes != len(self._limits):
            raise DeviceError(f"{name}: has {axes} axes, not {len(self._limits)}; set axes={axes}")
        needed = wire.Caps.FORCE if self._mode == wire.Mode.FORCE else wire.Caps.TORQUE
        if not caps & needed:
            other = "joint" if needed == wire.Caps.FORCE else "cartesian"
            raise DeviceError(f"{name}: has no {needed.name}; try space={other!r}")
        if not wd_min <= self._watchdog_ms <= wd_max:
            raise DeviceError(f"{name}: its watchdog takes {wd_min} to {wd_max} ms, not {self._watchdog_ms}")
        # Seven digits: what a binary32 carries, so that 0.1 m is 0.1 and not 0.10000000149011612.
        numbers = [float(f"{number:.7g}") for number in struct.unpack_from(f"<{2 * axes}f", payload, size)]
        if not all(math.isfinite(number) and number > 0 for number in numbers) or rate == 0:
            raise DeviceError(f"{name}: says its limits are {numbers} at {rate} Hz, which cannot be")
        self.identity = uuid
        self._spec = self._make_spec(name, numbers[:axes], numbers[axes:], float(rate), caps)
        self._limits = self._spec.max_output


def _error_text(frame: wire.Frame) -> str:
    """What an ERROR frame says, in words."""
    if len(frame.payload) != wire.ERROR.size:
        return "an error frame of the wrong length"
    code, kind, seq, count = wire.ERROR.unpack(frame.payload)
    reason = wire.ErrorCode(code).name if code in set(wire.ErrorCode) else f"code {code}"
    return f"the device refused frame type {kind:#04x}, number {seq}: {reason} ({count} errors since it started)"
