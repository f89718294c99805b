from __future__ import annotations

import os
import threading
from collections.abc import Iterator

import pytest
from core_parts import Frames, Mean, only_even
from opentelemetry import trace as otel
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import wugan
from wugan import Packet
from wugan.errors import PluginError, RuntimeFailure, WuganError
from wugan.observe import trace, tracing


@pytest.fixture
def exporter(monkeypatch) -> Iterator[InMemorySpanExporter]:
    """Every packet traced, into memory."""
    for name in list(os.environ):
        if name.startswith("OTEL_"):
            monkeypatch.delenv(name)
    kept = InMemorySpanExporter()
    trace(1.0, kept)
    yield kept
    trace(0)


def run(p: wugan.Pipeline, tmp_path) -> wugan.Pipeline:
    p.run("local", dead_letters=tmp_path / "letters").wait()
    return p


def by_trace(exporter: InMemorySpanExporter) -> dict[int, dict[str, object]]:
    traces: dict[int, dict[str, object]] = {}
    for span in exporter.get_finished_spans():
        traces.setdefault(span.context.trace_id, {})[span.name] = span
    return traces


def test_one_trace_for_a_packet_and_one_span_for_a_stage(exporter, tmp_path):
    got: list[Packet[float]] = []

    def keep(packet: Packet) -> None:
        got.append(packet)

    p = wugan.Pipeline("traced")
    p.sink(keep, p.stage(Mean(), p.stage(only_even, p.source(Frames(4)))), name="keep")
    run(p, tmp_path)
    traces = by_trace(exporter)
    assert len(traces) == 4
    whole = [spans for spans in traces.values() if len(spans) == 4]
    assert len(whole) == 2  # two frames were filtered out
    for spans in whole:
        source, even, mean, keep_span = (spans[name] for name in ("frames", "only_even", "mean", "keep"))
        assert source.parent is None
        for child, parent in ((even, source), (mean, even), (keep_span, mean)):
            assert child.parent.span_id == parent.context.span_id
            assert child.attributes["wugan.link_wait_ms"] >= 0
            assert child.start_time >= parent.start_time
        assert mean.attributes["wugan.port"] == mean.attributes["wugan.stream"] == "only_even"
        assert source.attributes["wugan.stream"] == "frames"
        assert source.attributes["wugan.time_ns"] == mean.attributes["wugan.time_ns"]
    assert sorted(spans["frames"].attributes["wugan.seq"] for spans in traces.values()) == [0, 1, 2, 3]
    # What arrives says which span it came from, and the application's own attributes are still there.
    assert got[0].attrs["n"] == 0 and got[0].attrs["traceparent"].startswith("00-")
    assert exporter.get_finished_spans()[0].resource.attributes["service.name"] == "wugan"


def test_a_stage_that_makes_new_packets_stays_in_the_trace(exporter, tmp_path):
    class Anew(wugan.Stage[object, float]):
        def process(self, packet):
            yield Packet(1.0, packet.time_ns)

    p = wugan.Pipeline("anew")
    p.sink(lambda packet: None, p.stage(Anew(), p.source(Frames(2))), name="end")
    run(p, tmp_path)
    assert all(set(spans) == {"frames", "anew", "end"} for spans in by_trace(exporter).values())


def test_a_join_goes_on_with_one_trace_and_links_to_the_others(exporter, tmp_path):
    p = wugan.Pipeline("joined")
    left, right = p.source(Frames(3), name="left"), p.source(Frames(3), name="right")
    windows = p.join(left, right, sync=wugan.exact(), name="pairs")
    got: list[Packet] = []

    def keep(packet: Packet) -> None:
        got.append(packet)

    p.sink(keep, windows, name="keep")
    run(p, tmp_path)
    spans = exporter.get_finished_spans()
    sources = {span.context.span_id: span for span in spans if span.name in ("left", "right")}
    pairs = [span for span in spans if span.name == "pairs"]
    assert len(sources) == 6 and len(pairs) == 3
    for span in pairs:
        parent = sources[span.parent.span_id]
        (link,) = span.links
        other = sources[link.context.span_id]
        assert (parent.name, other.name) == ("left", "right")
        assert (
            parent.attributes["wugan.time_ns"] == other.attributes["wugan.time_ns"] == span.attributes["wugan.time_ns"]
        )
        assert other.context.trace_id != span.context.trace_id == parent.context.trace_id
    ids = {span.context.span_id for span in pairs}
    assert {span.parent.span_id for span in spans if span.name == "keep"} == ids
    assert "tracelinks" not in got[0].attrs


