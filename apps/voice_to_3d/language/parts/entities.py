"""Entities: a noun phrase becomes a new frame, or is one that was named before; members and patterns of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frame_kinds import kind_name
from wugan.apps.voice_to_3d.language.parts.frames import Frame
from wugan.apps.voice_to_3d.language.parts.measures import Measure, lemma_at, length_at
from wugan.apps.voice_to_3d.language.parts.members import Members
from wugan.apps.voice_to_3d.language.parts.nouns import NP, read_np
from wugan.apps.voice_to_3d.language.parts.subjects import Subjects
from wugan.apps.voice_to_3d.language.parts.vocabulary import CUTS, EDGE_WORKS, SOLIDS, WHOLE
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.reader import Reader

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
QUALIFIERS = words(
    "vertical horizontal left right top bottom front back middle first last second third big small inner outer other"
)


class Entities(Subjects, Members):
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
        from wugan.apps.voice_to_3d.language.parts.arrays import array

        return array(self.reader, self, i)
