"""Sizes of standard parts against the standards' tables, and what a designation says."""

from __future__ import annotations

import pytest

from wugan.apps.voice_to_3d.families.registry import family
from wugan.apps.voice_to_3d.families.shop.standards import HEX, PITCH, WASHER, dimension, nominal
from wugan.errors import DataError

# Family, size, parameter, mm; each value read from the standard named.
PUBLISHED = [
    ("hex nut", "M3", "across_flats", 5.5),  # ISO 4032
    ("hex nut", "M3", "thickness", 2.4),
    ("hex nut", "M8", "across_flats", 13),
    ("hex nut", "M8", "thickness", 6.8),
    ("hex nut", "M10", "across_flats", 16),
    ("hex nut", "M12", "thickness", 10.8),
    ("hex nut", "M20", "across_flats", 30),
    ("hex bolt", "M6", "head_height", 4),  # ISO 4014
    ("hex bolt", "M12", "across_flats", 18),
    ("hex bolt", "M16", "head_height", 10),
    ("socket head cap screw", "M5", "head_diameter", 8.5),  # ISO 4762
    ("socket head cap screw", "M5", "socket_size", 4),
    ("socket head cap screw", "M8", "head_diameter", 13),
    ("socket head cap screw", "M10", "head_height", 10),
    ("countersunk screw", "M6", "head_diameter", 13.44),  # ISO 10642
    ("countersunk screw", "M5", "socket_size", 3),
    ("button head screw", "M4", "head_diameter", 7.6),  # ISO 7380-1
    ("set screw", "M6", "socket_size", 3),  # ISO 4026
    ("washer", "M6", "hole_diameter", 6.4),  # ISO 7089
    ("washer", "M6", "outer_diameter", 12),
    ("washer", "M6", "thickness", 1.6),
    ("washer", "M10", "outer_diameter", 20),
    ("washer", "M16", "hole_diameter", 17),
    ("spring washer", "M8", "outer_diameter", 14.8),  # DIN 127
    ("square nut", "M8", "width", 13),  # DIN 557
    ("cap nut", "M8", "height", 15),  # DIN 1587
    ("flange nut", "M8", "flange_diameter", 17.9),  # ISO 4161
    ("t-nut", "M8", "slot_width", 10),  # DIN 508
    ("eye bolt", "M12", "ring_inner_diameter", 30),  # DIN 580
    ("hex bolt", "M8", "pitch", 1.25),  # ISO 261
    ("hex bolt", "M20", "pitch", 2.5),
    ("flange", "DN50", "diameter", 165),  # EN 1092-1, PN 16
    ("flange", "DN50", "bolt_circle", 125),
    ("flange", "DN100", "holes", 8),
    ("blind flange", "DN80", "diameter", 200),
    ("weld neck flange", "DN50", "pipe_diameter", 60.3),
]


@pytest.mark.parametrize(("name", "size", "parameter", "value"), PUBLISHED)
def test_published_dimension(name: str, size: str, parameter: str, value: float) -> None:
    assert getattr(family(name)(size=size), parameter) == pytest.approx(value)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("M6", (6, None, None)),
        ("m 8", (8, None, None)),
        ("M8x1", (8, 1, None)),
        ("M6x20", (6, None, 20)),
        ("M10x1.25x40", (10, 1.25, 40)),
        ("M2.5", (2.5, None, None)),
        ("1/4", (6.35, None, None)),
        ("1/4-20", (6.35, 1.27, None)),
    ],
)
def test_designations(said: str, meant: tuple[float, float | None, float | None]) -> None:
    assert nominal(said) == pytest.approx(meant)


@pytest.mark.parametrize("said", ["", "M", "big", "M0", "M6x", "M6x1x2x3", "1/0", "M99999"])
def test_not_a_size(said: str) -> None:
    with pytest.raises(DataError, match="M6"):
        nominal(said)


def test_between_and_beyond_the_table() -> None:
    assert dimension(HEX, "across_flats", 9) == pytest.approx((13 + 16) / 2)
    assert dimension(WASHER, "thickness", 128) == pytest.approx(20)
    assert dimension(PITCH, "pitch", 0.8) == pytest.approx(0.175)


def test_every_column_grows_with_the_size() -> None:
    for table in (HEX, WASHER, PITCH):
        for column in table.values():
            values = [column[size] for size in sorted(column)]
            assert values == sorted(values)


def test_a_designation_gives_the_length() -> None:
    assert family("hex bolt")(size="M8x50").length == 50  # type: ignore[attr-defined]
    assert family("hex bolt")(size="M8x1x50").pitch == 1  # type: ignore[attr-defined]


def test_a_said_diameter_stands_for_the_size() -> None:
    bolt = family("hex bolt")(diameter=12)
    assert (bolt.size, bolt.across_flats) == ("M12", 18)  # type: ignore[attr-defined]


def test_what_is_said_outright_wins_over_the_table() -> None:
    nut = family("hex nut")(size="M8", across_flats=14)
    assert (nut.across_flats, nut.thickness) == (14, 6.8)  # type: ignore[attr-defined]


def test_size_and_diameter_that_contradict_each_other() -> None:
    with pytest.raises(DataError, match="contradicts the size M8"):
        family("hex bolt")(size="M8", diameter=12)


def test_motor_mounts_by_frame() -> None:
    mount = family("motor mount")(frame="23")
    assert (mount.hole_spacing, mount.pilot_diameter) == (47.14, 38.1)  # type: ignore[attr-defined]
    with pytest.raises(DataError, match="NEMA frame 18"):
        family("motor mount")(frame="nema 18")
