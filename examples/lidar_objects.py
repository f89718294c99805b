"""Find what stands on the ground in a lidar's sweep, and look at it from above.

    python examples/lidar_objects.py [FILE or FOLDER of .bin, .pcd, .ply, .las, .npy]

Without an argument it makes a sweep: a road that climbs by 5 %, with two parked cars and a person on it.
"""

import math
import sys
from pathlib import Path

import numpy as np
from PIL import Image

import wugan
from wugan.devices import LidarFiles, read_cloud
from wugan.modalities.points import BirdsEye, GroundFinder, PointEncoder, Proposals


def made() -> Path:
    """A sweep, written as KITTI writes them: x, y, z and reflectance as float32."""
    random = np.random.default_rng(0)
    parts = [random.uniform(-30, 30, (30_000, 2))]
    parts[0] = np.column_stack([parts[0], np.zeros(len(parts[0]))])
    for x, y, length, width, height in ((9, 3, 4.2, 1.8, 1.5), (-12, 4, 4.2, 1.8, 1.5), (8, -4, 0.5, 0.5, 1.7)):
        faces = random.uniform(-0.5, 0.5, (1500, 3))
        faces[::2, 0], faces[1::2, 1] = -0.5 * math.copysign(1, x), -0.5 * math.copysign(1, y)  # what the sensor sees
        parts.append(faces * (length, width, height) + (x, y, height / 2))
    points = np.concatenate(parts)
    points[:, 2] += 0.05 * points[:, 0] - 1.7 + random.normal(0, 0.01, len(points))
    np.column_stack([points, np.full(len(points), 0.3)]).astype("<f4").tofile("sweep.bin")
    return Path("sweep.bin")


path = Path(sys.argv[1]) if len(sys.argv) > 1 else made()
first = sorted(path.iterdir())[0] if path.is_dir() else path
cloud = read_cloud(first).cloud
ground = GroundFinder().find(cloud.points)
print(f"{len(cloud.points)} points, {ground.mask.mean():.0%} of them ground")
if ground.plane:
    print(f"the sensor is {-ground.plane[0]:.2f} m above it, and it climbs by {ground.plane[1]:.1%} ahead")

found = Proposals(labelled=True).propose(cloud)
for box in found.boxes:
    x, y, _ = box.center
    print(f"{box.label:10} at ({x:.1f}, {y:.1f}) m, heading {math.degrees(box.yaw):.0f}°, score {box.score:.2f}")
Image.fromarray(BirdsEye().draw(cloud, found.boxes)).save("above.png")
print("wrote above.png")

# The same in a pipeline, from the file or the folder at the sensor's rate.
p = wugan.Pipeline("lidar")
sweeps = p.source(LidarFiles(path, rate=10, drop_nan=True))
p.sink(lambda packet: print(f"{len(packet.data)} objects at {packet.time_ns / 1e9} s"), p.stage(Proposals(), sweeps))
p.sink(lambda packet: print("tokens:", packet.data.values.shape), p.stage(PointEncoder(), sweeps))
with p.run() as running:
    running.wait()
