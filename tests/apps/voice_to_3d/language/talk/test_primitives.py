"""Plain bodies: their boxes are what the parameters say, and what cannot be says why."""

import pytest

from wugan.apps.voice_to_3d.language.talk.kinds import PRIMITIVES, Block, Cube, Doughnut, Pill, Prism, Tube, Wedge
from wugan.apps.voice_to_3d.measure import size
from wugan.apps.voice_to_3d.scene.scene import Object
from wugan.errors import DataError


def extent(body) -> tuple[float, float, float]:
    return size(Object(id="a", name="a", shape=body.solid()))


@pytest.mark.parametrize("kind", PRIMITIVES, ids=lambda kind: kind.__name__)
def test_defaults_are_solid(kind):
    assert all(value > 0 for value in extent(kind())) and kind.names and len(kind().parts()) == 1


@pytest.mark.parametrize(
    "body,wanted",
    [
        (Cube(size=30), (30, 30, 30)),
        (Cube(width=20), (20, 20, 20)),
        (Cube(width=20, height=50), (20, 20, 50)),
        (Block(width=10, depth=20, height=30), (10, 20, 30)),
        (Doughnut(diameter=60, thickness=10), (60, 60, 10)),
        (Prism(shape="hexagonal", width=50, height=10), (57.735, 50, 10)),
        (Wedge(width=60, depth=40, height=30), (60, 40, 30)),
        (Pill(diameter=20, height=60), (20, 20, 60)),
        (Tube(inner_diameter=20, wall_thickness=2, height=30), (24, 24, 30)),
    ],
)
def test_boxes(body, wanted: tuple[float, float, float]):
    assert extent(body) == pytest.approx(wanted, rel=3e-3)


@pytest.mark.parametrize(
    "body,reason",
    [
        (Tube(diameter=20, inner_diameter=20), "no wall"),
        (Tube(diameter=30, inner_diameter=20, wall_thickness=2), "5 mm walls, not 2"),
        (Doughnut(diameter=20, thickness=12), "less than half"),
        (Pill(diameter=20, height=10), "at least as high"),
    ],
)
def test_what_cannot_be(body, reason: str):
    with pytest.raises(DataError, match=reason):
        body.solid()
