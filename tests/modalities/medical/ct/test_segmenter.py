import numpy as np
import pytest

from wugan.errors import DataError
from wugan.modalities.medical.bundle import Network
from wugan.modalities.medical.ct.segmenter import segment
from wugan.modalities.medical.ct.volume import Volume

METADATA = {
    "wugan": {"window": [-1000, 1000]},
    "network_data_format": {
        "inputs": {"image": {"spatial_shape": [8, 16, 16]}},
        "outputs": {"pred": {"channel_def": {"0": "background", "1": "tissue", "2": "bone"}}},
    },
}


def by_value(batch: np.ndarray) -> np.ndarray:
    """Background below -250 HU, bone above 250 HU."""
    hu = batch[:, 0] * 2000 - 1000
    return np.stack([-250 - hu, 250 - abs(hu), hu - 250], 1)


@pytest.mark.parametrize("size", [(5, 30, 21), (8, 16, 16), (20, 17, 40)])
def test_every_voxel_gets_its_label(size: tuple[int, int, int]) -> None:
    truth = np.random.default_rng(0).integers(0, 3, size)
    volume = Volume(np.choose(truth, [-900.0, 40.0, 700.0]).astype(np.float32), np.diag([1.0, 1, 2, 1]))
    found = segment(volume, Network("made", by_value, METADATA))
    assert np.array_equal(found.labels, truth) and found.names == {1: "tissue", 2: "bone"}
    assert np.array_equal(found.volume.affine, volume.affine)


def test_works_at_the_spacing_the_network_wants() -> None:
    volume = Volume(np.full((6, 12, 12), 40, np.float32), np.diag([1.0, 1, 2, 1]))
    found = segment(volume, Network("made", by_value, METADATA), spacing=2)
    assert found.labels.shape == (6, 6, 6) and (found.labels == 1).all()


def test_refuses_what_is_no_map() -> None:
    volume = Volume(np.zeros((8, 16, 16), np.float32), np.eye(4))
    with pytest.raises(DataError, match="needs \\[C, Z, Y, X\\]"):
        segment(volume, Network("made", lambda batch: batch[:, 0].mean((1, 2)), METADATA))
    with pytest.raises(DataError, match="rising window"):
        segment(volume, Network("made", by_value, METADATA), window=(1, 0))
