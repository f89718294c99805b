"""A film to what moves in it, and to tokens that carry place and time; everything offline and without weights.

    python examples/video_motion.py

It films a made-up scene first. With a camera, put `Camera(0)` or `Camera("rtsp://host/1")` in place of `VideoFile`.
"""

import cv2
import numpy as np

import wugan
from wugan.devices import VideoFile
from wugan.modalities.video import Clips, Detections2D, Motion, MotionDetector, MotionEstimator, VideoEncoder


def film(path: str) -> None:
    """A camera that pans by 3 pixels a picture over textured ground, on which a box moves by 8 to the right."""
    noise = np.random.default_rng(0).normal(size=(400, 700, 3))
    ground = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 4), None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    writer = cv2.VideoWriter(path, cv2.VideoWriter_fourcc(*"MJPG"), 10.0, (480, 270))
    for k in range(24):
        world = ground.copy()
        x = 180 + 8 * k
        cv2.rectangle(world, (x, 160), (x + 50, 220), (60, 200, 240), -1)
        cv2.circle(world, (x + 25, 190), 15, (0, 0, 0), -1)
        writer.write(world[60:330, 100 + 3 * k : 580 + 3 * k])
    writer.release()


def tell_motion(packet: wugan.Packet[Motion]) -> None:
    if packet.seq % 8 == 0 and packet.data.moving.velocity is not None:
        across, down = packet.data.shift
        found = [f"{v[0]:+.0f} pixels a second" for v in packet.data.moving.velocity]
        print(f"{packet.time_ns / 1e9:.1f} s: the ground moves by {across:+.1f}, {down:+.1f}; by itself: {found}")


boxes: list[Detections2D] = []

film("film.avi")
p = wugan.Pipeline("watch")
camera = p.source(VideoFile("film.avi"), name="camera")
p.sink(tell_motion, p.stage(MotionEstimator(), camera))
p.sink(lambda packet: boxes.append(packet.data), p.stage(MotionDetector(camera="moving"), camera))
clips = p.stage(Clips(frames=8, interval="100ms", stride=8), camera)
tokens = p.stage(VideoEncoder(), clips)
p.sink(lambda packet: print(f"{len(packet.data)} tokens of {packet.data.values.shape[1]} numbers"), tokens)
with p.run() as running:
    running.wait()
print(f"{len(boxes)} pictures, {sum(len(found) > 0 for found in boxes)} of them with something that moves")
