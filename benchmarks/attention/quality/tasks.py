"""Synthetic recall tasks whose answer lies in one place far away; every batch is new."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

IGNORE = -100


@dataclass(frozen=True)
class MQAR:
    """Multi-query associative recall (Arora et al. 2023, arXiv:2312.04927), laid out as in their Zoology code.

    Key and value take turns first; then the keys are asked again, in any order, each at an even place, the early places
    being likelier. All other places hold noise. The label of an asked key is its value.

    Attributes:
        length: tokens.
        pairs: key-value pairs; `4 * pairs <= length`.
        keys: number of different keys to draw from.
        values: number of different values.
        noise: number of different noise tokens.
        power: exponent of the law of the places; small means early.
    """

    length: int
    pairs: int
    keys: int = 64
    values: int = 32
    noise: int = 32
    power: float = 0.01

    @property
    def vocabulary(self) -> int:
        """Tokens: keys, values, noise."""
        return self.keys + self.values + self.noise

    def batch(self, size: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Tokens and labels, int64 `[size, length]` both; `IGNORE` where nothing is asked."""
        first = 2 * self.pairs
        keys = torch.rand(size, self.keys, generator=generator).argsort(-1)[:, : self.pairs]
        values = torch.randint(self.values, (size, self.pairs), generator=generator) + self.keys
        tokens = torch.randint(self.noise, (size, self.length), generator=generator) + self.keys + self.values
        tokens[:, 0:first:2], tokens[:, 1:first:2] = keys, values
        places = (self.length - first) // 2
        weights = torch.arange(1, places + 1, dtype=torch.float64) ** (self.power - 1)
        asked = first + 2 * torch.multinomial(weights.expand(size, -1), self.pairs, generator=generator)
        labels = torch.full_like(tokens, IGNORE)
        return tokens.scatter(1, asked, keys), labels.scatter(1, asked, values)


@dataclass(frozen=True)
class Passkey:
    """Digits behind a marker somewhere in noise, to be repeated at the end (Mohtashami and Jaggi 2023,
    arXiv:2305.16300, without the English).

    The last tokens are the marker and all digits but the last: the labels are the digits.

    Attributes:
        length: tokens.
        digits: digits of the key, all different.
        noise: number of noise words beside the ten digits.
    """

    length: int
    digits: int = 5
    noise: int = 32

    @property
    def vocabulary(self) -> int:
        """Tokens: digits, noise words, the marker."""
        return 10 + self.noise + 1

    def batch(self, size: int, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Tokens and labels, int64 `[size, length]` both; `IGNORE` where nothing is asked."""
        tokens = torch.randint(10, 10 + self.noise, (size, self.length), generator=generator)
        key = torch.rand(size, 10, generator=generator).argsort(-1)[:, : self.digits]
        marker = torch.full((size, 1), 10 + self.noise)
        needle = torch.cat((marker, key), 1)
        start = torch.randint(self.length - 2 * self.digits - 1, (size, 1), generator=generator)
        tokens = tokens.scatter(1, start + torch.arange(self.digits + 1), needle)
        tokens[:, -self.digits :] = needle[:, :-1]
        labels = torch.full_like(tokens, IGNORE)
        labels[:, -self.digits :] = key
        return tokens, labels


@dataclass(frozen=True)
class CrossModalNeedle:
    """Each token of one modality asks for the one token of another modality that has the same identity code.

    Identities are random signs, so that neighbours have nothing in common: the hardest order for blocks.

    Attributes:
        keys: tokens of the modality that is searched.
        queries: tokens of the modality that asks.
        bits: size of the identity code.
        values: number of different values, one for each key token.
    """

    keys: int
    queries: int
    bits: int = 96
    values: int = 16

    def batch(self, size: int, generator: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """Key tokens `[size, keys, bits + values]`, query tokens `[size, queries, bits]`, labels `[size, queries]`."""
        codes = torch.randint(2, (size, self.keys, self.bits), generator=generator) * 2.0 - 1
        values = torch.randint(self.values, (size, self.keys), generator=generator)
        asked = torch.rand(size, self.keys, generator=generator).argsort(-1)[:, : self.queries]
        signs = codes.gather(1, asked[..., None].expand(-1, -1, self.bits))
        return torch.cat((codes, 4 * torch.eye(self.values)[values]), -1), signs, values.gather(1, asked)
