"""`BlockLayout`."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from wugan.attention.layout import make_blocks

CPU = torch.device("cpu")


@given(st.lists(st.integers(0, 20), max_size=5), st.integers(1, 8))
def test_every_token_is_in_one_block_of_its_own_segment(segments: list[int], size: int) -> None:
    layout = make_blocks(sum(segments), size, segments, CPU)
    tokens = layout.index.view(layout.blocks, layout.width)
    assert tokens[layout.valid].tolist() == list(range(sum(segments)))
    segment_of_token = [number for number, length in enumerate(segments) for _ in range(length)]
    for block in range(layout.blocks):
        inside = tokens[block][layout.valid[block]].tolist()
        assert len(inside) <= size
        assert {segment_of_token[token] for token in inside} == {int(layout.segment_of[block])}
        assert all(int(layout.block_of[token]) == block for token in inside)
        assert int(layout.segment_of[layout.first_of[block]]) == int(layout.segment_of[block])


@given(st.lists(st.integers(0, 20), min_size=1, max_size=5), st.integers(1, 8))
def test_join_undoes_cut(segments: list[int], size: int) -> None:
    layout = make_blocks(sum(segments), size, segments, CPU)
    x = torch.arange(2.0 * sum(segments) * 3).view(2, -1, 3)
    assert torch.equal(layout.join(layout.cut(x)), x)


def test_short_sequences_are_not_padded_to_the_block_size() -> None:
    layout = make_blocks(5, 64, None, CPU)
    assert layout.width == 5 and layout.regular


def test_rows_are_filled_where_there_is_no_token() -> None:
    layout = make_blocks(5, 3, None, CPU)
    assert layout.cut_rows(torch.arange(5), -1).tolist() == [[0, 1, 2], [3, 4, -1]]


def test_what_an_inference_has_laid_out_serves_a_training() -> None:
    from wugan.attention import DARAttention

    module = DARAttention(32, 2, block_size=16, top_k=2)
    x = torch.randn(1, 331, 32)  # a length that no other test has laid out
    with torch.inference_mode():
        module(x)
    module(x).sum().backward()
    assert all(parameter.grad is not None for parameter in module.parameters() if parameter.requires_grad)
