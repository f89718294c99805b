"""Laying: which size of a block lies along which axis, from the side that it touches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.assembly.frame import Made
from wugan.apps.voice_to_3d.language.assembly.thing import Place, Thing
from wugan.apps.voice_to_3d.language.assembly.words import AXES_OF
from wugan.apps.voice_to_3d.language.parts.extents import box_axes

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.assembly.building import Building


class Laying:
    """Sizes of blocks for `Placing`."""

    building: Building
    thing: Thing
    places: list[Place]

    def _laid(self, reference: Made, axis: str, hints: dict[str, float]) -> dict[str, float]:
        """Which size of a block lies along which axis, from the side that it touches."""
        thing = self.thing
        said = [(value, one) for value, one in thing.sizes]
        edge = next(
            (one for one in self.places if one.part in ("edge", "end", "side") or one.how in ("along", "axis")), None
        )
        lies = next(
            (one.axis for one in self.places if one.how == "axis" and one.axis in ("x", "y", "z", "length", "width")),
            "",
        )
        high, thick = thing.get("height"), thing.get("thickness")
        reach = thing.get("reach")
        if said or any(
            thing.get("axis_" + one) is not None for one in ("width", "length", "height", "thickness", "depth")
        ):
            sizes = box_axes(thing, landscape=False)
            loose = [value for value, one in thing.sizes if not one]
            far_out = reach if reach is not None else thing.get("length")
            if (
                axis and far_out is not None and len(loose) == 2 and len(thing.sizes) == 2
            ):  # a section, and how far it goes
                return dict(zip([one for one in "xyz" if one != axis], loose, strict=True)) | {axis: far_out}
            far = thing.get("axis_reach")
            out = far - reference.extent(axis) / 2 if far is not None and axis else reach
            if axis in ("x", "y") and out is None and axis not in sizes:
                out = self._reach(reference, axis)
            if axis in ("x", "y") and out is not None and axis not in {one for _, one in thing.sizes}:
                sizes[axis] = out
            return {one: sizes.get(one, hints[one]) for one in "xyz"}
        if axis in ("x", "y") and not self._upright(reference, axis):
            other = "y" if axis == "x" else "x"
            out = reach if reach is not None else thing.get("length")
            if out is None and thing.get("width") is not None:
                out = thing.get("depth")
            far = thing.get("axis_reach")
            if far is not None:
                out = far - reference.extent(axis) / 2
            if out is None:
                out = self._reach(reference, axis)
            wide = thing.get("width", "depth", "side")
            tall_ = thick if thick is not None else high
            if out is None and high is not None and thick is not None:
                out, tall_ = high, thick
            return {
                axis: out if out is not None else hints[axis],
                other: wide if wide is not None else hints[other],
                "z": tall_ if tall_ is not None else thing.get("side") or hints["z"],
            }
        across_ = ""
        if edge is not None and edge.sides and AXES_OF[edge.sides[0]][0] != "z":
            across_ = AXES_OF[edge.sides[0]][0]
        elif edge is not None and edge.part in ("edge", "side") and edge.which & {"long", "short"}:
            long = "x" if reference.extent("x") >= reference.extent("y") else "y"
            short = "y" if long == "x" else "x"
            across_ = short if "long" in edge.which else long
        elif lies or "full" in thing.flags or any(one.how == "along" for one in self.places):
            long = lies if lies in ("x", "y") else "x" if reference.extent("x") >= reference.extent("y") else "y"
            if lies == "width":
                long = "y" if reference.extent("x") >= reference.extent("y") else "x"
            across_ = "y" if long == "x" else "x"
        if across_ and (thick is not None or thing.get("width") is not None) and thing.get("length", "depth") is None:
            other = "y" if across_ == "x" else "x"
            top = high if high is not None else reach
            thin = thick if thick is not None else thing.get("width")
            wide = thing.get("width") if thick is not None else None
            return {
                across_: thin or hints[across_],
                other: wide if wide is not None else hints[other],
                "z": top if top is not None else hints["z"],
            }
        if across_ and thing.get("length") is not None:
            other = "y" if across_ == "x" else "x"
            thin = thick if thick is not None else thing.get("width")
            top = high if high is not None else thick if thing.get("width") is not None else None
            if thin is not None and top is not None:
                return {
                    across_: thin if high is not None else thing.get("width") or thin,
                    other: thing.get("length") or 0.0,
                    "z": top,
                }
        sizes = box_axes(thing)
        if reach is not None and axis == "z" and high is None:
            sizes["z"] = reach
        return {one: sizes.get(one, hints[one]) for one in "xyz"}

    def _upright(self, reference: Made, axis: str) -> bool:
        """Whether a plate that is named with a side of a flat one stands on it."""
        return self._wall(reference, axis)

    def _wall(self, reference: Made, axis: str) -> bool:
        if axis not in ("x", "y") or self.thing.shape not in ("", "box", "rib"):
            return False
        if self.thing.get("reach", "axis_reach") is not None and self.thing.get("height") is None:
            return False
        place = next((one for one in self.places if one.sides and AXES_OF[one.sides[0]][0] == axis), None)
        if place is None or place.how in ("from", "beside", "to"):
            return False
        sizes = box_axes(self.thing)
        high = self.thing.get("height") or sizes.get("z")
        flat = reference.extent("z") <= 0.6 * min(reference.extent("x"), reference.extent("y")) + 1e-6
        return (
            flat
            and high is not None
            and place.how in ("at", "along", "on")
            and place.part in ("edge", "end", "side", "face")
            and (abs(high - reference.extent("z")) > 1e-6)
        )

    def _reach(self, reference: Made, axis: str) -> float | None:
        """How far it may reach so that the whole is as long as was said."""
        for role in ("length", "height", "width"):
            total = self.building.totals.get(role)
            if total is None:
                continue
            span = self.building.whole().extent(axis)
            rest = total - span
            if rest > 0:
                two = self.thing.count == 2 or self.thing.flags & {"both_sides", "both_ends"}
                return rest / 2 if two else rest
        return None
