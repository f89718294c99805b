from __future__ import annotations

from pathlib import Path

import pytest

from wugan.apps.perception.tracking.kitti import CLASSES

CODES = {name: code for code, name in CLASSES.items()}


def detection(frame: int, label: str, ahead: float, score: float = 5.0, image: str = "300,150,400,250") -> str:
    """One line of detections: a thing of a car's size straight ahead, facing away."""
    return f"{frame},{CODES[label]},{image},{score},1.5,1.8,4.2,0.0,1.7,{ahead},-1.5708,0.0"


def label_line(frame: int, identity: int, label: str, ahead: float) -> str:
    return f"{frame} {identity} {label} 0 0 0.0 300 150 400 250 1.5 1.8 4.2 0.0 1.7 {ahead} -1.5708"


@pytest.fixture
def detections_folder(tmp_path: Path) -> Path:
    """Sequence 0000: a car that drives away, hidden in frames 20 and 21, and a pedestrian who stands. 0001 is empty."""
    folder = tmp_path / "data"
    for part in ("detections_Car", "detections_Pedestrian", "label"):
        (folder / part).mkdir(parents=True)
    frames = range(60)
    cars = [detection(frame, "Car", 10 + frame) for frame in frames if frame not in (20, 21)]
    people = [detection(frame, "Pedestrian", 40) for frame in frames]
    truth = [label_line(frame, 3, "Car", 10 + frame) for frame in frames]
    truth += [label_line(frame, 4, "Pedestrian", 40) for frame in frames]
    for part, lines in (("detections_Car", cars), ("detections_Pedestrian", people), ("label", truth)):
        (folder / part / "0000.txt").write_text("\n".join(lines) + "\n")
    (folder / "detections_Car" / "0001.txt").write_text("")
    return folder
