"""References: "it", "the left leg", "all holes", "the red one", "the legs of the chair", "the height of the table"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from wugan.apps.voice_to_3d.edits import features, named_features
from wugan.apps.voice_to_3d.families.registry import families
from wugan.apps.voice_to_3d.language.talk.kinds import kind_of_object, lemmas, noun_at, role_named
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.words import DIMENSION_NOUNS, DIMENSIONS, INDEFINITE, SIDES
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.materials import material
from wugan.apps.voice_to_3d.measure import PartBox, bare, bounds, part_boxes
from wugan.apps.voice_to_3d.resizing import roles, shape_of
from wugan.apps.voice_to_3d.scene.material import Material
from wugan.apps.voice_to_3d.scene.placement import Reference, Selector
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene
from wugan.errors import DataError

# What references come to, and those that come to nothing.


class Unresolved(Exception):
    """A reference to something that is not there; `end` is the index after it."""

    def __init__(self, reason: str, end: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.end = end


@dataclass
class Found:
    """What a reference means.

    Attributes:
        references: the things.
        end: the index after it.
        plural: whether it was said of several.
        prop: a property of them that is meant instead ("height", "colour", "number:legs").
        scene: whether all that there is was meant.
        count: how many there shall be of them ("four of them").
        spared: parts of them that were excepted ("everything except the legs").
    """

    references: list[Reference]
    end: int
    plural: bool = False
    prop: str = ""
    scene: bool = False
    count: int | None = None
    spared: list[Reference] = field(default_factory=list)


@dataclass
class Adjectives:
    """What stands before the noun of a reference."""

    sides: list[str] = field(default_factory=list)
    ordinal: int | None = None
    count: int | None = None
    material: Material | None = None
    material_at: int = 0
    degree: tuple[str, int] | None = None
    other: bool = False
    every: bool = False
    step: int = 0
    skip: int = 0

    def any(self) -> bool:
        """Whether the choice is narrowed."""
        return bool(self.sides or self.ordinal is not None or self.material or self.degree or self.other or self.count)

    def narrowed(self) -> bool:
        """Whether it is by more than a material."""
        return bool(self.sides or self.ordinal is not None or self.degree or self.other or self.count)


# Which of several things are meant, by where they lie: "the last two", "the outer ones", "the two on the left".

T = TypeVar("T")
ENDS = {"left": (0, 0), "right": (0, -1), "front": (1, 0), "back": (1, -1), "bottom": (2, 0), "top": (2, -1)}
"""For each side the axis, and which end of the things in order along it."""
ALIKE = 1.0
"""Things whose middles lie less than this apart (mm) lie equally far to a side."""


def spread(things: Sequence[T], centre: Callable[[T, int], float]) -> tuple[int, float]:
    """The axis along which things lie apart the most, and how far."""
    gaps = [max(centre(one, i) for one in things) - min(centre(one, i) for one in things) for i in range(3)]
    return gaps.index(max(gaps)), max(gaps)


def narrow(
    things: Sequence[T],
    centre: Callable[[T, int], float],
    extent: Callable[[T, str], float],
    seen: Adjectives,
    sides: Sequence[str],
    start: str,
) -> list[T]:
    """What the adjectives leave of things that are there.

    Args:
        things: at least one.
        centre: where the middle of a thing lies along an axis (mm).
        extent: how large it is: "volume", "x", "z", "flat".
        seen: the adjectives.
        sides: "left", "top", "middle", "outer"…: those on that side; so many of them where a number was said.
        start: the side from which an ordinal counts; from below or from the left where it is empty.

    Returns:
        In order where they were counted; nothing where an ordinal or a number goes beyond them.
    """
    left = list(things)
    if len(left) < 2:
        return left if seen.ordinal in (None, 0, -1) else []
    main, gap = spread(left, centre)
    count = seen.count if seen.count and seen.count < len(left) else 1
    if seen.degree is not None:
        what, sign = seen.degree
        left = sorted(left, key=lambda one: -sign * extent(one, what))[: count if seen.ordinal is None else None]
    for word in sides:
        left = _at(left, word, main, centre, count)
    if seen.ordinal is None:
        return left
    axis, last = ENDS.get(start, (main, 0))
    if start or gap >= ALIKE:
        left = sorted(left, key=lambda one: centre(one, axis), reverse=bool(last))
    n = seen.ordinal
    if not -len(left) <= n < len(left) or (count > 1 and count > len(left)):
        return []
    if n < 0:
        return left[len(left) + n + 1 - count : len(left) + n + 1]
    return left[n : n + count]


def _at(left: list[T], word: str, main: int, centre: Callable[[T, int], float], count: int) -> list[T]:
    ranked = sorted(left, key=lambda one: centre(one, main))
    if word == "middle":
        first = (len(ranked) - count) // 2
        return ranked[first : first + count]
    if word == "outer":
        each = max(1, count // 2)
        return [*ranked[:each], *ranked[-each:]] if len(ranked) > 2 * each else ranked
    if word == "inner":
        return ranked[1:-1]
    axis, last = ENDS[word]
    ranked = sorted(left, key=lambda one: centre(one, axis), reverse=bool(last))
    if count > 1:
        return ranked[:count]
    return [one for one in left if abs(centre(one, axis) - centre(ranked[0], axis)) < ALIKE]


# Which objects of a scene a phrase means: by name, colour, size, side and number.


def objects_called(r: Reading, said: Sequence[str]) -> list[Object]:
    """The objects that all the lemmas together name ("lamp" is a "table lamp" too)."""
    words = tuple(word for word in said if word)
    if not words or len(words) != len(said):
        return []
    by_name = [one for one in r.scene.objects if lemmas(one.name)[-len(words) :] == words]
    if by_name:
        return by_name
    found = noun_at(words)
    if found is None or found[1] != len(words):
        return []
    kind = found[0]
    return [
        one for one in r.scene.objects
        if (isinstance(one.shape, FamilyShape) and families().get(one.shape.family) is kind)
        or one.name in kind.names
    ]  # fmt: skip


def on_top_of(scene: Scene, one: Object, id: str) -> bool:
    """Whether an object stands on or in another, however indirectly."""
    if one.place.of == id:
        return one.place.relation in ("on", "in", "inside", "")
    below = scene.object(one.place.of) if one.place.of else None
    return below is not None and one.id != id and on_top_of(scene, below, id)


def looks(one: Object) -> list[Material]:
    """The materials that an object shows, the whole's first."""
    found = [one.material] if one.material else []
    found += [change.material for change in one.changes if change.material]
    if not one.material and isinstance(one.shape, FamilyShape):
        try:
            found += [material(name) for name in dict.fromkeys(part.material for part in shape_of(one).parts())]
        except DataError:
            pass
    return found


