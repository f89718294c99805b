"""`MotionEstimator`: what the camera did between two pictures, and what moved by itself, from their dense flow."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wugan.duration import to_ns
from wugan.errors import DataError
from wugan.modalities.video.detections import Detections2D
from wugan.modalities.video.frame import check_time, grey, opencv
from wugan.packet import Packet
from wugan.signals import Image
from wugan.stage import Stage

PRESETS = ("ultrafast", "fast", "medium")


@dataclass(slots=True)
class Flow:
    """How far each place of a picture has moved since the picture before.

    Attributes:
        vectors: float32 `[h, w, 2]`: to the right and down, in pixels of the full picture. Row and column i stand for
            the pixel `(i + ½) · scale − ½` of the full picture.
        scale: full pixels in one of the flow's, for (x, y); the flow is computed on smaller pictures.
        size: width and height of the full picture.
        seconds: time between the two pictures.
    """

    vectors: NDArray[np.float32]
    scale: tuple[float, float]
    size: tuple[int, int]
    seconds: float


def shrink(pixels: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    """A picture at most `width` pixels wide, each the mean of those that it stands for; never enlarged.

    The height keeps the shape and is at least 16 pixels where the picture has them (the flow's patches are 8).
    """
    if pixels.shape[1] <= width:
        return pixels
    height = min(pixels.shape[0], max(16, round(pixels.shape[0] * width / pixels.shape[1])))
    small: NDArray[np.uint8] = opencv().resize(pixels, (width, height), interpolation=opencv().INTER_AREA)
    return small


class DenseFlow:
    """DIS flow (Kroeger et al., Fast Optical Flow using Dense Inverse Search, ECCV 2016), by OpenCV.

    Args:
        width: pixels that pictures are brought to before; also bounds the cost.
        preset: `ultrafast`, `fast` or `medium`: slower each, and steadier.
        finest: halvings of those pictures at which the search ends. OpenCV's presets end at a quarter (2), where a
            thing of 16 pixels has sunk in the background and most of its motion is lost (`benchmarks/video/flow.py`).

    Raises:
        DataError: the preset is unknown, width is less than 16, or finest is not 0…3.
    """

    def __init__(self, width: int = 320, preset: str = "fast", finest: int = 1) -> None:
        if preset not in PRESETS or width < 16 or not 0 <= finest <= 3:
            raise DataError(
                f"flow: preset {preset!r} must be one of {', '.join(PRESETS)}; width {width} at least 16; finest "
                f"{finest} from 0 to 3"
            )
        cv2 = opencv()
        self.width = width
        self._dis = cv2.DISOpticalFlow_create(getattr(cv2, f"DISOPTICAL_FLOW_PRESET_{preset.upper()}"))
        self._dis.setFinestScale(finest)

    def __call__(self, before: NDArray[np.uint8], after: NDArray[np.uint8], seconds: float) -> Flow:
        """The flow from one grey picture `[H, W]` to the next.

        Raises:
            DataError: their sizes differ, they are less than 16 pixels high or wide, or time does not go forward.
        """
        if before.shape != after.shape or min(after.shape) < 16:
            raise DataError(f"flow: pictures of {before.shape} and {after.shape}; two of one size, 16 × 16 at least")
        if not seconds > 0 or not np.isfinite(seconds):
            raise DataError(f"flow: {seconds} s between the pictures; time must go forward")
        first, second = (np.ascontiguousarray(shrink(one, self.width)) for one in (before, after))
        vectors: NDArray[np.float32] = self._dis.calc(first, second, None)
        height, width = after.shape
        scale = width / second.shape[1], height / second.shape[0]
        return Flow(vectors * np.array(scale, np.float32), scale, (width, height), seconds)


logger = logging.getLogger(__name__)

LABEL = "moving"
_GRID = 24  # places along the picture's width at which the camera's motion is measured
_NEAR = 1.0  # of the flow's pixels: how far a place of the background may lie off the camera's motion
_LEAST_INLIERS = 0.3  # share of the places that must follow one motion for it to be the camera's
_LEAST_PLACES = 12
_CHANGE = 12  # grey values: sensors' noise, and what a shift by half a pixel makes of it, stay below
_TEXTURE = 3.0  # grey values a pixel: flatter places tell nothing of motion
_SPREAD = 4.0  # robust standard deviations of the background's residual that count as its noise


@dataclass(slots=True)
class Motion:
    """What moved between two pictures.

    Attributes:
        flow: how far each place moved.
        camera: float64 `[2, 3]`: affine map from the earlier picture's pixels to the later one's, which the larger part
            of the picture follows. The identity where no motion is shared by enough of it.
        inliers: share of the measured places that follow it; 0 where none was found.
        residual: float32 `[h, w]`: how far the flow lies off it, in pixels of the full picture, at the flow's places.
        moving: the pieces that move by themselves, with label `moving` and velocity relative to the background.
    """

    flow: Flow
    camera: NDArray[np.float64]
    inliers: float
    residual: NDArray[np.float32]
    moving: Detections2D

    @property
    def shift(self) -> tuple[float, float]:
        """How far the background in the picture's middle moved, to the right and down, in pixels."""
        middle = np.array([self.flow.size[0] / 2, self.flow.size[1] / 2, 1.0])
        moved = self.camera @ middle - middle[:2]
        return float(moved[0]), float(moved[1])


@dataclass(eq=False)
class MotionEstimator(Stage[Image, Motion]):
    """Separates the camera's own motion from that of things, picture by picture.

    The camera's motion is the affine map that most of the picture's textured places follow (RANSAC). It holds for
    rotation, zoom and a shift before a background that is far or flat; what is near a camera that drives forward moves
    unlike the rest without moving by itself, and is then reported as moving. Nothing is given for the first picture,
    nor across a jump back in time, a pause longer than `gap`, or a change of size (`restarts` counts these).

    Args:
        width: pixels that pictures are brought to before.
        preset: of the flow: `ultrafast`, `fast`, `medium`.
        least_shift: shares of the picture's width from one picture to the next: what moves less stands still.
        least_area: share of the picture that a moving piece covers.
        gap: pause between two pictures from which on they are not compared.

    Raises:
        DataError: from `__init__`, settings that make no sense; from `process`, a picture that is empty, smaller than
            16 × 16 or of another type.
    """

    width: int = 320
    preset: str = "fast"
    least_shift: float = 0.003
    least_area: float = 0.0006
    gap: str | float = "500ms"
    restarts: int = field(init=False, default=0)
    _flow: Any = field(init=False, repr=False, default=None)

    def __post_init__(self) -> None:
        if self.preset not in PRESETS or self.width < 16 or self.least_shift <= 0 or not 0 < self.least_area < 1:
            raise DataError(
                f"{type(self).__name__}: preset {self.preset!r} must be one of {', '.join(PRESETS)}, width "
                f"{self.width} at least 16, least_shift {self.least_shift} more than 0, least_area {self.least_area} "
                "in (0, 1)"
            )
        self._before: tuple[int, NDArray[np.uint8]] | None = None

    def warm_up(self) -> None:
        """Make the flow's buffers."""
        if self._flow is None:
            self._flow = DenseFlow(self.width, self.preset)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_flow": None}

    def process(self, packet: Packet[Image]) -> Iterator[Packet[Motion]]:
        """The motion since the picture before."""
        self.warm_up()
        now, time_ns = grey(packet), check_time(packet)
        before, self._before = self._before, (time_ns, now)
        if before is None:
            return
        step = time_ns - before[0]
        if not 0 < step <= to_ns(self.gap) or before[1].shape != now.shape:
            self.restarts += 1
            logger.warning(
                "%r: pictures %.3f s apart, %s and %s", packet.stream, step / 1e9, before[1].shape, now.shape
            )
            return
        yield packet.replace(self._measure(self._flow(before[1], now, step / 1e9), before[1], now))

    def interrupt(self) -> None:
        """Forget the last picture."""
        self._before = None

    def _measure(self, flow: Flow, before: NDArray[np.uint8], now: NDArray[np.uint8]) -> Motion:
        cv2 = opencv()
        height, width = flow.vectors.shape[:2]
        scale = np.array(flow.scale)
        y, x = np.mgrid[:height, :width].astype(np.float64)
        places = (np.stack([x, y], axis=2) + 0.5) * scale - 0.5
        first, second = (cv2.resize(one, (width, height), interpolation=cv2.INTER_AREA) for one in (before, now))
        textured = np.hypot(*(cv2.Scharr(first, cv2.CV_32F, *of) / 32 for of in ((1, 0), (0, 1)))) >= _TEXTURE
        step = max(1, width // _GRID)
        chosen = np.zeros((height, width), bool)
        chosen[step // 2 :: step, step // 2 :: step] = True
        # Where the grid meets too little texture, all that there is must do.
        chosen = chosen & textured if (chosen & textured).sum() >= _LEAST_PLACES else textured
        camera, inliers = _camera(places[chosen], flow.vectors[chosen], float(scale.max()))
        own = (flow.vectors - (places @ camera[:, :2].T + camera[:, 2] - places)).astype(np.float32)
        residual = np.hypot(own[..., 0], own[..., 1])
        noise = _SPREAD * 1.4826 * float(np.median(residual[textured])) if textured.any() else 0.0
        limit = max(self.least_shift * flow.size[0], noise)
        # Flow spreads over what is flat beside a thing; only where the picture has changed too did something move.
        changed = _changed(first, second, camera, flow.scale)
        mask = ((residual > limit) & changed).astype(np.uint8)
        return Motion(flow, camera, inliers, residual, self._pieces(flow, own, residual, mask, limit))

    def _pieces(
        self, flow: Flow, own: NDArray[np.float32], residual: NDArray[np.float32], mask: NDArray[np.uint8], limit: float
    ) -> Detections2D:
        cv2 = opencv()
        height, width = residual.shape
        # The inside of a thing changes less than its edges: the gaps are closed, more so upright than across.
        closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((7, 3), np.uint8))
        count, pieces, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=8)
        boxes, scores, velocity = [], [], []
        for piece in range(1, count):
            left, top, across, down, area = stats[piece].tolist()
            if area < max(4, self.least_area * height * width):
                continue
            inside = (slice(top, top + down), slice(left, left + across))
            there = (pieces[inside] == piece) & (mask[inside] > 0)
            strength = float(np.median(residual[inside][there]))
            boxes.append(np.array([left, top, left + across, top + down]) * np.tile(flow.scale, 2))
            scores.append(strength / (limit + strength))
            velocity.append(np.median(own[inside][there], axis=0) / flow.seconds)
        return surest(boxes, scores, velocity, flow.size)


def _changed(
    first: NDArray[np.uint8], second: NDArray[np.uint8], camera: NDArray[np.float64], scale: tuple[float, float]
) -> NDArray[np.bool_]:
    """Where the first picture, moved as the camera was, differs from the second."""
    cv2 = opencv()
    height, width = first.shape
    # The same map between pixels of the small pictures, whose centres lie at (i + 1/2) · scale - 1/2.
    grow = np.array([[scale[0], 0, scale[0] / 2 - 0.5], [0, scale[1], scale[1] / 2 - 0.5], [0, 0, 1]])
    small = np.linalg.inv(grow) @ np.vstack([camera, [0, 0, 1]]) @ grow
    border = {"borderMode": cv2.BORDER_CONSTANT, "borderValue": 0}
    moved = cv2.warpAffine(first, small[:2], (width, height), flags=cv2.INTER_LINEAR, **border)
    seen = cv2.warpAffine(np.full_like(first, 255), small[:2], (width, height), flags=cv2.INTER_LINEAR, **border)
    difference = cv2.absdiff(moved, second)
    difference[seen < 255] = 0
    changed: NDArray[np.bool_] = cv2.dilate((difference > _CHANGE).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return changed


def surest(boxes: list[Any], scores: list[float], velocity: list[Any] | None, size: tuple[int, int]) -> Detections2D:
    """Moving pieces as detections, the surest first."""
    order = np.argsort(-np.asarray(scores), kind="stable") if scores else np.zeros(0, np.int64)
    return Detections2D(
        np.asarray(boxes, np.float32).reshape(-1, 4)[order],
        np.asarray(scores, np.float32)[order],
        [LABEL] * len(order),
        size,
        None if velocity is None else np.asarray(velocity, np.float32).reshape(-1, 2)[order],
    )


def _camera(
    places: NDArray[np.float64], vectors: NDArray[np.float32], pixel: float
) -> tuple[NDArray[np.float64], float]:
    """The affine map that most of the places follow, and their share; the identity and 0 where there is none."""
    identity = np.eye(2, 3)
    if len(places) < _LEAST_PLACES:
        return identity, 0.0
    # OpenCV's RANSAC is seeded: the same flow gives the same map.
    found, inside = opencv().estimateAffine2D(places, places + vectors, ransacReprojThreshold=_NEAR * pixel)
    share = 0.0 if inside is None else float(inside.mean())
    if found is None or share < _LEAST_INLIERS or not np.isfinite(found).all():
        return identity, 0.0
    return found, share
