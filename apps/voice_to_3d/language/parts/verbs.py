"""Verbs: what the nouns after them become (cuts, additions, edge treatments, shells)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.entities import Entities
from wugan.apps.voice_to_3d.language.parts.frames import Frame, Spot, Where, tall
from wugan.apps.voice_to_3d.language.parts.measures import (
    Measure,
    after_value,
    before_value,
    lemma_at,
    length_at,
    role_at,
)
from wugan.apps.voice_to_3d.language.parts.nouns import NP, kind_of, read_np
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


# Roles: which dimension of what a value is: "the depth of the hole is 25mm", "two legs of 15 mm", "bore 12".


class Roles:
    """Reads measures for `Clauses`."""

    reader: Reader
    entities: Entities

    def _measure(self, i: int) -> int:
        found = self.reader.tokens
        if (
            lemma_at(found, i) in ("the", "a", "an", "its", "their", "whose")
            and role_at(found, i + 1)
            and not self._phrase(i)
        ):
            end = self._measure(i + 1)
            return end if end > i + 1 else i
        same = self._same(i)
        if same > i:
            return same
        role = role_at(found, i)
        if role and (np := read_np(found, i)) is not None and np.kind == "cut" and np.measures and np.end > i + 2:
            return i  # "Ø40 hole": the phrase takes it
        pair = found[role[1]].quantity if role and role[1] < len(found) else None
        if role and role[0] in ("pitch", "apart") and pair is not None and pair.kind == "sizes":
            for axis, value in zip("xy", pair.values, strict=False):
                self.reader.measure(Measure("pitch", value, axis))  # "spacing 25 by 30"
            return role[1] + 1
        if role:
            owner_at = role[1]
            if lemma_at(found, owner_at) in ("of", "for") and length_at(found, owner_at + 1) is None:
                np = read_np(found, owner_at + 1)
                if (
                    np is not None
                    and (np.entity or np.head in ("circle",))
                    and np.end > owner_at + 1
                    and not np.bare
                    and not np.measures
                ):
                    return self._owned_role(i, role[0], owner_at + 1, role[2])
            read = before_value(found, i)
            if read:
                self._give(read[0], read[1])
                return self._more(read[1], read[0])
        if length_at(found, i) is None:
            return i
        np = read_np(found, i)
        if np is not None and np.entity and np.end > i + 1:
            return i  # "5mm diameter hole": the phrase takes it
        read = after_value(found, i)
        if read is None:
            return i
        self._give(read[0], read[1])
        return self._more(read[1], read[0])

    def _same(self, i: int) -> int:
        """Reads "the same thickness as the disc": the value that another thing has."""
        reader, found = self.reader, self.reader.tokens
        k = i + 1 if lemma_at(found, i) == "the" else i
        if lemma_at(found, k) != "same":
            return i
        role = role_at(found, k + 1)
        if role is None:
            return i
        if reader.focus is not None and reader.focus.like is not None and lemma_at(found, role[1]) != "as":
            more = role_at(found, role[1] + 1) if lemma_at(found, role[1]) == "and" else None
            return more[1] if more else role[1]  # "another slot, the same width and depth": it is like the one before
        body = next((one for one in self.reader.frames if one.kind == "solid" and one is not self.reader.focus), None)
        if lemma_at(found, role[1]) != "as" and body is not None and reader.focus is not None and body.sized:
            value = body.get(role[0], "outer_diameter" if role[0] == "diameter" else role[0])
            if value is not None:
                reader.measure(Measure(role[0], value))
                return role[1]
        if lemma_at(found, role[1]) != "as":
            return i
        np = read_np(found, role[1] + 1)
        other = reader.resolve(np) if np is not None and np.entity else None
        if np is None or other is None or reader.focus is None:
            return i
        value = other.get(
            role[0], "thickness" if role[0] == "height" else role[0], "height" if role[0] == "thickness" else role[0]
        )
        if value is not None:
            reader.measure(Measure(role[0], value))
        return np.end

    def _phrase(self, i: int) -> bool:
        """Whether a noun phrase with a head other than a dimension starts at `i`."""
        np = read_np(self.reader.tokens, i)
        if np is not None and np.head == "angle" and before_value(self.reader.tokens, np.end - 1) is not None:
            return False  # "an angle of 90 degrees"
        return np is not None and np.kind != "dimension"

    def _give(self, measure: Measure, end: int) -> None:
        """Hands on a measure; "24 mm wide at the top" names the end of it."""
        reader, found = self.reader, self.reader.tokens
        wedge = reader.focus is not None and reader.focus.shape == "wedge"
        if (
            wedge
            and reader.focus is not None
            and measure.role in ("height", "thickness")
            and lemma_at(found, end) in ("at", "on")
        ):
            reader.focus.dims["low_end" if "high_end" in reader.focus.dims else "high_end"] = measure.value
            return
        if lemma_at(found, end) in ("at", "on", "across") and measure.role in (
            "diameter",
            "outer_diameter",
            "inner_diameter",
            "width",
            "across",
        ):
            k = end + 1
            while lemma_at(found, k) in ("the", "its", "very"):
                k += 1
            word = lemma_at(found, k)
            last = {
                "top": "top",
                "rim": "top",
                "mouth": "top",
                "upper": "top",
                "surface": "top",
                "bottom": "bottom",
                "base": "bottom",
                "lower": "bottom",
                "neck": "bottom",
                "root": "bottom",
                "outside": "top",
                "floor": "bottom",
                "tip": "top",
            }.get(word)
            wedge = reader.focus is not None and reader.focus.shape in ("wedge",)
            if last and not wedge:
                role = f"{last}_{measure.role}"
                reader.measure(Measure(role, measure.value, measure.axis))
                return
        reader.measure(measure)

    def _more(self, end: int, measure: Measure) -> int:
        """Skips the place named by "at the top" of a measure that took it."""
        found = self.reader.tokens
        if (
            lemma_at(found, end) in ("at", "on", "across")
            and self.reader.focus is not None
            and any(k.startswith(("top_", "bottom_")) for k in self.reader.focus.dims)
        ):
            k = end + 1
            while lemma_at(found, k) in ("the", "its", "very"):
                k += 1
            if lemma_at(found, k) in (
                "top",
                "rim",
                "mouth",
                "bottom",
                "base",
                "neck",
                "root",
                "surface",
                "floor",
                "outside",
                "tip",
            ):
                k += 1
                return k + 1 if lemma_at(found, k) in ("end", "diameter", "edge", "surface", "face") else k
        return end

    def _owned_role(self, i: int, role: str, np_at: int, total: bool) -> int:
        """Reads "the depth of the hole is 25mm"."""
        reader, found = self.reader, self.reader.tokens
        np = read_np(found, np_at)
        assert np is not None
        frame = self.entities.known(np)
        k = np.end
        if lemma_at(found, k) in ("in", "of") and np.head == "circle":
            owner = self.reader.places.where(k + 1)
            if owner and owner[0].of is not None:
                frame, k = owner[0].of, owner[1]
        if frame is not None:
            reader.attend(frame)
        elif np.head not in ("part", "bracket", "piece", "whole"):
            reader.attend(self.entities.make(np))
        total = total or np.head in ("part", "bracket", "piece", "whole", "assembly")
        reader.pending = "total_" + role if total else role
        start = k
        while (
            lemma_at(found, k)
            in (
                "is",
                "are",
                "be",
                "should",
                "of",
                "=",
                ":",
                "will",
                "must",
                "approximately",
                "about",
                "equal",
                "to",
                "measure",
                ",",
            )
            and k - start < 5
        ):
            k += 1
        quantity = length_at(found, k)
        if quantity is not None and reader.focus is not None:
            axis = quantity.axes[0] if quantity.axes else ""
            reader.measure(Measure(role, quantity.value, axis, total))
            return k + 1
        return np.end

    def _value(self, i: int) -> int:
        """A value alone: what was announced ("the hole diameter … is 5mm"), sizes, or an edge treatment's size."""
        reader = self.reader
        token = reader.tokens[i]
        quantity = token.quantity
        if quantity is None or reader.focus is None:
            if quantity is not None and quantity.kind == "sizes":
                self.entities.sizes(reader.add(Frame("solid", "part", {"part"})), quantity)
                return i + 1
            return i
        if quantity.kind == "sizes":
            body = next((one for one in reversed(reader.frames) if one.kind == "solid"), None)
            if reader.focus.kind == "edge" and body is not None and not body.sized and len(quantity.values) > 1:
                self.entities.sizes(body, quantity)  # "a box with rounded corners: 60 x 40 x 20 mm"
                return i + 1
            self.entities.sizes(reader.focus, quantity)
            return i + 1
        if quantity.kind == "angle":
            reader.measure(Measure("angle", quantity.value))
            return i + 1
        if quantity.kind not in ("length", "number", "range"):
            return i
        if quantity.axes and quantity.axes[0] in ("x", "y", "z") and reader.focus.kind != "edge" and not reader.pending:
            reader.measure(Measure("size", quantity.value, quantity.axes[0]))
            return i + 1  # "56mm (X), 56mm (Y) and 6mm (Z)"
        last = reader.focus.spots[-1] if reader.focus.spots else None
        if (
            reader.own in ("inner", "outer")
            and last is not None
            and last.kind == "from"
            and last.own in ("inner", "outer")
            and last.own != reader.own
        ):
            reader.focus.spots.append(Spot("from", last.where, quantity.value, last.way, reader.own))
            return i + 1  # "its inner end 20 mm from the middle and its outer end 40 mm"
        if (
            reader.focus.shape == "wedge"
            and "high_end" in reader.focus.dims
            and lemma_at(reader.tokens, i - 1) in ("to", "of", "is", "and")
        ):
            reader.focus.dims.setdefault("low_end", quantity.value)
            return i + 1
        both = [one.lemma for one in reader.tokens[i + 1 : i + 4]]
        if reader.drawn and reader.focus.kind == "solid" and "both" in both and ("direction" in both or "way" in both):
            reader.measure(Measure("height", 2 * quantity.value))
            return i + 4
        if reader.pending:
            reader.measure(Measure(reader.pending, quantity.value, quantity.axes[0] if quantity.axes else ""))
            return i + 1
        if reader.drawn and reader.focus.kind == "solid" and lemma_at(reader.tokens, i - 1) in ("to", "by", "up"):
            reader.measure(Measure("height", quantity.value))
            return i + 1
        if reader.focus.kind == "edge" and not reader.focus.sized:
            self.entities.main_size(reader.focus, quantity)
            return i + 1
        if (
            i
            and reader.tokens[i - 1].lemma in reader.focus.names
            and not reader.focus.sized
            and reader.focus.kind in ("cut", "edge")
        ):
            self.entities.main_size(reader.focus, quantity)  # "bore 12"
            return i + 1
        of = (
            i > 1
            and lemma_at(reader.tokens, i - 1) in ("of", "by", "to")
            and reader.tokens[i - 2].lemma in reader.focus.names
        )
        if of and not reader.focus.sized and reader.focus.kind in ("cut", "edge"):
            self.entities.main_size(reader.focus, quantity)  # "a hole of 8 mm"
            return i + 1
        alone = i == 0 or lemma_at(reader.tokens, i - 1) in (":", "=", "is", "are", "x", "–", "-")
        if alone and not reader.focus.sized and (quantity.unit or quantity.kind == "length"):
            self.entities.main_size(reader.focus, quantity)
            return i + 1
        return i

    def _legs(self, i: int) -> int:
        """Reads "two legs of 15mm", "sides of 20 mm and 30 mm"."""
        reader, found = self.reader, self.reader.tokens
        k = i
        while (
            lemma_at(found, k) in ("#number", "two", "both", "equal", "with", "the", "has", "have")
            and lemma_at(found, k) != ""
        ):
            k += 1
        if (
            lemma_at(found, k) not in ("leg", "side", "cathetus", "edge")
            or lemma_at(found, k + 1) not in ("of", "are", "is", "measuring", "measure", "=", ":")
            or reader.focus is None
        ):
            return i
        first = length_at(found, k + 2)
        if (
            first is None
            or found[k + 2].lemma == "sizes"
            or reader.focus.shape not in ("triangle", "corner", "gusset", "box", "", "pyramid", "hexagon", "pocket")
        ):
            return i
        role = (
            "side"
            if lemma_at(found, k) in ("side", "edge")
            and reader.focus.shape not in ("corner",)
            and not reader.focus.has("right")
            else "leg"
        )
        reader.measure(Measure(role, first.value))
        k += 3
        second = length_at(found, k + 1)
        if (
            lemma_at(found, k) in ("and", "by")
            and second is not None
            and lemma_at(found, k + 2) in ("", ".", ",", ")", "each", "and", "it", "with", "on")
        ):
            reader.measure(Measure(role + "_2", second.value))
            k += 2
        return k + 1 if lemma_at(found, k) == "each" else k
