"""Relations between things as they are said: "on the table", "ten centimetres to the left of it", "in a row"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.references import Found, Unresolved, reference
from wugan.apps.voice_to_3d.language.talk.words import INDEFINITE, LINKS, SIDES
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.scene.placement import Reference

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
            from wugan.apps.voice_to_3d.language.talk.object_names import noun_at

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
        return _between(r, k, end, distance, topic, make)
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


def _between(
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
