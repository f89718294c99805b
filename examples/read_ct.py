"""Read a CT: which series there are, what had to be repaired, and a picture through the middle.

    python examples/read_ct.py [FOLDER, DICOMDIR, zip, .dcm or .nii.gz]

Without an argument it reads a study that comes with pydicom: a scout, and five tiny planes of a heart.
"""

import sys
from pathlib import Path

import numpy as np
import pydicom
from PIL import Image

from wugan.modalities.medical.ct import list_series, orthogonal, read_ct, window

SAMPLE = Path(pydicom.__file__).parent / "data/test_files/dicomdirtests/98892001"

path = Path(sys.argv[1]) if len(sys.argv) > 1 else SAMPLE
for series in list_series(path):
    mark = "*" if series.chosen else " "
    print(f"{mark} {series.description or series.key}, {series.images} images: {series.reason or 'can be read'}")

volume = read_ct(path)  # series="1.2.3…" chooses another one
x, y, z = volume.size
print(f"{z} planes of {x} × {y}, {' × '.join(f'{mm:.3g}' for mm in volume.spacing)} mm")
for note in volume.notes:
    print(f"note {note.code}: {note.text}")

centre = volume.to_world((np.array(volume.size) - 1) / 2)  # LPS: towards the left, the back, the head
print("centre of the volume (mm):", ", ".join(f"{mm:.1f}" for mm in centre))
cuts = orthogonal(volume, centre)
for name, cut in cuts.items():
    Image.fromarray(window(cut.values, "soft-tissue")).save(f"{name}.png")
print("wrote", ", ".join(f"{name}.png" for name in cuts))
