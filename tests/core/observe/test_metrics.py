from __future__ import annotations

import re
import urllib.request

import pytest
from core_parts import Frames, Mean
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

import wugan
from wugan.errors import RuntimeFailure
from wugan.observe import serve
from wugan.observe.metrics import RunCollector


def pipeline() -> wugan.Pipeline:
    p = wugan.Pipeline("front-desk")
    frames = p.source(Frames(20))
    mean = p.stage(Mean(fails_on=3), frames)
    late = p.join(frames, mean, sync=wugan.latest("1s"), name="pairs")
    p.sink(lambda packet: None, mean, name="end")
    p.sink(lambda packet: None, late, name="windows")
    return p


@pytest.fixture
def running(tmp_path):
    with pipeline().run("local", dead_letters=tmp_path / "letters") as running:
        running.wait()
        yield running


def samples(text: str) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Values by metric and labels, as Prometheus' own parser reads them."""
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def of(stage: str, **labels: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({"pipeline": "front-desk", "stage": stage, **labels}.items()))


def scrape(running) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    registry = CollectorRegistry()
    registry.register(RunCollector(running))
    return samples(generate_latest(registry).decode())


def test_every_number_of_the_stats_is_there(running):
    found, stats = scrape(running), running.stats()
    assert stats["mean"]["failed"] == 1 and stats["mean"]["p99_ms"] > 0
    for stage, node in stats.items():
        for name in ("handled", "emitted", "failed", "flushed", "lost", "redelivered", "restarts"):
            assert found[f"wugan_stage_{name}_total"][of(stage)] == node[name]
        assert found["wugan_stage_busy_seconds_total"][of(stage)] == pytest.approx(node["busy_s"])
        for quantile, key in (("0.5", "p50_ms"), ("0.99", "p99_ms")):
            assert found["wugan_stage_latency_seconds"][of(stage, quantile=quantile)] == pytest.approx(node[key] / 1000)
            age = found["wugan_stage_age_seconds"][of(stage, quantile=quantile)]
            assert age == pytest.approx(node[f"age_{key}"] / 1000)
        assert found["wugan_stage_state"][of(stage, state="ended")] == 1
        assert sum(found["wugan_stage_state"][of(stage, state=state)] for state in ("running", "failed", "dead")) == 0
        for port, link in node.get("links", {}).items():
            for name in ("in", "out", "dropped"):
                assert found[f"wugan_link_{name}_total"][of(stage, port=port)] == link[name]
            assert found["wugan_link_waiting_packets"][of(stage, port=port)] == link["waiting"]
            assert found["wugan_link_waiting_bytes"][of(stage, port=port)] == link["bytes"]
            wait = found["wugan_link_wait_seconds"][of(stage, port=port, quantile="0.99")]
            assert wait == pytest.approx(link["wait_p99_ms"] / 1000)
    assert found["wugan_pipeline_info"] == {(("pipeline", "front-desk"), ("runtime", "local")): 1}


def test_drops_of_a_join_are_counted_by_stream_and_reason(running, monkeypatch):
    stats = running.stats()
    stats["pairs"]["dropped"] = {"frames": {"late": 4, "duplicate": 1}}
    monkeypatch.setattr(running, "stats", lambda: stats)
    dropped = scrape(running)["wugan_stage_dropped_total"]
    assert dropped == {
        of("pairs", stream="frames", reason="late"): 4,
        of("pairs", stream="frames", reason="duplicate"): 1,
    }


def test_the_stage_that_holds_the_pipeline_up_is_marked(running, monkeypatch):
    stats = running.stats()
    stats["frames"].update(blocked_now_s=2.0, blocked_on="mean")
    monkeypatch.setattr(running, "stats", lambda: stats)
    found = scrape(running)
    assert {stage for stage, value in found["wugan_stage_holds_up"].items() if value} == {of("mean")}
    assert found["wugan_stage_blocked_seconds"][of("frames")] == 2.0


def test_names_follow_the_conventions(running):
    registry = CollectorRegistry()
    registry.register(RunCollector(running))
    for family in text_string_to_metric_families(generate_latest(registry).decode()):
        assert re.fullmatch(r"wugan_(stage|link|pipeline)_[a-z_]+", family.name) and family.documentation
        assert family.type in ("counter", "gauge")
        for sample in family.samples:
            assert sample.name.endswith("_total") == (family.type == "counter")
            assert not re.search(r"_(ms|ns|s)(_total)?$", sample.name)


def test_it_is_served_over_http_on_loopback_until_closed(running):
    with serve(running, port=0) as metrics:
        assert metrics.url.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(metrics.url, timeout=10) as answer:
            assert answer.headers["Content-Type"].startswith("text/plain")
            found = samples(answer.read().decode())
        assert found["wugan_stage_handled_total"][of("mean")] == 20
        port = int(metrics.url.split(":")[2].split("/")[0])
        with pytest.raises(RuntimeFailure, match=f"port {port}: .* Give another port"):
            serve(running, port=port)
    metrics.close()
    with pytest.raises(OSError):
        urllib.request.urlopen(metrics.url, timeout=10)


@pytest.mark.parametrize(("port", "host"), [(70_000, "127.0.0.1"), (0, "203.0.113.7")])
def test_a_port_or_host_that_is_none_is_an_error(running, port, host):
    with pytest.raises(RuntimeFailure, match=f"cannot be served on {host}, port {port}"):
        serve(running, port=port, host=host)
