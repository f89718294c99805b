"""`RayRuntime`: every node in a Ray actor. Ray places and watches; packets go over rings in shared memory."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wugan.duration import to_ns
from wugan.options import RestartPolicy

if TYPE_CHECKING:
    from wugan.pipeline import Pipeline
    from wugan.runtime.ray.running import RayRunning


def settle_environment() -> None:
    """Settings of Ray's that must be made before it is imported; what the user has set stays."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ.setdefault("RAY_worker_niceness", "0")  # Ray's 15 would let any other program delay a live stream
    os.environ.setdefault("RAY_TQDM_PATCH_PRINT", "0")  # or `print` would be another function, with another name


def ensure_ray(address: str | None = None) -> None:
    """Connect to the cluster of `address` or `RAY_ADDRESS`, or start Ray on this machine."""
    settle_environment()
    import ray

    if ray.is_initialized():
        return
    where = address or os.environ.get("RAY_ADDRESS")
    options: dict[str, Any] = {"address": where} if where else {"include_dashboard": False}
    ray.init(logging_level=logging.ERROR, log_to_driver=True, **options)


class RayRuntime:
    """Executes a pipeline on Ray, one actor per node; plain functions used as sinks run in the driver.

    An actor runs on the driver's machine unless its node has `place`. A node whose process dies is started again, the
    others never stop: packets from links that `block` are given to it again, others are counted as lost.

    Args:
        address: a cluster's address; default `RAY_ADDRESS`, else a Ray of our own on this machine.
        restart: what follows a death, for nodes without a policy of their own.
        stall_after: how long a stage may work on one packet, or say nothing, before the log names it.
        kill_after: how long a stage may go on after an interruption with the packet that it had in hand; then its
            process is killed and started again without that packet. `None` only names it in the log.
        spare: keep a process at hand that takes the place of one that dies, so that it need not be started first. It
            takes about 130 MB of memory.
    """

    def __init__(
        self,
        address: str | None = None,
        restart: RestartPolicy | None = None,
        stall_after: str | float = "5s",
        kill_after: str | float | None = None,
        spare: bool = False,
    ) -> None:
        self.address = address
        self.restart = restart or RestartPolicy()
        self.stall_after_s = to_ns(stall_after) / 1e9
        self.spare = spare
        self.kill_after_s = None if kill_after is None else to_ns(kill_after) / 1e9

    def start(self, pipeline: Pipeline, dead_letters: Path) -> RayRunning:
        """See `Runtime.start`."""
        from wugan.runtime.ray.running import RayRunning, check_places

        ensure_ray(self.address)
        check_places(pipeline)
        return RayRunning(pipeline, dead_letters, self)
