"""The one web face: a FastAPI application that mounts each application's page under its own path.

A page is a function without parameters that returns a Gradio `Blocks`; it is declared as an entry point of the group
`wugan.pages`, whose name is its path. The first line of its docstring says what it is for.
"""

from __future__ import annotations

import html
import ipaddress
import os
from typing import TYPE_CHECKING, Any

from wugan.errors import DeviceError, PluginError
from wugan.plugin import Plugin, find, plugins

if TYPE_CHECKING:
    from fastapi import FastAPI

_INDEX = """<!doctype html><html lang="en"><meta charset="utf-8"><title>wugan</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:4rem auto;padding:0 1rem;color:#1b2430}}
a.page{{display:block;padding:1rem 1.25rem;margin:1rem 0;border:1px solid #d5dbe3;border-radius:.6rem;color:inherit;
text-decoration:none}}a.page:hover{{border-color:#2f6f8f}}h1{{font-weight:600}}p{{margin:.2rem 0;color:#4b5968}}
.broken{{color:#a3341f}}</style>
<h1>wugan</h1>{entries}</html>"""


def application(names: list[str] | None = None, hosts: list[str] | None = None) -> FastAPI:
    """The web application with every page (or those named), and an index at `/`.

    A page that cannot be made is shown on the index with its error; the others work.

    Args:
        names: pages by the name of their entry point.
        hosts: refuse requests that name another host than these.

    Raises:
        PluginError: FastAPI or Gradio is not installed; or a page that was named does not exist or cannot be made.
    """
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # pages work offline and tell nobody
    try:
        import gradio
        from fastapi import FastAPI
        from fastapi.responses import HTMLResponse
    except ImportError as error:
        raise PluginError(f"web pages need Gradio and FastAPI ({error}): pip install 'wugan[web]'") from error

    chosen = [find(name, "wugan.pages") for name in names] if names else list(plugins("wugan.pages"))
    app: Any = FastAPI(title="wugan", docs_url=None, redoc_url=None)
    if hosts:
        from fastapi.middleware.trustedhost import TrustedHostMiddleware

        app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts)
    entries = []
    for plugin in chosen:
        try:
            page = plugin.load()
            blocks = page()
        except Exception as error:
            if names:
                raise
            entries.append(_entry(plugin, f"{type(error).__name__}: {error}", broken=True))
            continue
        about = (page.__doc__ or "").strip().partition("\n")[0]
        theme = gradio.themes.Soft(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
        css = getattr(page, "css", None)
        app = gradio.mount_gradio_app(app, blocks, f"/{plugin.name}", theme=theme, footer_links=[], css=css)
        entries.append(_entry(plugin, about))

    def index() -> HTMLResponse:
        return HTMLResponse(_INDEX.format(entries="".join(entries) or "<p>No page is installed.</p>"))

    # Mounted pages match by their own prefix; the index is the bare path alone.
    app.add_api_route("/", index, methods=["GET"], include_in_schema=False)
    return app


def _entry(plugin: Plugin, about: str, broken: bool = False) -> str:
    name, text = html.escape(plugin.name), html.escape(about)
    if broken:
        return f'<p class="broken"><b>{name}</b> cannot be shown: {text}</p>'
    return f'<a class="page" href="/{name}/"><b>{name}</b><p>{text}</p></a>'


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that binds to `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def serve(host: str = "127.0.0.1", port: int = 7860, names: list[str] | None = None) -> None:
    """Serve the pages until interrupted.

    On a loopback address, requests that name another host are refused, so that no other site's page can reach it by
    rebinding its name.

    Raises:
        PluginError: see `application`.
        DeviceError: the address is in use or not this machine's.
    """
    import socket

    app = application(names, ["localhost", "127.0.0.1", "[::1]", host] if is_loopback(host) else None)
    import uvicorn

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise DeviceError(f"cannot serve on {host}:{port}: {error.strerror}; choose another --port") from error
        config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=2)
        uvicorn.Server(config).run(sockets=[listener])
