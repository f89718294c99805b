"""References: "it", "the left leg", "all holes", "the red one", "the legs of the chair", "the height of the table"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from wugan.apps.voice_to_3d.language.dialogue_reading import Reading
from wugan.apps.voice_to_3d.language.dialogue_words import DIMENSION_NOUNS, DIMENSIONS, INDEFINITE, SIDES
from wugan.apps.voice_to_3d.language.object_kinds import kind_of_object
from wugan.apps.voice_to_3d.language.object_names import lemmas, noun_at
from wugan.apps.voice_to_3d.language.reference_parts import part_named, select_parts
from wugan.apps.voice_to_3d.language.reference_things import choose, objects_called, on_top_of
from wugan.apps.voice_to_3d.resizing import shape_of
from wugan.apps.voice_to_3d.scene.material import Material
from wugan.apps.voice_to_3d.scene.placement import Reference
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object
from wugan.apps.voice_to_3d.worked import features, named_features

DEFINITE = frozenset(
    [
        "the",
        "this",
        "that",
        "these",
        "those",
        "its",
        "their",
        "all",
        "both",
        "each",
        "every",
        "my",
        "our",
        "whole",
        "entire",
        "one",
    ]
)
ONES = frozenset(["one", "thing", "object", "item", "piece", "part", "shape", "model", "element"])
SUPERLATIVES: dict[str, tuple[str, int]] = {
    "bigger": ("volume", 1), "biggest": ("volume", 1), "larger": ("volume", 1), "largest": ("volume", 1),
    "big": ("volume", 1), "large": ("volume", 1), "smaller": ("volume", -1), "smallest": ("volume", -1),
    "small": ("volume", -1), "little": ("volume", -1), "taller": ("z", 1), "tallest": ("z", 1), "tall": ("z", 1),
    "higher": ("z", 1), "shorter": ("z", -1), "shortest": ("z", -1), "lower": ("z", -1), "wider": ("x", 1),
    "widest": ("x", 1), "wide": ("x", 1), "narrower": ("x", -1), "narrowest": ("x", -1), "longer": ("flat", 1),
    "longest": ("flat", 1), "long": ("flat", 1), "short": ("flat", -1),
}  # fmt: skip


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
    """

    references: list[Reference]
    end: int
    plural: bool = False
    prop: str = ""
    scene: bool = False
    count: int | None = None


@dataclass
class Adjectives:
    """What stands before the noun of a reference."""

    sides: list[str] = field(default_factory=list)
    ordinal: int | None = None
    count: int | None = None
    material: Material | None = None
    degree: tuple[str, int] | None = None
    other: bool = False
    every: bool = False

    def any(self) -> bool:
        """Whether the choice is narrowed."""
        return bool(self.sides or self.ordinal is not None or self.material or self.degree or self.other)


def everything(r: Reading) -> list[Reference]:
    """Every object by itself."""
    return [Reference(object=one.id) for one in r.scene.objects]


