"""`empty`: arrays that a source fills in place, and that go to other processes without a copy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import DTypeLike

if TYPE_CHECKING:
    from wugan.runtime.links.slots import Slots

WORTH = 64 * 1024  # bytes; a smaller array is copied as fast as a place for it is found

_slots: Slots | None = None


def empty(shape: int | Sequence[int], dtype: DTypeLike = np.uint8) -> np.ndarray[Any, Any]:
    """An array to be filled, as `numpy.empty` gives it.

    Where the calling stage or source runs in a process of its own, a large one lies in the shared memory that packets
    are read from: let a device write into it (`capture.read(frame)`, `np.copyto`), and put it into a packet. It must
    not be written to after the packet has been given. Anywhere else it is an ordinary array.

    Args:
        shape: as numpy has it.
        dtype: any but `object`.

    Raises:
        DataError: neither shared memory nor disk has room for it.
    """
    kind = np.dtype(dtype)
    nbytes = kind.itemsize * math.prod([shape] if isinstance(shape, int) else shape)
    if _slots is None or nbytes < WORTH or kind.hasobject:
        return np.empty(shape, kind)
    return _slots.empty(nbytes).view(kind).reshape(shape)


def use(slots: Slots) -> None:
    """Take arrays from these slots from now on: those of the node that this process runs."""
    global _slots
    _slots = slots
