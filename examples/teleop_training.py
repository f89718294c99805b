"""A trainee learns to deburr a rim at an emulated haptic device: guidance from a scan, which fades, and a score.

    python examples/teleop_training.py [FOLDER]

In virtual time, with a scripted trainee. At a device: `wugan teleop train --driver haply --port /dev/ttyACM0`.
Writes a recording of each trial (`wugan teleop replay FILE`), and report.html.
"""

import sys
from pathlib import Path

from wugan.apps.teleop.coach import Assist
from wugan.apps.teleop.operator import SKILLS, Operator, improved
from wugan.apps.teleop.practise import practise
from wugan.apps.teleop.report import write_report
from wugan.apps.teleop.score import score
from wugan.apps.teleop.tasks import task
from wugan.apps.teleop.trial import Trial


def main(folder: Path) -> None:
    # The workpiece is scanned; its rim is found in the points, and the guide pulls there.
    work = task("deburring", seed=1)
    print(f"{work.title}: {len(work.scan)} points; the path in them is {1e3 * work.error_m:.2f} mm off at most")

    # The guidance follows the error that the trainee would make alone, from trial to trial.
    guidance = Assist(work.limits.path_m)
    trials = []
    for number, practised in enumerate((0, 20), 1):
        trainee = Operator(work, improved(SKILLS["novice"], practised), seed=number)
        trial = practise(work, trainee, guidance)
        trial.info.number = number
        found = score(trial, work)
        print(f"trial {number}: {found.total:.0f} points, guidance {100 * trial.level.mean():.0f} %")
        for part in found.parts:
            print(f"   {part.name}: {part.explanation}")
        trial.save(folder / f"trial-{number:03}.mcap", overwrite=True)
        trials.append(trial)

    again = score(Trial.load(folder / "trial-001.mcap"))
    print(f"trial 1, replayed: {again.total:.0f} points, the same: {again == score(trials[0])}")
    write_report(trials, folder / "report.html", "python examples/teleop_training.py")
    print("wrote report.html")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