def choose(r: Reading, called: Sequence[Object], seen: Adjectives, side: str, plural: bool) -> tuple[list[Object], str]:
    """The objects that the adjectives leave, and what to say where none is left."""
    left = list(called)
    name = left[0].name if left else "object"
    if seen.material is not None:
        wanted = seen.material
        exact = [one for one in left if any(wanted.name == look.name for look in looks(one)[:1])]
        alike = [
            one for one in left
            if any(set(wanted.name.split()) <= set(look.name.split()) or look.colour == wanted.colour
                   for look in looks(one))
        ]  # fmt: skip
        left = exact or alike
        if not left:
            return [], f"there is no {wanted.name} {name} in the scene"
    if seen.other:
        spoken = {ref.object for ref in r.topic}
        left = [one for one in left if one.id not in spoken]
        if not left:
            return [], f"there is no other {name} in the scene"
    if seen.count is not None and seen.count > len(left):
        return [], f"there are only {len(left)} of {name}"
    sides = [*seen.sides, *([side[1:]] if side.startswith("=") else [])]
    if seen.ordinal == -1 and not sides and not side:
        return left[-(seen.count or 1) :], ""  # "the last two": those that came last
    if (sides or seen.ordinal is not None or seen.degree) and len(left) > 1:
        left = _placed(r.scene, left, seen, sides, side.lstrip("=") if not side.startswith("=") else "")
        if not left:
            return [], f"there are only {len(called)} of {name}"
        return left, ""
    if seen.ordinal is not None and not -len(left) <= seen.ordinal < len(left):
        return [], f"there are only {len(left)} of {name}"
    if seen.count is not None:
        return left[-seen.count :], ""
    if not plural and len(left) > 1:
        order = [id for id in r.context.mentioned if any(one.id == id for one in left)]
        latest = order[0] if order else left[-1].id
        left = [one for one in left if one.id == latest]
    return left, ""


def _placed(scene: Scene, left: list[Object], seen: Adjectives, sides: list[str], start: str) -> list[Object]:
    boxes = bounds(scene, [one.id for one in left])
    left = [one for one in left if one.id in boxes]

    def centre(one: Object, axis: int) -> float:
        low, high = boxes[one.id]
        return (low[axis] + high[axis]) / 2

    def extent(one: Object, what: str) -> float:
        low, high = boxes[one.id]
        x, y, z = (high[i] - low[i] for i in range(3))
        return {"volume": x * y * z, "x": x, "z": z, "flat": max(x, y)}[what]

    return narrow(left, centre, extent, seen, sides, start)


# Which parts of an object a phrase means: by role, side, number and colour.


@dataclass
class PartName:
    """A role that was named: the objects that have it, the latest spoken of first, and how many tokens said it."""

    role: str
    objects: list[Object]
    length: int


