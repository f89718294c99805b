"""The simple effects: springs, dampers, weights, friction, walls, detents, textures, pulses and vibrations."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from wugan.devices.haptic.effects.effect import (
    MAX_DAMPING,
    MAX_DURATION,
    MAX_FORCE,
    MAX_POSITION,
    MAX_STIFFNESS,
    Effect,
    PerAxis,
    Running,
    Samples,
    Vector,
    spread,
    unit_vector,
    within,
)
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry


@dataclass(frozen=True, slots=True)
class Spring(Effect):
    """F = −stiffness · (position − center), each axis for itself. For any axes.

    Attributes:
        stiffness: N/m (N·m/rad); one for all axes or one for each, 0 leaves an axis alone.
        center: m (rad); empty is the origin.
        slack: m (rad) around the center without force.
    """

    CODE: ClassVar[int] = 1
    stiffness: PerAxis = field(default=100.0, metadata={"unit": "N/m"})
    center: Vector = field(default=(), metadata={"unit": "m"})
    slack: float = field(default=0.0, metadata={"unit": "m"})

    def validate(self) -> None:
        within(self.stiffness, 0.0, MAX_STIFFNESS, self.where("stiffness"), "N/m")
        within(self.center, -MAX_POSITION, MAX_POSITION, self.where("center"), "m")
        within(self.slack, 0.0, MAX_POSITION, self.where("slack"), "m")

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _SpringRunning(self, axes)


class _SpringRunning(Running):
    def update(self, effect: Spring) -> None:
        self._stiffness = spread(effect.stiffness, self._axes)
        self._center = spread(effect.center, self._axes)
        self._slack = effect.slack

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        slack = self._slack
        for axis, stiffness in enumerate(self._stiffness):
            away = position[axis] - self._center[axis]
            if away > slack:
                force[axis] -= stiffness * (away - slack)
            elif away < -slack:
                force[axis] -= stiffness * (away + slack)

    def potential(self, position: list[float]) -> float:
        energy = 0.0
        for axis, stiffness in enumerate(self._stiffness):
            energy += 0.5 * stiffness * max(0.0, abs(position[axis] - self._center[axis]) - self._slack) ** 2
        return energy


@dataclass(frozen=True, slots=True)
class Damper(Effect):
    """F = −damping · velocity, each axis for itself. For any axes.

    Attributes:
        damping: N·s/m (N·m·s/rad); one for all axes or one for each.
    """

    CODE: ClassVar[int] = 2
    damping: PerAxis = field(default=1.0, metadata={"unit": "N·s/m"})

    def validate(self) -> None:
        within(self.damping, 0.0, MAX_DAMPING, self.where("damping"), "N·s/m")

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _DamperRunning(self, axes)


class _DamperRunning(Running):
    def update(self, effect: Damper) -> None:
        self._damping = spread(effect.damping, self._axes)

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        for axis, damping in enumerate(self._damping):
            force[axis] -= damping * velocity[axis]


@dataclass(frozen=True, slots=True)
class Weight(Effect):
    """A force that is the same everywhere: gravity, or its compensation (`force=(0, 0, mass · 9.81)`). For any axes.

    It has a potential, so it takes and gives the same energy; a delay cannot make it give more, and passivity control
    has no business with it. It lasts as long as the program does.

    Attributes:
        force: N (N·m), one number for each axis.
    """

    CODE: ClassVar[int] = 9
    force: Vector = field(default=(), metadata={"unit": "N"})

    def validate(self) -> None:
        within(self.force, -MAX_FORCE, MAX_FORCE, self.where("force"), "N")

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _WeightRunning(self, axes)


class _WeightRunning(Running):
    def update(self, effect: Weight) -> None:
        self._force = spread(effect.force, self._axes)

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        for axis, part in enumerate(self._force):
            push[axis] += part


@dataclass(frozen=True, slots=True)
class Friction(Effect):
    """Dry friction with stick and slip, drawn by position. For any axes.

    A bristle holds the hand at an anchor, with `stiffness`. When it pulls harder than `still` it slips: the anchor
    follows, the pull is `moving`, until the hand turns round. Nothing moves while it sticks, so noise of the encoder
    makes it creep nowhere and buzz no more than noise · stiffness (Karnopp 1985; Salcudean and Vlaar 1997; Hayward and
    Armstrong 2000 for why the anchor follows position and not speed). It only takes energy, or gives back what the
    bristle stored.

    Attributes:
        moving: N (N·m) while sliding.
        still: N (N·m) at which it breaks away, at least `moving`; 0 takes `moving`.
        stiffness: N/m (N·m/rad) of the bristle. Keep moving/stiffness far above the encoder's step.
        viscous: N·s/m (N·m·s/rad) while sliding.
        each_axis: each axis for itself, as for joints; otherwise one friction against the direction of motion.
    """

    CODE: ClassVar[int] = 4
    moving: float = field(default=1.0, metadata={"unit": "N"})
    still: float = field(default=0.0, metadata={"unit": "N"})
    stiffness: float = field(default=1000.0, metadata={"unit": "N/m"})
    viscous: float = field(default=0.0, metadata={"unit": "N·s/m"})
    each_axis: bool = False

    def validate(self) -> None:
        within(self.moving, 0.0, MAX_FORCE, self.where("moving"), "N")
        within(self.still, 0.0, MAX_FORCE, self.where("still"), "N")
        within(self.stiffness, 1e-3, MAX_STIFFNESS, self.where("stiffness"), "N/m")
        within(self.viscous, 0.0, MAX_DAMPING, self.where("viscous"), "N·s/m")
        if 0.0 < self.still < self.moving:
            raise DataError(f"{self.where('still')} is {self.still:g} N, less than moving ({self.moving:g} N)")

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _FrictionRunning(self, axes)


class _FrictionRunning(Running):
    def __init__(self, effect: Friction, axes: int) -> None:
        self._axes = axes
        self._slides: list[bool] = []
        self.reset()
        self.update(effect)

    def update(self, effect: Friction) -> None:
        self._moving, self._still = effect.moving, effect.still or effect.moving
        self._stiffness, self._viscous = effect.stiffness, effect.viscous
        self._groups = [[axis] for axis in range(self._axes)] if effect.each_axis else [list(range(self._axes))]
        if len(self._slides) != len(self._groups):
            self._slides = [False] * len(self._groups)

    def reset(self) -> None:
        self._anchor: list[float] | None = None

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        if self._anchor is None:
            self._anchor = list(position)
        anchor = self._anchor
        for number, group in enumerate(self._groups):
            away = [position[axis] - anchor[axis] for axis in group]
            pull = self._stiffness * math.hypot(*away)
            limit = self._moving if self._slides[number] else self._still
            if pull <= limit:
                self._slides[number] = False
                shown = 1.0
            else:
                self._slides[number] = True
                shown = self._moving / pull
                for axis, part in zip(group, away, strict=True):
                    anchor[axis] = position[axis] - part * shown
            viscous = self._viscous if self._slides[number] else 0.0
            for axis, part in zip(group, away, strict=True):
                force[axis] -= self._stiffness * part * shown + viscous * velocity[axis]


@dataclass(frozen=True, slots=True)
class Wall(Effect):
    """Everything behind a plane is forbidden. For any axes: on joints it is a stop.

    F = max(0, stiffness · depth + damping · speed inwards) · normal. The damper works only while the hand pushes in, so
    the wall never holds back a hand that leaves.

    Attributes:
        normal: direction out of the wall, one number for each axis; made to length 1.
        point: a point of the plane, m (rad); empty is the origin.
        stiffness: N/m (N·m/rad).
        damping: N·s/m (N·m·s/rad).
    """

    CODE: ClassVar[int] = 3
    normal: Vector = (0.0, 0.0, 1.0)
    point: Vector = field(default=(), metadata={"unit": "m"})
    stiffness: float = field(default=500.0, metadata={"unit": "N/m"})
    damping: float = field(default=1.0, metadata={"unit": "N·s/m"})

    def validate(self) -> None:
        object.__setattr__(self, "normal", unit_vector(self.normal, self.where("normal")))
        within(self.point, -MAX_POSITION, MAX_POSITION, self.where("point"), "m")
        within(self.stiffness, 0.0, MAX_STIFFNESS, self.where("stiffness"), "N/m")
        within(self.damping, 0.0, MAX_DAMPING, self.where("damping"), "N·s/m")

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _WallRunning(self, axes)


class _WallRunning(Running):
    def update(self, effect: Wall) -> None:
        self._normal = effect.normal
        point = spread(effect.point, self._axes)
        self._level = sum(n * p for n, p in zip(self._normal, point, strict=True))
        self._stiffness, self._damping = effect.stiffness, effect.damping

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        depth, inwards = self._level, 0.0
        for axis, n in enumerate(self._normal):
            depth -= n * position[axis]
            inwards -= n * velocity[axis]
        if depth > 0.0:
            along(self._normal, self._stiffness * depth + self._damping * max(0.0, inwards), force)

    def potential(self, position: list[float]) -> float:
        depth = self._level - sum(n * at for n, at in zip(self._normal, position, strict=True))
        return 0.5 * self._stiffness * max(0.0, depth) ** 2


def along(direction: Sequence[float], amount: float, force: list[float]) -> None:
    """Add a force of an amount (N) along a direction."""
    for axis, part in enumerate(direction):
        force[axis] += amount * part


@dataclass(frozen=True, slots=True)
class Detents(Effect):
    """A row of notches. For any axes: a line in space, a joint, a knob.

    Within half a `width` of a notch the force pulls to it: linear in its middle half, falling to zero at its rim, so
    that there is no edge to feel but the click. Between notches there is no force.

    Attributes:
        spacing: m (rad) from notch to notch.
        force: the strongest pull, N (N·m).
        width: m (rad) of a notch, at most `spacing`; 0 takes `spacing`.
        direction: along which they lie, one number for each axis; made to length 1.
        first: m (rad) along the direction where notch 0 lies.
        count: number of notches from there; 0 means without end, both ways.
    """

    CODE: ClassVar[int] = 6
    spacing: float = field(default=5e-3, metadata={"unit": "m"})
    force: float = field(default=1.0, metadata={"unit": "N"})
    width: float = field(default=0.0, metadata={"unit": "m"})
    direction: Vector = (1.0, 0.0, 0.0)
    first: float = field(default=0.0, metadata={"unit": "m"})
    count: int = 0

    def validate(self) -> None:
        object.__setattr__(self, "direction", unit_vector(self.direction, self.where("direction")))
        within(self.spacing, 1e-5, MAX_POSITION, self.where("spacing"), "m")
        within(self.force, 0.0, MAX_FORCE, self.where("force"), "N")
        within(self.width, 0.0, MAX_POSITION, self.where("width"), "m")
        within(self.first, -MAX_POSITION, MAX_POSITION, self.where("first"), "m")
        if self.width > self.spacing:
            raise DataError(f"{self.where('width')} is {self.width:g} m, wider than the spacing ({self.spacing:g} m)")

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _DetentsRunning(self, axes)


class _DetentsRunning(Running):
    def update(self, effect: Detents) -> None:
        self._direction, self._spacing, self._force = effect.direction, effect.spacing, effect.force
        self._half = 0.5 * (effect.width or effect.spacing)
        self._first, self._count = effect.first, effect.count

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        place = -self._first
        for axis, part in enumerate(self._direction):
            place += part * position[axis]
        notch = round(place / self._spacing)
        if self._count:
            notch = min(max(notch, 0), self._count - 1)
        away = (place - notch * self._spacing) / self._half  # −1 to 1 within the notch
        if abs(away) < 1.0:
            rise = 2.0 * away if abs(away) < 0.5 else 2.0 * ((1.0 if away > 0.0 else -1.0) - away)
            along(self._direction, -self._force * rise, force)


#: Samples of random textures (four for the finest ripple, and what fits a program), and the ripples that leaves.
_NOISE_SAMPLES, _MOST_GRAINS = 240, 60


@dataclass(frozen=True, slots=True)
class Texture(Effect):
    """A force along a direction that repeats in space. For any axes.

    It is drawn by position, never by time: the force is the slope of a landscape that repeats, so what a hill gives it
    has taken before, a closed path gives no energy, and a hand at rest feels no buzz.

    Attributes:
        amplitude: greatest force, N (N·m).
        wavelength: m (rad) after which it repeats.
        direction: along which it changes and pushes, one number for each axis; made to length 1.
        profile: one period of a recorded or random force, evenly spaced; empty is a sine. Its mean is taken off and
            it is scaled so that the greatest is `amplitude`.
        offset: m (rad) along the direction by which it is moved.
    """

    CODE: ClassVar[int] = 5
    amplitude: float = field(default=0.3, metadata={"unit": "N"})
    wavelength: float = field(default=2e-3, metadata={"unit": "m"})
    direction: Vector = (1.0, 0.0, 0.0)
    profile: Samples = ()
    offset: float = field(default=0.0, metadata={"unit": "m"})

    def validate(self) -> None:
        object.__setattr__(self, "direction", unit_vector(self.direction, self.where("direction")))
        within(self.amplitude, 0.0, MAX_FORCE, self.where("amplitude"), "N")
        within(self.wavelength, 1e-5, MAX_POSITION, self.where("wavelength"), "m")
        within(self.offset, -MAX_POSITION, MAX_POSITION, self.where("offset"), "m")
        if self.profile and (len(self.profile) < 2 or max(self.profile) - min(self.profile) < 1e-12):
            raise DataError(f"{self.where('profile')} needs two samples or more, and they must differ")

    @classmethod
    def noise(
        cls,
        amplitude: float = 0.3,
        wavelength: float = 20e-3,
        direction: Vector = (1.0, 0.0, 0.0),
        *,
        grains: int = 20,
        seed: int = 0,
    ) -> Texture:
        """A random texture, the same for the same seed.

        Args:
            amplitude: greatest force, N.
            wavelength: m after which it repeats.
            direction: along which it changes.
            grains: ripples within a wavelength, 1 to 60; finer ones are weaker.
            seed: of the random phases.

        Raises:
            DataError: a parameter is out of range.
        """
        import random

        if not 1 <= grains <= _MOST_GRAINS:
            raise DataError(f"Texture.noise: grains must be 1 to {_MOST_GRAINS}, not {grains}")
        draw = random.Random(seed)
        phases = [draw.uniform(0.0, math.tau) for _ in range(grains)]
        profile = [
            sum(math.sin(math.tau * (g + 1) * i / _NOISE_SAMPLES + phases[g]) / math.sqrt(g + 1) for g in range(grains))
            for i in range(_NOISE_SAMPLES)
        ]
        return cls(amplitude, wavelength, direction, tuple(profile))

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _TextureRunning(self, axes)


class _TextureRunning(Running):
    def update(self, effect: Texture) -> None:
        self._direction, self._amplitude = effect.direction, effect.amplitude
        self._wavelength, self._offset = effect.wavelength, effect.offset
        mean = sum(effect.profile) / max(1, len(effect.profile))
        largest = max((abs(value - mean) for value in effect.profile), default=1.0)
        self._profile = [(value - mean) / largest for value in effect.profile]

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        place = -self._offset
        for axis, part in enumerate(self._direction):
            place += part * position[axis]
        turn = place / self._wavelength % 1.0
        if not self._profile:
            shown = -math.sin(math.tau * turn)
        else:  # lines between samples: their mean is the samples' mean, which is zero
            count = len(self._profile)
            before = int(turn * count) % count
            part = turn * count - int(turn * count)
            shown = self._profile[before] * (1.0 - part) + self._profile[(before + 1) % count] * part
        along(self._direction, self._amplitude * shown, force)


@dataclass(frozen=True, slots=True)
class Pulse(Effect):
    """A force for a bounded time, rounded at both ends. For any axes. It gives energy to the hand.

    Attributes:
        force: N (N·m), one number for each axis.
        duration: s, at most 10.
        edge: s, over which it rises and falls; at most half the duration counts.
        serial: the same pulse in later programs goes on and does not begin anew; another number starts another one.
    """

    CODE: ClassVar[int] = 7
    force: Vector = field(default=(), metadata={"unit": "N"})
    duration: float = field(default=0.2, metadata={"unit": "s"})
    edge: float = field(default=0.01, metadata={"unit": "s"})
    serial: int = 0

    def validate(self) -> None:
        within(self.force, -MAX_FORCE, MAX_FORCE, self.where("force"), "N")
        within(self.duration, 1e-3, MAX_DURATION, self.where("duration"), "s")
        within(self.edge, 0.0, MAX_DURATION, self.where("edge"), "s")

    @property
    def key(self) -> tuple[object, ...]:
        return (type(self), self.serial)

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _PulseRunning(self, axes)


class _PulseRunning(Running):
    def __init__(self, effect: Pulse, axes: int) -> None:
        self._axes = axes
        self._time = 0.0
        self.update(effect)

    def update(self, effect: Pulse) -> None:
        self._force = spread(effect.force, self._axes)
        self._duration, self._edge = effect.duration, min(effect.edge, 0.5 * effect.duration)

    def reset(self) -> None:
        self._time = math.inf  # it does not begin again by itself after the link was lost

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        if self._time < self._duration:
            share = envelope(self._time, self._duration, self._edge)
            for axis, part in enumerate(self._force):
                push[axis] += share * part
        self._time += dt_s


def envelope(time_s: float, duration_s: float, edge_s: float) -> float:
    """0 to 1 and back in half cosines, and 1 between them."""
    left = min(time_s, duration_s - time_s)
    return 0.5 - 0.5 * math.cos(math.pi * left / edge_s) if left < edge_s else 1.0


#: Above this a loop of 1 kHz has fewer than three samples a period; the hand feels most at 250 Hz.
MAX_FREQUENCY = 400.0
#: Ends come to zero over this time, so that a vibration begins and ends without a knock, s.
_EDGE = 5e-3


@dataclass(frozen=True, slots=True)
class Vibration(Effect):
    """A sine for a bounded time: an alarm, a tap, the ring of a hard contact. For any axes; it gives energy.

    Attributes:
        amplitude: N (N·m).
        frequency: Hz, at most 400.
        direction: one number for each axis; made to length 1.
        duration: s, at most 10.
        decay: s after which it has fallen to 1/e; 0 keeps it level. (0.02 s at 250 Hz rings like metal.)
        serial: as of `Pulse`.
    """

    CODE: ClassVar[int] = 8
    amplitude: float = field(default=0.5, metadata={"unit": "N"})
    frequency: float = field(default=150.0, metadata={"unit": "Hz"})
    direction: Vector = (1.0, 0.0, 0.0)
    duration: float = field(default=0.2, metadata={"unit": "s"})
    decay: float = field(default=0.0, metadata={"unit": "s"})
    serial: int = 0

    def validate(self) -> None:
        object.__setattr__(self, "direction", unit_vector(self.direction, self.where("direction")))
        within(self.amplitude, 0.0, MAX_FORCE, self.where("amplitude"), "N")
        within(self.frequency, 0.1, MAX_FREQUENCY, self.where("frequency"), "Hz")
        within(self.duration, 1e-3, MAX_DURATION, self.where("duration"), "s")
        within(self.decay, 0.0, MAX_DURATION, self.where("decay"), "s")

    @property
    def key(self) -> tuple[object, ...]:
        return (type(self), self.serial)

    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        return _VibrationRunning(self, axes)


class _VibrationRunning(Running):
    def __init__(self, effect: Vibration, axes: int) -> None:
        self._axes = axes
        self._time = self._phase = 0.0
        self.update(effect)

    def update(self, effect: Vibration) -> None:
        self._amplitude, self._frequency, self._direction = effect.amplitude, effect.frequency, effect.direction
        self._duration, self._decay = effect.duration, effect.decay

    def reset(self) -> None:
        self._time = math.inf

    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        if self._time < self._duration:
            share = envelope(self._time, self._duration, min(_EDGE, 0.5 * self._duration))
            if self._decay > 0.0:
                share *= math.exp(-self._time / self._decay)
            along(self._direction, self._amplitude * share * math.sin(math.tau * self._phase), push)
        self._time += dt_s
        self._phase = (self._phase + self._frequency * dt_s) % 1.0  # another frequency does not jump
