"""Overload: 60 frames a second into a stage that does 20. How old is what comes out, what is dropped, what is held?

    python benchmarks/runtime/overload.py [--seconds 10] [--quick] [--json]

A source gives frames of 1080p (6.2 MB, each with its number at both ends) at 60 Hz; a stage reads both numbers and
takes 50 ms for each; a function in the driver takes what comes out. Links are `latest`, then `drop_oldest` with two
places, on Ray and on threads. Beside them in the same run: the same frames given to a plain Ray actor by calls, which
has no bound.

- **age**: an output's at its arrival, from capture.
- **staleness**: of the newest output just before the next one comes, which is the oldest it ever gets. This is what
  must stay under 150 ms.
- **memory**: see `rig.py`; largest less smallest after the first two seconds (Ray's object store counts for the peer).
- **dropped** must be what was sent and not handled, exactly; sent is counted by the source, handled at the sink.
"""

from __future__ import annotations

import argparse
import itertools
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from rig import (
    FRAME,
    Report,
    Sampler,
    Usage,
    children,
    command,
    pids_of,
    quantile,
    quiet_ray,
    scratch,
    sleep_until,
    slope,
    store_bytes,
    usage,
)

from wugan import LinkConfig, Packet, Pipeline, Source, Stage, clock

HZ = 60
WORK_S = 0.05
LIMIT_MS = 150.0
LIMIT_BYTES = 64 * 2**20
SETTLE_S = 2.0
LINKS = {"latest": LinkConfig(policy="latest"), "drop_oldest(2)": LinkConfig(policy="drop_oldest", capacity=2)}


def frame(number: int) -> np.ndarray:
    """A fresh frame that tells its number in its first and last eight bytes."""
    made = np.full(FRAME, number % 251, np.uint8)
    flat = made.reshape(-1)
    flat[:8] = flat[-8:] = np.frombuffer(number.to_bytes(8, "little"), np.uint8)
    return made


def number_of(data: np.ndarray) -> int:
    """The number of a frame; -1 if its ends do not agree."""
    flat = data.reshape(-1)
    first, last = (int.from_bytes(part.tobytes(), "little") for part in (flat[:8], flat[-8:]))
    return first if first == last else -1


