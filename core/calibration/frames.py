"""`Frames`: a tree of named frames, and the way between any two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from wugan.calibration.transform import Transform
from wugan.errors import DataError


class Frames:
    """Named frames joined by transforms. Between two frames there is one way at most, so no two ways can disagree.

    Args:
        transforms: joins, each in either direction.

    Raises:
        DataError: two frames would be joined twice.
    """

    def __init__(self, transforms: Iterable[Transform] = ()) -> None:
        self._joins: dict[str, dict[str, Transform]] = {}
        self._given: list[Transform] = []
        self._known: dict[tuple[str, str], Transform] = {}
        for transform in transforms:
            self.add(transform)

    def add(self, transform: Transform) -> None:
        """Join two frames.

        Raises:
            DataError: there is a way between them already.
        """
        if transform.source == transform.target:
            raise DataError(f"frame {transform.source!r} is joined to itself; a join needs two names")
        way = self._way(transform.source, transform.target)
        if way:
            raise DataError(
                f"frames {transform.source!r} and {transform.target!r} are joined already (through {' – '.join(way)}); "
                "two ways could disagree: leave one out"
            )
        self._joins.setdefault(transform.source, {})[transform.target] = transform
        self._joins.setdefault(transform.target, {})[transform.source] = transform.inverse()
        self._given.append(transform)
        self._known.clear()

    @property
    def names(self) -> tuple[str, ...]:
        """All frames, in the order in which they came."""
        return tuple(self._joins)

    def __contains__(self, name: object) -> bool:
        return name in self._joins

    def __iter__(self) -> Iterator[Transform]:
        """The joins as they were given."""
        return iter(self._given)

    def lookup(self, source: str, target: str) -> Transform:
        """The transform that takes points of `source` to `target`.

        Raises:
            DataError: a frame is unknown, or nothing joins the two.
        """
        found = self._known.get((source, target))
        if found is None:
            found = self._known[source, target] = self._compose(source, target)
        return found

    def _compose(self, source: str, target: str) -> Transform:
        for name in (source, target):
            if name not in self._joins:
                raise DataError(f"there is no frame {name!r}; those known: {', '.join(self._joins) or 'none'}")
        if source == target:
            return Transform.identity(source, target)
        way = self._way(source, target)
        if not way:
            raise DataError(f"nothing joins the frames {source!r} and {target!r}; add a transform between their groups")
        whole = self._joins[way[0]][way[1]]
        for here, there in zip(way[1:], way[2:], strict=False):
            whole = self._joins[here][there] @ whole
        return whole

    def _way(self, source: str, target: str) -> list[str]:
        """Names from `source` to `target`, both included; empty where there is no way."""
        came: dict[str, str] = {source: source}
        edge = [source] if source in self._joins else []
        while edge and target not in came:
            here = edge.pop()
            for there in self._joins[here]:
                if there not in came:
                    came[there] = here
                    edge.append(there)
        if target not in came or source == target:
            return []
        way = [target]
        while way[-1] != source:
            way.append(came[way[-1]])
        return way[::-1]
