from __future__ import annotations

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from wugan.errors import DataError
from wugan.modalities.medical.ct.encoder import NAMES, CtAnalysis, CtEncoder, blocks
from wugan.modalities.medical.ct.trunk import Trunk, trunk
from wugan.modalities.medical.ct.volume import Volume
from wugan.packet import Packet
from wugan.testing import run_stage


class Brightness(torch.nn.Module):
    """Mean, largest and smallest value of a cube."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        flat = x.flatten(1)
        return torch.stack([flat.mean(1), flat.max(1).values, flat.min(1).values], 1)


def make_bundle(folder: Path, module: torch.nn.Module, metadata: dict[str, object]) -> Path:
    (folder / "models").mkdir(parents=True)
    (folder / "configs").mkdir()
    with warnings.catch_warnings():  # torch announces the end of TorchScript, which bundles still are
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.script(module).save(str(folder / "models" / "model.ts"))
    (folder / "configs" / "metadata.json").write_text(json.dumps(metadata))
    return folder


@pytest.fixture(scope="module")
def patient() -> Trunk:
    return trunk(3.0, heights=(100.0, 250.0), nodules=np.array([[-80.0, 30, 200, 16]]))


@pytest.fixture(scope="module")
def analysis(patient: Trunk) -> CtAnalysis:
    found = CtEncoder().analyse(patient.volume, 7)
    assert found is not None
    return found


def column(analysis: CtAnalysis, name: str) -> np.ndarray:
    return analysis.blocks.features[:, NAMES.index(name)]


def at(analysis: CtAnalysis, *place: float) -> int:
    return int(np.linalg.norm(analysis.blocks.centers - place, axis=1).argmin())


def test_tokens_have_their_places_and_time(patient: Trunk, analysis: CtAnalysis) -> None:
    tokens = analysis.tokens
    assert tokens.modality == "ct" and tokens.values.shape[1] == CtEncoder.dim == len(CtEncoder().feature_names)
    assert tokens.values.dtype == np.float32 and (np.abs(tokens.values) <= 5).all()
    assert (tokens.time_ns == 7).all() and tokens.positions is not None
    low, high = patient.volume.to_world([0, 0, 0]), patient.volume.to_world(np.array(patient.volume.size) - 1)
    assert (tokens.positions > low - 28).all() and (tokens.positions < high + 28).all()


def test_every_voxel_of_the_body_is_in_one_cube(analysis: CtAnalysis) -> None:
    found = blocks(analysis.compartments, least=0.0)
    share = found.features[:, NAMES.index("body_share")] * found.side**3
    assert share.sum() == pytest.approx(analysis.compartments.body.sum())
    assert len(np.unique(found.corners, axis=0)) == len(found.corners)


def test_cubes_say_what_lies_there(analysis: CtAnalysis) -> None:
    lung, spine = at(analysis, 75, 0, 230), at(analysis, 0, 62, 180)
    assert column(analysis, "left_lung_share")[lung] > 0.9 and column(analysis, "right_lung_share")[lung] == 0
    assert column(analysis, "lung_mean")[lung] == pytest.approx(-850, abs=60)
    assert column(analysis, "bone_share")[spine] > 0.3 and column(analysis, "lateral")[lung] > 0.2
    assert column(analysis, "dorsal")[spine] > 0.3
    assert np.isnan(column(analysis, "bone_mean")[lung]) and analysis.tokens.values[lung, NAMES.index("bone_mean")] == 0


def test_the_nodule_is_in_its_cube(analysis: CtAnalysis) -> None:
    scores = column(analysis, "nodule_score")
    home = int(scores.argmax())
    assert np.abs(analysis.blocks.centers[home] - [-80, 30, 200]).max() <= 15
    assert column(analysis, "nodule_mm")[home] == pytest.approx(16, abs=2)


def test_neighbours_in_the_row_are_neighbours_in_the_body(analysis: CtAnalysis) -> None:
    centers = analysis.blocks.centers
    step = np.linalg.norm(np.diff(centers, axis=0), axis=1)
    shuffled = np.linalg.norm(np.diff(np.random.default_rng(0).permutation(centers), axis=0), axis=1)
    assert np.median(step) <= 28 * np.sqrt(2) and step.mean() < 0.5 * shuffled.mean()


def test_a_longer_scan_has_the_same_cubes(patient: Trunk, analysis: CtAnalysis) -> None:
    part = patient.volume
    affine = part.affine.copy()
    affine[:3, 3] = part.to_world([0, 0, 10])
    upper = blocks(CtEncoder(nodules=False).analyse(Volume(part.values[10:], affine)).compartments)  # type: ignore[union-attr]
    whole = {tuple(np.round(c, 3)) for c in analysis.blocks.centers}
    assert {tuple(np.round(c, 3)) for c in upper.centers} <= whole


def test_the_same_volume_gives_the_same_tokens(patient: Trunk, analysis: CtAnalysis) -> None:
    again = CtEncoder().encode([Packet(patient.volume, 7, stream="ct")])[0]
    assert again is not None and np.array_equal(again.values, analysis.tokens.values)


def test_runs_as_a_stage(patient: Trunk, analysis: CtAnalysis) -> None:
    (out,) = run_stage(CtEncoder(nodules=False), [Packet(patient.volume, 7, stream="ct")])
    assert len(out.data) == len(analysis.tokens)


def test_air_gives_no_tokens() -> None:
    air = Volume(np.full((6, 20, 20), -1000, np.float32), np.diag([3.0, 3, 3, 1]))
    assert CtEncoder().encode([Packet(air, 0, stream="ct")]) == [None]


def test_a_users_network_takes_the_features_place(tmp_path: Path, patient: Trunk, analysis: CtAnalysis) -> None:
    bundle = make_bundle(tmp_path / "b", Brightness(), {"wugan": {"window": [-1000, 1000], "size": 12}})
    found = CtEncoder(bundle=str(bundle), nodules=False).analyse(patient.volume)
    assert found is not None and found.tokens.values.shape == (len(analysis.tokens), 3)
    lung, spine = at(found, 75, 0, 230), at(found, 0, 62, 180)
    assert found.tokens.values[lung, 0] == pytest.approx(0.075, abs=0.05)  # (-850 + 1000) / 2000
    assert found.tokens.values[spine, 1] > found.tokens.values[lung, 1]
    assert np.array_equal(found.tokens.positions, analysis.tokens.positions)


@pytest.mark.parametrize("options", [{"window": [1, 0]}, {"window": "wide"}, {"size": 0}, {"size": "big"}, []])
def test_says_what_is_wrong_with_a_bundles_options(tmp_path: Path, patient: Trunk, options: object) -> None:
    bundle = make_bundle(tmp_path / "b", Brightness(), {"wugan": options})
    with pytest.raises(DataError, match="wugan"):
        CtEncoder(bundle=str(bundle), nodules=False).analyse(patient.volume)


def test_refuses_cubes_of_no_size() -> None:
    with pytest.raises(DataError, match="cube_mm"):
        CtEncoder(cube_mm=0).warm_up()
