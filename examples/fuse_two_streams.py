"""Fuse two streams of different rates with Dynamic Attention Routing; a missing modality is normal.

python examples/fuse_two_streams.py
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

import wugan
from wugan import Fused, Packet, Tokens


@dataclass
class Sensor(wugan.Source[np.ndarray]):
    """A made-up sensor with `channels` values `hertz` times a second; it is silent after `until` seconds."""

    channels: int
    hertz: float
    until: float

    def packets(self) -> Iterator[Packet[np.ndarray]]:
        noise = np.random.default_rng(self.channels)
        for step in range(int(self.until * self.hertz)):
            yield Packet(noise.standard_normal(self.channels), int(step * 1e9 / self.hertz), seq=step)


@dataclass
class AsTokens(wugan.Encoder[np.ndarray, Tokens]):
    """One token for each reading. `modality` and `dim` tell the backbone what to expect."""

    modality: str
    dim: int

    def encode(self, batch: Sequence[Packet[np.ndarray]]) -> list[Tokens]:
        return [
            Tokens(packet.data[None].astype(np.float32), np.array([packet.time_ns]), self.modality) for packet in batch
        ]


def show(packet: Packet[Fused]) -> None:
    fused = packet.data
    print(f"{fused.time_ns / 1e6:6.0f} ms  {' + '.join(fused.present):18}  {len(fused.pooled)} numbers")


p = wugan.Pipeline("two-streams")
lidar = p.stage(AsTokens("lidar", 16), p.source(Sensor(16, 10, until=1.0), name="lidar"))
camera = p.stage(AsTokens("camera", 64), p.source(Sensor(64, 30, until=0.6), name="camera"))
fused = p.fuse(lidar, camera, sync=wugan.approximate("10ms"))  # untrained here: give backbone= weights of yours
p.sink(show, fused)

with p.run() as running:
    running.wait()
