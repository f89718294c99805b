"""What the handlers of all verbs share: references, their predicates, and further ones."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.parts.describe import read_feature
from wugan.apps.voice_to_3d.language.talk.kinds import kind_of_object, noun_at
from wugan.apps.voice_to_3d.language.talk.moves import Moves
from wugan.apps.voice_to_3d.language.talk.objects import Objects
from wugan.apps.voice_to_3d.language.talk.predicates import Predicates
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.references import Found, Unresolved, reference, roles_of, spare
from wugan.apps.voice_to_3d.language.talk.words import FEATURE_WORDS
from wugan.apps.voice_to_3d.scene.edit import AddFeature, Edit, Resize
from wugan.apps.voice_to_3d.scene.placement import Reference

BROKEN_OFF = frozenset({"a", "bit", "little", "to", "be", "", ",", "–", "…"})


class Handler:
    """Carries parts of clauses out.

    Args:
        reading: the text.
    """

    def __init__(self, reading: Reading) -> None:
        self.r = reading
        self.objects = Objects(reading)
        self.predicates = Predicates(reading, self.objects)
        self.moves = Moves(reading, self.objects)

    def _about(self, found: Found, i: int, end: int) -> int:
        """Predicates of a reference, then of further ones ("the legs black and the top white")."""
        r = self.r
        end = self._spared(found, end)
        k = self.predicates.read(found.end, end, found)
        while k == found.end and self._join(found, end):
            k = self.predicates.read(found.end, end, found)
        if k == found.end and (moved := self.moves.put(found, k, end)) > k:
            k = moved
        if k == found.end < end and {r.lemma(m) for m in range(k, end)} <= BROKEN_OFF:
            r.focus(found.references)  # "make the base a bit… no, make it 40 cm": what follows says it
            return r.know(i, end)
        if k == found.end:
            r.refuse(i, end, "what shall become of it was not understood")
            return end
        if not found.scene:
            r.focus(found.references)
        r.know(i, found.end)
        return self.more(k, end)

    def _join(self, found: Found, end: int) -> bool:
        """Such as "the cube and the cone": takes a further reference in; False where none follows."""
        r, k = self.r, found.end
        while r.lemma(k, end) in ("and", ","):
            k += 1
        more = self._reference(k, end, bare=True) if k > found.end else None
        if more is None or more.prop:
            return False
        found.references = [*found.references, *(ref for ref in more.references if ref not in found.references)]
        found.end, found.plural = more.end, True
        return True

    def _spared(self, found: Found, end: int) -> int:
        """Such as "… except the ball": takes it out of the reference; returns where the rest of the clause ends."""
        for k in range(found.end, end):
            try:
                if spare(self.r, found, k, end):
                    return k
            except Unresolved:
                continue
        return end

    def more(self, k: int, end: int) -> int:
        """Such as "… and the top white": further references with their predicates, the verb understood."""
        r = self.r
        while k < end:
            j = k
            while r.lemma(j, end) in ("and", ",", "but", "with"):
                j += 1
            if j >= end:
                break
            found = self._reference(j, end, bare=True)
            if found is None or found.end >= end:
                break
            n = self.predicates.read(found.end, end, found)
            if n == found.end:
                break
            r.know(k, n)
            r.focus(found.references)
            k = n
        return k

    def _reference(self, i: int, end: int, bare: bool = False) -> Found | None:
        if i >= end:
            return None
        return reference(self.r, i, end, bare)

    def _try(self, k: int, end: int) -> Found | None:
        try:
            return self._reference(k, end)
        except Unresolved:
            return None


# Verbs of size: increase, widen, scale, double, raise.

GROW = {"increase": 1, "lift": 1, "widen": 1, "lengthen": 1, "thicken": 1, "stretch": 1, "decrease": -1, "down": -1,
        "shorten": -1}  # fmt: skip
WIDER = {"widen": "width", "lengthen": "length", "thicken": "thickness", "stretch": "length", "shorten": "short"}
ONTO = frozenset({"to", "on", "in", "inside", "onto", "under"})
FACTORS = {"double": 2.0, "triple": 3.0, "halve": 0.5}


class Sizing(Handler):
    """Verbs that change a size."""

    def _lift(self, i: int, end: int) -> int:
        return self._raise(i, end, 1)

    def _down(self, i: int, end: int) -> int:
        return self._raise(i, end, -1)

    def _raise(self, i: int, end: int, sign: int) -> int:
        """Such as "raise the seat by 5 cm": a size where it is one, else a move."""
        found = self._reference(i, end) or Found(list(self.r.topic), i)
        if not found.references:
            return i
        if not found.prop and sign and self._stands(found) and not (sign > 0 and self.r.lemma(i - 1) == "lift"):
            found.prop = "height"  # what stands on the floor gets lower, it does not sink into it
        if found.prop:
            k = self.predicates.by(found.end, end, found, sign)
        else:
            k = self.moves.vertical(found, found.end, end, sign)
        if k > found.end:
            self.r.know(i, k)
            self.r.focus(found.references)
            return k
        return i

    def _stands(self, found: Found) -> bool:
        """Whether whole things on the floor are meant."""
        ones = [self.r.object(ref) for ref in found.references if ref.parts is None and not ref.feature]
        return bool(ones) and all(one is not None and not one.place.of and not one.place.z.offset for one in ones)

    def _sized(self, i: int, end: int, verb: str) -> int:
        """Such as "increase the height by 10 cm", "widen it to 2 m", "double the width", "shrink it"."""
        r = self.r
        found = self._reference(i, end) or Found([ref for ref in r.topic if r.there(ref)], i)
        if not found.references:
            return i
        word = found.prop or WIDER.get(verb, "all")
        if word == "all" and verb in ("increase", "decrease") and not found.prop:
            word = "all"
        made = Found(found.references, found.end, found.plural, word, found.scene)
        k = found.end
        if verb in FACTORS:
            if found.prop.startswith("number:"):
                return self._numbers(i, k, found, FACTORS[verb])
            part = found.references[0].parts
            if part is not None and found.plural and self._times_count(i, k, found, FACTORS[verb]):
                return k
            return self.predicates._resized(i, k, made, times=FACTORS[verb])
        while r.lemma(k, end) in ("up", "down", "out", ","):
            sign = -1 if r.lemma(k) == "down" else 1
            verb = "decrease" if sign < 0 else verb
            k += 1
        halved = r.tokens[k + 1].quantity if k + 1 < end else None
        if r.lemma(k, end) == "in" and halved is not None and halved.fraction:
            return self.predicates._resized(i, k + 2, made, times=0.5)
        if r.has(k, "by", "half"):
            return self.predicates._resized(i, k + 2, made, times=0.5 if GROW.get(verb, 1) < 0 else 1.5)
        if verb == "scale":
            k = self._scaled_by(i, k, end, made)
        else:
            n = self.predicates.by(k, end, made, GROW.get(verb, 1))
            if n == k:
                n = self.predicates.one(k, end, found)
            if (n == k and k >= end) or r.lemma(k, end) in (",", "and"):
                n = self.predicates._resized(i, max(k, i + 0), made, times=1 + 0.2 * GROW.get(verb, 1))
                r.assumed.append(f"“{r.phrase(i - 1, k)}”: by 20 percent")
            k = n
        if k > found.end or k >= end:
            r.know(i, k)
            r.focus(found.references)
            return max(k, i + 1) if k >= end else k
        return i

    def _scaled_by(self, i: int, k: int, end: int, made: Found) -> int:
        r = self.r
        if r.lemma(k, end) == "to":
            token = r.tokens[k + 1] if k + 1 < end else None
            if token is not None and token.quantity is not None and token.quantity.kind == "percent":
                return self.predicates._resized(i, k + 2, made, times=token.value)
            return self._proportional(k + 1, end, made)
        k += r.lemma(k, end) == "by"
        if r.has(k, "a", "factor", "of"):
            k += 3
        token = r.tokens[k] if k < end else None
        if token is None or token.quantity is None:
            return self.predicates.one(k, end, Found(made.references, k))
        value = token.value if token.quantity.kind in ("number", "times") else 1 + token.value
        if token.quantity.kind == "percent" and r.lemma(k - 1) == "by":
            value = token.value if token.value >= 1 else 1 + token.value
        return self.predicates._resized(i, k + 1, made, times=value)

    def _proportional(self, k: int, end: int, made: Found) -> int:
        """Such as "scale it to 10 cm high, keep the proportions"."""
        from wugan.apps.voice_to_3d.language.talk.amounts import extent
        from wugan.apps.voice_to_3d.language.talk.words import DIMENSIONS

        r = self.r
        token = r.tokens[k] if k < end else None
        if token is None or token.quantity is None or token.quantity.kind != "length":
            return k - 1
        word = DIMENSIONS.get(r.lemma(k + 1, end), "all")
        stop = k + 1 + (word != "all")
        edits: list[Edit] = [
            Resize(target=ref, dimension="all", times=token.value / extent(r, ref, word)) for ref in made.references
        ]
        r.carry(edits, k - 1, stop)
        return stop

    def _numbers(self, i: int, k: int, found: Found, factor: float) -> int:
        from wugan.apps.voice_to_3d.language.talk.amounts import scaled_count

        name = found.prop.split(":")[1]
        edits = [edit for ref in found.references for edit in scaled_count(self.r, ref, name, factor)]
        self.r.carry(edits, i, k)
        return k

    def _times_count(self, i: int, k: int, found: Found, factor: float) -> bool:
        """Such as "double the pickets": how many, where they are counted."""
        from wugan.apps.voice_to_3d.language.talk.amounts import scaled_count

        r = self.r
        edits: list[Edit] = []
        for ref in found.references:
            one = r.object(ref)
            name = kind_of_object(one).counts.get(tuple((ref.parts.role if ref.parts else "").split())) if one else None
            if name:
                edits += scaled_count(r, Reference(object=ref.object), name, factor)
        return bool(edits) and (r.carry(edits, i, k) or True)

    def _trim(self, i: int, end: int) -> int:
        """Such as "take 5 cm off the height", "shave a centimetre off the top"."""
        return self._by_length(i, end, ("off", "from", "of"), -1)

    def _by_length(self, i: int, end: int, links: tuple[str, ...], sign: int) -> int:
        """A length, then what it is added to or taken from: a size that is named, else the height."""
        r, k = self.r, i + 1
        token = r.tokens[i] if i < end else None
        if token is None or token.quantity is None or token.quantity.kind not in ("length", "percent"):
            return i
        while r.lemma(k, end) in links:
            k += 1
        found = self._reference(k, end) if k > i + 1 else None
        if found is None or not found.references:
            return i
        word = found.prop or ("thickness" if found.references[0].parts is not None else "height")
        made = Found(found.references, found.end, found.plural, word)
        share = token.quantity.kind == "percent"
        by = None if share else sign * token.value
        n = self.predicates._resized(i, found.end, made, times=1 + sign * token.value if share else None, by=by)
        if not found.prop:
            r.assumed.append(f"“{r.phrase(i, n)}”: of its {word}")
        r.focus(found.references)
        return n

    def _increase(self, i: int, end: int) -> int:
        return self._sized(i, end, "increase")

    def _decrease(self, i: int, end: int) -> int:
        return self._sized(i, end, "decrease")

    def _double(self, i: int, end: int) -> int:
        return self._sized(i, end, "double")

    def _triple(self, i: int, end: int) -> int:
        return self._sized(i, end, "triple")

    def _halve(self, i: int, end: int) -> int:
        return self._sized(i, end, "halve")

    def _scale(self, i: int, end: int) -> int:
        return self._sized(i, end, "scale")

    def _widen(self, i: int, end: int) -> int:
        return self._sized(i, end, "widen")

    def _lengthen(self, i: int, end: int) -> int:
        return self._sized(i, end, "lengthen")

    def _shorten(self, i: int, end: int) -> int:
        return self._sized(i, end, "shorten")

    def _thicken(self, i: int, end: int) -> int:
        return self._sized(i, end, "thicken")

    def _stretch(self, i: int, end: int) -> int:
        return self._sized(i, end, "stretch")

    def _lighten(self, i: int, end: int) -> int:
        return i


# Verbs that work holes, edges and hollows into things: drill, round, chamfer, hollow, add a hole.


class Working(Handler):
    """Verbs of features."""

    def _sized(self, i: int, end: int, verb: str) -> int:
        """A change of size; see `sizing`."""
        raise NotImplementedError

    def _works(self, i: int, end: int) -> bool:
        """Whether a phrase is about a hole, boss or edge, and not about a thing or what its kind counts."""
        r = self.r
        owners = [one for ref in r.topic if (one := r.object(ref))] or list(r.scene.objects[-1:])
        for k in range(i, min(end, i + 12)):
            word = r.lemma(k)
            if word in FEATURE_WORDS:
                kinds = [kind_of_object(one) for one in owners]
                own = any((word,) in table for kind in kinds for table in (kind.counts, kind.flags))
                sized = any((q := r.tokens[m].quantity) and q.kind == "length" for m in range(i, end))
                if own and sized and not any(phrase[0] == word for kind in kinds for phrase in kind.numbers):
                    return bool(owners)  # the kind's own hole has no size to set
                return bool(owners) and not own and not any(word in roles_of(one) for one in owners)
            if word in ("on", "under", "beside", "inside", "to", "and") or (word == "in" and k > i):
                return False
            if r.tokens[k].quantity is None and noun_at(r.lemmas(k, min(end, k + 3))) and not r.material(k, end):
                return False
        return False

    def _drill(self, i: int, end: int) -> int:
        found = self._try(i, end)
        if found is not None and found.prop and self.r.lemma(found.end, end) in ("in", "by", "to", "down"):
            return self._sized(i, end, "decrease")  # "cut the height in half"
        return self.feature(i - 1, end, None, i)

    _round = _hollow = _drill

    def _hollow_it(self, i: int, end: int) -> int:
        return self.feature(i - 3, end, [ref for ref in self.r.topic if r_object(self.r, ref)], i)

    def _size_first(self, i: int, end: int) -> str:
        """The phrase with its only length before the hole: "a hole in the middle, 20 mm" is a 20 mm hole there."""
        r = self.r
        stop = end - r.has(end - 1, "each")
        sized = [m for m in range(i, end) if (q := r.tokens[m].quantity) is not None and q.kind == "length"]
        hole = next((m for m in range(i, end) if r.lemma(m) == "hole"), None)
        if hole is None or sized != [stop - 1] or stop - 1 <= hole or r.lemma(stop - 2) in ("of", "by", "to"):
            return r.phrase(i, end)
        rest = r.phrase(hole, stop - 1).rstrip(" ,")
        return f"{r.phrase(i, hole)} {r.phrase(stop - 1, stop)} {rest}"

    def feature(self, i: int, end: int, references: list[Reference] | None, body: int | None = None) -> int:
        """A hole, slot, edge or hollow, in what the clause names or what was spoken of last."""
        r = self.r
        targets = references
        if targets is None:
            for k in range(body or i, end):
                if r.lemma(k) in ("in", "into", "through", "of", "on", "from", "to"):
                    found = self._try(k + 1, end)
                    if found and found.references and not found.prop:
                        targets = [Reference(object=ref.object) for ref in found.references if ref.object]
                        break
            if not targets:
                found = self._try(body or i, end)
                if found and found.references and not found.references[0].feature:
                    targets = [Reference(object=ref.object) for ref in found.references if ref.object]
        targets = targets or [Reference(object=ref.object) for ref in r.topic if ref.object]
        if not targets and len(r.scene.objects) == 1:
            targets = [Reference(object=r.scene.objects[0].id)]
        if not targets:
            r.refuse(i, end, "there is nothing in the scene to work on; say what to make first")
            return end
        text = self._size_first(i, end)
        for target in list(dict.fromkeys(ref.object for ref in targets)):
            one = r.scene.object(target)
            if one is None:
                continue
            found_features, unread = read_feature(text, one)
            ref = Reference(object=target)
            edits: list[Edit] = [AddFeature(target=ref, feature=feature) for feature in found_features]
            if edits:
                r.carry(edits, i, end)
            elif not unread:
                r.refuse(i, end, "no hole, slot, edge or hollow was understood in this")
            r.unread += list(unread)
            r.focus([ref])
        r.know(i, end)
        return end


def r_object(r: Reading, ref: Reference) -> bool:
    """Whether a reference is to an object that is there."""
    return r.object(ref) is not None
