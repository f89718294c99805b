"""`TokenBatch`: tokens of one modality for a batch of windows, as tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from wugan.errors import DataError
from wugan.tokens import Tokens


@dataclass(frozen=True)
class TokenBatch:
    """Tokens of one modality; a window that lacks the modality has no valid token.

    Attributes:
        values: float `[B, T, D]`.
        time_ns: int64 `[B, T]`, capture times in nanoseconds.
        mask: bool `[B, T]`, true where a token exists.
        positions: float `[B, T, P]`, place of each token in its own space, if the modality has one.
    """

    values: Tensor
    time_ns: Tensor
    mask: Tensor
    positions: Tensor | None = None

    def __post_init__(self) -> None:
        if self.values.ndim != 3:
            raise DataError(f"TokenBatch.values must be [batch, tokens, size], got shape {tuple(self.values.shape)}")
        for name in ("time_ns", "mask", "positions"):
            tensor = getattr(self, name)
            if tensor is not None and tensor.shape[:2] != self.values.shape[:2]:
                raise DataError(
                    f"TokenBatch.{name} has shape {tuple(tensor.shape)}, values {tuple(self.values.shape)}: "
                    "batch and length must be equal"
                )
        if self.mask.dtype != torch.bool or self.time_ns.dtype != torch.int64:
            raise DataError(
                f"TokenBatch needs a bool mask and int64 time_ns, got {self.mask.dtype}, {self.time_ns.dtype}"
            )

    def to(self, device: torch.device | str) -> TokenBatch:
        """The same on another device."""
        positions = None if self.positions is None else self.positions.to(device)
        return TokenBatch(self.values.to(device), self.time_ns.to(device), self.mask.to(device), positions)


def collate(windows: Sequence[Mapping[str, Tokens]]) -> dict[str, TokenBatch]:
    """Pad windows to a batch; each may hold any subset of the modalities.

    Args:
        windows: for each sample, its tokens by modality.

    Returns:
        A batch for each modality that occurs, in order of first occurrence.

    Raises:
        DataError: no windows, or the samples of one modality disagree in size or in having positions.
    """
    if not windows:
        raise DataError("collate needs at least one window")
    names = dict.fromkeys(name for window in windows for name in window)
    return {name: _pad(name, [window.get(name) for window in windows]) for name in names}


def _pad(name: str, samples: Sequence[Tokens | None]) -> TokenBatch:
    present = [tokens for tokens in samples if tokens is not None]
    sizes = {tokens.values.shape[1] for tokens in present}
    spaces = {None if tokens.positions is None else tokens.positions.shape[1] for tokens in present}
    if len(sizes) > 1 or len(spaces) > 1:
        raise DataError(
            f"windows disagree about modality {name!r}: sizes {sorted(sizes)}, dimensions of positions "
            f"{sorted(str(space) for space in spaces)}; one encoder must have made them all"
        )
    length = max(len(tokens) for tokens in present)
    shape = (len(samples), length)
    space = spaces.pop()
    values = np.zeros((*shape, sizes.pop()), np.float32)
    time_ns = np.zeros(shape, np.int64)
    mask = np.zeros(shape, np.bool_)
    positions = None if space is None else np.zeros((*shape, space), np.float32)
    for row, tokens in enumerate(samples):
        if tokens is None:
            continue
        count = len(tokens)
        values[row, :count] = tokens.values
        time_ns[row, :count] = tokens.time_ns
        mask[row, :count] = True if tokens.mask is None else tokens.mask
        if positions is not None and tokens.positions is not None:
            positions[row, :count] = tokens.positions
    return TokenBatch(
        torch.from_numpy(values),
        torch.from_numpy(time_ns),
        torch.from_numpy(mask),
        None if positions is None else torch.from_numpy(positions),
    )
