"""How a source worker deals with a device that vanishes, a process that died before it, and late stamps."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator

import pytest
from core_parts import MS, Breaks, Frames, Recorder
from device_parts import Camera, ComesBack
from hypothesis import given
from hypothesis import strategies as st

from wugan import Packet, Pipeline, RestartPolicy, Source, approximate
from wugan.errors import RuntimeFailure
from wugan.runtime.letters import DeadLetters
from wugan.runtime.links.memory import End, Watermark
from wugan.runtime.node import source as source_worker
from wugan.runtime.node.meter import Meter
from wugan.runtime.node.source import Attempts, SourceWorker


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_worker, "FIRST_PAUSE_S", 0.01)


@pytest.fixture
def letters(tmp_path) -> DeadLetters:
    return DeadLetters(tmp_path / "letters")


@pytest.fixture
def worker(letters: DeadLetters) -> Iterator[Callable[..., SourceWorker]]:
    """Starts a worker, and ends it after the test."""
    made: list[SourceWorker] = []

    def start(source: Source[int], **settings: object) -> SourceWorker:
        found = SourceWorker("camera", source, Recorder(), letters, **settings)
        made.append(found)
        found.warm_up()
        found.start()
        return found

    yield start
    for found in made:
        found.cancel()
        assert found.done.wait(10)


def packets(worker: SourceWorker) -> list[tuple[int, int]]:
    return [(packet.seq, packet.data) for packet in worker.output.sent if isinstance(packet, Packet)]


def test_a_device_that_vanishes_is_opened_again_and_the_numbering_goes_on(worker, eventually, caplog):
    camera = Camera()
    running = worker(camera)
    camera.give(10, 20)
    camera.lose()
    eventually(lambda: running.stats()["state"] == "reconnecting" and camera.opened >= 3)
    assert packets(running) == [(0, 10), (1, 20)]  # nothing is invented meanwhile
    assert running.meter.get("restarts") == 0 and camera.closed >= 1
    camera.plugged = True
    eventually(lambda: running.stats()["state"] == "running")
    camera.give(900)
    eventually(lambda: packets(running) == [(0, 10), (1, 20), (2, 900)])
    assert running.meter.get("restarts") == 1 and running.error is None
    told = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert told == [
        "'camera' has lost its device and tries to reach it again (the camera has gone; is it still plugged in?)",
        "'camera' is back",
    ]


def test_time_goes_on_while_a_device_is_away(worker, eventually, monkeypatch):
    monkeypatch.setattr(source_worker, "SLACK_NS", 0)
    camera = Camera()
    running = worker(camera)
    camera.give(10)
    camera.lose()

    def told() -> list[float]:
        return [message.time_ns for message in running.output.sent if isinstance(message, Watermark)]

    eventually(lambda: len(told()) >= 3)
    assert told() == sorted(set(told())) and told()[0] > 10 * MS


def test_no_time_is_told_before_the_first_packet(worker, eventually):
    camera = Camera()
    running = worker(camera)
    camera.lose()
    eventually(lambda: camera.opened >= 4)
    assert running.output.sent == []


@pytest.mark.parametrize("end", ["stop", "cancel"])
def test_the_wait_for_a_device_can_be_ended(end, worker, eventually, monkeypatch):
    monkeypatch.setattr(source_worker, "FIRST_PAUSE_S", 3600.0)
    camera = Camera()
    running = worker(camera)
    camera.lose()
    eventually(lambda: running.stats()["state"] == "reconnecting")
    getattr(running, end)()
    assert running.done.wait(10)
    assert running.error is None and camera.opened == 1
    assert running.stats()["state"] == "ended"


def test_a_spent_restart_policy_fails_with_the_devices_message(worker):
    camera = Camera()
    running = worker(camera, restart=RestartPolicy(max_restarts=3))
    camera.lose()
    assert running.done.wait(10)
    assert running.error == (
        "'camera' failed: there is no camera (after 3 attempts to reach it again, as many as its restart policy allows)"
    )
    assert camera.opened == 4 and isinstance(running.output.sent[-1], End)


def test_a_policy_of_none_fails_at_once(worker):
    camera = Camera()
    running = worker(camera, restart=RestartPolicy(max_restarts=0))
    camera.lose()
    assert running.done.wait(10)
    assert running.error == "'camera' failed: the camera has gone; is it still plugged in?" and camera.opened == 1


def test_another_error_of_a_live_source_is_a_failure(worker):
    camera = Camera()
    running = worker(camera)
    camera.events.put(ValueError("a bug"))
    assert running.done.wait(10)
    assert running.error == "'camera' failed: ValueError: a bug" and camera.opened == 1


def test_another_error_of_open_is_a_failure(worker, eventually, monkeypatch):
    camera = Camera()
    running = worker(camera)
    monkeypatch.setattr(camera, "open", lambda: 1 / 0)
    camera.lose()
    assert running.done.wait(10)
    assert running.error == "'camera' failed: ZeroDivisionError: division by zero"


def test_a_source_that_is_not_live_is_not_opened_again(worker):
    camera = Camera()
    camera.live = False
    running = worker(camera)
    camera.lose()
    assert running.done.wait(10)
    assert running.error == "'camera' failed: the camera has gone; is it still plugged in?" and camera.opened == 1


def test_a_device_that_was_never_there_is_told_at_the_start(letters):
    worker = SourceWorker("camera", Camera(plugged=False), Recorder(), letters)
    worker.warm_up()
    assert worker.error == "'camera' could not start: there is no camera"


def test_a_device_that_is_away_when_its_process_starts_again_is_waited_for(worker, eventually):
    meter = Meter()
    meter.set("restarts", 1)
    meter.set("emitted", 5)
    camera = Camera(plugged=False)
    running = worker(camera, meter=meter)
    eventually(lambda: camera.opened >= 3)
    camera.plugged = True
    camera.give(10)
    eventually(lambda: packets(running) == [(5, 10)])
    assert running.error is None


def test_a_device_that_comes_and_goes_does_not_flood_the_log(worker, eventually, caplog):
    camera = Camera()
    running = worker(camera)
    for number in range(source_worker.LOUD_FAILURES + 5):
        camera.give(number)
        camera.lose()
        eventually(lambda: running.stats()["state"] == "reconnecting")
        camera.plugged = True
        eventually(lambda restarts=number + 1: running.meter.get("restarts") == restarts)
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 2 * source_worker.LOUD_FAILURES + 1


def test_a_live_source_goes_on_numbering_after_its_process_died(worker, eventually):
    meter = Meter()
    meter.set("emitted", 7)
    camera = Camera()
    running = worker(camera, meter=meter)
    camera.give(1, 2)
    eventually(lambda: packets(running) == [(7, 1), (8, 2)])


class Mixed(Source[int]):
    """Numbers, and text where the number is in `wrong`."""

    def __init__(self, count: int, wrong: frozenset[int]) -> None:
        self.count = count
        self.wrong = wrong

    def packets(self) -> Iterator[Packet[int]]:
        for number in range(self.count):
            yield Packet(str(number) if number in self.wrong else number, number)  # type: ignore[arg-type]


class Stops(Exception):
    """Stands for the death of the process."""


class DiesAfter(Recorder):
    """An output during whose send the process dies."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.count = count

    def send(self, message: object, to: str | None = None) -> None:
        if isinstance(message, Packet) and len(self.data) >= self.count:
            raise Stops
        super().send(message)


