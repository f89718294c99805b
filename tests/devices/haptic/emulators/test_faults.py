from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wugan.devices.haptic.emulators.pty import Faults, Line
from wugan.errors import DataError


def through(faults: Faults, data: bytes, way: str = "answers") -> bytes:
    line = Line(faults, way)  # type: ignore[arg-type]
    line.put(data, 0.0)
    return line.take(1e9)


@given(st.lists(st.binary(min_size=1, max_size=20)))
def test_a_perfect_line_changes_nothing(pieces: list[bytes]) -> None:
    line = Line(Faults(), "commands")
    for number, piece in enumerate(pieces):
        line.put(piece, float(number))
    assert line.take(len(pieces)) == b"".join(pieces)
    assert line.next_s is None


def test_noise_flips_one_bit_of_some_bytes() -> None:
    sent = bytes(10_000)
    got = through(Faults(noise=0.1), sent)
    flipped = [byte for byte in got if byte]
    assert len(got) == len(sent) and 900 < len(flipped) < 1100
    assert {byte.bit_count() for byte in flipped} == {1} and len(set(flipped)) == 8


def test_loss_drops_some_bytes_and_duplicate_repeats_answers() -> None:
    assert 8900 < len(through(Faults(loss=0.1), bytes(10_000))) < 9100
    assert through(Faults(loss=1.0), b"abc") == b""
    assert through(Faults(duplicate=1.0), b"abc") == b"abcabc"
    assert through(Faults(duplicate=1.0), b"abc", "commands") == b"abc"


def test_the_seed_decides() -> None:
    one, again, other = (through(Faults(seed=seed, noise=0.5), bytes(100)) for seed in (1, 1, 2))
    assert one == again != other


def test_on_chooses_the_way() -> None:
    assert through(Faults(loss=1.0, on="answers"), b"abc", "commands") == b"abc"
    assert through(Faults(loss=1.0, on="commands"), b"abc", "commands") == b""
    assert through(Faults(loss=1.0, on="commands"), b"abc", "answers") == b"abc"


@given(st.floats(0, 0.01), st.floats(0, 0.01), st.lists(st.floats(0, 0.01), min_size=1, max_size=30))
def test_answers_are_late_but_in_order(delay: float, jitter: float, gaps: list[float]) -> None:
    line = Line(Faults(delay_s=delay, jitter_s=jitter), "answers")
    now, sent = 0.0, b""
    for number, gap in enumerate(gaps):
        now += gap
        line.put(bytes([number]), now)
        sent += bytes([number])
    first = line.next_s
    assert first is not None and first >= gaps[0] + delay
    assert line.take(now + delay + jitter) == sent


def test_the_command_line_form() -> None:
    faults = Faults.parse("delay=0.002, noise=1e-4,stall=0.03@2,seed=7,on=answers,unplug=1@10")
    assert faults == Faults(
        seed=7,
        delay_s=0.002,
        noise=1e-4,
        on="answers",
        stall_s=0.03,
        stall_every_s=2.0,
        unplug_s=1.0,
        unplug_every_s=10.0,
    )
    assert Faults.parse("") == Faults()


@pytest.mark.parametrize(
    "text", ["lag=1", "noise=2", "noise=x", "delay=-1", "delay=inf", "loss=0.1@3", "on=up", "delay"]
)
def test_what_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(DataError, match="fault"):
        Faults.parse(text)
