"""Turns and copies of things that are there."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.talk.arrangements import arrangement
from wugan.apps.voice_to_3d.language.talk.objects import new_id
from wugan.apps.voice_to_3d.language.talk.placements import free_place, gap_for, row
from wugan.apps.voice_to_3d.language.talk.poses import pose, turn_at
from wugan.apps.voice_to_3d.language.talk.reading import Reading
from wugan.apps.voice_to_3d.language.talk.references import Found
from wugan.apps.voice_to_3d.language.talk.words import LARGER, RELATIVE
from wugan.apps.voice_to_3d.measure import size
from wugan.apps.voice_to_3d.scene.edit import Add, Edit, Move, Repeat, Turn
from wugan.apps.voice_to_3d.scene.placement import Coordinate, Grid, Placement, Reference


class Copies:
    """Reads turns and copies."""

    r: Reading

    def move(self, found: Found, i: int, end: int) -> int:
        """Where to; see `dialogue_moves`."""
        raise NotImplementedError

    def turn(self, found: Found, i: int, end: int) -> int:
        """Such as "by 90 degrees", "upside down", "a quarter turn to the left", "45 degrees about the x axis"."""
        r, k = self.r, i
        if (said := turn_at(r, i, end)) is not None:
            if said[0] in ("up", "flat", "edge"):
                return pose(r, found, i, said[2], said[0])
            return self._turned(found, i, said[2], said[0], said[1])
        while r.lemma(k, end) in ("by", "it", "around", "about", "through", "a", "over"):
            k += 1
        token = r.tokens[k] if k < end else None
        degrees = 90.0
        if token is not None and token.quantity is not None:
            if token.quantity.kind == "angle":
                degrees, k = token.value, k + 1
            elif token.quantity.kind == "number" and r.lemma(k + 1, end) == "turn":
                degrees, k = 360 * token.value, k + 2
            elif token.quantity.kind == "number" and k + 1 >= end:
                degrees, k = token.value, k + 1
            else:
                return i
        elif r.lemma(k, end) in ("quarter", "half") and r.lemma(k + 1, end) == "turn":
            degrees, k = 90.0 if r.lemma(k) == "quarter" else 180.0, k + 2
        elif k < end and r.lemma(k) not in ("to", "left", "right", "clockwise", "counterclockwise", "anticlockwise"):
            return i
        axis, sign = "z", 1
        while k < end:
            word = r.lemma(k)
            if word in ("to", "the", "about", "around", "along", "axis", "on", "its", "vertical", "degree"):
                pass
            elif word in ("x", "y", "z"):
                axis = word
            elif word in ("right", "clockwise"):
                sign = -1
            elif word in ("left", "counterclockwise", "anticlockwise"):
                sign = 1
            elif word in ("forward", "forwards"):
                axis, sign = "x", 1
            elif word in ("backward", "backwards", "back"):
                axis, sign = "x", -1
            elif word == "sideways":
                axis = "y"
            else:
                break
            k += 1
        return self._turned(found, i, k, axis, sign * degrees)

    def _turned(self, found: Found, i: int, k: int, axis: str, degrees: float) -> int:
        edits: list[Edit] = [Turn(target=ref, axis=axis, degrees=degrees) for ref in found.references]
        self.r.carry(edits, i, k)
        return k

    def duplicate(self, found: Found, i: int, end: int) -> int:
        """A copy of each thing, beside it or where it is said."""
        r, k = self.r, found.end
        times = 1
        token = r.tokens[k] if k < end else None
        if token is not None and token.quantity is not None and token.quantity.kind in ("times", "number"):
            times, k = int(token.value), k + 1
            k += r.lemma(k, end) == "time"
        elif r.lemma(k, end) == "twice":
            times, k = 2, k + 1
        return self.copy(found, i, k, times, end)

    def copy(self, found: Found, i: int, k: int, times: int, end: int) -> int:
        """So many copies of each thing, side by side; then where they shall be, if that is said from `k` on."""
        r = self.r
        copies: list[Reference] = []
        edits: list[Edit] = []
        for ref in found.references:
            one = r.object(ref)
            if one is None or ref.parts or ref.feature:
                return r.refuse(i, k, "only whole objects are copied; say how many parts there shall be")
            for n in range(times):
                id = new_id(r, one.name, len(copies))
                gap = gap_for(size(one)[0])
                beside = Placement(
                    x=Coordinate(to="max", own="min", offset=gap), z=Coordinate(to="min", own="min"),
                    rotate=one.place.rotate, of=one.id if n == 0 else copies[-1].object, relation=one.place.relation,
                )  # fmt: skip
                edits.append(Add(object=one.model_copy(update={"id": id, "place": beside})))
                copies.append(Reference(object=id))
        if not r.carry(edits, i, k):
            return k
        moved = self.move(Found(copies, k), k, end) if k < end else k
        r.focus(copies)
        return max(moved, k)

    def repeat(self, found: Found, i: int, end: int) -> int:
        """Such as "four of them in a row", "five times, 20 cm apart": more copies; `i` for nothing."""
        r, k = self.r, i
        count = self._number_before(found)
        token = r.tokens[k] if k < end else None
        if token is not None and token.quantity is not None and token.quantity.kind in ("times", "number"):
            if token.quantity.kind == "number" and r.lemma(k + 1, end) not in ("time", "in", "of"):
                return i
            count, k = int(token.value), k + 1
            k += r.lemma(k, end) == "time"
            if r.lemma(k, end) in ("as", "the", "its") or r.lemma(k, end) in LARGER or r.lemma(k, end) in RELATIVE:
                return i  # "three times as tall"
        arranged = arrangement(r, k, end)
        if count is None or (arranged is None and token is None):
            return i
        k = arranged.end if arranged else k
        ref = found.references[0]
        one = r.object(ref)
        if one is None or count < 1:
            return i
        if ref.feature:
            step = arranged.apart if arranged and arranged.apart else 10.0
            r.carry([Repeat(target=ref, pattern=Grid(counts=(count, 1, 1), steps=(step, 0.0, 0.0)))], i, k)
            return k
        if len(found.references) >= count:
            return i
        start = one.place if not one.place.of else free_place(r.scene)
        edits: list[Edit] = []
        for n, spot in enumerate(row(one, count, arranged, start)):
            if n == 0:
                edits.append(Move(target=ref, place=spot))
            else:
                copy = one.model_copy(update={"id": new_id(r, one.name, n - 1), "place": spot, "pattern": None})
                edits.append(Add(object=copy))
        r.carry(edits, i, k)
        ids = [edit.object.id for edit in edits if isinstance(edit, Add)]
        r.focus([ref, *(Reference(object=id) for id in ids)])
        return k

    def _number_before(self, found: Found) -> int | None:
        """Such as "four of them": the number stands before the reference."""
        return found.count
