"""`build`: a scene becomes solids."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from wugan.apps.voice_to_3d.geometry.built import Built, BuiltPart
from wugan.apps.voice_to_3d.geometry.cancel import cancellable, check
from wugan.apps.voice_to_3d.geometry.placing import WORLD, Box6, compose, offset_of, rotation, shift
from wugan.apps.voice_to_3d.geometry.solids import solid
from wugan.apps.voice_to_3d.geometry.sound import sound
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.material import Material
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene
from wugan.errors import DataError

PLAIN = Material(name="grey", colour="#9a9a9a")


def build(scene: Scene, cancelled: Callable[[], bool] | None = None) -> Built:
    """Every object of the scene as solids in the world's frame.

    Raises:
        DataError: sizes or features that cannot be; names the object and the feature, and says what would do.
        Cancelled: `cancelled` answered yes between two steps.
    """
    with cancellable(cancelled):
        built = Built()
        boxes: dict[str, Box6] = {}
        for one in scene.objects:
            check()
            built.parts += _object(one, boxes)
        return built


def _object(one: Object, boxes: dict[str, Box6]) -> list[BuiltPart]:
    if isinstance(one.shape, FamilyShape):
        raise DataError(f"{one.id}: families are not built yet")
    body = solid(one.shape)
    for feature in one.features:
        if not isinstance(feature, solids.Join | solids.Cut):
            raise DataError(f"{one.id}: {feature.kind} is not built yet")
        frame = rotation(feature.place.rotate)
        tool = solid(feature.shape).transform(frame)
        by = offset_of(feature.place, np.array(tool.bounding_box()), np.array(body.bounding_box()))
        tool = tool.translate(tuple(by))
        body = body + tool if isinstance(feature, solids.Join) else body - tool
    frame = rotation(one.place.rotate)
    own = np.array(body.transform(frame).bounding_box())
    other = boxes[one.place.of] if one.place.of else WORLD
    placed = body.transform(compose(shift(offset_of(one.place, own, other)), frame))
    boxes[one.id] = np.array(placed.bounding_box())
    return [BuiltPart(one.id, "", (), 0, one.material or PLAIN, sound(placed))]
