from __future__ import annotations

import enum
import io
import wave
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pydantic import BaseModel

from wugan import Packet, Window
from wugan.signals import Audio, Reply, Transcript

pytest.importorskip("rerun", reason="needs the extra `viewer`")

from wugan.observe.rerun import Waveform, entities, waveform

pytestmark = pytest.mark.filterwarnings(
    "error::rerun.error_utils.RerunWarning"
)  # what Rerun cannot take it only warns of


def kinds(data: object) -> dict[str, str]:
    """Archetypes by the path below the stream's."""
    return {"/".join(path): type(shown).__name__ for path, shown in entities(data)}


class Mood(enum.Enum):
    calm = 1


class Result(BaseModel):
    label: str
    confidence: float
    scores: dict[str, float]
    mood: Mood = Mood.calm
    note: str | None = None


@dataclass
class Cloud:
    xyz: np.ndarray
    rgb: np.ndarray | None = None


@dataclass
class Frame:
    pixels: np.ndarray
    number: int


class Pose(NamedTuple):
    position: list[float]
    grip: float


@dataclass
class Endless:
    number: int = 1
    inner: object = field(init=False)

    def __post_init__(self) -> None:
        self.inner = self


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (1.5, "Scalars"),
        (7, "Scalars"),
        (True, "Scalars"),
        (np.float32(2), "Scalars"),
        (np.int64(2), "Scalars"),
        ([1, 2.5], "Scalars"),
        (np.zeros(()), "Scalars"),
        (np.zeros(64), "Scalars"),
        (np.zeros(65), "Tensor"),
        ("hello", "TextLog"),
        (Mood.calm, "TextLog"),
        (Reply("hello"), "TextLog"),
        (np.zeros((4, 5), np.uint8), "Image"),
        (np.zeros((4, 5, 1), np.uint8), "Image"),
        (np.zeros((4, 5, 3), np.uint8), "Image"),
        (np.zeros((4, 5, 4), np.uint8), "Image"),
        (np.zeros((4, 5, 2), np.uint8), "Tensor"),
        (np.zeros((10, 3)), "Points3D"),
        (np.zeros((10, 3), np.int32), "Tensor"),
        (np.zeros(6, [("x", "f4"), ("y", "f4"), ("z", "f4"), ("ring", "u2")]), "Points3D"),
        (np.zeros((10, 16), np.float32), "Tensor"),
        (np.zeros((10, 16), bool), "Tensor"),
        (np.zeros((10, 16), np.float16), "Tensor"),
        (np.zeros((10, 16), np.longdouble), "Tensor"),
        (Cloud(np.zeros((5, 3))), "Points3D"),
    ],
)
def test_what_is_shown_as_what(data, shown):
    assert kinds(data) == {"": shown}


@pytest.mark.parametrize("data", [None, object(), b"raw", [], {}, [object()], np.zeros(0), np.array(["a"]), 1j])
def test_what_cannot_be_shown(data):
    assert entities(data) == []


def test_structures_are_shown_field_by_field():
    result = Result(label="billing", confidence=0.9, scores={"billing": 0.9, "card": 0.1})
    assert kinds(result) == {
        "label": "TextLog",
        "confidence": "Scalars",
        "scores/billing": "Scalars",
        "scores/card": "Scalars",
        "mood": "TextLog",
    }
    assert kinds(Frame(np.zeros((4, 5, 3), np.uint8), 3)) == {"pixels": "Image", "number": "Scalars"}
    assert kinds(Pose([0.0, 1.0, 2.0], 0.5)) == {"position": "Scalars", "grip": "Scalars"}
    window = Window(5, {"mic": Packet(0.5, 5, stream="mic"), "words": Packet("hello", 5, stream="words")})
    assert kinds(window) == {"packets/mic": "Scalars", "packets/words": "TextLog"}


def test_a_structure_within_itself_ends():
    assert len(entities(Endless())) == 4


def test_a_transcript_is_text_with_its_confidence():
    assert kinds(Transcript("hello", 1.0, confidence=0.7)) == {"": "TextLog", "confidence": "Scalars"}


def test_colours_of_points_are_kept():
    cloud = Cloud(np.zeros((2, 3)), np.array([[255, 0, 0], [0, 255, 0]], np.uint8))
    ((_, points),) = entities(cloud)
    assert points.colors.as_arrow_array().to_pylist() == [0xFF0000FF, 0x00FF00FF]
    ((_, points),) = entities(Cloud(np.zeros((2, 3)), np.zeros((9, 3), np.uint8)))  # of other points
    assert points.colors is None


def test_tensors_of_torch_are_shown_as_arrays():
    import torch

    assert kinds(torch.zeros(4, 3, requires_grad=True)) == {"": "Points3D"}
    assert kinds(torch.zeros(4, 8, dtype=torch.bfloat16)) == {"": "Tensor"}


def test_sound_is_an_outline_and_can_be_played():
    rate = 16_000
    samples = np.sin(np.arange(rate) / 5).astype(np.float32)
    samples[100] = 2.0  # too loud: clipped, not wrapped round
    shown = dict(entities(Audio(samples, rate)))
    outline = shown[("waveform",)]
    assert outline.bounds.shape == (200, 2) and outline.offset_ns[1] == 5_000_000
    if () in shown:
        with wave.open(io.BytesIO(bytes(shown[()].blob.as_arrow_array().to_pylist()[0]))) as file:
            assert (file.getframerate(), file.getnframes(), file.getnchannels()) == (rate, rate, 1)
            played = np.frombuffer(file.readframes(rate), "<i2")
        assert played[100] == 32767
        assert np.abs(played / 32767 - np.clip(samples, -1, 1)).max() < 1e-4
    assert entities(Audio(np.zeros(0, np.float32), rate)) == []


floats = st.floats(-1, 1, width=32)


@given(arrays.arrays(np.float32, st.integers(1, 400), elements=floats), st.integers(1, 48_000))
def test_the_outline_holds_every_sample(samples, rate):
    outline: Waveform = waveform(Audio(samples, rate))
    assert outline.bounds[:, 0].min() == samples.min() and outline.bounds[:, 1].max() == samples.max()
    assert (np.diff(outline.offset_ns) > 0).all()
    assert outline.offset_ns[-1] <= len(samples) * 1e9 / rate


values = st.recursive(
    st.none() | st.integers() | st.floats() | st.text(max_size=5) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(values)
def test_no_plain_value_is_an_error(value):
    for path, shown in entities(value):
        assert isinstance(path, tuple) and shown is not None


@given(arrays.arrays(arrays.scalar_dtypes(), arrays.array_shapes(min_dims=0, min_side=0, max_dims=4, max_side=4)))
def test_no_array_is_an_error(array):
    entities(array)
