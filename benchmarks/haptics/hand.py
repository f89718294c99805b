"""The coach's model of the hand: trained on simulated operators, judged on others, beside the rule.

    python benchmarks/haptics/hand.py                                # judge the shipped weights
    python benchmarks/haptics/hand.py --train hand.safetensors       # train anew (seed 0), and judge

An operator is drawn at random: wander 0.2 to 4 mm, tremor 0.05 to 0.8 mm, a hand of 150 to 500 N/m (all log-uniform),
pace 0.7 to 1.8, pressing up to 1 N. Each makes one trial in virtual time, on a workpiece of its own, with guidance at a
level of 0 to 1. Of each stretch of 200 ms the true error without guidance is how far the hand's aim is from the path
that was seen (without what is pressed), root mean square; the true tremor is the operator's.

The rule multiplies the error that is seen by (300 + guide) / 300 N/m, and reads the tremor from the power of 5 to 16
Hz. Both are judged by the factor that they are off (10 to the mean of |log10(estimate / truth)|: 1 is perfect), on
stretches of work of operators, workpieces and seeds that the training never saw, as a mean over operators.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from wugan.apps.teleop.coach import GUIDE_N_M, HAND, NAMES, Assist, ToolEncoder, tremor_m
from wugan.apps.teleop.fused_coach import WEIGHTS, HandNetwork
from wugan.apps.teleop.operator import Operator, Skill
from wugan.apps.teleop.practise import practise
from wugan.apps.teleop.tasks import Line, task
from wugan.fusion import TokenBatch, collate
from wugan.modalities.haptics import HapticEncoder
from wugan.packet import Packet
from wugan.signals import HapticSample
from wugan.tokens import Tokens

Array = NDArray[np.float64]
TRAINING, VALIDATION, HELD_OUT = 0, 10_000, 20_000  # first seeds: of operators and of their workpieces
STRETCH = 200  # states
AWAY, WORKING = NAMES.index("away"), NAMES.index("working")


@dataclass(slots=True)
class Stretches:
    """Stretches of many trials.

    Attributes:
        tokens: by modality.
        truth: error alone and tremor, m `[S, 2]`.
        rule: the rule's estimates of them, m `[S, 2]`.
        who: whose they are, `[S]`.
    """

    tokens: list[dict[str, Tokens]]
    truth: Array
    rule: Array
    who: NDArray[np.int64]


def someone(seed: int) -> tuple[str, Skill, float]:
    """Task, skill and level of guidance of the operator of a seed."""
    draw = np.random.default_rng([seed, 11])
    wander, tremor, stiffness = (
        float(10 ** draw.uniform(np.log10(low), np.log10(high)))
        for low, high in ((2e-4, 4e-3), (5e-5, 8e-4), (150.0, 500.0))
    )
    skill = Skill(wander, tremor, float(draw.uniform(0.7, 1.8)), float(draw.uniform(0, 1)), stiffness)
    return ("peg", "deburring")[seed % 2], skill, float(draw.uniform(0, 1))


def stretches(first: int, count: int) -> Stretches:
    """Stretches of work of so many operators."""
    touch = HapticEncoder(window="190ms")
    tokens: list[dict[str, Tokens]] = []
    truth, rule, who = [], [], []
    for seed in range(first, first + count):
        name, skill, level = someone(seed)
        known = task(name, seed)
        operator = Operator(known, skill, seed)
        # What the hand aims at, without what it presses.
        pressless = Operator(
            replace(known, limits=replace(known.limits, press_n=None)), replace(skill, heavy_n=0.0), seed
        )
        trial = practise(known, operator, Assist(known.limits.path_m, level=level, fixed=True))
        tool = ToolEncoder(name, seed)
        tool.warm_up()
        line = Line(known.seen)
        for start in range(0, len(trial.time_s) - STRETCH + 1, STRETCH):
            part = slice(start, start + STRETCH)
            time_ns = np.round(trial.time_s[part] * 1e9).astype(np.int64)
            sample = HapticSample(time_ns, trial.position[part], trial.velocity[part], trial.force[part], 1000.0)
            packet = Packet(sample, int(time_ns[0]), stream="touch", seq=start)
            felt, seen = touch.encode([packet])[0], tool.encode([packet])[0]
            if felt is None or seen is None or seen.values[-1, WORKING] <= 0.5:
                continue
            aims = np.array([pressless.aim(time) for time in trial.time_s[part]])
            tokens.append({"touch": felt, "tool": seen})
            truth.append((np.sqrt(np.mean(line.nearest(aims)[0] ** 2)), skill.tremor_m))
            rule.append((seen.values[-1, AWAY] * (HAND + level * GUIDE_N_M) / HAND, tremor_m(felt.values)))
            who.append(seed)
    return Stretches(tokens, np.array(truth), np.array(rule), np.array(who))


def estimates(network: HandNetwork, of: Stretches) -> Array:
    """The network's estimates, m `[S, 2]`."""
    with torch.inference_mode():
        return np.asarray(10.0 ** logarithms(network, collate(of.tokens)).double())


