"""`Reader`: reads sentences without a pipeline, for a session that is typed or for a page."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from wugan.apps.voice_to_3d.readings.rewrite import Rewritten, rewrite
from wugan.packet import Packet
from wugan.signals import Transcript

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.readings.model import ReadingModel
    from wugan.apps.voice_to_3d.readings.reading import Reading
    from wugan.apps.voice_to_3d.readings.scan import Scan
    from wugan.modalities.speech.utterance import Utterance
    from wugan.modalities.text.encoder import TextEncoder
    from wugan.tokens import Tokens


@dataclass(eq=False)
class Reader:
    """Chooses a reading for each sentence. Light to make; the models load with the first sentence.

    Args:
        scan: what lies in front of the speaker, if anything was scanned; may be set anew at any time.
    """

    scan: Scan | None = None
    _model: ReadingModel | None = field(init=False, repr=False, default=None)
    _text: TextEncoder | None = field(init=False, repr=False, default=None)

    def read(self, said: str, heard: Utterance | None = None, seconds: float = 2.0) -> Reading:
        """What a sentence is taken to mean.

        Args:
            said: the words.
            heard: how they were said, with a recogniser's states (`WhisperEncoder`); `None` for typed words.
            seconds: how long it took.
        """
        from wugan.apps.voice_to_3d.readings.encoder import ScanEncoder
        from wugan.apps.voice_to_3d.readings.model import SCAN, TRANSCRIPT, ReadingModel
        from wugan.apps.voice_to_3d.readings.reading import Reading, ScanSize
        from wugan.modalities.speech.emotion import EmotionEncoder
        from wugan.modalities.text.encoder import TextEncoder

        if self._model is None or self._text is None:
            self._model, self._text = ReadingModel.load(), TextEncoder()
        transcript = Transcript(said, seconds)
        packet = Packet(transcript, 0, stream="said")
        tokens = self._text.encode([packet])[0]
        if tokens is None:
            return Reading(said=said)
        window: dict[str, Packet[Tokens]] = {"text": packet.replace(tokens, **{TRANSCRIPT: asdict(transcript)})}
        if heard is not None and (voice := EmotionEncoder().encode([packet.replace(heard)])[0]) is not None:
            window["voice"] = packet.replace(voice)
        if self.scan is not None and (thing := ScanEncoder().encode([packet.replace(self.scan)])[0]) is not None:
            window["scan"] = packet.replace(thing, **{SCAN: ScanSize.of(self.scan).model_dump()})
        return self._model.predict(window)

    def plain(self, said: str, heard: Utterance | None = None) -> Rewritten:
        """The sentence in plain English for the interpreter, and what was decided."""
        return rewrite(said, self.read(said, heard))
