"""What only Ray's actors can do wrong; what both runtimes do alike is in test_runtimes.py."""

from __future__ import annotations

import pytest
from core_parts import FromAbroad, Silent

from wugan import Pipeline
from wugan.errors import PipelineError, RuntimeFailure


@pytest.mark.slow
def test_a_component_that_cannot_be_pickled_is_named_with_the_remedy(ray_session, shared_files):
    source = Silent()
    source.open()  # it holds a lock now
    p = Pipeline("locked")
    p.sink(print, p.source(source, name="camera"))
    with pytest.raises(PipelineError, match=r"'camera' cannot go to a Ray actor: .*pickle.*warm_up\(\) may make it"):
        p.run("ray")


def test_a_component_that_cannot_be_made_in_its_actor_is_named_with_the_cause(ray_session, shared_files):
    p = Pipeline("abroad")
    p.sink(print, p.source(FromAbroad(), name="lidar"))
    with pytest.raises(RuntimeFailure, match=r"'lidar' could not be made in its actor: .*No module named 'lidar_sdk'"):
        p.run("ray")
