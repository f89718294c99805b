"""`SharedActor`: a shared encoder as a named Ray actor for all pipelines of a cluster; `ActorDoor`: the way to it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

from wugan.errors import RuntimeFailure
from wugan.options import BatchConfig, Placement
from wugan.packet import Packet
from wugan.runtime.batching import CalledOff
from wugan.runtime.encoder_service import EncoderService, described
from wugan.stage import Encoder

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
