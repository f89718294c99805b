from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from wugan.apps.customer_service.call import BARS, CallLog, CallReport, waveform, write_page
from wugan.modalities.speech.utterance import Utterance
from wugan.packet import Packet
from wugan.signals import Audio, Transcript

STATS = {"speech": {"handled": 3, "emitted": 1, "failed": 0, "p50_ms": 1.0, "p99_ms": 2.0, "busy_s": 0.1, "links": {}}}


def report(log: CallLog) -> CallReport:
    return CallReport("A <b>bold</b> call", "Synthesised.", "call-1", log, 4.0, 2.0, 1.0, "local", STATS)


def test_waveform_follows_the_sound() -> None:
    quiet_then_loud = np.concatenate([np.full(6000, 0.01), np.full(6000, 1.0)]).astype(np.float32)
    tops = [float(top) for top in re.findall(r"M[\d.]+ ([\d.]+)V", waveform(quiet_then_loud))]
    assert len(tops) == BARS
    assert min(tops[: BARS // 2]) > max(tops[BARS // 2 + 1 :])


def test_waveform_of_a_very_short_sound() -> None:
    assert waveform(np.zeros(3, np.float32)).count("M") == BARS


def test_page_holds_the_call_and_needs_no_network(tmp_path: Path) -> None:
    log = CallLog()
    sound = Audio(np.ones(16_000, np.float32) / 2, 16_000)
    log.taker("speech")(Packet(Utterance(sound), 0, stream="speech"))
    log.taker("words")(Packet(Transcript("<script>alert(1)</script>", 1.0), 0, stream="words"))
    page = write_page([report(log)], tmp_path, "wugan call x.wav").read_text()
    assert "&lt;script&gt;" in page and "<script" not in page and "<b>bold</b>" not in page
    assert not re.findall(r"(?:src|href)=[\"']?(?:https?:)?//", page)
    for source in re.findall(r'src="([^"]+)"', page):
        assert (tmp_path / source).exists()


def test_page_of_a_call_without_speech(tmp_path: Path) -> None:
    assert "No speech was found" in write_page([report(CallLog())], tmp_path, "wugan call x.wav").read_text()
