"""Directions: the axis of a cut and the face that it starts from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.frames import Frame, Spot
from wugan.apps.voice_to_3d.language.parts.locating import Box, Locator, extent
from wugan.apps.voice_to_3d.language.parts.vocabulary import DIRECTIONS

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground

ROUND = ("cylinder", "tube", "cone", "round", "hemisphere", "sphere", "torus")


class Directions:
    """Finds directions for `Cutter`."""

    ground: Ground

    def direction(self, frame: Frame, host: Frame | None, box: Box) -> tuple[str, int]:
        """The axis of the cut, and the side of the host that it starts from."""
        ground = self.ground
        default = self.normal(host, box)
        axis, side, lined = "", 0, False
        plane = {letter for _, letter in frame.sizes if letter in ("x", "y", "z")}
        if len(plane) == 2 and frame.shape in ("pocket", "cutout", "rebate", "box", "notch"):
            axis = next(one for one in "xyz" if one not in plane)  # "40 mm (X) by 20 mm (Y)"
        spread = {one for one in "xyz" if frame.get("pitch_" + one, "apart_" + one)}
        if len(spread) == 2:
            axis = next(one for one in "xyz" if one not in spread)  # "23 mm apart in x and 80 mm apart in y"
        measured = {
            DIRECTIONS[word][0]
            for spot in frame.all_spots()
            if spot.kind == "from" and spot.value and spot.where is not None and spot.where.of is None
            for word in {*spot.where.which, spot.where.kind} & DIRECTIONS.keys()
        }
        if any(spot.kind == "from" and spot.value and spot.where is not None and spot.where.kind == "end"
               for spot in frame.all_spots()):  # fmt: skip
            measured.add(ground.axis_of(host))
        for spot in frame.all_spots():
            where = spot.where
            if where is None:
                continue
            if spot.kind == "axis_is":
                said = where.axis if where.axis in ("x", "y", "z") else ground.dimension_axis(where.axis, box)
                axis = axis if axis and lined else said  # what was said first of several
                lined = True
                continue
            if spot.kind == "through" and where.kind == "dimension":
                axis = axis or ground.dimension_axis(where.axis, box)
            if spot.kind == "through" and where.kind == "axis" and where.axis in "xyz":
                axis = axis or where.axis
            if spot.kind == "through" and where.kind == "sweep":
                flat = sorted("xy", key=lambda one: extent(box, one))
                axis = axis or (flat[0] if "side" in where.which else flat[1])
            if spot.kind in ("perpendicular",) and where.of is not None:
                own = ground.axis_of(where.of)
                axis = axis or ("x" if own != "x" else "y")
            if spot.kind == "perpendicular" and where.kind == "axis" and host is not None:
                own = ground.axis_of(host)
                axis = axis or ("x" if own != "x" else "y")
            if (
                spot.kind == "parallel"
                and where.kind == "axis"
                and where.axis in ("x", "y", "z")
                and frame.shape not in ("slot", "groove", "pocket")
            ):
                axis = axis or where.axis
            face = self._face(spot, box, host)
            if face and spot.kind == "at" and where.kind not in ("face", "surface") and face[0] in measured:
                continue  # "at the left end …, 15 mm from the end": it goes across
            if face and not axis:
                axis, side = face
            elif face and face[0] == axis:
                side = face[1]
        within = (spot.where.of for spot in frame.all_spots() if spot.where is not None and spot.kind != "from")
        inside = next((one for one in within if one is not None and one.kind == "cut" and id(one) in ground.axes), None)
        if not axis and inside is not None and not frame.axis and inside.shape in ("hole", "pocket", "hexagon"):
            return ground.axes[id(inside)], side or ground.sides.get(id(inside), 1)  # "in the middle of the recess"
        if not axis and frame.axis in ("x", "y", "z") and frame.axis:
            axis = frame.axis
        if not axis and frame.has("radial", "transverse") and host is not None and frame.shape != "slot":
            axis = "x" if ground.axis_of(host) == "z" else "z"
        if not axis and frame.has("vertical"):
            axis = "z"
        if not axis and frame.has("horizontal"):
            axis = "y"
        axis = axis or default
        return axis, side or 1

    def _face(self, spot: Spot, box: Box, host: Frame | None) -> tuple[str, int] | None:
        """The face that a cut starts from: "from the front", "in the left side", "at the end of the shank"."""
        where = spot.where
        assert where is not None
        if where.of is not None and where.of.kind == "cut":
            return None
        facing = (
            where.kind in ("face", "surface", "top", "bottom", "front", "back", "left", "right")
            or (where.kind == "side" and spot.kind != "from")
            or (where.kind == "end" and spot.kind in ("at", "into", "fromface", "flag"))
        )
        words = [word for word in DIRECTIONS if word in where.which or where.kind == word]
        facing = facing or (where.kind == "centre" and len(words) == 1)  # "into the middle of the top"
        if where.kind in ("face", "surface", "side", "end") and len(words) > 1:
            return None
        if (
            facing
            and words
            and spot.kind in ("at", "fromface", "into", "on", "through", "centred")
            and where.kind != "corner"
        ):
            axis, side = DIRECTIONS[words[0]]
            if (
                where.kind == "end"
                and axis in "xy"
                and host is not None
                and host.shape in ROUND
                and self.ground.axis_of(host) == "z"
            ):
                return "z", {"left": -1, "right": 1, "front": 1, "back": -1}[words[0]]
            if (
                words[0] in ("left", "right", "front", "back")
                and where.kind in ("left", "right", "front", "back")
                and spot.kind == "at"
            ):
                return None
            if (
                where.kind == "side"
                and spot.kind == "at"
                and host is not None
                and host.shape not in ROUND
                and not where.which & {"each", "both"}
                and min(extent(box, a) for a in "xyz") == extent(box, "z")
                and extent(box, "z") < extent(box, axis) / 3
            ):
                return None  # "on the left side of the plate" is seen from above
            return axis, side
        if spot.kind == "fromface" and where.kind in ("end",) and not words:
            return None
        if (
            where.kind == "end"
            and spot.kind in ("at", "into", "fromface")
            and host is not None
            and (host.shape in ROUND or self.ground.axis_of(host) == "z" or spot.kind == "into")
        ):
            axis = self.ground.axis_of(host)
            locator = Locator(self.ground, Frame("cut", "x"), box, "", {})
            far = bool(where.which & {"other", "opposite"}) and where.near is None and where.far is None
            side = locator._side(where, axis, box) if not far else -self.ground.last_side.get(axis, 1)
            if (
                not far
                and where.near is None
                and where.far is None
                and not where.which & {"free", "opposite", "other", "plain"}
            ):
                side = (
                    1
                    if not self.ground.taken(axis, box, host, Frame("cut", "x"))
                    else -self.ground.taken(axis, box, host, Frame("cut", "x"))
                )
            if "rear" in where.which or "back" in where.which:
                side = -1
            return axis, side
        if spot.kind == "under" and where.kind in ("", "bottom"):
            return "z", -1
        return None

    def normal(self, host: Frame | None, box: Box) -> str:
        """The axis a cut into a solid has unless said otherwise: a plate's thickness, a bar's own axis, else z."""
        if host is None:
            return "z"
        if host.shape in ROUND:
            return self.ground.axis_of(host)
        sizes = {axis: extent(box, axis) for axis in "xyz"}
        thin = min(sizes, key=lambda axis: (round(sizes[axis], 6), "zyx".index(axis)))
        others = [sizes[axis] for axis in "xyz" if axis != thin]
        if (
            thin != "z"
            and (sizes[thin] <= 0.5 * min(others) or "thickness" in host.dims)
            and sizes["z"] > sizes[thin] * 1.5
        ):
            return thin
        return "z"
