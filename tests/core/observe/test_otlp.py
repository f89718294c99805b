"""Spans as a collector gets them: over HTTP, as OpenTelemetry's own exporter sends them, from every process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from core_parts import Frames, Mean, NotesItsEnd

import wugan
from wugan.observe import trace

pytest.importorskip("opentelemetry.exporter.otlp.proto.http", reason="needs the extra `observe`")


class Collector:
    """Keeps the spans that are posted to it."""

    def __init__(self) -> None:
        from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

        kept = self.spans = []
        self.services: set[str] = set()
        services = self.services

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                import gzip

                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                    named = {item.key: item.value.string_value for item in resource.resource.attributes}
                    services.add(named["service.name"])
                    kept.extend(span for scope in resource.scope_spans for span in scope.spans)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *arguments: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def collector(monkeypatch) -> Iterator[Collector]:
    made = Collector()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", made.url)
    monkeypatch.setenv("OTEL_SERVICE_NAME", "front-desk")
    monkeypatch.delenv("OTEL_TRACES_EXPORTER", raising=False)
    trace(1.0)
    yield made
    trace(0)
    made.server.shutdown()
    made.server.server_close()


def test_a_collector_gets_whole_traces(collector, runtime, tmp_path):
    p = wugan.Pipeline("sent")
    mean = p.stage(Mean(), p.source(Frames(5)))
    p.sink(NotesItsEnd(str(tmp_path / "end")), mean, name="end")
    p.run(runtime, dead_letters=tmp_path / "letters").wait()
    traces: dict[bytes, dict[str, object]] = {}
    for span in collector.spans:
        traces.setdefault(span.trace_id, {})[span.name] = span
    assert len(traces) == 5 and collector.services == {"front-desk"}
    for spans in traces.values():
        assert set(spans) == {"frames", "mean", "end"}
        assert spans["mean"].parent_span_id == spans["frames"].span_id
        assert spans["end"].parent_span_id == spans["mean"].span_id


def test_actors_are_told_what_was_set_after_ray_was_started(collector, ray_session, tmp_path):
    p = wugan.Pipeline("late")
    p.sink(NotesItsEnd(str(tmp_path / "end")), p.source(Frames(2)), name="end")
    trace(0)  # where Ray was started with tracing on, its processes have that in their environment
    p.run("ray", dead_letters=tmp_path / "letters").wait()
    assert not collector.spans
    trace(1.0)
    p.run("ray", dead_letters=tmp_path / "letters").wait()
    assert sorted(span.name for span in collector.spans) == ["end", "end", "frames", "frames"]
