"""The adaptive algorithm of ROS message_filters' ApproximateTime, and the most windows that are possible at all.

Both are offline references, written from the published description and `approximate_time.h` of ros_comm, for tests and
benchmarks: times in, sets of times out, one time per stream in each.
"""

from __future__ import annotations

AGE_PENALTY = 0.1  # the default of ROS

Times = list[list[int]]
Sets = list[tuple[int, ...]]


def approximate_time(streams: Times, slop: int) -> Sets:
    """What ROS gives: pivot, candidate, look ahead.

    A queue never overflows here, so no topic is barred from being the pivot; the last candidate is given at the end.

    Args:
        streams: times of each stream, in order.
        slop: largest span of a set.
    """
    used = [0] * len(streams)  # what it passes after the candidate is restored when that is published (`past` in ROS)
    sets: Sets = []
    while True:
        heads = list(used)
        candidate: list[int] | None = None
        pivot, pivot_time, first, last = -1, 0, 0, 0
        while all(head < len(times) for head, times in zip(heads, streams, strict=True)):
            now = [times[head] for head, times in zip(heads, streams, strict=True)]
            start, end = min(now), max(now)
            earliest = now.index(start)
            if candidate is None:
                if end - start > slop:
                    heads[earliest] += 1
                    continue
                candidate, first, last = list(heads), start, end
                pivot, pivot_time = now.index(end), end
            elif (end - last) * (1 + AGE_PENALTY) < start - first:  # better: it starts later by more than it ends later
                candidate, first, last = list(heads), start, end
            heads[earliest] += 1
            if earliest == pivot or (end - last) * (1 + AGE_PENALTY) >= pivot_time - first:
                break  # nothing that holds the pivot can be better
        if candidate is None:
            return sets
        sets.append(tuple(times[head] for head, times in zip(candidate, streams, strict=True)))
        used = [head + 1 for head in candidate]


def most(streams: Times, slop: int) -> int:
    """The most disjoint complete sets of span `slop`: the earliest head is taken if the others fit, else given up."""
    heads, count = [0] * len(streams), 0
    while all(head < len(times) for head, times in zip(heads, streams, strict=True)):
        now = [times[head] for head, times in zip(heads, streams, strict=True)]
        if max(now) - min(now) > slop:
            heads[now.index(min(now))] += 1
        else:
            heads, count = [head + 1 for head in heads], count + 1
    return count