class Camera(Source[np.ndarray]):
    """Frames at 60 Hz. One that is late does not put the next one off."""

    live = True

    def __init__(self, count: int) -> None:
        self.count = count

    def packets(self) -> Iterator[Packet[np.ndarray]]:
        started = time.monotonic_ns()
        for number in range(self.count):
            sleep_until(started + number * 1_000_000_000 // HZ)
            yield Packet(frame(number), clock.now_ns())


class Slow(Stage[np.ndarray, int]):
    """Takes 50 ms for each frame, and gives its number."""

    def process(self, packet: Packet[np.ndarray]) -> Iterator[Packet[int]]:
        number = number_of(packet.data)
        time.sleep(WORK_S)
        yield packet.replace(number)


@dataclass
class Seen:
    """What came out: when it was captured, when it came, its number."""

    rows: list[tuple[int, int, int]] = field(default_factory=list)

    def arrive(self, packet: Packet[int]) -> None:
        self.rows.append((packet.time_ns, clock.now_ns(), packet.data))

    def ages(self) -> list[float]:
        """Milliseconds of each output at its arrival."""
        return [(came - captured) / 1e6 for captured, came, _ in self.rows]

    def staleness(self) -> list[float]:
        """Milliseconds of each output when the next one came."""
        return [(after[1] - before[0]) / 1e6 for before, after in itertools.pairwise(self.rows)]

    def figures(self, samples: list[Usage]) -> dict[str, Any]:
        """Ages, staleness and memory."""
        ages, staleness = self.ages(), self.staleness()
        settled = [sample for sample in samples if sample.at_s >= SETTLE_S] or samples
        held = [sample.bytes for sample in settled]
        gaps = [(after[1] - before[1]) / 1e6 for before, after in itertools.pairwise(self.rows)]
        return {
            "outputs": len(self.rows),
            "age_p50_ms": round(quantile(ages, 0.5), 1),
            "age_p99_ms": round(quantile(ages, 0.99), 1),
            "age_max_ms": round(max(ages, default=0.0), 1),
            "stale_p99_ms": round(quantile(staleness, 0.99), 1),
            "stale_max_ms": round(max(staleness, default=0.0), 1),
            "gap_max_ms": round(max(gaps, default=0.0), 1),
            "memory_mb": round(held[-1] / 2**20, 1),
            "memory_spread_mb": round(_spread(held) / 2**20, 1),
            "private_spread_mb": round(_spread([s.private for s in settled]) / 2**20, 1),
            "shared_spread_mb": round(_spread([s.shared for s in settled]) / 2**20, 1),
            "memory_slope_mb_s": round(slope([s.at_s for s in settled], [h / 2**20 for h in held]), 2),
        }


def _spread(values: list[int]) -> int:
    return max(values) - min(values)


def line(figures: dict[str, Any]) -> str:
    """The figures that wugan and its peer share, for a reader."""
    return (
        f"age p50 {figures['age_p50_ms']} p99 {figures['age_p99_ms']} max {figures['age_max_ms']} ms; newest output "
        f"at most {figures['stale_max_ms']} ms old (p99 {figures['stale_p99_ms']}); memory spread "
        f"{figures['memory_spread_mb']} MB ({figures['memory_slope_mb_s']:+} MB/s)"
    )


def wugan_run(runtime: str, link: LinkConfig, seconds: float) -> dict[str, Any]:
    """Run the pipeline once."""
    seen, count = Seen(), int(seconds * HZ)
    pipeline = Pipeline("overload")
    slow = pipeline.stage(Slow(), pipeline.source(Camera(count), name="camera"), name="slow", link=link)
    pipeline.sink(seen.arrive, slow, name="sink")
    with pipeline.run(runtime, dead_letters=scratch("overload")) as running:  # type: ignore[arg-type]
        pids = set(pids_of(running).values())
        with Sampler(lambda at_s: usage(pids, at_s)) as sampler:
            running.wait()
        stats = running.stats()
    numbers = [number for _, _, number in seen.rows]
    figures = seen.figures(sampler.samples)
    return {
        **figures,
        "captured": count,
        "sent": stats["camera"]["emitted"],
        "handled": stats["slow"]["handled"],
        "dropped": stats["slow"]["links"]["camera"]["dropped"],
        "torn": numbers.count(-1),
        "disordered": sum(after <= before for before, after in itertools.pairwise(numbers)),
    }


def ray_run(seconds: float) -> dict[str, Any]:
    """The same frames to a plain actor: a call for each, results taken as they come, the backlog left at the end."""
    import ray

    @ray.remote(num_cpus=0)
    class Worker:
        def pid(self) -> int:
            return os.getpid()

        def work(self, data: np.ndarray) -> int:
            number = number_of(data)
            time.sleep(WORK_S)
            return number

    worker = Worker.remote()
    pid = ray.get(worker.pid.remote())
    stores = [child for child in children(os.getpid()) if "raylet" in command(child).split(" ")[0]]

    def take(at_s: float) -> Usage:
        plain = usage([pid], at_s)
        return Usage(
            at_s, plain.private, sum(map(store_bytes, stores)), plain.descriptors, plain.files, plain.processes
        )

    seen, captured, count = Seen(), {}, int(seconds * HZ)
    most = 0
    with Sampler(take) as sampler:
        started = time.monotonic_ns()
        for number in range(count):
            due = started + number * 1_000_000_000 // HZ
            while True:
                left = max(0.0, (due - time.monotonic_ns()) / 1e9)
                done, _ = ray.wait(list(captured), timeout=left) if captured else ([], [])
                for call in done:
                    seen.rows.append((captured.pop(call), clock.now_ns(), ray.get(call)))
                if not done:
                    sleep_until(due)
                if time.monotonic_ns() >= due:
                    break
            stamp = clock.now_ns()
            captured[worker.work.remote(frame(number))] = stamp
            most = max(most, len(captured))
    oldest = min(captured.values(), default=clock.now_ns())
    figures = seen.figures(sampler.samples)
    figures.update(sent=count, backlog=len(captured), backlog_age_ms=round((clock.now_ns() - oldest) / 1e6, 1))
    ray.kill(worker)
    return figures


def main() -> None:
    """Run every link on both runtimes and the peer, with verdicts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--quick", action="store_true", help="four seconds each")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    arguments = parser.parse_args()
    seconds = 4.0 if arguments.quick else arguments.seconds
    report = Report(arguments.json)
    quiet_ray()
    for runtime in ("ray", "local"):
        for name, link in LINKS.items():
            found = wugan_run(runtime, link, seconds)
            report.figure(f"wugan {runtime} {name}", found, line(found))
            worst, spread = found["stale_max_ms"], found["memory_spread_mb"]
            report.verdict(f"newest output never older than {LIMIT_MS:.0f} ms", worst <= LIMIT_MS, f"{worst} ms")
            parts = f"{spread} MB ({found['private_spread_mb']} private, {found['shared_spread_mb']} shared)"
            report.verdict("memory flat (within 64 MB)", spread * 2**20 <= LIMIT_BYTES, parts)
            sent, done, dropped = found["sent"], found["outputs"], found["dropped"]
            exact = sent - done == dropped and found["handled"] == done and sent == found["captured"]
            report.verdict("dropped = sent - processed", exact, f"{dropped} = {sent} - {done}")
            wrong = found["torn"] + found["disordered"]
            report.verdict("frames whole and in order", not wrong, f"{found['torn']} torn, {found['disordered']} not")
    peer = ray_run(seconds)
    report.figure("plain Ray actor calls", peer, line(peer) + f"; backlog {peer['backlog']} of {peer['sent']} frames")
    report.end()


if __name__ == "__main__":
    main()
