"""Things to scan: objects of our own families with random parameters, some of them only for evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args, get_origin

import numpy as np
import trimesh
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from wugan.apps.voice_to_3d.families.base import Family
from wugan.apps.voice_to_3d.families.registry import family
from wugan.apps.voice_to_3d.geometry.build import build
from wugan.apps.voice_to_3d.readings.shapes import SHAPES
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene
from wugan.apps.voice_to_3d.scene.solid import Cone
from wugan.errors import DataError

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
