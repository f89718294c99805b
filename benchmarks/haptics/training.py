"""Points of scripted operators, alone and guided, in virtual time.

    python benchmarks/haptics/training.py             # three operators each, about a minute
    python benchmarks/haptics/training.py --seeds 10
    python benchmarks/haptics/training.py --remote    # the tool behind a network

The peer of guidance that fades is the same training without guidance, and with all of it all the time.
"""

from __future__ import annotations

import argparse

import numpy as np

from wugan.apps.teleop.coach import Assist
from wugan.apps.teleop.operator import SKILLS, Operator
from wugan.apps.teleop.practise import Network, practise, practise_remote
from wugan.apps.teleop.score import Score, score
from wugan.apps.teleop.tasks import Task, task


def run(known: Task, skill: str, seed: int, how: str) -> tuple[Score, float]:
    assist = None if how == "alone" else Assist(known.limits.path_m, fixed=how == "always")
    trial = practise(known, Operator(known, skill, seed), assist)
    return score(trial, known), float(trial.level.mean())


def remote(known: Task, skill: str, seed: int, where: str) -> Score:
    operator = Operator(known, skill, seed)
    if where == "at the tool":
        return score(practise(known, operator), known)
    world, delay = where.split()
    network = Network(float(delay) / 2000, 0.1, seed=seed)
    return score(practise_remote(known, operator, network, world=world), known)


def row(scores: list[Score]) -> str:
    values = [(one.total, one.path_mm, one.completed, one.force_n, len(one.violations)) for one in scores]
    points, off, done, force, unsafe = np.mean(values, axis=0).tolist()
    return f"{points:.0f} | {off:.2f} | {100 * done:.0f} % | {force:.1f} | {unsafe:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--remote", action="store_true", help="over networks with 10 %% loss instead, without guidance")
    options = parser.parse_args()
    what = "where" if options.remote else "guidance"
    print(f"| task | operator | {what} | points | off the path (mm) | done | contact (N) | violations |")
    print("|---|---|---|---:|---:|---:|---:|---:|")
    for name in ("peg", "deburring"):
        known = task(name, 1)
        for skill in SKILLS:
            if options.remote:
                for where in ("at the tool", "plain 20", "plain 100", *(["mujoco 100"] if name == "peg" else [])):
                    found = [remote(known, skill, seed, where) for seed in range(options.seeds)]
                    print(f"| {name} | {skill} | {where}{'' if where[0] == 'a' else ' ms'} | {row(found)} |")
                continue
            for how in ("alone", "fading", "always"):
                guided = [run(known, skill, seed, how) for seed in range(options.seeds)]
                level = 100 * float(np.mean([level for _, level in guided]))
                print(f"| {name} | {skill} | {how}, {level:.0f} % | {row([one for one, _ in guided])} |")


if __name__ == "__main__":
    main()
