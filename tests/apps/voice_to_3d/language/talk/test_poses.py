"""Poses that depend on how a thing lies."""

from wugan.apps.voice_to_3d.measure import bounds


def extents(talk) -> list[float]:
    low, high = bounds(talk.scene, [talk.only.id])[talk.only.id]
    return [round(high[i] - low[i], 3) for i in range(3)]


def test_a_plank(talk):
    talk("a plank 100 cm long, 20 cm wide and 4 cm thick", "stand it up")
    assert extents(talk)[2] == 1000
    assert extents(talk("lay it down again"))[2] == 40
    assert extents(talk("put the plank on edge")) == [1000, 40, 200]
    assert extents(talk("lay it flat"))[2] == 40
    assert extents(talk("stand it upright"))[2] == 1000
    before = talk.scene
    assert talk("stand it upright").scene == before and talk.last.assumed
