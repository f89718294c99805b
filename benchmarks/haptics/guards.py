"""How many wrong values the guards refuse, how many right ones they let through, and what that costs.

    python benchmarks/haptics/guards.py [--count 2000] [--json]

For the device of each driver: values that are not finite, overflows, and errors of unit, as forces, as states, as
parameters of effects and as limits. Beside it what a plain `np.clip` to the device's range would have sent on (NaN and
a full force). `--count` is the number of random cases for each line and device (a twentieth of it for parameters).

Errors of unit, with values drawn over the whole believable range of the device and the factor of the slip applied to
SI: mm for m, cm for m, mm/s for m/s, degrees for radians, N/mm and N/cm for N/m, mN for N, N·mm for N·m, g for kg (as
written quantities of another kind, as bare numbers, and as streams of states). Bare positions are drawn from the outer
nine tenths of the workspace: nearer to its middle 0.1 mm and 0.1 m are both places, and only a written unit tells.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points

import numpy as np

from wugan.devices.haptic.driver import HapticSpec, State
from wugan.devices.haptic.effects import Damper, Program, Spring, Wall
from wugan.devices.haptic.passivity import PassivityController
from wugan.devices.haptic.safety import Guard, Limits
from wugan.devices.haptic.safety.limits import JOINT_UNITS, Plausible
from wugan.errors import DataError

PERIOD_S = 1e-3
DEGREE = 180 / math.pi
NOT_FINITE = (math.nan, math.inf, -math.inf)
# A written quantity for each kind of SI unit, and texts of other kinds or without one that stand for typical slips.
WRITTEN = {
    "N/m": ("2 mm", "2 N", "2 N·m", "30 deg", "2", "2 N/s", "1,5 N/mm", "nan N/m", "inf N/m", "2 foo"),
    "N·s/m": ("2 N/m", "2 N·m·s", "2 kg", "2", "2 s", "-inf N·s/m"),
    "m": ("30 deg", "2 N", "2", "5 mm/s", "2 MM", "1e999 m"),
    "N": ("2 N·m", "2 kg", "200 g", "2 J", "2", "2 N/m"),
    "m/s": ("200 mm", "60 rpm", "3 Hz", "2"),
    "rad": ("30 mm", "30", "2 rad/s", "1 Hz"),
}

Tally = dict[str, list[int]]


def devices() -> list[HapticSpec]:
    """What the drivers' devices can do."""
    found = [entry.load()().spec for entry in entry_points(group="wugan.haptic_drivers")]
    return sorted(found, key=lambda spec: spec.protocol)


def middle(spec: HapticSpec) -> tuple[float, ...]:
    return tuple((low + high) / 2 if math.isfinite(high - low) else 0.0 for low, high in spec.workspace)


def ready(spec: HapticSpec) -> Guard:
    """A guard whose ramp is over."""
    guard = Guard(spec)
    guard.connected(True)
    state = State(middle(spec))
    for number in range(400):
        guard.limit((0.0,) * spec.axes, state, number * PERIOD_S, PERIOD_S)
    return guard


