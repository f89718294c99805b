"""Judge generated STL files against references by the criteria of the published text-to-CAD benchmark.

    python tests/apps/voice_to_3d/prompts/score.py --generated OUT --reference-dir shared/data/cadeval
    python tests/apps/voice_to_3d/prompts/score.py --generated OUT --reference-dir STL --expected parts_dev.yaml

A part passes when its mesh is watertight, has the expected number of closed surfaces, its sorted bounding box is
within 1 mm of the expected one on each side, its volume is within 2 %, and, after a rigid alignment (rotations only,
never a mirror image), the chamfer distance and the 95th percentile of the Hausdorff distance are at most 1 mm. 50,000
points are sampled on each surface and measured to the other *surface*, so that the spacing of samples is no error.

`--strict` also asks for the same Euler number (holes that the percentile overlooks) and a whole Hausdorff distance of
at most 1 mm; the published criteria ask for neither.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import trimesh
import yaml
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

Array = NDArray[np.float64]
SAMPLES = 50_000
MAX_MM = 1.0
MAX_VOLUME = 0.02
NEAR_EQUAL = 0.06  # principal moments closer than this leave the angle about the third axis open


@dataclass
class Expected:
    """What a reference asks for; a value left out is measured on the reference."""

    components: int | None = None
    bounding_box: list[float] | None = None
    volume: float | None = None
    judge: list[str] | None = (
        None  # only these criteria (and watertight), for parts whose details are the maker's choice
    )


@dataclass
class Score:
    """Outcome of one part; distances in mm, volume as a ratio to the reference."""

    name: str
    checks: dict[str, bool] = field(default_factory=dict)
    bounding_box: list[float] = field(default_factory=list)
    volume_ratio: float = float("nan")
    components: int = 0
    chamfer: float = float("nan")
    hausdorff95: float = float("nan")
    hausdorff: float = float("nan")
    note: str = ""

    @property
    def passed(self) -> bool:
        return bool(self.checks) and all(self.checks.values())


class Surface:
    """Points sampled on a mesh, with the distance of other points to the mesh itself."""

    def __init__(self, mesh: trimesh.Trimesh, count: int, seed: int = 0) -> None:
        points, faces = trimesh.sample.sample_surface(mesh, count, seed=seed)
        self.points: Array = np.asarray(points, float)
        self.faces = np.asarray(faces)
        self.normals: Array = np.asarray(mesh.face_normals, float)[self.faces]
        self.triangles: Array = np.asarray(mesh.triangles, float)
        self.tree = cKDTree(self.points)

    def nearest(self, query: Array, neighbours: int = 6) -> tuple[Array, Array, NDArray[np.int64]]:
        """Distance to the surface, foot point and sample index, by the triangles of the nearest samples."""
        _, index = self.tree.query(query, k=neighbours)
        flat = self.triangles[self.faces[index.ravel()]]
        feet = trimesh.triangles.closest_point(flat, np.repeat(query, neighbours, axis=0))
        feet = np.asarray(feet).reshape(len(query), neighbours, 3)
        distance = np.linalg.norm(feet - query[:, None], axis=2)
        best = distance.argmin(axis=1)
        rows = np.arange(len(query))
        return distance[rows, best], feet[rows, best], index[rows, best]

    def distances(self, query: Array) -> Array:
        """Distance to the surface; the farthest hundredth is looked at again with many more triangles."""
        distance = self.nearest(query)[0]
        far = np.argsort(distance)[-max(1, len(query) // 100) :]
        distance[far] = self.nearest(query[far], min(200, len(self.points)))[0]
        return distance


def axis_rotations() -> Array:
    """The 24 rotations that map the axes onto one another, (24, 3, 3)."""
    found = []
    for order in itertools.permutations(range(3)):
        for signs in itertools.product((1.0, -1.0), repeat=3):
            matrix = np.zeros((3, 3))
            matrix[range(3), order] = signs
            if np.linalg.det(matrix) > 0:
                found.append(matrix)
    return np.stack(found)


def principal(mesh: trimesh.Trimesh) -> tuple[Array, Array, Array]:
    """Centre of mass, principal moments (rising) and axes as columns of a proper rotation."""
    moments, axes = np.linalg.eigh(np.asarray(mesh.moment_inertia, float))
    if np.linalg.det(axes) < 0:
        axes[:, 2] *= -1
    return np.asarray(mesh.center_mass, float), moments, axes


def candidate_rotations(moving: trimesh.Trimesh, fixed: trimesh.Trimesh) -> Array:
    """Rotations worth trying, (n, 3, 3): axes onto axes, principal axes onto principal axes, open angles in steps."""
    base = axis_rotations()
    _, _, axes_a = principal(moving)
    _, moments, axes_b = principal(fixed)
    free = [i for i in range(3) if abs(moments[(i + 1) % 3] - moments[(i + 2) % 3]) < NEAR_EQUAL * moments.max()]
    twists = [np.eye(3)]
    if len(free) == 3:
        twists += list(Rotation.random(200, rng=0).as_matrix())
    elif free:
        axis = np.eye(3)[free[0]]
        twists += [Rotation.from_rotvec(axis * np.radians(a)).as_matrix() for a in range(3, 90, 3)]
    twisted = [axes_b @ t @ p @ axes_a.T for t in twists for p in base]
    return np.concatenate([base, np.stack(twisted)])


def refine(points: Array, rotation: Array, shift: Array, fixed: Surface, steps: int) -> tuple[Array, Array, float]:
    """Iterative closest point, to planes with a small pull to points; returns the best pose and its mean distance."""
    best = (rotation, shift, np.inf)
    for _ in range(steps):
        placed = points @ rotation.T + shift
        distance, feet, index = fixed.nearest(placed, 3)
        error = float(distance.mean())
        if error < best[2]:
            stalled = best[2] - error < 1e-5
            best = (rotation, shift, error)
            if stalled:
                break
        keep = distance <= max(np.quantile(distance, 0.95), 1e-9)  # features that only one of them has
        p, q, n = placed[keep], feet[keep], fixed.normals[index[keep]]
        centre = p.mean(axis=0)
        rows = np.hstack([np.cross(p - centre, n), n])
        weak = 0.05  # the pull to the point itself steadies what planes leave free
        eye = np.broadcast_to(np.eye(3), (len(p), 3, 3))
        cross = -np.stack([np.cross(e, p - centre) for e in np.eye(3)], axis=1)
        pull = np.concatenate([cross, eye], axis=2).reshape(-1, 6) * weak
        system = np.vstack([rows, pull])
        right = np.concatenate([np.einsum("ij,ij->i", q - p, n), ((q - p) * weak).ravel()])
        turn, *_ = np.linalg.lstsq(system, right, rcond=None)
        step = Rotation.from_rotvec(turn[:3]).as_matrix()
        rotation = step @ rotation
        shift = step @ (shift - centre) + centre + turn[3:]
    return best


def align(moving: trimesh.Trimesh, fixed: trimesh.Trimesh) -> Array:
    """Rigid transform (4, 4) that lays `moving` on `fixed`."""
    fast, fine = Surface(fixed, 3_000, 1), Surface(fixed, 15_000, 2)
    few, some = Surface(moving, 300, 3).points, Surface(moving, 3_000, 4).points
    centre_a, centre_b = principal(moving)[0], principal(fixed)[0]
    rotations = candidate_rotations(moving, fixed)
    shifts = centre_b - rotations @ centre_a
    placed = np.einsum("nij,kj->nki", rotations, few) + shifts[:, None]
    distance, _ = fast.tree.query(placed.reshape(-1, 3))
    order = distance.reshape(len(rotations), -1).mean(axis=1).argsort()
    tried = [refine(few, rotations[i], shifts[i], fast, 12) for i in order[:16]]
    tried = [refine(some, r, s, fine, 30) for r, s, _ in sorted(tried, key=lambda t: t[2])[:4]]
    rotation, shift, _ = min(tried, key=lambda t: t[2])
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = rotation, shift
    return pose


def load(path: Path) -> trimesh.Trimesh:
    """One mesh, equal vertices merged."""
    mesh = trimesh.load(path, force="mesh")
    mesh.merge_vertices()
    return mesh


def score(generated: Path, reference: Path, expected: Expected, *, strict: bool = False) -> Score:
    """Judge one STL file.

    Args:
        generated: The mesh to judge; a file that is missing or cannot be read fails with a note.
        reference: The mesh it should equal up to a rigid motion.
        expected: Component count and, where they differ from the reference's own, bounding box and volume.
        strict: Also compare Euler numbers and the whole Hausdorff distance.
    """
    result = Score(reference.stem)
    if not generated.exists():
        result.checks["exists"] = False
        result.note = "missing"
        return result
    try:
        mesh = load(generated)
    except Exception as error:  # whatever a broken file raises, it is a failure of that part, not of the run
        result.checks["readable"] = False
        result.note = f"{type(error).__name__}: {error}"
        return result
    if not len(mesh.faces):
        result.checks["readable"] = False
        result.note = "no faces"
        return result
    target = load(reference)
    result.components = int(mesh.body_count)
    result.bounding_box = sorted(round(float(v), 3) for v in mesh.extents)
    volume = target.volume if expected.volume is None else expected.volume
    result.volume_ratio = float(mesh.volume / volume)
    wanted_box = np.sort(target.extents if expected.bounding_box is None else expected.bounding_box)
    wanted_count = target.body_count if expected.components is None else expected.components
    checks = {
        "watertight": bool(mesh.is_watertight),
        "components": result.components == wanted_count,
        "bounding_box": bool(np.all(np.abs(np.asarray(result.bounding_box) - wanted_box) <= MAX_MM)),
        "volume": abs(result.volume_ratio - 1.0) <= MAX_VOLUME,
    }
    judged = None if expected.judge is None else {*expected.judge, "watertight"}
    if judged is None or judged & {"chamfer", "hausdorff95"}:
        moved = mesh.copy()
        moved.apply_transform(align(mesh, target))
        ours, theirs = Surface(moved, SAMPLES, 5), Surface(target, SAMPLES, 6)
        there, back = theirs.distances(ours.points), ours.distances(theirs.points)
        result.chamfer = float((there.mean() + back.mean()) / 2)
        result.hausdorff95 = float(max(np.quantile(there, 0.95), np.quantile(back, 0.95)))
        result.hausdorff = float(max(there.max(), back.max()))
        checks |= {"chamfer": result.chamfer <= MAX_MM, "hausdorff95": result.hausdorff95 <= MAX_MM}
        if strict:
            checks["hausdorff"] = result.hausdorff <= MAX_MM
            checks["euler"] = int(mesh.euler_number) == int(target.euler_number)
    result.checks = {k: v for k, v in checks.items() if judged is None or k in judged}
    return result


def score_folder(
    generated: Path, references: Path, expected: Mapping[str, Expected], *, strict: bool = False
) -> list[Score]:
    """Judge FOLDER/ID.stl against REFERENCES/ID.stl for every id of `expected`, in its order."""
    return [score(generated / f"{k}.stl", references / f"{k}.stl", e, strict=strict) for k, e in expected.items()]


def read_expected(paths: Iterable[Path]) -> dict[str, Expected]:
    """Expectations by id, from our lists of prompts or from the benchmark's one file a task.

    The volume is left to the reference mesh: both were computed from the same solid.
    """
    found: dict[str, Expected] = {}
    for path in paths:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        for entry in content if isinstance(content, list) else [content]:
            if "task_id" in entry:
                needs = entry["requirements"]
                count = needs.get("topology_requirements", {}).get("expected_component_count")
                found[entry["task_id"]] = Expected(count, needs["bounding_box"])
            else:
                found[entry["id"]] = Expected(entry["components"], entry["bounding_box"], judge=entry.get("judge"))
    return found


def table(scores: Iterable[Score]) -> str:
    """One line a part, then how many passed."""
    lines = [f"{'part':28}{'pass':6}{'volume':>8}{'comp':>6}{'chamfer':>9}{'h95':>8}{'max':>8}  failed"]
    total = good = 0
    for s in scores:
        total, good = total + 1, good + s.passed
        failed = ", ".join(k for k, v in s.checks.items() if not v)
        lines.append(
            f"{s.name:28}{'yes' if s.passed else 'NO':6}{s.volume_ratio:8.3f}{s.components:6}"
            f"{s.chamfer:9.3f}{s.hausdorff95:8.3f}{s.hausdorff:8.3f}  {failed} {s.note}".rstrip()
        )
    return "\n".join([*lines, f"{good} of {total}"])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--generated", type=Path, required=True, help="folder of ID.stl to judge")
    parser.add_argument("--reference-dir", type=Path, required=True, help="folder of the reference ID.stl")
    parser.add_argument("--expected", type=Path, nargs="*", help="YAML files (default: those in the reference folder)")
    parser.add_argument("--only", nargs="*", help="only these ids")
    parser.add_argument("--strict", action="store_true", help="compare holes and the whole Hausdorff distance as well")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    options = parser.parse_args(arguments)
    expected = read_expected(options.expected or sorted(options.reference_dir.glob("*.yaml")))
    if options.only:
        expected = {k: expected[k] for k in options.only}
    if not expected:
        parser.error(f"no expectations: give --expected, or YAML files in {options.reference_dir}")
    scores = score_folder(options.generated, options.reference_dir, expected, strict=options.strict)
    print(table(scores))
    if options.json:
        rows = [asdict(s) | {"passed": s.passed} for s in scores]
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return int(not all(s.passed for s in scores))


if __name__ == "__main__":
    raise SystemExit(main())
