"""A component's configuration: read from the object, checked against its `__init__`, built back.

The one rule is scikit-learn's: an `__init__` parameter is kept on the object under the parameter's own name.
"""

from __future__ import annotations

import enum
import functools
import inspect
import os
from collections.abc import Mapping
from types import BuiltinFunctionType, FunctionType, MethodType, SimpleNamespace
from typing import Any, get_type_hints

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from wugan.errors import PipelineError, PluginError, WuganError
from wugan.plugin import reference, resolve

PLAIN = (str, int, float, bool, type(None))


def parameters(cls: type) -> dict[str, inspect.Parameter]:
    """The `__init__` parameters of a component class.

    Raises:
        PluginError: `__init__` takes `*args` or `**kwargs`, whose values cannot be read back.
    """
    if cls.__init__ is object.__init__:  # type: ignore[misc]
        return {}
    found = dict(list(inspect.signature(cls.__init__).parameters.items())[1:])  # type: ignore[misc]
    for name, parameter in found.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise PluginError(f"{cls.__name__}.__init__ takes *{name}: name each parameter, so that YAML can hold it")
    return found


def config_model(cls: type) -> type[BaseModel]:
    """A Pydantic model of the `__init__` parameters; its `model_json_schema()` describes them to an editor."""
    hints = _hints(cls.__init__)  # type: ignore[misc]
    fields: dict[str, Any] = {
        name: (hints.get(name, Any), ... if parameter.default is parameter.empty else parameter.default)
        for name, parameter in parameters(cls).items()
    }
    config = ConfigDict(arbitrary_types_allowed=True, extra="forbid", protected_namespaces=())
    for name, field in fields.items():
        try:
            create_model(name, __config__=config, **{name: field})
        except Exception:  # a type that Pydantic cannot check, such as a protocol; it raises several kinds
            fields[name] = (Any, field[1])
    return create_model(cls.__name__, __config__=config, **fields)


def _hints(function: Any) -> dict[str, Any]:
    """Annotations that can be checked; those that only a type checker can read are left out."""
    found: dict[str, Any] = {}
    for name, hint in getattr(function, "__annotations__", {}).items():
        try:
            alone = SimpleNamespace(__annotations__={name: hint})
            found |= get_type_hints(alone, getattr(function, "__globals__", {}))
        except Exception:
            continue
    return found


def build(use: str, config: Mapping[str, Any], where: str) -> Any:
    """Make the component that `use` names (plugin or `module:Class`) from plain values.

    A `module:function` is returned as it is.

    Raises:
        PluginError: the component cannot be found or imported.
        PipelineError: the configuration does not fit it; names `where` and the field.
    """
    target = resolve(use)
    if not isinstance(target, type):
        if config:
            raise PipelineError(f"{where}: {use!r} is a function and takes no configuration, got {sorted(config)}")
        return target
    values = {name: _load(value, f"{where}.{name}") for name, value in config.items()}
    try:
        checked = config_model(target)(**values)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        known = ", ".join(parameters(target)) or "none"
        raise PipelineError(f"{where}.{field}: {first['msg']} ({use!r} takes: {known})") from error
    try:
        return target(**{name: getattr(checked, name) for name in checked.model_fields_set})
    except Exception as error:  # the component's own check of its parameters
        what = str(error) if isinstance(error, WuganError) else f"{type(error).__name__}: {error}"
        raise PipelineError(f"{where}: {what}") from error


def _load(value: Any, where: str) -> Any:
    if isinstance(value, Mapping) and "use" in value:
        return build(value["use"], value.get("with", {}), where)
    if isinstance(value, Mapping):
        return {key: _load(item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, list):
        return [_load(item, where) for item in value]
    return value


def dump(component: Any, where: str) -> dict[str, Any]:
    """`{"use": …, "with": …}` of a component, function or nested object; parameters at their default are left out.

    Raises:
        PluginError: it breaks the rule above, or holds what text cannot name (a lambda).
    """
    if isinstance(component, (FunctionType, BuiltinFunctionType, type)):
        return {"use": reference(component)}
    if isinstance(component, (MethodType, functools.partial)):
        raise PluginError(
            f"{where}: {component!r} cannot be written to YAML: give a function of a module, or a component class"
        )
    cls = type(component)
    values = {}
    for name, parameter in parameters(cls).items():
        if not hasattr(component, name):
            raise PluginError(f"{where}: {cls.__name__} must keep its parameter {name!r} as self.{name}")
        value = getattr(component, name)
        if not _same(value, parameter.default):
            values[name] = _dump(value, f"{where}.{name}")
    return {"use": reference(cls), **({"with": values} if values else {})}


def _same(value: Any, default: Any) -> bool:
    return type(value) is type(default) and bool(np.all(value == default))


def _dump(value: Any, where: str) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    if isinstance(value, Mapping):
        return {str(key): _dump(item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_dump(item, where) for item in value]
    return dump(value, where)
