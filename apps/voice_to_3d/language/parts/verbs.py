"""Verbs: what the nouns after them become (cuts, additions, edge treatments, shells)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.extents import tall
from wugan.apps.voice_to_3d.language.parts.frames import Frame, Spot, Where
from wugan.apps.voice_to_3d.language.parts.measures import lemma_at
from wugan.apps.voice_to_3d.language.parts.nounphrase import NP
from wugan.apps.voice_to_3d.language.parts.nouns import kind_of, read_np
from wugan.apps.voice_to_3d.language.parts.vocabulary import ADD_VERBS, CUT_VERBS
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.reader import Reader

EDGE_VERBS = {
    "chamfer": "chamfer", "chamfered": "chamfer", "bevel": "chamfer", "beveled": "chamfer", "bevelled": "chamfer",
    "fillet": "fillet",
    "filleted": "fillet", "round": "fillet", "rounded": "fillet", "radiused": "fillet", "break": "chamfer",
    "broken": "chamfer", "chamfering": "chamfer",
    "filleting": "fillet", "rounding": "fillet", "blend": "fillet", "eased": "fillet", "soften": "fillet",
}  # fmt: skip
FEATURE_VERBS = {
    "counterbored": "counterbore",
    "counterbore": "counterbore",
    "countersunk": "countersink",
    "countersink": "countersink",
    "spotfaced": "counterbore",
}
SHELL_VERBS = words("shell shelled hollowed hollow")
OPENING = words(
    ", and then next finally also to now : we i going first lastly ( is are please you be we'll let us will by "
    "just being been #ordinal start second third again should step - – have has must can cut on off #number "
    "#length not both out mill end corner edge hole each it they that which depth"
)  # fmt: skip
DETERMINED = words(
    "the a an all both each every its it out off away down them this that these any into through from another in "
    "at along across to with on by over smoothly lightly straight around two one inward right"
)  # fmt: skip


def _undrawn(frame: Frame) -> bool:
    """Whether a profile still waits for the length that it is extruded by."""
    thick = frame.get("height", "thickness", "depth") is not None or any(axis == "z" for _, axis in frame.sizes)
    return not thick and len(frame.sizes) < 3


class Verbs:
    """Reads verbs for `Clauses`."""

    reader: Reader

    def _verb(self, i: int) -> int:
        """Verbs set what the nouns after them become: cuts, additions, edge treatments."""
        reader, found = self.reader, self.reader.tokens
        word = lemma_at(found, i)
        before, after = lemma_at(found, i - 1), lemma_at(found, i + 1)
        opening = i == 0 or before in OPENING
        determined = after in DETERMINED
        number = bool(i + 1 < len(found) and found[i + 1].quantity)
        if (
            word in ("counterbore", "countersink")
            and before in ("that", "which", "to")
            and after in ("the", "this", "each", "that")
        ):
            return self._widens(i, word)
        if word in FEATURE_VERBS and (word.endswith(("ed", "unk")) or (opening and determined)) and not self._heads(i):
            return self._worked(i, FEATURE_VERBS[word])
        if word in EDGE_VERBS and not (kind_of(word) == "edge" and not (opening and (determined or self._np_after(i)))):
            if word in ("round", "rounded", "break") and (self._heads(i) or (word == "break" and not determined)):
                return i
            if word == "round" and not (opening and determined):
                return i
            return self._edge_verb(i, EDGE_VERBS[word])
        walled = any(one.lemma in ("wall", "shell") for one in found[i:]) and any(one.quantity for one in found[i:])
        if word in SHELL_VERBS and opening and (walled or word in ("shell", "shelled")):
            return self._hollow(i)
        passive = before in ("is", "are", "be", "been", "being", "gets") and word in CUT_VERBS and word != "hollow"
        if word in CUT_VERBS and before in ("and", ",") and number and self.reader.mentioned is not None:
            depth = lemma_at(found, i + 2) in ("down", "deep", "into", "in", "inward") and not self._np_after(i)
            passive |= depth and reader.focus is not None and reader.focus.kind == "cut"  # "and cut 6 mm down"
        if (
            word in CUT_VERBS
            and (passive or not kind_of(word) or (opening and (determined or (number and self._np_after(i)))))
            and not self._heads(i)
        ):
            reader.op = "cut"
            return self._cut_verb(i)
        if found[i].text.lower() == "cuts" and after in ("the", "it", "this") and reader.focus is not None:
            np = read_np(found, i + 1)
            whole = reader.resolve(np) if np is not None and np.entity else None
            if whole is not None and np is not None and reader.focus.kind == "cut":
                reader.host(whole)  # "a slit cuts the ring on one side"
                return np.end
        if (
            found[i].text.lower() == "cuts"
            and after in ("the", "through", "across", "into", "it", "this")
            and kind_of(before) != ""
        ):
            return i + 1
        if word in ADD_VERBS and not (kind_of(word) and not opening):
            if word in ("revolve", "revolved", "sweep", "swept", "loft", "lofted"):
                reader.flag(word)
            if not (word == "extruded" and self._heads(i)):
                reader.op = (
                    "add"
                    if word not in ("make", "create", "creating", "making", "created", "start")
                    else reader.op or "add"
                )
                if word in ("extrude", "extruded", "extruding", "extend", "extends"):
                    reader.pending = "height"
                    reader.drawn = True
                    if reader.focus is not None and reader.focus.kind != "solid" and reader.mentioned is None:
                        flat = (one for one in reversed(reader.frames) if one.kind == "solid" and one.sized)
                        reader.focus = next((one for one in flat if _undrawn(one)), reader.focus)
                    if reader.focus is not None and lemma_at(found, i + 1) in (
                        "it",
                        "this",
                        "that",
                        "the",
                        "by",
                        "up",
                        "to",
                        "upward",
                        "upwards",
                        "#length",
                        "#number",
                    ):
                        reader.mentioned = reader.mentioned or reader.focus
                return i + 1
        return i

    def _heads(self, i: int) -> bool:
        """Whether the word at `i` is a modifier of a noun right after it ("rounded ends", "drilled hole")."""
        found = self.reader.tokens
        return kind_of(lemma_at(found, i + 1)) in ("cut", "solid", "generic", "place") and lemma_at(found, i - 1) in (
            "a",
            "an",
            "the",
            "with",
            "#number",
            "and",
            "of",
            "#length",
            "has",
            "its",
            "these",
            "those",
        )

    def _np_after(self, i: int) -> bool:
        np = read_np(self.reader.tokens, i + 1)
        return np is not None and (np.entity or np.kind == "place") and np.end > i + 1

    def _cut_verb(self, i: int) -> int:
        reader, found = self.reader, self.reader.tokens
        word = lemma_at(found, i)
        k = i + 1
        focus = reader.focus
        if (
            focus is not None
            and focus.kind == "solid"
            and not focus.sized
            and focus.noun in ("step", "shoulder", "ledge")
            and lemma_at(found, i - 1) in ("is", "are", "be")
        ):
            focus.kind, focus.shape = "cut", "rebate"
        if (
            focus is not None
            and focus.kind == "solid"
            and focus is not reader.base()
            and focus.noun in ("channel", "relief", "flat")
            and lemma_at(found, i - 1) in ("is", "are", "be")
        ):
            focus.kind, focus.shape = "cut", focus.shape if focus.shape == "semicircle" else "groove"
        flat = focus is not None and focus.kind == "solid" and focus is not reader.base() and tall(focus) is None
        if (
            flat
            and focus is not None
            and lemma_at(found, k) in ("it", "this", "that")
            and word in ("cut", "remove", "subtract")
        ):
            focus.kind, focus.op = "cut", "cut"  # "draw a circle … and cut it through"
            focus.shape = {"box": "pocket", "": "pocket", "cylinder": "hole"}.get(focus.shape, focus.shape)
            return k + 1
        if word in ("bore", "hollow", "bored", "hollowed") and lemma_at(found, k) in ("it", "the", "out"):
            out = lemma_at(found, k) == "out" or lemma_at(found, k + 1) == "out"
            if lemma_at(found, k) == "it" or out:
                reader.add(self._new("cut", "bore", "hole"))
                return k + 2 if out and lemma_at(found, k) == "it" else k + 1
        if lemma_at(found, k) in ("off", "away") or (
            word in ("clip", "clipped", "trim", "trimmed", "remove", "removed", "removing", "cut")
        ):
            j = k + 1 if lemma_at(found, k) in ("off", "away") else k
            np = read_np(found, j)
            if np is not None and np.head in ("corner", "edge") and np.kind == "place":
                return self._corner_cut(np)
        return k

    def _corner_cut(self, np: NP) -> int:
        """Reads "cut off two corners on one side of the prism"."""
        reader = self.reader
        where, end = reader.places.from_np(np)
        known = next((one for one in reversed(reader.frames) if one.kind == "cut" and one.has("corners")), None)
        if known is not None and (np.definite and np.count is None):
            reader.attend(known)
            return end
        frame = self._new("cut", "corner cut", "corner")
        frame.flags.add("corners" if np.head == "corner" else "edges")
        frame.names |= {"corner", "triangle", "cut"}
        frame.count, frame.counted = np.count or (1 if not np.plural else 4), True
        reader.add(frame)
        frame.spots.append(Spot("at", where))
        if where.of is not None and where.of.kind == "solid":
            frame.host = where.of
        return end

    def _new(self, kind: str, noun: str, shape: str) -> Frame:
        return Frame(kind, noun, {noun}, shape, said=noun, op=self.reader.op)

    def _worked(self, i: int, noun: str) -> int:
        """Reads "each is counterbored from the front to 13 mm": a counterbore of what is in focus."""
        reader = self.reader
        lead, end = reader.focus, i + 1
        that = lemma_at(reader.tokens, i + 1) == "that"
        np = read_np(reader.tokens, i + 2 if that else i + 1)
        if np is not None and that:
            np.det = "that"  # "counterbore that hole"
        if (
            np is not None
            and np.definite
            and np.entity
            and (named := reader.resolve(np)) is not None
            and named.kind == "cut"
        ):
            several = np.det in ("each", "both", "all", "every") or np.plural
            lead, end = (named.group or named) if several else named, np.end  # "counterbore the hole to 30 mm"
        spots: list[Spot] = []
        if np is not None and np.kind == "place" and np.definite:
            where, stop = reader.places.from_np(np)
            if where.of is not None and where.of.kind == "cut":
                lead, end, spots = where.of, stop, [Spot("at", where)]  # "counterbore the left end of the hole"
        announced = (one for one in reader.frames if one.lead is lead and one.shape == noun and not one.sized)
        frame = next(announced, None) or self._new("cut", noun, noun)
        if frame in reader.frames:
            reader.frames.remove(frame)
        frame.lead = lead
        frame.spots.extend(spots)
        reader.add(frame)
        reader.pending = "diameter"
        return end

    def _widens(self, i: int, noun: str) -> int:
        """Reads "another slot that counterbores the first slot": what is in focus becomes the counterbore of it."""
        reader = self.reader
        np = read_np(reader.tokens, i + 1)
        frame = reader.focus
        if np is None or frame is None or frame.kind != "cut":
            return i
        lead = next((one for one in reader.matches(np, exclude=frame) if one.lead is None), None)
        if lead is None:
            return i
        if frame.shape == "slot":
            frame.flags.add("of_slot")
        frame.lead, frame.shape = lead, noun
        frame.names.add(noun)
        for one in [one for one in reader.frames if one.lead is lead and one is not frame and not one.sized]:
            reader.frames.remove(one)
        return np.end

    def _edge_verb(self, i: int, noun: str) -> int:
        reader, found = self.reader, self.reader.tokens
        word = lemma_at(found, i)
        frame = Frame("edge", noun, {noun}, noun, said=word)
        passive = word.endswith("ed") or word == "broken"
        subject, place = reader.focus, reader.place
        existing = next(
            (one for one in reversed(reader.frames) if one.kind == "edge" and one.noun == noun and not one.sized), None
        )
        if existing is not None and existing.sentence < reader.number:
            frame = existing
            reader.attend(frame)
        else:
            leading, reader.leading = reader.leading, []
            reader.add(frame)
            frame.targets.extend(spot.where for spot in leading if spot.where is not None)
        if passive and (place is not None or subject is not None) and lemma_at(found, i - 1) not in ("with", "a", ","):
            frame.targets.append(place if place is not None else Where("", set(), subject))
        reader.edge = frame
        reader.pending = "size"
        k = i + 1
        while not passive and k < len(found):
            np = read_np(found, k)
            if np is None or np.kind == "dimension" or np.end == k or np.bare or np.measures:
                where = reader.places.where(k) if np is None and lemma_at(found, k) in ("top", "bottom", "it") else None
                if where is None:
                    break
            else:
                where = reader.places.from_np(np)
            frame.targets.append(where[0])
            k = where[1]
            if lemma_at(found, k) == "and" or (lemma_at(found, k) == "," and read_np(found, k + 1)):
                following = read_np(found, k + 1)
                if (
                    following
                    and following.kind in ("place", "solid", "generic", "cut")
                    and not following.bare
                    and not following.measures
                ):
                    k += 1
                    continue
            break
        return k

    def _hollow(self, i: int) -> int:
        reader = self.reader
        frame = Frame("shell", "shell", {"shell"}, "shell", said=lemma_at(reader.tokens, i))
        frame.host = reader.focus if reader.focus is not None and reader.focus.kind == "solid" else None
        reader.add(frame)
        reader.pending = "thickness"
        found, k = reader.tokens, i + 1
        while lemma_at(found, k) in ("it", "out", "the", "this", "whole", "part", "thing", "to", "body", "block"):
            k += 1
        return k
