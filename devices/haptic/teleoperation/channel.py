"""`Channel`: one direction of a network with delay, jitter, loss, doubles and reordering, from a seed."""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator


class Channel:
    """Carries packets in virtual time.

    Args:
        delay_s: least delay of each packet.
        jitter_s: uniform extra delay from 0 to this; packets overtake each other where it exceeds their distance.
        loss: probability that a packet never comes.
        double: probability that it comes twice, each with its own jitter.
        seed: of its randomness.

    Attributes:
        lost: how many did not come.
        carried: how many did.
    """

    def __init__(
        self, delay_s: float, jitter_s: float = 0.0, loss: float = 0.0, double: float = 0.0, seed: int = 0
    ) -> None:
        if delay_s < 0 or jitter_s < 0 or not 0 <= loss <= 1 or not 0 <= double <= 1:
            raise ValueError("Channel: delays must not be negative, and probabilities lie in 0…1")
        self.delay_s, self.jitter_s, self.loss, self.double = delay_s, jitter_s, loss, double
        self.lost = self.carried = 0
        self._random = random.Random(seed)
        self._under_way: list[tuple[float, int, bytes]] = []
        self._count = 0

    def send(self, data: bytes, now_s: float) -> None:
        """Put a packet on its way, or lose it."""
        for _ in range(2 if self._random.random() < self.double else 1):
            if self._random.random() < self.loss:
                self.lost += 1
                continue
            self._count += 1
            due = now_s + self.delay_s + self._random.uniform(0.0, self.jitter_s)
            heapq.heappush(self._under_way, (due, self._count, data))

    def arrived(self, now_s: float) -> Iterator[bytes]:
        """The packets that have come by now, in the order of their coming."""
        while self._under_way and self._under_way[0][0] <= now_s:
            self.carried += 1
            yield heapq.heappop(self._under_way)[2]
