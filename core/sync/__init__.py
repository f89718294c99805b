"""Aligning streams by time: `approximate(slop)`, `exact()`, `latest(max_age)`, `nearest(max_age)`,
`interpolate(max_gap)`.

The decisions of all but `latest` and `nearest` rest on packet times and watermarks, never on the order in which streams
happen to arrive, so that a recording gives the same windows on every runtime (unless `max_wait` is set, which is by the
clock). `latest` waits for nothing and takes what has arrived, `nearest` waits a bounded time. Every drop is counted
with its reason.
"""

from __future__ import annotations

from wugan.sync.approximate import Approximate, Exact
from wugan.sync.base import GROWTH, Arrival, OnDrop, Synchronizer, Window
from wugan.sync.interpolate import Interpolate, linear
from wugan.sync.latest import Latest
from wugan.sync.nearest import Nearest

SyncPolicy = Approximate | Exact | Interpolate | Latest | Nearest
approximate = Approximate
exact = Exact
interpolate = Interpolate
latest = Latest
nearest = Nearest

__all__ = [
    "GROWTH",
    "Approximate",
    "Arrival",
    "Exact",
    "Interpolate",
    "Latest",
    "Nearest",
    "OnDrop",
    "SyncPolicy",
    "Synchronizer",
    "Window",
    "approximate",
    "exact",
    "interpolate",
    "latest",
    "linear",
    "nearest",
]
