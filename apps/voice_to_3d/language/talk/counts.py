"""How many of something a thing has: "five legs", "another shelf", "two fewer steps", "eight holes instead of six"."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.talk.object_kinds import Kind, kind_of_object
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.references import Found
from wugan.apps.voice_to_3d.resizing import shape_of
from wugan.apps.voice_to_3d.scene.edit import Edit, SetParameter
from wugan.apps.voice_to_3d.scene.placement import Reference
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object

MULTIPLES = {"twice": 2.0, "double": 2.0, "triple": 3.0, "half": 0.5, "halve": 0.5}


def counted(kind: Kind, said: list[str]) -> tuple[str, int] | None:
    """The parameter that the first lemmas name, and how many they are."""
    for n in (3, 2, 1):
        phrase = tuple(said[:n])
        if len(phrase) == n and (name := kind.counts.get(phrase)):
            return name, n
    return None


def current(one: Object, name: str) -> int | None:
    """How many there are now."""
    if not isinstance(one.shape, FamilyShape):
        return None
    value = getattr(shape_of(one), name, None)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def scaled_count(r: Reading, ref: Reference, name: str, factor: float) -> list[Edit]:
    """The edit that makes a count so many times as large."""
    one = r.object(ref)
    now = current(one, name) if one else None
    if now is None:
        return []
    return [SetParameter(target=Reference(object=ref.object), parameter=name, value=max(0, round(now * factor)))]


def owners(r: Reading, found: Found | None = None) -> list[Object]:
    """The objects that a count may be of: what was named or spoken of, then what was spoken of before."""
    if found is not None:
        return [one for ref in found.references if (one := r.object(ref))]
    first = [one for ref in r.topic if (one := r.object(ref))]
    later = [one for id in r.context.mentioned if (one := r.scene.object(id)) and one not in first]
    return [*first, *later]


def more_of(r: Reading, i: int, end: int, found: Found) -> int:
    """Such as "another shelf", "two more drawers", "one extra leg" of things; the index after it, `i` for nothing."""
    k, more, extra = i, 0, False
    while k < end:
        token, word = r.tokens[k], r.lemma(k)
        if word in ("another",):
            more, extra = more or 1, True
        elif word in ("more", "extra", "additional", "further"):
            extra = True
        elif (
            token.quantity is not None
            and token.quantity.kind in ("number", "times")
            and token.value == int(token.value)
        ):
            more = int(token.value)
        elif token.quantity is not None and token.quantity.kind == "ordinal" and token.value > 1:
            more, extra = more or 1, True  # "a fourth shelf"
        elif word in ("a", "an", "one"):
            more = more or 1
        else:
            break
        k += 1
    more = more or 1
    edits: list[Edit] = []
    stop = k
    for one in owners(r, found):
        name = counted(kind_of_object(one), r.lemmas(k, min(end, k + 3)))
        now = current(one, name[0]) if name else None
        if name is None or now is None:
            return i
        adding = extra or now == 0 or (r.lemma(i - 1) == "add" and r.lemma(i) in ("a", "an"))
        stop = k + name[1]
        if not adding and now > 0 and r.lemma(i) in ("a", "an"):
            return i  # there is one already
        value = now + more if adding else more
        if r.lemma(i - 1) == "add" and not extra and now > 0 and more > 1:
            value = now + more if _chosen(one, name[0]) else more
        edits.append(SetParameter(target=Reference(object=one.id), parameter=name[0], value=value))
    if not edits:
        return i
    if _described(r, stop, end):
        return i
    r.carry(edits, i, stop)
    return stop


def _chosen(one: Object, name: str) -> bool:
    """Whether a count was asked for before, and is not just what is usual."""
    return isinstance(one.shape, FamilyShape) and name in one.shape.parameters


def _described(r: Reading, k: int, end: int) -> bool:
    """Whether more is said of the parts, which the description of the object reads."""
    return False


def count_change(r: Reading, i: int, end: int, removing: bool = False) -> int:
    """Such as "two fewer steps", "one leg less", "two more drawers", "remove two legs", "one of the shelves"."""
    if (n := _times_as_many(r, i, end)) > i or (not removing and (n := _once_more(r, i, end)) > i):
        return n
    k = i
    if r.lemma(k, end) in ("it", "them") and not removing:
        k += 1
    token = r.tokens[k] if k < end else None
    number = 1
    explicit = False
    if token is not None and token.quantity is not None and token.quantity.kind in ("number", "times"):
        number, explicit, k = int(token.value), True, k + 1
    elif r.lemma(k, end) in ("a", "an", "one") or r.lemma(k, end) == "another":
        k, explicit = k + 1, True
    sign = -1 if removing else 0
    if r.lemma(k, end) == "of" and removing:
        k += 1
        k += r.lemma(k, end) in ("the", "its", "these")
    if r.lemma(k, end) in ("fewer", "less"):
        sign, k = -1, k + 1
    elif r.lemma(k, end) in ("more", "extra", "additional") or r.lemma(k - 1) == "another":
        sign, k = 1, k + (r.lemma(k - 1) != "another")
    elif removing and not explicit:
        return i
    for one in owners(r):
        found = counted(kind_of_object(one), r.lemmas(k, min(end, k + 3)))
        if found is None:
            continue
        stop = k + found[1]
        if r.lemma(stop, end) in ("fewer", "less"):
            sign, stop = -1, stop + 1
        elif r.lemma(stop, end) == "more":
            sign, stop = 1, stop + 1
        now = current(one, found[0])
        if sign == 0 or now is None:
            return i
        value = now + sign * number
        edit = SetParameter(target=Reference(object=one.id), parameter=found[0], value=value)
        if value < 0:
            return r.refuse(i, stop, f"the {one.name} has only {now} of that")
        r.carry([edit], i, stop)
        r.focus([Reference(object=one.id)])
        return stop
    return i


def _times_as_many(r: Reading, i: int, end: int) -> int:
    """Such as "half the number of branches", "twice as many drawers", "three times the number of holes"."""
    token, k = r.tokens[i] if i < end else None, i + 1
    factor = MULTIPLES.get(r.lemma(i, end))
    if token is not None and token.quantity is not None and token.quantity.kind in ("number", "times"):
        factor = token.value
        k += r.lemma(k, end) == "time"
    if factor is None:
        return i
    if r.has(k, "as", "many"):
        k += 2
    else:
        k += r.lemma(k, end) == "the"
        if r.lemma(k, end) not in ("number", "amount", "count"):
            return i
        k += 1 + (r.lemma(k + 1, end) == "of")
    for one in owners(r):
        if found := counted(kind_of_object(one), r.lemmas(k, min(end, k + 3))):
            edits = scaled_count(r, Reference(object=one.id), found[0], factor)
            if edits:
                r.carry(edits, i, k + found[1])
                r.focus([Reference(object=one.id)])
                return k + found[1]
    return i


def _once_more(r: Reading, i: int, end: int) -> int:
    """Such as "two more", "one less", behind a sentence that set how many there are of something."""
    token, k, sign = r.tokens[i] if i < end else None, i, 0
    number = 1
    if token is not None and (
        token.text.lower() == "one" or (token.quantity is not None and token.quantity.kind == "number")
    ):
        number, k = int(token.value) or 1, i + 1
    elif r.lemma(i, end) not in ("more", "fewer", "less"):
        return i
    if r.lemma(k, end) in ("more", "fewer", "less"):
        sign, k = (1 if r.lemma(k) == "more" else -1), k + 1
    while r.lemma(k, end) in ("please", "then", "again", "of", "them", "those", "these"):
        k += 1
    if not sign or (k < end and r.lemma(k) not in (",", "and", ".")):
        return i
    for edit in reversed([*r.context.edits, *r.edits]):
        if not isinstance(edit, SetParameter):
            continue
        one = r.object(edit.target)
        now = current(one, edit.parameter) if one else None
        if now is not None and now + sign * number >= 0:
            r.carry([edit.model_copy(update={"value": now + sign * number})], i, k)
            return k
    return i
