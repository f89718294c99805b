"""Teleoperation over a bad network, in virtual time: wugan beside what is usually built.

    python benchmarks/haptics/teleoperation.py            # one seed, about 20 s
    python benchmarks/haptics/teleoperation.py --seeds 10

One axis, 1 kHz, round trips of 20, 50 and 100 ms of which a tenth is jitter, 10 % loss each way, an operator with
tremor against a wall of 10 kN/m and in free motion. `net` is the energy put into the two-port at both bodies less what
it has put out, at its lowest. `drift` is the greatest distance between tool and device at the end of the last rest.
`contacts lost` counts how often the tool leaves the wall while the operator presses and holds still for two seconds: a
scheme that is unstable in contact hammers. Peers on the same network, with the same coupling and force sensor:

- position-force: position and velocity forth, force back, each sample sent, the last one held;
- waves: wave variables with a matched line, each sample sent, the last one held (Niemeyer, Slotine 1991).
"""

from __future__ import annotations

import argparse
import math
import struct
from collections.abc import Callable

import numpy as np

from wugan.devices.haptic.teleoperation import Follower, Leader, TeleopConfig
from wugan.devices.haptic.teleoperation.endpoint import Step, capped
from wugan.devices.haptic.teleoperation.packet import Channel, Vector
from wugan.devices.haptic.teleoperation.rig import PERIOD_S, FarSide, Hand, OneSide, Rig, Trace

# When (s) the operator wants to be where (m).
TOUCH = ((0, 0), (1.5, 0.06), (3, 0.06), (3.8, 0), (4.8, 0), (5.2, 0.07), (7, 0.07), (7.6, 0), (9, 0))
FREE = ((0, 0), (1, 0.08), (1.6, 0.08), (2.2, -0.05), (2.8, -0.05), (3.3, 0.1), (4, 0.1), (5, 0), (6.4, 0))
SCENES = {"wall": (TOUCH, 0.04), "free": (FREE, math.inf)}
CONFIG = TeleopConfig(axes=1, tool_mass=0.3, tool_friction=0.7)
LINE = 12.0  # N·s/m, the waves' impedance
HOLDS = ((2.0, 3.0), (6.0, 7.0))  # s, in which the operator presses against the wall
SHOWN_S = 0.2  # of the last rest


class Plain:
    """A side of a peer: numbers in, numbers out, the newest held."""

    def __init__(self, count: int) -> None:
        self.held = np.zeros(count)

    def receive(self, data: bytes, now_s: float) -> bool:
        self.held = np.frombuffer(data, "<f8")
        return True


class PositionForceLeader(Plain):
    def step(self, position: Vector, velocity: Vector, now_s: float) -> Step:
        return Step(capped(-self.held, CONFIG.max_force), struct.pack("<2d", position[0], velocity[0]))


class PositionForceFollower(Plain):
    def step(self, position: Vector, velocity: Vector, now_s: float, contact: Vector | None = None) -> Step:
        force = CONFIG.stiffness * (self.held[:1] - position) + CONFIG.damping * (self.held[1:] - velocity)
        assert contact is not None
        return Step(capped(force, CONFIG.max_force), struct.pack("<d", contact[0]))


class WaveLeader(Plain):
    def step(self, position: Vector, velocity: Vector, now_s: float) -> Step:
        root = math.sqrt(2 * LINE)
        resisting = LINE * velocity + root * self.held
        wave = root * velocity + self.held
        return Step(capped(-resisting, CONFIG.max_force), struct.pack("<d", wave[0]))


class WaveFollower(Plain):
    """The coupling stands between the line and the tool; its reference is integrated from the wave."""

    reference = 0.0

    def step(self, position: Vector, velocity: Vector, now_s: float, contact: Vector | None = None) -> Step:
        root, k, b = math.sqrt(2 * LINE), CONFIG.stiffness, CONFIG.damping
        # force = root·u − LINE·speed and force = k·(reference − x) + b·(speed − v), solved for the reference's speed
        speed = (root * self.held[0] - k * (self.reference - position[0]) + b * velocity[0]) / (LINE + b)
        force = k * (self.reference - position) + b * (speed - velocity)
        self.reference += speed * PERIOD_S
        return Step(capped(force, CONFIG.max_force), struct.pack("<d", self.held[0] - root * speed))


class Watched(Leader):
    """wugan's leader, noting what it was told at each period."""

    def __init__(self) -> None:
        super().__init__(CONFIG, session=1)
        self.told: list[float] = []

    def step(self, position: Vector, velocity: Vector, now_s: float) -> Step:
        self.told.append(0.0 if self.newest is None else float(self.newest.force[0]))
        return super().step(position, velocity, now_s)


