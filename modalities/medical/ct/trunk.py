"""`trunk`: a made-up patient, chest to belly, of which every voxel is known. For tests, benchmarks and first steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from wugan.modalities.medical.ct.compartments import Compartment
from wugan.modalities.medical.ct.morphology import Mask
from wugan.modalities.medical.ct.volume import AIR, Series, Volume

Grid = NDArray[np.float32]
Axes = tuple[Grid, Grid, Grid]  # x, y, z, each along its own axis of [Z, Y, X]
Put = Callable[[Mask, float, Compartment], None]

_SPINE_Y, _CANAL_Y = 62.0, 88.0
_LUNGS = (((-74.0, 0.0, 235.0), (54.0, 70.0, 125.0)), ((74.0, 0.0, 235.0), (54.0, 70.0, 125.0)))


@dataclass(frozen=True, slots=True, eq=False)
class Trunk:
    """The made-up patient.

    Attributes:
        volume: Hounsfield units.
        labels: uint8 `[Z, Y, X]` of `Compartment`, the truth.
        nodules: centre x, y, z (LPS mm) and diameter (mm) of each inserted nodule, `[N, 4]`.
    """

    volume: Volume
    labels: NDArray[np.uint8]
    nodules: NDArray[np.float64]


def trunk(
    spacing: float | Sequence[float] = 3.0,
    *,
    heights: tuple[float, float] = (40.0, 300.0),
    contrast: bool = False,
    arms: bool = False,
    table: bool = True,
    vessels: int = 60,
    nodules: NDArray[np.float64] | None = None,
    trabecular: float = 150.0,
    noise: float = 10.0,
    seed: int = 0,
) -> Trunk:
    """Makes the patient: a body 33 cm wide and 22 cm deep.

    Args:
        spacing: mm, one number or x, y, z.
        heights: z (mm) where the scan begins and ends; lungs above 110, belly below 130.
        contrast: blood of 250 HU in heart and aorta instead of 45.
        arms: beside the body.
        table: under it.
        vessels: straight vessels in each lung, of 1 to 3.5 mm radius.
        nodules: spheres of 40 HU to put in, `[N, 4]`: x, y, z, diameter in mm.
        trabecular: HU of the vertebrae's inside.
        noise: standard deviation of white noise (HU).
        seed: of noise and vessels.
    """
    step = np.array(np.broadcast_to(np.asarray(spacing, np.float64), 3))
    half = 225.0 if arms else 185.0
    x = _line(-half, half + step[0] / 2, step[0])[None, None, :]
    y = _line(-130.0, 160.0, step[1])[None, :, None]
    z = _line(heights[0], heights[1], step[2])[:, None, None]
    shape = (z.size, y.size, x.size)
    hu = np.full(shape, -1000.0, np.float32)
    labels = np.zeros(shape, np.uint8)
    random = np.random.default_rng(seed)

    def put(mask: NDArray[np.bool_], value: float, label: Compartment) -> None:
        mask = np.broadcast_to(mask, shape)
        hu[mask], labels[mask] = value, label

    def ball(centre: Sequence[float], radii: Sequence[float]) -> NDArray[np.bool_]:
        near = ((x - centre[0]) / radii[0]) ** 2 + ((y - centre[1]) / radii[1]) ** 2 + ((z - centre[2]) / radii[2]) ** 2
        return np.asarray(near < 1)

    def tube(cx: float, cy: float, radius: float, z_from: float = -1e9, z_to: float = 1e9) -> NDArray[np.bool_]:
        return np.asarray(((x - cx) ** 2 + (y - cy) ** 2 < radius**2) & (z >= z_from) & (z <= z_to))

    oval = (np.abs(x) / 165) ** 2.4 + (np.abs(y) / 110) ** 2.4
    put(oval < 1, 20, Compartment.SOFT)
    put((np.abs(x) / 163) ** 2.4 + (np.abs(y) / 108) ** 2.4 < 1, -100, Compartment.SUBCUTANEOUS_FAT)
    put((np.abs(x) / 148) ** 2.4 + (np.abs(y) / 94) ** 2.4 < 1, 55, Compartment.MUSCLE)
    cavity = (np.abs(x) / 136) ** 2.4 + ((np.abs(y + 8)) / 78) ** 2.4 < 1
    put(cavity & (z < 130), -100, Compartment.VISCERAL_FAT)
    put(cavity & (z >= 130), 45, Compartment.SOFT)
    put(ball((-70, -10, 100), (60, 65, 75)) & cavity, 60, Compartment.SOFT)  # liver
    put(ball((85, 20, 105), (35, 40, 50)) & cavity, 50, Compartment.SOFT)  # spleen
    put(ball((60, -35, 70), (45, 28, 22)) & cavity, 40, Compartment.SOFT)  # a loop of bowel and its gas
    put(ball((60, -35, 70), (40, 23, 18)) & cavity, -1000, Compartment.GAS)
    for side, (centre, radii) in zip((Compartment.RIGHT_LUNG, Compartment.LEFT_LUNG), _LUNGS, strict=True):
        inside = ball(centre, radii)
        put(inside, -850, side)
        _put_vessels(hu, inside, (x, y, z), centre, random, vessels)
    blood = 250.0 if contrast else 45.0
    blood_label = Compartment.CONTRAST if contrast else Compartment.SOFT
    put(ball((12, -30, 200), (42, 36, 45)), 45, Compartment.SOFT)
    put(ball((12, -30, 200), (34, 28, 36)), blood, blood_label)
    put(tube(18, 36, 13), 45, Compartment.SOFT)
    put(tube(18, 36, 11), blood, blood_label)
    put(ball((18, 25, 90), (3.5, 3.5, 3.5)), 700, Compartment.CALCIFICATION)
    put(tube(0, 0, 11, 215), 40, Compartment.SOFT)
    put(tube(0, 0, 9, 215), -1000, Compartment.AIRWAY)
    _put_spine(put, tube, z, trabecular)
    for k in range(8):
        _put_rib(put, (x, y, z), 60 + 32 * k)
    if arms:
        for side_x in (-200.0, 200.0):
            put(tube(side_x, 20, 24), -100, Compartment.SUBCUTANEOUS_FAT)
            put(tube(side_x, 20, 20), 55, Compartment.MUSCLE)
            put(tube(side_x, 20, 8), 1000, Compartment.BONE)
            put(tube(side_x, 20, 4), -60, Compartment.BONE)
    if table:
        under = y - 112 + (x / 60) ** 2
        hu[np.broadcast_to((under > 0) & (under < 3) & (np.abs(x) < 180), shape)] = 100
        hu[np.broadcast_to((under > 30) & (under < 33) & (np.abs(x) < 180), shape)] = 100
    found = np.zeros((0, 4)) if nodules is None else np.asarray(nodules, np.float64).reshape(-1, 4)
    sub = _spheres(found, (x, y, z), step)
    hu += sub * (40 - hu)
    sigma = 0.7 / step[::-1]
    hu = ndimage.gaussian_filter(hu, sigma, truncate=2)
    hu += random.normal(0, noise, shape).astype(np.float32)
    affine = np.diag([*step, 1.0])
    affine[:3, 3] = float(x.flat[0]), float(y.flat[0]), float(z.flat[0])
    return Trunk(Volume(np.maximum(hu, AIR), affine, Series(description="made-up trunk")), labels, found)


def _line(start: float, stop: float, step: float) -> Grid:
    return np.arange(start, stop, step).astype(np.float32)


def _put_vessels(
    hu: Grid, inside: Mask, axes: Axes, centre: Sequence[float], random: np.random.Generator, count: int
) -> None:
    """Straight vessels from the hilum outwards, thinner at the end."""
    x, y, z = axes
    hilum = np.array([centre[0] * 0.45, centre[1] + 5, 215.0])
    for _ in range(count):
        direction = random.normal(size=3)
        direction[0] = abs(direction[0]) * np.sign(centre[0])
        direction /= np.linalg.norm(direction)
        start = hilum + random.uniform(-12, 12, 3)
        along = (x - start[0]) * direction[0] + (y - start[1]) * direction[1] + (z - start[2]) * direction[2]
        square = (x - start[0]) ** 2 + (y - start[1]) ** 2 + (z - start[2]) ** 2 - along**2
        radius = np.clip(random.uniform(2, 3.5) * (1 - along / 130), 0.8, None)
        hu[inside & (along > 0) & (square < radius**2)] = 30


def _put_spine(put: Put, tube: Callable[..., Mask], z: Grid, trabecular: float) -> None:
    disc = (z % 32) < 6
    put(tube(0, _CANAL_Y, 13) & ~disc, 400, Compartment.BONE)
    put(tube(0, _CANAL_Y + 18, 5) & ~disc, 300, Compartment.BONE)
    put(tube(0, _SPINE_Y, 20), 85, Compartment.SOFT)
    put(tube(0, _SPINE_Y, 20) & ~disc, 450, Compartment.BONE)
    plate = ((z % 32) < 8.5) | ((z % 32) > 29.5)
    put(tube(0, _SPINE_Y, 17) & ~disc & ~plate, trabecular, Compartment.BONE)
    put(tube(0, _CANAL_Y, 8.5), 20, Compartment.SOFT)


def _put_rib(put: Put, axes: Axes, height: float) -> None:
    """A ring in the wall, higher at the back, open at the front."""
    x, y, z = axes
    oval = ((np.abs(x) / 142) ** 2.4 + (np.abs(y) / 87) ** 2.4) ** (1 / 2.4)
    across = (oval - 1) * 100
    up = z - (height + 0.25 * y)
    for radius, value in ((6.0, 500.0), (3.5, 200.0)):
        put((across**2 + up**2 < radius**2) & (y > -60), value, Compartment.BONE)


def _spheres(nodules: NDArray[np.float64], axes: Axes, step: NDArray[np.float64]) -> Grid:
    """How much of each voxel lies in a nodule, from 0 to 1: a ramp one voxel wide at the surface."""
    x, y, z = axes
    share = np.zeros((z.size, y.size, x.size), np.float32)
    for cx, cy, cz, diameter in nodules:
        reach = diameter / 2 + 2 * step.max()
        window = tuple(
            slice(*np.searchsorted(axis.ravel(), (c - reach, c + reach))) for axis, c in ((z, cz), (y, cy), (x, cx))
        )
        part = [axis.ravel()[w] for axis, w in zip((z, y, x), window, strict=True)]
        far = np.sqrt(
            (part[2][None, None, :] - cx) ** 2 + (part[1][None, :, None] - cy) ** 2 + (part[0][:, None, None] - cz) ** 2
        )
        filled = np.clip((diameter / 2 - far) / float(np.mean(step)) + 0.5, 0, 1)
        share[window] = np.maximum(share[window], filled)
    return share
