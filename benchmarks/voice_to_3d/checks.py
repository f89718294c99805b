"""What a written model must be: read back by other programs, closed, manifold, of the right volume and size."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np

from wugan.apps.voice_to_3d.geometry.build import Built
from wugan.apps.voice_to_3d.geometry.export import export

FORMATS = (".glb", ".stl", ".3mf", ".obj")
CLOSE = 0.005  # of a size that was said
VALIDATE = """
const {createRequire} = require('module');
const validator = createRequire(process.argv[1] + '/')('gltf-validator');
const fs = require('fs');
require('readline').createInterface({input: process.stdin}).on('line', path =>
  validator.validateBytes(new Uint8Array(fs.readFileSync(path)), {maxIssues: 3})
    .then(report => console.log(JSON.stringify(report.issues)))
    .catch(error => console.log(JSON.stringify({numErrors: 1, messages: [{message: String(error)}]}))));
"""


class Validator:
    """The Khronos glTF validator, in one process of Node.js for all files.

    Args:
        folder: in which `npm install gltf-validator` was run.
    """

    def __init__(self, folder: str) -> None:
        command = ["node", "-e", VALIDATE, str(Path(folder).resolve())]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.files = 0

    def problems(self, path: Path) -> list[str]:
        """Its errors and warnings."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{path}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the glTF validator does not run; is gltf-validator in its folder?")
        found = json.loads(line)
        self.files += 1
        if not found["numErrors"] and not found.get("numWarnings"):
            return []
        return [f"gltf-validator: {issue.get('code', '')} {issue['message']}" for issue in found["messages"][:2]]

    def close(self) -> None:
        self.process.stdin.close()  # type: ignore[union-attr]
        self.process.wait(10)


def problems(built: Built, box: tuple[float | None, ...], holes: int | None) -> list[str]:
    """What is wrong with the solids themselves."""
    from manifold3d import Error

    found = []
    for part in built.parts:
        name = f"{part.object} {part.role} {part.index}".strip()
        if part.solid.status() != Error.NoError or part.solid.is_empty():
            found.append(f"{name}: {part.solid.status()}")
        elif not part.solid.volume() > 0:
            found.append(f"{name}: a volume of {part.solid.volume()}")
    low, high = built.bounds()
    if not np.isfinite([low, high]).all():
        return [*found, "bounds that are not finite"]
    for axis, said in enumerate(box):
        is_mm = high[axis] - low[axis]
        if said is not None and abs(is_mm - said) > CLOSE * said:
            found.append(f"box: {'xyz'[axis]} is {is_mm:.4g} mm, said was {said:.4g} mm")
    if holes is not None and not found and (genus := built.solid().genus()) != holes:
        found.append(f"{genus} holes through it, said were {holes}")
    return found


def written(built: Built, folder: Path, validator: Validator | None) -> list[str]:
    """What is wrong with the files: each format is written, read by trimesh, and measured."""
    import trimesh

    found: list[str] = []
    low, high = built.bounds()
    for suffix in FORMATS:
        path = folder / f"model{suffix}"
        export(built, path)
        # By itself trimesh makes one mesh of all parts of a material, and merges those that touch.
        scene = trimesh.load_scene(path, **({"split_objects": True} if suffix == ".obj" else {}))
        unit = 1000.0 if suffix == ".glb" else 1.0
        sizes = scene.extents * unit
        if suffix == ".glb":
            sizes = sizes[[0, 2, 1]]
            if validator:
                found += validator.problems(path)
        if np.abs(sizes - (high - low)).max() > 1e-5 * max(high - low) + 1e-4:
            found.append(f"{suffix}: a box of {np.round(sizes, 3)}, built was {np.round(high - low, 3)}")
        volume = 0.0
        for name, mesh in scene.geometry.items():
            if complaint := _mesh(mesh):
                found.append(f"{suffix} {name}: {complaint}")
            volume += float(mesh.volume) * unit**3
        whole = built.volume() if suffix == ".stl" else sum(part.solid.volume() for part in built.parts)
        if abs(volume - whole) > 1e-4 * whole:
            found.append(f"{suffix}: a volume of {volume:.6g} mm³, built was {whole:.6g}")
    return found


def _mesh(mesh: Any) -> str:
    mesh.merge_vertices(merge_norm=True, merge_tex=True)
    if not np.isfinite(mesh.vertices).all():
        return "vertices that are not finite"
    if not mesh.is_watertight:
        return "not watertight"
    if not mesh.is_winding_consistent:
        return "faces wound both ways"
    return "" if mesh.volume > 0 else f"a volume of {mesh.volume}"


def step(built: Built, folder: Path) -> tuple[list[str], bool]:
    """What is wrong with the STEP file, and whether all of it has true surfaces; needs build123d."""
    from build123d import import_step

    path = folder / "model.step"
    notes = export(built, path)
    read = import_step(path)
    found = []
    volume, whole = sum(solid.volume for solid in read.solids()), sum(part.solid.volume() for part in built.parts)
    if abs(volume / whole - 1) > CLOSE:
        found.append(f".step: a volume of {volume:.6g} mm³, built was {whole:.6g}")
    low, high = built.bounds()
    box = read.bounding_box()
    if np.abs(np.array([*box.max]) - np.array([*box.min]) - (high - low)).max() > CLOSE * max(high - low):
        found.append(f".step: a box of {box.size}, built was {np.round(high - low, 3)}")
    return found, not any("flat faces" in note for note in notes)
