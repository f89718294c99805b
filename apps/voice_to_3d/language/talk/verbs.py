"""What each verb does with the rest of its clause."""

from __future__ import annotations

from collections.abc import Sequence

from wugan.apps.voice_to_3d.language.talk.amounts import count_change, more_of
from wugan.apps.voice_to_3d.language.talk.clauses import Clause
from wugan.apps.voice_to_3d.language.talk.family_reading import Describer
from wugan.apps.voice_to_3d.language.talk.family_sizes import Refused
from wugan.apps.voice_to_3d.language.talk.handlers import Handler, Sizing, Working
from wugan.apps.voice_to_3d.language.talk.kinds import head_at, kind_of_object, lemmas, role_named
from wugan.apps.voice_to_3d.language.talk.moves import pose
from wugan.apps.voice_to_3d.language.talk.objects import new_id
from wugan.apps.voice_to_3d.language.talk.placements import Arrangement, arrangement
from wugan.apps.voice_to_3d.language.talk.references import Found, objects_called, roles_of
from wugan.apps.voice_to_3d.language.talk.words import FEATURE_WORDS, INDEFINITE
from wugan.apps.voice_to_3d.language.wordlist import meanings, words
from wugan.apps.voice_to_3d.scene.edit import Add, Clear, Edit, Redo, Remove, Rename, Replace, Turn, Undo
from wugan.apps.voice_to_3d.scene.placement import Placement, Reference, Selector
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene

# What was taken away and may be wanted back: "put the lid back", "bring the chair back".

MOST = 30
SKIPPED = frozenset({"the", "a", "an", "its", "their", "my", "all", "both", "that", "those", "these", "one", "please"})
ANY = frozenset({"it", "them", "everything", "this"})


def gone(before: Scene, after: Scene, old: Sequence[Object]) -> list[Object]:
    """Objects that are missing since `before`, or miss a part, as they were; the latest first.

    Args:
        before: the scene before a sentence.
        after: the scene after it.
        old: what was gone by then.
    """
    now = {one.id: one for one in after.objects}
    lost = []
    for one in before.objects:
        here = now.get(one.id)
        if here is None or (here != one and set(roles_of(one)) - set(roles_of(here))):
            lost.append(one)
    back = {one.id for one in lost}
    return [*lost, *(one for one in old if one.id not in back)][:MOST]


def restored(scene: Scene, old: Sequence[Object], said: Sequence[str]) -> tuple[list[Edit], list[Reference]]:
    """The edits that bring back what was said, and what it is; nothing where nothing of that name was taken away."""
    words = [word for word in said if word not in SKIPPED]
    edits: list[Edit] = []
    where: list[Reference] = []
    for one in old:
        here = scene.object(one.id)
        if here is None:
            named = tuple(words) == lemmas(one.name)[-len(words) :] if words else True
            if named or set(words) <= ANY:
                kept = one.place.of is None or scene.object(one.place.of) is not None
                edits.append(Add(object=one if kept else one.model_copy(update={"place": Placement()})))
                where.append(Reference(object=one.id))
            continue
        missing = [role for role in roles_of(one) if role not in roles_of(here)]
        if not missing:
            continue
        found = role_named(words, missing) if words and not set(words) <= ANY else (missing[0], 0)
        if found is None:
            continue
        edits.append(Replace(target=Reference(object=one.id), object=_whole(here, one, set(missing))))
        where.append(Reference(object=one.id, parts=Selector(role=found[0])))
        if words and set(words) <= ANY:
            break
    return edits, where


def _whole(here: Object, old: Object, missing: set[str]) -> Object:
    """The object as it is now, with the parts that it had."""
    changes = tuple(one for one in here.changes if not (one.remove and one.parts.role in missing))
    shape = here.shape
    if isinstance(shape, FamilyShape) and isinstance(old.shape, FamilyShape) and shape.family == old.shape.family:
        back = {
            name: old.shape.parameters.get(name)
            for name, value in shape.parameters.items()
            if (value is False or value == 0) and old.shape.parameters.get(name) != value
        }
        parameters = {name: value for name, value in shape.parameters.items() if name not in back}
        parameters |= {name: value for name, value in back.items() if value is not None}
        shape = shape.model_copy(update={"parameters": parameters})
    return here.model_copy(update={"changes": changes, "shape": shape})


# Verbs that take away, repeat, replace and rename, and those of the history.

CLEARED = words("everything all the scene it whole design table a new with of please from scratch")
STEPPED = words(
    "the last that it step change edit sentence time please back again one this of my , thing to before action"
)


CLOSED = words("on again please too now in there where it was")
TAKEN = words("it them that this those these everything all")


