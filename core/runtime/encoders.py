"""Shared encoders: one that several nodes or pipelines use together, in this process or as a named Ray actor."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from wugan.config import parameters
from wugan.duration import to_ns
from wugan.errors import PipelineError, PluginError, RuntimeFailure
from wugan.options import BatchConfig, Placement
from wugan.packet import Packet
from wugan.runtime.node.batching import CalledOff, encode
from wugan.stage import Encoder

if TYPE_CHECKING:
    from wugan.pipeline import Node

log = logging.getLogger(__name__)


def described(component: Encoder[Any, Any], config: BatchConfig) -> str:
    """A shared encoder's class, parameters and settings: the same text means the same encoder."""
    cls = type(component)
    try:
        values = {name: getattr(component, name, "?") for name in parameters(cls)}
    except PluginError:
        values = {}
    given = ", ".join(f"{name}={value!r}" for name, value in values.items())
    text = f"{cls.__module__}.{cls.__qualname__}({given}), max_size {config.max_size}, max_wait {config.max_wait!r}"
    return re.sub(r" at 0x[0-9a-f]+", "", text)  # where an object lies says nothing about it


def disagreement(shared: str, description: str, node: str, other: str) -> str:
    """What to tell a user whose node gives another encoder, or other settings, than the name stands for."""
    return (
        f"shared encoder {shared!r} is {description}, but node {node!r} gives {other}: give both the same, or "
        "share under another name"
    )


def sharing_problems(nodes: Iterable[Node]) -> list[str]:
    """Nodes of one pipeline that share by the same name what is not the same."""
    problems = []
    first: dict[str, str] = {}
    for node in nodes:
        batch = node.options.batch
        if batch is None or batch.shared is None or node.ports.kind != "encoder":
            continue
        description = described(node.component, batch)
        known = first.setdefault(batch.shared, description)
        if known != description:
            problems.append(disagreement(batch.shared, known, node.name, description))
    return problems


@dataclass(slots=True)
class _Request:
    """What one user asked for in one call."""

    outputs: list[Any]
    missing: int
    future: Future[list[Any]] = field(default_factory=Future)
    begun: bool | None = None

    def begin(self) -> bool:
        """Whether it is still wanted; from now on it cannot be called off."""
        if self.begun is None:
            self.begun = self.future.set_running_or_notify_cancel()
        return self.begun

    def give(self, index: int, output: Any) -> None:
        self.outputs[index] = output
        self.missing -= 1
        if not self.missing and not self.future.done():
            self.future.set_result(self.outputs)

    def fail(self, error: BaseException) -> None:
        if not self.future.done():
            self.future.set_exception(error)


@dataclass(slots=True)
class _Item:
    """One packet of a request."""

    packet: Packet[Any]
    request: _Request
    index: int
    since: float


