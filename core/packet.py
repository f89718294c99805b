"""`Packet`: one timestamped item of one stream."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")

SHOWN = 200  # characters of the data that a packet's text shows


@dataclass(slots=True, repr=False)
class Packet(Generic[T]):
    """One item of one stream, as it moves between stages. Treat it as immutable: it may be shared by readers.

    Attributes:
        data: the payload; numpy arrays in it arrive read-only after a process boundary.
        time_ns: capture time in nanoseconds of the pipeline's clock (files start at 0).
        stream: name of the stream, unique in a pipeline (the node that produced it); the runtime fills it.
        seq: position in its stream, counted from 0 without gaps by the producer; the runtime fills it.
        attrs: small metadata that travels along through the stages.
        entered_ns: when what it is made of entered the pipeline, by `time.monotonic_ns()`; the runtime keeps it, for
            ages.
    """

    data: T
    time_ns: int
    _: KW_ONLY
    stream: str = ""
    seq: int = 0
    attrs: dict[str, Any] = field(default_factory=dict)
    entered_ns: int = field(default=0, compare=False)

    def __repr__(self) -> str:
        """Short enough for a line of a log: the data's own text up to `SHOWN` characters, time, stream and number."""
        text = repr(self.data)
        data = text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
        attrs = f", attrs={self.attrs}" if self.attrs else ""
        return f"Packet({data}, {self.time_ns}, stream={self.stream!r}, seq={self.seq}{attrs})"

    def replace(self, data: U, **attrs: Any) -> Packet[U]:
        """The same moment with other data, and `attrs` added to the metadata."""
        merged = {**self.attrs, **attrs} if attrs else self.attrs
        return Packet(data, self.time_ns, stream=self.stream, seq=self.seq, attrs=merged, entered_ns=self.entered_ns)
