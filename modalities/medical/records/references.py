"""`References`: which resource of a bundle a reference means, and whose a resource is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from wugan.modalities.medical.records.bundle import Entry
from wugan.modalities.medical.records.resources import Reference

_VERSION = re.compile(r"/_history/[^/]+$")
_TYPED = re.compile(r"(?:^|/)([A-Z][A-Za-z]+/[A-Za-z0-9\-.]+)$")


class References:
    """Looks resources up by full URL (`urn:uuid:…`, `https://…`), by `Type/id`, or by business identifier."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries: dict[str, Entry] = {}
        for entry in entries:
            if entry.full_url:
                self._entries.setdefault(entry.full_url, entry)
            if identity := entry.resource.get("id"):
                self._entries.setdefault(f"{entry.kind}/{identity}", entry)
                self._entries.setdefault(f"urn:uuid:{identity}", entry)
            for name in _identifiers(entry.resource.get("identifier")):
                self._entries.setdefault(f"{entry.kind} {name}", entry)

    def find(
        self, reference: Reference | None, kind: str, inside: dict[str, Any] | None = None
    ) -> dict[str, Any] | None:
        """The resource that a reference means, or `None` if it is not here.

        Args:
            reference: of the resource that refers.
            kind: resource type that is looked for, where the reference gives a business identifier only.
            inside: the resource that refers, for references to what it contains (`#drug`).
        """
        if reference is None:
            return None
        target = reference.reference
        if target.startswith("#"):
            contained = (inside or {}).get("contained")
            for resource in contained if isinstance(contained, list) else []:
                if isinstance(resource, dict) and resource.get("id") == target[1:]:
                    return resource
            return None
        entry = self._entry(reference, kind)
        return entry.resource if entry else None

    def patient(self, reference: Reference | None) -> str | None:
        """Whose a resource is: `Patient/id` if the patient is here, otherwise the reference's own words; `None` if it
        names nobody, or what is no patient (a group, a device, somebody contained).
        """
        if reference is None:
            return None
        if entry := self._entry(reference, "Patient"):
            return entry.name if entry.kind == "Patient" else None
        target = _VERSION.sub("", reference.reference)
        if typed := _TYPED.search(target):
            return typed[1] if typed[1].startswith("Patient/") else None
        if target.startswith("#"):
            return None
        if not target:
            return next((f"Patient {name}" for name in _identifiers([reference.identifier])), None)
        return target

    def _entry(self, reference: Reference, kind: str) -> Entry | None:
        target = _VERSION.sub("", reference.reference)
        if found := self._entries.get(target):
            return found
        if typed := _TYPED.search(target):
            return self._entries.get(typed[1])
        names = _identifiers([reference.identifier])
        return next((self._entries[f"{kind} {name}"] for name in names if f"{kind} {name}" in self._entries), None)


def _identifiers(identifiers: Any) -> list[str]:
    if not isinstance(identifiers, list):
        return []
    pairs = [(i.get("system", ""), i.get("value")) for i in identifiers if isinstance(i, dict)]
    return [f"{system}|{value}" for system, value in pairs if value]
