from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.emulators.openffboard import EmulatedOpenFFBoard

SET_UP = (
    b"fxm.0.reset?;axis.0.idlespring=0;fxm.0.new=1;fxm.0.duration=100?0;fxm.0.mag=0?0;fxm.0.state=1?0;fxm.0.ffbstate=1;"
)
GAIN = 204 / 255 * 5000 / 32767


def playing(magnitude: int = 16000) -> EmulatedOpenFFBoard:
    board = EmulatedOpenFFBoard(full_torque=8.0)
    assert board.receive(SET_UP, 0.0).count(b"|OK]") == 6
    board.receive(b"fxm.0.mag=%d?0;fxm.0.state=1?0;" % magnitude, 0.0)
    return board


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        (b"sys.0.swver?\n", bytes.fromhex("5b7379732e302e73777665723f7c312e31372e315d0a")),
        (b"swver?;", b"[sys.0.swver?|1.17.1]\n"),
        (b"fxm.0.new=1\n", b"[fxm.0.new=1|0]\n"),
        (
            b"fxm.new=1 fxm.0.mag=-8000?0;fxm.0.mag?0\r",
            b"[fxm.0.new=1|0]\n[fxm.0.mag=-8000?0|OK]\n[fxm.0.mag?0|-8000]\n",
        ),
        (b"fxm.0.new=1;fxm.0.mag=x1f40?0;", b"[fxm.0.new=1|0]\n[fxm.0.mag=8000?0|OK]\n"),
        # Beyond 16 bits it wraps: the force reverses.
        (
            b"fxm.0.new=1;fxm.0.mag=40000?0;fxm.0.mag?0;",
            b"[fxm.0.new=1|0]\n[fxm.0.mag=40000?0|OK]\n[fxm.0.mag?0|-25536]\n",
        ),
        (b"axis.0.power=1.5\n", b"[axis.0.power=1|OK]\n"),
        (b"axis.0.power=1e3;axis.0.power?;", b"[axis.0.power=1|OK]\n[axis.0.power?|1]\n"),
        # A wrong form, another instance: silence.
        (b"fxm.0.mag=5\n", b""),
        (b"ab;\n", b""),
        (b"fxm.0.mag=5;axis.0.cpr?;", b"[axis.0.cpr?|16384]\n"),
        # Unknown: an error line, and not even that beside a good command.
        (b"axis.0.nothing?\n", b"[sys.0.errors?|5:info:Unknown command]\n"),
        (b"nothing.0.power?;axis.0.fxratio?;", b"[axis.0.fxratio?|204]\n"),
        (
            b"sys.0.main?;main.0.ffbactive?;main.0.estop?;",
            b"[sys.0.main?|3]\n[main.0.ffbactive?|0]\n[main.0.estop?|0]\n",
        ),
    ],
)
def test_commands_as_the_vendors_parser_answers_them(sent: bytes, answered: bytes) -> None:
    assert EmulatedOpenFFBoard().receive(sent, 0.0) == answered


@pytest.mark.parametrize("bad", [b"axis.0.power=abc;", b"axis.0.power=nan;", b"axis.0.power=-;", b"axis?x;"])
def test_what_is_no_number_hangs_it_until_the_chip_resets(bad: bytes) -> None:
    board = playing(16000)
    torque = board.output[0]
    assert board.receive(bad, 0.01) == b""
    for step in range(1, 19):
        board.tick(0.01 + step / 10)
        assert board.receive(b"fxm.0.mag=0?0;", 0.01 + step / 10) == b""
        assert board.output == [torque]  # far beyond the duration of the effect
    board.tick(2.02)
    assert board.output == [0.0]
    assert board.receive(b"sys.0.swver?;", 2.03) == b"[sys.0.swver?|1.17.1]\n"


def test_the_output_is_in_counts_and_inverted() -> None:
    board = playing(16000)
    assert board.output == pytest.approx([-16000 / 32767 * GAIN * 8.0])
    assert board.receive(b"axis.0.curtorque?;", 0.01) == b"[axis.0.curtorque?|%d]\n" % round(-16000 * GAIN)


def test_an_effect_ends_with_its_duration_and_starts_anew() -> None:
    board = playing()
    board.tick(0.099)
    assert board.output[0] < 0
    board.receive(b"fxm.0.state=1?0;", 0.099)
    board.tick(0.198)
    assert board.output[0] < 0
    board.tick(0.2)
    assert board.output == [0.0]


def test_without_a_duration_it_stays_for_ever_and_closing_the_port_changes_nothing() -> None:
    board = playing()
    board.receive(b"fxm.0.duration=65535?0;", 0.01)
    board.port_closed(0.02)
    board.tick(1000.0)
    assert board.output[0] < 0
    board.unplugged(1000.0)
    board.tick(1000.1)
    assert board.output == [0.0]
    assert board.receive(b"fxm.0.new=1;", 1001.0) == b"[fxm.0.new=1|0]\n"