def roles_of(one: Object) -> list[str]:
    """What the parts of an object are called; those of a solid have no name."""
    if not isinstance(one.shape, FamilyShape):
        return []
    try:
        return [role for role in roles(shape_of(one)) if role]
    except DataError:
        return []


def part_named(r: Reading, said: Sequence[str], first: Sequence[Object] = (), strict: bool = False) -> PartName | None:
    """The part that the lemmas name: of `first`, then (unless `strict`) of the objects spoken of lately."""
    if not said or not said[0]:
        return None
    groups = [list(first)]
    if not strict:
        order = [one for id in r.context.mentioned if (one := r.scene.object(id))]
        groups += [[one] for one in [*order, *reversed(r.scene.objects)] if one not in first]
    for group in groups:
        hits = [(one, found) for one in group if (found := role_named(said, roles_of(one)))]
        if hits:
            longest = max(found[1] for _, found in hits)
            role = next(found[0] for _, found in hits if found[1] == longest)
            return PartName(role, [one for one, found in hits if found[0] == role], longest)
    return None


def select_parts(r: Reading, one: Object, role: str, seen: Adjectives, side: str = "") -> tuple[list[Selector], str]:
    """The selectors that the adjectives leave of an object's parts, and what to say where none is left."""
    whole = Selector(role=role)
    parts = [part for part in shape_of(one).parts() if part.role == role]
    sides = [*seen.sides, *([side[1:]] if side.startswith("=") else [])]
    if not sides and seen.ordinal is None and not seen.other and seen.degree is None:
        if seen.count is not None and seen.count > len(parts) > 0:
            return [], f"the {one.name} has only {len(parts)} of {role}"
        if seen.material is not None and len(parts) > 1:
            return _coloured(one, role, seen)
        return [whole], ""
    if sides and all(any(word in part.sides for part in parts) for word in sides):
        picked = tuple(dict.fromkeys(sides))
        fits = [part for part in parts if set(picked) <= set(part.sides)]
        if fits and (len(fits) < len(parts) or len(parts) == 1) and seen.ordinal is None and not seen.count:
            return [Selector(role=role, sides=picked)], ""
    boxes = _boxes(one, role)
    if not boxes:
        return [], f"the {one.name} has no {role}"
    if seen.other and r.topic and r.topic[0].parts is not None and r.topic[0].parts.role == role:
        return _others(boxes, role, [ref.parts for ref in r.topic if ref.parts is not None]), ""
    start = "" if side.startswith("=") else side
    if side.lstrip("=") in ENDS and seen.ordinal is not None and len(boxes) > 1:
        along = [box.centre(ENDS[side.lstrip("=")][0]) for box in boxes]
        if max(along) - min(along) < 1.0:
            return [], f"the {len(boxes)} of {role} are all as far from the {side.lstrip('=')}; count from another side"
    chosen = narrow(boxes, PartBox.centre, _extent, seen, sides, start)
    if seen.ordinal is not None and not chosen:
        return [], f"the {one.name} has only {len(boxes)} of {role}"
    if not chosen or (len(chosen) == len(parts) > 1 and len(sides) > 0):
        return [], f"the {one.name} has no {' '.join(sides)} {role}; it has {len(parts)} of {role}"
    return [Selector(role=role, index=box.index) for box in chosen], ""


def _extent(box: PartBox, what: str) -> float:
    x, y, z = (box.size(i) for i in range(3))
    return {"volume": x * y * z, "x": x, "z": z, "flat": max(x, y)}[what]


def in_order(one: Object, parts: Selector) -> list[Selector]:
    """Each of the parts that a selector picks by role and sides, from below or from the left."""
    boxes = [box for box in _boxes(one, parts.role) if set(parts.sides) <= set(box.sides)]
    return [Selector(role=parts.role, index=box.index) for box in _ranked(boxes)] if boxes else []


def _boxes(one: Object, role: str) -> list[PartBox]:
    return [box for box in part_boxes(Scene(objects=(bare(one),))) if box.role == role]


def _ranked(boxes: Sequence[PartBox]) -> list[PartBox]:
    """In order from below or from the left."""
    axis, _ = spread(boxes, PartBox.centre)
    return sorted(boxes, key=lambda box: box.centre(axis))


def _others(boxes: Sequence[PartBox], role: str, spoken: Sequence[Selector]) -> list[Selector]:
    """All of the role but those spoken of."""
    chosen = {
        box.index
        for n, box in enumerate(boxes)
        for parts in spoken
        if (parts.index is None or parts.index in (n, n - len(boxes))) and set(parts.sides) <= set(box.sides)
    }
    return [Selector(role=role, index=box.index) for box in boxes if box.index not in chosen]


