from __future__ import annotations

import jsonschema
import pytest
import yaml
from core_parts import Frames, Mean, Talks, say

from wugan import LinkConfig, Pipeline, approximate
from wugan.errors import PipelineError
from wugan.spec import PipelineSpec, json_schema

GOOD = "name: p\nnodes:\n  a: {use: print}\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "p.yaml: expected a mapping with `name` and `nodes`, got NoneType"),
        ("- 1\n", "got list"),
        ("name: p\nnodes: {a: [}\n", r"p.yaml, line 2: not valid YAML"),
        ("name: p\n", "p.yaml: nodes: Field required"),
        ("name: p\nnodes: {}\n", "nodes: Dictionary should have at least 1 item"),
        ("name: a b\nnodes:\n  a: {use: print}\n", "name: String should match pattern"),
        ("wugan: 2\n" + GOOD, "wugan: Input should be less than or equal to 1"),
        (GOOD + "more: 1\n", "more: Extra inputs are not permitted"),
        ("name: p\nnodes:\n  a: {}\n", "nodes.a.use: Field required"),
        ("name: p\nnodes:\n  a: {use: print, inn: b}\n", "nodes.a.inn: Extra inputs"),
        ("name: p\nnodes:\n  a: {use: print, link: {policy: drop}}\n", "nodes.a.link.policy: Input should be 'block'"),
        (GOOD + "  a: {use: join}\n", "p.yaml, line 4: not valid YAML: 'a' stands here twice"),
    ],
)
def test_what_is_no_pipeline_names_file_and_line_or_field(text, complaint):
    with pytest.raises(PipelineError, match=complaint):
        PipelineSpec.read(text, "p.yaml")


def test_a_file_that_cannot_be_read(tmp_path):
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "none.yaml", tmp_path, tmp_path / "binary.yaml"):
        with pytest.raises(PipelineError, match=rf"{path.name}: cannot be read"):
            PipelineSpec.read_file(path)


def test_yaml_leaves_defaults_out_and_keeps_order():
    spec = PipelineSpec.read("name: p\nnodes:\n  z: {use: print, in: [a], with: {}}\n  a: {use: join}\n", "p")
    assert spec.to_yaml() == "wugan: 1\nname: p\nnodes:\n  z:\n    use: print\n    in: a\n  a:\n    use: join\n"


@pytest.fixture(scope="module")
def validator():
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_schema_takes_what_to_yaml_writes(validator):
    p = Pipeline("p")
    source = p.source(Frames(3))
    mean = p.stage(Mean(), source, link=LinkConfig(policy="latest"))
    p.sink(print, p.join(source, mean, sync=approximate("5ms", capacity=3)))
    p.agent(Talks(), [say], mean)
    validator.validate(yaml.safe_load(p.to_yaml()))


@pytest.mark.parametrize(
    ("node", "place"),
    [
        ({"use": "join", "with": {"sink": 1}}, ["nodes", "a", "with"]),
        ({"use": "approximate", "with": {"slop": "1s", "missing": "ignore"}}, ["nodes", "a", "with", "missing"]),
        ({"use": "approximate"}, ["nodes", "a"]),
        ({"use": "print", "with": {"end": ""}}, ["nodes", "a", "with"]),
        ({"use": "x:Y", "link": {"policy": "drop"}}, ["nodes", "a", "link", "policy"]),
        ({"in": "b"}, ["nodes", "a"]),
    ],
)
def test_the_schema_finds_what_is_wrong(validator, node, place):
    (error, *_) = validator.iter_errors({"name": "p", "nodes": {"a": node}})
    assert list(error.absolute_path) == place
