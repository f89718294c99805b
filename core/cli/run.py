"""The commands about a pipeline file: `wugan run`, `validate`, `graph`, `schema`."""

from __future__ import annotations

import json
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from wugan.cli.console import DeadLettersOption, RuntimeOption, SetOption, err, out, tell
from wugan.errors import PipelineError

if TYPE_CHECKING:
    from wugan.pipeline import Pipeline
    from wugan.runtime import Running
    from wugan.spec import PipelineSpec


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    for command in (run, validate, graph, schema):
        cli.command()(command)


def run(
    file: Annotated[Path, typer.Argument(help="pipeline file (YAML)")],
    runtime: RuntimeOption = "local",
    set_: SetOption = None,
    dead_letters: DeadLettersOption = None,
    metrics_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="serve metrics to Prometheus on 127.0.0.1; 0: any free port")
    ] = None,
) -> None:
    """Run a pipeline file until its streams end; Ctrl-C stops it. `wugan top` watches it."""
    from wugan.pipeline import Pipeline

    run_and_show(Pipeline.from_spec(read_spec(file, set_), str(file)), runtime, dead_letters, metrics_port)


def validate(file: Annotated[Path, typer.Argument(help="pipeline file (YAML)")]) -> None:
    """Check a pipeline file: plugins, parameters, ports, cycles. Starts nothing."""
    from wugan.pipeline import Pipeline

    pipeline = Pipeline.from_yaml(file)
    out.print(f"{file}: {len(pipeline.nodes)} nodes, all ports fit", style="green", highlight=False)


def graph(file: Annotated[Path, typer.Argument(help="pipeline file (YAML)")]) -> None:
    """Print a pipeline file's graph as a Mermaid flowchart."""
    from wugan.pipeline import Pipeline

    print(Pipeline.from_yaml(file).graph())


def schema() -> None:
    """Print the JSON Schema of pipeline files, with every installed plugin's parameters."""
    from wugan.spec import json_schema

    print(json.dumps(json_schema(), indent=2, default=str))


def read_spec(file: Path, changes: list[str] | None) -> PipelineSpec:
    """A pipeline file with the changes of `--set`."""
    from wugan.spec import PipelineSpec

    spec = PipelineSpec.read_file(file)
    for change in changes or []:
        _apply(spec, change)
    return spec


def run_and_show(
    pipeline: Pipeline, runtime: str, dead_letters: Path | None, metrics_port: int | None = None
) -> dict[str, dict[str, Any]]:
    """Run until the streams end, and show the counters, also of a run that was stopped; returns them."""
    started = time.perf_counter()
    with pipeline.run(runtime, dead_letters=dead_letters) as running:  # type: ignore[arg-type]
        try:
            with _metrics(running, metrics_port):
                running.wait()
        except KeyboardInterrupt:
            tell("interrupted", "yellow")
            raise
        finally:
            seconds, stats = time.perf_counter() - started, running.stats()
            err.print(stats_table(stats, f"{escape(pipeline.name)}, {seconds:.2f} s on {runtime}"))
            if running.dead_letters.exists():
                kept = f"Some packets could not be handled; they are kept in {running.dead_letters}"
                tell(kept, "yellow")
    return stats


def _metrics(running: Running, port: int | None) -> AbstractContextManager[object]:
    """The metrics' server, where one is wanted."""
    if port is None:
        return nullcontext()
    from wugan.observe import serve

    server = serve(running, port)
    tell(f"metrics at {server.url}", "green")
    return server


def _apply(spec: Any, change: str) -> None:
    """Apply one `--set NODE.PARAM=VALUE`; the value is read as YAML."""
    import yaml

    path, equals, text = change.partition("=")
    node, dot, parameter = path.partition(".")
    if not (equals and dot and parameter):
        raise PipelineError(f"--set {change!r}: write NODE.PARAM=VALUE")
    if node not in spec.nodes:
        raise PipelineError(f"--set {change!r}: there is no node {node!r} (there are: {', '.join(spec.nodes)})")
    try:
        spec.nodes[node].config[parameter] = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise PipelineError(f"--set {change!r}: the value is not valid YAML") from error


def stats_table(stats: dict[str, dict[str, Any]], title: str) -> Table:
    """Counters of a run as a table."""
    table = Table(title=title, title_justify="left")
    for column in ("node", "in", "out", "failed", "dropped", "p50 ms", "p99 ms", "busy s"):
        table.add_column(column, justify="left" if column == "node" else "right")
    for name, node in stats.items():
        dropped = sum(link["dropped"] for link in node.get("links", {}).values())
        dropped += sum(sum(reasons.values()) for reasons in node.get("dropped", {}).values())
        numbers = (node["handled"], node["emitted"], node["failed"], dropped)
        times = (f"{node['p50_ms']:.1f}", f"{node['p99_ms']:.1f}", f"{node['busy_s']:.2f}")
        table.add_row(escape(name), *map(str, numbers), *times)
    return table