def _coloured(one: Object, role: str, seen: Adjectives) -> tuple[list[Selector], str]:
    """The parts that show a colour: those painted so, or all where the family's own colour is meant."""
    assert seen.material is not None
    wanted = seen.material
    hits = [
        change.parts
        for change in one.changes
        if change.parts.role == role and change.material is not None
        and (change.material.colour == wanted.colour or wanted.name in change.material.name)
    ]  # fmt: skip
    return (hits[-1:], "") if hits else ([Selector(role=role)], "")


# The noun of a reference: a part, a thing, "the red one", a hole; what adjectives leave of them.


def part_found(
    r: Reading,
    k: int,
    end: int,
    role: str,
    owners: list[Object],
    seen: Adjectives,
    plural: bool,
    word: tuple[str, ...] = (),
) -> Found:
    """The parts of a role that adjectives and what follows leave ("the left leg", "the legs of the chair")."""
    if r.lemma(k, end) == "of" and k + 1 < end:  # "the legs of the chair"
        try:
            whole = reference(r, k + 1, end)
        except Unresolved:
            whole = None
        if whole and not whole.prop and whole.references[0].parts is None:
            named = [one for ref in whole.references if (one := r.object(ref))]
            inside = part_named(r, lemmas(role), named, strict=True)
            if inside:
                owners, role, k = inside.objects, inside.role, whole.end
    k, side = from_side(r, k, end)
    references = []
    problem = ""
    for one, kind in [(owner, kind) for owner in owners for kind in alike(owner, role, word)]:
        chosen, problem = select_parts(r, one, kind, seen, side)
        references += [Reference(object=one.id, parts=parts) for parts in chosen]
    if not references:
        raise Unresolved(problem, k)
    return Found(references, k, plural)


def from_side(r: Reading, k: int, end: int) -> tuple[int, str]:
    """Such as "from the left", "from the bottom", "on the left"."""
    if r.lemma(k, end) in ("from", "on", "at", "in") and r.lemma(k + 1, end) == "the" and r.lemma(k + 2, end) in SIDES:
        word = SIDES[r.lemma(k + 2)]
        following = r.lemma(k + 3, end)
        if following == "side":
            following, k = r.lemma(k + 4, end), k + 1
        if following != "of":
            return k + 3, word if r.lemma(k) == "from" else f"={word}"
    return k, ""


def alike(one: Object, role: str, word: tuple[str, ...]) -> list[str]:
    """The roles that a word names: "hands" are the hour hand and the minute hand."""
    if len(word) != 1 or lemmas(role) == word:
        return [role]
    return [other for other in roles_of(one) if lemmas(other)[-1:] == word] or [role]


def things_found(r: Reading, called: list[Object], k: int, end: int, seen: Adjectives, plural: bool) -> Found:
    """The objects of a name that adjectives and what follows leave."""
    k, side = from_side(r, k, end) if len(called) > 1 else (k, "")
    if r.lemma(k, end) in ("that", "which") and r.lemma(k + 1, end) in ("is", "stand", "are"):
        k = k + 2 if r.lemma(k + 2, end) in ("on", "in") else k
    chosen, problem = choose(r, called, seen, side, plural)
    if not chosen:
        raise Unresolved(problem, k)
    return Found([Reference(object=one.id) for one in chosen], k, plural or len(chosen) > 1)


def ones_found(r: Reading, k: int, seen: Adjectives, topic: Sequence[Reference], plural: bool = False) -> Found:
    """Such as "the red one", "the left ones": of what was spoken of last."""
    k, side = from_side(r, k, len(r.tokens))
    last = [one for ref in topic if (one := r.object(ref))]
    if topic and topic[0].parts is not None and last:
        chosen, problem = select_parts(r, last[0], topic[0].parts.role, seen, side)
        if chosen:
            return Found([Reference(object=last[0].id, parts=parts) for parts in chosen], k, plural)
        raise Unresolved(problem, k)
    names = {_kind_name(one) for one in last}
    pool = [one for one in r.scene.objects if _kind_name(one) in names]
    for among in (pool, list(r.scene.objects)):
        if not among or (len(among) < 2 and seen.any() and len(r.scene.objects) > 1):
            continue
        ones, _ = choose(r, among, seen, side, plural)
        if ones:
            return Found([Reference(object=one.id) for one in ones], k, plural)
    raise Unresolved("nothing in the scene fits that; say it by its name", k)


def _kind_name(one: Object) -> str:
    """What one of its kind is called: a "wooden crate" is a crate."""
    return one.shape.family if isinstance(one.shape, FamilyShape) else one.name


