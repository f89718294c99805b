"""From a relation to places: `Placement`s that hold on to the box of what they are related to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import cos, hypot, radians, sin

from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.references import Found, Unresolved, reference
from wugan.apps.voice_to_3d.language.talk.words import INDEFINITE, LINKS, SIDES
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.measure import Bounds, around, bounds, part_boxes, size
from wugan.apps.voice_to_3d.resizing import shape_of
from wugan.apps.voice_to_3d.scene.placement import Anchor, Coordinate, Placement, Reference, at
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene

# Relations between things as they are said: "on the table", "ten centimetres to the left of it", "in a row".

Maker = Callable[[int, int], tuple[list[Reference], int] | None]
"""Makes the new object that a phrase describes ("on a blue cylinder"); its references and the index after it."""


@dataclass
class Relation:
    """Where something shall be.

    Attributes:
        how: "on", "under", "above", "beside", "left", "right", "front", "behind", "in", "between", "around",
            "against", "sides" (one on either side), "corners" (one on each), "floor".
        targets: of what; empty for the floor.
        end: the index after it.
        distance: mm, where it was said.
        where: sides of the target that were said with "on", "in": "left", "back", "middle", "corner".
        each: whether it is to each of several targets.
        lift: how far above the floor (mm).
    """

    how: str
    targets: list[Reference]
    end: int
    distance: float | None = None
    where: tuple[str, ...] = ()
    each: bool = False
    lift: float = 0.0


def phrase_table(text: str) -> list[tuple[tuple[str, ...], str]]:
    """Rows of "meaning: phrase, phrase" as phrases with their meaning, the longest first."""
    rows = [line.split(":") for line in text.strip().split("\n")]
    found = [(tuple(phrase.split()), how.strip()) for how, said in rows for phrase in said.split(",")]
    return sorted(found, key=lambda pair: -len(pair[0]))


PHRASES = phrase_table("""
on: on top of, on the top of, onto the top of, on to, onto, upon, atop, on, across the top of, resting on, on top off
under: underneath, under, beneath, below
above: above, over, hovering over, hovering above
beside: beside, besides, next to, close to, near to, near, alongside, adjacent to, at the side of, to the side of, along
left: to the left of, on the left of, left of, on the left side of, to the left side of, on the left hand side of
left: at the left of, at the left side of
right: to the right of, on the right of, right of, on the right side of, to the right side of
right: on the right hand side of, at the right of, at the right side of
front: in front of, in the front of, before
behind: behind, at the back of, in back of, to the back of, in the back of, to the rear of
in: inside of, on the inside of, inside, into, within, in
between: between, in between
around: all around, around, surrounding, round
against: against, touching, flush with, attached to, joined to, connected to, glued to, fixed to, leaning against
against: up against
sides: on either side of, on each side of, on both sides of, at either side of, at either end of, at each end of
sides: at both ends of, at each side of, on both ends of
corners: at each corner of, in each corner of, on each corner of, at the four corners of, at the corners of
corners: in the corners of, in the four corners of, on the corners of, at every corner of, in every corner of
corners: on every corner of
""")  # fmt: skip
BARE = phrase_table("""
left: to the left, on the left, on its left, to its left, on the left side, at the left, on the left hand side, left
right: to the right, on the right, on its right, to its right, on the right side, at the right
right: on the right hand side, right
front: in front, in the front, at the front, on the front, forward, forwards, to the front
behind: behind, at the back, to the back, in the back, backward, backwards, back
beside: beside, next to each, alongside, to one side, to the side
on: on top
in: inside
under: underneath, below, beneath
above: above
sides: on either side, on each side, on both sides, at each end, at both ends
corners: at each corner, in each corner, at the corners, in the corners, on each corner, in all four corners
around: all around, around
""")
"""Relations without their object: to what was spoken of last."""
FAR = frozenset({"left", "right", "front", "behind", "above", "under", "beside"})
"""Relations that a distance may stand before ("10 cm behind"); "10 cm in diameter" is a size."""
STANCES = words(
    "standing sitting lying placed resting hanging mounted located positioned laid put set stood leaning floating "
    "all right just exactly directly centred stand sit go rest"
)
EACH = frozenset({"on", "under", "beside", "front", "behind", "in"})
"""Relations that "each of them" has one of its own for."""
GROUNDS = frozenset(["floor", "ground", "room"])
PLACES = {"middle": "middle", "centre": "middle", "corner": "corner", "edge": "edge", "side": "side", "end": "side",
          "half": "side"}  # fmt: skip


def starts(r: Reading, i: int, end: int) -> bool:
    """Whether a relation may start at `i`: a preposition of place, or a distance before one."""
    k = _stance(r, i, end)
    token = r.tokens[k] if k < end else None
    if token is not None and token.quantity is not None and token.quantity.kind == "length":
        k = _after_distance(r, k + 1, end)
        if r.lemma(k, end) == "from":
            return True
        both = (matched(r, k, end, PHRASES), matched(r, k, end, BARE))
        return any(found is not None and found[0] in FAR for found in both)
    found = matched(r, k, end, PHRASES)
    if found is not None:
        how, n = found
        following = k + n
        if following >= end:
            return False
        if how == "in" and (r.material(following, end) or r.lemma(following, end) in ("a", "an", "diameter", "total")):
            inside = following + (r.lemma(following) in ("a", "an"))
            from wugan.apps.voice_to_3d.language.talk.kinds import noun_at

            return r.lemma(following) in ("a", "an") and noun_at(r.lemmas(inside, min(end, inside + 4))) is not None
        return not (how == "around" and r.tokens[following].quantity is not None)
    return matched(r, k, end, BARE) is not None


def _stance(r: Reading, i: int, end: int) -> int:
    while r.said_one(i) and r.lemma(i + 1, end) in ("in", "at", "on", "for") and i < end:
        i += 1  # "one in each corner"
    while r.lemma(i, end) in STANCES or r.lemma(i, end) in ("that", "which", "is", "are", "and", "stands", "it"):
        if r.lemma(i, end) in ("right",) and r.lemma(i + 1, end) == "of":
            break
        i += 1
    return i


def matched(r: Reading, i: int, end: int, table: list[tuple[tuple[str, ...], str]]) -> tuple[str, int] | None:
    """What the longest phrase of a table that stands at `i` means, and how many tokens it has."""
    for phrase, how in table:
        if i + len(phrase) <= end and r.has(i, *phrase):
            return how, len(phrase)
    return None


def _after_distance(r: Reading, i: int, end: int) -> int:
    if r.lemma(i, end) in ("away", "apart", "off") and r.lemma(i + 1, end) in ("from", "to", "on"):
        return i + 1
    return i


def relation(r: Reading, i: int, end: int, topic: list[Reference], make: Maker | None = None) -> Relation | None:
    """The relation at `i`, `None` where there is none.

    Args:
        r: the text.
        i: where to begin.
        end: where to stop.
        topic: to what it is where nothing is said ("to the left").
        make: makes new objects that a relation mentions.

    Raises:
        Unresolved: it is to something that is not there.
    """
    j = _stance(r, i, end)
    distance = None
    token = r.tokens[j] if j < end else None
    if token is not None and token.quantity is not None and token.quantity.kind == "length":
        distance = token.value
        j = _after_distance(r, j + 1, end)
        if r.lemma(j, end) == "from":
            return _with_target(r, "beside", j + 1, end, distance, (), topic, make)
        after = matched(r, j, end, PHRASES) or matched(r, j, end, BARE)
        if after is None or after[0] not in FAR:
            return None
    if distance is not None and r.lemma(j, end) in ("above", "off", "over", "from") and r.lemma(j + 2, end) in GROUNDS:
        return Relation("floor", [], j + 3, lift=distance)
    ground = _ground(r, j, end)
    if ground:
        return Relation("floor", [], ground)
    if inner := _place_in(r, j, end, topic, make):
        inner.distance = distance if distance is not None else inner.distance
        return inner
    found = matched(r, j, end, PHRASES)
    bare = matched(r, j, end, BARE)
    if bare and topic and (not found or bare[1] > found[1]) and _closed(r, j + bare[1], end):
        made = Relation(bare[0], list(topic), j + bare[1], distance)
        if bare[0] == "corners":
            made.targets = list(dict.fromkeys(_support(r, ref) for ref in topic))
        return _tail(r, made, end)
    if found:
        how, n = found
        related = _with_target(r, how, j + n, end, distance, (), topic, make)
        if related is not None:
            return related
    if bare and topic:
        how, n = bare
        made = Relation(how, list(topic), j + n, distance)
        if how == "corners":
            made.targets = list(dict.fromkeys(_support(r, ref) for ref in topic))
        return _tail(r, made, end)
    return None


def _closed(r: Reading, k: int, end: int) -> bool:
    """Whether a phrase ends at `k`: no noun of its own follows ("on the left shelf")."""
    if k >= end or r.tokens[k].kind != "word":
        return True
    return r.lemma(k) in LINKS or r.lemma(k) in ("please", "too", "again", "instead", "then", "now", "by", "in", "on")


def _ground(r: Reading, j: int, end: int) -> int:
    k = j
    if r.lemma(k, end) in ("on", "to", "onto", "in", "at"):
        k += 1
        if r.lemma(k, end) == "the":
            k += 1
        if r.lemma(k, end) in ("middle", "centre", "corner") and r.has(k + 1, "of", "the"):
            k += 3
        if r.lemma(k, end) in GROUNDS:
            return k + 1
    return 0


def _place_in(r: Reading, j: int, end: int, topic: list[Reference], make: Maker | None) -> Relation | None:
    """Such as "in the middle of the table", "at the left edge of it", "in the back corner", "on its left side"."""
    if r.lemma(j, end) not in ("in", "at", "on", "to", "into"):
        return None
    k = j + 1
    while r.lemma(k, end) in ("the", "its", "one", "very") or (k < end and r.tokens[k].text.lower() == "one"):
        k += 1
    where: list[str] = []
    while k < end and r.lemma(k) in SIDES and r.lemma(k) not in PLACES:
        where.append(SIDES[r.lemma(k)])
        k += 1
    if r.lemma(k, end) in ("hand",):
        k += 1
    place = PLACES.get(r.lemma(k, end), "")
    if not place and not where:
        return None
    if place:
        k += 1
    elif not r.has(k, "of"):
        return None
    if place == "side" and not where:
        return None
    if place == "edge" and not where:
        where.append("front")
    if place in ("middle", "corner"):
        where.append(place)
    if not place and where == ["top"]:
        where = []
    elif r.lemma(k, end) != "of" and place == "side":
        if r.lemma(k - 1) in ("end", "half") and topic and len(where) == 1:  # "on the left end" of what was spoken of
            return Relation("on", list(topic), k, None, (where[0], "side"))
        return None
    if r.lemma(k, end) == "of" and k + 1 < end:
        if place == "side" and len(where) == 1 and where[0] in ("left", "right", "front", "back"):
            # beside it or on it: whoever places it knows the sizes
            return _with_target(r, "on", k + 1, end, None, (where[0], "side"), topic, make)
        if not place and where and where[0] in ("left", "right", "front", "back") and len(where) == 1:
            return None
        return _with_target(r, "on", k + 1, end, None, tuple(where), topic, make)
    if not topic or place not in ("middle", "corner", "edge"):
        return None
    below = list(dict.fromkeys(_support(r, ref) for ref in topic))  # the middle of the table, not of the lamp on it
    return Relation("on", below, k, None, tuple(where))


def _with_target(
    r: Reading, how: str, k: int, end: int, distance: float | None, where: tuple[str, ...], topic: list[Reference],
    make: Maker | None,
) -> Relation | None:  # fmt: skip
    if how == "between":
        return _related_between(r, k, end, distance, topic, make)
    if r.lemma(k, end) in ("each", "one") and r.lemma(k + 1, end) in ("other", "another"):
        return None
    if r.lemma(k, end) in INDEFINITE and make is not None:
        made = make(k, end)
        if made is not None:
            return _tail(r, Relation(how, made[0], made[1], distance, where), end)
        return None
    found = reference(r, k, end, bare=True)
    if found is None or found.prop:
        if make is not None and how not in ("in", "around") and (made := make(k, end)):
            return _tail(r, Relation(how, made[0], made[1], distance, where), end)
        return None
    if how == "in" and found.references and found.references[0].feature:
        return None
    several = len({ref.object for ref in found.references}) > 1
    if (
        several
        and r.lemma(k) in ("each", "every", "both")
        and how in ("on", "under", "beside", "front", "behind", "in")
    ):
        return _tail(r, Relation(how, found.references, found.end, distance, where, each=True), end)
    if how in ("front", "behind", "around", "under") and r.lemma(k) == "it":
        found.references = [_support(r, ref) for ref in found.references]
    return _tail(r, Relation(how, found.references, found.end, distance, where), end)


def _support(r: Reading, ref: Reference) -> Reference:
    """What a thing stands on: "in front of it" is in front of the desk, not of the lamp on it."""
    one = r.object(ref)
    while one is not None and one.place.of and one.place.relation in ("on", "in"):
        ref, one = Reference(object=one.place.of), r.scene.object(one.place.of)
    return ref


def _related_between(
    r: Reading, k: int, end: int, distance: float | None, topic: list[Reference], make: Maker | None
) -> Relation | None:
    first: Found | None = None
    if r.lemma(k, end) not in INDEFINITE:
        first = reference(r, k, end, bare=True)
    refs, k = (first.references, first.end) if first else ([], k)
    if not first and make and (made := make(k, end)):
        refs, k = made
    if len(refs) < 2 and r.lemma(k, end) == "and":
        second = reference(r, k + 1, end, bare=True) if r.lemma(k + 1, end) not in INDEFINITE else None
        if second:
            refs, k = [*refs, *second.references], second.end
        elif make and (made := make(k + 1, end)):
            refs, k = [*refs, *made[0]], made[1]
    if len({ref.object for ref in refs}) < 2:
        raise Unresolved("“between” needs two things", k)
    return Relation("between", refs, k, distance)


def _tail(r: Reading, made: Relation, end: int) -> Relation:
    """A distance behind the relation: "…, ten centimetres away", "… with a gap of 5 cm", "… by 10 cm"."""
    k = made.end
    same = k + (r.lemma(k, end) == ",")
    same += r.lemma(same, end) in ("of", "the") or 0
    same += r.lemma(same, end) == "the"
    if r.has(same, "same", "size") or r.has(same, "same", "kind"):
        k = made.end = r.know(k, same + 2)
    while r.lemma(k, end) in (",", "with", "at", "a", "by", "and", "of", "gap", "distance", "about"):
        k += 1
    token = r.tokens[k] if k < end else None
    if token is not None and token.quantity is not None and token.quantity.kind == "length":
        following = r.lemma(k + 1, end)
        edge = k + 2 + (r.lemma(k + 2, end) in ("the", "each", "its", "both", "every"))
        if following == "from" and r.lemma(edge, end) in ("edge", "side", "border", "rim", "corner"):
            made.distance, made.end = token.value, edge + 1
            return made
        if following in ("away", "apart", "gap", "distance", "between", "space", "of") or r.lemma(k - 1) in (
            "gap",
            "by",
        ):
            made.distance = token.value
            made.end = k + 1
            while r.lemma(made.end, end) in (
                "away",
                "apart",
                "gap",
                "distance",
                "space",
                "from",
                "it",
                "of",
                "between",
                "them",
            ):
                made.end += 1
        elif r.lemma(k - 1) == "of" and r.lemma(k - 2) in ("gap", "distance"):
            made.distance, made.end = token.value, k + 1
    return made


# Arrangements of several things as they are said: "in a row", "side by side, 10 cm apart", "in a circle".


@dataclass
class Arrangement:
    """How several things lie: "row", "circle", "grid", "stack"; `apart` mm between them, or between their centres."""

    how: str
    end: int
    apart: float | None = None
    centres: bool = False
    axis: str = "x"
    rows: int = 1
    words: tuple[str, ...] = field(default=())


ROWS = phrase_table("""
row: in a row, in a line, in one row, side by side, next to each other, next to one another, lined up, in line
row: beside each other, in a single row, alongside each other
circle: in a circle, in a ring, around in a circle, in a round
grid: in a grid, in a square grid, in a rectangular grid
stack: on top of each other, on top of one another, one on top of the other, stacked up, stacked, in a stack
stack: above each other, in a pile, in a tower
row y: one behind the other, behind each other, behind one another, in a file
even: evenly spaced, equally spaced, spaced evenly, spaced equally, evenly, evenly distributed, spread out evenly
""")  # fmt: skip

BETWEEN = words(", and all with that are spaced set placed standing each at arranged is of")


def arrangement(r: Reading, i: int, end: int) -> Arrangement | None:
    """Such as "in a row", "side by side, ten centimetres apart", "in a circle" at `i`; `None` where there is none."""
    k, made = i, None
    while k < end:
        j = k
        while r.lemma(j, end) in BETWEEN:
            j += 1
        found = matched(r, j, end, ROWS)
        if found:
            how, n = found
            made = made or Arrangement("row", j + n)
            if how != "even":
                made.how, made.axis = how.split()[0], "y" if how.endswith(" y") else "x"
            k = made.end = j + n
            continue
        if r.lemma(j, end) == "touching" and r.lemma(j + 1, end) in ("each", "one", "", ","):
            made = made or Arrangement("row", j + 1)
            made.apart, k = 0.0, j + 1 + 2 * (r.lemma(j + 1, end) in ("each", "one"))
            made.end = k
            continue
        apart = _apart(r, j, end)
        if apart:
            made = made or Arrangement("row", apart[1])
            made.apart, made.end, made.centres = apart[0], apart[1], apart[2]
            k = apart[1]
            continue
        break
    return made


def _apart(r: Reading, j: int, end: int) -> tuple[float, int, bool] | None:
    """Such as "10 cm apart", "a gap of 5 cm between them", "10 cm centre to centre"."""
    k = j
    while r.lemma(k, end) in ("a", "gap", "distance", "spacing", "space", "of", "with", "the"):
        k += 1
    token = r.tokens[k] if k < end else None
    if token is None or token.quantity is None or token.quantity.kind != "length":
        return None
    at, k, said, centres = token.value, k + 1, j != k, False
    while k < end:
        if r.has(k, "centre", "to", "centre"):
            k, said, centres = k + 3, True, True
        elif r.lemma(k) in ("apart",):
            k, said = k + 1, True
        elif r.lemma(k) in ("between", "gap", "spacing") and r.lemma(k + 1, end) in (
            "them", "each", "the", "centre", "all", "between", "neighbour", ""
        ):  # fmt: skip
            centres = centres or r.lemma(k + 1, end) == "centre"
            k, said = k + 1 + (r.lemma(k + 1, end) in ("them", "each", "centre", "all")), True
        elif said and r.has(k, "on", "the", "inside"):
            k += 3
        elif said and r.has(k, "on", "centre"):
            k, centres = k + 2, True
        else:
            break
    return (at, k, centres) if said else None


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
