"""`WayReader`: sizes said of a direction: "10 cm on each side", "12 cm at its widest"."""

from __future__ import annotations

from typing import Any

from wugan.apps.voice_to_3d.language.quantity import Quantity
from wugan.apps.voice_to_3d.language.talk.object_kinds import Kind
from wugan.apps.voice_to_3d.language.talk.reading import Reading


class WayReader:
    """Reads such sizes; see `family_reading.Describer`."""

    r: Reading
    kind: Kind
    scope: str

    def set(self, name: str, value: Any, span: tuple[int, int], word: str = "") -> None:
        """Sets a parameter; see `family_sizes`."""
        raise NotImplementedError

    def length(self, quantity: Quantity, name: str, span: tuple[int, int]) -> float:
        """The length in mm; see `family_sizes`."""
        raise NotImplementedError

    def dimension(self, word: str, role: str = "") -> tuple[str | None, float]:
        """The parameter for a dimension; see `family_sizes`."""
        raise NotImplementedError

    def _each_way(self, quantity: Quantity, i: int, k: int, end: int) -> int:
        """Such as "10 cm on each side", "30 cm each way", "10 cm in every direction": all its sizes."""
        r, j = self.r, k
        while r.lemma(j, end) in ("on", "in", "a", "along", "of"):
            j += 1
        if r.has(j, "side", "by", "side") or self.scope:
            return 0
        if r.lemma(j, end) not in ("each", "every", "all", "both", "side"):
            return 0
        j += r.lemma(j, end) != "side"
        if r.lemma(j, end) not in ("side", "way", "direction", "edge", "dimension"):
            return 0
        upright = {r.lemma(m) for m in range(end)} & {"tall", "high", "height"}
        flat = ("size", "width", "depth", "diameter") if upright else ("size", "width", "depth", "height", "diameter")
        names = dict.fromkeys(n for w in flat if (n := self.kind.numbers.get((w,))))
        if "size" in names:
            names = {"size": None}
        for name in names:
            self.set(name, round(self.length(quantity, name, (i, j + 1)), 6), (i, j + 1), "size")
        return j + 1 if names else 0

    def _at(self, quantity: Quantity, i: int, k: int, end: int) -> int:
        """Such as "12 cm at its widest", "ten centimetres at the base"."""
        r, j = self.r, k
        if r.lemma(j, end) not in ("at", "across", "in", "to"):
            return 0
        j += 1
        while r.lemma(j, end) in ("the", "its", "their"):
            j += 1
        said = r.lemma(j, end)
        word = {"widest": "width", "broadest": "width", "tallest": "height", "highest": "height", "longest": "length",
                "deepest": "depth", "thickest": "thickness"}.get(said, "")  # fmt: skip
        name = self.dimension(word)[0] if word else None
        for phrase in ((said, "diameter"), (said, "width"), (said,)) if not word else ():
            name = name or self.kind.numbers.get(phrase)
        if said in ("base", "bottom") and not name:
            name = self.kind.numbers.get(("diameter",)) or self.kind.numbers.get(("width",))
        if name is None:
            return 0
        j += 1
        j += r.lemma(j, end) in ("point", "part", "end")
        self.set(name, round(self.length(quantity, name, (i, j)), 6), (i, j), word)
        return j
