"""Whether harmless changes of a case change what is said of it.

    python benchmarks/medical/consistency.py [--records 400] [--scans 100] [--slides 20]

A trial changes one modality of a case in a way that means nothing, and looks at it again: the order of slices, files or
entries, lossless recompression, resampling there and back, noise below that of the device, another locale. Cases are
made of the data folder's patients, scans and slide ($WUGAN_DATA, else ../shared/data), of a made-up scan with a nodule,
and of a made-up record with critical values (a fifth of the records). Printed: the share of trials that keep their
category (abstentions count as one), by change, and the 95th percentile of the greatest change of a probability.
"""

from __future__ import annotations

import argparse
import json
import locale
import os
import random
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from wugan.apps.diagnosis.demo import record, write_nifti
from wugan.apps.diagnosis.evidence import Seen
from wugan.apps.diagnosis.look import CtLook, RecordLook, SlideLook
from wugan.apps.diagnosis.result import Assessment
from wugan.apps.diagnosis.triage.rules import assess
from wugan.modalities.medical.ct import Volume, read_ct
from wugan.modalities.medical.ct.trunk import trunk

DATA = Path(os.environ.get("WUGAN_DATA", Path(__file__).resolve().parents[2].parent / "shared" / "data"))
Change = Callable[[Path, Path, random.Random], Path]


def reorder(path: Path, folder: Path, of: random.Random) -> Path:
    bundle = json.loads(path.read_text(encoding="utf-8"))
    of.shuffle(bundle["entry"])
    return _json(bundle, folder)


def spell(path: Path, folder: Path, of: random.Random) -> Path:
    """The same JSON with other white space and order of keys, as XML-to-JSON gateways and databases give it."""
    bundle = json.loads(path.read_text(encoding="utf-8"))
    (folder / "record.json").write_text(json.dumps(bundle, indent=of.choice([None, 1, 4]), sort_keys=True))
    return folder / "record.json"


def abroad(path: Path, folder: Path, of: random.Random) -> Path:
    """Nothing but another locale of the process."""
    for name in of.sample(["de_DE.UTF-8", "ja_JP.UTF-8", "tr_TR.UTF-8", "fr_FR.UTF-8", "C", "C.UTF-8"], 6):
        with suppress(locale.Error):
            locale.setlocale(locale.LC_ALL, name)
            break
    return path


def round_off(path: Path, folder: Path, of: random.Random) -> Path:
    """Every value with a relative error of 0.1 %, as conversion and rounding leave."""
    bundle = json.loads(path.read_text(encoding="utf-8"))
    for entry in bundle["entry"]:
        quantity = entry["resource"].get("valueQuantity")
        if quantity and isinstance(quantity.get("value"), (int, float)):
            quantity["value"] *= 1 + of.gauss(0, 0.001)
    return _json(bundle, folder)


def shuffle_slices(path: Path, folder: Path, of: random.Random) -> Path:
    """Other names, so that files are listed in another order, and other instance numbers."""
    import pydicom

    files = sorted(path.iterdir())
    numbers = list(range(len(files)))
    of.shuffle(numbers)
    for file, number in zip(files, numbers, strict=True):
        data = pydicom.dcmread(file)
        data.InstanceNumber = number + 1
        data.save_as(folder / f"{number:04}.dcm")
    return folder


def recompress(path: Path, folder: Path, of: random.Random) -> Path:
    """Without compression, or run-length encoded; both lossless."""
    import pydicom
    from pydicom.uid import ExplicitVRLittleEndian, RLELossless

    syntax = of.choice([ExplicitVRLittleEndian, RLELossless])
    for file in path.iterdir():
        data = pydicom.dcmread(file)
        data.decompress()
        if syntax is RLELossless:
            data.compress(RLELossless)
        data.save_as(folder / file.name)
    return folder


def resample_back(path: Path, folder: Path, of: random.Random) -> Path:
    """To voxels a third smaller, and back onto the first grid."""
    from scipy import ndimage

    volume = read_ct(path)
    zoom = of.uniform(1.3, 1.6)
    fine = ndimage.zoom(volume.values, zoom, order=3, grid_mode=True, mode="nearest")
    back = ndimage.zoom(fine, np.divide(volume.values.shape, fine.shape), order=3, grid_mode=True, mode="nearest")
    assert back.shape == volume.values.shape
    return _nifti(volume.replace(values=back.astype(np.float32)), folder)


def noise(path: Path, folder: Path, of: random.Random) -> Path:
    """5 HU, less than that of any scan."""
    volume = read_ct(path)
    extra = np.random.default_rng(of.randrange(1 << 30)).normal(0, 5, volume.values.shape)
    return _nifti(volume.replace(values=(volume.values + extra).astype(np.float32)), folder)


