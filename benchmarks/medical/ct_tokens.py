"""Time and memory from a volume to tokens, and what harmless changes do to the tokens.

    python benchmarks/medical/ct_tokens.py [--trials 20]

The series is a made-up patient of 140 planes of 512 x 512 (0.73 x 0.73 x 1.8 mm). Memory is the peak of a process of
its own, beside that of the same process that only holds the volume. Then harmless changes: mild noise (5 HU), values
rounded to whole numbers, resampled to other planes and back (which blurs), axes turned. `change` is the mean absolute
difference of the mean token over the tokens' mean absolute value.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from wugan.modalities.medical.ct.compartments import compartments
from wugan.modalities.medical.ct.encoder import CtEncoder, blocks
from wugan.modalities.medical.ct.lesions import lesions
from wugan.modalities.medical.ct.trunk import trunk
from wugan.modalities.medical.ct.volume import Volume


def series() -> Volume:
    """140 planes of 512 x 512; the field around the patient is air."""
    patient = trunk((0.73, 0.73, 1.8), heights=(48.0, 300.0), seed=2, nodules=np.array([[-80.0, 30, 210, 9]]))
    values = np.full((140, 512, 512), -1000, np.float32)
    depth, height, width = patient.volume.values.shape
    values[:depth, :height, :width] = patient.volume.values[:140, :512, :512]
    return patient.volume.replace(values=values)


def in_a_process_of_its_own(path: str, encode: bool) -> str:
    volume = Volume(np.load(path), np.diag([0.73, 0.73, 1.8, 1.0]))
    start, cpu = time.perf_counter(), time.process_time()
    if encode:
        CtEncoder().analyse(volume)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    # Not getrusage: a child's starts at what its parent had.
    status = Path("/proc/self/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    return f"{seconds:.2f} s, {cpu:.2f} s of processor, peak {peak:.0f} MB"


def harmless(volume: Volume, trials: int) -> Iterator[tuple[str, Volume]]:
    random = np.random.default_rng(0)
    for _ in range(trials):
        noise = random.normal(0, 5, volume.values.shape).astype(np.float32)
        yield "noise of 5 HU", volume.replace(values=volume.values + noise)
    yield "whole numbers", volume.replace(values=np.rint(volume.values))
    finer = tuple(s * 0.8 for s in volume.spacing)
    back = volume.resampled(finer).resampled(volume.spacing)
    yield "resampled and back", back
    affine = volume.affine.copy()
    affine[:3, 0] *= -1
    affine[:3, 3] += volume.affine[:3, 0] * (volume.size[0] - 1)
    yield "turned axes", Volume(np.ascontiguousarray(volume.values[:, :, ::-1]), affine)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--only", default="")
    options = parser.parse_args()
    if options.only:
        path, encode = options.only.rsplit(":", 1)
        print(in_a_process_of_its_own(path, encode == "1"))
        return
    volume = series()
    steps = {}
    start = time.perf_counter()
    found = compartments(volume)
    steps["compartments"] = time.perf_counter() - start
    start = time.perf_counter()
    cubes = blocks(found)
    steps["cubes"] = time.perf_counter() - start
    start = time.perf_counter()
    lesions(found)
    steps["nodules"] = time.perf_counter() - start
    print(f"{len(cubes.centers)} tokens;", ", ".join(f"{k} {v:.2f} s" for k, v in steps.items()))
    path = "/tmp/wugan_ct_tokens.npy"
    np.save(path, volume.values)
    for name, encode in (("volume alone", 0), ("to tokens", 1)):
        command = [sys.executable, __file__, "--only", f"{path}:{encode}"]
        print(f"{name}: {subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()}")
    os.remove(path)

    small = trunk(2.0, heights=(100.0, 290.0), noise=15, seed=7).volume
    reference = CtEncoder().analyse(small)
    assert reference is not None
    scale = float(np.abs(reference.tokens.values).mean())
    for name, other in harmless(small, options.trials):
        result = CtEncoder().analyse(other)
        assert result is not None
        change = float(np.abs(result.tokens.values.mean(0) - reference.tokens.values.mean(0)).mean()) / scale
        labels = result.compartments.on(reference.compartments.volume)
        same = float((labels == reference.compartments.labels).mean())
        count = len(result.tokens) - len(reference.tokens)
        print(f"{name:20s} change {change:.3%}  labels alike {same:.3%}  tokens {count:+d}")


if __name__ == "__main__":
    main()
