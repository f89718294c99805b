"""A calibration as a file has it: JSON or YAML, checked field by field."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from wugan.calibration.camera import CameraModel
from wugan.calibration.distortion import Distortion, Lens
from wugan.calibration.transform import Transform

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
