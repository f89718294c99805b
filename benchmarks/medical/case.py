"""A whole case, from its folder to the report: time of each part and the peak of the memory.

    python benchmarks/medical/case.py [CASE] [--runtime local|ray]

Without a case, the made-up one of `wugan demo diagnosis`, with a scan of 140 planes of 512 × 512 in place of its own.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from wugan.apps.diagnosis.case import open_case
from wugan.apps.diagnosis.demo import write_case, write_nifti
from wugan.apps.diagnosis.diagnose import diagnose, examine
from wugan.modalities.medical.ct.trunk import trunk


def large_case(folder: Path) -> Path:
    """The made-up case with a scan of usual size: 140 × 512 × 512."""
    write_case(folder)
    small = trunk((370 / 256, 290 / 256, 260 / 140), nodules=np.array([(-60.0, 20.0, 240.0, 10.0)]), seed=1).volume
    values = small.values[:140, :256, :256].repeat(2, 1).repeat(2, 2)
    affine = small.affine.copy()
    affine[0, 0] /= 2
    affine[1, 1] /= 2
    write_nifti(small.replace(values=values, affine=affine), folder / "ct.nii.gz")
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", nargs="?", type=Path)
    parser.add_argument("--runtime", default="local")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        case = open_case(args.case or large_case(Path(name) / "case"))
        examine(case, runtime=args.runtime)  # once, so that what is loaded once is loaded
        began = time.perf_counter()
        result = diagnose(case, Path(name) / "out", runtime=args.runtime)
        whole = time.perf_counter() - began
    for stream in result.streams:
        print(
            f"{stream.modality:8}{stream.seconds:8.2f} s  {stream.tokens:5} tokens  {stream.summary or stream.reason}"
        )
    print(f"{'whole':8}{whole:8.2f} s  (streams side by side, fusion, report as HTML and PDF)")
    print(f"peak of the memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
