"""`apply`: what an edit makes of a scene. Pure: the scene that goes in is never changed.

Undo and redo are not here: they are about the history of a scene (`wugan.apps.voice_to_3d.studio`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from wugan.apps.voice_to_3d.resizing import changed, resized, roles, rotation, shape_of, with_parameters
from wugan.apps.voice_to_3d.scene import edit as e
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Grid, Placement, Reference, Selector
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, PartChange, Scene
from wugan.apps.voice_to_3d.scene.solid import Chamfer, Fillet, Shell
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


AXES = ("x", "y", "z")
CARRIED = ("on", "in", "inside", "above", "under")
"""Relations whose thing goes along when what it is related to moves."""


def apply(scene: Scene, edit: e.Edit) -> Scene:
    """The scene after one edit.

    Raises:
        DataError: the edit names something that is not there, or asks for what cannot be; it says what would do.
    """
    match edit:
        case e.Add():
            return _add(scene, edit)
        case e.Replace():
            return _replace(scene, edit)
        case e.Remove():
            return _remove(scene, edit)
        case e.Paint():
            return _each(scene, edit.target, lambda one: _painted(one, edit))
        case e.Resize():
            return _resize(scene, edit)
        case e.SetParameter():
            return _each(scene, edit.target, lambda one: _set(one, edit))
        case e.Move():
            return _move(scene, edit)
        case e.Turn():
            return _each(scene, edit.target, lambda one: _turned(one, edit))
        case e.AddFeature():
            return _each(scene, edit.target, lambda one: _worked(one, edit))
        case e.Repeat():
            return _each(scene, edit.target, lambda one: _repeated(one, edit))
        case e.Rename():
            one = find(scene, edit.target.object)
            return _put(scene, one.model_copy(update={"name": edit.name}))
        case e.Clear():
            return Scene()
        case _:
            raise DataError(f"{edit.do} is about the history of a scene, not about a scene; use History.{edit.do}()")


def find(scene: Scene, id: str) -> Object:
    """The object of that id. Raises `DataError` that lists what is there."""
    one = scene.object(id)
    if one is None:
        there = ", ".join(f"{one.name} ({one.id})" for one in scene.objects) or "nothing yet"
        raise DataError(f"there is no object {id!r} in the scene; there is: {there}")
    return one


def _put(scene: Scene, one: Object) -> Scene:
    return Scene(objects=tuple(one if old.id == one.id else old for old in scene.objects))


def _each(scene: Scene, target: Reference, change: Callable[[Object], Object]) -> Scene:
    """The scene with the target, or every object where none is named, changed."""
    if target.object:
        return _put(scene, change(find(scene, target.object)))
    if not scene.objects:
        raise DataError("there is nothing in the scene yet; say what to make first")
    return Scene(objects=tuple(change(one) for one in scene.objects))


def check(scene: Scene, one: Object) -> None:
    """Raises `DataError` where an object's family, its parts or its place do not hold."""
    if isinstance(one.shape, FamilyShape):
        made = shape_of(one)
        for change in one.changes:
            check_parts(one, change.parts, roles(made))
    if one.place.of is not None:
        find(scene, one.place.of)
        seen = {one.id}
        here: str | None = one.place.of
        while here is not None:
            if here in seen:
                raise DataError(f"{one.name} ({one.id}) would stand on itself by way of {here!r}; place it elsewhere")
            seen.add(here)
            below = scene.object(here)
            here = below.place.of if below else None


def check_parts(one: Object, parts: Selector, known: list[str]) -> None:
    """Raises `DataError` where the object has no part of that role."""
    if parts.role and parts.role not in known:
        raise DataError(f"{one.name} ({one.id}) has no {parts.role}; its parts: {', '.join(known)}")


def _parts_of(one: Object, target: Reference) -> Selector | None:
    """The selector of the target's parts, checked; `None` for the whole object."""
    if target.parts is None or target.parts == Selector():
        return None
    if not isinstance(one.shape, FamilyShape):
        raise DataError(
            f"{one.name} ({one.id}) is one solid and has no parts; speak of the whole, or of a hole or edge"
        )
    check_parts(one, target.parts, roles(shape_of(one)))
    return target.parts


