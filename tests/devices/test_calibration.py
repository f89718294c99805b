from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from wugan.devices.calibration import Calibration, folder, kept, load, path_of, store
from wugan.errors import DataError, DeviceError


class Gain(Calibration):
    kind: ClassVar[str] = "gain"

    gain: float


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WUGAN_HOME", str(tmp_path))
    return tmp_path


def test_what_was_stored_is_loaded_and_replaced() -> None:
    store(Gain(device="SN 12/3", gain=1.0))
    path = store(Gain(device="SN 12/3", gain=2.0))
    assert load(Gain, "SN 12/3", max_age="1h").gain == 2.0
    assert path.name == "gain-SN-12-3.json" and [path] == list(path.parent.iterdir())


def test_all_that_are_kept_the_newest_first(home: Path) -> None:
    store(Gain(device="a", gain=1.0, made=datetime.now(UTC) - timedelta(hours=1)))
    store(Gain(device="b", gain=2.0))
    path_of("gain", "c").write_text("{")
    assert [one.device for one in kept(Gain)] == ["b", "a"]


def test_never_calibrated() -> None:
    with pytest.raises(DeviceError, match="nobody is not calibrated.*wugan devices calibrate"):
        load(Gain, "nobody")


def test_too_old() -> None:
    store(Gain(device="d", gain=1.0, made=datetime.now(UTC) - timedelta(hours=25)))
    assert load(Gain, "d").gain == 1.0
    with pytest.raises(DeviceError, match="longer than 24h ago"):
        load(Gain, "d", max_age="24h")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"gain": "much"}, "gain: Input should be a valid number"),
        ({"gain": None}, "gain"),
        ({"colour": "red"}, "colour: Extra inputs"),
        ({"version": 2}, "version"),
        ({"kind": "other"}, "kind 'other', expected 'gain'"),
        ({"device": "e"}, "of device 'e', not of 'd'"),
        ({"made": "2999-01-01T00:00:00Z"}, "yet to come"),
        ({"made": "2020-01-01T00:00:00"}, "made"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_file_s_name(change: dict[str, object], says: str) -> None:
    path = store(Gain(device="d", gain=1.0))
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(DataError, match=says) as error:
        load(Gain, "d")
    assert str(path) in str(error.value)


def test_half_a_file_and_no_object(home: Path) -> None:
    path = store(Gain(device="d", gain=1.0))
    for text in (path.read_text()[:20], "[1]", ""):
        path.write_text(text)
        with pytest.raises(DataError, match="wugan devices calibrate"):
            load(Gain, "d")


def test_infinity_is_no_calibration() -> None:
    with pytest.raises(ValueError, match="finite"):
        Gain(device="d", gain=float("inf"))


def test_a_folder_that_cannot_be_written(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "file").write_text("")
    monkeypatch.setenv("WUGAN_HOME", str(home / "file"))
    with pytest.raises(DeviceError, match="WUGAN_HOME"):
        store(Gain(device="d", gain=1.0))


def test_where_they_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("WUGAN_HOME")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert folder() == tmp_path / "state" / "wugan" / "calibration"
    assert path_of("gain", "../../etc/passwd").parent == folder()
    monkeypatch.delenv("XDG_STATE_HOME")
    assert folder() == Path.home() / ".local" / "state" / "wugan" / "calibration"
