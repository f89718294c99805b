"""The network of the npm package, where it is installed; what is around it, everywhere."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.video.coco import LABELS, VARIABLE, CocoDetector, find_models, tile_edges
from wugan.packet import Packet
from wugan.signals import Image

try:
    MODELS: Path | None = find_models()
except DataError:
    MODELS = None
needs_models = pytest.mark.skipif(MODELS is None, reason=f"npm's @vladmandic/human is not here; ${VARIABLE} names it")
#: Debian's package opencv-doc.
VTEST = Path(os.environ.get("WUGAN_VTEST", "/usr/share/doc/opencv-doc/examples/data/vtest.avi"))


def test_labels_are_coco_s() -> None:
    assert len(LABELS) == len(set(LABELS)) == 80
    assert [LABELS.index(one) for one in ("person", "car", "stop sign", "dog", "toothbrush")] == [0, 2, 11, 16, 79]


def test_settings() -> None:
    for wrong in (["person", "lorry"], "person"):
        with pytest.raises(DataError, match="none of COCO's"):
            CocoDetector(labels=wrong)
    with pytest.raises(DataError, match="tiles"):
        CocoDetector(tiles=0)


def test_a_package_that_is_not_there_says_how_it_is_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DataError, match=r"which is not in .*npm install @vladmandic/human@3\.3\.6"):
        CocoDetector(models=tmp_path).warm_up()
    folder = tmp_path / "node_modules" / "@vladmandic" / "human" / "models"
    folder.mkdir(parents=True)
    for name in ("centernet.json", "centernet.bin"):
        (folder / name).write_text("{}")
    (tmp_path / "below").mkdir()
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path / "below")
    assert find_models() == folder
    with pytest.raises(DataError, match="not the one wugan is tested with"):
        CocoDetector().warm_up()


@pytest.mark.parametrize(("width", "tiles"), list(itertools.product((1, 7, 640, 1242), (1, 2, 3, 4))))
def test_tiles_cover_the_width_and_overlap(width: int, tiles: int) -> None:
    edges = tile_edges(width, tiles)
    assert len(edges) == tiles and edges[0][0] == 0 and edges[-1][1] == width
    assert all(before[1] >= after[0] for before, after in itertools.pairwise(edges))
    if width > 100 and tiles > 1:
        assert edges[0][1] - edges[1][0] == pytest.approx((edges[0][1] - edges[0][0]) / 4, abs=2)


@needs_models
def test_nothing_in_noise_and_every_size_of_picture() -> None:
    detector = CocoDetector(MODELS, score=0.5)
    noise = np.random.default_rng(0).integers(0, 255, (120, 200, 3)).astype(np.uint8)
    for pixels in (noise, noise[..., 0], noise[:1, :1]):
        assert not len(detector.encode([Packet(Image(pixels), 0, stream="camera")])[0])


@needs_models
@pytest.mark.skipif(not VTEST.exists(), reason="Debian's opencv-doc is not installed")
def test_people_in_a_street() -> None:
    import cv2

    video = cv2.VideoCapture(str(VTEST))
    pictures = [Image(cv2.cvtColor(video.read()[1], cv2.COLOR_BGR2RGB)) for _ in range(101)][::50]
    found = CocoDetector(MODELS, labels=["person"]).encode([Packet(one, 0, stream="camera") for one in pictures])
    for detections in found:
        assert set(detections.labels) == {"person"}
        # At least three stand upright, and are as tall as people are in that video.
        sizes = detections.boxes[:, 2:] - detections.boxes[:, :2]
        assert ((sizes[:, 1] > 1.5 * sizes[:, 0]) & (sizes[:, 1] > 60) & (sizes[:, 1] < 130)).sum() >= 3
