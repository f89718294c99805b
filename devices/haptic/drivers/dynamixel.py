"""`Dynamixel`: one or several X-series servos in current control, over Dynamixel Protocol 2.0."""

from __future__ import annotations

import math
import struct
from collections import Counter
from collections.abc import Generator, Sequence

from wugan.devices.haptic.driver import Ask, Driver, Handshake, HapticSpec, State
from wugan.devices.haptic.drivers import dynamixel_protocol as wire
from wugan.devices.haptic.drivers.dynamixel_protocol import Instruction, Model, Register
from wugan.errors import DeviceError

_U2D2 = (0x0403, 0x6014)
_SPAN = struct.Struct("<HH")
_END = Register.POSITION + 4
# Clock, current, velocity and position lie side by side. The clock tells whether the watchdog can have run out.
_NARROW = (Register.TICK, _END - Register.TICK)
# With an alert, from the hardware error on: its words cost 50 bytes more, so only then.
_WIDE = (Register.HARDWARE_ERROR, _END - Register.HARDWARE_ERROR)
_PRESENT = struct.Struct("<H4xhii")
_STOPS = 3  # the first may end half a packet, one may be damaged
_ANSWER_S, _ATTEMPTS = 0.05, 3
_REBOOT_S = 0.5
_SILENT_S = 0.01  # for what is not answered: its time on the line, at any baud rate, and the servo's
_THINKING_S = 50e-6  # from an instruction to its status, with a return delay of 0


def spec_of(kinds: Sequence[Model], limits: Sequence[int], watchdog_ms: int, baud: int) -> HapticSpec:
    """The spec of servos of these models and current limits (in units) on one bus."""
    count = len(kinds)
    read = wire.build(wire.BROADCAST, Instruction.SYNC_READ, bytes(4 + count))
    write = wire.build(wire.BROADCAST, Instruction.SYNC_WRITE, bytes(4 + 3 * count))
    status = wire.build(1, Instruction.STATUS, bytes(1 + _NARROW[1]))
    line_s = 10 * (len(read) + len(write) + count * len(status)) / baud
    return HapticSpec(
        protocol="dynamixel",
        model=" + ".join(kind.name for kind in kinds),
        space="joint",
        max_output=tuple(limit * kind.torque for kind, limit in zip(kinds, limits, strict=True)),
        workspace=((-math.pi, math.pi),) * count,
        # Half as much again: driven by a hand, a servo can turn faster than by itself.
        max_velocity=tuple(1.5 * kind.speed for kind in kinds),
        max_rate_hz=round(1 / (line_s + count * _THINKING_S), 1),
        watchdog_s=watchdog_ms / 1000,
        reads_without_commanding=True,
        measures_velocity=True,
        usb=(_U2D2,),
    )


