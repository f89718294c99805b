from __future__ import annotations

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.video.frame import check_time, grey, rgb
from wugan.packet import Packet
from wugan.signals import Image


def packet(pixels: np.ndarray, time_ns: object = 0) -> Packet[Image]:
    return Packet(Image(pixels), time_ns, stream="camera", seq=3)  # type: ignore[arg-type]


def test_grey_and_colour() -> None:
    colour = np.zeros((2, 3, 3), np.uint8)
    colour[..., 1] = 100
    assert rgb(packet(colour)) is colour and grey(packet(colour)).tolist() == [[59] * 3] * 2  # 0.587 of it
    assert rgb(packet(colour[..., 1])).tolist() == [[[100] * 3] * 3] * 2


@pytest.mark.parametrize(
    "pixels", [np.zeros((0, 4, 3), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros(4, np.uint8)]
)
def test_what_is_no_picture(pixels: np.ndarray) -> None:
    for reader in (rgb, grey):
        with pytest.raises(DataError, match="picture 3 of 'camera'"):
            reader(packet(pixels))


def test_a_time_is_a_whole_number() -> None:
    assert check_time(packet(np.zeros((1, 1), np.uint8), np.int64(7))) == 7
    for wrong in (float("nan"), 1.5, None):
        with pytest.raises(DataError, match="nanoseconds"):
            check_time(packet(np.zeros((1, 1), np.uint8), wrong))