def test_switching_effects_off_leaves_the_idle_spring() -> None:
    board = playing()
    board.sense(np.array([1.0]), np.zeros(1))
    board.receive(b"axis.0.idlespring=127;fxm.0.ffbstate=0;", 0.01)
    assert board.output[0] < 0
    board.sense(np.array([-1.0]), np.zeros(1))
    board.tick(0.02)
    assert board.output[0] > 0


def test_emergency_stop_and_release_with_fade_in() -> None:
    board = playing()
    board.receive(b"fxm.0.duration=65535?0;main.0.estop=1;", 0.01)
    assert board.output == [0.0]
    assert board.receive(b"main.0.ffbactive?;", 0.02) == b"[main.0.ffbactive?|-1]\n"
    assert b"2:warn:" in board.receive(b"sys.0.errors?;", 0.02)
    board.receive(b"main.0.estop=0;", 0.03)
    outputs = []
    for step in range(100):
        board.tick(0.03 + step / 50)
        outputs.append(-board.output[0])
    assert outputs[0] == 0 and outputs == sorted(outputs) and outputs[-1] == pytest.approx(16000 / 32767 * GAIN * 8)


def test_positions_in_counts_over_the_range() -> None:
    board = EmulatedOpenFFBoard()
    board.sense(np.array([math.radians(90.0)]), np.array([math.radians(-45.7)]))
    assert board.receive(b"axis.0.curpos?;axis.0.curspd?;", 0.0) == b"[axis.0.curpos?|6553]\n[axis.0.curspd?|-45]\n"
    board.sense(np.array([math.radians(900.0)]), np.zeros(1))
    assert board.receive(b"axis.0.curpos?;", 0.0) == b"[axis.0.curpos?|32767]\n"


def test_what_does_not_fit_is_dropped_with_the_good_commands() -> None:
    board = EmulatedOpenFFBoard()
    assert board.receive(b"axis.0.cpr?;" * 90, 0.0) == b""
    assert board.receive(b"axis.0.cpr?;", 0.0) == b"[axis.0.cpr?|16384]\n"
    assert board.receive(b"x" * 1010, 0.0) == b""
    assert board.receive(b"axis.0.cpr?;axis.0.cpr?;", 0.1) == b""  # it cleared the buffer as well
    assert board.receive(b"axis.0.cpr?;", 0.1) == b"[axis.0.cpr?|16384]\n"


def test_an_unfinished_command_is_glued_to_the_next_for_half_a_second() -> None:
    board = EmulatedOpenFFBoard()
    board.receive(b"axis.0.c", 0.0)
    assert board.receive(b"pr?;", 0.4) == b"[axis.0.cpr?|16384]\n"
    board.receive(b"axis.0.c", 1.0)
    assert board.receive(b"axis.0.cpr?;", 1.6) == b"[axis.0.cpr?|16384]\n"


def test_forty_effects_and_no_more() -> None:
    board = EmulatedOpenFFBoard()
    answers = [board.receive(b"fxm.0.new=8;", 0.0) for _ in range(41)]
    assert answers[39] == b"[fxm.0.new=8|39]\n" and answers[40] == b"[fxm.0.new=8|-1]\n"
    assert board.receive(b"fxm.0.mag=5?99;", 0.0) == b"[fxm.0.mag=5?99|OK]\n"


def test_another_main_class_has_no_effects_and_a_change_restarts() -> None:
    board = EmulatedOpenFFBoard(main=1)
    assert board.receive(b"fxm.0.new=1;", 0.0) == b"[sys.0.errors?|5:info:Unknown command]\n"
    board.receive(b"axis.0.degrees=100;", 0.0)
    board.receive(b"sys.0.main=3;", 0.0)
    assert board.receive(b"axis.0.degrees?;fxm.0.new=1;", 0.0) == b"[axis.0.degrees?|900]\n[fxm.0.new=1|0]\n"


def test_a_spring_effect_pulls_back() -> None:
    board = EmulatedOpenFFBoard()
    board.receive(b"fxm.0.new=8;fxm.0.coeff=32767?0;fxm.0.state=1?0;fxm.0.ffbstate=1;", 0.0)
    board.sense(np.array([2.0]), np.zeros(1))
    board.tick(0.01)
    assert board.output[0] < 0


command = st.sampled_from(
    [
        SET_UP,
        b"fxm.0.mag=",
        b"-32768?0;",
        b"x;",
        b"99999999999999999999?0;",
        b"fxm.0.state=1?0;",
        b"main.0.estop=1;",
        b"a",
    ]
)
parts = st.lists(
    st.one_of(st.binary(max_size=60), command, st.text("fxmais.0?=-x12;\n|!", max_size=40).map(str.encode)), max_size=20
)


@given(parts, st.floats(0, 0.3))
def test_nothing_that_is_received_breaks_it(pieces: list[bytes], gap: float) -> None:
    board, now = EmulatedOpenFFBoard(full_torque=8.0), 0.0
    for piece in pieces:
        now += gap
        board.receive(piece, now)
        board.tick(now)
        assert abs(board.output[0]) <= 8.0
    board.tick(now + 2.1)
    board.receive(b";axis.0.idlespring=0;fxm.0.reset?;", now + 2.1)
    board.tick(now + 2.2)
    assert board.output == [0.0]
