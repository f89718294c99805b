"""Verbs that take away, repeat, replace and rename, and those of the history."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.talk.arrangements import Arrangement, arrangement
from wugan.apps.voice_to_3d.language.talk.counts import count_change
from wugan.apps.voice_to_3d.language.talk.handler import Handler
from wugan.apps.voice_to_3d.language.talk.heads import head_at
from wugan.apps.voice_to_3d.language.talk.objects import new_id
from wugan.apps.voice_to_3d.language.talk.references import Found
from wugan.apps.voice_to_3d.language.talk.restoring import restored
from wugan.apps.voice_to_3d.language.talk.words import INDEFINITE
from wugan.apps.voice_to_3d.language.wordlist import words
from wugan.apps.voice_to_3d.scene.edit import Add, Clear, Edit, Redo, Remove, Rename, Undo
from wugan.apps.voice_to_3d.scene.placement import Reference
from wugan.apps.voice_to_3d.scene.scene import Scene

CLEARED = words("everything all the scene it whole design table a new with of please from scratch")
STEPPED = words(
    "the last that it step change edit sentence time please back again one this of my , thing to before action"
)


TOWARDS = words("to the all way back how it was at in very what my we had")
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
