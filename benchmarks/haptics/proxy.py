"""Time of one proxy step on a mesh of 100,000 triangles and a cloud of 100,000 points, beside what others ask per step.

    OMP_NUM_THREADS=1 python benchmarks/haptics/proxy.py [--full] [--json]

The thing that is touched is a torus of 100 mm × 40 mm, the cloud with noise of 0.1 mm. The hand strokes it all around,
3 mm behind its surface at up to 0.6 m/s (`stroke`); and wanders, touches, leaves and pushes right through at up to
2 m/s (`roam`). `step` is `Proxy.move` alone, `renderer` the whole `Renderer.step` of a program with that surface.

The peers answer less: one nearest point, with no proxy, no side and no friction, which is what a renderer built on them
pays at least. Mesh: Open3D's `RaycastingScene.compute_closest_points`; cloud: SciPy's `cKDTree.query` of 28
neighbours (as many as speak for a place in ours) and their mean plane.

The steps run as in the servo process: with real-time priority and without garbage collection, where that is permitted.
`wall` includes what else the machine does, `cpu` is this thread's own time. `through` counts steps on which the proxy
was inside the torus: none may be.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from wugan.devices.haptic.effects import Program, Renderer, Surface
from wugan.devices.haptic.proxy import Geometry, Proxy, cloud, mesh, warm_up
from wugan.devices.haptic.servo.child import ask_for_real_time

Array = NDArray[np.float64]
Step = Callable[[Array], object]
MAJOR, MINOR, DEPTH, NOISE = 0.05, 0.02, 3e-3, 1e-4
BOUND_US = 300.0


def torus(rings: int, around: int) -> tuple[Array, NDArray[np.int64]]:
    """Vertices and 2 · rings · around triangles."""
    u, v = np.meshgrid(np.arange(rings) / rings * 2 * np.pi, np.arange(around) / around * 2 * np.pi, indexing="ij")
    vertices = place(u.ravel(), v.ravel(), MINOR)
    index = np.arange(rings * around).reshape(rings, around)
    a, b = index, np.roll(index, -1, axis=0)
    c, d = np.roll(b, -1, axis=1), np.roll(a, -1, axis=1)
    return vertices, np.vstack([np.stack([x.ravel() for x in t], -1) for t in ((a, b, c), (a, c, d))])


def place(u: Array, v: Array, minor: float | Array) -> Array:
    """Points of a torus of a minor radius, `[P, 3]`."""
    return np.stack(
        [(MAJOR + minor * np.cos(v)) * np.cos(u), (MAJOR + minor * np.cos(v)) * np.sin(u), minor * np.sin(v)], -1
    )


def scan(count: int) -> tuple[Array, Array]:
    """Points of the torus spread by area, with noise, and their normals."""
    rng = np.random.default_rng(0)
    u, v = rng.uniform(0, 2 * np.pi, (2, 3 * count))
    keep = rng.uniform(0, MAJOR + MINOR, 3 * count) < MAJOR + MINOR * np.cos(v)
    u, v = u[keep][:count], v[keep][:count]
    points = place(u, v, MINOR)
    return points + rng.normal(0, NOISE, points.shape), (points - place(u, v, 0.0)) / MINOR


def paths(steps: int) -> dict[str, Array]:
    """The hand, once each millisecond."""
    t = np.arange(steps) * 1e-3
    depth = np.where(t < 0.1, MINOR + 0.02 - (0.02 + DEPTH) * t / 0.1, MINOR - DEPTH)
    rng = np.random.default_rng(1)
    knots = rng.uniform(-0.08, 0.08, (steps // 80 + 2, 3)) * [1, 1, 0.5]
    knots[0] = [0.1, 0, 0]
    x = np.arange(steps) / 80
    roam = np.stack([np.interp(x, np.arange(len(knots)), knots[:, axis]) for axis in range(3)], -1)
    return {"stroke": place(4.1 * t, 17.3 * t, depth), "roam": roam}


def timed(step: Step, path: Array, warm: int = 100) -> tuple[Array, Array]:
    """Wall and CPU time of each step, µs."""
    wall, cpu = np.empty(len(path)), np.empty(len(path))
    gc.collect()
    gc.disable()
    for i, hand in enumerate(path):
        w, c = time.perf_counter_ns(), time.thread_time_ns()
        step(hand)
        cpu[i], wall[i] = time.thread_time_ns() - c, time.perf_counter_ns() - w
    gc.enable()
    return wall[warm:] / 1e3, cpu[warm:] / 1e3


def through(geometry: Geometry, path: Array, friction: float) -> int:
    """Steps on which the proxy was behind the surface (of the scanned torus: by more than the noise)."""
    proxy, count = Proxy(geometry), 0
    for hand in path:
        proxy.move(hand, friction, friction / 2)
        x, y, z = proxy.position
        count += np.hypot(np.hypot(x, y) - MAJOR, z) < MINOR - 4 * NOISE
    return count


def with_friction(geometry: Geometry) -> Step:
    """A proxy with friction."""
    proxy = Proxy(geometry)
    return lambda hand: proxy.move(hand, 0.5, 0.3)


def renderer(geometry: Geometry) -> Step:
    """The whole renderer with a surface with friction."""
    made = Renderer(3, {"thing": geometry})
    made.load(Program((Surface("thing", 800.0, 1.0, still=0.5, moving=0.3),)))
    return lambda hand: made.step(hand, (0.0, 0.0, 0.0), 1e-3)


def mesh_peers(vertices: Array, triangles: NDArray[np.int64]) -> dict[str, Step]:
    """What others offer for meshes."""
    peers: dict[str, Step] = {}
    try:
        import open3d as o3d

        scene = o3d.t.geometry.RaycastingScene(nthreads=1)
        scene.add_triangles(vertices.astype(np.float32), triangles.astype(np.uint32))
        tensor = o3d.core.Tensor

        def nearest(hand: Array) -> object:
            return scene.compute_closest_points(tensor(hand[None].astype(np.float32)), nthreads=1)["points"].numpy()

        peers["Open3D compute_closest_points"] = nearest
    except ImportError:
        print("Open3D is not installed: left out")
    return peers


def cloud_peers(points: Array, normals: Array) -> dict[str, Step]:
    """The usual for clouds: the plane of the nearest points."""
    from scipy.spatial import cKDTree

    tree = cKDTree(points)

    def plane(hand: Array) -> object:
        _, near = tree.query(hand, 28)
        return normals[near].mean(axis=0) @ (hand - points[near].mean(axis=0))

    return {"SciPy cKDTree.query(28)": plane}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--full", action="store_true", help="60,000 steps a path instead of 10,000")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    started = time.perf_counter()
    warm_up()
    print(f"kernels compiled or loaded in {time.perf_counter() - started:.1f} s (before the loop)")
    vertices, triangles = torus(500, 100)
    points, normals = scan(100_000)
    things: list[tuple[str, Geometry, dict[str, Step]]] = []
    for name, build, peers in (
        ("mesh", lambda: mesh(vertices, triangles), mesh_peers(vertices, triangles)),
        ("cloud", lambda: cloud(points, normals), cloud_peers(points, normals)),
    ):
        started = time.perf_counter()
        geometry = build()
        print(
            f"{name}: index built in {time.perf_counter() - started:.2f} s, {geometry.nbytes / 1e6:.1f} MB, "
            f"scale {geometry.scale * 1e3:.2f} mm, radius {geometry.radius * 1e3:.2f} mm"
        )
        things.append((name, geometry, peers))
    for refused in ask_for_real_time():
        print(refused)
    rows = []
    print(f"{'':6}{'path':8}{'what':34}{'p50':>8}{'p99':>9}{'max':>10}{'cpu p99':>9}{'cpu max':>9}  µs   p99 / ours")
    for name, geometry, peers in things:
        for label, path in paths(60_000 if options.full else 10_000).items():
            ours = 0.0
            runs: dict[str, Step] = {
                "step": Proxy(geometry).move,
                "step with friction": with_friction(geometry),
                "renderer with friction": renderer(geometry),
                **peers,
            }
            for what, step in runs.items():
                wall, cpu = timed(step, path)
                p50, p99 = np.percentile(wall, [50, 99])
                ours = ours or p99
                row = {
                    "thing": name,
                    "path": label,
                    "what": what,
                    "p50_us": p50,
                    "p99_us": p99,
                    "max_us": wall.max(),
                    "cpu_p99_us": np.percentile(cpu, 99),
                    "cpu_max_us": cpu.max(),
                    "ratio": p99 / ours,
                }
                rows.append(row)
                print(
                    f"{name:6}{label:8}{what:34}{p50:8.1f}{p99:9.1f}{wall.max():10.1f}{row['cpu_p99_us']:9.1f}"
                    f"{cpu.max():9.1f}       {p99 / ours:8.2f} ×"
                )
            lost = through(geometry, path, 0.0) + through(geometry, path, 0.5)
            print(f"{name:6}{label:8}through the surface: {lost} of {2 * len(path)} steps")
            rows.append({"thing": name, "path": label, "what": "through", "count": int(lost), "of": 2 * len(path)})
    worst = max(row["p99_us"] for row in rows if str(row["what"]).startswith(("step", "renderer")))
    print(f"worst p99 of ours: {worst:.1f} µs (bound {BOUND_US:.0f} µs): {'kept' if worst <= BOUND_US else 'BROKEN'}")
    if options.json:
        print(json.dumps(rows))


if __name__ == "__main__":
    main()
