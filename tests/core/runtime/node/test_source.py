from __future__ import annotations

import time

import pytest
from core_parts import Breaks, Recorder, Silent

from wugan import Packet, Source
from wugan.runtime.letters import DeadLetters
from wugan.runtime.links.memory import End
from wugan.runtime.node.source import SourceWorker


@pytest.fixture
def letters(tmp_path) -> DeadLetters:
    return DeadLetters(tmp_path / "letters")


def run_source(source, letters: DeadLetters) -> tuple[SourceWorker, Recorder]:
    output = Recorder()
    worker = SourceWorker("source", source, output, letters)
    worker.warm_up()
    worker.run()
    return worker, output


def source_of(*items: object) -> Source[int]:
    class Made(Source[int]):
        closed = 0

        def packets(self):
            yield from items

        def close(self):
            self.closed += 1

    return Made()


def test_a_source_is_stamped_closed_and_ended(letters):
    source = source_of(Packet(1, 5, seq=99), Packet(2, 6, seq=99))
    worker, output = run_source(source, letters)
    assert output.sent == [Packet(1, 5, stream="source"), Packet(2, 6, stream="source", seq=1), End()]
    assert source.closed == 1 and worker.error is None


def test_none_from_a_source_means_nothing_just_now(letters):
    worker, output = run_source(source_of(Packet(1, 5), None, Packet(2, 6)), letters)
    assert output.data == [1, 2] and worker.meter.get("handled") == 2


def test_a_source_that_breaks_gives_what_came_before(letters):
    worker, output = run_source(Breaks(2), letters)
    assert output.data == [0, 1] and isinstance(output.sent[-1], End)
    assert worker.error == "'source' failed: OSError: the cable was pulled"


def test_a_source_that_gives_bare_data_is_told_so(letters):
    worker, _ = run_source(source_of(3), letters)
    assert "packets() must yield packets, got int" in worker.error


def test_a_packet_of_the_wrong_type_is_buried_and_the_source_goes_on(letters):
    worker, output = run_source(source_of(Packet("text", 0), Packet(1, 1)), letters)
    assert output.data == [1] and worker.meter.get("failed") == 1
    (letter,) = letters.folder.iterdir()
    assert "source 'source' gave str on its output port" in (letter / "error.json").read_text()


@pytest.mark.parametrize("end", ["stop", "cancel"])
def test_a_source_that_waits_for_its_device_can_be_ended(end, letters):
    output = Recorder()
    worker = SourceWorker("source", Silent(), output, letters)
    worker.warm_up()
    worker.start()
    deadline = time.monotonic() + 10
    while not output.data and time.monotonic() < deadline:
        time.sleep(0.01)
    getattr(worker, end)()
    assert worker.done.wait(10)
    assert output.data == [1] and worker.error is None


def test_an_error_of_a_source_that_was_closed_while_it_read_is_no_failure(letters):
    class Touchy(Silent):
        def packets(self):
            yield from super().packets()
            raise OSError("closed")

    output = Recorder()
    worker = SourceWorker("source", Touchy(), output, letters)
    worker.warm_up()
    worker.start()
    worker.stop()
    assert worker.done.wait(10)
    assert worker.error is None and isinstance(output.sent[-1], End)
