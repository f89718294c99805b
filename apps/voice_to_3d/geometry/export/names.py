"""What parts are called in a file: "leg 1", "leg 2", "top", under their object."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wugan.apps.voice_to_3d.geometry.built import Built, BuiltPart


def grouped(built: Built) -> dict[str, list[tuple[str, BuiltPart]]]:
    """Parts with their names by object, in the scene's order.

    A role that an object has once is the part's name; of several, each has its number from 1.
    """
    objects: dict[str, list[BuiltPart]] = {}
    for part in built.parts:
        objects.setdefault(part.object, []).append(part)
    return {_printable(name): _named(_printable(name), parts) for name, parts in objects.items()}


def _named(object: str, parts: list[BuiltPart]) -> list[tuple[str, BuiltPart]]:
    roles = [_printable(part.role) or object for part in parts]
    total, so_far = Counter(roles), Counter[str]()
    named = []
    for role, part in zip(roles, parts, strict=True):
        so_far[role] += 1
        named.append((role if total[role] == 1 else f"{role} {so_far[role]}", part))
    return named


def _printable(name: str) -> str:
    """Without control characters, which XML and many readers refuse."""
    return "".join(letter if letter.isprintable() else " " for letter in name).strip()