def repack(path: Path, folder: Path, of: random.Random) -> Path:
    """A zip in place of a folder, or gzip of another strength."""
    if path.is_dir():
        return Path(shutil.make_archive(str(folder / "ct"), "zip", path))
    return _nifti(read_ct(path), folder)


def rename_slide(path: Path, folder: Path, of: random.Random) -> Path:
    shutil.copy(path, folder / f"{of.randrange(999)}{path.suffix}")
    return folder


def _json(bundle: Any, folder: Path) -> Path:
    (folder / "record.json").write_text(json.dumps(bundle))
    return folder / "record.json"


def _nifti(volume: Volume, folder: Path) -> Path:
    write_nifti(volume, folder / "ct.nii.gz")
    return folder / "ct.nii.gz"


RECORD: dict[str, Change] = {
    "entries reordered": reorder,
    "JSON spelled otherwise": spell,
    "other locale": abroad,
    "values ± 0.1 %": round_off,
}
DICOM: dict[str, Change] = {"slices shuffled": shuffle_slices, "recompressed": recompress, "zipped": repack}
NIFTI: dict[str, Change] = {"resampled and back": resample_back, "noise of 5 HU": noise, "written anew": repack}
SLIDE: dict[str, Change] = {"slide renamed": rename_slide}


class Trials:
    """Runs trials and keeps what came out."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.random, self.number = folder, random.Random(0), 0
        self.kept: dict[str, list[bool]] = defaultdict(list)
        self.moved: dict[str, list[float]] = defaultdict(list)

    def run(self, base: dict[str, Seen], modality: str, look: Any, path: Path, name: str, change: Change) -> None:
        """One trial: `base` with one modality changed."""
        self.number += 1
        folder = self.folder / str(self.number)
        folder.mkdir()
        seen = look.look(change(path, folder, self.random))
        locale.setlocale(locale.LC_ALL, "C")
        before, after = said(base), said({**base, modality: seen})
        self.kept[name].append(category(before) == category(after))
        self.moved[name].append(
            max(abs(before.probabilities[k] - after.probabilities[k]) for k in before.probabilities)
        )
        shutil.rmtree(folder)


def said(seen: dict[str, Seen]) -> Assessment:
    assessment = assess({name: one.findings for name, one in seen.items()})  # type: ignore[misc]
    assert assessment is not None
    return assessment


def category(of: Assessment) -> str:
    return "abstains" if of.abstain else of.category.value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=400)
    parser.add_argument("--scans", type=int, default=100)
    parser.add_argument("--slides", type=int, default=20)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = trunk(3.5, nodules=np.array([(-60.0, 20.0, 240.0, 10.0)]), noise=12, seed=1)
        nodule = _nifti(made.volume, folder)
        (folder / "urgent.json").write_text(json.dumps(record()))
        patients = [*sorted((DATA / "fhir").glob("*.json")), *[folder / "urgent.json"] * 5]
        slide = next(iter(sorted((DATA / "slide").iterdir())))
        scans = [(DATA / "ct" / "dicom_series", DICOM), (DATA / "ct" / "example_ct_sm.nii.gz", NIFTI), (nodule, NIFTI)]
        looked = [CtLook().look(path) for path, _ in scans]
        records, tissue = [RecordLook().look(path) for path in patients], SlideLook(max_tiles=16).look(slide)
        trials = Trials(folder)
        for i in range(args.records):
            n = i % len(patients)
            base = {"ct": looked[i % len(looked)], "slide": tissue, "record": records[n]}
            change = list(RECORD)[i // len(patients) % len(RECORD)]
            trials.run(base, "record", RecordLook(), patients[n], change, RECORD[change])
        for i in range(args.scans):
            path, changes = scans[i % len(scans)]
            base = {"ct": looked[i % len(looked)], "slide": tissue, "record": records[i % len(records)]}
            change = list(changes)[i // len(scans) % len(changes)]
            trials.run(base, "ct", CtLook(), path, change, changes[change])
        for i in range(args.slides):
            base = {"ct": looked[0], "slide": tissue, "record": records[i % len(records)]}
            change = list(SLIDE)[i % len(SLIDE)]
            trials.run(base, "slide", SlideLook(max_tiles=16), slide, change, SLIDE[change])
    print(f"{'change':26}{'trials':>8}{'same category':>16}{'change of probability, p95':>29}")
    for name in trials.kept:
        kept, moved = trials.kept[name], trials.moved[name]
        print(f"{name:26}{len(kept):8}{np.mean(kept):16.1%}{np.percentile(moved, 95):29.4f}")
    kept = [one for of in trials.kept.values() for one in of]
    moved = [one for of in trials.moved.values() for one in of]
    print(f"{'all':26}{len(kept):8}{np.mean(kept):16.2%}{np.percentile(moved, 95):29.4f}")


if __name__ == "__main__":
    main()
