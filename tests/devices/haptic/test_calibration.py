from __future__ import annotations

import numpy as np
import pytest

from wugan.devices.calibration import load, store
from wugan.devices.haptic.calibration import HapticCalibration, at_rest
from wugan.devices.haptic.driver import HapticSpec
from wugan.errors import DataError, DeviceError
from wugan.signals import HapticSample

SPEC = HapticSpec(
    protocol="wugan",
    model="Test",
    space="cartesian",
    max_output=(5.0, 5.0),
    workspace=((-0.1, 0.1), (0.0, 0.2)),
    max_velocity=(2.0, 2.0),
    max_rate_hz=1000.0,
    watchdog_s=0.02,
    reads_without_commanding=True,
    measures_velocity=False,
)


def stretch(count: int = 200, wander: float = 1e-5, at: tuple[float, float] = (0.01, 0.08)) -> HapticSample:
    position = np.asarray(at) + np.random.default_rng(0).normal(0, wander, (count, 2))
    zeros = np.zeros((count, 2))
    return HapticSample(np.arange(count, dtype=np.int64) * 1_000_000, position, zeros, zeros, 1000.0)


def test_the_reference_position_is_kept_for_this_device(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("WUGAN_HOME", str(tmp_path))
    made = at_rest(stretch(), SPEC, "A17")
    assert made.offset == pytest.approx((0.01, 0.08), abs=1e-5) and made.fits(SPEC) == ""
    store(made)
    assert load(HapticCalibration, "A17") == made


@pytest.mark.parametrize(
    ("sample", "says"),
    [
        (stretch(20), "too few"),
        (stretch(wander=2e-3), r"A17: axis 0 moved.*take the hand off"),
        (stretch(at=(0.01, 3.0)), "far outside its workspace"),
        (stretch(at=(np.nan, 0.0)), "finite"),
    ],
)
def test_what_is_not_plausible_is_refused(sample: HapticSample, says: str) -> None:
    with pytest.raises(DeviceError, match=says):
        at_rest(sample, SPEC, "A17")


def test_another_driver_s_or_another_shape_s_calibration_does_not_fit() -> None:
    made = at_rest(stretch(), SPEC, "A17")
    assert "driver" in made.model_copy(update={"protocol": "haply"}).fits(SPEC)
    assert "axes" in made.model_copy(update={"offset": (0.0,), "noise": (0.0,)}).fits(SPEC)


def test_a_file_changed_by_hand_is_checked_as_well(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("WUGAN_HOME", str(tmp_path))
    path = store(at_rest(stretch(), SPEC, "A17"))
    path.write_text(path.read_text().replace('"noise": [', '"noise": [0.0,'))
    with pytest.raises(DataError, match=r"A17.*one is needed per axis"):
        load(HapticCalibration, "A17")