class EncoderService:
    """An encoder and the thread that feeds it.

    A batch is filled with packets in the order of their arrival, whoever sent them. It begins when it is full, when all
    users have asked (each asks for one thing at a time, so that nobody else can come), or when the wait is over. Where
    it fails, each request's part is tried alone, so that one user's bad packet costs the others nothing but time.

    Args:
        name: of the shared encoder.
        component: the encoder.
        config: how packets are gathered.

    Attributes:
        users: how many hold it.
        batches: calls of `encode` that went well.
        batched: packets in these calls.
    """

    def __init__(self, name: str, component: Encoder[Any, Any], config: BatchConfig) -> None:
        self.name = name
        self.component = component
        self.description = described(component, config)
        self.users = self.batches = self.batched = 0
        self._max_size = config.max_size
        self._max_wait_s = to_ns(config.max_wait) / 1e9
        self._condition = threading.Condition()
        self._items: deque[_Item] = deque()
        self._free_since = 0.0
        self._closing = False
        self._warming = threading.Lock()
        self._thread: threading.Thread | None = None

    def agree(self, name: str, description: str) -> None:
        """Check that node `name` means this encoder.

        Raises:
            PipelineError: it gives another one, or other settings; names both.
        """
        if description != self.description:
            raise PipelineError(disagreement(self.name, self.description, name, description))

    def count_users(self, users: int) -> None:
        """Say how many hold it."""
        with self._condition:
            self.users = users
            self._condition.notify()

    def warm_up(self) -> None:
        """Load the encoder, once for all users."""
        with self._warming:
            if self._thread is None:
                self.component.warm_up()
                self._thread = threading.Thread(target=self._serve, name=f"wugan-shared-{self.name}", daemon=True)
                self._thread.start()

    def submit(self, packets: Sequence[Packet[Any]]) -> Future[list[Any]]:
        """Ask for the outputs of packets. Cancelling the future calls them off, if their batch has not begun."""
        request = _Request([None] * len(packets), len(packets))
        now = time.monotonic()
        with self._condition:
            if self._closing:
                raise RuntimeFailure(f"shared encoder {self.name!r} is closed")
            self._items.extend(_Item(packet, request, index, now) for index, packet in enumerate(packets))
            self._condition.notify()
        return request.future

    def close(self) -> None:
        """End the thread and release the encoder; what was asked for and not begun is called off."""
        with self._condition:
            self._closing = True
            self._condition.notify()
        with self._warming:
            if self._thread is None:
                return
            self._thread.join()
        for item in self._items:
            item.request.future.cancel()
            item.request.fail(RuntimeFailure(f"shared encoder {self.name!r} was closed"))
        self.component.close()

    def _serve(self) -> None:
        if "torch" in sys.modules:
            sys.modules["torch"].set_num_threads(1)  # as every worker does, for results that are the same
        while batch := self._gather():
            self._encode(batch)
            self._free_since = time.monotonic()

    def _gather(self) -> list[_Item]:
        """The next batch; empty when the service is closed."""
        with self._condition:
            while True:
                while not self._items and not self._closing:
                    self._condition.wait()
                # Who got an answer just now will ask again in a moment, so the wait begins when the encoder is free.
                while not self._closing and not self._enough():
                    since = max(self._items[0].since, self._free_since)
                    remaining = since + self._max_wait_s - time.monotonic()
                    if remaining <= 0:
                        break
                    self._condition.wait(remaining)
                if self._closing:
                    return []
                count = min(self._max_size, len(self._items))
                taken = [self._items.popleft() for _ in range(count)]
                if batch := [item for item in taken if item.request.begin()]:
                    return batch

    def _enough(self) -> bool:
        """Whether there is nothing to wait for."""
        return len(self._items) >= self._max_size or len({id(item.request) for item in self._items}) >= self.users

    def _encode(self, batch: list[_Item]) -> None:
        try:
            outputs = encode(f"shared encoder {self.name!r}", self.component, [item.packet for item in batch])
        except BaseException as error:
            requests = {id(item.request): item.request for item in batch}
            if len(requests) > 1:
                log.debug("shared encoder %r failed on a batch of %d", self.name, len(batch), exc_info=error)
                for request in requests.values():
                    self._encode([item for item in batch if item.request is request])
            else:
                # One user's exit must not be the others'.
                kept = error if isinstance(error, Exception) else RuntimeError(f"{type(error).__name__}: {error}")
                batch[0].request.fail(kept)
            return
        self.batches += 1
        self.batched += len(batch)
        for index, item in enumerate(batch):
            item.request.give(item.index, outputs[index])


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


NAMESPACE = "wugan"
WATCH_S = 1.0  # how often it looks whether its users are alive
LONELY_S = 30.0  # how long it waits for its first user
ATTEMPTS = 20  # to find or make one that is neither dead nor about to end
PAUSE_S = 0.1
GRACE_S = 2.0


class SharedActor:
    """The body of the actor: an `EncoderService` and the list of its users.

    It ends when the last user has left. A user is an actor that runs a node; one that was killed cannot say that it
    leaves, so each is asked now and then whether it lives.

    Args:
        name: of the shared encoder.
        component: the encoder.
        config: how packets are gathered.
    """

    def __init__(self, name: str, component: Encoder[Any, Any], config: BatchConfig) -> None:
        import ray

        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is a driver's to answer
        self.service = EncoderService(name, component, config)
        self._me = ray.get_runtime_context().current_actor
        self._users: dict[str, Any] = {}
        self._pings: dict[str, Any] = {}
        self._pending: dict[str, tuple[int, Future[list[Any]]]] = {}
        self._lock = threading.Lock()
        self._left = threading.Event()
        self._ending = False
        threading.Thread(target=self._watch, name="wugan-watch", daemon=True).start()

    async def join(self, user: str, handle: Any, node: str, description: str) -> bool:
        """Add a user and make the encoder warm.

        Returns:
            Whether it is one now; `False`: this actor is about to end, another must be made.

        Raises:
            PipelineError: it means another encoder.
            Exception: what the encoder's `warm_up` raises.
        """
        self.service.agree(node, description)
        with self._lock:
            if self._ending:
                return False
            self._users[user] = handle
            self.service.count_users(len(self._users))
        try:
            await asyncio.get_running_loop().run_in_executor(None, self.service.warm_up)
        except BaseException as error:
            await self.leave(user)
            if isinstance(error, Exception):
                raise
            raise RuntimeError(f"{type(error).__name__}: {error}") from error
        return True

    async def leave(self, user: str) -> None:
        """Take a user off."""
        self._forget(user)
        self._left.set()

    async def encode(self, user: str, number: int, packets: Sequence[Packet[Any]]) -> list[Any]:
        """Outputs of the packets, which is call `number` of this user."""
        future = self.service.submit(packets)
        self._pending[user] = number, future
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            raise CalledOff from None
        finally:
            if self._pending.get(user) == (number, future):
                del self._pending[user]

    async def call_off(self, user: str, number: int) -> None:
        """Give up a call, if it has not begun."""
        pending = self._pending.get(user)
        if pending is not None and pending[0] == number:
            pending[1].cancel()

    async def stats(self) -> dict[str, int]:
        """Users, calls of the encoder, packets in them."""
        return {"users": len(self._users), "batches": self.service.batches, "batched": self.service.batched}

    def _forget(self, user: str) -> None:
        with self._lock:
            self._users.pop(user, None)
            self._pings.pop(user, None)
            self.service.count_users(len(self._users))

    def _watch(self) -> None:
        """Ask the users whether they live; end without any. In a thread of its own."""
        import ray

        lonely_until = time.monotonic() + LONELY_S
        while True:
            if self._left.wait(WATCH_S):
                self._left.clear()
                lonely_until = 0.0  # there was a user
            for user in self._dead():
                self._forget(user)
                lonely_until = 0.0
            with self._lock:
                self._ending = not self._users and time.monotonic() >= lonely_until
            if self._ending:
                break
        self.service.close()
        ray.kill(self._me)

    def _dead(self) -> list[str]:
        """Users whose process is gone. One that does not answer is busy."""
        import ray

        dead = []
        with self._lock:
            users = dict(self._users)
        for user, handle in users.items():
            ping = self._pings.pop(user, None) or handle.__ray_ready__.remote()
            try:
                ray.get(ping, timeout=WATCH_S)
            except ray.exceptions.GetTimeoutError:
                self._pings[user] = ping
            except ray.exceptions.ActorUnavailableError:
                pass  # out of reach just now
            except ray.exceptions.RayActorError:
                dead.append(user)
        return dead


