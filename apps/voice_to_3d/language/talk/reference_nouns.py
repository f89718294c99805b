"""The noun of a reference: a part, a thing, "the red one", a hole; what adjectives leave of them."""

from __future__ import annotations

from collections.abc import Sequence

from wugan.apps.voice_to_3d.language.talk.object_kinds import kind_of_object
from wugan.apps.voice_to_3d.language.talk.object_names import lemmas
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.reference_parts import part_named, roles_of, select_parts
from wugan.apps.voice_to_3d.language.talk.reference_things import choose
from wugan.apps.voice_to_3d.language.talk.reference_types import Adjectives, Found, Unresolved
from wugan.apps.voice_to_3d.language.talk.words import SIDES
from wugan.apps.voice_to_3d.scene.placement import Reference
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object
from wugan.apps.voice_to_3d.worked import features, named_features


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
    from wugan.apps.voice_to_3d.language.talk.references import reference

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
    from wugan.apps.voice_to_3d.language.talk.references import reference

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
