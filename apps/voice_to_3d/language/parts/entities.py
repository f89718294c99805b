"""Entities: a noun phrase becomes a new frame, or is one that was named before; members and patterns of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frames import Frame, Spot, Where
from wugan.apps.voice_to_3d.language.parts.making import Subjects
from wugan.apps.voice_to_3d.language.parts.measures import Measure, lemma_at, length_at
from wugan.apps.voice_to_3d.language.parts.nouns import NP, kind_name, read_np
from wugan.apps.voice_to_3d.language.parts.vocabulary import CUTS, EDGE_WORKS, SOLIDS, WHICH, WHOLE
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.reader import Reader


QUALIFIERS = words(
    "vertical horizontal left right top bottom front back middle first last second third big small inner outer other"
)


SHAPES = {
    "rectangular": "box", "round": "round", "hexagonal": "hexagon", "octagonal": "octagon",
    "pentagonal": "pentagon", "triangular": "triangle",
    "conical": "cone", "spherical": "sphere", "hemispherical": "hemisphere", "elliptical": "ellipse",
    "oval": "stadium", "obround": "stadium",
    "semicircular": "semicircle", "semicircle": "semicircle", "hemisphere": "hemisphere",
    "halfcylinder": "halfcylinder", "slotted": "slot",
    "tapered": "cone", "truncated": "cone",
}  # fmt: skip
FORM = words("shape form section outline profile cross-section contour footprint solid body")
TOOLS = words("cutter drill bit endmill mill reamer tool")
HEDGES = words("also just simply basically essentially now really like then as of with shaped")


class Entities(Subjects):
    """Makes and finds frames for a reader."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    # --- noun phrases

    def noun(self, i: int) -> int:
        """Reads the noun phrase at `i`."""
        reader, found = self.reader, self.reader.tokens
        if found[i].lemma in ("x", "×", "by", "in", "on"):
            return i
        first = not reader.frames
        drawn = self._drawing(i)
        if drawn > i:
            return drawn
        np = read_np(found, i, unknown=first or lemma_at(found, i) in ("a", "an"))
        if np is None or np.end <= i:
            return i
        if np.kind == "place":
            return self._place(np)
        if np.kind == "dimension":
            return self._dimension(np)
        if np.kind == "pattern":
            return i
        if np.kind == "unknown" and not (first or np.measures or np.sizes or np.bare or reader.op):
            return i
        return self._entity(np)

    def known(self, np: NP) -> Frame | None:
        """The frame that a phrase means, members by their ordinal."""
        return self.reader.resolve(np)

    def _entity(self, np: NP) -> int:
        reader = self.reader
        end = np.end
        before = self.reader.tokens[np.start - 1].lemma if np.start else ""
        if before in ("no", "without", "not") or np.det == "no":
            return end
        if np.head in ("wall", "shell", "skin") and self.reader.focus is not None and self.reader.focus.kind == "shell":
            self.measures(self.reader.focus, np)
            return end
        gear = next((one for one in self.reader.frames if one.shape == "gear"), None)
        if np.head == "tooth" and np.count and gear is not None:
            gear.dims["teeth"] = float(np.count)
            self.reader.attend(gear)
            return end
        if (
            np.head in ("wall",)
            and np.det in ("a", "an", "")
            and lemma_at(self.reader.tokens, end) == "of"
            and length_at(self.reader.tokens, end + 1)
            and reader.focus is not None
        ):
            reader.measure(Measure("wall", self.reader.tokens[end + 1].value))
            return end + 2
        if np.head == "angle" and reader.focus is not None and (turn := [m for m in np.measures if m.role == "angle"]):
            reader.measure(turn[0])  # "with a 90 degree angle"
            return end
        if np.head in TOOLS and before == "with" and reader.focus is not None and reader.focus.kind == "cut":
            self.measures(reader.focus, np)
            reader.focus.flags.add("cutter")
            reader.focus.shape = "hole"
            return end
        if (
            np.head in FORM
            and reader.focus is not None
            and (np.adjectives or np.letter)
            and not (np.definite and np.det != "its")
        ):
            shape = next((SHAPES[word] for word in np.adjectives if word in SHAPES), "")
            if (
                shape
                and not reader.focus.sized
                and (reader.subject is reader.focus or reader.mentioned is reader.focus)
            ):
                self._shape(reader.focus, shape)
                self.measures(reader.focus, np)
                return end
        if (
            np.head in FORM
            and np.nouns
            and (np.definite or np.count)
            and (known := reader.find(np.nouns[-1])) is not None
        ):
            reader.attend(known)
            return end
        if np.head == "circle" and np.plural and (slot := self._slot_in_focus(np)) is not None:
            if reader.focus is not slot or reader.mentioned is None:
                reader.attend(slot)
            reader.own = "tip" if np.partitive else "centre"
            return end
        corner = reader.focus if reader.focus is not None and reader.focus.noun == "corner cut" else None
        if (
            np.head in ("triangle", "piece", "cut")
            and corner is not None
            and not corner.sized
            and reader.mentioned is corner
        ):
            self.measures(corner, np)
            return end  # "cut off the corners, removing a right triangle with…"
        plain = not (np.measures or np.sizes or np.bare or (np.count and np.count > 1))
        if before == "or" and plain and reader.focus is not None and np.det in ("a", "an"):
            reader.focus.names.add(np.head)
            return end
        if (
            np.head in WHOLE
            and plain
            and reader.frames
            and np.kind in ("generic", "solid")
            and reader.find(np.head) is None
            and reader.base() is not None
        ):
            return end
        told_apart = bool(set(np.which) & QUALIFIERS) or np.ordinal is not None
        if plain and np.det == "" and not told_apart and not np.plural and not np.adjectives and before != "another":
            meant = [one for one in reader.matches(np) if one.called(np.head)]
            if (
                meant
                and before in ("and", ",", "of", "the", "", "through", "&", "or", "+")
                and (meant[0].sized or meant[0].kind == "solid")
                and not np.nouns
            ):
                if reader.mentioned is None:
                    reader.attend(meant[0])
                return end
        if (titled := self._named(np)) is not None:
            reader.attend(titled)
            return end
        complement = self._complement(np)
        if complement is not None:
            reader.attend(self._merge(complement, np))
            return end
        frame = self._restated(np)
        if frame is None:
            if np.kind == "edge" and reader.edge is not None and not reader.edge.sized:
                frame = reader.edge  # "break the ends with a 1 mm chamfer"
                frame.noun, frame.shape = EDGE_WORKS.get(np.head, frame.noun), EDGE_WORKS.get(np.head, frame.shape)
                self.measures(frame, np)
                reader.attend(frame)
                return end
            frame = reader.add(self.make(np))
        else:
            reader.attend(frame)
            if np.definite and (np.count or 1) > frame.count and not frame.counted and len(reader.matches(np)) > 1:
                np.count = None  # "the two slots", each said before
            if not (
                np.definite
                and {one.value for one in np.bare} <= {*frame.dims.values(), *(v for v, _ in frame.sizes)}
                and np.bare
            ):
                self.measures(frame, np)
        self._role(np, frame)
        if reader.subject is None:
            reader.subject = frame
        return end

    def _slot_in_focus(self, np: NP) -> Frame | None:
        """The slot whose two circles are spoken of."""
        reader = self.reader
        frame = (
            reader.focus
            if reader.focus is not None and reader.focus.shape == "slot"
            else next((one for one in reversed(reader.frames) if one.shape == "slot"), None)
        )
        return frame if np.definite or np.count == 2 else None

    def _complement(self, np: NP) -> Frame | None:
        """The subject that this phrase says the shape of: "the shank is a cylinder", "each is a plate"."""
        reader, found = self.reader, self.reader.tokens
        if np.kind not in ("solid", "generic", "unknown", "cut") or np.det in ("the", "this", "these", "those", "its"):
            return None
        if (
            lemma_at(found, np.start - 1) in (":", ",")
            and np.kind == "solid"
            and (np.det in ("a", "an") or (np.plural and np.det == "" and lemma_at(found, np.start - 1) == ":"))
            and reader.focus is not None
        ):
            listed = np.det == "" and reader.focus.kind == "solid" and not reader.focus.sized
            if listed:
                return reader.focus
            before = reader.focus
            apposed = (
                before.kind == "solid"
                and not before.sized
                and reader.mentioned is before
                and np.start > 1
                and found[np.start - 2].lemma in before.names
            )
            return before if apposed and not before.shape else None
        k = np.start - 1
        while k >= 0 and found[k].lemma in HEDGES:
            k -= 1
        if lemma_at(found, k) not in ("is", "are", "be", "was"):
            return None
        subject = lemma_at(found, k - 1)
        if subject == "there" or (subject in ("this", "here", "that") and reader.focus is None):
            return None
        frame = reader.subject or (
            reader.focus
            if subject in ("it", "each", "this", "they", "one", "which", "that", "these", "shank", "both")
            else None
        )
        if subject in ("outside", "exterior", "outline", "inside") or frame is None:
            return None
        if frame.kind == "solid" and (np.kind in ("solid", "generic", "unknown")):
            said = (
                subject in ("it", "each", "they", "this")
                and (frame.shape in ("", "gusset", "rib", "box") or SOLIDS.get(np.head) == frame.shape)
                and np.kind == "solid"
            )
            return frame if said or not frame.shape or not frame.sized else None
        if frame.kind == "cut" and np.kind in ("solid", "cut") and not frame.sized:
            return frame
        return None

    def _merge(self, frame: Frame, np: NP) -> Frame:
        frame.names.update([np.head, *np.nouns])
        shape = (
            next((SHAPES[word] for word in np.adjectives if word in SHAPES), "")
            or SOLIDS.get(np.head)
            or (CUTS.get(np.head) if frame.kind == "cut" else "")
        )
        if np.letter:
            frame.flags.add(np.letter + "_shape")
        if shape:
            self._shape(frame, shape)
        self.measures(frame, np)
        for word in np.adjectives:
            if word not in SHAPES:
                frame.flags.add(word)
        return frame

    def _shape(self, frame: Frame, shape: str) -> None:
        if frame.kind == "cut" and shape in ("cylinder",):
            shape = "hole"
        if frame.noun == "corner cut":
            return  # "each corner cut is a right triangle"
        frame.shape = shape

    def _restated(self, np: NP) -> Frame | None:
        """The frame that this phrase names again: a definite one, or one that was only announced."""
        reader = self.reader
        if np.det == "another":
            return None
        found = reader.matches(np)
        if np.definite and found and np.kind in ("solid", "generic") and (np.ordinal or set(np.which) & QUALIFIERS):
            wanted_names = set(np.which) & QUALIFIERS
            found = [
                one
                for one in found
                if (np.ordinal and one.ordinal == np.ordinal)
                or (wanted_names and wanted_names <= one.names)
                or (one.count > 1 and np.ordinal)
            ]
            if not found:
                plain_ones = [one for one in reader.matches(np) if not one.ordinal and not one.names & QUALIFIERS]
                if (
                    not plain_ones
                    or any(one.ordinal or one.names & QUALIFIERS for one in reader.matches(np))
                    or plain_ones[0].sized is False
                ):
                    return None
                found = plain_ones
        focus = reader.focus
        if focus in found and focus is not None and focus.shape in ("counterbore", "countersink") and not focus.sized:
            return focus  # "countersink both holes with a 90 degree countersink"
        if np.definite and found:
            frame = reader.resolve(np)
            if (
                frame is not None
                and np.det in ("each", "both", "all", "these", "those", "their")
                and frame.group is not None
            ):
                return frame.group
            if frame is not None and np.kind == "edge" and frame.sized and (np.bare or np.measures):
                return None
            return frame
        if np.definite:
            return None
        wanted = SHAPES.get(np.adjectives[0], "") if np.adjectives else ""
        fitting = {"", wanted, "hole", "cylinder" if wanted == "round" else wanted}
        fitting |= {"pocket", "notch", "cutout"} if wanted == "box" else set()
        single = (np.count or 1) == 1 and not np.plural
        for frame in sorted(found, key=lambda one: single and one.count > 1):
            fresh = (
                frame.sentence < reader.number
                and not frame.sized
                and not frame.members
                and frame.group is None
                and (frame.lead is None or frame.shape in ("counterbore", "countersink"))
            )
            if (
                not fresh
                or frame.kind != kind_name(np, reader.op)
                or (wanted and frame.shape not in fitting)
                or (np.ordinal or 0) > max(1, frame.ordinal)
            ):
                continue
            if np.kind == "generic" and not frame.called(np.head):
                continue
            if (
                np.kind == "solid"
                and not frame.called(np.head)
                and frame is not next((one for one in reader.frames if one.kind == "solid"), None)
            ):
                continue
            if frame.counted and frame.count > 1 and (np.count or 1) < frame.count:
                if not frame.spots and not frame.step and reader.step:
                    continue  # only counted in the title: each is described by itself
                return reader.member(frame, np.count or 1)
            if np.count:
                frame.count, frame.counted = np.count, True
            frame.names.update([np.head, *np.nouns])
            frame.step, frame.sentence = reader.step, reader.number
            first = next((one for one in reader.frames if one.kind == "solid"), None)
            later = frame is not first or any(
                one.sized for one in reader.frames if one.kind == "solid" and one is not frame
            )
            if frame in reader.frames and later:
                reader.frames.remove(frame)  # only announced before: it is made now
                reader.frames.append(frame)
            frame.op = frame.op or reader.op
            return frame
        for frame in found:
            group = frame.group
            if (
                group is not None
                and group.counted
                and not group.sized
                and sum(one.count for one in group.members) < group.count
                and frame.sentence < reader.number + 1
                and np.kind == "cut"
                and group.called(np.head)
            ):
                return reader.member(group, np.count or 1)
        return None

    # --- sizes

    # --- members of a group

    # --- patterns

    def pattern(self, i: int) -> int:
        """Grids, rows, columns and circles."""
        return array(self.reader, self, i)

    # Members of a group: "one in the middle, the others 45 mm either side", "the second one", "the last is…".
    def group(self) -> Frame | None:
        """The group that "one", "the other" and "the first one" are of."""
        reader = self.reader
        frame = reader.focus
        if frame is None:
            return None
        if frame.group is not None:
            return frame.group
        return (
            frame
            if frame.count > 1 or frame.counted
            else next((one for one in reversed(reader.frames) if one.count > 1 and one.kind in ("cut", "solid")), None)
        )

    def member(self, i: int) -> int:
        """Reads "one in the middle", "the others 45 mm either side", "two in the crossbar", "the second one"."""
        reader, found = self.reader, self.reader.tokens
        token, word = found[i], lemma_at(found, i)
        if word == "the" and (sequel := self._sequel(i)) > i:
            return sequel
        focus = reader.focus
        if (
            found[i].text.lower() in ("one", "another")
            and lemma_at(found, i - 1) == "and"
            and focus is not None
            and focus.kind == "cut"
            and focus.count == 1
            and focus.group is None
            and (same := self._same_size(i + 1))
            and length_at(found, same)
            and lemma_at(found, same + 1) in ("from", "to", "above", "below", "in")
        ):
            first = reader.member(focus, 1)
            first.spots = [spot for spot in focus.spots if spot.value is not None]
            focus.spots = [spot for spot in focus.spots if spot.value is None]
            focus.count, focus.counted = 2, True
            reader.attend(reader.member(focus, 1))
            return same
        if (
            word == "another"
            and focus is not None
            and focus.kind == "cut"
            and (reader.mentioned is None or lemma_at(found, i - 1) == "and")
        ):
            same, np = self._same_size(i + 1), read_np(found, i)
            if np is None or not np.entity or np.end <= same:  # "another one of the same size 15 mm from…"
                made = Frame("cut", focus.noun, set(focus.names), focus.shape, like=focus, op="cut", said="another")
                reader.add(made)
                return same
        group = self.group()
        if group is None:
            return i
        k = i
        left = max(1, group.count - sum(one.count for one in group.members))
        if (
            token.quantity
            and token.quantity.kind == "number"
            and token.value == int(token.value)
            and 0 < token.value < group.count
            and not token.text[0].isdigit()
        ):
            following = lemma_at(found, i + 1)
            value_in = length_at(found, i + 1) is not None and (
                lemma_at(found, i + 2) in ("in", "from", "to", "above", "below", "on", "further")
            )
            if following in ("in", "at", "on", "near", "is", "are", "along", "from", "to") or value_in:
                reader.attend(reader.member(group, int(token.value)))
                return i + 1
            return i
        if word != "the":
            return i
        k = i + 1
        inner = found[k] if k < len(found) else None
        if inner is None:
            return i
        if inner.lemma in ("other", "rest", "remaining") and lemma_at(found, i - 1) == "to":
            return i
        if inner.lemma in ("rest", "remaining") and found[k + 1 : k + 2] and found[k + 1].kind == "word":
            named = read_np(found, i)
            goes = ("is", "are", "has", "have", "at", "in", "on", "one", "ones", "lie", "go", "of")
            if found[k + 1].lemma not in goes and (named is None or not named.entity):
                return i  # "in the remaining area"
        if inner.lemma in ("other", "rest", "remaining"):
            np = read_np(found, i)
            if np is not None and np.entity and np.end > k + 1 and not group.called(np.head):
                return i
            end = np.end if np is not None and np.entity and group.called(np.head) else k + 1
            if lemma_at(found, end) in ("one", "#number"):
                end += 1
            if lemma_at(found, k + 1) in ("side", "end", "direction", "face", "edge"):
                return i
            count = left if found[k].plural or (np is not None and np.plural) else 1
            reader.attend(reader.member(group, count))
            return end
        ordinal = (
            int(inner.value)
            if inner.quantity and inner.quantity.kind == "ordinal"
            else -1
            if inner.lemma == "last"
            else 0
        )
        which = WHICH.get(inner.lemma, "") if not inner.quantity else ""
        one_follows = lemma_at(found, k + 1) == "one" or (
            k + 1 < len(found) and found[k + 1].text.lower() in ("one", "ones")
        )
        if (
            ordinal
            or which in ("left", "right", "top", "bottom", "front", "back", "big", "small", "middle", "inner", "outer")
        ) and (one_follows or (ordinal and lemma_at(found, k + 1) in ("is", "at", "in", "on"))):
            known = [one for one in group.members if one.ordinal == ordinal and ordinal] or [
                one for one in group.members if which and which in one.names
            ]
            several = k + 1 < len(found) and found[k + 1].text.lower() == "ones"
            frame = known[0] if known else reader.member(group, left if several else 1, ordinal)
            if which:
                frame.names.add(which)
                if not known and not ordinal:
                    frame.ordinal = 0
            reader.attend(frame)
            return k + 2 if one_follows else k + 1
        return i

    def _same_size(self, k: int) -> int:
        """The index after "of the same size", "the same size,", "just like it": nothing new."""
        found = self.reader.tokens
        fill = ("of", "the", "same", "size", "diameter", "identical", "like", "it", ",", "kind", "one", "just")
        while lemma_at(found, k) in fill or (k < len(found) and found[k].text.lower() == "one"):
            k += 1
        return k

    def _sequel(self, i: int) -> int:
        """Reads "the last is 15 mm…" after "the first section…": the next of a row of things."""
        reader, found = self.reader, self.reader.tokens
        frame, inner = reader.focus, found[i + 1] if i + 1 < len(found) else None
        if (
            frame is None
            or inner is None
            or frame.count > 1
            or frame.kind != "solid"
            or not (frame.ordinal or frame.names & QUALIFIERS)
        ):
            return i
        ordinal = (
            int(inner.value)
            if inner.quantity and inner.quantity.kind == "ordinal"
            else -1
            if inner.lemma == "last"
            else 0
        )
        which = WHICH.get(inner.lemma, "") if not inner.quantity else ""
        k = i + 2
        if k < len(found) and found[k].text.lower() == "one":
            k += 1
        if not (ordinal or which in QUALIFIERS) or lemma_at(found, k) not in ("is", "has", ",", ":", "measures"):
            return i
        made = Frame(
            "solid",
            frame.noun,
            {frame.noun, *([which] if which else [])},
            "",
            ordinal=ordinal,
            op=frame.op,
            said=f"the {inner.text} {frame.noun}",
        )
        reader.add(made)
        reader.subject = made
        return k


