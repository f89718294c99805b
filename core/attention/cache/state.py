"""A `DARCache` as plain data and as a file."""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict
from itertools import chain
from os import PathLike
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from wugan.attention.cache.route import Route
from wugan.attention.cache.store import BlockStore, CacheConfig, Clock
from wugan.attention.cache.tree import Pool, Segment
from wugan.attention.tree import BRANCHING
from wugan.errors import DataError

_FORMAT = "wugan.dar-cache/1"


def pack(store: BlockStore, clock: Clock | None, asked: float | None, routes: dict[int, Route]) -> dict[str, Any]:
    """`config` and `layout`, fit for JSON, and `tensors`, copied."""
    tensors = {"gate_sums": store.gate_sums.clone()}
    for pool_name, pool in store.pools.items():
        for name, x in pool.tensors.items():
            tensors[f"{pool_name}.{name}"] = x[: pool.used].clone()
    for number, route in routes.items():
        for name in ("slots", "bias", "gate_q"):
            if (x := getattr(route, name)) is not None:
                tensors[f"routes.{number}.{name}"] = x.clone()
    layout = {
        "clock": clock,
        "asked": asked,
        "segments": [
            {
                "length": segment.length,
                "asked": segment.asked,
                "evicted": segment.evicted,
                "slots": list(segment.slots.items()),
                "families": [list(level.items()) for level in segment.families],
                "summaries": segment.summaries,
            }
            for segment in store.segments
        ],
        "pools": {name: {"used": pool.used, "free": pool.free} for name, pool in store.pools.items()},
        "routes": {
            str(number): {"number": route.number, "near": route.near, "room": route.room, "until": route.until}
            for number, route in routes.items()
        },
    }
    return {"config": asdict(store.config), "layout": json.loads(json.dumps(layout)), "tensors": tensors}


def unpack(
    state: dict[str, Any], device: torch.device
) -> tuple[BlockStore, Clock | None, float | None, dict[int, Route]]:
    """The inverse of `pack`. Raises `DataError` where the parts do not fit together."""
    try:
        return _unpack(CacheConfig(**state["config"]), state["layout"], state["tensors"], device)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RuntimeError) as error:
        raise DataError(f"the parts of the cache's state do not fit together: {error!r}") from error


def _unpack(
    config: CacheConfig, layout: dict[str, Any], tensors: dict[str, Tensor], device: torch.device
) -> tuple[BlockStore, Clock | None, float | None, dict[int, Route]]:
    store = BlockStore(config, device)
    store.float_times = layout["clock"] == "float"
    for name, pool in store.pools.items():
        _fill(pool, name, layout["pools"][name], tensors)
    if len(layout["segments"]) != config.segments:
        raise ValueError(f"{len(layout['segments'])} segments, config has {config.segments}")
    for segment, saved in zip(store.segments, layout["segments"], strict=True):
        segment.length, segment.asked, segment.evicted = saved["length"], saved["asked"], saved["evicted"]
        segment.slots = dict(saved["slots"])
        segment.families = [dict(level) for level in saved["families"]]
        segment.summaries = [list(level) for level in saved["summaries"]]
        _check_segment(segment, config.block_size)
        segment.starts = [
            store.times[segment.slots[block], 0].item()
            for block in range(segment.evicted, -(-segment.length // config.block_size))
        ]
    _check_places(store.blocks, chain(*(segment.slots.values() for segment in store.segments)))
    _check_places(store.tree.pool, chain(*(level.values() for s in store.segments for level in s.families)))
    _check_places(store.summaries.pool, chain(*(level for s in store.segments for level in s.summaries)))
    store.gate_sums.copy_(tensors["gate_sums"])
    routes = {}
    for number, saved in layout["routes"].items():
        parts = {name: tensors.get(f"routes.{number}.{name}") for name in ("slots", "bias", "gate_q")}
        parts = {name: None if x is None else x.to(device, copy=True) for name, x in parts.items()}
        if parts["slots"] is None:
            raise KeyError(f"routes.{number}.slots")
        near = [(n, block) for n, block in saved["near"]]
        routes[int(number)] = Route(saved["number"], near=near, room=saved["room"], until=saved["until"], **parts)  # type: ignore[arg-type]
    return store, layout["clock"], layout["asked"], routes


def _fill(pool: Pool, pool_name: str, saved: dict[str, Any], tensors: dict[str, Tensor]) -> None:
    pool.take(saved["used"])
    pool.free = list(saved["free"])
    for name, x in pool.tensors.items():
        given = tensors[f"{pool_name}.{name}"]
        if given.dtype != x.dtype or given.shape != (pool.used, *x.shape[1:]):
            raise ValueError(f"{pool_name}.{name} is {given.dtype} of shape {tuple(given.shape)}")
        x[: pool.used] = given


def _check_segment(segment: Segment, block_size: int) -> None:
    blocks = -(-segment.length // block_size)
    wanted = [0, *range(segment.evicted, blocks)] if segment.evicted else list(range(blocks))
    if sorted(segment.slots) != wanted:
        raise ValueError(f"a segment of {segment.length} tokens and {segment.evicted} evicted blocks lacks some")
    complete = segment.length // block_size
    for level, families in enumerate(segment.families):
        count, gone = complete // BRANCHING**level, segment.evicted // BRANCHING**level
        first = [0] if not level and gone >= BRANCHING else []
        if sorted(families) != [*first, *range(gone // BRANCHING, -(-count // BRANCHING))]:
            raise ValueError(f"level {level} of a segment's tree lacks nodes")


def _check_places(pool: Pool, places: chain[int]) -> None:
    if sorted([*places, *pool.free]) != list(range(pool.used)):
        raise ValueError("places of a pool are used twice or lost")


def write_file(state: dict[str, Any], path: str | PathLike[str]) -> None:
    """Write what `pack` gave to one safetensors file."""
    tensors = {name: x.contiguous() for name, x in state["tensors"].items()}
    metadata = {"format": _FORMAT, "config": json.dumps(state["config"]), "layout": json.dumps(state["layout"])}
    save_file(tensors, path, metadata=metadata | {"crc32": _checksum(tensors)})


def read_file(path: str | PathLike[str]) -> dict[str, Any]:
    """Read what `write_file` wrote, onto the CPU. Raises `DataError`."""
    if not Path(path).is_file():
        raise DataError(f"there is no attention cache at {path}")
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            if metadata.get("format") != _FORMAT:
                got = metadata.get("format")
                raise DataError(f"{path} is not an attention cache: format {got!r}, expected {_FORMAT!r}")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
        state: dict[str, Any] = {name: json.loads(metadata[name]) for name in ("config", "layout")}
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise DataError(f"{path} is not a readable attention cache: {error}") from error
    if metadata.get("crc32") != _checksum(tensors):
        raise DataError(f"{path} is damaged: its checksum differs")
    return state | {"tensors": tensors}


def _checksum(tensors: dict[str, Tensor]) -> str:
    total = 0
    for name in sorted(tensors):
        total = zlib.crc32(tensors[name].cpu().reshape(-1).view(torch.uint8).numpy().data, total)
    return f"{total:08x}"
