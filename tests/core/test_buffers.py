from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import wugan
from wugan import Packet, Pipeline, Source, buffers


class InPlace(Source[np.ndarray]):
    """Frames filled where they lie; says in `attrs` whether that was in shared memory."""

    def packets(self) -> Iterator[Packet[np.ndarray]]:
        for number in range(30):
            frame = wugan.empty((200, 400, 3))
            frame[:] = number
            yield Packet(frame, number, seq=number, attrs={"shared": buffers._slots is not None})


def test_frames_filled_in_place_arrive_whole_and_take_no_copy(runtime, shared_files):
    p = Pipeline("in-place")
    got: list[Packet] = []

    def take(packet: Packet) -> None:
        assert packet.data.min() == packet.data.max() == packet.seq
        with pytest.raises(ValueError, match="read-only"):
            packet.data[0] = 1
        got.append(packet.replace(int(packet.data[-1, -1, -1])))

    p.sink(take, p.source(InPlace(), name="camera"))
    with p.run(runtime) as running:
        assert running.wait(timeout=60)
        assert running.stats()["take"]["failed"] == 0
    assert [packet.data for packet in got] == list(range(30))
    assert {packet.attrs["shared"] for packet in got} == {runtime == "ray"}


def test_small_and_odd_arrays_are_ordinary():
    assert wugan.empty(3).shape == (3,) and wugan.empty((2, 2), np.float32).dtype == np.float32
    assert wugan.empty((2, 2), object)[0, 0] is None