# Arrays as said: "a 6 x 6 grid of", "five columns in X", "two rows of six", "on a 95 mm bolt circle".

GRIDS = ("grid", "array", "pattern", "matrix", "arrangement", "layout")


def array(reader: Reader, entities: Entities, i: int) -> int:
    """The index after an array at `i`, or `i`."""
    found = reader.tokens
    return (
        _circle(reader, i) or _grid(reader, entities, i) or _rows(reader, entities, i) or _square(reader, i) or i
        if found
        else i
    )


def _grid(reader: Reader, entities: Entities, i: int) -> int:
    found = reader.tokens
    k = i
    while lemma_at(found, k) in (
        "in",
        "a",
        "the",
        "an",
        "as",
        "with",
        "regular",
        "rectangular",
        "square",
        "linear",
        "whole",
    ):
        k += 1
    token = found[k] if k < len(found) else None
    rows: tuple[float, ...] = ()
    if (
        token is not None
        and token.quantity is not None
        and token.quantity.kind == "sizes"
        and len(token.quantity.values) == 2
    ):
        rows, k = token.quantity.values, k + 1
    if lemma_at(found, k) not in GRIDS:
        return 0
    regular = lemma_at(found, k) in ("grid", "matrix") or lemma_at(found, k - 1) in ("square", "rectangular")
    k += 1
    if (
        not rows
        and lemma_at(found, k) == "of"
        and k + 1 < len(found)
        and (counts := found[k + 1].quantity) is not None
        and counts.kind == "sizes"
    ):
        values = counts.values
        if len(values) == 2 and all(value == int(value) < 100 for value in values) and not counts.unit:
            rows, k = values, k + 2
    after = found[k].quantity if k < len(found) else None
    if not rows and after is not None and after.kind == "sizes" and len(after.values) == 2 and not after.unit:
        rows, k = after.values, k + 1  # "a rectangular array 3x2 of holes"
    direct = bool(rows) and (thing := read_np(found, k)) is not None and thing.kind == "cut"
    if lemma_at(found, k) == "of" or direct:
        np = read_np(found, k if direct else k + 1)
        if np is not None and np.entity:
            reader.mentioned = None
            the = np.definite or lemma_at(found, i) in ("the", "this") or lemma_at(found, i - 1) in ("the", "this")
            known = reader.resolve(np) if the else None
            frame = reader.attend(known) if known is not None else reader.add(entities.make(np))
            if rows:
                frame.dims["columns"], frame.dims["rows"] = rows
            frame.counted = True
            frame.flags |= {"grid"} if regular else set()
            return np.end
    if reader.focus is not None and reader.focus.kind != "edge":
        if rows:
            reader.focus.dims["columns"], reader.focus.dims["rows"] = rows
        reader.focus.flags |= {"grid"} if regular else set()
        return k
    return 0


