"""Detections of three cars in, tracks with identities and velocities out; then the same from files, with figures."""

import random
from pathlib import Path

from wugan.apps.perception.tracking import Tracker, kitti
from wugan.apps.perception.tracking.evaluation import evaluate
from wugan.objects import Box3D, Detections

random.seed(0)
SIZE = (4.2, 1.8, 1.5)  # length, width, height in metres
LANES = {-3.5: -12.0, 0.0: 2.0, 3.5: 6.0}  # metres to the left, and speed in m/s relative to us


def place(speed: float, seconds: float) -> float:
    """Metres ahead."""
    return 30.0 + speed * seconds


tracker = Tracker()
for frame in range(20):
    seconds = frame * 0.1
    cars = [
        Box3D((place(speed, seconds) + random.gauss(0, 0.1), y, 0.75), SIZE, 0.0, "lidar", 0.9, "car")
        for y, speed in LANES.items()
        if not (y == 0.0 and 10 <= frame < 13)  # hidden for three frames
    ]
    tracks = tracker.update(Detections(cars, time_ns=round(seconds * 1e9)))
    if frame == 12:
        print("frame 12:", ", ".join(f"{track.id} {track.stage}" for track in tracks))
for track in tracks:
    print(
        f"car {track.id}: {track.center[0]:.1f} m ahead, {track.velocity[0]:+.0f} m/s, sure to {track.confidence:.0%}"
    )

# The same from files in KITTI's format: what `wugan track detections -o tracks --evaluate labels` does.
detections, labels = Path("detections"), Path("labels")
for folder in (detections, labels):
    folder.mkdir()
with open(detections / "0000.txt", "w") as found, open(labels / "0000.txt", "w") as truth:
    for frame in range(60):
        for number, (y, speed) in enumerate(LANES.items()):
            z = place(speed / 4, frame * 0.1)
            noisy = z + random.gauss(0, 0.1)
            image = (600 - 50 * y, 150, 680 - 50 * y, 210)
            print(frame, 2, *image, 8.0, 1.5, 1.8, 4.2, -y, 1.7, noisy, -1.571, -1.571, sep=",", file=found)
            print(frame, number, "Car", 0, 0, -1.571, *image, 1.5, 1.8, 4.2, -y, 1.7, z, -1.571, file=truth)
for name, paths in kitti.find_sequences(detections).items():
    result = kitti.track_sequence(kitti.read_detections(paths))
    kitti.write_tracks(Path("tracks") / f"{name}.txt", result)
    figures = evaluate({name: kitti.read_tracks(labels / f"{name}.txt")}, {name: result})
    if figures:
        print(f"wrote tracks/{name}.txt: MOTA {figures.mota:.0f}, identity switches {figures.ids}")