SCHEMES: dict[str, Callable[[], tuple[OneSide, FarSide]]] = {
    "wugan": lambda: (Watched(), Follower(CONFIG, session=2)),
    "position-force": lambda: (PositionForceLeader(1), PositionForceFollower(2)),
    "waves": lambda: (WaveLeader(1), WaveFollower(1)),
}


def run(
    scheme: str, scene: str, round_trip_s: float, loss: float, jitter: float, seed: int, sensor: bool = True
) -> tuple[Trace, OneSide]:
    """One scene through one network."""
    plan, wall = SCENES[scene]
    leader, follower = SCHEMES[scheme]()
    delay = round_trip_s / 2
    forth, back = (
        Channel(delay * (1 - jitter), delay * 2 * jitter, loss, seed=2 * seed + direction) for direction in (0, 1)
    )
    rig = Rig(leader, follower, forth, back, Hand(plan, tremor=0.0002), wall, encoder_m=1e-5, sensor=sensor)
    return rig.run(plan[-1][0]), leader


def felt_wrong(trace: Trace, told: list[float], delay_s: float) -> float:
    """Share of the time in which what the leader was told lies outside the threshold around what was pressed.

    A packet that is due between two periods is seen at the later one, so either of both pairings may fit.
    """
    outside = np.ones(len(told), bool)
    for late in (round(delay_s / PERIOD_S), round(delay_s / PERIOD_S) + 1):
        was = np.concatenate([np.zeros(late), trace.pressed[:-late]])
        radius = np.maximum(CONFIG.force_floor, CONFIG.weber * np.abs(told))
        outside &= np.abs(np.array(told) - was) > radius + 1e-6
    return float(outside.mean())


def worst(traces: list[Trace], plan_s: float) -> tuple[str, ...]:
    """Lowest net energy, greatest drift, packets and lost contacts of several runs, as text."""
    drift, bounces = 0.0, 0
    for trace in traces:
        tail = trace.time_s > plan_s - SHOWN_S
        drift = max(drift, float(np.abs(trace.leader - trace.follower)[tail].max()) if tail.any() else math.inf)
        touching = trace.pressed > 0
        for start, end in HOLDS:
            held = touching[(trace.time_s > start) & (trace.time_s < end)]
            bounces += int(np.sum(held[:-1] & ~held[1:]))
    share = sum(t.packets for t in traces) / sum(2 * len(t.time_s) for t in traces)
    net = min(float(t.net_j.min()) for t in traces)
    return (f"{1e3 * net:11.3f}", f"{1e3 * drift:8.2f}", f"{100 * share:6.1f} %", f"{bounces / len(traces):5.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=1, help="networks per row")
    parser.add_argument("--loss", type=float, default=0.1)
    parser.add_argument("--jitter", type=float, default=0.1, help="share of the delay")
    options = parser.parse_args()
    print("| round trip | scene | scheme | net, lowest (mJ) | drift (mm) | packets of 2,000/s | contacts lost |")
    print("|---|---|---|---:|---:|---:|---:|")
    for round_trip in (0.02, 0.05, 0.1):
        for scene, (plan, _) in SCENES.items():
            for scheme in SCHEMES:
                traces = [
                    run(scheme, scene, round_trip, options.loss, options.jitter, seed)[0]
                    for seed in range(options.seeds)
                ]
                row = " | ".join(worst(traces, plan[-1][0]))
                print(f"| {1e3 * round_trip:3.0f} ms | {scene} | {scheme:14} | {row} |")
        for scene, (plan, _) in SCENES.items():
            trace, _ = run("wugan", scene, round_trip, options.loss, options.jitter, 0, sensor=False)
            row = " | ".join(worst([trace], plan[-1][0]))
            print(f"| {1e3 * round_trip:3.0f} ms | {scene} | without sensor | {row} |")
    print("\nTime in which the force told to the operator is outside the perceptual threshold (10 %, at least 0.1 N):")
    for loss in (0.0, options.loss):
        shares = []
        for round_trip in (0.02, 0.05, 0.1):
            trace, leader = run("wugan", "wall", round_trip, loss, 0.0, 0)
            assert isinstance(leader, Watched)
            shares.append(f"{1e3 * round_trip:.0f} ms {100 * felt_wrong(trace, leader.told, round_trip / 2):.2f} %")
        print(f"  loss {100 * loss:.0f} %: " + ", ".join(shares))


if __name__ == "__main__":
    main()
