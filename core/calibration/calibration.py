"""`Calibration`: where a rig's sensors are, what its cameras see, and how far their clocks are apart; and its file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wugan.calibration.camera import CameraModel, Distortion, Lens, Projection
from wugan.calibration.transform import Frames, Transform
from wugan.errors import DataError

Row3 = tuple[float, float, float]
Row4 = tuple[float, float, float, float]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True, allow_inf_nan=False)


class DistortionForm(_Form):
    """A lens: see `Distortion`."""

    lens: Lens
    coefficients: list[float]


class CameraForm(_Form):
    """A camera: see `CameraModel`. `size` is width, height in pixels."""

    frame: str
    size: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]]
    intrinsics: tuple[Row3, Row3, Row3]
    distortion: DistortionForm | None = None

    def model(self) -> CameraModel:
        """The camera itself; raises `DataError`."""
        lens = self.distortion
        return CameraModel(
            self.intrinsics,  # type: ignore[arg-type]  # becomes an array there
            *self.size,
            self.frame,
            Distortion(lens.lens, tuple(lens.coefficients)) if lens else Distortion(),
        )

    @classmethod
    def of(cls, camera: CameraModel) -> CameraForm:
        """The form of a camera."""
        lens = camera.distortion
        return cls(
            frame=camera.frame,
            size=(camera.width, camera.height),
            intrinsics=camera.matrix.tolist(),
            distortion=None
            if lens.lens == "none"
            else DistortionForm(lens=lens.lens, coefficients=list(lens.coefficients)),
        )


class TransformForm(_Form):
    """A join of two frames: see `Transform`. Give `rotation` (rows) or `quaternion_wxyz`, or neither for none."""

    source: str = Field(alias="from")
    target: str = Field(alias="to")
    rotation: tuple[Row3, Row3, Row3] | None = None
    quaternion_wxyz: Row4 | None = None
    translation: Row3 = (0.0, 0.0, 0.0)

    def transform(self) -> Transform:
        """The transform itself; raises `DataError`."""
        given = self.rotation if self.rotation is not None else self.quaternion_wxyz
        return Transform.of(self.source, self.target, given, self.translation)

    @classmethod
    def of(cls, transform: Transform) -> TransformForm:
        """The form of a transform."""
        return cls(
            source=transform.source,
            target=transform.target,
            rotation=transform.rotation.tolist(),
            translation=transform.translation.tolist(),
        )


class CalibrationForm(_Form):
    """A whole file. `time_offsets_s`: seconds to add to a sensor's stamps to have the common time."""

    format: Literal["wugan.calibration/1"] = "wugan.calibration/1"
    cameras: dict[str, CameraForm] = {}
    transforms: list[TransformForm] = []
    time_offsets_s: dict[str, float] = {}


# No rig on wheels is longer; a lidar on a pole is joined to its camera, not to the city's origin.
_LONGEST_RIG_M = 40.0
_MOST_OFFSET_S = 5.0  # clocks further apart are not synchronised at all
_LARGEST_FILE = 16_000_000


