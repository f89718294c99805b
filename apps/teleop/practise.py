"""`practise()`: a trial in virtual time: scripted operator, emulated body, the same effects; no port and no process.

It takes about a tenth of the time that the trial would, and is the same each time: for tests, for trying settings, and
for showing how guidance fades over many trials. `live` does the same at a real or emulated device.

`practise_remote()`: a trial whose tool is elsewhere, joined to the operator by `Leader`, `Follower` and a network. The
guide is rendered at the operator's side, where it knows no delay; what the tool touches comes back over the network.

Sessions: several trials one after another, each recorded; the guidance goes on from trial to trial.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wugan.apps.teleop.coach import Assist
from wugan.apps.teleop.operator import SKILLS, Operator, improved
from wugan.apps.teleop.tasks import Line, Task
from wugan.apps.teleop.tasks import task as make_task
from wugan.apps.teleop.trial import Trial, TrialInfo
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.apps.teleop.live import Live, OnAdvice
    from wugan.apps.teleop.pipeline import CoachKind
    from wugan.devices.haptic.emulators.body import Moving


PERIOD_S = 0.001
UPDATE_S = 0.05  # as often as the pipeline
_FORCE_N = 8.0  # of a desktop device
_MASS_KG = 0.1


def practise(
    task: Task,
    operator: Operator,
    assist: Assist | None = None,
    info: TrialInfo | None = None,
    on_update: Callable[[float, float], None] | None = None,
) -> Trial:
    """One trial.

    Args:
        task: what is to be done.
        operator: who does it.
        assist: their guidance, which is changed by it; none where it is not given.
        info: what is written of it.
        on_update: called with the time (s) and the distance from the path (m) at each update.
    """
    from wugan.devices.haptic.effects import Renderer
    from wugan.devices.haptic.emulators.body import Body
    from wugan.devices.haptic.force import program_of
    from wugan.signals import ImpedanceUpdate

    body = Body(_MASS_KG, 0.5, encoder_step=2e-5, ends=[(-0.1, 0.1)] * 3, start=task.start.tolist(), hand=operator)
    renderer = Renderer(3, {"surface": task.surface, "path": task.guide})
    line = Line(task.seen)
    count = round(operator.seconds / PERIOD_S)
    every = round(UPDATE_S / PERIOD_S)
    position, velocity, force = (np.empty((count, 3)) for _ in range(3))
    level = np.zeros(count)
    for index in range(count):
        at, speed = body.sensed()
        if index % every == 0:
            distance, place, _ = line.nearest(at[None])
            away = float(distance[0])
            now = assist.level if assist is not None else 0.0
            if assist is not None and place[0] >= task.worked:  # the way there is no work
                now = assist.update(away, UPDATE_S)
            effects = task.contact("surface")
            if assist is not None:
                effects += task.guidance(now, "path", assist.stiffest)
            renderer.load(program_of(ImpedanceUpdate(effects)))
            if on_update is not None:
                on_update(index * PERIOD_S, away)
        position[index], velocity[index] = at, speed
        out = renderer.step(at.tolist(), speed.tolist(), PERIOD_S)
        size = float(np.sqrt(out @ out))
        force[index] = out if size <= _FORCE_N else out * (_FORCE_N / size)
        level[index] = assist.level if assist is not None else 0.0
        body.step(force[index], PERIOD_S)
    known = info or TrialInfo(task.name, task.seed, "scripted", 1, "virtual", task.origin)
    return Trial(known, np.arange(count) * 1_000_000 / 1e9, position, velocity, force, level)


Vector = NDArray[np.float64]

_DEVICE_KG, _TOOL_KG = 0.1, 0.3
_TOOL_DAMPING = 1.0  # N·s/m
_ENCODER_M = 2e-5
_SECTORS = 24  # boxes around the hole


@dataclass(frozen=True, slots=True)
class Network:
    """Between operator and tool.

    Attributes:
        delay_s: one way.
        loss: share of packets that never come, each way.
        jitter: share of the delay by which packets vary.
        seed: of its randomness.
    """

    delay_s: float
    loss: float = 0.0
    jitter: float = 0.1
    seed: int = 0

    def __str__(self) -> str:
        return f"{2e3 * self.delay_s:.0f} ms with {100 * self.loss:.0f} % loss"


def practise_remote(
    task: Task,
    operator: Operator,
    network: Network,
    assist: Assist | None = None,
    info: TrialInfo | None = None,
    world: str = "plain",
) -> Trial:
    """One trial over a network. What is recorded is the tool's motion and the force at the operator's device.

    Args:
        task: what is to be done.
        operator: who does it.
        network: between them.
        assist: their guidance, which is changed by it; none where it is not given.
        info: what is written of it.
        world: `plain`, the workpiece as the renderer has it; `mujoco`, the peg's flange as rigid bodies.

    Raises:
        DataError: there is no such world, it has no such task, or MuJoCo is not installed.
    """
    from wugan.devices.haptic.effects import Renderer
    from wugan.devices.haptic.emulators.body import Body
    from wugan.devices.haptic.force import program_of
    from wugan.devices.haptic.teleoperation import Follower, Leader, TeleopConfig
    from wugan.devices.haptic.teleoperation.endpoint import capped
    from wugan.devices.haptic.teleoperation.packet import Channel
    from wugan.signals import ImpedanceUpdate

    config = TeleopConfig(axes=3, max_force=_FORCE_N, least_mass=_DEVICE_KG)
    leader, follower = Leader(config, session=1), Follower(config, session=2)
    spread = 2 * network.jitter * network.delay_s
    least = network.delay_s * (1 - network.jitter)
    forth, back = (Channel(least, spread, network.loss, seed=2 * network.seed + way) for way in (0, 1))
    ends = [(low - 0.1, high + 0.1) for low, high in zip(task.path.min(0), task.path.max(0), strict=True)]
    hand = Body(_DEVICE_KG, 0.5, encoder_step=_ENCODER_M, ends=ends, start=task.start.tolist(), hand=operator)
    if world not in ("plain", "mujoco"):
        raise DataError(f"there is no world {world!r}; there are plain, mujoco")
    tool: Moving = _Touching(task, ends) if world == "plain" else _mujoco(task)
    guide = Renderer(3, {"path": task.guide})
    line = Line(task.seen)
    count, every = round(operator.seconds / PERIOD_S), round(UPDATE_S / PERIOD_S)
    position, velocity, force = (np.empty((count, 3)) for _ in range(3))
    level, pressed = np.zeros(count), np.zeros(count)
    for index in range(count):
        now_s = index * PERIOD_S
        for data in forth.arrived(now_s):
            follower.receive(data, now_s)
        for data in back.arrived(now_s):
            leader.receive(data, now_s)
        (at, speed), (place, motion) = hand.sensed(), tool.sensed()
        if assist is not None and index % every == 0:
            distance, near, _ = line.nearest(place[None])
            if near[0] >= task.worked:
                assist.update(float(distance[0]), UPDATE_S)
            guide.load(program_of(ImpedanceUpdate(task.guidance(assist.level, "path", assist.stiffest))))
        mine, far = leader.step(at, speed, now_s), follower.step(place, motion, now_s, -tool.contact)
        for step, channel in ((mine, forth), (far, back)):
            if step.packet is not None:
                channel.send(step.packet, now_s)
        position[index], velocity[index] = place, motion
        force[index] = capped(mine.force + guide.step(at.tolist(), speed.tolist(), PERIOD_S), _FORCE_N)
        level[index] = assist.level if assist is not None else 0.0
        pressed[index] = float(np.linalg.norm(tool.contact))
        hand.step(force[index], PERIOD_S)
        tool.step(far.force, PERIOD_S)
    known = info or TrialInfo(task.name, task.seed, "scripted", 1, f"virtual, tool behind {network}", task.origin)
    return Trial(known, np.arange(count) * 1_000_000 / 1e9, position, velocity, force, level, pressed)


class _Touching:
    """A mass with friction that touches the workpiece as the renderer has it."""

    def __init__(self, task: Task, ends: list[tuple[float, float]]) -> None:
        from wugan.devices.haptic.effects import Renderer
        from wugan.devices.haptic.emulators.body import Body
        from wugan.devices.haptic.force import program_of
        from wugan.signals import ImpedanceUpdate

        start = task.start.tolist()
        self._body = Body(_TOOL_KG, _TOOL_DAMPING, encoder_step=_ENCODER_M, ends=ends, start=start)
        self._renderer = Renderer(3, {"surface": task.surface})
        self._renderer.load(program_of(ImpedanceUpdate(task.contact("surface"))))
        self.contact: Vector = np.zeros(3)

    @property
    def position(self) -> Vector:
        """True position, m `[3]`."""
        return self._body.position

    @property
    def velocity(self) -> Vector:
        """True velocity, m/s `[3]`."""
        return self._body.velocity

    def sensed(self) -> tuple[Vector, Vector]:
        """Position as the encoder gives it, and velocity."""
        return self._body.sensed()

    def step(self, output: Vector, dt_s: float) -> None:
        """Move on under the follower's force, N `[3]`, and that of the workpiece."""
        for _ in range(2):  # as fine as MuJoCo's steps
            place, motion = self._body.position, self._body.velocity
            self.contact = self._renderer.step(list(place), list(motion), dt_s / 2).copy()
            self._body.step(output + self.contact, dt_s / 2)


