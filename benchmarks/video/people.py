"""People in Debian's street video: what the network sees and what the motion detector sees, each judged by the other.

    OMP_NUM_THREADS=1 python benchmarks/video/people.py [--video vtest.avi] [--every 20]

The video (package opencv-doc, /usr/share/doc/opencv-doc/examples/data/vtest.avi, 795 pictures, a still camera) has no
labels. Printed: of the people that CocoDetector is sure of, the share that lies on something that moves; and of what
moves, the share in which somebody is seen at any score. Nobody stands still for long in it, so both should be high; two
who walk together are one moving thing, so that a box counts as on another if either covers half of the other.
"""

from __future__ import annotations

import argparse

import cv2
import numpy as np

from wugan.devices import VideoFile
from wugan.modalities.video import CocoDetector, MotionDetector

VIDEO = "/usr/share/doc/opencv-doc/examples/data/vtest.avi"
SURE, ANY = 0.45, 0.15


def on(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """For each box: whether another covers half of it, or lies half within it."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    areas = [(one[:, 2:] - one[:, :2]).prod(axis=1) for one in (boxes, others)]
    covered: np.ndarray = shared > 0.5 * np.minimum(areas[0][:, None], areas[1][None])
    return covered.any(axis=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--video", default=VIDEO)
    parser.add_argument("--every", type=int, default=20)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    people = CocoDetector(score=ANY, labels=["person"])
    people.warm_up()
    for camera in ("still", "moving"):
        motion = MotionDetector(camera=camera)
        sure = moving = seen = matched = 0
        with VideoFile(arguments.video) as file:
            for packet in file.packets():
                for found in motion.process(packet):
                    if packet.seq % arguments.every:
                        continue
                    somebody, things = people.encode([packet])[0], found.data
                    certain = somebody.boxes[somebody.scores >= SURE]
                    sure, moving = sure + len(certain), moving + len(things)
                    if len(things) and len(certain):
                        seen += int(on(certain, things.boxes).sum())
                    if len(things) and len(somebody):
                        matched += int(on(things.boxes, somebody.boxes).sum())
        print(
            f"camera={camera!r}: {seen} of {sure} sure people lie on what moves ({seen / max(1, sure):.0%}); in "
            f"{matched} of {moving} moving things somebody is seen ({matched / max(1, moving):.0%})"
        )


if __name__ == "__main__":
    main()
