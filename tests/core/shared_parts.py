"""Encoders to share, and an actor that runs a node's part of it; importable by Ray's workers."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from core_parts import Frame

from wugan import BatchConfig, Encoder, Packet
from wugan.runtime.encoders import SharedEncoder


@dataclass
class Scale(Encoder[np.ndarray, np.ndarray]):
    """Multiplies arrays; notes what happens to it in a file, and waits for the file `go` before a batch, if given one.

    An array that holds 13 fails its batch; one that holds 99 kills the process, unless the file `spared` is there,
    which it makes itself.
    """

    folder: str
    factor: float = 2.0
    gated: bool = False

    def _note(self, what: str) -> None:
        with (Path(self.folder) / "notes").open("a") as file:
            file.write(f"{what}\n")

    def warm_up(self) -> None:
        self._note(f"warm {os.getpid()}")

    def close(self) -> None:
        self._note("closed")

    def encode(self, batch: Sequence[Packet[np.ndarray]]) -> list[np.ndarray]:
        self._note(f"encode {len(batch)}")
        while self.gated and not (Path(self.folder) / "go").exists():
            time.sleep(0.005)
        if any(13 in packet.data for packet in batch):
            raise ValueError("thirteen")
        spared = Path(self.folder) / "spared"
        if any(99 in packet.data for packet in batch) and not spared.exists():
            spared.touch()
            os._exit(1)
        return [packet.data * self.factor for packet in batch]


def pixels(frame: Frame) -> np.ndarray:
    """A frame's array."""
    return frame.pixels


class NodeActor:
    """A node's worker as far as a shared encoder sees it."""

    def __init__(self, node: str, component: Encoder[Any, Any], config: BatchConfig) -> None:
        self.encoder = SharedEncoder(node, component, config)

    def warm_up(self) -> None:
        self.encoder.warm_up()

    def encode(self, *values: float) -> list[float]:
        outputs = self.encoder.encode(
            [Packet(np.full(3, value), n, stream="in", seq=n) for n, value in enumerate(values)]
        )
        return [float(output[0]) for output in outputs]

    def encode_large(self, size: int) -> bool:
        (output,) = self.encoder.encode([Packet(np.ones(size), 0, stream="in")])
        return bool((output == 2.0).all()) and output.base is not None and not output.flags.writeable

    def interrupt(self) -> None:
        self.encoder.interrupt()

    def close(self) -> None:
        self.encoder.close()

    def pid(self) -> int:
        return os.getpid()


def in_thread(target: Any, *arguments: Any) -> tuple[threading.Thread, list[Any]]:
    """Run a function in a thread; what it returns or raises comes into the list."""
    results: list[Any] = []

    def body() -> None:
        try:
            results.append(target(*arguments))
        except BaseException as error:
            results.append(error)

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    return thread, results
