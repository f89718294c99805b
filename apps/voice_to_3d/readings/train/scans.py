"""Scans to learn from: random things, scanned with random faults, cleaned and measured as in use."""

from __future__ import annotations

import logging
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.apps.voice_to_3d.readings.encoder import ScanEncoder
from wugan.apps.voice_to_3d.readings.scan import scan_of
from wugan.apps.voice_to_3d.readings.shapes import SHAPES
from wugan.apps.voice_to_3d.readings.train.scanner import faults, scanned
from wugan.apps.voice_to_3d.readings.train.things import Split, thing
from wugan.errors import DataError
from wugan.learn.data import kept_arrays, packed, unpacked
from wugan.packet import Packet
from wugan.tokens import Tokens

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Example:
    """A scanned thing.

    Attributes:
        tokens: of modality `scan`.
        shape: which of `SHAPES` it is.
        size: as measured in the scan: width, depth, height in mm.
        true: of the thing.
        ground: whether the scan showed what it stands on.
    """

    tokens: Tokens
    shape: str
    size: tuple[float, float, float]
    true: tuple[float, float, float]
    ground: bool


def scans(split: Split, each: int, cache: Path, seed: int = 0) -> list[Example]:
    """`each` scans of every shape, kept in a folder between runs; the same for the same arguments."""

    def make() -> dict[str, NDArray[Any]]:
        out = []
        for shape in SHAPES:
            for number in range(each):
                rng = np.random.default_rng([zlib.crc32(shape.encode()), number, seed, split == "test"])
                out.append(_example(shape, split, rng))
            logger.info("scanned %d of %s", each, shape)
        sizes = np.array([[one.size, one.true] for one in out])
        return packed([one.tokens for one in out]) | {"sizes": sizes, "ground": np.array([one.ground for one in out])}

    arrays = kept_arrays(cache / f"scans-{split}.npz", make)
    shapes = [shape for shape in SHAPES for _ in range(each)]
    return [
        Example(tokens, shape, tuple(size), tuple(true), bool(ground))
        for tokens, shape, (size, true), ground in zip(
            unpacked(arrays), shapes, arrays["sizes"].tolist(), arrays["ground"], strict=True
        )
    ]


def _example(shape: str, split: Split, rng: np.random.Generator) -> Example:
    for _ in range(5):
        mesh, how = thing(shape, split, rng), faults(rng)
        try:
            scan = scan_of(scanned(mesh, how, rng), shape)
        except DataError:  # so little of it was seen that it is flat: a user would be told to scan again
            logger.info("a scan of a %s could not be measured", shape)
            continue
        tokens = ScanEncoder().encode([Packet(scan, 0, stream="scan")])[0]
        assert tokens is not None
        return Example(tokens, shape, scan.size, true_size(np.asarray(mesh.vertices)), how.ground)
    raise DataError(f"no scan of a {shape} could be measured in five tries")


def true_size(vertices: NDArray[np.float64]) -> tuple[float, float, float]:
    """Width, depth and height of the upright box of least plan area around vertices, mm."""
    best = (np.inf, 0.0, 0.0)
    for angle in np.radians(np.arange(0, 90, 1.0)):
        cosine, sine = np.cos(angle), np.sin(angle)
        sides = np.ptp(vertices[:, :2] @ np.array([[cosine, -sine], [sine, cosine]]), axis=0)
        best = min(best, (float(sides.prod()), float(sides.max()), float(sides.min())))
    return best[1], best[2], float(np.ptp(vertices[:, 2]))


def size_errors(examples: list[Example]) -> NDArray[np.float64]:
    """Relative errors `[N, 3]` of the measured sizes."""
    return np.array([one.size for one in examples]) / np.array([one.true for one in examples]) - 1