def test_what_fails_is_marked_in_its_span(exporter, tmp_path):
    p = wugan.Pipeline("failing")
    p.sink(lambda packet: None, p.stage(Mean(fails_on=1), p.source(Frames(3))), name="end")
    run(p, tmp_path)
    spans = sorted((span for span in exporter.get_finished_spans() if span.name == "mean"), key=lambda s: s.start_time)
    assert [span.status.status_code.name for span in spans] == ["UNSET", "ERROR", "UNSET"]
    assert spans[1].status.description == "ValueError: frame 1 is dark"
    assert spans[1].events[0].attributes["exception.type"] == "ValueError"
    assert sum(span.name == "end" for span in exporter.get_finished_spans()) == 2


def test_a_join_that_fails_is_marked(exporter, tmp_path):
    class Raises(wugan.Join[object, object]):
        def combine(self, window):
            raise ValueError("odd window")

    p = wugan.Pipeline("failing")
    left, right = p.source(Frames(1), name="left"), p.source(Frames(1), name="right")
    p.sink(lambda packet: None, p.join(left, right, component=Raises(wugan.exact()), name="raises"), name="end")
    with pytest.raises(RuntimeFailure, match="all 1 packets failed"):
        run(p, tmp_path)
    (span,) = [span for span in exporter.get_finished_spans() if span.name == "raises"]
    assert span.status.description == "ValueError: odd window"


@pytest.mark.parametrize("replicas", [1, 2])
def test_batches_and_replicas_are_traced(exporter, tmp_path, replicas):
    p = wugan.Pipeline("batched")
    frames = p.source(Frames(12))
    mean = p.stage(Mean(fails_on=5), frames, batch=wugan.BatchConfig(max_size=4, max_wait="50ms"), replicas=replicas)
    p.sink(lambda packet: None, mean, name="end")
    run(p, tmp_path)
    traces = by_trace(exporter)
    assert len(traces) == 12
    ended = [spans for spans in traces.values() if "end" in spans]
    assert len(ended) == 11
    for spans in ended:
        assert spans["end"].parent.span_id in {span.context.span_id for name, span in spans.items() if "mean" in name}
        assert replicas == 1 or {"mean.1", "mean.2"} & set(spans)
    (failed,) = [spans for spans in traces.values() if "end" not in spans]
    assert any(span.status.status_code.name == "ERROR" for span in failed.values())


def test_what_a_component_traces_itself_lies_below_its_span(exporter, tmp_path):
    def work(value: object) -> float:
        with tracing.provider().get_tracer("library").start_as_current_span("request"):
            return 1.0

    p = wugan.Pipeline("nested")
    p.sink(lambda packet: None, p.stage(work, p.source(Frames(2))), name="end")
    run(p, tmp_path)
    for spans in by_trace(exporter).values():
        assert spans["request"].parent.span_id == spans["work"].context.span_id


def test_a_context_that_a_packet_brings_along_is_gone_on_with(exporter, tmp_path):
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    class Request(wugan.Source[int]):
        def packets(self):
            yield Packet(1, 0, attrs={"traceparent": parent, "tracestate": "vendor=7"})
            yield Packet(2, 1, attrs={"traceparent": "no such thing"})

    got: list[Packet] = []

    def keep(packet: Packet) -> None:
        got.append(packet)

    p = wugan.Pipeline("request")
    p.sink(keep, p.source(Request()), name="keep")
    run(p, tmp_path)
    spans = [span for span in exporter.get_finished_spans() if span.name == "request"]
    assert f"{spans[0].context.trace_id:032x}" == parent.split("-")[1]
    assert f"{spans[0].parent.span_id:016x}" == parent.split("-")[2]
    assert spans[1].parent is None
    assert got[0].attrs["tracestate"] == "vendor=7"


