"""`Effect`: one thing that a hand feels, as parameters; `Running`: the same while the loop turns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, ClassVar

from wugan.devices.haptic.effects.values import normal
from wugan.errors import DataError

if TYPE_CHECKING:
    from wugan.devices.haptic.proxy.geometry import Geometry

#: Greatest values that any effect takes. Above them no device of this class is stable or believable, so a greater
#: number is a wrong unit or a slip. A lesser limit, the device's own, is set by the safety layer.
MAX_STIFFNESS = 20_000.0  # N/m or N·m/rad
MAX_DAMPING = 500.0  # N·s/m or N·m·s/rad
MAX_FORCE = 100.0  # N or N·m
MAX_POSITION = 100.0  # m or rad (sixteen turns of a wheel)
MAX_DURATION = 10.0  # s: longer pushes are renewed by a program that has not expired


class Running(ABC):
    """An effect in the loop, with what it remembers from period to period (an anchor, a proxy, a time).

    `add` works on lists of floats, which for the one to seven axes of a device are several times faster than arrays.
    """

    @abstractmethod
    def update(self, effect: Any) -> None:
        """Take new parameters of the same kind, and keep what is remembered."""

    @abstractmethod
    def add(
        self, position: list[float], velocity: list[float], dt_s: float, force: list[float], push: list[float]
    ) -> None:
        """Add this effect's force to `force`, or to `push`; never raises for finite input.

        Args:
            position: one for each axis, m or rad.
            velocity: one for each axis, m/s or rad/s.
            dt_s: time since the last period, s.
            force: one for each axis, N or N·m; added to in place. All that takes its energy from the hand.
            push: the same for what does not depend on the hand's motion (a pulse, a vibration, a weight): passivity
                control leaves it alone.
        """

    def potential(self, position: list[float]) -> float:
        """Energy that is stored in it with the hand at a position, J. A new program may change it; see `Renderer`."""
        return 0.0

    def reset(self) -> None:
        """Forget what is remembered: the device was away, and may be anywhere."""


class Effect(ABC):
    """One thing that a hand feels. A frozen dataclass whose fields are annotated with the kinds of `values`.

    Subclasses have a `CODE` (their number in a program's bytes, never used again for another) and say in `validate`
    what their fields may hold.
    """

    CODE: ClassVar[int]
    #: True where axes must be m along x, y(, z); the others work along any axes, joints included.
    CARTESIAN: ClassVar[bool] = False

    def __post_init__(self) -> None:
        """Normalise and check all fields.

        Raises:
            DataError: a field holds what no device could render, with its name and what to do.
        """
        for entry in fields(self):  # type: ignore[arg-type]
            unit = entry.metadata.get("unit", "")
            value = normal(str(entry.type), getattr(self, entry.name), self.where(entry.name), unit)
            object.__setattr__(self, entry.name, value)
        self.validate()

    def where(self, name: str) -> str:
        """The field's name as errors give it."""
        return f"{type(self).__name__}.{name}"

    @abstractmethod
    def validate(self) -> None:
        """Refuse what cannot be rendered.

        Raises:
            DataError: a field is out of range.
        """

    def check_axes(self, axes: int) -> None:
        """Refuse another number of axes than the effect has coordinates for.

        Raises:
            DataError: a field has another number of coordinates.
        """
        for entry in fields(self):  # type: ignore[arg-type]
            value = getattr(self, entry.name)
            if not isinstance(value, tuple) or not value or entry.type == "Samples":
                continue
            count = len(value[0]) if isinstance(value[0], tuple) else len(value)
            if count != axes:
                raise DataError(f"{self.where(entry.name)} has {count} coordinates, the device has {axes} axes")

    @abstractmethod
    def start(self, axes: int, geometries: Mapping[str, Geometry]) -> Running:
        """The effect ready for the loop.

        Raises:
            DataError: its geometry is unknown, or does not suit it.
        """

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes it the same effect when a program is replaced, so that its memory is kept."""
        return (type(self),)

    @property
    def geometry_names(self) -> tuple[str, ...]:
        """Names of the geometries that it needs."""
        return ()


def find(geometries: Mapping[str, Geometry], name: str, where: str) -> Geometry:
    """The geometry of a name.

    Raises:
        DataError: there is none.
    """
    try:
        return geometries[name]
    except KeyError:
        known = ", ".join(sorted(geometries)) or "none"
        raise DataError(f"{where}: there is no geometry {name!r} (there are: {known}); share it first") from None
