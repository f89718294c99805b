"""`Packet`: one timestamped item of one stream."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")
U = TypeVar("U")


@dataclass(slots=True)
class Packet(Generic[T]):
    """One item of one stream, as it moves between stages. Treat it as immutable: it may be shared by readers.

    Attributes:
        stream: name of the stream, unique in a pipeline (the node that produced it).
        seq: position in its stream, counted from 0 without gaps by the producer.
        time_ns: capture time in nanoseconds of the pipeline's clock (files start at 0).
        data: the payload; numpy arrays in it arrive read-only after a process boundary.
        attrs: small metadata that travels along through the stages.
        entered_ns: when what it is made of entered the pipeline, by `time.monotonic_ns()`; the runtime keeps it, for
            ages.
    """

    stream: str
    seq: int
    time_ns: int
    data: T
    attrs: dict[str, Any] = field(default_factory=dict)
    entered_ns: int = field(default=0, compare=False, repr=False)

    def replace(self, data: U, **attrs: Any) -> Packet[U]:
        """The same moment with other data, and `attrs` added to the metadata."""
        merged = {**self.attrs, **attrs} if attrs else self.attrs
        return Packet(self.stream, self.seq, self.time_ns, data, merged, self.entered_ns)
