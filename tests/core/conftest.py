"""What tests of the core share: components that other processes can import, and one Ray for all."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HERE = str(Path(__file__).parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)


@pytest.fixture(scope="session")
def ray_session() -> Iterator[None]:
    """One Ray on this machine."""
    from wugan.runtime.ray import settle_environment

    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [HERE, before]))
    settle_environment()
    import ray

    ray.shutdown()  # one that an earlier test left has workers that cannot import what lies here
    ray.init(num_cpus=2, include_dashboard=False, logging_level="ERROR")
    yield
    ray.shutdown()
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before


@pytest.fixture(params=["local", "ray"])
def runtime(request: pytest.FixtureRequest) -> str:
    """Every runtime, by name."""
    if request.param == "ray":
        request.getfixturevalue("ray_session")
    return request.param


@pytest.fixture
def shared_files() -> Iterator[Callable[[], list[str]]]:
    """Names of this process's shared files; fails where the test leaves some behind."""
    from wugan.runtime.links.shared import slot_folder

    def names() -> list[str]:
        return sorted(path.name for path in slot_folder().glob(f"wugan-{os.getpid()}-*"))

    assert names() == []
    yield names
    assert names() == [], "shared files were left behind"
