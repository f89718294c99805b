"""Descriptions of bodies that are placed against one another: the box and volume of what comes of them."""

from __future__ import annotations

from math import pi, sqrt

import numpy as np
import pytest

from wugan.apps.voice_to_3d.geometry.build import build
from wugan.apps.voice_to_3d.language.assembly.describe import describe
from wugan.apps.voice_to_3d.scene.scene import Scene


def round_(diameter: float, height: float) -> float:
    """The volume of a round bar."""
    return pi * diameter**2 / 4 * height


STEPPED = """This is a stepped pin. I'll go through it in order.

1. Begin with a cylinder that is 24mm in diameter (XY) and 10mm tall (Z).

2. On top of it, centered, add a second cylinder with a diameter of 16mm and a height of 30mm.

3. On top of that, add a third cylinder, 10mm in diameter and 15mm tall.

4. Finally, drill a 4mm hole along the axis through the entire part."""
WALL = """Let's make an L bracket in 3 steps.

1. Extrude a base plate, 70mm (X) by 45mm (Y) by 6mm (Z).

2. At the left edge of the base plate add a vertical wall, 6mm thick (X), 45mm wide (Y) and 50mm tall (Z). It's flush
with the left edge.

3. Drill a 9mm hole through the wall in the X direction, centered in Y, 30mm above the top of the base plate."""
PULLEY = """A simple belt pulley.
1. Create a disc with a diameter of 70mm and a thickness of 18mm.
2. Cut a groove around the circumference, 10mm wide and 6mm deep, centered in the thickness.
3. Add a hub on the top face: 30mm in diameter and 12mm tall, concentric with the disc.
4. Cut a 12mm hole through everything along the axis."""
HUB = (
    "A flange with a hub. The flange is a disc of 90 mm diameter and 9 mm thickness. The hub is 40 mm in diameter and "
    "rises 22 mm above the flange. A 25 mm bore goes through both. Four 8 mm holes are equally spaced on a 68 mm bolt "
    "circle."
)
PIPE = (
    "A pipe with an outer diameter of 34 mm and a wall of 3 mm, 100 mm long overall, that has a 70 mm diameter flange, "
    "8 mm thick, at each end."
)
BOSSES = (
    "A 120 mm x 80 mm x 5 mm plate carries four bosses on its top face, one near each corner, each "
    "14 mm in diameter and "
    "10 mm tall. The bosses are 15 mm from the edges. Each boss has a 5 mm hole in its center, all "
    "the way through the plate."
)
RATIO = (
    "A cylinder 36 mm in diameter. It is twice as tall as it is wide. On top of it sits a cone with the same base "
    "diameter and half the height of the cylinder."
)
TEE = (
    "A T-shaped block is made of two bars. The horizontal bar is 80 mm long, 15 mm wide and 15 mm "
    "high. The vertical bar, "
    "15 mm x 15 mm and 50 mm tall, stands in the middle of the horizontal bar's top."
)
ARM = (
    "A block 40 mm (X) x 40 mm (Y) x 60 mm (Z). From the center of its right face a round arm, 20 "
    "mm in diameter, sticks "
    "out 50 mm."
)
SECTIONS = (
    "A shaft has three sections. The first is 30 mm in diameter and 20 mm long, the second is 22 mm "
    "in diameter and 40 mm "
    "long and the third is 15 mm in diameter and 25 mm long."
)
TRAY = (
    "Design an open box that is 90 mm long, 60 mm wide and 35 mm tall. The walls are 3 mm thick and the bottom is 4 mm "
    "thick."
)
HEXAGON = sqrt(3) / 2


