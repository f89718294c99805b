"""`SharedEncoder`: stands in a node for an encoder that several nodes and pipelines use together."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future
from typing import Any, Protocol

from wugan.options import BatchConfig, Placement
from wugan.packet import Packet
from wugan.runtime.batching import CalledOff
from wugan.runtime.encoder_service import EncoderService, described
from wugan.stage import Encoder


class Door(Protocol):
    """One user's way to a service."""

    def open(self) -> None:
        """Become a user, and wait until the encoder is warm; raises what its `warm_up` raises."""

    def encode(self, packets: Sequence[Packet[Any]]) -> list[Any]:
        """Outputs of the packets. Raises `CalledOff` where `call_off` came in time, and what the encoder raises."""

    def call_off(self) -> None:
        """Give up what was asked for, if it has not begun. From another thread."""

    def close(self) -> None:
        """Be a user no more; the last one closes the encoder."""


class SharedEncoder(Encoder[Any, Any]):
    """Sends its batches to the one encoder of that name: of this process, or on Ray of the whole cluster.

    On Ray it is a named actor, which lives until its last user is gone, and is made again should it die. Elsewhere it
    is a thread of this process.

    Args:
        node: the node that it stands in.
        component: the encoder.
        config: its name (`shared`) and how packets are gathered, the same for all users.
        place: where its actor runs, on Ray.

    Raises:
        PipelineError: from `warm_up`, the name stands for another encoder or has other settings.
    """

    def __init__(
        self, node: str, component: Encoder[Any, Any], config: BatchConfig, place: Placement | None = None
    ) -> None:
        self.node = node
        self.component = component
        self.config = config
        self.place = place
        self._door: Door | None = None

    def warm_up(self) -> None:
        door = self._make_door()
        door.open()
        self._door = door

    def _make_door(self) -> Door:
        ray = sys.modules.get("ray")
        if ray is not None and ray.is_initialized() and ray.get_runtime_context().get_actor_id() is not None:
            from wugan.runtime.shared_actor import ActorDoor

            return ActorDoor(self.node, self.component, self.config, self.place)
        return LocalDoor(self.node, self.component, self.config)

    def encode(self, batch: Sequence[Packet[Any]]) -> list[Any]:
        assert self._door is not None, "warm_up() comes first"
        return self._door.encode(batch)

    def interrupt(self) -> None:
        """Call off what has not begun; the other users' work goes on."""
        if self._door is not None:
            self._door.call_off()

    def close(self) -> None:
        door, self._door = self._door, None
        if door is not None:
            door.close()


_SERVICES: dict[str, EncoderService] = {}  # of this process, by name
_LOCK = threading.Lock()


class LocalDoor:
    """To a service of this process."""

    def __init__(self, node: str, component: Encoder[Any, Any], config: BatchConfig) -> None:
        assert config.shared is not None
        self.node = node
        self.component = component
        self.config = config
        self.name = config.shared
        self._service: EncoderService | None = None
        self._pending: Future[list[Any]] | None = None

    def open(self) -> None:
        """See `Door.open`."""
        with _LOCK:
            service = _SERVICES.get(self.name)
            if service is None:
                service = _SERVICES[self.name] = EncoderService(self.name, self.component, self.config)
            else:
                service.agree(self.node, described(self.component, self.config))
            service.count_users(service.users + 1)
            self._service = service
        try:
            service.warm_up()
        except BaseException:
            self.close()
            raise

    def encode(self, packets: Sequence[Packet[Any]]) -> list[Any]:
        """See `Door.encode`."""
        assert self._service is not None
        self._pending = self._service.submit(packets)
        try:
            return self._pending.result()
        except CancelledError as error:
            raise CalledOff from error

    def call_off(self) -> None:
        """See `Door.call_off`."""
        pending = self._pending
        if pending is not None:
            pending.cancel()

    def close(self) -> None:
        """See `Door.close`."""
        service, self._service = self._service, None
        if service is None:
            return
        with _LOCK:
            service.count_users(service.users - 1)
            last = service.users == 0
            if last:
                del _SERVICES[self.name]
        if last:
            service.close()
