from __future__ import annotations

from pathlib import Path

import pytest
import torch
from pydantic import BaseModel
from safetensors.torch import load_file

from wugan.errors import DataError
from wugan.model_file import fitting, load_model, save_model


class About(BaseModel):
    width: int


def test_what_was_saved_is_loaded_and_half_precision_halves_the_floats_only(tmp_path: Path) -> None:
    file = tmp_path / "x.safetensors"
    state = {"weight": torch.rand(4, 3).T, "steps": torch.tensor([2**40])}
    save_model(file, "x/1", state, About(width=3))
    assert load_file(file)["weight"].dtype == torch.float16
    loaded, info = load_model(file, "x/1", "an x")
    assert About.model_validate_json(info) == About(width=3)
    assert loaded["weight"].dtype == torch.float32 and torch.allclose(loaded["weight"], state["weight"], atol=1e-3)
    assert torch.equal(loaded["steps"], state["steps"])
    save_model(file, "x/1", state, About(width=3), half=False)
    assert torch.equal(load_model(file, "x/1", "an x").state["weight"], state["weight"])


def test_what_is_wrong_with_a_file_is_said(tmp_path: Path) -> None:
    file = tmp_path / "x.safetensors"
    with pytest.raises(DataError, match=r"x\.safetensors: no such file"):
        load_model(file, "x/1", "an x")
    file.write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"x\.safetensors: is not a readable safetensors file"):
        load_model(file, "x/1", "an x")
    save_model(file, "y/1", {}, About(width=1))
    with pytest.raises(DataError, match=r"x\.safetensors: is not an x \(format 'y/1', not 'x/1'\)"):
        load_model(file, "x/1", "an x")
    with (
        pytest.raises(DataError, match=r"x\.safetensors: weights and description do not fit.*\n.*width"),
        fitting(file),
    ):
        About.model_validate_json("{}")
    with pytest.raises(DataError, match="do not fit"), fitting(file):
        torch.nn.Linear(2, 2).load_state_dict({})
