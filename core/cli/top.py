"""The command `wugan top`: a live table of a pipeline that runs in another process of this machine."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from wugan.cli.console import out, tell

RunArgument = Annotated[str | None, typer.Argument(metavar="RUN", help="a pipeline's name or its process number")]

# Columns in their order, and how early each is left out where the terminal is narrow: the highest number first. One
# that counts trouble goes first while there is none, and stays longest where there is.
COLUMNS = {
    "stage": 0,
    "state": 3,
    "in/s": 1,
    "out/s": 5,
    "queue": 1,
    "bytes": 9,
    "drops": 0,
    "p50": 8,
    "p99": 4,
    "age p50": 7,
    "age p99": 2,
    "busy": 2,
    "restarts": 0,
    "failed": 0,
    "lost": 0,
}
TROUBLE = ("drops", "restarts", "failed", "lost")
NO_TROUBLE = 10  # how early a column of troubles goes where all are 0
STYLES = {"running": "green", "ended": "dim", "blocked": "yellow", "starting": "cyan", "restarting": "yellow"}


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(top)


def top(
    run: RunArgument = None,
    once: Annotated[bool, typer.Option("--once", help="print one table and exit")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line, instead of a table")] = False,
    list_: Annotated[bool, typer.Option("--list", help="list the pipelines that run, and exit")] = False,
    interval: Annotated[float, typer.Option(min=0.05, help="seconds between two looks, which rates are over")] = 1.0,
) -> None:
    """Watch a pipeline that runs on this machine: rates, queues, ages, drops, and what holds it up.

    Without RUN it is the one that was started last. Ctrl-C leaves; the pipeline runs on.
    """
    from wugan.observe.announcement import choose, runs

    found = runs()
    if list_:
        _list(found, as_json)
        return
    chosen = choose(found, run)
    others = [other for other in found if other != chosen]
    before = chosen.ask()
    if before is None:
        tell(f"pipeline {chosen.pipeline!r} has just ended", "yellow")
        return
    also = ", ".join(f"{other.pipeline} ({other.pid})" for other in others)
    try:
        if as_json or once or not out.is_terminal:
            _print(chosen, before, interval, also, once, as_json)
        else:
            _watch(chosen, before, interval, also)
    except KeyboardInterrupt:
        return
    if not once:
        tell(f"pipeline {chosen.pipeline!r} has ended", "yellow")


def _list(found: list[Any], as_json: bool) -> None:
    table = Table("pipeline", "process", "running for", box=box.SIMPLE_HEAD)
    for run in found:
        if as_json:
            print(json.dumps({"pipeline": run.pipeline, "pid": run.pid, "started": run.started}))
        else:
            table.add_row(Text(run.pipeline), str(run.pid), duration(run.age_s))
    if not as_json:
        out.print(table if found else "no pipeline of this user runs on this machine")


def _print(run: Any, before: dict[str, Any], interval: float, also: str, once: bool, as_json: bool) -> None:
    """One table or JSON object after another, until the run ends."""
    from wugan.observe.rates import summary

    while True:
        time.sleep(interval)
        after = run.ask()
        if as_json:
            if after is not None or once:
                print(json.dumps(summary(before, after or before)), flush=True)
        elif after is not None or once:
            out.print(table(before, after or before, out.width, also))
        if once or after is None:
            return
        before = after


def _watch(run: Any, before: dict[str, Any], interval: float, also: str) -> None:
    """The live table, until the run ends or Ctrl-C; the last one stays on the terminal."""
    shown = table(before, before, out.width, also)
    try:
        with Live(shown, console=out, screen=True, auto_refresh=False) as live:
            while True:
                live.update(shown, refresh=True)
                time.sleep(interval)
                after = run.ask()
                if after is None:
                    return
                shown, before = table(before, after, out.width, also), after
    finally:
        out.print(shown)


def table(before: Mapping[str, Any], after: Mapping[str, Any], width: int, also: str = "") -> RenderableType:
    """The table of a run between two looks.

    Args:
        before: an answer of the run; see `Announcement.answer`.
        after: a later one.
        width: the terminal's, in characters; columns that matter less are left out until it fits.
        also: the other runs, as one text.
    """
    rows = _rows(before, after)
    names = _fitting(rows, width)
    grid = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for name in names:
        left = name in ("stage", "state")
        grid.add_column(name, justify="left" if left else "right", no_wrap=True, overflow="ellipsis")
    for row in rows:
        grid.add_row(*(row[name] for name in names))
    up = duration(time.time() - after["started"])
    title = Text().append(f"{after['pipeline']}  ", style="bold")
    title.append(f"{after['runtime']}, process {after['pid']}, up {up}", style="dim")
    lines: list[RenderableType] = [title, grid]
    lines += [Text(error, style="red") for error in after["errors"]]
    if said := verdict(before, after):
        lines.append(Text(said, style="bold yellow"))
    if also:
        lines.append(Text(f"also running: {also}", style="dim"))
    return Group(*lines)


def verdict(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """One line on what holds the pipeline up, or is at its limit; empty where nothing does."""
    from wugan.observe.rates import STALLED_S, at_limit, bottleneck, rates

    stats = after["stats"]
    held_up_by = bottleneck(stats, STALLED_S)
    if held_up_by is None:
        measured = rates(before, after)
        said = []
        for name in at_limit(measured):
            lost = measured[name].dropped_per_s
            said.append(f"{name} ({number(lost)} packets/s dropped)" if lost else f"{name} ({_wait(measured[name])})")
        return f"at its limit: {', '.join(said)}" if said else ""
    node = stats[held_up_by]
    waiting = [name for name, other in stats.items() if other["blocked_now_s"] > 0]
    longest = max((other["blocked_now_s"] for other in stats.values()), default=0)
    said_of = f"{held_up_by} holds the pipeline up"
    if node["busy_now_s"] > STALLED_S:
        return f"{said_of}: it has been at work on one packet for {duration(node['busy_now_s'])}"
    if not node.get("links"):
        return f"{said_of}: it gives nothing, and {', '.join(waiting)} cannot go on without it"
    return f"{said_of}: no room for what {', '.join(waiting)} would send, for {duration(longest)} now"


def _wait(rate: Any) -> str:
    return "1 packet waits" if rate.waiting == 1 else f"{rate.waiting} packets wait"


def _rows(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Text]]:
    from wugan.observe.rates import rates

    measured = rates(before, after)
    looked_once = before["at_ns"] == after["at_ns"]
    rows = []
    for name, node in after["stats"].items():
        rate = measured[name]
        kind = after["graph"].get(name, {}).get("kind")
        has_links, gives = bool(node.get("links")), kind != "sink"
        cells = {
            "stage": Text(name),
            "state": state(node),
            "in/s": Text("-" if looked_once else number(rate.in_per_s)),
            "out/s": Text("-" if looked_once or not gives else number(rate.out_per_s)),
            "queue": Text(str(rate.waiting) if has_links else "-"),
            "bytes": Text(size(rate.waiting_bytes) if has_links else "-"),
            "drops": _trouble(rate.dropped),
            "p50": Text(_ms(node["p50_ms"], node["handled"])),
            "p99": Text(_ms(node["p99_ms"], node["handled"])),
            "age p50": Text(_ms(node["age_p50_ms"], node["handled"] if has_links else 0)),
            "age p99": Text(_ms(node["age_p99_ms"], node["handled"] if has_links else 0)),
            "busy": Text("-" if looked_once or kind == "source" else f"{100 * rate.busy:.0f} %"),
            "restarts": _trouble(node["restarts"]),
            "failed": _trouble(node["failed"]),
            "lost": _trouble(node["lost"]),
        }
        rows.append(cells)
    return rows


def state(node: Mapping[str, Any]) -> Text:
    """What a node does now."""
    from wugan.observe.rates import STALLED_S

    said = str(node["state"])
    if said == "running":
        if node["busy_now_s"] > STALLED_S:
            return Text(f"stalled {duration(node['busy_now_s'])}", style="red")
        if node["blocked_now_s"] > 0:
            said = "blocked"
    return Text(said, style=STYLES.get(said, "red"))


def _trouble(count: int) -> Text:
    return Text(str(count), style="red" if count else "dim")


def _fitting(rows: list[dict[str, Text]], width: int) -> list[str]:
    """The columns that fit into a terminal."""
    early = dict(COLUMNS)
    for name in TROUBLE:
        if all(row[name].plain == "0" for row in rows):
            early[name] = NO_TROUBLE
    needs = {name: 2 + max([len(name), *(row[name].cell_len for row in rows)]) for name in COLUMNS}
    names = list(COLUMNS)
    while sum(needs[name] for name in names) - 1 > width and (worst := max(names, key=lambda name: early[name])):
        if early[worst] == 0:
            break
        names.remove(worst)
    return names


def number(value: float) -> str:
    """A rate with three digits or so."""
    if value >= 100_000:
        return f"{value / 1000:.0f}k"
    return f"{value:.0f}" if value >= 100 or value == 0 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def size(count: float) -> str:
    """Bytes in the unit that reads best (powers of 1000)."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def _ms(value: float, counted: int) -> str:
    if not counted:
        return "-"
    if value >= 1000:
        return duration(value / 1000)
    return f"{value:.0f} ms" if value >= 100 else f"{value:.1f} ms" if value >= 10 else f"{value:.2f} ms"


def duration(seconds: float) -> str:
    """Seconds as a person says them."""
    if seconds < 1:
        return f"{1000 * seconds:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(int(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours // 24} days"
