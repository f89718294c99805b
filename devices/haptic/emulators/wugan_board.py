"""`EmulatedWuganBoard`: a board that speaks wugan's own protocol, as docs/reference/haptic-protocol.md demands."""

from __future__ import annotations

import math
import struct
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.driver import HapticSpec, Space
from wugan.devices.haptic.drivers import wugan_frames as wire
from wugan.devices.haptic.emulators.device import EmulatedDevice

_ERRORS_PER_S = 10
# A firmware's timer counts whole milliseconds and trips up to one of them early, never late. Here time comes in steps
# of half a millisecond (the pseudo-terminal's), so half a millisecond early means never late.
_EARLY_S = 0.0005
_UUID = bytes(range(16))


class EmulatedWuganBoard(EmulatedDevice):
    """The reference firmware in Python: same states, same answers, same watchdog.

    Args:
        axes: actuated axes.
        space: what its outputs are.
        max_output: limit of each axis, N or N·m.
        workspace: half-width of each axis, m or rad.
        max_velocity: written to the spec; the device itself does not check it.
        model: model number that it says.
        firmware: firmware number that it says, 0x0102 for 1.2.
        max_rate_hz: what it says it can do.
        absolute: its encoders know their position after switching on.
    """

    def __init__(
        self,
        *,
        axes: int = 3,
        space: Space = "cartesian",
        max_output: float = 8.0,
        workspace: float = 0.1,
        max_velocity: float = 5.0,
        model: int = 1,
        firmware: int = 0x0102,
        max_rate_hz: int = 4000,
        absolute: bool = True,
    ) -> None:
        if not 1 <= axes <= wire.MAX_AXES:
            raise ValueError(f"axes is {axes}; the protocol carries 1 to {wire.MAX_AXES}")
        self._axes, self._limit, self._width = axes, max_output, workspace
        self._mode = wire.Mode.FORCE if space == "cartesian" else wire.Mode.TORQUE
        kind = wire.Caps.FORCE if space == "cartesian" else wire.Caps.TORQUE
        self._caps = kind | wire.Caps.POSITION | wire.Caps.VELOCITY
        self._caps |= wire.Caps.ESTOP_INPUT | wire.Caps.CLOCK | wire.Caps.APPLIED
        if absolute:
            self._caps |= wire.Caps.ABSOLUTE
        self._model, self._firmware, self._rate = model, firmware, max_rate_hz
        self._spec = HapticSpec(
            protocol="wugan",
            model=f"wugan board model {model}, firmware {firmware >> 8}.{firmware & 0xFF}",
            space=space,
            max_output=(max_output,) * axes,
            workspace=((-workspace, workspace),) * axes,
            max_velocity=(max_velocity,) * axes,
            max_rate_hz=float(max_rate_hz),
            watchdog_s=0.05,
            reads_without_commanding=True,
            measures_velocity=True,
            keeps_position=absolute,
        )
        self._values = struct.Struct(f"<{axes}f")
        self._position = np.zeros(axes)
        self._velocity = np.zeros(axes)
        self._pressed = False
        self._fault = 0
        self._now = 0.0
        self.power_cycle()

    @property
    def output(self) -> NDArray[np.float64]:
        return np.array(self._applied)

    @property
    def dropped(self) -> dict[str, int]:
        """Frames that the device threw away, by reason."""
        return dict(self._errors)

    def power_cycle(self) -> None:
        # The session's nonce is forgotten here, which is what keeps a rebooted device from resuming an old torque.
        self._nonce: int | None = None
        self._last = 0
        self._armed = self._tripped = self._clamped = False
        self._estop = self._pressed
        self._fed_s = self._armed_s = self._boot_s = self._now
        self._watchdog_s = wire.WATCHDOG_MIN_MS / 1000
        self._ramp_s = 0.0
        self._cap, self._slew = 0.0, 0.0
        self._target: Sequence[float] = [0.0] * self._axes
        self._applied = [0.0] * self._axes
        self._splitter = wire.Splitter()
        self._overlong = 0
        self._errors: Counter[str] = Counter()
        self._told: list[float] = []

    def sense(self, position: NDArray[np.float64], velocity: NDArray[np.float64]) -> None:
        self._position[:] = position
        self._velocity[:] = velocity

    def press_estop(self, pressed: bool) -> None:
        """The hardware input of the emergency stop; letting go does not release the latch."""
        self._pressed = pressed
        if pressed:
            self._stop_at_once()

    def set_fault(self, fault: int) -> None:
        """A fault that the device finds in itself (`wugan_frames.FAULTS`; 0 for none)."""
        self._fault = fault
        if fault:
            self._disarm()

    def port_closed(self, now_s: float) -> None:
        # DTR falls, or USB suspends: the same as the watchdog's expiry.
        if self._armed:
            self._trip()

    # --- time

    def tick(self, now_s: float) -> bytes:
        step, self._now = now_s - self._now, now_s
        if self._armed and now_s - self._fed_s >= self._watchdog_s - _EARLY_S:
            self._trip()
        if self._armed:
            self._follow(max(step, 0.0))
        return b""

    def _follow(self, step_s: float) -> None:
        """Move the applied output towards the target: limit, then ramp, then slew.

        Only growth is slowed. A force may fall at once, for holding on to it gives the hand energy that was taken away.
        """
        scale = min((self._now - self._armed_s) / self._ramp_s, 1.0) if self._ramp_s else 1.0
        reach = self._slew * step_s
        self._applied = [
            _grown(old, want * scale, reach) for old, want in zip(self._applied, self._target, strict=True)
        ]

    def _disarm(self) -> None:
        self._armed = False
        self._target = [0.0] * self._axes
        self._applied = [0.0] * self._axes

    def _trip(self) -> None:
        self._disarm()
        self._tripped = True

    def _stop_at_once(self) -> None:
        self._disarm()
        self._estop = True

    # --- frames

    def receive(self, data: bytes, now_s: float) -> bytes:
        # The watchdog first: a command that comes too late must not feed it.
        self.tick(now_s)
        answers = []
        for encoded in self._splitter.feed(data):
            frame = wire.unpack(encoded)
            if isinstance(frame, str):
                code = wire.ErrorCode.CRC if frame == "crc" else wire.ErrorCode.LENGTH
                answers.append(self._error(code, wire.Frame(0, 0, b"")))
                continue
            done = self._take(frame)
            if isinstance(done, wire.ErrorCode):
                answers.append(self._error(done, frame))
            else:
                answers.append(done)
        for _ in range(self._splitter.overlong - self._overlong):
            answers.append(self._error(wire.ErrorCode.LENGTH, wire.Frame(0, 0, b"")))
        self._overlong = self._splitter.overlong
        return b"".join(answers)

    def _take(self, frame: wire.Frame) -> bytes | wire.ErrorCode:
        """Do what one whole frame asks; its answer, or why it is refused."""
        if frame.version != wire.VERSION:
            return wire.ErrorCode.VERSION
        size = len(frame.payload)
        if frame.type == wire.Type.ESTOP:
            self._stop_at_once()
        elif frame.type == wire.Type.COMMAND:
            refused = self._command(frame)
            if refused is not None:
                return refused
        elif frame.type == wire.Type.HELLO:
            return self._hello(frame) if size == wire.HELLO.size else wire.ErrorCode.LENGTH
        elif frame.type == wire.Type.ARM:
            refused = self._arm(frame) if size == wire.ARM.size else wire.ErrorCode.LENGTH
            if refused is not None:
                return refused
        elif frame.type == wire.Type.DISARM:
            self._disarm()
        elif frame.type == wire.Type.CLEAR:
            if size != wire.NONCE.size:
                return wire.ErrorCode.LENGTH
            if self._nonce is None or wire.NONCE.unpack(frame.payload)[0] != self._nonce:
                return wire.ErrorCode.NONCE
            self._estop = self._pressed
        else:
            return wire.ErrorCode.TYPE
        return self._state(frame.seq)

    def _hello(self, frame: wire.Frame) -> bytes | wire.ErrorCode:
        least, most, _, nonce = wire.HELLO.unpack(frame.payload)
        if not least <= wire.VERSION <= most:
            return wire.ErrorCode.VERSION
        # A new session starts disarmed: its host may know nothing of what the last one commanded.
        self._disarm()
        self._nonce, self._last = nonce, frame.seq
        numbers = [self._limit] * self._axes + [self._width] * self._axes
        known = (self._caps, self._model, self._firmware, nonce, _UUID)
        ranges = (wire.WATCHDOG_MIN_MS, wire.WATCHDOG_MAX_MS, self._rate, wire.MAX_RAW)
        payload = wire.HELLO_REPLY.pack(wire.VERSION, self._axes, *known, *ranges)
        return wire.pack(wire.Type.HELLO_REPLY, frame.seq, payload + struct.pack(f"<{len(numbers)}f", *numbers))

    def _arm(self, frame: wire.Frame) -> wire.ErrorCode | None:
        nonce, watchdog_ms, ramp_ms, cap, slew = wire.ARM.unpack(frame.payload)
        if self._nonce is None or nonce != self._nonce:
            return wire.ErrorCode.NONCE
        if frame.seq != self._last and not wire.newer(frame.seq, self._last):
            return wire.ErrorCode.STALE
        if not (math.isfinite(cap) and math.isfinite(slew)):
            return wire.ErrorCode.NON_FINITE
        in_range = wire.WATCHDOG_MIN_MS <= watchdog_ms <= wire.WATCHDOG_MAX_MS
        if not in_range or cap <= 0 or slew <= 0:
            return wire.ErrorCode.RANGE
        if self._estop:
            return wire.ErrorCode.ESTOP
        self._disarm()
        self._last = frame.seq
        if not self._fault:
            self._armed, self._tripped, self._clamped = True, False, False
            self._watchdog_s, self._ramp_s = watchdog_ms / 1000, ramp_ms / 1000
            self._cap, self._slew = min(cap, self._limit), slew
            self._fed_s = self._armed_s = self._now
        return None

    def _command(self, frame: wire.Frame) -> wire.ErrorCode | None:
        payload = frame.payload
        if len(payload) < wire.COMMAND.size:
            return wire.ErrorCode.LENGTH
        mode, axes, _ = wire.COMMAND.unpack_from(payload)
        fresh = wire.newer(frame.seq, self._last)
        if mode == wire.Mode.READ:
            if axes or len(payload) != wire.COMMAND.size:
                return wire.ErrorCode.LENGTH
            if fresh:
                self._last = frame.seq
            return None
        if axes != self._axes or len(payload) != wire.COMMAND.size + self._values.size:
            return wire.ErrorCode.LENGTH
        if mode != self._mode:
            return wire.ErrorCode.RANGE
        if self._estop:
            return wire.ErrorCode.ESTOP
        if not self._armed:
            return wire.ErrorCode.NOT_ARMED
        if not fresh:
            return wire.ErrorCode.STALE
        values = self._values.unpack_from(payload, wire.COMMAND.size)
        if not math.isfinite(sum(values)):
            return wire.ErrorCode.NON_FINITE
        self._last, self._fed_s = frame.seq, self._now
        self._target = [min(max(value, -self._cap), self._cap) for value in values]
        self._clamped = any(abs(value) > self._cap for value in values)
        return None

    def _state(self, seq: int) -> bytes:
        status = wire.Status(0)
        if self._armed:
            status |= wire.Status.ARMED
            if any(self._applied):
                status |= wire.Status.OUTPUT
            if self._clamped:
                status |= wire.Status.CLAMPED
            if self._now - self._armed_s < self._ramp_s:
                status |= wire.Status.RAMPING
        if self._tripped:
            status |= wire.Status.WATCHDOG
        if self._estop:
            status |= wire.Status.ESTOP
        if (np.abs(self._position) > self._width).any():
            status |= wire.Status.WORKSPACE
        if self._fault:
            status |= wire.Status.FAULT
        clock = int((self._now - self._boot_s) * 1e6) & 0xFFFFFFFF
        payload = wire.STATE.pack(status, self._axes, self._fault, clock)
        numbers = (*self._position.tolist(), *self._velocity.tolist(), *self._applied)
        return wire.pack(wire.Type.STATE, seq, payload + struct.pack(f"<{3 * self._axes}f", *numbers))

    def _error(self, code: wire.ErrorCode, frame: wire.Frame) -> bytes:
        """Count an error; tell the host of it, at most ten times in a second."""
        self._errors[code.name.lower().replace("_", "-")] += 1
        self._told = [at for at in self._told if self._now - at < 1.0]
        if len(self._told) >= _ERRORS_PER_S:
            return b""
        self._told.append(self._now)
        payload = wire.ERROR.pack(code, frame.type, frame.seq, self._errors.total())
        return wire.pack(wire.Type.ERROR, frame.seq, payload)


def _grown(old: float, want: float, reach: float) -> float:
    """`want`, but no further from `old` (from zero, where the sign changes) than `reach` in the direction of growth."""
    start = old if old * want > 0 else 0.0
    return want if abs(want) <= abs(start) else start + min(max(want - start, -reach), reach)
