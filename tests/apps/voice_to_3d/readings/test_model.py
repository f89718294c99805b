"""The shipped weights: they load, answer for any subset of streams, abstain, and are refused when damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("manifold3d", reason="needs the design extra")
pytest.importorskip("scipy", reason="needs the design extra")
pytest.importorskip("tokenizers", reason="needs the speech extra")

from wugan.apps.voice_to_3d.readings.model import ReadingModel
from wugan.apps.voice_to_3d.readings.reader import Reader
from wugan.apps.voice_to_3d.readings.scan import Scan, scan_of
from wugan.apps.voice_to_3d.readings.train.scans import Faults, scanned, thing
from wugan.errors import DataError


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def scan(shape: str, seed: int = 11) -> Scan:
    rng = np.random.default_rng(seed)
    return scan_of(scanned(thing(shape, "test", rng), Faults(views=5), rng), f"{shape}.ply")


@pytest.mark.parametrize(
    ("said", "size", "kind"),
    [
        ("A box about this size.", "scan", "said"),
        ("a crate as big as this one", "scan", "said"),
        ("Make me one of these.", "scan", "scan"),
        ("a case to put this in", "around", "said"),
        ("a box 30 cm wide", "said", "said"),
        ("Make this box 20 mm taller.", "said", "said"),
        ("put the vase on this table", "said", "said"),
    ],
)
def test_sentences_are_read(reader: Reader, said: str, size: str, kind: str) -> None:
    found = reader.read(said)
    assert found.size is not None and found.kind is not None
    assert (found.size.chosen, found.kind.chosen) == (size, kind)
    assert found.strength is None and found.shape is None  # nobody spoke, nothing was scanned
    assert abs(sum(found.size.probs.values()) - 1) < 1e-6


def test_things_are_recognised(reader: Reader) -> None:
    right = 0
    for shape in ("chair", "vase", "table", "bowl", "bookcase", "bottle"):
        reader.scan = scan(shape)
        found = reader.read("make me one of these").shape
        assert found is not None
        right += found.label == shape
    reader.scan = None
    assert right >= 5


def test_a_copy_in_plain_words(reader: Reader) -> None:
    reader.scan = scan("chair")
    found = reader.plain("make me one of these")
    reader.scan = None
    assert found.sentence.startswith("a chair ")
    assert "mm wide" in found.sentence and "chair.ply" in found.assumed[0]


def test_weights_are_small_and_come_back_as_they_were(tmp_path: Path) -> None:
    from importlib.resources import files

    shipped = Path(str(files("wugan.apps.voice_to_3d.readings"))) / "weights" / "default.safetensors"
    assert shipped.stat().st_size < 2_000_000
    model = ReadingModel.load()
    model.save(tmp_path / "again.safetensors")
    again = ReadingModel.load(tmp_path / "again.safetensors")
    assert again.info == model.info
    assert model.info.trained_on["seed"] == 0


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.safetensors").write_bytes(b"nonsense")
    for name in ("broken.safetensors", "absent.safetensors"):
        with pytest.raises(DataError, match=name):
            ReadingModel.load(tmp_path / name)
