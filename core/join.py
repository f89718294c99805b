"""`Join`: several streams into one, aligned by time; `Fuse`, the one that fuses each window with a DAR backbone."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from wugan.errors import DataError, PluginError
from wugan.fused import Fused
from wugan.packet import Packet
from wugan.plugin import resolve
from wugan.sync import SyncPolicy, Window
from wugan.tokens import Tokens

if TYPE_CHECKING:
    from wugan.fusion import FusionBackbone

In = TypeVar("In")
Out = TypeVar("Out")


class Join(Generic[In, Out]):
    """Aligns its streams and gives each `Window` to `combine`. Subclass it to fuse in another way.

    Args:
        sync: how streams are aligned, such as `wugan.approximate("250ms")`.
    """

    def __init__(self, sync: SyncPolicy) -> None:
        self.sync = sync

    def warm_up(self) -> None:
        """Load what is heavy. Called once, where the stage runs."""

    def close(self) -> None:
        """Release what `warm_up` acquired."""

    def combine(self, window: Window) -> Any:
        """What comes out for one window; `None` for nothing."""
        return window


class WindowJoin(Join[Any, Window]):
    """Gives the windows themselves."""


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

    def sizes(self) -> dict[str, int] | None:
        """Size of the tokens of each modality that it fuses; `None` where only loading the backbone tells.

        Raises:
            DataError: the file of the backbone is no such file.
        """
        if self.backbone is None:
            return self.modalities
        if not isinstance(self.backbone, (str, PathLike)):
            return dict(self.backbone.config.modalities)
        if not Path(self.backbone).is_file():
            return None
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(self.backbone, framework="np") as file:
                described = json.loads((file.metadata() or {}).get("info", "{}"))
        except (SafetensorError, OSError, ValueError) as error:
            raise DataError(f"{self.backbone}: is no file of a fusion backbone: {error}") from error
        found: dict[str, int] | None = described.get("modalities")
        return found

    def problems(self, streams: Mapping[str, object]) -> list[str]:
        """What does not fit between the backbone and the encoders that feed it, as far as these tell `modality` and
        `dim`.

        Args:
            streams: the component of each upstream node, by name.
        """
        sizes = self.sizes() or {}
        found = []
        for name, component in streams.items() if sizes else ():
            modality, size = getattr(component, "modality", None), getattr(component, "dim", None)
            if not isinstance(modality, str):
                continue
            if modality not in sizes:
                found.append(f"port {name!r} brings {modality!r} tokens; the backbone fuses {', '.join(sizes)}")
            elif isinstance(size, int) and size != sizes[modality]:
                found.append(
                    f"port {name!r} brings {modality!r} tokens of size {size}; the backbone takes {sizes[modality]}"
                )
        return found

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
