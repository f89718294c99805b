"""Latency of three hops between processes: wugan on Ray beside a plain chain of Ray actor calls, in one run.

    python benchmarks/runtime/hops.py [--packets 200] [--json]

A packet is stamped in the first process and read by three more in turn; its age is taken in the last. With wugan
those are a source, two stages and a sink; with Ray the driver and three actors, and the driver gets the result, which
is a small one so that the payload makes three hops in both. Packets come one by one, so that no queue is measured.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Iterator

import numpy as np

from wugan import Packet, Pipeline, Source, Stage
from wugan.runtime.ray import ensure_ray

SIZES = {"4 kB": 4096, "6.2 MB": 1920 * 1080 * 3}


class Paced(Source[np.ndarray]):
    """Stamped packets, each `pause_s` after the other: longer than three hops take."""

    def __init__(self, size: int, count: int, pause_s: float) -> None:
        self.size = size
        self.count = count
        self.pause_s = pause_s

    def packets(self) -> Iterator[Packet[np.ndarray]]:
        for _ in range(self.count):
            payload = np.zeros(self.size, np.uint8)
            yield Packet("", 0, time.monotonic_ns(), payload)
            time.sleep(self.pause_s)


class Touch(Stage[np.ndarray, np.ndarray]):
    """Reads a byte and passes the packet on."""

    def process(self, packet: Packet[np.ndarray]) -> Iterator[Packet[np.ndarray]]:
        packet.data[0]
        yield packet


def wugan_hops(size: int, count: int) -> list[float]:
    """Milliseconds of each packet through source, three stages and a sink of the driver's."""
    ages: list[float] = []

    def arrive(packet: Packet) -> None:
        packet.data[0]
        ages.append((time.monotonic_ns() - packet.time_ns) / 1e6)

    pipeline = Pipeline("hops")
    node = pipeline.source(Paced(size, count, pause_s=0.005))
    for _ in range(2):
        node = pipeline.stage(Touch(), node)
    pipeline.sink(arrive, node)
    with pipeline.run("ray") as running:
        running.wait()
    return ages


def ray_hops(size: int, count: int) -> list[float]:
    """Milliseconds of the same payload through three actor calls, each given the last one's result."""
    import ray

    @ray.remote(num_cpus=0)
    class Hop:
        def touch(self, payload: np.ndarray) -> np.ndarray:
            payload[0]
            return payload

        def arrive(self, payload: np.ndarray) -> int:
            return int(payload[0])

    hops = [Hop.remote() for _ in range(3)]
    ages = []
    for _ in range(count):
        payload = np.zeros(size, np.uint8)
        started = time.monotonic_ns()
        ray.get(hops[2].arrive.remote(hops[1].touch.remote(hops[0].touch.remote(payload))))
        ages.append((time.monotonic_ns() - started) / 1e6)
        time.sleep(0.005)
    for hop in hops:
        ray.kill(hop)
    return ages


def main() -> None:
    """Print p50 of both and their ratio for each size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--packets", type=int, default=200)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    ensure_ray()
    for name, size in SIZES.items():
        skip = arguments.packets // 10  # the first ones make slots and connections
        peer = statistics.median(ray_hops(size, arguments.packets)[skip:])
        ours = statistics.median(wugan_hops(size, arguments.packets)[skip:])
        row = {
            "size": name,
            "wugan_p50_ms": round(ours, 3),
            "ray_p50_ms": round(peer, 3),
            "ratio": round(peer / ours, 1),
        }
        if arguments.json:
            print(json.dumps(row))
        else:
            print(f"{name}: three hops wugan {ours:.3f} ms, Ray actor calls {peer:.3f} ms (p50), {peer / ours:.1f}x")


if __name__ == "__main__":
    main()
