"""Scans are measured within two per cent whatever is wrong with them, and what cannot be measured is told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy", reason="needs the design extra")
pytest.importorskip("trimesh", reason="needs the design extra")

from wugan.apps.voice_to_3d.readings.scan import load_scan, scan_of
from wugan.errors import DataError

SIZE = np.array([312.0, 208.0, 96.0])


def box(count: int = 6000, size: np.ndarray = SIZE, seed: int = 0) -> np.ndarray:
    """Points on the sides and the top of a box that stands on z = 0, mm."""
    rng = np.random.default_rng(seed)
    x, y, z = size
    areas = np.array([y * z, y * z, x * z, x * z, x * y])
    face = rng.choice(5, count, p=areas / areas.sum())
    points = (rng.random((count, 3)) - [0.5, 0.5, 0.0]) * size
    points[face == 0, 0], points[face == 1, 0] = -x / 2, x / 2
    points[face == 2, 1], points[face == 3, 1] = -y / 2, y / 2
    points[face == 4, 2] = z
    return points


def ground(count: int = 3000, radius: float = 350.0, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    reach, angle = radius * np.sqrt(rng.random(count)), rng.uniform(0, 2 * np.pi, count)
    floor = np.column_stack([reach * np.cos(angle), reach * np.sin(angle), np.zeros(count)])
    return floor[(np.abs(floor[:, :2]) > SIZE[:2] / 2).any(1)]


def turned(points: np.ndarray, degrees: float) -> np.ndarray:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return points @ np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])


def noisy(points: np.ndarray, sigma: float = 1.0, seed: int = 2) -> np.ndarray:
    return points + np.random.default_rng(seed).normal(0, sigma, points.shape)


def close(size: tuple[float, float, float], share: float = 0.02) -> bool:
    return bool((np.abs(np.array(size) / SIZE - 1) < share).all())


@pytest.mark.parametrize("degrees", [0.0, 0.7, 17.0, 45.0, 88.0])
def test_a_box_is_measured_however_it_lies(degrees: float) -> None:
    assert close(scan_of(turned(box(), degrees)).size, 0.01)


def test_noise_strays_a_hole_and_an_unseen_side_do_not_matter() -> None:
    points = noisy(np.vstack([box(), ground()]))
    points = points[points[:, 1] < 95]  # the back was not seen, nor the ground behind
    back = points[:, 1] > -200
    points = np.vstack([points[back], noisy(box())[noisy(box())[:, 2] > 90]])  # its top was
    points = points[np.linalg.norm(points - [100, -104, 50], axis=1) > 30]
    strays = np.random.default_rng(3).uniform(-300, 300, (len(points) // 50, 3))
    scan = scan_of(turned(np.vstack([points, strays]), 30))
    assert close(scan.size)
    assert any("ground" in note for note in scan.notes)


def test_ground_that_is_not_level_is_turned_level() -> None:
    points = noisy(np.vstack([box(), ground()]), 0.5)
    tilt = np.radians(8)
    turn = np.array([[1, 0, 0], [0, np.cos(tilt), np.sin(tilt)], [0, -np.sin(tilt), np.cos(tilt)]])
    assert close(scan_of(points @ turn + [0, 0, 500]).size)


def test_half_of_a_round_thing_gives_its_whole_diameter() -> None:
    rng = np.random.default_rng(0)
    angle = rng.uniform(0, np.radians(215), 5000)
    points = np.column_stack([60 * np.cos(angle), 60 * np.sin(angle), rng.uniform(0, 150, 5000)])
    scan = scan_of(noisy(points, 0.4))
    assert scan.round
    assert np.allclose(scan.size, (120, 120, 150), rtol=0.02)


def test_a_table_keeps_its_legs() -> None:
    rng = np.random.default_rng(0)
    top = np.column_stack([rng.uniform(-400, 400, 4000), rng.uniform(-250, 250, 4000), np.full(4000, 700.0)])
    legs = []
    for x in (-380, 380):
        for y in (-230, 230):
            angle = rng.uniform(0, 2 * np.pi, 600)
            legs.append(np.column_stack([x + 20 * np.cos(angle), y + 20 * np.sin(angle), rng.uniform(0, 690, 600)]))
    scan = scan_of(np.vstack([top, *legs]))
    assert np.allclose(scan.size, (800, 500, 700), rtol=0.03)
    assert (scan.points[:, 2] < 0.5).sum() > 100


@pytest.mark.parametrize("suffix", [".npy", ".xyz", ".ply", ".obj", ".pcd", "binary.pcd"])
def test_points_are_read_from_files_in_metres(tmp_path: Path, suffix: str) -> None:
    import trimesh

    path, points = tmp_path / f"scan{suffix}", box() / 1000
    if suffix == ".npy":
        np.save(path, points)
    elif suffix == ".xyz":
        np.savetxt(path, points, header="x y z")
    elif suffix.endswith(".pcd"):
        write_pcd(path, points, "binary" if "binary" in suffix else "ascii")
    else:
        trimesh.PointCloud(points).export(path)
    scan = load_scan(path)
    assert close(scan.size, 0.01)
    assert any("unit is taken as m" in note for note in scan.notes)
    assert close(load_scan(path, unit="cm").size) is False


def write_pcd(path: Path, points: np.ndarray, form: str) -> None:
    head = (
        f"# .PCD v0.7\nVERSION 0.7\nFIELDS rgb x y z\nSIZE 4 4 4 4\nTYPE F F F F\nCOUNT 1 1 1 1\nWIDTH {len(points)}\n"
        f"HEIGHT 1\nVIEWPOINT 0 0 0 1 0 0 0\nPOINTS {len(points)}\nDATA {form}\n"
    )
    rows = np.column_stack([np.zeros(len(points)), points]).astype("<f4")
    body = rows.tobytes() if form == "binary" else "\n".join(" ".join(map(str, row)) for row in rows).encode()
    path.write_bytes(head.encode() + body)


@pytest.mark.parametrize(("suffix", "scale"), [(".stl", 1.0), (".glb", 0.001), (".obj", 0.001)])
def test_meshes_are_sampled(tmp_path: Path, suffix: str, scale: float) -> None:
    import trimesh

    mesh = trimesh.creation.box(SIZE * scale)
    if suffix == ".glb":  # y is up
        mesh.apply_transform(trimesh.transformations.rotation_matrix(-np.pi / 2, [1, 0, 0]))
    path = tmp_path / f"scan{suffix}"
    mesh.export(path)
    assert close(load_scan(path).size, 0.01)


def test_what_cannot_be_measured_names_the_file(tmp_path: Path) -> None:
    cases = {
        "empty.npy": np.zeros((0, 3)),
        "few.npy": np.ones((10, 3)),
        "lost.npy": np.full((500, 3), np.nan),
        "flat.npy": np.column_stack([np.random.default_rng(0).random((500, 2)), np.zeros(500)]),
        "point.npy": np.ones((500, 3)),
        "table.npy": np.zeros((500, 2)),
    }
    for name, points in cases.items():
        np.save(tmp_path / name, points)
        with pytest.raises(DataError, match=name):
            load_scan(tmp_path / name)
    (tmp_path / "broken.ply").write_bytes(b"ply\nnonsense")
    (tmp_path / "words.xyz").write_text("no numbers here\n")
    (tmp_path / "cut.pcd").write_bytes(b"FIELDS x y z\nSIZE 4 4 4\nTYPE F F F\nPOINTS 9\nDATA binary\nabc")
    for name in ("broken.ply", "words.xyz", "cut.pcd", "absent.ply", "scan.jpg"):
        with pytest.raises(DataError, match=name):
            load_scan(tmp_path / name)


def test_points_without_a_return_are_left_out_with_a_note(tmp_path: Path) -> None:
    points = box() / 1000
    points[::10] = np.nan
    np.save(tmp_path / "organised.npy", points)
    scan = load_scan(tmp_path / "organised.npy")
    assert close(scan.size, 0.01)
    assert any("600 points without a position" in note for note in scan.notes)
