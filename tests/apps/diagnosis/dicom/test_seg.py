"""A ball whose place in the patient is known lies there in the SEG, however the source planes lie."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("highdicom", reason="needs wugan[medical]")

from pydicom import dcmread

from wugan.apps.diagnosis.dicom.seg import candidates_seg, compartments_seg, on_source
from wugan.apps.diagnosis.dicom.source import read_source
from wugan.modalities.medical.ct.compartments import Compartment, Compartments
from wugan.modalities.medical.ct.lesions import Candidate
from wugan.modalities.medical.ct.reader import read_ct
from wugan.privacy.pseudonyms import Pseudonyms

CENTRE, RADIUS = (12.0, -7.0, 31.0), 9.0
CREATED = "2026-01-02T03:04:05+00:00"
SIZE = (40, 36, 24)


def planes(x, y, z, spacing=(1.7, 1.5, 2.5)):
    """An affine with these axes whose middle is 3 mm beside the ball."""
    affine = np.eye(4)
    affine[:3, :3] = np.stack([np.array(a, float) * s for a, s in zip((x, y, z), spacing, strict=True)], 1)
    affine[:3, 3] = np.array(CENTRE) + 3 - affine[:3, :3] @ (np.array(SIZE) / 2)
    return affine


def turned(degrees):
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]]) @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])


LIES = {
    "axial": planes((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "feet first": planes((-1, 0, 0), (0, 1, 0), (0, 0, -1)),
    "sagittal": planes((0, 1, 0), (0, 0, -1), (1, 0, 0)),
    "coronal": planes((1, 0, 0), (0, 0, -1), (0, 1, 0)),
    "oblique": planes(*turned(17).T),
    "tilted gantry": planes((1, 0, 0), (0, np.cos(0.3), np.sin(0.3)), (0, 0, 1)),
}


def found_in(volume) -> Compartments:
    """The ball by its density, on a grid of another spacing and with other axes."""
    grid = volume.canonical().resampled(2.0)
    labels = np.where(grid.values > 150, Compartment.BONE, Compartment.OUTSIDE).astype(np.uint8)
    return Compartments(labels, replace(grid, notes=()))


def dense(folder):
    """LPS mm of the ball's pixels in the images."""
    found = []
    for image in map(dcmread, folder.iterdir()):
        along, down = np.array(image.ImageOrientationPatient, float).reshape(2, 3)
        row, column = np.nonzero(image.pixel_array - 1024 > 150)
        first, (y, x) = np.array(image.ImagePositionPatient, float), image.PixelSpacing
        found.append(first + column[:, None] * float(x) * along + row[:, None] * float(y) * down)
    return np.concatenate(found)


@pytest.fixture(scope="module")
def made(tmp_path_factory, ball):
    cache = {}

    def make(lie: str, gap: bool = False):
        if (lie, gap) not in cache:
            folder = ball(tmp_path_factory.mktemp("lie") / "ct", CENTRE, LIES[lie], SIZE, RADIUS)
            if gap:
                next(f for f in sorted(folder.iterdir()) if dcmread(f).InstanceNumber == 9).unlink()
            volume = read_ct(folder)
            source = read_source(volume.series, None)
            cache[lie, gap] = compartments_seg(found_in(volume), source, CREATED, "1.0"), folder, volume
        return cache[lie, gap]

    return make


@pytest.mark.parametrize("gap", [False, True], ids=["whole", "gap"])
@pytest.mark.parametrize("lie", LIES)
def test_the_ball_lies_where_it_is(made, places, lie, gap):
    seg, folder, volume = made(lie, gap)
    assert ("tilt" in " ".join(n.code for n in volume.notes)) == (lie == "tilted gantry")
    points = places(seg, 1)
    # A plane that is missing has its pixels missing, so that the middle is compared with that of the images' own.
    middle = dense(folder).mean(0) if gap else CENTRE
    assert np.abs(points.mean(0) - middle).max() < 0.8, "half a voxel"
    assert np.linalg.norm(points - CENTRE, axis=1).max() < RADIUS + 2
    pixels = 1.7 * 1.5 * 2.5 * abs(np.linalg.det(volume.directions))
    wanted = 4 / 3 * np.pi * RADIUS**3
    if lie != "tilted gantry" and not gap:  # else planes are not pixels times distance
        assert len(points) * pixels == pytest.approx(wanted, rel=0.15)


