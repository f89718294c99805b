"""Watch a pipeline while it runs: metrics for Prometheus, and the stage that holds it up.

The detector takes 20 ms for a frame and the camera gives one every 5 ms. Its link keeps only the latest frame, so the
detector stays up to date, and every frame that it missed is counted.

Run `watch_pipeline.py 60` and, in another terminal, `wugan top`: it finds every pipeline that you run here.
"""

from __future__ import annotations

import sys
import time
import urllib.request
from collections.abc import Iterator

import numpy as np

import wugan
from wugan import Packet
from wugan.observe import serve

FRAMES = int(200 * float(sys.argv[1])) if len(sys.argv) > 1 else 200


class Camera(wugan.Source[np.ndarray]):
    """A frame every 5 ms."""

    def packets(self) -> Iterator[Packet[np.ndarray]]:
        for number in range(FRAMES):
            time.sleep(0.005)
            yield Packet(np.full((120, 160, 3), number % 256, np.uint8), time.time_ns(), seq=number)


def brightness(frame: np.ndarray) -> float:
    time.sleep(0.02)  # a model that is slower than the camera
    return float(frame.mean())


seen: list[float] = []
p = wugan.Pipeline("watched")
p.sink(lambda packet: seen.append(packet.data), p.stage(brightness, p.source(Camera()), link="latest"))

with p.run("local") as running, serve(running, port=0) as metrics:  # port 9464 unless told otherwise
    running.wait()
    with urllib.request.urlopen(metrics.url) as answer:
        lines = answer.read().decode().splitlines()

print(f"a scrape of {metrics.url} has {len(lines)} lines, among them:")
for line in lines:
    if line.startswith("wugan_link") and 'stage="brightness"' in line:
        print(line)

link = running.stats()["brightness"]["links"]["camera"]
assert link["in"] == link["out"] + link["dropped"] == FRAMES
print(f"{link['in']} frames came, {link['dropped']} were dropped, {len(seen)} results")