@given(count=st.integers(0, 12), wrong=st.frozensets(st.integers(0, 11)), deaths=st.lists(st.integers(0, 5)))
def test_a_file_is_read_again_and_nothing_is_lost_or_sent_twice(tmp_path_factory, count, wrong, deaths):
    letters, meter = DeadLetters(tmp_path_factory.mktemp("letters")), Meter()
    sent: dict[int, Packet[int]] = {}  # as readers do, who know by the number what they have
    for dies in [*deaths, 100]:
        output = DiesAfter(dies)
        worker = SourceWorker("file", Mixed(count, wrong), output, letters, meter)
        worker.warm_up()
        worker.run()
        for packet in (message for message in output.sent if isinstance(message, Packet)):
            assert sent.setdefault(packet.seq, packet) == packet
        meter.add("restarts")
    good = [number for number in range(count) if number not in wrong]
    assert [(packet.seq, packet.time_ns, packet.data) for packet in sent.values()] == [
        (seq, number, number) for seq, number in enumerate(good)
    ]
    assert meter.get("failed") == len([number for number in wrong if number < count]) == len(list(_written(letters)))
    assert meter.get("handled") == count


def _written(letters: DeadLetters) -> Iterator[object]:
    if letters.folder.exists():
        yield from letters.folder.iterdir()


