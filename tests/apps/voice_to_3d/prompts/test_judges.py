"""The prompts agree with their solids, and the judges tell right from wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import trimesh
import yaml

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

import oracle  # noqa: E402
import score  # noqa: E402
from fact_checks import CHECKS, check_dialogue  # noqa: E402
from facts import Part, Snapshot, family  # noqa: E402
from oracle_kit import box, cyl  # noqa: E402


@pytest.mark.parametrize("which", oracle.SETS)
def test_figures_agree_with_the_solids(which: str) -> None:
    assert oracle.main(["--set", which]) == 0


@pytest.mark.parametrize("which", oracle.SETS)
def test_scenes_use_known_facts(which: str) -> None:
    entries = yaml.safe_load((HERE / f"scenes_{which}.yaml").read_text(encoding="utf-8"))
    assert len(entries) >= 20
    for entry in entries:
        for number, step in enumerate(entry["steps"], 1):
            assert isinstance(step["say"], str)
            assert set(step) - {"say"} <= set(CHECKS), entry["id"]
            assert len(step) > 1, f"{entry['id']}: step {number} asks for nothing"
            assert step.get("same_as", 0) < number


@pytest.mark.parametrize(("kind", "count"), [("parts", [50, 50, 40, 30]), ("scenes", [40, 41, 30, 20])])
def test_an_id_is_one_entry_of_a_set(kind: str, count: list[int]) -> None:
    files = [yaml.safe_load((HERE / f"{kind}_{which}.yaml").read_text(encoding="utf-8")) for which in oracle.SETS]
    assert [len({entry["id"] for entry in file}) for file in files] == count == [len(file) for file in files]


def write(folder: Path, mesh: trimesh.Trimesh) -> Path:
    folder.mkdir(exist_ok=True)
    mesh.export(folder / "part.stl")
    return folder


def corner_block(extra: bool = False) -> trimesh.Trimesh:
    """A chiral block: three unequal steps on three faces of one corner."""
    solid = box(30, 20, 10) + box(8, 5, 18) + box(4, 26, 6) - cyl(5, 12, (22, 6, -1))
    return oracle.to_mesh(solid - cyl(3, 12, (20, 15, -1)) if extra else solid)


def judged(tmp_path: Path, mesh: trimesh.Trimesh, **more: bool) -> score.Score:
    reference, generated = write(tmp_path / "ref", corner_block()), write(tmp_path / "gen", mesh)
    return score.score_folder(generated, reference, {"part": score.Expected(1)}, **more)[0]


def test_a_turned_copy_passes(tmp_path: Path) -> None:
    mesh = corner_block()
    pose = np.eye(4)
    pose[:3, :3], pose[:3, 3] = score.axis_rotations()[13], (40.0, -7.0, 3.0)
    result = judged(tmp_path, mesh.apply_transform(pose), strict=True)
    assert result.passed, result
    assert result.chamfer < 0.01


def test_an_odd_angle_is_aligned(tmp_path: Path) -> None:
    turned = corner_block().apply_transform(trimesh.transformations.rotation_matrix(1.1, (1, 2, 0.5)))
    result = judged(tmp_path, turned)
    assert result.hausdorff95 < 0.05
    assert [k for k, good in result.checks.items() if not good] == ["bounding_box"]


def test_a_mirror_image_fails(tmp_path: Path) -> None:
    result = judged(tmp_path, corner_block().apply_transform(np.diag([-1.0, 1.0, 1.0, 1.0])))
    assert not result.checks["hausdorff95"]


def test_three_percent_larger_fails(tmp_path: Path) -> None:
    assert not judged(tmp_path, corner_block().apply_scale(1.03)).checks["volume"]


def test_one_hole_more_fails_when_strict(tmp_path: Path) -> None:
    assert not judged(tmp_path, corner_block(extra=True), strict=True).checks["euler"]


def test_open_missing_and_broken_files_fail(tmp_path: Path) -> None:
    mesh = corner_block()
    mesh.update_faces(np.arange(len(mesh.faces)) > 2)
    assert not judged(tmp_path, mesh).checks["watertight"]
    (tmp_path / "gen" / "part.stl").write_bytes(b"not a mesh")
    expected = {"part": score.Expected(1)}
    assert not score.score_folder(tmp_path / "gen", tmp_path / "ref", expected)[0].passed
    assert score.score_folder(tmp_path / "none", tmp_path / "ref", expected)[0].note == "missing"


def table(height: float = 700.0, colour: str = "brown") -> list[Part]:
    legs = [
        Part("leg", (x, y, 0), (x + 50, y + 50, height - 30), "table#1", colour)
        for x in (-400.0, 350.0)
        for y in (-300.0, 250.0)
    ]
    return [*legs, Part("top", (-400, -300, height - 30), (400, 300, height), "table#1", "brown", material="oak")]


def test_a_dialogue_that_is_right() -> None:
    vase = Part("body", (-50, -50, 840), (50, 50, 1000), "vase#1", rgb=(0.9, 0.1, 0.1))
    steps = [
        {"say": "", "box": [600, 800, 700], "count": {"leg": 4, "table": 1}, "material": {"top": "oak"}, "unread": []},
        {"say": "", "ratio": [1, 1, 1.2], "colour": {"leg": "black", "top": "not black"}, "symmetric": {"leg": "x"}},
        {"say": "", "relation": [["vase", "on", "table"]], "colour": {"vase": "red"}, "top_at": {"vase": 1000}},
        {"say": "", "moved": {"vase": [-100, 0, 0]}, "part_box": {"front left leg": [50, 50, None]}},
        {"say": "", "same_as": 2, "unread": ["sing"]},
    ]
    moved = Part("body", (-150, -50, 840), (-50, 50, 1000), "vase#1", rgb=(0.9, 0.1, 0.1))
    taller = table(840, "black")
    states = [table(), taller, [*taller, vase], [*taller, moved], taller]
    snapshots = [Snapshot(parts) for parts in states]
    snapshots[-1].unread = ["make it sing"]
    assert check_dialogue(steps, snapshots) == [[], [], [], [], []]


@pytest.mark.parametrize(
    "fact",
    [
        {"box": [800, 600, 750]},
        {"count": {"leg": 3}},
        {"count": {"chair": 1}},
        {"colour": {"leg": "black"}},
        {"colour": {"left door": "black"}},
        {"material": {"leg": "steel"}},
        {"part_box": {"top": [None, None, 20]}},
        {"relation": [["leg", "on", "top"]]},
        {"round": ["top"]},
        {"hollow": ["top"]},
        {"unread": ["sing"]},
        {"refused": True},
        {"same_as": 0},
        {"even": ["top"]},
        {"volume": 5.0},
        {"moved": {"top": [0, 0, 10]}},
        {"top_at": {"leg": 700}},
        {"mirrored": {"top": "x"}},
    ],
)
def test_wrong_facts_are_found(fact: dict[str, object]) -> None:
    assert check_dialogue([{"say": ""}, {"say": "", **fact}], [Snapshot(table()), Snapshot(table())])[1]


def test_colours_have_their_everyday_names() -> None:
    names = {"red": (0.8, 0.1, 0.1), "brown": (0.4, 0.25, 0.1), "grey": (0.5, 0.5, 0.5), "black": (0.05, 0.05, 0.05)}
    assert {name: family(rgb) for name, rgb in names.items()} == {name: name for name in names}