def _add(scene: Scene, edit: e.Add) -> Scene:
    if scene.object(edit.object.id) is not None:
        raise DataError(f"there is already an object {edit.object.id!r}; give the new one another id")
    made = Scene(objects=(*scene.objects, edit.object))
    check(made, edit.object)
    return made


def _replace(scene: Scene, edit: e.Replace) -> Scene:
    old = find(scene, edit.target.object)
    new = edit.object
    place = old.place if new.place == Placement() else new.place
    one = new.model_copy(update={"id": old.id, "place": place, "material": new.material or old.material})
    made = _put(scene, one)
    check(made, one)
    return made


def _remove(scene: Scene, edit: e.Remove) -> Scene:
    target = edit.target
    if not target.object:
        return Scene()
    one = find(scene, target.object)
    if target.feature:
        return _put(scene, without_feature(one, target.feature))
    parts = _parts_of(one, target)
    if parts is None:
        return _without(scene, one)
    role = parts.role.replace(" ", "_")
    every = not parts.sides and parts.index is None
    if every and isinstance(one.shape, FamilyShape):
        made = shape_of(one)
        for name in (role, f"{role}s"):
            if isinstance(getattr(made, name, None), bool):
                return _put(scene, with_parameters(one, **{name: False}))
        if isinstance(getattr(made, f"{role}s", None), int):
            try:
                return _put(scene, with_parameters(one, **{f"{role}s": 0}))
            except DataError:
                pass  # the family cannot do without: the parts are left out of the built shape instead
    return _put(scene, one.model_copy(update={"changes": (*one.changes, PartChange(parts=parts, remove=True))}))


def _without(scene: Scene, gone: Object) -> Scene:
    """The scene without an object; what stood on it comes down to where that stood."""
    rest = []
    held = [one for one in scene.objects if one.place.of == gone.id]
    where: dict[str, Any] = {}
    if held:
        from wugan.apps.voice_to_3d.measure import bounds

        where = bounds(scene, [one.id for one in held])
    for one in scene.objects:
        if one.id == gone.id:
            continue
        if one in held:
            one = _pinned(one, where.get(one.id), floor=True)
        rest.append(one)
    return Scene(objects=tuple(rest))


def _painted(one: Object, edit: e.Paint) -> Object:
    if edit.target.feature:
        raise DataError(f"a feature has the material of {one.name} ({one.id}); paint that, or one of its parts")
    parts = _parts_of(one, edit.target)
    if parts is None:  # the whole: what was said of single parts before no longer counts
        kept = tuple(change.model_copy(update={"material": None}) for change in one.changes)
        kept = tuple(change for change in kept if change != PartChange(parts=change.parts))
        return one.model_copy(update={"material": edit.material, "changes": kept})
    change = PartChange(parts=parts, material=edit.material)
    return one.model_copy(update={"changes": (*one.changes, change)})


def _resize(scene: Scene, edit: e.Resize) -> Scene:
    made = _each(scene, edit.target, lambda one: resized(one, edit))
    if edit.target.object or edit.dimension != "all" or edit.times is None:
        return made
    factor = edit.times  # everything: the gaps between things grow as they do

    def spread(place: Placement) -> Placement:
        scaled = {axis: getattr(place, axis) for axis in AXES}
        return place.model_copy(
            update={axis: changed(c, {"offset": c.offset * factor}) for axis, c in scaled.items() if c.offset}
        )

    return Scene(objects=tuple(one.model_copy(update={"place": spread(one.place)}) for one in made.objects))


def _set(one: Object, edit: e.SetParameter) -> Object:
    if not isinstance(one.shape, FamilyShape):
        raise DataError(
            f"{one.name} ({one.id}) is a plain solid and has no {edit.parameter}; change a size or a feature"
        )
    return with_parameters(one, **{edit.parameter: edit.value})


