"""nuScenes' calibration: `calibrated_sensor.json` and `sensor.json` (also Lyft's, and converters' of other sets)."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

from wugan.calibration.calibration import Calibration
from wugan.calibration.camera import CameraModel
from wugan.calibration.frames import Frames
from wugan.calibration.transform import Transform
from wugan.errors import DataError

SIZE = (1600, 900)  # of nuScenes' pictures; the tables of sensors do not say
_LARGEST_FILE = 100_000_000
EGO = "ego"


def read_nuscenes(path: str | Path, tokens: Collection[str] | None = None, size: tuple[int, int] = SIZE) -> Calibration:
    """From a folder of nuScenes' tables, or its `calibrated_sensor.json`.

    Each sensor is joined to the vehicle by `translation` (m) and `rotation` (quaternion, w first). A set of several
    vehicles has several entries for one channel; `tokens` says which are meant.

    Args:
        path: the folder, or the file; `sensor.json`, which names the channels, lies beside it.
        tokens: of `calibrated_sensor`, as `sample_data` refers to them. `None`: all, one for each channel.
        size: width and height of the pictures.

    Returns:
        Frames `ego` and one for each channel (`LIDAR_TOP`, `CAM_FRONT`); cameras by their channel.

    Raises:
        DataError: a file, field or token is missing or wrong; a channel has several entries that differ.
    """
    path = Path(path)
    path = path / "calibrated_sensor.json" if path.is_dir() else path
    rows = [row for row in _rows(path) if tokens is None or row.get("token") in tokens]
    if tokens is not None and len(rows) < len(set(tokens)):
        missing = set(tokens) - {row.get("token") for row in rows}
        raise DataError(f"{path}: no entry of token {', '.join(sorted(map(str, missing)))}")
    names_file = path.with_name("sensor.json")
    channels = {str(row.get("token")): row.get("channel") for row in _rows(names_file)} if names_file.exists() else {}
    frames, cameras, seen = Frames(), {}, dict[str, Any]()
    for number, row in enumerate(rows):
        channel = channels.get(str(row.get("sensor_token")), row.get("channel"))
        if not isinstance(channel, str):
            raise DataError(f"{path}: entry {number}: the channel of its sensor is not known; is {names_file} missing?")
        what = [row.get(key) for key in ("translation", "rotation", "camera_intrinsic")]
        if channel in seen:
            if seen[channel] != what:
                raise DataError(
                    f"{path}: several entries of {channel} differ (of several vehicles or days); give `tokens`, the "
                    "calibrated_sensor_token of the sample_data that you read"
                )
            continue
        seen[channel] = what
        try:
            if what[0] is None or what[1] is None:
                raise DataError("no translation or no rotation")
            frames.add(Transform.of(channel, EGO, _four(what[1]), what[0]))
            if what[2]:
                cameras[channel] = CameraModel(what[2], *size, channel)
        except DataError as error:
            raise DataError(f"{path}: entry {number} ({channel}): {error}") from None
    if not seen:
        raise DataError(f"{path}: no sensors")
    calibration = Calibration(frames, cameras)
    try:
        calibration.check()
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    return calibration


def _four(rotation: Any) -> Any:
    if not isinstance(rotation, list) or len(rotation) != 4:
        raise DataError("rotation must be a quaternion (w, x, y, z)")
    return rotation


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise DataError(f"{path}: {path.stat().st_size} bytes are too many for a table of sensors")
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path}: cannot be read as JSON: {error}") from None
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise DataError(f"{path}: must be a list of objects")
    return found
