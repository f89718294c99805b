"""Lettered: solids whose section is a letter: L, U (C, channel), T, I (H) and Z, lying with their length along x."""

from __future__ import annotations

from wugan.apps.voice_to_3d.language.parts.bodies import Body
from wugan.apps.voice_to_3d.language.parts.frames import Frame
from wugan.apps.voice_to_3d.scene import solid as solids
from wugan.apps.voice_to_3d.scene.placement import Anchor, Coordinate, Placement

Cell = tuple[float, float, float, float]  # y and z of the lower corner, then of the upper one


def letter_of(frame: Frame) -> str:
    """The letter of a frame's section, or ""."""
    for letter in ("l", "u", "c", "t", "i", "h", "z"):
        if letter + "_shape" in frame.flags:
            return {"h": "i"}.get(letter, letter)
    if frame.noun == "channel":
        return "u"
    if frame.noun == "angle":
        return "l"
    return ""


def lettered(frame: Frame) -> Body | str | None:
    """The solid of an L, U, T, I or Z section; `None` where the frame has none or its sizes are not those of one."""
    letter = letter_of(frame)
    wall = frame.get("wall", "thickness")
    length = frame.get("length", "depth")
    width, height = frame.get("width"), frame.get("height", "total_height")
    sizes = [size for size, _ in frame.sizes]
    if not letter:
        return None
    if length is None and len(sizes) >= 3:
        width, height, length = sizes[0], sizes[1], sizes[2]
    elif len(sizes) == 2:
        width, height = (width or sizes[0]), (height or sizes[1])
    legs = [frame.get("leg"), frame.get("leg_2")]
    if letter == "l" and legs[0]:
        width, height = width if width and length is None else legs[0], height or legs[1] or legs[0]
        if length is None:
            length = frame.get("width")
    if width is None or height is None or length is None or wall is None:
        return None
    if letter == "c":  # a C stands: its back is the height, its flanges are the width
        letter, width, height = "u", height, width
    web, flange = frame.get("web_thickness") or wall, frame.get("flange_thickness") or wall
    if letter == "l":
        cells = [(0.0, 0.0, width, wall), (0.0, 0.0, wall, height)]
    elif letter == "u":
        cells = [(0.0, 0.0, width, wall), (0.0, 0.0, wall, height), (width - wall, 0.0, width, height)]
    elif letter == "t":
        cells = [(0.0, height - flange, width, height), ((width - web) / 2, 0.0, (width + web) / 2, height)]
    elif letter == "i":
        cells = [
            (0.0, 0.0, width, flange),
            (0.0, height - flange, width, height),
            ((width - web) / 2, 0.0, (width + web) / 2, height),
        ]
    else:
        cells = [
            (0.0, 0.0, width / 2 + wall / 2, wall),
            (width / 2 - wall / 2, 0.0, width / 2 + wall / 2, height),
            (width / 2 - wall / 2, height - wall, width, height),
        ]
    if min(2 * wall if letter == "u" else wall, height) >= max(width, height):
        return f"walls that leave room ({wall:g} mm)"
    return Body(_stack(cells, length, width, height), (length, width, height))


def _stack(cells: list[Cell], length: float, width: float, height: float) -> solids.Solid:
    """Boxes along x, joined; each cell lies so in the section (y from the left, z from below)."""
    first, *others = cells
    base = solids.Box(size=(length, first[2] - first[0], first[3] - first[1]))
    shift = first[0] + (first[2] - first[0]) / 2 - width / 2
    joins = []
    for number, (y0, z0, y1, z1) in enumerate(others, 1):
        own: Anchor = "centre"
        place = Placement(
            x=Coordinate(to="origin", own=own),
            y=Coordinate(to="origin", offset=round((y0 + y1) / 2 - width / 2 - shift, 6)),
            z=Coordinate(to="origin", offset=round(z0 - first[1], 6), own="min"),
        )
        joins.append(
            solids.Join(
                id=f"wall-{number}", name="wall", shape=solids.Box(size=(length, y1 - y0, z1 - z0)), place=place
            )
        )
    return solids.Compound(base=base, features=tuple(joins))


def parts_of(frame: Frame, others: list[Frame]) -> None:
    """Reads "Flanges 60 mm wide, 8 mm thick. Web 6 mm thick.": sizes of the parts of a section."""
    if letter_of(frame) not in ("i", "t", "u"):
        return
    for other in others:
        thick = other.get("thickness")
        if other.noun == "flange":
            if thick is not None:
                frame.dims["flange_thickness"] = thick
            if other.get("width") is not None:
                frame.dims.setdefault("width", other.get("width") or 0.0)
        elif other.noun == "web":
            if thick is not None:
                frame.dims["web_thickness"] = thick
        else:
            continue
        frame.dims.setdefault("wall", thick or 0.0)
        if other.get("total_height") is not None:
            frame.dims.setdefault("height", other.get("total_height") or 0.0)
        other.dims.clear()
        other.sizes.clear()
