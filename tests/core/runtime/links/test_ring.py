from __future__ import annotations

import gc
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from ring_parts import Net, Node, frame

from wugan import LinkConfig, Packet
from wugan.runtime.letters import DeadLetters
from wugan.runtime.links.ring import ATTEMPTS, CELL, READ, TAIL, Ring, cells
from wugan.runtime.links.shared import run_prefix, sweep
from wugan.runtime.ray.recovery import MAX_ATTEMPTS, recover

SMALL, LARGE = 100, 20_000  # bytes: in a cell, in a slot
TRACED = ("ring.py", "ring_inbox.py", "slots.py", "journal.py")


@pytest.fixture(autouse=True)
def no_files_left() -> Iterator[None]:
    yield
    gc.collect()
    sweep(run_prefix("test-"))


class Killed(BaseException):
    """Stands for kill -9: it ends what is under way at some line, and no more of it is done."""


def killed_at(line: int, node: Node, act: Callable[[], object]) -> bool:
    """Do something up to a number of lines of the transport; returns whether it came to its end before."""
    left = line

    def trace(code_frame, event, argument):
        nonlocal left
        if Path(code_frame.f_code.co_filename).name not in TRACED or code_frame.f_code.co_name == "_let_go":
            return None
        if event == "line":
            left -= 1
            if left == 0:
                raise Killed
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
        return True
    except Killed:
        for file in (node.file, *(outlet.node for outlet in node.output.outlets.values())):
            if file.lock._threads.locked():  # it was at the very end of a `with`
                file.lock.__exit__(None, None, None)
        return False
    finally:
        sys.settrace(before)


def waiting(ring: Ring) -> list[tuple[int, int, str | None]]:
    """(seq, size, slot) of what waits in a ring, without what is void."""
    found = []
    for position in range(ring.words[READ], ring.words[TAIL]):
        start = (position % ring.count) * ring.cell_bytes
        _, _, size, seq, _, owner, number, _, void, _ = CELL.unpack_from(ring.cells, start)
        if not void:
            found.append((seq, size, f"{owner - 1}-s{number}" if owner else None))
    return found


