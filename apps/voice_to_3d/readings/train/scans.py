"""Scans to learn from: random things, seen by a scanner with random faults, cleaned and measured as in use."""

from __future__ import annotations

import logging
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import numpy as np
import trimesh
from numpy.typing import NDArray
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from wugan.apps.voice_to_3d.families.base import Family
from wugan.apps.voice_to_3d.families.registry import family
from wugan.apps.voice_to_3d.geometry.build import build
from wugan.apps.voice_to_3d.readings.encoder import ScanEncoder
from wugan.apps.voice_to_3d.readings.labels import SHAPES
from wugan.apps.voice_to_3d.readings.scan import scan_of
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene
from wugan.apps.voice_to_3d.scene.solid import Cone
from wugan.errors import DataError
from wugan.learn.data import kept_arrays, packed, unpacked
from wugan.packet import Packet
from wugan.tokens import Tokens

Split = Literal["train", "test"]

HELD_OUT: dict[tuple[str, str], tuple[str, ...]] = {
    ("table", "shape"): ("oval",),
    ("table", "leg_style"): ("tapered",),
    ("chair", "leg_style"): ("tapered",),
    ("stool", "shape"): ("square",),
    ("sofa", "leg_style"): ("tapered",),
    ("bed", "leg_style"): ("tapered",),
}
"""Variants that only evaluation sees, by family and parameter; vessels' styles are added by `_held`."""
_STYLED = ("vase", "wine glass", "table lamp")
_NEAR = 0.30  # training scales a size by e to the power of ±this, evaluation by more
_FAR = 0.50
_TRIES = 60


def thing(shape: str, split: Split, rng: np.random.Generator) -> trimesh.Trimesh:
    """A mesh (mm, z up) of one of `SHAPES` with parameters drawn for that split.

    Raises:
        DataError: no parameters could be found that make one.
    """
    if SHAPES[shape] == "cone":
        bottom, height = 80 * _factor(split, rng, 2.0), 140 * _factor(split, rng, 2.0)
        return _mesh(Object(id="a", name=shape, shape=Cone(bottom_diameter=bottom, height=height)))
    kind = family(SHAPES[shape])
    for _ in range(_TRIES):
        parameters = _parameters(kind, split, rng)
        try:
            return _mesh(Object(id="a", name=shape, shape=FamilyShape(family=SHAPES[shape], parameters=parameters)))
        except (DataError, ValidationError):
            continue
    raise DataError(f"no {shape} could be made with random parameters of the {split} split")


def _mesh(one: Object) -> trimesh.Trimesh:
    built = build(Scene(objects=(one,)))
    whole = trimesh.util.concatenate([trimesh.Trimesh(*built.mesh(part), process=False) for part in built.parts])
    assert isinstance(whole, trimesh.Trimesh)
    return whole


def _parameters(kind: type[Family], split: Split, rng: np.random.Generator) -> dict[str, Any]:
    """Random values of some of the parameters; all of the sizes share a factor, as big and small ones do."""
    chosen: dict[str, Any] = {}
    whole = _factor(split, rng)
    held: list[tuple[str, Sequence[str]]] = []
    for name, info in kind.model_fields.items():
        default = info.default
        options = _options(info)
        if options:
            seen, unseen = _split(kind.names[0], name, options)
            chosen[name] = str(rng.choice(seen))
            if unseen:
                held.append((name, unseen))
        elif isinstance(default, bool):
            chosen[name] = bool(rng.random() < 0.5)
        elif isinstance(default, int) and rng.random() < 0.4:
            chosen[name] = max(0, default + int(rng.integers(-1, 2)))
        elif isinstance(default, float) and default > 0:
            own = _factor(split, rng) if rng.random() < 0.7 else 1.0
            chosen[name] = round(default * (whole if name in ("width", "depth", "height", "diameter") else 1) * own, 1)
    if split == "test" and held:
        name, rest = held[int(rng.integers(len(held)))]
        chosen[name] = str(rng.choice(list(rest)))
    return chosen


