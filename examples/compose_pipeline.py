"""Compose a pipeline: a recording in, words with their times out.

python examples/compose_pipeline.py [RECORDING]
"""

import sys

import soundfile

import wugan
from wugan.modalities import speech
from wugan.packet import Packet
from wugan.signals import Transcript


def recording() -> str:
    """The file named on the command line, or a sentence that we synthesise."""
    if len(sys.argv) > 1:
        return sys.argv[1]
    audio = speech.Synthesizer().synthesize("Hello. I would like to know when my new card will arrive.")
    soundfile.write("hello.wav", audio.samples, audio.rate)
    return "hello.wav"


def show(packet: Packet[Transcript]) -> None:
    print(f"{packet.time_ns / 1e9:5.2f} s  {packet.data.text}")


p = wugan.Pipeline("words")
call = p.source(speech.AudioFile(recording()))
utterances = p.stage(speech.Segmenter(), call)
heard = p.stage(speech.WhisperEncoder(), utterances)
words = p.stage(speech.Transcriber(), heard)
p.sink(show, words)

with p.run() as running:  # or p.run("ray")
    running.wait()
