"""Independent tasks on several threads: every task once, errors heard, the caller's settings left alone."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator

import pytest
import torch

from wugan.attention import dar_attention
from wugan.attention.backends.blocks import share, worker_count


@pytest.fixture(params=[1, 3])
def threads(request: pytest.FixtureRequest) -> Iterator[int]:
    before = torch.get_num_threads()
    torch.set_num_threads(request.param)
    yield request.param
    torch.set_num_threads(before)


def test_every_task_is_done_once(threads: int) -> None:
    done = torch.zeros(50)
    x = torch.ones(1, requires_grad=True)

    def work(task: int) -> None:
        assert not (x * 2).requires_grad
        done[task] += 1

    share(work, range(50))
    assert (done == 1).all()
    assert worker_count(50) == threads and worker_count(2) == min(threads, 2) and worker_count(0) == 1


def test_the_number_of_threads_stays(threads: int) -> None:
    inside: list[int] = []
    share(lambda task: inside.append(torch.get_num_threads()), range(20))
    assert set(inside) == {1}
    later: list[int] = []
    thread = threading.Thread(target=lambda: later.append(torch.get_num_threads()))
    thread.start()
    thread.join()
    assert torch.get_num_threads() == threads and later == [threads]


def test_an_error_reaches_the_caller(threads: int) -> None:
    def work(task: int) -> None:
        if task == 7:
            raise ValueError("task 7")

    with pytest.raises(ValueError, match="task 7"):
        share(work, range(20))


@pytest.mark.parametrize("causal", [False, True])
def test_threads_do_not_change_the_result(threads: int, causal: bool) -> None:
    generator = torch.Generator().manual_seed(0)
    q, k, v = (torch.randn(2, 4, 200, 16, generator=generator).requires_grad_() for _ in range(3))

    def call() -> list[torch.Tensor]:
        out = dar_attention(q, k, v, block_size=16, top_k=4, causal=causal, backend="blocks")
        return [out, *torch.autograd.grad(out.square().sum(), (q, k, v))]

    found = call()
    assert all(torch.equal(a, b) for a, b in zip(found, call(), strict=True))
    torch.set_num_threads(1)
    assert all((a - b).abs().max() < 1e-5 for a, b in zip(found, call(), strict=True))


def test_inference_mode(threads: int) -> None:
    q, k, v = torch.randn(3, 1, 4, 200, 16)
    wanted = dar_attention(q, k, v, block_size=16, top_k=4, backend="blocks")
    with torch.inference_mode():
        found = dar_attention(q * 1, k * 1, v * 1, block_size=16, top_k=4, backend="blocks")
    assert torch.equal(found, wanted)


def _child(result: multiprocessing.SimpleQueue[int]) -> None:
    done: list[int] = []
    share(done.append, range(10))
    result.put(len(done))


@pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="needs fork")
def test_a_forked_child_makes_threads_of_its_own() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    share(lambda task: None, range(10))
    context = multiprocessing.get_context("fork")
    result: multiprocessing.SimpleQueue[int] = context.SimpleQueue()
    process = context.Process(target=_child, args=(result,))
    process.start()
    process.join(30)
    torch.set_num_threads(before)
    hung = process.is_alive()
    process.kill()
    assert not hung and result.get() == 10
