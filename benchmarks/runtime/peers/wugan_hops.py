"""wugan on Ray: a source, two stages and a sink, `pipeline.run("ray")`; the sink is a function in the driver.

In `throughput` the source waits for a place in a `Window`, and the sink gives it back.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from work import Arrivals, Window, Work, arrival, payload, sleep_until, stamp, touch

import wugan
from wugan import Packet, Pipeline, Source, Stage


class Paced(Source[np.ndarray]):
    """Payloads at the pace, or within the window, that `work` asks for."""

    def __init__(self, work: Work, window: Path, in_place: bool) -> None:
        self.work = work
        self.window = window
        self.in_place = in_place

    def packets(self) -> Iterator[Packet[np.ndarray]]:
        places = Window(self.window)
        for seq, due in self.work.due():
            sleep_until(due)
            if self.work.mode == "throughput":
                places.enter()
            made = stamp(wugan.empty(self.work.size), seq) if self.in_place else payload(self.work.size, seq)
            yield Packet(made, int(made[8:16].view(np.int64)[0]))


class Touch(Stage[np.ndarray, np.ndarray]):
    def process(self, packet: Packet[np.ndarray]) -> Iterator[Packet[np.ndarray]]:
        touch(packet.data)
        yield packet


def main(in_place: bool = False) -> None:
    work = Work.from_command_line()
    arrivals = Arrivals()
    with tempfile.TemporaryDirectory(prefix="wugan-hops-") as folder:
        places = Window(Window.make(Path(folder) / "window"))
        places.leave(work.window)

        def arrive(packet: Packet[np.ndarray]) -> None:
            arrivals.rows.append(arrival(packet.data))
            if work.mode == "throughput":
                places.leave()

        pipeline = Pipeline("hops")
        source = pipeline.source(Paced(work, Path(folder) / "window", in_place))
        pipeline.sink(arrive, pipeline.stage(Touch(), pipeline.stage(Touch(), source)))
        with pipeline.run("ray") as running:
            running.wait()
    print(arrivals.report())


if __name__ == "__main__":
    main()