def feature_found(
    r: Reading, j: int, end: int, said: Sequence[str], seen: Adjectives, first: list[Object], plural: bool
) -> Found | None:
    """Such as "all holes", "the fillet"."""
    for one in [*first, *(one for one in reversed(r.scene.objects) if one not in first)]:
        names = dict.fromkeys(name for f in features(one) for name in (f.name, f.kind) if name)
        for name in names:
            own = lemmas(name)
            hit = tuple(said[: len(own)]) == own
            if not hit and said and own[-1:] == (said[0],):
                own, hit = own[-1:], True
            if not hit:
                continue
            found = [f for f in named_features(one, name) if f.id] or [
                f for f in features(one) if f.id and lemmas(f.name or f.kind)[-1:] == own[-1:]
            ]
            if not found:
                continue
            k = j + len(own)
            if r.lemma(k, end) in ("of", "in", "on") and r.lemma(k + 1, end) in ("the", "it"):
                inside = reference(r, k + 1, end)
                k = inside.end if inside else k
            if seen.ordinal is not None and -len(found) <= seen.ordinal < len(found):
                found = [found[seen.ordinal]]
            elif not plural:
                found = found[-1:]
            return Found([Reference(object=one.id, feature=f.id) for f in found], k, plural)
    return None


def counted_found(j: int, noun: str, objects: Sequence[Object]) -> Found | None:
    """Such as "the holes" of a flange, that are no parts but have a diameter: that is what a size of them sets."""
    for one in objects:
        numbers = kind_of_object(one).numbers
        if name := numbers.get((noun, "diameter")) or numbers.get((noun, "size")):
            return Found([Reference(object=one.id)], j + 1, prop=name)
    return None


DEFINITE = words("the this that these those its their all both each every my our whole entire one")
ONES = words("one ones thing object item piece part shape model element")
COPIED = words("copy duplicate clone replica")
IDLE = words("same whole entire only new old existing single actual current remaining")
BESIDES = (("except",), ("except", "for"), ("but",), ("but", "not"), ("besides",), ("apart", "from"), ("other", "than"))
"""What spares something of all that was named."""
SUPERLATIVES: dict[str, tuple[str, int]] = {
    "bigger": ("volume", 1), "biggest": ("volume", 1), "larger": ("volume", 1), "largest": ("volume", 1),
    "big": ("volume", 1), "large": ("volume", 1), "smaller": ("volume", -1), "smallest": ("volume", -1),
    "small": ("volume", -1), "little": ("volume", -1), "taller": ("z", 1), "tallest": ("z", 1), "tall": ("z", 1),
    "higher": ("z", 1), "shorter": ("z", -1), "shortest": ("z", -1), "lower": ("z", -1), "wider": ("x", 1),
    "widest": ("x", 1), "wide": ("x", 1), "narrower": ("x", -1), "narrowest": ("x", -1), "longer": ("flat", 1),
    "longest": ("flat", 1), "long": ("flat", 1), "short": ("flat", -1),
}  # fmt: skip


def everything(r: Reading) -> list[Reference]:
    """Every object by itself."""
    return [Reference(object=one.id) for one in r.scene.objects]


def reference(r: Reading, i: int, end: int, bare: bool = False) -> Found | None:
    """The reference that starts at `i`; `None` where none does.

    Args:
        r: the text.
        i: where to begin.
        end: where to stop.
        bare: whether a noun without "the" counts ("legs black").

    Raises:
        Unresolved: it is one, and nothing in the scene is called so.
    """
    word = r.lemma(i, end)
    if word in ("everything", "anything") or r.has(i, "all", "of", "it") or r.has(i, "it", "all"):
        return _everything(r, i, end)
    if r.has(i, "all", "of", "them") or r.has(i, "both", "of", "them") or r.has(i, "each", "of", "them"):
        return _pronoun(r, "them", i + 3)
    if word in ("all", "both") and r.lemma(i + 1, end) in ("of",) and r.lemma(i + 2, end) in ("the", "these", "those"):
        return reference(r, i + 2, end)
    if word == "one" and r.lemma(i + 1, end) == "of":
        return _one_of(r, i, end)
    token = r.tokens[i] if i < end else None
    if token is not None and token.text.lower() == "one" and r.lemma(i + 1, end) == "of":
        return _one_of(r, i, end)
    if (
        token is not None
        and token.quantity is not None
        and r.lemma(i + 1, end) == "of"
        and token.quantity.kind == "number"
    ):
        if r.lemma(i + 2, end) in ("them", "it", "these", "those", "the") and (found := reference(r, i + 2, end)):
            found.count = int(token.value)
            return found
    if word in ("it", "them", "they") or (word in ("this", "that", "these", "those", "both") and _alone(r, i + 1, end)):
        return _pronoun(r, word, i + 1)
    if word == "the" and r.lemma(i + 1, end) in ("whole", "entire") and r.lemma(i + 2, end) in ("thing", "object"):
        found = _pronoun(r, "it", i + 3)  # all of it, also where its legs were spoken of
        whole = dict.fromkeys(ref.object for ref in found.references if ref.object)
        return Found([Reference(object=id) for id in whole], i + 3, len(whole) > 1)
    if word in ("all",) and _alone(r, i + 1, end):
        return _everything(r, i, end)
    return _phrase(r, i, end, bare)


