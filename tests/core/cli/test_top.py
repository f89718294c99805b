"""`wugan top`, in this process and against a pipeline of this process: it only knows it by its socket."""

from __future__ import annotations

import io
import json
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from core_parts import Endless, Slow
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

import wugan
from wugan.cli import top
from wugan.cli.main import main


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


@pytest.fixture
def command(monkeypatch, capsys) -> Iterator[Callable[..., tuple[int, str, str]]]:
    terminate = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["wugan", "top", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        return (end.value.code or 0, *capsys.readouterr())

    yield run
    signal.signal(signal.SIGTERM, terminate)


def pipeline(name: str = "front-desk") -> wugan.Pipeline:
    p = wugan.Pipeline(name)
    p.sink(lambda packet: None, p.stage(Slow(0.001), p.source(Endless())), name="end")
    return p


def test_no_run_is_one_message(command):
    code, _, said = command("--once")
    assert code == 1 and "no pipeline of this user runs on this machine" in said and "Traceback" not in said
    code, shown, _ = command("--list")
    assert code == 0 and "no pipeline of this user runs" in shown


def test_a_table_of_the_newest_run_or_of_the_named_one(command):
    with pipeline().run("local"), pipeline("second").run("local"):
        code, shown, _ = command("--once", "--interval", "0.05")
        assert code == 0 and shown.startswith("second") and "also running: front-desk" in shown
        for heading in top.COLUMNS:
            assert heading in shown
        assert "endless" in shown and "running" in shown
        _, shown, _ = command("front-desk", "--once", "--interval", "0.05")
        assert shown.startswith("front-desk")
        code, _, said = command("elsewhere", "--once")
        assert code == 1 and "no pipeline 'elsewhere' runs" in said
        _, shown, _ = command("--list")
        assert "second" in shown and "front-desk" in shown
        _, shown, _ = command("--list", "--json")
        assert [json.loads(line)["pipeline"] for line in shown.splitlines()] == ["second", "front-desk"]


def test_json_has_counters_rates_and_the_verdict(command):
    with pipeline().run("local") as running:
        code, shown, _ = command("--once", "--json", "--interval", "0.2")
        (told,) = [json.loads(line) for line in shown.splitlines()]
        assert code == 0 and told["pipeline"] == "front-desk" and told["bottleneck"] is None
        assert set(told["nodes"]) == set(running.stats())
        slow = told["nodes"]["slow"]
        assert slow["kind"] == "stage" and slow["in"] == ["endless"] and slow["in_per_s"] > 0


def test_it_goes_on_until_the_run_ends(command):
    running = pipeline().run("local")
    threading.Timer(2.0, running.cancel).start()
    code, shown, said = command("--json", "--interval", "0.05")
    assert code == 0 and len(shown.splitlines()) >= 2 and "'front-desk' has ended" in said


def answer(at_s: float, **changes: dict[str, Any]) -> dict[str, Any]:
    """An answer of a pipeline with a camera, a detector and a sink."""
    base = {
        "state": "running",
        **dict.fromkeys(("handled", "emitted"), int(100 * at_s)),
        **dict.fromkeys(("failed", "lost", "restarts"), 0),
        **dict.fromkeys(("busy_s", "busy_now_s", "blocked_now_s"), 0.0),
        "p50_ms": 3.456,
        "p99_ms": 123.4,
        "age_p50_ms": 20.0,
        "age_p99_ms": 2345.6,
    }
    link = {"in": 0, "out": 0, "dropped": 0, "waiting": 0, "bytes": 0}
    stats = {
        "camera": {**base, **changes.get("camera", {})},
        "detect": {**base, "links": {"camera": {**link, **changes.get("link", {})}}, **changes.get("detect", {})},
        "show": {**base, "links": {"detect": link}, **changes.get("show", {})},
    }
    kinds = {"camera": "source", "detect": "encoder", "show": "sink"}
    graph = {name: {"kind": kinds[name], "in": []} for name in stats}
    about = {"pipeline": "p", "pid": 1, "runtime": "ray", "started": 0.0, "errors": [], "at_ns": int(at_s * 1e9)}
    return {**about, "graph": graph, "stats": stats}


def shown(before: dict[str, Any], after: dict[str, Any], width: int = 200, also: str = "") -> str:
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(top.table(before, after, width, also))
    return console.export_text()


def row(text: str, name: str) -> str:
    (line,) = [line for line in text.splitlines() if line.startswith(name + " ")]
    return " ".join(line.split())


def test_rates_times_and_sizes_are_shown_in_units():
    after = answer(
        3, link={"waiting": 4, "bytes": 24_800_000, "dropped": 7}, detect={"busy_s": 1.0, "restarts": 1, "failed": 2}
    )
    text = shown(answer(1), after)
    assert row(text, "camera") == "camera running 100 100 - - 0 3.46 ms 123 ms - - - 0 0 0"
    assert row(text, "detect") == "detect running 100 100 4 24.8 MB 7 3.46 ms 123 ms 20.0 ms 2.3 s 50 % 1 2 0"
    assert row(text, "show").startswith("show running 100 - 0")  # a sink gives nothing


def test_one_look_has_no_rates():
    assert row(shown(answer(1), answer(1)), "camera").startswith("camera running - -")


def test_what_holds_the_pipeline_up_is_said():
    assert "limit" not in shown(answer(1), answer(2)) and "holds" not in shown(answer(1), answer(2))
    blocked = {"camera": {"blocked_now_s": 0.25, "blocked_on": "detect"}}
    text = shown(answer(1), answer(2, **blocked))
    assert "detect holds the pipeline up: no room for what camera would send, for 250 ms now" in text
    assert row(text, "camera").startswith("camera blocked")
    text = shown(answer(1), answer(2, detect={"busy_now_s": 75.0}, link={"waiting": 1}))
    assert "detect holds the pipeline up: it has been at work on one packet for 1 min 15 s" in text
    assert "stalled 1 min 15 s" in text
    text = shown(answer(1), answer(2, detect={"busy_s": 1.0}, link={"dropped": 40}))
    assert "at its limit: detect (40.0 packets/s dropped)" in text
    text = shown(answer(1), answer(2, detect={"busy_s": 1.0}, link={"waiting": 1}))
    assert "at its limit: detect (1 packet waits)" in text


def test_errors_and_other_runs_are_shown():
    text = shown(answer(1), {**answer(2), "errors": ["'camera' failed: unplugged"]}, also="second (12)")
    assert "'camera' failed: unplugged" in text and "also running: second (12)" in text


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120])
def test_a_narrow_terminal_keeps_what_matters(width):
    text = shown(answer(1), answer(2, detect={"failed": 3}), width)
    heading = text.splitlines()[1]
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    for name in ("stage", "in/s", "queue", "failed"):
        assert name in heading
    assert "lost" not in heading or width >= 100  # all 0: nothing to see


@given(st.integers(20, 200), st.text("ab[]é日/ \\", min_size=1, max_size=40))
def test_no_width_and_no_name_breaks_the_table(width, name):
    after = answer(2)
    for part in ("stats", "graph"):
        after[part] = {name if key == "camera" else key: value for key, value in after[part].items()}
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(top.table(answer(1), after, width))
    assert "detect"[:3] in console.export_text()


def test_units():
    assert [top.number(value) for value in (0, 0.5, 12.34, 123.4, 123_456)] == ["0", "0.50", "12.3", "123", "123k"]
    assert [top.size(value) for value in (12, 1200, 250_000, 2.5e9)] == ["12 B", "1.2 kB", "250 kB", "2.5 GB"]
    told = [top.duration(seconds) for seconds in (0.02, 3.21, 42, 75, 7260, 300_000)]
    assert told == ["20 ms", "3.2 s", "42 s", "1 min 15 s", "2 h 1 min", "3 days"]
