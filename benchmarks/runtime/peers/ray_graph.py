"""Ray's compiled graph (`ray.dag`, `experimental_compile`): three actors joined by channels in shared memory.

The driver is the first process; the graph may have `window` executions under way. Results are small, and none is kept,
since a kept one would block its channel (Ray's manual, Compiled Graph, "Returning NumPy arrays").
"""

from __future__ import annotations

import logging
import os
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import ray
from ray.dag import InputNode
from work import Arrivals, Work, arrival, payload, sleep_until, touch

ROOM = 1 << 16  # bytes of a channel's buffer beside the payload, for what serialising adds


class Hop:
    def touch(self, payload: np.ndarray) -> np.ndarray:
        touch(payload)
        return payload

    def arrive(self, payload: np.ndarray) -> tuple[int, int, int]:
        return arrival(payload)


def shut_down(hops: list[Any]) -> None:
    """End the actors and Ray. Not `teardown()`: with large payloads it waits half a minute for each actor.

    Ray leaves the semaphores of the channels in /dev/shm, named after its raylet, which is a child of this process.
    """
    for hop in hops:
        ray.kill(hop)
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    ray.shutdown()
    for path in Path("/dev/shm").glob("sem.*"):
        if path.name.startswith(tuple(f"sem.{kind}{child}-" for kind in ("hdr", "obj") for child in children)):
            path.unlink()


def main() -> None:
    work = Work.from_command_line()
    ray.init(address="local", include_dashboard=False, logging_level=logging.ERROR)
    hops: list[Any] = [ray.remote(num_cpus=0)(Hop).remote() for _ in range(3)]
    first, second, last = hops
    with InputNode() as start:
        graph = last.arrive.bind(second.touch.bind(first.touch.bind(start)))
    allowed = 1 if work.mode == "latency" else work.window
    compiled = graph.experimental_compile(
        _buffer_size_bytes=work.size + ROOM, _max_inflight_executions=work.window, _max_buffered_results=work.window
    )
    arrivals = Arrivals()
    outstanding: deque[Any] = deque()
    for seq, due in work.due():
        sleep_until(due)
        outstanding.append(compiled.execute(payload(work.size, seq)))
        if len(outstanding) == allowed:
            arrivals.rows.append(ray.get(outstanding.popleft()))
    arrivals.rows.extend(ray.get(outstanding.popleft()) for _ in range(len(outstanding)))
    print(arrivals.report(), flush=True)
    shut_down(hops)


if __name__ == "__main__":
    main()
