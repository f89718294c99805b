"""Runtimes: what executes a pipeline. `LocalRuntime` uses threads, `RayRuntime` one actor per stage."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from wugan.errors import PipelineError
from wugan.runtime.letters import default_dead_letters
from wugan.runtime.local import LocalRuntime
from wugan.runtime.ray import RayRuntime
from wugan.runtime.running import Running, Runtime

if TYPE_CHECKING:
    from wugan.pipeline import Pipeline

__all__ = ["LocalRuntime", "RayRuntime", "Running", "Runtime", "start"]


def start(pipeline: Pipeline, runtime: Runtime | str, dead_letters: Path | None) -> Running:
    """Start a pipeline on a runtime or on the one that is named."""
    named: dict[str, Callable[[], Runtime]] = {"local": LocalRuntime, "ray": RayRuntime}
    if isinstance(runtime, str) and runtime not in named:
        raise PipelineError(f"runtime {runtime!r} is unknown: choose 'local' or 'ray', or give a runtime object")
    chosen = named[runtime]() if isinstance(runtime, str) else runtime
    running = chosen.start(pipeline, dead_letters or default_dead_letters(pipeline))
    running.announce()
    return running