def _split(family: str, name: str, options: Sequence[str]) -> tuple[list[str], list[str]]:
    """Variants that training sees, and those kept for evaluation."""
    held = set(HELD_OUT.get((family, name), ()))
    if family in _STYLED and name in ("style", "shade_shape") and len(options) > 2:
        held.add(options[-1])
    seen = [option for option in options if option not in held]
    return (seen, [option for option in options if option in held]) if seen else (list(options), [])


def _options(info: FieldInfo) -> tuple[str, ...]:
    found: list[str] = []
    stack: list[Any] = [info.annotation]
    while stack:
        one = stack.pop()
        if get_origin(one) is Literal:
            found += [value for value in get_args(one) if isinstance(value, str)]
        else:
            stack += get_args(one)
    return tuple(found)


def _factor(split: Split, rng: np.random.Generator, wide: float = 1.0) -> float:
    if split == "train":
        return float(np.exp(wide * rng.uniform(-_NEAR, _NEAR)))
    return float(np.exp(wide * rng.uniform(_NEAR, _FAR) * rng.choice([-1, 1])))


if TYPE_CHECKING:
    from trimesh import Trimesh

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Faults:
    """How bad a scan is.

    Attributes:
        points: on the surface, before what is hidden is taken away.
        views: places that the camera looks from.
        around: degrees that they are spread over; 360 sees every side, 150 leaves the back unseen.
        noise: standard deviation along the surface's normal, share of the diagonal.
        strays: share of points that lie anywhere.
        holes: patches that the camera did not catch.
        ground: whether what it stands on is in the scan too.
    """

    points: int = 6000
    views: int = 4
    around: float = 360.0
    noise: float = 0.003
    strays: float = 0.01
    holes: int = 1
    ground: bool = True


def faults(rng: np.random.Generator) -> Faults:
    """A scan as it may come."""
    return Faults(
        points=int(rng.integers(2500, 7000)),
        views=int(rng.integers(3, 7)),
        around=float(rng.uniform(150, 360)),
        noise=float(rng.uniform(0.0005, 0.004)),
        strays=float(rng.uniform(0, 0.02)),
        holes=int(rng.integers(0, 4)),
        ground=bool(rng.random() < 0.6),
    )


def scanned(mesh: Trimesh, faults: Faults, rng: np.random.Generator) -> Points:
    """Points `[N, 3]` in the mesh's unit, turned about z at random.

    Args:
        mesh: watertight, z up.
        faults: of the scan.
        rng: the only source of randomness.
    """
    import trimesh

    points, faces = trimesh.sample.sample_surface(mesh, faults.points, seed=int(rng.integers(2**31)))
    points, normals = np.asarray(points, dtype=np.float64), np.asarray(mesh.face_normals)[faces]
    low, high = mesh.bounds
    centre, diagonal = (low + high) / 2, float(np.linalg.norm(high - low))
    seen = np.zeros(len(points), np.bool_)
    start = rng.uniform(0, 2 * np.pi)
    for turn in np.radians(faults.around) * (np.arange(faults.views) + 0.5) / faults.views:
        rise = rng.uniform(np.radians(5), np.radians(60))
        azimuth = start + turn
        way = np.array([np.cos(rise) * np.cos(azimuth), np.cos(rise) * np.sin(azimuth), np.sin(rise)])
        seen |= _visible(points, centre + 2.5 * diagonal * way)
    points, normals = points[seen], normals[seen]
    points = points + rng.normal(0, faults.noise * diagonal, (len(points), 1)) * normals
    for _ in range(faults.holes):
        middle = points[rng.integers(len(points))]
        points = points[np.linalg.norm(points - middle, axis=1) > rng.uniform(0.03, 0.09) * diagonal]
    if faults.ground:
        points = np.vstack([points, _ground(mesh, len(points), faults.noise * diagonal, rng)])
    strays = round(faults.strays * len(points))
    points = np.vstack([points, rng.uniform(centre - 0.8 * diagonal, centre + 0.8 * diagonal, (strays, 3))])
    angle = rng.uniform(0, 2 * np.pi)
    cosine, sine = np.cos(angle), np.sin(angle)
    return points @ np.array([[cosine, sine, 0], [-sine, cosine, 0], [0, 0, 1]])