def _mujoco(task: Task) -> Moving:
    from wugan.devices.haptic.emulators.world import World

    if task.name != "peg":
        raise DataError(f"the MuJoCo world has the peg and its hole; {task.name!r} needs the plain one")
    start: list[float] = task.start.tolist()
    return World(_flange(task), 3, space="cartesian", origin=start, encoder_step=_ENCODER_M)


def _flange(task: Task) -> str:
    """The peg's flange for MuJoCo: boxes around a hole with as many sides, and a floor. Relative to the start."""
    from wugan.apps.teleop.tasks import part_of

    part = part_of(task.seed)
    x, y, z = (np.array([*part.centre, 0.0]) + task.origin - task.start).tolist()
    half = (part.outer - part.hole) / 2
    wide, high = part.outer * np.tan(np.pi / _SECTORS), part.depth / 2
    boxes = []
    for angle in np.arange(_SECTORS) * 2 * np.pi / _SECTORS:
        away = part.hole + half
        place = f"{x + away * np.cos(angle):.6f} {y + away * np.sin(angle):.6f} {z - high:.6f}"
        boxes.append(
            f'<geom type="box" size="{half:.6f} {wide:.6f} {high:.6f}" pos="{place}" '
            f'euler="0 0 {np.degrees(angle):.4f}"/>'
        )
    floor = (
        f'<geom type="box" size="{part.outer} {part.outer} 0.002" pos="{x:.6f} {y:.6f} {z - part.depth - 0.002:.6f}"/>'
    )
    slides = "".join(
        f'<joint type="slide" axis="{axis}" damping="{_TOOL_DAMPING}"/>' for axis in ("1 0 0", "0 1 0", "0 0 1")
    )
    return (
        '<mujoco><option timestep="0.0005" gravity="0 0 0" integrator="implicitfast" cone="elliptic"/>'
        '<default><geom solref="0.004 1" friction="0.1 0.005 0.0001"/></default><worldbody>'
        f'<body name="tool">{slides}<geom type="sphere" size="{task.ball}" mass="{_TOOL_KG}"/></body>'
        f"{''.join(boxes)}{floor}</worldbody></mujoco>"
    )