def reference(r: Reading, i: int, end: int, bare: bool = False) -> Found | None:
    """The reference that starts at `i`; `None` where none does.

    Args:
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
    if r.lemma(k, end) in ("except", "but", "besides") or r.has(k, "apart", "from") or r.has(k, "other", "than"):
        k += 1 if r.lemma(k, end) in ("except", "but", "besides") else 2
        k += r.lemma(k, end) == "for"
        spared = reference(r, k, end, bare=True)
        if spared is None:
            raise Unresolved("what shall be spared is not in the scene", k)
        kept = {one.object for one in spared.references}
        return Found([one for one in everything(r) if one.object not in kept], spared.end, True)
    if not r.scene.objects:
        raise Unresolved("there is nothing in the scene yet; say what to make first", k)
    return Found(everything(r), k, True, scene=True)


def _pronoun(r: Reading, word: str, end: int) -> Found:
    topic = [one for one in r.topic if r.there(one)]
    if not topic:
        if not r.scene.objects:
            raise Unresolved(f"“{word}” means nothing yet; say what to make first", end)
        topic = [Reference(object=r.scene.objects[-1].id)]
    if word in ("it", "this", "that") and len(topic) == 1 and topic[0].parts is not None:
        about = {r.lemma(j) for j in (end - 2, *range(end, end + 4))}
        if several(r, topic[0]) or not about & {"thick", "thin", "thicker", "thinner", "remove", "delete", "move", "shift"}:
            topic = [Reference(object=topic[0].object)]  # the legs are "them": "it" is what they belong to
    if word in ("them", "they", "these", "those", "both") and len(topic) == 1 and topic[0].parts is None:
        name = r.scene.object(topic[0].object)
        alike = [one for one in r.scene.objects if name and one.name == name.name]
        if len(alike) > 1:
            topic = [Reference(object=one.id) for one in alike]
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
    possessive = _possessive(r, j, end)
    if possessive:
        owner, j = possessive
    while j < end:
        noun = _noun(r, j, end, seen, owner, determined)
        if noun is not None:
            return noun
        k = _adjective(r, j, end, seen)
        if k == j:
            break
        j = k
    if determined and seen.any() and j > i + 1:  # "the left", "the second"
        return _ones(r, j, seen, r.topic)
    if determined and j < end and r.tokens[j].kind == "word" and r.lemma(i) != "that":
        there = ", ".join(dict.fromkeys(one.name for one in r.scene.objects)) or "nothing yet"
        raise Unresolved(f"nothing in the scene is called “{r.tokens[j].text}”; there is: {there}", j + 1)
    return None


def _possessive(r: Reading, j: int, end: int) -> tuple[list[Object], int] | None:
    """ "the table's legs": the table, and the index after it."""
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
        seen.other = True
    elif word in (
        "same",
        "whole",
        "entire",
        "only",
        "new",
        "old",
        "existing",
        "single",
        "actual",
        "current",
        "remaining",
    ):
        pass
    elif word in SIDES:
        seen.sides.append(SIDES[word])
    elif word in SUPERLATIVES:
        seen.degree = SUPERLATIVES[word]
    elif word == "most" and r.lemma(j + 1) in SIDES:
        pass
    elif found := r.material(j, end):
        seen.material = found[0]
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
    if called and not owner and not (part and part.objects[0] in first and part.length >= length):
        inner = part_named(r, said[length:], called, strict=True)  # "the table legs"
        if inner and j + length < end:
            return _part(r, j + length + inner.length, end, inner.role, inner.objects, seen, True)
        side_part = None
        if seen.sides and len(called) == 1 and part and not thing:
            side_part = part
        if side_part is None:
            plural = r.tokens[j + length - 1].plural or seen.every
            return _things(r, called, j + length, end, seen, plural)
    if part and not (part.role in SIDES and j + 1 < end and _follows(r, j + 1, end, owner, first)):
        plural = r.tokens[j + part.length - 1].plural or seen.every
        return _part(r, j + part.length, end, part.role, part.objects, seen, plural)
    if feature := _feature(r, j, end, said, seen, list(owner) or first, plural):
        return feature
    if token.lemma in ONES or token.text.lower() == "one":
        return _ones(r, j + 1, seen, r.topic, plural or seen.every)
    return None


def _follows(r: Reading, j: int, end: int, owner: Sequence[Object], first: Sequence[Object]) -> bool:
    said = r.lemmas(j, min(end, j + 3))
    return bool(part_named(r, said, list(owner) or list(first)) or objects_called(r, said[:1])) or r.lemma(j) in ONES


def _property(r: Reading, j: int, end: int, owner: Sequence[Object]) -> Found | None:
    """ "height", "wall thickness", "colour", "number of legs", with what has it."""
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


def _part(r: Reading, k: int, end: int, role: str, owners: list[Object], seen: Adjectives, plural: bool) -> Found:
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
    k, side = _from_side(r, k, end)
    references = []
    problem = ""
    for one in owners:
        chosen, problem = select_parts(r, one, role, seen, side)
        references += [Reference(object=one.id, parts=parts) for parts in chosen]
    if not references:
        raise Unresolved(problem, k)
    return Found(references, k, plural)


def _from_side(r: Reading, k: int, end: int) -> tuple[int, str]:
    """ "from the left", "from the bottom", "on the left"."""
    if r.lemma(k, end) in ("from", "on", "at", "in") and r.lemma(k + 1, end) == "the" and r.lemma(k + 2, end) in SIDES:
        word = SIDES[r.lemma(k + 2)]
        following = r.lemma(k + 3, end)
        if following == "side":
            following, k = r.lemma(k + 4, end), k + 1
        if following != "of":
            return k + 3, word if r.lemma(k) == "from" else f"={word}"
    return k, ""


def _things(r: Reading, called: list[Object], k: int, end: int, seen: Adjectives, plural: bool) -> Found:
    k, side = _from_side(r, k, end) if len(called) > 1 else (k, "")
    if r.lemma(k, end) in ("that", "which") and r.lemma(k + 1, end) in ("is", "stand", "are"):
        k = k + 2 if r.lemma(k + 2, end) in ("on", "in") else k
    chosen, problem = choose(r, called, seen, side, plural)
    if not chosen:
        raise Unresolved(problem, k)
    return Found([Reference(object=one.id) for one in chosen], k, plural or len(chosen) > 1)


def _ones(r: Reading, k: int, seen: Adjectives, topic: Sequence[Reference], plural: bool = False) -> Found:
    """ "the red one", "the left ones": of what was spoken of last."""
    k, side = _from_side(r, k, len(r.tokens))
    last = [one for ref in topic if (one := r.object(ref))]
    if topic and topic[0].parts is not None and last:
        chosen, problem = select_parts(r, last[0], topic[0].parts.role, seen, side)
        if chosen:
            return Found([Reference(object=last[0].id, parts=parts) for parts in chosen], k, plural)
        raise Unresolved(problem, k)
    names = {one.name for one in last}
    pool = [one for one in r.scene.objects if one.name in names]
    for among in (pool, list(r.scene.objects)):
        if not among or (len(among) < 2 and seen.any() and len(r.scene.objects) > 1):
            continue
        chosen, problem = choose(r, among, seen, side, plural)
        if chosen:
            return Found([Reference(object=one.id) for one in chosen], k, plural)
    raise Unresolved("nothing in the scene fits that; say it by its name", k)


def _feature(
    r: Reading, j: int, end: int, said: Sequence[str], seen: Adjectives, first: list[Object], plural: bool
) -> Found | None:
    """ "all holes", "the fillet"."""
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
