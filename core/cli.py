"""The `wugan` command. Applications add their own commands through the entry point group `wugan.apps`."""

from __future__ import annotations

import json
import logging
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from wugan.cli_new import new
from wugan.errors import PipelineError, PluginError, WuganError

if TYPE_CHECKING:
    from wugan.pipeline import Pipeline
    from wugan.spec import PipelineSpec

cli = typer.Typer(
    name="wugan",
    help="Multimodal agents with sensor plugins: stream, fuse with Dynamic Attention Routing, act.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
out = Console()
err = Console(stderr=True)


def tell(text: str, style: str) -> None:
    """One message to the person at the terminal, never broken into lines: paths in it are there to be copied."""
    err.print(text, style=style, highlight=False, markup=False, soft_wrap=True)


RuntimeOption = Annotated[str, typer.Option("--runtime", "-r", help="local (threads) or ray (one actor per stage)")]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", "-s", metavar="NODE.PARAM=VALUE", help="change a parameter; repeatable")
]
DeadLettersOption = Annotated[Path | None, typer.Option(help="folder for packets that a stage could not handle")]


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        out.print(f"wugan {version('wugan')}")
        raise typer.Exit


@cli.callback()
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks and debug logs (anywhere).")] = False,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show version.")] = False,
) -> None: ...


@cli.command()
def run(
    file: Annotated[Path, typer.Argument(help="pipeline file (YAML)")],
    runtime: RuntimeOption = "local",
    set_: SetOption = None,
    dead_letters: DeadLettersOption = None,
) -> None:
    """Run a pipeline file until its streams end; Ctrl-C stops it."""
    from wugan.pipeline import Pipeline

    run_and_show(Pipeline.from_spec(read_spec(file, set_), str(file)), runtime, dead_letters)


def read_spec(file: Path, changes: list[str] | None) -> PipelineSpec:
    """A pipeline file with the changes of `--set`."""
    from wugan.spec import PipelineSpec

    spec = PipelineSpec.read_file(file)
    for change in changes or []:
        _apply(spec, change)
    return spec


def run_and_show(pipeline: Pipeline, runtime: str, dead_letters: Path | None) -> dict[str, dict[str, Any]]:
    """Run until the streams end, and show the counters, also of a run that was stopped; returns them."""
    started = time.perf_counter()
    with pipeline.run(runtime, dead_letters=dead_letters) as running:  # type: ignore[arg-type]
        try:
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


@cli.command()
def validate(file: Annotated[Path, typer.Argument(help="pipeline file (YAML)")]) -> None:
    """Check a pipeline file: plugins, parameters, ports, cycles. Starts nothing."""
    from wugan.pipeline import Pipeline

    pipeline = Pipeline.from_yaml(file)
    out.print(f"{file}: {len(pipeline.nodes)} nodes, all ports fit", style="green", highlight=False)


@cli.command()
def graph(file: Annotated[Path, typer.Argument(help="pipeline file (YAML)")]) -> None:
    """Print a pipeline file's graph as a Mermaid flowchart."""
    from wugan.pipeline import Pipeline

    print(Pipeline.from_yaml(file).graph())


@cli.command()
def schema() -> None:
    """Print the JSON Schema of pipeline files, with every installed plugin's parameters."""
    from wugan.spec import json_schema

    print(json.dumps(json_schema(), indent=2, default=str))


@cli.command("plugins")
def list_plugins(
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
) -> None:
    """List installed plugins; one that cannot be imported is shown with its error (exit code 1)."""
    from wugan.plugin import plugins

    table = Table("group", "name", "package", "what it is")
    broken = False
    for plugin in plugins():
        about, error = "", None
        try:
            about = (plugin.load().__doc__ or "").strip().partition("\n")[0]
        except PluginError as failure:
            error, broken = str(failure), True
        if as_json:
            row = {"group": plugin.group, "name": plugin.name, "package": plugin.package, "target": plugin.target}
            print(json.dumps({**row, "about": about, "error": error}))
        else:
            what = f"[red]{escape(error)}[/]" if error else escape(about)
            table.add_row(plugin.group, plugin.name, plugin.package, what)
    if not as_json:
        out.print(table)
    if broken:
        raise typer.Exit(1)


