"""What is written below a picture."""

from __future__ import annotations

import numpy as np
import pytest

from wugan.apps.voice_to_3d.geometry.render import bar, dimensions, draw_scale, length


@pytest.mark.parametrize(("per_mm", "mm"), [(1.0, 100), (2.1, 50), (0.3, 500), (40, 2), (1000, 0.1)])
def test_the_bar_is_the_longest_round_one(per_mm: float, mm: float) -> None:
    assert bar(per_mm, 160) == pytest.approx(mm)


def test_lengths_are_written_as_one_reads_them() -> None:
    assert [length(mm) for mm in (0.1, 35, 2000, 50_000)] == ["0.1 mm", "35 mm", "2000 mm", "50 m"]
    assert dimensions(np.zeros(3), np.array([800, 800.04, 749.96])) == "W 800 x D 800 x H 750 mm"
    assert dimensions(np.zeros(3), np.array([12.7, 3.175, 25.44])) == "W 12.7 x D 3.17 x H 25.4 mm"
    assert dimensions(np.zeros(3), np.array([12_000, 3000, 2500])) == "W 12 x D 3 x H 2.5 m"


def test_the_bar_drawn_has_its_length() -> None:
    image = pytest.importorskip("PIL.Image")
    picture = image.new("RGB", (800, 600), "white")
    draw_scale(picture, 1.5, np.zeros(3), np.ones(3))
    row = np.asarray(picture)[600 - 600 // 22]
    dark = np.flatnonzero(row[:400, 0] < 128)
    first = dark[np.flatnonzero(np.diff(dark, append=9999) > 1)[0]] - dark[0]
    assert first == pytest.approx(100 * 1.5, abs=2)
