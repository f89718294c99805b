"""Trains small models with dense attention and with DAR on recall tasks, and compares accuracy and operations.

    python benchmarks/attention/quality/run.py [task ...] [--seeds 3] [--settings NAME ...] [--json FILE] [--plot FILE]

Tasks: mqar-256, mqar-1024, passkey, needle (see settings.py). One thread. Prints a Markdown table: held-out accuracy,
mean ± standard deviation over seeds; ratio to dense attention; share of dense attention's operations (flops.py says
what counts), routing included; seconds of processor time of the training. Peers run if named by `--settings`; they need
what `../peers.py` says.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from settings import Setting, Task, tasks
from torch import nn
from training import Trainer, evaluate

Row = dict[str, Any]


def make(task: Task, setting: Setting, seed: int) -> nn.Module:
    """The model, the same weights for all settings of a seed."""
    torch.manual_seed(seed)
    return task.model(setting.factory())


def run(name: str, task: Task, seed: int, settings: Iterable[Setting], log: bool) -> list[Row]:
    """Train and test every setting; one row each and for each test."""
    begin = time.process_time()
    teacher = make(task, task.settings[0], seed)
    first = Trainer(teacher, task.easy, seed + 1, log=log)
    first.learn(task.patience, task.schedule.rate)
    shared = time.process_time() - begin
    rows: list[Row] = []
    for setting in settings:
        begin = time.process_time()
        model = make(task, setting, seed)
        start = -(-task.keys // setting.options.get("block_size", task.keys))
        own = Trainer(model, task.easy, seed + 1, log=log)
        if setting.scratch:
            own.learn(task.patience if setting.layer else first.steps, task.schedule.rate)
        else:  # the same first phase, so it is not done again; a gate joins now
            model.load_state_dict(teacher.state_dict(), strict=False)
        trainer = Trainer(model, task.train, seed + 2, log=log)
        trainer.narrow(task.schedule, start, None if setting.cold else setting.top_k)
        seconds = time.process_time() - begin + (0 if setting.scratch else shared)
        steps = (own if setting.scratch else first).steps + trainer.steps
        for test, (batches, count) in task.test.items():
            accuracy, flops = evaluate(model, batches, count)
            rows.append(
                {
                    "task": name,
                    "setting": setting.name,
                    "top_k": setting.top_k,
                    "options": setting.options,
                    "seed": seed,
                    "test": test,
                    "accuracy": accuracy,
                    "share": flops.share if flops.dense else None,
                    "routing": flops.routing / flops.dense if flops.dense else None,
                    "steps": steps,
                    "seconds": seconds,
                }
            )
            if log:
                print(rows[-1], flush=True)
    return rows


def table(rows: list[Row]) -> str:
    """Markdown, a row for each setting and test."""
    lines = [
        "| task | tested at | attention | accuracy | ratio to dense | operations | training, s |",
        "|---|---|---|---|---|---|---|",
    ]
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["task"], row["test"], row["setting"]), []).append(row)
    dense = {key[:2]: mean(group, "accuracy") for key, group in groups.items() if key[2] == "dense"}
    for (task, test, setting), group in groups.items():
        accuracy = mean(group, "accuracy")
        spread = statistics.stdev(row["accuracy"] for row in group) if len(group) > 1 else 0.0
        ratio = accuracy / dense[task, test] if dense.get((task, test)) else float("nan")
        width = group[0]["options"].get("block_size")
        what = f"{setting}: {group[0]['top_k']} × {width}" if width else setting
        share = "–" if group[0]["share"] is None else f"{mean(group, 'share'):.1%}"
        lines.append(
            f"| {task} | {test} | {what} | {accuracy:.4f} ± {spread:.4f} | {ratio:.1%} | {share} "
            f"| {mean(group, 'seconds'):.0f} |"
        )
    return "\n".join(lines)


def mean(rows: list[Row], key: str) -> float:
    """Mean of a column."""
    return statistics.fmean(row[key] for row in rows)


def plot(rows: list[Row], path: Path) -> None:
    """Accuracy over the share of operations, a panel for each task: mean and range over seeds of settings and tests."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    names = list(dict.fromkeys(row["task"] for row in rows))
    figure, axes = pyplot.subplots(1, len(names), figsize=(4.5 * len(names), 6), sharey=True, squeeze=False)
    for axis, name in zip(axes[0], names, strict=True):
        axis.axvline(0.15, color="0.8")
        axis.axhline(0.99, color="0.8")
        mine = [row for row in rows if row["task"] == name and row["share"] is not None]
        keys = list(dict.fromkeys((row["setting"], row["test"]) for row in mine))
        tests = list(dict.fromkeys(test for _, test in keys))
        settings = list(dict.fromkeys(setting for setting, _ in keys))
        for setting, test in keys:
            here = [row for row in mine if (row["setting"], row["test"]) == (setting, test)]
            values = [row["accuracy"] for row in here]
            middle = statistics.fmean(values)
            axis.errorbar(
                mean(here, "share"),
                middle,
                [[middle - min(values)], [max(values) - middle]],
                fmt="osD"[tests.index(test)],
                color=f"C{settings.index(setting)}",
                label=f"{setting}; tested at {test}",
            )
        axis.set(title=name, xlabel="operations, share of dense attention's", xscale="log", ylim=(0.5, 1.02))
        axis.set_xlim(0.012, 1.3)
        axis.set_xticks([0.02, 0.05, 0.15, 0.5, 1], ["2 %", "5 %", "15 %", "50 %", "100 %"])
        axis.minorticks_off()
        axis.legend(fontsize=7, loc="upper center", bbox_to_anchor=(0.5, -0.12), frameon=False)
    axes[0, 0].set_ylabel("held-out accuracy")
    figure.savefig(path, dpi=100, bbox_inches="tight")


