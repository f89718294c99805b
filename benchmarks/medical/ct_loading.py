"""Time and memory from a folder of 140 DICOM slices of 512 × 512 to a volume in Hounsfield units, beside the peers.

    python benchmarks/medical/ct_loading.py [--slices 140] [--rounds 3] [--peer-python PATH]

The slices are the real ones of the data folder's `ct/dicom_series` ($WUGAN_DATA, else ../shared/data beside the
checkout), repeated up and down and put at new positions, once as they are (JPEG 2000) and once uncompressed. Every
reader runs in a process of its own, in turns; a process reads once to warm up and then once for the figures, so that
imports do not count and the files are in the system's cache. Peers: SimpleITK's ImageSeriesReader, and with
`--peer-python` (an environment with requirements-monai.txt) MONAI's LoadImage by pydicom and by ITK.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("WUGAN_DATA", ROOT.parent / "shared" / "data"))
SYNTAXES = ("JPEG 2000", "uncompressed")


def read_wugan(folder: str) -> tuple[int, ...]:
    from wugan.modalities.medical.ct import read_ct

    return read_ct(folder).values.shape


def read_simpleitk(folder: str) -> tuple[int, ...]:
    import SimpleITK as sitk

    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(folder))
    reader.SetOutputPixelType(sitk.sitkFloat32)
    return sitk.GetArrayFromImage(reader.Execute()).shape


def read_monai(kind: str) -> Callable[[str], tuple[int, ...]]:
    def read(folder: str) -> tuple[int, ...]:
        from monai.transforms import LoadImage

        return tuple(LoadImage(reader=kind, image_only=True)(folder).shape)

    return read


READERS: dict[str, Callable[[str], tuple[int, ...]]] = {
    "wugan": read_wugan,
    "SimpleITK": read_simpleitk,
    "MONAI (pydicom)": read_monai("PydicomReader"),
    "MONAI (ITK)": read_monai("ITKReader"),
}


def work(name: str, folder: str) -> None:
    """Read once to warm up, once for the figures; print them."""
    read = READERS[name]
    read(folder)
    started, used = time.perf_counter(), time.process_time()
    shape = read(folder)
    figures = {
        "seconds": time.perf_counter() - started,
        "cpu": time.process_time() - used,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "shape": shape,
    }
    print(json.dumps(figures))


def write_series(target: Path, slices: int, syntax: str) -> None:
    """The real slices, up and down, as one series of 1 mm."""
    import pydicom
    from pydicom.uid import ExplicitVRLittleEndian

    files = sorted((DATA / "ct" / "dicom_series").glob("*.dcm"))
    if not files:
        raise SystemExit(f"{DATA}/ct/dicom_series holds no slices; set WUGAN_DATA to the data folder")
    sets = [pydicom.dcmread(file) for file in files]
    if syntax == "uncompressed":
        for data in sets:
            data.decompress(generate_instance_uid=False)
            data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    turns = [*range(len(sets)), *range(len(sets) - 2, 0, -1)]
    target.mkdir()
    for index in range(slices):
        data = sets[turns[index % len(turns)]]
        x, y, _ = data.ImagePositionPatient
        data.ImagePositionPatient = [x, y, float(index)]
        data.InstanceNumber = index + 1
        data.StudyInstanceUID, data.SeriesInstanceUID = "2.25.1", "2.25.2"
        data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = f"2.25.3.{index + 1}"
        data.save_as(target / f"{index:04d}.dcm", enforce_file_format=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--slices", type=int, default=140)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer-python", help="python of an environment with MONAI")
    parser.add_argument("--worker", nargs=2, metavar=("READER", "FOLDER"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        return work(*arguments.worker)
    names = [name for name in READERS if arguments.peer_python or "MONAI" not in name]
    print(f"{arguments.slices} slices of 512 × 512, median of {arguments.rounds} processes, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        for syntax in SYNTAXES:
            series = Path(folder) / syntax.replace(" ", "")
            write_series(series, arguments.slices, syntax)
            size = sum(file.stat().st_size for file in series.iterdir()) / 2**20
            print(f"\n{syntax} ({size:.0f} MiB)\n{'':18}{'seconds':>9}{'CPU s':>8}{'peak MB':>9}{'wugan ×':>9}")
            found: dict[str, list[dict[str, float]]] = {name: [] for name in names}
            for _ in range(arguments.rounds):
                for name in names:
                    python = arguments.peer_python if "MONAI" in name else sys.executable
                    command = [python, __file__, "--worker", name, str(series)]
                    result = subprocess.run(command, capture_output=True, text=True, check=False)
                    if result.returncode:
                        raise SystemExit(f"{name} failed: {result.stderr[-800:]}")
                    found[name].append(json.loads(result.stdout.splitlines()[-1]))
            medians = {
                name: {key: statistics.median(run[key] for run in runs) for key in ("seconds", "cpu", "peak_mb")}
                for name, runs in found.items()
            }
            for name, figures in medians.items():
                ratio = figures["seconds"] / medians["wugan"]["seconds"]
                print(f"{name:18}{figures['seconds']:9.2f}{figures['cpu']:8.2f}{figures['peak_mb']:9.0f}{ratio:9.2f}")


if __name__ == "__main__":
    main()
