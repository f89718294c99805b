from __future__ import annotations

from pathlib import Path

import pytest

from wugan.agent import Action, Agent
from wugan.apps.customer_service.model import CallResult, Estimate
from wugan.apps.customer_service.policy import FrontDesk, hand_over, knowledge, reply
from wugan.errors import DataError
from wugan.packet import Packet
from wugan.signals import Reply


def estimate(label: str, abstain: bool = False) -> Estimate:
    return Estimate(label=label, probs={label: 0.9, "other": 0.1}, abstain=abstain)


def heard(
    intent: str | None = "change_pin",
    emotion: str = "neutral",
    urgency: str = "low",
    unsure: bool = False,
) -> Packet[CallResult]:
    return Packet(
        CallResult(
            intent=None if intent is None else estimate(intent, unsure),
            emotion=estimate(emotion),
            urgency=estimate(urgency),
        ),
        0,
        stream="result",
    )


def decide(desk: FrontDesk, packet: Packet[CallResult]) -> list[Action]:
    return list(desk.decide(packet))


def test_a_clear_question_gets_its_answer() -> None:
    (action,) = decide(FrontDesk(), heard("change_pin"))
    assert action.tool == "reply"
    assert action.arguments == {"text": knowledge()["change_pin"].reply, "style": "neutral"}


@pytest.mark.parametrize(("emotion", "style"), [("anger", "calm"), ("sadness", "warm"), ("happiness", "warm")])
def test_the_voice_answers_the_mood(emotion: str, style: str) -> None:
    (action,) = decide(FrontDesk(), heard(emotion=emotion))
    assert action.arguments["style"] == style


def test_a_mood_that_is_uncertain_does_not_colour_the_voice() -> None:
    packet = heard()
    packet.data.emotion = estimate("anger", abstain=True)
    (action,) = decide(FrontDesk(), packet)
    assert action.arguments["style"] == "neutral"


def test_some_intents_need_a_person() -> None:
    (action,) = decide(FrontDesk(), heard("lost_or_stolen_phone"))
    assert action.tool == "hand_over"
    assert action.arguments["reason"] == "this matter needs a person"


def test_high_urgency_needs_a_person() -> None:
    (action,) = decide(FrontDesk(), heard("change_pin", urgency="high"))
    assert (action.tool, action.arguments["reason"]) == ("hand_over", "high urgency")


def test_anger_is_handed_over_the_second_time() -> None:
    desk = FrontDesk()
    tools = [decide(desk, heard(emotion="anger"))[0].tool for _ in range(2)]
    assert tools == ["reply", "hand_over"]


def test_not_understood_asks_once_then_hands_over_and_forgets_when_understood() -> None:
    desk = FrontDesk()
    (first,) = decide(desk, heard(unsure=True))
    assert first.tool == "reply" and "other words" in first.arguments["text"]
    assert decide(desk, heard())[0].tool == "reply"
    assert decide(desk, heard(unsure=True))[0].tool == "reply"
    (last,) = decide(desk, heard(unsure=True))
    assert (last.tool, last.arguments["reason"]) == ("hand_over", "not understood twice")


def test_a_voice_without_words_asks_nothing() -> None:
    assert decide(FrontDesk(), heard(intent=None)) == []


def test_every_intent_of_the_model_has_an_answer_that_can_be_spoken() -> None:
    from wugan.apps.customer_service.model import CallModel

    entries = knowledge()
    assert set(entries) == set(CallModel.load("default").labels["intent"])
    for entry in entries.values():
        assert entry.reply and not set(entry.reply) & set("<>{}[]|/€$£%")


def test_the_policy_drives_the_tools() -> None:
    agent = Agent(FrontDesk(), [reply, hand_over])
    agent.warm_up()
    (packet,) = agent.process(heard("card_swallowed"))
    assert packet.data.action.tool == "hand_over"
    assert isinstance(packet.data.output, Reply)
    assert [schema["name"] for schema in agent.schemas] == ["reply", "hand_over"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("change_pin: 3", "is no knowledge base"),
        ("[", "is no knowledge base"),
        ("a: {answer: b}", "is no knowledge base"),
    ],
)
def test_a_wrong_knowledge_base_is_named(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "k.yaml"
    path.write_text(content)
    with pytest.raises(DataError, match=message) as caught:
        FrontDesk(str(path)).warm_up()
    assert str(path) in str(caught.value)


def test_a_missing_knowledge_base_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        FrontDesk(str(tmp_path / "none.yaml")).warm_up()
