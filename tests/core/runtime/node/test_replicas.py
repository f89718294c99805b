from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from replica_simulation import Once, Parts, Simulation, parts

from wugan import Packet, Stage
from wugan.runtime.node import replicas
from wugan.runtime.node.operators import Failed, Flushed, Operator, To, operator
from wugan.runtime.node.replicas import Answer, Replica, Spread, Task

names = st.integers(1, 3).map(lambda number: f"x.{number}")
steps = st.one_of(
    st.tuples(st.just("push"), st.just("")),
    st.tuples(st.just("take"), st.just("")),
    st.tuples(st.sampled_from(["work", "work", "hear"]), names),
)
interruptions = st.one_of(
    st.tuples(st.just("interrupt"), st.just("")),
    st.tuples(st.just("arrive"), st.one_of(st.just("x"), names)),
)
deaths = st.tuples(st.just("die"), names)


def play(simulation: Simulation, script: list[tuple[str, str]]) -> None:
    for what, name in script:
        if not name:
            getattr(simulation, what)()
        elif name in simulation.coming:
            getattr(simulation, what)(name)


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 3), st.integers(1, 3), st.lists(st.one_of(steps, deaths), max_size=80))
def test_order_and_results_are_those_of_one_copy(count, depth, script):
    """Whatever the replicas' pace, and though answers come twice after a death."""
    simulation = Simulation(count, Parts, depth)
    play(simulation, script)
    simulation.push(5)
    simulation.end()
    assert simulation.outputs == [part for number in range(simulation.pushed) for part in parts(number)]
    assert set(simulation.failed) == {
        number for number in range(simulation.pushed) if number % 7 == 6 and number % 4 > 1
    }
    assert simulation.flushed == 0


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 3), st.lists(st.one_of(steps, interruptions), max_size=80))
def test_an_interruption_drops_what_came_before_it_and_nothing_else(count, script):
    simulation = Simulation(count, Once)
    play(simulation, script)
    simulation.settle()
    assert simulation.handled == len(simulation.outputs) + simulation.flushed
    assert [number for number, _ in simulation.outputs] == sorted({number for number, _ in simulation.outputs})
    before = simulation.pushed
    simulation.push(8)  # after every interruption has arrived, nothing may be lost
    simulation.end()
    assert [number for number, _ in simulation.outputs[-8:]] == list(range(before, before + 8))


