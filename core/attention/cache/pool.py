"""`Pool`: numbered places in tensors that grow together; what is given back is used again."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import torch
from torch import Tensor


class Pool:
    """Several tensors `[places, ...]` under one numbering.

    A full pool grows by half, so that adding a place costs constant time on average. A place holds zeros until it is
    written to, and what it last held once it was given back.

    Args:
        shapes: shape of one place and dtype of each tensor, by name.
        device: where the tensors live.
        capacity: places to allocate at once.
        host: names of tensors that live in the host's memory instead.
    """

    def __init__(
        self,
        shapes: Mapping[str, tuple[tuple[int, ...], torch.dtype]],
        device: torch.device | str = "cpu",
        capacity: int = 0,
        host: Collection[str] = (),
    ) -> None:
        self.shapes, self.host = dict(shapes), host
        self.device = torch.device(device)
        self.used = 0
        self.free: list[int] = []
        self.capacity = 0
        self.tensors = {name: torch.zeros(0, *shape, dtype=dtype) for name, (shape, dtype) in shapes.items()}
        self._grow(capacity)

    def __getitem__(self, name: str) -> Tensor:
        return self.tensors[name]

    def take(self, count: int) -> list[int]:
        """Numbers of `count` places, those given back first."""
        again = [self.free.pop() for _ in range(min(count, len(self.free)))]
        first, self.used = self.used, self.used + count - len(again)
        if self.used > self.capacity:
            self._grow(max(self.used, self.capacity * 3 // 2, 8))
        return [*again, *range(first, self.used)]

    def give_back(self, place: int) -> None:
        """Let `place` be taken again."""
        self.free.append(place)

    @property
    def nbytes(self) -> int:
        """Bytes allocated."""
        return sum(x.nbytes for x in self.tensors.values())

    def _grow(self, capacity: int) -> None:
        # A tensor made in inference mode could not be written to outside of it.
        with torch.inference_mode(False):
            for name, (shape, dtype) in self.shapes.items():
                grown = torch.zeros(capacity, *shape, dtype=dtype, device="cpu" if name in self.host else self.device)
                kept = self.tensors[name]
                grown[: len(kept)] = kept
                self.tensors[name] = grown
        self.capacity = capacity


class Gatherer:
    """Gathers rows into one piece of memory, again and again: fresh pages would cost more than the copy itself."""

    def __init__(self) -> None:
        self._room: Tensor | None = None

    def __call__(self, x: Tensor, rows: Tensor) -> Tensor:
        """`x[rows]`, valid until the next call."""
        room = self._room
        if room is None or len(room) < len(rows):
            with torch.inference_mode(False):
                room = self._room = x.new_empty(len(rows), *x.shape[1:])
        return torch.index_select(x, 0, rows, out=room[: len(rows)])

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return 0 if self._room is None else self._room.nbytes
