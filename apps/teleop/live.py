"""`train()`: a trial in real time, at an emulated or a real device, through the whole pipeline."""

from __future__ import annotations

import json
import multiprocessing.sharedctypes
import os
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wugan import clock
from wugan.apps.teleop.coach import Advice
from wugan.apps.teleop.operator import Operator, Skill
from wugan.apps.teleop.pipeline import CoachKind, training_pipeline
from wugan.apps.teleop.tasks import Place, Task, task
from wugan.apps.teleop.trial import Guided, Trial, TrialInfo
from wugan.devices.haptic.device import HapticDevice
from wugan.devices.haptic.emulators.body import CARTESIAN_DAMPING, CARTESIAN_MASS_KG, DEFAULT_CARTESIAN_STEP, Body
from wugan.devices.haptic.emulators.pty import EmulatorProcess
from wugan.errors import DataError, DeviceError
from wugan.packet import Packet
from wugan.record.recorder import Recorder

if TYPE_CHECKING:
    from wugan.devices.haptic.driver import Driver, HapticSpec

_LONGEST_S = 120.0  # of a person's trial
_READY_S = 60.0  # for kernels to be compiled the first time, and the link to be made
_DONE = 0.98  # progress from which on the work counts as done …
_DONE_S = 1.5  # … when it has lasted so long
_BEHIND_S = 10.0  # that a recording may be behind at its end
_CHUNK_NS = 20_000_000  # of the device's packets, which bear the time of their first state
_MARGIN_M = 0.005  # between the path and the ends of the workspace

OnAdvice = Callable[[float, Advice], None]


@dataclass(slots=True)
class Live:
    """What came of a live trial.

    Attributes:
        trial: what was recorded.
        recording: its file.
        level: of the guidance at the end, for the next trial.
        notes: how the servo kept its time, and what the safety layer did.
    """

    trial: Trial
    recording: Path
    level: float
    notes: list[str] = field(default_factory=list)


def place(spec_workspace: tuple[tuple[float, float], ...], known: Task) -> Place:
    """Where the workpiece stands so that its path lies in the middle of a device's workspace.

    Raises:
        DataError: the device is too small for it.
    """
    middle = (known.path.min(axis=0) + known.path.max(axis=0)) / 2
    half = (known.path.max(axis=0) - known.path.min(axis=0)) / 2
    centre = [(low + high) / 2 for low, high in spec_workspace]
    short = [
        axis
        for axis, (low, high), need in zip("xyz", spec_workspace, half, strict=True)
        if (high - low) / 2 < need + _MARGIN_M
    ]
    if short:
        raise DataError(
            f"the device's workspace is too small for {known.name} along {', '.join(short)}: it needs "
            f"{' × '.join(f'{2e3 * (one + _MARGIN_M):.0f}' for one in half)} mm"
        )
    if all(low + _MARGIN_M < a and b < high - _MARGIN_M for (low, high), a, b in _spans(spec_workspace, known)):
        return known.origin
    x, y, z = (c - m for c, m in zip(centre, middle, strict=True))
    return (x, y, z)


def _spans(workspace: tuple[tuple[float, float], ...], known: Task) -> Any:
    return zip(workspace, known.path.min(axis=0), known.path.max(axis=0), strict=True)


@dataclass
class Trainer:
    """Trials in real time, one after another.

    Args:
        task: name of the task.
        seed: its workpiece.
        driver: name of the device's driver.
        port: of a real device; None emulates one, which a scripted operator holds.
        values: for the driver of a real device.
        skill: of the scripted operator.
        level: of the guidance at the start.
        fixed: keep it.
        runtime: `local` or `ray`.
        on_advice: called with the seconds since the start and each decision of the coach.
        coach: who decides, see `training_pipeline`.
    """

    task: str
    seed: int = 0
    driver: str = "wugan"
    port: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    skill: str | Skill = "trained"
    level: float = 1.0
    fixed: bool = False
    runtime: str = "local"
    on_advice: OnAdvice | None = None
    coach: CoachKind = "rule"

    def run(self, recording: Path, number: int = 1, seconds: float | None = None) -> Live:
        """One trial, recorded.

        Args:
            recording: file to write; an older one is overwritten.
            number: of the trial in its session, also the seed of the scripted operator.
            seconds: how long at most; a scripted operator's own time by default, two minutes for a person.

        Raises:
            DeviceError: the device is not to be had, or gave no states.
            DataError: it has not three Cartesian axes, or is too small.
        """
        from wugan.devices.haptic import registry

        driver = registry.driver(self.driver, self.values)
        known = self._placed(driver.spec)
        recording.parent.mkdir(parents=True, exist_ok=True)
        if self.port is not None:
            info = TrialInfo(self.task, self.seed, "a person", number, driver.spec.model, known.origin)
            return self._run(self._device(driver, self.port, recording), known, recording, info, seconds or _LONGEST_S)
        gate = multiprocessing.sharedctypes.RawValue("b", 0)
        operator = Operator(known, self.skill, number, gate)
        who = f"scripted, {self.skill}" if isinstance(self.skill, str) else "scripted"
        info = TrialInfo(self.task, self.seed, who, number, f"emulated {driver.spec.model}", known.origin)
        body = _body(driver.spec, known, operator)
        with EmulatorProcess(registry.emulator_class(self.driver), body=body) as emulated:
            device = self._device(driver, emulated.port, recording)
            return self._run(device, known, recording, info, seconds or operator.seconds, gate)

    def _placed(self, spec: HapticSpec) -> Task:
        if spec.space != "cartesian" or spec.axes != 3:
            raise DataError(
                f"training needs a Cartesian device of three axes; {spec.model} has {spec.axes} ({spec.space})"
            )
        known = task(self.task, self.seed)
        origin = place(spec.workspace, known)
        return known if origin == known.origin else task(self.task, self.seed, origin)

    def _device(self, driver: Driver, port: str, recording: Path) -> HapticDevice:
        events = _events_file(recording)
        events.unlink(missing_ok=True)
        return HapticDevice(driver, port=port, surfaces=True, events=str(events))

    def _run(
        self, device: HapticDevice, known: Task, recording: Path, info: TrialInfo, seconds: float, gate: Any = None
    ) -> Live:
        surface, path = (f"wugan-{what}-{os.getpid()}-{secrets.token_hex(2)}" for what in ("s", "p"))
        shared = [known.surface.share(surface), known.guide.share(path)]
        watch = _Watch(gate, self.on_advice)
        pipeline = training_pipeline(device, known, surface, path, self.level, self.fixed, self.coach)
        try:
            with Recorder(recording, overwrite=True) as recorder:
                recorder.write(Packet(info, 0, stream="trial"))
                touch = _Recorded(recorder)
                pipeline.sink(touch.take, pipeline.nodes["touch"], name="record-touch")
                pipeline.sink(watch.take, pipeline.nodes["coach"], name="watch")
                pipeline.sink(_levels(recorder), pipeline.nodes["coach"], name="record-guidance")
                with pipeline.run(self.runtime) as running:  # type: ignore[arg-type]
                    try:
                        watch.until_done(seconds, lambda: running.wait(0.05))
                        touch.catch_up(lambda: running.wait(0.05))
                    except KeyboardInterrupt:
                        if gate is not None:
                            raise
                    notes = _notes(device)
                    running.cancel()  # at once: a program that is still under way would find no servo
        finally:
            for memory in shared:
                memory.close()
                memory.unlink()
        return Live(Trial.load(recording), recording, watch.level, [*notes, *_events(_events_file(recording))])


