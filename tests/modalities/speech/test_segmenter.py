from __future__ import annotations

import pickle
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from wugan.errors import DataError
from wugan.modalities.speech import Segmenter, Utterance
from wugan.packet import Packet
from wugan.signals import Audio


class LoudIsSpeech:
    """Stands in for the detector: a frame is speech if its largest sample is above 0.5."""

    def __call__(self, frame: NDArray[np.float32]) -> float:
        return float(np.abs(frame).max() > 0.5)

    def reset(self) -> None:
        pass


def segmenter(**values: object) -> Segmenter:
    made = Segmenter(**values)  # type: ignore[arg-type]
    made._vad = LoudIsSpeech()
    return made


def stream(samples: NDArray[np.float32], sizes: list[int] | None = None, start_ns: int = 0) -> list[Packet[Audio]]:
    """The samples in packets of the given sizes (repeated)."""
    packets: list[Packet[Audio]] = []
    position = 0
    while position < len(samples):
        size = (sizes or [1_600])[len(packets) % len(sizes or [1])]
        time_ns = start_ns + position * 1_000_000_000 // 16_000
        packets.append(
            Packet(Audio(samples[position : position + size], 16_000), time_ns, stream="mic", seq=len(packets))
        )
        position += size
    return packets


def run(stage: Segmenter, packets: list[Packet[Audio]]) -> list[Packet[Utterance]]:
    out = [utterance for packet in packets for utterance in stage.process(packet)]
    return [*out, *stage.flush()]


def sound(*parts: tuple[float, float]) -> NDArray[np.float32]:
    """(seconds, level) after each other; noise, so that each sample is recognisable."""
    rng = np.random.default_rng(0)
    pieces = []
    for seconds, level in parts:
        piece = rng.uniform(0.9 * level, level, round(seconds * 16_000)) * rng.choice([-1, 1], round(seconds * 16_000))
        pieces.append(piece.astype(np.float32))
    return np.concatenate(pieces)


def position(packet: Packet[Utterance]) -> int:
    return round(packet.time_ns * 16_000 / 1e9)


spans = st.lists(st.tuples(st.floats(0.02, 2.5), st.sampled_from([0.01, 0.9])), min_size=1, max_size=12)


@settings(max_examples=20)
@given(parts=spans, sizes=st.lists(st.integers(1, 4_000), min_size=1, max_size=5), start_ns=st.integers(0, 10**18))
def test_utterances_are_slices_of_the_stream_and_hold_all_speech(
    parts: list[tuple[float, float]], sizes: list[int], start_ns: int
) -> None:
    samples = sound(*parts)
    stage = segmenter(min_speech=0, max_length="3s")
    end = covered = 0
    for utterance in run(stage, stream(samples, sizes, start_ns)):
        start = round((utterance.time_ns - start_ns) * 16_000 / 1e9)
        audio = utterance.data.audio.samples
        assert start >= end  # in order, never twice
        assert len(audio) <= 3 * 16_000
        assert np.array_equal(audio, samples[start : start + len(audio)])
        end = start + len(audio)
        assert abs(utterance.attrs["end_ns"] - start_ns - end * 1e9 / 16_000) <= 125_000  # two samples of rounding
        covered += int((np.abs(audio) > 0.5).sum())
    assert covered == int((np.abs(samples) > 0.5).sum())


@settings(max_examples=6)
@given(sizes=st.lists(st.integers(1, 4_000), min_size=1, max_size=5))
def test_the_cut_of_the_stream_into_packets_does_not_matter(sizes: list[int]) -> None:
    samples = sound((1, 0.01), (1.3, 0.9), (0.8, 0.01), (0.1, 0.9), (1, 0.01), (4, 0.9))
    expected = run(segmenter(), stream(samples, [512]))
    found = run(segmenter(), stream(samples, sizes))
    assert len(found) == len(expected) == 2
    for one, other in zip(found, expected, strict=True):
        assert position(one) == position(other)
        assert np.array_equal(one.data.audio.samples, other.data.audio.samples)


