"""Colours of what is shown: Okabe and Ito's, which the colour-blind tell apart. Red, green, blue."""

from __future__ import annotations

Colour = tuple[int, int, int]

ORANGE: Colour = (230, 159, 0)
SKY: Colour = (86, 180, 233)
GREEN: Colour = (0, 158, 115)
YELLOW: Colour = (240, 228, 66)
BLUE: Colour = (0, 114, 178)
VERMILLION: Colour = (213, 94, 0)
PURPLE: Colour = (204, 121, 167)
WHITE: Colour = (245, 247, 250)
GREY: Colour = (150, 156, 166)
DARK: Colour = (18, 22, 29)

#: Of an object's class; others are grey.
KINDS: dict[str, Colour] = {"car": ORANGE, "truck": YELLOW, "pedestrian": SKY, "cyclist": PURPLE}
#: Background and text of a decision's banner.
ACTIONS: dict[str, tuple[Colour, Colour]] = {
    "proceed": (BLUE, WHITE),
    "slow": (YELLOW, DARK),
    "stop": (VERMILLION, WHITE),
}
