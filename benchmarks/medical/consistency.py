"""Whether harmless changes of a case change what is said of it.

    python benchmarks/medical/consistency.py [--records 400] [--scans 100] [--slides 20]

A trial changes one modality of a case in a way that means nothing, and looks at it again: the order of slices, files or
entries, lossless recompression, resampling there and back, noise below that of the device, another locale. Cases are
made of the data folder's patients, scans and slide ($WUGAN_DATA, else ../shared/data), of a made-up scan with a nodule,
and of a made-up record with critical values (a fifth of the records). Printed, for the rules' assessment, which counts,
and for the fusion network's reading beside it: the share of trials that keep their category (abstentions count as one),
by change, and the 95th percentile of the greatest change of a probability. Locales are made with `localedef`; one that
the machine cannot make is named and not tried.
"""

from __future__ import annotations

import argparse
import json
import locale
import os
import random
import shutil
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from wugan.apps.diagnosis.demo import record, write_nifti
from wugan.apps.diagnosis.evidence import Seen
from wugan.apps.diagnosis.pipeline import CtLook, RecordLook, SlideLook
from wugan.apps.diagnosis.triage.network import TriageModel
from wugan.apps.diagnosis.triage.rules import ABSTAIN, assess
from wugan.modalities.medical.ct import Volume, read_ct
from wugan.modalities.medical.ct.trunk import trunk

DATA = Path(os.environ.get("WUGAN_DATA", Path(__file__).resolve().parents[2].parent / "shared" / "data"))
Change = Callable[[Path, Path, random.Random], Path]
LOCALES = ("de_DE", "fa_IR", "tr_TR", "ja_JP", "hi_IN")


def reorder(path: Path, folder: Path, of: random.Random) -> Path:
    bundle = json.loads(path.read_text(encoding="utf-8"))
    of.shuffle(bundle["entry"])
    return _json(bundle, folder)


def spell(path: Path, folder: Path, of: random.Random) -> Path:
    """The same JSON with other white space and order of keys, as XML-to-JSON gateways and databases give it."""
    bundle = json.loads(path.read_text(encoding="utf-8"))
    (folder / "record.json").write_text(json.dumps(bundle, indent=of.choice([None, 1, 4]), sort_keys=True))
    return folder / "record.json"


def abroad(name: str, path: Path, folder: Path, of: random.Random) -> Path:
    """Nothing but another locale of the process: a comma in decimals, an i without its dot, another calendar."""
    locale.setlocale(locale.LC_ALL, name)
    return path


def locales(folder: Path) -> list[str]:
    """Those of `LOCALES` that this machine has or can make, made in a folder that the C library then looks into."""
    made = []
    os.environ["LOCPATH"] = str(folder)
    for name in LOCALES:
        command = ["localedef", "-i", name, "-f", "UTF-8", str(folder / f"{name}.UTF-8")]
        try:
            subprocess.run(command, check=False, capture_output=True)
            locale.setlocale(locale.LC_ALL, f"{name}.UTF-8")
        except (OSError, locale.Error) as error:
            print(f"locale {name} skipped: {error} (Debian: apt-get install locales)")
            continue
        made.append(f"{name}.UTF-8")
    locale.setlocale(locale.LC_ALL, "C")
    return made


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
    "values ± 0.1 %": round_off,
}
DICOM: dict[str, Change] = {"slices shuffled": shuffle_slices, "recompressed": recompress, "zipped": repack}
NIFTI: dict[str, Change] = {"resampled and back": resample_back, "noise of 5 HU": noise, "written anew": repack}
SLIDE: dict[str, Change] = {"slide renamed": rename_slide}


class Trials:
    """Runs trials and keeps what came out."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.random, self.number = folder, random.Random(0), 0
        self.network = TriageModel.load()
        self.before: dict[tuple[int, ...], list[dict[str, float]]] = {}  # of the cases as they are
        self.kept: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
        self.moved: dict[str, list[tuple[float, float]]] = defaultdict(list)

    def said(self, seen: dict[str, Seen]) -> list[dict[str, float]]:
        """Probabilities by the rules, and by the network."""
        assessment = assess({name: one.findings for name, one in seen.items()})  # type: ignore[misc]
        assert assessment is not None
        read, _ = self.network.read({name: one.tokens for name, one in seen.items() if one.tokens is not None})
        return [{str(name): p for name, p in of.items()} for of in (assessment.probabilities, read)]

    def run(self, base: dict[str, Seen], modality: str, look: Any, path: Path, name: str, change: Change) -> None:
        """One trial: `base` with one modality changed."""
        self.number += 1
        folder = self.folder / str(self.number)
        folder.mkdir()
        seen = look.look(change(path, folder, self.random))
        after = self.said({**base, modality: seen})
        locale.setlocale(locale.LC_ALL, "C")
        same = tuple(id(seen) for seen in base.values())
        if same not in self.before:
            self.before[same] = self.said(base)
        pairs = list(zip(self.before[same], after, strict=True))
        self.kept[name].append(tuple(category(a) == category(b) for a, b in pairs))  # type: ignore[arg-type]
        self.moved[name].append(tuple(max(abs(a[k] - b[k]) for k in a) for a, b in pairs))  # type: ignore[arg-type]
        shutil.rmtree(folder)

    def line(self, title: str, names: list[str]) -> str:
        """Figures of some changes: rules, then network."""
        kept = np.array([one for name in names for one in self.kept[name]])
        moved = np.array([one for name in names for one in self.moved[name]])
        cells = "".join(f"{kept[:, i].mean():12.2%}{np.percentile(moved[:, i], 95):12.4f}" for i in (0, 1))
        return f"{title:26}{len(kept):8}{cells}"


def category(of: dict[str, float]) -> str:
    likeliest = max(of, key=of.__getitem__)
    return likeliest if of[likeliest] >= ABSTAIN else "abstains"


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
        (folder / "locales").mkdir()
        changes = RECORD | {f"locale {name}": partial(abroad, name) for name in locales(folder / "locales")}
        for i in range(args.records):
            n = i % len(patients)
            base = {"ct": looked[i % len(looked)], "slide": tissue, "record": records[n]}
            change = list(changes)[i // len(patients) % len(changes)]
            trials.run(base, "record", RecordLook(), patients[n], change, changes[change])
        for i in range(args.scans):
            path, changes = scans[i % len(scans)]
            base = {"ct": looked[i % len(looked)], "slide": tissue, "record": records[i % len(records)]}
            change = list(changes)[i // len(scans) % len(changes)]
            trials.run(base, "ct", CtLook(), path, change, changes[change])
        for i in range(args.slides):
            base = {"ct": looked[0], "slide": tissue, "record": records[i % len(records)]}
            change = list(SLIDE)[i % len(SLIDE)]
            trials.run(base, "slide", SlideLook(max_tiles=16), slide, change, SLIDE[change])
    print(f"{'':34}{'rules: same':>12}{'p95 change':>12}{'network':>12}{'p95 change':>12}")
    for name in trials.kept:
        print(trials.line(name, [name]))
    print(trials.line("all", list(trials.kept)))


if __name__ == "__main__":
    main()
