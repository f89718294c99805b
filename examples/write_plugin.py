"""Write a plugin: one class. This one measures loudness; then a pipeline uses it and is written to YAML.

    python examples/write_plugin.py

In a package of your own, declare it in pyproject.toml and `wugan plugins` lists it:

    [project.entry-points."wugan.encoders"]
    loudness = "my_package:Loudness"
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

import wugan
from wugan import Packet
from wugan.signals import Audio


@dataclass
class Tone(wugan.Source[Audio]):
    """A tone that swells, in packets of 100 ms. Its fields are its configuration."""

    hertz: float = 440.0
    seconds: float = 1.0

    def packets(self) -> Iterator[Packet[Audio]]:
        for step in range(round(self.seconds * 10)):
            times = (np.arange(1600) + 1600 * step) / 16_000
            samples = np.sin(2 * np.pi * self.hertz * times) * (step + 1) / (self.seconds * 10)
            yield Packet(Audio(samples.astype(np.float32), 16_000), step * 100_000_000, seq=step)


@dataclass
class Loudness(wugan.Encoder[Audio, float]):
    """Root mean square level of each packet, in dB below full scale."""

    floor_db: float = -80.0

    def encode(self, batch: Sequence[Packet[Audio]]) -> list[float]:
        powers = [float(np.mean(packet.data.samples**2)) for packet in batch]
        return [max(self.floor_db, 10 * np.log10(power + 1e-12)) for power in powers]


p = wugan.Pipeline("loudness")
level = p.stage(Loudness(), p.source(Tone(seconds=0.5)))
p.sink(print, level)

print(p.to_yaml())
with p.run() as running:
    running.wait()
