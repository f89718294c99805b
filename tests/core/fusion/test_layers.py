"""Layers of the fusion backbone."""

from __future__ import annotations

import torch

from wugan.fusion.layers import AttentionPool, FourierEncoding, InputProjection, SwiGLU


def test_input_projection_keeps_the_scale_of_a_lone_number() -> None:
    torch.manual_seed(0)
    project = InputProjection(1, 8)
    out = project(torch.tensor([[[0.5], [2.0], [2000.0]]]))
    assert (out[0, 0] - out[0, 1]).abs().max() > 0.1 and (out[0, 1] - out[0, 2]).abs().max() > 0.1
    assert out.abs().max() < 20


def test_fourier_tells_times_apart_at_both_ends_of_its_range() -> None:
    torch.manual_seed(0)
    encode = FourierEncoding(1, 64, shortest=0.02, longest=1000.0, features=16)
    start = torch.tensor([0.0, 36_000.0], dtype=torch.float64)  # ten hours into a window
    for offset in (0.005, 1.0, 300.0):
        x = torch.stack((start, start + offset), 1)[..., None]
        out = encode(x)
        assert ((out[:, 0] - out[:, 1]).norm(dim=-1) > 0.1).all()


def test_fourier_of_several_coordinates() -> None:
    encode = FourierEncoding(3, 8, shortest=0.1, longest=10.0, features=4)
    assert encode(torch.randn(2, 5, 3)).shape == (2, 5, 8)


def test_pool_is_the_mean_at_first_and_zero_of_nothing() -> None:
    pool = AttentionPool(2)
    x = torch.tensor([[[1.0, 2.0], [3.0, 4.0], [9.0, 9.0]], [[5.0, 5.0]] * 3])
    mask = torch.tensor([[True, True, False], [False] * 3])
    assert pool(x, mask).tolist() == [[2.0, 3.0], [0.0, 0.0]]
    assert pool(x[:, :0], mask[:, :0]).tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_swiglu_keeps_the_shape() -> None:
    assert SwiGLU(6, 10)(torch.randn(2, 3, 6)).shape == (2, 3, 6)