def logarithms(network: HandNetwork, batch: dict[str, TokenBatch]) -> torch.Tensor:
    """Log₁₀ of what the network estimates, in m, `[S, 2]`."""
    return network.logarithms(network.backbone(batch).pooled, batch["tool"].values[:, -1, AWAY])


def train(epochs: int, operators: int, seed: int = 0) -> HandNetwork:
    """Train; the epoch that is best on operators kept for that is taken."""
    torch.manual_seed(seed)
    data, check = stretches(TRAINING, operators), stretches(VALIDATION, operators // 5)
    batch = collate(data.tokens)
    network = HandNetwork()
    for name, tokens in batch.items():
        values = network.backbone.raw(name, tokens.values).flatten(0, 1)
        getattr(network.backbone, f"{name}_mean").copy_(values.mean(0))
        getattr(network.backbone, f"{name}_scale").copy_(values.std(0).clamp_min(1e-6))
    target = torch.from_numpy(np.log10(data.truth.clip(1e-6))).float()
    with torch.no_grad():
        network.read.bias.copy_(torch.tensor([0.2, float(target[:, 1].mean())]))
    steps = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=0.1)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(steps, epochs)
    best, kept = np.inf, network.state_dict()
    for epoch in range(epochs):
        network.train()
        for rows in torch.randperm(len(target)).split(128):
            part = {n: type(t)(t.values[rows], t.time_ns[rows], t.mask[rows], None) for n, t in batch.items()}
            loss = (logarithms(network, part) - target[rows]).abs().mean()
            steps.zero_grad()
            loss.backward()
            steps.step()
        schedule.step()
        network.eval()
        off = factors(estimates(network, check), check).mean()
        if off < best:
            best, kept = off, {name: value.clone() for name, value in network.state_dict().items()}
        if epoch % 4 == 3:
            print(f"epoch {epoch + 1}: loss {loss.item():.3f}, factor on validation {off:.3f}", flush=True)
    network.load_state_dict(kept)
    return network.eval()


def factors(found: Array, of: Stretches) -> Array:
    """By what factor estimates are off, `[operators, 2]`."""
    off = np.abs(np.log10(found.clip(1e-6) / of.truth.clip(1e-6)))
    return np.array([10 ** off[of.who == one].mean(axis=0) for one in np.unique(of.who)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--train", type=Path, metavar="FILE", help="train, and write the weights there")
    parser.add_argument("--operators", type=int, default=90, help="for training; a fifth of it for validation")
    parser.add_argument("--held-out", type=int, default=32, help="operators to judge on")
    parser.add_argument("--epochs", type=int, default=24)
    options = parser.parse_args()
    if options.train:
        network = train(options.epochs, options.operators)
        command = f"python benchmarks/haptics/hand.py --train FILE --operators {options.operators}"
        data = f"simulated operators of seeds {TRAINING} to {TRAINING + options.operators - 1}, virtual time"
        network.save(options.train, {"data": data, "seed": 0, "command": command})
        network = HandNetwork.load(options.train)
    else:
        network = HandNetwork.load(WEIGHTS)
    judged = stretches(HELD_OUT, options.held_out)
    model, rule = factors(estimates(network, judged), judged), factors(judged.rule, judged)
    print(f"{len(model)} operators never seen, {len(judged.who)} stretches of work; off by a factor of")
    print(f"{'':22}{'rule':>8}{'fused':>8}   operators for whom fused is nearer")
    for place, what in enumerate(("error alone", "tremor")):
        nearer = int((model[:, place] < rule[:, place]).sum())
        print(f"{what:22}{rule[:, place].mean():8.2f}{model[:, place].mean():8.2f}   {nearer} of {len(model)}")


if __name__ == "__main__":
    main()
