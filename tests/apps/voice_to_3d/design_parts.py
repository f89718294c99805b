"""Components for tests of the design pipeline; a module of its own, so that Ray's actors can import it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from wugan import Packet, Source
from wugan.signals import Transcript


@dataclass
class Sentences(Source[Transcript]):
    """Sentences as if they had been heard, a pause after each; stays open for `stay_s` more."""

    texts: list[str] = field(default_factory=list)
    pause_s: float = 0.0
    stay_s: float = 0.0

    def packets(self) -> Iterator[Packet[Transcript]]:
        for number, text in enumerate(self.texts):
            yield Packet(Transcript(text, 1.0), number * 1_000_000_000)
            time.sleep(self.pause_s)
        time.sleep(self.stay_s)
