"""`Haply`: the hAPI protocol of Haply's 2DIY pantograph (boards M3, M0, Dev Kit), from its published description.

The protocol has no framing, checksum, sequence number or watchdog, and a read is a torque write. Our own words and
code; figures from the M3 1.5 firmware's behaviour. See docs/senses/haptic-devices.md for what follows from that.
"""

from __future__ import annotations

import math
import struct
from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from wugan.devices.haptic.driver import Ask, Driver, Handshake, HapticSpec, State
from wugan.errors import DeviceError

Pair = tuple[float, float]

SHORTEST_AREA = 0.05  # of L²; the forearms are nearly in line below it, and a small torque is a huge force


@dataclass(frozen=True, slots=True)
class Pantograph:
    """Two motors `base` apart on the x axis, each with an upper arm, joined at the handle by two forearms.

    Motor 1 is at (0, 0), motor 2 at (base, 0); angles are counted from the x axis, counter-clockwise. The handle is
    the intersection of the forearms' circles that lies to the left when looking from elbow 1 to elbow 2, which is the
    upper one wherever the device can be held. The defaults are Haply's 2DIY.

    Attributes:
        upper: length of the upper arms, m.
        fore: length of the forearms, m.
        base: distance of the motors, m.
    """

    upper: float = 0.05
    fore: float = 0.07
    base: float = 0.02

    def elbows(self, angles: Pair) -> tuple[Pair, Pair]:
        """The two elbows, (x, y) in m, for motor angles in rad."""
        first, second = angles
        return (
            (self.upper * math.cos(first), self.upper * math.sin(first)),
            (self.base + self.upper * math.cos(second), self.upper * math.sin(second)),
        )

    def handle(self, angles: Pair) -> Pair | None:
        """The handle, (x, y) in m, for motor angles in rad; None where the forearms do not meet."""
        (ax, ay), (bx, by) = self.elbows(angles)
        wx, wy = bx - ax, by - ay
        apart = math.hypot(wx, wy)
        height2 = self.fore**2 - apart**2 / 4
        if height2 < 0 or apart == 0:
            return None
        rise = math.sqrt(height2) / apart
        return (ax + bx) / 2 - rise * wy, (ay + by) / 2 + rise * wx

    def angles(self, handle: Pair) -> Pair | None:
        """Motor angles in rad for a handle in m, elbows outwards; None where it is out of reach.

        Counted from 0 to 2π for motor 1 and from −π to π for motor 2, so that neither jumps within reach above.
        """
        x, y = handle
        first, second = self._shoulder(x, y), self._shoulder(x - self.base, y)
        if first is None or second is None:
            return None
        left = math.atan2(y, x) + first
        right = math.atan2(y, x - self.base) - second
        return left % (2 * math.pi), (right + math.pi) % (2 * math.pi) - math.pi

    def torques(self, angles: Pair, force: Pair) -> Pair | None:
        """Motor torques in N·m that give a force in N at the handle: Jᵀ·F.

        From |P − A|² = fore²: (P − A)·dP = (P − A)·dA, and the same for B; so J = M⁻¹·diag(q), with the forearms as
        the rows of M. None near the singular postures, where M cannot be inverted.
        """
        arms = self._arms(angles)
        if arms is None:
            return None
        (px, py, first), (rx, ry, second) = arms
        area = px * ry - py * rx
        fx, fy = force
        return first * (fx * ry - fy * rx) / area, second * (fy * px - fx * py) / area

    def force(self, angles: Pair, torques: Pair) -> Pair | None:
        """Force in N at the handle that motor torques in N·m give: J⁻ᵀ·τ. None where a motor has no lever."""
        arms = self._arms(angles)
        if arms is None:
            return None
        (px, py, first), (rx, ry, second) = arms
        if min(abs(first), abs(second)) < self.upper * self.fore * SHORTEST_AREA:
            return None
        along_first, along_second = torques[0] / first, torques[1] / second
        return px * along_first + rx * along_second, py * along_first + ry * along_second

    def _shoulder(self, x: float, y: float) -> float | None:
        """Angle between the line to the handle and the upper arm."""
        distance = math.hypot(x, y)
        if distance == 0:
            return None
        cosine = (self.upper**2 + distance**2 - self.fore**2) / (2 * self.upper * distance)
        return math.acos(cosine) if abs(cosine) <= 1 else None

    def _arms(self, angles: Pair) -> tuple[tuple[float, float, float], tuple[float, float, float]] | None:
        """For each side: the forearm (x, y), and its lever on the motor."""
        handle = self.handle(angles)
        if handle is None:
            return None
        arms = []
        for angle, (ex, ey) in zip(angles, self.elbows(angles), strict=True):
            x, y = handle[0] - ex, handle[1] - ey
            arms.append((x, y, self.upper * (y * math.cos(angle) - x * math.sin(angle))))
        if abs(arms[0][0] * arms[1][1] - arms[0][1] * arms[1][0]) < SHORTEST_AREA * self.fore**2:
            return None
        return arms[0], arms[1]


