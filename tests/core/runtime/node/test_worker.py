from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pytest
from core_parts import Recorder

from wugan import Packet, Stage
from wugan.errors import DataError
from wugan.runtime.letters import DeadLetters, Letter
from wugan.runtime.links.memory import End, Inbox, LinkConfig, Message, Watermark
from wugan.runtime.links.payload import Undelivered
from wugan.runtime.local import LocalOutput
from wugan.runtime.node.operators import operator
from wugan.runtime.node.stage import StageWorker


@pytest.fixture
def letters(tmp_path) -> DeadLetters:
    return DeadLetters(tmp_path / "letters")


def run_stage(
    component, arrivals: Iterable[Message], letters: DeadLetters, output=None
) -> tuple[StageWorker, Recorder]:
    """A stage over what arrives, in this thread."""
    inbox = Inbox({"in": LinkConfig(capacity=1000)})
    output = output or Recorder()
    worker = StageWorker("stage", operator("stage", component, ["in"]), inbox, output, letters)
    for message in arrivals:
        inbox.links["in"].put(message)
    inbox.links["in"].put(End())
    worker.warm_up()
    worker.run()
    assert worker.done.is_set()
    return worker, output


def numbered(count: int) -> list[Packet[int]]:
    return [Packet(seq, seq * 10, stream="in", seq=seq) for seq in range(count)]


def stage_of(process: Callable[[Packet[int]], object]) -> Stage[int, int]:
    class Made(Stage[int, int]):
        def process(self, packet):
            return process(packet)

    return Made()


def test_outputs_are_stamped_and_end_follows(letters):
    worker, output = run_stage(lambda value: value * 2, numbered(3), letters)
    assert output.sent == [*(Packet(seq * 2, seq * 10, stream="stage", seq=seq) for seq in range(3)), End()]
    assert worker.stats()["handled"] == worker.stats()["emitted"] == 3


def test_a_generator_that_raises_after_yielding_keeps_what_it_gave(letters):
    def process(packet: Packet[int]) -> Iterator[Packet[int]]:
        yield packet
        if packet.data == 1:
            raise ValueError("second half lost")
        yield packet.replace(-packet.data)

    worker, output = run_stage(stage_of(process), numbered(3), letters)
    assert output.data == [0, 0, 1, 2, -2]
    assert worker.meter.get("failed") == 1 and worker.error is None
    (letter,) = letters.folder.iterdir()
    assert Letter.read(letter).load().data == 1


def test_none_among_a_generators_packets_is_no_output_and_no_end(letters):
    def process(packet: Packet[int]) -> Iterator[Packet[int] | None]:
        yield None
        yield packet

    worker, output = run_stage(stage_of(process), numbered(2), letters)
    assert output.data == [0, 1] and worker.meter.get("failed") == 0


def test_a_stage_may_return_a_list_but_not_none(letters):
    worker, output = run_stage(stage_of(lambda packet: [packet] if packet.data else None), numbered(3), letters)
    assert output.data == [1, 2] and worker.meter.get("failed") == 1
    (letter,) = letters.folder.iterdir()
    assert "returned None, but its output port is declared as int: yield packets" in Letter.read(letter).error


@pytest.mark.parametrize(
    ("gives", "complaint"),
    [
        (lambda packet: packet, "must give packets in a list or by yield, got Packet"),
        (lambda packet: [packet.data], r"must give packets, got int: use packet.replace\(data\)"),
        (lambda packet: [packet.replace("text")], "gave str on its output port, which is declared as int"),
    ],
    ids=["packet", "bare data", "type"],
)
def test_a_stage_that_gives_something_else_is_told_so(gives, complaint, letters):
    worker, output = run_stage(stage_of(gives), numbered(1), letters)
    assert output.data == [] and worker.meter.get("failed") == 1
    (letter,) = letters.folder.iterdir()
    assert re.search("stage 'stage' " + complaint, (letter / "error.json").read_text())


