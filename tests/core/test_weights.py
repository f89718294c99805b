from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from wugan import weights
from wugan.errors import DataError
from wugan.weights import RESEARCH, verify_weights, weight_file


def test_accepts_the_pinned_file(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(b"weights")
    assert verify_weights(path, hashlib.sha256(b"weights").hexdigest()) == path


def test_a_changed_file_is_noticed_although_it_was_read_before(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    path.write_bytes(b"weights")
    digest = hashlib.sha256(b"weights").hexdigest()
    verify_weights(path, digest)
    path.write_bytes(b"weights, tampered with")
    with pytest.raises(DataError, match="not the one"):
        verify_weights(path, digest)


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="reinstall"):
        verify_weights(tmp_path / "none", "0" * 64)


def test_weights_of_another_distribution_are_found_by_name_and_named_where_they_lack(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    package = "wugan.apps.customer_service"
    assert weight_file(package, "default").is_file()
    pytest.importorskip("wugan_research_weights", reason="needs the research weights")
    assert all(weight_file(package, name).name == f"{name}.safetensors" for name in RESEARCH)
    monkeypatch.setattr(weights, "plugins", lambda *groups: ())
    for name in RESEARCH:
        with pytest.raises(DataError, match="pip install ./research-weights"):
            weight_file(package, name)
    with pytest.raises(DataError, match="'nothing' are unknown: give default, modelnet10-research, ravdess"):
        weight_file(package, "nothing")
