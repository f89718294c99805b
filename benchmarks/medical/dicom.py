"""Time and size of SEG, SR and FHIR of a large made-up CT, and how fast the receiver takes its images.

    python benchmarks/medical/dicom.py            # 140 planes of about 500 × 390

The sender is DCMTK's storescu (Debian's package dcmtk), not of the receiver's own library.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from pydicom.dataset import Dataset, FileMetaDataset

from wugan.apps.diagnosis.dicom.inbox import Inbox
from wugan.apps.diagnosis.dicom.service import Receiver
from wugan.apps.diagnosis.evidence import Evidence
from wugan.apps.diagnosis.pipeline import CtLook
from wugan.apps.diagnosis.result import Provenance, Result
from wugan.apps.diagnosis.standards import write_standards
from wugan.modalities.medical.ct.trunk import trunk

CT = "1.2.840.10008.5.1.4.1.1.2"
STORESCU = Path("/usr/bin/storescu")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--spacing", type=float, nargs=3, default=(0.74, 0.74, 1.86), metavar="MM")
    options.add_argument("--repeats", type=int, default=3)
    given = options.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        shape = write_series(work / "ct", given.spacing)
        print(f"{shape[0]} planes of {shape[2]} × {shape[1]}")
        receive(work, given.repeats)
        export(work, given.repeats)
    print(f"peak memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def write_series(folder: Path, spacing: tuple[float, ...]) -> tuple[int, ...]:
    folder.mkdir()
    volume = trunk(spacing, nodules=np.array([[-74.0, 0, 235, 12]]), vessels=10).volume
    for k, values in enumerate(volume.values):
        data = Dataset()
        data.SOPClassUID, data.SOPInstanceUID, data.StudyInstanceUID = CT, f"1.2.3.9.{k + 1}", "1.2.3"
        data.SeriesInstanceUID, data.FrameOfReferenceUID, data.Modality = "1.2.3.4", "1.2.3.5", "CT"
        data.PatientID, data.PatientName, data.StudyDate, data.StudyTime = "P-1", "Made^Up", "20240101", "120000"
        data.ImageType, data.InstanceNumber = ["ORIGINAL", "PRIMARY", "AXIAL"], k + 1
        data.Rows, data.Columns = values.shape
        data.PixelSpacing, data.SliceThickness = [spacing[1], spacing[0]], spacing[2]
        data.ImageOrientationPatient, data.ImagePositionPatient = (
            [1, 0, 0, 0, 1, 0],
            [round(float(v), 6) for v in volume.to_world((0, 0, k))],
        )
        data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
        data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 1
        data.RescaleSlope, data.RescaleIntercept = 1, -1024
        data.PixelData = (np.rint(values) + 1024).astype("<i2").tobytes()
        data.file_meta = FileMetaDataset()
        data.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.1"
        data.file_meta.MediaStorageSOPClassUID, data.file_meta.MediaStorageSOPInstanceUID = CT, data.SOPInstanceUID
        data.save_as(folder / f"{k:04}.dcm", enforce_file_format=True)
    return volume.values.shape


def receive(work: Path, repeats: int) -> None:
    if not STORESCU.exists():
        print("receive: not measured, /usr/bin/storescu is missing (apt-get install dcmtk)")
        return
    seconds = []
    for number in range(repeats):
        with Receiver(Inbox(work / f"inbox-{number}"), port=0) as receiver:
            command = [str(STORESCU), "-aec", "WUGAN", "+sd", "127.0.0.1", str(receiver.port), str(work / "ct")]
            began = time.perf_counter()
            subprocess.run(command, check=True)
            seconds.append(time.perf_counter() - began)
            study = receiver.inbox.take(0)
            assert study is not None
    size = sum(file.stat().st_size for file in (work / "ct").iterdir())
    best = float(np.median(seconds))
    print(f"receive: {study.images / best:.0f} images/s, {size / best / 1e6:.0f} MB/s (median of {repeats})")


def export(work: Path, repeats: int) -> None:
    began = time.perf_counter()
    seen = CtLook().look(work / "ct")
    print(f"read and look: {time.perf_counter() - began:.1f} s")
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for hidden in [True, False] * repeats:
        made = Provenance(wugan="bench", created="2026-01-01T00:00:00+00:00", deidentified=hidden)
        result = Result(case="case", streams=(seen.stream,), findings=seen.findings, provenance=made)
        began = time.perf_counter()
        files = write_standards(result, Evidence({"ct": seen}), work)
        seconds[hidden].append(time.perf_counter() - began)
    for hidden, name in ((True, "de-identified"), (False, "identified")):
        print(f"SEG, SR and FHIR, {name}: {np.median(seconds[hidden]):.1f} s (median of {repeats})")
    for name in files:
        print(f"  {name}: {(work / name).stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