def test_padding_silence_and_short_sounds() -> None:
    stage = segmenter()
    samples = sound((1, 0.01), (1, 0.9), (0.3, 0.01), (1, 0.9), (1, 0.01), (0.1, 0.9), (2, 0.01))
    (utterance,) = run(stage, stream(samples))  # a pause of 0.3 s does not part it; the sound of 0.1 s is dropped
    assert stage.dropped == 1
    assert 0.75 <= utterance.time_ns / 1e9 <= 0.85
    assert 2.6 <= utterance.data.audio.seconds <= 2.8


def test_a_long_utterance_is_cut_where_it_is_quietest_and_nothing_is_lost() -> None:
    stage = segmenter()
    samples = sound((20, 0.9), (0.3, 0.6), (15, 0.9))
    first, second = run(stage, stream(samples))
    assert first.attrs["cut"] and "cut" not in second.attrs
    assert 20.0 <= first.data.audio.seconds <= 20.3
    assert second.time_ns == first.attrs["end_ns"]
    assert np.array_equal(np.concatenate([first.data.audio.samples, second.data.audio.samples]), samples)


def test_the_short_rest_of_a_cut_utterance_is_kept() -> None:
    samples = sound((27.9, 0.9), (0.15, 0.6), (0.05, 0.9), (0.6, 0.01))
    stage = segmenter(max_length="28s")
    assert sum(utterance.data.audio.seconds for utterance in run(stage, stream(samples))) > 28.05
    assert stage.dropped == 0


def test_minutes_of_silence_give_nothing_and_cost_no_memory() -> None:
    stage = segmenter()
    largest = 0
    for packet in stream(np.full(200 * 16_000, 0.001, np.float32), [16_000]):
        assert not list(stage.process(packet))
        largest = max(largest, len(pickle.dumps(stage)))
    assert largest < 200_000
    assert not list(stage.flush())


def test_watermark_is_where_the_next_utterance_may_start() -> None:
    stage = segmenter()
    samples = sound((2, 0.01), (2, 0.9), (2, 0.01))
    reached = promised = 0
    for packet in stream(samples):
        for utterance in stage.process(packet):
            assert utterance.time_ns >= promised
        reached = packet.time_ns + 100_000_000
        assert promised <= stage.watermark(reached) <= reached
        promised = stage.watermark(reached)
        if 2_300_000_000 < reached < 3_900_000_000:
            assert 1_750_000_000 <= promised <= 1_850_000_000  # the utterance is held back
    assert promised >= reached - 300_000_000


def test_lost_sound_ends_the_utterance() -> None:
    stage = segmenter()
    before = stream(sound((1, 0.9)))
    after = stream(sound((1, 0.9)), start_ns=3_000_000_000)
    first, second = run(stage, before + after)
    assert (stage.gaps, first.time_ns, second.time_ns) == (1, 0, 3_000_000_000)
    assert first.attrs["end_ns"] == 1_000_000_000


def test_a_little_jitter_is_no_gap() -> None:
    packets = stream(sound((2, 0.9)))
    for index, packet in enumerate(packets):
        packet.time_ns += 10_000_000 * (index % 3)
    assert len(run(stage := segmenter(), packets)) == 1 and stage.gaps == 0


def test_interrupt_forgets_what_is_held() -> None:
    stage = segmenter()
    for packet in stream(sound((1, 0.9))):
        list(stage.process(packet))
    stage.interrupt()
    assert stage.watermark(7) == 7
    assert not list(stage.flush())
    (utterance,) = run(stage, stream(sound((0.5, 0.9)), start_ns=10**9))
    assert utterance.time_ns == 10**9 and stage.gaps == 0


def test_clipping_travels_along() -> None:
    packets = stream(sound((1, 0.9)))
    for packet in packets[:5]:
        packet.attrs["clipped"] = 0.2
    (utterance,) = run(segmenter(), packets)
    assert 0.05 < utterance.attrs["clipped"] < 0.15


