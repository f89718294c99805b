"""What commands share: where they write, and the options that several of them take."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from wugan.errors import WuganError

out = Console()
err = Console(stderr=True)


def tell(text: str, style: str) -> None:
    """One message to the person at the terminal, never broken into lines: paths in it are there to be copied."""
    err.print(text, style=style, highlight=False, markup=False, soft_wrap=True)


@contextmanager
def one_message() -> Iterator[bool]:
    """Around a whole command: errors become one clear message and an exit code. Gives whether `--debug` was among the
    arguments, which is taken from them: then errors keep their tracebacks.

    1 is an error of the user's, 70 of ours; 130 means interrupted.
    """
    debug = "--debug" in sys.argv
    sys.argv = [argument for argument in sys.argv if argument != "--debug"]
    try:
        yield debug
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


RuntimeOption = Annotated[str, typer.Option("--runtime", "-r", help="local (threads) or ray (one actor per stage)")]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", "-s", metavar="NODE.PARAM=VALUE", help="change a parameter; repeatable")
]
DeadLettersOption = Annotated[Path | None, typer.Option(help="folder for packets that a stage could not handle")]
