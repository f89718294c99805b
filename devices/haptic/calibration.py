"""`HapticCalibration`: where the zero of one haptic device lies, measured while it rests at its reference position."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from wugan.devices.calibration import Calibration
from wugan.devices.haptic.driver import HapticSpec
from wugan.errors import DeviceError
from wugan.signals import HapticSample

STILL_M = 0.5e-3  #: a handle that moves more than this (standard deviation) while it is measured is not at rest
STILL_RAD = 5e-3
LEAST = 50  #: states that a calibration is made of, at least


class HapticCalibration(Calibration):
    """The reading of each axis at the reference position, and how still it was.

    Attributes:
        protocol: the driver's name.
        space: `cartesian` (m) or `joint` (rad).
        offset: what the device says at its reference position, one for each axis; subtract it from a reading.
        noise: standard deviation of the readings meanwhile.
    """

    kind: ClassVar[str] = "haptic"

    protocol: str
    space: Literal["cartesian", "joint"]
    offset: Annotated[tuple[float, ...], Field(min_length=1)]
    noise: tuple[Annotated[float, Field(ge=0)], ...]

    @model_validator(mode="after")
    def _plausible(self) -> Self:
        if len(self.noise) != len(self.offset):
            raise ValueError(f"it has {len(self.offset)} offsets and {len(self.noise)} noises, one is needed per axis")
        limit, unit = (STILL_M, "m") if self.space == "cartesian" else (STILL_RAD, "rad")
        for axis, noise in enumerate(self.noise):
            if noise > limit:
                raise ValueError(f"axis {axis} moved while it was measured ({noise:.3g} {unit}, at most {limit:g})")
        return self

    def fits(self, spec: HapticSpec) -> str:
        """Why this calibration cannot be of a device with this spec; empty where it can."""
        if self.protocol != spec.protocol:
            return f"it was made with driver {self.protocol!r}, the device speaks {spec.protocol!r}"
        if self.space != spec.space or len(self.offset) != spec.axes:
            return f"it is of {len(self.offset)} {self.space} axes, the device has {spec.axes} {spec.space} ones"
        for axis, (offset, (low, high)) in enumerate(zip(self.offset, spec.workspace, strict=True)):
            if not low - (high - low) <= offset <= high + (high - low):
                return f"the offset {offset:g} of axis {axis} is far outside its workspace {low:g}…{high:g}"
        return ""


def at_rest(sample: HapticSample, spec: HapticSpec, serial: str) -> HapticCalibration:
    """The calibration that a stretch of states at the reference position gives.

    Args:
        sample: at least 50 states, with the hand off the device.
        spec: the device's.
        serial: its serial number, under which the calibration is kept.

    Raises:
        DeviceError: there are too few states, it moved, or the readings are not plausible; says which axis and what
            to do.
    """
    if len(sample) < LEAST:
        raise DeviceError(f"{serial}: {len(sample)} states are too few to calibrate with; give at least {LEAST}")
    try:
        found = HapticCalibration(
            device=serial,
            protocol=spec.protocol,
            space=spec.space,
            offset=tuple(float(value) for value in np.median(sample.position, axis=0)),
            noise=tuple(float(value) for value in sample.position.std(axis=0)),
        )
    except ValueError as error:
        moved = str(error).partition("Value error, ")[2].partition(" [type=")[0] or str(error)
        raise DeviceError(
            f"{serial}: {moved}; lay the handle at its reference position, take the hand off, and calibrate again"
        ) from error
    wrong = found.fits(spec)
    if wrong:
        raise DeviceError(f"{serial} cannot be calibrated here: {wrong}")
    return found
