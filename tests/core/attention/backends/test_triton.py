"""The NVIDIA backend against the float64 oracle: on the card where there is one, else in Triton's interpreter.

Triton decides when it is imported whether it interprets, so without a card one test runs this file again in a process
of its own.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from wugan.attention import dar_attention
from wugan.attention.backends import triton as backend
from wugan.attention.layout import make_blocks
from wugan.errors import DataError

Inputs = dict[str, Tensor]
MakeInputs = Callable[..., Inputs]

INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"
DEVICE = "cuda" if torch.cuda.is_available() and not INTERPRETED else "cpu"

runs_kernels = pytest.mark.skipif(
    not INTERPRETED and DEVICE == "cpu", reason="no card: run by test_in_the_interpreter in a process of its own"
)
compiled = pytest.mark.skipif(INTERPRETED, reason="this process interprets")


@compiled
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(DEVICE == "cuda", reason="the card runs them")
def test_in_the_interpreter(repository: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "not hopper", __file__]
    done = subprocess.run(
        command, cwd=repository, env={**os.environ, "TRITON_INTERPRET": "1"}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"(\d+) passed", done.stdout)
    assert found and int(found[1]) > len(CASES), done.stdout


def both(inputs: Inputs, **options: Any) -> tuple[list[Tensor], list[Tensor]]:
    """Output and gradients of the backend and of the oracle (on the same inputs in float64)."""
    results = []
    for name, dtype in (("triton", None), ("reference", torch.float64)):
        own = {key: x.detach().to(DEVICE, dtype).requires_grad_() for key, x in inputs.items()}
        moved = {key: x.to(DEVICE) if isinstance(x, Tensor) else x for key, x in options.items()}
        out = dar_attention(**own, **moved, backend=name)
        weight = torch.randn(out.shape, generator=torch.Generator().manual_seed(3)).to(out)
        results.append([out.detach(), *torch.autograd.grad((out * weight).sum(), list(own.values()))])
    return results[0], results[1]


def assert_close(found: list[Tensor], wanted: list[Tensor], tolerance: float) -> None:
    """Within `tolerance` of the largest entry (or of one, if all are smaller)."""
    for a, b in zip(found, wanted, strict=True):
        assert a.shape == b.shape
        assert (a.double() - b).abs().max() <= tolerance * max(1.0, float(b.abs().max()))


START = 1_700_000_000_000_000_000  # nanoseconds: one more or less is lost in a double
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({"length_q": 40, "gate": 0}, {"block_size": 16, "top_k": 2}),
    "gate": ({"length_q": 45, "batch": 1}, {"block_size": 16, "top_k": 2}),
    "causal": ({"length_q": 45, "batch": 1}, {"block_size": 16, "top_k": 2, "causal": True}),
    "all blocks, causal": ({"length_q": 45, "batch": 1}, {"block_size": 16, "top_k": None, "causal": True}),
    "one route for all heads": ({"length_q": 40, "batch": 1}, {"block_size": 8, "top_k": 3, "route_heads": 1}),
    "every query by itself": (
        {"length_q": 14, "batch": 1, "heads": 2, "kv_heads": 1},
        {"block_size": 4, "query_block_size": 1, "top_k": 2, "causal": True},
    ),
    "blocks of no power of two": (
        {"length_q": 37, "batch": 1, "heads": 4, "kv_heads": 1, "dim": 24, "v_dim": 40},
        {"block_size": 24, "query_block_size": 12, "top_k": 2},
    ),
    "eight heads share a key": (
        {"length_q": 33, "batch": 1, "heads": 8, "kv_heads": 1, "dim": 64},
        {"block_size": 16, "top_k": 2, "causal": True},
    ),
    "tiles in a block": (
        {"length_q": 150, "length_k": 110, "batch": 1, "heads": 2, "dim": 96, "gate_heads": 1},
        {"block_size": 150, "top_k": 1, "self_attention": False},
    ),
    "modalities": (
        {"length_q": 45, "batch": 1},
        {"block_size": 16, "top_k": 3, "segments_q": [10, 0, 35], "causal": True},
    ),
    "nanoseconds": (
        {"length_q": 30, "length_k": 35, "batch": 1, "heads": 2, "kv_heads": 2},
        {
            "block_size": 16,
            "top_k": 2,
            "causal": True,
            "time_q": START + torch.arange(30),
            "time_k": START + torch.arange(35).flip(0),
        },
    ),
    "times in floating point": (
        {"length_q": 30, "batch": 1, "heads": 2, "kv_heads": 2},
        {
            "block_size": 8,
            "top_k": 3,
            "causal": True,
            "time_q": torch.arange(30).double() / 7,
            "time_k": torch.arange(30).double() / 7,
        },
    ),
    "one token": ({"length_q": 1}, {"block_size": 16, "top_k": 2}),
}


@runs_kernels
@pytest.mark.parametrize("case", CASES)
def test_outputs_and_gradients_are_those_of_the_oracle(make_inputs: MakeInputs, case: str) -> None:
    shape, options = CASES[case]
    found, wanted = both(make_inputs(**shape, dtype=torch.float32), **options)
    assert_close(found, wanted, 5e-6)


@runs_kernels
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float16, 2e-3), (torch.bfloat16, 1e-2)])
def test_half_precision(make_inputs: MakeInputs, dtype: torch.dtype, tolerance: float) -> None:
    inputs = make_inputs(40, batch=1, heads=2, kv_heads=1, dtype=torch.float32)
    found, wanted = both({name: x.to(dtype) for name, x in inputs.items()}, block_size=16, top_k=None)
    assert all(x.dtype == dtype for x in found)
    assert_close(found, wanted, tolerance)


@runs_kernels
def test_keys_that_do_not_exist_and_queries_that_see_nothing(make_inputs: MakeInputs) -> None:
    inputs = make_inputs(20, 30, dtype=torch.float32, heads=2, kv_heads=1)
    mask = torch.rand(2, 30, generator=torch.Generator().manual_seed(0)) < 0.6
    mask[1] = False
    found, wanted = both(
        inputs,
        block_size=8,
        top_k=2,
        causal=True,
        time_q=torch.arange(20),
        time_k=torch.arange(30) + 10,
        key_mask=mask,
    )
    assert_close(found, wanted, 5e-6)
    assert (found[0][0, :, :10] == 0).all() and (found[0][1] == 0).all()
    assert (found[0][0, :, 15:].abs().sum(-1) > 0).all()


@runs_kernels
def test_strides_do_not_matter(make_inputs: MakeInputs) -> None:
    inputs = {name: x.detach() for name, x in make_inputs(30, batch=1, dtype=torch.float32, gate=0).items()}
    options: dict[str, Any] = {"block_size": 16, "top_k": 1}
    wanted, _ = both(inputs, **options)
    batch_first = {name: x.transpose(1, 2).contiguous().transpose(1, 2) for name, x in inputs.items()}
    column_first = {name: x.transpose(2, 3).contiguous().transpose(2, 3) for name, x in inputs.items()}
    for strided in (batch_first, column_first):
        found, _ = both(strided, **options)
        assert all(torch.equal(a, b) for a, b in zip(found[:2], wanted[:2], strict=True))
        assert_close(found, wanted, 1e-6)


@runs_kernels
@pytest.mark.parametrize("deterministic", [False, True])
def test_a_block_that_all_queries_read(make_inputs: MakeInputs, deterministic: bool) -> None:
    """Its list is split among programs, unless sums have to be in one order."""
    inputs = make_inputs(120, batch=1, heads=1, kv_heads=1, dim=8, gate=2, dtype=torch.float32)
    torch.use_deterministic_algorithms(deterministic)
    try:
        found, wanted = both(inputs, block_size=4, top_k=3, causal=True)
    finally:
        torch.use_deterministic_algorithms(False)
    assert_close(found, wanted, 5e-6)


@runs_kernels
def test_what_the_kernels_do_not_take(make_inputs: MakeInputs) -> None:
    inputs = {name: x.to(DEVICE) for name, x in make_inputs(8).items()}
    with pytest.raises(DataError, match="float64: use backend='auto'"):
        dar_attention(**inputs, backend="triton")
    wide = {name: x.to(DEVICE) for name, x in make_inputs(8, dim=300, dtype=torch.float32).items()}
    with pytest.raises(DataError, match="heads of up to 256, q has 300"):
        dar_attention(**wide, backend="triton")


@compiled
def test_a_tensor_on_the_cpu_is_refused(make_inputs: MakeInputs) -> None:
    with pytest.raises(DataError, match="runs on NVIDIA cards and q is on cpu: use backend='auto'"):
        dar_attention(**make_inputs(8, dtype=torch.float32), backend="triton")


@compiled
@pytest.mark.slow
def test_importing_attention_does_not_import_triton() -> None:
    code = "import sys, wugan.attention; sys.exit('triton' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@settings(max_examples=60)
@given(data=st.data())
def test_work_by_key_block_holds_every_pair_once(data: st.DataObject) -> None:
    draw = data.draw
    batch, kv_heads, query_blocks, key_blocks = (draw(st.integers(1, limit)) for limit in (2, 2, 40, 5))
    routes = kv_heads * draw(st.sampled_from([1, 2]))
    heads = routes * draw(st.sampled_from([1, 2]))
    places = draw(st.integers(1, key_blocks))
    generator = torch.Generator().manual_seed(draw(st.integers(0, 99)))
    shape = (batch, routes, query_blocks)
    blocks = torch.rand(*shape, key_blocks, generator=generator).argsort(-1)[..., :places]
    if draw(st.booleans(), "all read block 0"):
        blocks = torch.where((blocks == 0).any(-1, keepdim=True), blocks, blocks.index_fill(-1, torch.tensor([0]), 0))
    count = torch.randint(0, places + 1, shape, generator=generator)
    empty = torch.empty(0)
    pairs = backend._Pairs(blocks, count.int(), empty, empty, empty, empty)
    work = backend._key_work(pairs, heads, kv_heads, key_blocks)

    found = []
    for row, first, end in zip(work.item_rows, work.item_first, work.item_end, strict=True):
        for number in range(int(first), int(end)):
            edge, edge_row = int(work.edges[number]), int(work.edge_rows[number])
            assert edge // places == edge_row
            found.append((int(row), edge_row, edge % places))
    wanted = []
    for sample in range(batch):
        for head in range(heads):
            for query in range(query_blocks):
                route = sample, head // (heads // routes), query
                for place in range(int(count[route])):
                    kv_row = (sample * kv_heads + head // (heads // kv_heads)) * key_blocks + int(blocks[route][place])
                    wanted.append((kv_row, (sample * heads + head) * query_blocks + query, place))
    assert sorted(found) == sorted(wanted)
    mean = batch * heads * query_blocks * places / (batch * kv_heads * key_blocks)
    assert (work.item_end - work.item_first).max() <= max(8, 2 * mean + 2)


def test_starts_are_those_of_the_blocks() -> None:
    layout = make_blocks(25, 8, [10, 0, 15], torch.device("cpu"))
    assert backend._starts(layout).tolist() == [0, 8, 10, 18, 25]


@compiled
@pytest.mark.parametrize("dtype", [torch.bfloat16, pytest.param(torch.float32, marks=pytest.mark.slow)])
def test_kernels_compile_for_hopper(
    make_inputs: MakeInputs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, dtype: torch.dtype
) -> None:
    """No card is needed to translate them, for the very arguments that a call passes, down to machine code."""
    pytest.importorskip("triton")
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource, compile
    from triton.runtime.jit import mangle_type

    from wugan.attention.backends import triton_kernels

    monkeypatch.setenv("TRITON_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(backend, "_check", lambda q, v: None)
    calls: dict[str, dict[str, Any]] = {}

    class Recorder:
        def __init__(self, name: str) -> None:
            self.name = name

        def __getitem__(self, grid: tuple[int]) -> Callable[..., None]:
            return lambda **arguments: calls.update({self.name: arguments})

    names = ["forward_kernel", "query_gradient_kernel", "key_gradient_kernel"]
    kernels = {name: getattr(triton_kernels, name).fn for name in names}
    for name in names:
        monkeypatch.setattr(triton_kernels, name, Recorder(name))
    inputs = make_inputs(200, dim=64, dtype=dtype)
    mask = torch.ones(2, 200, dtype=torch.bool)
    out = dar_attention(**inputs, block_size=64, top_k=2, causal=True, key_mask=mask, backend="triton")
    out.sum().backward()

    for name, kernel in kernels.items():
        given = {parameter.name: parameter.default for parameter in kernel.params} | calls[name]
        fixed = {p.name for p in kernel.params if p.is_constexpr or given[p.name] is None}
        source = ASTSource(
            fn=kernel,
            signature={key: "constexpr" if key in fixed else mangle_type(x) for key, x in given.items()},
            constexprs={key: x for key, x in given.items() if key in fixed},
        )
        result = compile(source, target=GPUTarget("cuda", 90, 32), options={"num_warps": 4, "num_stages": 2})
        assert len(result.asm["cubin"]) > 1000
        assert result.metadata.shared <= 227 << 10  # bytes that a block may have on Hopper


@pytest.mark.gpu
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_real_size(dtype: torch.dtype) -> None:
    """8 heads of 64 and 8,192 tokens against the oracle, in memory that 65,536 tokens cannot exceed."""

    def inputs(length: int) -> SimpleNamespace:
        generator = torch.Generator("cuda").manual_seed(0)
        return SimpleNamespace(
            **{
                name: torch.randn(1, heads, length, dim, generator=generator, device="cuda", dtype=dtype)
                for name, heads, dim in (("q", 8, 64), ("k", 2, 64), ("v", 2, 64), ("gate_q", 2, 16), ("gate_k", 2, 16))
            }
        )

    options: dict[str, Any] = {"block_size": 64, "top_k": 16, "causal": True, "route_heads": 2}
    found, wanted = both(vars(inputs(8192)), **options)
    assert_close(found, wanted, 2e-5 if dtype == torch.float32 else 2e-2)

    long = {name: x.requires_grad_() for name, x in vars(inputs(65536)).items()}
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    dar_attention(**long, **options).sum().backward()
    assert torch.cuda.max_memory_allocated() - before < 2 << 30  # a mask alone would be 34 GB