@dataclass(eq=False)
class Calibration:
    """What has to be known to see one sensor's data in another's frame at one time.

    Args:
        frames: the sensors' frames.
        cameras: intrinsics by the camera's name.
        time_offsets_ns: by the sensor's name, what is to be added to its stamps to have the common time; a sensor that
            is not named has 0. A camera that leads the lidar by 10 ms (its stamps are 10 ms early) has +10 ms.

    Raises:
        DataError: offsets of more than 5 s.
    """

    frames: Frames = field(default_factory=Frames)
    cameras: dict[str, CameraModel] = field(default_factory=dict)
    time_offsets_ns: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, offset in self.time_offsets_ns.items():
            if abs(offset) > _MOST_OFFSET_S * 1e9:
                raise DataError(
                    f"sensor {name!r}: a time offset of {offset / 1e9:.3f} s is too large to be one between two "
                    "synchronised clocks; offsets are in seconds in the file, in nanoseconds here"
                )

    def camera(self, name: str | None = None) -> CameraModel:
        """The camera of that name; without a name, the only one.

        Raises:
            DataError: there is none of that name, or there are several and none was named.
        """
        if name is None and len(self.cameras) == 1:
            return next(iter(self.cameras.values()))
        if name not in self.cameras:
            known = ", ".join(self.cameras) or "none"
            raise DataError(f"which camera? Known: {known}" if name is None else f"no camera {name!r}; known: {known}")
        return self.cameras[name]

    def project(self, points: NDArray[Any], frame: str, camera: str | None = None) -> Projection:
        """Points `[N, 3]` of a frame as a camera sees them.

        Raises:
            DataError: unknown names, or nothing joins the frame and the camera's.
        """
        model = self.camera(camera)
        return model.project_from(points, self.frames.lookup(frame, model.frame))

    def to_common_ns(self, sensor: str, time_ns: int) -> int:
        """A sensor's stamp in the common time."""
        return time_ns + self.time_offsets_ns.get(sensor, 0)

    def check(self, longest_m: float = _LONGEST_RIG_M) -> None:
        """Refuse what no rig has.

        Raises:
            DataError: a join is longer than `longest_m`: most likely millimetres were read as metres.
        """
        for join in self.frames:
            length = float((join.translation**2).sum() ** 0.5)
            if length > longest_m:
                raise DataError(
                    f"frames {join.source!r} and {join.target!r} are {length:.1f} m apart; translations are in metres: "
                    f"are these millimetres ({length / 1000:.3f} m)? If it is meant, read with longest_m={length:.0f} "
                    "or more"
                )

    @classmethod
    def read(cls, path: str | Path, longest_m: float = _LONGEST_RIG_M) -> Calibration:
        """From a JSON or YAML file in wugan's own form (`read_calibration` knows the other kinds too).

        Raises:
            DataError: no such file, not of this form, or refused by a check; names the file and the field.
        """
        path = Path(path)
        try:
            if path.stat().st_size > _LARGEST_FILE:
                raise DataError(f"{path}: {path.stat().st_size} bytes are too many for a calibration")
            text = path.read_text(encoding="utf-8")
            # Every JSON text that has no tabs is YAML, but JSON's own reader says better what is wrong with it.
            found = json.loads(text) if path.suffix.lower() == ".json" else yaml.safe_load(text)
        except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
            raise DataError(f"{path}: cannot be read: {error}") from None
        try:
            return cls.of(found, longest_m)
        except DataError as error:
            raise DataError(f"{path}: {error}") from None

    @classmethod
    def of(cls, found: Any, longest_m: float = _LONGEST_RIG_M) -> Calibration:
        """From plain values of wugan's own form.

        Raises:
            DataError: not of this form, or refused by a check.
        """
        if not isinstance(found, Mapping):
            raise DataError(f"a calibration is a mapping with cameras and transforms, got {type(found).__name__}")
        try:
            form = CalibrationForm.model_validate(found)
        except ValidationError as error:
            first = error.errors()[0]
            raise DataError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
        calibration = cls(
            Frames(one.transform() for one in form.transforms),
            {name: one.model() for name, one in form.cameras.items()},
            {name: round(min(max(offset, -1e9), 1e9) * 1e9) for name, offset in form.time_offsets_s.items()},
        )
        calibration.check(longest_m)
        return calibration

    def plain(self) -> dict[str, Any]:
        """Plain values, for JSON or YAML."""
        form = CalibrationForm(
            cameras={name: CameraForm.of(one) for name, one in self.cameras.items()},
            transforms=[TransformForm.of(one) for one in self.frames],
            time_offsets_s={name: offset / 1e9 for name, offset in self.time_offsets_ns.items()},
        )
        return form.model_dump(mode="json", by_alias=True, exclude_none=True)

    def write(self, path: str | Path) -> None:
        """Write JSON (`.json`) or YAML (any other name)."""
        path = Path(path)
        json_form = path.suffix.lower() == ".json"
        text = json.dumps(self.plain(), indent=1) if json_form else yaml.safe_dump(self.plain(), sort_keys=False)
        path.write_text(text, encoding="utf-8")
