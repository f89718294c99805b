"""Answer a call: words and mood of a caller are fused, and the desk replies or hands over.

python examples/answer_call.py [RECORDING]
"""

import sys
from pathlib import Path

import soundfile

from wugan.apps.customer_service.call import CallLog, Turn
from wugan.apps.customer_service.pipeline import call_pipeline
from wugan.modalities import speech


def recording() -> str:
    """The file named on the command line, or an invented caller that we synthesise."""
    if len(sys.argv) > 1:
        return sys.argv[1]
    audio = speech.Synthesizer().synthesize("Somebody stole my phone this morning, please help me!", style="urgent")
    soundfile.write("caller.wav", audio.samples, audio.rate)
    return "caller.wav"


def tell(turn: Turn) -> None:
    print("caller:", turn.words.text if turn.words else "(no words)")
    for name, estimate in turn.result.estimates().items() if turn.result else ():
        print(
            f"  {name}: {estimate.label} ({estimate.probs[estimate.label]:.0%}{', unsure' if estimate.abstain else ''})"
        )
    if turn.action:
        print(f"desk ({turn.action.action.tool}):", turn.action.action.arguments["text"])


log = CallLog(on_turn=tell)
pipeline = call_pipeline(speech.AudioFile(recording()), log)
with pipeline.run() as running:  # or pipeline.run("ray")
    running.wait()
log.write(Path("call-result"))  # call.json, and a WAV file for each side of each turn