@dataclass
class _Recorded:
    """Records the states, and knows up to when."""

    recorder: Recorder
    until_ns: int = 0

    def take(self, packet: Packet[Any]) -> None:
        self.recorder.write(packet)
        self.until_ns = packet.time_ns

    def catch_up(self, ended: Callable[[], bool]) -> None:
        """Wait until what has happened by now is recorded: a busy computer may be seconds behind."""
        now_ns, longest_s = clock.now_ns() - _CHUNK_NS, time.monotonic() + _BEHIND_S
        while self.until_ns < now_ns and time.monotonic() < longest_s and not ended():
            pass


@dataclass
class _Watch:
    """Follows the coach's decisions: opens the gate at the first, and knows when the work is done."""

    gate: Any
    on_advice: OnAdvice | None
    level: float = 1.0
    begun_s: float | None = None
    done_s: float | None = None

    def take(self, packet: Packet[Advice]) -> None:
        now, advice = time.monotonic(), packet.data
        if self.begun_s is None:
            self.begun_s = now
            if self.gate is not None:
                self.gate.value = 1
        self.level = advice.level
        self.done_s = (self.done_s or now) if advice.progress >= _DONE else None
        if self.on_advice is not None:
            self.on_advice(now - self.begun_s, advice)

    def until_done(self, seconds: float, ended: Callable[[], bool]) -> None:
        started = time.monotonic()
        while not ended():
            now = time.monotonic()
            if self.begun_s is None:
                if now - started > _READY_S:
                    raise DeviceError(
                        f"no decision within {_READY_S:g} s: does the device give states? See `wugan devices monitor`"
                    )
            elif now - self.begun_s > seconds or (
                self.gate is None and self.done_s is not None and now - self.done_s > _DONE_S
            ):
                return


def _levels(recorder: Recorder) -> Callable[[Packet[Advice]], None]:
    def write(packet: Packet[Advice]) -> None:
        guided = Guided(packet.data.level, packet.data.alone_mm / 1e3)
        recorder.write(Packet(guided, packet.time_ns, stream="guidance", seq=packet.seq))

    return write


def _body(spec: HapticSpec, known: Task, operator: Operator) -> Body:
    return Body(
        CARTESIAN_MASS_KG,
        CARTESIAN_DAMPING,
        encoder_step=DEFAULT_CARTESIAN_STEP,
        ends=spec.workspace,
        start=known.start.tolist(),
        hand=operator,
    )


def _events_file(recording: Path) -> Path:
    return recording.with_suffix(".events.jsonl")


def _events(file: Path) -> list[str]:
    """What the safety layer did, counted; nothing where it left no file."""
    if not file.exists():
        return []
    counts = Counter(json.loads(line)["code"] for line in file.read_text(encoding="utf-8").splitlines())
    return ["Safety layer: " + ", ".join(f"{code} {count}×" for code, count in sorted(counts.items())) + "."]


def _notes(device: HapticDevice) -> list[str]:
    """How the servo kept its time; nothing where it runs in an actor's process."""
    if not device.is_open:
        return []
    stats = device.stats
    jitter = stats.jitter
    return [
        f"Servo: {stats.states} states, woken {1e6 * jitter.p99_s:.0f} µs late at most in 99 of 100 periods; "
        f"the link was lost {stats.losses} times.",
        *device.warnings,
    ]
