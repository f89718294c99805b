"""Places and turns of things that are there: moved, put on or beside others, turned, repeated, copied."""

from __future__ import annotations

from dataclasses import replace

from wugan.apps.voice_to_3d.language.talk.family_reading import Describer
from wugan.apps.voice_to_3d.language.talk.family_sizes import Refused, as_edits
from wugan.apps.voice_to_3d.language.talk.kinds import kind_of_object
from wugan.apps.voice_to_3d.language.talk.objects import SIDED, Objects, new_id, upon
from wugan.apps.voice_to_3d.language.talk.placements import (
    Arrangement,
    arrangement,
    free_place,
    gap_for,
    places,
    relation,
    row,
    starts,
)
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.references import Found, Unresolved, roles_of
from wugan.apps.voice_to_3d.language.talk.words import LARGER, RELATIVE
from wugan.apps.voice_to_3d.measure import Bounds, bounds, size
from wugan.apps.voice_to_3d.scene.edit import Add, Edit, Move, Repeat, SetParameter, Turn
from wugan.apps.voice_to_3d.scene.model import Vector
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Grid, Placement, Reference, at
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object
from wugan.errors import DataError

# How things are turned as it is said: "upside down", "on its side", "upright", "flat".

TURNS: tuple[tuple[tuple[str, ...], str, float], ...] = (
    (("upside", "down"), "x", 180.0), (("the", "other", "way", "up"), "x", 180.0), (("on", "its", "head"), "x", 180.0),
    (("on", "its", "side"), "y", 90.0), (("on", "its", "back"), "x", -90.0), (("on", "its", "front"), "x", 90.0),
    (("on", "its", "face"), "x", 90.0), (("on", "their", "side"), "y", 90.0), (("on", "its", "top"), "x", 180.0),
    (("the", "other", "way", "round"), "z", 180.0), (("the", "other", "way", "around"), "z", 180.0),
    (("the", "other", "way"), "z", 180.0), (("around",), "z", 180.0), (("round",), "z", 180.0),
    (("back", "to", "front"), "z", 180.0), (("sideways",), "z", 90.0), (("upright",), "up", 0.0),
    (("on", "end"), "up", 0.0), (("on", "its", "end"), "up", 0.0), (("on", "edge"), "edge", 0.0),
    (("on", "its", "edge"), "edge", 0.0),
    (("vertically",), "up", 0.0), (("vertical",), "up", 0.0), (("flat",), "flat", 0.0), (("flat", "down"), "flat", 0.0),
    (("horizontal",), "flat", 0.0), (("horizontally",), "flat", 0.0),
)  # fmt: skip
"""What is said, the axis, and by how many degrees; "up": the longest side vertical, "flat": the shortest."""


def turn_at(r: Reading, i: int, end: int) -> tuple[str, float, int] | None:
    """The turn that is said at `i`: its axis, degrees, and the index after it; the longest phrase counts."""
    hits = [row for row in TURNS if i + len(row[0]) <= end and r.has(i, *row[0])]
    if not hits:
        return None
    phrase, axis, degrees = max(hits, key=lambda row: len(row[0]))
    return axis, degrees, i + len(phrase)


def turned(r: Reading, references: list[Reference], axis: str, degrees: float) -> list[Edit]:
    """The edits for a turn, or for a pose ("up", "flat") that depends on how a thing lies now."""
    edits: list[Edit] = []
    for ref in references:
        about, by = (axis, degrees) if axis in ("x", "y", "z") else _pose(r, ref, axis)
        edits += [Turn(target=ref, axis=about, degrees=by)] if by else []
    return edits


def _pose(r: Reading, ref: Reference, how: str) -> tuple[str, float]:
    """The axis and the degrees that bring a thing into a pose; 0 degrees where it is in it."""
    box = bounds(r.scene, [ref.object]).get(ref.object)
    if box is None or ref.parts is not None:
        return "x", 90.0
    x, y, z = (box[1][i] - box[0][i] for i in range(3))
    if how == "up":
        if z >= max(x, y) - 0.5:
            return "x", 0.0
        return ("y", 90.0) if x > y + 0.5 else ("x", 90.0)
    if how == "edge":
        return ("x", 90.0) if x >= y else ("y", 90.0)
    if how == "down":  # what stands is tipped over; what lies is laid flat
        if z > max(x, y):
            return "y", 90.0
        how = "flat"
    if z <= min(x, y) + 0.5:
        return "x", 0.0
    return ("y", 90.0) if x < y else ("x", 90.0)