PRACTICE = 5  # trials of practice that lie between two of a scripted operator's


def recording(folder: Path, number: int) -> Path:
    """The file of a trial."""
    return folder / f"trial-{number:03}.mcap"


def virtual_session(
    task: str,
    seed: int,
    skill: str,
    trials: int,
    level: float,
    fixed: bool,
    folder: Path | None,
    network: Network | None = None,
    world: str = "plain",
) -> Iterator[Trial]:
    """Trials in virtual time, each as it is done, of a scripted operator who practises in between (`improved`).

    Args:
        task: name of the task.
        seed: its workpiece.
        skill: with which the operator begins.
        trials: how many.
        level: of the guidance at the start, 0…1.
        fixed: keep it.
        folder: where recordings go; None keeps none.
        network: between the operator and the tool; None is a tool in the operator's hand.
        world: with a network, what the tool touches; see `remote.practise_remote`.

    Raises:
        DataError: there is no such task or skill.
    """
    known = make_task(task, seed)
    if skill not in SKILLS:
        raise DataError(f"there is no skill {skill!r}; there are {', '.join(SKILLS)}")
    assist = Assist(known.limits.path_m, level=level)
    for number in range(1, trials + 1):
        person = Operator(known, improved(SKILLS[skill], PRACTICE * (number - 1)), number)
        if fixed:
            assist = Assist(known.limits.path_m, level=level, fixed=True)
        info = TrialInfo(task, seed, f"scripted, began as {skill}", number, "virtual")
        if network is None:
            trial = practise(known, person, assist, info)
        else:
            info.device = f"virtual, tool behind {network}, {world} world"
            trial = practise_remote(known, person, network, assist, info, world)
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            trial.save(recording(folder, number), overwrite=True)
        yield trial


def live_session(
    task: str,
    seed: int,
    driver: str,
    port: str | None,
    values: Mapping[str, Any],
    skill: str,
    trials: int,
    level: float,
    fixed: bool,
    folder: Path,
    seconds: float | None = None,
    runtime: str = "local",
    on_advice: OnAdvice | None = None,
    coach: CoachKind = "rule",
) -> Iterator[Live]:
    """Trials in real time, each as it is done; see `live.Trainer` for what the arguments mean."""
    from wugan.apps.teleop.live import Trainer

    trainer = Trainer(task, seed, driver, port, values, skill, level, fixed, runtime, on_advice, coach)
    for number in range(1, trials + 1):
        live = trainer.run(recording(folder, number), number, seconds)
        trainer.level = live.level
        yield live