def test_flush_that_raises_is_buried_and_the_end_still_comes(letters):
    class Holds(Stage[int, int]):
        def process(self, packet):
            return ()

        def flush(self):
            yield Packet(7, 0)
            raise ValueError("half a segment")

    worker, output = run_stage(Holds(), numbered(1), letters)
    assert output.data == [7] and isinstance(output.sent[-1], End)
    assert worker.meter.get("failed") == 1 and worker.error is None


def test_a_stage_that_exits_ends_its_stream_with_an_error(letters):
    def process(packet: Packet[int]) -> list[Packet[int]]:
        raise SystemExit("bye")

    worker, output = run_stage(stage_of(process), numbered(2), letters)
    assert output.sent == [End()]
    assert worker.error == "'stage' failed: SystemExit: bye"


def test_close_that_raises_is_reported_and_the_end_still_comes(letters):
    class Sticky(Stage[int, int]):
        def process(self, packet):
            return [packet]

        def close(self):
            raise KeyboardInterrupt

    worker, output = run_stage(Sticky(), numbered(1), letters)
    assert isinstance(output.sent[-1], End)
    assert "'stage' could not close" in worker.error


def test_a_filter_passes_time_on_without_packets(letters):
    _, output = run_stage(lambda value: value if value % 3 == 0 else None, numbered(5), letters)
    assert [getattr(message, "time_ns", "end") for message in output.sent] == [0, 10, 20, 30, 40, "end"]
    assert [type(message) for message in output.sent[:4]] == [Packet, Watermark, Watermark, Packet]


def test_a_stage_that_holds_back_holds_time_back(letters):
    class Holds(Stage[int, int]):
        start: int | None = None

        def process(self, packet):
            self.start = packet.time_ns if self.start is None else self.start
            return ()

        def watermark(self, time_ns):
            return time_ns if self.start is None else self.start

    _, output = run_stage(Holds(), numbered(5), letters)
    assert output.sent == [Watermark(0), End()]


def test_time_that_goes_back_never_takes_a_watermark_back(letters):
    arrivals = [Packet(None, time_ns, stream="in", seq=seq) for seq, time_ns in enumerate([50, 20, 30, 60])]
    _, output = run_stage(stage_of(lambda packet: ()), arrivals, letters)
    assert output.sent == [Watermark(50), Watermark(60), End()]


def test_arrays_are_frozen_for_their_readers(letters):
    array = np.zeros(3)
    run_stage(lambda value: array, numbered(1), letters)
    assert not array.flags.writeable


def test_what_cannot_be_delivered_is_buried_and_takes_no_number(letters):
    class Picky(Recorder):
        def send(self, message: Message) -> None:
            if isinstance(message, Packet) and message.data == 1:
                raise DataError("a lock cannot go to another process")
            super().send(message)

    worker, output = run_stage(lambda value: value, numbered(3), letters, Picky())
    assert [(packet.seq, packet.data) for packet in output.sent if isinstance(packet, Packet)] == [
        (0, 0),
        (1, 2),
    ]
    assert worker.meter.get("failed") == 1 and worker.error is None


def test_what_could_not_be_unpacked_is_buried(letters):
    worker, output = run_stage(lambda value: value, [Packet(Undelivered(ImportError("x")), 0)], letters)
    assert output.data == [] and worker.meter.get("failed") == 1
    assert len(list(letters.folder.iterdir())) == 1