class Unframed:
    """Whether driver and device are in step, for protocols in which nothing else shows it.

    A reply is believed where exactly one command is in flight and exactly one reply of the right form comes. After
    anything else (bytes unasked for, too many, another first byte, a second command in flight) nothing is believed
    until `begin()`: each of these can mean that from now on every reply answers the command before.

    Attributes:
        waiting: a command is in flight.
        lost: out of step; also before the first handshake.
        dropped: what was thrown away, by reason.
    """

    def __init__(self, first: int, length: int) -> None:
        """Expect replies of `length` bytes beginning with `first`."""
        self._first, self._length = first, length
        self._buffer = bytearray()
        self.waiting = False
        self.lost = True
        self.dropped: Counter[str] = Counter()

    def begin(self) -> None:
        """In step from now on: a handshake has shown it."""
        self.reset()
        self.lost = False

    def reset(self) -> None:
        """Forget half a reply and the command in flight."""
        self._buffer.clear()
        self.waiting = False

    def sent(self) -> None:
        """A command goes out; a second one in flight ends the trust."""
        if self.waiting:
            self.lose("overlap")
        self.waiting = True

    def lose(self, reason: str) -> None:
        """Out of step, for a reason that is counted."""
        self.dropped[reason] += 1
        self.reset()
        self.lost = True

    @property
    def partial(self) -> bool:
        """A part of a reply has come."""
        return bool(self._buffer)

    def take(self, data: bytes) -> bytes | None:
        """Add received bytes; the whole reply, once it is there."""
        if not data:
            return None
        if self.lost:
            self.dropped["out-of-step"] += 1
        elif not self.waiting:
            self.lose("unasked")
        else:
            self._buffer += data
            if self._buffer[0] != self._first or len(self._buffer) > self._length:
                self.lose("form")
            elif len(self._buffer) == self._length:
                reply = bytes(self._buffer)
                self.reset()
                return reply
        return None


AXES = 2
BOTH_PORTS = 0b11
LEAST_ID = 3  # read one byte off, an id is taken for a command: ours then names none
MOST_BLOCK = 4 * 4 + 14  # bytes of torques and pulse widths that a board waits for, whoever configured it
NOTHING = 0x04  # as a command it is skipped; four of them are a torque of 10⁻³⁶ N·m, which is no duty step
CONFIGURE, EXCHANGE = 0x01, 0x02
MOST_TORQUE_NM = 0.123  # the firmware clamps there
MOST_FORCE_N = 2.5  # of one axis, anywhere in WORKSPACE_M, from 0.123 N·m at both motors
WORKSPACE_M = ((-0.035, 0.055), (0.025, 0.10))  # all of it in reach, the arms never near a line
FASTEST_M_S = 3.0  # a hand is below 2 m/s
# Motor 1 stays within a turn from the x axis, motor 2 within half a turn of it on either side.
BELIEVABLE_RAD = ((0.0, 2 * math.pi), (-math.pi, math.pi))
REPLY = 1 + 4 * AXES
PACKET = 64  # bytes of one full-speed USB packet: what lies in one arrives at once
HOME_TOLERANCE = math.radians(10.0)  # between the start angle just written and the first reply: the handle may move
QUIET_S = 0.02  # the firmware takes one command in 50 µs, so 60 zeros and a configuration are through in 2 ms
ANSWER_S = 0.04
ROUNDS = 3
TRIES = 5


