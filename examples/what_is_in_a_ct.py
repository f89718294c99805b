"""What is in a CT: compartments, measures, nodule candidates, and the tokens that a fusion gets.

    python examples/what_is_in_a_ct.py [STUDY]

STUDY is whatever `read_ct` reads; without it, a made-up patient with two nodules. Research only, no medical device.
"""

from __future__ import annotations

import sys

import numpy as np

from wugan.modalities.medical.ct import CtEncoder, read_ct
from wugan.modalities.medical.ct.measures import measures
from wugan.modalities.medical.ct.radiomics import radiomics
from wugan.modalities.medical.ct.trunk import trunk

NODULES = np.array([[-80.0, 30, 210, 9], [75, -20, 240, 16]])  # x, y, z, diameter (mm)


def main() -> None:
    made_up = trunk(2.0, heights=(40.0, 370.0), nodules=NODULES).volume
    volume = read_ct(sys.argv[1]) if len(sys.argv) > 1 else made_up
    found = CtEncoder().analyse(volume)
    if found is None:
        raise SystemExit("no body in this volume")

    for compartment, millilitres in found.compartments.millilitres().items():
        print(f"{compartment.name.lower():18s} {millilitres:7.0f} ml")
    for measure in measures(found.compartments):
        value = measure.reason if measure.value is None else f"{measure.value:.4g} ± {measure.uncertainty:.2g}"
        print(
            f"{measure.title}: {value} {measure.unit if measure.value is not None else ''} {measure.meaning}".rstrip()
        )
    grid = found.compartments.volume
    for candidate in found.candidates[:5]:
        mask = np.zeros(grid.values.shape, bool)
        mask[tuple(candidate.voxels.T)] = True
        features = radiomics(grid.values, mask, grid.spacing)
        place = ", ".join(f"{v:.0f}" for v in candidate.center_mm)
        print(
            f"{candidate.kind} of {candidate.diameter_mm:.0f} mm at ({place}), score {candidate.score:.2f}, "
            f"sphericity {features['shape_sphericity']:.2f}"
        )
    print(f"{len(found.tokens)} tokens of {found.tokens.values.shape[1]} features for the fusion")


if __name__ == "__main__":
    main()
