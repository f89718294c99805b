"""The loop: it learns, repeats itself for a seed, averages, and stops where a check says that it has learnt enough."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from wugan.learn.trainer import Point, Recipe, fit

X = torch.linspace(-1, 1, 64)[:, None]


def made(seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))


def trained(seed: int = 0, recipe: Recipe | None = None, **options: object) -> tuple[nn.Module, list[Point]]:
    network = made(seed)

    def loss_of(step: int) -> Tensor:
        rows = torch.randint(len(X), (16,))
        return (network(X[rows]) - X[rows].sin()).square().mean()

    return fit(network, loss_of, recipe or Recipe(200, 1e-2, every=50), **options)  # type: ignore[arg-type]


def off(network: nn.Module) -> float:
    with torch.inference_mode():
        return float((network(X) - X.sin()).square().mean())


def test_it_learns_and_tells_its_curve() -> None:
    told: list[Point] = []
    network, curve = trained(progress=told.append)
    assert told == curve and [point.step for point in curve] == [50, 100, 150, 200]
    assert curve[-1].loss < 0.2 * curve[0].loss and off(network) < 1e-3 and not network.training


def test_the_same_seed_gives_the_same_network() -> None:
    one, again, other = (trained(seed)[0].state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(one[name], again[name]) for name in one)
    assert any(not torch.equal(one[name], other[name]) for name in one)


def test_an_average_of_the_weights_is_given_where_asked_for() -> None:
    plain, _ = trained()
    average, _ = trained(recipe=Recipe(200, 1e-2, memory=0.99))
    pairs = list(zip(plain.parameters(), average.parameters(), strict=True))
    assert any(not torch.equal(a, b) for a, b in pairs) and off(average) < 1e-2


def test_training_stops_early_and_gives_the_best_weights() -> None:
    checks = iter([3.0, 1.0, 2.0, 4.0, 0.0])
    states: list[dict[str, Tensor]] = []

    def check(network: nn.Module) -> float:
        states.append({name: value.clone() for name, value in network.state_dict().items()})
        return next(checks)

    network, curve = trained(recipe=Recipe(200, 1e-2, every=20, patience=2), check=check)
    assert [point.check for point in curve] == [3.0, 1.0, 2.0, 4.0]
    assert all(torch.equal(value, states[1][name]) for name, value in network.state_dict().items())


def test_a_part_may_learn_faster_and_the_rest_may_be_left_alone() -> None:
    network = made(0)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    fit(
        network,
        lambda _: network(X).square().mean(),
        Recipe(1, 1e-3, decay=0.0),
        parameters=[*network[2].parameters()],
        faster=(network[2], 3.0),
    )
    after = network.state_dict()
    assert torch.equal(before["0.weight"], after["0.weight"]) and not torch.equal(before["2.weight"], after["2.weight"])