class RingMachine(RuleBasedStateMachine):
    """A writer and a reader, either of which may die between any two lines, beside lists that say what must be."""

    @initialize(
        policy=st.sampled_from(["block", "drop_oldest", "latest"]),
        capacity=st.integers(1, 4),
        max_bytes=st.sampled_from([2**28, 30_000]),
        budget=st.sampled_from([2**26, 2**18]),
    )
    def begin(self, policy: str, capacity: int, max_bytes: int, budget: int) -> None:
        config = LinkConfig(policy=policy, capacity=capacity, max_bytes=max_bytes)
        self.net = Net((0, 1), config=config, max_bytes=budget)
        self.folder = tempfile.TemporaryDirectory()
        self.letters = DeadLetters(Path(self.folder.name))
        self.blocks = policy == "block"
        self.config = config
        self.writer, self.reader = self.net.open(0), self.net.open(1)
        self.ring = self.net.file(1).rings["0"]
        self.writer_dead = self.reader_dead = False
        self.sent = 0
        self.waits: list[tuple[int, int, str | None]] = []  # what must wait
        self.hand: list[tuple[int, int, str | None]] = []  # taken, and not dealt with
        self.dealt: list[tuple[int, int, str | None]] = []  # dealt with, which the ring does not know yet
        self.kept: list[tuple[Packet, str | None]] = []

    def teardown(self) -> None:
        if hasattr(self, "net"):
            self.net.remove()
            self.folder.cleanup()

    # The writer.

    def _full(self, size: int) -> bool:
        return self.config.full(self.ring.words[TAIL] - self.ring.words[READ], sum(s for _, s, _ in self.waits), size)

    @precondition(lambda self: not self.writer_dead)
    @rule(size=st.sampled_from([SMALL, LARGE]), line=st.one_of(st.none(), st.integers(1, 140)))
    def put(self, size: int, line: int | None) -> None:
        if self.blocks and (self._full(size) or self.ring.full(size)):
            return
        packet = frame(self.sent, size)
        before = len(self.waits)
        done = line is None or killed_at(line, self.writer, lambda: self.writer.output.send(packet))
        if line is None:
            self.writer.output.send(packet)
        now = waiting(self.ring)
        came = bool(now) and now[-1][0] == self.sent
        assert came or not done
        expected = self.waits + now[-1:] if came else self.waits
        lost = len(expected) - len(now)
        assert now == expected[lost:]  # only the oldest are dropped
        if self.blocks:
            assert lost == 0
        elif done and not self.reader_dead:  # no more than there had to be; what a dead one left void takes room
            room = [sum(s for _, s, _ in expected[index:]) for index in range(before + 1)]
            fits = [i for i in range(before) if before - i < self.config.limit and room[i] <= self.config.max_bytes]
            assert lost == (fits[0] if fits else before)
        self.waits = now
        self.sent += came
        self.writer_dead = not done

    @precondition(lambda self: self.writer_dead)
    @rule()
    def writer_returns(self) -> None:
        recover(self.net.file(0), self.net.written(0), self.net.supervisor(), self.letters, "writer", live=False)
        self.writer, self.writer_dead = self.net.open(0), False
        assert self.writer.output.next_seq() == self.sent
        if self.sent:
            self.writer.output.send(frame(self.sent - 1, LARGE))  # what is made again is left out

    # The reader.

    @precondition(lambda self: not self.reader_dead)
    @rule(keep=st.booleans(), line=st.one_of(st.none(), st.integers(1, 140)))
    def get(self, keep: bool, line: int | None) -> None:
        got: list = []
        done = line is None or killed_at(line, self.reader, lambda: got.append(self.reader.inbox.get(0)))
        if line is None:
            got.append(self.reader.inbox.get(0))
        if not done:
            return self._reader_died()
        self.dealt.clear()
        if not self.waits:
            assert got == [None]
            return None
        first = self.waits.pop(0)
        (_, message), seq, slot = got[0], first[0], first[2]
        assert message.seq == seq and message.data.nbytes == first[1] and (message.data == seq % 256).all()
        self.hand.append(first)
        if keep:
            self.kept.append((message, slot))
        return None

    @precondition(lambda self: not self.reader_dead)
    @rule()
    def done(self) -> None:
        self.reader.inbox.done()
        self.dealt += self.hand
        self.hand.clear()

    @precondition(lambda self: not self.reader_dead)
    @rule(which=st.integers(0, 10))
    def let_go(self, which: int) -> None:
        if self.kept:
            packet, _ = self.kept.pop(which % len(self.kept))
            assert (packet.data == packet.seq % 256).all()

    @precondition(lambda self: not self.reader_dead)
    @rule()
    def reader_is_killed(self) -> None:
        self._reader_died()

    def _reader_died(self) -> None:
        self.reader_dead = True
        self.kept.clear()
        now = waiting(self.ring)
        taken = len(self.waits) - len(now)  # it may have died when it had one
        assert taken in (0, 1) and now == self.waits[taken:]
        self.hand += self.waits[:taken]
        self.waits = now

    @precondition(lambda self: self.reader_dead)
    @rule()
    def reader_returns(self) -> None:
        attempts = self.ring.words[ATTEMPTS]
        acknowledged = self.blocks and self.dealt and not self._in_ring(self.dealt[-1][0])
        hand = [*([] if acknowledged else self.dealt), *self.hand]
        found = recover(self.net.file(1), [], self.net.supervisor(), self.letters, "reader", live=False)
        if self.blocks:
            buried = found.buried
            assert buried in (0, len(hand)) and found.again == len(hand) - buried and found.lost == 0
            self.waits = ([] if buried else hand) + self.waits
            assert bool(buried) == (bool(hand) and attempts + 1 > MAX_ATTEMPTS)
        else:
            assert found.again == found.buried == 0
        self.hand.clear()
        self.dealt.clear()
        self.reader, self.reader_dead = self.net.open(1), False

    def _in_ring(self, seq: int) -> bool:
        """Whether a packet that was taken still has its cell."""
        ring = self.ring
        for position in range(ring.words[0], ring.words[READ]):
            start = (position % ring.count) * ring.cell_bytes
            if CELL.unpack_from(ring.cells, start)[3] == seq:
                return True
        return False

    @rule(line=st.one_of(st.none(), st.integers(1, 60)))
    def flush(self, line: int | None) -> None:
        """An interruption from a process that does not die; or by the reader, which may."""
        if line is None or self.reader_dead:
            self.net.file(1).flush(self.net.supervisor())
            self.waits.clear()
            assert waiting(self.ring) == []
        elif not killed_at(line, self.reader, self.reader.inbox.flush):
            now = waiting(self.ring)
            assert now == self.waits[len(self.waits) - len(now) :]
            self.waits = now
            self._reader_died()
        else:
            self.waits.clear()

    @invariant()
    def what_waits_is_what_must(self) -> None:
        if hasattr(self, "net") and not self.reader_dead:
            assert waiting(self.ring) == self.waits

    @invariant()
    def counters_agree(self) -> None:
        if not hasattr(self, "net") or self.writer_dead or self.reader_dead:
            return
        stats = self.ring.stats()
        assert stats["in"] == self.sent == stats["out"] + stats["dropped"] + stats["waiting"]
        assert stats["waiting"] == len(self.waits)
        assert stats["bytes"] == sum(size for _, size, _ in self.waits)

    @invariant()
    def slots_words_are_the_references_that_there_are(self) -> None:
        if not hasattr(self, "net") or self.writer_dead or self.reader_dead:
            return
        with self.reader.file.lock:
            self.reader.slots.settle()
        # A packet that is kept and in hand is one reference: the array's.
        alive = Counter(slot for _, _, slot in [*self.waits, *self.hand, *self.dealt] if slot)
        in_hand = {seq for seq, _, _ in [*self.hand, *self.dealt]}
        for packet, slot in self.kept:
            if slot and packet.seq not in in_hand and not int(slot.partition("-s")[2]) & 1 << 29:
                alive[slot] += 1
        words = self.net.words()
        assert {slot: word for slot, (_, word) in words.items() if word} == dict(alive)
        assert all(own == 0 for own, _ in words.values())


