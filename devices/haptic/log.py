"""`SafetyLog`: keeps a device's safety events: to the log, to a file of JSON lines, and to whoever wants them."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from wugan import clock
from wugan.devices.haptic.safety.events import Code, SafetyEvent
from wugan.devices.haptic.servo.memory import Ring, unpack_event
from wugan.errors import DeviceError

logger = logging.getLogger(__name__)

#: What happens in ordinary use; all others are warnings.
ORDINARY = frozenset({Code.CONNECTED, Code.READY, Code.RELEASED, Code.SLEWED, Code.CAPPED, Code.EDGE, Code.NO_STATE})


class SafetyLog:
    """Takes events out of the servo's ring, each once.

    Args:
        device: what they are about.
        path: file that gets one JSON object a line; `None` for none.
        callback: called with each event, such as one that writes to an audit trail.
    """

    def __init__(
        self,
        device: str,
        path: str | os.PathLike[str] | None = None,
        callback: Callable[[SafetyEvent], object] | None = None,
    ) -> None:
        self._device = device
        self._path = None if path is None else Path(path)
        self._callback = callback
        self._seen = 0
        self.missed = 0  # events that the ring had overwritten before they were read

    def check(self) -> None:
        """Make sure that the file can be written. Raises `DeviceError`."""
        if self._path is None:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with open(self._path, "a"):
                pass
        except OSError as error:
            raise DeviceError(f"safety events cannot be kept in {self._path}: {error.strerror}") from error

    def drain(self, ring: Ring) -> list[SafetyEvent]:
        """Take what is new, keep it, and return it."""
        records, missed, self._seen = ring.after(self._seen)
        self.missed += missed
        if missed:
            logger.warning("%s: %d safety events were overwritten before they were read", self._device, missed)
        events = [unpack_event(data) for _, data in records]
        if events and self._path is not None:
            self._append(events)
        for event in events:
            level = logging.INFO if event.code in ORDINARY else logging.WARNING
            logger.log(level, "%s: %s%s", self._device, event.code.reason, event.detail and f": {event.detail}")
            if self._callback is not None:
                try:
                    self._callback(event)
                except Exception:  # the device goes on, and the log and the file have it
                    logger.exception("%s: a safety event could not be handed on", self._device)
        return events

    def _append(self, events: list[SafetyEvent]) -> None:
        assert self._path is not None
        lines = []
        for event in events:
            moment = datetime.fromtimestamp((event.time_ns + clock.offset_ns()) / 1e9, UTC)
            fields = {"time": moment.isoformat(timespec="microseconds"), "device": self._device}
            lines.append(json.dumps(fields | json.loads(event.to_json()), ensure_ascii=False) + "\n")
        try:
            with open(self._path, "a", encoding="utf-8") as file:
                file.writelines(lines)
        except OSError as error:  # the device goes on; the log has them
            logger.error(
                "%s: %d safety events could not be written to %s: %s", self._device, len(lines), self._path, error
            )
