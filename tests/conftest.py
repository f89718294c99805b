"""What all tests share: where the data are, and when a test has to be skipped (always visibly, with the reason)."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from xdist.scheduler import LoadScopeScheduling

# The readline library of xdist's processes sets these; terminals' widths are for tests to choose.
for name in ("COLUMNS", "LINES"):
    os.environ.pop(name, None)

# No test leaves dead letters in the state folder of who runs it.
os.environ["WUGAN_STATE"] = tempfile.mkdtemp(prefix="wugan-tests-")

ROOT = Path(__file__).resolve().parent.parent

# Continuous integration must give the same answer twice; at a desk, fresh examples are worth more.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, database=None, print_blob=True)
hypothesis.settings.register_profile("desk", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "desk")

# These look at what happens when, or take Ray for themselves: one after the other, in one process. All others share
# nothing and run beside them, file by file.
ONE_BY_ONE = (
    *(
        "apps/customer_service/test_pipeline.py",
        "apps/diagnosis/test_diagnose.py",
        "apps/perception/test_",
        "apps/teleop",
    ),
    *("apps/voice_to_3d/readings/test_stages.py", "apps/voice_to_3d/test_pipeline.py"),
    *("core/cli", "core/observe", "core/record", "core/runtime", "core/test_", "devices/test_"),
    *("devices/haptic/servo", "devices/haptic/test_", "test_examples.py"),
)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout's root folder."""
    return ROOT


@pytest.fixture(scope="session")
def data_root() -> Path:
    """Folder of the public data sets, which are no part of the repository: `WUGAN_DATA`, else `../shared/data`."""
    folder = Path(os.environ.get("WUGAN_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"needs the public data sets, and {folder} is no folder (set WUGAN_DATA)")
    return folder


@pytest.fixture
def eventually() -> Callable[..., None]:
    """Wait until a condition holds; fail where it does not come about."""

    def wait(condition: Callable[[], object], seconds: float = 20.0) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, "it never came about"
            time.sleep(0.01)

    return wait


class SideBySide(LoadScopeScheduling):
    """Hands out whole files, and those of `ONE_BY_ONE` as one.

    Not xdist's groups: pytest 9.2 takes no notice of the marks, and tells nobody (pytest-xdist issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0].removeprefix("tests/")
        return "one by one" if file.startswith(ONE_BY_ONE) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Say what may run side by side."""
    return SideBySide(config, log)


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow on Ray only; skip what needs a graphics card or a device where there is none."""
    for item in items:
        given = getattr(item, "callspec", None)
        if item.get_closest_marker("slow_on_ray") and given is not None and "ray" in map(str, given.params.values()):
            item.add_marker(pytest.mark.slow)
    if not os.environ.get("WUGAN_HARDWARE"):
        for item in items:
            if item.get_closest_marker("hardware"):
                item.add_marker(pytest.mark.skip(reason="needs a device; set WUGAN_HARDWARE=1 where it is plugged in"))
    on_gpu = [item for item in items if item.get_closest_marker("gpu")]
    if on_gpu:
        import torch

        if not torch.cuda.is_available():
            for item in on_gpu:
                item.add_marker(pytest.mark.skip(reason="needs an NVIDIA GPU"))
