from __future__ import annotations

import numpy as np
import pytest

from wugan import approximate
from wugan.apps.teleop.coach import NAMES, Advice, Coach, Felt, ToolEncoder, tremor_m
from wugan.apps.teleop.tasks import task
from wugan.errors import DataError
from wugan.modalities.haptics import HapticEncoder
from wugan.packet import Packet
from wugan.signals import HapticSample
from wugan.sync import Window

PEG = task("peg", 1)


def sample(place: np.ndarray, tremor: float = 0.0, count: int = 200, axes: int = 3) -> HapticSample:
    time_ns = np.arange(count, dtype=np.int64) * 1_000_000
    swing = 2 * np.pi * 10 * time_ns / 1e9
    position = np.tile(place, (count, 1))[:, :axes]
    velocity = np.zeros((count, axes))
    position[:, 0] += tremor * np.sin(swing)
    velocity[:, 0] = tremor * 2 * np.pi * 10 * np.cos(swing)
    return HapticSample(time_ns, position, velocity, np.zeros((count, axes)), 1000.0)


def packet(data: object, at_ns: int = 0) -> Packet:
    return Packet(data, at_ns, stream="touch")


@pytest.fixture(scope="module")
def tool() -> ToolEncoder:
    encoder = ToolEncoder("peg", 1)
    encoder.warm_up()
    return encoder


def advice(coach: Coach, tool: ToolEncoder, at: HapticSample, at_ns: int = 0) -> Advice:
    tokens = tool.encode([packet(at)])[0]
    touch = HapticEncoder(window="190ms").encode([packet(at)])[0]
    found = coach.combine(Window(at_ns, {"tool": packet(tokens), "feel": packet(touch)}))
    assert found is not None
    return found


def test_the_tool_token_says_where_it_is(tool: ToolEncoder) -> None:
    start = dict(zip(NAMES, tool.encode([packet(sample(PEG.path[5] + [0, 0, 0.002]))])[0].values[0], strict=True))
    end = dict(zip(NAMES, tool.encode([packet(sample(PEG.path[-1]))])[0].values[0], strict=True))
    assert 0.0005 < start["away"] < 0.0025 and start["toward z"] < 0 and start["working"] == 0
    assert end["progress"] == 1 and end["working"] == 1 and end["away"] < 2e-4
    assert tool.encode([packet(sample(PEG.path[0], count=0))]) == [None]
    with pytest.raises(DataError, match="three axes"):
        tool.encode([packet(sample(PEG.path[0], axes=2))])


def test_tremor_is_measured_from_touch_and_damped(tool: ToolEncoder) -> None:
    touch = HapticEncoder(window="190ms").encode([packet(sample(PEG.path[-1], tremor=0.0004))])[0]
    assert touch is not None and 0.0003 < tremor_m(touch.values) < 0.0005
    coach = Coach(approximate("50ms"), 0.0015)
    assert advice(coach, tool, sample(PEG.path[-1])).damping < 0.2
    assert 3 < advice(coach, tool, sample(PEG.path[-1], tremor=0.0004)).damping < 5


def test_guidance_fades_during_work_only(tool: ToolEncoder) -> None:
    coach = Coach(approximate("50ms"), 0.0015)
    levels = [advice(coach, tool, sample(PEG.path[3]), tick * 200_000_000).level for tick in range(10)]
    assert levels == [1.0] * 10
    levels = [advice(coach, tool, sample(PEG.path[-1]), (10 + tick) * 200_000_000).level for tick in range(40)]
    assert levels == sorted(levels, reverse=True) and levels[-1] == 0.0


def test_without_the_tool_there_is_no_decision_and_without_touch_no_damping(tool: ToolEncoder) -> None:
    coach = Coach(approximate("50ms"), 0.0015)
    assert coach.combine(Window(0, {})) is None
    tokens = tool.encode([packet(sample(PEG.path[-1], tremor=0.001))])[0]
    found = coach.combine(Window(0, {"tool": packet(tokens)}))
    assert found is not None and found.damping == 0.0 and found.level > 0.9


def test_a_decision_becomes_a_program() -> None:
    stage = Felt("peg", 1, "surface", "path")
    stage.warm_up()
    full = Advice(level=0.5, damping=2.0, away_mm=1, alone_mm=1, tremor_mm=0, progress=0)
    program = next(iter(stage.process(packet(full)))).data
    assert [type(effect).__name__ for effect in program.effects] == ["Surface", "Guide", "Damper"]
    assert program.effects[1].stiffness == 200.0 and program.geometry_names == ("surface", "path")
    none = full.model_copy(update={"level": 0.0, "damping": 0.0})
    assert [type(effect).__name__ for effect in next(iter(stage.process(packet(none)))).data.effects] == ["Surface"]
