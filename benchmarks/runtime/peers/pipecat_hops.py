"""pipecat: a pipeline of three frame processors. They are tasks of one event loop in one process: nothing is copied.

Metrics, turn tracking, RTVI and the idle timeout, which a voice agent would use, are off.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import numpy as np
from loguru import logger
from pipecat.frames.frames import DataFrame, EndFrame, Frame
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineWorker
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.workers.runner import WorkerRunner
from work import Arrivals, Work, arrival, payload, touch


@dataclass
class PayloadFrame(DataFrame):
    payload: np.ndarray


class Touch(FrameProcessor):
    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, PayloadFrame):
            touch(frame.payload)
        await self.push_frame(frame, direction)


class Arrive(FrameProcessor):
    def __init__(self, window: asyncio.Semaphore) -> None:
        super().__init__()
        self.arrivals = Arrivals()
        self.window = window

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, PayloadFrame):
            self.arrivals.rows.append(arrival(frame.payload))
            self.window.release()
        await self.push_frame(frame, direction)


async def run(work: Work) -> Arrivals:
    window = asyncio.Semaphore(work.window)
    last = Arrive(window)
    worker = PipelineWorker(
        Pipeline([Touch(), Touch(), last]), enable_rtvi=False, enable_turn_tracking=False, idle_timeout_secs=None
    )
    started = asyncio.Event()

    @worker.event_handler("on_pipeline_started")
    async def on_started(worker: PipelineWorker, frame: Frame) -> None:
        started.set()

    async def send() -> None:
        await started.wait()
        for seq, due in work.due():
            await asyncio.sleep(max(due - time.monotonic(), 0.0))
            await window.acquire()
            await worker.queue_frame(PayloadFrame(payload(work.size, seq)))
        await worker.queue_frame(EndFrame())

    runner = WorkerRunner(handle_sigint=False)
    await runner.add_workers(worker)
    await asyncio.gather(runner.run(), send())
    return last.arrivals


if __name__ == "__main__":
    logger.remove()
    print(asyncio.run(run(Work.from_command_line())).report())
