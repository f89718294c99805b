"""BERT's encoder, for inference only.

Devlin et al., BERT, 2019 (arXiv:1810.04805). It is here because importing transformers costs a process several seconds
of processor time, and each worker of a pipeline would pay them; a test compares the two.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

from wugan.errors import DataError

_ACTIVATIONS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {"gelu": F.gelu, "relu": F.relu}


class _Layer(nn.Module):
    """Self-attention and feed-forward, each followed by its normalisation."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        width, inner, eps = config["hidden_size"], config["intermediate_size"], config["layer_norm_eps"]
        self.heads = config["num_attention_heads"]
        self.activation = _ACTIVATIONS[config["hidden_act"]]
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.attended = nn.Linear(width, width)
        self.attended_norm = nn.LayerNorm(width, eps=eps)
        self.inner, self.outer = nn.Linear(width, inner), nn.Linear(inner, width)
        self.outer_norm = nn.LayerNorm(width, eps=eps)

    def forward(self, x_BTD: torch.Tensor, keep_B11T: torch.Tensor) -> torch.Tensor:
        q, k, v = (
            projection(x_BTD).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for projection in (self.query, self.key, self.value)
        )
        mixed_BTD = F.scaled_dot_product_attention(q, k, v, attn_mask=keep_B11T).transpose(1, 2).flatten(2)
        x_BTD = self.attended_norm(x_BTD + self.attended(mixed_BTD))
        return self.outer_norm(x_BTD + self.outer(self.activation(self.inner(x_BTD))))


class Bert(nn.Module):
    """BERT's encoder; `forward` gives the states of its last layer."""

    def __init__(self, config: dict[str, Any]) -> None:
        super().__init__()
        width = config["hidden_size"]
        self.words = nn.Embedding(config["vocab_size"], width)
        self.places = nn.Embedding(config["max_position_embeddings"], width)
        self.types = nn.Embedding(config["type_vocab_size"], width)
        self.norm = nn.LayerNorm(width, eps=config["layer_norm_eps"])
        self.layers = nn.ModuleList(_Layer(config) for _ in range(config["num_hidden_layers"]))

    def forward(self, ids_BT: torch.Tensor, mask_BT: torch.Tensor) -> torch.Tensor:
        """States `[B, T, D]` of word pieces; `mask_BT` is true where a piece is real."""
        places = torch.arange(ids_BT.shape[1], device=ids_BT.device)
        x_BTD = self.norm(self.words(ids_BT) + self.places(places) + self.types.weight[0])
        keep_B11T = mask_BT[:, None, None, :].bool()
        for layer in self.layers:
            x_BTD = layer(x_BTD, keep_B11T)
        return x_BTD


# Our names to those of a Hugging Face checkpoint.
_NAMES = {
    "words": "embeddings.word_embeddings",
    "places": "embeddings.position_embeddings",
    "types": "embeddings.token_type_embeddings",
    "norm": "embeddings.LayerNorm",
}
_LAYER_NAMES = {
    "query": "attention.self.query",
    "key": "attention.self.key",
    "value": "attention.self.value",
    "attended": "attention.output.dense",
    "attended_norm": "attention.output.LayerNorm",
    "inner": "intermediate.dense",
    "outer": "output.dense",
    "outer_norm": "output.LayerNorm",
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
    own = {name: _checkpoint_name(name) for name in bert.state_dict()}
    if missing := [name for name in own.values() if name not in weights]:
        raise DataError(f"{folder}/model.safetensors lacks {missing[0]} and {len(missing) - 1} others")
    try:
        bert.load_state_dict({name: weights[theirs] for name, theirs in own.items()})
    except RuntimeError as error:
        raise DataError(f"{folder}: config.json does not fit model.safetensors ({error})") from error
    return bert.eval().requires_grad_(False)


def _checkpoint_name(name: str) -> str:
    """`layers.3.query.weight` → `encoder.layer.3.attention.self.query.weight`."""
    parts = name.split(".")
    if parts[0] == "layers":
        return f"encoder.layer.{parts[1]}.{_LAYER_NAMES[parts[2]]}.{parts[3]}"
    return f"{_NAMES[parts[0]]}.{parts[1]}"