def forces(spec: HapticSpec, chance: random.Random, count: int) -> Iterator[tuple[str, bool, bool]]:
    """Line, refused, and whether a clip would have let the device push."""
    guard, state, now = ready(spec), State(middle(spec)), 1.0
    caps = np.array(spec.max_output)
    for number in range(count):
        wanted = [chance.uniform(-most, most) for most in spec.max_output]
        axis = chance.randrange(spec.axes)
        line = "force not finite" if number % 2 else "force overflow"
        if number % 2:
            wanted[axis] = NOT_FINITE[number // 2 % 3]
        else:
            wanted[axis] = chance.choice((-1, 1)) * guard.limits.output[axis] * 10 ** chance.uniform(3.001, 300)
        now += PERIOD_S
        output = guard.limit(wanted, state, now, PERIOD_S)
        clipped = np.clip(wanted, -caps, caps)
        yield line, not any(output), bool(np.isnan(clipped).any() or np.abs(clipped).max() >= caps[axis] * 0.999)


def states(spec: HapticSpec, chance: random.Random, count: int) -> Iterator[tuple[str, bool, bool]]:
    """States that are not finite."""
    guard, rest, now = ready(spec), middle(spec), 1.0
    for number in range(count):
        position, velocity = list(rest), [0.0] * spec.axes
        (position if number % 2 else velocity)[chance.randrange(spec.axes)] = NOT_FINITE[number // 2 % 3]
        now += PERIOD_S
        admitted = guard.admit(State(tuple(position), tuple(velocity)), now)
        yield "state not finite", admitted is None, True


def swing(spec: HapticSpec, time_s: float, hertz: float) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Where a hand is that swings over a third of the workspace, and how fast."""
    omega = math.tau * hertz
    sizes = [(high - low) / 6 if math.isfinite(high - low) else 1.0 for low, high in spec.workspace]
    sizes = [min(size, 0.9 * fastest / omega) for size, fastest in zip(sizes, spec.max_velocity, strict=True)]
    place = [mid + size * math.sin(omega * time_s) for mid, size in zip(middle(spec), sizes, strict=True)]
    return tuple(place), tuple(size * omega * math.cos(omega * time_s) for size in sizes)


def streams(spec: HapticSpec, chance: random.Random, count: int) -> Iterator[tuple[str, bool, bool]]:
    """Streams of states in wrong units: refused while the ramp of a quarter of a second still runs. And right ones."""
    slips = (("rad", DEGREE),) if spec.space == "joint" else (("m", 1000.0), ("m", 100.0))
    for number in range(max(1, count // 200)):
        hertz = chance.uniform(0.5, 3.0)
        for kind in ("right", "position", "velocity", "both"):
            if kind != "right" and spec.space == "joint" and not math.isfinite(spec.workspace[0][1]):
                continue  # a wheel without ends and without a sensor for speed turns as far as it likes
            if kind == "velocity" and not spec.measures_velocity:
                continue
            _, factor = slips[number % len(slips)]
            guard, refused = Guard(spec), False
            guard.connected(True)
            for step in range(250):
                place, speed = swing(spec, step * PERIOD_S, hertz)
                if kind in ("position", "both"):
                    place = tuple(factor * value for value in place)
                if kind in ("velocity", "both"):
                    speed = tuple(factor * value for value in speed)
                state = State(place, speed if spec.measures_velocity else None)
                if guard.admit(state, step * PERIOD_S) is None:
                    refused = True
                    break
            yield ("right stream" if kind == "right" else "stream in wrong units"), refused, kind != "right"


def refused(make: Callable[[], object]) -> bool:
    try:
        make()
    except DataError:
        return True
    return False


def parameters(spec: HapticSpec, chance: random.Random, count: int) -> Iterator[tuple[str, bool, bool]]:
    """Parameters of effects and limits, written and bare, right and wrong."""
    plausible = Plausible.of(spec)

    def program(**values: object) -> Callable[[], object]:
        kinds = {"stiffness": Spring, "center": Spring, "damping": Damper}
        kind = kinds[next(iter(values))]
        if "center" in values:
            values["stiffness"] = math.sqrt(math.prod(plausible.ranges["N/m"]))
        return lambda: Program((kind(**values),)).check(spec)  # type: ignore[arg-type]

    for unit, texts in WRITTEN.items():
        for text in texts:
            name = {"N/m": "stiffness", "N·s/m": "damping", "m": "center", "rad": "center"}.get(unit)
            if unit == "rad" and spec.space != "joint":
                continue
            if name == "center" and (unit == "m") == (spec.space == "joint"):
                continue
            if unit in ("N", "m/s"):
                limit = {"N": "output", "m/s": "speed"}[unit]
                if spec.space == "joint" and text in ("2 N·m", "2 J", "60 rpm"):
                    continue  # of the right kind there
                yield "written unit", refused(lambda limit=limit, text=text: Limits.of(spec, **{limit: text})), True
            elif name is not None:
                if spec.space == "joint" and text in ("2 N·m·s",):
                    continue
                value: object = (text,) * spec.axes if name == "center" else text
                yield "written unit", refused(program(**{name: value})), True
    for _ in range(count):
        for unit, name in (("N/m", "stiffness"), ("N·s/m", "damping")):
            least, most = plausible.ranges[unit]
            value = math.exp(chance.uniform(math.log(least), math.log(most)))
            yield "right parameter", refused(program(**{name: value})), False
            yield "bare parameter", refused(program(**{name: value * 1000})), True
            yield "bare parameter", refused(program(**{name: value / 1000})), True
            name_of = JOINT_UNITS[unit] if spec.space == "joint" else unit
            yield "right parameter", refused(program(**{name: f"{value:.6f} {name_of}"})), False
        least, most = plausible.ranges["kg"]
        value = math.exp(chance.uniform(math.log(least), math.log(most)))
        yield "bare parameter", refused(lambda value=value: plausible.check(1000 * value, "kg", "mass")), True
        axis = chance.randrange(spec.axes)
        low, high = spec.workspace[axis]
        if math.isfinite(high - low):
            centre = list(middle(spec))
            reach = max(abs(low), abs(high))
            centre[axis] = chance.choice((low, high)) * chance.uniform(0.1, 1.0) or 0.5 * reach
            yield "right parameter", refused(program(center=tuple(centre))), False
            for factor in (DEGREE,) if spec.space == "joint" else (1000.0, 100.0):
                wrong = tuple(factor * value for value in centre)
                yield "bare position", refused(program(center=wrong)), True
        share = chance.uniform(0.05, 1.0)
        cap = share * Limits.of(spec).output[0]
        yield "right limit", refused(lambda cap=cap: Limits.of(spec, output=[cap] * spec.axes)), False
        yield "bare limit", refused(lambda cap=cap: Limits.of(spec, output=[1000 * cap] * spec.axes)), True


def cost(axes: int) -> dict[str, float]:
    """Microseconds of each call in a period."""
    span = ((-0.1, 0.1),) * axes
    spec = HapticSpec("x", "x", "cartesian", (8.0,) * axes, span, (2.0,) * axes, 2000.0, 0.05, True, True)
    guard, controller = ready(spec), PassivityController.of(spec)
    wall = Wall(normal=(1.0,) * axes)
    times = {"admit": [], "passivity": [], "limit": []}  # type: dict[str, list[float]]
    clock, now = time.perf_counter, 10.0
    for number in range(20_000):
        now += PERIOD_S
        place, speed = swing(spec, number * PERIOD_S, 1.0)
        state = State(place, speed)
        force = [-wall.stiffness * value for value in place]
        begin = clock()
        admitted = guard.admit(state, now)
        middle_1 = clock()
        held = controller.step(force, speed, PERIOD_S, place)
        middle_2 = clock()
        output = guard.limit(held, admitted, now, PERIOD_S)
        controller.applied(output)
        end = clock()
        for name, value in (("admit", middle_1 - begin), ("passivity", middle_2 - middle_1), ("limit", end - middle_2)):
            times[name].append(value * 1e6)
    row = {name: float(np.median(values)) for name, values in times.items()}
    together = np.sum(list(times.values()), axis=0)
    return {**row, "together": float(np.median(together)), "p99": float(np.percentile(together, 99))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=2000, help="random cases for each line and device")
    parser.add_argument("--json", action="store_true", help="one object a line")
    options = parser.parse_args()
    chance = random.Random(5)
    wrong: Tally = {}
    right: Tally = {}
    clipped = [0, 0]
    specs = devices()
    for spec in specs:
        for line, was_refused, sent_on in forces(spec, chance, options.count):
            tally = wrong.setdefault(line, [0, 0])
            tally[0] += was_refused
            tally[1] += 1
            clipped[0] += sent_on
            clipped[1] += 1
        for source in (states, streams, parameters):
            count = options.count if source is not parameters else max(1, options.count // 20)
            for line, was_refused, should_be in source(spec, chance, count):
                tally = (wrong if should_be else right).setdefault(line, [0, 0])
                tally[0] += was_refused
                tally[1] += 1

    def show(row: dict[str, object], text: str) -> None:
        print(json.dumps(row, ensure_ascii=False) if options.json else text)

    if not options.json:
        print(f"{len(specs)} devices: " + ", ".join(spec.protocol for spec in specs))
        print(f"{'wrong values':28}{'refused':>9} of")
    for line, (number, of) in wrong.items():
        show({"line": line, "refused": number, "of": of}, f"{line:28}{number:9d} {of:8d}  {100 * number / of:8.3f} %")
    show(
        {"line": "np.clip sends on", "sent": clipped[0], "of": clipped[1]},
        f"{'(np.clip sends on, forces)':28}{clipped[0]:9d} {clipped[1]:8d}  {100 * clipped[0] / clipped[1]:8.3f} %",
    )
    if not options.json:
        print(f"\n{'right values':28}{'refused':>9} of")
    for line, (number, of) in right.items():
        show({"line": line, "refused": number, "of": of}, f"{line:28}{number:9d} {of:8d}  {100 * number / of:8.3f} %")
    if not options.json:
        print("\ncost, µs (median)   admit  passivity   limit  together     p99")
    for axes in (1, 2, 3, 6):
        row = cost(axes)
        text = (
            f"{row['admit']:10.1f}{row['passivity']:11.1f}{row['limit']:8.1f}{row['together']:10.1f}{row['p99']:8.1f}"
        )
        show({"axes": axes, **row}, f"{axes} axes {'':8}{text}")


if __name__ == "__main__":
    main()
