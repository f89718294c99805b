"""The command `wugan web`."""

from __future__ import annotations

from typing import Annotated

import typer

from wugan.cli.console import out, tell


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command()(web)


def web(
    pages: Annotated[list[str] | None, typer.Argument(help="pages to serve; all when none is named")] = None,
    host: Annotated[
        str, typer.Option(help="address to listen on; others than this machine's need a reason")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="port to listen on", min=1, max=65535)] = 7860,
) -> None:
    """Serve the web pages of the applications, until Ctrl-C."""
    from wugan.web import is_loopback, serve

    if not is_loopback(host):
        tell(f"warning: {host} is open to the network, and the pages ask nobody for a password", "yellow")
    out.print(f"Starting http://{host}:{port}/", highlight=False)
    serve(host, port, pages)