def main() -> None:
    known = tasks()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", nargs="*", default=list(known))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument(
        "--settings",
        nargs="+",
        help="only these; by default all but the peers of mqar-256 and -1024",
    )
    parser.add_argument(
        "--json",
        type=Path,
        help="write the rows there, beside those of other settings, and show all that it holds; --seeds 0 only shows",
    )
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--log", action="store_true", help="print how the training goes")
    options = parser.parse_args()
    if unknown := set(options.tasks) - set(known):
        parser.error(f"unknown task {', '.join(unknown)}: choose from {', '.join(known)}")
    torch.set_num_threads(1)
    sys.path.append(str(Path(__file__).resolve().parents[1]))  # peers.py
    rows: list[Row] = []
    for name in options.tasks:
        for seed in range(options.seeds):
            wanted = [
                setting
                for setting in known[name].settings
                if (setting.name in options.settings if options.settings else setting.layer is None)
            ]
            rows += run(name, known[name], 10 * seed, wanted, options.log)
            if options.json:
                save(options.json, rows)
    if options.json and options.json.exists():
        rows = json.loads(options.json.read_text())["rows"]
    seeds = len({row["seed"] for row in rows})
    print(f"torch {torch.__version__}, {platform.machine()}, one thread, {seeds} seeds\n\n{table(rows)}")
    if options.plot:
        plot(rows, options.plot)


def save(path: Path, rows: list[Row]) -> None:
    """Write the rows, in place of those of the same task and setting."""
    done = {(row["task"], row["setting"]) for row in rows}
    kept = json.loads(path.read_text())["rows"] if path.exists() else []
    kept = [row for row in kept if (row["task"], row["setting"]) not in done]
    command = "python benchmarks/attention/quality/run.py --seeds 3 --json benchmarks/attention/quality/results.json"
    path.write_text(
        json.dumps(
            {"command": command, "torch": torch.__version__, "rows": kept + rows},
            indent=1,
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
