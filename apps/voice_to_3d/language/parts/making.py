"""Making: a new frame from a noun phrase, its kind, shape and flags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frame_kinds import kind_name
from wugan.apps.voice_to_3d.language.parts.frames import Frame
from wugan.apps.voice_to_3d.language.parts.nouns import NP, kind_of
from wugan.apps.voice_to_3d.language.parts.sizing import Sizing
from wugan.apps.voice_to_3d.language.parts.vocabulary import CUTS, EDGE_WORKS, SOLIDS
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
RAISED = words("boss hub flange rib stud lug ear pad foot shank shaft tab bracket part body base plate wall leg arm")
WORKED = {"countersunk": "countersink", "counterbored": "counterbore"}
OUTLINES = words("box hexagon octagon pentagon triangle ellipse stadium semicircle slot star cross trapezoid")


class Making(Sizing):
    """Makes frames for `Entities`."""

    reader: Reader

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
