"""From a camera and a lidar to a decision for each sweep, and a video of it.

    python examples/perceive.py [CAMERA LIDAR CALIBRATION]

Without arguments it drives through a made-up street: rays are cast, pictures painted, and both given as numpy arrays.
Otherwise CAMERA and LIDAR are folders at 10 Hz, and CALIBRATION a file (see docs/senses/calibration.md).
"""

import sys

from wugan import Packet
from wugan.apps.perception.dashboard import AnnotatedVideo
from wugan.apps.perception.perceiver import Perceived
from wugan.apps.perception.pipeline import PictureArrays, Rig, SweepArrays, camera_source, lidar_source, perception
from wugan.apps.perception.street import braking_street, picture, rig, sweep
from wugan.apps.perception.view import Geometry, add_views
from wugan.modalities.points import read_calibration

RATE = 10.0

if len(sys.argv) == 4:
    camera, lidar = camera_source(sys.argv[1], RATE), lidar_source(sys.argv[2], RATE)
    known = Rig(read_calibration(sys.argv[3]), ego_motion=True)
else:
    street = braking_street()  # the car ahead brakes to a stop
    moments = [number / RATE for number in range(20)]
    clouds = [sweep(street, seconds).points for seconds in moments]  # [N, 3], m
    pictures = [picture(street, seconds).pixels for seconds in moments]  # [H, W, 3], uint8
    camera, lidar = PictureArrays(pictures, RATE, realtime=True), SweepArrays(clouds, RATE, realtime=True)
    known = Rig(rig(), ego_motion=True)


def tell(packet: Packet[Perceived]) -> None:
    """A line for each result."""
    result = packet.data
    decision = result.decision
    seen = sum(one.stage == "confirmed" for one in result.objects)
    speed = f"{result.motion.speed:.1f} m/s" if result.motion else "unknown"
    why = decision.reasons[0].text if decision.reasons else "nothing in the way"
    print(f"{result.time_ns / 1e9:.1f} s: {decision.action}, {seen} objects, own speed {speed}: {why}")


p = perception(camera, lidar, known)  # every node can be looked at, or replaced
p.sink(tell, p.nodes["decision"])
add_views(p, {"video": AnnotatedVideo("drive.mp4", Geometry.of(known))})
with p.run("local") as running:  # "ray": each node an actor of its own
    running.wait()
print("wrote drive.mp4")
