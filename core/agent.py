"""`Agent`: a policy that turns results into actions through typed tools, interruptible."""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from wugan.errors import DataError, PluginError
from wugan.packet import Packet
from wugan.stage import Stage


@dataclass(slots=True)
class Action:
    """What a policy wants done: a tool and its arguments."""

    tool: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class ActionResult:
    """What came of an action.

    Attributes:
        action: what was asked.
        output: what the tool returned; `None` if it was interrupted before it began.
        seconds: how long it took.
        interrupted: whether an interruption came before or while it ran.
    """

    action: Action
    output: Any
    seconds: float
    interrupted: bool = False


class Policy(Protocol):
    """Chooses actions. May keep state (a dialogue); lives where the agent runs."""

    def decide(self, packet: Packet[Any]) -> Iterable[Action]:
        """Actions for one result, in order; none is a valid choice."""


class Interrupt:
    """Tells a tool that its work is no longer wanted. A tool asks for it by a parameter annotated `Interrupt`."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def __bool__(self) -> bool:
        return self._event.is_set()

    def set(self) -> None:
        """Interrupt."""
        self._event.set()

    def wait(self, seconds: float) -> bool:
        """Sleep that an interruption ends; returns whether it did."""
        return self._event.wait(seconds)


class Tool:
    """A Python function with annotations, callable by name with checked arguments.

    Args:
        function: its parameters must be annotated; its docstring tells a policy what it does.

    Raises:
        PluginError: it has no name, or a parameter is not annotated or not named.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.name: str = getattr(function, "__name__", "")
        if not self.name.isidentifier():
            raise PluginError(f"{function!r} is no tool: give a named function with annotations")
        try:
            hints = get_type_hints(function)
        except NameError as error:
            raise PluginError(f"tool {self.name!r}: its annotations cannot be read: {error}") from error
        fields: dict[str, Any] = {}
        self.interruptible: str | None = None
        for name, parameter in inspect.signature(function).parameters.items():
            if name not in hints:
                raise PluginError(f"tool {self.name!r}: annotate its parameter {name!r}")
            if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
                raise PluginError(f"tool {self.name!r} takes *{name}: name each parameter, so that a policy can")
            if hints[name] is Interrupt:
                self.interruptible = name
                continue
            fields[name] = (hints[name], ... if parameter.default is parameter.empty else parameter.default)
        config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
        self.arguments: type[BaseModel] = create_model(self.name, __config__=config, **fields)

    @property
    def schema(self) -> dict[str, Any]:
        """Name, description and JSON Schema of the arguments, as function-calling models expect them."""
        return {
            "name": self.name,
            "description": inspect.getdoc(self.function) or "",
            "parameters": self.arguments.model_json_schema(),
        }

    def call(self, arguments: dict[str, Any], interrupt: Interrupt) -> Any:
        """Check the arguments and run the function. Raises `DataError` naming tool and argument."""
        try:
            checked = self.arguments(**arguments)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise DataError(f"tool {self.name!r}, argument {place!r}: {first['msg']}") from error
        values = {name: getattr(checked, name) for name in type(checked).model_fields}
        if self.interruptible:
            values[self.interruptible] = interrupt
        return self.function(**values)


class Agent(Stage[Any, ActionResult]):
    """The last stage of an agent's pipeline: asks the policy, runs the tools, gives an `ActionResult` each.

    An interruption (barge-in) sets the `Interrupt` of the tool that runs and drops the actions not begun; they are
    given with `interrupted=True`, so nothing is lost in silence.

    Args:
        policy: chooses actions.
        tools: Python functions with annotations.
    """

    def __init__(self, policy: Policy, tools: Sequence[Callable[..., Any]]) -> None:
        self.policy = policy
        self.tools = tools
        self._interrupt = Interrupt()
        self._by_name = {tool.name: tool for tool in map(Tool, tools)}
        if len(self._by_name) < len(tools):
            raise PluginError("two tools of the agent have the same name")

    def __getstate__(self) -> dict[str, Any]:
        return {"policy": self.policy, "tools": self.tools}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["policy"], state["tools"])  # type: ignore[misc]

    def warm_up(self) -> None:
        """Let the policy load what it needs."""
        if hasattr(self.policy, "warm_up"):
            self.policy.warm_up()

    @property
    def schemas(self) -> list[dict[str, Any]]:
        """The tools as function-calling models expect them."""
        return [tool.schema for tool in self._by_name.values()]

    def process(self, packet: Packet[Any]) -> Iterable[Packet[ActionResult]]:
        """Decide and act. Raises `DataError` where the policy names an unknown tool or wrong arguments."""
        self._interrupt = interrupt = Interrupt()
        for action in self.policy.decide(packet):
            if action.tool not in self._by_name:
                raise DataError(f"the policy asked for tool {action.tool!r}; there are: {', '.join(self._by_name)}")
            if interrupt:
                yield packet.replace(ActionResult(action, None, 0.0, interrupted=True))
                continue
            started = time.perf_counter()
            output = self._by_name[action.tool].call(action.arguments, interrupt)
            seconds = time.perf_counter() - started
            yield packet.replace(ActionResult(action, output, seconds, interrupted=bool(interrupt)))

    def interrupt(self) -> None:
        """Tell the tool that runs to stop, and skip the actions that have not begun."""
        self._interrupt.set()
