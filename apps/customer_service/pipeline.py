"""The call pipeline: sound in; words and mood in parallel, fused; a decision; a spoken reply out."""

from __future__ import annotations

from collections.abc import Sequence

import wugan
from wugan.agent import ActionResult
from wugan.apps.customer_service.call import CallLog
from wugan.apps.customer_service.model import CallHead
from wugan.apps.customer_service.policy import FrontDesk, hand_over, reply
from wugan.modalities.speech.emotion import EmotionEncoder
from wugan.modalities.speech.segmenter import Segmenter
from wugan.modalities.speech.synthesis import Speak
from wugan.modalities.speech.transcriber import Transcriber
from wugan.modalities.speech.whisper import WhisperEncoder
from wugan.modalities.text.encoder import TextEncoder
from wugan.packet import Packet
from wugan.signals import Audio
from wugan.stage import Encoder, Source

TURN_ENDS = "800ms"  # a pause that ends the caller's turn; shorter ones part "Hello." from what follows
BACKBONE = "wugan.apps.customer_service.model:backbone"


class SpeakActions(Encoder[ActionResult, Audio]):
    """Says what the desk decided."""

    def __init__(self) -> None:
        self._speak = Speak()

    def warm_up(self) -> None:
        """Load the voice."""
        self._speak.warm_up()

    def encode(self, batch: Sequence[Packet[ActionResult]]) -> list[Audio | None]:
        """The sound of each action's reply; nothing for one that was interrupted before it began."""
        return [
            self._speak.encode([packet.replace(packet.data.output)])[0] if packet.data.output else None
            for packet in batch
        ]


def call_pipeline(source: Source[Audio], log: CallLog, knowledge_base: str | None = None) -> wugan.Pipeline:
    """Compose the pipeline of one call.

    Args:
        source: the caller's sound at 16 kHz (`AudioFile`, `Microphone`).
        log: collects what was heard, felt, decided and answered, in this process.
        knowledge_base: see `FrontDesk`.
    """
    p = wugan.Pipeline("customer-service")
    call = p.source(source, name="call")
    speech = p.stage(Segmenter(min_silence=TURN_ENDS), call, name="speech")
    heard = p.stage(WhisperEncoder(), speech, name="heard")  # once, for the words and for the mood
    words = p.stage(Transcriber(), heard, name="words")
    text = p.stage(TextEncoder(), words, name="text")
    voice = p.stage(EmotionEncoder(), heard, name="voice")
    fused = p.fuse(text, voice, sync=wugan.approximate("20ms"), backbone=BACKBONE, name="fused")
    result = p.head(CallHead(), fused, name="result")
    desk = p.agent(FrontDesk(knowledge_base), [reply, hand_over], result, name="desk")
    said = p.stage(SpeakActions(), desk, name="said")
    for node in (speech, words, result, desk, said):
        p.sink(log.taker(node.name), node, name=f"log-{node.name}")
    return p
