"""Calibrations: what is particular to one device, measured once and kept in a file for the next time.

One JSON file for each device, in the user's own folder (`folder()`), checked each time that it is read: it must be of
this kind and this device, complete, plausible, and no older than asked.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from wugan.duration import to_ns
from wugan.errors import DataError, DeviceError

_SKEW_S = 300.0  # a calibration may seem to come from the future by so much: clocks are set now and then


class Calibration(BaseModel):
    """Base of all calibrations; a kind of device adds its fields, with validators that refuse what is not plausible.

    Attributes:
        kind: a name for this kind of calibration, given by the subclass; it changes when the fields' meaning does.
        version: of this format.
        device: the device's serial number or other lasting name (see `Device.serial`).
        made: when it was measured.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    kind: ClassVar[str] = "device"

    version: Literal[1] = 1
    device: Annotated[str, Field(min_length=1)]
    made: AwareDatetime = Field(default_factory=lambda: datetime.now(UTC))

    @property
    def age_s(self) -> float:
        """Seconds since it was measured."""
        return (datetime.now(UTC) - self.made).total_seconds()


C = TypeVar("C", bound=Calibration)


def folder() -> Path:
    """Where calibrations are kept: `$WUGAN_HOME/calibration`, else below `$XDG_STATE_HOME` or `~/.local/state`."""
    home = os.environ.get("WUGAN_HOME")
    if home:
        return Path(home) / "calibration"
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "wugan" / "calibration"


def path_of(kind: str, device: str) -> Path:
    """The file of one device's calibration."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", device).strip("-.") or "device"
    return folder() / f"{kind}-{plain}.json"


def store(calibration: Calibration) -> Path:
    """Keep a calibration, in place of an earlier one; the file is either the old or the new one, never half of it.

    Raises:
        DeviceError: the folder cannot be written to.
    """
    path = path_of(calibration.kind, calibration.device)
    text = calibration.model_dump_json(indent=2)
    text = '{\n  "kind": "' + calibration.kind + '",' + text.removeprefix("{")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".part", delete=False, encoding="utf-8") as file:
            file.write(text + "\n")
        Path(file.name).replace(path)
    except OSError as error:
        raise DeviceError(
            f"the calibration of {calibration.device} cannot be kept in {path.parent} ({error}); name a folder that "
            "can be written to in WUGAN_HOME"
        ) from error
    return path


def kept(model: type[C]) -> list[C]:
    """All calibrations of a kind that can be used, the newest first."""
    found = []
    for path in folder().glob(f"{model.kind}-*.json"):
        try:
            raw = json.loads(path.read_text(encoding="utf-8"))
            found.append(load(model, str(raw["device"])))
        except (OSError, ValueError, KeyError, TypeError, DataError, DeviceError):
            continue  # `load` says what is wrong with one that is asked for
    return sorted(found, key=lambda one: one.made, reverse=True)


def load(model: type[C], device: str, max_age: str | float | None = None) -> C:
    """The calibration of one device.

    Args:
        model: the kind that is wanted.
        device: the device's serial number, as it was when it was calibrated.
        max_age: how old it may be (`"720h"`, or seconds); `None` sets no limit.

    Raises:
        DeviceError: it was never calibrated, or too long ago.
        DataError: the file is damaged, of another kind or another device, or its values are not plausible.
    """
    path = path_of(model.kind, device)
    again = "run `wugan devices calibrate` again"
    try:
        raw: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DeviceError(
            f"{device} is not calibrated ({path} does not exist): run `wugan devices calibrate`"
        ) from None
    except OSError as error:
        raise DeviceError(f"the calibration {path} cannot be read: {error}") from error
    except ValueError as error:
        raise DataError(f"{path} is no JSON ({error}); {again}") from error
    kind = raw.pop("kind", None) if isinstance(raw, dict) else None
    if kind != model.kind:
        raise DataError(f"{path} holds a calibration of kind {kind!r}, expected {model.kind!r}; {again}")
    try:
        found = model.model_validate(raw)
    except ValidationError as error:
        what = "; ".join(f"{'.'.join(map(str, wrong['loc'])) or 'values'}: {wrong['msg']}" for wrong in error.errors())
        raise DataError(f"{path}: {what}; {again}") from error
    if found.device != device:
        raise DataError(f"{path} is of device {found.device!r}, not of {device!r}; {again}")
    if found.age_s < -_SKEW_S:
        raise DataError(
            f"{path} says that it was made at {found.made:%Y-%m-%d %H:%M} UTC, which is yet to come; {again}"
        )
    if max_age is not None and found.age_s > to_ns(max_age) / 1e9:
        raise DeviceError(
            f"the calibration of {device} was made {found.made:%Y-%m-%d %H:%M} UTC, longer than {max_age} ago; {again}"
        )
    return found
