"""`DARCache`: a stream, fed token by token or in chunks, against one parallel call on the whole row."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from cache_parts import append, attend, cut, feed, make_cache, random_inputs
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.attention import DARAttention, dar_attention
from wugan.attention.cache.tree import BlockTree
from wugan.errors import DataError


@settings(max_examples=60)
@given(data=st.data())
def test_a_stream_equals_the_parallel_form(data: st.DataObject) -> None:
    draw = data.draw
    block_size = draw(st.sampled_from([1, 2, 4]), "block_size")
    lengths = draw(st.lists(st.integers(0, 30), min_size=1, max_size=3).filter(any), "lengths")
    seed, segments = draw(st.integers(0, 999), "seed"), len(lengths)
    inputs = random_inputs(
        sum(lengths),
        seed,
        batch=draw(st.sampled_from([1, 2]), "batch"),
        gate=draw(st.sampled_from([0, 3]), "gate"),
        gate_heads=draw(st.sampled_from([1, 2, 4]), "gate_heads"),
    )
    options: dict[str, Any] = {
        "block_size": block_size,
        "query_block_size": draw(st.sampled_from([m for m in (1, 2, 4) if not block_size % m]), "query_block_size"),
        "top_k": draw(st.sampled_from([1, 2, 3, 4, 6, 9, None]), "top_k"),
        "beam": draw(st.sampled_from([None, "auto", 3, 4, 9]), "beam"),
        "route_heads": draw(st.sampled_from([1, 2, 4]), "route_heads"),
    }
    generator = torch.Generator().manual_seed(seed)
    most = draw(st.sampled_from([15, 10**6]), "latest time")  # 15: many ties
    times = [torch.randint(most, (n,), generator=generator).sort().values for n in lengths]
    if draw(st.booleans(), "floating"):
        times = [time / 7 for time in times]
    time = torch.cat(times)
    wanted = dar_attention(
        **inputs,
        **options,
        causal=True,
        time_q=time,
        time_k=time,
        segments_q=lengths,
        self_attention=True,
        backend="reference",
    )
    # A bound that never bites changes nothing.
    cache = make_cache(inputs, segments=segments, max_blocks=draw(st.sampled_from([None, 500]), "bound"), **options)
    starts = np.cumsum([0, *lengths]).tolist()
    ends = [slice(start, start) for start in starts[:-1]]
    found, moments = torch.zeros_like(wanted), time.unique()
    while len(moments):
        chunk = draw(st.sampled_from([1, 1, 2, 30]), "moments at once")
        now, moments = moments[:chunk][-1], moments[chunk:]
        fresh = [int((own <= now).sum()) + start for own, start in zip(times, starts[:-1], strict=True)]
        ends = [slice(end.stop, stop) for end, stop in zip(ends, fresh, strict=True)]
        new = [(segment, end) for segment, end in enumerate(ends) if end.stop > end.start]
        if len(new) == 1:
            ((segment, part),) = new
            found[:, :, part] = cache.step(**cut(inputs, part), time=time[part], segment=segment)
            continue
        for segment, part in reversed(new):
            append(cache, inputs, part, time[part], segment)
        for segment, part in new:
            found[:, :, part] = attend(cache, inputs, part, segment=segment)
    assert (found - wanted).abs().max() < 1e-10


@pytest.mark.parametrize("beam", [None, 5])
@pytest.mark.parametrize("query_block_size", [1, 4])
def test_cross_attention_queries(query_block_size: int, beam: int | None) -> None:
    """Queries of no modality, of any times in any order, not even the newest."""
    keys, queries, lengths = random_inputs(50, 0), random_inputs(9, 1), [30, 20]
    time_k = torch.cat((torch.arange(30) * 10, torch.arange(20) * 17 + 3))
    time_q = torch.tensor([5, 290, 0, 77, 100, 100, 260, 31, 299])
    options: dict[str, Any] = {"block_size": 4, "query_block_size": query_block_size, "top_k": 4, "beam": beam}
    cache = make_cache(keys, segments=2, **options)
    assert not attend(cache, queries, slice(0, 9), segment=None).any()  # nothing there
    cache = make_cache(keys, segments=2, **options)
    append(cache, keys, slice(0, 30), time_k[:30], 0)
    append(cache, keys, slice(30, 50), time_k[30:], 1)
    wanted = dar_attention(
        **cut(queries, slice(0, 9), "q", "gate_q"),
        **cut(keys, slice(0, 50), "k", "v", "gate_k"),
        **options,
        causal=True,
        time_q=time_q,
        time_k=time_k,
        segments_k=lengths,
        self_attention=False,
    )
    assert (attend(cache, queries, slice(0, 9), time=time_q, segment=None) - wanted).abs().max() < 1e-10
    latest = attend(cache, queries, slice(0, 1), time=326, segment=None)
    assert torch.equal(attend(cache, queries, slice(0, 1), segment=None), latest)  # the newest time by default
    early = attend(cache, queries, slice(0, 2), time=[-1, -5], segment=None)
    assert not early.any()


@pytest.mark.parametrize("cuts", [list(range(71)), [0, 70], [0, 33, 34, 35, 70]])
def test_default_times_and_a_token_left_out(cuts: list[int]) -> None:
    inputs, options = random_inputs(70, 0), {"block_size": 8, "query_block_size": 4, "top_k": 4}
    wanted = dar_attention(**inputs, **options, causal=True)
    assert (feed(make_cache(inputs, **options), inputs, cuts) - wanted).abs().max() < 1e-10
    # Only the second query of each four is asked: as if the others were masked.
    cache, asked = make_cache(inputs, **options), torch.arange(70) % 4 == 1
    rows = []
    for n in range(70):
        append(cache, inputs, slice(n, n + 1))
        if asked[n]:
            rows.append(attend(cache, inputs, slice(n, n + 1)))
    masked = dar_attention(**inputs, **options, causal=True, query_mask=asked.expand(2, -1))
    assert (torch.cat(rows, 2) - masked[:, :, asked]).abs().max() < 1e-10


def test_the_layer_in_steps() -> None:
    layer = DARAttention(16, 4, kv_heads=2, block_size=4, query_block_size=2, top_k=4, gate_dim=3).double()
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    x = torch.randn(2, 40, 16, generator=torch.Generator().manual_seed(0)).double()
    cache = layer.make_cache(2)
    out = torch.cat([layer.step(part, cache) for part in x.split([7, 1, 1, 20, 11], 1)], 1)
    assert (out - layer(x, causal=True)).abs().max() < 1e-10 and not out.requires_grad
    with pytest.raises(DataError, match="query must be"):
        layer.step(x[..., :3], cache)
    with pytest.raises(DataError, match="far_field"):
        DARAttention(16, 4, far_field=True).make_cache(2)
    with pytest.raises(DataError, match="router='window'"):
        DARAttention(16, 4, router="window").make_cache(2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"k": lambda x: x[:, :1]}, r"k must have shape \[2, 2, n, 5\]"),
        ({"q": lambda x: x[..., :4]}, "q must have shape"),
        ({"q": lambda x: x[:, :, :2]}, "each new token has one query|gate_q must have shape"),
        ({"v": lambda x: x[:, :, :2]}, "v must have shape"),
        ({"k": lambda x: x.float()}, "k is torch.float32, the cache torch.float64"),
        ({"q": lambda x: x.to("meta")}, "q is on meta, the cache on cpu"),
        ({"gate_q": lambda x: None}, "gate_q is missing"),
        ({"gate_k": lambda x: x.long()}, "gate_k must be floating point"),
        ({"time": lambda x: [1.0, math.nan, 2.0]}, "time holds NaN"),
        ({"time": lambda x: [1.0, 2.0]}, r"time must have shape \(3,\)"),
        ({"time": lambda x: [3, 4, 1]}, "time must not decrease within a segment, got 1"),
        ({"time": lambda x: [True, True, True]}, "time must be integer or floating"),
        ({"time": lambda x: np.full(3, 2**63, np.uint64)}, "does not fit int64"),
        ({"segment": lambda x: 2}, "segment must be a number from 0 to 1, got 2"),
        ({"segment": lambda x: "voice"}, "segment must be a number from 0 to 1, got 'voice'"),
    ],
)
def test_bad_input_is_named(change: dict[str, Callable[[Any], Any]], message: str) -> None:
    inputs: dict[str, Any] = random_inputs(3, 0)
    cache = make_cache(inputs, segments=2, block_size=4)
    with pytest.raises(DataError, match=message):
        cache.step(**inputs | {name: f(inputs.get(name)) for name, f in change.items()})
    assert len(cache) == 0  # nothing was taken in


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"block_size": 0}, "block_size must be at least 1"),
        ({"block_size": 4, "query_block_size": 3}, "query_block_size must divide"),
        ({"route_heads": 3}, "route_heads must divide"),
        ({"top_k": 0}, "top_k must be at least 1"),
        ({"beam": 0}, "beam must be"),
        ({"beam": 2, "top_k": 1, "segments": 3}, "beam must be at least the number of segments"),
        ({"max_blocks": 5, "segments": 2}, "max_blocks must be at least 3 for each"),
        ({"dtype": torch.int64}, "dtype must be floating point"),
    ],
)
def test_bad_options_are_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        make_cache(random_inputs(1, 0), **options)


def test_late_tokens_and_untimely_queries() -> None:
    inputs = random_inputs(8, 0)
    cache = make_cache(inputs, segments=2, block_size=4)
    append(cache, inputs, slice(0, 2), torch.tensor([5, 9]), 0)
    append(cache, inputs, slice(2, 3), torch.tensor([9]), 1)  # the same time is fine before it is asked
    attend(cache, inputs, slice(0, 2), segment=0)
    attend(cache, inputs, slice(2, 3), segment=1, time=torch.tensor([9]))
    with pytest.raises(DataError, match="time 9 is too late: a query of time 9 was answered"):
        append(cache, inputs, slice(3, 4), torch.tensor([9]), 1)
    append(cache, inputs, slice(3, 4), torch.tensor([20]), 1)
    with pytest.raises(DataError, match="time 15 is before 20, the newest of segment 1"):
        append(cache, inputs, slice(4, 5), torch.tensor([15]), 1)
    with pytest.raises(DataError, match="clock 'float', the tokens so far by 'int'"):
        append(cache, inputs, slice(4, 5), torch.tensor([30.0]), 1)
    with pytest.raises(DataError, match="clock 'default'"):
        append(cache, inputs, slice(4, 5))
    with pytest.raises(DataError, match="segment 0 has 2 tokens: append them first"):
        attend(cache, inputs, slice(0, 3))
    with pytest.raises(DataError, match="each is asked once"):
        attend(cache, inputs, slice(0, 2), segment=1)
    with pytest.raises(DataError, match="time differs"):
        attend(cache, inputs, slice(3, 4), segment=1, time=7)
    with pytest.raises(DataError, match="use one clock"):
        attend(cache, inputs, slice(3, 4), segment=None, time=7.0)
    assert attend(cache, inputs, slice(3, 4), segment=1).shape == (2, 4, 1, 3)
    with pytest.raises(DataError, match="gate_q is given, but this cache has no gates"):
        attend(make_cache(random_inputs(1, 0, gate=0)), inputs, slice(0, 1), segment=None)


def test_no_tokens_and_odd_dtypes() -> None:
    inputs = {name: x.float() for name, x in random_inputs(40, 0).items()}
    cache = make_cache(inputs, block_size=4, dtype=torch.float32)
    assert cache.step(**cut(inputs, slice(0, 0))).shape == (2, 4, 0, 3) and len(cache) == 0
    with torch.inference_mode():
        wanted = [cache.step(**cut(inputs, slice(0, 9)))]
    wanted.append(feed(cache, inputs, list(range(9, 41))))  # tensors made in inference mode can be written to
    half = {name: x.bfloat16() for name, x in inputs.items()}
    out = feed(make_cache(half, block_size=4, dtype=torch.bfloat16, capacity=8), half, list(range(41)))
    assert out.dtype == torch.bfloat16 and (out - torch.cat(wanted, 2)).abs().max() < 0.2


def test_beam_is_narrow_beyond_2048_blocks() -> None:
    inputs = random_inputs(2100, 0, batch=1)
    caches = [make_cache(inputs, block_size=1, top_k=4, beam=beam) for beam in ("auto", None, 16)]
    for cache in caches:
        append(cache, inputs, slice(0, 2040))
    auto, flat, narrow = (attend(cache, inputs, slice(2039, 2040)) for cache in caches)
    assert torch.equal(auto, flat) and not torch.equal(auto, narrow)
    for cache in caches:
        append(cache, inputs, slice(2040, 2100))
    auto, flat, narrow = (attend(cache, inputs, slice(2099, 2100)) for cache in caches)
    assert torch.equal(auto, narrow) and not torch.equal(auto, flat)


def test_a_step_scores_by_the_logarithm_of_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs, counts = random_inputs(16 * 8**3 + 1, 0, batch=1), []
    gather = BlockTree.gather
    for length in (16 * 8, 16 * 8**2, 16 * 8**3):
        cache, scored = make_cache(inputs, block_size=2, query_block_size=1, top_k=4, beam=4), []
        append(cache, inputs, slice(0, length))
        with monkeypatch.context() as patch:
            patch.setattr(
                BlockTree, "gather", lambda tree, nodes, to=scored: to.append(nodes.numel()) or gather(tree, nodes)
            )
            cache.step(**cut(inputs, slice(length, length + 1)))
        counts.append(sum(scored))
    assert counts[2] - counts[1] == counts[1] - counts[0] > 0
