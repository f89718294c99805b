"""From states of the hand through tokens and the DAR backbone to what is rendered."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import wugan
from wugan.apps.teleop.coach import STRETCH, Advice, Felt, ToolEncoder
from wugan.apps.teleop.fused_coach import CONFIG, FusedCoach, HandNetwork
from wugan.apps.teleop.tasks import task
from wugan.devices.haptic.effects import Damper, Guide, Program
from wugan.errors import DataError
from wugan.fused import Fused
from wugan.modalities.haptics import Gather, HapticEncoder
from wugan.packet import Packet
from wugan.signals import HapticSample

PEG = task("peg", 1)


class Hand(wugan.Source[HapticSample]):
    """Goes down into the hole, so far beside the path, with so much tremor."""

    spec = {"kind": "haptic"}  # noqa: RUF012
    name = "hand"

    def __init__(self, away: float, tremor: float) -> None:
        self.away, self.tremor = away, tremor

    def open(self) -> None: ...

    def close(self) -> None: ...

    def packets(self):  # type: ignore[no-untyped-def]
        time_s = np.arange(4000) / 1000
        along = np.linspace(PEG.worked + 2, len(PEG.path) - 2, len(time_s)).astype(int)
        swing = 2 * np.pi * 10 * time_s
        position = PEG.seen[np.minimum(along, len(PEG.seen) - 1)] + [self.away, 0, 0]
        velocity = np.zeros_like(position)
        position[:, 0] += self.tremor * np.sin(swing)
        velocity[:, 0] = self.tremor * 2 * np.pi * 10 * np.cos(swing)
        force = np.zeros_like(position)
        for seq, start in enumerate(range(0, len(time_s), 50)):
            part = slice(start, start + 50)
            time_ns = np.round(time_s[part] * 1e9).astype(np.int64)
            sample = HapticSample(time_ns, position[part], velocity[part], force[part], 1000.0)
            yield Packet(sample, int(time_ns[0]), stream=self.name, seq=seq)


def felt(away: float, tremor: float) -> list[Program]:
    """The programs that follow, by the pipeline that `training_pipeline` composes."""
    p = wugan.Pipeline("hand")
    stretch = p.stage(Gather(STRETCH), p.source(Hand(away, tremor)))
    touch = p.stage(HapticEncoder(window="190ms"), stretch)
    tool = p.stage(ToolEncoder("peg", 1), stretch)
    fused = p.fuse(
        touch, tool, sync=wugan.approximate("50ms"), backbone="wugan.apps.teleop.fused_coach:backbone", name="fuse"
    )
    programs: list[Program] = []
    advice = p.head(FusedCoach(PEG.limits.path_m, level=0.5), fused)
    p.sink(lambda packet: programs.append(packet.data), p.stage(Felt("peg", 1, "surface", "path"), advice))
    with p.run() as running:
        running.wait()
    return programs


def stiffness(program: Program) -> float:
    """Of the guide, N/m; 0 where there is none."""
    return sum(float(effect.stiffness) for effect in program.effects if isinstance(effect, Guide))


def damping(program: Program) -> float:
    """Against tremor, N·s/m."""
    return sum(float(effect.damping) for effect in program.effects if isinstance(effect, Damper))  # type: ignore[arg-type]


def test_fused_touch_and_tool_change_fixture_and_impedance() -> None:
    steady, astray, shaking = felt(1e-4, 2e-5), felt(4e-3, 2e-5), felt(1e-4, 6e-4)
    assert len(steady) > 10
    assert stiffness(astray[-1]) > stiffness(astray[0]) > stiffness(steady[-1])
    assert damping(shaking[-1]) > 2 * damping(steady[-1]) > 0


def test_a_fixed_level_stays_and_without_tool_nothing_is_advised() -> None:
    network, coach = HandNetwork.load(), FusedCoach(1e-3, 0.0, fixed=True)
    coach.warm_up()
    sample = next(iter(Hand(4e-3, 0.0).packets())).data
    long = HapticSample(
        np.arange(200) * 1_000_000, *(np.repeat(a[:1], 200, 0) for a in (sample.position, sample.velocity)),
        np.zeros((200, 3)), 1000.0,
    )  # fmt: skip
    encoder = ToolEncoder("peg", 1)
    encoder.warm_up()
    tool = encoder.encode([Packet(long, 0, stream="tool")])[0]
    assert tool is not None
    advice = coach.predict(network.backbone.fuse({"tool": Packet(tool, 0, stream="tool")}))  # touch may be missing
    assert isinstance(advice, Advice) and advice.level == 0.0 and advice.damping == 0.0 and advice.away_mm > 3
    with pytest.raises(DataError, match="no tool tokens"):
        coach.predict(Fused(0, np.zeros(CONFIG.dim, np.float32), {}, {}, {}))


def test_weights_come_back_as_they_were_written(tmp_path: Path) -> None:
    network = HandNetwork.load()
    network.save(tmp_path / "copy.safetensors", {"seed": 0})
    again = HandNetwork.load(tmp_path / "copy.safetensors")
    assert all((value == network.state_dict()[name]).all() for name, value in again.state_dict().items())
    (tmp_path / "broken.safetensors").write_bytes(b"x")
    with pytest.raises(DataError, match="not a readable"):
        HandNetwork.load(tmp_path / "broken.safetensors")
