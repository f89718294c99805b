"""Requests per second of a transformer encoder at the same p95 limit: one by one, and with dynamic batching.

    python benchmarks/runtime/batching.py [--limit 4] [--quick] [--json]

The encoder is the project's text model (all-MiniLM-L6-v2: six layers, width 384, float32) with one thread of torch, and
the whole process is kept on one core. Requests come as they come, whether or not the encoder keeps up (Poisson), and
each one's time runs from the moment when it was due. The highest rate is searched at which 95 of 100 are answered
within the limit, which is so many times what one `encode` of one sentence takes.

First the cost of `encode` by batch size is measured, which bounds what batching can give: a core that multiplies as
fast as it can at batch 1 already has nothing to gain. Run it on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from wugan import BatchConfig, Encoder, LinkConfig, Packet, Pipeline, Source, Tokens
from wugan.modalities.text.encoder import TextEncoder
from wugan.signals import Transcript

SHORT = [
    "Stop.",
    "Turn left.",
    "Yes, please.",
    "No, thank you.",
    "Call the nurse.",
    "I lost my card.",
    "Where is my order?",
    "Slow down a little.",
    "Show me the next image.",
    "Can you repeat that?",
]
LONG = [
    "I ordered a pair of shoes two weeks ago and was told they would arrive on Monday, but nothing has come and nobody "
    "answers the phone.",
    "My card was charged twice for the same flight, so please cancel one of the two payments and send me a receipt for "
    "the other one today.",
    "The router that you sent me restarts every few minutes, although I have changed the cable and the socket as the "
    "technician told me to.",
]
SIZES = (1, 2, 4, 8, 16)
BATCHED = BatchConfig(max_size=16, max_wait="2ms")
ROOM = LinkConfig(capacity=1_000_000)  # the source must never be held back


class Sentences(Encoder[Transcript, Tokens]):
    """The text encoder, several sentences in one pass of the network; loaded once for all runs."""

    def __init__(self) -> None:
        self.encoder = TextEncoder()
        self.encoder.warm_up()

    def encode(self, batch: Sequence[Packet[Transcript]]) -> list[Tokens | None]:
        return self.encoder.encode_many(batch)


@dataclass
class Arrivals(Source[Transcript]):
    """Sentences at random moments, `rate` in a second on average; each is stamped with the moment when it was due."""

    texts: list[str]
    rate: float
    count: int
    seed: int

    def packets(self) -> Iterator[Packet[Transcript]]:
        chance = random.Random(self.seed)
        due = time.monotonic()
        for number in range(self.count):
            due += chance.expovariate(self.rate)
            if (wait := due - time.monotonic()) > 0:
                time.sleep(wait)
            yield Packet(Transcript(self.texts[number % len(self.texts)], 1.0), int(due * 1e9))


def cost_ms(encoder: Encoder[Any, Any], texts: list[str], size: int, repeats: int) -> float:
    """Median milliseconds of one `encode` of so many packets."""
    times = []
    for turn in range(repeats + 2):
        batch = [Packet(Transcript(texts[(turn + n) % len(texts)], 1.0), 0, seq=n) for n in range(size)]
        started = time.perf_counter()
        encoder.encode(batch)
        times.append(time.perf_counter() - started)
    return statistics.median(times[2:]) * 1e3


def flops(encoder: Sentences, texts: list[str]) -> float:
    """Floating-point operations of the network's matrices for one sentence on average: 2 per weight and word piece."""
    network, tokenizer = encoder.encoder._network, encoder.encoder._tokenizer
    weights = sum(weight.numel() for weight in network.layers.parameters() if weight.dim() == 2)
    return 2.0 * weights * statistics.mean(len(tokenizer.encode(text).ids) for text in texts)


def peak_flops() -> float:
    """Floating-point operations per second of this core in a large matrix product."""
    a, b = torch.randn(768, 768), torch.randn(768, 768)
    times = []
    for _ in range(10):
        started = time.perf_counter()
        a @ b
        times.append(time.perf_counter() - started)
    return 2 * 768**3 / min(times)


Users = Sequence[tuple[Encoder[Any, Any], BatchConfig | None]]  # a pipeline each


def p95_ms(pipelines: Users, texts: list[str], rate: float, seconds: float) -> float:
    """Run pipelines beside one another, each with its part of the rate; p95 of all requests' times in milliseconds."""
    times: list[float] = []

    def arrive(packet: Packet) -> None:
        times.append((time.monotonic_ns() - packet.time_ns) / 1e6)

    share = rate / len(pipelines)
    running = []
    for number, (encoder, batch) in enumerate(pipelines):
        pipeline = Pipeline(f"requests-{number}")
        source = pipeline.source(Arrivals(texts, share, max(20, round(share * seconds)), number))
        pipeline.sink(arrive, pipeline.stage(encoder, source, batch=batch, link=ROOM, name="encoder"), link=ROOM)
        running.append(pipeline.run("local"))
    for each in running:
        each.wait()
    return float(np.percentile(times, 95))


