"""Sizing: the measures inside a noun phrase, and what a size without a name is of its noun."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.drawn import lemma_before_diameter
from wugan.apps.voice_to_3d.language.parts.frames import Frame
from wugan.apps.voice_to_3d.language.parts.measures import Measure
from wugan.apps.voice_to_3d.language.parts.nouns import NP
from wugan.apps.voice_to_3d.language.quantity import Quantity

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.reader import Reader


class Sizing:
    """Gives frames their sizes for `Entities`."""

    reader: Reader

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
            from wugan.apps.voice_to_3d.language.parts.standard_holes import clearance, tapping

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