class Taking(Handler):
    """Verbs about whole things and about what was said before."""

    def _remove(self, i: int, end: int) -> int:
        r = self.r
        k = count_change(r, i, end, removing=True)
        if k > i:
            return k
        single = r.lemma(i, end) in ("a", "an") or (
            i < end and r.tokens[i].text.lower() == "one" and r.lemma(i + 1) != "of"
        )
        found = self._some(i, end)
        if found is not None:
            single = False
        else:
            found = self._reference(i + single, end, bare=True)
        if found is None or not found.references or found.prop:
            return i
        if single or found.count:
            found.references = found.references[-(found.count or 1) :]
        if found.scene:
            r.carry([Clear()], i, found.end)
            return found.end
        edits: list[Edit] = [Remove(target=ref) for ref in found.references]
        k = found.end
        while r.lemma(k, end) in (",", "and") and (more := self._reference(k + 1, end)) and not more.prop:
            edits += [Remove(target=ref) for ref in more.references]
            k = more.end
        while r.lemma(k, end) in ("from", "of", "off", "again", "away", "out", "too", "as", "well"):
            where = self._reference(k + 1, end) if r.lemma(k) in ("from", "of", "off", "out") else None
            k = where.end if where else k + 1
        r.carry(edits, i, k)
        r.topic = [Reference(object=ref.object) for ref in found.references[:1] if r.scene.object(ref.object)]
        return k

    def _some(self, i: int, end: int) -> Found | None:
        """Such as "one", "two of them" of what there are several of: the last ones."""
        r = self.r
        token = r.tokens[i] if i < end else None
        if token is None or not (token.text.lower() == "one" or (token.quantity and token.quantity.kind == "number")):
            return None
        count, k = (int(token.value) if token.quantity else 1), i + 1
        k += 2 if r.lemma(k, end) == "of" and r.lemma(k + 1, end) in ("them", "those", "these") else 0
        if k < end and r.lemma(k) not in ("away", "off", "out", ",", "and", "again", "please", "more"):
            return None
        k += r.lemma(k, end) == "more"
        ids = list(dict.fromkeys(ref.object for ref in r.topic if r.object(ref) and ref.parts is None))
        for id in (*ids, *r.context.mentioned) if len(ids) < 2 else ():
            one = r.scene.object(id)
            alike = [other.id for other in r.scene.objects if one and other.name == one.name]
            if len(alike) > 1:
                ids = alike
                break
        if not 0 < count < max(len(ids), 2) + (len(ids) == count == 1):
            return None
        return Found([Reference(object=id) for id in ids], k, True, count=count)

    def _restore(self, i: int, end: int) -> int:
        """Such as "put the lid back", "bring it back": what was taken away, as it was."""
        r = self.r
        k, said = i, []
        if r.lemma(k) == "back":  # "put back the lid"
            k = i + 1
            while k < end and r.lemma(k) not in CLOSED | {",", "."}:
                said.append(r.lemma(k))
                k += 1
        if not said:
            stop = next((m for m in range(k, end) if r.lemma(m) == "back"), end)
            said, k = [r.lemma(m) for m in range(k, stop)], stop
        k += r.lemma(k, end) == "back"
        while r.lemma(k, end) in CLOSED:
            k += 1
        edits, where = restored(r.scene, r.context.gone, said)
        if not edits:
            if r.stepped or (not r.context.edits and r.context.focus is not None and set(said) <= TAKEN):
                r.step(Redo(), i - 1, k)
                return k
            return r.refuse(i, k, f"nothing called “{' '.join(said)}” was taken away")
        if r.carry(edits, i, k):
            r.focus(where)
        return k

    def _duplicate(self, i: int, end: int) -> int:
        found = self._reference(i, end)
        if found is None:
            return i
        return self.moves.duplicate(found, i, end)

    def _stack(self, i: int, end: int) -> int:
        """Such as "stack the boxes", "stack five cubes of 4 cm"."""
        found = self._there_already(i, end)
        if found is None:
            return self._new_arranged(i, end, "stack")
        if len(found.references) < 2:
            return i
        self.r.focus(found.references)
        k = self.moves.stack(found, i)
        while self.r.lemma(k, end) in ("up", "on", "top", "of", "each", "other"):
            k = self.r.know(k, k + 1)
        return k

    def _there_already(self, i: int, end: int) -> Found | None:
        if self.r.lemma(i, end) in INDEFINITE or (i < end and self.r.tokens[i].quantity is not None):
            return None
        return self._reference(i, end)

    def _new_arranged(self, i: int, end: int, how: str) -> int:
        """New things that a verb puts in order: "line up three plants along the wall"."""
        r = self.r
        before, start = len(r.edits), i
        while r.lemma(i, end) in ("up", "out", "together"):
            i += 1
        k = self.objects.group(i, end)
        r.know(start, i)
        made = [edit.object for edit in r.edits[before:] if isinstance(edit, Add)]
        if how == "row" and len(made) > 1:
            r.assumed.append(f"“{r.phrase(start - 1, i)}”: side by side")
        if how == "stack" and len(made) > 1 and not any(one.place.z.offset for one in made):
            self.moves.stack(Found([Reference(object=one.id) for one in made], k), i)
        return k

    def _arrange(self, i: int, end: int) -> int:
        """Such as "arrange them in a circle", "line the chairs up", "spread them out evenly"."""
        r = self.r
        found = self._there_already(i + (r.lemma(i, end) in ("up", "out")), end)
        if found is None:
            return self._new_arranged(i, end, "row")
        k = found.end
        while r.lemma(k, end) in ("up", "out", "apart"):
            k += 1
        arranged = arrangement(r, k, end)
        if len(found.references) < 2:
            return i
        r.focus(found.references)
        if arranged is None and (n := self.moves.put(found, k, end)) > k:
            return r.know(i, n)
        return self.moves._arranged(found, arranged or Arrangement("row", k), i)

    _line = _arrange

    def _repeat(self, i: int, end: int) -> int:
        found = self._reference(i, end)
        if found is None:
            return i
        k = self.moves.repeat(found, found.end, end)
        return k if k > found.end else i

    def _replace(self, i: int, end: int) -> int:
        """Such as "replace the vase with a bowl", "swap the pot for a vase"."""
        r = self.r
        found = self._reference(i, end)
        if found is None or found.prop:
            return i
        k = found.end
        if r.lemma(k, end) not in ("with", "by", "for", "to", "into"):
            return i
        same = r.lemma(k + 1, end)
        if found.references[0].parts is not None:  # "replace the legs with a pedestal"
            whole = Found([Reference(object=found.references[0].object)], k)
            if (n := self.predicates.one(k + 1, end, whole)) > k + 1:
                r.know(i, n)
                return n
        n = self.predicates.replace(k + 1, end, found)
        if n == k + 1:
            n = self.predicates.read(k + 1, end, found)
            if n == k + 1:
                return i
        r.know(i, n)
        r.focus(found.references)
        return self.predicates.read(n, end, found) if same else n

    def _rename(self, i: int, end: int) -> int:
        """Such as "call it Otto", "rename the table to desk"."""
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

    def _clear(self, i: int, end: int) -> int:
        r = self.r
        k = i
        while r.lemma(k, end) in CLEARED and head_at(r, k, end, bare=False) is None:
            k += 1
        r.carry([Clear()], i - 1, k)
        return self.objects.group(k, end) if k < end else k

    def _undo(self, i: int, end: int) -> int:
        return self._steps(i, end, undo=True)

    def _redo(self, i: int, end: int) -> int:
        return self._steps(i, end, undo=False)

    def _steps(self, i: int, end: int, undo: bool) -> int:
        r, k, steps = self.r, i, 1
        if (
            r.lemma(k) in (",", ".")
            and r.lemma(k + 1) == "undo"
            and r.lemma(i - 1) in ("it", "that", "mind", "nevermind")
        ):
            return i  # "forget it, undo": one step
        if undo and (version := self._version(i, end)) is not None:
            r.step(Undo(to=version[0]), i - 1, version[1])
            return version[1]
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
            elif word not in STEPPED:
                break
            k += 1
        edit: Undo | Redo = Undo(steps=min(steps, 1000)) if undo else Redo(steps=min(steps, 1000))
        r.step(edit, i - 1, k)
        return k

    def _version(self, i: int, end: int) -> tuple[int, int] | None:
        """Such as "to the first version", "to how it was at the start", "to version 2": its number, the index after."""
        r, k = self.r, i
        while r.lemma(k, end) in (
            "to",
            "the",
            "all",
            "way",
            "back",
            "how",
            "it",
            "was",
            "at",
            "in",
            "very",
            "what",
            "my",
        ):
            k += 1
        token = r.tokens[k] if k < end else None
        if k == i or token is None:
            return None
        if r.lemma(k) in ("start", "beginning", "original", "outset"):
            return 1, k + 1 + (r.lemma(k + 1, end) in ("version", "design", "model", "one"))
        ordinal = 1 if r.lemma(k) in ("first", "initial") else 0
        if token.quantity is not None and token.quantity.kind == "ordinal":
            ordinal = int(token.value)
        if ordinal and r.lemma(k + 1, end) in ("version", "design", "model", "one", "state", "sentence"):
            return ordinal, k + 2
        if r.lemma(k) in ("version", "state", "step") and k + 1 < end and (q := r.tokens[k + 1].quantity):
            return (int(q.value), k + 2) if q.kind == "number" else None
        return None

    def _again(self, i: int, end: int) -> int:
        """The last sentence once more."""
        r = self.r
        if not r.context.edits:
            if r.scene == Scene() and not r.context.mentioned:
                r.refuse(i - 1, i, "there is nothing to do again yet")
            else:
                r.step(Redo(), i - 1, i)  # after "undo": what was taken back
            return i
        edits: list[Edit] = []
        for edit in r.context.edits:
            if isinstance(edit, Add):
                edit = Add(object=edit.object.model_copy(update={"id": new_id(r, edit.object.name, len(edits))}))
            edits.append(edit)
        r.carry(edits, i - 1, i)
        return i


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
        from wugan.apps.voice_to_3d.language.talk.dialogue import turned_about

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
        from wugan.apps.voice_to_3d.language.talk.dialogue import another

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
