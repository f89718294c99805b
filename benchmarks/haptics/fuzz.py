"""Damaged frames: no crash, no wrong accept, and in step again within one frame. wugan's receivers and the maker's.

    python benchmarks/haptics/fuzz.py                      # 20,000 damaged frames for each receiver
    python benchmarks/haptics/fuzz.py --frames 1000000     # the full count
    python benchmarks/haptics/fuzz.py --only wugan-host --frames 1000000

Each protocol that has a check is fuzzed on both sides: the driver with damaged answers, the emulated device with
damaged commands; of wugan's own also the reference firmware in C, built by this computer's compiler (gcc adds traps for
undefined behaviour and for every index out of its array). A trial is a damaged frame and then two good ones. `wrong`
counts trials in which something other than what was sent was taken for true, `believed` those of them that the safety
guard, too, would have let in (a jump faster than the device can move is no state), `behind` those in which the second
good frame was not understood.

A check cannot do more than its width allows: of frames damaged at random, 2⁻³² pass a CRC-32 and 2⁻¹⁶ a CRC-16; `at
most` is that share of the trials. What it has to find for certain are bursts of up to 16 bits and up to three flipped
bits: `sure` counts those trials, `missed` the wrong ones among them, of which there may be none. The exclusive or of
ODrive's text sees neither two bytes that changed places nor two flips of the same bit, so there is no such figure for
it, and only its crashes and its step are required. The peer is `dynamixel-sdk`, the maker's Python client, with the
same damage (rxPacket on a port that never waits). `µs` is the time that a receiver takes for the three frames of a
trial.
"""

from __future__ import annotations

import argparse
import random
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from firmware import WuganFirmware, compiler
from mutations import Mutator, found_for_certain

from wugan.devices.haptic.driver import HapticSpec, State
from wugan.devices.haptic.drivers import dynamixel, odrive, wugan_frames
from wugan.devices.haptic.drivers.dynamixel import Dynamixel
from wugan.devices.haptic.drivers.odrive import ODrive
from wugan.devices.haptic.drivers.wugan_board import WuganBoard
from wugan.devices.haptic.emulators.dynamixel import EmulatedDynamixel
from wugan.devices.haptic.emulators.wugan_board import EmulatedWuganBoard
from wugan.devices.haptic.safety.guard import Guard
from wugan.devices.haptic.safety.limits import Limits

PERIOD_S = 1e-3
NONCE = 1


class Receiver(Protocol):
    """One side of one protocol."""

    def valid(self) -> tuple[bytes, object]:
        """A frame that is due now, with contents drawn at random, and what it means."""

    def feed(self, data: bytes) -> list[object]:
        """What is taken for true of these bytes."""

    def believed(self, wrong: object, true: object) -> bool:
        """Whether the safety layer, too, would take `wrong` after `true`."""


def admits(spec: HapticSpec, wrong: State, true: State) -> bool:
    """Whether the guard lets `wrong` in a period after `true`."""
    guard = Guard(spec, Limits.of(spec))
    guard.connected(True)
    guard.admit(true, 0.0)
    return guard.admit(wrong, PERIOD_S) is not None


class WuganHost:
    """The driver of wugan's protocol; answers are damaged."""

    def __init__(self) -> None:
        self._driver = WuganBoard()
        self._pack = struct.Struct("<HBBI9f")
        self._meaning: dict[bytes, State] = {}

    def valid(self) -> tuple[bytes, object]:
        frame = wugan_frames.unpack(self._driver.command((0.0, 0.0, 0.0))[:-1])
        assert not isinstance(frame, str)
        position = [random.uniform(-0.1, 0.1) for _ in range(3)]
        values = struct.unpack("<9f", struct.pack("<9f", *position, 0.5, -0.5, 0.0, 1.0, -1.0, 2.0))
        payload = self._pack.pack(1, 3, 0, 0, *values)
        return wugan_frames.pack(wugan_frames.Type.STATE, frame.seq, payload), (values[:3], values[3:6], values[6:])

    def feed(self, data: bytes) -> list[object]:
        return [(state.position, state.velocity, state.output) for state in self._driver.feed(data)]

    def believed(self, wrong: Any, true: Any) -> bool:
        return admits(self._driver.spec, State(wrong[0], wrong[1]), State(true[0], true[1]))


class WuganDevice:
    """The emulated board of wugan's protocol; commands are damaged."""

    def __init__(self) -> None:
        self._device = EmulatedWuganBoard()
        self._seq = 1
        hello = wugan_frames.pack(wugan_frames.Type.HELLO, 0, wugan_frames.HELLO.pack(1, 1, 0, NONCE))
        arm = wugan_frames.pack(wugan_frames.Type.ARM, 1, wugan_frames.ARM.pack(NONCE, 500, 0, 8.0, 1e6))
        self._device.receive(hello + arm, 0.0)

    def valid(self) -> tuple[bytes, object]:
        self._seq = (self._seq + 1) & 0xFFFF
        values = struct.unpack("<3f", struct.pack("<3f", *[random.uniform(-8, 8) for _ in range(3)]))
        payload = wugan_frames.COMMAND.pack(1, 3, 0) + struct.pack("<3f", *values)
        return wugan_frames.pack(wugan_frames.Type.COMMAND, self._seq, payload), list(values)

    def feed(self, data: bytes) -> list[object]:
        before = self._device._target
        self._device.receive(data, 0.0)
        return [self._device._target] if self._device._target is not before else []

    def believed(self, wrong: object, true: object) -> bool:
        return True  # a device has nothing behind its check but its limits