@settings(max_examples=300, deadline=None)
@given(st.integers(1, 3), st.booleans(), st.lists(st.one_of(steps, interruptions, deaths), max_size=80))
def test_the_stream_comes_to_its_end_in_order_whatever_happens(count, flushing, script):
    """Interruptions in any order, deaths between them, and queues that are flushed from outside."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replicas, "ASK_S", 0.0)
        simulation = Simulation(count, Once, flushing=flushing)
        play(simulation, script)
        simulation.push(3)
        simulation.end()
    numbers = [number for number, _ in simulation.outputs]
    assert numbers == sorted(set(numbers))
    assert len(numbers) + len(simulation.failed) <= simulation.handled


def dispatch(spread: Spread, *numbers: int) -> list[To]:
    sent = []
    for number in numbers:
        assert spread.wants("up")
        (to,) = spread.handle("up", Packet(number, number * 10, stream="up", seq=number))
        sent.append(to)
    return sent


def answer(spread: Spread, to: To, *outputs: object, **fields: object) -> list:
    packet = to.packet.data.packet
    given = Answer(to.packet.seq, 0, outputs=[packet.replace(output) for output in outputs], **fields)
    return list(spread.handle(to.reader, to.packet.replace(given)))


def test_packets_go_to_the_replica_with_the_least_to_do_and_wait_where_none_has_room():
    spread = Spread("x", "up", ["x.1", "x.2"], depth=2)
    sent = dispatch(spread, 0, 1, 2, 3)
    assert [to.reader for to in sent] == ["x.1", "x.2", "x.1", "x.2"]
    assert not spread.wants("up") and spread.wants("x.1") and spread.held() == 4
    assert [out.data for out in answer(spread, sent[1], "b")] == []
    assert [to.reader for to in dispatch(spread, 4)] == ["x.2"]
    assert [out.data for out in answer(spread, sent[0], "a")] == ["a", "b"]


def test_a_slow_replica_bounds_what_the_others_may_do_ahead_of_it():
    spread = Spread("x", "up", ["x.1", "x.2"], depth=2)
    (slow,) = dispatch(spread, 0)
    number = 1
    while spread.wants("up"):
        (to,) = dispatch(spread, number)
        number += 1
        if to.reader == "x.2":
            assert answer(spread, to, "done") == []
    assert number == 8 == spread.held()
    assert [out.data for out in answer(spread, slow, "slow")][:2] == ["slow", "done"] and spread.wants("up")


def test_the_original_packet_reaches_the_component_as_it_was():
    seen = []

    def look(packet: Packet[int]) -> None:
        seen.append(packet)

    original = Packet(500, 50, stream="up", seq=5, attrs={"k": 1}, entered_ns=9)
    spread, replica = Spread("x", "up", ["x.1"], 2), Replica(operator("x", look, ["up"]), "up")
    (to,) = spread.handle("up", original)
    list(replica.handle("x", to.packet))
    (packet,) = seen
    assert packet == original and packet.entered_ns == 9


def test_time_is_told_up_to_the_oldest_packet_without_an_answer():
    spread = Spread("x", "up", ["x.1", "x.2"], depth=2)
    assert spread.watermark() == -math.inf
    list(spread.advance("up", 5))
    assert spread.watermark() == 5
    sent = dispatch(spread, 1, 2)
    list(spread.advance("up", 40))
    assert spread.watermark() == 5
    answer(spread, sent[1])
    assert spread.watermark() == 5
    answer(spread, sent[0])
    assert spread.watermark() == 40


def test_a_component_that_shifts_times_tells_them_by_its_answers():
    class Early(Stage[int, int]):
        stateless = True

        def process(self, packet):
            return [Packet(packet.data, packet.time_ns - 8)]

        def watermark(self, time_ns):
            return time_ns - 8

    spread = Spread("x", "up", ["x.1"], depth=2, shifts=True)
    replica = Replica(operator("x", Early(), ["up"]), "up")
    list(spread.advance("up", 5))
    for number in (3, 1, 6):
        (to,) = dispatch(spread, number)
        (given,) = replica.handle("x", to.packet)
        list(spread.handle("x.1", given))
    assert spread.watermark() == 60 - 8


def test_a_replica_that_ends_leaves_its_packets_to_the_dead_letters_and_its_work_to_the_others():
    spread = Spread("x", "up", ["x.1", "x.2"], depth=2)
    sent = dispatch(spread, 0, 1)
    answer(spread, sent[1], "one")
    failed, out = spread.advance("x.1", math.inf)
    assert failed.packet.data == 0 and "'x.1' gave no answer" in str(failed.error) and out.data == "one"
    assert {to.reader for to in dispatch(spread, 2, 3)} == {"x.2"} and not spread.over(False)
    assert len(list(spread.advance("x.2", math.inf))) == 2
    assert spread.over(False)  # nobody is left


def test_a_replica_that_owes_an_answer_is_asked_less_and_less_often(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(replicas.time, "monotonic", lambda: now[0])
    spread = Spread("x", "up", ["x.1"], depth=2)
    (lost,) = dispatch(spread, 0)
    asked = []
    while now[0] < 60:
        now[0] += 0.25
        asked += spread.poll()
    assert 5 <= len(asked) <= 8 and asked[0].packet.data.packet is None
    replica = Replica(operator("x", Once(), ["up"]), "up")
    (given,) = replica.handle("x", asked[0].packet)
    (failed,) = spread.handle("x.1", given)
    assert failed.packet.data == 0 and spread.held() == 0 and spread.wants("up")
    assert lost.packet.seq < asked[0].packet.seq < asked[1].packet.seq


def test_after_its_own_death_the_coordinator_numbers_on_and_ignores_old_answers():
    spread = Spread("x", "up", ["x.1"], depth=2)
    spread.begin(17)
    old = To("x.1", Packet(Task(0, 0, Packet(0, 0, stream="up")), 0, stream="x", seq=16))
    assert answer(spread, old, "old") == []
    (to,) = dispatch(spread, 1)
    assert to.packet.seq == 17
    assert [out.data for out in answer(spread, to, "new")] == ["new"]


def test_a_coordinator_that_missed_interruptions_hears_of_them():
    spread, replica = Spread("x", "up", ["x.1"], 2), Replica(operator("x", Once(), ["up"]), "up")
    replica.begin(0)
    for _ in range(3):
        replica.interrupt()
    spread.begin(5)
    (to,) = dispatch(spread, 1)
    (given,) = replica.handle("x", to.packet)
    (flushed,) = spread.handle("x.1", given)
    assert given.data.flushed and isinstance(flushed, Flushed)
    (to,) = dispatch(spread, 2)
    (given,) = replica.handle("x", to.packet)
    assert [out.data for out in spread.handle("x.1", given)] == [(2, 0)]


def test_what_cannot_be_sent_or_unpacked_holds_nothing_up():
    spread = Spread("x", "up", ["x.1", "x.2"], depth=2)
    sent = dispatch(spread, 0, 1, 2)
    assert list(spread.unsent(sent[0].packet)) == []  # not the last one sent to it: it went
    assert list(spread.unsent(sent[2].packet)) == [] and spread.held() == 3
    assert [out.data for out in answer(spread, sent[1], "one")] == []
    assert [out.data for out in spread.undelivered("x.1")] == ["one"]
    assert spread.held() == 0 and list(spread.undelivered("x.1")) == []
    assert list(spread.undelivered("up")) == []


def test_a_replica_whose_outputs_cannot_be_sent_answers_without_them():
    replica = Replica(operator("x", Once(), ["up"]), "up")
    task = Packet(Task(0, 0, Packet(0, 0, stream="up")), 0, stream="x", seq=4)
    (given,) = replica.handle("x", task)
    (again,) = replica.unsent(given)
    assert (again.data.number, again.data.outputs, given.data.outputs[0].data) == (4, [], (0, 0))


def test_a_stateless_stage_that_gives_packets_at_the_end_is_told_so():
    class Holds(Once):
        def flush(self):
            yield Packet((7, 0), 0)

    (failed,) = Replica(operator("x", Holds(), ["up"]), "up").flush()
    assert isinstance(failed, Failed) and "'x' is stateless and gave packets when its stream ended" in str(failed.error)


def test_every_hook_of_an_operator_is_answered_by_both():
    """What the worker may call on an operator must not fall through to a component that they do not have."""
    for made in (Spread("x", "up", ["x.1"], 2), Replica(operator("x", Once(), ["up"]), "up")):
        made.warm_up()
        list(made.advance("x", 5))
        list(made.poll())
        made.interrupt()
        assert made.clear() == made.held() == 0 and made.drops() == {}
        made.close()
        assert isinstance(made, Operator)
