"""The front desk's policy: from what a caller said, and how, to a reply or a hand-over to a person."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from os import PathLike
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from wugan.agent import Action
from wugan.apps.customer_service.model import CallResult
from wugan.errors import DataError
from wugan.packet import Packet
from wugan.signals import Reply

#: How the voice answers a mood; the rest is answered neutrally. Calm and slow meets anger, warmth meets sadness.
STYLE_OF_MOOD = {"anger": "calm", "fear": "calm", "happiness": "warm", "sadness": "warm"}


class Entry(BaseModel):
    """What the desk says to one intent, and whether a person must take over afterwards."""

    model_config = ConfigDict(extra="forbid")

    reply: str
    hand_over: bool = False


@cache
def knowledge(path: str | PathLike[str] | None = None) -> dict[str, Entry]:
    """Read a knowledge base, by default the packaged one.

    Raises:
        DataError: the file cannot be read, or an entry is wrong; names it.
    """
    place = Path(path) if path is not None else Path(str(files(__package__) / "knowledge.yaml"))
    try:
        return TypeAdapter(dict[str, Entry]).validate_python(yaml.safe_load(place.read_text(encoding="utf-8")))
    except OSError as error:
        raise DataError(f"{place}: cannot be read: {error}") from error
    except (yaml.YAMLError, ValidationError) as error:
        raise DataError(f"{place}: is no knowledge base (intent: {{reply: …, hand_over: …}}): {error}") from error


class FrontDesk:
    """Decides turn by turn and remembers the call.

    A hand-over comes for intents that need a person, for a high urgency, for a second angry turn, and when the caller
    was not understood twice in a row. A first time, the desk asks again. A turn without words is let pass.

    Args:
        knowledge_base: a YAML file; `None` is the packaged one.
    """

    def __init__(self, knowledge_base: str | None = None) -> None:
        self.knowledge_base = knowledge_base
        self._angry_turns = 0
        self._not_understood = 0

    def warm_up(self) -> None:
        """Read the knowledge base."""
        knowledge(self.knowledge_base)

    def decide(self, packet: Packet[CallResult]) -> Iterable[Action]:
        """A `reply`, and a `hand_over` where a person is needed."""
        heard = packet.data
        mood = "neutral" if heard.emotion is None or heard.emotion.abstain else heard.emotion.label
        style = STYLE_OF_MOOD.get(mood, "neutral")
        self._angry_turns += mood == "anger"
        if heard.intent is None:
            return  # a voice without words (a cough, a laugh) asks nothing
        if heard.intent.abstain:
            self._not_understood += 1
            if self._not_understood > 1:
                yield _hand_over("not understood twice", "I will connect you to a colleague who can help you.", style)
                return
            yield _reply("I am not sure that I understood. Could you say in other words what it is about?", style)
            return
        self._not_understood = 0
        entry = knowledge(self.knowledge_base)[heard.intent.label]
        reason = self._reason(entry, heard)
        if reason is None:
            yield _reply(entry.reply, style)
            return
        calm = "apologetic" if style == "neutral" else style
        yield _hand_over(reason, f"{entry.reply} I am connecting you to a colleague now.", calm)

    def _reason(self, entry: Entry, heard: CallResult) -> str | None:
        """Why a person must take over, if so."""
        if entry.hand_over:
            return "this matter needs a person"
        if heard.urgency is not None and heard.urgency.label == "high" and not heard.urgency.abstain:
            return "high urgency"
        if self._angry_turns > 1:
            return "the caller was angry twice"
        return None


def _reply(text: str, style: str) -> Action:
    return Action("reply", {"text": text, "style": style})


def _hand_over(reason: str, text: str, style: str) -> Action:
    return Action("hand_over", {"reason": reason, "text": text, "style": style})


def reply(text: str, style: str = "neutral") -> Reply:
    """Answer the caller.

    Args:
        text: what to say.
        style: how to say it, one of the synthesiser's styles.
    """
    return Reply(text, style)


def hand_over(reason: str, text: str, style: str = "neutral") -> Reply:
    """Give the call to a person.

    Args:
        reason: why, for that person.
        text: what the caller is told.
        style: how it is said.
    """
    return Reply(text, style)
