"""The commands about packets that a stage could not handle: `wugan letters list`, `show`, `replay`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from wugan.cli.console import RuntimeOption, SetOption, out, tell
from wugan.cli.run import read_spec
from wugan.clock import EPOCH_NS

if TYPE_CHECKING:
    from wugan.runtime.letters import Letter, LetterReplay

letters = typer.Typer(
    help="Packets that a stage could not handle: list them, look at one, give them to their stages again.",
    no_args_is_help=True,
)
FolderArgument = Annotated[
    Path, typer.Argument(help="dead-letter folder of a run; NAME-TIME means one in the state folder")
]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(letters, name="letters")


@letters.command("list")
def list_letters(
    folder: Annotated[
        Path | None, typer.Argument(help="dead-letter folder of a run; default: list the runs of the state folder")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """List the runs that have letters, or the letters of one: which packet failed where, and how."""
    from wugan.runtime.letters import dropped, read_letters

    if folder is None:
        _list_runs(as_json)
        return
    folder = _found(folder)
    table = Table(title=escape(str(folder)), title_justify="left")
    for column in ("letter", "stage", "port", "stream", "seq", "time", "error"):
        table.add_column(column, justify="right" if column == "seq" else "left", overflow="fold")
    for letter in read_letters(folder):
        if as_json:
            fields = {"stage", "port", "stream", "seq", "time_ns", "data", "error", "written", "not_kept"}
            print(json.dumps({"letter": letter.name, **letter.model_dump(mode="json", include=fields)}))
            continue
        seq = "" if letter.seq is None else str(letter.seq)
        line = letter.error.partition("\n")[0]
        row = (letter.name, letter.stage, letter.port, letter.stream or "", seq, _time(letter), line)
        table.add_row(*map(escape, row))
    if not as_json:
        out.print(table)
        if gone := dropped(folder):
            tell(f"{gone} older letters had to make room and are gone", "yellow")


def _list_runs(as_json: bool) -> None:
    from wugan.runtime.letters import dropped, letters_root, runs_with_letters

    root = letters_root()
    for run, count in runs_with_letters(root):
        if as_json:
            print(json.dumps({"run": run.name, "folder": str(run), "letters": count, "dropped": dropped(run)}))
        else:
            _say(f"{run.name}  {count} letters")
    if not as_json:
        _say(f"in {root}; `wugan letters list RUN` lists those of one")


def _found(folder: Path) -> Path:
    """A folder as it was named: a path, or one in the state folder."""
    from wugan.runtime.letters import letters_root

    return (
        folder
        if folder.exists() or folder.is_absolute() or not (inside := letters_root() / folder).exists()
        else inside
    )


@letters.command()
def show(
    letter: Annotated[Path, typer.Argument(help="a letter's folder, such as NAME-TIME/STAGE-00001")],
    packet: Annotated[bool, typer.Option("--packet", help="print the packet too")] = False,
) -> None:
    """Show a letter: error, traceback, and what the packet holds, in words."""
    from wugan.runtime.letters import Letter

    found = Letter.read(_found(letter))
    if found.stream is None:
        where = "no packet was at hand"
    else:
        where = f"packet {found.seq} of {found.stream!r}, time {_time(found)}"
        where += f", at port {found.port!r}" if found.port else ""
    _say(f"{found.stage!r} failed: {where}")
    _say(f"written {found.written}")
    _say(f"data    {found.data or 'unknown'}")
    if found.not_kept:
        _say(f"packet  {found.not_kept}")
    for earlier in found.earlier:
        _say(f"before  {earlier.written} {earlier.error}")
    _say(f"\n{found.traceback.rstrip() or found.error}")
    if packet:
        loaded = found.load()
        _say(f"\n{loaded!r}")


@letters.command()
def replay(
    folder: FolderArgument,
    pipeline: Annotated[Path, typer.Option("--pipeline", "-p", help="pipeline file (YAML), as it is now")],
    runtime: RuntimeOption = "local",
    stage: Annotated[str | None, typer.Option(help="replay only the letters of this stage")] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="leave letters that pass where they are, instead of moving them to replayed/")
    ] = False,
    set_: SetOption = None,
) -> None:
    """Give packets that failed to their stage again, and what follows to all below it.

    Letters that pass their stage are moved to FOLDER/replayed; exit code 1 if any packet fails again or cannot be
    replayed.
    """
    from wugan.pipeline import Pipeline
    from wugan.runtime.letters import replay_letters

    folder = _found(folder)
    built = Pipeline.from_spec(read_spec(pipeline, set_), str(pipeline))
    report = replay_letters(folder, built, runtime, stage, keep)
    _report(report, folder, keep)
    if not report.ok:
        raise typer.Exit(1)


def _report(report: LetterReplay, folder: Path, keep: bool) -> None:
    for letter in report.again:
        tell(f"{letter.name} failed again: {letter.error}", "red")
    for letter in report.new:
        tell(f"{letter.name} is new: {letter.stage!r} failed: {letter.error}", "red")
    for letter, reason in report.kept:
        tell(f"{letter.name} was not replayed: {reason}", "yellow")
    for name, count in report.dropped.items():
        if count:
            tell(f"{name!r} dropped {count} packets, for want of those of other streams or by its policy", "yellow")
    where = "left where they are" if keep else f"moved to {folder / 'replayed'}"
    passed = f"{len(report.passed)} passed" + (f" ({where})" if report.passed else "")
    counts = f"{passed}, {len(report.again)} failed again, {len(report.new)} new, {len(report.kept)} not replayed"
    tell(counts, "green" if report.ok else "yellow")


def _say(text: str) -> None:
    out.print(text, highlight=False, markup=False, soft_wrap=True)


def _time(letter: Letter) -> str:
    if letter.time_ns is None:
        return ""
    if letter.time_ns < EPOCH_NS:
        return f"{letter.time_ns / 1e9:.3f} s"
    try:
        return datetime.fromtimestamp(letter.time_ns / 1e9, UTC).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError, OSError):  # no time that a calendar has
        return f"{letter.time_ns} ns"
