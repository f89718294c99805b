"""Metrics of a run for Prometheus, read from `running.stats()` whenever they are asked for: nobody asking is free.

Names follow Prometheus' conventions: seconds and bytes, `_total` for what only grows. Quantiles are over the whole run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import itemgetter
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from wugan.errors import RuntimeFailure
from wugan.observe.rates import bottleneck
from wugan.runtime.node.meter import STATES

if TYPE_CHECKING:
    from wugan.runtime.running import Running

PORT = 9464  # what OpenTelemetry reserves for Prometheus exporters
QUANTILES = {"0.5": "p50_ms", "0.99": "p99_ms"}

STAGE_COUNTERS = {
    "handled": "Packets taken from the links, or read by a source.",
    "emitted": "Packets sent on.",
    "failed": "Packets in the dead letters.",
    "flushed": "Packets dropped by an interruption.",
    "lost": "Packets that a dead process held and nobody can give back.",
    "redelivered": "Packets given again to a new process.",
    "restarts": "New processes, or a device's new connections.",
}
LINK_COUNTERS = {
    "in": "Packets put into the link.",
    "out": "Packets taken out of the link.",
    "dropped": "Packets that the link dropped, since its reader was slower than its writer.",
}

Node = dict[str, Any]


class RunCollector(Collector):
    """Gives the metrics of one run to a Prometheus registry, with `registry.register(RunCollector(running))`.

    Args:
        running: the run.
    """

    def __init__(self, running: Running) -> None:
        self.running = running

    def collect(self) -> Iterator[Metric]:
        """All metrics as they are now."""
        stats = self.running.stats()
        yield self._info()
        yield from self._counters(stats)
        yield from self._gauges(stats)
        yield from self._links(stats)

    def _info(self) -> Metric:
        runtime = type(self.running).__name__.removesuffix("Running").lower()
        about = {"pipeline": self.running.pipeline.name, "runtime": runtime}
        return InfoMetricFamily("wugan_pipeline", "A pipeline that runs.", about)

    def _counters(self, stats: dict[str, Node]) -> Iterator[Metric]:
        for name, about in STAGE_COUNTERS.items():
            yield self._per_stage(CounterMetricFamily, name, about, stats, itemgetter(name))
        about = "Time that the component has worked."
        yield self._per_stage(
            CounterMetricFamily, "busy_seconds", about, stats, lambda node: node["busy_s"] + node["busy_now_s"]
        )
        labels = ["pipeline", "stage", "stream", "reason"]
        dropped = CounterMetricFamily(
            "wugan_stage_dropped", "Packets that the stage itself dropped, such as a join for lateness.", labels=labels
        )
        for stage, node in stats.items():
            for stream, reasons in node.get("dropped", {}).items():
                for reason, count in reasons.items():
                    dropped.add_metric([self.running.pipeline.name, stage, stream, str(reason)], count)
        yield dropped

    def _gauges(self, stats: dict[str, Node]) -> Iterator[Metric]:
        holds_up = bottleneck(stats)
        gauges: dict[str, tuple[str, Callable[[str, Node], float]]] = {
            "held_packets": ("Packets that the stage holds back now.", lambda _, node: node["held"]),
            "working_seconds": ("For how long it has worked on one packet.", lambda _, node: node["busy_now_s"]),
            "blocked_seconds": (
                "For how long it has waited for room in a reader's link.",
                lambda _, node: node["blocked_now_s"],
            ),
            "holds_up": ("Whether this stage holds the pipeline up now.", lambda stage, _: stage == holds_up),
        }
        for name, (about, value) in gauges.items():
            family = GaugeMetricFamily(f"wugan_stage_{name}", about, labels=["pipeline", "stage"])
            for stage, node in stats.items():
                family.add_metric([self.running.pipeline.name, stage], float(value(stage, node)))
            yield family
        state = GaugeMetricFamily(
            "wugan_stage_state", "1 for the state that it is in.", labels=["pipeline", "stage", "state"]
        )
        for stage, node in stats.items():
            for name in STATES:
                state.add_metric([self.running.pipeline.name, stage, name], float(node["state"] == name))
        yield state
        for name, about in (
            ("latency", "Time that the component takes for one packet."),
            ("age", "Age of a packet, since it entered the pipeline, when the stage was done with it."),
        ):
            family = GaugeMetricFamily(f"wugan_stage_{name}_seconds", about, labels=["pipeline", "stage", "quantile"])
            prefix = "" if name == "latency" else f"{name}_"
            for stage, node in stats.items():
                self._add_quantiles(family, [stage], node, prefix)
            yield family

    def _links(self, stats: dict[str, Node]) -> Iterator[Metric]:
        links = [(stage, port, link) for stage, node in stats.items() for port, link in node.get("links", {}).items()]
        labels, pipeline = ["pipeline", "stage", "port"], self.running.pipeline.name
        for name, about in LINK_COUNTERS.items():
            counter = CounterMetricFamily(f"wugan_link_{name}", about, labels=labels)
            for stage, port, link in links:
                counter.add_metric([pipeline, stage, port], link[name])
            yield counter
        for name, key, about in (
            ("waiting_packets", "waiting", "Packets that wait in the link."),
            ("waiting_bytes", "bytes", "Payload bytes that wait in the link."),
        ):
            gauge = GaugeMetricFamily(f"wugan_link_{name}", about, labels=labels)
            for stage, port, link in links:
                gauge.add_metric([pipeline, stage, port], link[key])
            yield gauge
        for name, about in (
            ("wait", "Time that packets waited in the link."),
            ("age", "Age of a packet, since it entered the pipeline, when it was taken from the link."),
        ):
            gauge = GaugeMetricFamily(f"wugan_link_{name}_seconds", about, labels=[*labels, "quantile"])
            for stage, port, link in links:
                self._add_quantiles(gauge, [stage, port], link, f"{name}_")
            yield gauge

    def _per_stage(
        self, kind: type[Any], name: str, about: str, stats: dict[str, Node], value: Callable[[Node], float]
    ) -> Metric:
        family: Any = kind(f"wugan_stage_{name}", about, labels=["pipeline", "stage"])
        for stage, node in stats.items():
            family.add_metric([self.running.pipeline.name, stage], value(node))
        return family

    def _add_quantiles(self, family: GaugeMetricFamily, labels: list[str], values: Node, prefix: str) -> None:
        for quantile, key in QUANTILES.items():
            family.add_metric([self.running.pipeline.name, *labels, quantile], values[prefix + key] / 1000)


class MetricsServer:
    """Answers Prometheus over HTTP until `close()`; also a context manager.

    Attributes:
        url: where the metrics are.
    """

    def __init__(self, running: Running, port: int, host: str) -> None:
        registry = CollectorRegistry()
        registry.register(RunCollector(running))
        try:
            self._server, self._thread = start_http_server(port, host, registry)
        except (OSError, OverflowError) as error:
            raise RuntimeFailure(
                f"metrics cannot be served on {host}, port {port}: {error}. Give another port (0: any that is free)"
            ) from error
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._server.server_port}/metrics"

    def close(self) -> None:
        """End the server; safe to call twice."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


def serve(running: Running, port: int = PORT, host: str = "127.0.0.1") -> MetricsServer:
    """Serve a run's metrics to Prometheus. Call `close()` on the result, or use it as a context manager.

    Args:
        running: the run; on Ray, the metrics of all its actors are served from here.
        port: where; 0 takes any that is free, see `url`.
        host: loopback unless told otherwise. Whoever reaches it may read the names and counters of all stages.

    Raises:
        RuntimeFailure: the port is taken, or the host is none of this machine's.
    """
    return MetricsServer(running, port, host)
