"""Beam descent through the block tree, seen through `dar_attention`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from wugan.attention import Routes, dar_attention
from wugan.errors import DataError

MakeInputs = Callable[..., dict[str, Tensor]]


def random_inputs(length_q: int, length_k: int, seed: int, batch: int = 2) -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    shapes = {"q": (4, length_q, 6), "k": (2, length_k, 6), "v": (2, length_k, 6)}
    shapes |= {"gate_q": (1, length_q, 3), "gate_k": (1, length_k, 3)}
    return {
        name: torch.randn(batch, *shape, generator=generator, dtype=torch.float64) for name, shape in shapes.items()
    }


def assert_same_routes(found: Routes, wanted: Routes, rows: Tensor) -> None:
    """The same blocks with the same bias, for the query blocks `rows` `[B, query blocks]`."""
    same = (found.as_mask() == wanted.as_mask()).all(-1).all(1)
    assert same[rows].all()
    a, b = found.bias_table(), wanted.bias_table()
    assert a is not None and b is not None
    assert ((a - b).abs() < 1e-12).all(-1).all(1)[rows].all()


@settings(max_examples=60)
@given(data=st.data())
def test_a_wide_beam_equals_flat_top_k(data: st.DataObject) -> None:
    draw = data.draw
    segments_k = draw(st.lists(st.integers(0, 90), min_size=1, max_size=3), "segments_k")
    self_attention = draw(st.booleans(), "self_attention")
    segments_q = segments_k if self_attention else draw(st.lists(st.integers(1, 30), min_size=1, max_size=2), "q")
    length_q, length_k = sum(segments_q), sum(segments_k)
    seed = draw(st.integers(0, 99), "seed")
    generator = torch.Generator().manual_seed(seed)
    causal, when = draw(st.booleans(), "causal"), draw(st.sampled_from(["default", "ordered", "any"]), "when")
    time_q = time_k = None
    if causal and when != "default":
        time_k = torch.randint(100, (2, length_k), generator=generator)
        time_q = time_k if self_attention else torch.randint(100, (2, length_q), generator=generator)
        if when == "ordered":
            time_q, time_k = time_q.sort(-1).values, time_k.sort(-1).values
    mask = None
    if draw(st.booleans(), "padded"):
        mask = torch.rand(2, length_k, generator=generator) < 0.5
    options: dict[str, Any] = {
        "block_size": 2,
        "query_block_size": draw(st.sampled_from([1, 2]), "query_block_size"),
        "top_k": draw(st.sampled_from([1, 3, 4, 9]), "top_k"),
        "route_heads": draw(st.sampled_from([1, 2, 4]), "route_heads"),
        "causal": causal,
        "time_q": time_q,
        "time_k": time_k,
        "key_mask": mask,
        "segments_q": segments_q,
        "segments_k": segments_k,
        "self_attention": self_attention,
        "return_routes": True,
        "backend": "reference",
    }
    inputs = random_inputs(length_q, length_k, seed)
    _, flat = dar_attention(**inputs, **options, beam=None)
    _, tree = dar_attention(**inputs, **options, beam=max(1, length_k))
    rows = torch.ones(2, flat.blocks.shape[2], dtype=torch.bool)
    if self_attention and mask is not None:  # a block of queries that do not exist has no best blocks
        parts = [part for run in mask.split(segments_q, 1) for part in run.split(options["query_block_size"], 1)]
        parts = [part for part in parts if part.shape[1]]
        rows = torch.stack([part.any(1) for part in parts], 1) if parts else rows
    assert_same_routes(tree, flat, rows)


@pytest.mark.parametrize("causal", [False, True])
def test_a_narrow_beam_follows_the_best_nodes(causal: bool) -> None:
    """A needle whose ancestors stand out at every level is found by the narrowest beam."""
    x = 0.01 * torch.randn(1, 1, 600, 4, generator=torch.Generator().manual_seed(0))
    k, q = x.clone(), x.clone()
    k[:, :, 101] += 100
    q[:, :, 599] += 100
    options: dict[str, Any] = {"block_size": 1, "top_k": 4, "causal": causal, "return_routes": True}
    _, routes = dar_attention(q, k, x, **options, beam=4)
    assert 101 in routes.blocks[0, 0, 599].tolist()
    assert {599, 598, 0} < set(routes.blocks[0, 0, 599].tolist())


@pytest.mark.parametrize("beam", [4, 9])
def test_descent_obeys_time(beam: int) -> None:
    """What comes later changes nothing, whether it is there or not, at any width of the beam."""
    inputs = random_inputs(300, 300, 1, batch=1)
    time = torch.cat((torch.arange(200) * 10, torch.arange(100) * 23 + 5))
    options: dict[str, Any] = {"block_size": 2, "query_block_size": 1, "top_k": 6, "causal": True, "beam": beam}
    whole = dar_attention(**inputs, **options, segments_q=[200, 100], time_q=time, time_k=time)
    for now in (0, 5, 123, 700, 1111, 1999):
        past = time <= now
        out = dar_attention(
            **{name: x[:, :, past] for name, x in inputs.items()},
            **options,
            segments_q=[int(past[:200].sum()), int(past[200:].sum())],
            time_q=time[past],
            time_k=time[past],
        )
        assert (out - whole[:, :, past]).abs().max() < 1e-12
        changed = {name: torch.where(past[:, None], x, 100 * torch.randn_like(x)) for name, x in inputs.items()}
        out = dar_attention(**changed, **options, segments_q=[200, 100], time_q=time, time_k=time)
        assert (out - whole)[:, :, past].abs().max() < 1e-12


@pytest.mark.parametrize("causal", [False, True])
def test_a_narrow_beam_packed(causal: bool) -> None:
    lengths = [300, 7, 90]
    inputs = random_inputs(397, 397, 2, batch=1)
    options: dict[str, Any] = {"block_size": 2, "top_k": 4, "causal": causal, "beam": 4}
    found = dar_attention(**inputs, **options, cu_seqlens_q=[0, 300, 307, 397])
    parts = [x.split(lengths, 2) for x in inputs.values()]
    wanted = [dar_attention(**dict(zip(inputs, part, strict=True)), **options) for part in zip(*parts, strict=True)]
    assert (found - torch.cat(wanted, 2)).abs().max() < 1e-12


def test_gate_learns_through_the_descent(make_inputs: MakeInputs) -> None:
    inputs = make_inputs(80)
    options: dict[str, Any] = {"block_size": 4, "top_k": 5, "causal": True, "backend": "reference"}
    tree, flat = (
        torch.autograd.grad(dar_attention(**inputs, **options, beam=beam).square().sum(), list(inputs.values()))
        for beam in (99, None)
    )
    for a, b in zip(tree, flat, strict=True):
        assert (a - b).abs().max() < 1e-10
        assert b.abs().max() > 1e-3


class _Elements(TorchDispatchMode):
    """Counts the elements that operations give out, and the most that one of them does."""

    total = most = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        if isinstance(out, Tensor) and not func.is_view:
            self.total += out.numel()
            self.most = max(self.most, out.numel())
        return out


@pytest.mark.parametrize("causal", [False, True])
def test_work_and_memory_grow_like_n_log_n(causal: bool) -> None:
    found = {}
    for length in (512, 4096):
        x = torch.randn(1, 1, length, 2, generator=torch.Generator().manual_seed(0))
        dar_attention(x, x, x, block_size=4, top_k=4, causal=causal, beam=4)  # the layout is made once, and kept
        with _Elements() as count:
            dar_attention(x, x, x, block_size=4, top_k=4, causal=causal, beam=4)
        found[length] = count
    assert found[4096].total / found[512].total < 8 * math.log(4096) / math.log(512) * 1.25
    assert found[4096].most < (4096 // 4) ** 2 / 8


def test_long_rows_descend_by_themselves() -> None:
    x = torch.randn(1, 1, 2 * 2049, 4, generator=torch.Generator().manual_seed(0))
    automatic, wanted, flat = (
        dar_attention(x, x, x, block_size=2, top_k=8, beam=beam, return_routes=True)[1].as_mask()
        for beam in ("auto", 16, None)
    )
    assert torch.equal(automatic, wanted) and not torch.equal(automatic, flat)
    short = x[:, :, :4096]
    automatic, flat = (
        dar_attention(short, short, short, block_size=2, top_k=8, beam=beam, return_routes=True)[1].as_mask()
        for beam in ("auto", None)
    )
    assert torch.equal(automatic, flat)


@pytest.mark.parametrize(("length_q", "length_k"), [(0, 9), (9, 0), (1, 9), (9, 1)])
def test_descent_of_few_tokens(length_q: int, length_k: int) -> None:
    inputs = random_inputs(length_q, length_k, 0)
    out = dar_attention(**inputs, block_size=1, top_k=2, beam=2)
    assert out.shape == (2, 4, length_q, 6) and torch.isfinite(out).all()


@pytest.mark.parametrize("beam", [0, 1.5, "wide"])
def test_a_bad_beam_is_named(beam: Any) -> None:
    x = torch.zeros(1, 1, 6, 4)
    with pytest.raises(DataError, match="beam must be a number"):
        dar_attention(x, x, x, beam=beam)
