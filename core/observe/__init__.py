"""Looking into a pipeline that runs: `wugan top`, Prometheus, OpenTelemetry, and a Rerun viewer.

Names are loaded when first used: each of these needs a library of its own.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wugan.observe.metrics import MetricsServer, serve
    from wugan.observe.rerun import RerunSink
    from wugan.observe.tracing import trace

_HOME = {
    "MetricsServer": "wugan.observe.metrics",
    "RerunSink": "wugan.observe.rerun",
    "serve": "wugan.observe.metrics",
    "trace": "wugan.observe.tracing",
}

__all__ = ["MetricsServer", "RerunSink", "serve", "trace"]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'wugan.observe' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)