TestRingMachine = RingMachine.TestCase
TestRingMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


@pytest.mark.parametrize(
    "config",
    [LinkConfig(capacity=1), LinkConfig(capacity=64), LinkConfig(capacity=100_000), LinkConfig(policy="latest")],
)
def test_cells_hold_small_arrays_and_a_ring_does_not_take_all_memory(config):
    count, size = cells(config)
    assert size % 64 == 0 and 512 <= size <= 8192
    assert count > config.limit
    assert count * size <= 64 * 2**20
    assert size == 8192 or count > 2000


@pytest.mark.parametrize("policy", ["block", "drop_oldest"])
def test_a_ring_goes_round_many_times(policy):
    net = Net((0, 1), config=LinkConfig(policy=policy, capacity=2))
    writer, reader = net.open(0), net.open(1)
    for seq in range(5 * reader.ring.count):
        writer.output.send(frame(seq, 10 + seq % 3000))
        message = reader.get()
        assert message.seq == seq and message.data.nbytes == 10 + seq % 3000
        reader.inbox.done()
    assert reader.ring.words[ATTEMPTS] == 0


@pytest.mark.parametrize("act", ["put", "get", "flush"])
@pytest.mark.parametrize("policy", ["block", "drop_oldest"])
def test_a_kill_between_any_two_lines_leaves_nothing_wrong(policy, act):
    line, over = 0, False
    while not over:
        line += 1
        machine = RingMachine()
        machine.begin(policy=policy, capacity=2 + (policy == "block"), max_bytes=2**28, budget=2**26)
        machine.put(size=LARGE, line=None)
        machine.get(keep=True, line=None)
        machine.put(size=LARGE, line=None)
        machine.put(size=LARGE, line=None)
        if act == "put":
            machine.put(size=LARGE, line=line)
            over = not machine.writer_dead
            machine.get(keep=True, line=None)  # nobody has noticed yet
            if not over:
                machine.writer_returns()
        else:
            machine.get(keep=True, line=line) if act == "get" else machine.flush(line=line)
            over = not machine.reader_dead
            if policy != "block":
                machine.put(size=LARGE, line=None)
            if not over:
                machine.reader_returns()
        machine.what_waits_is_what_must()
        machine.counters_agree()
        machine.slots_words_are_the_references_that_there_are()
        machine.teardown()
    assert line > 10
