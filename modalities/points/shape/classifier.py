"""`ShapeClassifier`: what kind of object a set of points is, whichever way it stands about the vertical."""

from __future__ import annotations

import math
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Literal, Self, cast

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field
from torch import nn

from wugan.errors import DataError
from wugan.modalities.points.shape.grid_network import GridNetwork
from wugan.modalities.points.shape.views import ViewNetwork, normalised, padded
from wugan.model_file import load_network, save_model

SHIPPED = "modelnet10-research"
"""The weights in `wugan-research-weights`. They saw ModelNet, which is for research: see the model card."""
TURNS = 4  #: how often a shape is looked at, each time turned a little further
BATCH = 4  #: shapes at a time: the pictures of more do not fit the processor's caches, and take twice as long
_FORMAT = "wugan.shape/2"


class ShapeInfo(BaseModel):
    """What a weight file says of itself.

    Attributes:
        labels: names of the classes.
        members: kinds of the networks whose probabilities are averaged.
        temperature: that the logits are divided by, so that probabilities are calibrated.
        unsure_below: greatest probability under which the classifier abstains.
        trained_on: data, licence, seed, command.
    """

    model_config = ConfigDict(extra="forbid")

    labels: tuple[str, ...] = Field(min_length=2)
    members: tuple[Literal["views", "grid"], ...] = Field(min_length=1)
    temperature: float = Field(default=1.0, gt=0)
    unsure_below: float = Field(default=0.5, ge=0, le=1)
    trained_on: dict[str, Any] = Field(default_factory=dict)


def made(kind: str, classes: int) -> ViewNetwork | GridNetwork:
    """An untrained network of a kind."""
    return ViewNetwork(classes) if kind == "views" else GridNetwork(classes)


class ShapeClassifier:
    """Probabilities of classes for shapes given as points.

    Args:
        members: trained networks.
        info: what belongs to them.
    """

    def __init__(self, members: Sequence[ViewNetwork | GridNetwork], info: ShapeInfo) -> None:
        self.members = nn.ModuleList(members).eval()
        self.info = info

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the classes."""
        return self.info.labels

    def probabilities(self, shapes: Sequence[NDArray[np.floating]], turns: int = TURNS) -> NDArray[np.float64]:
        """Of each class, `[B, classes]`.

        Args:
            shapes: points of each, `[N, 3]` in any unit, z up.
            turns: how often to look; more is surer and slower.

        Raises:
            DataError: a shape cannot be looked at; names which, from 1.
        """
        out = [np.zeros((0, len(self.labels)))]
        for start in range(0, len(shapes), BATCH):
            points, counts = padded(_all(shapes[start : start + BATCH], start))
            total = torch.zeros(len(points), len(self.labels), dtype=torch.float64)
            with torch.inference_mode():
                for turn in range(turns):
                    # Half a turn on, the views are the same.
                    angle = torch.full((len(points),), math.pi * turn / turns)
                    for member in self.members:
                        logits = member(points, counts, angle)
                        total += (logits.double() / self.info.temperature).softmax(-1)
            out.append((total / (turns * len(self.members))).numpy())
        return np.concatenate(out)

    def features(self, shapes: Sequence[NDArray[np.floating]]) -> NDArray[np.float32]:
        """What the first network of views sees in each, `[B, 4, 1280]`: views from above and from below by turns.

        Raises:
            DataError: no network looks at views, or a shape cannot be looked at.
        """
        seeing = next((member for member in self.members if isinstance(member, ViewNetwork)), None)
        if seeing is None:
            raise DataError("these weights have no network of views; use others for features")
        points, counts = padded(_all(shapes, 0))
        with torch.inference_mode():
            return seeing.seen(points, counts, torch.zeros(len(points))).numpy()

    def save(self, path: str | PathLike[str]) -> None:
        """Write networks and info as one safetensors file; half precision, which costs nothing that can be measured."""
        save_model(path, _FORMAT, self.members.state_dict(), self.info)

    @classmethod
    def load(cls, weights: str | PathLike[str] = SHIPPED) -> Self:
        """Shipped weights by name, or a file's.

        Raises:
            DataError: there is no such file, or it holds something else.
        """

        def build(info: ShapeInfo) -> nn.ModuleList:
            return nn.ModuleList(made(kind, len(info.labels)) for kind in info.members)

        members, info = load_network(__package__, weights, _FORMAT, "a model of shapes", ShapeInfo, build)
        return cls(cast(Sequence[ViewNetwork | GridNetwork], list(members)), info)


def _all(shapes: Sequence[NDArray[np.floating]], first: int) -> list[NDArray[np.float32]]:
    out = []
    for number, shape in enumerate(shapes, first + 1):
        try:
            out.append(normalised(np.asarray(shape)))
        except DataError as error:
            raise DataError(f"shape {number}: {error}") from error
    return out


def card() -> Path:
    """The model card of the shipped weights."""
    return Path(__file__).with_name("MODEL_CARD.md")
