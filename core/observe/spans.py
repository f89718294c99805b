"""`Spans`: one node's part in the traces of its packets.

A traced packet carries the span that it came from in `attrs["traceparent"]` (and `tracestate`), as W3C writes it, so
that it crosses processes with the packet. Packets without it cost one look into `attrs`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from contextvars import Token
from typing import Any

from opentelemetry import context as otel_context
from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from wugan.observe.tracing import LINKED, PARENT, SENT
from wugan.packet import Packet

_w3c = TraceContextTextMapPropagator()


class Spans:
    """Makes the spans of one node. Used by the node's own thread alone.

    Args:
        node: its name, and the spans' name.
        tracer: OpenTelemetry's.
        ratio: for a source, the share of its packets that are traced.
    """

    def __init__(self, node: str, tracer: trace.Tracer, ratio: float) -> None:
        self.node = node
        self.tracer = tracer
        self.ratio = ratio
        self._open: list[trace.Span] = []
        self._token: Token[Any] | None = None
        self._started_ns = 0

    def enter(self, packet: Packet[Any], seq: int) -> Packet[Any]:
        """Begin a packet's trace, if it is one of those that are traced, or go on with one that it brings along."""
        if PARENT not in packet.attrs and random.random() >= self.ratio:
            return packet
        return self._begin(packet, seq, {})

    def begin(self, packet: Packet[Any], port: str) -> Packet[Any]:
        """Begin the span of a packet that is handled, if it is traced; `end` ends it.

        Returns:
            The packet to hand on to the component: what is made of it belongs to this span.
        """
        if PARENT not in packet.attrs:
            return packet
        about: dict[str, Any] = {"wugan.port": port}
        if SENT in packet.attrs:
            about["wugan.link_wait_ms"] = max(0, time.time_ns() - packet.attrs[SENT]) / 1e6
        return self._begin(packet, packet.seq, about)

    def arrive(self) -> None:
        """A join's packet arrives; its spans begin here, and are made when a window is complete."""
        self._started_ns = time.time_ns()

    def end(self) -> None:
        """End the spans that are open."""
        if self._token is not None:
            otel_context.detach(self._token)
            self._token = None
        for span in self._open:
            span.end()
        self._open.clear()

    def leave(self, packet: Packet[Any]) -> Packet[Any]:
        """A packet that the node gives, with its context and the time at which it goes into the links."""
        attrs = packet.attrs
        if PARENT not in attrs:
            if not self._open:
                return packet
            attrs = {**attrs, **_context(self._open[-1])}
        elif self._started_ns:
            attrs = self._window(packet)
        sent = {**attrs, SENT: time.time_ns()}
        return Packet(
            packet.data, packet.time_ns, stream=packet.stream, seq=packet.seq, attrs=sent, entered_ns=packet.entered_ns
        )

    def failed(self, packet: Packet[Any] | None, error: Exception) -> None:
        """Note an error on the spans that are open, or on one of its own for the packet."""
        if not self._open and packet is not None and PARENT in packet.attrs:
            self._begin(packet, packet.seq, {}, start_ns=self._started_ns)
            self._mark(error)
            self.end()
        else:
            self._mark(error)

    def _mark(self, error: Exception) -> None:
        for span in self._open:
            span.record_exception(error)
            span.set_status(trace.Status(trace.StatusCode.ERROR, f"{type(error).__name__}: {error}"))

    def _begin(
        self,
        packet: Packet[Any],
        seq: int,
        about: dict[str, Any],
        links: Sequence[trace.Link] = (),
        start_ns: int = 0,
    ) -> Packet[Any]:
        about = {"wugan.stream": packet.stream or self.node, "wugan.seq": seq, "wugan.time_ns": packet.time_ns, **about}
        parent = _w3c.extract(packet.attrs, otel_context.Context())
        span = self.tracer.start_span(self.node, parent, attributes=about, links=links, start_time=start_ns or None)
        if not span.is_recording():  # the sampler left it out
            return packet
        self._open.append(span)
        if self._token is None:
            # What the component does by libraries that make spans themselves belongs below this one.
            self._token = otel_context.attach(trace.set_span_in_context(span))
        return packet.replace(packet.data, **_context(span))

    def _window(self, packet: Packet[Any]) -> dict[str, Any]:
        """Make a join's span for a window: below the first packet's, with links to the others'."""
        others = [_w3c.extract({PARENT: other}, otel_context.Context()) for other in packet.attrs.get(LINKED, ())]
        links = [trace.Link(trace.get_current_span(other).get_span_context()) for other in others]
        seq = packet.seq
        made = self._begin(packet, seq, {}, links, start_ns=self._started_ns)
        self.end()
        return {name: value for name, value in made.attrs.items() if name != LINKED}


def _context(span: trace.Span) -> dict[str, str]:
    carrier: dict[str, str] = {}
    _w3c.inject(carrier, trace.set_span_in_context(span, otel_context.Context()))
    return carrier
