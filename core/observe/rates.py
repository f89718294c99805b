"""What `wugan top` makes of counters: rates between two looks, and the node that holds a pipeline up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

STALLED_S = 5.0  # a node that works longer than this on one packet is shown as stalled
AT_LIMIT = 0.95  # share of the time in which a node works that has no time left


@dataclass(frozen=True)
class NodeRates:
    """Rates of one node.

    Attributes:
        in_per_s: packets handled, per second.
        out_per_s: packets emitted, per second.
        dropped: packets dropped since the start, by its links and by the node itself.
        dropped_per_s: packets dropped, per second.
        busy: share of the time in which its component worked, 0…1; more with several replicas.
        waiting: packets in its links now.
        waiting_bytes: payload bytes in its links now.
    """

    in_per_s: float
    out_per_s: float
    dropped: int
    dropped_per_s: float
    busy: float
    waiting: int
    waiting_bytes: int


def dropped(node: Mapping[str, Any]) -> int:
    """Packets that a node's links and the node itself dropped since the start."""
    links = sum(link["dropped"] for link in node.get("links", {}).values())
    return int(links + sum(sum(reasons.values()) for reasons in node.get("dropped", {}).values()))


def rates(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, NodeRates]:
    """Rates of every node between two answers of a run; see `Announcement.answer`."""
    seconds = (after["at_ns"] - before["at_ns"]) / 1e9
    made = {}
    for name, node in after["stats"].items():
        old = before["stats"].get(name, node)

        def per_s(new: float, past: float) -> float:
            return max(0.0, new - past) / seconds if seconds > 0 else 0.0  # a new process may count from 0 again

        links = node.get("links", {}).values()
        made[name] = NodeRates(
            in_per_s=per_s(node["handled"], old["handled"]),
            out_per_s=per_s(node["emitted"], old["emitted"]),
            dropped=dropped(node),
            dropped_per_s=per_s(dropped(node), dropped(old)),
            busy=per_s(node["busy_s"] + node["busy_now_s"], old["busy_s"] + old["busy_now_s"]),
            waiting=sum(link["waiting"] for link in links),
            waiting_bytes=sum(link["bytes"] for link in links),
        )
    return made


def at_limit(measured: Mapping[str, NodeRates]) -> list[str]:
    """Nodes that work all the time while packets wait for them or are dropped before them.

    A source's time also counts its device's, so that it is never among them: nothing waits for it.
    """
    return [
        name
        for name, rate in measured.items()
        if rate.busy >= AT_LIMIT and (rate.waiting > 0 or rate.dropped_per_s > 0)
    ]


def summary(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """One look at a run as plain values, for `wugan top --json`."""
    measured = rates(before, after)
    about = {name: after[name] for name in ("pipeline", "pid", "runtime", "started", "errors")}
    return {
        **about,
        "over_s": round((after["at_ns"] - before["at_ns"]) / 1e9, 3),
        "bottleneck": bottleneck(after["stats"]),
        "stalled": stalled(after["stats"], STALLED_S),
        "at_limit": at_limit(measured),
        "nodes": {
            name: {**after["graph"].get(name, {}), **node, **_rounded(measured[name])}
            for name, node in after["stats"].items()
        },
    }


def _rounded(measured: NodeRates) -> dict[str, Any]:
    # `dropped` keeps the stats' meaning here: by stream and reason.
    values = asdict(measured)
    values["dropped_in_all"] = values.pop("dropped")
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in values.items()}


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
