"""`dar_attention`: its properties, whatever the backend."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from wugan.attention import Layout, RouteConfig, attend, dar_attention, route
from wugan.attention.functional import Options
from wugan.errors import DataError

BACKENDS = ["reference", "dense", "blocks"]
Inputs = dict[str, Tensor]
MakeInputs = Callable[..., Inputs]


def sdpa(q: Tensor, k: Tensor, v: Tensor, **options: Any) -> Tensor:
    group = q.shape[1] // k.shape[1]
    return F.scaled_dot_product_attention(q, k.repeat_interleave(group, 1), v.repeat_interleave(group, 1), **options)


def grads(out: Tensor, inputs: Inputs) -> list[Tensor]:
    weight = torch.randn(out.shape, generator=torch.Generator().manual_seed(9), dtype=out.dtype)
    return list(torch.autograd.grad((out * weight).sum(), list(inputs.values())))


def assert_close(found: list[Tensor], wanted: list[Tensor], atol: float) -> None:
    for a, b in zip(found, wanted, strict=True):
        assert (a - b).abs().max() <= atol


@pytest.mark.parametrize("backend", [*BACKENDS, "auto"])
@settings(max_examples=25)
@given(data=st.data())
def test_all_blocks_kept_is_sdpa(backend: str, data: st.DataObject) -> None:
    draw = data.draw
    kv_heads = draw(st.sampled_from([1, 2]), "kv_heads")
    heads = kv_heads * draw(st.sampled_from([1, 4, 8]), "group")
    dim, v_dim = draw(st.sampled_from([1, 24, 64, 96]), "dim"), draw(st.sampled_from([3, 24, 64]), "v_dim")
    length_q = draw(st.integers(1, 70), "length_q")
    self_attention = draw(st.booleans(), "self_attention")
    length_k = length_q if self_attention else draw(st.integers(1, 70), "length_k")
    causal, padded = draw(st.booleans(), "causal"), draw(st.booleans(), "padded")
    generator = torch.Generator().manual_seed(draw(st.integers(0, 99), "seed"))
    dtype, bound, gradient_bound = draw(
        st.sampled_from([(torch.float32, 1e-6, 3e-5), (torch.float64, 1e-12, 1e-11)]), "dtype"
    )
    inputs = {
        name: torch.randn(2, h, n, d, generator=generator, dtype=dtype).requires_grad_()
        for name, h, n, d in (
            ("q", heads, length_q, dim),
            ("k", kv_heads, length_k, dim),
            ("v", kv_heads, length_k, v_dim),
        )
    }
    key_mask, mask = None, None
    if padded:
        key_mask = torch.rand(2, length_k, generator=generator) < 0.7
        key_mask[:, 0] = True
        mask = key_mask[:, None, None, :]
    if causal:
        triangle = torch.ones(length_q, length_k, dtype=torch.bool).tril()
        mask = triangle if mask is None else mask & triangle
    wanted = sdpa(**inputs, attn_mask=mask)
    found = dar_attention(
        **inputs,
        top_k=draw(st.sampled_from([None, 99]), "top_k"),
        block_size=draw(st.sampled_from([4, 16, 64]), "block_size"),
        causal=causal,
        key_mask=key_mask,
        backend=backend,
    )
    assert_close([found], [wanted], bound * max(1.0, float(inputs["v"].detach().abs().max())))
    # Gradients reach 50 here and cancel, so float32 leaves more of a difference.
    assert_close(grads(found, inputs), grads(wanted, inputs), gradient_bound)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("top_k", [None, 2, 3])
def test_a_silent_gate_changes_nothing(make_inputs: MakeInputs, backend: str, top_k: int | None) -> None:
    inputs = make_inputs(50)
    inputs["gate_q"] = torch.zeros_like(inputs["gate_q"])
    with_gate = dar_attention(**inputs, block_size=8, top_k=top_k, backend=backend)
    bare = {name: inputs[name] for name in ("q", "k", "v")}
    assert_close([with_gate], [dar_attention(**bare, block_size=8, top_k=top_k, backend=backend)], 1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("top_k", [None, 3])
def test_a_silent_gate_still_learns(make_inputs: MakeInputs, backend: str, top_k: int | None) -> None:
    inputs = make_inputs(50)
    inputs["gate_q"] = torch.zeros_like(inputs["gate_q"]).requires_grad_()
    out = dar_attention(**inputs, block_size=8, top_k=top_k, backend=backend)
    (gradient,) = torch.autograd.grad(out.square().sum(), inputs["gate_q"])
    assert gradient.abs().max() > 1e-3


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_gate_is_a_bias_on_the_logits_of_its_block(make_inputs: MakeInputs, backend: str) -> None:
    inputs = make_inputs(20, heads=2, kv_heads=2)
    block = torch.arange(20) // 8
    means = {
        name: torch.stack([inputs[name][:, :, block == b].mean(2) for b in range(3)], 2)
        for name in ("gate_q", "gate_k")
    }
    bias = (means["gate_q"] @ means["gate_k"].transpose(-1, -2))[:, :, block][..., block]
    wanted = sdpa(inputs["q"], inputs["k"], inputs["v"], attn_mask=bias)
    assert_close([dar_attention(**inputs, block_size=8, top_k=None, backend=backend)], [wanted], 1e-12)


@pytest.mark.parametrize("top_k", [1, 2, 4, 6])
def test_routes_are_the_best_blocks_and_the_local_ones(make_inputs: MakeInputs, top_k: int) -> None:
    inputs = make_inputs(48, heads=2, kv_heads=2)
    _, routes = dar_attention(**inputs, block_size=8, top_k=top_k, return_routes=True)
    means = {name: x.unflatten(2, (6, 8)).mean(3) for name, x in inputs.items()}
    score = means["q"] @ means["k"].transpose(-1, -2) / math.sqrt(12)
    score = score + means["gate_q"] @ means["gate_k"].transpose(-1, -2)
    for sample in range(2):
        for head in range(2):
            for query in range(6):
                local = list(dict.fromkeys([query, max(0, query - 1), 0]))
                order = score[sample, head, query].argsort(descending=True).tolist()
                wanted = set((local + [block for block in order if block not in local])[:top_k])
                blocks = routes.blocks.expand(2, 2, 6, -1)
                assert set(blocks[sample, head, query].tolist()) == wanted


def test_heads_can_share_routes(make_inputs: MakeInputs) -> None:
    inputs = make_inputs(80)
    for route_heads in (1, 2, 4):
        out, routes = dar_attention(**inputs, block_size=8, top_k=4, route_heads=route_heads, return_routes=True)
        assert routes.blocks.shape == (2, route_heads, 10, 4)
        wanted = dar_attention(**inputs, block_size=8, top_k=4, route_heads=route_heads, backend="reference")
        assert_close([out], [wanted], 1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("top_k", [2, 3, None])
@pytest.mark.parametrize("query_block_size", [1, 4, 8])
def test_causal_never_looks_ahead(
    make_inputs: MakeInputs, backend: str, top_k: int | None, query_block_size: int
) -> None:
    inputs = make_inputs(45, batch=1)
    options: dict[str, Any] = {
        "block_size": 8,
        "top_k": top_k,
        "causal": True,
        "query_block_size": query_block_size,
        "backend": backend,
    }
    whole = dar_attention(**inputs, **options)
    for now in (0, 1, 7, 8, 20, 31, 43):
        changed = {name: x.detach().clone() for name, x in inputs.items()}
        for x in changed.values():
            x[:, :, now + 1 :] = 100 * torch.randn(x[:, :, now + 1 :].shape, dtype=x.dtype)
        out = dar_attention(**changed, **options)
        assert_close([out[:, :, : now + 1]], [whole[:, :, : now + 1]], 1e-12)


@pytest.mark.parametrize("top_k", [3, 4, None])
def test_causal_equals_what_a_stream_would_have_given(make_inputs: MakeInputs, top_k: int | None) -> None:
    """Two modalities of different rates: at each moment, the past alone gives the rows that the whole gives."""
    inputs = make_inputs(60, batch=1)
    segments = [40, 20]
    time = torch.cat((torch.arange(40) * 10, torch.arange(20) * 23 + 5))
    options: dict[str, Any] = {"block_size": 8, "query_block_size": 4, "top_k": top_k, "causal": True}
    whole = dar_attention(**inputs, **options, segments_q=segments, time_q=time, time_k=time)
    for now in (0, 5, 70, 123, 200, 333, 390):
        past = time <= now
        out = dar_attention(
            **{name: x[:, :, past] for name, x in inputs.items()},
            **options,
            segments_q=[int(past[:40].sum()), int(past[40:].sum())],
            time_q=time[past],
            time_k=time[past],
        )
        assert_close([out], [whole[:, :, past]], 1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("top_k", [3, None])
def test_padding_changes_nothing(make_inputs: MakeInputs, backend: str, causal: bool, top_k: int | None) -> None:
    inputs = make_inputs(37, batch=1)
    options: dict[str, Any] = {"block_size": 8, "top_k": top_k, "causal": causal, "backend": backend}
    wanted = dar_attention(**inputs, segments_q=[20, 17], **options, time_q=torch.arange(37), time_k=torch.arange(37))
    room = torch.cat((torch.arange(20), 33 + torch.arange(17)))
    mask = torch.zeros(1, 60, dtype=torch.bool)
    mask[:, room] = True
    time = torch.zeros(60, dtype=torch.int64)
    time[room] = torch.arange(37)
    padded = {name: torch.full((1, x.shape[1], 60, x.shape[3]), torch.nan).double() for name, x in inputs.items()}
    for name, x in inputs.items():
        padded[name][:, :, room] = x
        if name in ("q", "gate_q"):  # rows that mean nothing may still not be NaN where gradients flow
            padded[name].nan_to_num_(7.0)
    out = dar_attention(**padded, segments_q=[33, 27], key_mask=mask, time_q=time, time_k=time, **options)
    assert_close([out[:, :, room]], [wanted], 1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("causal", [False, True])
def test_order_of_modalities_changes_nothing(make_inputs: MakeInputs, backend: str, causal: bool) -> None:
    inputs = make_inputs(70, batch=1)
    time = torch.rand(70, generator=torch.Generator().manual_seed(0)) * 50
    lengths = [30, 0, 15, 25]
    parts = torch.arange(70).split(lengths)
    options: dict[str, Any] = {"block_size": 8, "top_k": 4, "causal": causal, "backend": backend}
    wanted = dar_attention(**inputs, segments_q=lengths, time_q=time, time_k=time, **options)
    order = [2, 3, 0, 1]
    index = torch.cat([parts[i] for i in order])
    out = dar_attention(
        **{name: x[:, :, index] for name, x in inputs.items()},
        segments_q=[lengths[i] for i in order],
        time_q=time[index],
        time_k=time[index],
        **options,
    )
    assert_close([out], [wanted[:, :, index]], 1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("top_k", [2, None])
def test_queries_that_see_nothing_give_zeros(make_inputs: MakeInputs, backend: str, top_k: int | None) -> None:
    inputs = make_inputs(20, 30)
    time_q, time_k = torch.arange(20), torch.arange(30) + 10
    mask = torch.ones(2, 30, dtype=torch.bool)
    mask[1] = False
    out = dar_attention(
        **inputs, block_size=8, top_k=top_k, causal=True, time_q=time_q, time_k=time_k, key_mask=mask, backend=backend
    )
    assert (out[0, :, :10] == 0).all() and (out[1] == 0).all()
    assert (out[0, :, 10:].abs().sum(-1) > 0).all()
    assert all(torch.isfinite(gradient).all() for gradient in grads(out, inputs))


@pytest.mark.parametrize("backend", [*BACKENDS, "auto"])
@pytest.mark.parametrize(("length_q", "length_k"), [(1, 1), (1, 20), (20, 1), (0, 5), (5, 0), (0, 0)])
def test_few_or_no_tokens(make_inputs: MakeInputs, backend: str, length_q: int, length_k: int) -> None:
    inputs = make_inputs(length_q, length_k)
    out = dar_attention(**inputs, block_size=8, top_k=2, causal=length_q == length_k, backend=backend)
    assert out.shape == (2, 4, length_q, 12)
    assert torch.isfinite(out).all()
    if length_k == 1:
        assert_close([out], [inputs["v"].repeat_interleave(2, 1).expand_as(out)], 1e-12)


def test_nanosecond_times_are_compared_exactly(make_inputs: MakeInputs) -> None:
    inputs = make_inputs(16)
    start = 1_700_000_000_000_000_000  # one nanosecond is far below the resolution of a double here
    time = start + torch.arange(16)
    late = dar_attention(**inputs, block_size=4, causal=True, time_q=time, time_k=time)
    assert_close([late], [dar_attention(**inputs, block_size=4, causal=True)], 1e-12)


def test_times_out_of_order_are_allowed(make_inputs: MakeInputs) -> None:
    inputs = make_inputs(40, batch=1)
    time = torch.randperm(40, generator=torch.Generator().manual_seed(1))
    options: dict[str, Any] = {"block_size": 8, "top_k": 3, "causal": True, "time_q": time, "time_k": time}
    out, routes = dar_attention(**inputs, **options, backend="blocks", return_routes=True)
    assert_close([out], [dar_attention(**inputs, **options, backend="reference")], 1e-12)
    assert not routes.everything


def test_dropped_mass_bounds_the_error(make_inputs: MakeInputs) -> None:
    """‖o − ô‖ ≤ 2 δ max‖v‖, where δ is the softmax mass of what was not read."""
    inputs = make_inputs(96, heads=2, kv_heads=2, gate=0)
    full = dar_attention(**inputs, block_size=8, top_k=None)
    sparse, routes = dar_attention(**inputs, block_size=8, top_k=4, return_routes=True)
    block = torch.arange(96) // 8
    kept = routes.as_mask()[:, :, block][..., block]
    weights = (inputs["q"] @ inputs["k"].transpose(-1, -2) / math.sqrt(12)).softmax(-1)
    dropped = (weights * ~kept).sum(-1)
    largest = inputs["v"].norm(dim=-1).amax(-1, keepdim=True)
    assert dropped.max() > 0.1
    assert ((full - sparse).norm(dim=-1) <= 2 * dropped * largest + 1e-12).all()


def test_bfloat16(make_inputs: MakeInputs) -> None:
    inputs = make_inputs(100, dtype=torch.float32)
    low = {name: x.bfloat16() for name, x in inputs.items()}
    routed: dict[str, Any] = {"block_size": 8, "top_k": None}
    for backend in BACKENDS:
        out = dar_attention(**low, **routed, backend=backend)
        assert out.dtype == torch.bfloat16
        assert_close([out.float()], [dar_attention(**inputs, **routed)], 0.1)


def bad_calls() -> list[tuple[str, str, dict[str, Any]]]:
    x, now = torch.zeros(2, 4, 6, 8), torch.arange(6)
    nan = torch.full((6,), torch.nan)
    gate = torch.zeros(2, 4, 6, 3)
    return [
        ("q", "q must be", {"q": x[0]}),
        ("head size", "k has head size 5", {"k": x[..., :5]}),
        ("v length", "v has heads and length", {"v": x[:, :, :5]}),
        ("kv heads", "k has 3 heads", {"k": x[:, :3], "v": x[:, :3]}),
        ("batch", "v has batch size 1", {"v": x[:1]}),
        ("dtype", "k is torch.float64", {"k": x.double()}),
        ("integer", "v must be floating", {"v": x.long()}),
        ("device", "k is on meta", {"k": x.to("meta")}),
        ("lone gate", "gate_q and gate_k go together", {"gate_q": gate}),
        ("gate heads", "gate_q has 3 heads", {"gate_q": gate[:, :3], "gate_k": gate[:, :3]}),
        ("gate length", "gate_q has length 5", {"gate_q": gate[:, :, :5], "gate_k": gate}),
        ("gate size", "gate_k must have", {"gate_q": gate, "gate_k": gate[..., :2]}),
        ("mask shape", "key_mask must be bool of shape", {"key_mask": torch.ones(2, 5, dtype=torch.bool)}),
        ("mask dtype", "query_mask must be bool", {"query_mask": torch.ones(2, 6)}),
        ("block size", "block_size must be at least 1", {"block_size": 0}),
        ("top_k", "top_k must be at least 1", {"top_k": 0}),
        ("query blocks", "query_block_size must divide", {"block_size": 8, "query_block_size": 3}),
        ("route heads", "route_heads must divide", {"route_heads": 3}),
        ("backend", "backend must be one of", {"backend": "magic"}),
        ("segments", "segments_q must be lengths that sum to 6", {"segments_q": [3, 4]}),
        ("negative segment", "segments_k must be lengths", {"segments_k": [-1, 7]}),
        ("self", "self_attention needs as many keys", {"self_attention": True, "k": x[:, :, :5], "v": x[:, :, :5]}),
        ("lone time", "time_q and time_k go together", {"causal": True, "time_q": now}),
        (
            "time shape",
            "time_k must have shape",
            {"causal": True, "time_q": now, "time_k": torch.arange(5)},
        ),
        ("time dtypes", "use one dtype", {"causal": True, "time_q": now, "time_k": torch.arange(6.0)}),
        (
            "time NaN",
            "time_q holds NaN",
            {"causal": True, "time_q": nan, "time_k": nan},
        ),
    ]


@pytest.mark.parametrize(("message", "wrong"), [pytest.param(m, w, id=name) for name, m, w in bad_calls()])
def test_bad_arguments_are_named(message: str, wrong: dict[str, Any]) -> None:
    x = torch.zeros(2, 4, 6, 8)
    with pytest.raises(DataError, match=message):
        dar_attention(**{"q": x, "k": x, "v": x, **wrong})


def test_more_blocks_than_there_are_means_all(make_inputs: MakeInputs) -> None:
    inputs = make_inputs(20)
    out, routes = dar_attention(**inputs, block_size=8, top_k=1000, return_routes=True)
    assert routes.everything
    assert_close([out], [dar_attention(**inputs, block_size=8, top_k=None)], 0)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("top_k", [2, 30, 100])
def test_the_automatic_choice_changes_nothing(make_inputs: MakeInputs, causal: bool, top_k: int) -> None:
    inputs = make_inputs(400)
    options: dict[str, Any] = {"block_size": 8, "top_k": top_k, "causal": causal}
    assert_close([dar_attention(**inputs, **options)], [dar_attention(**inputs, **options, backend="reference")], 1e-12)


@pytest.mark.parametrize("backend", ["reference", "dense", "blocks", "auto"])
@pytest.mark.parametrize("beam", [None, 4])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("name", ["q", "k", "v", "gate_q", "gate_k"])
def test_nan_shows_in_the_output(
    make_inputs: MakeInputs, backend: str, beam: int | None, causal: bool, name: str
) -> None:
    inputs = {key: x.detach() for key, x in make_inputs(100).items()}
    inputs[name][0, 0, 36] = torch.nan  # the first of its block, so that the causal rule lets its query decide a route
    out = dar_attention(**inputs, block_size=4, top_k=4, beam=beam, causal=causal, backend=backend)
    assert torch.isnan(out[0, 0]).any() and torch.isfinite(out[1]).all()
    if name == "q":
        assert torch.isnan(out[0, 0, 36]).all()


def test_the_keyword_arguments_are_the_fields_of_layout_and_configuration() -> None:
    names = {field.name for part in (Layout, RouteConfig) for field in fields(part)}
    assert names == set(Options.__annotations__)


def test_route_and_attend_are_the_two_halves_of_a_call(make_inputs: MakeInputs) -> None:
    inputs = make_inputs(60)
    q, k, v, gate_q, gate_k = inputs.values()
    layout = Layout(block_size=8, causal=True, segments_q=[40, 20], key_mask=torch.rand(2, 60) < 0.8)
    routes = route(q, k, layout, RouteConfig(top_k=4, route_heads=2), gate_q, gate_k)
    whole = dar_attention(
        **inputs,
        block_size=8,
        causal=True,
        segments_q=[40, 20],
        key_mask=layout.key_mask,
        top_k=4,
        route_heads=2,
    )
    assert torch.equal(attend(q, k, v, routes), whole)
    assert (attend(q, k, v, routes, "reference") - whole).abs().max() < 1e-12
    with pytest.raises(DataError, match="the routes are of a batch of 2 with 60 queries"):
        attend(q[:, :, :50], k, v, routes)
