"""What each verb does with the rest of its clause."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.describe import read_feature
from wugan.apps.voice_to_3d.language.dialogue_clauses import Clause
from wugan.apps.voice_to_3d.language.dialogue_counts import count_change, more_of
from wugan.apps.voice_to_3d.language.dialogue_heads import head_at
from wugan.apps.voice_to_3d.language.dialogue_moves import Moves
from wugan.apps.voice_to_3d.language.dialogue_objects import Objects, new_id
from wugan.apps.voice_to_3d.language.dialogue_predicates import Predicates
from wugan.apps.voice_to_3d.language.dialogue_reading import Reading
from wugan.apps.voice_to_3d.language.dialogue_words import FEATURE_WORDS, INDEFINITE
from wugan.apps.voice_to_3d.language.family_reading import Describer
from wugan.apps.voice_to_3d.language.object_kinds import kind_of_object
from wugan.apps.voice_to_3d.language.object_names import noun_at
from wugan.apps.voice_to_3d.language.object_said import Refused, as_edits
from wugan.apps.voice_to_3d.language.reference_parts import roles_of
from wugan.apps.voice_to_3d.language.references import Found, reference
from wugan.apps.voice_to_3d.language.relations import Arrangement, arrangement
from wugan.apps.voice_to_3d.scene.edit import Add, AddFeature, Clear, Edit, Redo, Remove, Rename, Resize, Turn, Undo
from wugan.apps.voice_to_3d.scene.placement import Reference
from wugan.apps.voice_to_3d.scene.scene import Object

GROW = {"increase": 1, "lift": 1, "widen": 1, "lengthen": 1, "thicken": 1, "stretch": 1, "decrease": -1, "down": -1,
        "shorten": -1}  # fmt: skip
WIDER = {"widen": "width", "lengthen": "length", "thicken": "thickness", "stretch": "length", "shorten": "short"}
ONTO = frozenset({"to", "on", "in", "inside", "onto", "under"})
FACTORS = {"double": 2.0, "triple": 3.0, "halve": 0.5}


class Verbs:
    """Carries clauses with a verb out.

    Args:
        reading: the text.
    """

    def __init__(self, reading: Reading) -> None:
        self.r = reading
        self.objects = Objects(reading)
        self.predicates = Predicates(reading, self.objects)
        self.moves = Moves(reading, self.objects)

    def carry(self, clause: Clause) -> int:
        """Carries a clause out; returns the index after what was read, `clause.start` for nothing."""
        i, end, verb = clause.body, clause.end, clause.verb
        handler = getattr(self, f"_{verb}", None)
        k = handler(i, end) if handler else self._make(i, end)
        if k > i or (k == i and verb in ("undo", "redo", "clear", "upright", "lie", "hollow_it", "again", "hollow")):
            self.r.know(clause.start, i)
            return max(k, i)
        return clause.start

    # --- make, set, want, give, add

    def _make(self, i: int, end: int) -> int:
        """ "make it red", "make a table", "make five legs", "make four of them"."""
        self.predicates.replacing = True
        try:
            return self._made(i, end)
        finally:
            self.predicates.replacing = False

    def _made(self, i: int, end: int) -> int:
        r = self.r
        if (k := count_change(r, i, end)) > i:
            return k
        found = self._reference(i, end)
        if found is None:
            if self._new(i, end) and (k := self.objects.group(i, end)) > i:
                return k
            topic = Found(list(r.topic), i)
            if topic.references and (k := self.predicates.read(i, end, topic)) > i:
                return k
            return self.objects.group(i, end)
        if (k := self.moves.repeat(found, found.end, end)) > found.end:
            return r.know(i, k)
        return self._about(found, i, end)

    _set = _change = _let = _keep = _make

    def _about(self, found: Found, i: int, end: int) -> int:
        """Predicates of a reference, then of further ones ("the legs black and the top white")."""
        r = self.r
        end = self._spared(found, end)
        k = self.predicates.read(found.end, end, found)
        while k == found.end and self._join(found, end):
            k = self.predicates.read(found.end, end, found)
        if k == found.end and (moved := self.moves.put(found, k, end)) > k:
            k = moved
        if k == found.end:
            r.refuse(i, end, "what shall become of it was not understood")
            return end
        if not found.scene:
            r.focus(found.references)
        r.know(i, found.end)
        return self.more(k, end)

    def _join(self, found: Found, end: int) -> bool:
        """ "the cube and the cone": takes a further reference in; False where none follows."""
        r, k = self.r, found.end
        while r.lemma(k, end) in ("and", ","):
            k += 1
        more = self._reference(k, end) if k > found.end else None
        if more is None or more.prop:
            return False
        found.references = [*found.references, *(ref for ref in more.references if ref not in found.references)]
        found.end, found.plural = more.end, True
        return True

    def _spared(self, found: Found, end: int) -> int:
        """ "… except the ball": takes it out of the reference; returns where the rest of the clause ends."""
        r = self.r
        for k in range(found.end, end):
            n = r.one_of(
                k, (("except",), ("except", "for"), ("but", "not"), ("apart", "from"), ("other", "than"), ("besides",))
            )
            if n and (kept := self._try(k + n, end)):
                spared = {ref.object for ref in kept.references}
                found.references = [ref for ref in found.references if ref.object not in spared]
                found.scene = False
                r.know(k, kept.end)
                return k
        return end

    def more(self, k: int, end: int) -> int:
        """ "… and the top white": further references with their predicates, the verb understood."""
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

    def _new(self, i: int, end: int) -> bool:
        """Whether the phrase at `i` speaks of a new object rather than of parts of what is there."""
        r = self.r
        head = head_at(r, i, end)
        if head is None:
            return False
        for topic in r.topic[:1]:
            one = r.object(topic)
            if one is None:
                continue
            describer = Describer(r, kind_of_object(one), roles_of(one), fresh=False)
            try:
                if describer.part(i, end) > i:
                    return head.more or (r.lemma(i) in ("a", "an") and head.noun != head.first and False)
            except Refused:
                return False
        return True

    def _want(self, i: int, end: int) -> int:
        """ "I want a table", "I want the legs black", "I would like it to be taller"."""
        return self._make(i, end)

    def _create(self, i: int, end: int) -> int:
        k = self.objects.group(i, end)
        return k if k > i else self._make(i, end)

    def _give(self, i: int, end: int) -> int:
        """ "give it five legs", "give the table a red top"."""
        r = self.r
        found = self._reference(i, end)
        if found is None:
            return self._create(i, end)
        if r.lemma(found.end, end) == "back":
            return i
        k = self._attach(found, found.end, end)
        if k > found.end:
            r.know(i, found.end)
            r.focus(found.references)
            return k
        return self._about(found, i, end)

    def _attach(self, found: Found, k: int, end: int) -> int:
        """What a thing gets: parts, counts, features of its own."""
        r = self.r
        start = k
        while k < end:
            j = k
            while r.lemma(j, end) in ("and", ",", "with"):
                j += 1
            n = more_of(r, j, end, found)
            if n == j:
                whole = list(dict.fromkeys(ref.object for ref in found.references if ref.object))
                n = self.predicates.one(j, end, Found([Reference(object=id) for id in whole], j))
            if n == j:
                n = self._there(j, end, found)
            if n == j and any(r.lemma(m) in FEATURE_WORDS for m in range(j, end)):
                n = self.feature(j, end, found.references)
            if n == j:
                break
            r.know(k, n)
            k = n
        return k if k > start else start

    def _there(self, i: int, end: int, found: Found) -> int:
        """A part that is there already: nothing changes, and it is said."""
        r = self.r
        for ref in found.references[:1]:
            one = r.object(ref)
            if one is None:
                continue
            k = self._part_end(i, end, one)
            if k > i:
                r.assumed.append(f"the {one.name} has “{r.phrase(i, k)}” already")
                return k
        return i

    def _part_end(self, i: int, end: int, one: Object) -> int:
        describer = Describer(self.r, kind_of_object(one), roles_of(one), fresh=False)
        try:
            return describer.part(i, end)
        except Refused as refused:
            return refused.span[1]

    def _add(self, i: int, end: int) -> int:
        """ "add another shelf", "add a lid", "add a chair beside it", "add two 5 mm holes"."""
        r = self.r
        if self._works(i, end):
            return self.feature(i, end, None, i)
        target = self._onto(i, end) or Found([ref for ref in r.topic if r.there(ref)], i)
        whole = [Reference(object=ref.object) for ref in target.references if ref.object]
        if whole:
            k = more_of(r, i, end, Found(whole, i, target.plural))
            if k > i:
                return self._rest(k, end, Found(whole, i))
        head = head_at(r, i, end)
        if head is not None and self._new(i, end):
            return self.objects.group(i, end)
        if whole and (k := self._attach(Found(whole, i), i, end)) > i:
            return self._rest(k, end, Found(whole, i))
        if head is not None:
            return self.objects.group(i, end)
        return i

    def _rest(self, k: int, end: int, found: Found) -> int:
        """ "… to the table", "… inside", "… on it" behind parts that a thing got: grammar."""
        r = self.r
        while k < end and r.lemma(k) in ("to", "on", "inside", "in", "at", "for", "underneath", "below"):
            where = self._reference(k + 1, end)
            if where is not None and {ref.object for ref in where.references} & {
                ref.object for ref in found.references
            }:
                k = r.know(k, where.end)
            elif r.lemma(k) in ("inside", "underneath", "below"):
                k = r.know(k, k + 1)
            else:
                break
        n = self._attach(found, k, end)
        return n

    def _onto(self, i: int, end: int) -> Found | None:
        """The thing behind "to", "on", "in" at the end of "add … to the table"."""
        r = self.r
        for k in range(end - 1, i, -1):
            if r.lemma(k) in ONTO and r.lemma(k + 1, end) in ("the", "it", "them", "this", "each", "that", "every", "both"):
                if (found := self._try(k + 1, end)) is not None and not found.prop:
                    return found
        return None

    # --- paint, put, move, turn: see `dialogue_moves` for places

    def _paint(self, i: int, end: int) -> int:
        found = self._reference(i, end)
        if found is None:
            found = Found(list(self.r.topic), i)
            if not found.references:
                return i
        return self._about(found, i, end)

    def _put(self, i: int, end: int) -> int:
        r = self.r
        if r.lemma(i, end) not in INDEFINITE and (found := self._reference(i, end)) is not None and not found.prop:
            k = self.moves.put(found, found.end, end)
            while k == found.end and self._join(found, end):
                k = self.moves.put(found, found.end, end)
            if k > found.end:
                r.know(i, found.end)
                r.focus(found.references)
                return k
            return self._about(found, i, end)
        if self._works(i, end):
            return self.feature(i, end, None, i)
        k = self._parts_on(i, end)
        return k if k > i else self._add(i, end)

    def _works(self, i: int, end: int) -> bool:
        """Whether a phrase is about a hole, boss or edge, and not about a thing or what its kind counts."""
        r = self.r
        owners = [one for ref in r.topic if (one := r.object(ref))] or list(r.scene.objects[-1:])
        for k in range(i, min(end, i + 12)):
            word = r.lemma(k)
            if word in FEATURE_WORDS:
                kinds = [kind_of_object(one) for one in owners]
                own = any((word,) in table for kind in kinds for table in (kind.counts, kind.flags))
                return bool(owners) and not own and not any(word in roles_of(one) for one in owners)
            if word in ("on", "under", "beside", "inside", "to", "and") or (word == "in" and k > i):
                return False
            if r.tokens[k].quantity is None and noun_at(r.lemmas(k, min(end, k + 3))) and not r.material(k, end):
                return False
        return False

    def _parts_on(self, i: int, end: int) -> int:
        """ "put a round handle on every drawer": parts that the object can have."""
        target = self._onto(i, end)
        owners = [one for ref in (target.references if target else []) if (one := self.r.object(ref))]
        if not owners or target is None:
            return i
        whole = list(dict.fromkeys(one.id for one in owners))
        if not self._is_part(i, end, owners[0]):
            return i
        found = Found([Reference(object=id) for id in whole], i)
        k = self._attach(found, i, end)
        return self._rest(k, end, found) if k > i else i

    def _is_part(self, i: int, end: int, one: Object) -> bool:
        return self._part_end(i, end, one) > i

    def _move(self, i: int, end: int) -> int:
        found = self._reference(i, end) or Found(list(self.r.topic), i)
        if not found.references:
            return i
        k = self.moves.move(found, found.end, end)
        while k == found.end and self._join(found, end):
            k = self.moves.move(found, found.end, end)
        if k > found.end:
            self.r.know(i, found.end)
            self.r.focus(found.references)
        return k if k > found.end else i

    def _lift(self, i: int, end: int) -> int:
        return self._raise(i, end, 1)

    def _down(self, i: int, end: int) -> int:
        return self._raise(i, end, -1)

    def _raise(self, i: int, end: int, sign: int) -> int:
        """ "raise the seat by 5 cm": a size where it is one, else a move."""
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

    def _rotate(self, i: int, end: int) -> int:
        r = self.r
        found = self._reference(i, end)
        if found is None:
            return i
        k = self.moves.turn(found, found.end, end)
        if k > found.end:
            r.know(i, k)
            r.focus(found.references)
            return k
        return self._about(found, i, end)

    def _flip(self, i: int, end: int) -> int:
        found = self._reference(i, end) or Found(list(self.r.topic), i)
        k = found.end
        while self.r.lemma(k, end) in ("over", "upside", "down", "around"):
            k += 1
        edits: list[Edit] = [Turn(target=ref, axis="x", degrees=180.0) for ref in found.references]
        self.r.carry(edits, i, k)
        return k if edits else i

    def _upright(self, i: int, end: int) -> int:
        edits: list[Edit] = [Turn(target=ref, axis="x", degrees=90.0) for ref in self.r.topic]
        self.r.carry(edits, i - 1, i)
        return i

    def _lie(self, i: int, end: int) -> int:
        edits: list[Edit] = [Turn(target=ref, axis="y", degrees=90.0) for ref in self.r.topic]
        self.r.carry(edits, i - 1, i)
        return i

    # --- sizes

    def _sized(self, i: int, end: int, verb: str) -> int:
        """ "increase the height by 10 cm", "widen it to 2 m", "double the width", "scale it by 2", "shrink it"."""
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
        """ "scale it to 10 cm high, keep the proportions"."""
        from wugan.apps.voice_to_3d.language.dialogue_sizes import extent
        from wugan.apps.voice_to_3d.language.dialogue_words import DIMENSIONS

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
        from wugan.apps.voice_to_3d.language.dialogue_counts import scaled_count

        name = found.prop.split(":")[1]
        edits = [edit for ref in found.references for edit in scaled_count(self.r, ref, name, factor)]
        self.r.carry(edits, i, k)
        return k

    def _times_count(self, i: int, k: int, found: Found, factor: float) -> bool:
        """ "double the pickets": how many, where they are counted."""
        from wugan.apps.voice_to_3d.language.dialogue_counts import scaled_count

        r = self.r
        edits: list[Edit] = []
        for ref in found.references:
            one = r.object(ref)
            name = kind_of_object(one).counts.get(tuple((ref.parts.role if ref.parts else "").split())) if one else None
            if name:
                edits += scaled_count(r, Reference(object=ref.object), name, factor)
        return bool(edits) and (r.carry(edits, i, k) or True)

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

    # --- remove, copy, replace, name

    def _remove(self, i: int, end: int) -> int:
        r = self.r
        k = count_change(r, i, end, removing=True)
        if k > i:
            return k
        single = r.lemma(i, end) in ("a", "an") or (i < end and r.tokens[i].text.lower() == "one" and r.lemma(i + 1) != "of")
        found = self._reference(i + single, end, bare=True)
        if found is None or not found.references or found.prop:
            return i
        if single:
            found.references = found.references[-1:]
        if found.scene:
            r.carry([Clear()], i, found.end)
            return found.end
        edits: list[Edit] = [Remove(target=ref) for ref in found.references]
        k = found.end
        while r.lemma(k, end) in (",", "and") and (more := self._reference(k + 1, end)) and not more.prop:
            edits += [Remove(target=ref) for ref in more.references]
            k = more.end
        while r.lemma(k, end) in ("from", "of", "off", "again") and k + 1 < end:
            where = self._reference(k + 1, end)
            k = where.end if where else k + 1
        r.carry(edits, i, k)
        r.topic = [Reference(object=ref.object) for ref in found.references[:1] if r.scene.object(ref.object)]
        return k

    def _duplicate(self, i: int, end: int) -> int:
        found = self._reference(i, end)
        if found is None:
            return i
        return self.moves.duplicate(found, i, end)

    def _stack(self, i: int, end: int) -> int:
        found = self._reference(i, end)
        if found is None or len(found.references) < 2:
            return i
        self.r.focus(found.references)
        return self.moves.stack(found, i)

    def _arrange(self, i: int, end: int) -> int:
        """ "arrange them in a circle", "line the chairs up"."""
        found = self._reference(i + (self.r.lemma(i, end) == "up"), end)
        if found is None:
            return i
        k = found.end + (self.r.lemma(found.end, end) == "up")
        arranged = arrangement(self.r, k, end) or Arrangement("row", k)
        if len(found.references) < 2:
            return i
        self.r.focus(found.references)
        return self.moves._arranged(found, arranged, i)

    _line = _arrange

    def _repeat(self, i: int, end: int) -> int:
        found = self._reference(i, end)
        if found is None:
            return i
        k = self.moves.repeat(found, found.end, end)
        return k if k > found.end else i

    def _replace(self, i: int, end: int) -> int:
        """ "replace the vase with a bowl", "swap the pot for a vase"."""
        r = self.r
        found = self._reference(i, end)
        if found is None or found.prop:
            return i
        k = found.end
        if r.lemma(k, end) not in ("with", "by", "for", "to", "into"):
            return i
        same = r.lemma(k + 1, end)
        n = self.predicates.replace(k + 1, end, found)
        if n == k + 1:
            n = self.predicates.read(k + 1, end, found)
            if n == k + 1:
                return i
        r.know(i, n)
        r.focus(found.references)
        return self.predicates.read(n, end, found) if same else n

    def _rename(self, i: int, end: int) -> int:
        """ "call it Otto", "rename the table to desk"."""
        r = self.r
        found = self._reference(i, end)
        if found is None or len(found.references) != 1:
            return i
        k = found.end
        while r.lemma(k, end) in ("to", "as", "into", "the", "a"):
            k += 1
        stop = k
        while stop < end and r.lemma(stop) not in ("and", ","):
            stop += 1
        if stop == k:
            return i
        name = r.phrase(k, stop).strip("\"'“”").lower()
        r.carry([Rename(target=Reference(object=found.references[0].object), name=name[:80])], i, stop)
        return stop

    # --- features

    def _drill(self, i: int, end: int) -> int:
        return self.feature(i - 1, end, None, i)

    _round = _hollow = _drill

    def _hollow_it(self, i: int, end: int) -> int:
        return self.feature(i - 3, end, [ref for ref in self.r.topic if r_object(self.r, ref)], i)

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
        text = r.phrase(i, end)
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

    def _try(self, k: int, end: int) -> Found | None:
        from wugan.apps.voice_to_3d.language.references import Unresolved

        try:
            return self._reference(k, end)
        except Unresolved:
            return None

    # --- history

    def _clear(self, i: int, end: int) -> int:
        r = self.r
        k = i
        while r.lemma(k, end) in ("everything", "all", "the", "scene", "it", "whole", "design", "table", "a", "new", "with",
                                  "of", "please", "from", "scratch") and head_at(r, k, end, bare=False) is None:  # fmt: skip
            k += 1
        r.carry([Clear()], i - 1, k)
        return self.objects.group(k, end) if k < end else k

    def _undo(self, i: int, end: int) -> int:
        return self._steps(i, end, undo=True)

    def _redo(self, i: int, end: int) -> int:
        return self._steps(i, end, undo=False)

    def _steps(self, i: int, end: int, undo: bool) -> int:
        r, k, steps = self.r, i, 1
        if r.lemma(k) in (",", ".") and r.lemma(k + 1) == "undo" and r.lemma(i - 1) in ("it", "that", "mind", "nevermind"):
            return i  # "forget it, undo": one step
        while k < end:
            token, word = r.tokens[k], r.lemma(k)
            if token.quantity is not None and token.quantity.kind in ("number", "times"):
                steps = max(1, int(token.value))
            elif word == "twice":
                steps = 2
            elif word in ("undo", "redo", "revert") and r.lemma(k - 1) in (",", "and"):
                steps += 0 if r.lemma(i - 1) in ("it", "that", "mind") else 1
            elif word == "everything":
                steps = 1000
            elif word not in ("the", "last", "that", "it", "step", "change", "edit", "sentence", "time", "please", "back",
                              "again", "one", "this", "of", "my", ",", "thing", "to", "before", "action"):  # fmt: skip
                break
            k += 1
        edit: Edit = Undo(steps=min(steps, 1000)) if undo else Redo(steps=min(steps, 1000))
        r.step(edit, i - 1, k)
        return k

    def _again(self, i: int, end: int) -> int:
        """The last sentence once more."""
        r = self.r
        if not r.context.edits:
            r.refuse(i - 1, i, "there is nothing to do again yet")
            return i
        edits: list[Edit] = []
        for edit in r.context.edits:
            if isinstance(edit, Add):
                edit = Add(object=edit.object.model_copy(update={"id": new_id(r, edit.object.name, len(edits))}))
            edits.append(edit)
        r.carry(edits, i - 1, i)
        return i


def r_object(r: Reading, ref: Reference) -> bool:
    """Whether a reference is to an object that is there."""
    return r.object(ref) is not None


def described(r: Reading, i: int, end: int, ref: Reference) -> tuple[int, list[Edit]]:
    """What is said about an object as edits: the index after it, and the edits."""
    one = r.object(ref)
    if one is None:
        return i, []
    kind = kind_of_object(one)
    reader = Describer(r, kind, roles_of(one), fresh=False)
    k = reader.read(i, end)
    return k, as_edits(one, kind, reader.said, ref)
