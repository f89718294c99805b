"""Run the same pipeline in threads and on Ray, one actor per stage, and compare.

python examples/run_on_ray.py
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

import wugan
from wugan import Packet


@dataclass
class Camera(wugan.Source[np.ndarray]):
    """A made-up camera: frames of 1080p colour, 6 MB each. They reach other processes through shared memory."""

    frames: int = 30

    def packets(self) -> Iterator[Packet[np.ndarray]]:
        for number in range(self.frames):
            frame = np.full((1080, 1920, 3), number, np.uint8)
            yield Packet(frame, number * 33_333_333, seq=number)


def brightness(frame: np.ndarray) -> float:
    return float(frame[::8, ::8].mean())


def sharpness(frame: np.ndarray) -> float:
    return float(np.abs(np.diff(frame[::8, ::8, 0].astype(np.int16), axis=1)).mean())


def run(runtime: str) -> list[dict[str, float]]:
    p = wugan.Pipeline("frames")
    camera = p.source(Camera())
    bright, sharp = p.stage(brightness, camera), p.stage(sharpness, camera)
    both = p.join(bright, sharp, sync=wugan.approximate("1ms"))
    results: list[dict[str, float]] = []
    p.sink(lambda packet: results.append({name: one.data for name, one in packet.data.packets.items()}), both)
    started = time.perf_counter()
    with p.run(runtime) as running:
        ready = time.perf_counter()
        running.wait()
    done = time.perf_counter()
    print(f"{runtime:5}  {len(results)} results, {done - ready:.2f} s after {ready - started:.2f} s of start")
    return results


if __name__ == "__main__":
    assert run("local") == run("ray")
    print("identical")
