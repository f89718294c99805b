"""What commands share: where they write, and the options that several of them take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

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
