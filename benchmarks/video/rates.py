"""How many pictures a second each part of the video modality takes on one core, beside OpenCV's bare calls.

    OMP_NUM_THREADS=1 python benchmarks/video/rates.py [--pictures 200]

Pictures of 640 × 360: textured ground that pans, and a thing that moves on it. The detectors' networks run where they
are: `$WUGAN_HUMAN_MODELS` names the folder `models` of npm's @vladmandic/human. Times are of the process (CPU), so that
other programs disturb them less; a run takes about 20 s.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import cv2
import numpy as np

from wugan.errors import WuganError
from wugan.modalities.video import Clips, CocoDetector, MotionDetector, MotionEstimator, VideoEncoder
from wugan.packet import Packet
from wugan.signals import Image

WIDTH, HEIGHT = 640, 360


def pictures(count: int) -> list[Packet[Image]]:
    noise = np.random.default_rng(0).normal(size=(500, 900, 3))
    ground = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 3), None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    found = []
    for k in range(count):
        world = ground.copy()
        x = 100 + 5 * k % 600
        world[200:280, x : x + 80] = ground[:80, :80][::-1]
        left = 2 * k % 200
        found.append(
            Packet(Image(world[70 : 70 + HEIGHT, left : left + WIDTH].copy()), k * 33_333_333, stream="camera", seq=k)
        )
    return found


def per_picture(run: Callable[[], Any], count: int) -> float:
    """CPU milliseconds a picture, the best of three rounds."""
    rounds = []
    for _ in range(3):
        begin = time.process_time()
        run()
        rounds.append((time.process_time() - begin) * 1e3 / count)
    return min(rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=64)
    count = parser.parse_args().pictures // 8 * 8
    cv2.setNumThreads(1)
    given = pictures(count)
    greys = [cv2.cvtColor(packet.data.pixels, cv2.COLOR_RGB2GRAY) for packet in given]
    small = [cv2.resize(one, (320, 180), interpolation=cv2.INTER_AREA) for one in greys]

    def bare(preset: int, given: list[np.ndarray]) -> Callable[[], Any]:
        dis = cv2.DISOpticalFlow_create(preset)
        return lambda: [dis.calc(one, two, None) for one, two in pairwise(given)]

    clips = run(Clips(frames=8, interval="33ms", stride=8), given)
    encoder = VideoEncoder()
    encoder.warm_up()
    rows: list[tuple[str, float]] = [
        ("clips of 8 pictures", per_picture(lambda: run(Clips(frames=8, interval="33ms", stride=8), given), count)),
        ("tokens (VideoEncoder)", per_picture(lambda: encoder.encode(clips), 8 * len(clips))),
        ("motion (MotionEstimator)", per_picture(lambda: run(MotionEstimator(), given), count)),
        ("what moves, still camera", per_picture(lambda: run(MotionDetector(), given), count)),
        ("OpenCV DIS medium, 320 × 180, alone", per_picture(bare(2, small), count)),
        ("OpenCV DIS medium, 640 × 360, alone", per_picture(bare(2, greys), count)),
        ("OpenCV Farnebäck, 320 × 180, alone", per_picture(lambda: farneback(small), count)),
    ]
    try:
        detector = CocoDetector()
        detector.warm_up()
        rows.append(("80 kinds (CocoDetector)", per_picture(lambda: detector.encode(given[:8]), 8)))
    except WuganError as error:
        print(f"without CocoDetector: {error}")
    print(f"{'of 640 × 360, one core':40} {'ms a picture':>12} {'a second':>9}")
    for name, ms in rows:
        print(f"{name:40} {ms:12.2f} {1e3 / ms:9.0f}")
    times = dict(rows)
    ratio = times["OpenCV DIS medium, 640 × 360, alone"] / times["motion (MotionEstimator)"]
    print(f"motion takes 1/{ratio:.1f} of DIS medium's time at full size alone")


def run(stage: Any, given: list[Packet[Image]]) -> list[Any]:
    return [made for packet in given for made in stage.process(packet)]


def farneback(given: list[np.ndarray]) -> None:
    for one, two in pairwise(given):
        cv2.calcOpticalFlowFarneback(one, two, None, 0.5, 3, 15, 3, 5, 1.2, 0)


if __name__ == "__main__":
    main()
