"""`Fuse`: the stage that aligns token streams and fuses each window with a DAR backbone."""

from __future__ import annotations

import logging
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from wugan.errors import DataError, PluginError
from wugan.fused import Fused
from wugan.join import Join
from wugan.packet import Packet
from wugan.plugin import resolve
from wugan.sync import SyncPolicy, Window
from wugan.tokens import Tokens

if TYPE_CHECKING:
    from wugan.fusion import FusionBackbone

log = logging.getLogger(__name__)


class Fuse(Join[Tokens, Fused]):
    """Fuses token streams of any subset of the backbone's modalities.

    Args:
        sync: how streams are aligned.
        backbone: a `FusionBackbone`, a safetensors file that `FusionBackbone.load` reads, or a `module:function` that
            returns one. `None` makes an untrained one for the modalities given (for wiring and tests), and says so.
        modalities: input size of each modality, needed only where `backbone` is `None`.
    """

    def __init__(
        self,
        sync: SyncPolicy,
        backbone: FusionBackbone | str | PathLike[str] | None = None,
        modalities: dict[str, int] | None = None,
    ) -> None:
        super().__init__(sync)
        self.backbone = backbone
        self.modalities = modalities

    def warm_up(self) -> None:
        """Load the backbone."""
        self._model = self._load()

    def _load(self) -> FusionBackbone:
        import torch

        from wugan.fusion import FusionBackbone, FusionConfig

        if isinstance(self.backbone, FusionBackbone):
            return self.backbone.eval()
        if self.backbone is None:
            if not self.modalities:
                raise PluginError("Fuse needs a backbone, or the modalities to make an untrained one for")
            log.warning("the fusion backbone is untrained: give Fuse(backbone=…) trained weights")
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(0)
                return FusionBackbone(FusionConfig(modalities=self.modalities)).eval()
        text = str(self.backbone)
        if ":" in text and not Path(text).exists():
            found = resolve(text)()
            if not isinstance(found, FusionBackbone):
                raise PluginError(f"{text!r} must return a FusionBackbone, got {type(found).__name__}")
            return found.eval()
        return FusionBackbone.load(text).eval()

    def combine(self, window: Window) -> Fused:
        """Fuse one window of token packets."""
        by_modality: dict[str, Packet[Tokens]] = {}
        for stream, packet in window.packets.items():
            modality = packet.data.modality
            if modality in by_modality:
                other = by_modality[modality].stream
                raise DataError(f"streams {other!r} and {stream!r} both give {modality!r} tokens")
            by_modality[modality] = packet
        return self._model.fuse(by_modality)
