"""`Held`: what a result holds: its lengths and angles, how many of what, and the words in names."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from wugan.apps.voice_to_3d.language.lexer import Token, lemma
from wugan.apps.voice_to_3d.resizing import shape_of
from wugan.apps.voice_to_3d.scene.edit import Interpretation
from wugan.apps.voice_to_3d.scene.scene import FamilyShape, Object, Scene
from wugan.errors import DataError

FACTORS = (1.0, 0.5, 2.0, 10.0, 25.4, 1000.0)
"""A value may stand as a radius for a diameter, the other way round, or in the unit that was said for all."""


class Held:
    """What the edits of a sentence hold.

    Args:
        found: the edits.
        scene: after them; its objects of families count their parts.
    """

    def __init__(self, found: Interpretation, scene: Scene) -> None:
        self.values: Counter[float] = Counter()
        self.counts: defaultdict[str, list[int]] = defaultdict(list)
        self.loose: set[float] = set()
        self.bodies = len(found.edits)
        self.scene = scene
        said: list[str] = [one.lower() for one in found.assumed]
        for edit in found.edits:
            self._take(edit.model_dump(mode="json"), said)
        self.names = " ".join(said)

    def _take(self, value: Any, said: list[str]) -> None:
        if isinstance(value, dict):
            if "name" in value and isinstance(value["name"], str):
                self.counts[value["name"].lower()].append(copies(value.get("pattern")))
                self.bodies += copies(value.get("pattern")) if value.get("kind") == "join" else 0
            for key, one in value.items():
                if isinstance(one, int) and not isinstance(one, bool):
                    self.counts[key.replace("_", " ")].append(one)  # "teeth: 24"
                elif key != "material":
                    self._take(one, said)
                else:
                    said.append(str((one or {}).get("name", "")).lower())
        elif isinstance(value, list):
            if len(value) > 1 and isinstance(value[0], list | dict):
                self.loose |= {float(len(value)), float(len(value) + 1)}
            for one in value:
                self._take(one, said)
        elif isinstance(value, str):
            said.append(value.lower().replace("_", " "))
        elif isinstance(value, float):
            self.values[round(abs(value), 3)] += 1

    def times(self, token: Token, said: Counter[float]) -> int:
        """How often the scarcest value of a quantity stands in the result; what other words said is not counted."""
        assert token.quantity is not None
        return min((self._often(value, said) for value in token.quantity.values), default=0)

    def _often(self, value: float, said: Counter[float]) -> int:
        own = round(abs(value), 3)
        others = {round(abs(value * factor), 3) for factor in FACTORS}
        if 0 < value < 1:
            others |= {round(1 + value, 3), round(1 - value, 3)}
        return self.values[own] + sum(self.values[one] for one in others - {own} if one not in said)

    def follows(self, value: float) -> bool:
        """Whether a value is the sum or difference of two that are held, one of them perhaps on both sides."""
        held = [one for one in self.values if one > 0]
        return any(abs(a + n * b - value) < 1e-3 for a in held for b in held for n in (-2, -1, 1, 2))

    def counted(self, count: float, noun: str) -> bool:
        """Whether there are so many of a noun; where nothing has that name, whether anything is so many."""
        named = [group for name, group in self.counts.items() if lemma(name.split()[-1] if name else "") == noun]
        for one in self.scene.objects:
            if isinstance(one.shape, FamilyShape):
                named += [[n] for role, n in roles(one).items() if lemma(role.split()[-1] if role else "") == noun]
        if not named:
            return count in self.loose | {float(n) for group in self.counts.values() for n in group} | {self.bodies}
        numbers = {n for group in named for n in group}
        for group in named:
            numbers.add(sum(n for n in group if n == 1))  # four holes, each with its own place
            if len(set(group)) == 1:
                numbers.add(sum(group))
        return count in numbers


def copies(pattern: Any) -> int:
    """How many things a pattern makes."""
    match (pattern or {}).get("kind"):
        case "grid":
            x, y, z = pattern["counts"]
            return int(x * y * z)
        case "polar" | "spread":
            return int(pattern["count"])
        case "mirror":
            return int(2 ** len(pattern["axes"]))
        case "points":
            return len(pattern["offsets"])
    return 1


def roles(one: Object) -> Counter[str]:
    """How many parts of each role an object of a family has."""
    try:
        return Counter(part.role for part in shape_of(one).parts())
    except DataError:
        return Counter()
