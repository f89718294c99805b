"""The command `wugan teleop`, and what `wugan demo` shows of it."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import yaml

from wugan.cli import RuntimeOption, out, tell
from wugan.demo import Shown, embedded_picture
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.apps.teleop.coach import Advice
    from wugan.apps.teleop.live import Live
    from wugan.apps.teleop.score import Score
    from wugan.apps.teleop.trial import Trial

_BAR = 24  # columns of the live view's bars
_AWAY_MM = 5.0  # at which the bar of the distance is full

TaskOption = Annotated[str, typer.Option("--task", "-t", help="peg or deburring")]
OutOption = Annotated[Path, typer.Option("--out", "-o", help="result folder")]


class CoachChoice(StrEnum):
    """Who decides what the trainee is to feel."""

    rule = "rule"
    fused = "fused"


def register(cli: typer.Typer) -> None:
    """Training of teleoperation: peg in hole, deburring, guided and scored. Commands `teleop train|replay|report`."""
    group = typer.Typer(
        no_args_is_help=True, help="Train at a haptic device: peg in hole, deburring; score and report."
    )
    group.command()(train)
    group.command()(replay)
    group.command()(report)
    cli.add_typer(group, name="teleop")


def train(
    task: TaskOption = "peg",
    folder: OutOption = Path("results/teleop"),
    trials: Annotated[int, typer.Option(min=1, max=200, help="one after another; guidance goes on from each")] = 1,
    seed: Annotated[int, typer.Option(help="which workpiece")] = 0,
    driver: Annotated[str, typer.Option(help="driver of the device: wugan, haply, inverse3, …")] = "wugan",
    port: Annotated[
        str | None, typer.Option(help="serial port of a real device; without it, one is emulated and a script holds it")
    ] = None,
    values: Annotated[
        list[str] | None, typer.Option("--set", "-s", metavar="KEY=VALUE", help="of a real device's driver; repeatable")
    ] = None,
    skill: Annotated[str, typer.Option(help="of the scripted operator: novice, trained or expert")] = "trained",
    guidance: Annotated[float, typer.Option(min=0, max=1, help="at the start; it fades by itself")] = 1.0,
    fixed: Annotated[bool, typer.Option("--fixed", help="keep the guidance as it is")] = False,
    virtual: Annotated[
        bool, typer.Option("--virtual", help="virtual time: no port, no servo, ten times as fast")
    ] = False,
    delay: Annotated[
        str | None, typer.Option(help="with --virtual: round trip between you and the tool, such as 100ms")
    ] = None,
    loss: Annotated[float, typer.Option(min=0, max=0.9, help="with --delay: share of packets that are lost")] = 0.0,
    world: Annotated[str, typer.Option(help="with --delay: what the tool touches, plain or mujoco")] = "plain",
    seconds: Annotated[float | None, typer.Option(min=1, help="end each trial after so long")] = None,
    coach: Annotated[
        CoachChoice, typer.Option(help="who guides: a rule, or a model that fuses touch and tool")
    ] = CoachChoice.rule,
    runtime: RuntimeOption = "local",
) -> None:
    """Train: by default at an emulated device that a scripted operator holds; with --port at a real one."""
    from wugan.apps.teleop.practise import Network, live_session, virtual_session
    from wugan.apps.teleop.report import write_report
    from wugan.duration import to_ns

    command = f"wugan teleop train --task {task}"
    if delay is not None and not virtual:
        raise typer.BadParameter("--delay needs --virtual")
    if virtual and coach is not CoachChoice.rule:
        raise typer.BadParameter("--coach fused guides in real time only; leave --virtual out")
    if virtual:
        if port is not None:
            raise typer.BadParameter("give --port or --virtual, not both")
        network = None if delay is None else Network(to_ns(delay) / 2e9, loss)
        with out.status("Practising in virtual time"):
            done = list(virtual_session(task, seed, skill, trials, guidance, fixed, folder, network, world))
        notes: list[str] = ["In virtual time: no device, no servo process."]
    else:
        if port is not None:
            tell("Bring the tool to the start of the path, where the guide pulls; then do the work.", "cyan")
        lives: list[Live] = []
        with _view() as show:
            for live in live_session(
                task,
                seed,
                driver,
                port,
                _values(values or []),
                skill,
                trials,
                guidance,
                fixed,
                folder,
                seconds,
                runtime,
                show,
                coach.value,
            ):
                lives.append(live)
        done = [live.trial for live in lives]
        notes = [f"Trial {live.trial.info.number}: {note}" for live in lives for note in live.notes]
    scores = write_report(done, folder / "report.html", command, notes)
    _tell(done, scores)
    (folder / "scores.json").write_text(json.dumps([one.model_dump() for one in scores], indent=2), encoding="utf-8")
    out.print(f"See {folder / 'report.html'}", style="green", highlight=False)


def replay(
    recording: Annotated[Path, typer.Argument(help="trial-….mcap of a result folder")],
    as_json: Annotated[bool, typer.Option("--json", help="print the score as JSON")] = False,
) -> None:
    """Score a recorded trial again. The same recording gives the same score."""
    from wugan.apps.teleop.score import score
    from wugan.apps.teleop.trial import Trial

    trial = Trial.load(recording)
    found = score(trial)
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        _tell([trial], [found], explained=True)


def report(
    folder: Annotated[Path, typer.Argument(help="result folder with trial-….mcap")],
    page: Annotated[Path | None, typer.Option("--out", "-o", help="file to write; report.html in the folder")] = None,
) -> None:
    """Write the report of a folder's recordings anew."""
    from wugan.apps.teleop.report import write_report
    from wugan.apps.teleop.trial import Trial

    files = sorted(folder.glob("trial-*.mcap"))
    if not files:
        raise DataError(f"{folder} holds no trial-….mcap; make some with `wugan teleop train --out {folder}`")
    trials = [Trial.load(file) for file in files]
    target = page or folder / "report.html"
    scores = write_report(trials, target, f"wugan teleop report {folder}")
    _tell(trials, scores)
    out.print(f"See {target}", style="green", highlight=False)