def _alone(r: Reading, i: int, end: int) -> bool:
    """Whether "that" at the index before is a pronoun: no noun of its own follows."""
    token = r.tokens[i] if i < end else None
    if token is None or token.kind != "word" or token.lemma in ("one",):
        return token is None or token.lemma != "one"
    if token.text.lower() == "one":
        return False
    said = r.lemmas(i, min(end, i + 4))
    if token.lemma in ("the",) or token.plural:
        return False
    return not (noun_at(said) or part_named(r, said) or token.lemma in ONES or token.lemma in SIDES)


def _everything(r: Reading, i: int, end: int) -> Found:
    k = i + (3 if r.has(i, "all", "of", "it") else 2 if r.has(i, "it", "all") else 1)
    if r.lemma(k, end) == "else":
        k += 1
        kept = {one.object for one in r.topic}
        return Found([one for one in everything(r) if one.object not in kept], k, True)
    if r.lemma(k, end) in ("on", "from", "in", "off") and k + 1 < end:
        try:
            held = reference(r, k + 1, end)
        except Unresolved:
            held = None
        if held and held.references and held.references[0].object:
            ids = {one.id for one in r.scene.objects for on in held.references if on_top_of(r.scene, one, on.object)}
            if ids:
                return Found([one for one in everything(r) if one.object in ids], held.end, True)
    if r.one_of(k, BESIDES):
        found = Found(everything(r), k, True, scene=True)
        found.end = spare(r, found, k, end)
        if not found.end:
            raise Unresolved("what shall be spared is not in the scene", k + 1)
        return found
    if not r.scene.objects:
        raise Unresolved("there is nothing in the scene yet; say what to make first", k)
    return Found(everything(r), k, True, scene=True)


def spare(r: Reading, found: Found, k: int, end: int) -> int:
    """Takes what is named behind "except" at `k` out of a reference; the index after it, 0 for nothing."""
    n = r.one_of(k, BESIDES)
    kept = reference(r, k + n, end, bare=True) if n else None
    if kept is None or kept.prop or (r.lemma(k) == "but" and kept.end < end and r.lemma(kept.end) not in (",", "and")):
        if kept is None or kept.prop or not found.scene:
            return 0  # "red, but the legs black": another thing is said of them
    whole = {ref.object for ref in kept.references if ref.parts is None}
    found.references = [ref for ref in found.references if ref.object not in whole]
    found.spared = [ref for ref in kept.references if ref.parts is not None]
    if found.scene and len(found.spared) and (parts := found.spared[0].parts) and not parts.sides:
        owners = [ref for ref in found.references if (one := r.object(ref)) and parts.role in roles_of(one)]
        found.spared = [Reference(object=ref.object, parts=parts) for ref in owners]  # the legs of all there are
    found.scene = False
    return r.know(k, kept.end)


def _pronoun(r: Reading, word: str, end: int) -> Found:
    topic = [one for one in r.topic if r.there(one)]
    if not topic:
        if not r.scene.objects:
            raise Unresolved(f"“{word}” means nothing yet; say what to make first", end)
        topic = [Reference(object=r.scene.objects[-1].id)]
    if word in ("it", "this", "that") and len(topic) == 1 and topic[0].parts is not None:
        about = {r.lemma(j) for j in (end - 2, *range(end, end + 4))}
        if several(r, topic[0]) or (
            not r.pointed
            and not about
            & {
                "thick",
                "thin",
                "thicker",
                "thinner",
                "remove",
                "delete",
                "move",
                "shift",
            }
        ):
            topic = [Reference(object=topic[0].object)]  # the legs are "them": "it" is what they belong to
    if word in ("them", "they", "these", "those", "both") and len(topic) == 1 and topic[0].parts is None:
        name = r.scene.object(topic[0].object)
        alike = [one for one in r.scene.objects if name and one.name == name.name]
        if len(alike) > 1:
            topic = [Reference(object=one.id) for one in alike]
        elif word == "both" and len(lately := [id for id in r.context.mentioned if r.scene.object(id)]) > 1:
            topic = [Reference(object=id) for id in lately[1::-1]]
        elif len(made := [id for id in r.context.group if r.scene.object(id)]) > 1:
            topic = [Reference(object=id) for id in made]
        elif word == "both" and len(r.scene.objects) == 2:
            topic = everything(r)
    return Found(topic, end, word not in ("it", "this", "that"))


def several(r: Reading, ref: Reference) -> bool:
    """Whether a reference is to more than one part of a thing."""
    one = r.object(ref)
    if one is None or ref.parts is None or ref.parts.sides or ref.parts.index is not None:
        return False
    return isinstance(one.shape, FamilyShape) and sum(p.role == ref.parts.role for p in shape_of(one).parts()) > 1


