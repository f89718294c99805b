"""`read_feature`: sentences add features to parts that stand."""

from math import pi

import pytest

from wugan.apps.voice_to_3d.geometry.build import build
from wugan.apps.voice_to_3d.language.parts.describe import describe, read_feature
from wugan.apps.voice_to_3d.scene.scene import Object, Scene


def part(text: str) -> Object:
    made = describe(text).object
    assert made is not None
    return made


PLATE = "A plate 100 x 60 x 10 mm with a 20 mm hole in the centre"
ROUND = "A cylinder 40 mm in diameter and 60 mm high"


@pytest.mark.parametrize(
    ("base", "text", "change"),
    [
        (PLATE, "drill two 5 mm holes in the top 30 mm apart", -2 * pi * 6.25 * 10), (PLATE,
        "add four 6 mm holes in the corners, 8 mm from the edges", -4 * pi * 90),
        (PLATE, "add a boss 30 mm in diameter and 12 mm tall on top", pi * 225 * 12), (PLATE,
        "put a 10 mm hole 15 mm from the left edge", -pi * 250),
        (PLATE, "counterbore the hole to 30 mm, 4 mm deep", -pi * (225 - 100) * 4), (PLATE,
        "cut a 5 mm deep step 20 mm wide along the right edge", -5 * 20 * 60),
        (ROUND, "drill a 10 mm hole through it", -pi * 25 * 60), (ROUND,
        "drill a 5 mm hole 20 mm deep into the top", -pi * 6.25 * 20),
        (ROUND, "hollow it out with 5 mm walls open at both ends", -pi * 225 * 60), (ROUND,
        "cut a groove 4 mm wide and 3 mm deep around it, 10 mm below the top", -pi * (400 - 289) * 4),
        (ROUND, "add a cylinder 20 mm in diameter and 30 mm tall on top", pi * 100 * 30),
    ],
)  # fmt: skip
def test_volume_changes(base: str, text: str, change: float) -> None:
    object = part(base)
    features, unread = read_feature(text, object)
    assert features, unread
    assert unread == ()
    assert len({one.id for one in (*object.features, *features)}) == len(object.features) + len(features)
    before = build(Scene(objects=(object,))).volume()
    after = build(Scene(objects=(object.model_copy(update={"features": (*object.features, *features)}),))).volume()
    assert after - before == pytest.approx(change, rel=0.02)


@pytest.mark.parametrize("text", ["", "what a nice day", "round the edges", "drill a hole"])
def test_what_says_nothing_is_told(text: str) -> None:
    features, unread = read_feature(text, part(ROUND))
    assert features == ()
    assert unread
