"""References: "it", "the left leg", "all holes", "the red one", "the legs of the chair", "the height of the table"."""

from __future__ import annotations

from collections.abc import Sequence

from wugan.apps.voice_to_3d.language.talk.object_kinds import kind_of_object
from wugan.apps.voice_to_3d.language.talk.object_names import lemmas, noun_at
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.reference_nouns import (
    counted_found,
    feature_found,
    ones_found,
    part_found,
    things_found,
)  # fmt: skip
from wugan.apps.voice_to_3d.language.talk.reference_parts import in_order, part_named, roles_of
from wugan.apps.voice_to_3d.language.talk.reference_things import objects_called, on_top_of
from wugan.apps.voice_to_3d.language.talk.reference_types import Adjectives, Found, Unresolved
from wugan.apps.voice_to_3d.language.talk.words import DIMENSION_NOUNS, DIMENSIONS, INDEFINITE, SIDES
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.resizing import shape_of
from wugan.apps.voice_to_3d.scene.placement import Reference, Selector
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object

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


__all__ = ["Adjectives", "Found", "Unresolved", "everything", "reference", "several"]
