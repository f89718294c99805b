"""Whether the description of a part comes out as a machinist would make it."""

import numpy as np
import pytest

from wugan.apps.voice_to_3d.geometry.build import build
from wugan.apps.voice_to_3d.language.parts.describe import describe
from wugan.apps.voice_to_3d.scene.scene import Scene


def judge(text: str, size: tuple[float, float, float], volume: float) -> None:
    """Box within 0.5 mm, volume within 0.6 %, nothing refused."""
    made = describe(text)
    assert made.object is not None, made.unread
    built = build(Scene(objects=(made.object,)))
    low, high = built.bounds()
    assert sorted(np.array(high) - np.array(low)) == pytest.approx(sorted(size), abs=0.5), made.unread
    assert built.volume() == pytest.approx(volume, rel=0.006), made.unread
