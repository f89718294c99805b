"""Throughput of two replicas of an encoder against one, on Ray, beside what the machine itself gives two processes.

    python benchmarks/runtime/replicas.py [--rounds 5] [--items 150] [--quick] [--json]

The encoder works about 20 ms of one thread on each packet, in plain Python, so that no library's threads take part. The
bound is measured in the same rounds: two plain processes that do the same work side by side, against one. Where two
cores share caches, clock or a hypervisor's time slices, that is below 2, and no runtime can give more.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import time
from collections.abc import Iterator, Sequence
from multiprocessing.synchronize import Barrier

from wugan import Encoder, Packet, Pipeline, Source
from wugan.runtime.ray import ensure_ray

WORK_S = 0.02
WARM = 10  # items before the clock starts


def work(steps: int) -> int:
    """Keep one thread busy."""
    value = 1
    for step in range(steps):
        value = (value * 1_103_515_245 + step) & 0x7FFFFFFF
    return value


def steps_for(seconds: float) -> int:
    """How many steps this machine makes in that time, when nothing else keeps it busy."""
    steps, took = 200_000, []
    for _ in range(10):
        started = time.perf_counter()
        work(steps)
        took.append(time.perf_counter() - started)
    return int(steps * seconds / min(took))


class Items(Source[int]):
    """`count` packets, as fast as they are taken."""

    def __init__(self, count: int) -> None:
        self.count = count

    def packets(self) -> Iterator[Packet[int]]:
        for number in range(self.count):
            yield Packet(number, number, seq=number)


class Works(Encoder[int, int]):
    """Gives the number back after its work."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def encode(self, batch: Sequence[Packet[int]]) -> Sequence[int]:
        for _ in batch:
            work(self.steps)
        return [packet.data for packet in batch]


def replicated(replicas: int, steps: int, items: int) -> float:
    """Items per second through a pipeline with so many replicas, in order."""
    arrivals: list[float] = []
    numbers: list[int] = []

    def arrive(packet: Packet[int]) -> None:
        arrivals.append(time.perf_counter())
        numbers.append(packet.data)

    pipeline = Pipeline("replicas")
    encoded = pipeline.stage(Works(steps), pipeline.source(Items(items + WARM)), name="work", replicas=replicas)
    pipeline.sink(arrive, encoded)
    with pipeline.run("ray") as running:
        running.wait()
    if numbers != list(range(items + WARM)):
        raise SystemExit("the order was lost")
    return items / (arrivals[-1] - arrivals[WARM - 1])


def _plain(steps: int, items: int, start: Barrier, took: multiprocessing.Queue[tuple[float, float]]) -> None:
    work(steps)
    start.wait()
    started = time.perf_counter()
    for _ in range(items):
        work(steps)
    took.put((started, time.perf_counter()))


def plain(processes: int, steps: int, items: int) -> float:
    """Items per second of so many processes that do nothing else."""
    context = multiprocessing.get_context("spawn")
    start, took = context.Barrier(processes), context.Queue()
    share = items // processes
    running = [context.Process(target=_plain, args=(steps, share, start, took)) for _ in range(processes)]
    for process in running:
        process.start()
    times = [took.get() for _ in running]
    for process in running:
        process.join()
    return processes * share / (max(end for _, end in times) - min(begun for begun, _ in times))


def main() -> None:
    """Print the ratio, the machine's bound, and the ratio's share of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--items", type=int, default=150, help="in each measurement")
    parser.add_argument("--quick", action="store_true", help="two short rounds")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    arguments = parser.parse_args()
    rounds, items = (2, 60) if arguments.quick else (arguments.rounds, arguments.items)
    ensure_ray()
    steps = steps_for(WORK_S)
    rates: dict[str, list[float]] = {"plain 1": [], "replicas 1": [], "plain 2": [], "replicas 2": []}
    for _ in range(rounds):
        for count in (1, 2):
            rates[f"plain {count}"].append(plain(count, steps, items))
            rates[f"replicas {count}"].append(replicated(count, steps, items))

    ratios = {
        of: [two / one for one, two in zip(rates[f"{of} 1"], rates[f"{of} 2"], strict=True)]
        for of in ("plain", "replicas")
    }
    ours, bound = statistics.median(ratios["replicas"]), statistics.median(ratios["plain"])
    row = {
        **{f"{name.replace(' ', '_')}_per_s": round(statistics.median(found), 1) for name, found in rates.items()},
        "ratio": round(ours, 3),
        "lowest_ratio": round(min(ratios["replicas"]), 3),
        "bound": round(bound, 3),
        "share_of_bound": round(ours / bound, 3),
        "rounds": rounds,
    }
    if arguments.json:
        print(json.dumps(row))
        return
    for what, of in (("replicas", "replicas"), ("plain processes", "plain")):
        print(f"{what}: one {row[f'{of}_1_per_s']} items/s, two {row[f'{of}_2_per_s']} items/s")
    print(f"ratio {ours:.3f} (lowest round {row['lowest_ratio']})")
    print(f"the machine's bound {bound:.3f}, of which that is {ours / bound:.1%}")


if __name__ == "__main__":
    main()
