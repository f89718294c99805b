"""The `wugan` command. Applications add their own commands through the entry point group `wugan.apps`."""

from __future__ import annotations

import logging
import signal
import sys
from typing import Annotated

import typer

from wugan.cli import audit, demo, letters, new, plugins, record, run, top, web
from wugan.cli.console import one_message, out, tell
from wugan.errors import PluginError

cli = typer.Typer(
    name="wugan",
    help="Multimodal agents with sensor plugins: stream, fuse with Dynamic Attention Routing, act.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


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


for module in (run, plugins, record, letters, new, top, audit, web, demo):
    module.register(cli)


def _add_applications() -> None:
    from wugan.plugin import plugins as installed

    for plugin in installed("wugan.apps"):
        try:
            plugin.load()(cli)
        except Exception as error:  # one broken package must not take the command line down
            where = "" if isinstance(error, PluginError) else f"application {plugin.name!r} of {plugin.package}: "
            tell(f"warning: {where}{error}", "yellow")


def _terminate(number: int, frame: object) -> None:
    """What a service manager sends first: end as on Ctrl-C, with devices closed and shared files removed."""
    sys.exit(128 + number)


def main() -> None:
    """Entry point. Exit codes are those of `one_message`; 2 is an error of usage, 143 means terminated."""
    with one_message() as debug:
        form = "%(levelname)s %(name)s: %(message)s"
        logging.basicConfig(level=logging.DEBUG if debug else logging.WARNING, format=form)
        signal.signal(signal.SIGTERM, _terminate)
        if "" not in sys.path:
            # `use: module:Class` may mean a module of the working directory; last, so that no file there hides a
            # library's.
            sys.path.append("")
        _add_applications()
        cli(args=sys.argv[1:], prog_name="wugan")
