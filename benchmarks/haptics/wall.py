"""How stiff a virtual wall may be: energy with and without passivity control, and Z-width against theory.

    python benchmarks/haptics/wall.py [--full] [--json]

A handle (100 g, 0.1 N·s/m, encoder of 10 µm) in different hands meets a wall; the loop samples at 1 kHz, and each force
acts 1 ms after the position that it was made from, for 1 ms. All energies are those that really flow, by positions 20
times finer than the loop's. Three tables:

1. The lowest net energy of the wall over all hands: without control; with time-domain control as of 2002 (Hannaford and
   Ryu: damping once energy has come out, without a limit and with ours), and with ours; and how much of all force ours
   took away.
2. Z-width: the stiffest passive wall for each friction b of the handle. `theory` is b/(T/2 + t_d) (Colgate and
   Schenkel). `moved` is measured on a handle that is moved by force along sines of 0.5 to 20 Hz: the stiffest wall that
   gives out no more than friction eats. `calms` is the stiffest on which a pushed handle (2 N, and an undamped hold)
   calms down, without and with the controller. `passive` is the stiffest tried whose own energy stays above −0.05 mJ
   with every hand, with the controller.
3. The whole chain of the servo (guard, renderer, passivity) on the emulators' body.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from handle import PERIOD_S, Controller, Hand, Handle, Reactive, hands, simulate

from wugan.devices.haptic.coupling import stiffest
from wugan.devices.haptic.driver import HapticSpec, State
from wugan.devices.haptic.effects import Program, Renderer, Wall
from wugan.devices.haptic.emulators.body import Body, ForceHand, SpringHand
from wugan.devices.haptic.passivity import PassivityController
from wugan.devices.haptic.safety import Guard

BOUND_J = -5e-5
DELAY_S = 1e-3
STIFFNESSES = (200.0, 500.0, 1000.0, 1500.0, 3000.0)
FRICTIONS = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
REST_M = 1e-4  # peak to peak in the last half second: that is calm
CALM_SHARE = 0.5  # of the swing three seconds before: that is on the way
LADDER = (1500.0, 2000.0, 3000.0, 5000.0)
SPEC = HapticSpec(
    protocol="wugan",
    model="benchmark",
    space="cartesian",
    max_output=(8.0,),
    workspace=((-0.1, 0.1),),
    max_velocity=(5.0,),
    max_rate_hz=1000.0,
    watchdog_s=0.05,
    reads_without_commanding=True,
    measures_velocity=False,
)


def ours() -> PassivityController:
    return PassivityController.of(SPEC, delay_periods=round(DELAY_S / PERIOD_S))


def energies(stiffness: float) -> dict[str, float]:
    """Lowest net energy over all hands, mJ."""
    makers: dict[str, Callable[[], Controller | None]] = {
        "without": lambda: None,
        "reactive": Reactive,
        "reactive_limited": lambda: Reactive(most=ours().max_damping),
        "ours": ours,
    }
    row = {"stiffness": stiffness}
    for name, maker in makers.items():
        runs = [simulate(stiffness, hand, Handle(), maker()) for hand in hands()]
        row[name] = 1e3 * min(run.lowest_j for run in runs)
    row["withheld"] = 100 * sum(run.withheld_ns for run in runs) / sum(run.wanted_ns for run in runs)
    return row


def moved(friction: float) -> float:
    """The stiffest wall that gives out no more than friction eats, while the handle is moved along sines (exact)."""
    least = math.inf
    for hertz in (0.5, 1.0, 2.0, 5.0, 10.0, 20.0):
        omega, size = math.tau * hertz, 0.002
        periods = round(1 / (hertz * PERIOD_S))

        def depth(time_s: float, size: float = size, omega: float = omega) -> float:
            return size * (1.0 - math.cos(omega * time_s))

        given = 0.0  # J for each N/m and cycle: by the depth a delay ago, held for a period
        for number in range(periods):
            begin = number * PERIOD_S
            given += depth(begin - DELAY_S) * (depth(begin) - depth(begin + PERIOD_S))
        eaten = friction * size**2 * omega**2 / (2 * hertz)
        least = min(least, eaten / given)
    return least


def calms(friction: float, with_control: bool) -> float:
    """The stiffest wall on which a pushed handle calms down, by bisection."""
    pushed = [hand for hand in hands() if hand.name in ("push, 2 N", "hold, undamped")]

    def swing(path: list[float]) -> float:
        return max(path) - min(path)

    def calm(stiffness: float) -> bool:
        for hand in pushed:
            control: Controller | None = ours() if with_control else None
            path = simulate(stiffness, replace(hand, duration_s=4.0), Handle(damping=friction), control).position
            if swing(path[-500:]) > max(REST_M, CALM_SHARE * swing(path[500:1000])):
                return False
        return True

    low, high = 0.0, LADDER[-1]
    if calm(high):
        return high
    for _ in range(9):
        middle = (low + high) / 2
        low, high = (middle, high) if calm(middle) else (low, middle)
    return low


def passive(friction: float, all_hands: list[Hand]) -> float:
    """The stiffest wall of the ladder whose energy stays above the bound with every hand."""
    best = 0.0
    for stiffness in LADDER:
        if min(simulate(stiffness, hand, Handle(damping=friction), ours()).lowest_j for hand in all_hands) < BOUND_J:
            break
        best = stiffness
    return best


def chain(stiffness: float, control: bool, hand: object, seconds: float = 1.5) -> float:
    """Lowest net energy (mJ) with guard, renderer and passivity on the emulators' body."""
    body = Body(0.1, 0.1, axes=1, encoder_step=1e-5, ends=SPEC.workspace, start=0.005, hand=hand)  # type: ignore[arg-type]
    guard, renderer, controller = Guard(SPEC), Renderer(1), ours()
    renderer.load(Program((Wall(normal=(1.0,), stiffness=stiffness, damping=0.0),)))
    guard.connected(True)
    net = lowest = acting = command = now = 0.0
    for _ in range(round((0.3 + seconds) / PERIOD_S)):
        now += PERIOD_S
        position = float(body.sensed()[0][0])
        state = guard.admit(State((position,)), now)
        output = 0.0
        if state is not None:
            force = renderer.step(state.position, guard.velocity, PERIOD_S).tolist()
            if control:
                force = list(controller.step(force, guard.velocity, PERIOD_S, state.position))
            output = guard.limit(force, state, now, PERIOD_S)[0]
            if control:
                controller.applied((output,))
        acting, command = command, output
        for _ in range(10):
            before = float(body.position[0])
            body.step(np.array([acting]), PERIOD_S / 10)
            net -= acting * (float(body.position[0]) - before)
        lowest = min(lowest, net)
    return 1e3 * lowest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="every friction and stiffness (two minutes)")
    parser.add_argument("--json", action="store_true", help="one object a line")
    options = parser.parse_args()
    stiffnesses = STIFFNESSES if options.full else (500.0, 1500.0)
    frictions = FRICTIONS if options.full else (0.1, 0.5)

    def show(row: dict[str, float], text: str) -> None:
        print(json.dumps(row) if options.json else text, flush=True)

    def head(text: str) -> None:
        if not options.json:
            print(text, flush=True)

    head("lowest net energy, mJ   without control    2002, no limit   2002, limited      ours   force withheld")
    for stiffness in stiffnesses:
        row = energies(stiffness)
        text = f"{row['without']:19.1f}{row['reactive']:18.2f}{row['reactive_limited']:16.2f}{row['ours']:10.3f}"
        show({"table": 1, **row}, f"{stiffness:8.0f} N/m {'':8}{text}{row['withheld']:15.1f} %")
    head("\nZ-width, N/m    theory    moved   calms without   calms with   passive with")
    for friction in frictions:
        row = {
            "friction": friction,
            "theory": stiffest(friction, PERIOD_S, DELAY_S),
            "moved": moved(friction),
            "calms_without": calms(friction, False),
            "calms_with": calms(friction, True),
            "passive_with": passive(friction, hands()),
        }
        most = {name: f"{'≥ ' if row[name] == LADDER[-1] else ''}{row[name]:.0f}" for name in list(row)[3:]}
        text = f"b {friction:4.2f} N·s/m{row['theory']:10.0f}{row['moved']:9.0f}"
        text += f"{most['calms_without']:>16}{most['calms_with']:>13}{most['passive_with']:>15}"
        show({"table": 2, **row}, text)
    head("\nthe whole chain, lowest net energy, mJ   without control      ours")
    people = {
        "push, 2 N": ForceHand(lambda time_s: (-2.0 if time_s > 0.3 else 0.0,)),
        "swing, 2 Hz": SpringHand(lambda time_s: (-0.005 - 0.01 * math.sin(2 * math.tau * time_s),), 300.0, 1.0),
    }
    for name, hand in people.items():
        row = {"without": chain(1500.0, False, hand), "ours": chain(1500.0, True, hand)}
        show({"table": 3, **row}, f"1500 N/m, {name:20}{row['without']:25.1f}{row['ours']:10.3f}")


if __name__ == "__main__":
    main()