class Dynamixel(Driver):
    """Driver of X-series servos that share one bus, each an axis.

    Torque is current times a constant from the maker's stall figures; gear friction is not known to it. The protocol
    has no sequence number, so after a timeout only a flush and a new handshake make answers trustworthy again.

    Args:
        ids: of the servos, in the order of the axes.
        model: name of the model that the spec tells of before the servos have said theirs.
        baud: as in their register 8 (factory setting 57,600; too slow for 1 kHz, set 1,000,000 or more).
        watchdog_ms: silence after which each servo stops by itself; a multiple of 20, from 20 to 2540.
        current_limit: greatest current in A, written to the servos where theirs is higher; None leaves theirs.
        reboot: reboot, at the next handshake, servos that have shut down with a hardware error. Off, because what
            caused it should be looked at first.

    Raises:
        ValueError: a value out of its range, or an unknown model.
    """

    def __init__(
        self,
        *,
        ids: Sequence[int] = (1,),
        model: str = "XM430-W350",
        baud: int = 1_000_000,
        watchdog_ms: int = 100,
        current_limit: float | None = None,
        reboot: bool = False,
    ) -> None:
        if not ids or len(set(ids)) != len(ids) or not all(0 <= servo <= wire.LAST_ID for servo in ids):
            raise ValueError(f"ids is {tuple(ids)}; one or more different ones from 0 to {wire.LAST_ID}")
        if watchdog_ms % wire.WATCHDOG_UNIT_MS or not 1 <= watchdog_ms // wire.WATCHDOG_UNIT_MS <= 127:
            raise ValueError(f"watchdog_ms is {watchdog_ms}; a multiple of 20 from 20 to 2540, and never off")
        if current_limit is not None and not (math.isfinite(current_limit) and current_limit > 0):
            raise ValueError(f"current_limit is {current_limit}; finite and above 0, in A")
        self.reboot = reboot
        self._ids = tuple(ids)
        self._baud, self._watchdog_ms, self._most = baud, watchdog_ms, current_limit
        kinds = [wire.model_named(model)] * len(self._ids)
        self._take_models(kinds, [self._units(kind, kind.current_limit) for kind in kinds])
        self._parser = wire.Parser()
        self._dropped: Counter[str] = Counter()
        self._pending: dict[int, bytes | None] = {}
        self._window = _NARROW
        self._alerts: set[int] = set()
        self._ticks: dict[int, int] = {}
        self._clock_ms = 0
        self._lapsed = False  # a watchdog has run out; until the next handshake

    def _take_models(self, kinds: Sequence[Model], limits: Sequence[int]) -> None:
        self._kinds, self._units_limit = tuple(kinds), tuple(limits)
        self._torques = tuple(kind.torque for kind in kinds)
        self._spec = spec_of(kinds, limits, self._watchdog_ms, self._baud)

    def _units(self, kind: Model, limit: int) -> int:
        """The servo's limit, or the caller's where that is lower."""
        return limit if self._most is None else min(limit, max(round(self._most / kind.ampere), 1))

    @property
    def dropped(self) -> dict[str, int]:
        return dict(self._dropped + self._parser.dropped)

    def reset(self) -> None:
        self._parser.reset()
        self._pending = {}

    # --- the exchange of each period

    def command(self, output: Sequence[float]) -> bytes:
        if len(output) != len(self._ids):
            raise ValueError(f"{len(output)} values for {len(self._ids)} servos")
        if not all(map(math.isfinite, output)):
            raise ValueError(f"output {tuple(output)} is not finite; send 0 instead")
        parameters = [_SPAN.pack(Register.GOAL_CURRENT, 2)]
        for servo, value, torque, limit in zip(self._ids, output, self._torques, self._units_limit, strict=True):
            units = round(min(max(value / torque, -limit), limit))
            parameters.append(bytes([servo]) + units.to_bytes(2, "little", signed=True))
        # A sync write is not answered, so the sync read may follow it at once without a collision on the bus.
        return wire.build(wire.BROADCAST, Instruction.SYNC_WRITE, b"".join(parameters)) + self.read()

    def read(self) -> bytes:
        self._pending = dict.fromkeys(self._ids)
        self._window = _WIDE if self._alerts else _NARROW
        return wire.build(wire.BROADCAST, Instruction.SYNC_READ, _SPAN.pack(*self._window) + bytes(self._ids))

    def stop(self) -> bytes:
        self._pending = {}
        off = bytes([Register.TORQUE_ENABLE, 0, 0])
        return wire.build(wire.BROADCAST, Instruction.WRITE, off) * _STOPS

    def feed(self, data: bytes) -> list[State]:
        states = []
        for packet in self._parser.feed(data):
            refused = self._take(packet)
            if refused:
                self._dropped[refused] += 1
            elif None not in self._pending.values():
                state = self._state({servo: answer for servo, answer in self._pending.items() if answer is not None})
                self._pending = {}
                if state is None:
                    self._dropped["watchdog"] += 1
                else:
                    states.append(state)
        return states

    def _take(self, packet: wire.Packet) -> str:
        """Keep one servo's answer to the command in flight; why not, otherwise."""
        if packet.instruction != Instruction.STATUS:
            return "echo"  # adapters that hear themselves
        if packet.id not in self._pending:
            return "unasked"
        if self._pending[packet.id] is not None:
            return "duplicate"
        if len(packet.parameters) != 1 + self._window[1]:
            return "length"
        if packet.parameters[0] & ~wire.ALERT:
            return "error"
        self._pending[packet.id] = packet.parameters
        return ""

    def _state(self, answers: dict[int, bytes]) -> State | None:
        """The state that the answers make; None where a servo's watchdog must have run out since the last one."""
        position, velocity, output, faults = [], [], [], []
        offset = 1 + Register.TICK - self._window[0]
        for servo, torque in zip(self._ids, self._torques, strict=True):
            answer = answers[servo]
            tick, current, speed, steps = _PRESENT.unpack_from(answer, offset)
            gap = (tick - self._ticks.get(servo, tick)) % wire.TICK_WRAP_MS
            # Goals are read-only then, and a sync write is refused in silence: nothing else would show it.
            self._lapsed = self._lapsed or gap >= self._watchdog_ms
            self._ticks[servo] = tick
            if servo == self._ids[0]:
                self._clock_ms += gap
            position.append((steps - wire.CENTRE) * wire.RAD_PER_STEP)
            velocity.append(speed * wire.RAD_S_PER_STEP)
            output.append(current * torque)
            if answer[0] & wire.ALERT:
                self._alerts.add(servo)
                bits = answer[1] if self._window == _WIDE else 0
                faults.append(f"servo {servo}: {wire.hardware_error(bits) or 'hardware error'}")
        if self._lapsed:
            return None
        return State(
            position=tuple(position),
            velocity=tuple(velocity),
            output=tuple(output),
            device_time_s=self._clock_ms / 1000,
            flags=frozenset({"fault"}) if faults else frozenset({"armed"}),
            fault="; ".join(faults),
        )

    # --- connecting

    def handshake(self) -> Handshake:
        kinds, limits = [], []
        self._alerts.clear()
        self._lapsed = False
        for servo in self._ids:
            kind = yield from self._identify(servo)
            kinds.append(kind)
            limits.append((yield from self._configure(servo, kind)))
        self.reboot = False
        self._take_models(kinds, limits)
        yield from self._arm()

    def _identify(self, servo: int) -> Generator[Ask, bytes, Model]:
        answer = yield from self._ask(servo, Instruction.PING, b"", 3)
        number, firmware = struct.unpack("<HB", answer)
        if number not in wire.MODELS:
            raise DeviceError(f"servo {servo}: model number {number} is not known; known are {wire.known()}")
        kind = wire.MODELS[number]
        if firmware < wire.WATCHDOG_FIRMWARE:
            raise DeviceError(
                f"servo {servo} ({kind.name}): firmware {firmware} has no bus watchdog; update it to "
                f"{wire.WATCHDOG_FIRMWARE} or later, for without one a servo keeps its last torque for ever"
            )
        # Unanswered where the level is lower, so nothing can be waited for; from here on every write is confirmed.
        level = bytes([Register.STATUS_LEVEL, 0, 2])
        yield Ask(wire.build(servo, Instruction.WRITE, level), None, _SILENT_S)
        error = yield from self._read(servo, Register.HARDWARE_ERROR, 1)
        if error and self.reboot:
            yield from self._ask(servo, Instruction.REBOOT, b"", 0)
            yield Ask(b"", None, _REBOOT_S)
            yield from self._ask(servo, Instruction.PING, b"", 3)
            error = yield from self._read(servo, Register.HARDWARE_ERROR, 1)
        if error:
            raise DeviceError(
                f"servo {servo} ({kind.name}) has shut down: {wire.hardware_error(error)}; remove the cause, then "
                "connect with reboot=True"
            )
        return kind

    def _configure(self, servo: int, kind: Model) -> Generator[Ask, bytes, int]:
        """Torque off, current mode, no delay, no current; the current limit, in units."""
        yield from self._write(servo, Register.TORQUE_ENABLE, 1, 0)
        # 0 also ends the state after a watchdog's expiry, in which goals cannot be written.
        yield from self._write(servo, Register.WATCHDOG, 1, 0)
        # EEPROM wears out, so it is written only where it differs.
        for register, value in ((Register.RETURN_DELAY, 0), (Register.MODE, wire.CURRENT_MODE)):
            if (yield from self._read(servo, register, 1)) != value:
                yield from self._write(servo, register, 1, value)
        limit = yield from self._read(servo, Register.CURRENT_LIMIT, 2)
        if not 0 < limit <= kind.current_limit:
            raise DeviceError(f"servo {servo} ({kind.name}): its current limit is {limit}, which cannot be")
        wanted = self._units(kind, limit)
        if wanted != limit:
            yield from self._write(servo, Register.CURRENT_LIMIT, 2, wanted)
        yield from self._write(servo, Register.GOAL_CURRENT, 2, 0)
        return wanted

    def _arm(self) -> Handshake:
        """Torque on with no current, and the watchdog: all servos at once, then each is asked whether it did."""
        units = self._watchdog_ms // wire.WATCHDOG_UNIT_MS
        for register, value in ((Register.WATCHDOG, units), (Register.TORQUE_ENABLE, 1)):
            each = b"".join(bytes([servo, value]) for servo in self._ids)
            packet = wire.build(wire.BROADCAST, Instruction.SYNC_WRITE, _SPAN.pack(register, 1) + each)
            yield Ask(packet, None, _SILENT_S)
        for servo in self._ids:
            for register, value in ((Register.WATCHDOG, units), (Register.TORQUE_ENABLE, 1)):
                got = yield from self._read(servo, register, 1)
                if got != value:
                    raise DeviceError(f"servo {servo}: register {int(register)} is {got}, not the {value} written")
            self._ticks[servo] = yield from self._read(servo, Register.TICK, 2)

    def _read(self, servo: int, register: int, size: int) -> Generator[Ask, bytes, int]:
        answer = yield from self._ask(servo, Instruction.READ, _SPAN.pack(register, size), size)
        return int.from_bytes(answer, "little")

    def _write(self, servo: int, register: int, size: int, value: int) -> Handshake:
        data = register.to_bytes(2, "little") + value.to_bytes(size, "little")
        yield from self._ask(servo, Instruction.WRITE, data, 0)

    def _ask(self, servo: int, instruction: int, parameters: bytes, size: int) -> Generator[Ask, bytes, bytes]:
        """Ask one servo; the data of its status.

        Raises:
            DeviceError: it refuses.
        """

        def find(data: bytes) -> bytes | None:
            for packet in wire.Parser().feed(data):
                if packet.instruction == Instruction.STATUS and packet.id == servo and packet.parameters:
                    if packet.parameters[0] & ~wire.ALERT or len(packet.parameters) == 1 + size:
                        return packet.parameters
            return None

        request = wire.build(servo, instruction, parameters)
        data = yield Ask(request, lambda got: find(got) is not None, _ANSWER_S, _ATTEMPTS)
        answer = find(data)
        if answer is None:
            raise DeviceError(f"servo {servo}: no answer in {data!r}")
        error = answer[0] & ~wire.ALERT
        if error:
            what = wire.StatusError(error).name if error in set(wire.StatusError) else f"code {error}"
            name = Instruction(instruction).name
            raise DeviceError(f"servo {servo} refuses {name} {parameters.hex(' ')}: {what} error")
        return answer[1:]