def test_wrong_sound_is_refused_and_the_stream_goes_on() -> None:
    stage = segmenter()
    good = stream(sound((1, 0.9)))
    with pytest.raises(DataError, match="needs 16000"):
        list(stage.process(Packet(Audio(np.zeros(800, np.float32), 8_000), 0, stream="mic")))
    with pytest.raises(DataError, match="NaN"):
        list(stage.process(Packet(Audio(np.full(800, np.nan, np.float32), 16_000), 0, stream="mic")))
    assert len(run(stage, good)) == 1


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"padding": "1s"}, "longer than min_silence"),
        ({"max_length": "31s"}, "at most 30 s"),
        ({"max_length": "1s"}, "at most 30 s and hold"),
        ({"threshold": 0}, "threshold"),
    ],
)
def test_settings_that_contradict_each_other(values: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Segmenter(**values)  # type: ignore[arg-type]


def test_silero_finds_speech_and_ignores_silence_noise_and_clicks(spoken: Callable[[str], Audio]) -> None:
    rng = np.random.default_rng(0)
    speech = spoken("Good morning, I would like to open an account.").samples
    silence = np.zeros(2 * 16_000, np.float32)
    clicks = silence.copy()
    clicks[::4_000] = np.where(np.arange(8) % 2, 127 / 128, -1)  # full scale of an 8-bit recording
    noise = rng.normal(0, 0.05, 3 * 16_000).astype(np.float32)
    stage = Segmenter()
    samples = np.concatenate([silence, speech, clicks, noise, silence, speech, silence])
    found = run(stage, stream(samples))
    assert len(found) == 2
    starts = [32_000, 32_000 + len(speech) + 32_000 + 48_000 + 32_000]
    for utterance, start in zip(found, starts, strict=True):
        heard = utterance.data.audio.samples
        assert start <= position(utterance) and position(utterance) + len(heard) <= start + len(speech) + 8_000
        assert np.sum(heard**2) > 0.99 * np.sum(speech**2)


def test_it_travels_to_another_process() -> None:
    stage = pickle.loads(pickle.dumps(Segmenter(min_silence="700ms")))
    assert stage.min_silence == "700ms"


@settings(max_examples=12)
@given(parts=spans, sizes=st.lists(st.integers(200, 4_000), min_size=1, max_size=5))
def test_an_early_utterance_is_taken_back_only_by_one_that_goes_on(
    parts: list[tuple[float, float]], sizes: list[int]
) -> None:
    """Without those that were revised, an early segmenter gives what one without `early` gives."""
    samples = sound(*parts)
    settings = {"min_silence": "900ms", "padding": "200ms", "max_length": "6s"}
    given_out = run(segmenter(**settings, early="256ms"), stream(samples, sizes))
    kept: dict[int, Packet[Utterance]] = {}
    for utterance in given_out:
        revised = utterance.attrs.get("revises")
        if revised is not None:
            early = kept.pop(revised)
            assert utterance.time_ns == early.time_ns + 1
            heard, whole = early.data.audio.samples, utterance.data.audio.samples
            both = min(len(heard), len(whole))  # one cut for length may end before the early one's silence does
            assert np.array_equal(heard[:both], whole[:both])
        kept[utterance.time_ns] = utterance
    plain = run(segmenter(**settings), stream(samples, sizes))
    assert [position(one) for one in kept.values()] == [position(one) for one in plain]
    for one, other in zip(kept.values(), plain, strict=True):
        assert np.array_equal(one.data.audio.samples, other.data.audio.samples)
    assert [one.seq for one in given_out] == list(range(len(given_out)))


def test_early_lies_between_padding_and_the_pause_that_ends() -> None:
    with pytest.raises(DataError, match="early '100ms' must be at least padding '200ms'"):
        Segmenter(early="100ms")
    with pytest.raises(DataError, match="shorter than min_silence '500ms'"):
        Segmenter(early="500ms")
