"""The written form of a pipeline: what its YAML holds, checked by Pydantic, described by a JSON Schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.json_schema import GenerateJsonSchema

from wugan.config import config_model
from wugan.errors import PipelineError, WuganError
from wugan.options import BatchConfig, Duration, LinkConfig, NodeOptions, Placement, RestartPolicy
from wugan.plugin import COMPONENT_GROUPS, Plugin, plugins


class _UniqueKeys(yaml.SafeLoader):
    """YAML as it is meant: of two nodes of one name, the first would be lost without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.MarkedYAMLError(problem=f"{key.value!r} stands here twice", problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


class NodeSpec(BaseModel):
    """One node: which component, its configuration, its inputs, and how it is run (see `NodeOptions`)."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    use: str = Field(description="plugin name (`wugan plugins`) or `module:Class`")
    config: dict[str, Any] = Field(default_factory=dict, alias="with", description="the component's parameters")
    inputs: str | list[str] = Field(default_factory=list, alias="in", description="name or names of upstream nodes")
    link: LinkConfig = Field(default=LinkConfig(), description="queue in front of this node")
    batch: BatchConfig | None = Field(default=None, description="how an encoder's packets are gathered into one call")
    replicas: int = Field(default=1, ge=1, description="copies that work side by side")
    place: Placement | None = Field(default=None, description="where its actor runs on a Ray cluster")
    restart: RestartPolicy | None = Field(default=None, description="what follows its death")
    latency: Duration = Field(default=0, description="of a source: time from the event to its stamp")
    max_failed_share: float = Field(default=0.1, ge=0, le=1, description="share of its packets that may fail")

    @property
    def upstream(self) -> list[str]:
        """Names of the input nodes."""
        return [self.inputs] if isinstance(self.inputs, str) else self.inputs

    @property
    def options(self) -> NodeOptions:
        """How the node is run."""
        return NodeOptions(**{name: getattr(self, name) for name in NodeOptions.model_fields})


class PipelineSpec(BaseModel):
    """A whole pipeline."""

    model_config = ConfigDict(extra="forbid")

    wugan: int = Field(default=1, description="version of this format", ge=1, le=1)
    name: str = Field(min_length=1, pattern=r"^[\w.-]+$")
    nodes: dict[str, NodeSpec] = Field(min_length=1)

    @classmethod
    def read(cls, text: str, where: str) -> PipelineSpec:
        """Parse YAML.

        Raises:
            PipelineError: it is no YAML, or no pipeline; names `where`, the line or the field.
        """
        try:
            raw = yaml.load(text, _UniqueKeys)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = f", line {mark.line + 1}" if mark else ""
            raise PipelineError(f"{where}{line}: not valid YAML: {getattr(error, 'problem', error)}") from error
        if not isinstance(raw, dict):
            raise PipelineError(f"{where}: expected a mapping with `name` and `nodes`, got {type(raw).__name__}")
        try:
            return cls.model_validate(raw)
        except ValidationError as error:
            lines = [f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors()]
            raise PipelineError(f"{where}: " + "; ".join(lines)) from error

    @classmethod
    def read_file(cls, path: Path) -> PipelineSpec:
        """Parse a YAML file. Raises `PipelineError`, also where the file cannot be read."""
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise PipelineError(f"{path}: cannot be read: {error}") from error
        return cls.read(text, str(path))

    def to_yaml(self) -> str:
        """As YAML, nodes in order, defaults left out."""
        data = self.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        for node in data["nodes"].values():
            if isinstance(node.get("in"), list) and len(node["in"]) == 1:
                node["in"] = node["in"][0]
        return yaml.safe_dump({"wugan": self.wugan, **data}, sort_keys=False, allow_unicode=True)


def json_schema() -> dict[str, Any]:
    """JSON Schema of a pipeline file; the parameters of each installed plugin are checked under `with`."""
    schema = PipelineSpec.model_json_schema(by_alias=True)
    definitions, node = schema["$defs"], schema["$defs"]["NodeSpec"]
    definitions["Nested"] = {
        "description": "an object made of a component of its own",
        "type": "object",
        "properties": {"use": {"type": "string"}, "with": {"type": "object"}},
        "required": ["use"],
        "additionalProperties": False,
    }
    node["allOf"] = []
    for plugin in plugins(*COMPONENT_GROUPS):
        place = f"plugin-{plugin.name}"
        try:
            definitions[place] = _parameters(plugin, f"#/$defs/{place}/$defs/{{model}}")
        except WuganError:
            continue  # `wugan plugins` shows what is wrong with it
        then: dict[str, Any] = {"properties": {"with": {"$ref": f"#/$defs/{place}"}}}
        if definitions[place].get("required"):
            then["required"] = ["with"]
        node["allOf"].append({"if": {"properties": {"use": {"const": plugin.name}}}, "then": then})
    node["properties"]["use"]["examples"] = sorted(name[len("plugin-") :] for name in definitions if "plugin-" in name)
    return schema


class _Lenient(GenerateJsonSchema):
    """Lets a parameter whose type has no JSON form (a function) be anything."""

    def handle_invalid_for_json_schema(self, schema: Any, error_info: str) -> dict[str, Any]:
        return {}


def _parameters(plugin: Plugin, references: str) -> dict[str, Any]:
    target = plugin.load()
    if not isinstance(target, type):
        return {"type": "object", "maxProperties": 0}
    described = config_model(target).model_json_schema(ref_template=references, schema_generator=_Lenient)
    properties = described.get("properties", {})
    for name, about in properties.items():
        properties[name] = {"anyOf": [about, {"$ref": "#/$defs/Nested"}]}
    return described