def _rows(reader: Reader, entities: Entities, i: int) -> int:
    """Reads "five columns in the X direction", "two rows of six holes"."""
    found = reader.tokens
    k = i + 1 if lemma_at(found, i) in ("in", "as", "into") else i
    token = found[k] if k < len(found) else None
    if (
        token is None
        or token.quantity is None
        or token.quantity.kind not in ("number", "times")
        or lemma_at(found, k + 1) not in ("column", "row", "line")
    ):
        return 0
    kind = "columns" if lemma_at(found, k + 1) == "column" else "rows"
    count, k = token.value, k + 2
    if lemma_at(found, k) == "of":
        np = read_np(found, k + 1)
        if np is not None and np.entity:
            known = reader.resolve(np) if np.definite else None
            frame = reader.attend(known) if known is not None else reader.add(entities.make(np))
            frame.dims["rows"], frame.dims["columns"] = count, float(np.count or 1)
            frame.count, frame.counted = int(count) * (np.count or 1), True
            frame.flags.add("grid")
            return np.end
        if k + 1 < len(found) and found[k + 1].quantity and reader.focus is not None:
            reader.focus.dims["rows"], reader.focus.dims["columns"] = count, found[k + 1].value
            reader.focus.flags.add("grid")
            return k + 2
    if reader.focus is None:
        return 0
    axis = ""
    if lemma_at(found, k) in ("in", "along", "across"):
        where = reader.places.where(k + 1)
        if where is not None and where[0].kind in ("axis", "dimension"):
            axis, k = where[0].axis, where[1]
    reader.focus.flags.add("grid")
    if axis in ("x", "y", "z"):
        reader.focus.dims[f"count_{axis}"] = count
    else:
        reader.focus.dims[kind] = count
    return k


