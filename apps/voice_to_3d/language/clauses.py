"""What can stand at a point of a clause: idioms, distances, measures, verbs, members, patterns, noun phrases, places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.entities import Entities
from wugan.apps.voice_to_3d.language.frames import Frame, Spot, Where
from wugan.apps.voice_to_3d.language.idioms import idiom
from wugan.apps.voice_to_3d.language.measures import Measure, after_value, before_value, lemma_at, length_at, role_at
from wugan.apps.voice_to_3d.language.nouns import kind_of, read_np
from wugan.apps.voice_to_3d.language.vocabulary import ADD_VERBS, CUT_VERBS, NEW_PREPOSITIONS, REF_PREPOSITIONS
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.reader import Reader

EDGE_VERBS = {
    "chamfer": "chamfer", "chamfered": "chamfer", "bevel": "chamfer", "beveled": "chamfer", "bevelled": "chamfer", "fillet": "fillet",
    "filleted": "fillet", "round": "fillet", "rounded": "fillet", "radiused": "fillet", "break": "chamfer", "broken": "chamfer", "chamfering": "chamfer",
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
COPULAS = words("is are was be been being become becomes has have = : measures")


class Clauses:
    """Tries each reading at a place; the first that fits is taken."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.entities = Entities(reader)

    def at(self, i: int) -> int:
        """The index after what was read at `i`, or `i`."""
        reader = self.reader
        for reading in (
            self._sign, self._idiom, self._legs, self._distance, self._measure, self._verb, self._member, self._pattern, self._noun,
            self._place, self._value, self._pronoun,
        ):  # fmt: skip
            end = reading(i)
            if end > i:
                return end
        return i if reader else i

    def _sign(self, i: int) -> int:
        token = self.reader.tokens[i]
        if token.kind == "sign" or token.kind == "break":
            if token.lemma in (",", ":", "("):
                self.reader.own = self.reader.own if token.lemma == "(" else ""
            return i + 1
        return i

    def _idiom(self, i: int) -> int:
        return idiom(self.reader, i)

    def _distance(self, i: int) -> int:
        reader = self.reader
        if length_at(reader.tokens, i) is None:
            return i
        if (
            reader.pending in ("height", "length", "reach")
            and lemma_at(reader.tokens, i + 1) in ("above", "below", "from", "to")
            and reader.mentioned is not None
            and reader.focus is not None
            and reader.focus.kind == "solid"
        ):
            reader.measure(Measure(reader.pending, reader.tokens[i].value))
            return i + 1
        out = [lemma_at(reader.tokens, k) for k in (i - 1, i - 2)]
        if (
            "out" in out
            and out[0] in ("out", "by", "another")
            and reader.focus is not None
            and lemma_at(reader.tokens, i + 1) not in ("from",)
        ):
            reader.measure(Measure("reach", reader.tokens[i].value))
            return i + 1
        read = self.reader.spots.distance(i)
        if read is None:
            return i
        self._take(read[0])
        return read[1]

    def _take(self, spots: list[Spot]) -> None:
        """Gives places to what is in focus, or keeps them for what comes."""
        reader = self.reader
        for spot in spots:
            where = spot.where
            if (
                reader.edge is not None
                and where is not None
                and spot.kind
                in ("at", "on", "along", "between", "from", "fromface", "under", "above", "around", "through", "to")
            ):
                reader.edge.targets.append(where)
                continue
            if reader.mentioned is None:
                reader.leading.append(spot)
                continue
            frame = reader.focus
            if frame is None:
                continue
            if (
                reader.place is not None
                and reader.place.kind in ("edge", "rim", "corner")
                and where is not None
                and spot.kind in ("at", "on")
            ):
                reader.place.which |= {*where.which, where.kind}  # "the slot edges (on both the front and the back)"
                continue
            if frame.kind == "edge" and where is not None:
                frame.targets.append(where)
            else:
                frame.spots.append(spot)
            if (
                where is not None
                and where.of is not None
                and where.of is not frame
                and spot.kind in ("into", "through", "at")
                and frame.host is None
                and where.of.kind == "solid"
                and frame.kind == "cut"
            ):
                frame.host = where.of

    def _measure(self, i: int) -> int:
        reader, found = self.reader, self.reader.tokens
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
        """ "the same thickness as the disc": the value that another thing has."""
        reader, found = self.reader, self.reader.tokens
        k = i + 1 if lemma_at(found, i) == "the" else i
        if lemma_at(found, k) != "same":
            return i
        role = role_at(found, k + 1)
        if role is None or lemma_at(found, role[1]) != "as":
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
        return np is not None and np.kind != "dimension"

    def _give(self, measure: Measure, end: int) -> None:
        """Hands on a measure; "24 mm wide at the top" names the end of it."""
        reader, found = self.reader, self.reader.tokens
        wedge = reader.focus is not None and reader.focus.shape == "wedge"
        if wedge and reader.focus is not None and measure.role in ("height", "thickness") and lemma_at(found, end) in ("at", "on"):
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
        """ "the depth of the hole is 25mm"."""
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

    def _verb(self, i: int) -> int:
        """Verbs set what the nouns after them become: cuts, additions, edge treatments."""
        reader, found = self.reader, self.reader.tokens
        word = lemma_at(found, i)
        before, after = lemma_at(found, i - 1), lemma_at(found, i + 1)
        opening = i == 0 or before in (
            ",",
            "and",
            "then",
            "next",
            "finally",
            "also",
            "to",
            "now",
            ":",
            "we",
            "i",
            "going",
            "first",
            "lastly",
            "(",
            "is",
            "are",
            "please",
            "you",
            "be",
            "we'll",
            "let",
            "us",
            "will",
            "by",
            "just",
            "being",
            "been",
            "#ordinal",
            "start",
            "second",
            "third",
            "again",
            "should",
            "step",
            "-",
            "–",
            "have",
            "has",
            "must",
            "can",
            "cut",
            "on",
            "off",
            "#number",
            "#length",
            "not",
            "both",
            "out",
            "mill",
            "end",
            "corner",
            "edge",
            "hole",
            "each",
            "it",
            "they",
            "that",
            "which",
            "also",
            "depth",
        )
        determined = after in (
            "the",
            "a",
            "an",
            "all",
            "both",
            "each",
            "every",
            "its",
            "it",
            "out",
            "off",
            "away",
            "down",
            "them",
            "this",
            "that",
            "these",
            "any",
            "into",
            "through",
            "from",
            "another",
            "in",
            "at",
            "along",
            "across",
            "to",
            "with",
            "on",
            "by",
            "over",
            "smoothly",
            "lightly",
            "straight",
            "around",
            "two",
            "one",
            "around",
            "inward",
            "right",
        )
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
        if found[i].text.lower() == "cuts" and after in ("the", "through", "across", "into", "it", "this") and kind_of(before) != "":
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
            and focus.noun in ("step", "shoulder", "ledge", "rebate")
            and lemma_at(found, i - 1) in ("is", "are", "be")
        ):
            focus.kind, focus.shape = "cut", "step_cut"
        if (
            focus is not None
            and focus.kind == "solid"
            and focus is not reader.base()
            and focus.noun in ("channel", "relief", "flat")
            and lemma_at(found, i - 1) in ("is", "are", "be")
        ):
            focus.kind, focus.shape = "cut", focus.shape if focus.shape == "semicircle" else "groove"
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

    def _corner_cut(self, np) -> int:
        """ "cut off two corners on one side of the prism"."""
        reader = self.reader
        where, end = reader.places.from_np(np)
        known = next((one for one in reversed(reader.frames) if one.kind == "cut" and one.has("corners")), None)
        if known is not None and (np.definite and np.count is None):
            reader.attend(known)
            return end
        frame = self._new("cut", "corner cut", "corner")
        frame.flags.add("corners" if np.head == "corner" else "edges")
        frame.names |= {"corner", "triangle"}
        frame.count, frame.counted = np.count or (1 if not np.plural else 4), True
        reader.add(frame)
        frame.spots.append(Spot("at", where))
        if where.of is not None and where.of.kind == "solid":
            frame.host = where.of
        return end

    def _new(self, kind: str, noun: str, shape: str) -> Frame:
        return Frame(kind, noun, {noun}, shape, said=noun, op=self.reader.op)

    def _worked(self, i: int, noun: str) -> int:
        """ "each is counterbored from the front to 13 mm": a counterbore of what is in focus."""
        reader = self.reader
        lead, end = reader.focus, i + 1
        np = read_np(reader.tokens, i + 1)
        if np is not None and np.definite and np.entity and (named := reader.resolve(np)) is not None and named.kind == "cut":
            lead, end = named, np.end  # "counterbore the hole to 30 mm"
        frame = self._new("cut", noun, noun)
        frame.lead = lead
        reader.add(frame)
        reader.pending = "diameter"
        return end

    def _widens(self, i: int, noun: str) -> int:
        """ "another slot that counterbores the first slot": what is in focus becomes the counterbore of it."""
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

    def _member(self, i: int) -> int:
        return self.entities.member(i)

    def _pattern(self, i: int) -> int:
        return self.entities.pattern(i)

    def _noun(self, i: int) -> int:
        return self.entities.noun(i)

    def _place(self, i: int) -> int:
        found = self.reader.tokens
        if lemma_at(found, i) in NEW_PREPOSITIONS:
            return i
        read = self.reader.spots.statement(i)
        if read is None:
            return i
        self._take(read[0])
        self.reader.spot_end = read[1]
        return max(read[1], i)

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
            self.entities.sizes(reader.focus, quantity)
            return i + 1
        if quantity.kind == "angle":
            reader.measure(Measure("angle", quantity.value))
            return i + 1
        if quantity.kind not in ("length", "number", "range"):
            return i
        last = reader.focus.spots[-1] if reader.focus.spots else None
        if reader.own in ("inner", "outer") and last is not None and last.kind == "from" and last.own in ("inner", "outer") and last.own != reader.own:
            reader.focus.spots.append(Spot("from", last.where, quantity.value, last.way, reader.own))
            return i + 1  # "its inner end 20 mm from the middle and its outer end 40 mm"
        if reader.focus.shape == "wedge" and "high_end" in reader.focus.dims and lemma_at(reader.tokens, i - 1) in ("to", "of", "is", "and"):
            reader.focus.dims.setdefault("low_end", quantity.value)
            return i + 1
        if reader.pending:
            reader.measure(Measure(reader.pending, quantity.value, quantity.axes[0] if quantity.axes else ""))
            return i + 1
        if reader.focus.kind == "edge" and not reader.focus.sized:
            reader.measure(Measure("size", quantity.value))
            return i + 1
        if (
            i
            and reader.tokens[i - 1].lemma in reader.focus.names
            and not reader.focus.sized
            and reader.focus.kind in ("cut", "edge")
        ):
            self.entities.main_size(reader.focus, quantity)  # "bore 12"
            return i + 1
        of = i > 1 and lemma_at(reader.tokens, i - 1) in ("of", "by", "to") and reader.tokens[i - 2].lemma in reader.focus.names
        if of and not reader.focus.sized and reader.focus.kind in ("cut", "edge"):
            self.entities.main_size(reader.focus, quantity)  # "a hole of 8 mm"
            return i + 1
        alone = i == 0 or lemma_at(reader.tokens, i - 1) in (":", "=", "is", "are", "x", "–", "-")
        if alone and not reader.focus.sized and (quantity.unit or quantity.kind == "length"):
            self.entities.main_size(reader.focus, quantity)
            return i + 1
        return i

    def _legs(self, i: int) -> int:
        """ "two legs of 15mm", "sides of 20 mm and 30 mm"."""
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
            and lemma_at(found, k + 2) in ("", ".", ",", ")", "each")
        ):
            reader.measure(Measure(role + "_2", second.value))
            k += 2
        return k + 1 if lemma_at(found, k) == "each" else k

    def _pronoun(self, i: int) -> int:
        reader, found = self.reader, self.reader.tokens
        word = lemma_at(found, i)
        if (
            word in ("it", "they", "each", "both", "this", "these", "its", "their", "all", "one")
            and reader.focus is not None
        ):
            if word == "both" and lemma_at(found, i + 1) in ("way", "direction"):
                return i + 2
            if reader.mentioned is None:
                frame = reader.focus
                while frame.group is not None and word in ("each", "they", "both", "all", "these", "their"):
                    frame = frame.group
                if frame.kind == "edge" and word in ("it", "its"):
                    frame = next((one for one in reversed(reader.frames) if one.kind != "edge"), frame)
                reader.attend(frame)
                reader.subject = frame
            elif word in ("each", "both", "they", "all") and reader.focus.group is not None:
                reader.attend(reader.focus.group)
            return i + 1
        return i


__all__ = ["COPULAS", "REF_PREPOSITIONS", "Clauses"]
