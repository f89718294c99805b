"""Comparisons: "twenty percent taller", "half as wide", "5 mm thicker", "twice the height", "as tall as the table"."""

from __future__ import annotations

from dataclasses import dataclass

from wugan.apps.voice_to_3d.edits import features
from wugan.apps.voice_to_3d.language.talk.kinds import SPANNING, Kind, kind_of_object
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.references import Found, reference
from wugan.apps.voice_to_3d.language.talk.words import DIMENSION_NOUNS, DIMENSIONS, LARGER, RELATIVE
from wugan.apps.voice_to_3d.language.units import UNITS
from wugan.apps.voice_to_3d.measure import bounds, part_boxes
from wugan.apps.voice_to_3d.resizing import shape_of
from wugan.apps.voice_to_3d.scene.edit import Edit, Resize, SetParameter
from wugan.apps.voice_to_3d.scene.placement import Reference
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object

VAGUE = {"bit": 0.1, "little": 0.1, "slightly": 0.1, "touch": 0.05, "tad": 0.05, "somewhat": 0.15, "much": 0.5,
         "lot": 0.5, "far": 0.5, "way": 0.5, "considerably": 0.4, "significantly": 0.4, "even": 0.2}  # fmt: skip
USUAL = 0.2
MULTIPLES = {"twice": 2.0, "double": 2.0, "thrice": 3.0, "triple": 3.0, "quadruple": 4.0, "half": 0.5, "halve": 0.5}


@dataclass
class Amount:
    """A relative size: `times` or `by` (mm, signed), or `to` (mm); or as another thing's (`like`).

    Attributes:
        dimension: "width", "height", "thickness", "all", "short", "round"; empty where only an amount was said.
        vague: that no amount was said.
        same: as large as each other ("the same height").
    """

    end: int
    dimension: str = ""
    times: float | None = None
    by: float | None = None
    to: float | None = None
    like: Reference | None = None
    like_dimension: str = ""
    vague: bool = False
    same: bool = False


def comparison(r: Reading, i: int, end: int) -> Amount | None:
    """The comparison at `i`; `None` where there is none."""
    return _like(r, i, end) or _as(r, i, end) or _multiple(r, i, end) or _comparative(r, i, end)


def _like(r: Reading, i: int, end: int) -> Amount | None:
    """Such as "the same height as the table", "the same length and depth"."""
    k = i + (r.lemma(i, end) in ("of", "have", "with", "at"))
    k += r.lemma(k, end) in ("the", "all", "both")
    k += r.lemma(k, end) == "the"
    if r.lemma(k, end) != "same" or DIMENSIONS.get(r.lemma(k + 1, end)) is None:
        return None
    word = DIMENSIONS[r.lemma(k + 1)]
    k += 2
    if r.lemma(k, end) in ("as", "like"):
        found = reference(r, k + 1, end, bare=True)
        if found and not found.prop and found.references:
            return Amount(found.end, word, like=found.references[0], like_dimension=word)
    return Amount(k, word, same=True)


def _as(r: Reading, i: int, end: int) -> Amount | None:
    """Such as "as tall as the table", "twice as big", "half as wide as it is", "three times as long"."""
    k, times = i, 1.0
    token = r.tokens[k] if k < end else None
    if token is None:
        return None
    if r.lemma(k) in MULTIPLES and r.lemma(k + 1, end) == "as":
        times, k = MULTIPLES[r.lemma(k)], k + 1
    elif (
        token.quantity is not None and r.lemma(k + 1, end) == "as" and token.quantity.kind in ("number", "times")
    ) or (token.quantity is not None and token.quantity.kind == "percent" and r.lemma(k + 1, end) == "as"):
        times, k = token.value, k + 1
    elif token.quantity is not None and r.lemma(k + 1, end) == "time" and r.lemma(k + 2, end) == "as":
        times, k = token.value, k + 2
    if r.lemma(k, end) != "as":
        return None
    word = r.lemma(k + 1, end)
    dimension = DIMENSIONS.get(word) or (RELATIVE[word][0] if word in RELATIVE else "")
    if word in ("many", "much") or not dimension:
        return None
    if word in ("short", "small", "narrow", "thin"):  # "twice as small"
        times = 1 / times
    k += 2
    if r.lemma(k, end) == "as":
        if (same := _itself(r, k + 1, end, dimension)) is not None:
            return Amount(k + 4, same[0], times=times, like=same[1], like_dimension=same[2])
        if r.lemma(k + 1, end) in ("it", "they") and r.lemma(k + 2, end) in ("is", "was", "are", "were"):
            return Amount(k + 3 + (r.lemma(k + 3, end) in ("now", "before")), dimension, times=times)
        if r.lemma(k + 1, end) in ("before", "now"):
            return Amount(k + 2, dimension, times=times)
        found = reference(r, k + 1, end, bare=True)
        if found and not found.prop and found.references:
            return Amount(found.end, dimension, times=times, like=found.references[0], like_dimension=dimension)
    if r.has(k, "in", "every", "direction") or r.has(k, "in", "all", "direction"):
        dimension, k = "all", k + 3
    return Amount(k, dimension, times=times) if times != 1.0 else None