class ActorDoor:
    """From a node's actor to the shared encoder's; see `Door`.

    Args:
        node: the node's name.
        component: the encoder, should there be no actor yet.
        config: its name and how packets are gathered.
        place: where the actor runs; default on this machine, while there is one.
    """

    def __init__(
        self, node: str, component: Encoder[Any, Any], config: BatchConfig, place: Placement | None = None
    ) -> None:
        import ray

        assert config.shared is not None
        self.node = node
        self.component = component
        self.config = config
        self.place = place
        self.name = config.shared
        self._context = ray.get_runtime_context()
        self._user = f"{self._context.get_actor_id()}/{node}"
        self._actor: Any = None
        self._number = 0

    def open(self) -> None:
        """See `Door.open`."""
        import ray

        description = described(self.component, self.config)
        last: Exception | None = None
        for _ in range(ATTEMPTS):
            actor = self._find()
            try:
                joined = _get(actor.join.remote(self._user, self._context.current_actor, self.node, description))
            except ray.exceptions.RayActorError as error:  # it died, or ended while we knocked
                joined, last = False, error
            if joined:
                self._actor = actor
                return
            time.sleep(PAUSE_S)
        raise RuntimeFailure(
            f"shared encoder {self.name!r} could not be reached: its actor ended {ATTEMPTS} times ({last}); its log is "
            "under /tmp/ray/session_latest/logs"
        )

    def _find(self) -> Any:
        import ray
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        options: dict[str, Any] = {"num_cpus": 0}
        if self.place is None:
            here = self._context.get_node_id()
            options["scheduling_strategy"] = NodeAffinitySchedulingStrategy(here, soft=True)
        else:
            options = {
                "num_cpus": self.place.num_cpus,
                "num_gpus": self.place.num_gpus,
                "resources": self.place.resources or None,
                "label_selector": self.place.labels or None,
            }
        made = ray.remote(SharedActor).options(
            name=f"encoder-{self.name}",
            namespace=NAMESPACE,
            lifetime="detached",  # it must outlive the driver that happens to make it
            get_if_exists=True,
            max_concurrency=1000,
            **options,
        )
        return made.remote(self.name, self.component, self.config)

    def encode(self, packets: Sequence[Packet[Any]]) -> list[Any]:
        """See `Door.encode`. Asked once more, of a new actor, should this one die."""
        import ray

        try:
            return self._ask(packets)
        except ray.exceptions.RayActorError:
            self.open()
        try:
            return self._ask(packets)
        except ray.exceptions.RayActorError as error:
            raise RuntimeFailure(f"shared encoder {self.name!r}: its process died twice over these packets") from error

    def _ask(self, packets: Sequence[Packet[Any]]) -> list[Any]:
        self._number += 1
        outputs: list[Any] = _get(self._actor.encode.remote(self._user, self._number, packets))
        return outputs

    def call_off(self) -> None:
        """See `Door.call_off`."""
        actor = self._actor
        if actor is not None:
            actor.call_off.remote(self._user, self._number)

    def close(self) -> None:
        """See `Door.close`."""
        import ray

        actor, self._actor = self._actor, None
        if actor is not None:
            with contextlib.suppress(ray.exceptions.RayError):
                ray.get(actor.leave.remote(self._user), timeout=GRACE_S)


def _get(call: Any) -> Any:
    """The answer; an error is raised as it was raised there."""
    import ray

    try:
        return ray.get(call)
    except ray.exceptions.RayTaskError as error:
        raise error.cause from error
