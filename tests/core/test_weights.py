from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from wugan.errors import DataError
from wugan.weights import verify_weights


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