def _itself(r: Reading, k: int, end: int, dimension: str) -> tuple[str, Reference, str] | None:
    """Such as "it is long" behind "as wide as": what grows, of what, and what it is measured by."""
    if r.lemma(k, end) != "it" or r.lemma(k + 1, end) not in ("is", "was"):
        return None
    other = DIMENSIONS.get(r.lemma(k + 2, end), "")
    whole = next((Reference(object=ref.object) for ref in r.topic if r.object(ref)), None)
    if not other or whole is None or other == dimension:
        return None
    if {dimension, other} == {"width", "length"}:  # the longer side lies along x
        return ("depth", whole, "width") if dimension == "width" else ("width", whole, "depth")
    return dimension, whole, other


def _multiple(r: Reading, i: int, end: int) -> Amount | None:
    """Such as "twice the height", "double the size", "half its width", "half the size of the table"."""
    word = r.lemma(i, end)
    token = r.tokens[i] if i < end else None
    factor = MULTIPLES.get(word)
    k = i + 1
    if token is not None and token.quantity is not None:
        if token.quantity.kind == "times":
            factor = token.value
        elif token.quantity.kind == "number" and (token.quantity.fraction or r.lemma(k, end) == "time"):
            factor = token.value
            k += r.lemma(k, end) in ("time", "of")
    if factor is None:
        return None
    while r.lemma(k, end) in ("the", "its", "their", "current", "original"):
        k += 1
    said = r.lemma(k, end)
    if said in DIMENSION_NOUNS:
        dimension = "all" if said == "size" else DIMENSIONS[said]
        if r.lemma(k + 1, end) == "of":
            found = reference(r, k + 2, end, bare=True)
            if found and not found.prop and found.references:
                return Amount(found.end, dimension, times=factor, like=found.references[0], like_dimension=dimension)
        return Amount(k + 1, dimension, times=factor)
    return None


def _comparative(r: Reading, i: int, end: int) -> Amount | None:
    """Such as "taller", "20 percent taller", "5 mm thicker", "a bit wider", "taller by 10 cm", "less wide"."""
    k = i
    if r.lemma(k, end) in ("too", "still") and (r.lemma(k + 1, end) in RELATIVE or r.has(k, "still", "too")):
        k += 2 if r.has(k, "still", "too") else 1  # "it is too tall"
        if r.lemma(k, end) in RELATIVE:
            dimension, factor = RELATIVE[r.lemma(k)]
            return Amount(k + 1, dimension, times=1 - USUAL if factor > 1 else 1 + USUAL, vague=True)
    amount: tuple[str, float] | None = None
    vague: float | None = None
    while k < end and k < i + 5:
        token, word = r.tokens[k], r.lemma(k)
        if token.quantity is not None:
            kind = token.quantity.kind
            if kind == "percent":
                amount = ("share", token.value)
            elif kind == "length":
                amount = ("by", token.value)
            elif kind == "times":
                amount = ("times", token.value)
            elif token.quantity.fraction:
                amount = ("share", token.value)
            elif kind == "number" and r.lemma(k + 1, end) == "time":
                amount, k = ("times", token.value), k + 1
            elif kind == "number" and r.lemma(k + 1, end) in LARGER and r.context.unit:
                from wugan.apps.voice_to_3d.language.units import UNITS

                unit = {"in": "inch", "ft": "foot"}.get(r.context.unit, r.context.unit)
                amount = ("by", token.value * UNITS[unit].factor)
            else:
                return None
            k += 1
            continue
        if word in VAGUE:
            vague = VAGUE[word]
        elif word == "twice":
            amount = ("times", 2.0)
        elif word in ("a", "some", "slightly", "still", "another", "the", "again", "of"):
            pass
        elif word == "half" and not amount:
            amount = ("share", 0.5)
        else:
            break
        k += 1
    found = _word(r, k, end)
    if found is None:
        return None
    dimension, sign, k = found
    if amount is None:
        amount, k = _by(r, k, end)
    made = Amount(k, dimension)
    if r.lemma(k, end) == "than":
        made = _than(r, made, k, end)
    if amount is None:
        share = vague if vague is not None else USUAL
        made.times, made.vague = 1 + sign * share, True
    elif amount[0] == "by":
        made.by = sign * amount[1]
    elif amount[0] == "share":
        made.times = 1 + sign * amount[1]
    else:
        made.times = amount[1] if sign > 0 else 1 / amount[1]
    return made


