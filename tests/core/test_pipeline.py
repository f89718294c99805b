from __future__ import annotations

import pytest
from core_parts import Endless, Frames, Mean, NotesItsEnd, Pairs, Slow, Talks, backbone, numbers, only_even, say

from wugan import Encoder, Head, LinkConfig, Pipeline, Tokens, approximate, latest
from wugan.errors import PipelineError, PluginError
from wugan.join import WindowJoin


def everything() -> Pipeline:
    p = Pipeline("every.thing-1")
    fast = p.source(Frames(3, step_ms=20), name="fast")
    even = p.stage(only_even, fast)
    mean = p.stage(Mean(), even, link="latest")
    pairs = p.stage(Pairs(), mean, link=LinkConfig(policy="drop_oldest", capacity=3))
    joined = p.join(pairs, fast, sync=approximate("5ms", missing="drop"))
    p.sink(print, p.stage(numbers, joined))
    p.sink(NotesItsEnd("notes"), fast)
    p.agent(Talks(), [say], p.source(Endless()))
    return p


def test_nodes_are_named_after_their_component_and_numbered():
    p = Pipeline("names")
    source = p.source(Frames(1))
    names = [source.name, *(p.stage(function, source).name for function in (only_even, only_even, lambda x: x))]
    assert names == ["frames", "only_even", "only_even-2", "lambda"]
    assert p.sink([].append, source).name == "append"
    assert p.stage(Slow(), source).name == "slow"


def test_readers_are_all_that_read_a_node():
    p = everything()
    assert [node.name for node in p.readers("fast")] == ["only_even", "window-join", "notes-its-end"]


def test_a_pipeline_survives_yaml():
    p = everything()
    text = p.to_yaml()
    back = Pipeline.from_yaml(text)
    assert back.to_yaml() == text
    for name, node in p.nodes.items():
        other = back.nodes[name]
        assert (other.inputs, other.ports, other.link) == (node.inputs, node.ports, node.link)
        assert type(other.component) is type(node.component)
    assert back.nodes["fast"].component == Frames(3, step_ms=20)
    assert back.nodes["window-join"].component.sync == approximate("5ms", missing="drop")
    assert back.nodes["print"].ports.kind == "sink"
    back.validate()


def test_a_pipeline_survives_a_file(tmp_path):
    (tmp_path / "p.yaml").write_text(everything().to_yaml())
    assert Pipeline.from_yaml(tmp_path / "p.yaml").to_yaml() == everything().to_yaml()
    assert Pipeline.from_yaml(str(tmp_path / "p.yaml")).name == "every.thing-1"


def test_a_lambda_runs_but_cannot_be_written():
    p = Pipeline("lambda")
    p.stage(lambda frame: frame, p.source(Frames(1)))
    p.validate()
    with pytest.raises(PluginError, match="define it at the top level of a module"):
        p.to_yaml()


def test_ports_that_do_not_fit_are_both_named():
    p = Pipeline("ports")
    mean = p.stage(Mean(), p.source(Frames(1)))
    with pytest.raises(PipelineError, match="port 'mean' of node 'again' takes Frame, but node 'mean' gives float"):
        p.stage(Mean(), mean, name="again")
    assert "again" not in p.nodes


@pytest.mark.parametrize(
    ("compose", "complaint"),
    [
        (lambda p, s: p.source(Mean()), "is a encoder, which does not fit here: expected source"),
        (lambda p, s: p.stage(Frames(1), s), "is a source, which does not fit here"),
        (lambda p, s: p.sink(Mean(), s), "expected sink or function"),
        (lambda p, s: p.stage(Mean(), "frames"), "'frames' is no node of pipeline 'wrong'"),
        (lambda p, s: p.stage(Mean(), Pipeline("other").source(Frames(1))), "is no node of pipeline 'wrong'"),
        (lambda p, s: p.stage(Mean(), s, name="frames"), "already has a node 'frames': give another name="),
        (lambda p, s: p.stage(Mean(), s, link="fastest"), "link 'fastest' is unknown: choose block, drop_oldest"),
        (lambda p, s: p.join(s), "needs either sync="),
        (lambda p, s: p.join(s, sync=latest("1s"), component=WindowJoin(latest("1s"))), "needs either sync="),
        (lambda p, s: p.join(sync=latest("1s")), "joins streams and has none"),
        (lambda p, s: p.join(s, s, sync=latest("1s")), "names an input twice: frames, frames"),
        (lambda p, s: p.stage(Mean(), p.sink(print, s)), "reads 'print', which is a sink and gives nothing"),
        (lambda p, s: p.fuse(s, sync=latest("1s")), "fuse.. without a backbone must know the tokens"),
        (lambda p, s: p.fuse(s, sync=latest("1s"), backbone=backbone()), "takes Tokens, but node 'frames' gives Frame"),
    ],
)
def test_wrong_composition_is_refused_at_once(compose, complaint):
    p = Pipeline("wrong")
    source = p.source(Frames(1))
    with pytest.raises(PipelineError, match=complaint):
        compose(p, source)


