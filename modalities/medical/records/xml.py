"""FHIR XML as the same data that FHIR JSON gives, for the parts that are read.

XML does not say which elements are lists and which values are numbers: the declared types of `resources` do
(hl7.org/fhir/R4/xml.html, json.html).
"""

from __future__ import annotations

import dataclasses
import types
import typing
from functools import cache
from typing import Any
from xml.etree import ElementTree

from pydantic.alias_generators import to_camel

from wugan.errors import DataError
from wugan.modalities.medical.records import resources

_NAMESPACE = "{http://hl7.org/fhir}"
_LISTS = {"entry", "identifier", "contained"}  # of a bundle, and of every resource


def from_xml(raw: bytes, name: str) -> dict[str, Any]:
    """A FHIR XML document as FHIR JSON's data; elements that nothing is read from are left out.

    Args:
        raw: the document.
        name: of the file, for messages.

    Raises:
        DataError: it is no FHIR XML.
    """
    if b"<!DOCTYPE" in raw[:4096] or b"<!ENTITY" in raw:
        raise DataError(f"{name}: holds a document type declaration, which FHIR forbids: it is not read")
    try:
        root = ElementTree.fromstring(raw)
    except ElementTree.ParseError as error:
        raise DataError(f"{name}: is no XML: {error}") from error
    if not root.tag.startswith(_NAMESPACE):
        raise DataError(f"{name}: is no FHIR XML: its root is <{root.tag}>, expected the namespace {_NAMESPACE[1:-1]}")
    return _resource(root)


def _resource(element: ElementTree.Element) -> dict[str, Any]:
    kind = element.tag.removeprefix(_NAMESPACE)
    of = resources.CLASSES.get(kind)
    return {"resourceType": kind, **_fields(element, _types(of) if of else {})}


def _fields(element: ElementTree.Element, known: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for child in element:
        name = child.tag.removeprefix(_NAMESPACE)
        if name == "text" and len(child):  # the narrative, for people; a concept's own text has a value only
            continue
        of = known.get(name, Any)
        value = _value(child, of)
        if name in _LISTS or typing.get_origin(of) is list:
            out.setdefault(name, []).append(value)
        else:
            out[name] = value
    return out


def _value(element: ElementTree.Element, of: Any) -> Any:
    if len(element) and element[0].tag.removeprefix(_NAMESPACE)[:1].isupper():  # a resource inside
        return _resource(element[0])
    kinds = _members(of)
    text = element.get("value")
    if text is not None:
        return _number(text) if float in kinds else _whole(text) if int in kinds else _boolean(text, kinds)
    inner: Any = next((kind for kind in kinds if dataclasses.is_dataclass(kind)), None)
    return _fields(element, _types(inner) if inner else {})


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _whole(text: str) -> int | str:
    return int(text) if text.lstrip("-").isdigit() else text


def _boolean(text: str, kinds: set[Any]) -> bool | str:
    return text == "true" if bool in kinds and text in ("true", "false") else text


def _members(of: Any) -> set[Any]:
    """Plain types in an annotation: those of a union, a list's items, those inside `Annotated`."""
    origin = typing.get_origin(of)
    if origin in (typing.Union, types.UnionType, list):
        return {kind for part in typing.get_args(of) for kind in _members(part)}
    return _members(typing.get_args(of)[0]) if origin is typing.Annotated else {of}


@cache
def _types(kind: Any) -> dict[str, Any]:
    """Annotations of a resource's class by FHIR's names."""
    hints = typing.get_type_hints(kind, include_extras=True)
    return {"class" if name == "class_" else to_camel(name): hint for name, hint in hints.items()}