def _than(r: Reading, made: Amount, k: int, end: int) -> Amount:
    """Such as "3 cm taller than the candle": what it is measured by; "than it is now" is by itself."""
    j = k + 1
    if r.lemma(j, end) in ("it", "they", "that", "before", "now") and r.lemma(j + 1, end) in ("is", "are", "was", ""):
        while r.lemma(j, end) in ("it", "they", "that", "is", "are", "was", "now", "before", "already"):
            j += 1
        made.end = j
        return made
    found = reference(r, j, end, bare=True)
    if found is None or found.prop or not found.references:
        return made
    made.end, made.like, made.like_dimension = found.end, found.references[0], made.dimension
    return made


def _word(r: Reading, k: int, end: int) -> tuple[str, int, int] | None:
    word = r.lemma(k, end)
    if word in LARGER:
        return (*LARGER[word], k + 1)  # type: ignore[return-value]
    if word in ("more", "less") and r.lemma(k + 1, end) in RELATIVE:
        dimension, factor = RELATIVE[r.lemma(k + 1)]
        sign = 1 if factor > 1 else -1
        return dimension, sign if word == "more" else -sign, k + 2
    return None


def _by(r: Reading, k: int, end: int) -> tuple[tuple[str, float] | None, int]:
    """Such as "by 10 cm", "by 20 percent", "by a third", "by a factor of two" behind a comparative."""
    if r.lemma(k, end) != "by":
        return None, k
    j = k + 1
    if r.has(j, "a", "factor", "of"):
        token = r.tokens[j + 3] if j + 3 < end else None
        if token is not None and token.quantity is not None:
            return ("times", token.value), j + 4
        return None, k
    token = r.tokens[j] if j < end else None
    if token is not None and token.quantity is not None:
        if token.quantity.kind == "length":
            return ("by", token.value), j + 1
        if token.quantity.kind == "percent" or token.quantity.fraction:
            return ("share", token.value), j + 1
        if token.quantity.kind == "number" and r.lemma(j + 1, end) != "time":
            unit = {"in": "inch", "ft": "foot"}.get(r.context.unit, r.context.unit) or "mm"
            return ("by", token.value * UNITS[unit].factor), j + 1  # "shorter by 50"
        if token.quantity.kind in ("times", "number"):
            return ("times", token.value), j + 1
    if r.lemma(j, end) == "half":
        return ("share", 0.5), j + 1
    return None, k


# `Resize` edits from what is said of a thing that is there: which dimension of which thing a word means.

AXES = {"width": "x", "depth": "y", "height": "z"}
OWN = ("width", "depth", "height")


def aimed(r: Reading, reference: Reference, word: str) -> tuple[Reference, str]:
    """The reference and the dimension of a `Resize` for a word ("width", "thickness", "all") said of a thing."""
    one = r.object(reference)
    if one is None:
        return reference, {**AXES, "length": "x", "short": "z", "diameter": "x"}.get(word, word)
    kind = kind_of_object(one)
    if reference.feature:
        return reference, _of_feature(one, reference.feature, word)
    if reference.parts is not None and reference.parts.role:
        return _of_part(reference, kind, word)
    return reference, _of_object(one, kind, word)


