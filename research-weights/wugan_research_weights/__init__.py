"""Files of weights whose training data are not free for commercial use; see the distribution's LICENSE."""

from __future__ import annotations

from pathlib import Path

_FOLDER = Path(__file__).parent


def modelnet10() -> Path:
    """Shapes, trained on ModelNet10: for research."""
    return _FOLDER / "modelnet10-research.safetensors"


def ravdess() -> Path:
    """Emotions of a voice, trained on RAVDESS: CC BY-NC-SA 4.0, no commercial use."""
    return _FOLDER / "ravdess-noncommercial.safetensors"
