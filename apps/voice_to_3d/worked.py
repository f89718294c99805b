"""The features of an object by id, wherever they lie: on the object, inside its compound, or on some of its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.scene import Object
from wugan.apps.voice_to_3d.stretch import changed
from wugan.errors import DataError

Change = Callable[[Any], Any]
"""From a feature to what stands in its place; `None` drops it."""


def features(one: Object) -> Iterator[solids.Feature]:
    """Every feature of an object, in the order in which they are worked."""
    if isinstance(one.shape, solids.Compound):
        yield from one.shape.features
    yield from one.features
    for change in one.changes:
        yield from change.features


def new_id(one: Object, name: str) -> str:
    """An id for another feature of that name: `hole-1`, `hole-2`…"""
    taken = {feature.id for feature in features(one)}
    stem = "-".join((name or "feature").split())
    return next(f"{stem}-{n}" for n in range(1, len(taken) + 2) if f"{stem}-{n}" not in taken)


def change_feature(one: Object, id: str, change: Change) -> Object:
    """The object with the feature `id` changed. Raises `DataError` where it has no such feature."""
    hits = 0

    def walk(found: tuple[solids.Feature, ...]) -> tuple[solids.Feature, ...]:
        nonlocal hits
        out = []
        for feature in found:
            if feature.id == id:
                hits += 1
                new = change(feature)
                if new is not None:
                    out.append(new)
            else:
                out.append(feature)
        return tuple(out)

    update: dict[str, Any] = {"features": walk(one.features)}
    if isinstance(one.shape, solids.Compound):
        update["shape"] = changed(one.shape, {"features": walk(one.shape.features)})
    update["changes"] = tuple(
        part.model_copy(update={"features": walk(part.features)}) if part.features else part for part in one.changes
    )
    if not hits:
        known = ", ".join(feature.id for feature in features(one) if feature.id) or "none"
        raise DataError(f"{one.name} ({one.id}) has no feature {id!r}; its features: {known}")
    return one.model_copy(update=update)


def without_feature(one: Object, id: str) -> Object:
    """The object without the feature, and without the rounded or bevelled edges that belonged to it.

    Raises:
        DataError: no such feature, or another one is placed on it.
    """
    placed = [
        feature.name or feature.id
        for feature in features(one)
        if not isinstance(feature, solids.Chamfer | solids.Fillet | solids.Shell) and feature.place.of == id
    ]
    if placed:
        raise DataError(f"{', '.join(placed)} of {one.name} ({one.id}) sit on {id!r}; remove those first")
    made = change_feature(one, id, lambda feature: None)
    for edge in [f for f in features(made) if isinstance(f, solids.Chamfer | solids.Fillet) and f.of == id]:
        made = made.model_copy(update={"features": tuple(f for f in made.features if f is not edge)})
        if isinstance(made.shape, solids.Compound):
            rest = tuple(f for f in made.shape.features if f is not edge)
            made = made.model_copy(update={"shape": changed(made.shape, {"features": rest})})
    return made


def named_features(one: Object, name: str) -> list[solids.Feature]:
    """The features that are called so ("hole"), in order; edges by "chamfer", "fillet", a hollow by "shell"."""
    return [feature for feature in features(one) if (feature.name or feature.kind) == name or feature.kind == name]