def pose(r: Reading, found: Found, i: int, end: int, how: str) -> int:
    """Carries a pose out on what was named, and says where nothing had to be done; the index after it."""
    edits = turned(r, found.references, how, 0.0)
    if not edits:
        r.assumed.append(
            "it " + {"up": "stands", "edge": "stands", "flat": "lies flat", "down": "lies"}[how] + " already"
        )
        return r.know(i, end)
    r.carry(edits, i, end)
    return end


WAYS: dict[str, tuple[int, int]] = {
    "left": (0, -1), "leftward": (0, -1), "leftwards": (0, -1), "right": (0, 1), "rightward": (0, 1),
    "rightwards": (0, 1), "back": (1, 1), "backward": (1, 1), "backwards": (1, 1), "behind": (1, 1), "rear": (1, 1),
    "front": (1, -1), "forward": (1, -1), "forwards": (1, -1), "up": (2, 1), "upward": (2, 1), "upwards": (2, 1),
    "higher": (2, 1), "down": (2, -1), "downward": (2, -1), "downwards": (2, -1), "lower": (2, -1),
}  # fmt: skip
NEARER = {"closer": 1, "nearer": 1, "away": -1, "farther": -1}
SMALL = {"bit": 0.5, "little": 0.5, "slightly": 0.25, "tad": 0.25, "touch": 0.25, "further": 1.0}


