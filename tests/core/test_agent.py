from __future__ import annotations

import functools
import pickle
import threading
import time
from collections.abc import Iterable
from typing import Literal

import pytest

from wugan import Action, ActionResult, Agent, Interrupt, Packet
from wugan.agent import Tool
from wugan.errors import DataError, PluginError


def book(day: Literal["mon", "tue"], seats: int = 2, *, note: str | None = None) -> str:
    """Book a table.

    Only on two days.
    """
    return f"{day}:{seats}:{note}"


def wait_for(seconds: float, stop: Interrupt) -> str:
    """Wait."""
    return "stopped" if stop.wait(seconds) else "done"


def fail() -> None:
    raise OSError("line busy")


class Script:
    """A policy that reads its actions from the packet."""

    warmed = False

    def warm_up(self) -> None:
        self.warmed = True

    def decide(self, packet: Packet[list[Action]]) -> Iterable[Action]:
        return packet.data


def results(agent: Agent, *actions: Action) -> list[ActionResult]:
    return [packet.data for packet in agent.process(Packet(list(actions), 7, stream="s"))]


def test_actions_run_in_order_and_are_reported():
    agent = Agent(Script(), [book, wait_for])
    agent.warm_up()
    assert agent.policy.warmed
    first, second = results(agent, Action("book", {"day": "mon"}), Action("book", {"day": "tue", "seats": "4"}))
    assert (first.output, second.output) == ("mon:2:None", "tue:4:None")
    assert first.action.tool == "book" and not first.interrupted and first.seconds >= 0
    assert results(agent) == []


@pytest.mark.parametrize(
    ("action", "complaint"),
    [
        (Action("buy"), "asked for tool 'buy'; there are: book, wait_for"),
        (Action("book"), "tool 'book', argument 'day': Field required"),
        (Action("book", {"day": "sun"}), "tool 'book', argument 'day': Input should be 'mon' or 'tue'"),
        (Action("book", {"day": "mon", "seats": "many"}), "tool 'book', argument 'seats': Input should be a valid int"),
        (Action("book", {"day": "mon", "table": 3}), "tool 'book', argument 'table': Extra inputs"),
        (Action("wait_for", {"seconds": 0, "stop": None}), "tool 'wait_for', argument 'stop': Extra inputs"),
    ],
)
def test_wrong_actions_name_tool_and_argument(action, complaint):
    with pytest.raises(DataError, match=complaint):
        results(Agent(Script(), [book, wait_for]), action)


def test_a_tool_that_fails_fails_its_packet_after_what_was_done():
    done = []
    with pytest.raises(OSError, match="line busy"):
        for packet in Agent(Script(), [book, fail]).process(
            Packet([Action("book", {"day": "mon"}), Action("fail"), Action("book", {"day": "tue"})], 0, stream="s")
        ):
            done.append(packet.data.output)
    assert done == ["mon:2:None"]


def test_an_interruption_stops_the_tool_and_skips_the_rest_and_the_next_packet_is_served():
    agent = Agent(Script(), [book, wait_for])
    got: list[ActionResult] = []
    slow = [Action("wait_for", {"seconds": 600}), Action("book", {"day": "mon"})]
    worker = threading.Thread(target=lambda: got.extend(results(agent, *slow)), daemon=True)
    worker.start()
    deadline = time.monotonic() + 10
    while worker.is_alive() and time.monotonic() < deadline:  # once may be too early
        agent.interrupt()
        worker.join(0.02)
    assert got[-1].output is None and got[-1].interrupted and got[-1].action.tool == "book"
    assert got[0].interrupted
    (after,) = results(agent, Action("book", {"day": "tue"}))
    assert after.output == "tue:2:None" and not after.interrupted


def test_a_schema_describes_a_tool_as_models_want_it():
    schema = Agent(Script(), [wait_for, book]).schemas[1]
    assert schema["name"] == "book"
    assert schema["description"] == "Book a table.\n\nOnly on two days."
    parameters = schema["parameters"]
    assert parameters["required"] == ["day"]
    assert parameters["properties"]["day"]["enum"] == ["mon", "tue"]
    assert parameters["properties"]["seats"] == {"default": 2, "title": "Seats", "type": "integer"}
    assert parameters["additionalProperties"] is False
    assert "stop" not in Tool(wait_for).schema["parameters"]["properties"]


def test_what_is_no_tool_is_refused():
    def bare(day, seats: int): ...

    def star(*days: str): ...

    def unreadable(day: NoSuchType): ...  # noqa: F821

    for function, complaint in (
        (bare, "tool 'bare': annotate its parameter 'day'"),
        (star, r"tool 'star' takes \*days: name each parameter"),
        (unreadable, "tool 'unreadable': its annotations cannot be read"),
        (lambda: None, "is no tool: give a named function"),
        (functools.partial(book, "mon"), "is no tool: give a named function"),
    ):
        with pytest.raises(PluginError, match=complaint):
            Agent(Script(), [function])
    with pytest.raises(PluginError, match="two tools of the agent have the same name"):
        Agent(Script(), [book, book])


def test_a_method_may_be_a_tool():
    class Diary:
        def __init__(self):
            self.days: list[str] = []

        def add(self, day: str) -> int:
            self.days.append(day)
            return len(self.days)

    diary = Diary()
    assert [result.output for result in results(Agent(Script(), [diary.add]), Action("add", {"day": "mon"}))] == [1]
    assert diary.days == ["mon"]


def test_an_agent_travels_to_another_process():
    agent = pickle.loads(pickle.dumps(Agent(Sleeps(), [len_of])))
    assert [tool["name"] for tool in agent.schemas] == ["len_of"]


def len_of(text: str) -> int:
    return len(text)


class Sleeps:
    def decide(self, packet):
        return ()
