from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.errors import DataError
from wugan.modalities.video.clips import Clip, Clips
from wugan.packet import Packet
from wugan.signals import Image
from wugan.testing import run_stage

MS = 1_000_000


def pictures(times_ms: list[int], size: tuple[int, int] = (4, 6)) -> list[Packet[Image]]:
    """Each picture's value is its number."""
    return [
        Packet(Image(np.full((*size, 3), k, np.uint8)), time * MS, stream="camera", seq=k)
        for k, time in enumerate(times_ms)
    ]


def shown(packet: Packet[Clip]) -> list[int | None]:
    """Numbers of the pictures in a clip, `None` where one is missing."""
    return [
        int(pixels[0, 0, 0]) if there else None
        for pixels, there in zip(packet.data.pixels, packet.data.mask, strict=True)
    ]


def test_sliding_clips() -> None:
    found = run_stage(Clips(frames=4, interval="100ms", stride=2), pictures([100 * k for k in range(9)]))
    assert [shown(one) for one in found] == [[0, 1, 2, 3], [2, 3, 4, 5], [4, 5, 6, 7]]
    assert [one.time_ns for one in found] == [0, 200 * MS, 400 * MS]
    assert [one.attrs["end_ns"] for one in found] == [300 * MS, 500 * MS, 700 * MS]


def test_a_stride_longer_than_a_clip_leaves_pictures_out() -> None:
    found = run_stage(Clips(frames=2, interval="100ms", stride=3), pictures([100 * k for k in range(8)]))
    assert [shown(one) for one in found] == [[0, 1], [3, 4], [6, 7]]


def test_a_faster_camera_is_thinned_out_to_the_nearest() -> None:
    found = run_stage(Clips(frames=3, interval="100ms", stride=3), pictures([0, 33, 67, 100, 133, 167, 201, 234, 267]))
    assert [shown(one) for one in found] == [[0, 3, 6]]
    uneven = run_stage(Clips(frames=3, interval="100ms", stride=3), pictures([0, 40, 90, 130, 170, 190, 210, 290]))
    assert [shown(one) for one in uneven] == [[0, 2, 5]] and uneven[0].data.time_ns.tolist() == [0, 90 * MS, 190 * MS]


def test_dropped_pictures_are_holes_not_a_shift_in_time() -> None:
    found = run_stage(Clips(frames=4, interval="100ms", stride=4), pictures([0, 100, 300, 400, 500, 600, 700]))
    assert [shown(one) for one in found] == [[0, 1, None, 2], [3, 4, 5, 6]]
    assert found[0].data.time_ns.tolist() == [0, 100 * MS, 200 * MS, 300 * MS] and not found[0].data.pixels[2].any()


def test_a_clip_with_too_few_pictures_is_counted() -> None:
    stage = Clips(frames=4, interval="100ms", stride=4, least=0.75)
    assert [shown(one) for one in run(stage, pictures([0, 300, 400, 500, 600, 700]))] == [[2, 3, 4, 5]]
    assert stage.thin == 1


def run(stage: Clips, packets: list[Packet[Image]]) -> list[Packet[Clip]]:
    """As the runtime does, on this very stage, whose counters are looked at."""
    return [made for packet in packets for made in stage.process(packet)] + list(stage.flush())


def test_breaks_begin_a_new_clip() -> None:
    back = Clips(frames=3, interval="100ms", stride=3)
    assert [shown(one) for one in run(back, pictures([1000, 1100, 0, 100, 200]))] == [[2, 3, 4]] and back.jumps == 1
    pause = Clips(frames=3, interval="100ms", stride=3)
    assert [shown(one) for one in run(pause, pictures([0, 100, 9000, 9100, 9200]))] == [[2, 3, 4]] and pause.gaps == 1
    resized = Clips(frames=3, interval="100ms", stride=3)
    mixed = pictures([0, 100]) + pictures([0, 0, 200, 300, 400], size=(8, 8))[2:]
    found = run(resized, mixed)
    assert [shown(one) for one in found] == [[2, 3, 4]] and resized.resizes == 1
    assert found[0].data.pixels.shape == (3, 8, 8, 3)
    twice = Clips(frames=3, interval="100ms", stride=3)
    assert [shown(one) for one in run(twice, pictures([0, 0, 100, 100, 200]))] == [[0, 2, 4]] and twice.repeats == 2


def test_interrupt_forgets() -> None:
    stage = Clips(frames=3, interval="100ms", stride=3)
    first, second = pictures([0, 100, 200]), pictures([300, 400, 500])
    list(stage.process(first[0]))
    stage.interrupt()
    assert [shown(one) for one in run(stage, second)] == [[0, 1, 2]]


def test_bad_pictures_and_settings() -> None:
    stage = Clips()
    with pytest.raises(DataError, match="is empty"):
        list(stage.process(Packet(Image(np.zeros((0, 0, 3), np.uint8)), 0, stream="camera")))
    with pytest.raises(DataError, match="nanoseconds"):
        list(stage.process(Packet(Image(np.zeros((4, 4), np.uint8)), float("nan"), stream="camera")))  # type: ignore[arg-type]
    for wrong in ({"frames": 1}, {"stride": 0}, {"interval": 0}, {"least": 0.0}):
        with pytest.raises(DataError, match="Clips:"):
            Clips(**wrong)  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.integers(-50, 400), max_size=60), frames=st.integers(2, 5), stride=st.integers(1, 7))
def test_any_times(steps: list[int], frames: int, stride: int) -> None:
    """Whatever a camera's times do: pictures keep their order and lie near their moments, clips span what they say."""
    times = np.cumsum([1000, *steps]).tolist()
    # run_stage also checks the watermark and that nothing is changed.
    for found in run_stage(Clips(frames=frames, interval="100ms", stride=stride), pictures(times)):
        clip = found.data
        numbers = [one for one in shown(found) if one is not None]
        assert numbers == sorted(set(numbers)) and len(numbers) >= frames / 2
        assert [times[one] * MS for one in numbers] == clip.time_ns[clip.mask].tolist()
        grid = clip.time_ns - np.arange(frames) * 100 * MS
        assert np.ptp(grid) <= 100 * MS and found.time_ns <= clip.time_ns[0]
