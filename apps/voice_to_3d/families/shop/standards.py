"""Dimensions of standard fasteners (mm), by nominal thread diameter.

Sources: pitch ISO 261 (coarse); hexagon nuts ISO 4032; hexagon bolts ISO 4014/4017; socket head cap screws ISO 4762;
countersunk ISO 10642 (theoretical head diameter); button head ISO 7380-1; set screws ISO 4026; washers ISO 7089; spring
washers DIN 127 B; square nuts DIN 557; cap nuts DIN 1587; flange nuts ISO 4161; wing nuts DIN 315; T-nuts DIN 508; eye
bolts DIN 580.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from wugan.errors import DataError

Table = Mapping[str, Mapping[float, float]]


def _table(columns: str, rows: str) -> Table:
    """Columns by name of values by nominal diameter; a `-` is left out (and interpolated)."""
    names = columns.split()
    found: dict[str, dict[float, float]] = {name: {} for name in names}
    for row in rows.strip().splitlines():
        diameter, *values = row.split()
        for name, value in zip(names, values, strict=True):
            if value != "-":
                found[name][float(diameter)] = float(value)
    return found


PITCH = _table(
    "pitch",
    """1.6 .35\n2 .4\n2.5 .45\n3 .5\n4 .7\n5 .8\n6 1\n8 1.25\n10 1.5\n12 1.75\n14 2\n16 2\n20 2.5\n24 3\n30 3.5
