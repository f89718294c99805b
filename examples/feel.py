"""A spring that the pipeline moves: a hand is led round a circle, at 1 kHz in a process of its own.

The device is an emulated one on a pseudo-terminal; with a real one, name its port instead of `board.port`.
"""

import math
from collections.abc import Iterator

import numpy as np

import wugan
from wugan.devices.haptic.device import HapticDevice
from wugan.devices.haptic.drivers.wugan_board import WuganBoard
from wugan.devices.haptic.effects import Damper, Program, Spring
from wugan.devices.haptic.emulators.pty import PtyEmulator
from wugan.devices.haptic.emulators.wugan_board import EmulatedWuganBoard
from wugan.devices.haptic.force import HapticForce
from wugan.signals import HapticSample

RADIUS_M = 0.03
SECONDS = 2.5


class Lead(wugan.Stage[HapticSample, Program]):
    """Puts the spring where the hand is to be: once round the circle each second."""

    def process(self, packet: wugan.Packet[HapticSample]) -> Iterator[wugan.Packet[Program]]:
        turn = 2 * math.pi * packet.time_ns / 1e9
        center = (RADIUS_M * math.cos(turn), RADIUS_M * math.sin(turn))
        yield packet.replace(Program((Spring(stiffness=120.0, center=center), Damper(damping=2.0))))


path: list[np.ndarray] = []


def remember(packet: wugan.Packet[HapticSample]) -> None:
    """Keep where the hand was."""
    path.append(packet.data.position)


with PtyEmulator(EmulatedWuganBoard(axes=2)) as board:
    device = HapticDevice(WuganBoard(axes=2), port=board.port)
    p = wugan.Pipeline("feel")
    hand = p.source(device, name="hand")
    p.sink(HapticForce(device, expires="200ms"), p.stage(Lead(), hand))
    p.sink(remember, hand)
    with p.run(runtime="local") as running:
        running.wait(timeout=SECONDS)
        stats = device.stats

    second = np.concatenate(path)[-1000:]  # the last one
    print(f"{stats.states} states, {stats.losses} losses, woke {stats.jitter.p99_s * 1e3:.2f} ms late (p99)")
    print(f"the hand went round with a radius of {np.hypot(*second.T).mean() * 1e3:.0f} mm (asked: 30)")
print("after the pipeline: force", board.output)
