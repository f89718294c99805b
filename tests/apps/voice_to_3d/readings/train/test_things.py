"""Things and scans of them: drawn alike for the same seed, and apart for training and evaluation."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("manifold3d", reason="needs the design extra")
pytest.importorskip("trimesh", reason="needs the design extra")
pytest.importorskip("scipy", reason="needs the design extra")

from wugan.apps.voice_to_3d.readings.labels import SHAPES
from wugan.apps.voice_to_3d.readings.scan import scan_of
from wugan.apps.voice_to_3d.readings.train.scans import HELD_OUT, Faults, scanned, thing, true_size


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_can_be_made_and_scanned(shape: str) -> None:
    rng = np.random.default_rng(0)
    mesh = thing(shape, "train", rng)
    scan = scan_of(scanned(mesh, Faults(views=6), rng), shape)
    true = np.array(true_size(np.asarray(mesh.vertices)))
    assert np.abs(np.array(scan.size) / true - 1).max() < 0.06, (scan.size, true)


def test_the_camera_sees_no_back_and_no_inside() -> None:
    import trimesh

    ball = trimesh.creation.icosphere(4, 100)
    inner = trimesh.creation.icosphere(4, 50)
    mesh = trimesh.util.concatenate([ball, inner])
    faults = Faults(views=1, noise=0.0, strays=0.0, holes=0, ground=False)
    points = scanned(mesh, faults, np.random.default_rng(0))
    assert (np.linalg.norm(points, axis=1) > 95).mean() > 0.99
    seen = points / np.linalg.norm(points, axis=1, keepdims=True)
    middle = seen.mean(0) / np.linalg.norm(seen.mean(0))
    assert (seen @ middle > -0.1).mean() > 0.99


def test_evaluation_has_variants_that_training_has_not(monkeypatch: pytest.MonkeyPatch) -> None:
    from wugan.apps.voice_to_3d.readings.train import scans as things

    drawn: dict[str, set[str]] = {"train": set(), "test": set()}
    kind = things.family("table")
    rng = np.random.default_rng(0)
    for split in ("train", "test"):
        for _ in range(60):
            drawn[split].add(things._parameters(kind, split, rng)["shape"])
    assert set(HELD_OUT["table", "shape"]) <= drawn["test"] - drawn["train"]


def test_the_same_seed_gives_the_same_scans() -> None:
    from wugan.apps.voice_to_3d.readings.train import scans as module

    one, other = (module._example("mug", "test", np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(one.tokens.values, other.tokens.values)
    assert one.size == other.size
