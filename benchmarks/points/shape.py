"""How well and how fast shapes are known, beside two plain methods, on shapes that none of them saw.

    python benchmarks/points/shape.py MODELNET.npz [--weights FILE …] [--pointnet 12]

The peers are trained here on the same training shapes: the five nearest grids (15³, scikit-learn), and, with
`--pointnet EPOCHS`, a PointNet (Qi et al. 2017, without its transformer networks) on 512 points turned at random. Every
method sees the validation shapes as they are, turned about the vertical, thinned by half, shaken, and all three.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from wugan.learn.metrics import top_calibration_error
from wugan.modalities.points.shape.classifier import SHIPPED, ShapeClassifier
from wugan.modalities.points.shape.trials import SIDE, TRIALS, Shape, read_modelnet
from wugan.modalities.points.shape.views import normalised
from wugan.weights import weight_file

Answer = Callable[[list[NDArray[np.floating]]], NDArray[np.floating]]
POINTS = 512


def nearest_grids(shapes: list[Shape]) -> Answer:
    """Shares of the classes among the five nearest grids."""
    from sklearn.neighbors import KNeighborsClassifier

    def grid(points: NDArray[np.floating]) -> NDArray[np.float32]:
        out = np.zeros((SIDE // 2,) * 3, np.float32)
        index = np.clip(points / 2, 0, SIDE // 2 - 1).astype(int)
        np.add.at(out, tuple(index.T), 1)
        return np.sqrt(out / max(len(points), 1)).ravel()

    middle = (SIDE - 1) / 2
    model = KNeighborsClassifier(5).fit([grid(one.points) for one in shapes], [one.label for one in shapes])
    return lambda unseen: model.predict_proba([grid(p - p.mean(0) + middle) for p in unseen])


class PointNet(nn.Module):
    """Shared layers over points, the greatest of each feature, and a head."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.each = nn.Sequential(
            *(
                nn.Sequential(nn.Conv1d(a, b, 1), nn.BatchNorm1d(b), nn.ReLU())
                for a, b in ((3, 64), (64, 128), (128, 512))
            )
        )
        self.head = nn.Sequential(
            nn.Linear(512, 256), nn.BatchNorm1d(256), nn.ReLU(), nn.Dropout(0.3), nn.Linear(256, classes)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Logits `[B, classes]` of points `[B, 3, N]`."""
        return self.head(self.each(x).amax(-1))


def pointnet(shapes: list[Shape], epochs: int, classes: int) -> Answer:
    """A PointNet trained on the shapes, turned at random."""
    rng = np.random.default_rng(0)
    torch.manual_seed(0)
    net = PointNet(classes)
    optimiser = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=epochs * (len(shapes) // 32))

    def drawn(points: NDArray[np.floating]) -> NDArray[np.float32]:
        whole = normalised(np.asarray(points))
        return whole[rng.choice(len(whole), POINTS, replace=len(whole) < POINTS)]

    for _ in range(epochs):
        order = rng.permutation(len(shapes))
        net.train()
        for start in range(0, len(order) - 31, 32):
            chosen = [shapes[index] for index in order[start : start + 32]]
            x = np.stack([TRIALS["turned about the vertical"](drawn(one.points), rng) for one in chosen])
            loss = nn.functional.cross_entropy(
                net(torch.tensor(x, dtype=torch.float32).transpose(1, 2)), torch.tensor([one.label for one in chosen])
            )
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
    net.eval()

    def answer(unseen: list[NDArray[np.floating]]) -> NDArray[np.floating]:
        with torch.inference_mode():
            x = torch.tensor(np.stack([drawn(points) for points in unseen]), dtype=torch.float32)
            return torch.cat([net(part.transpose(1, 2)).softmax(-1) for part in x.split(64)]).numpy()

    return answer


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--weights", nargs="*", default=[SHIPPED])
    parser.add_argument("--pointnet", type=int, default=0, metavar="EPOCHS")
    args = parser.parse_args()
    torch.set_num_threads(1)
    known, unseen = read_modelnet(args.data, "train"), read_modelnet(args.data, "valid")
    methods: dict[str, Answer] = {}
    for weights in args.weights:
        methods[f"wugan {Path(weights).stem}"] = ShapeClassifier.load(weights).probabilities
    methods["five nearest grids"] = nearest_grids(known)
    if args.pointnet:
        methods["PointNet"] = pointnet(known, args.pointnet, len(ShapeClassifier.load(args.weights[0]).labels))
    labels = np.array([one.label for one in unseen])
    # ModelNet's official parts share some objects: their grids are the same to the bit.
    grids = {one.points.tobytes() for one in known}
    fresh = np.array([one.points.tobytes() not in grids for one in unseen])
    print(f"{len(unseen)} validation shapes: right % of all, right % of the {fresh.sum()} whose grid is not in the")
    print("training part too, and in brackets the calibration error of all\n")
    print(f"{'':28}" + "".join(f"{name:>28}" for name in methods))
    for name, change in TRIALS.items():
        rng = np.random.default_rng(0)
        changed = [change(one.points, rng) for one in unseen]
        row = []
        for answer in methods.values():
            probs = np.asarray(answer(changed), np.float64)
            right = 100 * (probs.argmax(1) == labels)
            row.append(f"{right.mean():.1f} {right[fresh].mean():.1f} ({top_calibration_error(probs, labels):.3f})")
        print(f"{name:28}" + "".join(f"{cell:>28}" for cell in row), flush=True)
    classifier = ShapeClassifier.load(args.weights[0])
    found = classifier.probabilities([one.points for one in unseen]).argmax(1)
    pairs = Counter(
        " and ".join(sorted((classifier.labels[true], classifier.labels[said])))
        for true, said in zip(labels, found, strict=True)
        if true != said
    )
    print(f"\nmistakes on the shapes as they are: {pairs.total()}, of them", end=" ")
    print(", ".join(f"{number} between {pair}" for pair, number in pairs.most_common(3)))
    size = sum(value.numel() for value in classifier.members.parameters())
    for turns in (4, 1):
        times = []
        for one in unseen[:60]:
            start = time.perf_counter()
            classifier.probabilities([one.points], turns=turns)
            times.append(1000 * (time.perf_counter() - start))
        print(f"\none shape, {turns} look{'s' * (turns > 1)}, one thread: median {np.median(times):.1f} ms", end="")
    stored = weight_file("wugan.modalities.points.shape", args.weights[0]).stat().st_size
    print(f"\n{size:,} parameters, {stored / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