def _one_of(r: Reading, i: int, end: int) -> Found | None:
    found = reference(r, i + 2, end)
    if found is None or not found.references:
        return None
    return Found(found.references[-1:], found.end, False)


def _phrase(r: Reading, i: int, end: int, bare: bool) -> Found | None:
    j, seen = i, Adjectives()
    determined = False
    owner: list[Object] = []
    while j < end and r.lemma(j) in DEFINITE | {"any"} and r.tokens[j].quantity is None:
        word = r.lemma(j)
        if word in ("its", "their"):
            owner = [one for ref in r.topic if (one := r.object(ref))]
        seen.every = seen.every or word in ("all", "every", "each", "both")
        determined = True
        j += 1
    if not determined and (not bare or r.lemma(j) in INDEFINITE):
        return None
    if determined and r.lemma(j - 1) in ("every", "each") and j < end:
        token = r.tokens[j]
        nth = int(token.value) if token.quantity is not None and token.quantity.kind == "ordinal" else 0
        if nth > 1 or r.lemma(j) == "other":  # "every other step", "every third step"
            seen.step, seen.skip, j = nth or 2, max(nth - 1, 0), j + 1
    elif determined and r.lemma(j, end) == "alternate":
        seen.step, seen.every, j = 2, True, j + 1
    possessive = _possessive(r, j, end)
    if possessive:
        owner, j = possessive
    while j < end:
        noun = _noun(r, j, end, seen, owner, determined)
        if noun is not None:
            return _every_nth(r, noun, seen) if seen.step else noun
        k = _adjective(r, j, end, seen)
        if k == j:
            break
        j = k
    if seen.material is not None and seen.material_at > i + 1 and seen.narrowed():
        j, seen.material = seen.material_at, None  # "the other two green": the colour that they get
    if determined and seen.any() and j > i + 1:  # "the left", "the second"
        return ones_found(r, j, seen, r.topic, seen.every or (seen.count or 1) > 1)
    if determined and j < end and r.tokens[j].kind == "word" and r.lemma(i) != "that":
        there = ", ".join(dict.fromkeys(one.name for one in r.scene.objects)) or "nothing yet"
        raise Unresolved(f"nothing in the scene is called “{r.tokens[j].text}”; there is: {there}", j + 1)
    return None


def _every_nth(r: Reading, noun: Found, seen: Adjectives) -> Found:
    """Every second, third… of the things or parts that were named, in order from the left or from below."""
    chosen = named = list(dict.fromkeys(noun.references))
    if len(chosen) == 1 and chosen[0].parts is not None and (one := r.object(chosen[0])):
        chosen = [Reference(object=one.id, parts=parts) for parts in in_order(one, chosen[0].parts)]
    chosen = chosen[seen.skip :: seen.step]
    if not chosen or (len(named) > 1 and any(ref.parts or ref.feature for ref in named)):
        raise Unresolved("which of them are meant was not understood; say their numbers", noun.end)
    return Found(chosen, noun.end, True)


def _possessive(r: Reading, j: int, end: int) -> tuple[list[Object], int] | None:
    """Such as "the table's legs": the table, and the index after it."""
    for k in range(j, min(end, j + 4)):
        text = r.tokens[k].text.lower()
        if text.endswith("'s") and text not in ("it's", "that's", "let's", "there's"):
            words = [*r.lemmas(j, k), *lemmas(text[:-2])]
            if found := objects_called(r, words):
                return found, k + 1
    return None


def _adjective(r: Reading, j: int, end: int, seen: Adjectives) -> int:
    token, word = r.tokens[j], r.lemma(j)
    if token.quantity is not None:
        if token.quantity.kind == "ordinal":
            seen.ordinal = int(token.value) - 1
            return j + 1
        if token.quantity.kind == "number" and token.value == int(token.value) and token.text.lower() != "one":
            seen.count = int(token.value)
            return j + 1
        return j
    if word in ("last", "final"):
        seen.ordinal = -1
    elif word == "other":
        seen.other, seen.every = True, seen.every or token.plural
    elif word in ("outer", "outermost", "outside"):
        seen.sides.append("outer")
    elif word in ("inner", "innermost"):
        seen.sides.append("inner")
    elif word in IDLE:
        pass
    elif word in SIDES:
        seen.sides.append(SIDES[word])
    elif word in SUPERLATIVES:
        seen.degree = SUPERLATIVES[word]
    elif word == "most" and r.lemma(j + 1) in SIDES:
        pass
    elif found := r.material(j, end):
        seen.material, seen.material_at = found[0], j
        return found[1]
    else:
        return j
    return j + 1


