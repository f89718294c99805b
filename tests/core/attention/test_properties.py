"""What holds for every way of routing: flat or by descent, at any width of the beam, with or without a far field."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from wugan.attention import dar_attention

WAYS: list[dict[str, Any]] = [
    {"beam": None},
    {"beam": 5},
    {"beam": 12},
    {"beam": 5, "far_field": True},
    {"beam": None, "far_field": True},
]
ways = pytest.mark.parametrize("way", WAYS, ids=lambda way: "-".join(f"{name}={value}" for name, value in way.items()))
causality = pytest.mark.parametrize("causal", [False, True])


def random_inputs(length: int, seed: int = 0, **scale: float) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    shapes = {"q": (4, length, 6), "k": (2, length, 6), "v": (2, length, 5)}
    shapes |= {"gate_q": (2, length, 3), "gate_k": (2, length, 3)}
    return {
        name: scale.get(name, 1) * torch.randn(1, *shape, generator=generator, dtype=torch.float64)
        for name, shape in shapes.items()
    }


@pytest.mark.parametrize("backend", ["reference", "dense", "blocks", "auto"])
@settings(max_examples=25)
@given(data=st.data())
def test_dropped_mass_bounds_the_error(backend: str, data: st.DataObject) -> None:
    """‖o − ô‖ ≤ 2 δ max‖v‖, where δ is the softmax mass of what was not read."""
    draw = data.draw
    length = draw(st.integers(1, 120), "length")
    block_size = draw(st.sampled_from([1, 4, 7]), "block_size")
    inputs = random_inputs(length, draw(st.integers(0, 99), "seed"), q=draw(st.sampled_from([0.1, 1, 4]), "sharpness"))
    inputs = {name: inputs[name] for name in ("q", "k", "v")}
    options: dict[str, Any] = {"block_size": block_size, "causal": draw(st.booleans(), "causal"), "backend": backend}
    full = dar_attention(**inputs, **options, top_k=None)
    sparse, routes = dar_attention(
        **inputs,
        **options,
        top_k=draw(st.integers(1, 6), "top_k"),
        beam=draw(st.sampled_from([None, 1, 8]), "beam"),
        return_routes=True,
    )
    block = torch.arange(length) // block_size
    kept = routes.as_mask().expand(-1, 4, -1, -1)[:, :, block][..., block]
    k, v = (inputs[name].repeat_interleave(2, 1) for name in ("k", "v"))
    logits = inputs["q"] @ k.transpose(-1, -2) / 6**0.5
    if options["causal"]:
        logits = logits.masked_fill(torch.ones(length, length).triu(1).bool(), float("-inf"))
    dropped = (logits.softmax(-1) * ~kept).sum(-1)
    largest = v.norm(dim=-1).amax(-1, keepdim=True)
    assert ((full - sparse).norm(dim=-1) <= 2 * dropped * largest + 1e-12).all()


@ways
@causality
def test_order_of_modalities_changes_nothing(way: dict[str, Any], causal: bool) -> None:
    inputs, lengths = random_inputs(330), [190, 0, 45, 95]
    time = torch.rand(330, generator=torch.Generator().manual_seed(0)) * 50
    parts = [part[time[part].argsort()] for part in torch.arange(330).split(lengths)]
    options: dict[str, Any] = {"block_size": 2, "top_k": 5, "causal": causal, **way}
    found = []
    for order in ([0, 1, 2, 3], [2, 3, 0, 1]):
        index = torch.cat([parts[number] for number in order])
        out = dar_attention(
            **{name: x[:, :, index] for name, x in inputs.items()},
            segments_q=[lengths[number] for number in order],
            time_q=time[index],
            time_k=time[index],
            **options,
        )
        found.append(out[:, :, index.argsort()])
    assert (found[0] - found[1]).abs().max() < 1e-12


@ways
@causality
def test_padding_changes_nothing(way: dict[str, Any], causal: bool) -> None:
    inputs = random_inputs(157)
    time = torch.cat((torch.arange(100), torch.arange(57) * 2))
    options: dict[str, Any] = {"block_size": 2, "top_k": 5, "causal": causal, **way}
    wanted = dar_attention(**inputs, segments_q=[100, 57], time_q=time, time_k=time, **options)
    room = torch.cat((torch.arange(100), 333 + torch.arange(57)))
    mask = torch.zeros(1, 600, dtype=torch.bool)
    mask[:, room] = True
    padded_time = torch.zeros(600, dtype=torch.int64)
    padded_time[room] = time
    padded = {name: torch.full((1, x.shape[1], 600, x.shape[3]), torch.nan).double() for name, x in inputs.items()}
    for name, x in inputs.items():
        padded[name][:, :, room] = x
    out = dar_attention(
        **padded, segments_q=[333, 267], key_mask=mask, time_q=padded_time, time_k=padded_time, **options
    )
    assert (out[:, :, room] - wanted).abs().max() < 1e-12


@ways
@causality
def test_half_precision_stays_near(way: dict[str, Any], causal: bool) -> None:
    inputs = {name: x.bfloat16() for name, x in random_inputs(200).items()}
    options: dict[str, Any] = {"block_size": 4, "top_k": 5, "causal": causal, **way}
    low = dar_attention(**inputs, **options)
    assert low.dtype == torch.bfloat16
    wanted = dar_attention(**{name: x.float() for name, x in inputs.items()}, **options)
    assert (low.float() - wanted).abs().max() < 0.1
