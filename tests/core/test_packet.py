from __future__ import annotations

import pickle

import pytest

from wugan import Packet


def test_replace_keeps_the_moment_and_adds_attributes_without_touching_the_old_ones():
    packet = Packet("image", 99, stream="camera", seq=3, attrs={"lens": "left"})
    other = packet.replace(7, score=0.5)
    assert (other.stream, other.seq, other.time_ns, other.data) == ("camera", 3, 99, 7)
    assert other.attrs == {"lens": "left", "score": 0.5}
    assert packet.attrs == {"lens": "left"}


def test_packets_are_slotted_and_travel():
    packet = Packet([1], 0, stream="s")
    with pytest.raises(AttributeError):
        packet.label = "x"
    assert pickle.loads(pickle.dumps(packet)) == packet