def highest_rate(measure: Callable[[float], float], capacity: float, limit_ms: float, steps: int) -> float:
    """The highest rate whose p95 is within the limit, between a tenth of the capacity and all of it, by halving.

    A rate that fails is tried once more, since something else may have kept the machine busy.
    """
    low, high = 0.1 * capacity, capacity
    for _ in range(steps):
        rate = (low + high) / 2
        if measure(rate) <= limit_ms or measure(rate) <= limit_ms:
            low = rate
        else:
            high = rate
    return low


class Report:
    """Prints rows as text or JSON, and knows the settings of all trials."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.as_json: bool = arguments.json
        self.limit: float = arguments.limit
        self.repeats = 15 if arguments.quick else 40
        self.seconds, self.steps = (2.0, 5) if arguments.quick else (6.0, 7)

    def tell(self, text: str, **row: Any) -> None:
        """One row."""
        print(json.dumps(row) if self.as_json else text, flush=True)

    def costs(self, name: str, encoder: Sentences, texts: list[str]) -> dict[int, float]:
        """Milliseconds of `encode` by batch size."""
        costs = {size: cost_ms(encoder, texts, size, self.repeats) for size in SIZES}
        work, peak = flops(encoder, texts), peak_flops()
        for size, cost in costs.items():
            per_second, busy = size / cost * 1e3, work * size / (cost / 1e3) / peak
            speedup = costs[1] * size / cost
            self.tell(
                f"{name}: encode of {size:2} takes {cost:6.2f} ms: {per_second:6.1f} a second, {speedup:.2f}x batch 1, "
                f"{busy:4.0%} of what this core multiplies at best",
                sentences=name,
                batch=size,
                encode_ms=round(cost, 2),
                per_second=round(per_second, 1),
                speedup=round(speedup, 2),
                of_matmul_peak=round(busy, 2),
            )
        return costs

    def rate(self, pipelines: Users, texts: list[str], capacity: float, limit_ms: float) -> float:
        """Requests per second of pipelines together."""
        return highest_rate(lambda rate: p95_ms(pipelines, texts, rate, self.seconds), capacity, limit_ms, self.steps)


def main() -> None:
    """Print costs, rates and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--limit", type=float, default=4.0, help="p95 limit in times of one encode of one sentence")
    parser.add_argument("--quick", action="store_true", help="shorter trials, so that the rates are rougher")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    report = Report(parser.parse_args())
    torch.set_num_threads(1)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    encoder, other = Sentences(), Sentences()
    for name, texts in (("short", SHORT), ("long", LONG)):
        costs = report.costs(name, encoder, texts)
        limit_ms = report.limit * costs[1]
        one, best = 1e3 / costs[1], max(size / cost * 1e3 for size, cost in costs.items())
        alone = report.rate([(encoder, None)], texts, one, limit_ms)
        batched = report.rate([(encoder, BATCHED)], texts, best, limit_ms)
        report.tell(
            f"{name}: p95 within {limit_ms:.0f} ms: {alone:.1f} a second one by one, {batched:.1f} with dynamic "
            f"batching: {batched / alone:.2f}x (encode allows {best / one:.2f}x)",
            sentences=name,
            limit_p95_ms=round(limit_ms, 1),
            batch_1_per_second=round(alone, 1),
            dynamic_per_second=round(batched, 1),
            ratio=round(batched / alone, 2),
            encode_allows=round(best / one, 2),
        )
        if name == "short":
            together = BATCHED.model_copy(update={"shared": "sentences"})
            apart = report.rate([(encoder, BATCHED), (other, BATCHED)], texts, best, limit_ms)
            shared = report.rate([(encoder, together), (encoder, together)], texts, best, limit_ms)
            report.tell(
                f"{name}: two pipelines together, p95 within {limit_ms:.0f} ms: {apart:.1f} a second with an encoder "
                f"each, {shared:.1f} with a shared one: {shared / apart:.2f}x",
                sentences=name,
                pipelines=2,
                limit_p95_ms=round(limit_ms, 1),
                own_encoders_per_second=round(apart, 1),
                shared_per_second=round(shared, 1),
                ratio=round(shared / apart, 2),
            )


if __name__ == "__main__":
    main()
