"""Programs as bytes: what goes in comes out, and nothing else gets in."""

from __future__ import annotations

import math
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.devices.haptic.driver import HapticSpec
from wugan.devices.haptic.effects import (
    Damper,
    Detents,
    Effect,
    ForbiddenBox,
    ForbiddenSphere,
    Friction,
    Guide,
    Program,
    Pulse,
    Spring,
    Surface,
    Texture,
    Vibration,
    Wall,
    Weight,
    curve,
)
from wugan.devices.haptic.effects.program import EFFECTS
from wugan.errors import DataError

ALL: list[Effect] = [
    Spring(300.0, (0.0, 0.0, 0.05), slack=1e-3),
    Damper((1.0, 2.0, 0.0)),
    Wall((0.0, 3.0, 4.0), (0.0, 0.01, 0.0), 800.0, 2.0),
    Friction(1.0, 1.5, each_axis=True),
    Texture.noise(0.2, seed=3),
    Detents(5e-3, count=4),
    Pulse((0.0, 0.0, 1.0), serial=7),
    Vibration(0.5, 250.0, decay=0.02),
    Weight((0.0, 0.0, 2.0)),
    Guide(curve([[0, 0, 0], [0.05, 0, 0], [0.05, 0.05, 0.02]], 5e-3), assist=0.5),
    ForbiddenBox((-0.01, -0.02, -0.03), (0.01, 0.02, 0.03)),
    ForbiddenSphere(0.03, (0.0, 0.0, 0.1), outside=True),
    Surface("part-1", 600.0, still=0.5, moving=0.4),
]
SPEC = HapticSpec("test", "tester", "cartesian", (8.0,) * 3, ((-0.1, 0.1),) * 3, (2.0,) * 3, 1000.0, 0.05, True, False)
JOINTS = HapticSpec("test", "arm", "joint", (2.0,) * 3, ((-3.0, 3.0),) * 3, (20.0,) * 3, 1000.0, 0.05, True, False)


def sealed(body: bytes) -> bytes:
    return body + struct.pack("<I", zlib.crc32(body))


def test_every_effect_comes_back_from_its_bytes() -> None:
    assert {type(effect) for effect in ALL} == set(EFFECTS.values())
    for effect in ALL:
        assert Program.from_bytes(Program((effect,)).to_bytes()) == Program((effect,))
    whole = Program(tuple(ALL))
    assert Program.from_bytes(whole.to_bytes()) == whole
    assert whole.geometry_names == ("part-1",)
    assert Program.from_bytes(Program().to_bytes()) == Program()


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=5000))
def test_any_bytes_are_a_program_or_a_data_error(data: bytes) -> None:
    for given_bytes in (data, sealed(b"WHP\x01" + data)):
        try:
            program = Program.from_bytes(given_bytes)
        except DataError:
            continue
        assert Program.from_bytes(program.to_bytes()) == program


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_damaged_fields_behind_a_right_check_sum_are_refused_or_valid(data: st.DataObject) -> None:
    body = bytearray(Program((data.draw(st.sampled_from(ALL)),)).to_bytes()[:-4])
    for _ in range(data.draw(st.integers(1, 6))):
        body[data.draw(st.integers(5, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        program = Program.from_bytes(sealed(bytes(body)))
    except DataError:
        return
    assert all(isinstance(effect, Effect) for effect in program.effects)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_one_changed_byte_is_found(place: int, change: int) -> None:
    data = bytearray(Program(tuple(ALL[:5])).to_bytes())
    data[place % len(data)] ^= change
    with pytest.raises(DataError):
        Program.from_bytes(bytes(data))


def test_what_is_too_long_says_what_to_do() -> None:
    with pytest.raises(DataError, match="Geometry"):
        Program((Guide(tuple((i * 1e-3, 0.0, 0.0) for i in range(300))),)).to_bytes()
    with pytest.raises(DataError, match="at most 64"):
        Program((Damper(),) * 65)
    with pytest.raises(DataError, match="effects of"):
        Program(("spring",))  # type: ignore[arg-type]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, "much", None, True, 1e9])
def test_no_parameter_takes_what_is_no_number(bad: object) -> None:
    for make in (
        lambda: Spring(bad),  # type: ignore[arg-type]
        lambda: Spring(100.0, (0.0, bad, 0.0)),  # type: ignore[arg-type]
        lambda: Wall(stiffness=bad),  # type: ignore[arg-type]
        lambda: Texture(amplitude=bad),  # type: ignore[arg-type]
        lambda: Pulse((0.0, 0.0, bad)),  # type: ignore[arg-type]
        lambda: Guide(((0.0, 0.0, 0.0), (0.0, 0.0, bad))),  # type: ignore[arg-type]
        lambda: Surface("a", still=bad),  # type: ignore[arg-type]
    ):
        with pytest.raises(DataError):
            make()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Wall((0.0, 0.0, 0.0)), "direction"),
        (lambda: Friction(2.0, 1.0), "less than moving"),
        (lambda: Surface("a", still=0.1, moving=0.2), "above still"),
        (lambda: Surface(""), "name"),
        (lambda: Detents(1e-3, width=2e-3), "wider"),
        (lambda: Vibration(frequency=900.0), "Hz"),
        (lambda: Pulse(duration=60.0), "duration"),
        (lambda: ForbiddenBox((0.0,), (-1.0,)), "below high"),
        (lambda: Guide(((0.0, 0.0), (0.0, 0.0))), "same"),
        (lambda: Guide(radius=0.1, reach=0.05), "below reach"),
        (lambda: Texture(profile=(1.0, 1.0)), "differ"),
        (lambda: Wall(stiffness="3 N"), "N/m"),
    ],
)
def test_errors_name_the_field(make: object, words: str) -> None:
    with pytest.raises(DataError, match=words):
        make()  # type: ignore[operator]


def test_quantities_may_have_units() -> None:
    assert Wall(point=("5 mm", 0, 0), stiffness="1.5 N/mm") == Wall(point=(0.005, 0, 0), stiffness=1500.0)
    assert Spring(center=("30 deg",)).center == pytest.approx((math.pi / 6,))


def test_a_device_refuses_what_it_cannot_render_or_what_is_in_another_unit() -> None:
    Program((Wall(point=(0.0, 0.0, 0.05)), Guide(), ForbiddenBox(), Surface("part"))).check(SPEC)
    Program((Spring(1.0, (0.1, 0.2, 0.3)), Damper(0.02))).check(JOINTS)
    for program, spec, words in (
        (Program((Surface("part"),)), JOINTS, "Cartesian"),
        (Program((Wall((0.0, 1.0)),)), SPEC, "3 axes"),
        (Program((Wall(point=(0.0, 0.0, 50.0)),)), SPEC, "cannot be meant"),
        (Program((Guide(((0.0, 0.0, 0.0), (50.0, 0.0, 0.0))),)), SPEC, "cannot be meant"),
        (Program((Wall(stiffness=0.5),)), SPEC, "cannot be meant"),
    ):
        with pytest.raises(DataError, match=words):
            program.check(spec)
