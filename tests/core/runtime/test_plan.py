from __future__ import annotations

import pickle

import pytest
from replica_parts import Numbers, Several, Sizes, Uneven

from wugan import LinkConfig, Pipeline, approximate
from wugan.errors import PipelineError
from wugan.options import BatchConfig, Placement
from wugan.runtime.node.operators import EncoderOperator, JoinOperator
from wugan.runtime.node.replicas import Replica, Spread
from wugan.runtime.plan import plan


def test_a_node_with_replicas_becomes_a_coordinator_and_copies():
    p = Pipeline("x")
    source = p.source(Numbers(3))
    encoded = p.stage(Uneven(), source, name="enc", replicas=2, link="latest", place=Placement(num_gpus=1))
    p.sink(print, encoded, name="left")
    p.sink(print, encoded, name="right")
    found = {planned.name: planned for planned in plan(p)}
    assert list(found) == ["numbers", "enc", "enc.1", "enc.2", "left", "right"]
    assert [planned.role for planned in found.values()] == ["node", "coordinator", "replica", "replica", "node", "node"]
    assert found["numbers"].readers == ("enc",) and found["numbers"].inputs == {}
    enc, copy = found["enc"], found["enc.2"]
    assert enc.readers == ("left", "right", "enc.1", "enc.2") and enc.private == ("enc.1", "enc.2")
    assert list(enc.inputs) == ["numbers", "enc.1", "enc.2"] and enc.inputs["numbers"] == LinkConfig(policy="latest")
    assert copy.readers == ("enc",) and copy.private == () and list(copy.inputs) == ["enc"]
    assert {link.policy for link in (enc.inputs["enc.1"], copy.inputs["enc"])} == {"block"}
    assert found["left"].inputs == {"enc": LinkConfig()}


def test_a_coordinator_neither_carries_the_component_nor_reserves_what_it_needs():
    p = Pipeline("x")
    p.stage(Uneven(), p.source(Numbers(3)), name="enc", replicas=2, place=Placement(num_gpus=1))
    _, coordinator, copy, _ = plan(p)
    assert coordinator.node.component is None and coordinator.node.options.place is None
    assert copy.node.component == Uneven() and copy.node.options.place == Placement(num_gpus=1)
    assert b"Uneven" not in pickle.dumps(coordinator) and b"Uneven" in pickle.dumps(copy)


def test_operators_are_made_where_they_run():
    p = Pipeline("x")
    source = p.source(Numbers(3))
    p.stage(Sizes(), source, name="batched", replicas=2, batch=BatchConfig(max_size=5))
    p.join(source, p.stage(Several(early_ms=5), source, name="several", replicas=3), sync=approximate("1ms"))
    found = {planned.name: pickle.loads(pickle.dumps(planned)) for planned in plan(p)}
    spread, replica = found["batched"].operator(), found["batched.1"].operator()
    assert isinstance(spread, Spread) and (spread.depth, spread.shifts, spread.upstream) == (10, False, "numbers")
    assert isinstance(replica, Replica) and isinstance(replica.inner, EncoderOperator)
    assert replica.gathers == BatchConfig(max_size=5) and replica.name == "batched"
    assert found["several"].operator().shifts and found["several"].operator().depth == 2
    assert isinstance(found["window-join"].operator(), JoinOperator)


def test_writers_come_before_their_readers():
    text = """
name: turned
nodes:
  out: {use: "builtins:print", in: [b]}
  b: {use: "replica_parts:Uneven", in: [a], replicas: 2}
  a: {use: "replica_parts:Uneven", in: [numbers]}
  numbers: {use: "replica_parts:Numbers", with: {count: 3}}
"""
    assert [planned.name for planned in plan(Pipeline.from_yaml(text))] == ["numbers", "a", "b", "b.1", "b.2", "out"]


def test_a_node_with_the_name_of_a_replica_is_refused():
    p = Pipeline("x")
    source = p.source(Numbers(3))
    p.stage(Uneven(), source, name="enc", replicas=2)
    p.stage(Uneven(), source, name="enc.2")
    with pytest.raises(PipelineError, match=r"node 'enc.2' has the name of a replica of 'enc': give another name="):
        p.run()