@pytest.mark.parametrize("lie", LIES)
def test_each_frame_is_over_the_image_that_it_names(made, lie):
    seg, folder, _ = made(lie)
    images = {one.SOPInstanceUID: one for one in map(dcmread, folder.iterdir())}
    both = either = 0
    assert {s.SegmentLabel for s in seg.SegmentSequence} == {"Bone"}
    for frame, group in zip(seg.pixel_array, seg.PerFrameFunctionalGroupsSequence, strict=True):
        named = group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID
        image = images.pop(named)
        assert list(group.PlanePositionSequence[0].ImagePositionPatient) == list(image.ImagePositionPatient)
        dense = image.pixel_array - 1024 > 150
        both += (dense & (frame > 0)).sum()
        either += dense.sum() + (frame > 0).sum()
    assert 2 * both / either > 0.85, "Dice with the pixels of the images themselves"
    assert seg.FrameOfReferenceUID == "1.2.3.5" and seg.StudyInstanceUID == "1.2.3"
    assert not any((image.pixel_array - 1024 > 150).sum() > 25 for image in images.values()), "no frame is missing"


def test_a_multi_frame_source(made, tmp_path, places):
    """The same images as one file, converted by highdicom."""
    from highdicom.legacy import LegacyConvertedEnhancedCTImage

    _, folder, _ = made("axial")
    images = [dcmread(file) for file in sorted(folder.iterdir())]
    one = LegacyConvertedEnhancedCTImage(images, "1.2.3.77", 3, "1.2.3.77.1", 1)
    one.save_as(tmp_path / "one.dcm", enforce_file_format=True)
    volume = read_ct(tmp_path / "one.dcm")
    source = read_source(volume.series, None)
    assert source.multi_frame and len(source.planes) == SIZE[2]
    seg = compartments_seg(found_in(volume), source, CREATED, "1.0")
    assert np.abs(places(seg, 1).mean(0) - CENTRE).max() < 0.8


def test_candidates_are_segments_of_their_own(made, places):
    _, _, volume = made("axial")
    found = found_in(volume)
    voxels = np.argwhere(found.labels)
    low, high = voxels[voxels[:, 0] < np.median(voxels[:, 0])], voxels[voxels[:, 0] >= np.median(voxels[:, 0])]
    pair = [Candidate(np.array(CENTRE), 9.0, 0.0, 0.9, "solid-nodule", part) for part in (low, high)]
    seg = candidates_seg(found, pair, read_source(volume.series, None), CREATED, "1.0")
    assert [s.SegmentLabel for s in seg.SegmentSequence] == ["Candidate 1, 9 mm", "Candidate 2, 9 mm"]
    assert places(seg, 1)[:, 2].mean() < CENTRE[2] < places(seg, 2)[:, 2].mean()
    assert candidates_seg(found, [], read_source(volume.series, None), CREATED, "1.0") is None


def test_pixels_beyond_the_grid_are_empty(made):
    _, _, volume = made("axial")
    found = found_in(volume)
    corner = Compartments(
        np.full((3, 3, 3), 5, np.uint8), replace(found.volume, values=found.volume.values[:3, :3, :3])
    )
    labels = on_source(corner, read_source(volume.series, None))
    share = (labels > 0).mean()
    assert share == pytest.approx(6**3 / np.prod(SIZE) / (1.7 * 1.5 * 2.5), rel=0.3)


def test_the_same_input_gives_the_same_document(made):
    seg, _, volume = made("oblique")
    again = compartments_seg(found_in(volume), read_source(volume.series, None), CREATED, "1.0")
    assert [str(e) for e in seg.iterall()] == [str(e) for e in again.iterall()]
    assert seg.PixelData == again.PixelData
    later = compartments_seg(found_in(volume), read_source(volume.series, None), "2026-01-02T03:04:06+00:00", "1.0")
    assert later.SOPInstanceUID != seg.SOPInstanceUID


def test_a_deidentified_document_names_nobody(made):
    _, _, volume = made("axial")
    keys = Pseudonyms(b"k" * 32)
    source = read_source(volume.series, keys)
    seg = compartments_seg(found_in(volume), source, CREATED, "1.0")
    text = str(seg)
    for secret in ("Doe", "Jane", "P-1001", "19700101", "20240101", "A123", "House", "1.2.3.9", "20260102"):
        assert secret not in text, secret
    assert seg.StudyInstanceUID == keys.uid("1.2.3") and seg.PatientIdentityRemoved == "YES"
    assert seg.ReferencedSeriesSequence[0].SeriesInstanceUID == keys.uid("1.2.3.4")
    # A true time, or one that was moved beside a true one elsewhere, would tell how far dates were moved.
    assert seg.ContentDate == seg.StudyDate != "20240101"
    assert seg.PatientID == keys.label("patient", "P-1001")


def test_the_source_is_unchanged(made, tmp_path: Path):
    _, folder, volume = made("axial")
    before = [file.read_bytes() for file in sorted(folder.iterdir())]
    read_source(volume.series, Pseudonyms())
    assert [file.read_bytes() for file in sorted(folder.iterdir())] == before
