"""The command `wugan new`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wugan.scaffold.create import create
from wugan.scaffold.templates import Kind


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(new)


def new(
    context: typer.Context,
    kind: Annotated[Kind, typer.Argument(help="what to create")],
    name: Annotated[str, typer.Argument(help="its name, such as thermal-camera; the package is called wugan-NAME")],
    parent: Annotated[Path, typer.Option("--dir", help="folder to create the package in")] = Path("."),
) -> None:
    """Create a plugin package: pyproject.toml, module, a test that passes, README."""
    commands = getattr(context.find_root().command, "commands", {})
    folder = create(kind, name, parent, commands)
    typer.echo(f"{folder} is made. Next: cd {folder}, pip install -e '.[dev]', pytest")