def test_a_full_disk_does_not_stop_the_stream(letters, caplog):
    letters.folder.write_text("not a folder")
    worker, output = run_stage(lambda value: 1 // value, numbered(3), letters)
    assert output.data == [1, 0] and worker.meter.get("failed") == 1
    assert "could not be kept" in caplog.text


def test_a_stage_that_always_fails_does_not_flood_the_log(letters, caplog):
    with caplog.at_level(logging.WARNING):
        worker, _ = run_stage(lambda value: 1 / 0, numbered(50), letters)
    assert worker.meter.get("failed") == 50 and len(caplog.records) == 6


def test_an_output_without_readers_is_no_error_and_one_whose_readers_left_ends_the_stage(letters):
    worker, _ = run_stage(lambda value: value, numbered(3), letters, LocalOutput())
    assert worker.meter.get("emitted") == 3 and worker.error is None
    output = LocalOutput()
    inbox = Inbox({"stage": LinkConfig()})
    output.links["next"] = inbox.links["stage"]
    inbox.close()
    worker, _ = run_stage(lambda value: value, numbered(3), letters, output)
    assert worker.meter.get("emitted") == 0 and worker.error is None


def test_memory_does_not_grow_over_100_000_packets(letters):
    inbox = Inbox({"in": LinkConfig(capacity=8)})
    output = LocalOutput()
    end = Inbox({"stage": LinkConfig(policy="latest")})
    output.links["next"] = end.links["stage"]
    filters = operator("stage", lambda value: value if value % 2 else None, ["in"])
    worker = StageWorker("stage", filters, inbox, output, letters)
    worker.start()
    for packet in numbered(100_000):
        inbox.links["in"].put(packet)
    inbox.links["in"].put(End())
    assert worker.done.wait(30)
    assert worker.meter.get("handled") == 100_000 and worker.meter.get("emitted") == 50_000
    assert len(end.links["stage"].items) <= 4  # nobody read: one packet, watermarks around it, the end


def test_interrupt_drops_what_waits_and_the_stream_goes_on(letters):
    entered, go = threading.Event(), threading.Event()

    class Waits(Stage[int, int]):
        interrupts = 0

        def process(self, packet):
            entered.set()
            go.wait(10)
            return [packet]

        def interrupt(self):
            self.interrupts += 1
            raise RuntimeError("even if this fails")

    inbox = Inbox({"in": LinkConfig()})
    output, component = Recorder(), Waits()
    worker = StageWorker("stage", operator("stage", component, ["in"]), inbox, output, letters)
    worker.start()
    for packet in numbered(4):
        inbox.links["in"].put(packet)
    assert entered.wait(10)
    worker.interrupt()
    go.set()
    inbox.links["in"].put(Packet(4, 40, stream="in", seq=4))
    inbox.links["in"].put(End())
    assert worker.done.wait(10)
    assert output.data == [0, 4] and worker.meter.get("flushed") == 3 and component.interrupts == 1


def test_a_packet_taken_just_before_an_interruption_is_not_begun(letters):
    inbox = Inbox({"in": LinkConfig()})
    seen: list[int] = []
    worker = StageWorker("stage", operator("stage", seen.append, ["in"]), inbox, Recorder(), letters)
    take = inbox.get

    def get_and_be_interrupted(*args):
        got = take(*args)
        if isinstance(got[1], Packet) and got[1].data == 1:
            worker.interrupt()
        return got

    inbox.get = get_and_be_interrupted
    for packet in numbered(2):
        inbox.links["in"].put(packet)
    inbox.links["in"].put(End())
    worker.run()
    assert seen == [0] and worker.meter.get("flushed") == 1


def test_warm_up_that_fails_is_kept_as_an_error_and_only_the_end_is_sent(letters):
    class NoModel(Stage[int, int]):
        def warm_up(self):
            raise FileNotFoundError("weights")

    worker, output = run_stage(NoModel(), numbered(2), letters)
    assert worker.error == "'stage' could not start: FileNotFoundError: weights"
    assert output.sent == [End()]


def test_ctrl_c_while_a_model_loads_is_not_swallowed(letters):
    class Loading(Stage[int, int]):
        def warm_up(self):
            raise KeyboardInterrupt

    worker = StageWorker("s", operator("s", Loading(), ["in"]), Inbox({"in": LinkConfig()}), Recorder(), letters)
    with pytest.raises(KeyboardInterrupt):
        worker.warm_up()


def test_cancel_before_the_start_only_closes_what_was_warmed_up(letters):
    class Counts(Stage[int, int]):
        closed = 0

        def close(self):
            self.closed += 1

    for warmed in (False, True):
        component = Counts()
        worker = StageWorker("s", operator("s", component, ["in"]), Inbox({"in": LinkConfig()}), Recorder(), letters)
        if warmed:
            worker.warm_up()
        worker.cancel()
        assert component.closed == warmed and worker.done.is_set()
