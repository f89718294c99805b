"""Touch a point cloud: a virtual proxy stays on its surface while the hand pushes in, and the spring between is felt.

    python examples/touch_cloud.py

No device is needed: a hand is moved by the script. With one, `HapticDevice(...).share("ball", geometry)` and
`.update(program)` render the same program in the servo process.
"""

import numpy as np
import open3d as o3d

from wugan.devices.haptic.effects import Program, Renderer, Surface, Wall
from wugan.devices.haptic.proxy import cloud, warm_up

RADIUS = 0.05  # m

ball = o3d.geometry.TriangleMesh.create_sphere(RADIUS, resolution=60).sample_points_uniformly(20_000)
points = np.asarray(ball.points) + np.random.default_rng(0).normal(0, 1e-4, (20_000, 3))  # as from a scanner
geometry = cloud(points)  # normals are estimated and turned alike
print(f"{len(points)} points, felt over {geometry.scale * 1e3:.1f} mm by a probe of {geometry.radius * 1e3:.1f} mm")

warm_up()  # compiles the kernels; the servo process does this before its loop
renderer = Renderer(axes=3, geometries={"ball": geometry})
renderer.load(
    Program(
        (
            Surface("ball", stiffness="0.8 N/mm", damping=1.0, still=0.5, moving=0.3),
            Wall(normal=(0, 0, 1), point=(0, 0, "-8 cm")),
        )
    )
)

# Down onto the ball, 3 mm into it, and a quarter around it, in steps of one millisecond.
angle = np.linspace(np.pi / 2, 0, 800)
down = np.linspace([0, 0, RADIUS + 0.02], [0, 0, RADIUS - 0.003], 200)
around = (RADIUS - 0.003) * np.stack([np.cos(angle), 0 * angle, np.sin(angle)], axis=-1)
hands = np.vstack([down, around])
velocities = np.gradient(hands, 1e-3, axis=0)

for step, (hand, velocity) in enumerate(zip(hands, velocities, strict=True)):
    force = renderer.step(hand, velocity, 1e-3)
    if step % 150 == 0 or step == len(hands) - 1:
        outwards = hand / np.linalg.norm(hand)
        normal = float(force @ outwards)
        along = float(np.linalg.norm(force - normal * outwards))
        contact = "contact" if normal > 0 else "free"
        print(f"{step:4} ms  {contact:7}  pushed back with {normal:.2f} N, friction {along:.2f} N")
