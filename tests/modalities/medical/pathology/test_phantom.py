from __future__ import annotations

import numpy as np
import pytest

from wugan.modalities.medical.pathology.phantom import draw_phantom


def test_it_draws_what_it_says() -> None:
    drawn = draw_phantom((256, 192), per_mm2=2000, margin_um=16, positive=0.25, seed=1)
    assert drawn.rgb.shape == (384, 512, 3)
    assert len(drawn.centres_um) == round(2000 * 0.224 * 0.160)
    assert drawn.centres_um.min() >= 16 and (drawn.centres_um.max(0) <= (240, 176)).all()
    assert drawn.areas_um2.mean() == pytest.approx(np.pi * 3.6**2, rel=0.12)
    assert 0.1 < drawn.positive.mean() < 0.4
    assert drawn.rgb[:20, :20].mean() > 235


def test_a_seed_is_a_field() -> None:
    one, same, other = (draw_phantom((64, 64), seed=seed).rgb for seed in (1, 1, 2))
    assert np.array_equal(one, same) and not np.array_equal(one, other)


def test_nuclei_that_may_not_touch_keep_apart() -> None:
    drawn = draw_phantom((200, 200), per_mm2=3000, touching=0.0, seed=2)
    distances = np.linalg.norm(drawn.centres_um[:, None] - drawn.centres_um, axis=-1)
    np.fill_diagonal(distances, np.inf)
    assert distances.min() > 2 * 0.6 * 3.6 / np.sqrt(1.6)