class DynamixelHost:
    """The driver of Dynamixel servos; statuses are damaged."""

    def __init__(self) -> None:
        self._driver = Dynamixel()

    def valid(self) -> tuple[bytes, object]:
        self._driver.command((0.0,))
        steps, speed, current = random.randrange(4096), random.randrange(-200, 200), random.randrange(-1193, 1193)
        data = struct.pack("<HBBhhii", 7, 0, 0, 0, current, speed, steps)
        return dynamixel.build(1, dynamixel.Instruction.STATUS, b"\0" + data), (current, speed, steps)

    def feed(self, data: bytes) -> list[object]:
        unit, speed, step = self._driver._torques[0], 0.229 * 6.283185307179586 / 60, 6.283185307179586 / 4096
        states = self._driver.feed(data)
        self._driver._lapsed = False  # a wrong clock would end this session, and with it the fuzzing
        return [
            (round(s.output[0] / unit), round(s.velocity[0] / speed), round(s.position[0] / step) + 2048)
            for s in states
            if s.output and s.velocity
        ]

    def believed(self, wrong: Any, true: Any) -> bool:
        def state(values: Any) -> State:
            return State(((values[2] - 2048) * 0.00153398,), (values[1] * 0.0239691,))

        return admits(self._driver.spec, state(wrong), state(true))


class DynamixelDevice:
    """An emulated servo; goals are damaged."""

    def __init__(self) -> None:
        self._device = EmulatedDynamixel()
        self._driver = Dynamixel()
        self._device.servos[0].registers[11] = 0
        self._device.servos[0].registers[64] = 1

    def valid(self) -> tuple[bytes, object]:
        goal = random.randrange(-1193, 1193)
        goal += goal >= self._device.servos[0].get(102, 2, signed=True)  # another than now, so that it shows
        packet = struct.pack("<HHBh", 102, 2, 1, goal)
        registers = bytearray(self._device.servos[0].registers)
        registers[102:104] = goal.to_bytes(2, "little", signed=True)
        return dynamixel.build(254, dynamixel.Instruction.SYNC_WRITE, packet), bytes(registers)

    def feed(self, data: bytes) -> list[object]:
        registers = self._device.servos[0].registers
        before = bytes(registers)
        self._device.receive(data, 0.0)
        after = bytes(registers)
        if before[:102] + before[104:] != after[:102] + after[104:]:
            registers[:] = before  # what else it was told to do must not end the fuzzing
        return [after] if after != before else []

    def believed(self, wrong: object, true: object) -> bool:
        return True


class ODriveHost:
    """The driver of ODrive's text with checksums; feedback lines are damaged."""

    def __init__(self) -> None:
        self._driver = ODrive(axes=1)

    def valid(self) -> tuple[bytes, object]:
        self._driver.read()
        self._driver._waiting = [(axis, "f") for axis in range(self._driver.spec.axes)]
        pairs = [(random.uniform(-1, 1), random.uniform(-2, 2)) for _ in range(self._driver.spec.axes)]
        texts = [f"{turns:.6f} {speed:.6f}" for turns, speed in pairs]
        meaning = (tuple(float(text.split()[0]) for text in texts), tuple(float(text.split()[1]) for text in texts))
        return b"".join(map(odrive.line, texts)), meaning

    def feed(self, data: bytes) -> list[object]:
        def turns(radians: Any) -> tuple[float, ...]:
            return tuple(round(value / odrive.TWO_PI, 6) for value in radians)

        return [(turns(state.position), turns(state.velocity)) for state in self._driver.feed(data)]

    def believed(self, wrong: Any, true: Any) -> bool:
        def state(values: Any) -> State:
            position, velocity = (tuple(v * odrive.TWO_PI for v in part) for part in values)
            return State(position, velocity)

        return admits(self._driver.spec, state(wrong), state(true))


