"""`Inverse3`: Haply's three-axis arm, from its public codes and what its vendor's library puts on the line.

One code byte and a fixed payload: no checksum, sequence number or known watchdog; the firmware is closed. See
docs/senses/haptic-devices.md for the traps.
"""

from __future__ import annotations

import math
import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from wugan.devices.haptic.driver import Ask, Driver, Handshake, HapticSpec, State
from wugan.devices.haptic.drivers.haply import Unframed

AXES = 3
IDENTIFY, IDENTITY = 0x0A, 0x0B
FORCE, STATE = 0x2A, 0x2B
IDENTITY_SIZE, STATE_SIZE, COMMAND_SIZE = 22, 25, 13
FURTHEST_M = 1.0  # the arm is 0.4 m long
FASTEST_M_S = 3.0  # a hand is below 2 m/s
# Not measured: a box about the reach of the arm, in the vendor's axes (origin at the mounting plate).
WORKSPACE_M = ((-0.2, 0.2), (-0.3, 0.1), (0.0, 0.4))
ROUND_TRIP_S = 0.03  # the vendor's library was seen to wait up to 20 ms
ANSWER_S = 0.1
ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Identity:
    """What an Inverse3 says of itself.

    Attributes:
        device: number of the device.
        model: number of the model.
        hardware: hardware version.
        firmware: firmware version.
        serial: 16 bytes, as hexadecimal digits in groups.
    """

    device: int
    model: int
    hardware: int
    firmware: int
    serial: str

    @classmethod
    def parse(cls, reply: bytes) -> Identity | None:
        """Read a reply to `IDENTIFY`; None where it is none."""
        if len(reply) != IDENTITY_SIZE or reply[0] != IDENTITY:
            return None
        device, model, hardware, firmware = struct.unpack_from("<HBBB", reply, 1)
        return cls(device, model, hardware, firmware, str(uuid.UUID(bytes=reply[6:])))


class Inverse3(Driver):
    """Force at the end effector in N; its position in m and velocity in m/s come back with every command.

    Replies carry nothing that tells which command they answer. So after a timeout the handshake waits, asks for the
    identity (another code than the state's, thus a late state is seen) and makes sure that nothing follows.
    """

    def __init__(
        self,
        *,
        max_force_n: float = 4.0,
        workspace_m: Sequence[Sequence[float]] = WORKSPACE_M,
    ) -> None:
        """Describe the device.

        Args:
            max_force_n: greatest force of each axis, N. The wire has no limit: 1 000 000 N is sent as it is.
            workspace_m: least and greatest position of each axis, m.

        Raises:
            ValueError: a value that cannot be.
        """
        if not 0 < max_force_n <= 20:
            raise ValueError(f"inverse3 max_force_n {max_force_n}: more than 0, at most 20 N")
        workspace = tuple((float(low), float(high)) for low, high in workspace_m)
        if len(workspace) != AXES or not all(-FURTHEST_M <= low < high <= FURTHEST_M for low, high in workspace):
            raise ValueError(f"inverse3 workspace_m {workspace}: three of (least, greatest), within ±{FURTHEST_M} m")
        self.identity: Identity | None = None
        self._replies = Unframed(STATE, STATE_SIZE)
        self._spec = HapticSpec(
            protocol="inverse3",
            model="Haply Inverse3",
            space="cartesian",
            max_output=(float(max_force_n),) * AXES,
            workspace=workspace,
            max_velocity=(FASTEST_M_S,) * AXES,
            max_rate_hz=4000.0,
            watchdog_s=None,
            reads_without_commanding=False,  # the vendor's "get position" sends zero force
            measures_velocity=True,
            keeps_position=False,  # not known: the firmware is closed
        )

    @property
    def dropped(self) -> dict[str, int]:
        """Replies that were thrown away: `form`, `unasked`, `overlap`, `out-of-step`, `non-finite`, `range`."""
        return dict(self._replies.dropped)

    def handshake(self) -> Handshake:
        """Let late replies run out, identify, send zero force, and see that nothing more comes."""
        for attempt in range(ROUNDS):
            yield Ask(b"", None, ROUND_TRIP_S)
            if attempt:
                # It may still wait for the rest of a payload: these bytes end one (as forces of 10⁻³² N), and each of
                # the others asks for the identity.
                yield Ask(bytes([IDENTIFY]) * (COMMAND_SIZE - 1), None, 2 * ROUND_TRIP_S)
            try:
                reply = yield Ask(bytes([IDENTIFY]), lambda got: len(got) >= IDENTITY_SIZE, ANSWER_S)
                identity = Identity.parse(reply + (yield Ask(b"", None, ROUND_TRIP_S)))
                if identity is None:
                    self._replies.dropped["form"] += 1
                    continue
                state = yield Ask(_force((0.0,) * AXES), lambda got: len(got) >= STATE_SIZE, ANSWER_S)
                state += yield Ask(b"", None, ROUND_TRIP_S)
            except TimeoutError:
                continue
            if len(state) != STATE_SIZE or state[0] != STATE:
                self._replies.dropped["form"] += 1
                continue
            self.identity = identity
            numbers = f"model {identity.model}, hardware {identity.hardware}, firmware {identity.firmware}"
            self._spec = replace(self._spec, model=f"Haply Inverse3 ({numbers})")
            self._replies.begin()
            return
        raise TimeoutError(f"inverse3: no identity and state in step after {ROUNDS} attempts")

    def command(self, output: Sequence[float]) -> bytes:
        """A force, each axis within its range."""
        if len(output) != AXES or not all(map(math.isfinite, output)):
            raise ValueError(f"inverse3 command {list(output)}: three finite forces in N")
        self._replies.sent()
        most = self._spec.max_output
        return _force([min(max(float(value), -limit), limit) for value, limit in zip(output, most, strict=True)])

    def feed(self, data: bytes) -> list[State]:
        """The state in a reply of exactly 25 bytes; after anything else nothing is believed until a handshake."""
        reply = self._replies.take(data)
        if reply is None:
            return []
        values = struct.unpack_from("<6f", reply, 1)
        if not all(map(math.isfinite, values)):
            self._replies.dropped["non-finite"] += 1
            return []
        position, velocity = values[:AXES], values[AXES:]
        if max(map(abs, position)) > FURTHEST_M or max(map(abs, velocity)) > 2 * FASTEST_M_S:
            self._replies.dropped["range"] += 1
            return []
        return [State(position=position, velocity=velocity)]

    def stop(self) -> bytes:
        """Zero force, at once and again behind bytes that end a half-read payload (as a force of 10⁻³² N)."""
        zero = _force((0.0,) * AXES)
        return zero + bytes([IDENTIFY]) * (COMMAND_SIZE - 1) + zero

    def reset(self) -> None:
        """Forget half a reply and the command in flight."""
        self._replies.reset()


def _force(force: Sequence[float]) -> bytes:
    return struct.pack("<B3f", FORCE, *force)
