"""`doubts`: what is odd about a camera's place and lens beside a lidar, before anything is fused by them."""

from __future__ import annotations

import math

import numpy as np

from wugan.calibration import CameraModel, Transform

_UPRIGHT = 0.5  # cosine of 60°: a camera may be tilted, but not lie on its side
_NARROWEST = math.radians(2.0)  # of a picture's width: less is a telescope, or a focal length in another unit
_FARTHEST = 5.0  # m between a vehicle's sensors
_CELLS = (16, 4)  # of a picture, across and down
_LEAST = 0.1  # of these that something around the lidar falls in


def doubts(camera: CameraModel, lidar_to_camera: Transform) -> list[str]:
    """What is not wrong in itself but in all likelihood a mistake; each with its remedy.

    Args:
        camera: its intrinsics.
        lidar_to_camera: from the lidar's frame (z up) to the camera's optical one.
    """
    found = []
    rotation, moved = lidar_to_camera.rotation, float(np.linalg.norm(lidar_to_camera.translation))
    up = -float(rotation[1, 2])  # how far the lidar's up is the picture's up
    if up < _UPRIGHT:
        lies = "upside down" if up < -_UPRIGHT else "on its side, or looks at the sky or the ground"
        found.append(
            f"by its transform from {lidar_to_camera.source!r}, camera {camera.frame!r} stands {lies}: is it the "
            "inverse, or does it lack the change of axes (optical: x right, y down, z ahead)?"
        )
    if moved > _FARTHEST:
        found.append(f"camera {camera.frame!r} is {moved:.1f} m away from the lidar: are these metres?")
    width = 2 * math.atan(camera.width / 2 / float(camera.matrix[0, 0]))
    if width < _NARROWEST:
        found.append(
            f"camera {camera.frame!r} sees {math.degrees(width):.2g}° across: is its focal length of "
            f"{camera.matrix[0, 0]:.6g} in pixels?"
        )
    elif not found and (seen := _seen(camera, lidar_to_camera)) < _LEAST:
        found.append(
            f"what lies around the lidar falls in {seen:.0%} of the pictures of camera {camera.frame!r}: do the two "
            "look at the same?"
        )
    return found


def _seen(camera: CameraModel, lidar_to_camera: Transform) -> float:
    """Share of a picture's cells in which something falls that stands around the lidar, 4 to 60 m away."""
    turn, away, high = np.meshgrid(
        np.radians(np.arange(0.0, 360.0, 0.5)), np.geomspace(4, 60, 12), np.linspace(-2, 2, 9), indexing="ij"
    )
    points = np.stack([away * np.cos(turn), away * np.sin(turn), high], axis=-1).reshape(-1, 3)
    projection = camera.project_from(points, lidar_to_camera)
    across, down = _CELLS
    cells = (projection.pixels[projection.mask] / (camera.width, camera.height) * (across, down)).astype(int)
    return len(np.unique(np.clip(cells, 0, (across - 1, down - 1)), axis=0)) / (across * down)
