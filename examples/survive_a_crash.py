"""Kill a stage's process while it works: it is started again, and not a packet is lost or seen twice.

Two replicas share the work of the detector, batched by up to four frames; one of them is killed on the way.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence

import numpy as np

import wugan
from wugan import BatchConfig, Packet, RayRuntime, RestartPolicy

FRAMES = 150


class Camera(wugan.Source[np.ndarray]):
    """A frame of 300 KB every 10 ms, which holds its number."""

    def packets(self) -> Iterator[Packet[np.ndarray]]:
        for number in range(FRAMES):
            time.sleep(0.01)
            yield Packet(np.full((320, 320, 3), number, np.uint8), wugan.clock.now_ns(), seq=number)


class Detector(wugan.Encoder[np.ndarray, tuple[int, int]]):
    """Says what it saw, and in which process."""

    def encode(self, batch: Sequence[Packet[np.ndarray]]) -> list[tuple[int, int]]:
        time.sleep(0.02)
        return [(int(packet.data.max()), os.getpid()) for packet in batch]


found: list[tuple[int, int]] = []
p = wugan.Pipeline("survivor")
detector = p.stage(Detector(), p.source(Camera()), replicas=2, batch=BatchConfig(max_size=4, max_wait="10ms"))
p.sink(lambda packet: found.append(packet.data), detector)

runtime = RayRuntime(restart=RestartPolicy(max_restarts=3, window="60s"), spare=True)
with p.run(runtime) as running:
    while len(found) < 40:
        time.sleep(0.01)
    os.kill(found[-1][1], signal.SIGKILL)
    running.wait()
    stats = running.stats()

assert [number for number, _ in found] == list(range(FRAMES))
processes, restarts = len({pid for _, pid in found}), sum(node["restarts"] for node in stats.values())
print(f"{len(found)} of {FRAMES} results, in order, from {processes} processes; {restarts} restart")