def _circle(reader: Reader, i: int) -> int:
    """Reads "on a 95 B.C.", "on a bolt circle of 38 mm", "on the 24 mm circle", "on a circle 60 mm in diameter"."""
    found = reader.tokens
    k = i
    while lemma_at(found, k) in (
        "on",
        "around",
        "along",
        "about",
        "in",
        "a",
        "an",
        "the",
        "pitch",
        "imaginary",
        "common",
        "at",
    ):
        k += 1
    opened = lemma_at(found, i) in ("on", "around", "along", "about", "in", "at")
    if not opened and lemma_at(found, k) != "bolt-circle":
        return 0
    value, radius, named = None, False, False
    for _ in range(8):
        word = lemma_at(found, k)
        quantity = length_at(found, k)
        if quantity is not None and value is None:
            value, k = quantity.value, k + 1
        elif word == "radius":
            radius, k = True, k + 1
        elif word in ("diameter", "pitch"):
            k += 1
        elif word in ("bolt-circle", "circle"):
            if found[k].plural:
                return 0
            named, k = True, k + 1
        elif (word in ("hole", "bolt") and lemma_at(found, k + 1) in ("circle", "bolt-circle")) or (
            named and value is None and word in ("of", "with", "a", "diameter", "whose", "is", ":", "=", "(", "in")
        ):
            k += 1
        else:
            break
    if value is None or not (named or (radius and lemma_at(found, i) in ("on", "around"))) or reader.focus is None:
        return 0
    if named and lemma_at(found, k) in ("in", "of") and lemma_at(found, k + 1) == "diameter":
        k += 2
    if lemma_at(found, k) == ")":
        k += 1
    if reader.focus.kind == "edge":
        return 0
    target = reader.focus
    if reader.mentioned is None:
        reader.leading.append(Spot("circle", Where(), value * 2 if radius else value))
        return k
    target.dims["circle"] = value * 2 if radius else value
    return k


def _square(reader: Reader, i: int) -> int:
    """Reads "on a 54mm x 54mm square": at the corners of a rectangle."""
    found = reader.tokens
    formed = i > 0 and lemma_at(found, i - 1) == "form"
    if (lemma_at(found, i) not in ("on", "at", "in") and not formed) or reader.focus is None:
        return 0
    k = i if formed else i + 1
    while lemma_at(found, k) in ("a", "an", "the", "corner", "of"):
        k += 1
    token = found[k] if k < len(found) else None
    if token is None or token.quantity is None or token.quantity.kind not in ("sizes", "length", "number"):
        return 0
    word = lemma_at(found, k + 1)
    if word not in ("square", "rectangle", "rectangular", "grid", "pattern", "spacing") or lemma_at(found, k + 2) in (
        "plate",
        "block",
        "hole",
    ):
        return 0
    values = token.quantity.values
    reader.focus.dims["square_x"], reader.focus.dims["square_y"] = (
        values[0],
        values[1] if len(values) > 1 else values[0],
    )
    k += 2
    if lemma_at(found, k) in ("pattern", "grid"):
        k += 1
    return k
