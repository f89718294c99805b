"""Alignment by time: `approximate` beside the algorithm of ROS ApproximateTime, and the error of `interpolate`.

    python benchmarks/runtime/sync.py [--seconds 60] [--seeds 5] [--json]

Streams are skewed by up to ±40 ms, have a jitter of 10 ms (a standard deviation) and lose 5 % of their packets. Both
algorithms get the same streams in the same run. What is counted are complete windows, of the most that are possible
(`most` in ros_approximate.py). Packets per second are of processor time, so that other work on the machine matters
less; the ROS algorithm is a plain Python one over lists of times, given whole recordings, while wugan gets one packet
after the other, as a pipeline gives them, with watermarks, bounds and counters.

`interpolate` reads a sine of 1 Hz and amplitude 1 at the stamps of a 30 Hz camera. The sine was sampled at jittered
times (by an eighth of the period; 5 % lost), and its stamps tell these times. Beside it, at the same stamps: the
nearest packet, and the newest one (`latest`).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from ros_approximate import Sets, Times, approximate_time, most

from wugan import Packet, approximate, interpolate, latest
from wugan.sync import SyncPolicy, Window

MS = 1_000_000
SETUPS: tuple[tuple[tuple[float, ...], int], ...] = (  # rates in Hz, slop in ms
    ((30, 30), 20),
    ((30, 30), 50),
    ((30, 15, 10), 50),
    ((30, 30, 30), 50),
    ((10, 10, 10), 100),
    ((30, 25, 20, 15), 50),
    ((100, 30, 30, 10), 50),
    ((10, 10, 10, 10), 100),
)
SIGNAL_HZ = (10, 20, 50, 100)
LOSS = 0.05


def recording(rates: Sequence[float], seconds: float, seed: int) -> Times:
    """Stamps in ns of streams of these rates: skewed, jittered, lossy."""
    rng = np.random.default_rng(seed)
    streams = []
    for rate, skew in zip(rates, np.linspace(-40, 40, len(rates)), strict=True):
        count = int(rate * seconds)
        times = 1000 + np.arange(count) * 1000 / rate + skew + rng.normal(0, 10, count)
        streams.append(sorted(int(t * MS) for t in times[rng.random(count) > LOSS]))
    return streams


def arrivals(streams: dict[str, list[int]], data: Callable[[int], Any] = lambda time_ns: None) -> list[Packet[Any]]:
    """Packets of all streams in order of time."""
    merged = sorted((time_ns, seq, name) for name, times in streams.items() for seq, time_ns in enumerate(times))
    return [Packet(data(time_ns), time_ns, stream=name, seq=seq) for time_ns, seq, name in merged]


def feed(policy: SyncPolicy, names: Sequence[str], packets: list[Packet[Any]]) -> list[Window]:
    """All windows, in order."""
    synchronizer = policy.synchronizer(names)
    windows: list[Window] = []
    for packet in packets:
        windows += synchronizer.push(packet.stream, packet)
    for name in names:
        windows += synchronizer.end(name)
    return windows


def wugan_sets(streams: Times, slop: int) -> tuple[Sets, float]:
    """Complete windows of `approximate` and the seconds of processor time it took."""
    named = {f"s{number}": times for number, times in enumerate(streams)}
    packets = arrivals(named)
    started = time.process_time()
    windows = feed(approximate(f"{slop}ns", missing="drop"), list(named), packets)
    took = time.process_time() - started
    return [tuple(window.packets[name].time_ns for name in named) for window in windows], took


def ros_sets(streams: Times, slop: int) -> tuple[Sets, float]:
    """Sets of the ROS algorithm and the seconds of processor time it took."""
    started = time.process_time()
    sets = approximate_time(streams, slop)
    return sets, time.process_time() - started


def matching(rates: Sequence[float], slop_ms: int, seconds: float, seeds: int) -> dict[str, Any]:
    """Both algorithms on one setup, over all seeds."""
    best = packets = 0
    found: dict[str, list[int]] = {"wugan": [], "ros": []}
    took = {"wugan": 0.0, "ros": 0.0}
    for seed in range(seeds):
        streams = recording(rates, seconds, seed)
        best += most(streams, slop_ms * MS)
        packets += sum(map(len, streams))
        for name, algorithm in (("wugan", wugan_sets), ("ros", ros_sets)):
            sets, elapsed = algorithm(streams, slop_ms * MS)
            found[name] += [max(times) - min(times) for times in sets]
            took[name] += elapsed
    row: dict[str, Any] = {"rates_hz": list(rates), "slop_ms": slop_ms, "best": best}
    for name, spans in found.items():
        row[f"{name}_matched"] = len(spans)
        row[f"{name}_share"] = round(len(spans) / best, 3)
        row[f"{name}_span_ms"] = round(float(np.mean(spans)) / MS, 1)
        row[f"{name}_packets_per_s"] = round(packets / took[name])
    row["ratio"] = round(len(found["wugan"]) / len(found["ros"]), 3)
    return row


def nearer(a: float, b: float, weight: float) -> float:
    """The nearest neighbour, as a `mix`."""
    return b if weight > 0.5 else a


def sine(time_ns: int) -> float:
    """The true signal: 1 Hz, amplitude 1."""
    return float(np.sin(2 * np.pi * time_ns / 1e9))


def resampling(rate: float, seconds: float, seeds: int) -> dict[str, Any]:
    """Root mean square of what each policy makes of a sampled sine, less the sine, at the same stamps."""
    gap = f"{4 / rate}s"
    policies = {"interpolate": interpolate(gap), "nearest": interpolate(gap, mix=nearer), "latest": latest(gap)}
    errors: dict[str, list[float]] = {name: [] for name in policies}
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        count = int(rate * seconds)
        times = (1 + np.arange(count) / rate + rng.normal(0, 1 / (8 * rate), count))[rng.random(count) > LOSS]
        (camera,) = recording((30,), seconds, seed)
        packets = arrivals({"camera": camera, "signal": sorted(int(t * 1e9) for t in times)}, sine)
        got = {name: feed(policy, ("camera", "signal"), packets) for name, policy in policies.items()}
        by_stamp = {
            name: {window.time_ns: window.packets["signal"].data for window in windows if "signal" in window.packets}
            for name, windows in got.items()
        }
        common = set.intersection(*map(set, by_stamp.values()))
        for name, values in by_stamp.items():
            errors[name] += [values[stamp] - sine(stamp) for stamp in common]
    row: dict[str, Any] = {"signal_hz": rate, "stamps": len(errors["interpolate"])}
    row |= {f"{name}_rms": round(float(np.sqrt(np.mean(np.square(of)))), 5) for name, of in errors.items()}
    return row


def main() -> None:
    """Print one line for each setup."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60, help="length of each recording")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    arguments = parser.parse_args()
    for rates, slop_ms in SETUPS:
        row = matching(rates, slop_ms, arguments.seconds, arguments.seeds)
        if arguments.json:
            print(json.dumps(row))
            continue
        parts = [f"{name} {row[f'{name}_share']:.3f} ({row[f'{name}_span_ms']} ms wide)" for name in ("wugan", "ros")]
        speeds = ", ".join(f"{name} {row[f'{name}_packets_per_s']:,}/s" for name in ("wugan", "ros"))
        rate = ", ".join(f"{rate:g}" for rate in rates)
        print(f"{rate} Hz, slop {slop_ms} ms: of {row['best']} windows possible {', '.join(parts)}; ", end="")
        print(f"wugan/ros {row['ratio']:.3f}; packets: {speeds}", flush=True)
    for rate in SIGNAL_HZ:
        row = resampling(rate, arguments.seconds, arguments.seeds)
        if arguments.json:
            print(json.dumps(row))
            continue
        errors = ", ".join(f"{name} {row[f'{name}_rms']:.5f}" for name in ("interpolate", "nearest", "latest"))
        print(f"1 Hz sine sampled at {rate} Hz: RMS error at {row['stamps']} stamps: {errors}")


if __name__ == "__main__":
    main()
