"""Recompute what the prompts' references measure, and write their STL files.

    python tests/apps/voice_to_3d/prompts/oracle.py                 # compare the YAML files with the solids
    python tests/apps/voice_to_3d/prompts/oracle.py --fill          # write the figures into the YAML files
    python tests/apps/voice_to_3d/prompts/oracle.py --stl FOLDER --set dev

Components are counted as the published benchmark counts them: closed surfaces of the mesh, so that a hollow without an
opening makes two.
"""

from __future__ import annotations

import argparse
import importlib
import re
import sys
from collections.abc import Callable
from pathlib import Path

import manifold3d
import numpy as np
import trimesh
import yaml

HERE = Path(__file__).resolve().parent
SETS = ("dev", "held", "second", "third")


def builders(which: str) -> dict[str, Callable[[], manifold3d.Manifold]]:
    """The builder of each id of a set (one of `SETS`)."""
    if str(HERE) not in sys.path:
        sys.path.insert(0, str(HERE))
    found: dict[str, Callable[[], manifold3d.Manifold]] = {}
    for path in sorted(HERE.glob(f"oracle_{which}_*.py")):
        module = importlib.import_module(path.stem)
        found |= {k: v for k, v in vars(module).items() if getattr(v, "__module__", "") == path.stem}
    return found


def to_mesh(solid: manifold3d.Manifold) -> trimesh.Trimesh:
    """The solid as a trimesh, vertices as manifold3d has them."""
    mesh = solid.to_mesh()
    return trimesh.Trimesh(np.asarray(mesh.vert_properties)[:, :3], np.asarray(mesh.tri_verts), process=False)


def measure(solid: manifold3d.Manifold) -> dict[str, object]:
    """Bounding box (mm, X Y Z), volume (mm³) and number of closed surfaces."""
    low, high = np.split(np.asarray(solid.bounding_box()), 2)
    return {
        "bounding_box": [round(float(v), 3) for v in high - low],
        "volume": round(float(solid.volume()), 1),
        "components": int(to_mesh(solid).body_count),
    }


def fill(path: Path, figures: dict[str, dict[str, object]]) -> None:
    """Replace the figures in a YAML file, leaving the rest as it was written."""
    current, lines = "", []
    for line in path.read_text(encoding="utf-8").splitlines():
        if opened := re.match(r"- id: (\S+)", line):
            current = opened.group(1)
        elif (named := re.match(r"  (bounding_box|volume|components):", line)) and current in figures:
            line = f"  {named.group(1)}: {figures[current][named.group(1)]}"
        lines.append(line)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0] if __doc__ else None)
    parser.add_argument("--set", choices=SETS, action="append", help="only this set (default: all)")
    parser.add_argument("--fill", action="store_true", help="write the figures into the YAML files")
    parser.add_argument("--stl", type=Path, help="folder the reference STL files are written to, ID.stl each")
    options = parser.parse_args(arguments)
    wrong = 0
    for which in options.set or SETS:
        path = HERE / f"parts_{which}.yaml"
        if not path.exists():
            continue
        entries = {entry["id"]: entry for entry in yaml.safe_load(path.read_text(encoding="utf-8"))}
        made = builders(which)
        if set(entries) != set(made):
            print(f"{which}: prompt and oracle differ on {sorted(set(entries) ^ set(made))}")
            wrong += 1
        figures = {}
        for name in entries:
            if name not in made:
                continue
            solid = made[name]()
            figures[name] = now = measure(solid)
            then = {key: entries[name][key] for key in now}
            good = then == now or options.fill
            wrong += not good
            print(f"{which:5}{name:28}{now['bounding_box']!s:30}{now['volume']:>12} {now['components']}", end="")
            print("" if good else f"   FILE SAYS {then}")
            merged = to_mesh(solid)
            merged.merge_vertices()  # as a reader of the STL file does
            if solid.status() != manifold3d.Error.NoError or solid.volume() <= 0 or not merged.is_watertight:
                print(f"      invalid solid: {solid.status()}, watertight as STL: {merged.is_watertight}")
                wrong += 1
            if options.stl:
                options.stl.mkdir(parents=True, exist_ok=True)
                to_mesh(solid).export(options.stl / f"{name}.stl")
        if options.fill:
            fill(path, figures)
    print("all agree" if not wrong else f"{wrong} disagree")
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
