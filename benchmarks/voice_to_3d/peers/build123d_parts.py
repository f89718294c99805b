"""build123d's side of `latency.py`: the same three parts, built and written as GLB; runs in an environment of its own.

Prints one JSON object: by part the milliseconds of every repetition and the volume (mm³) of the first, and how long the
import took. Each repetition has another size, as with wugan, so that nothing can be kept from the one before.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

began = time.perf_counter()
import build123d as b  # noqa: E402  (its time is measured)

IMPORT_S = time.perf_counter() - began
CHORD, ANGLE = 0.05, 0.0982  # what wugan's circles keep to: 0.05 mm, and 64 pieces at the least


def plate(more: float) -> b.Shape:
    body = b.Solid.make_box(100 + more, 60, 8).moved(b.Location((-50 - more / 2, -30, 0)))
    body = body.fillet(6, [edge for edge in body.edges() if abs(edge.tangent_at(0.5).Z) > 0.99])
    holes = [b.Solid.make_cylinder(3, 8).moved(b.Location((x, y, 0))) for x in (-40, 40) for y in (-20, 20)]
    return body.cut(*holes)


def flange(more: float) -> b.Shape:
    body = b.Solid.make_cylinder(60 + more / 2, 12).fuse(b.Solid.make_cylinder(30, 42))
    bolts = [
        b.Solid.make_cylinder(5.5, 12).moved(b.Location((0, 0, 0), (0, 0, 60 * i)) * b.Location((45, 0, 0)))
        for i in range(6)
    ]
    return body.cut(b.Solid.make_cylinder(15, 42), *bolts)


def table(more: float) -> b.Shape:
    top = b.Solid.make_cylinder(400 + more / 2, 30).moved(b.Location((0, 0, 720)))
    legs = [b.Solid.make_cone(15, 25, 720).moved(b.Location((x, y, 0))) for x in (-240, 240) for y in (-240, 240)]
    return b.Compound(children=[top, *legs])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--offset", type=int, default=0)
    arguments = parser.parse_args()
    result: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "part.glb"
        for make in (plate, flange, table):
            times = []
            for repeat in range(-2, arguments.repeats):
                more = 0.01 * (arguments.offset + repeat + 2)
                started = time.perf_counter()
                shape = make(more)
                b.export_gltf(shape, path, binary=True, linear_deflection=CHORD, angular_deflection=ANGLE)
                times.append(1e3 * (time.perf_counter() - started))
            result[make.__name__] = {"ms": times[2:], "volume": make(0).volume}
    print(json.dumps({"version": b.__version__, "import_s": IMPORT_S, "parts": result}))


if __name__ == "__main__":
    main()
