"""`FusedCoach`: the coach whose eyes are a trained backbone: touch and tool, fused by DAR attention, to what is felt.

The rule (`Coach`) knows one hand, of 300 N/m, and reads the error of the tool alone. The backbone reads both tokens and
estimates what the hand is aiming at: the error that it would make without guidance, and its tremor. What follows from
these, how fast guidance may rise and fall and how much is damped, is the same rule for both (`Assist`).
"""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import Any, Self, cast

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn

from wugan.apps.teleop.coach import NAMES as TOOL_NAMES
from wugan.apps.teleop.coach import TOOL, Advice, Assist, damping
from wugan.errors import DataError
from wugan.fused import Fused
from wugan.fusion import FusionBackbone, FusionConfig, TokenBatch
from wugan.modalities.haptics.encoder import MODALITY as TOUCH
from wugan.modalities.haptics.encoder import NAMES as TOUCH_NAMES
from wugan.model_file import fitting, load_model, save_model
from wugan.stage import Head

WEIGHTS = Path(__file__).with_name("hand.safetensors")
CONFIG = FusionConfig(
    modalities={TOUCH: len(TOUCH_NAMES), TOOL: len(TOOL_NAMES)}, dim=32, depth=2, heads=4, dropout=0.1
)
#: Lengths of the tool's token, of which the network sees the logarithm: they span three decades.
_LENGTHS = (TOOL_NAMES.index("away"),)
_LEAST_M = 1e-6
_AWAY, _PROGRESS, _WORKING = (TOOL_NAMES.index(name) for name in ("away", "progress", "working"))
_FORMAT = "wugan.teleop-hand/1"
_CLIP = 5.0


class HandInfo(BaseModel):
    """What a weight file says of itself: the backbone's shape, and data, seed and command of the training."""

    model_config = ConfigDict(extra="forbid")

    config: FusionConfig = CONFIG
    trained_on: dict[str, Any] = {}


class HandBackbone(FusionBackbone):
    """A fusion backbone that first scales its tokens, which come in natural units.

    Buffers `<modality>_mean` and `<modality>_scale` `[D]` are those of the training data.
    """

    def __init__(self, config: FusionConfig) -> None:
        super().__init__(config)
        for name, size in config.modalities.items():
            self.register_buffer(f"{name}_mean", torch.zeros(size))
            self.register_buffer(f"{name}_scale", torch.ones(size))

    def raw(self, name: str, values: Tensor) -> Tensor:
        """Tokens before scaling `[..., D]`: lengths as logarithms."""
        if name == TOOL:
            values = values.clone()
            for place in _LENGTHS:
                values[..., place] = values[..., place].clamp_min(_LEAST_M).log10()
        return values

    def _embed(self, name: str, tokens: TokenBatch) -> Tensor:
        mean, scale = (cast(Tensor, getattr(self, f"{name}_{what}")) for what in ("mean", "scale"))
        values = ((self.raw(name, tokens.values) - mean) / scale).clamp(-_CLIP, _CLIP)
        return super()._embed(name, TokenBatch(values, tokens.time_ns, tokens.mask, tokens.positions))


class HandNetwork(nn.Module):
    """Backbone and the reading of its pooled state, which is linear.

    It reads by which factor the error alone is greater than the one that is seen, and the tremor's amplitude.
    """

    def __init__(self, config: FusionConfig = CONFIG) -> None:
        super().__init__()
        self.backbone = HandBackbone(config)
        self.read = nn.Linear(config.dim, 2)

    @classmethod
    def load(cls, weights: str | PathLike[str] = WEIGHTS) -> Self:
        """Shipped weights, or a file. Raises `DataError` where it is no such file."""
        state, described = load_model(weights, _FORMAT, "a coach's model of the hand")
        with fitting(weights):
            network = cls(HandInfo.model_validate_json(described).config)
            network.load_state_dict(state)
        return network.eval()

    def save(self, path: str | PathLike[str], trained_on: dict[str, Any]) -> None:
        """Write weights, shape and origin to one safetensors file, in half precision."""
        info = HandInfo(config=self.backbone.config, trained_on=trained_on)
        save_model(path, _FORMAT, self.state_dict(), info)

    def logarithms(self, pooled: Tensor, away_m: Tensor) -> Tensor:
        """Log₁₀ of error alone and tremor (m) `[..., 2]`, of pooled states `[..., dim]` and the error seen `[...]`."""
        factor, tremor = self.read(pooled).unbind(-1)
        return torch.stack([away_m.clamp_min(_LEAST_M).log10() + factor.clamp(-1.0, 1.5), tremor.clamp(-6.0, -2.0)], -1)


def backbone() -> HandBackbone:
    """The shipped weights' backbone, for `Pipeline.fuse(backbone="…:backbone")`."""
    return HandNetwork.load().backbone


class FusedCoach(Head[Advice]):
    """Reads what the backbone of the same weights has fused of `touch` and `tool`.

    Args:
        target_m: error at which a trainee needs no guidance.
        level: of the guidance at the start.
        fixed: keep that level.

    Raises:
        DataError: from `predict`, the window has no tool.
    """

    def __init__(self, target_m: float, level: float = 1.0, fixed: bool = False) -> None:
        self.target_m, self.level, self.fixed = target_m, level, fixed
        self._assist = Assist(target_m, level=level, fixed=fixed)
        self._before_ns: int | None = None

    def warm_up(self) -> None:
        """Load the weights."""
        self._network = HandNetwork.load()

    def predict(self, fused: Fused) -> Advice:
        """Decide for one window."""
        if TOOL not in fused.inputs:
            raise DataError("the fused window has no tool tokens: without them there is nothing to advise")
        row = fused.inputs[TOOL].data.values[-1]
        with torch.inference_mode():
            away_m = torch.tensor(float(row[_AWAY]))
            alone_m, tremor_m = (10.0 ** self._network.logarithms(torch.tensor(fused.pooled), away_m)).tolist()
        since = 0.2 if self._before_ns is None else min(1.0, (fused.time_ns - self._before_ns) / 1e9)
        self._before_ns = fused.time_ns
        if row[_WORKING] > 0.5:  # the way there is no work
            self._assist.follow(alone_m, since)
        return Advice(
            level=self._assist.level,
            damping=0.0 if self.fixed and not self.level else damping(tremor_m),
            away_mm=1e3 * float(row[_AWAY]),
            alone_mm=1e3 * self._assist.alone_m,
            tremor_mm=1e3 * tremor_m,
            progress=float(row[_PROGRESS]),
        )
