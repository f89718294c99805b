"""Which stage holds a pipeline up, and which are stalled, read from one `running.stats()`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Stats = Mapping[str, Mapping[str, Any]]


def bottleneck(stats: Stats, after_s: float = 1.0) -> str | None:
    """The node that holds the pipeline up.

    Blocked writers are followed to the reader that they wait for. A join that waits there for another of its streams
    is not the cause: that stream is followed upwards to the node that should give it. Where nobody is blocked, it is
    the node that works longest on one packet, if longer than `after_s` and others wait for it.

    Args:
        stats: what `running.stats()` gave.
        after_s: how long a node may work on one packet, in seconds, before it counts as holding others up.

    Returns:
        A node's name; `None` where nothing is held up.
    """
    blocked = [name for name, node in stats.items() if node.get("blocked_now_s", 0) > 0]
    for name in sorted(blocked, key=lambda name: stats[name]["blocked_now_s"], reverse=True):
        if cause := _cause(stats, name):
            return cause
    waited_for = [name for name in stalled(stats, after_s) if _waiting(stats[name])]
    return waited_for[0] if waited_for else None


def stalled(stats: Stats, after_s: float) -> list[str]:
    """The nodes that have been at work on one packet for longer than `after_s` seconds, the longest first."""
    busy = {name: node.get("busy_now_s", 0) for name, node in stats.items()}
    return sorted((name for name in busy if busy[name] > after_s), key=lambda name: busy[name], reverse=True)


def blocked_on(stats: Stats, name: str) -> str | None:
    """The reader that a blocked node waits for; where the stats do not name it, the one with most packets waiting."""
    told = stats[name].get("blocked_on")
    if told in stats:
        return str(told)
    readers = {reader: node["links"][name] for reader, node in stats.items() if name in node.get("links", {})}
    return max(readers, key=lambda reader: readers[reader]["waiting"]) if readers else None


def _cause(stats: Stats, name: str) -> str | None:
    """Follow a blocked node to the one that works, or that gives nothing."""
    seen: set[str] = set()
    upwards = False
    while name not in seen:
        seen.add(name)
        if stats[name].get("blocked_now_s", 0) > 0:
            reader = blocked_on(stats, name)
            if reader is None:
                return None
            name, upwards = reader, False
        elif starving := _starving(stats, name, upwards):
            name, upwards = starving, True
        else:
            return name
    return name  # it waits for itself: streams of one source that need each other


def _starving(stats: Stats, name: str, upwards: bool) -> str | None:
    """The node that an idle one waits for: a join among its streams, any other where somebody waits for its output."""
    node = stats[name]
    links = node.get("links", {})
    empty = [
        port
        for port, link in links.items()
        if link["waiting"] == 0 and port in stats and stats[port].get("state") not in ("ended", "failed")
    ]
    if node.get("busy_now_s", 0) > 0 or not empty or not (upwards or len(empty) < len(links)):
        return None
    return min(empty, key=lambda port: (stats[port].get("busy_now_s", 0) == 0, links[port]["out"]))


def _waiting(node: Mapping[str, Any]) -> int:
    return sum(link["waiting"] for link in node.get("links", {}).values())