class Moves:
    """Reads where things shall be.

    Args:
        reading: the text.
        objects: makes new objects that a relation mentions.
    """

    def __init__(self, reading: Reading, objects: Objects) -> None:
        self.r = reading
        self.objects = objects

    def move(self, found: Found, i: int, end: int) -> int:
        """Such as "20 cm to the left", "to the left of the chair", "up by 5 cm"; `i` for nothing."""
        one = self.r.object(found.references[0]) if len(found.references) == 1 else None
        if one is not None and one.place.of and one.place.relation in SIDED and found.references[0].parts is None:
            said = {self.r.lemma(m) for m in range(i, end)}
            sized = any(self.r.tokens[m].quantity for m in range(i, end))
            if "side" in said and "of" not in said and not sized and (k := self.put(found, i, end)) > i:
                return k  # "to the right side": of what it stands by
        offset = self._offset(i, end, found)
        if offset is not None:
            by, k = offset
            edits: list[Edit] = [Move(target=ref, by=by) for ref in found.references]
            self.r.carry(edits, i, k)
            return k
        return self.put(found, i, end)

    def _offset(self, i: int, end: int, found: Found) -> tuple[Vector, int] | None:
        """A direction with or without a distance; several add up ("10 cm left and 5 cm back")."""
        r, total, k, any_way = self.r, [0.0, 0.0, 0.0], i, False
        while k < end:
            j, distance, way, share = k, None, None, 1.0
            while j < end:
                token, word = r.tokens[j], r.lemma(j)
                if token.quantity is not None and token.quantity.kind == "length" and distance is None:
                    distance = token.value
                elif (
                    token.quantity is not None
                    and token.quantity.kind == "number"
                    and distance is None
                    and r.context.unit
                ):
                    from wugan.apps.voice_to_3d.language.units import UNITS

                    unit = {"in": "inch", "ft": "foot"}.get(r.context.unit, r.context.unit)
                    distance = token.value * UNITS[unit].factor
                elif word == "behind" and r.lemma(j + 1, end) in ("the", "it", "them", "a", "that", "this"):
                    return None
                elif (
                    word in NEARER
                    and way is None
                    and r.lemma(j + 1, end) != "from"
                    and (nearer := self._nearer(found, word)) is not None
                ):
                    way = nearer
                    if r.lemma(j + 1, end) == "to" and r.lemma(j + 2, end) in ("it", "them", "the", "each"):
                        return None if distance is None else self._nearer_to(found, word, distance, j + 2, end)
                elif word in WAYS and way is None:
                    if r.lemma(j + 1, end) in ("of", "edge", "end", "corner") or r.has(j + 1, "side", "of"):
                        return None
                    way = WAYS[word]
                elif word in SMALL:
                    share = SMALL[word]
                elif word in (
                    "to",
                    "the",
                    "by",
                    "a",
                    "towards",
                    "toward",
                    "at",
                    "side",
                    "further",
                    "over",
                    "its",
                    "about",
                ):
                    pass
                elif word == "and" and (way is None) != (distance is None):
                    break
                else:
                    break
                j += 1
                if way is not None and distance is not None:
                    break
            if way is None:
                break
            if distance is None:
                distance = share * self._usual(found)
                r.assumed.append(f"“{r.phrase(k, j)}”: by {distance:g} mm")
            while r.lemma(j, end) in ("side",):
                j += 1
            total[way[0]] += way[1] * distance
            any_way, k = True, j
            if r.lemma(k, end) in ("and", ",") and k + 1 < end:
                k += 1
        if not any_way:
            return None
        while r.lemma(k - 1) in ("and", ","):
            k -= 1
        return (total[0], total[1], total[2]), k

    def _nearer(self, found: Found, word: str) -> tuple[int, int] | None:
        """The axis and the sign that bring a thing closer to what it stands by (or away from it)."""
        one = self.r.object(found.references[0]) if found.references else None
        by = [one.place.of] if one is not None and one.place.of else [ref.object for ref in self._others_of(found)]
        return self._way(one.id, by[0], word) if one is not None and by else None

    def _way(self, id: str, by: str, word: str) -> tuple[int, int] | None:
        boxes = bounds(self.r.scene, [id, by])
        if len(boxes) < 2:
            return None
        middles = [[(box[0][i] + box[1][i]) / 2 for i in range(2)] for box in (boxes[id], boxes[by])]
        apart = [middles[1][i] - middles[0][i] for i in range(2)]
        axis = 0 if abs(apart[0]) >= abs(apart[1]) else 1
        return axis, (1 if apart[axis] > 0 else -1) * NEARER[word]

    def _nearer_to(self, found: Found, word: str, distance: float, k: int, end: int) -> tuple[Vector, int] | None:
        from wugan.apps.voice_to_3d.language.talk.references import reference

        to = reference(self.r, k, end)
        way = self._way(found.references[0].object, to.references[0].object, word) if to and to.references else None
        if way is None or to is None:
            return None
        by = [0.0, 0.0, 0.0]
        by[way[0]] = way[1] * distance
        return (by[0], by[1], by[2]), to.end

    def _others_of(self, found: Found) -> list[Reference]:
        return self._others({ref.object for ref in found.references})

    def _usual(self, found: Found) -> float:
        one = self.r.object(found.references[0]) if found.references else None
        return 100.0 if one is None else max(10.0, gap_for(max(size(one))))

    def vertical(self, found: Found, i: int, end: int, sign: int) -> int:
        """Such as "raise it by 10 cm": of a whole thing a move; of a part a shift."""
        r, k = self.r, i
        k += r.lemma(k, end) == "by"
        token = r.tokens[k] if k < end else None
        distance = self._usual(found)
        if token is not None and token.quantity is not None and token.quantity.kind == "length":
            distance, k = token.value, k + 1
        elif k < end:
            return self.put(found, i, end)
        edits: list[Edit] = [Move(target=ref, by=(0.0, 0.0, sign * distance)) for ref in found.references]
        r.carry(edits, i, k)
        return max(k, i + 1) if edits else i

    def put(self, found: Found, i: int, end: int) -> int:
        """Such as "on the table", "beside it", "on the other side"; `i` where no place is said."""
        r = self.r
        other = self._other_side(found, i, end)
        if other > i:
            return other
        arranged = arrangement(r, i, end)
        if arranged is not None and len(found.references) > 1:
            return self._arranged(found, arranged, i)
        if r.lemma(i, end) in ("on", "with") and (stood := self._on_parts(found, i + 1, end)) > i + 1:
            return stood
        k = i + (r.lemma(i, end) == "to")
        start = i if starts(r, i, end) else k
        if not starts(r, start, end):
            return i
        mine = {ref.object for ref in found.references}
        held = [one.place.of for ref in found.references if (one := r.object(ref)) and one.place.of]
        placed = {r.lemma(m) for m in range(start, end)} & {"middle", "centre", "corner", "edge"}
        topic = [Reference(object=id) for id in held[:1]] if placed else []
        topic = topic or [ref for ref in r.topic if ref.object not in mine] or self._others(mine)
        try:
            where = relation(r, start, end, topic, self.objects._nested)
        except Unresolved as missing:
            return r.refuse(i, missing.end, missing.reason)
        if where is None:
            return i
        things = [one for ref in found.references if ref.parts is None and (one := r.object(ref))]
        away = where.how == "beside" and where.distance is not None
        if things and where.how == "beside" and where.distance is not None and where.targets:
            if things[0].place.of == where.targets[0].object and things[0].place.relation in SIDED:
                where.how = things[0].place.relation  # farther away on the side where it is
        if not things:
            return r.refuse(i, where.end, "a part moves by a distance only: say how far and which way")
        arranged = arrangement(r, where.end, end)
        stop = arranged.end if arranged else where.end
        own = {one.place.relation for one in things if where.targets and one.place.of == where.targets[0].object}
        try:
            if len(things) > 1 and len(own) == len(things) and away and own <= set(SIDED):
                each = [replace(where, how=one.place.relation) for one in things]  # each farther away where it is
                spots = [places(r.scene, at, one, 1, None)[0] for at, one in zip(each, things, strict=True)]
            else:
                spots = places(r.scene, where, things[0], len(things), arranged)
        except DataError as error:
            return r.refuse(i, stop, str(error))
        edits: list[Edit] = [
            Move(target=Reference(object=one.id), place=spot) for one, spot in zip(things, spots, strict=True)
        ]
        if where.how == "under" and len(things) == 1 and self.objects.solid_below(where):
            above = r.scene.object(where.targets[0].object)
            base = above.place if above is not None and not above.place.of else free_place(r.scene)
            edits = [
                Move(target=Reference(object=things[0].id), place=base),
                Move(target=where.targets[0], place=upon(things[0].id)),
            ]
        r.carry(edits, i, stop)
        return stop

    def _on_parts(self, found: Found, i: int, end: int) -> int:
        """Such as "stand it on four black legs": parts of its own to stand on."""
        r = self.r
        one = r.object(found.references[0]) if len(found.references) == 1 and not found.references[0].parts else None
        if one is None or r.lemma(i, end) in ("the", "its"):
            return i
        kind = kind_of_object(one)
        reader = Describer(r, kind, roles_of(one), fresh=False)
        try:
            k = reader.part(i, end)
        except Refused:
            return i
        edits = as_edits(one, kind, reader.said, found.references[0]) if k > i else []
        if not edits:
            return i
        r.carry(edits, i - 1, k)
        return k

    def _others(self, mine: set[str]) -> list[Reference]:
        """What was spoken of before the things themselves."""
        order = [id for id in self.r.context.mentioned if id not in mine and self.r.scene.object(id)]
        return [Reference(object=order[0])] if order else []

    def _other_side(self, found: Found, i: int, end: int) -> int:
        """Such as "on the other side": mirrored in the middle of what it belongs to."""
        r, k = self.r, i
        while r.lemma(k, end) in ("on", "to", "at", "the"):
            k += 1
        if not (r.lemma(k, end) in ("other", "opposite") and r.lemma(k + 1, end) in ("side", "end")):
            return i
        k += 2
        if r.lemma(k, end) == "of":
            from wugan.apps.voice_to_3d.language.talk.references import reference

            of = reference(r, k + 1, end)
            k = of.end if of else k
        edits: list[Edit] = []
        for ref in found.references:
            one = r.object(ref)
            if one is None:
                continue
            if ref.parts is not None:
                edits += self._part_across(one, ref)
            elif one.place.of or one.place.x.offset or one.place.x.to != "centre":
                edits.append(Move(target=ref, place=one.place.model_copy(update={"x": _mirrored(one.place.x)})))
        if not edits:
            return r.refuse(i, k, "it has no side that could be changed; say where it shall be")
        r.carry(edits, i, k)
        return k

    def _part_across(self, one: Object, ref: Reference) -> list[Edit]:
        """A part on the other side: by a parameter that holds its side, else by turning the object's x about."""
        from wugan.apps.voice_to_3d.language.talk.kinds import kind_of_object
        from wugan.apps.voice_to_3d.measure import around, bare, part_boxes
        from wugan.apps.voice_to_3d.resizing import shape_of
        from wugan.apps.voice_to_3d.scene.scene import Scene

        assert ref.parts is not None
        kind = kind_of_object(one)
        if isinstance(one.shape, FamilyShape):
            made = shape_of(one)
            for a, b in (("left", "right"), ("right", "left")):
                for name, value in kind.choices.get((b,), []):
                    if getattr(made, name, None) == a:
                        return [SetParameter(target=Reference(object=one.id), parameter=name, value=value)]
        boxes = part_boxes(Scene(objects=(bare(one),)))
        rest = [box for box in boxes if box.role != ref.parts.role]
        mine = [box for box in boxes if box.role == ref.parts.role]
        if not rest or not mine:
            return []
        low, high = around(rest)
        middle = (low[0] + high[0]) / 2
        offset = sum(box.centre(0) for box in mine) / len(mine) - middle
        if abs(offset) < 1e-6 or any(other.role != ref.parts.role and not _even(other, middle) for other in rest):
            return []
        # all but the part is even about its middle: a turn by half brings the part over
        return [Turn(target=Reference(object=one.id), axis="z", degrees=180.0)]

    def _arranged(self, found: Found, arranged: Arrangement, i: int) -> int:
        r = self.r
        things = [one for ref in found.references if (one := r.object(ref))]
        boxes = bounds(r.scene, [one.id for one in things])
        if arranged.how in ("circle", "grid"):
            low, high = (tuple(pick(box[n][axis] for box in boxes.values()) for axis in range(2))
                         for n, pick in ((0, min), (1, max)))  # fmt: skip
            spots = row(things[0], len(things), arranged, at((low[0] + high[0]) / 2, (low[1] + high[1]) / 2))
        else:
            spots = [things[0].place, *(self._next(arranged, one, boxes) for one in things[:-1])]
        edits: list[Edit] = [
            Move(target=Reference(object=one.id), place=spot) for one, spot in zip(things, spots, strict=True)
        ]
        if spots[0] == things[0].place:
            edits = edits[1:]
        r.carry(edits, i, arranged.end)
        return arranged.end

    def _next(self, arranged: Arrangement, one: Object, boxes: dict[str, Bounds]) -> Placement:
        """The place behind a thing in a row, or on it in a stack."""
        if arranged.how == "stack":
            return upon(one.id)
        axis = 1 if arranged.axis == "y" else 0
        low, high = boxes[one.id]
        gap = arranged.apart if arranged.apart is not None else gap_for(high[axis] - low[axis])
        beside = Coordinate(to="max", own="min", offset=gap)
        if arranged.centres and arranged.apart is not None:
            beside = Coordinate(offset=gap)
        low_z = Coordinate(to="min", own="min")
        x, y = (Coordinate(), beside) if axis else (beside, Coordinate())
        return Placement(x=x, y=y, z=low_z, of=one.id, relation="right")

    def stack(self, found: Found, i: int) -> int:
        """Such as "stack the cubes"."""
        return self._arranged(found, Arrangement("stack", found.end), i)

    # Turns and copies of things that are there.
    def turn(self, found: Found, i: int, end: int) -> int:
        """Such as "by 90 degrees", "upside down", "a quarter turn to the left", "45 degrees about the x axis"."""
        r, k = self.r, i
        if (said := turn_at(r, i, end)) is not None:
            if said[0] in ("up", "flat", "edge"):
                return pose(r, found, i, said[2], said[0])
            return self._turned(found, i, said[2], said[0], said[1])
        while r.lemma(k, end) in ("by", "it", "around", "about", "through", "a", "over"):
            k += 1
        token = r.tokens[k] if k < end else None
        degrees = 90.0
        if token is not None and token.quantity is not None:
            if token.quantity.kind == "angle":
                degrees, k = token.value, k + 1
            elif token.quantity.kind == "number" and r.lemma(k + 1, end) == "turn":
                degrees, k = 360 * token.value, k + 2
            elif token.quantity.kind == "number" and k + 1 >= end:
                degrees, k = token.value, k + 1
            else:
                return i
        elif r.lemma(k, end) in ("quarter", "half") and r.lemma(k + 1, end) == "turn":
            degrees, k = 90.0 if r.lemma(k) == "quarter" else 180.0, k + 2
        elif k < end and r.lemma(k) not in ("to", "left", "right", "clockwise", "counterclockwise", "anticlockwise"):
            return i
        axis, sign = "z", 1
        while k < end:
            word = r.lemma(k)
            if word in ("to", "the", "about", "around", "along", "axis", "on", "its", "vertical", "degree"):
                pass
            elif word in ("x", "y", "z"):
                axis = word
            elif word in ("right", "clockwise"):
                sign = -1
            elif word in ("left", "counterclockwise", "anticlockwise"):
                sign = 1
            elif word in ("forward", "forwards"):
                axis, sign = "x", 1
            elif word in ("backward", "backwards", "back"):
                axis, sign = "x", -1
            elif word == "sideways":
                axis = "y"
            else:
                break
            k += 1
        return self._turned(found, i, k, axis, sign * degrees)

    def _turned(self, found: Found, i: int, k: int, axis: str, degrees: float) -> int:
        edits: list[Edit] = [Turn(target=ref, axis=axis, degrees=degrees) for ref in found.references]
        self.r.carry(edits, i, k)
        return k

    def duplicate(self, found: Found, i: int, end: int) -> int:
        """A copy of each thing, beside it or where it is said."""
        r, k = self.r, found.end
        times = 1
        token = r.tokens[k] if k < end else None
        if token is not None and token.quantity is not None and token.quantity.kind in ("times", "number"):
            times, k = int(token.value), k + 1
            k += r.lemma(k, end) == "time"
        elif r.lemma(k, end) == "twice":
            times, k = 2, k + 1
        return self.copy(found, i, k, times, end)

    def copy(self, found: Found, i: int, k: int, times: int, end: int) -> int:
        """So many copies of each thing, side by side; then where they shall be, if that is said from `k` on."""
        r = self.r
        copies: list[Reference] = []
        edits: list[Edit] = []
        for ref in found.references:
            one = r.object(ref)
            if one is None or ref.parts or ref.feature:
                return r.refuse(i, k, "only whole objects are copied; say how many parts there shall be")
            for n in range(times):
                id = new_id(r, one.name, len(copies))
                gap = gap_for(size(one)[0])
                beside = Placement(
                    x=Coordinate(to="max", own="min", offset=gap), z=Coordinate(to="min", own="min"),
                    rotate=one.place.rotate, of=one.id if n == 0 else copies[-1].object, relation=one.place.relation,
                )  # fmt: skip
                edits.append(Add(object=one.model_copy(update={"id": id, "place": beside})))
                copies.append(Reference(object=id))
        if not r.carry(edits, i, k):
            return k
        moved = self.move(Found(copies, k), k, end) if k < end else k
        r.focus(copies)
        return max(moved, k)

    def repeat(self, found: Found, i: int, end: int) -> int:
        """Such as "four of them in a row", "five times, 20 cm apart": more copies; `i` for nothing."""
        r, k = self.r, i
        count = self._number_before(found)
        token = r.tokens[k] if k < end else None
        if token is not None and token.quantity is not None and token.quantity.kind in ("times", "number"):
            if token.quantity.kind == "number" and r.lemma(k + 1, end) not in ("time", "in", "of"):
                return i
            count, k = int(token.value), k + 1
            k += r.lemma(k, end) == "time"
            if r.lemma(k, end) in ("as", "the", "its") or r.lemma(k, end) in LARGER or r.lemma(k, end) in RELATIVE:
                return i  # "three times as tall"
        arranged = arrangement(r, k, end)
        if count is None or (arranged is None and token is None):
            return i
        k = arranged.end if arranged else k
        ref = found.references[0]
        one = r.object(ref)
        if one is None or count < 1:
            return i
        if ref.feature:
            step = arranged.apart if arranged and arranged.apart else 10.0
            r.carry([Repeat(target=ref, pattern=Grid(counts=(count, 1, 1), steps=(step, 0.0, 0.0)))], i, k)
            return k
        if len(found.references) >= count:
            return i
        start = one.place if not one.place.of else free_place(r.scene)
        edits: list[Edit] = []
        for n, spot in enumerate(row(one, count, arranged, start)):
            if n == 0:
                edits.append(Move(target=ref, place=spot))
            else:
                copy = one.model_copy(update={"id": new_id(r, one.name, n - 1), "place": spot, "pattern": None})
                edits.append(Add(object=copy))
        r.carry(edits, i, k)
        ids = [edit.object.id for edit in edits if isinstance(edit, Add)]
        r.focus([ref, *(Reference(object=id) for id in ids)])
        return k

    def _number_before(self, found: Found) -> int | None:
        """Such as "four of them": the number stands before the reference."""
        return found.count


def _mirrored(x: Coordinate) -> Coordinate:
    swap = {"min": "max", "max": "min"}
    return Coordinate(to=swap.get(x.to, x.to), own=swap.get(x.own, x.own), offset=-x.offset)


def _even(box: object, middle: float) -> bool:
    return abs(box.centre(0) - middle) < 0.5  # type: ignore[attr-defined]
