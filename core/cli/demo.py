"""The command `wugan demo`."""

from __future__ import annotations

import html
import time
from pathlib import Path
from typing import Annotated

import typer

from wugan.cli.console import RuntimeOption, out, tell
from wugan.demo import Shown, missing_extras
from wugan.errors import WuganError
from wugan.plugin import Plugin, find, plugins

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>wugan demo</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:3rem auto;padding:0 1rem;color:#1b2430}}
section{{display:flex;gap:1.5rem;flex-wrap:wrap;padding:1.25rem 0;border-top:1px solid #d5dbe3}}
section>a{{flex:0 0 20rem}}section img{{width:20rem;max-height:15rem;object-fit:contain;border:1px solid #d5dbe3;
border-radius:.5rem;background:#fff}}section>div{{flex:1;min-width:18rem}}h2{{margin:0 0 .3rem;font-size:1.2rem}}
p{{margin:.25rem 0;color:#4b5968}}.bad{{color:#a3341f;font-weight:600}}td{{padding:.1rem 1rem .1rem 0;
vertical-align:top}}td:last-child{{font-variant-numeric:tabular-nums}}</style>
<h1>wugan demo</h1><p>Made by <code>{command}</code>, offline, on this machine.</p>{entries}</html>"""


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(demo)


def demo(
    names: Annotated[list[str] | None, typer.Argument(help="demonstrations; all when none is named")] = None,
    folder: Annotated[Path, typer.Option("--out", "-o", help="result folder")] = Path("demo-result"),
    runtime: RuntimeOption = "ray",
) -> None:
    """Run each application end to end on an example and leave a result folder with index.html.

    What needs an extra that is not installed is passed over and named; that fails only where it was asked for by name.
    """
    chosen = [find(name, "wugan.demos") for name in names] if names else plugins("wugan.demos")
    entries, failed, skipped = [], [], []
    for plugin in chosen:
        extras = missing_extras(plugin)
        if extras:
            tell(f"{plugin.name}: passed over, needs pip install '{plugin.package}[{','.join(extras)}]'", "yellow")
            skipped.append(plugin.name)
            entries.append(_entry(plugin, f"Passed over: it needs the extra {', '.join(extras)}.", ""))
            continue
        out.rule(plugin.name, align="left")
        began = time.perf_counter()
        try:
            run = plugin.load()
            shown: Shown = run(folder / plugin.name, runtime)
        except WuganError as error:
            tell(f"{plugin.name}: {error}", "red")
            failed.append(plugin.name)
            entries.append(_entry(plugin, "", f"It failed: {error}"))
            continue
        if shown.problem:
            tell(f"{plugin.name}: {shown.problem}", "red")
            failed.append(plugin.name)
        about = (run.__doc__ or "").strip().partition("\n")[0]
        entries.append(_entry(plugin, f"{about} ({time.perf_counter() - began:.0f} s)", shown.problem, shown, folder))
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / "index.html"
    command = html.escape(" ".join(["wugan demo", *(names or ()), "--runtime", runtime]))
    index.write_text(_PAGE.format(command=command, entries="".join(entries)), encoding="utf-8")
    if failed or (names and skipped):
        tell(f"Not whole: {', '.join([*failed, *(skipped if names else ())])}. See {index}", "red")
        raise typer.Exit(1)
    out.print(f"Done. Open {index}", style="bold green", highlight=False)


def _entry(plugin: Plugin, about: str, problem: str, shown: Shown | None = None, folder: Path | None = None) -> str:
    """One demonstration on the index."""
    name, picture, facts = html.escape(plugin.name), "", ""
    if shown is not None and folder is not None:
        link = html.escape(shown.page.relative_to(folder).as_posix())
        source = html.escape(shown.picture.relative_to(folder).as_posix())
        picture = f'<a href="{link}"><img src="{source}" alt="a picture of the result"></a>'
        name = f'<a href="{link}">{name}</a>'
        facts = (
            f"<p>Real input: {html.escape(shown.real or 'nothing')}.</p>"
            f"<p>Made up: {html.escape(shown.made_up or 'nothing')}.</p><table>"
            + "".join(f"<tr><td>{html.escape(k)}<td>{html.escape(v)}" for k, v in shown.figures.items())
            + "</table>"
        )
    bad = f'<p class="bad">{html.escape(problem)}</p>' if problem else ""
    return f"<section>{picture}<div><h2>{name}</h2><p>{html.escape(about)}</p>{bad}{facts}</div></section>"
