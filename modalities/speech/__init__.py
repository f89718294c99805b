"""Speech: sound to utterances, encoder states, words and mood; and words to sound."""

from wugan.modalities.speech.emotion import EmotionEncoder
from wugan.modalities.speech.file import AudioFile
from wugan.modalities.speech.segmenter import Segmenter
from wugan.modalities.speech.synthesis import STYLES, Speak, Synthesizer
from wugan.modalities.speech.transcriber import Transcriber
from wugan.modalities.speech.utterance import Utterance
from wugan.modalities.speech.whisper import WhisperEncoder, load_whisper

__all__ = [
    "STYLES",
    "AudioFile",
    "EmotionEncoder",
    "Segmenter",
    "Speak",
    "Synthesizer",
    "Transcriber",
    "Utterance",
    "WhisperEncoder",
    "load_whisper",
]
