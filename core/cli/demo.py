"""The command `wugan demo`."""

from __future__ import annotations

import html
import time
from pathlib import Path
from typing import Annotated

import typer

from wugan.cli.console import RuntimeOption, out, tell
from wugan.errors import WuganError

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>wugan demo</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:4rem auto;padding:0 1rem;color:#1b2430}}
a{{display:block;padding:1rem 1.25rem;margin:1rem 0;border:1px solid #d5dbe3;border-radius:.6rem;color:inherit;
text-decoration:none}}a:hover{{border-color:#2f6f8f}}p{{margin:.2rem 0;color:#4b5968}}</style>
<h1>wugan demo</h1>{entries}</html>"""


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(demo)


def demo(
    names: Annotated[list[str] | None, typer.Argument(help="applications; all when none is named")] = None,
    folder: Annotated[Path, typer.Option("--out", "-o", help="result folder")] = Path("demo-result"),
    runtime: RuntimeOption = "ray",
) -> None:
    """Run each application end to end on an example and leave a result folder with index.html."""
    from wugan.plugin import find, plugins

    entries, failed = [], False
    for plugin in [find(name, "wugan.demos") for name in names] if names else plugins("wugan.demos"):
        began = time.perf_counter()
        out.rule(plugin.name, align="left")
        try:
            run = plugin.load()
            page = run(folder / plugin.name, runtime)
        except WuganError as error:
            tell(f"{plugin.name}: {error}", "red")
            failed = True
            continue
        about = (run.__doc__ or "").strip().partition("\n")[0]
        link = html.escape(page.relative_to(folder).as_posix())
        seconds = time.perf_counter() - began
        entries.append(
            f'<a href="{link}"><b>{html.escape(plugin.name)}</b><p>{html.escape(about)} ({seconds:.0f} s)</p></a>'
        )
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / "index.html"
    index.write_text(_PAGE.format(entries="".join(entries)), encoding="utf-8")
    out.print(f"Done. Open {index}", style="bold green", highlight=False)
    if failed:
        raise typer.Exit(1)
