"""Tools: the outline of a cut across its normal, from what was said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.language.parts.extents import across, box_axes
from wugan.apps.voice_to_3d.language.parts.frames import Frame
from wugan.apps.voice_to_3d.language.parts.locating import Box, extent
from wugan.apps.voice_to_3d.language.parts.outlines import outline
from wugan.apps.voice_to_3d.language.parts.tool import Tool
from wugan.apps.voice_to_3d.scene.profile import Rectangle, Slot

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.language.parts.grounding import Ground


class Tools:
    """Makes tools for `Cutter`."""

    ground: Ground

    def tool(self, frame: Frame, normal: str, box: Box) -> Tool | str:
        """The outline of a cut across its normal."""
        u, v = {"x": ("z", "y"), "y": ("x", "z"), "z": ("x", "y")}[normal]
        margin = frame.get("margin")
        if margin is not None and not frame.sizes and frame.get("width", "length", "side", "diameter") is None:
            return self._inset(frame, margin, u, v, box)
        shape = frame.shape or ("hole" if across(frame) is not None else "pocket")
        if (
            shape in ("hole", "counterbore", "cylinder", "round")
            and frame.get("side") is None
            and not frame.has("square")
        ):
            diameter = across(frame)
            if diameter is None and frame.sizes and len(frame.sizes) >= 2:
                shape = "pocket"
            elif (
                diameter is None and (width := frame.get("width", "across")) is not None and frame.get("length") is None
            ):
                diameter = width
            if shape != "pocket":
                if diameter is None:
                    return "its diameter"
                return Tool(None, diameter, {u: diameter, v: diameter})
        if shape == "slot":
            return self._slot(frame, normal, u, v, box)
        if (
            shape in ("pocket", "cutout", "hole", "notch", "gap", "cut", "recess", "box", "counterbore", "slit")
            or shape == ""
        ):
            if shape == "pocket" and across(frame) is not None and not frame.sizes and frame.get("width") is None:
                diameter = across(frame) or 0.0
                return Tool(None, diameter, {u: diameter, v: diameter})
            return self._rectangle(frame, normal, u, v, box)
        made = outline(frame, shape)
        if isinstance(made, str):
            return made
        profile, size, _ = made
        return Tool(profile, 0.0, {u: size[0], v: size[1]})

    def _inset(self, frame: Frame, margin: float, u: str, v: str, box: Box) -> Tool | str:
        """An opening that leaves a border of its host: so much smaller on each side."""
        size = {u: extent(box, u) - 2 * margin, v: extent(box, v) - 2 * margin}
        if min(size.values()) <= 0:
            return f"room: a border of {margin:g} mm leaves nothing to cut"
        host = self.ground.host_frame(frame)
        if host is not None and host.shape in ("cylinder", "tube", "round"):
            return Tool(None, size[u], size)
        corner = frame.get("corner_radius") or 0.0
        return Tool(Rectangle(width=size[u], depth=size[v], corner_radius=corner), 0.0, size)

    def _rectangle(self, frame: Frame, normal: str, u: str, v: str, box: Box) -> Tool | str:
        side = frame.get("side")
        size = {u: side, v: side} if side is not None and not frame.sizes else self.flat_sizes(frame, u, v, normal, box)
        if u not in size and v in size and frame.has("square"):
            size[u] = size[v]
        if v not in size and u in size and frame.has("square"):
            size[v] = size[u]
        if u not in size or v not in size:
            return "its width and length"
        corner = frame.get("corner_radius") or 0.0
        if frame.has("semicircular", "rounded_ends"):
            corner = min(size[u], size[v]) / 2
        return Tool(Rectangle(width=size[u], depth=size[v], corner_radius=corner), 0.0, size)

    def flat_sizes(self, frame: Frame, u: str, v: str, normal: str, box: Box) -> dict[str, float]:
        """The sizes across the normal: named axes first, the longer one along the host's longer side."""
        copy = Frame(
            frame.kind,
            frame.noun,
            dims={k: w for k, w in frame.dims.items() if k not in ("depth", "thickness")},
            sizes=list(frame.sizes),
            group=None,
        )
        if frame.group is not None:
            copy.dims = {**{k: w for k, w in frame.group.dims.items() if k not in ("depth", "thickness")}, **copy.dims}
            copy.sizes = copy.sizes or list(frame.group.sizes)
        if normal == "z":
            sizes = box_axes(copy)
            if "depth" not in frame.dims and "z" in sizes and len(copy.sizes) == 3:
                frame.dims["depth"] = sizes["z"]
            found = {axis: value for axis, value in sizes.items() if axis in (u, v)}
            if (
                len(found) == 2
                and not any(axis for _, axis in copy.sizes)
                and extent(box, "y") > extent(box, "x") + 1e-6
                and not copy.get("axis_width")
            ):
                found = {"x": found["y"], "y": found["x"]}
            return found
        flat = {axis: value for value, axis in copy.sizes if axis in (u, v)}
        loose = [value for value, axis in copy.sizes if not axis]
        width, length, height = copy.get("width"), copy.get("length"), copy.get("height")
        across_axis = v if normal == "x" else u
        if height is not None:
            flat.setdefault("z", height)
        for value in (width, length):
            if value is not None:
                flat.setdefault(across_axis if across_axis not in flat else "z", value)
        for value, axis in zip(loose, [one for one in (across_axis, "z") if one not in flat], strict=False):
            flat[axis] = value
        return flat

    def _slot(self, frame: Frame, normal: str, u: str, v: str, box: Box) -> Tool | str:
        """A slot with round ends: its width, and its length between centres or over all."""
        width = across(frame) or frame.get("width")
        between, over = frame.get("apart"), frame.get("length", "total_length")
        lead = frame.lead
        if frame.count > 1 and (over is not None or len(frame.sizes) > 1):
            between = None  # how far apart the slots are
        if between is None and over is None and lead is not None:
            between = lead.get("apart")
            if between is None and lead.get("length") is not None and lead.get("width", "diameter") is not None:
                between = (lead.get("length") or 0) - (across(lead) or lead.get("width") or 0)
        if width is None and len(frame.sizes) >= 2:
            over, width = max(size for size, _ in frame.sizes), min(size for size, _ in frame.sizes)
        elif over is None and between is None and frame.sizes:
            over = frame.sizes[0][0]
        if width is None:
            return "its width"
        along = self.slot_axis(frame, normal, u, v, box)
        if between is None and over is None and any(spot.kind == "span" for spot in frame.all_spots()):
            return Tool(Rectangle(width=width, depth=width), 0.0, {u: width, v: width})
        if between is None and over is None:
            full = extent(box, along)
            if not frame.has("full") and not frame.has("through"):
                return "its length"
            return Tool(
                Rectangle(width=full + width if along == u else width, depth=width if along == u else full + width),
                0.0,
                {along: full, (v if along == u else u): width},
            )
        if between is None:
            assert over is not None
            between = over - width
            if between < 0:
                width, between = over, width - over
                if between < 0:
                    return "a length above its width"
        square = frame.has("square_ends", "rectangular") or frame.shape == "slit"
        total = between + width
        size = {along: total, (v if along == u else u): width}
        if square:
            return Tool(Rectangle(width=size[u], depth=size[v]), 0.0, size)
        return Tool(Slot(length=between, width=width), 0.0, size, 0.0 if along == u else 90.0)

    def slot_axis(self, frame: Frame, normal: str, u: str, v: str, box: Box) -> str:
        """The axis along which a slot, groove or slit runs."""
        for spot in [*frame.all_spots(), *(frame.lead.all_spots() if frame.lead is not None else [])]:
            where = spot.where
            if where is None or spot.kind not in ("parallel", "along", "perpendicular", "span"):
                continue
            axis = ""
            if where.axis in ("x", "y", "z"):
                axis = where.axis
            elif where.kind == "dimension":
                axis = self.ground.dimension_axis(where.axis, box)
            elif where.size is not None:
                axis = next((one for one in (u, v) if abs(extent(box, one) - where.size) < 1e-6), "")
            elif where.which & {"long", "short"}:
                ordered = sorted((u, v), key=lambda one: -extent(box, one))
                axis = ordered[0] if "long" in where.which else ordered[1]
            elif where.kind in ("side", "edge") and where.which & {"left", "right"}:
                axis = "y"
            elif where.kind in ("side", "edge") and where.which & {"front", "back"}:
                axis = "x"
            if axis in (u, v):
                return axis if spot.kind != "perpendicular" else next(one for one in (u, v) if one != axis)
        length_axis = frame.get("axis_length")
        if length_axis is not None and "xyz"[int(length_axis)] in (u, v):
            return "xyz"[int(length_axis)]
        width_axis = frame.get("axis_width")
        if width_axis is not None and "xyz"[int(width_axis)] in (u, v):
            return next(one for one in (u, v) if one != "xyz"[int(width_axis)])
        if frame.has("vertical") and "z" in (u, v):
            return "z"
        if frame.has("horizontal") and "z" in (u, v):
            return u if v == "z" else v
        return max((u, v), key=lambda one: (round(extent(box, one), 6), one == "x"))
