"""`CallModel`: what a caller wants, in which mood, and how urgently, with calibrated probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import Any, Self

import torch
from pydantic import BaseModel, ConfigDict, Field

from wugan.apps.customer_service.network import HEADS, CallNetwork, summary
from wugan.fused import Fused
from wugan.fusion import FusionConfig
from wugan.modalities.speech.backbone import VoiceBackbone
from wugan.model_file import load_network, save_model
from wugan.packet import Packet
from wugan.stage import Head
from wugan.tokens import Tokens

DEFAULT = "default"
_FORMAT = "wugan.customer-service/1"


class Estimate(BaseModel):
    """What one head says.

    Attributes:
        label: the most probable class.
        probs: calibrated probability of every class; they sum to 1.
        abstain: whether the label is too uncertain to act on.
    """

    model_config = ConfigDict(extra="forbid")

    label: str
    probs: dict[str, float]
    abstain: bool = False


class CallResult(BaseModel):
    """What the heads say about one turn; `None` where the turn lacks what the head needs (words, a voice)."""

    model_config = ConfigDict(extra="forbid")

    intent: Estimate | None = None
    emotion: Estimate | None = None
    urgency: Estimate | None = None

    def estimates(self) -> dict[str, Estimate]:
        """The heads that answered, by name."""
        return {name: estimate for name in HEADS if (estimate := getattr(self, name)) is not None}


class ModelInfo(BaseModel):
    """What a weight file says of itself.

    Attributes:
        config: of the backbone.
        labels: classes of each head, in the order of its logits.
        thresholds: probability below which a head abstains.
        trained_on: data, licences, seed and command.
    """

    model_config = ConfigDict(extra="forbid")

    config: FusionConfig
    labels: dict[str, list[str]]
    thresholds: dict[str, float] = Field(default_factory=dict)
    trained_on: dict[str, Any] = Field(default_factory=dict)


class CallModel:
    """A trained network with the names of its classes.

    Args:
        network: backbone and heads, in evaluation mode.
        info: see `ModelInfo`.
    """

    def __init__(self, network: CallNetwork, info: ModelInfo) -> None:
        self.network = network.eval()
        self.info = info

    @property
    def labels(self) -> dict[str, list[str]]:
        """Classes of each head."""
        return self.info.labels

    @classmethod
    def load(cls, weights: str | PathLike[str] = DEFAULT) -> Self:
        """Load shipped weights by name, or a file.

        Args:
            weights: `"default"`; with `wugan-research-weights`, `"ravdess-noncommercial"`; or a path.

        Raises:
            DataError: no such weights, or the file is not a model of this application.
        """

        def build(info: ModelInfo) -> CallNetwork:
            return CallNetwork(info.config, {name: len(labels) for name, labels in info.labels.items()})

        return cls(*load_network(__package__, weights, _FORMAT, "a customer-service model", ModelInfo, build))

    def save(self, path: str | PathLike[str]) -> None:
        """Write weights and `info` to one safetensors file, in half precision."""
        save_model(path, _FORMAT, self.network.state_dict(), self.info)

    def predict(self, window: Mapping[str, Packet[Tokens]]) -> CallResult:
        """Fuse one window and read it.

        Args:
            window: packets of tokens by modality: `text`, `voice`, or both.

        Raises:
            DataError: the window is empty, or holds another modality.
        """
        return self.read(self.network.backbone.fuse(window))

    def read(self, fused: Fused) -> CallResult:
        """The heads' answers for a window that the backbone has fused."""
        modality_pooled = {name: torch.tensor(value)[None] for name, value in fused.modality_pooled.items()}
        first = {name: summary(name, torch.tensor(packet.data.values))[None] for name, packet in fused.inputs.items()}
        with torch.inference_mode():
            logits = self.network.logits(torch.tensor(fused.pooled)[None], modality_pooled, first)
            probs = {name: values[0].double().softmax(-1).tolist() for name, values in logits.items()}
        return CallResult(
            **{name: self.estimate(name, dict(zip(self.labels[name], p, strict=True))) for name, p in probs.items()}
        )

    def estimate(self, head: str, probs: Mapping[str, float]) -> Estimate:
        """An answer from probabilities, abstaining below the head's threshold."""
        label = max(probs, key=probs.__getitem__)
        return Estimate(label=label, probs=dict(probs), abstain=probs[label] < self.info.thresholds.get(head, 0.0))


@dataclass(eq=False)
class CallHead(Head[CallResult]):
    """Reads what the backbone of the same weights has fused.

    Args:
        weights: see `CallModel.load`.
    """

    weights: str = DEFAULT
    _model: CallModel | None = field(init=False, repr=False, default=None)

    def warm_up(self) -> None:
        """Load the weights."""
        self._model = CallModel.load(self.weights)

    def close(self) -> None:
        """Let go of them."""
        self._model = None

    def predict(self, fused: Fused) -> CallResult:
        """The heads' answers for one window."""
        if self._model is None:
            self.warm_up()
        assert self._model is not None
        return self._model.read(fused)


def backbone() -> VoiceBackbone:
    """The default weights' backbone, for `Pipeline.fuse(backbone="…:backbone")`."""
    return CallModel.load().network.backbone
