from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import soundfile

from wugan.agent import Action, ActionResult
from wugan.apps.customer_service.call import CallLog, Turn
from wugan.apps.customer_service.model import CallResult, Estimate
from wugan.modalities.speech.utterance import Utterance
from wugan.packet import Packet
from wugan.signals import Audio, Reply, Transcript

SECOND = 1_000_000_000


def audio(seconds: float) -> Audio:
    return Audio(np.zeros(int(seconds * 16_000), np.float32), 16_000)


def filled() -> tuple[CallLog, list[Turn]]:
    told: list[Turn] = []
    log = CallLog(on_turn=told.append)
    sure = Estimate(label="change_pin", probs={"change_pin": 1.0})
    action = ActionResult(Action("reply", {"text": "Yes.", "style": "neutral"}), Reply("Yes."), 0.0)
    # The second turn overtakes the first, and within a turn the branches come in any order.
    log.taker("speech")(Packet(Utterance(audio(1)), 5 * SECOND, stream="speech", seq=1))
    log.taker("words")(Packet(Transcript("Change my pin.", 1.5), 2 * SECOND, stream="words"))
    log.taker("speech")(Packet(Utterance(audio(1.5)), 2 * SECOND, stream="speech"))
    log.taker("result")(Packet(CallResult(intent=sure, emotion=None, urgency=None), 2 * SECOND, stream="result"))
    log.taker("desk")(Packet(action, 2 * SECOND, stream="desk"))
    log.taker("said")(Packet(audio(0.5), 2 * SECOND, stream="said"))
    return log, told


def test_streams_in_any_order_become_turns() -> None:
    log, told = filled()
    first, second = log.turns
    assert (first.start_s, second.start_s) == (2.0, 5.0)
    assert first.words is not None and first.words.text == "Change my pin."
    assert first.result is not None and first.action is not None and first.said is not None
    assert second.words is None and second.action is None
    assert told == [first]


def test_written_down(tmp_path: Path) -> None:
    log, _ = filled()
    log.write(tmp_path / "call")
    turns = json.loads((tmp_path / "call" / "call.json").read_text())["turns"]
    assert [turn["words"] for turn in turns] == ["Change my pin.", None]
    assert turns[0]["action"] == "reply" and turns[0]["result"]["intent"]["label"] == "change_pin"
    assert soundfile.info(tmp_path / "call" / "turn-01-caller.wav").duration == 1.5
    assert soundfile.info(tmp_path / "call" / "turn-01-desk.wav").duration == 0.5
    assert not (tmp_path / "call" / "turn-02-desk.wav").exists()