def _shifted(place: Placement, by: tuple[float, float, float]) -> Placement:
    moved = {
        axis: changed(getattr(place, axis), {"offset": getattr(place, axis).offset + step})
        for axis, step in zip(AXES, by, strict=True)
        if step
    }
    return place.model_copy(update=moved)


def _move(scene: Scene, edit: e.Move) -> Scene:
    target = edit.target

    def move(one: Object) -> Object:
        if target.feature:
            return change_feature(one, target.feature, lambda found: _feature_moved(one, found, edit))
        parts = _parts_of(one, target)
        if parts is not None:
            if edit.place is not None:
                raise DataError(f"a part of {one.name} ({one.id}) moves by a distance only; say how far and which way")
            change = PartChange(parts=parts, shift=edit.by)
            return one.model_copy(update={"changes": (*one.changes, change)})
        place = one.place
        if edit.place is not None:
            turn = edit.place.rotate if any(edit.place.rotate) else place.rotate
            place = edit.place.model_copy(update={"rotate": turn})
        return one.model_copy(update={"place": _shifted(place, edit.by)})

    if edit.place is not None and edit.place.of and target.object:
        scene = _untied(scene, target.object, edit.place.of)
    made = _each(scene, target, move)
    for one in made.objects:
        check(made, one)
    if target.object and not target.feature and _parts_of(find(scene, target.object), target) is None:
        return _left_behind(scene, made, edit)
    return made


def _untied(scene: Scene, moved: str, onto: str) -> Scene:
    """The scene in which what `onto` stands by no longer hangs on `moved`, which is about to be placed by it."""
    here, seen = onto, set()
    while here and here not in seen and here != moved:
        seen.add(here)
        one = scene.object(here)
        if one is None:
            return scene
        if one.place.of == moved:
            from wugan.apps.voice_to_3d.measure import bounds

            return _put(scene, _pinned(one, bounds(scene, [here]).get(here), floor=one.place.relation in ("on", "in")))
        here = one.place.of or ""
    return scene


def _pinned(one: Object, box: Any, floor: bool) -> Object:
    """The object where it is now (its box in the world), or on the floor below that, not related to another."""
    if box is None:
        return one
    low, high = box
    own = "centre" if one.pattern is None else "min"
    x, y = ((low[i] + high[i]) / 2 if own == "centre" else low[i] for i in (0, 1))
    place = Placement(
        x=Coordinate(to="origin", offset=round(x, 6), own=own),
        y=Coordinate(to="origin", offset=round(y, 6), own=own),
        z=Coordinate(to="origin", offset=0.0 if floor else round(low[2], 6), own="min"),
        rotate=one.place.rotate,
    )
    return one.model_copy(update={"place": place})


def _left_behind(before: Scene, after: Scene, edit: e.Move) -> Scene:
    """What stands beside a thing stays where it is when that moves; what stands on or in it goes with it."""
    id = edit.target.object
    beside = [one for one in after.objects if one.place.of == id and one.place.relation not in CARRIED]
    if not beside:
        return after
    by = edit.by
    if edit.place is not None:
        from wugan.apps.voice_to_3d.measure import bounds

        (low, high), (new_low, new_high) = bounds(before, [id])[id], bounds(after, [id])[id]
        by = tuple(round((new_low[i] + new_high[i] - low[i] - high[i]) / 2, 6) for i in range(3))  # type: ignore[assignment]
    back = (-by[0], -by[1], -by[2])
    for one in beside:
        after = _put(after, one.model_copy(update={"place": _shifted(one.place, back)}))
    return after


def _feature_moved(one: Object, feature: Any, edit: e.Move) -> Any:
    if isinstance(feature, Chamfer | Fillet | Shell):
        raise DataError(f"the {feature.name or feature.kind} of {one.name} ({one.id}) has no place of its own to move")
    return changed(feature, {"place": _shifted(edit.place or feature.place, edit.by)})