def _of_object(one: Object, kind: Kind, word: str) -> str:
    own = set(kind.numbers.values())
    if word == "short":
        word = "height" if "height" in own or "length" not in own else "length"
    if word in ("all", "size"):
        return "all"
    if word == "depth" and "depth" not in own and ("height" in own or not own):
        return "z" if isinstance(one.shape, FamilyShape) else "y"  # "twice as deep" of a bowl
    if word in AXES:
        return AXES[word]
    name = kind.numbers.get((word,))
    if word == "length":
        return name if name and name not in OWN else "x" if name == "width" else name or "length"
    if name:
        return AXES.get(name, name)
    if word == "thickness" and isinstance(one.shape, FamilyShape):
        thick = [name for name in own if name.endswith("_thickness") or name == "wall"]
        for likely in ("wall_thickness", "wall", "board_thickness", "top_thickness", *thick):
            if likely in own:
                return likely
    if word == "diameter":
        return "x"
    return word


def _of_part(reference: Reference, kind: Kind, word: str) -> tuple[Reference, str]:
    parts = reference.parts
    assert parts is not None
    every = not parts.sides and parts.index is None
    whole = Reference(object=reference.object)
    if word == "short":
        word = "height"
    if every and parts.role in SPANNING and word in ("width", "depth", "length", "diameter"):
        if kind.number(parts.role, word) is None and kind.number("", word):
            return whole, {**AXES, "length": "x", "diameter": "x"}[word]
    if every:
        name = kind.number(parts.role, "size" if word == "all" else word)
        if name and word == "all" and sum(one.startswith(parts.role.split()[0]) for one in kind.numbers.values()) > 1:
            name = None if not name.endswith(("diameter", "size")) else name
        if name:
            return whole, name
    return reference, {"all": "all", **AXES, "size": "all"}.get(word, word)


def _of_feature(one: Object, id: str, word: str) -> str:
    feature = next((f for f in features(one) if f.id == id), None)
    kind = feature.kind if feature else ""
    if kind in ("fillet", "chamfer", "shell"):
        return {"fillet": "radius", "chamfer": "size", "shell": "thickness"}[kind]
    if word in ("all", "size", "width", "diameter", "thickness"):
        return "all" if word != "diameter" else "diameter"
    return {"height": "height", "depth": "depth", "length": "length", "short": "length"}.get(word, word)


def resize(r: Reading, reference: Reference, amount: Amount) -> Resize:
    """The edit for a comparison."""
    target, dimension = aimed(r, reference, amount.dimension)
    if amount.like is not None:
        size = extent(r, amount.like, amount.like_dimension) * (amount.times or 1.0) + (amount.by or 0.0)
        now = extent(r, reference, amount.dimension) if amount.by is not None or amount.vague else 0.0
        if now > 0:  # "taller than the candle": its other sizes stay
            return Resize(target=target, dimension=dimension, times=round(size / now, 9))
        return Resize(target=target, dimension=dimension, to=round(size, 6))
    return Resize(target=target, dimension=dimension, to=amount.to, by=amount.by, times=amount.times)


def extent(r: Reading, reference: Reference, word: str) -> float:
    """How large a thing of the scene is (mm), in the dimension of a word."""
    if reference.parts is not None and reference.parts.role:
        boxes = [box for box in part_boxes(r.scene, reference.object) if box.role == reference.parts.role]
        sizes = [max(box.size(i) for box in boxes) for i in range(3)] if boxes else [0.0, 0.0, 0.0]
    else:
        low, high = bounds(r.scene, [reference.object])[reference.object]
        sizes = [high[i] - low[i] for i in range(3)]
    return {"width": sizes[0], "diameter": sizes[0], "depth": sizes[1], "height": sizes[2], "short": sizes[2],
            "length": max(sizes[:2]), "thickness": min(sizes), "all": max(sizes),
            "size": max(sizes)}.get(word, sizes[2])  # fmt: skip


# How many of something a thing has: "five legs", "another shelf", "two fewer steps", "eight holes instead of six".


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