def _visible(points: Points, eye: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points are seen from `eye` (Katz, Tal & Basri, Direct visibility of point sets, SIGGRAPH 2007)."""
    from scipy.spatial import ConvexHull

    away = points - eye
    distance = np.linalg.norm(away, axis=1, keepdims=True)
    flipped = away + 2 * (distance.max() * 10**2.2 - distance) * away / distance
    hull = ConvexHull(np.vstack([flipped, np.zeros(3)]))
    seen = np.zeros(len(points) + 1, np.bool_)
    seen[hull.vertices] = True
    return seen[:-1]


def _ground(mesh: Trimesh, count: int, noise: float, rng: np.random.Generator) -> Points:
    """A round patch of floor as dense as the thing, except where the thing stands in the way."""
    low, high = mesh.bounds
    radius = rng.uniform(0.9, 1.4) * float(np.linalg.norm(high - low)) / 2 * 1.3
    count = int(count * rng.uniform(0.4, 1.0))
    reach, angle = radius * np.sqrt(rng.random(count)), rng.uniform(0, 2 * np.pi, count)
    middle = (low + high) / 2
    floor = np.column_stack(
        [middle[0] + reach * np.cos(angle), middle[1] + reach * np.sin(angle), low[2] + rng.normal(0, noise, count)]
    )
    return floor


logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Example:
    """A scanned thing.

    Attributes:
        tokens: of modality `scan`.
        shape: which of `SHAPES` it is.
        size: as measured in the scan: width, depth, height in mm.
        true: of the thing.
        ground: whether the scan showed what it stands on.
    """

    tokens: Tokens
    shape: str
    size: tuple[float, float, float]
    true: tuple[float, float, float]
    ground: bool


def scans(split: Split, each: int, cache: Path, seed: int = 0) -> list[Example]:
    """`each` scans of every shape, kept in a folder between runs; the same for the same arguments."""

    def make() -> dict[str, NDArray[Any]]:
        out = []
        for shape in SHAPES:
            for number in range(each):
                rng = np.random.default_rng([zlib.crc32(shape.encode()), number, seed, split == "test"])
                out.append(_example(shape, split, rng))
            logger.info("scanned %d of %s", each, shape)
        sizes = np.array([[one.size, one.true] for one in out])
        return packed([one.tokens for one in out]) | {"sizes": sizes, "ground": np.array([one.ground for one in out])}

    arrays = kept_arrays(cache / f"scans-{split}.npz", make)
    shapes = [shape for shape in SHAPES for _ in range(each)]
    return [
        Example(tokens, shape, tuple(size), tuple(true), bool(ground))
        for tokens, shape, (size, true), ground in zip(
            unpacked(arrays), shapes, arrays["sizes"].tolist(), arrays["ground"], strict=True
        )
    ]


def _example(shape: str, split: Split, rng: np.random.Generator) -> Example:
    for _ in range(5):
        mesh, how = thing(shape, split, rng), faults(rng)
        try:
            scan = scan_of(scanned(mesh, how, rng), shape)
        except DataError:  # so little of it was seen that it is flat: a user would be told to scan again
            logger.info("a scan of a %s could not be measured", shape)
            continue
        tokens = ScanEncoder().encode([Packet(scan, 0, stream="scan")])[0]
        assert tokens is not None
        return Example(tokens, shape, scan.size, true_size(np.asarray(mesh.vertices)), how.ground)
    raise DataError(f"no scan of a {shape} could be measured in five tries")


def true_size(vertices: NDArray[np.float64]) -> tuple[float, float, float]:
    """Width, depth and height of the upright box of least plan area around vertices, mm."""
    best = (np.inf, 0.0, 0.0)
    for angle in np.radians(np.arange(0, 90, 1.0)):
        cosine, sine = np.cos(angle), np.sin(angle)
        sides = np.ptp(vertices[:, :2] @ np.array([[cosine, -sine], [sine, cosine]]), axis=0)
        best = min(best, (float(sides.prod()), float(sides.max()), float(sides.min())))
    return best[1], best[2], float(np.ptp(vertices[:, 2]))


def size_errors(examples: list[Example]) -> NDArray[np.float64]:
    """Relative errors `[N, 3]` of the measured sizes."""
    return np.array([one.size for one in examples]) / np.array([one.true for one in examples]) - 1
