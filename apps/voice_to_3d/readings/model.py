"""`ReadingModel`: a trained network with the names of its classes; and `ReadingHead`, the stage that asks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import Any, Self

import torch
from pydantic import BaseModel, ConfigDict

from wugan.apps.voice_to_3d.readings.network import HEADS, ReadingNetwork
from wugan.apps.voice_to_3d.readings.reading import Estimate, Reading, ScanSize
from wugan.fused import Fused
from wugan.fusion import FusionConfig
from wugan.modalities.speech.backbone import VoiceBackbone
from wugan.model_file import load_network, save_model
from wugan.packet import Packet
from wugan.stage import Head
from wugan.tokens import Tokens

DEFAULT = "default"
SCAN = "scan"  #: attribute of a packet of scan tokens: its `ScanSize` as a dictionary
TRANSCRIPT = "transcript"  #: attribute of a packet of text tokens: the fields of its transcript
_FORMAT = "wugan.readings/1"


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
    thresholds: dict[str, float]
    trained_on: dict[str, Any]


class ReadingModel:
    """A trained network with the names of its classes.

    Args:
        network: backbone and heads, in evaluation mode.
        info: see `ModelInfo`.
    """

    def __init__(self, network: ReadingNetwork, info: ModelInfo) -> None:
        self.network = network.eval()
        self.info = info

    @classmethod
    def load(cls, weights: str | PathLike[str] = DEFAULT) -> Self:
        """Load the shipped weights (`"default"`), or a file.

        Raises:
            DataError: no such weights, or the file is not a model of readings.
        """

        def build(info: ModelInfo) -> ReadingNetwork:
            return ReadingNetwork(info.config, {name: len(labels) for name, labels in info.labels.items()})

        return cls(*load_network(__package__, weights, _FORMAT, "a model of readings", ModelInfo, build))

    def save(self, path: str | PathLike[str]) -> None:
        """Write weights and `info` to one safetensors file, in half precision."""
        save_model(path, _FORMAT, self.network.state_dict(), self.info)

    def predict(self, window: Mapping[str, Packet[Tokens]]) -> Reading:
        """Fuse one window and read it.

        Args:
            window: packets of tokens by modality, any of `text`, `voice` and `scan`.

        Raises:
            DataError: the window is empty, or holds another modality.
        """
        return self.read(self.network.backbone.fuse(window))

    def read(self, fused: Fused) -> Reading:
        """The heads' answers for a window that the backbone has fused.

        The transcript and the scan's size are those that the tokens' packets carry (`TRANSCRIPT`, `SCAN`).
        """
        pooled = {name: torch.tensor(value)[None] for name, value in fused.modality_pooled.items()}
        first = {name: torch.tensor(packet.data.values[:1]) for name, packet in fused.inputs.items()}
        with torch.inference_mode():
            logits = self.network.logits(pooled, first)
            probs = {name: values[0].double().softmax(-1) for name, values in logits.items()}
        text, scan = fused.inputs.get("text"), fused.inputs.get("scan")
        transcript = dict(text.attrs.get(TRANSCRIPT, {})) if text else {}
        size = scan.attrs.get(SCAN) if scan else None
        if text is not None and text.data.mask is not None and not text.data.mask.any():  # no word was said
            probs = {name: values for name, values in probs.items() if "text" not in HEADS[name]}
        return Reading(
            said=transcript.get("text", ""),
            transcript=transcript,
            scan=ScanSize.model_validate(size) if size else None,
            **{name: self._estimate(name, values.tolist()) for name, values in probs.items()},
        )

    def _estimate(self, head: str, probs: list[float]) -> Estimate:
        by_label = dict(zip(self.info.labels[head], probs, strict=True))
        label = max(by_label, key=by_label.__getitem__)
        return Estimate(label=label, probs=by_label, abstain=by_label[label] < self.info.thresholds[head])


@dataclass(eq=False)
class ReadingHead(Head[Reading]):
    """Reads what the backbone of the same weights has fused.

    Args:
        weights: see `ReadingModel.load`.
    """

    weights: str = DEFAULT
    _model: ReadingModel | None = field(init=False, repr=False, default=None)

    def warm_up(self) -> None:
        """Load the weights."""
        self._model = ReadingModel.load(self.weights)

    def close(self) -> None:
        """Let go of them."""
        self._model = None

    def predict(self, fused: Fused) -> Reading:
        """What one sentence was taken to mean."""
        if self._model is None:
            self.warm_up()
        assert self._model is not None
        return self._model.read(fused)


def backbone() -> VoiceBackbone:
    """The default weights' backbone, for `Pipeline.fuse(backbone="…:backbone")`."""
    return ReadingModel.load().network.backbone
