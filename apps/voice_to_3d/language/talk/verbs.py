"""What each verb does with the rest of its clause."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.talk.clauses import Clause
from wugan.apps.voice_to_3d.language.talk.counts import count_change, more_of
from wugan.apps.voice_to_3d.language.talk.family_reading import Describer
from wugan.apps.voice_to_3d.language.talk.heads import head_at
from wugan.apps.voice_to_3d.language.talk.object_kinds import kind_of_object
from wugan.apps.voice_to_3d.language.talk.object_said import Refused
from wugan.apps.voice_to_3d.language.talk.poses import pose
from wugan.apps.voice_to_3d.language.talk.reference_parts import roles_of
from wugan.apps.voice_to_3d.language.talk.reference_things import objects_called
from wugan.apps.voice_to_3d.language.talk.references import Found
from wugan.apps.voice_to_3d.language.talk.sizing import Sizing
from wugan.apps.voice_to_3d.language.talk.taking import Taking
from wugan.apps.voice_to_3d.language.talk.words import FEATURE_WORDS, INDEFINITE
from wugan.apps.voice_to_3d.language.talk.working import Working
from wugan.apps.voice_to_3d.language.wordlist import meanings, words
from wugan.apps.voice_to_3d.scene.edit import Edit, Remove, Turn
from wugan.apps.voice_to_3d.scene.placement import Reference
from wugan.apps.voice_to_3d.scene.scene import Object

GROW = {"increase": 1, "lift": 1, "widen": 1, "lengthen": 1, "thicken": 1, "stretch": 1, "decrease": -1, "down": -1,
        "shorten": -1}  # fmt: skip
WIDER = {"widen": "width", "lengthen": "length", "thicken": "thickness", "stretch": "length", "shorten": "short"}
ONTO = frozenset({"to", "on", "in", "inside", "onto", "under"})
EMPTY = words("i we would like want need rather have let us use put take with , please give me make it a") - {"a"}
FITTINGS = words("wheel caster castor handle knob hinge foot leg hook wing arm button pocket door window drawer")
"""Parts that a thing has or has not; as things of their own they do not become parts of it."""
FACTORS = {"double": 2.0, "triple": 3.0, "halve": 0.5}


DONE = meanings(
    "paint: painted coloured stained dyed varnished; move: moved shifted pushed pulled placed put set positioned stood "
    "laid hung; rotate: turned rotated spun; remove: removed deleted erased dropped gone; duplicate: copied duplicated "
    "doubled; replace: replaced swapped exchanged; scale: scaled resized enlarged shrunk reduced increased widened "
    "lengthened raised lowered"
)
"""What is done to a thing that is named before it ("the lamp should be moved"), by the verb."""


class Verbs(Sizing, Working, Taking):
    """Carries clauses with a verb out."""

    def carry(self, clause: Clause) -> int:
        """Carries a clause out; returns the index after what was read, `clause.start` for nothing."""
        i, end, verb = clause.body, clause.end, clause.verb
        handler = getattr(self, f"_{verb}", None)
        k = handler(i, end) if handler else self._make(i, end)
        if k > i or (k == i and verb in ("undo", "redo", "clear", "upright", "lie", "hollow_it", "again", "hollow")):
            self.r.know(clause.start, i)
            return max(k, i)
        return clause.start

    def passive(self, found: Found, j: int, end: int) -> int:
        """Such as "the lamp should be moved to the left", "the legs are painted black"; the index after it, or `j`."""
        r = self.r
        verb = DONE.get(r.lemma(j, end), "")
        if not verb or found.prop:
            return j
        k = j + 1
        if verb == "remove":
            return k if r.carry([Remove(target=ref) for ref in found.references], found.end, k) else j
        if verb == "replace":
            k += r.lemma(k, end) in ("by", "with", "for")
            n = self.predicates.replace(k, end, found)
        elif verb == "duplicate":
            n = self.moves.copy(found, found.end, k, 1, end)
        elif verb == "rotate":
            n = self.moves.turn(found, k, end)
        elif verb == "move":
            n = self.moves.move(found, k, end)
        else:
            n = self.predicates.read(k, end, found)
        if n <= k and verb != "duplicate":
            return j
        r.focus(found.references) if verb != "duplicate" else None
        return n

    def _use(self, i: int, end: int) -> int:
        """Such as "use a jug instead of the basket", "use brass for the handles"."""
        k = self.exchanged(i, end)
        return k if k > i else self._make(i, end)

    def exchanged(self, i: int, end: int) -> int:
        """Such as "a jug instead of the basket", "instead of the jug a candle": one thing in the place of another."""
        r = self.r
        at = next((m for m in range(i, end) if r.has(m, "instead", "of") or r.has(m, "in", "place", "of")), None)
        if at is None:
            return i
        found = self._try(at + 2 + (r.lemma(at) == "in"), end)
        if found is None or found.prop or not found.references or found.references[0].parts is not None:
            return i
        start, stop = (i, at) if at > i else (found.end, end)
        while r.lemma(start, stop) in EMPTY:
            start += 1
        if head_at(r, start, stop) is None:
            return i
        n = self.predicates.replace(start, stop, found)
        if n <= start:
            return i
        r.know(i, max(n, found.end))
        r.focus(found.references)
        return max(n, found.end)

    def _make(self, i: int, end: int) -> int:
        """Such as "make it red", "make a table", "make five legs", "make four of them"."""
        self.predicates.replacing = True
        try:
            if (k := self.exchanged(i, end)) > i:
                return k
            return self._made(i, end)
        finally:
            self.predicates.replacing = False

    def _made(self, i: int, end: int) -> int:
        from wugan.apps.voice_to_3d.language.talk.verbless import turned_about

        r = self.r
        if (k := count_change(r, i, end)) > i or (k := turned_about(r, self, i, end)) > i:
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
        """Such as "I want a table", "I want the legs black", "I only need one chair"."""
        r = self.r
        only = r.lemma(i - 2) in ("only", "just") or r.lemma(i, end) in ("only", "just")
        j = i + (r.lemma(i, end) in ("only", "just"))
        token = r.tokens[j] if j < end else None
        if only and token is not None and (r.said_one(j) or (token.quantity and token.quantity.kind == "number")):
            count = int(token.value) or 1
            for n in (3, 2, 1):
                stop = j + 1 + n
                there = [Reference(object=one.id) for one in objects_called(r, r.lemmas(j + 1, min(end, stop)))]
                if not there or count < 1:
                    continue
                if len(there) == count:
                    r.assumed.append(f"there are {count} already")
                    return r.know(i, stop)
                if len(there) < count:
                    return self.moves.copy(Found(there[-1:], stop), i, stop, count - len(there), end)
                r.carry([Remove(target=one) for one in there[count:]], i, stop)
                return stop
        return self._make(i, end)

    def _create(self, i: int, end: int) -> int:
        k = self.objects.group(i, end)
        return k if k > i else self._make(i, end)

    def _give(self, i: int, end: int) -> int:
        """Such as "give it five legs", "give the table a red top"."""
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

    def _add(self, i: int, end: int, put: bool = False) -> int:
        """Such as "add another shelf", "add a lid", "add a chair beside it", "add two 5 mm holes"."""
        r = self.r
        if (k := self._by_length(i, end, ("to", "onto"), 1)) > i:
            return k
        if i < end and r.tokens[i].plural and r.lemma(i) in FITTINGS and not self._is_part_of_topic(i, end):
            return r.refuse(i, end, f"nothing here has {r.tokens[i].text} that could be added; say how many, and where")
        if self._works(i, end):
            return self.feature(i, end, None, i)
        target = self._onto(i, end) or Found([ref for ref in r.topic if r.there(ref)], i)
        whole = [Reference(object=ref.object) for ref in target.references if ref.object]
        if whole:
            k = more_of(r, i, end, Found(whole, i, target.plural))
            if k > i:
                return self._rest(k, end, Found(whole, i))
        head = head_at(r, i, end)
        if head is None and (k := self.again(i, end)) > i:
            return k
        if head is not None and self._new(i, end):
            return self.objects.group(i, end, put=put)
        if whole and (k := self._attach(Found(whole, i), i, end)) > i:
            return self._rest(k, end, Found(whole, i))
        if head is not None:
            return self.objects.group(i, end)
        return i

    def _is_part_of_topic(self, i: int, end: int) -> bool:
        """Whether what was spoken of can have such a part."""
        return any((one := self.r.object(ref)) and self._part_end(i, end, one) > i for ref in self.r.topic)

    def again(self, i: int, end: int) -> int:
        """Such as "add another one", "add two more"."""
        from wugan.apps.voice_to_3d.language.talk.verbless import another

        return another(self.r, self, i, end) if i < end else i

    def _rest(self, k: int, end: int, found: Found) -> int:
        """Such as "… to the table", "… inside", "… on it" behind parts that a thing got: grammar."""
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
            if r.lemma(k) in ONTO and r.lemma(k + 1, end) in (
                "the",
                "it",
                "them",
                "this",
                "each",
                "that",
                "every",
                "both",
            ):
                if (found := self._try(k + 1, end)) is not None and not found.prop:
                    return found
        return None

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
            k = self.predicates._turned(found.end, end, found)  # "lay it on its side"
            k = k if k > found.end else self.moves.put(found, found.end, end)
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
        return k if k > i else self._add(i, end, put=True)

    def _parts_on(self, i: int, end: int) -> int:
        """Such as "put a round handle on every drawer": parts that the object can have."""
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

    def _rotate(self, i: int, end: int) -> int:
        r = self.r
        found = self._reference(i, end)
        if found is None:
            return i
        k = self.moves.turn(found, found.end, end)
        if k > found.end or (k == found.end >= end and r.edits):
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
        return self._posed(i, end, "up")

    def _lie(self, i: int, end: int) -> int:
        return self._posed(i, end, "down")

    def _posed(self, i: int, end: int, how: str) -> int:
        """Such as "stand it up", "lay the plank down again"."""
        r = self.r
        found = self._reference(i, end) or Found(list(r.topic), i)
        k = found.end
        while r.lemma(k, end) in ("up", "down", "flat", "over", "again", "straight", "upright"):
            k += 1
        if not found.references or k == i:
            return i
        r.know(i, k)
        r.focus(found.references)
        return pose(r, found, i, k, how)
