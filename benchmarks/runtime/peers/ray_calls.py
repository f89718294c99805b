"""A chain of plain Ray actor calls: each of three actors is given the last one's result.

The driver is the first process. In `throughput` it keeps `window` chains outstanding and waits for the oldest.
"""

from __future__ import annotations

import logging
from collections import deque
from typing import Any

import numpy as np
import ray
from work import Arrivals, Work, arrival, payload, sleep_until, touch


class Hop:
    def touch(self, payload: np.ndarray) -> np.ndarray:
        touch(payload)
        return payload

    def arrive(self, payload: np.ndarray) -> tuple[int, int, int]:
        return arrival(payload)


def main() -> None:
    work = Work.from_command_line()
    ray.init(address="local", include_dashboard=False, logging_level=logging.ERROR)
    hops: list[Any] = [ray.remote(num_cpus=0)(Hop).remote() for _ in range(3)]
    first, second, last = hops
    arrivals = Arrivals()
    outstanding: deque[ray.ObjectRef] = deque()
    allowed = 1 if work.mode == "latency" else work.window
    for seq, due in work.due():
        sleep_until(due)
        sent = payload(work.size, seq)
        outstanding.append(last.arrive.remote(second.touch.remote(first.touch.remote(sent))))
        if len(outstanding) == allowed:
            arrivals.rows.append(ray.get(outstanding.popleft()))
    arrivals.rows.extend(ray.get(list(outstanding)))
    print(arrivals.report())
    ray.shutdown()


if __name__ == "__main__":
    main()
