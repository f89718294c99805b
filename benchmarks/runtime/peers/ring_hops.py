"""Four processes with wugan's rings between them and nothing else: no pipeline, no worker, no Ray.

What `wugan_hops.py` takes longer is what its workers do for each packet.
"""

from __future__ import annotations

import multiprocessing
import time

from work import Arrivals, Work, arrival, payload, sleep_until, touch

from wugan import LinkConfig, Packet
from wugan.runtime.links.inbox import Outlet, RingInbox, RingOutput
from wugan.runtime.links.ring import NodeFile
from wugan.runtime.links.shared import run_prefix, sweep
from wugan.runtime.links.slots import Slots

HOPS = 3
LINKS = {"in": LinkConfig()}


def links(index: int) -> dict[str, LinkConfig]:
    """The ports of a process: none, or one."""
    return LINKS if index else {}


def ends(prefix: str, index: int) -> tuple[RingInbox, RingOutput]:
    """The inbox of a process, and its output to the next one."""
    own = NodeFile(prefix, index, links(index))
    slots = Slots(prefix, index, HOPS + 1, own.lock)
    readers = {"next": Outlet(NodeFile(prefix, index + 1, LINKS), "in", 1)} if index < HOPS else {}
    return RingInbox(own, slots), RingOutput(own, slots, readers)


def gives(prefix: str, work: Work) -> None:
    """The first process."""
    _, output = ends(prefix, 0)
    for seq, due in work.due():
        sleep_until(due)
        made = payload(work.size, seq)
        output.send(Packet(made, seq, stream="made", seq=seq, entered_ns=time.monotonic_ns()))


def passes_on(prefix: str, index: int) -> None:
    """A process in between."""
    inbox, output = ends(prefix, index)
    while True:
        _, packet = inbox.get(None) or ("", None)
        touch(packet.data)
        output.send(packet)
        del packet
        inbox.done()


def main() -> None:
    work = Work.from_command_line()
    if work.mode == "throughput":
        raise SystemExit("only latency is measured")
    arrivals, context, prefix = Arrivals(), multiprocessing.get_context("spawn"), run_prefix("rings")
    try:
        for index in range(HOPS + 1):
            NodeFile.make(prefix, index, links(index))
        inbox, _ = ends(prefix, HOPS)
        between = [context.Process(target=passes_on, args=(prefix, index), daemon=True) for index in range(1, HOPS)]
        processes = [*between, context.Process(target=gives, args=(prefix, work), daemon=True)]
        for process in processes:
            process.start()
        for _ in range(work.count):
            _, packet = inbox.get(None) or ("", None)
            arrivals.rows.append(arrival(packet.data))
            del packet
            inbox.done()
        for process in processes:
            process.kill()
            process.join()
    finally:
        sweep(prefix)
    print(arrivals.report())


if __name__ == "__main__":
    main()
