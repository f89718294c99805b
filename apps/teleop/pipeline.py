"""The training pipeline: a device's states in, touch and tool fused, guidance back to the device."""

from __future__ import annotations

from typing import Literal

from wugan.apps.teleop.coach import STRETCH, Coach, Felt, ToolEncoder
from wugan.apps.teleop.tasks import Task
from wugan.devices.haptic.device import HapticDevice
from wugan.devices.haptic.force import HapticForce
from wugan.modalities.haptics import Gather, HapticEncoder
from wugan.pipeline import Pipeline
from wugan.sync import approximate

CoachKind = Literal["rule", "fused"]

_EXPIRES = "1s"  # of a program: five decisions of the coach


def training_pipeline(
    device: HapticDevice,
    task: Task,
    surface: str,
    path: str,
    level: float = 1.0,
    fixed: bool = False,
    coach: CoachKind = "rule",
) -> Pipeline:
    """Compose the pipeline of one trial.

    Nodes: `touch` (the device), `stretch`, `feel` (tokens of touch), `tool` (tokens of the tool's place), `coach` (both
    fused to an `Advice`), `program`, `force` (back to the device). With the fused coach also `fuse`, the DAR backbone.

    Args:
        device: three Cartesian axes; made with `surfaces=True` and a named port.
        task: what is trained.
        surface: name under which the workpiece's geometry is shared (`Geometry.share`).
        path: name under which the path's is.
        level: of the guidance at the start, 0…1.
        fixed: keep it.
        coach: who decides: the `rule`, or the trained backbone and its head (`fused`).
    """
    p = Pipeline("teleop-training")
    touch = p.source(device, name="touch")
    stretch = p.stage(Gather(STRETCH), touch, name="stretch")
    feel = p.stage(HapticEncoder(window="190ms"), stretch, name="feel")  # a little less, for a clock that runs fast
    tool = p.stage(ToolEncoder(task.name, task.seed, task.origin), stretch, name="tool")
    sync = approximate("50ms")
    if coach == "fused":
        from wugan.apps.teleop.fused_coach import FusedCoach

        fused = p.fuse(feel, tool, sync=sync, backbone="wugan.apps.teleop.fused_coach:backbone", name="fuse")
        advice = p.head(FusedCoach(task.limits.path_m, level, fixed), fused, name="coach")
    else:
        advice = p.join(feel, tool, component=Coach(sync, task.limits.path_m, level, fixed), name="coach")
    program = p.stage(Felt(task.name, task.seed, surface, path, task.origin), advice, name="program")
    p.sink(HapticForce(device, expires=_EXPIRES), program, name="force")
    return p
