"""What the flow finds of a small thing that moves, at each setting, beside OpenCV's own presets and Farnebäck.

    OMP_NUM_THREADS=1 python benchmarks/video/flow.py [--scenes 40]

A square of 64 pixels moves by 6 to the right over still ground, in pictures of 640 × 360 that are brought to 320 × 180
(or 160 × 90). Printed: median motion found in the thing's middle (6 is right), mean motion found in the ground (0 is
right), and CPU time. OpenCV's presets end their search at a quarter of the picture's size, where the thing has sunk.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import cv2
import numpy as np

from wugan.modalities.video import DenseFlow

MOVE = 6


def scene(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    fineness = rng.uniform(2, 6)

    def texture(height: int, width: int) -> np.ndarray:
        smooth = cv2.GaussianBlur(rng.normal(size=(height, width)), (0, 0), fineness)
        return np.clip(smooth / smooth.std() * 45 + 128, 0, 255).astype(np.uint8)

    ground, thing = texture(360, 640), texture(64, 64)
    pictures = []
    for k in range(2):
        picture = ground.copy()
        picture[128:192, 200 + MOVE * k : 264 + MOVE * k] = thing
        pictures.append(picture)
    return pictures[0], pictures[1]


def ours(width: int, preset: str, finest: int) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    flow = DenseFlow(width, preset, finest)
    return lambda before, after: flow(before, after, 0.1).vectors


def farneback(width: int) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    def run(before: np.ndarray, after: np.ndarray) -> np.ndarray:
        small = [cv2.resize(one, (width, width * 9 // 16), interpolation=cv2.INTER_AREA) for one in (before, after)]
        found: np.ndarray = cv2.calcOpticalFlowFarneback(*small, None, 0.5, 3, 15, 3, 5, 1.2, 0) * 640 / width
        return found

    return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenes", type=int, default=10)
    scenes = [scene(seed) for seed in range(parser.parse_args().scenes)]
    cv2.setNumThreads(1)
    methods: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
        "motion: fast, 320, finest 1": ours(320, "fast", 1),
        "tokens: ultrafast, 160, finest 0": ours(160, "ultrafast", 0),
        "OpenCV's ultrafast (finest 2), 320": ours(320, "ultrafast", 2),
        "OpenCV's fast (finest 2), 320": ours(320, "fast", 2),
        "OpenCV's medium (finest 1), 320": ours(320, "medium", 1),
        "OpenCV's ultrafast (finest 2), 160": ours(160, "ultrafast", 2),
        "Farnebäck, 320": farneback(320),
    }
    print(f"{'':36} {'thing (6)':>10} {'ground (0)':>11} {'ms':>7}")
    for name, method in methods.items():
        inside, outside, begin = [], [], time.process_time()
        for before, after in scenes:
            vectors = method(before, after)
            scale = 640 / vectors.shape[1]
            middle = vectors[int(148 / scale) : int(172 / scale), int(220 / scale) : int(250 / scale)]
            inside.append(np.median(middle[..., 0]))
            outside.append(np.abs(vectors[: int(90 / scale)]).mean())
        ms = (time.process_time() - begin) * 1e3 / len(scenes)
        print(f"{name:36} {np.mean(inside):10.2f} {np.mean(outside):11.3f} {ms:7.2f}")


if __name__ == "__main__":
    main()
