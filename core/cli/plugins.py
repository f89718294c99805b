"""The commands about what is installed: `wugan plugins`, `doctor`, `predict`."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from wugan.cli.console import out, tell
from wugan.errors import PluginError, WuganError


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.command("plugins")(list_plugins)
    cli.command()(doctor)
    cli.command()(predict)


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