def test_the_ratio_and_the_sampler_choose(exporter, tmp_path, monkeypatch):
    p = wugan.Pipeline("some")
    p.sink(lambda packet: None, p.source(Frames(50)), name="end")
    draws = iter([0.005, *[0.5] * 49])
    monkeypatch.setattr("random.random", lambda: next(draws))
    trace(0.01)
    run(p, tmp_path)
    assert [span.attributes["wugan.seq"] for span in exporter.get_finished_spans()] == [0, 0]
    monkeypatch.undo()
    exporter.clear()
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_off")
    trace(1.0, InMemorySpanExporter())
    run(p, tmp_path)
    assert exporter.get_finished_spans() == () and tracing._exporter.get_finished_spans() == ()


def test_off_is_the_default_and_costs_no_spans(tmp_path):
    assert "WUGAN_TRACE_RATIO" not in os.environ
    assert tracing.spans_of("stage") is None and tracing.environment() == {"WUGAN_TRACE_RATIO": ""}
    got: list[Packet] = []

    def keep(packet: Packet) -> None:
        got.append(packet)

    p = wugan.Pipeline("untraced")
    p.sink(keep, p.source(Frames(2)), name="keep")
    run(p, tmp_path)
    assert [packet.attrs for packet in got] == [{"n": 0}, {"n": 1}]


def test_settings_travel_in_the_environment(exporter, monkeypatch):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")
    assert tracing.environment() == {
        "WUGAN_TRACE_RATIO": "1.0",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318",
    }
    trace(0)
    assert tracing.environment() == {"WUGAN_TRACE_RATIO": ""}  # for a process that was started before


@pytest.mark.parametrize("ratio", [-0.1, 1.1, float("nan")])
def test_a_ratio_that_is_none_is_an_error(ratio):
    with pytest.raises(WuganError, match="must be between 0 and 1"):
        trace(ratio)
    assert "WUGAN_TRACE_RATIO" not in os.environ


def test_a_ratio_in_the_environment_that_is_none_is_an_error(monkeypatch):
    monkeypatch.setenv("WUGAN_TRACE_RATIO", "often")
    with pytest.raises(WuganError, match=r"\(WUGAN_TRACE_RATIO\) must be between 0 and 1, got 'often'"):
        tracing.spans_of("stage")


def test_an_exporter_that_is_not_installed_is_an_error_with_the_remedy(monkeypatch, caplog):
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **wanted: [])
    monkeypatch.delenv("OTEL_TRACES_EXPORTER", raising=False)
    try:
        with pytest.raises(PluginError, match=r"'otlp_proto_http'; pip install 'wugan\[observe\]'"):
            trace(0.5)
        assert tracing.spans_of("stage") is None and "'stage' is not traced" in caplog.text
        monkeypatch.setenv("OTEL_TRACES_EXPORTER", "zipkin")
        with pytest.raises(PluginError, match="'zipkin'; install the package that has it"):
            trace(0.5)
    finally:
        trace(0)


def test_the_provider_of_the_program_is_used(monkeypatch, tmp_path):
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor

    kept, own = InMemorySpanExporter(), TracerProvider()
    own.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(otel, "get_tracer_provider", lambda: own)
    trace(1.0)
    try:
        p = wugan.Pipeline("own")
        p.sink(lambda packet: None, p.source(Frames(1)), name="end")
        run(p, tmp_path)
        assert [span.name for span in kept.get_finished_spans()] == ["frames", "end"]
    finally:
        trace(0)


def test_a_collector_that_hangs_does_not_hold_the_end_up(monkeypatch, tmp_path):
    release = threading.Event()

    class Hangs(SpanExporter):
        def export(self, spans):
            release.wait(60)
            return SpanExportResult.SUCCESS

    monkeypatch.setattr(tracing.flush, "__defaults__", (0.05,))
    trace(1.0, Hangs())
    try:
        p = wugan.Pipeline("hanging")
        p.sink(lambda packet: None, p.source(Frames(1)), name="end")
        run(p, tmp_path)
        assert tracing._unreachable and not tracing.flush()
    finally:
        release.set()
        trace(0)
