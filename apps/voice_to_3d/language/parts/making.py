"""Making: a new frame from a noun phrase, its kind, shape and flags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frames import Frame, Spot, Where
from wugan.apps.voice_to_3d.language.parts.measures import Measure, lemma_at
from wugan.apps.voice_to_3d.language.parts.nouns import NP, kind_name, kind_of, read_np
from wugan.apps.voice_to_3d.language.parts.vocabulary import CUTS, EDGE_WORKS, SOLIDS
from wugan.apps.voice_to_3d.language.quantity import Quantity
from wugan.apps.voice_to_3d.language.wordlist import words

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.reader import Reader


# Signs of drawings.


def lemma_before_diameter(reader: Reader) -> bool:
    """Whether the sign Ø stands before the sizes that are read."""
    return (
        any(token.text in ("Ø", "ø", "⌀") for token in reader.tokens)
        and reader.focus is not None
        and not reader.focus.dims
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
RAISED = words("boss hub flange rib stud lug ear pad foot shank shaft tab bracket part body base plate wall leg arm")
WORKED = {"countersunk": "countersink", "counterbored": "counterbore"}
OUTLINES = words("box hexagon octagon pentagon triangle ellipse stadium semicircle slot star cross trapezoid")


# Subjects that are places or dimensions: "the center of each hole is…", "the free end", "the hole diameter… is".

NAMING = words("form forms become becomes call called serve serves act acts represent represents")


class Subjects:
    """Reads subjects for `Entities`."""

    reader: Reader

    def _named(self, np: NP) -> Frame | None:
        """What "this is the base", "it forms the body", "we call it the hub" give a name to: the last thing sized."""
        reader, found = self.reader, self.reader.tokens
        if np.kind not in ("generic", "solid", "unknown") or np.det not in ("the", "our", "a", "an"):
            return None
        if np.measures or np.sizes or np.bare or (np.count or 1) > 1 or np.ordinal:
            return None
        before = [token.lemma for token in found[max(0, np.start - 5) : np.start]]
        plain = bool(before) and before[-1] in ("is", "be", "becomes", "become") and np.det in ("the", "our")
        if not plain and not (set(before[-2:]) & NAMING and before[-1] in (*NAMING, "as", "it", "this")):
            return None
        if not set(before) & {"this", "that", "it", "which", "call", "called"}:
            return None
        last = next((one for one in reversed(reader.frames) if one.kind == "solid" and one.sized), None)
        frame = reader.focus if reader.focus is not None and reader.focus.kind == "solid" else last
        known = reader.find(np.head)
        if frame is None or not frame.sized or (known is not None and known.sized):
            return None
        if known is not None and known is not frame and known in reader.frames and not known.members:
            reader.frames.remove(known)  # it was only announced
        frame.names |= {np.head, *np.nouns}
        return frame

    def _drawing(self, i: int) -> int:
        """Reads "6X Ø11 THRU", "4 x Ø6": holes as drawings have them."""
        reader, found = self.reader, self.reader.tokens
        token = found[i]
        if token.quantity is None or token.quantity.kind not in ("times", "number") or token.value != int(token.value):
            return i
        k = i + 1
        if lemma_at(found, k) in ("x", "×"):
            k += 1
        if k >= len(found) or (found[k].text not in ("Ø", "ø", "⌀", "M") and found[k].lemma != "thread"):
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
        size = found[k].quantity
        if size is not None:
            self.main_size(frame, size)
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
        focus = self.reader.focus
        ends = where.which & {"left", "right", "top", "bottom", "front", "back"}
        if where.kind == "centre" and ends and focus is not None and focus.shape == "slot":
            return "circle-" + sorted(ends)[0]  # "its lower centre"
        if circle := [word for word in where.which if word.startswith("circle-")]:
            return circle[0]
        if where.kind in ("edge", "side", "end", "face", "top", "bottom", "left", "right", "surface") and sides:
            return sides[0]
        return "centre" if where.kind in ("centre", "axis", "centreline") else where.kind

    def _dimension(self, np: NP) -> int:
        """Reads "the hole diameter", "its length": a dimension whose value comes."""
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
            frame = self.reader.resolve(fake)
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

    def make(self, np: NP) -> Frame:
        """A new frame from a phrase."""
        reader = self.reader
        called = np.head
        kind = kind_name(np, reader.op)
        if kind == "solid" and reader.op == "cut" and np.kind in ("generic", "unknown") and not np.definite:
            kind = "cut" if reader.base() is not None and np.head not in RAISED else kind  # "cut six finger grips"
        shape = next((SHAPES.get(word, word) for word in np.adjectives if word in SHAPES or word in OUTLINES), "")
        own = SOLIDS.get(np.head, "") if np.kind != "cut" else CUTS.get(np.head, "")
        if kind == "solid" and np.head in ("channel", "trough", "relief") and reader.frames and not np.letter:
            kind, own = "cut", "groove"
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
        frame.names.add(called)
        frame.shape = self._combined(kind, own, shape)
        frame.count, frame.counted = np.count or 1, np.count is not None or np.plural
        frame.ordinal = np.ordinal or 0
        if np.letter:
            frame.flags.add(np.letter + "_shape")
            frame.names |= {"vee"} if np.letter == "v" and kind == "cut" else set()
        if np.kind == "cut" and kind == "cut" and "round" in np.adjectives:
            frame.flags.add("round")
        if frame.shape == "groove" and shape == "semicircle":
            frame.flags.add("semicircular")
        if "square" in np.adjectives:
            frame.flags.add("square")
            frame.shape = "box" if frame.shape in ("", "cylinder") and kind == "solid" else frame.shape
        if "hollow" in np.adjectives:
            frame.flags.add("hollow")
        if "half" in np.adjectives:
            frame.flags.add("half")
        if np.partitive:
            frame.flags.add("partitive")
        if np.det == "another" or "identical" in np.adjectives or np.det == "same" or (np.ordinal or 0) > 1:
            earlier = (one for one in reversed(reader.frames) if one.kind == kind and one.called(np.head) and one.sized)
            frame.like = next(earlier, None)
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
        if shape and own in ("", "box", "cylinder", "pyramid", "cone") and own != "pyramid":
            return shape if not (shape == "box" and own in ("cylinder",)) else own
        return own or shape

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

    # Sizing: the measures inside a noun phrase, and what a size without a name is of its noun.
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
        """Reads "40 x 30 x 8", after a diameter sign a diameter and a height."""
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
            and values[0][0] != values[1][0]
            and not frame.has("square")
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
            if frame.shape == "box" and ({"cube", "square"} & {frame.noun, *frame.names} or frame.has("square")):
                role = "side"
        reader.measure(Measure(role, value), frame)


# Holes for metric threads: clearance (ISO 273, medium), tapping (ISO 261, coarse: diameter - pitch).

CLEARANCE = {
    1.6: 1.8,
    2: 2.4,
    2.5: 2.9,
    3: 3.4,
    4: 4.5,
    5: 5.5,
    6: 6.6,
    8: 9,
    10: 11,
    12: 13.5,
    14: 15.5,
    16: 17.5,
    20: 22,
    24: 26,
    30: 33,
    36: 39,
}
PITCH = {
    1.6: 0.35,
    2: 0.4,
    2.5: 0.45,
    3: 0.5,
    4: 0.7,
    5: 0.8,
    6: 1,
    8: 1.25,
    10: 1.5,
    12: 1.75,
    14: 2,
    16: 2,
    20: 2.5,
    24: 3,
    30: 3.5,
    36: 4,
}


def clearance(thread: Quantity) -> float:
    """The clearance hole of a thread, mm; 1.1 times the diameter outside the table."""
    return CLEARANCE.get(thread.value, round(1.1 * thread.value, 1))


def tapping(thread: Quantity) -> float:
    """The tapping drill of a thread, mm: its diameter less its pitch."""
    pitch = (
        thread.values[1]
        if len(thread.values) > 1 and thread.values[1] < thread.value / 2
        else PITCH.get(thread.value, 0.15 * thread.value)
    )
    return round(thread.value - pitch, 2)