def test_a_name_that_is_no_name_is_refused():
    for name in ("", "a b", "a/b"):
        with pytest.raises(PipelineError, match="use letters, digits"):
            Pipeline(name)


def test_a_pipeline_without_a_source_does_not_run():
    with pytest.raises(PipelineError, match="pipeline 'empty': there is no source"):
        Pipeline("empty").run()


def test_fuse_asks_encoders_for_their_modality():
    class Voice(Encoder[object, Tokens]):
        modality, dim = "voice", 8

    class Says(Head[str]): ...

    p = Pipeline("fuse")
    fused = p.fuse(p.stage(Voice(), p.source(Endless())), sync=latest("1s"))
    assert (fused.name, fused.component.modalities) == ("fuse", {"voice": 8})
    assert p.head(Says(), fused).ports.gives is str


@pytest.mark.parametrize(
    ("nodes", "complaint"),
    [
        (
            "  a: {use: core_parts:Slow, in: b}\n  b: {use: core_parts:Slow, in: a}\n",
            r"there is no source; there is a cycle: (a -> b -> a|b -> a -> b)",
        ),
        (
            "  s: {use: core_parts:Endless}\n  a: {use: core_parts:Slow, in: a}\n",
            "there is a cycle: a -> a; data moves one way",
        ),
        ("  a: {use: core_parts:Slow}\n", "node 'a' is a stage and takes one input, got 0"),
        ("  a: {use: core_parts:Slow, in: [b, c]}\n", "takes one input, got 2"),
        ("  a: {use: core_parts:Slow, in: b}\n", r"its input 'b' is no node \(there are: a\)"),
        ("  a: {use: core_parts:Endless, in: a}\n", "is a source and takes no input, got a"),
        (
            "  a: {use: core_parts:Endless}\n  b: {use: core_parts:Mean, in: a}\n",
            "port 'a' of node 'b' takes Frame, but node 'a' gives ndarray",
        ),
        ("  a: {use: core_parts:Frames}\n", r"YAML: node 'a'\.count: Field required"),
        ("  a: {use: core_parts:Frames, with: {count: many}}\n", r"YAML: node 'a'\.count: Input should be a valid int"),
        ("  a: {use: core_parts:Nothing}\n", "YAML: node 'a': 'core_parts:Nothing' cannot be imported"),
        ("  a: {use: core_parts:MS}\n", "YAML: node 'a': 1000000 is no component"),
        ("  a: {use: audio-fil}\n", "YAML: node 'a': no plugin is called 'audio-fil'. Did you mean 'audio-file'"),
        (
            "  j: {use: join, in: j, with: {sync: {use: approximate, with: {slop: x}}}}\n",
            r"YAML: node 'j'\.sync: duration 'x' is not understood",
        ),
    ],
)
def test_yaml_that_is_wrong_names_node_and_field(nodes, complaint):
    with pytest.raises((PipelineError, PluginError), match=complaint):
        Pipeline.from_yaml(f"name: wrong\nnodes:\n{nodes}")


def test_a_graph_draws_any_name():
    p = Pipeline("graph")
    source = p.source(Frames(1), name="end")  # a word of Mermaid's
    p.sink(print, source)
    assert p.graph().splitlines() == [
        "flowchart LR",
        '  n0["end<br/>Frames"]',
        '  n1["print<br/>print"]',
        "  n0 --> n1",
    ]
