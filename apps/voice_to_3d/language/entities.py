"""Entities: a noun phrase becomes a new frame, or is one that was named before; members and patterns of groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.frames import Frame, Spot, Where
from wugan.apps.voice_to_3d.language.measures import Measure, lemma_at, length_at
from wugan.apps.voice_to_3d.language.nouns import NP, kind_of, read_np
from wugan.apps.voice_to_3d.language.quantity import Quantity
from wugan.apps.voice_to_3d.language.vocabulary import CUTS, EDGE_WORKS, SOLIDS, WHICH, WHOLE
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.reader import Reader

SHAPES = {
    "rectangular": "box", "round": "round", "hexagonal": "hexagon", "octagonal": "octagon", "pentagonal": "pentagon", "triangular": "triangle",
    "conical": "cone", "spherical": "sphere", "hemispherical": "hemisphere", "elliptical": "ellipse", "oval": "stadium", "obround": "stadium",
    "semicircular": "semicircle", "semicircle": "semicircle", "hemisphere": "hemisphere", "halfcylinder": "halfcylinder", "slotted": "slot",
    "tapered": "cone", "truncated": "cone",
}  # fmt: skip
FORM = words("shape form section outline profile cross-section contour footprint solid body")
WORKED = {"countersunk": "countersink", "counterbored": "counterbore"}
TOOLS = words("cutter drill bit endmill mill reamer tool")
QUALIFIERS = words(
    "vertical horizontal left right top bottom front back middle first last second third big small inner outer other"
)
OUTLINES = words("box hexagon octagon pentagon triangle ellipse stadium semicircle slot star cross trapezoid")
PREPOSED = words(
    "in at on near along is are from go goes sit sits lie lies measure measures has have of to through with centred 5 each"
)


class Entities:
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

    def _drawing(self, i: int) -> int:
        """ "6X Ø11 THRU", "4 x Ø6": holes as drawings have them."""
        reader, found = self.reader, self.reader.tokens
        token = found[i]
        if token.quantity is None or token.quantity.kind not in ("times", "number") or token.value != int(token.value):
            return i
        k = i + 1
        if lemma_at(found, k) in ("x", "×"):
            k += 1
        if k >= len(found) or (
            found[k].text not in ("Ø", "ø", "⌀", "M") and not (found[k].quantity and found[k].quantity.kind == "thread")
        ):
            return i
        if (np := read_np(found, i)) is not None and np.entity:
            return i
        frame = Frame(
            "cut",
            "hole",
            {"hole"},
            "hole",
            count=int(token.value),
            counted=True,
            op="cut",
            said=" ".join(one.text for one in found[i : k + 2]),
        )
        reader.add(frame)
        if found[k].quantity:
            self.main_size(frame, found[k].quantity)
            return k + 1
        return k

    def _place(self, np: NP) -> int:
        """A place as a subject ("the center of each hole is…", "the free end …chamfered") or a complement."""
        reader, found = self.reader, self.reader.tokens
        where, end = reader.places.from_np(np)
        if where.of is None and np.nouns:
            where.of = reader.find(np.nouns[-1])
        if reader.edge is not None:
            if np.bare and not reader.edge.sized and where.kind == "edge":
                reader.measure(Measure("size", np.bare[0].value), reader.edge)  # "chamfered with a 1 mm edge"
            else:
                reader.edge.targets.append(where)
            return end
        before = lemma_at(found, np.start - 1)
        if (
            before in ("is", "are", "be", "at")
            and reader.own
            and reader.mentioned is not None
            and reader.focus is not None
        ):
            reader.focus.spots.append(Spot("at", where, own=reader.own))
            return end
        if (
            reader.focus is not None
            and reader.focus.kind == "edge"
            and reader.focus.sized
            and not reader.focus.targets
            and reader.mentioned is reader.focus
        ):
            reader.focus.targets.append(where)
            return end
        if (
            reader.edge is None
            and np.bare
            and reader.focus is not None
            and reader.focus.kind == "edge"
            and not reader.focus.sized
        ):
            reader.measure(Measure("size", np.bare[0].value))
            return end
        if "open" in np.adjectives and where.kind in ("top", "bottom", "front", "back", "end"):
            for one in [frame for frame in reader.frames if frame.kind in ("solid", "shell")]:
                one.flags.add("open_" + where.kind)
            return end
        reader.place = reader.place or where
        owner = where.of
        if (
            np.kind == "place"
            and where.kind in ("corner",)
            and ("rounded" in np.adjectives or (np.measures and np.measures[0].role == "radius"))
        ):
            frame = Frame("edge", "fillet", {"fillet", "corner"}, "fillet", said=reader.said(np), count=np.count or 1)
            host = reader.focus if reader.focus is not None and reader.focus.kind != "edge" else None
            frame.targets.append(Where("corner", where.which, owner or host))
            reader.add(frame)
            self.measures(frame, np)
            return end
        if (
            owner is not None
            and owner.kind in ("cut", "solid")
            and (np.det in ("the", "its", "their", "whose", "") or where.kind == "centre")
        ):
            if owner.kind == "cut" or where.kind in (
                "centre",
                "edge",
                "end",
                "axis",
                "bottom",
                "top",
                "left",
                "right",
                "side",
                "face",
            ):
                if owner is not reader.focus or reader.mentioned is None:
                    reader.attend(owner)
                reader.own = self._own(where)
                return end
        if np.det in ("its", "their", "whose") and reader.focus is not None:
            reader.mentioned = reader.mentioned or reader.focus
            reader.own = self._own(where)
            return end
        if where.kind in ("outside", "exterior", "inside", "interior") and reader.base() is None:
            return end
        if where.kind in ("end", "edge", "corner", "rim", "face", "side", "top", "bottom"):
            return end
        return end if np.det or np.which else np.start

    def _own(self, where: Where) -> str:
        sides = [
            one
            for one in ("left", "right", "top", "bottom", "front", "back", "inner", "outer")
            if one in where.which or where.kind == one
        ]
        if where.kind in ("edge", "side", "end", "face", "top", "bottom", "left", "right", "surface") and sides:
            return sides[0]
        return "centre" if where.kind in ("centre", "axis", "centreline") else where.kind

    def _dimension(self, np: NP) -> int:
        """ "the hole diameter", "its length": a dimension whose value comes."""
        reader = self.reader
        owner = next((word for word in reversed(np.nouns) if kind_of(word) in ("solid", "generic", "cut", "edge")), "")
        if owner:
            fake = NP(
                np.start,
                np.end,
                owner,
                kind_of(owner),
                np.det or "the",
                None,
                np.ordinal,
                np.adjectives,
                np.which,
                nouns=np.nouns[: np.nouns.index(owner)],
            )
            frame = self.known(fake)
            if frame is None:
                frame = self.make(fake)
                reader.add(frame)
            reader.attend(frame)
            reader.pending = np.role
            return np.end
        if reader.focus is None or not np.det:
            if not np.role or (np.start > 0 and not np.det):
                return np.start
        if reader.focus is not None:
            reader.mentioned = reader.mentioned or (reader.focus if np.det in ("its", "their", "the") else None)
        reader.pending = np.role
        return np.end

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
        if plain and np.det == "" and not np.plural and not np.adjectives and before != "another":
            known = [one for one in reader.matches(np) if one.called(np.head)]
            if (
                known
                and before in ("and", ",", "of", "the", "", "through", "&", "or", "+")
                and (known[0].sized or known[0].kind == "solid")
                and not np.nouns
            ):
                if reader.mentioned is None:
                    reader.attend(known[0])
                return end
        complement = self._complement(np)
        if complement is not None:
            frame = self._merge(complement, np)
            reader.attend(frame)
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

    def _role(self, np: NP, frame: Frame) -> None:
        """Flags, worked forms and the lead of a counterbore."""
        reader = self.reader
        for word in np.adjectives:
            if word in WORKED and not any(one.lead is frame for one in reader.frames):
                work = Frame("cut", WORKED[word], {WORKED[word]}, WORKED[word], said=word, lead=frame, op="cut")
                work.sentence, work.step = reader.number, reader.step
                reader.frames.append(work)
            elif word not in SHAPES:
                frame.flags.add(word)
        if frame.shape in ("counterbore", "countersink") and frame.lead is None:
            cuts = [
                one
                for one in reader.frames
                if one.kind == "cut" and one.shape not in ("counterbore", "countersink") and one is not frame
            ]
            frame.lead = next((one for one in reversed(cuts) if one.group is None), None)
        for word in np.which:
            if word not in ("each", "both", "all", "either", "every", "other", "same", "one"):
                frame.names.add(word)

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
        while k >= 0 and found[k].lemma in (
            "also",
            "just",
            "simply",
            "basically",
            "essentially",
            "now",
            "really",
            "like",
            "then",
            "as",
            "of",
            "with",
            "shaped",
        ):
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
        for frame in found:
            fresh = (
                frame.sentence < reader.number
                and not frame.sized
                and not frame.members
                and frame.group is None
                and frame.lead is None
            )
            if (
                not fresh
                or frame.kind != kind_name(np, reader.op)
                or (wanted and frame.shape not in ("", wanted, "hole", "cylinder" if wanted == "round" else wanted))
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
                return reader.member(frame, np.count or 1)
            if np.count:
                frame.count, frame.counted = np.count, True
            frame.names.update([np.head, *np.nouns])
            frame.step, frame.sentence = reader.step, reader.number
            first = next((one for one in reader.frames if one.kind == "solid"), None)
            if frame in reader.frames and frame is not first and (frame.count > 1 or frame.kind == "solid"):
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

    def make(self, np: NP) -> Frame:
        """A new frame from a phrase."""
        reader = self.reader
        kind = kind_name(np, reader.op)
        shape = next((SHAPES.get(word, word) for word in np.adjectives if word in SHAPES or word in OUTLINES), "")
        own = SOLIDS.get(np.head, "") if np.kind != "cut" else CUTS.get(np.head, "")
        if np.kind == "edge":
            own = EDGE_WORKS[np.head]
        frame = Frame(
            kind,
            np.head,
            {np.head, *(noun for noun in np.nouns if kind_of(noun) not in ("cut", "generic"))},
            said=reader.said(np),
            op=reader.op,
        )
        for noun in np.nouns:
            if (
                noun in SOLIDS
                and noun not in ("star", "cross", "heart", "slot")
                and np.kind in ("generic", "solid", "cut")
                and not shape
            ):
                shape = (
                    SOLIDS[noun]
                    if (SOLIDS[noun] in OUTLINES and SOLIDS[noun] != "box") or (np.kind == "generic" and not own)
                    else shape
                )
            if noun in CUTS and np.head in ("counterbore", "countersink"):
                frame.flags.add("of_" + CUTS[noun])
        frame.shape = self._combined(kind, own, shape)
        frame.count, frame.counted = np.count or 1, np.count is not None or np.plural
        frame.ordinal = np.ordinal or 0
        if np.letter:
            frame.flags.add(np.letter + "_shape")
        if np.kind == "cut" and kind == "cut" and "round" in np.adjectives:
            frame.flags.add("round")
        if "square" in np.adjectives:
            frame.flags.add("square")
            frame.shape = "box" if frame.shape in ("", "cylinder") and kind == "solid" else frame.shape
        if "hollow" in np.adjectives:
            frame.flags.add("hollow")
        if "half" in np.adjectives:
            frame.flags.add("half")
        if np.partitive:
            frame.flags.add("partitive")
        self.measures(frame, np)
        self._role(np, frame)
        return frame

    def _combined(self, kind: str, own: str, shape: str) -> str:
        """The shape from the noun's own and the adjective's."""
        if kind == "cut":
            if (
                own in ("", "hole", "pocket", "cutout", "notch", "slot")
                and shape
                and not (own == "slot" and shape in ("round", "semicircle"))
            ):
                return (
                    {"round": "hole", "cylinder": "hole", "box": "pocket" if own != "notch" else "notch"}.get(
                        shape, shape
                    )
                    if own != "slot"
                    else "slot"
                )
            return own
        if shape == "round":
            return own if own in ("tube", "torus", "sphere") else "cylinder" if own in ("", "box", "cylinder") else own
        if shape in OUTLINES and shape != "box" and own == "tube":
            return shape
        if shape and own in ("", "box", "cylinder", "pyramid", "cone") and not (own == "pyramid"):
            return shape if not (shape == "box" and own in ("cylinder",)) else own
        return own or shape

    # --- sizes

    def measures(self, frame: Frame, np: NP) -> None:
        """The measures inside a phrase."""
        for measure in np.measures:
            self.reader.measure(measure, frame)
        for sizes in np.sizes:
            self.sizes(frame, sizes)
        for quantity in np.bare:
            self.main_size(frame, quantity)
        if np.count and np.count > 1 and not frame.counted:
            frame.count, frame.counted = np.count, True

    def sizes(self, frame: Frame, quantity: Quantity) -> None:
        """ "40 x 30 x 8", after a diameter sign a diameter and a height."""
        reader = self.reader
        reader.sizing(frame)
        values = list(zip(quantity.values, quantity.axes or ("",) * len(quantity.values), strict=True))
        if frame.kind == "edge":
            reader.measure(Measure("size", values[0][0]), frame)
            return
        if (
            frame.kind == "cut"
            and frame.counted is False
            and frame.shape == "hole"
            and len(values) == 2
            and quantity.bare
            and values[0][0] == int(values[0][0])
            and frame.noun == "hole"
        ):
            frame.count, frame.counted = int(values[0][0]), True
            frame.dims["diameter"] = values[1][0]
            return
        if reader.pending in ("diameter", "outer_diameter", "radius") or lemma_before_diameter(reader):
            frame.dims["diameter"] = values[0][0]
            if len(values) > 1:
                frame.dims["height" if frame.kind == "solid" else "depth"] = values[1][0]
            reader.pending = ""
            return
        frame.sizes = values if not frame.sizes or len(values) >= len(frame.sizes) else [*frame.sizes, *values]

    def main_size(self, frame: Frame, quantity: Quantity) -> None:
        """A size without a name: a hole's diameter, a slot's width, a plate's thickness, a fillet's radius."""
        reader = self.reader
        if quantity.kind == "thread":
            from wugan.apps.voice_to_3d.language.standard_holes import clearance, tapping

            tapped = "threaded" in frame.flags or "tapped" in frame.flags
            frame.dims["diameter"] = tapping(quantity) if tapped else clearance(quantity)
            which = "tapping drill" if tapped else "clearance hole, ISO 273 medium"
            reader.assumed.append(f"M{quantity.value:g}: {frame.dims['diameter']:g} mm ({which})")
            return
        value, axis = quantity.value, quantity.axes[0] if quantity.axes else ""
        if axis in ("x", "y", "z") and frame.kind != "edge":
            frame.sizes.append((value, axis))
            return
        role = {"fillet": "radius", "chamfer": "size"}.get(frame.shape, "")
        if not role and frame.kind == "cut":
            role = (
                "width"
                if frame.shape in ("slot", "groove", "keyway", "notch", "vee")
                else "side"
                if frame.has("square") or frame.noun == "square"
                else "across_flats"
                if frame.shape == "hexagon"
                else "diameter"
            )
        if not role:
            role = {
                "cylinder": "diameter",
                "tube": "diameter",
                "sphere": "diameter",
                "hemisphere": "diameter",
                "hexagon": "across_flats",
            }.get(frame.shape, "thickness")
            if frame.shape == "box" and (frame.noun == "cube" or frame.has("square")):
                role = "side"
        reader.measure(Measure(role, value), frame)

    # --- members of a group

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
        """ "one in the middle", "the others 45 mm either side", "two in the crossbar", "the second one"."""
        reader, found = self.reader, self.reader.tokens
        token, word = found[i], lemma_at(found, i)
        if word == "the" and (sequel := self._sequel(i)) > i:
            return sequel
        focus = reader.focus
        if found[i].text.lower() in ("one", "another") and lemma_at(found, i - 1) == "and" and focus is not None and focus.kind == "cut" and focus.count == 1 and focus.group is None and length_at(found, i + 1) and lemma_at(found, i + 2) in ("from", "to", "above", "below", "in"):
            first = reader.member(focus, 1)
            first.spots = [spot for spot in focus.spots if spot.value is not None]
            focus.spots = [spot for spot in focus.spots if spot.value is None]
            focus.count, focus.counted = 2, True
            reader.attend(reader.member(focus, 1))
            return i + 1
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
            frame = known[0] if known else reader.member(group, 1, ordinal)
            if which:
                frame.names.add(which)
                if not known and not ordinal:
                    frame.ordinal = 0
            reader.attend(frame)
            return k + 2 if one_follows else k + 1
        return i

    def _sequel(self, i: int) -> int:
        """ "the last is 15 mm…" after "the first section…": the next of a row of things."""
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

    # --- patterns

    def pattern(self, i: int) -> int:
        """Grids, rows, columns and circles."""
        from wugan.apps.voice_to_3d.language.arrays import array

        return array(self.reader, self, i)


def lemma_before_diameter(reader: Reader) -> bool:
    """Whether the sign Ø stands before the sizes that are read."""
    return (
        any(token.text in ("Ø", "ø", "⌀") for token in reader.tokens)
        and reader.focus is not None
        and not reader.focus.dims
    )


def kind_name(np: NP, op: str) -> str:
    """The kind of frame that a phrase makes."""
    if op == "cut" and np.head in ("step", "shoulder", "ledge"):
        np.kind, np.head = "cut", "step_cut"
    if np.kind == "edge":
        return "edge"
    if np.kind == "cut" or (op == "cut" and np.kind == "solid" and np.head not in ("plate", "block", "prism")):
        return "cut"
    return "solid"
