"""Damage to frames: one way of damage a function, and `Mutator`, which draws from them all, seeded."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

BLOCK = 4096
NUMBERS = 8  # random 32-bit numbers for each damage, more than any of them needs


def flip_bit(frame: bytearray, other: bytes, at: list[int]) -> None:
    frame[at[0] % len(frame)] ^= 1 << at[1] % 8


def flip_bits(frame: bytearray, other: bytes, at: list[int]) -> None:
    for number in at[1 : 3 + at[0] % 3]:
        frame[number % len(frame)] ^= 1 << (number >> 16) % 8


def burst(frame: bytearray, other: bytes, at: list[int]) -> None:
    """Two neighbouring bytes, as a spike on the line does."""
    for step in range(2):
        frame[(at[0] + step) % len(frame)] ^= at[1 + step] & 0xFF


def replace(frame: bytearray, other: bytes, at: list[int]) -> None:
    frame[at[0] % len(frame)] = at[1] & 0xFF


def replace_many(frame: bytearray, other: bytes, at: list[int]) -> None:
    for number in at[: 2 + at[0] % 6]:
        frame[number % len(frame)] = number >> 24


def delete(frame: bytearray, other: bytes, at: list[int]) -> None:
    """Bytes that were lost, as in an overrun."""
    start = at[0] % len(frame)
    del frame[start : start + 1 + at[1] % 8]


def insert(frame: bytearray, other: bytes, at: list[int]) -> None:
    start = at[0] % (len(frame) + 1)
    frame[start:start] = b"".join(number.to_bytes(4, "little") for number in at[1:4])[: 1 + at[4] % 12]


def truncate(frame: bytearray, other: bytes, at: list[int]) -> None:
    del frame[at[0] % len(frame) :]


def swap(frame: bytearray, other: bytes, at: list[int]) -> None:
    one, two = at[0] % len(frame), at[1] % len(frame)
    frame[one], frame[two] = frame[two], frame[one]


def splice(frame: bytearray, other: bytes, at: list[int]) -> None:
    """The head of one frame and the tail of another."""
    cut = 1 + at[0] % max(len(frame) - 1, 1)
    frame[cut:] = other[cut:]


def repeat(frame: bytearray, other: bytes, at: list[int]) -> None:
    start = at[0] % len(frame)
    piece = frame[start : start + 1 + at[1] % 8]
    frame[start:start] = piece


KINDS: tuple[Callable[[bytearray, bytes, list[int]], None], ...] = (
    flip_bit,
    flip_bits,
    burst,
    replace,
    replace_many,
    delete,
    insert,
    truncate,
    swap,
    splice,
    repeat,
)


def found_for_certain(frame: bytes, damaged: bytes, turned: bool) -> bool:
    """Whether a CRC of 16 bits or more must find this damage: a burst of up to 16 bits, or up to three flipped bits.

    Args:
        frame: as it was sent.
        damaged: as it came.
        turned: the check's two bytes lie the other way round than its polynomial has them (Dynamixel), so that a burst
            across its border is none to it.
    """
    if len(frame) != len(damaged):
        return False
    if turned:
        frame, damaged = (one[:-2] + one[:-3:-1] for one in (frame, damaged))
    difference = int.from_bytes(frame, "big") ^ int.from_bytes(damaged, "big")
    lowest = difference & -difference
    return difference.bit_count() <= 3 or difference.bit_length() - lowest.bit_length() < 16


class Mutator:
    """Damages frames, each kind as often as the next."""

    def __init__(self, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        self._numbers: list[list[int]] = []
        self._count = 0

    def __call__(self, frame: bytes, other: bytes) -> bytes:
        """Neither `frame` nor `other`, which is an older one that a splice takes its tail from."""
        while True:
            if not self._numbers:
                self._numbers = self._rng.integers(0, 1 << 32, (BLOCK, NUMBERS)).tolist()
            damaged = bytearray(frame)
            KINDS[self._count % len(KINDS)](damaged, other, self._numbers.pop())
            self._count += 1
            if damaged not in (frame, other):
                return bytes(damaged)