def test_a_file_that_has_become_shorter_is_told(letters, caplog):
    meter = Meter()
    meter.set("handled", 5)
    worker = SourceWorker("file", Mixed(3, frozenset()), Recorder(), letters, meter)
    worker.run()
    assert "gave 2 packets fewer than before its process died" in caplog.text


def test_latency_is_taken_off_the_stamp_and_the_age_counts_from_the_event(letters):
    output = Recorder()
    before = time.monotonic_ns()
    worker = SourceWorker("frames", Frames(2, start_ms=100), output, letters, latency_ns=35 * MS)
    worker.run()
    first, second, _ = output.sent
    assert (first.time_ns, second.time_ns) == (65 * MS, 75 * MS)
    assert before - 35 * MS <= first.entered_ns <= time.monotonic_ns() - 35 * MS


@given(st.floats(0, 20), st.integers(1, 30))
def test_pauses_grow_to_five_seconds_and_begin_anew_when_data_comes(backoff, count):
    attempts = Attempts(RestartPolicy(max_restarts=100, backoff=backoff))
    pauses = [attempts.next() for _ in range(count)]
    assert pauses == sorted(pauses) and pauses[-1] <= max(5.0, pauses[0])
    attempts.reset()
    assert attempts.next() == pauses[0] > 0


def test_attempts_are_counted_within_the_window(monkeypatch):
    now = [0]
    monkeypatch.setattr(source_worker.time, "monotonic_ns", lambda: now[0])
    attempts = Attempts(RestartPolicy(max_restarts=2, window="10s"))
    assert [attempts.next() is None for _ in range(3)] == [False, False, True]
    now[0] = 10_000_000_001
    assert [attempts.next() is None for _ in range(3)] == [False, False, True]


# In a pipeline.


def test_in_a_pipeline_the_others_go_on_while_a_device_is_away(eventually, monkeypatch):
    monkeypatch.setattr(source_worker, "SLACK_NS", 0)
    camera, microphone = Camera(), Camera()
    windows: list[dict[str, int]] = []
    p = Pipeline("desk")
    left, right = p.source(camera, name="camera"), p.source(microphone, name="microphone")
    joined = p.join(left, right, sync=approximate("1ms"))
    p.sink(
        lambda packet: windows.append({name: one.data for name, one in packet.data.packets.items()}), joined, name="out"
    )
    with p.run("local") as running:
        camera.give(0)
        microphone.give(0)
        camera.lose()
        eventually(lambda: running.stats()["camera"]["state"] == "reconnecting")
        microphone.give(1)
        eventually(lambda: {"microphone": 1} in windows)  # though the camera has not reached that time
        camera.plugged = True
        eventually(lambda: running.stats()["camera"]["restarts"] == 1)
        running.stop()
        assert running.wait(timeout=20)
    assert windows[0] == {"camera": 0, "microphone": 0}


def test_in_a_pipeline_options_reach_the_source(eventually):
    camera, got = Camera(), []

    def times(packet: Packet[int]) -> None:
        got.append(packet.time_ns)

    p = Pipeline("desk")
    p.sink(times, p.source(camera, latency="35ms", restart=RestartPolicy(max_restarts=1)))
    with p.run("local") as running:
        camera.give(100)
        eventually(lambda: got == [65 * MS])
        camera.lose()
        with pytest.raises(RuntimeFailure, match="'camera' failed: there is no camera"):
            running.wait(timeout=20)


def test_a_file_fails_as_ever():
    p = Pipeline("file")
    p.sink(print, p.source(Breaks(0)))
    with p.run("local") as running, pytest.raises(RuntimeFailure, match="the cable was pulled"):
        running.wait(timeout=20)


def test_a_device_that_comes_back_on_every_runtime(runtime):
    got: list[tuple[int, int, int]] = []

    def keep(packet: Packet[int]) -> None:
        got.append((packet.seq, packet.time_ns // MS, packet.data))

    p = Pipeline("desk")
    p.sink(keep, p.source(ComesBack(), name="camera", latency="1ms"))
    with p.run(runtime) as running:
        assert running.wait(timeout=60)
        stats = running.stats()["camera"]
    assert got == [(0, -1, 0), (1, 0, 1), (2, 9, 10), (3, 10, 11)]
    assert (stats["restarts"], stats["emitted"], stats["state"]) == (1, 4, "ended")
