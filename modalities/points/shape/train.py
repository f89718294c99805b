"""Train the shape network on ModelNet's grids, and tell how it does on shapes it has not seen.

python -m wugan.modalities.points.shape.train MODELNET.npz -o shape.safetensors [--epochs 30] [--seed 0]

The file holds `train_bits`, `train_label`, `valid_bits` and `valid_label` (30³ grids packed into bits). A part of the
training shapes is kept back for the temperature; the validation shapes are looked at once, at the end.
"""

from __future__ import annotations

import argparse
import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wugan.modalities.points.shape.classifier import ShapeClassifier, ShapeInfo
from wugan.modalities.points.shape.network import ShapeConfig, ShapeNetwork
from wugan.modalities.points.shape.trials import TRIALS, Shape, calibration_error, read_modelnet, trial
from wugan.modalities.points.shape.views import SIZE, azimuths, normalised, padded, rendered

LABELS = ("bathtub", "bed", "chair", "desk", "dresser", "monitor", "night_stand", "sofa", "table", "toilet")
KEPT_BACK = 200
_BATCH, _RATE, _DECAY, _SMOOTHING = 32, 3e-3, 0.05, 0.1
_MOST_POINTS = 2500


@dataclass(frozen=True)
class Settings:
    """How to train.

    Attributes:
        epochs: passes over the training shapes.
        seed: of initialisation, order and augmentation.
        channels: of the network.
    """

    epochs: int = 30
    seed: int = 0
    channels: int = 16


def augmented(shape: Shape, rng: np.random.Generator) -> NDArray[np.float32]:
    """A shape as another sensor might see it: its surface only, points missing, noise, stretched, mirrored."""
    points: NDArray[np.floating] = shape.points
    if rng.random() < 0.3:
        points = points[shape.surface]
    if rng.random() < 0.5:
        kept = rng.random(len(points)) > rng.uniform(0, 0.75)
        points = points[kept] if kept.sum() > 20 else points
    if len(points) > _MOST_POINTS:
        points = points[rng.choice(len(points), _MOST_POINTS, replace=False)]
    noise = rng.uniform(0, 0.8) if rng.random() < 0.5 else 0.0
    points = points + rng.normal(0, noise, points.shape) + rng.uniform(-0.5, 0.5, points.shape)
    # Stretched a little only: a night stand is told from a dresser by its proportions.
    points = points * rng.uniform(0.97, 1.03, 3) * [rng.choice([-1, 1]), 1, 1]
    return normalised(points) * np.float32(rng.uniform(0.9, 1.1))


def train(shapes: list[Shape], settings: Settings, progress: Callable[[str], None] = lambda _: None) -> ShapeNetwork:
    """A network trained on these shapes and on nothing else: the moving average of its weights (Polyak)."""
    torch.manual_seed(settings.seed)
    rng = np.random.default_rng(settings.seed)
    config = ShapeConfig(labels=LABELS, channels=settings.channels)
    network = ShapeNetwork(config).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average = copy.deepcopy(network)
    steps = settings.epochs * (len(shapes) // _BATCH)
    optimiser = torch.optim.AdamW(network.parameters(), _RATE, weight_decay=_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=steps, pct_start=0.15)
    step = 0
    for epoch in range(settings.epochs):
        network.train()
        order, total = rng.permutation(len(shapes)), 0.0
        for start in range(0, len(order) - _BATCH + 1, _BATCH):
            chosen = [shapes[index] for index in order[start : start + _BATCH]]
            loss = _loss(network, chosen, config.views, rng)
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item()
            step += 1
            _follow(average, network, min(0.998, (1 + step) / (10 + step)))
        progress(f"epoch {epoch + 1} of {settings.epochs}: loss {total / (len(order) // _BATCH):.3f}")
    return average.eval()


def _loss(network: ShapeNetwork, chosen: list[Shape], views: int, rng: np.random.Generator) -> Tensor:
    points, counts = padded([augmented(shape, rng) for shape in chosen])
    turns = torch.rand(len(chosen), 1) * 2 * torch.pi
    with torch.autocast("cpu", torch.bfloat16):
        logits = network(rendered(points, counts, azimuths(views) + turns))
    labels = torch.tensor([shape.label for shape in chosen])
    return nn.functional.cross_entropy(logits.float(), labels, label_smoothing=_SMOOTHING)


def _follow(average: nn.Module, network: nn.Module, share: float) -> None:
    with torch.no_grad():
        for kept, new in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
            if kept.is_floating_point():
                kept.lerp_(new, 1 - share)
            else:
                kept.copy_(new)


def calibrated(network: ShapeNetwork, shapes: list[Shape], about: dict[str, object]) -> ShapeClassifier:
    """With the temperature at which the shapes' labels are likeliest, and a threshold of doubt."""
    config = ShapeConfig(labels=LABELS, channels=network.width // 8)
    labels = np.array([shape.label for shape in shapes])
    best = (np.inf, 1.0)
    for temperature in np.geomspace(0.2, 2.0, 24):
        found = ShapeClassifier(network, ShapeInfo(config=config, temperature=float(temperature)))
        probs = found.probabilities([shape.points for shape in shapes], turns=2)
        cost = -np.log(np.maximum(probs[np.arange(len(labels)), labels], 1e-9)).mean()
        best = min(best, (float(cost), float(temperature)))
    return ShapeClassifier(network, ShapeInfo(config=config, temperature=best[1], trained_on=about))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--channels", type=int, default=16)
    args = parser.parse_args()
    settings = Settings(args.epochs, args.seed, args.channels)
    shapes = read_modelnet(args.data, "train")
    order = np.random.default_rng(1234).permutation(len(shapes))
    back = [shapes[index] for index in order[:KEPT_BACK]]
    network = train([shapes[index] for index in order[KEPT_BACK:]], settings, lambda line: print(line, flush=True))
    about = {
        "data": "ModelNet10 (Princeton), 30³ occupancy grids, research use",
        "shapes": len(shapes) - KEPT_BACK,
        "kept back for calibration": KEPT_BACK,
        "command": f"python -m wugan.modalities.points.shape.train MODELNET.npz -o FILE --epochs {args.epochs} "
        f"--seed {args.seed} --channels {args.channels}",
        "image": SIZE,
    }
    classifier = calibrated(network, back, about)
    classifier.save(args.out)
    unseen = read_modelnet(args.data, "valid")
    for name in TRIALS:
        probs, labels = trial(ShapeClassifier.load(args.out), unseen, name)
        right = float((probs.argmax(1) == labels).mean())
        print(f"{name}: {right:.4f} right of {len(labels)}, calibration error {calibration_error(probs, labels):.3f}")


if __name__ == "__main__":
    main()