class MakersClient:
    """`dynamixel-sdk`'s parser on a port in memory that never waits."""

    def __init__(self) -> None:
        from dynamixel_sdk import PacketHandler

        self._client = PacketHandler(2.0)
        self._bytes = bytearray()
        self.is_using = False

    def readPort(self, length: int) -> list[int]:
        taken = list(self._bytes[:length])
        del self._bytes[:length]
        return taken

    def isPacketTimeout(self) -> bool:
        return not self._bytes

    def valid(self) -> tuple[bytes, object]:
        data = struct.pack("<hii", random.randrange(-1193, 1193), random.randrange(-200, 200), random.randrange(4096))
        return dynamixel.build(1, dynamixel.Instruction.STATUS, b"\0" + data), data

    def feed(self, data: bytes) -> list[object]:
        self._bytes += data
        got: list[object] = []
        while self._bytes:
            packet, result = self._client.rxPacket(self, False)
            if result == 0:
                got.append(bytes(packet[9:19]))
        return got

    def believed(self, wrong: object, true: object) -> bool:
        return True  # it has no safety layer


@dataclass(frozen=True, slots=True)
class Target:
    """A receiver to fuzz.

    Attributes:
        name: its protocol and side.
        check: how its frames are checked.
        share: of frames damaged at random, how many pass that check; None where that cannot be said.
        make: a fresh one.
    """

    name: str
    check: str
    share: float | None
    make: Callable[[], Receiver]


TARGETS = [
    Target("wugan-host", "CRC-32", 2**-32, WuganHost),
    Target("wugan-device", "CRC-32", 2**-32, WuganDevice),
    Target("wugan-firmware", "CRC-32", 2**-32, WuganFirmware),
    Target("dynamixel-host", "CRC-16", 2**-16, DynamixelHost),
    Target("dynamixel-device", "CRC-16", 2**-16, DynamixelDevice),
    Target("odrive-host", "XOR, 7 bits", None, ODriveHost),
    Target("dynamixel-sdk", "CRC-16", 2**-16, MakersClient),
]
PEER = "dynamixel-sdk"


@dataclass(slots=True)
class Result:
    """What one receiver did."""

    crashes: int = 0
    wrong: int = 0
    sure: int = 0
    missed: int = 0
    believed: int = 0
    behind: int = 0
    seconds: float = 0.0


def fuzz(target: Target, frames: int, seed: int) -> Result:
    """Damage so many frames for one receiver."""
    random.seed(seed)
    mutate, receiver, result = Mutator(seed), target.make(), Result()
    other, _ = receiver.valid()
    last: object = None

    def feed(data: bytes) -> list[object]:
        begun = time.perf_counter()
        taken = receiver.feed(data)
        result.seconds += time.perf_counter() - begun
        return taken

    for _ in range(frames):
        try:
            frame, meaning = receiver.valid()
            damaged = mutate(frame, other)
            taken = feed(damaged)
            wrong = [got for got in taken if got != meaning]
            if found_for_certain(frame, damaged, target.check == "CRC-16"):
                result.sure += 1
                result.missed += bool(wrong)
            if wrong:
                result.wrong += 1
                result.believed += last is not None and receiver.believed(wrong[0], last)
            # The first good frame may be lost with the damaged one, the second must not.
            good, first = receiver.valid()
            result.wrong += any(got not in (first, meaning) for got in feed(good))
            other, last = receiver.valid()
            result.behind += last not in feed(other)
        except Exception as error:
            result.crashes += 1
            if result.crashes == 1:
                print(f"{target.name}: {error!r}", file=sys.stderr)
            receiver = target.make()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=20_000, help="damaged frames for each receiver")
    parser.add_argument("--only", choices=[target.name for target in TARGETS], action="append")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(f"{options.frames:,} damaged frames for each receiver, seed {options.seed}")
    titles = (
        ("crashes", 7),
        ("wrong", 6),
        ("at most", 8),
        ("believed", 8),
        ("sure", 8),
        ("missed", 6),
        ("behind", 7),
        ("µs", 6),
    )
    print(f"{'receiver':17} {'check':12} " + " ".join(f"{title:>{width}}" for title, width in titles))
    failed, speeds = [], {}
    for target in TARGETS:
        if options.only and target.name not in options.only:
            continue
        if target.make is WuganFirmware and compiler() is None:
            print(f"{target.name:17} skipped: no gcc or clang")
            continue
        result = fuzz(target, options.frames, options.seed)
        most = None if target.share is None else target.share * options.frames
        speeds[target.name] = result.seconds / options.frames * 1e6
        bound = "-" if most is None else f"{most:.2g}"
        print(
            f"{target.name:17} {target.check:12} {result.crashes:7} {result.wrong:6} {bound:>8} {result.believed:8} "
            f"{result.sure:8} {result.missed:6} {result.behind:7} {speeds[target.name]:6.1f}",
            flush=True,
        )
        # Chance may make more of a few than the share says; of the share of a CRC-32 it makes none.
        too_many = most is not None and result.wrong > most + 4 * most**0.5 + (most > 0.01)
        missed = result.missed if most is not None else 0
        if target.name != PEER and (result.crashes or result.behind or too_many or missed):
            failed.append(target.name)
    if PEER in speeds and "dynamixel-host" in speeds:
        print(f"the maker's client takes {speeds[PEER] / speeds['dynamixel-host']:.1f} times as long")
    if failed:
        raise SystemExit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
