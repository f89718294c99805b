"""What a plugin author subclasses: `Source`, `Stage`, `Encoder`, `Head`, `Sink`.

A plugin is one class. Its type arguments are its ports (`Encoder[Utterance, Tokens]`), checked when a pipeline
connects it. Its `__init__` is light and keeps every parameter under the parameter's own name (scikit-learn's
convention; a dataclass does so by itself), which is how a pipeline is written to YAML and read back. Heavy work
(models, devices) waits for `warm_up()` or `open()`, which run where the stage runs. No hook needs `super()`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

from wugan.packet import Packet

if TYPE_CHECKING:
    from wugan.fused import Fused

In = TypeVar("In")
Out = TypeVar("Out")


class Source(Generic[Out]):
    """Anything that yields packets: device, file, replay.

    `packets()` stamps each packet at capture; the runtime sets `stream` and `seq`. It ends when the data ends.

    Attributes:
        live: its packets happen once and cannot be read again (a device), and bear the time of `wugan.clock`. When
            `packets()` raises `DeviceError`, the runtime closes it and opens it again until the device is back, and
            the numbering goes on; likewise after its process has died. A source that is not live is read again from
            its start then, and what has been sent already is skipped: it must give the same packets each time.
    """

    live: ClassVar[bool] = False

    def open(self) -> None:
        """Acquire the device or file. Raises `DeviceError` or `DataError` with the remedy."""

    def close(self) -> None:
        """Release it; also called after an error, and safe to call twice."""

    @property
    def spec(self) -> dict[str, Any]:
        """What this source will yield (rate, shape, units), readable before `open()`."""
        return {}

    def packets(self) -> Iterator[Packet[Out]]:
        """Yield packets until the data ends or `close()` is called."""
        raise NotImplementedError(f"{type(self).__name__} must define packets()")

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()


class Stage(Generic[In, Out]):
    """Turns packets into packets, any number for each one, and may keep state between them.

    Attributes:
        stateless: it keeps no state between packets, so that copies of it may share the work (`replicas=`).
    """

    stateless: ClassVar[bool] = False

    def warm_up(self) -> None:
        """Load what is heavy. Called once, before the first packet, where the stage runs."""

    def close(self) -> None:
        """Release what `warm_up` acquired."""

    def process(self, packet: Packet[In]) -> Iterable[Packet[Out]]:
        """Packets that follow from this one (`packet.replace(data)` keeps its time and metadata)."""
        raise NotImplementedError(f"{type(self).__name__} must define process()")

    def flush(self) -> Iterable[Packet[Out]]:
        """What is still held back when the stream ends."""
        return ()

    def watermark(self, time_ns: int) -> int:
        """Time before which no further packet will come out, once input has reached `time_ns`.

        A stage that holds packets back (a segmenter) returns the start of what it holds.
        """
        return time_ns

    def interrupt(self) -> None:
        """Stop what is under way and forget what is held (barge-in). Called from another thread."""


class Encoder(Generic[In, Out]):
    """A pure function over a batch: one output for each packet, or `None` for no output."""

    def warm_up(self) -> None:
        """Load what is heavy. Called once, before the first packet, where the encoder runs."""

    def close(self) -> None:
        """Release what `warm_up` acquired."""

    def encode(self, batch: Sequence[Packet[In]]) -> Sequence[Out | None]:
        """One output for each packet, in order; the runtime keeps their times and metadata."""
        raise NotImplementedError(f"{type(self).__name__} must define encode()")


class Head(Generic[Out]):
    """Reads fused states and gives a typed (Pydantic) result with calibrated confidence."""

    def warm_up(self) -> None:
        """Load what is heavy. Called once, where the head runs."""

    def close(self) -> None:
        """Release what `warm_up` acquired."""

    def predict(self, fused: Fused) -> Out:
        """The result for one fused window."""
        raise NotImplementedError(f"{type(self).__name__} must define predict()")


class Sink(Generic[In]):
    """Consumes packets: file, speaker, haptic force, web client."""

    def warm_up(self) -> None:
        """Open what is written to. Called once, where the sink runs."""

    def close(self) -> None:
        """Flush and release it."""

    def write(self, packet: Packet[In]) -> None:
        """Consume one packet."""
        raise NotImplementedError(f"{type(self).__name__} must define write()")