@cli.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False) -> None:
    """Check what wugan needs on this machine, with a remedy for what is missing (exit code 1 if required)."""
    from wugan.doctor import examine

    table = Table("check", "", "found", "remedy")
    marks = {"ok": "[green]ok[/]", "missing": "[yellow]optional, missing[/]", "broken": "[red]needs attention[/]"}
    findings = examine()
    for finding in findings:
        if as_json:
            print(finding.model_dump_json())
        else:
            table.add_row(escape(finding.check), marks[finding.state], escape(finding.found), escape(finding.remedy))
    if not as_json:
        out.print(table)
    if any(finding.state == "broken" for finding in findings):
        raise typer.Exit(1)


@cli.command()
def predict(
    task: Annotated[str, typer.Argument(help="name of a task; `wugan plugins` lists them")],
    files: Annotated[list[Path], typer.Argument(help="files to ask about")],
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
    weights: Annotated[str | None, typer.Option(help="name of shipped weights, or a file")] = None,
) -> None:
    """Ask a trained head about files: file, label, probabilities and seconds for each."""
    from wugan.plugin import find

    asked = find(task, "wugan.tasks").load()(weights=weights)
    asked.warm_up()
    failed = False
    for file in files:
        started = time.perf_counter()
        try:
            for prediction in asked.predict(file):
                seconds = time.perf_counter() - started
                _tell(file, prediction, seconds, as_json)
                started = time.perf_counter()
        except WuganError as error:
            failed = True
            if as_json:
                print(json.dumps({"file": str(file), "error": str(error)}), flush=True)
            else:
                tell(f"error: {error}", "red")
            logging.getLogger(__name__).debug("prediction failed", exc_info=error)
    if failed:
        raise typer.Exit(1)


def _tell(file: Path, prediction: Any, seconds: float, as_json: bool) -> None:
    if as_json:
        row = {"file": str(file), **prediction.model_dump(exclude_none=True), "seconds": round(seconds, 4)}
        print(json.dumps(row, ensure_ascii=False), flush=True)
        return
    ranked = sorted(prediction.probs.items(), key=lambda pair: -pair[1])[:3]
    odds = ", ".join(f"{label} {probability:.0%}" for label, probability in ranked)
    place = f"{file}:{prediction.item}" if prediction.item is not None else str(file)
    unsure = " (unsure)" if prediction.abstain else ""
    out.print(
        f"{place}: {prediction.label}{unsure}  [{odds}]  {seconds:.2f} s", highlight=False, markup=False, soft_wrap=True
    )


cli.command()(new)


def _add_applications() -> None:
    from wugan.cli_record import register
    from wugan.plugin import plugins

    register(cli)
    for plugin in plugins("wugan.apps"):
        try:
            plugin.load()(cli)
        except Exception as error:  # one broken package must not take the command line down
            where = "" if isinstance(error, PluginError) else f"application {plugin.name!r} of {plugin.package}: "
            tell(f"warning: {where}{error}", "yellow")


def _terminate(number: int, frame: object) -> None:
    """What a service manager sends first: end as on Ctrl-C, with devices closed and shared files removed."""
    sys.exit(128 + number)


def main() -> None:
    """Entry point: errors become one clear message and an exit code.

    1 is an error of the user's, 2 of usage, 70 of ours; 130 means interrupted, 143 terminated.
    """
    debug = "--debug" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    logging.basicConfig(level=logging.DEBUG if debug else logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    signal.signal(signal.SIGTERM, _terminate)
    if "" not in sys.path:
        sys.path.insert(0, "")  # `use: module:Class` may mean a module of the working directory, as for `python -m`
    try:
        _add_applications()
        cli(args=arguments, prog_name="wugan")
    except WuganError as error:
        if debug:
            raise
        tell(f"error: {error}", "red")
        sys.exit(1)
    except KeyboardInterrupt:
        tell("interrupted", "yellow")
        sys.exit(130)
    except Exception as error:
        if debug:
            raise
        what = f"{type(error).__name__}: {error}"
        tell(f"error: {what}. This is a fault in wugan or a plugin; --debug shows where.", "red")
        sys.exit(70)
