"""The commands `wugan record` and `wugan replay`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from wugan.cli.console import DeadLettersOption, RuntimeOption, SetOption, tell
from wugan.cli.console import out as console
from wugan.cli.run import read_spec, run_and_show
from wugan.errors import PipelineError

if TYPE_CHECKING:
    from wugan.spec import PipelineSpec


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command()(record)
    cli.command()(replay)


def record(
    file: Annotated[Path, typer.Argument(help="pipeline file (YAML)")],
    out: Annotated[Path, typer.Option("--out", "-o", help="recording to write (MCAP)")],
    node: Annotated[
        list[str] | None, typer.Option("--node", "-n", help="node to record; repeatable; default: every source")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="replace the recording if it is there")] = False,
    runtime: RuntimeOption = "local",
    set_: SetOption = None,
    dead_letters: DeadLettersOption = None,
) -> None:
    """Run a pipeline file and record its sources, or the named nodes; Ctrl-C stops it and keeps the recording."""
    from wugan.pipeline import Pipeline
    from wugan.record import Recorder

    pipeline = Pipeline.from_spec(read_spec(file, set_), str(file))
    sources = [name for name, found in pipeline.nodes.items() if found.ports.kind == "source"]
    recorder = Recorder(out, overwrite)
    sinks = []
    for name in dict.fromkeys(node or sources):
        if name not in pipeline.nodes:
            raise PipelineError(f"--node {name!r}: there is no such node (there are: {', '.join(pipeline.nodes)})")
        if pipeline.nodes[name].ports.kind == "sink":
            raise PipelineError(f"--node {name!r}: this is a sink, which gives nothing; name the node that it reads")
        sink = f"record-{name}"
        while sink in pipeline.nodes:
            sink += "-"
        # A plain function as sink runs in this process on every runtime, so that all streams reach the one file.
        sinks.append(pipeline.sink(recorder.write, pipeline.nodes[name], name=sink).name)
    failed = 0
    try:
        with recorder:
            stats = run_and_show(pipeline, runtime, dead_letters)
            failed = sum(stats[sink]["failed"] for sink in sinks)
    finally:
        written = recorder.counts
        if written:
            counts = ", ".join(f"{name} {count}" for name, count in written.items())
            tell(f"recorded in {out}: {counts} packets", "yellow" if failed else "green")
        elif recorder.is_new:
            out.unlink(missing_ok=True)
            tell(f"nothing was recorded, so that there is no {out}", "yellow")
    if failed:
        tell(f"error: {failed} packets could not be recorded; the warnings above say why", "red")
        raise typer.Exit(1)


def replay(
    file: Annotated[Path, typer.Argument(help="recording (MCAP, written by wugan)")],
    pipeline: Annotated[
        Path | None, typer.Option("--pipeline", "-p", help="run this file with the recording as its sources")
    ] = None,
    speed: Annotated[str, typer.Option(help="1 is the recording's pace, 2 twice that; max: as fast as possible")] = "1",
    runtime: RuntimeOption = "local",
    set_: SetOption = None,
    dead_letters: DeadLettersOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """Show what a recording holds; with --pipeline, run a pipeline on it, sources matched by their names."""
    from wugan.pipeline import Pipeline

    if pipeline is None:
        _show(file, as_json)
        return
    spec = read_spec(pipeline, set_)
    _feed(spec, file, _speed(speed))
    run_and_show(Pipeline.from_spec(spec, str(pipeline)), runtime, dead_letters)


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        return float(text)
    except ValueError:
        raise typer.BadParameter(f"--speed {text!r}: write a number, or max") from None


def _feed(spec: PipelineSpec, recording: Path, speed: float | None) -> None:
    """Replace the sources by the recording's streams of the same names."""
    from wugan.record.replay import contents
    from wugan.spec import NodeSpec

    # Whoever runs a pipeline runs the modules that it names; the data's types are most often theirs.
    packages = sorted({node.use.partition(".")[0].partition(":")[0] for node in spec.nodes.values() if ":" in node.use})
    held = contents(recording, warn=False)
    sources = [name for name, node in spec.nodes.items() if not node.upstream]
    if missing := [name for name in sources if name not in held]:
        raise PipelineError(
            f"{recording} holds no stream for the source {', '.join(map(repr, missing))} of the pipeline "
            f"(it holds: {', '.join(map(repr, held)) or 'none'}); streams are matched by the nodes' names"
        )
    for name in sources:
        config = {"path": str(recording), "stream": name, "speed": speed, "packages": packages}
        spec.nodes[name] = NodeSpec.model_validate({"use": "wugan.record.replay:Replay", "with": config})


def _show(file: Path, as_json: bool) -> None:
    from wugan.record.replay import contents

    table = Table("stream", "data", title=escape(str(file)), title_justify="left")
    for column in ("packets", "from s", "to s", "seconds"):
        table.add_column(column, justify="right")
    for name, about in contents(file).items():
        start, end = about.first_ns / 1e9, about.last_ns / 1e9
        if as_json:
            row = {"stream": name, "data": about.kind, "packets": about.packets}
            print(json.dumps({**row, "from": start, "to": end, "seconds": about.seconds}))
        else:
            numbers = (f"{start:.3f}", f"{end:.3f}", f"{about.seconds:.3f}")
            table.add_row(escape(name), escape(about.kind), str(about.packets), *numbers)
    if not as_json:
        console.print(table)
