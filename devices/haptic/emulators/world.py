"""`World`: a MuJoCo model in which the emulated device's tip touches things. Needs the extra `haptics` (mujoco)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.driver import Space
from wugan.devices.haptic.emulators.body import Hand
from wugan.errors import DataError

Vector = NDArray[np.float64]

STEP_S = 0.0005  # contacts of a stiff tip need it, whatever rate the emulator runs at
WORLDS = Path(__file__).parent / "worlds"


@dataclass(frozen=True, slots=True)
class Touch:
    """One contact of the moment.

    Attributes:
        first: name of a geom, or its number.
        second: name of the other.
        force_n: how hard they press, N, along the normal.
        at_m: where, m, in the world's frame.
    """

    first: str
    second: str
    force_n: float
    at_m: tuple[float, float, float]


class World:
    """The device's axes are the model's first joints, slides (m) or hinges (rad), in their order.

    All else in the model moves as MuJoCo says. Model coordinates are relative to where the device rests.
    """

    def __init__(
        self,
        source: str | Path,
        axes: int,
        *,
        space: Space | None = None,
        origin: Sequence[float] | None = None,
        encoder_step: float = 0.0,
        hand: Hand | None = None,
    ) -> None:
        """Load it.

        Args:
            source: a packaged world (`peg` for 3 axes, `corner` for 2, `lever` for 1), an MJCF or URDF file, or the
                text of an MJCF.
            axes: number of the device's axes.
            space: what the device's positions mean: `cartesian` wants slides, `joint` hinges; None takes both.
            origin: position of the device where the model's joints are 0, m or rad; None is 0.
            encoder_step: m or rad of one encoder count; 0 is an ideal encoder.
            hand: who holds the device. It acts in the device's coordinates.

        Raises:
            DataError: MuJoCo is not installed, the model cannot be loaded, or its first joints are no slides or hinges.
        """
        try:
            import mujoco
        except ImportError as error:
            raise DataError("a world to touch needs MuJoCo: pip install 'wugan[haptics]'") from error
        self._mujoco: Any = mujoco
        self.model = self._load(source)
        fitting = {"cartesian": [mujoco.mjtJoint.mjJNT_SLIDE], "joint": [mujoco.mjtJoint.mjJNT_HINGE]}
        kinds = fitting[space] if space else fitting["cartesian"] + fitting["joint"]
        names = {"cartesian": "slides", "joint": "hinges", None: "slides or hinges"}[space]
        first = self.model.jnt_type[:axes]
        if len(first) < axes or not np.isin(first, kinds).all():
            raise DataError(
                f"world {str(source)[:60]!r}: its first {axes} joints are the device's axes and must be {names}; "
                f"it has {self.model.njnt} joints. Packaged: {', '.join(_packaged())}."
            )
        self.model.opt.timestep = STEP_S
        self.data = mujoco.MjData(self.model)
        self.hand = hand
        self.time_s = 0.0
        self._axes = axes
        self._origin = np.zeros(axes) if origin is None else np.asarray(origin, float)
        self._encoder = encoder_step
        self._owed_s = 0.0
        mujoco.mj_forward(self.model, self.data)

    def _load(self, source: str | Path) -> Any:
        text = str(source)
        packaged = WORLDS / f"{text}.xml"
        try:
            if text.lstrip().startswith("<"):
                return self._mujoco.MjModel.from_xml_string(text)
            return self._mujoco.MjModel.from_xml_path(str(packaged if packaged.is_file() else Path(text)))
        except ValueError as error:
            known = ", ".join(_packaged())
            raise DataError(f"world {text[:60]!r} cannot be loaded: {error}. Packaged: {known}.") from error

    @property
    def position(self) -> Vector:
        """True position, float64 `[axes]`, m or rad."""
        return self._origin + self.data.qpos[: self._axes]

    @property
    def velocity(self) -> Vector:
        """True velocity, float64 `[axes]`, m/s or rad/s."""
        return np.array(self.data.qvel[: self._axes])

    @property
    def contact(self) -> Vector:
        """Force or torque on the device's axes from contacts and joint limits, float64 `[axes]`, N or N·m."""
        return np.array(self.data.qfrc_constraint[: self._axes])

    def touches(self) -> list[Touch]:
        """All contacts of the moment, hardest first."""
        found = []
        wrench = np.zeros(6)
        for number in range(self.data.ncon):
            contact = self.data.contact[number]
            self._mujoco.mj_contactForce(self.model, self.data, number, wrench)
            names = [self.model.geom(int(geom)).name or f"geom {int(geom)}" for geom in contact.geom]
            x, y, z = (float(value) for value in contact.pos)
            found.append(Touch(names[0], names[1], float(wrench[0]), (x, y, z)))
        return sorted(found, key=lambda touch: -touch.force_n)

    def step(self, output: Vector, dt_s: float) -> None:
        """Move on by `dt_s` (in whole steps of `STEP_S`; the rest is owed); what is not finite moves nothing."""
        self._owed_s += dt_s
        steps = int(self._owed_s / STEP_S + 1e-9)
        self._owed_s -= steps * STEP_S
        force = np.where(np.isfinite(output), output, 0.0)
        for _ in range(steps):
            held = 0.0 if self.hand is None else np.asarray(self.hand.force(self.time_s, *self._where()))
            self.data.qfrc_applied[: self._axes] = force + held
            self._mujoco.mj_step(self.model, self.data)
            self.time_s += STEP_S

    def _where(self) -> tuple[list[float], list[float]]:
        return self.position.tolist(), self.velocity.tolist()

    def sensed(self) -> tuple[Vector, Vector]:
        """Position in whole encoder steps (towards minus infinity), and velocity."""
        position = self.position
        if self._encoder:
            position = np.floor(position / self._encoder) * self._encoder
        return position, self.velocity


def _packaged() -> list[str]:
    return sorted(path.stem for path in WORLDS.glob("*.xml"))
