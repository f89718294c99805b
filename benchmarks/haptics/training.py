"""Points of scripted operators, alone and guided, in virtual time.

    python benchmarks/haptics/training.py             # three operators each, about a minute
    python benchmarks/haptics/training.py --seeds 10

The peer of guidance that fades is the same training without guidance, and with all of it all the time.
"""

from __future__ import annotations

import argparse

import numpy as np

from wugan.apps.teleop.assist import Assist
from wugan.apps.teleop.operator import SKILLS, Operator
from wugan.apps.teleop.practise import practise
from wugan.apps.teleop.score import Score, score
from wugan.apps.teleop.tasks import Task, task


def run(known: Task, skill: str, seed: int, how: str) -> tuple[Score, float]:
    assist = None if how == "alone" else Assist(known.limits.path_m, fixed=how == "always")
    trial = practise(known, Operator(known, skill, seed), assist)
    return score(trial, known), float(trial.level.mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    print("| task | operator | guidance | points | off the path (mm) | done | violations | guidance, mean |")
    print("|---|---|---|---:|---:|---:|---:|---:|")
    for name in ("peg", "deburring"):
        known = task(name, 1)
        for skill in SKILLS:
            for how in ("alone", "fading", "always"):
                found = [run(known, skill, seed, how) for seed in range(options.seeds)]
                rows = [(one.total, one.path_mm, one.completed, len(one.violations)) for one, _ in found]
                points, off, done, unsafe = np.mean(rows, axis=0).tolist()
                level = 100 * float(np.mean([level for _, level in found]))
                print(
                    f"| {name} | {skill} | {how} | {points:.0f} | {off:.2f} | {100 * done:.0f} % | {unsafe:.1f} "
                    f"| {level:.0f} % |"
                )


if __name__ == "__main__":
    main()
