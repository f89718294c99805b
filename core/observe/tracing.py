"""OpenTelemetry traces: whether packets are traced, and where their spans go. `Spans` makes the spans.

What is set here travels to other processes in the environment: `WUGAN_TRACE_RATIO`, and the variables that
OpenTelemetry itself reads (`OTEL_SERVICE_NAME`, `OTEL_TRACES_SAMPLER`, `OTEL_EXPORTER_OTLP_ENDPOINT`, ...).
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from wugan.errors import PluginError, WuganError
from wugan.packet import Packet

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter

    from wugan.observe.spans import Spans

log = logging.getLogger(__name__)

RATIO = "WUGAN_TRACE_RATIO"
PARENT = "traceparent"  # in `attrs` of a traced packet: the span that it came from, as W3C writes it
STATE = "tracestate"  # beside it, where a tracer keeps something of its own
LINKED = "tracelinks"  # in `attrs` of a join's packet: the contexts of the other packets of its window
SENT = "tracesent"  # when it was put into the link, by time.time_ns(), which two processes share
FLUSH_S = 1.0  # how long the end of a node may wait for its spans to be sent

_lock = threading.Lock()
_provider: Any = None
_exporter: SpanExporter | None = None
_unreachable = False


def trace(ratio: float = 0.01, exporter: SpanExporter | None = None) -> None:
    """Trace packets of the pipelines that are started from now on: one trace for each, one span for each stage.

    Spans go to the provider that the program has set in OpenTelemetry, if any; else to `exporter`; else to what
    `OTEL_TRACES_EXPORTER` names, by default OTLP over HTTP, to the collector of `OTEL_EXPORTER_OTLP_ENDPOINT`. On Ray
    the actors read the same variables; an `exporter` object stays in this process.

    Args:
        ratio: share of the packets entering that are traced, 0…1; 0 turns it off.
        exporter: where spans go.

    Raises:
        PluginError: there is no exporter of that name; says how to install it.
        WuganError: the ratio is not between 0 and 1.
    """
    global _exporter, _unreachable
    os.environ[RATIO] = str(_checked(ratio))
    with _lock:
        _unreachable = False
        if exporter is not None or not ratio:
            _forget()
            _exporter = exporter
    if not ratio:
        del os.environ[RATIO]
    else:
        provider()


def _checked(ratio: float | str) -> float:
    try:
        value = float(ratio)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise WuganError(f"the share of traced packets ({RATIO}) must be between 0 and 1, got {ratio!r}")
    return value


def spans_of(node: str) -> Spans | None:
    """What makes a node's spans; `None` where nothing is traced."""
    asked = os.environ.get(RATIO)
    if not asked:
        return None
    ratio = _checked(asked)
    if not ratio:
        return None
    try:
        made = provider()
    except PluginError as error:  # in an actor; the driver's `trace` has raised
        log.warning("%r is not traced: %s", node, error)
        return None
    from wugan.observe.spans import Spans

    return Spans(node, made.get_tracer("wugan"), ratio)


def context_of(attrs: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a packet's metadata that says to which trace it belongs; empty where it is not traced."""
    return {name: attrs[name] for name in (PARENT, STATE) if name in attrs} if PARENT in attrs else {}


def joined(packets: Iterable[Packet[Any]]) -> dict[str, Any]:
    """The context of a window of packets, some of them traced: the first one's, and the others' beside it."""
    traced = [packet.attrs for packet in packets if PARENT in packet.attrs]
    return {**context_of(traced[0]), LINKED: [attrs[PARENT] for attrs in traced[1:]]}


def environment() -> dict[str, str]:
    """The variables that another process needs to trace in the same way, or not to, whatever it was started with."""
    if not os.environ.get(RATIO):
        return {RATIO: ""}
    return {name: value for name, value in os.environ.items() if name == RATIO or name.startswith("OTEL_")}


def provider() -> Any:
    """The provider that spans are made with; see `trace`."""
    global _provider
    from opentelemetry import trace as otel
    from opentelemetry.sdk.trace import TracerProvider

    with _lock:
        if _provider is None:
            if _exporter is None and not isinstance(otel.get_tracer_provider(), otel.ProxyTracerProvider):
                return otel.get_tracer_provider()
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace.export import BatchSpanProcessor

            exporter = _exporter or _named_exporter()
            service = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": "wugan"}
            _provider = TracerProvider(resource=Resource.create(service))
            if exporter is not None:
                _provider.add_span_processor(BatchSpanProcessor(exporter))
        return _provider


def _named_exporter() -> SpanExporter | None:
    """The exporter that the environment names."""
    from importlib.metadata import entry_points

    name = os.environ.get("OTEL_TRACES_EXPORTER") or "otlp"
    if name == "none":
        return None
    if name == "otlp":
        protocol = os.environ.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL")
        name = "otlp_proto_grpc" if protocol == "grpc" else "otlp_proto_http"
    found = list(entry_points(group="opentelemetry_traces_exporter", name=name))
    if not found:
        remedy = "pip install 'wugan[observe]'"
        if name != "otlp_proto_http":
            remedy = "install the package that has it, or set OTEL_TRACES_EXPORTER to otlp, console or none"
        raise PluginError(f"traces cannot be sent: there is no OpenTelemetry exporter {name!r}; {remedy}")
    made: SpanExporter = found[0].load()()
    return made


def flush(seconds: float = FLUSH_S) -> bool:
    """Send the spans that wait; returns whether that was done in time. A collector that was away is not asked again."""
    global _unreachable
    force = getattr(_provider, "force_flush", None)
    if force is None or _unreachable:
        return not _unreachable

    def send() -> None:
        with contextlib.suppress(Exception):  # the exporter has said what is wrong
            force(int(seconds * 1000))

    thread = threading.Thread(target=send, name="wugan-spans", daemon=True)  # a dead collector keeps it for long
    thread.start()
    thread.join(seconds)
    _unreachable = thread.is_alive()
    return not _unreachable


def _forget() -> None:
    """Let go of the provider that was made here."""
    global _provider
    if _provider is not None:
        _provider.shutdown()
        _provider = None
