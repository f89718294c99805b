from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

from wugan.errors import DataError
from wugan.modalities.text.bert import load_bert
from wugan.modalities.text.encoder import packaged_minilm


@pytest.mark.slow
def test_equals_transformers() -> None:
    transformers = pytest.importorskip("transformers")
    theirs = transformers.BertModel.from_pretrained(packaged_minilm(), local_files_only=True).eval()
    ours = load_bert(packaged_minilm())
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(1_000, 30_000, (3, 40), generator=generator)
    mask = torch.ones_like(ids)
    mask[1, 25:] = mask[2, 3:] = 0
    with torch.inference_mode():
        expected = theirs(input_ids=ids, attention_mask=mask).last_hidden_state
        found = ours(ids, mask)
    assert (found - expected)[mask.bool()].abs().max() < 2e-5


def test_bad_folders_say_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"config\.json"):
        load_bert(tmp_path)
    for name in ("config.json", "model.safetensors"):
        shutil.copy(packaged_minilm() / name, tmp_path)
    config = json.loads((tmp_path / "config.json").read_text())
    for change, message in (
        ({"model_type": "mpnet"}, "'mpnet'"),
        ({"num_hidden_layers": 7}, "lacks encoder.layer.6"),
        ({"vocab_size": 9}, "does not fit"),
    ):
        (tmp_path / "config.json").write_text(json.dumps(config | change))
        with pytest.raises(DataError, match=message):
            load_bert(tmp_path)
