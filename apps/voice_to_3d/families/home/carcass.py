"""Cases of boards, and what closes them: drawers, doors, handles, feet."""

from __future__ import annotations

from typing import Literal

from wugan.apps.voice_to_3d.families.base import Part
from wugan.apps.voice_to_3d.families.home.kit import ALONG_Y, SUNK, block, cut, level, own, polygon
from wugan.apps.voice_to_3d.families.home.lathe import smooth, turned
from wugan.apps.voice_to_3d.scene.placement import at
from wugan.apps.voice_to_3d.scene.solid import Box, Extrude, Solid

HandleStyle = Literal["bar", "knob", "none"]


def reach(style: str, size: float) -> float:
    """How far (mm) a handle stands out from a front whose shorter side is `size`."""
    return 0.0 if style == "none" else min(30.0, max(1.5, 0.12 * size))


def shell(
    width: float,
    depth: float,
    height: float,
    board: float,
    x: float = 0,
    y: float = 0,
    z: float = 0,
    tags: tuple[str, ...] = (),
    material: str = "oak",
    back: bool = True,
) -> list[Part]:
    """Sides, top, bottom and back of a case that is open to the front; `board` mm thick, the back half of that."""
    thin = max(0.8, 0.5 * board)
    found = [
        block("side", (board, depth, height), x - (width - board) / 2, y, z, material, ("left",)),
        block("side", (board, depth, height), x + (width - board) / 2, y, z, material, ("right",)),
        block("bottom", (width - board, depth, board), x, y, z, material, tags),
        block("top", (width - board, depth, board), x, y, z + height - board, material, tags),
    ]
    if back:
        size = (width - board, thin, height - board)
        found.append(block("back", size, x, y + (depth - thin) / 2, z + board / 2, material, tags))
    return found


def handle(
    style: str,
    x: float,
    y: float,
    z: float,
    size: float,
    out: float,
    tags: tuple[str, ...] = (),
    material: str = "brass",
    vertical: bool = False,
) -> list[Part]:
    """A handle on a front at y, its middle at (x, z), `size` mm long, standing `out` mm to the front."""
    if style == "none":
        return []
    sunk = min(0.3, 0.1 * out)  # into the front, so that both are one piece
    if style == "knob":
        r = 0.55 * out
        knob = turned(smooth([(0.55 * r, -sunk), (0.45 * r, 0.35 * out), (r, 0.7 * out), (0.5 * r, out)], pieces=4))
        return [Part("knob", knob, own(x, y, z, ALONG_Y), material, tags)]
    thick = 0.4 * out
    half = max(size, 3.5 * thick) / 2
    u = [(-half, sunk), (-half, 0.7 * thick - out), (0.3 * thick - half, -out), (half - 0.3 * thick, -out),
         (half, 0.7 * thick - out), (half, sunk), (half - thick, sunk), (half - thick, thick - out),
         (thick - half, thick - out), (thick - half, sunk)]  # fmt: skip
    grip = Extrude(profile=polygon(*u), height=thick)
    place = own(x - thick / 2, y, z, (0, 90, 0)) if vertical else own(x, y, z - thick / 2)
    return [Part("handle", grip, place, material, tags)]


def drawer_box(width: float, depth: float, height: float, board: float) -> Solid:
    """An open box: the drawer behind its front; a solid block where it is too small for walls of `board` mm."""
    if min(width, depth) < 3 * board or height < 2 * board:
        return Box(size=(width, depth, height))
    inside = Box(size=(width - 2 * board, depth - 2 * board, height))
    return cut(Box(size=(width, depth, height)), (inside, own(0, 0, board)))


def drawer_stack(
    width: float,
    height: float,
    front: float,
    depth: float,
    drawers: int,
    x: float = 0,
    z: float = 0,
    board: float = 18,
    overlap: float = 9,
    style: str = "bar",
    material: str = "oak",
    tags: tuple[str, ...] = (),
    out: float | None = None,
    columns: int = 1,
    tops: bool = True,
) -> list[Part]:
    """Drawers over each other, from the bottom up: fronts laid on the case, boxes behind them, handles before them.

    Args:
        width: of the opening (mm).
        height: of the opening.
        front: y of the case's front edge, which the drawer fronts lie on.
        depth: of the case.
        drawers: how many.
        x: the opening's middle.
        z: its bottom.
        board: thickness of the fronts.
        overlap: by how much a front covers the case around the opening.
        style: of the handles.
        material: of fronts.
        tags: sides of every part, beside top, middle or bottom.
        out: how far handles stand out; usual for the size where it is `None`.
        columns: how many drawers beside each other.
        tops: whether drawers are tagged top, middle and bottom.
    """
    found: list[Part] = []
    each = (height + 2 * overlap) / drawers
    wide = (width + 2 * overlap) / columns
    gap = min(3.0, 0.06 * each, 1.2 * board)
    stand = reach(style, min(each, wide)) if out is None else out
    for column in range(columns):
        middle = x - (wide * (columns - 1)) / 2 + column * wide
        across = tags + (
            () if columns == 1 else ("left",) if column == 0 else ("right",) if column == columns - 1 else ("middle",)
        )
        for k in range(drawers):
            where = across + (level(k, drawers) if tops else ())
            bottom = z - overlap + k * each
            size = (wide - gap, board + SUNK, each - gap)
            found.append(
                block("drawer front", size, middle, front - (board - SUNK) / 2, bottom + gap / 2, material, where)
            )
            inner_width, inner_height = wide - gap - 2 * overlap - 2, each - gap - 2 * overlap - 2
            wall = max(0.8, min(12.0, 0.06 * min(wide, each)))
            if inner_width > 3 * wall and inner_height > 2 * wall:
                body = drawer_box(inner_width, 0.85 * depth, inner_height, wall)
                place = at(middle, front + 0.425 * depth, bottom + gap / 2 + overlap + 1)
                found.append(Part("drawer", body, place, "birch", where))
            found += handle(style, middle, front - board, bottom + each / 2, 0.3 * wide, stand, where)
    return found


def door(
    width: float,
    height: float,
    x: float,
    front: float,
    z: float,
    board: float,
    hinge: str,
    style: str = "bar",
    material: str = "oak",
    out: float = 20,
    glass: bool = False,
) -> list[Part]:
    """A door laid on a case whose front edge is at y = `front`; its handle is opposite the hinge ("left", "right")."""
    tags = (hinge,)
    size = (width, board + SUNK, height)
    found: list[Part]
    if glass and min(width, height) > 8 * board:
        rim = 2.5 * board
        hole = Box(size=(width - 2 * rim, 3 * board, height - 2 * rim))
        frame = cut(Box(size=size), (hole, own(0, 0, rim)))
        pane = (width - 1.8 * rim, 0.3 * board, height - 1.8 * rim)
        found = [
            Part("door", frame, at(x, front - (board - SUNK) / 2, z), material, tags),
            block("pane", pane, x, front - board / 2, z + 0.9 * rim, "glass", tags),
        ]
    else:
        found = [block("door", size, x, front - (board - SUNK) / 2, z, material, tags)]
    edge = max(0.08 * width, 1.6 * out if style == "knob" else 0.6 * out)
    away = width / 2 - (1.25 * board if len(found) > 1 else edge)  # on the frame, not on the pane
    where = x + (away if hinge == "left" else -away)
    return found + handle(style, where, front - board, z + height / 2, 0.15 * height, out, tags, vertical=True)
