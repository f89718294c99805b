"""Summaries, visibility and the choice of blocks."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from wugan.attention.layout import Layout, make_blocks, span, spread, summarise
from wugan.attention.routing import Routes, Visibility, choose, local_blocks, visibility

CPU = torch.device("cpu")


def test_masked_tokens_leave_the_mean_exact() -> None:
    layout = make_blocks(5, 3, None, CPU)
    x = torch.tensor([1.0, 2.0, 100.0, 4.0, 6.0]).view(1, 1, 5, 1)
    mask = layout.cut_rows(torch.tensor([[True, True, False, True, True]]), False)
    assert summarise(x, layout, mask).mean.flatten().tolist() == [1.5, 5.0]


def test_a_few_tokens_of_each_block_sum_as_many_do() -> None:
    layout = make_blocks(30, 8, None, CPU)
    x = torch.randn(2, 3, 30, 4, generator=torch.Generator().manual_seed(0)).requires_grad_()
    mask = torch.zeros(2, 4, 8, dtype=torch.bool)
    mask[0, :, 1], mask[0, 2, 4], mask[1, 1, 7] = True, True, True
    poisoned = torch.where(layout.join(mask[..., None]).view(2, 1, 30, 1), x, torch.nan)
    found = summarise(poisoned, layout, mask)
    wanted = (layout.cut(x) * mask[:, None, :, :, None]).sum(-2)
    assert (found.total - wanted).abs().max() < 1e-6
    assert found.count[:, 0, :, 0].tolist() == [[1, 1, 2, 1], [0, 1, 0, 0]]
    (gradient,) = torch.autograd.grad(found.total.sum(), x)
    assert torch.equal(gradient[:, 0, :, 0], layout.join(mask[..., None]).view(2, 30).float())


def test_an_empty_block_has_mean_zero_and_no_span() -> None:
    layout = make_blocks(4, 2, None, CPU)
    mask = torch.tensor([[[False, False], [True, True]]])
    assert summarise(torch.ones(1, 1, 4, 1), layout, mask).mean.flatten().tolist() == [0.0, 1.0]
    found = span(torch.arange(4)[None], layout, mask)
    assert found.latest[0, 0] < found.earliest[0, 0]
    assert (found.earliest[0, 1], found.latest[0, 1]) == (2, 3)


def test_summaries_of_half_precision_are_summed_in_single() -> None:
    layout = make_blocks(4096, 4096, None, CPU)
    total = summarise(torch.ones(1, 1, 4096, 1, dtype=torch.bfloat16), layout, None).total
    assert total.dtype == torch.float32 and total.item() == 4096


def test_causal_visibility_of_self_attention() -> None:
    layout = make_blocks(6, 2, None, CPU)
    spans = span(torch.arange(6)[None], layout, layout.valid[None])
    sight = visibility(spans, spans, torch.full((1, 1, 3, 1), 2), layout, layout)
    assert sight.past[0].tolist() == [[False, False, False], [True, False, False], [True, True, False]]
    assert sight.some[0].tolist() == [[True, False, False], [True, True, False], [True, True, True]]
    assert sight.present is not None and sight.present[0].tolist() == torch.eye(3).bool().tolist()


def test_every_segment_has_its_own_present() -> None:
    keys = make_blocks(8, 2, [4, 4], CPU)
    k_time = torch.tensor([[0, 1, 2, 3, 0, 10, 20, 30]])
    queries = make_blocks(1, 1, None, CPU)
    q_span = span(torch.tensor([[15]]), queries, queries.valid[None])
    sight = visibility(q_span, span(k_time, keys, keys.valid[None]), torch.full((1, 1, 4, 1), 2), keys, queries)
    assert sight.present is not None
    assert sight.present.flatten().tolist() == [False, True, True, False]
    assert sight.past.flatten().tolist() == [True, False, False, False]


def test_local_blocks_stay_in_their_segment() -> None:
    keys = make_blocks(10, 2, [6, 4], CPU)
    own, previous, first = local_blocks(keys, keys)
    assert own.tolist() == [0, 1, 2, 3, 4]
    assert previous.tolist() == [0, 0, 1, 3, 3]
    assert first.tolist() == [0, 0, 0, 3, 3]


def test_local_blocks_of_smaller_query_blocks() -> None:
    queries, keys = make_blocks(10, 2, [6, 4], CPU), make_blocks(10, 4, [6, 4], CPU)
    assert local_blocks(queries, keys)[0].tolist() == [0, 0, 1, 2, 2]


@given(st.integers(1, 9), st.integers(0, 100))
def test_choice_keeps_forced_blocks_and_then_the_best(top_k: int, seed: int) -> None:
    blocks = 9
    layout = make_blocks(blocks, 1, None, CPU)
    scores = torch.randn(1, 2, blocks, blocks, generator=torch.Generator().manual_seed(seed))
    everything = torch.ones(1, blocks, blocks, dtype=torch.bool)
    numbers, kept = choose(scores, top_k, Visibility(everything, everything), local_blocks(layout, layout))
    assert kept.all()
    for head in range(2):
        for query in range(blocks):
            wanted = list(dict.fromkeys([query, max(query - 1, 0), 0]))
            rest = sorted(set(range(blocks)) - set(wanted), key=lambda j: -float(scores[0, head, query, j]))
            assert set(numbers[0, head, query].tolist()) == set((wanted + rest)[:top_k])


def test_choice_leaves_places_unused_rather_than_show_the_invisible() -> None:
    some = torch.tensor([[[True, False, True]]])
    numbers, kept = choose(torch.zeros(1, 1, 1, 3), 3, Visibility(some, some), [])
    assert set(numbers[kept].tolist()) == {0, 2}


def test_routes_as_tables() -> None:
    routes = Routes(
        blocks=torch.tensor([[[[2, 0]]]]),
        kept=torch.tensor([[[[True, False]]]]),
        bias=torch.tensor([[[[0.5, 9.0]]], [[[0.5, 9.0]]]])[:1],
        plan=Layout(block_size=1).plan(torch.zeros(1, 2, 1, 4), torch.zeros(1, 1, 3, 4)),
    )
    assert not routes.everything
    assert routes.as_mask().flatten().tolist() == [False, False, True]
    table = routes.bias_table()
    assert table is not None and table.flatten()[2] == 0.5


def test_spread_gives_neighbours_the_same() -> None:
    assert spread(torch.tensor([[1, 2]]), 4).tolist() == [[1, 1, 2, 2]]
