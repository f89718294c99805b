from __future__ import annotations

import json
import math
import threading
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from core_parts import MS, Frames, Mean, Recorder, into
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan import BatchConfig, Encoder, Packet, Pipeline
from wugan.errors import DataError
from wugan.options import NodeOptions
from wugan.runtime.letters import DeadLetters, Letter
from wugan.runtime.links.memory import End, Inbox, LinkConfig, Message, Watermark
from wugan.runtime.links.payload import Undelivered
from wugan.runtime.node.batching import encode, gather
from wugan.runtime.node.operators import operator
from wugan.runtime.node.stage import StageWorker


class Doubles(Encoder[int, int]):
    """Twice the number; odd ones give nothing, negative ones fail the batch that they are in."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    def encode(self, batch: Sequence[Packet[int]]) -> Sequence[int | None]:
        self.batches.append([packet.data for packet in batch])
        if any(packet.data < 0 for packet in batch):
            raise ValueError("negative")
        return [None if packet.data % 2 else packet.data * 2 for packet in batch]


def numbered(*data: int) -> list[Packet[int]]:
    return [Packet(value, seq * 10, stream="in", seq=seq) for seq, value in enumerate(data)]


def worker_of(component: Encoder, folder, config: BatchConfig) -> tuple[StageWorker, Inbox, Recorder]:
    inbox, output = Inbox({"in": LinkConfig(capacity=1000)}), Recorder()
    made = operator("enc", component, ["in"], NodeOptions(batch=config))
    return StageWorker("enc", made, inbox, output, DeadLetters(folder / "letters")), inbox, output


def run(component: Encoder, arrivals: Sequence[Message], folder, max_size: int = 4) -> tuple[StageWorker, Recorder]:
    """An encoder over what waits for it, in this thread."""
    worker, inbox, output = worker_of(component, folder, BatchConfig(max_size=max_size, max_wait="10s"))
    for message in [*arrivals, End()]:
        inbox.links["in"].put(message)
    worker.warm_up()
    worker.run()
    assert worker.done.is_set() and worker.error is None
    return worker, output


def test_what_waits_goes_into_one_call_and_keeps_its_order(tmp_path):
    component = Doubles()
    worker, output = run(component, numbered(*range(10)), tmp_path)
    assert component.batches == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]  # the end does not wait for more
    packets = [message for message in output.sent if isinstance(message, Packet)]
    assert [(out.seq, out.time_ns, out.data) for out in packets] == [(n, n * 20, n * 4) for n in range(5)]
    stats = worker.stats()
    assert (stats["handled"], stats["emitted"], stats["batches"], stats["batch_mean"]) == (10, 5, 3, 3.33)


def test_a_node_without_the_option_is_given_packets_one_by_one(tmp_path):
    inbox, component = Inbox({"in": LinkConfig()}), Doubles()
    worker = StageWorker("enc", operator("enc", component, ["in"]), inbox, Recorder(), DeadLetters(tmp_path))
    for message in [*numbered(0, 1, 2), End()]:
        inbox.links["in"].put(message)
    worker.run()
    assert component.batches == [[0], [1], [2]]
    assert worker.stats()["batches"] == 0 and worker.stats()["batch_mean"] == 0.0


def test_a_watermark_ends_the_gathering_and_is_passed_on_after_the_batch(tmp_path):
    component = Doubles()
    first, second, third = numbered(0, 2, 4)
    _, output = run(component, [first, second, Watermark(15), third], tmp_path)
    assert component.batches == [[0, 2], [4]]
    kinds = [(type(message), getattr(message, "time_ns", None)) for message in output.sent]
    assert kinds == [(Packet, 0), (Packet, 10), (Watermark, 15), (Packet, 20), (End, None)]


def test_time_passes_where_a_batch_gives_nothing(tmp_path):
    _, output = run(Doubles(), numbered(1, 3, 5), tmp_path, max_size=3)
    assert output.sent == [Watermark(20), End()]


def test_of_a_batch_that_fails_each_is_tried_alone_and_only_the_guilty_are_buried(tmp_path):
    component = Doubles()
    worker, output = run(component, numbered(0, -1, 2, -3, 4), tmp_path, max_size=5)
    assert component.batches == [[0, -1, 2, -3, 4], [0], [-1], [2], [-3], [4]]
    assert output.data == [0, 4, 8]
    stats = worker.stats()
    assert (stats["handled"], stats["failed"], stats["batches"], stats["batch_mean"]) == (5, 2, 3, 1.0)
    letters = sorted((tmp_path / "letters").iterdir())
    assert [Letter.read(letter).load().data for letter in letters] == [-1, -3]
    assert json.loads((letters[0] / "error.json").read_text())["error"] == "ValueError: negative"


def test_a_batch_of_the_wrong_length_is_tried_one_by_one(tmp_path):
    class Stacks(Encoder[int, int]):
        """Forgets that it may be given several."""

        def encode(self, batch: Sequence[Packet[int]]) -> Sequence[int]:
            return [sum(packet.data for packet in batch)]

    worker, output = run(Stacks(), numbered(1, 2, 3), tmp_path)
    assert output.data == [1, 2, 3] and worker.meter.get("failed") == 0


def test_one_output_of_the_wrong_type_costs_one_packet(tmp_path):
    class Mixed(Encoder[int, int]):
        def encode(self, batch: Sequence[Packet[int]]) -> Sequence[object]:
            return ["two" if packet.data == 2 else packet.data for packet in batch]

    worker, output = run(Mixed(), numbered(1, 2, 3), tmp_path)
    assert output.data == [1, 3] and worker.stats()["failed"] == 1 and worker.stats()["batches"] == 1
    (letter,) = (tmp_path / "letters").iterdir()
    assert "stage 'enc' gave str on its output port" in (letter / "error.json").read_text()


def test_what_could_not_be_unpacked_is_left_out_of_the_batch(tmp_path):
    component = Doubles()
    broken = Packet(Undelivered(ImportError("x")), 10, stream="in", seq=1)
    worker, output = run(component, [numbered(0)[0], broken, numbered(2)[0]], tmp_path)
    assert component.batches == [[0, 2]] and output.data == [0, 4]
    assert worker.stats()["failed"] == 1 and worker.stats()["handled"] == 3


def test_rows_of_an_array_are_outputs(tmp_path):
    class Rows(Encoder[int, np.ndarray]):
        def encode(self, batch: Sequence[Packet[int]]) -> np.ndarray:
            return np.array([[packet.data, 1] for packet in batch])

    _, output = run(Rows(), numbered(5, 6), tmp_path)
    assert [row.tolist() for row in output.data] == [[5, 1], [6, 1]]


def test_encode_names_what_breaks_the_contract():
    class Wrong(Encoder[int, int]):
        def encode(self, batch: Sequence[Packet[int]]) -> Sequence[int]:
            return [1, 2, 3]

    with pytest.raises(DataError, match="stage 'x' got 2 packets and gave 3 outputs on its output port"):
        encode("stage 'x'", Wrong(), numbered(0, 1))


class Scripted(Inbox):
    """Does `act(n)` just before it gives its n-th message, as another thread might."""

    def __init__(self, act: Callable[[int], None]) -> None:
        super().__init__({"in": LinkConfig(capacity=1000)})
        self.act = act
        self.gets = 0

    def get(self, *args, **kwargs):
        self.gets += 1
        self.act(self.gets)
        return super().get(*args, **kwargs)


def scripted_run(component: Encoder, tmp_path, act, max_size: int = 8) -> tuple[StageWorker, Inbox, Recorder]:
    worker, _, output = worker_of(component, tmp_path, BatchConfig(max_size=max_size, max_wait="10s"))
    worker.inbox = Scripted(lambda number: act(number, worker))
    return worker, worker.inbox, output


def test_an_interruption_takes_what_was_gathered_and_what_waits_and_nothing_that_comes_after(tmp_path):
    component = Doubles()

    def act(number: int, worker: StageWorker) -> None:
        if number == 3:  # two are gathered, two wait
            worker.interrupt()
            for packet in [*numbered(10, 12), End()]:
                worker.inbox.links["in"].put(packet)

    worker, inbox, output = scripted_run(component, tmp_path, act)
    for packet in numbered(0, 2, 4, 6):
        inbox.links["in"].put(packet)
    worker.run()
    assert component.batches == [[10, 12]] and output.data == [20, 24]
    stats = worker.stats()
    assert (stats["flushed"], stats["handled"]) == (4, 2)
    assert stats["links"]["in"]["in"] == 6


def test_a_gathering_that_waits_ends_with_an_interruption(tmp_path, eventually):
    """With a wait of an hour, nothing but the interruption can end it."""
    component = Doubles()
    worker, inbox, output = worker_of(component, tmp_path, BatchConfig(max_size=8, max_wait="60min"))
    worker.start()
    for packet in numbered(0, 2):
        inbox.links["in"].put(packet)
    eventually(lambda: inbox.links["in"].waiting == 0)
    worker.interrupt()
    eventually(lambda: worker.stats()["flushed"] == 2)
    for message in [*numbered(4), End()]:
        inbox.links["in"].put(message)
    assert worker.done.wait(10)
    assert component.batches == [[4]] and output.data == [8]


def test_an_interruption_while_packets_are_tried_alone_takes_the_rest(tmp_path):
    worker: StageWorker

    class Bad(Doubles):
        def encode(self, batch: Sequence[Packet[int]]) -> Sequence[int | None]:
            if [packet.data for packet in batch] == [2]:
                worker.interrupt()
            return super().encode(batch)

    component = Bad()
    worker, inbox, output = worker_of(component, tmp_path, BatchConfig(max_size=4, max_wait="10s"))
    for message in [*numbered(0, 2, -1, 4), End()]:
        inbox.links["in"].put(message)
    worker.run()
    assert component.batches == [[0, 2, -1, 4], [0], [2]]
    assert output.data == [0, 4]
    assert (worker.stats()["handled"], worker.stats()["flushed"]) == (2, 2)


def test_cancel_ends_a_gathering(tmp_path, eventually):
    worker, inbox, _ = worker_of(Doubles(), tmp_path, BatchConfig(max_size=8, max_wait="60min"))
    worker.start()
    inbox.links["in"].put(numbered(0)[0])
    eventually(lambda: inbox.links["in"].waiting == 0)
    worker.cancel()
    assert worker.done.wait(10) and worker.error is None


EVENTS = st.lists(st.one_of(st.integers(0, 9), st.sampled_from(["interrupt", "mark"])), max_size=40)


@settings(max_examples=200, deadline=None)
@given(events=EVENTS, max_size=st.integers(1, 5), at=st.lists(st.integers(1, 40), max_size=4))
def test_every_packet_is_handled_or_flushed_once_and_in_order(events, max_size, at, tmp_path_factory):
    """Whatever waits, and wherever interruptions fall between two looks into the inbox."""
    component = Doubles()
    folder = tmp_path_factory.getbasetemp() / "property"

    def act(number: int, worker: StageWorker) -> None:
        if number in at:
            worker.interrupt()

    worker, inbox, output = scripted_run(component, folder, act, max_size)
    sent = 0
    for position, event in enumerate(events):
        if event == "interrupt":
            worker.interrupt()
        elif event == "mark":
            inbox.links["in"].put(Watermark(position * 10))
        else:
            inbox.links["in"].put(Packet(event, position * 10, stream="in", seq=sent))
            sent += 1
    inbox.links["in"].put(End())
    worker.run()
    stats, times = worker.stats(), [message.time_ns for message in output.sent if isinstance(message, Packet)]
    link = stats["links"]["in"]
    assert link["in"] == sent and stats["failed"] == 0
    assert stats["handled"] + stats["flushed"] == sent
    assert stats["handled"] == sum(map(len, component.batches))
    assert all(1 <= len(batch) <= max_size for batch in component.batches)
    assert times == sorted(times) and isinstance(output.sent[-1], End)
    assert [out.seq for out in output.sent if isinstance(out, Packet)] == list(range(len(times)))
    reached = -math.inf
    for message in output.sent[:-1]:  # no packet comes before a time that was told
        assert message.time_ns >= reached
        reached = message.time_ns


def test_a_gathering_takes_no_more_than_it_waits_for():
    inbox = Inbox({"in": LinkConfig()})
    first, second, third = numbered(0, 1, 2)
    inbox.links["in"].put(second)
    found = gather(inbox, first, 2, 0.0, lambda: False)
    inbox.links["in"].put(third)
    assert (found.packets, found.flushed, found.after) == ([first, second], 0, None)
    assert gather(inbox, first, 1, 60.0, lambda: False).packets == [first]
    assert inbox.get(0) == ("in", third)
    assert gather(inbox, first, 8, 0.0, lambda: False).packets == [first]  # nothing there: it does not wait


def test_a_pipeline_gathers_what_a_slow_encoder_left_waiting(eventually):
    """The same results as one by one, with fewer calls."""
    entered, go = threading.Event(), threading.Event()

    class Means(Encoder[object, float]):
        def __init__(self) -> None:
            self.sizes: list[int] = []

        def encode(self, batch: Sequence[Packet]) -> list[float]:
            self.sizes.append(len(batch))
            entered.set()
            assert go.wait(30)
            return [float(packet.data.pixels.mean()) for packet in batch]

    component = Means()
    p = Pipeline("batches")
    means: list[Packet] = []

    def keep(packet: Packet) -> None:
        means.append(packet)

    node = p.stage(component, p.source(Frames(33)), name="means", batch=BatchConfig(max_size=8, max_wait="0ms"))
    p.sink(keep, node)
    with p.run() as running:
        assert entered.wait(30)
        eventually(lambda: running.stats()["means"]["links"]["frames"]["in"] == 33)
        go.set()
        assert running.wait(timeout=30)
        stats = running.stats()["means"]
    assert [(packet.data, packet.time_ns, packet.attrs["n"]) for packet in means] == [
        (n, n * 10 * MS, n) for n in range(33)
    ]
    assert sum(component.sizes) == 33 and stats["batches"] == len(component.sizes) <= 6
    assert stats["age_p99_ms"] > 0


def test_every_runtime_gives_in_batches_what_it_gives_one_by_one(runtime, tmp_path, shared_files):
    results = []
    for number, batch in enumerate((None, BatchConfig(max_size=8, max_wait="20ms"))):
        p = Pipeline("means")
        got: list[float] = []
        node = p.stage(Mean(fails_on=7), p.source(Frames(40, size=20_000)), name="means", batch=batch)
        p.sink(into(got), node)
        with p.run(runtime, dead_letters=tmp_path / f"letters-{number}") as running:
            assert running.wait(timeout=60)
            stats = running.stats()["means"]
        assert (stats["handled"], stats["emitted"], stats["failed"], stats["flushed"]) == (40, 39, 1, 0)
        (letter,) = running.dead_letters.iterdir()
        assert Letter.read(letter).load().data.number == 7
        assert (stats["batches"] > 0) == (batch is not None)
        results.append(got)
    assert results[0] == results[1] == [float(n) for n in range(40) if n != 7]
