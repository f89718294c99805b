"""wugan (五感): multimodal agents with sensor plugins.

Names are loaded when first used, so that `import wugan` takes a fraction of a second.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from wugan import clock

if TYPE_CHECKING:
    from wugan.agent import Action, ActionResult, Agent, Interrupt, Policy
    from wugan.buffers import empty
    from wugan.fused import Fused
    from wugan.fusion import FusionBackbone, FusionConfig
    from wugan.join import Fuse, Join
    from wugan.options import BatchConfig, LinkConfig, NodeOptions, Placement, RestartPolicy
    from wugan.packet import Packet
    from wugan.pipeline import Pipeline
    from wugan.runtime import LocalRuntime, RayRuntime
    from wugan.stage import Encoder, Head, Sink, Source, Stage
    from wugan.sync import (
        Approximate,
        Exact,
        Interpolate,
        Latest,
        Nearest,
        Window,
        approximate,
        exact,
        interpolate,
        latest,
        nearest,
    )
    from wugan.tokens import Tokens

_HOMES = {
    "wugan.agent": ("Action", "ActionResult", "Agent", "Interrupt", "Policy"),
    "wugan.buffers": ("empty",),
    "wugan.fused": ("Fused",),
    "wugan.fusion": ("FusionBackbone", "FusionConfig"),
    "wugan.join": ("Fuse", "Join"),
    "wugan.packet": ("Packet",),
    "wugan.pipeline": ("Pipeline",),
    "wugan.runtime": ("LocalRuntime", "RayRuntime"),
    "wugan.options": ("BatchConfig", "LinkConfig", "NodeOptions", "Placement", "RestartPolicy"),
    "wugan.stage": ("Encoder", "Head", "Sink", "Source", "Stage"),
    "wugan.sync": (
        "Approximate",
        "Exact",
        "Interpolate",
        "Latest",
        "Nearest",
        "Window",
        "approximate",
        "exact",
        "interpolate",
        "latest",
        "nearest",
    ),
    "wugan.tokens": ("Tokens",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Action",
    "ActionResult",
    "Agent",
    "Approximate",
    "BatchConfig",
    "Encoder",
    "Exact",
    "Fuse",
    "Fused",
    "FusionBackbone",
    "FusionConfig",
    "Head",
    "Interpolate",
    "Interrupt",
    "Join",
    "Latest",
    "LinkConfig",
    "LocalRuntime",
    "Nearest",
    "NodeOptions",
    "Packet",
    "Pipeline",
    "Placement",
    "Policy",
    "RayRuntime",
    "RestartPolicy",
    "Sink",
    "Source",
    "Stage",
    "Tokens",
    "Window",
    "approximate",
    "clock",
    "empty",
    "exact",
    "interpolate",
    "latest",
    "nearest",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'wugan' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
