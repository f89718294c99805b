"""Geometries in shared memory."""

from __future__ import annotations

import multiprocessing
import uuid
from collections.abc import Iterator
from multiprocessing import shared_memory
from typing import Any

import numpy as np
import pytest

from wugan.devices.haptic.proxy import Geometry, Proxy, cloud, mesh, path
from wugan.errors import DataError

TRIANGLE = mesh([[-1, -1, 0], [1, -1, 0], [0, 1, 0]], [[0, 1, 2]], radius=1e-3)


@pytest.fixture
def name() -> Iterator[str]:
    yield f"wg-{uuid.uuid4().hex[:12]}"


def _attach(name: str) -> tuple[str, float]:
    geometry = Geometry.attach(name)
    return geometry.kind, float(geometry.arrays["triangles"].sum())


@pytest.mark.parametrize(
    "geometry",
    [TRIANGLE, cloud(np.random.default_rng(0).uniform(0, 1, (50, 3))), path([[0, 0], [1, 1]])],
    ids=["mesh", "cloud", "path"],
)
def test_what_is_attached_is_what_was_shared(geometry: Geometry, name: str) -> None:
    memory = geometry.share(name)
    try:
        copy = Geometry.attach(name)
        assert (copy.kind, copy.scale, copy.radius) == (geometry.kind, geometry.scale, geometry.radius)
        assert copy.nbytes == geometry.nbytes
        for key, array in geometry.arrays.items():
            assert np.array_equal(copy.arrays[key], array) and not copy.arrays[key].flags.writeable
            assert copy.arrays[key].dtype == array.dtype and copy.arrays[key].flags.aligned
    finally:
        memory.unlink()
        del copy


def test_another_process_attaches_and_its_end_takes_nothing_away(name: str) -> None:
    memory = TRIANGLE.share(name)
    try:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            assert pool.apply(_attach, (name,)) == ("mesh", float(TRIANGLE.arrays["triangles"].sum()))
        assert Geometry.attach(name).kind == "mesh"
    finally:
        memory.unlink()


def test_a_proxy_moves_on_attached_memory_as_on_its_own(name: str) -> None:
    memory = TRIANGLE.share(name)
    try:
        one, other = Proxy(TRIANGLE), Proxy(Geometry.attach(name))
        for z in (0.1, -0.01):
            assert one.move([0, 0, z]) == other.move([0, 0, z])
    finally:
        memory.unlink()


def test_names_must_be_free_and_plain(name: str) -> None:
    memory = TRIANGLE.share(name)
    try:
        with pytest.raises(DataError, match="exists already"):
            TRIANGLE.share(name)
    finally:
        memory.close()
        memory.unlink()
    with pytest.raises(DataError, match="no shared memory"):
        Geometry.attach(name)
    for bad in ("", "a/b", "x" * 31, "é"):
        with pytest.raises(DataError, match="cannot name"):
            TRIANGLE.share(bad)


@pytest.mark.parametrize("content", [b"", b"WHG1", b"WHG1\xff\xff\xff\xff", b"WHG1\x02\x00\x00\x00{}", b"\x00" * 200])
def test_other_memory_is_refused(content: bytes, name: str) -> None:
    memory = shared_memory.SharedMemory(name, create=True, size=256)
    try:
        memory.buf[: len(content)] = content
        with pytest.raises(DataError, match="no haptic geometry"):
            Geometry.attach(name)
    finally:
        memory.close()
        memory.unlink()


@pytest.mark.parametrize(
    ("kind", "arrays"),
    [
        ("mesh", {**TRIANGLE.arrays, "hollow": np.zeros(3, np.uint8)}),
        ("mesh", {"triangles": np.zeros((1, 9))}),
        (
            "cloud",
            {
                "points": np.zeros((4, 6)),
                "cells": np.zeros(1, np.int64),
                "starts": np.array([0, 9]),
                "grid": np.zeros(7),
            },
        ),
        ("path", {"points": np.zeros(4)}),
    ],
)
def test_arrays_that_do_not_belong_together_are_refused(kind: Any, arrays: dict[str, Any], name: str) -> None:
    memory = Geometry(kind, arrays, 1e-3, 1e-3).share(name)
    try:
        with pytest.raises(DataError, match="belong together"):
            Geometry.attach(name)
    finally:
        memory.close()
        memory.unlink()
