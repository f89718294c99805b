"""`DARCache`: bounded memory against an oracle in plain words, and what a saved cache goes on with."""

from __future__ import annotations

import math
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import torch
from cache_parts import Inputs, append, attend, cut, feed, make_cache, random_inputs
from safetensors.torch import load_file, save_file
from torch import Tensor

from wugan.attention import DARCache
from wugan.errors import DataError


class Oracle:
    """Bounded memory in plain words, for one row, a token and a head at a time."""

    def __init__(self, inputs: Inputs, time: list[int], segment: list[int], **options: int) -> None:
        self.x = {name: x[0] for name, x in inputs.items()}
        self.time, self.segment, self.o = time, segment, options
        count = options["segments"]
        self.blocks: list[list[list[int]]] = [[] for _ in range(count)]  # tokens by segment and block
        self.gone: set[tuple[int, int]] = set()
        self.summaries: list[list[list[list[int]]]] = [[] for _ in range(count)]  # by segment and level
        self.routes: dict[int, dict[str, Any]] = {}

    def append(self, token: int) -> None:
        own = self.blocks[self.segment[token]]
        if own and len(own[-1]) < self.o["block_size"]:
            own[-1].append(token)
            return
        own.append([token])
        here = [(s, b) for s, blocks in enumerate(self.blocks) for b in range(len(blocks)) if (s, b) not in self.gone]
        if len(here) > self.o["max_blocks"]:
            free = [(s, b) for s, b in here if 0 < b < len(self.blocks[s]) - 2]
            s, b = min(free, key=lambda block: (self.time[self.blocks[block[0]][block[1]][0]], block[0]))
            self.gone.add((s, b))
            self.summarise(self.summaries[s], self.blocks[s][b])

    def summarise(self, levels: list[list[list[int]]], tokens: list[int]) -> None:
        for level in levels:
            level.append(tokens)
            if len(level) < self.o["max_summaries"] + 8:
                return
            tokens = list(chain(*level[:8]))
            del level[:8]
        levels.append([tokens])

    def mean(self, name: str, head: int, tokens: list[int]) -> Tensor:
        return self.x[name][head, tokens].mean(0)

    def attend(self, token: int) -> Tensor:
        s, m = self.segment[token], self.o["query_block_size"]
        place = sum(len(b) for b in self.blocks[s]) - 1
        if s not in self.routes or self.routes[s]["number"] != place // m:
            self.routes[s] = self.route(token, place // m)
        route = self.routes[s]
        begun = [(s, b) for s, blocks in enumerate(self.blocks) for b in range(len(blocks))]
        later = [block for block in begun if block not in route["begun"] and block not in route["later"]]
        route["later"] += sorted(later, key=lambda b: self.time[self.blocks[b[0]][b[1]][0]])
        return torch.stack([self.head(token, head, route) for head in range(4)])

    def route(self, token: int, number: int) -> dict[str, Any]:
        s = self.segment[token]
        own = len(self.blocks[s]) - 1
        newest = [(n, len(blocks) - 1) for n, blocks in enumerate(self.blocks) if blocks]
        newest.sort(key=lambda b: -self.time[self.blocks[b[0]][b[1]][0]])
        forced = list(dict.fromkeys([(s, own), (s, max(own - 1, 0)), (s, 0), *newest]))[: self.o["top_k"]]
        begun = [(n, b) for n, blocks in enumerate(self.blocks) for b in range(len(blocks))]
        rest = [block for block in begun if block not in self.gone and block not in forced and block not in newest]
        heads, chosen = 4 // self.o["route_heads"], []
        for head in range(4):
            group = range(head // heads * heads, (head // heads + 1) * heads)
            score = {block: sum(self.score(token, h, self.blocks[block[0]][block[1]]) for h in group) for block in rest}
            best = sorted(rest, key=lambda block: -score[block])
            chosen.append([*forced, *best[: self.o["top_k"] - len(forced)]])
        return {"number": number, "begun": begun, "later": [], "chosen": chosen, "newest": newest, "token": token}

    def score(self, token: int, head: int, tokens: list[int]) -> float:
        k = self.x["q"][head, token] @ self.mean("k", head // 2, tokens) * 5**-0.5
        return float(k + self.gate(token, head, tokens))

    def gate(self, token: int, head: int, tokens: list[int]) -> Tensor:
        return self.x["gate_q"][head // 2, token] @ self.mean("gate_k", head // 2, tokens)

    def head(self, token: int, head: int, route: dict[str, Any]) -> Tensor:
        q, logits, values = self.x["q"][head, token], [], []
        chosen = route["chosen"][head]
        for s, b in [*chosen, *route["later"][: self.o["top_k"] - len(chosen)]]:
            if (s, b) in self.gone:
                continue
            past = (s, b) not in route["newest"] and (s, b) not in route["later"]
            bias = self.gate(route["token"], head, self.blocks[s][b]) if past else 0.0
            for key in self.blocks[s][b]:
                logits.append(q @ self.x["k"][head // 2, key] * 5**-0.5 + bias)
                values.append(self.x["v"][head // 2, key])
        for tokens in (tokens for levels in self.summaries for level in levels for tokens in level):
            bias = math.log(len(tokens)) + self.gate(route["token"], head, tokens)
            logits.append(q @ self.mean("k", head // 2, tokens) * 5**-0.5 + bias)
            values.append(self.mean("v", head // 2, tokens))
        return torch.stack(logits).softmax(0) @ torch.stack(values)


@pytest.mark.parametrize(
    ("query_block_size", "route_heads", "segments", "beam"), [(1, 4, 1, None), (1, 2, 2, 4), (4, 1, 2, None)]
)
def test_bounded_memory(query_block_size: int, route_heads: int, segments: int, beam: int | None) -> None:
    """Against the oracle, which scores every block: a beam as wide as what is kept changes nothing."""
    length, generator = 140, torch.Generator().manual_seed(0)
    inputs = random_inputs(length, 0, batch=1)
    segment = torch.randint(segments, (length,), generator=generator).tolist()
    time = (torch.arange(length) * 3).tolist()
    options: dict[str, Any] = {
        "block_size": 4,
        "query_block_size": query_block_size,
        "top_k": 5,
        "route_heads": route_heads,
        "segments": segments,
        "max_blocks": 12,
        "max_summaries": 2,
    }
    cache, oracle = make_cache(inputs, beam=12 if beam else None, **options), Oracle(inputs, time, segment, **options)
    for n in range(length):
        oracle.append(n)
        wanted = oracle.attend(n)
        found = cache.step(**cut(inputs, slice(n, n + 1)), time=time[n], segment=segment[n])
        assert (found[0, :, 0] - wanted).abs().max() < 1e-10, n
    assert len(oracle.gone) > 20 and max(len(levels) for levels in oracle.summaries) > 1


@pytest.mark.parametrize("beam", [None, 4])
@pytest.mark.parametrize("cuts", [[0, 200], [0, 3, 150, 151, 200]])
def test_bounded_memory_in_chunks(cuts: list[int], beam: int | None) -> None:
    inputs = random_inputs(200, 0)
    options: dict[str, Any] = {"block_size": 4, "query_block_size": 2, "top_k": 4, "max_blocks": 20, "beam": beam}
    one_by_one = feed(make_cache(inputs, **options), inputs, list(range(201)))
    cache = make_cache(inputs, **options)
    assert (feed(cache, inputs, cuts) - one_by_one).abs().max() < 1e-10
    assert cache.store.resident == 20


def test_bounded_memory_stays_bounded() -> None:
    inputs = random_inputs(4000, 0, batch=1)
    cache = make_cache(inputs, block_size=2, top_k=4, max_blocks=40, max_summaries=4, segments=2)
    sizes = []
    for n in range(0, 4000, 50):
        append(cache, inputs, slice(n, n + 50), torch.arange(n, n + 50), n // 50 % 2)
        sizes.append(cache.nbytes)
        lists = sum(len(s.slots) + len(s.starts) + sum(map(len, s.families)) for s in cache.store.segments)
        assert lists < 41 + 42 + 30  # blocks, their times, nodes by eights
        assert cache.store.summaries.pool.used <= 2 * (4 + 8) * math.log(2000, 8)
    assert max(sizes[40:]) <= 1.3 * sizes[10]  # summaries of summaries are all that grows


def test_eviction_by_hand() -> None:
    inputs = random_inputs(60, 0)
    cache = make_cache(inputs, block_size=4, query_block_size=4, top_k=5, segments=2)
    append(cache, inputs, slice(0, 40), torch.arange(40), 0)
    assert cache.evict(before=12) == 2  # the first stays
    assert cache.evict(before=13) == 0
    assert cache.evict(blocks=2) == 2
    assert cache.evict(before=math.inf) == 3 and cache.evict(blocks=9) == 0
    assert sorted(cache.store.segments[0].slots) == [0, 8, 9]
    append(cache, inputs, slice(40, 60), torch.arange(40, 60), 0)
    assert cache.store.blocks.used == 10  # freed places are used again
    with pytest.raises(DataError, match="older than what was evicted"):
        attend(cache, inputs, slice(0, 1), time=31, segment=None)
    out = attend(cache, inputs, slice(0, 1), time=59, segment=None)
    # Everything is read: what is there, and seven means of four tokens.
    assert torch.isfinite(out).all()
    q, gate_q = inputs["q"][:, :, :1], inputs["gate_q"][:, :, :1]
    blocks = inputs["k"].unflatten(2, (15, 4)).mean(3), inputs["v"].unflatten(2, (15, 4)).mean(3)
    gate = (gate_q @ inputs["gate_k"].unflatten(2, (15, 4)).mean(3).mT).repeat_interleave(2, 1)
    cache = make_cache(inputs, block_size=4, query_block_size=4, top_k=None, segments=2)
    append(cache, inputs, slice(0, 60), torch.arange(60), 0)
    cache.evict(before=32)
    tokens = torch.tensor([0, 1, 2, 3, *range(32, 60)])
    k = torch.cat((inputs["k"][:, :, tokens], blocks[0][:, :, 1:8]), 2).repeat_interleave(2, 1)
    v = torch.cat((inputs["v"][:, :, tokens], blocks[1][:, :, 1:8]), 2).repeat_interleave(2, 1)
    bias = torch.cat((gate[..., tokens // 4], gate[..., 1:8] + math.log(4)), -1)
    bias[..., 28:32] = 0  # the newest block
    wanted = torch.nn.functional.scaled_dot_product_attention(q, k, v, bias)
    assert (attend(cache, inputs, slice(0, 1), segment=None) - wanted).abs().max() < 1e-10


@pytest.mark.parametrize("bound", [None, 6])
@pytest.mark.parametrize("clock", ["default", "int", "float"])
def test_save_and_load(tmp_path: Path, clock: str, bound: int | None) -> None:
    """The restored cache goes on bit for bit, also in the middle of a query block."""
    inputs, file = random_inputs(90, 0), tmp_path / "cache.safetensors"
    options: dict[str, Any] = {"block_size": 4, "query_block_size": 4, "top_k": 4, "segments": 2, "max_blocks": bound}
    cache = make_cache(inputs, **options)

    def step(cache: DARCache, n: int) -> Tensor:
        time = {"default": None, "int": n * 10, "float": n / 7}[clock]
        return cache.step(**cut(inputs, slice(n, n + 1)), time=time, segment=n // 3 % 2)

    for n in range(61):
        step(cache, n)
    cache.save(file)
    loaded, other = DARCache.load(file), make_cache(inputs, **options)
    other.load_state_dict(cache.state_dict())
    for n in range(61, 90):
        wanted = step(cache, n)
        assert torch.equal(step(loaded, n), wanted) and torch.equal(step(other, n), wanted)
    with pytest.raises(DataError, match="too late" if clock != "default" else "clock"):
        loaded.append(**cut(inputs, slice(0, 1), "k", "v", "gate_k"), time={"float": 12.5}.get(clock, 875), segment=0)


def test_load_says_what_is_wrong(tmp_path: Path) -> None:
    file, inputs = tmp_path / "x.safetensors", random_inputs(30, 0)
    with pytest.raises(DataError, match="there is no attention cache at"):
        DARCache.load(file)
    file.write_bytes(b"no safetensors at all")
    with pytest.raises(DataError, match="not a readable attention cache"):
        DARCache.load(file)
    save_file({"x": torch.zeros(1)}, file)
    with pytest.raises(DataError, match="is not an attention cache: format None"):
        DARCache.load(file)
    cache = make_cache(inputs, block_size=4)
    append(cache, inputs, slice(0, 30))
    cache.save(file)
    whole = file.read_bytes()
    file.write_bytes(whole[:-10])
    with pytest.raises(DataError, match="not a readable attention cache"):
        DARCache.load(file)
    file.write_bytes(whole[:-10] + bytes([whole[-10] ^ 1]) + whole[-9:])
    with pytest.raises(DataError, match="is damaged"):
        DARCache.load(file)
    file.write_bytes(whole)
    assert len(load_file(file)) > 3 and len(DARCache.load(file)) == 30


def lose(state: dict[str, Any], how: str) -> None:
    segment = state["layout"]["segments"][0]
    if how == "tensor":
        del state["tensors"]["blocks.key"]
    elif how == "shape":
        state["tensors"]["tree.mean"] = state["tensors"]["tree.mean"][1:]
    elif how == "slot":
        segment["slots"][0][1] = segment["slots"][1][1]
    elif how == "block":
        del segment["slots"][0]
    elif how == "node":
        del segment["families"][0][0]
    elif how == "segment":
        state["layout"]["segments"].append(segment)
    elif how == "dtype":
        state["config"]["dtype"] = "load"
    else:
        state["config"]["surprise"] = 1


@pytest.mark.parametrize("how", ["tensor", "shape", "slot", "block", "node", "segment", "dtype", "config"])
def test_a_state_that_does_not_fit(how: str) -> None:
    inputs = random_inputs(30, 0)
    cache = make_cache(inputs, block_size=2, query_block_size=2)
    cache.step(**inputs)
    state = cache.state_dict()
    with pytest.raises(DataError, match="another cache"):
        make_cache(inputs, block_size=2, top_k=3).load_state_dict(state)
    lose(state, how)
    with pytest.raises(DataError, match="do not fit|dtype must be"):
        cache.load_state_dict(state)
