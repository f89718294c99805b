"""From a relation to places: `Placement`s that hold on to the box of what they are related to."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, hypot, radians, sin

from wugan.apps.voice_to_3d.language.talk.arrangements import Arrangement
from wugan.apps.voice_to_3d.language.talk.relations import Relation
from wugan.apps.voice_to_3d.measure import Bounds, around, bounds, part_boxes, size
from wugan.apps.voice_to_3d.resizing import shape_of
from wugan.apps.voice_to_3d.scene.placement import Anchor, Coordinate, Placement, at
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene

SEATS = ("seat", "mattress", "seat cushion", "top", "deck", "tabletop", "worktop", "platform")
SEATED = frozenset({"chair", "armchair", "stool", "bench", "sofa", "bed", "bar stool", "couch"})
FLOORS = ("bottom_thickness", "floor_thickness", "wall_thickness", "wall", "thickness", "board_thickness")
SIDED = ("left", "right", "front", "behind")
LOW = Coordinate(to="min", own="min")


@dataclass
class Sizes:
    """What a placement has to know: the box of the target and the size of what is placed (mm)."""

    target: Bounds
    own: tuple[float, float, float]

    def extent(self, axis: int) -> float:
        """Of the target."""
        return self.target[1][axis] - self.target[0][axis]


def gap_for(extent: float) -> float:
    """A usual gap (mm) beside something of that size."""
    return float(round(min(max(0.1 * extent, 5.0), 200.0)))


def places(
    scene: Scene, relation: Relation, one: Object, count: int, arrangement: Arrangement | None
) -> list[Placement]:
    """One place for each of `count` things like `one`, in a relation to what is in the scene."""
    if relation.how == "floor" or not relation.targets:
        return row(one, count, arrangement, at(z=relation.lift))
    ids = list(dict.fromkeys(ref.object for ref in relation.targets))
    found = bounds(scene, ids)
    own = size(one)
    if relation.how == "between" and len(ids) > 1:
        return _between(scene, ids, found, own, count)
    target = ids[-1]
    sizes = Sizes(found[target], own)
    gap = relation.distance
    wide = gap if gap is not None else gap_for(max(sizes.extent(0), sizes.extent(1)))
    how = relation.how
    if how in ("on", "in") and relation.where[1:] == ("side",):
        seat = (owner := scene.object(target)) is not None and owner.name.split()[-1] in SEATED
        small = own[0] * own[1] < 0.5 * sizes.extent(0) * sizes.extent(1) and gap is None
        small = small and not (seat and own[2] > 250)  # a side table stands beside a sofa, a cushion lies on it
        how = (
            "on" if small else {"left": "left", "right": "right", "front": "front", "back": "behind"}[relation.where[0]]
        )
    match how:
        case "left" | "right" | "front" | "behind" | "beside" | "against":
            touch = 0.0 if how == "against" and gap is None else wide
            made = [_side(how, touch, n, own, relation.how) for n in range(count)]
        case "sides":
            made = [_side("left" if n % 2 == 0 else "right", wide, n // 2, own, "beside")
                    for n in range(count)]  # fmt: skip
        case "around":
            made = _around(sizes, count, wide)
        case "corners":
            made = _corners(count, sizes, gap or 0.0)
        case "under":
            made = _spread(count, sizes, arrangement, LOW, "under")
        case "above":
            z = Coordinate(to="max", own="min", offset=gap if gap is not None else max(wide, 20.0))
            made = _spread(count, sizes, arrangement, z, "above")
        case "in":
            z = Coordinate(to="min", own="min", offset=_floor(scene, target, sizes))
            made = _spread(count, sizes, arrangement, z, "in")
        case _:
            made = _on(scene, relation, sizes, count, arrangement, target)
    if how in SIDED:
        across = ("front", "back") if how in ("left", "right") else ("left", "right")
        for word in (word for word in relation.where if word in across):
            axis = 1 if "front" in across else 0
            by = (0.5 if word in ("back", "right") else -0.5) * sizes.extent(axis)
            made = [place.model_copy(update={"xy"[axis]: Coordinate(offset=round(by, 4))}) for place in made]
    if relation.lift:
        made = [place.model_copy(update={"z": Coordinate(to="min", own="min", offset=relation.lift)}) for place in made]
    if how == "on" and len(ids) > 1:  # a beam on two pillars: over the middle of them all
        made = [_shifted(place, found, ids, target) for place in made]
    return [place.model_copy(update={"of": target}) for place in made]


def _shifted(place: Placement, found: dict[str, Bounds], ids: list[str], target: str) -> Placement:
    update = {}
    for i, axis in enumerate(("x", "y")):
        low = min(found[id][0][i] for id in ids)
        high = max(found[id][1][i] for id in ids)
        by = (low + high) / 2 - (found[target][0][i] + found[target][1][i]) / 2
        coordinate: Coordinate = getattr(place, axis)
        update[axis] = coordinate.model_copy(update={"offset": round(coordinate.offset + by, 4)})
    return place.model_copy(update=update)


def row(one: Object, count: int, arrangement: Arrangement | None, start: Placement) -> list[Placement]:
    """Things in a row, circle, grid or stack about a place."""
    if count == 1:
        return [start]
    own = size(one)
    how = arrangement.how if arrangement else "row"
    axis = 1 if arrangement and arrangement.axis == "y" else 0
    apart = arrangement.apart if arrangement and arrangement.apart is not None else gap_for(own[axis])
    step = apart if arrangement and arrangement.centres else own[axis] + apart
    found = []
    for n in range(count):
        x = y = z = 0.0
        turn = 0.0
        if how == "circle":
            reach = max(own[0], own[1]) + apart
            radius = max(reach / (2 * sin(radians(180 / count))), reach / 2) if count > 1 else 0.0
            angle = radians(360 * n / count)
            x, y = radius * cos(angle), radius * sin(angle)
            turn = 360 * n / count - 90
        elif how == "grid":
            across = round(count**0.5 + 0.49)
            x, y = (n % across - (across - 1) / 2) * step, (n // across - (across - 1) / 2) * (own[1] + apart)
        elif how == "stack":
            z = n * (own[2] + (arrangement.apart or 0.0 if arrangement else 0.0))
        else:
            value = (n - (count - 1) / 2) * step
            x, y = (0.0, value) if axis else (value, 0.0)
        moved = {
            name: coordinate.model_copy(update={"offset": round(coordinate.offset + by, 4)})
            for name, coordinate, by in (("x", start.x, x), ("y", start.y, y), ("z", start.z, z))
        }
        rotate = (0.0, 0.0, round(turn, 4)) if turn else start.rotate
        found.append(start.model_copy(update={**moved, "rotate": rotate}))
    return found


def following(one: Object, count: int, arrangement: Arrangement | None, start: Placement) -> list[Placement]:
    """Things in a row that begins at a place beside others, and does not reach back over them."""
    made = row(one, count, arrangement, start)
    if count == 1 or start.of is None:
        return made
    first = min(place.x.offset for place in made) - start.x.offset
    half = size(one)[0] / 2
    return [
        place.model_copy(
            update={"x": Coordinate(to="max", own="centre", offset=round(place.x.offset - first + half, 4))}
        )
        for place in made
    ]


def _side(how: str, gap: float, n: int, own: tuple[float, float, float], relation: str) -> Placement:
    axis = "y" if how in ("front", "behind") else "x"
    before = how in ("left", "front")
    step = n * (own[1 if axis == "y" else 0] + max(gap, 1.0))
    offset = round(gap + step, 4)
    beside = (
        Coordinate(to="min", own="max", offset=-offset) if before else Coordinate(to="max", own="min", offset=offset)
    )
    other = Coordinate()
    return Placement(x=other if axis == "y" else beside, y=beside if axis == "y" else other, z=LOW, relation=relation)


def _around(sizes: Sizes, count: int, gap: float) -> list[Placement]:
    """On a ring about the target, the front turned to it."""
    found = []
    half = (sizes.extent(0) / 2, sizes.extent(1) / 2)
    for n in range(count):
        angle = 360 * n / count + (90 if count != 2 else 0)
        c, s = cos(radians(angle)), sin(radians(angle))
        edge = min(half[0] / abs(c) if abs(c) > 1e-9 else 1e9, half[1] / abs(s) if abs(s) > 1e-9 else 1e9)
        edge = min(edge, hypot(*half))
        out = edge + gap + sizes.own[1] / 2
        turn = (angle - 90) % 360
        found.append(
            Placement(x=Coordinate(offset=round(out * c, 4)), y=Coordinate(offset=round(out * s, 4)), z=LOW,
                      rotate=(0.0, 0.0, round(turn - 360 if turn > 180 else turn, 4)), relation="around")
        )  # fmt: skip
    return found


def _corners(count: int, sizes: Sizes, inset: float) -> list[Placement]:
    order: list[tuple[Anchor, Anchor]] = [("min", "min"), ("max", "min"), ("min", "max"), ("max", "max")]
    top = Coordinate(to="max", own="min")
    return [
        Placement(x=_inwards(x, inset), y=_inwards(y, inset), z=top, relation="on")
        for x, y in (order * (count // 4 + 1))[:count]
    ]


def _inwards(side: Anchor, inset: float) -> Coordinate:
    return Coordinate(to=side, own=side, offset=inset if side == "min" else -inset)


def _between(
    scene: Scene, ids: list[str], found: dict[str, Bounds], own: tuple[float, ...], count: int
) -> list[Placement]:
    first, last = found[ids[0]], found[ids[-1]]
    made = []
    for n in range(count):
        share = (n + 1) / (count + 1)
        offsets = [share * ((last[0][i] + last[1][i]) / 2 - (first[0][i] + first[1][i]) / 2) for i in range(2)]
        made.append(
            Placement(x=Coordinate(offset=round(offsets[0], 4)), y=Coordinate(offset=round(offsets[1], 4)), z=LOW,
                      of=ids[0], relation="between")
        )  # fmt: skip
    return made


def _spread(count: int, sizes: Sizes, arrangement: Arrangement | None, z: Coordinate, relation: str) -> list[Placement]:
    """Several side by side over the target, at a height; one in its middle."""
    long = 0 if sizes.extent(0) >= sizes.extent(1) or arrangement else 1
    apart = arrangement.apart if arrangement else None
    found = []
    for n in range(count):
        if apart is not None:
            step = apart if arrangement and arrangement.centres else apart + sizes.own[long]
            offset = (n - (count - 1) / 2) * step
        else:
            offset = sizes.extent(long) * ((n + 0.5) / count - 0.5)
        along = Coordinate(offset=round(offset, 4)) if count > 1 else Coordinate()
        found.append(
            Placement(x=along if long == 0 else Coordinate(), y=along if long else Coordinate(), z=z, relation=relation)
        )
    return found


def _on(
    scene: Scene, relation: Relation, sizes: Sizes, count: int, arrangement: Arrangement | None, target: str
) -> list[Placement]:
    z = _top(scene, relation, target, sizes)
    if arrangement and arrangement.how == "stack":
        return [
            Placement(z=z.model_copy(update={"offset": z.offset + n * sizes.own[2]}), relation="on")
            for n in range(count)
        ]
    where = [word for word in relation.where if word not in ("middle", "side")]
    if "corner" in where:
        sides = {word for word in where if word != "corner"}
        where = ["right" if "right" in sides else "left", "front" if "front" in sides else "back"]
    made = _spread(count, sizes, arrangement, z, "on")
    ends = {"left": ("x", "min"), "right": ("x", "max"), "front": ("y", "min"), "back": ("y", "max")}
    for word in where:
        if word in ends:
            axis, end = ends[word]
            held = Coordinate(to=end, own=end, offset=0.0)
            made = [place.model_copy(update={axis: held}) for place in made]
    return made


def _top(scene: Scene, relation: Relation, target: str, sizes: Sizes) -> Coordinate:
    """The height to stand on: the top of the whole, of the part that was named, or the seat of what is sat on."""
    one = scene.object(target)
    parts = next((ref.parts for ref in relation.targets if ref.parts is not None), None)
    roles: tuple[str, ...] = (parts.role,) if parts else ()
    if one is not None and not parts and isinstance(one.shape, FamilyShape) and one.shape.family in SEATED:
        roles = SEATS
    for role in roles:
        boxes = [box for box in part_boxes(scene, target) if box.role == role]
        if parts and parts.index is not None and -len(boxes) <= parts.index < len(boxes):
            boxes = [boxes[parts.index]]
        elif parts and parts.sides:
            boxes = [box for box in boxes if set(parts.sides) <= set(box.sides)] or boxes
        if boxes:
            height = around(boxes)[1][2] - sizes.target[0][2]
            if abs(height - sizes.extent(2)) < 1e-3:
                break
            return Coordinate(to="min", own="min", offset=round(height, 4))
    return Coordinate(to="max", own="min")


def _floor(scene: Scene, target: str, sizes: Sizes) -> float:
    """How far above the bottom of a container its inside begins."""
    one = scene.object(target)
    if one is not None and isinstance(one.shape, FamilyShape):
        made = shape_of(one)
        for name in FLOORS:
            value = getattr(made, name, None)
            if isinstance(value, int | float) and 0 < value < 0.5 * sizes.extent(2):
                return float(value)
    return round(0.05 * sizes.extent(2), 3)


def free_place(scene: Scene) -> Placement:
    """A place on the floor beside what is there already."""
    standing = [one for one in scene.objects if one.place.relation not in ("on", "in", "under", "above")]
    if not standing:
        return at()
    boxes = bounds(scene, [one.id for one in standing])
    if not boxes:
        return at()
    last = max(boxes, key=lambda id: boxes[id][1][0])
    low, high = boxes[last]
    gap = gap_for(max(high[0] - low[0], high[1] - low[1]))
    return Placement(x=Coordinate(to="max", own="min", offset=gap), z=LOW, of=last)