def _noun(r: Reading, j: int, end: int, seen: Adjectives, owner: Sequence[Object], determined: bool) -> Found | None:
    said = r.lemmas(j, min(end, j + 4))
    said = said[: said.index("")] if "" in said else said
    if (prop := _property(r, j, end, owner)) is not None:
        return prop
    token = r.tokens[j]
    plural = token.plural or seen.every
    first = [one for ref in r.topic if (one := r.object(ref))]
    part = part_named(r, said, list(owner) or first, strict=bool(owner))
    thing = noun_at(said)
    called: list[Object] = []
    length = 0
    for n in range(min(4, len(said)), 0, -1):
        called = objects_called(r, said[:n])
        if called:
            length = n
            break
    of_topic = (
        part
        and part.objects[0] in first
        and part.length >= length
        and lemmas(part.objects[0].name) != tuple(said[:length])
    )
    if called and not owner and not of_topic:
        inner = part_named(r, said[length:], called, strict=True)  # "the table legs"
        if inner and j + length < end and not r.tokens[j + length - 1].plural:
            return part_found(r, j + length + inner.length, end, inner.role, inner.objects, seen, True)
        side_part = None
        if seen.sides and len(called) == 1 and part and not thing:
            side_part = part
        if side_part is None:
            plural = r.tokens[j + length - 1].plural or seen.every
            return things_found(r, called, j + length, end, seen, plural)
    if part and not (part.role in SIDES and j + 1 < end and _follows(r, j + 1, end, owner, first)):
        plural = r.tokens[j + part.length - 1].plural or seen.every
        owners = part.objects
        if (
            plural
            and not owner
            and not seen.any()
            and len(owners) == 1
            and not several(r, Reference(object=owners[0].id, parts=Selector(role=part.role)))
        ):  # "the seats": a chair has one, so those of all chairs
            owners = [one for one in r.scene.objects if one.name == owners[0].name and part.role in roles_of(one)]
        return part_found(r, j + part.length, end, part.role, owners, seen, plural, tuple(said[: part.length]))
    if feature := feature_found(r, j, end, said, seen, list(owner) or first, plural):
        return feature
    if counted := counted_found(j, token.lemma, list(owner) or first or list(reversed(r.scene.objects))):
        return counted
    if token.lemma in ONES or token.text.lower() == "one":
        plural = plural or seen.every or (seen.count or 1) > 1 or token.lemma == "ones"
        return ones_found(r, j + 1, seen, r.topic, plural)
    if determined and token.lemma in ("rest", "remainder"):
        seen.other = True
        return ones_found(r, j + 1, seen, r.topic, True)
    if determined and token.lemma in COPIED:
        return _pronoun(r, "them" if plural else "it", j + 1)
    return None


def _follows(r: Reading, j: int, end: int, owner: Sequence[Object], first: Sequence[Object]) -> bool:
    said = r.lemmas(j, min(end, j + 3))
    return bool(part_named(r, said, list(owner) or list(first)) or objects_called(r, said[:1])) or r.lemma(j) in ONES


def _property(r: Reading, j: int, end: int, owner: Sequence[Object]) -> Found | None:
    """Such as "height", "wall thickness", "colour", "number of legs", with what has it."""
    word = r.lemma(j)
    on = list(owner) or [one for ref in r.topic if (one := r.object(ref))]
    prop, k = "", j
    if word in ("colour", "material", "finish"):
        prop, k = "colour", j + 1
    elif r.has(j, "number", "of") or r.has(j, "amount", "of"):
        said = r.lemmas(j + 2, min(end, j + 4))
        for one in on or r.scene.objects:
            for n in (2, 1):
                if name := kind_of_object(one).counts.get(tuple(said[:n])):
                    return Found([Reference(object=one.id)], j + 2 + n, prop=f"number:{name}")
        return None
    else:
        for one in on or list(reversed(r.scene.objects)):
            numbers = kind_of_object(one).numbers
            for n in (4, 3, 2):
                if name := numbers.get(tuple(r.lemmas(j, min(end, j + n)))) if j + n <= end else None:
                    return Found([Reference(object=one.id)], j + n, prop=name)
            named = numbers.get((word,))
            if named and word not in DIMENSION_NOUNS and word not in SIDES and not part_named(r, [word], [one], True):
                return Found([Reference(object=one.id)], j + 1, prop=named)
        if word in DIMENSION_NOUNS:
            prop, k = DIMENSIONS[word], j + 1
    if not prop:
        return None
    references = [Reference(object=one.id) for one in on] or [Reference(object=one.id) for one in r.scene.objects[-1:]]
    if not owner and r.topic:
        references = [one for one in r.topic if r.there(one)] or references
    if r.lemma(k, end) in ("of", "on", "for"):
        found = reference(r, k + 1, end, bare=True)
        if found and not found.prop:
            references, k = found.references, found.end
    if not references:
        return None
    return Found(references, k, prop=prop)