def demo(folder: Path, runtime: str) -> Shown:
    """Teleoperation training: one trial at an emulated device in real time, a novice's progress in virtual time."""
    from wugan.apps.teleop.practise import live_session, virtual_session
    from wugan.apps.teleop.report import write_report

    with out.status("A novice practises deburring, in virtual time"):
        done = list(virtual_session("deburring", 1, "novice", 2, 1.0, False, folder / "novice"))
    scores = write_report(done, folder / "novice" / "report.html", "wugan demo teleop", ["In virtual time."])
    _tell(done, scores)
    with _view() as show:
        lives = list(
            live_session("peg", 1, "wugan", None, {}, "expert", 1, 1.0, False, folder / "live", None, runtime, show)
        )
    trials = [live.trial for live in lives]
    notes = [note for live in lives for note in live.notes]
    scores = write_report(trials, folder / "live" / "report.html", "wugan demo teleop", notes)
    _tell(trials, scores)
    page = folder / "index.html"
    page.write_text(_INDEX, encoding="utf-8")
    figures = {
        "peg in hole, in real time": f"{scores[-1].total:.0f} points, {scores[-1].path_mm:.2f} mm off the path",
    }
    picture = embedded_picture(folder / "live" / "report.html")
    return Shown(page, picture, "", "the device (emulated), its operators (scripted), the workpieces", figures)


_INDEX = """<!doctype html><html lang="en"><meta charset="utf-8"><title>wugan teleop</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:4rem auto;padding:0 1rem;color:#1b2430}
a{display:block;padding:1rem 1.25rem;margin:1rem 0;border:1px solid #d5dbe3;border-radius:.6rem;color:inherit}</style>
<h1>Training of teleoperation</h1>
<a href="live/report.html"><b>Peg in hole, in real time</b><br>a scripted operator at an emulated device, through the
servo process and the pipeline</a>
<a href="novice/report.html"><b>Deburring, a novice's progress</b><br>two stages of practice in virtual time; the
guidance fades</a></html>
"""


def _values(texts: list[str]) -> dict[str, Any]:
    values = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise typer.BadParameter(f"{text!r}: give KEY=VALUE, such as axes=3")
        values[key] = yaml.safe_load(value)
    return values


def _view() -> Any:
    """A live line for each decision of the coach, as a context manager that gives the function to call."""
    import contextlib
    from collections.abc import Iterator

    @contextlib.contextmanager
    def shown() -> Iterator[Any]:
        with out.status("Opening the device (compiling its kernels the first time)") as status:

            def show(seconds: float, advice: Advice) -> None:
                done, off = _bar(advice.progress), _bar(advice.away_mm / _AWAY_MM)
                status.update(
                    f"{seconds:5.1f} s  {done} done   {off} {advice.away_mm:4.1f} mm off   "
                    f"guidance {100 * advice.level:3.0f} %"
                )

            yield show

    return shown()


def _bar(share: float) -> str:
    filled = round(min(1.0, max(0.0, share)) * _BAR)
    return "█" * filled + "░" * (_BAR - filled)


def _tell(trials: list[Trial], scores: list[Score], explained: bool = False) -> None:
    for trial, one in zip(trials, scores, strict=True):
        out.print(
            f"  trial {trial.info.number} ({trial.info.operator}, {trial.info.task}): [bold]{one.total:.0f}[/] points; "
            f"{one.seconds:.1f} s, {one.path_mm:.2f} mm off the path, {one.force_n:.1f} N, "
            f"{100 * one.completed:.0f} % done, guidance {100 * trial.level.mean():.0f} %",
            highlight=False,
            soft_wrap=True,
        )
        if explained:
            for part in one.parts:
                out.print(
                    f"    {part.name:7} {part.points:4.1f} of {100 * part.weight:.0f}: {part.explanation}", markup=False
                )
        for violation in one.violations:
            tell(f"    {violation.start_s:.1f} s: {violation.text}", "yellow")
