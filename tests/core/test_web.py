from importlib.metadata import EntryPoint

import pytest

import wugan.web
from wugan.errors import DeviceError, PluginError
from wugan.plugin import Plugin

pytest.importorskip("gradio", reason="needs the web extra")
from fastapi.testclient import TestClient


def hello():
    """Says hello.

    And no more.
    """
    import gradio as gr

    with gr.Blocks(title="Hello", analytics_enabled=False) as blocks:
        gr.Markdown("hello there")
    return blocks


def broken():
    """Cannot be made."""
    raise RuntimeError("no <weights> here")


@pytest.fixture
def pages(monkeypatch):
    def found(name: str) -> Plugin:
        target = f"{__name__}:{name}"
        entry = EntryPoint(name, target, "wugan.pages")
        plugin = Plugin("wugan.pages", name, target, "tests", entry)
        monkeypatch.setattr(Plugin, "load", lambda self: {"hello": hello, "broken": broken}[self.name])
        return plugin

    def chosen(name: str, *groups: str) -> Plugin:
        if name not in ("hello", "broken"):
            raise PluginError(f"no plugin is called {name!r}")
        return found(name)

    monkeypatch.setattr(wugan.web, "plugins", lambda group: (found("hello"), found("broken")))
    monkeypatch.setattr(wugan.web, "find", chosen)


def test_index_lists_pages_and_tells_of_a_broken_one(pages):
    client = TestClient(wugan.web.application())
    text = client.get("/").text
    assert 'href="/hello/"' in text and "Says hello." in text and "And no more" not in text
    assert "broken</b> cannot be shown: RuntimeError: no &lt;weights&gt; here" in text
    page = client.get("/hello/")
    assert page.status_code == 200 and "hello there" in page.text


def test_a_named_page_must_exist_and_work(pages):
    with pytest.raises(RuntimeError, match="weights"):
        wugan.web.application(["broken"])
    with pytest.raises(PluginError, match="nothing"):
        wugan.web.application(["nothing"])


def test_other_hosts_are_refused(pages):
    client = TestClient(wugan.web.application(["hello"], hosts=["localhost"]), base_url="http://localhost")
    assert client.get("/").status_code == 200
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/hello/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    ("host", "loopback"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False)]
)
def test_is_loopback(host, loopback):
    assert wugan.web.is_loopback(host) is loopback


def test_a_port_in_use_is_told(pages):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(DeviceError, match="choose another --port"):
            wugan.web.serve(port=taken.getsockname()[1], names=["hello"])