@pytest.mark.parametrize(
    ("said", "box", "volume"),
    [
        (STEPPED, (24, 24, 55), round_(24, 10) + round_(16, 30) + round_(10, 15) - round_(4, 55)),
        (WALL, (70, 45, 56), 70 * 45 * 6 + 6 * 45 * 50 - round_(9, 6)),
        (PULLEY, (70, 70, 30), round_(70, 8) + round_(58, 10) + round_(30, 12) - round_(12, 30)),
        (HUB, (90, 90, 31), round_(90, 9) + round_(40, 22) - round_(25, 31) - 4 * round_(8, 9)),
        (PIPE, (70, 70, 100), round_(34, 100) - round_(28, 100) + 2 * (round_(70, 8) - round_(34, 8))),
        (BOSSES, (120, 80, 15), 120 * 80 * 5 + 4 * round_(14, 10) - 4 * round_(5, 15)),
        (RATIO, (36, 36, 108), round_(36, 72) + round_(36, 36) / 3),
        (TEE, (80, 15, 65), 80 * 15 * 15 + 15 * 15 * 50),
        (ARM, (90, 40, 60), 40 * 40 * 60 + round_(20, 50)),
        (SECTIONS, (30, 30, 85), round_(30, 20) + round_(22, 40) + round_(15, 25)),
        (TRAY, (90, 60, 35), 90 * 60 * 35 - 84 * 54 * 31),
        (
            "Two discs, each 40 mm in diameter and 8 mm thick, are joined by a rod of 12 mm diameter and 50 mm length "
            "between them.",
            (40, 40, 66),
            2 * round_(40, 8) + round_(12, 50),
        ),
        (
            "A right triangular prism. The legs of the triangle are 40 mm and 25 mm, and the prism is 60 mm long.",
            (40, 25, 60),
            40 * 25 / 2 * 60,
        ),
        (
            "An I-beam, 150 mm long. It's 80 mm high, the flanges are 50 mm wide and 6 mm thick and the web "
            "is 4 mm thick.",
            (150, 80, 50),
            150 * (2 * 50 * 6 + 68 * 4),
        ),
        (
            "A hexagonal pyramid with a base side of 20 and a height of 40.",
            (40, 34.64, 40),
            6 * HEXAGON / 2 * 20**2 * 40 / 3,
        ),
        (
            "Create a disc of diameter 60 and thickness 5, cut it in half and keep one half.",
            (60, 30, 5),
            round_(60, 5) / 2,
        ),
        (
            "A block 60 wide, 40 deep and 30 high. A second block, half as wide, half as deep and half as high, sits "
            "centered on top of it.",
            (60, 40, 45),
            60 * 40 * 30 * 9 / 8,
        ),
        (
            "A vertical plate, 60 mm wide, 80 mm high and 6 mm thick, and a shelf, 60 mm wide, 50 mm deep "
            "and 6 mm thick, "
            "that sticks out of the front of the plate at its bottom edge.",
            (60, 56, 80),
            60 * 80 * 6 + 60 * 50 * 6,
        ),
        (
            "A bobbin. The core is 20 mm in diameter and 40 mm long. At each end of the core there is a "
            "flange, 44 mm in "
            "diameter and 5 mm thick. A 10 mm bore passes through the whole bobbin.",
            (44, 44, 50),
            round_(20, 40) + 2 * round_(44, 5) - round_(10, 50),
        ),
        ("A staircase of 5 steps, each 10 high, 20 deep and 60 wide.", (100, 60, 50), 60 * 20 * 10 * 15),
        (
            "The intersection of a cube with an edge length of 40 mm and a sphere of 80 mm diameter with "
            "the same center.",
            (40, 40, 40),
            64000,
        ),
    ],
)
def test_box_and_volume(said: str, box: tuple[float, float, float], volume: float) -> None:
    found = describe(said)
    assert found.unread == ()
    assert found.object is not None
    built = build(Scene(objects=(found.object,)))
    low, high = built.bounds()
    assert np.allclose(sorted(high - low), sorted(box), rtol=0, atol=0.2)
    assert built.volume() == pytest.approx(volume, rel=0.01)


@pytest.mark.parametrize(
    ("said", "phrase"),
    [
        ("A plate 80 x 60 x 5 with a 20 mm florp on top.", "florp"),
        (
            "A cylinder 30 mm in diameter and 40 mm tall with three bosses, 8 mm in diameter and 5 mm tall.",
            "three bosses",
        ),
        ("A block 40 x 30 x 20. A hub, 10 mm in diameter, stands on it.", "A hub"),
        ("A block 40 x 30 x 20 with a vee 5 mm deep.", "a vee"),
    ],
)
def test_what_cannot_be_built_is_listed(said: str, phrase: str) -> None:
    found = describe(said)
    assert any(phrase in one.phrase for one in found.unread)


def test_a_long_text_is_refused() -> None:
    assert describe("a plate 10 x 10 x 1. " * 2000).object is None


@pytest.mark.parametrize(("sides", "holes"), [("one of the short sides", 1), ("each long side", 2)])
def test_a_hole_in_a_side_of_a_hollow_box_goes_through_that_wall(sides: str, holes: int) -> None:
    text = (
        f"A box of 80 mm by 50 mm by 35 mm, walls 2 mm thick, no lid. There is a 10 mm hole in the center of {sides}."
    )
    found = describe(text)
    assert found.object is not None and not found.unread
    volume = build(Scene(objects=(found.object,))).volume()
    assert volume == pytest.approx(80 * 50 * 35 - 76 * 46 * 33 - holes * round_(10, 2), rel=1e-3)
