"""Privacy in a pipeline: a stage that masks what was said, and a sink that writes an audit trail."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wugan.errors import DataError
from wugan.packet import Packet
from wugan.privacy.audit import AuditTrail
from wugan.privacy.text import TextMask
from wugan.signals import Transcript
from wugan.stage import Sink, Stage


@dataclass(eq=False)
class MaskWords(Stage[Transcript, Transcript]):
    """Masks names, numbers, dates and addresses in transcripts; see `TextMask` for what it finds and misses.

    A transcript in which something was masked loses its words' times: they would tell where to listen. Its packet's
    `attrs["masked"]` says how many spans of which kind.

    Args:
        names: known names, such as those of the caller's account.
    """

    names: tuple[str, ...] = ()
    _mask: TextMask | None = field(init=False, repr=False, default=None)

    def warm_up(self) -> None:
        """Read the lists of names."""
        self._mask = TextMask(self.names)

    def process(self, packet: Packet[Transcript]) -> Iterator[Packet[Transcript]]:
        """The transcript without what identifies."""
        if self._mask is None:
            self.warm_up()
        assert self._mask is not None
        spans = self._mask.find(packet.data.text)
        if not spans:
            yield packet
            return
        kinds: dict[str, int] = {}
        for span in spans:
            kinds[span.kind] = kinds.get(span.kind, 0) + 1
        masked = dataclasses.replace(packet.data, text=self._mask.mask(packet.data.text), words=[])
        yield packet.replace(masked, masked=kinds)


@dataclass(eq=False)
class Audit(Sink[Any]):
    """Writes an entry of an audit trail for each packet: which stream, when, and the hash of what it held.

    The data themselves are not written. `wugan audit verify PATH` checks the trail.

    Args:
        path: the trail.
        action: what the entries say was done.
        models: SHA-256 of the weights that made the packets, by name.
        key_file: file with the trail's key, if it has one.

    Raises:
        DataError: from `warm_up`, the key cannot be read; from `write`, the trail cannot be written, or the packet has
            no written form (see `wugan.record.codec`).
    """

    path: str | Path
    action: str = "result"
    models: dict[str, str] = field(default_factory=dict)
    key_file: str | Path | None = None
    _trail: AuditTrail | None = field(init=False, repr=False, default=None)

    def warm_up(self) -> None:
        """Open the trail."""
        key = None
        if self.key_file is not None:
            try:
                key = Path(self.key_file).read_bytes().strip()
            except OSError as error:
                raise DataError(f"key file {self.key_file}: {error.strerror}") from error
        self._trail = AuditTrail(self.path, key)

    def write(self, packet: Packet[Any]) -> None:
        """Record one packet."""
        from wugan.record.codec import encode

        if self._trail is None:
            self.warm_up()
        assert self._trail is not None
        data = json.dumps(encode(packet)["data"], sort_keys=True).encode()
        self._trail.record(
            self.action,
            models=self.models,
            outputs={packet.stream or "packet": hashlib.sha256(data).hexdigest()},
            packet=packet.seq,
            time_ns=packet.time_ns,
        )
