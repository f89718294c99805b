"""The block tree."""

from __future__ import annotations

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.attention.layout import Span, Summary, make_blocks
from wugan.attention.tree import BRANCHING, block_times, node_summary, node_times, tree_levels

CPU = torch.device("cpu")
Sequences = st.lists(st.lists(st.integers(0, 100), min_size=1, max_size=3), min_size=1, max_size=3)


@settings(max_examples=40)
@given(Sequences)
def test_nodes_hold_neighbours_of_one_segment(sequences: list[list[int]]) -> None:
    segments = [size for sequence in sequences for size in sequence]
    layout = make_blocks(sum(segments), 1, segments, CPU, [sum(sequence) for sequence in sequences])
    levels = tree_levels(layout)
    assert levels[-1].nodes == sum(size > 0 for size in segments)
    for finer, level in zip(levels, levels[1:], strict=False):
        assert level.nodes <= finer.nodes / BRANCHING + len(segments)
        assert int(level.children.max()) <= BRANCHING
        children = [
            range(int(first), int(first + count))
            for first, count in zip(level.first_child, level.children, strict=True)
        ]
        assert [child for part in children for child in part] == list(range(finer.nodes))
        for block in range(layout.blocks):
            assert int(finer.of_block[block]) in children[int(level.of_block[block])]
    for level in levels:
        for node in range(level.nodes):
            inside = level.of_block == node
            assert len(set(layout.segment_of[inside].tolist())) == 1
            (sequence,) = set(layout.sequence_of[inside].tolist())
            assert level.sequence_starts[sequence] <= node < level.sequence_starts[sequence + 1]
        assert level.sequence_width == int(level.sequence_starts.diff().max())


def test_sums_of_nodes_are_those_of_their_blocks() -> None:
    layout = make_blocks(20, 1, [11, 9], CPU)
    blocks = Summary(torch.arange(20.0).view(1, 1, 20, 1), torch.full((1, 1, 20, 1), 2.0))
    nodes = node_summary(blocks, tree_levels(layout)[1])
    assert nodes.total.flatten().tolist() == [28, 27, 116, 19]
    assert nodes.count.flatten().tolist() == [16, 6, 16, 2]


@settings(max_examples=25)
@given(st.integers(0, 1000), st.lists(st.integers(0, 20), min_size=1, max_size=3))
def test_times_of_nodes_by_the_rule_of_their_blocks(seed: int, segments: list[int]) -> None:
    layout = make_blocks(sum(segments), 1, segments, CPU)
    generator = torch.Generator().manual_seed(seed)
    earliest = torch.randint(30, (1, layout.blocks), generator=generator)
    latest = earliest + torch.randint(5, (1, layout.blocks), generator=generator)
    filled = torch.rand(1, layout.blocks, generator=generator) < 0.8
    earliest = earliest.masked_fill(~filled, torch.iinfo(torch.int64).max)
    levels = tree_levels(layout)
    segment_of = levels[-1].of_block
    times, timeline = block_times(Span(earliest, latest), filled, segment_of)
    queries, numbers = torch.arange(-1, 36)[None], torch.arange(levels[-1].nodes).expand(37, -1)
    newest = timeline.newest(queries, numbers)[0]
    for query, time in enumerate(range(-1, 36)):
        past = torch.zeros(layout.blocks, dtype=torch.bool)
        for number in range(levels[-1].nodes):
            begun = [b for b in range(layout.blocks) if segment_of[b] == number and filled[0, b]]
            begun = [b for b in begun if earliest[0, b] <= time]
            present = max(begun, key=lambda b: (int(earliest[0, b]), b), default=-1)
            assert newest[query, number] == present
            for b in begun:
                past[b] = bool(latest[0, b] <= time) and b != present
        for level in levels:
            nodes = node_times(times, filled, level)
            for node in range(level.nodes):
                inside = (level.of_block == node) & filled[0]
                if inside.any():
                    found = bool(nodes.closed[0, node]) and int(nodes.ended[0, node]) <= time
                    assert found == bool(past[inside].all())
                    assert nodes.earliest[0, node] == earliest[0][inside].min()