class Haply(Driver):
    """A 2DIY pantograph: two motors and encoders at ports 1 and 2, x and y of the handle in m, forces in N.

    Positions are counted from the posture at the moment of configuration, which nothing on the wire confirms: hold the
    handle at `start_deg` when connecting (`home=True`). When the board has lost its configuration later, states carry
    the flag `unreferenced`, as the handle may have moved meanwhile; connect again from `start_deg`.
    """

    def __init__(
        self,
        *,
        identifier: int = 5,
        start_deg: Sequence[float] = (180.0, 0.0),
        counts: Sequence[int] = (13824, 13824),
        motor_directions: Sequence[int] = (0, 0),
        encoder_directions: Sequence[int] = (0, 0),
        upper_m: float = 0.05,
        fore_m: float = 0.07,
        base_m: float = 0.02,
        home: bool = True,
    ) -> None:
        """Describe the device.

        Args:
            identifier: 3 to 255, any; replies begin with it. Not 0, which matches every unconfigured port, and not the
                number of a command.
            start_deg: motor angles, degrees, in which the handle is held when connecting.
            counts: encoder counts of a turn.
            motor_directions: 0 clockwise or 1 counter-clockwise, as the motors are wired.
            encoder_directions: the same for the encoders.
            upper_m: upper arms, m.
            fore_m: forearms, m.
            base_m: distance of the motors, m.
            home: the handle is at `start_deg` now; False keeps the configuration and angles that the board has, where
                it still has them.

        Raises:
            ValueError: a value that cannot be.
        """
        if not LEAST_ID <= identifier <= 255:
            raise ValueError(f"haply identifier {identifier}: {LEAST_ID} to 255 (0 matches every port)")
        for name, values in (("motor_directions", motor_directions), ("encoder_directions", encoder_directions)):
            if len(values) != AXES or any(value not in (0, 1) for value in values):
                raise ValueError(f"haply {name} {list(values)}: two of 0 (clockwise) and 1 (counter-clockwise)")
        if len(counts) != AXES or any(not 1 <= value <= 1e6 for value in counts):
            raise ValueError(f"haply counts {list(counts)}: two numbers from 1 to 1e6 per turn")
        self._linkage = Pantograph(upper_m, fore_m, base_m)
        self._home = (math.radians(start_deg[0]), math.radians(start_deg[1]))
        if len(start_deg) != AXES or not self._believable(self._home):
            raise ValueError(f"haply start_deg {list(start_deg)}: two motor angles at which the forearms meet")
        self._id = identifier
        self._counts = counts
        self._directions = bytes(motor_directions), bytes(encoder_directions)
        self._keep = not home
        self._angles: tuple[float, float] | None = None  # of the last believable reply, rad
        self._unreferenced = False
        self._configurations = 0
        self._replies = Unframed(identifier, REPLY)
        self._stopped = False  # a stop was sent, and nothing proper has come since
        self._spec = HapticSpec(
            protocol="haply",
            model="Haply 2DIY (hAPI)",
            space="cartesian",
            max_output=(MOST_FORCE_N,) * AXES,
            workspace=WORKSPACE_M,
            max_velocity=(FASTEST_M_S,) * AXES,
            max_rate_hz=1000.0,  # one exchange in each USB frame
            watchdog_s=None,
            reads_without_commanding=False,
            measures_velocity=False,
            keeps_position=False,
        )

    @property
    def dropped(self) -> dict[str, int]:
        """Replies that were thrown away: `form`, `unasked`, `overlap`, `non-finite`, `range`."""
        return dict(self._replies.dropped)

    @property
    def configurations(self) -> int:
        """How often the board was configured; each time it allocates encoder objects and frees none."""
        return self._configurations

    def handshake(self) -> Handshake:
        """Keep the configuration if it still answers; otherwise fill up what is half read, configure, write no torque.

        Raises:
            DeviceError: the board answers, but not with the angles that were just configured.
        """
        yield Ask(b"", None, QUIET_S)
        if self._keep and (yield from self._still_configured()):
            self._begin()
            return
        unreferenced = self._keep  # without `home`, or after a loss: nobody holds it at a known posture
        start = self._angles or self._home
        for _ in range(ROUNDS):
            self._configurations += 1
            # Zeros fill a half-read block with zero torque and end it; the rest of them are resets.
            yield Ask(bytes(PACKET - 2), None, QUIET_S)
            yield Ask(self._configuration(start), None, QUIET_S)
            angles = self._parse((yield Ask(self._still(), None, ANSWER_S)))
            if angles is None:
                continue
            if max(abs(now - then) for now, then in zip(angles, start, strict=True)) > HOME_TOLERANCE:
                raise DeviceError(
                    f"haply: angles {[round(math.degrees(a), 1) for a in angles]}° right after a configuration with "
                    f"{[round(math.degrees(a), 1) for a in start]}°. Check `counts` and the port."
                )
            if not (yield from self._still_configured()):
                continue
            self._unreferenced = unreferenced
            self._keep = True
            self._begin()
            return
        raise TimeoutError(f"haply: no proper answer to {ROUNDS} configurations")

    def command(self, output: Sequence[float]) -> bytes:
        """Torques Jᵀ·F at the last known posture; both scaled together where one is above 0.123 N·m.

        The torque is zero in a posture so stretched that forces cannot be turned into torques.
        """
        if len(output) != AXES or not all(map(math.isfinite, output)):
            raise ValueError(f"haply command {list(output)}: two finite forces in N")
        self._replies.sent()
        torques = (0.0, 0.0)
        if self._angles is not None and not self._replies.lost:
            torques = self._linkage.torques(self._angles, (float(output[0]), float(output[1]))) or torques
        most = max(map(abs, torques))
        if most > MOST_TORQUE_NM:
            scale = MOST_TORQUE_NM / most
            torques = (torques[0] * scale, torques[1] * scale)
        return struct.pack("<BB2f", EXCHANGE, self._id, torques[0] + 0.0, torques[1] + 0.0)  # no −0

    def feed(self, data: bytes) -> list[State]:
        """The state in a reply of exactly nine bytes; after anything else nothing is believed until a handshake."""
        reply = self._replies.take(data)
        if reply is None:
            return []
        angles = self._parse(reply)
        handle = None if angles is None else self._linkage.handle(angles)
        if angles is None or handle is None:
            return []
        self._angles = angles
        self._stopped = False
        flags = frozenset({"unreferenced"}) if self._unreferenced else frozenset()
        return [State(position=handle, flags=flags)]

    def stop(self) -> bytes:
        """Torques of 10⁻³⁶ N·m, in bytes that name no command wherever the board begins to read them.

        A plain zero frame can lock the torque on: a board that is out of step takes its zeros for resets, loses its
        configuration, and does nothing for later frames. So what is sent first ends a half-read block and then writes
        both alignments of a two-byte header, and leaves the configuration, with it the angles, alone. Only where the
        board may have lost that already (odd replies, no handshake, a stop that was not answered) everything is reset
        and the motors are configured again, in all alignments; this ends what the encoders count.
        """
        still = self._still()
        frames = still + bytes([NOTHING]) * (PACKET - 3 * len(still) - 1) + still + bytes([NOTHING]) + still
        if self._replies.lost or self._replies.partial or self._stopped:
            again = bytes([CONFIGURE, self._id, BOTH_PORTS]) + self._directions[0] + b"\0\0\0" + still
            frames += bytes(MOST_BLOCK + 4) + again + b"\0" + again + b"\0" + again
        self._stopped = True
        return frames

    def reset(self) -> None:
        """Forget half a reply and the command in flight."""
        self._replies.reset()

    def _begin(self) -> None:
        self._replies.begin()
        self._stopped = False

    def _still(self) -> bytes:
        return bytes([EXCHANGE, self._id]) + bytes([NOTHING]) * 4 * AXES

    def _configuration(self, angles: tuple[float, float]) -> bytes:
        motors, encoders = self._directions
        ports = bytes([BOTH_PORTS])
        starts = [
            value for a, c in zip(angles, self._counts, strict=True) for value in (math.degrees(a) + 0.0, float(c))
        ]
        return bytes([CONFIGURE, self._id]) + ports + motors + ports + encoders + b"\0\0" + struct.pack("<4f", *starts)

    def _still_configured(self) -> Generator[Ask, bytes, bool]:
        """Whether two frames without torque in a row get one proper reply each.

        The first alone proves little: a board that was waiting for the end of a torque block answers it properly. More
        than one reply are late ones, after a stall: another try. A lone id says that nothing is configured.
        """
        proper = 0
        for _ in range(TRIES):
            reply = yield Ask(self._still(), None, ANSWER_S)
            if reply == bytes([self._id]):
                return False
            angles = self._parse(reply)
            proper = 0 if angles is None else proper + 1
            self._angles = angles or self._angles
            if proper == 2:
                return True
        return False

    def _parse(self, reply: bytes) -> tuple[float, float] | None:
        """Angles in rad of one whole reply, if they can be."""
        if len(reply) != REPLY or reply[0] != self._id:
            self._replies.dropped["form"] += bool(reply)
            return None
        first, second = struct.unpack_from("<2f", reply, 1)
        if not (math.isfinite(first) and math.isfinite(second)):
            self._replies.dropped["non-finite"] += 1
            return None
        angles = (math.radians(first), math.radians(second))
        if not self._believable(angles):
            self._replies.dropped["range"] += 1
            return None
        return angles

    def _believable(self, angles: tuple[float, float]) -> bool:
        inside = all(low <= angle <= high for angle, (low, high) in zip(angles, BELIEVABLE_RAD, strict=True))
        handle = self._linkage.handle(angles)
        return inside and handle is not None and handle[1] > 0  # the motors' side is the housing