36 4\n42 4.5\n48 5\n56 5.5\n64 6""",
)
HEX = _table(
    "across_flats thickness head_height",
    """
    1.6 3.2 1.3 1.1
    2 4 1.6 1.4
    2.5 5 2 1.7
    3 5.5 2.4 2
    4 7 3.2 2.8
    5 8 4.7 3.5
    6 10 5.2 4
    8 13 6.8 5.3
    10 16 8.4 6.4
    12 18 10.8 7.5
    14 21 12.8 8.8
    16 24 14.8 10
    20 30 18 12.5
    24 36 21.5 15
    30 46 25.6 18.7
    36 55 31 22.5
    42 65 34 26
    48 75 38 30
    56 85 45 35
    64 95 51 40
    """,
)
SOCKET = _table(
    "head_diameter head_height socket_size socket_depth",
    """
    1.6 3 1.6 1.5 .7
    2 3.8 2 1.5 1
    2.5 4.5 2.5 2 1.1
    3 5.5 3 2.5 1.3
    4 7 4 3 2
    5 8.5 5 4 2.5
    6 10 6 5 3
    8 13 8 6 4
    10 16 10 8 5
    12 18 12 10 6
    14 21 14 12 7
    16 24 16 14 8
    20 30 20 17 10
    24 36 24 19 12
    30 45 30 22 15.5
    36 54 36 27 19
    42 63 42 32 24
    48 72 48 36 28
    56 84 56 41 34
    64 96 64 46 38
    """,
)
COUNTERSUNK = _table(
    "head_diameter head_height socket_size socket_depth",
    """
    3 6.72 1.86 2 1.1
    4 8.96 2.48 2.5 1.5
    5 11.2 3.1 3 1.9
    6 13.44 3.72 4 2.2
    8 17.92 4.96 5 3
    10 22.4 6.2 6 3.6
    12 26.88 7.44 8 4.3
    14 30.8 8.4 10 4.5
    16 33.6 8.8 10 4.8
    20 40.32 10.16 12 5.6
    """,
)
BUTTON = _table(
    "head_diameter head_height socket_size socket_depth",
    """
    3 5.7 1.65 2 1.04
    4 7.6 2.2 2.5 1.3
    5 9.5 2.75 3 1.56
    6 10.5 3.3 4 2.08
    8 14 4.4 5 2.6
    10 17.5 5.5 6 3.12
    12 21 6.6 8 4.16
    16 28 8.8 10 5.2
    """,
)
SETSCREW = _table(
    "socket_size socket_depth", "3 1.5 2\n4 2 2.5\n5 2.5 3\n6 3 3.5\n8 4 5\n10 5 6\n12 6 8\n16 8 10\n20 10 12\n24 12 15"
)
WASHER = _table(
    "hole_diameter outer_diameter thickness",
    """
    1.6 1.7 4 .3
    2 2.2 5 .3
    2.5 2.7 6 .5
    3 3.2 7 .5
    4 4.3 9 .8
    5 5.3 10 1
    6 6.4 12 1.6
    8 8.4 16 1.6
    10 10.5 20 2
    12 13 24 2.5
    14 15 28 2.5
    16 17 30 3
    20 21 37 3
    24 25 44 4
    30 31 56 4
    36 37 66 5
    42 45 78 8
    48 52 92 8
    56 62 105 10
    64 70 115 10
    """,
)
SPRING_WASHER = _table(
    "hole_diameter outer_diameter thickness",
    """
    3 3.1 6.2 .8
    4 4.1 7.6 .9
    5 5.1 9.2 1.2
    6 6.1 11.8 1.6
    8 8.1 14.8 2
    10 10.2 18.1 2.2
    12 12.2 21.1 2.5
    16 16.2 27.4 3.5
    20 20.2 33.6 4
    24 24.5 40 5
    """,
)
SQUARE = _table("width thickness", "5 8 4\n6 10 5\n8 13 6.5\n10 17 8\n12 19 10\n16 24 13\n20 30 16")
CAP = _table(
    "across_flats height dome_diameter",
    """
    4 7 8 6.5
    5 8 10 7.5
    6 10 12 9.5
    8 13 15 12.5
    10 17 18 16
    12 19 22 18
    16 24 28 23
    20 30 34 28
    24 36 42 34
    """,
)
FLANGED = _table(
    "across_flats flange_diameter height flange_thickness",
    """
    5 8 11.8 5 1
    6 10 14.2 6 1.1
    8 13 17.9 8 1.2
    10 16 21.8 10 1.5
    12 18 26 12 1.8
    14 21 29.9 14 2.1
    16 24 34.5 16 2.4
    20 30 42.8 20 3
    """,
)
WING = _table(
    "width height boss_diameter thickness",
    """
    4 20 10.5 8 4
    5 26 13 11 4.6
    6 33 17 13 6
    8 39 20 16 7.5
    10 51 25 20 9.5
    12 65 33.5 23 12
    16 73 37.5 29 15
    """,
)
TNUT = _table(
    "slot_width width height base_height",
    """
    5 6 10 8 4
    6 8 13 10 6
    8 10 15 12 6
    10 12 18 14 7
    12 14 22 16 8
    16 18 28 20 10
    20 22 35 28 14
    24 28 44 36 18
    """,
)
EYE = _table(
    "ring_outer_diameter ring_inner_diameter collar_diameter shank_length",
    "8 36 20 20 13\n10 45 25 25 17\n12 54 30 30 20.5\n16 63 35 35 27\n20 72 40 40 30\n24 90 50 50 36",
)


def nominal(size: str) -> tuple[float, float | None, float | None]:
    """Thread diameter, pitch and length (mm) that a designation says: "M6", "M8x1.25", "M6x20", "M8x1x30", "1/4".

    A number after the `x` is a length where it is longer than half the diameter, else a fine pitch.

    Raises:
        DataError: not a thread designation.
    """
    text = size.lower().replace("×", "x").replace(" ", "").replace(",", ".")
    metric = re.fullmatch(r"m?(\d+(?:\.\d+)?)((?:x\d+(?:\.\d+)?){0,2})(?:mm)?", text)
    inch = re.fullmatch(r'(?:(\d+)-)?(\d+)/(\d+)(?:-(\d+))?(?:"|in|inch)?', text)
    if metric:
        diameter = float(metric[1])
        rest = [float(one) for one in metric[2].split("x") if one]
        pitch = rest.pop(0) if rest and rest[0] <= diameter / 2 else None
        length = rest.pop(0) if rest else None
        if 0.5 <= diameter <= 1000 and not rest:
            return diameter, pitch, length
    elif inch and int(inch[3]):
        diameter = 25.4 * (int(inch[1] or 0) + int(inch[2]) / int(inch[3]))
        if diameter > 0.5:
            return diameter, 25.4 / int(inch[4]) if inch[4] and int(inch[4]) else None, None
    raise DataError(f'{size!r} is not the size of a thread; say "M6", "M8x1", "M6x20" or "1/4"')


def dimension(table: Table, name: str, diameter: float) -> float:
    """A dimension (mm) for a thread diameter: the standard's, between two sizes by line, beyond them by proportion."""
    column = table[name]
    if diameter in column:
        return column[diameter]
    sizes = sorted(column)
    if diameter < sizes[0] or diameter > sizes[-1]:
        end = sizes[0] if diameter < sizes[0] else sizes[-1]
        return column[end] * diameter / end
    low = max(size for size in sizes if size < diameter)
    high = min(size for size in sizes if size > diameter)
    return column[low] + (column[high] - column[low]) * (diameter - low) / (high - low)
