from __future__ import annotations

import enum
import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import core_parts
import numpy as np
import pytest
from core_parts import Frames

from wugan import Approximate, Stage, config
from wugan.errors import DataError, PipelineError, PluginError
from wugan.join import WindowJoin

if TYPE_CHECKING:
    from nowhere import Model


class Mode(enum.Enum):
    FAST = "fast"


class Speaks(Protocol):
    def speak(self) -> str: ...


class Kept(Stage[int, int]):
    def __init__(
        self,
        level: float,
        path: Path = Path("a"),
        mode: Mode = Mode.FAST,
        sizes: tuple[int, ...] = (1, 2),
        model_name: str = "tiny",
        model: Model | None = None,
        voice: Speaks | None = None,
        where: Speaks = None,
        table: np.ndarray | None = None,
    ) -> None:
        self.level, self.path, self.mode, self.sizes, self.model_name = level, path, mode, sizes, model_name
        self.model, self.voice, self.where, self.table = model, voice, where, table


@pytest.fixture(autouse=True)
def importable(monkeypatch):
    """The classes of this file, where YAML can name them."""
    for cls in (Kept, Cup, Forgets, Greedy, Plain):
        monkeypatch.setattr(cls, "__module__", "core_parts")
        monkeypatch.setattr(core_parts, cls.__qualname__, cls, raising=False)


@dataclass
class Cup:
    capacity: int = 1

    def __post_init__(self) -> None:
        if 1 // self.capacity != 1:
            raise DataError("capacity of a cup is 1")


class Forgets:
    def __init__(self, level: int) -> None:
        self.other = level


class Greedy:
    def __init__(self, *args: int, **more: int) -> None: ...


@dataclass
class Plain:
    count: int = 3


def round_trip(component):
    written = config.dump(component, "node 'n'")
    return written, config.build(written["use"], written.get("with", {}), "node 'n'")


def test_only_what_is_not_default_is_written_and_read_back():
    written, back = round_trip(Kept(np.float32(0.5), Path("b/c"), sizes=(3,), voice=Plain(4)))
    assert written == {
        "use": "core_parts:Kept",
        "with": {
            "level": 0.5,
            "path": "b/c",
            "sizes": [3],
            "voice": {"use": "core_parts:Plain", "with": {"count": 4}},
        },
    }
    assert (back.level, back.path, back.sizes, back.mode) == (0.5, Path("b/c"), (3,), Mode.FAST)
    assert back.voice == Plain(4)


def test_dataclasses_functions_and_classes_round_trip():
    assert round_trip(Frames(3, step_ms=20)) == (
        {"use": "core_parts:Frames", "with": {"count": 3, "step_ms": 20}},
        Frames(3, step_ms=20),
    )
    assert round_trip(Plain()) == ({"use": "core_parts:Plain"}, Plain())
    assert round_trip(core_parts.only_even)[1] is core_parts.only_even
    written, back = round_trip(WindowJoin(Approximate("5ms")))
    assert written == {"use": "join", "with": {"sync": {"use": "approximate", "with": {"slop": "5ms"}}}}
    assert back.sync == Approximate("5ms")


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({}, r"node 'n'\.level: Field required .*takes: level, path"),
        ({"level": "loud"}, r"node 'n'\.level: Input should be a valid number"),
        ({"level": 1, "colour": 2}, r"node 'n'\.colour: Extra inputs are not permitted"),
        ({"level": 1, "mode": "slow"}, r"node 'n'\.mode: Input should be 'fast'"),
        ({"level": 1, "sizes": [1, "x"]}, r"node 'n'\.sizes\.1: "),
        ({"level": 1, "voice": {"use": "core_parts:Plain", "with": {"count": "x"}}}, r"node 'n'\.voice\.count: "),
    ],
)
def test_configuration_errors_name_node_and_field(values, complaint):
    with pytest.raises(PipelineError, match=complaint):
        config.build("core_parts:Kept", values, "node 'n'")


def test_a_parameter_that_no_one_can_check_does_not_keep_the_others_from_being_checked():
    with pytest.raises(PipelineError, match=r"node 'n'\.sync\.Approximate: Input should be"):
        config.build("fuse", {"sync": "250ms"}, "node 'n'")  # `backbone` has a type that only a type checker knows
    agent = config.build("agent", {"policy": {"use": "core_parts:Talks"}, "tools": [{"use": "core_parts:say"}]}, "n")
    assert agent.tools == [core_parts.say] and isinstance(agent.policy, core_parts.Talks)
    assert config.dump(agent, "n")["with"] == {
        "policy": {"use": "core_parts:Talks"},
        "tools": [{"use": "core_parts:say"}],
    }


def test_a_component_that_refuses_its_parameters_is_named():
    with pytest.raises(PipelineError, match=r"node 'n': capacity of a cup is 1"):
        config.build("core_parts:Cup", {"capacity": 2}, "node 'n'")
    with pytest.raises(PipelineError, match=r"node 'n': ZeroDivisionError: "):
        config.build("core_parts:Cup", {"capacity": 0}, "node 'n'")


def test_a_function_takes_no_configuration():
    with pytest.raises(PipelineError, match="is a function and takes no configuration"):
        config.build("core_parts:only_even", {"x": 1}, "node 'n'")


@pytest.mark.parametrize(
    ("component", "complaint"),
    [
        (Forgets(1), r"node 'n': Forgets must keep its parameter 'level' as self\.level"),
        (Greedy(), r"Greedy\.__init__ takes \*args"),
        (lambda x: x, "define it at the top level of a module"),
        (functools.partial(print, end=""), "node 'n': .* cannot be written to YAML"),
        (Plain().__repr__, "node 'n': .* cannot be written to YAML"),
    ],
    ids=["not kept", "star args", "lambda", "partial", "method"],
)
def test_what_cannot_be_written_says_why(component, complaint):
    with pytest.raises(PluginError, match=complaint):
        config.dump(component, "node 'n'")
