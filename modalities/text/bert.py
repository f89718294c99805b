"""BERT's encoder, for inference only.

Devlin et al., BERT, 2019 (arXiv:1810.04805). It is here because importing transformers costs a process several seconds
of processor time, and each worker of a pipeline would pay them; a test compares the two.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import nn

from wugan.errors import DataError

_ACTIVATIONS = ("gelu", "relu")


class Bert(nn.Module):
    """BERT's encoder; `forward` gives the states of its last layer."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        width = config["hidden_size"]
        self.words = nn.Embedding(config["vocab_size"], width)
        self.places = nn.Embedding(config["max_position_embeddings"], width)
        self.types = nn.Embedding(config["type_vocab_size"], width)
        self.norm = nn.LayerNorm(width, eps=config["layer_norm_eps"])
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(
                width,
                config["num_attention_heads"],
                config["intermediate_size"],
                dropout=0.0,
                activation=config["hidden_act"],
                layer_norm_eps=config["layer_norm_eps"],
                batch_first=True,
            )
            for _ in range(config["num_hidden_layers"])
        )

    def forward(self, ids_BT: torch.Tensor, mask_BT: torch.Tensor) -> torch.Tensor:
        """States `[B, T, D]` of word pieces; `mask_BT` is true where a piece is real."""
        places = torch.arange(ids_BT.shape[1], device=ids_BT.device)
        x_BTD = self.norm(self.words(ids_BT) + self.places(places) + self.types.weight[0])
        for layer in self.layers:
            x_BTD = layer(x_BTD, src_key_padding_mask=~mask_BT.bool())
        return x_BTD


# Our names to those of a Hugging Face checkpoint.
_NAMES = {
    "words": "embeddings.word_embeddings",
    "places": "embeddings.position_embeddings",
    "types": "embeddings.token_type_embeddings",
    "norm": "embeddings.LayerNorm",
}
_LAYER_NAMES = {
    "self_attn.out_proj": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "linear1": "intermediate.dense",
    "linear2": "output.dense",
    "norm2": "output.LayerNorm",
}


def load_bert(folder: Path) -> Bert:
    """Load a BERT from `config.json` and `model.safetensors` of a folder in Hugging Face's format.

    Raises:
        DataError: a file is missing or damaged, or the model is not a BERT.
    """
    try:
        config = json.loads((folder / "config.json").read_text())
        weights = load_file(folder / "model.safetensors")
    except Exception as error:  # safetensors has an exception of its own that derives from nothing useful
        raise DataError(
            f"{folder} holds no readable config.json and model.safetensors ({type(error).__name__}: {error})"
        ) from error
    if (
        config.get("model_type") != "bert"
        or config.get("hidden_act") not in _ACTIVATIONS
        or config.get("position_embedding_type", "absolute") != "absolute"
    ):
        raise DataError(
            f"{folder} is a {config.get('model_type')!r} model; wugan reads BERT (MiniLM, E5, BGE), absolute positions"
        )
    weights = {name.removeprefix("bert."): tensor.float() for name, tensor in weights.items()}
    bert = Bert({"layer_norm_eps": 1e-12, "type_vocab_size": 2, **config})
    own = {name: _checkpoint_names(name) for name in bert.state_dict()}
    if missing := [one for names in own.values() for one in names if one not in weights]:
        raise DataError(f"{folder}/model.safetensors lacks {missing[0]} and {len(missing) - 1} others")
    try:
        bert.load_state_dict({name: torch.cat([weights[one] for one in theirs]) for name, theirs in own.items()})
    except RuntimeError as error:
        raise DataError(f"{folder}: config.json does not fit model.safetensors ({error})") from error
    return bert.eval().requires_grad_(False)


def _checkpoint_names(name: str) -> list[str]:
    """`layers.3.linear1.weight` → `encoder.layer.3.intermediate.dense.weight`; torch has query, key, value in one."""
    module, _, kind = name.rpartition(".")
    if not module.startswith("layers."):
        return [f"{_NAMES[module]}.{kind}"]
    _, number, inner = module.split(".", 2)
    if kind.startswith("in_proj_"):
        kind = kind.removeprefix("in_proj_")
        return [f"encoder.layer.{number}.attention.self.{one}.{kind}" for one in ("query", "key", "value")]
    return [f"encoder.layer.{number}.{_LAYER_NAMES[inner]}.{kind}"]
