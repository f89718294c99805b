"""The protocol on cases that can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from wugan.apps.perception.tracking.evaluation import _switches, evaluate
from wugan.apps.perception.tracking.kitti import SequenceTracks

HIGH = (0.0, 0, 100, 100)
LOW = (0.0, 0, 100, 20)
AREA = (500.0, 0, 600, 100)


def things(*rows: tuple[object, ...]) -> SequenceTracks:
    """Rows of frame, id, place ahead, and, if it differs: class, score, picture, truncated, occluded."""
    full = [(*row, *("Car", 1.0, HIGH, 0, 0)[len(row) - 3 :]) for row in rows]
    frame, identity, place, label, score, image, truncated, occluded = zip(*full, strict=True)
    box = np.array([(x, 0, 0, 4, 2, 2, 0) for x in place], np.float64)
    whole = (np.array(one, np.int64) for one in (frame, identity))
    levels = (np.array(one, np.int64) for one in (truncated, occluded))
    return SequenceTracks(*whole, np.array(label, "U16"), box, np.array(score, float), np.array(image, float), *levels)


def path(identity: int, frames: range, place: float = 10, *more: object) -> list[tuple[object, ...]]:
    return [(frame, identity, place, *more) for frame in frames]


TEN = things(*path(1, range(10)))


#: Enough rows that each of the 40 recall levels has one of its own.
LONG = things(*path(1, range(200)))


def test_perfect_tracking() -> None:
    found = evaluate({"0": LONG}, {"0": LONG})
    assert found is not None
    assert found.samota == 100 and found.mota == 100 and found.motp == pytest.approx(100)
    assert (found.ids, found.frag, found.false_positives, found.misses, found.objects) == (0, 0, 0, 0, 200)
    # A perfect ranking would have MOTA r at recall r; this one track is all there or not at all.
    assert found.amota == 100


def test_misses_false_alarms_and_levels_not_reached() -> None:
    tracks = things(*path(4, range(100)), *path(5, range(2), 50, "Car", 0.5))
    found = evaluate({"0": LONG}, {"0": tracks})
    assert found is not None
    # At the score of the true track: half is missed, no alarm. Half of the 40 levels are reached.
    assert (found.mota, found.recall, found.best_score) == (50, 50, 1.0)
    levels = np.arange(1, 21) / 40
    expected = np.minimum(1, 1 - (100 - (1 - levels) * 200) / (levels * 200)).sum() / 40
    assert found.samota == pytest.approx(100 * expected)
    assert found.amota == pytest.approx(25)


def test_a_worse_score_than_all_true_ones_hides_a_false_alarm() -> None:
    alarm = path(9, range(200), 50, "Car", 0.1)
    found = evaluate({"0": LONG}, {"0": things(*path(4, range(200)), *alarm)})
    assert found is not None and found.false_positives == 0 and found.mota == 100
    louder = path(9, range(200), 50, "Car", 3.0)
    found = evaluate({"0": LONG}, {"0": things(*path(4, range(200)), *louder)})
    assert found is not None and found.samota == pytest.approx(0) and found.best_score is None


def test_what_is_left_out() -> None:
    """Truncated and hidden objects, vans, low pictures and DontCare areas: neither missed nor false alarms."""
    labels = things(
        *path(1, range(10)),
        *path(2, range(10), 20, "Car", -1.0, HIGH, 1, 0),
        *path(3, range(10), 30, "Car", -1.0, HIGH, 0, 3),
        *path(4, range(10), 40, "Van"),
        *path(-1, range(10), -1000, "DontCare", -1.0, AREA),
        *path(5, range(10), 60, "Pedestrian"),
    )
    tracks = things(
        *path(1, range(10)),
        *path(4, range(10), 40),
        *path(6, range(10), 70, "Car", 1.0, LOW),
        *path(7, range(10), 80, "Car", 1.0, (540, 10, 640, 90)),
        *path(8, range(10), 90, "Cyclist"),
    )
    found = evaluate({"0": labels}, {"0": tracks})
    assert found is not None
    assert (found.objects, found.misses, found.false_positives, found.mota) == (10, 0, 0, 100)
    assert found.true_positives == 20  # a match with a van is counted as a match, as in the published evaluation


def test_a_box_less_than_half_in_a_dont_care_area_is_a_false_alarm() -> None:
    labels = things(*path(1, range(10)), *path(-1, range(10), -1000, "DontCare", -1.0, AREA))
    tracks = things(*path(1, range(10)), *path(7, range(10), 80, "Car", 1.0, (560, 0, 660, 100)))
    found = evaluate({"0": labels}, {"0": tracks})
    assert found is not None and found.false_positives == 10


def test_assignment_takes_the_larger_overlap() -> None:
    labels = things(*path(1, range(10), 10), *path(2, range(10), 11.5))
    tracks = things(*path(3, range(10), 10.5), *path(4, range(10), 12))
    found = evaluate({"0": labels}, {"0": tracks})
    assert found is not None and found.mota == 100
    assert found.motp == pytest.approx(100 * 3.5 / 4.5)


def test_a_change_of_identity() -> None:
    tracks = things(*path(1, range(5)), *path(2, range(5, 10)))
    found = evaluate({"0": TEN}, {"0": tracks})
    assert found is not None and found.ids == 1 and found.mota == 90


@pytest.mark.parametrize(
    ("track", "ignored", "ids", "frag"),
    [
        ([1, 1, 1, 1], "0000", 0, 0),
        ([1, 1, 2, 2], "0000", 1, 1),
        ([1, -1, 1, 1], "0000", 0, 1),  # lost and found
        ([1, -1, 2, 2], "0000", 0, 1),  # KITTI counts a switch only from one frame to the next
        ([-1, 1, 1, 1], "0000", 0, 0),
        ([1, -1, 1, -1], "0000", 0, 0),  # found for one frame only
        ([1, -1, -1, 1], "0000", 0, 1),
        ([-1, -1, -1, 1], "0000", 0, 1),  # a first match in the last frame is a fragment there
        ([1, 1, 2, 2], "0010", 0, 0),  # hidden when it changes: forgotten
        ([1, 1, 2, 2], "1111", 0, 0),
        ([-1, -1, -1, -1], "0000", 0, 0),
    ],
)
def test_switches_and_fragments(track: list[int], ignored: str, ids: int, frag: int) -> None:
    left_out = np.array([one == "1" for one in ignored])
    found = _switches(np.zeros(len(track), np.int64), np.array(track), left_out)
    assert found == (ids, frag)
    # Nothing leaks from one object to the next.
    twice = np.repeat([0, 1], len(track))
    assert _switches(twice, np.array(track * 2), np.tile(left_out, 2)) == (2 * ids, 2 * frag)


def test_nothing_tracked_and_nothing_to_track() -> None:
    found = evaluate({"0": TEN}, {})
    assert found is not None and (found.samota, found.mota, found.misses) == (0, 0, 10)
    assert evaluate({"0": TEN}, {"0": TEN}, "Cyclist") is None


def test_scores_are_means_over_a_track() -> None:
    ups_and_downs = things(*[(frame, 4, 10, "Car", float(frame % 2)) for frame in range(10)])
    found = evaluate({"0": TEN}, {"0": ups_and_downs})
    assert found is not None and found.best_score == 0.5 and found.misses == 0
