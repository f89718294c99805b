"""The shipped classifier: on shapes nobody trained on, turned, and in files."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from typer.testing import CliRunner

from wugan import weights
from wugan.cli.main import cli, main
from wugan.errors import DataError
from wugan.learn.metrics import top_calibration_error
from wugan.modalities.points.shape.classifier import SHIPPED, ShapeClassifier, ShapeInfo, card
from wugan.modalities.points.shape.grid_network import GridNetwork
from wugan.modalities.points.shape.trials import read_modelnet, trial


@pytest.fixture(scope="module")
def shipped() -> ShapeClassifier:
    return ShapeClassifier.load()


def box(*size: float, at: tuple[float, float, float] = (0, 0, 0)) -> np.ndarray:
    """Points on the surface of a box."""
    rng = np.random.default_rng(0)
    points = rng.uniform(-0.5, 0.5, (1500, 3))
    axis = rng.integers(0, 3, 1500)
    points[np.arange(1500), axis] = np.sign(points[np.arange(1500), axis]) * 0.5
    return points * size + at


def table() -> np.ndarray:
    """A slab on four legs."""
    legs = [box(0.05, 0.05, 0.7, at=(x, y, 0.35)) for x in (-0.6, 0.6) for y in (-0.3, 0.3)]
    return np.concatenate([box(1.4, 0.8, 0.05, at=(0, 0, 0.72)), *legs])


@pytest.mark.slow
def test_unseen_shapes_are_known_as_the_card_says(shipped: ShapeClassifier, data_root: Path) -> None:
    unseen = read_modelnet(data_root / "modelnet10" / "modelnet10_30.npz", "valid")[::12]
    for name, least in (("as they are", 0.87), ("all three", 0.85)):
        probs, labels = trial(shipped, unseen, name)
        assert (probs.argmax(1) == labels).mean() >= least
        assert top_calibration_error(probs, labels) < 0.1


def test_a_table_from_elsewhere_is_a_table_whichever_way_it_stands(shipped: ShapeClassifier) -> None:
    angles = np.linspace(0, 2 * np.pi, 5)
    turned = [table() @ np.array([[np.cos(a), np.sin(a), 0], [-np.sin(a), np.cos(a), 0], [0, 0, 1]]) for a in angles]
    probs = shipped.probabilities(turned)
    assert {shipped.labels[int(k)] for k in probs.argmax(1)} <= {"table", "desk"}
    assert np.abs(probs - probs[0]).max() < 0.25


def test_unit_and_place_do_not_matter(shipped: ShapeClassifier) -> None:
    here, there = shipped.probabilities([table(), table() * 1000 + [5, 6, 7]])
    assert np.allclose(here, there, atol=1e-3)


def test_features_are_one_row_for_each_view(shipped: ShapeClassifier) -> None:
    found = shipped.features([table(), box(1, 1, 1)])
    assert found.shape == (2, 4, 1280)
    assert np.isfinite(found).all()


def test_a_bad_shape_is_named(shipped: ShapeClassifier) -> None:
    with pytest.raises(DataError, match="shape 2: "):
        shipped.probabilities([table(), np.zeros((2, 3))])
    assert shipped.probabilities([]).shape == (0, 10)


def test_weights_go_to_a_file_and_back(tmp_path: Path) -> None:
    torch.manual_seed(0)
    made = ShapeClassifier([GridNetwork(2)], ShapeInfo(labels=("a", "b"), members=("grid",)))
    made.save(tmp_path / "w.safetensors")
    again = ShapeClassifier.load(tmp_path / "w.safetensors")
    assert np.allclose(made.probabilities([table()]), again.probabilities([table()]), atol=2e-3)
    with pytest.raises(DataError, match="no network of views"):
        again.features([table()])
    save_file({"x": torch.zeros(1)}, str(tmp_path / "other.safetensors"))
    with pytest.raises(DataError, match="is not a model of shapes"):
        ShapeClassifier.load(tmp_path / "other.safetensors")


def test_from_the_command_line(tmp_path: Path) -> None:
    grids = np.zeros((3, 30, 30, 30), bool)
    grids[0, 4:26, 8:22, 20:22] = True
    for x in (5, 24):
        for y in (9, 20):
            grids[0, x : x + 2, y : y + 2, 4:20] = True
    grids[2] = grids[0].transpose(1, 0, 2)
    np.savez(tmp_path / "s.npz", bits=np.packbits(grids.reshape(3, -1), axis=1))
    done = CliRunner().invoke(cli, ["predict", "shape", str(tmp_path / "s.npz"), "--json"])
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert [row["item"] for row in rows] == [1, 2, 3]
    assert rows[0]["label"] == rows[2]["label"] == "table"
    assert rows[1]["abstain"]  # an empty grid
    assert sum(rows[1]["probs"].values()) == pytest.approx(1)


def test_without_its_weights_the_command_says_in_one_message_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(tmp_path / "s.npy", table())
    monkeypatch.setattr(weights, "plugins", lambda *groups: ())
    monkeypatch.setattr(sys, "argv", ["wugan", "predict", "shape", str(tmp_path / "s.npy")])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    said = capsys.readouterr()
    assert "pip install ./research-weights" in " ".join((said.out + said.err).split())
    assert "Traceback" not in said.out + said.err


def test_the_card_says_what_it_must() -> None:
    text = card().read_text()
    for word in (SHIPPED, "research", "seed", "calibration", "must not"):
        assert word in text