def _turned(one: Object, edit: e.Turn) -> Object:
    if edit.target.feature:

        def turn(feature: Any) -> Any:
            if isinstance(feature, Chamfer | Fillet | Shell):
                raise DataError(f"the {feature.name or feature.kind} of {one.name} ({one.id}) cannot be turned")
            place = feature.place.model_copy(update={"rotate": composed(feature.place.rotate, edit.axis, edit.degrees)})
            return changed(feature, {"place": place})

        return change_feature(one, edit.target.feature, turn)
    if _parts_of(one, edit.target) is not None:
        raise DataError(f"a part of {one.name} ({one.id}) cannot be turned alone; turn the whole, or move the part")
    place = one.place.model_copy(update={"rotate": composed(one.place.rotate, edit.axis, edit.degrees)})
    return one.model_copy(update={"place": place})


def composed(rotate: tuple[float, float, float], axis: str, degrees: float) -> tuple[float, float, float]:
    """Angles about x, y, z of a turn `rotate` and then another about one of the world's axes."""
    import math

    first = rotation(rotate)
    then = rotation(tuple(degrees if name == axis else 0.0 for name in AXES))  # type: ignore[arg-type]
    m = [[sum(then[i][k] * first[k][j] for k in range(3)) for j in range(3)] for i in range(3)]
    y = math.asin(max(-1.0, min(1.0, -m[2][0])))
    if abs(m[2][0]) < 1 - 1e-9:
        x, z = math.atan2(m[2][1], m[2][2]), math.atan2(m[1][0], m[0][0])
    else:  # y is at a quarter turn: x and z turn about the same axis
        x, z = math.atan2(-m[1][2], m[1][1]), 0.0
    found = [round(math.degrees(angle), 9) + 0.0 for angle in (x, y, z)]
    return found[0], found[1], found[2]


def _worked(one: Object, edit: e.AddFeature) -> Object:
    feature = edit.feature
    name = feature.name or ("hole" if feature.kind == "cut" else feature.kind)
    known = {other.id for other in features(one) if other.id}
    if not feature.id:
        feature = changed(feature, {"id": new_id(one, name), "name": feature.name or name})
    elif feature.id in known:
        raise DataError(f"{one.name} ({one.id}) already has a feature {feature.id!r}; give the new one another id")
    on = feature.of if isinstance(feature, Chamfer | Fillet) else "" if isinstance(feature, Shell) else feature.place.of
    if on and on not in known:
        raise DataError(f"{one.name} ({one.id}) has no feature {on!r} to work on; it has: {', '.join(known) or 'none'}")
    parts = _parts_of(one, edit.target)
    if parts is not None:
        return one.model_copy(update={"changes": (*one.changes, PartChange(parts=parts, features=(feature,)))})
    return one.model_copy(update={"features": (*one.features, feature)})


def _repeated(one: Object, edit: e.Repeat) -> Object:
    if edit.target.feature:

        def repeat(feature: Any) -> Any:
            if isinstance(feature, Chamfer | Fillet | Shell):
                raise DataError(f"the {feature.name or feature.kind} of {one.name} ({one.id}) cannot be repeated")
            if feature.pattern is None:
                return changed(feature, {"pattern": edit.pattern})
            return changed(feature, {"then": (*feature.then, edit.pattern)})

        return change_feature(one, edit.target.feature, repeat)
    if _parts_of(one, edit.target) is not None:
        raise DataError(
            f"parts of {one.name} ({one.id}) are counted by its parameters; say how many, or repeat the whole"
        )
    pattern = edit.pattern
    if isinstance(pattern, Grid) and isinstance(one.pattern, Grid):
        pattern = _crossed(one.pattern, pattern)
    return one.model_copy(update={"pattern": pattern})


def _crossed(old: Grid, new: Grid) -> Grid:
    """Rows of rows where the two run along different axes; else the new one."""
    if any(a > 1 and b > 1 for a, b in zip(old.counts, new.counts, strict=True)):
        return new
    counts = tuple(max(a, b) for a, b in zip(old.counts, new.counts, strict=True))
    steps = tuple(b if n > 1 else a for a, b, n in zip(old.steps, new.steps, new.counts, strict=True))
    return changed(new, {"counts": counts, "steps": steps})
