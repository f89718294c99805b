"""What `dar_attention` refuses, with messages that name the argument."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import torch
from torch import Tensor

from wugan.errors import DataError

_BACKENDS = ("auto", "reference", "dense", "blocks", "flex", "triton")


def check_call(
    q: Tensor,
    k: Tensor,
    v: Tensor,
    gate_q: Tensor | None,
    gate_k: Tensor | None,
    block_size: int,
    query_block_size: int | None,
    top_k: int | None,
    query_mask: Tensor | None,
    key_mask: Tensor | None,
    route_heads: int | None,
    backend: str,
) -> None:
    """Raise `DataError` where arguments do not fit together."""
    _check_tensors(q, k, v, gate_q, gate_k)
    batch, heads, length_q, _ = q.shape
    for name, mask, length in (("query_mask", query_mask, length_q), ("key_mask", key_mask, k.shape[2])):
        if mask is None:
            continue
        if mask.dtype != torch.bool or mask.shape != (batch, length):
            raise DataError(
                f"{name} must be bool of shape {(batch, length)} (true = the token exists), "
                f"got {mask.dtype} of shape {tuple(mask.shape)}"
            )
        if mask.device != q.device:
            raise DataError(f"{name} is on {mask.device}, q on {q.device}: move them to one device")
    for name, number in (("block_size", block_size), ("query_block_size", query_block_size), ("top_k", top_k)):
        if number is not None and number < 1:
            raise DataError(f"{name} must be at least 1, got {number}")
    if query_block_size is not None and block_size % query_block_size:
        raise DataError(f"query_block_size must divide block_size {block_size}, got {query_block_size}")
    if route_heads is not None and (route_heads < 1 or heads % route_heads):
        raise DataError(f"route_heads must divide the {heads} heads of q, got {route_heads}")
    if backend not in _BACKENDS:
        raise DataError(f"backend must be one of {', '.join(_BACKENDS)}, got {backend!r}")
    if backend == "blocks" and q.device.type != "cpu":
        raise DataError(f"backend 'blocks' runs on the CPU only and q is on {q.device}: use backend='auto'")


def _check_tensors(q: Tensor, k: Tensor, v: Tensor, gate_q: Tensor | None, gate_k: Tensor | None) -> None:
    if (gate_q is None) != (gate_k is None):
        raise DataError("gate_q and gate_k go together: give both or neither")
    named = {"q": q, "k": k, "v": v, "gate_q": gate_q, "gate_k": gate_k}
    tensors = {name: x for name, x in named.items() if x is not None}
    for name, x in tensors.items():
        if x.ndim != 4:
            raise DataError(f"{name} must be [batch, heads, length, size], got shape {tuple(x.shape)}")
        if x.device != q.device:
            raise DataError(f"{name} is on {x.device}, q on {q.device}: move them to one device")
        if not x.is_floating_point():
            raise DataError(f"{name} must be floating point, got {x.dtype}")
        if name in ("k", "v") and x.dtype != q.dtype:
            raise DataError(f"{name} is {x.dtype}, q is {q.dtype}: use one dtype")
        if x.shape[0] != q.shape[0]:
            raise DataError(f"{name} has batch size {x.shape[0]}, q has {q.shape[0]}")
    if k.shape[3] != q.shape[3]:
        raise DataError(f"k has head size {k.shape[3]}, q has {q.shape[3]}: they must be equal")
    if v.shape[1:3] != k.shape[1:3]:
        raise DataError(f"v has heads and length {tuple(v.shape[1:3])}, k has {tuple(k.shape[1:3])}")
    if not k.shape[1] or q.shape[1] % k.shape[1]:
        raise DataError(f"k has {k.shape[1]} heads, which do not divide the {q.shape[1]} heads of q")
    if gate_q is not None and gate_k is not None:
        _check_gates(q, k, gate_q, gate_k)


def _check_gates(q: Tensor, k: Tensor, gate_q: Tensor, gate_k: Tensor) -> None:
    heads = gate_q.shape[1]
    if not heads or q.shape[1] % heads:
        raise DataError(f"gate_q has {heads} heads, which do not divide the {q.shape[1]} heads of q")
    if gate_q.shape[2] != q.shape[2]:
        raise DataError(f"gate_q has length {gate_q.shape[2]}, q has {q.shape[2]}")
    wanted = (heads, k.shape[2], gate_q.shape[3])
    if gate_k.shape[1:] != wanted:
        raise DataError(f"gate_k must have heads, length and size {wanted}, got {tuple(gate_k.shape[1:])}")


def check_beam(beam: object) -> None:
    """Raise `DataError` unless `beam` is "auto", `None` or a positive number."""
    if beam not in ("auto", None) and (not isinstance(beam, int) or beam < 1):
        raise DataError(f"beam must be a number of at least 1, None or 'auto', got {beam!r}")


def check_segments(name: str, segments: Sequence[int] | None, length: int) -> None:
    """Raise `DataError` unless `segments` are lengths that sum to `length`."""
    if segments is None:
        return
    if any(size < 0 for size in segments) or sum(segments) != length:
        raise DataError(f"{name} must be lengths that sum to {length}, got {list(segments)} (sum {sum(segments)})")


def sequence_lengths(
    name: str, cu_seqlens: Tensor | Sequence[int] | None, segments: Sequence[int] | None, length: int
) -> tuple[int, ...]:
    """Lengths of the packed sequences; one of `length` unless given. Raises `DataError`."""
    if cu_seqlens is None:
        return (length,)
    ends = cu_seqlens.tolist() if isinstance(cu_seqlens, Tensor) else list(cu_seqlens)
    if not all(isinstance(end, int) for end in ends) or len(ends) < 2:
        raise DataError(f"{name} must be a list of at least two integers, got {ends}")
    lengths = tuple(end - start for start, end in pairwise(ends))
    if ends[0] != 0 or ends[-1] != length or min(lengths) < 0:
        raise DataError(f"{name} must rise from 0 to {length}, got {ends}")
    if segments is not None and not set(ends) <= {0, *accumulate(segments)}:
        raise DataError(f"{name} cuts segments apart: each end of {ends} must be the end of one of {list(segments)}")
    return lengths


def check_times(
    time_q: Tensor | None,
    time_k: Tensor | None,
    batch: int,
    length_q: int,
    length_k: int,
    device: torch.device,
    sequences: tuple[tuple[int, ...], tuple[int, ...]],
) -> tuple[Tensor, Tensor]:
    """Both times as `[B, N]`; positions in the sequence where none are given. Raises `DataError`."""
    if (time_q is None) != (time_k is None):
        raise DataError("time_q and time_k go together under the causal rule: give both or neither")
    if time_q is None or time_k is None:
        return tuple(  # type: ignore[return-value]
            torch.cat([torch.arange(length, device=device) for length in lengths]).expand(batch, -1)
            for lengths in sequences
        )
    for name, time, length in (("time_q", time_q, length_q), ("time_k", time_k, length_k)):
        if time.shape not in ((length,), (batch, length)):
            raise DataError(f"{name} must have shape {(length,)} or {(batch, length)}, got {tuple(time.shape)}")
        if time.device != device:
            raise DataError(f"{name} is on {time.device}, q on {device}: move them to one device")
        if time.dtype == torch.bool or time.is_complex():
            raise DataError(f"{name} must be integer or floating, got {time.dtype}")
        if time.is_floating_point() and torch.isnan(time).any():
            raise DataError(f"{name} holds NaN; give every token a time, and hide those without one by a mask")
    if time_q.dtype != time_k.dtype:
        raise DataError(f"time_k is {time_k.dtype}, time_q is {time_q.dtype}: use one dtype (int64 for nanoseconds)")
    return time_q.expand(batch, -1), time_k.expand(batch, -1)
