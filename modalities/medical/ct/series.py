"""Which of the series in a folder is the CT to read, and why the others are not.

First what kind of image each plane is (cross section or scout, original or computed, and whether its values are known)
and whether all are of one person; then the stacks that the planes make, and the choice among them.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from wugan.errors import DataError, IdentityError
from wugan.modalities.medical.ct import headers
from wugan.modalities.medical.ct.geometry import SAME_PLACE, Grid, axes, grid, heights
from wugan.modalities.medical.ct.headers import SPLIT_KEYS, Plane
from wugan.modalities.medical.note import Note

_SCOUT = re.compile(r"\b(scout|scano\w*|topogra\w*|locali[sz]er|surview|pilot)\b", re.IGNORECASE)
_PROJECTION = re.compile(r"\b(mini?|maxi?|m)ip\b|\bvrt\b|volume render|\bssd\b", re.IGNORECASE)
# Values of ImageType whose pixels are no attenuation of single points of the body.
_COMPUTED = {
    *("MIP", "MAX_IP", "MIN_IP", "MINIP", "MPR THICK", "VOLREN", "VRT", "VOLUME_RENDER", "PROJECTION IMAGE", "SSD"),
    *("SCREEN SAVE", "SCREENSAVE", "MAT_SPECIFIC", "MAT_FRACTIONAL", "MAT_REMOVED", "MAT_VALUE_BASED"),
    *("EFF_ATOMIC_NUM", "ELECTRON_DENSITY", "PERFUSION", "SUBTRACT"),
}
_FEW = 5  # planes that a scout has at most, if only its description says that it is one


def no_section(plane: Plane) -> str:
    """Why a plane is no cross section of a body in CT numbers; empty where it is one."""
    header = plane.header
    if header["SOPClassUID"] not in headers.CT_CLASSES:
        return _other_class(header)
    if header["Modality"] not in ("CT", ""):
        return f"modality {header['Modality']}, not CT"
    if header["SamplesPerPixel"] not in ("", "1"):
        return "a colour picture"
    computed = _COMPUTED.intersection(plane.image_type)
    if computed:
        return f"a computed picture ({', '.join(sorted(computed))}), no cross sections"
    original = plane.image_type[:2] == ("ORIGINAL", "PRIMARY")  # some name the purpose: "thin for MIP"
    if not original and _PROJECTION.search(header["SeriesDescription"]):
        return f"a computed picture by its description ({header['SeriesDescription']}), no cross sections"
    if header["RescaleType"] not in ("", "HU", "US"):
        return f"its values are in {header['RescaleType']}, not Hounsfield units"
    return ""


def unmeasured(plane: Plane) -> str:
    """Which field a plane lacks to have a place and Hounsfield units; empty where it has all."""
    if not plane.shape[0] or not plane.shape[1]:
        return "no pixels (Rows or Columns)"
    if plane.position is None:
        return "no ImagePositionPatient"
    if plane.orientation is None:
        return "no ImageOrientationPatient"
    if plane.spacing is None:
        return "no PixelSpacing"
    if plane.slope is None or plane.slope == 0 or plane.intercept is None:
        return "no RescaleSlope and RescaleIntercept"
    return ""


def _other_class(header: dict[str, str]) -> str:
    from pydicom.uid import UID

    name = UID(header["SOPClassUID"]).name if header["SOPClassUID"] else "unknown class"
    said = f" (modality {header['Modality']})" if header["Modality"] else ""
    return f"{name}{said}, not CT images"


def is_scout(plane: Plane, count: int) -> bool:
    """Whether a plane of a series of `count` planes is a scout (localizer, topogram)."""
    return "LOCALIZER" in plane.image_type or (count <= _FEW and bool(_SCOUT.search(plane.header["SeriesDescription"])))


def kind(plane: Plane) -> int:
    """3 for original axial images, 2 for other axial ones, 1 for the rest."""
    if abs(axes(plane.orientation or ())[2][2]) < 0.8:
        return 1
    return 3 if plane.image_type[:2] == ("ORIGINAL", "PRIMARY") else 2


def sharpness(plane: Plane) -> float:
    """Number in the kernel's name (Siemens, Canon, Philips count up with sharpness), or how sharp its name sounds."""
    kernel = plane.keys.get("ConvolutionKernel", "").upper()
    named = {"SOFT": 20, "STANDARD": 30, "DETAIL": 50, "LUNG": 60, "BONE": 70, "BONEPLUS": 75, "EDGE": 80}
    first = kernel.split("\\")[0]
    if first in named:
        return float(named[first])
    digits = re.search(r"\d+", first)
    return float(digits[0]) if digits else 40.0


Person = tuple[str, str, str]  # PatientID, PatientName, PatientBirthDate


def check_one_patient(planes: Sequence[Plane]) -> None:
    """Refuse a folder with the images of two people.

    Raises:
        IdentityError: two PatientIDs, or names or dates of birth that contradict each other.
    """
    people: dict[Person, list[Plane]] = defaultdict(list)
    for plane in planes:
        header = plane.header
        people[header["PatientID"], header["PatientName"], header["PatientBirthDate"]].append(plane)
    known = sorted(people)
    for index, one in enumerate(known):
        for other in known[index + 1 :]:
            what = _contradiction(one, other)
            if what:
                both = (
                    f"{_masked(person[0] or person[1])} ({len(people[person])} images, such as "
                    f"{min(plane.entry.name for plane in people[person])})"
                    for person in (one, other)
                )
                raise IdentityError(
                    f"the images are of two patients, whose {what} differs: {' and '.join(both)}. Give each "
                    "patient a folder"
                )


def _contradiction(one: Person, other: Person) -> str:
    """Which field says that these are two people; an empty field says nothing."""
    if one[0] and other[0] and one[0] != other[0]:
        return "PatientID"
    if one[2] and other[2] and one[2] != other[2]:
        return "PatientBirthDate"
    names = _words(one[1]), _words(other[1])
    # A second given name may be left out of some images.
    if all(names) and not (names[0] <= names[1] or names[1] <= names[0]):
        return "PatientName"
    return ""


def _words(name: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode() or name
    return {word for word in re.split(r"[\W_]+", plain.casefold()) if word}


def _masked(value: str) -> str:
    """First and last letter: enough to find the person, too little to name them."""
    return f"{value[0]}…{value[-1]}" if len(value) > 2 else "…"


Same = Callable[[Plane, Plane], bool]
T = TypeVar("T")

_SAME_DIRECTION = 1e-3  # between direction cosines
_LOST = 0.1  # share of a stack's planes that may be unusable


@dataclass(frozen=True, slots=True)
class SeriesSummary:
    """One series, or part of one that holds several stacks.

    Attributes:
        key: what `read_ct(series=…)` takes: the SeriesInstanceUID, with `#2` and so on for parts of one.
        description: SeriesDescription.
        number: SeriesNumber.
        modality: Modality.
        images: planes that it has.
        spacing: mm along x, y, z; `None` where it is not used.
        reason: why it cannot be read; empty where it can.
        chosen: whether it is the one that is read when no other is asked for.
        study_date: StudyDate.
    """

    key: str
    description: str
    number: str
    modality: str
    images: int
    spacing: tuple[float, float, float] | None
    reason: str
    chosen: bool = False
    study_date: str = ""


@dataclass(slots=True)
class Stack:
    """Planes that make one volume, or a series that does not and why."""

    key: str
    planes: list[Plane]
    reason: str = ""
    ambiguous: str = ""  #: set where another part of its series has as good a claim
    notes: list[Note] = field(default_factory=list)
    grid: Grid | None = None

    @property
    def rank(self) -> tuple[int, int, str, int, float, float, int, str]:
        """Higher is better; see `choose`."""
        first = self.planes[0]
        return (
            int(len(self.planes) > 1),
            kind(first),
            first.header["StudyDate"],
            len(self.planes),
            -float(np.linalg.norm(self.grid.affine[:3, 2])) if self.grid else 0.0,
            -sharpness(first),
            -_integer(first.header["SeriesNumber"]),
            # A stable end where all else is equal: the smaller UID.
            "".join(chr(0x10FFFF - ord(letter)) for letter in self.key),
        )

    def summary(self, chosen: bool = False) -> SeriesSummary:
        """For people to look at."""
        header = self.planes[0].header
        spacing = None
        if self.grid:
            x, y, z = np.linalg.norm(self.grid.affine[:3, :3], axis=0)
            spacing = (float(x), float(y), float(z))
        texts = header["SeriesDescription"], header["SeriesNumber"], header["Modality"]
        return SeriesSummary(self.key, *texts, len(self.planes), spacing, self.reason, chosen, header["StudyDate"])


def stacks(planes: Sequence[Plane], same: Same) -> list[Stack]:
    """All stacks of a folder, each with its grid or with the reason why it cannot be read.

    Args:
        planes: planes of every file, in any order.
        same: whether two planes hold the same values; asked only of planes at the same place.
    """
    found: list[Stack] = []
    groups: dict[tuple[str, ...], list[Plane]] = defaultdict(list)
    for plane in planes:
        groups[_series_of(plane)].append(plane)
    for identity, members in sorted(groups.items()):
        members.sort(key=lambda plane: plane.identity)
        found += _stacks_of(identity[1] or derived_uid(*(plane.identity[0] for plane in members)), members, same)
    return found


def choose(found: Sequence[Stack], series: str | None, where: str) -> Stack:
    """The stack to read.

    Without a wish: of those that can be read, one of several planes before a single plane; original axial images before
    other axial ones before the rest; the newest study; the most planes; the thinnest; the softest kernel; the lowest
    series number.

    Raises:
        DataError: none can be read, the one asked for cannot or is not there, or parts of a series have equal claims.
    """
    if series is not None:
        matching = [stack for stack in found if series in (stack.key, stack.key.partition("#")[0])]
        if not matching:
            raise DataError(f"{where} has no series {series!r}; it has:\n{_table(found)}")
        usable = [stack for stack in matching if not stack.reason]
        if not usable:
            raise DataError(f"{where}: series {series} cannot be read: {matching[0].reason}")
        best = max(usable, key=lambda stack: stack.rank)
        if best.ambiguous and best.key != series:
            raise DataError(f"{where}: {best.ambiguous}")
        return best
    usable = [stack for stack in found if not stack.reason]
    if not usable:
        raise DataError(f"{where} has no CT series that can be read:\n{_table(found)}")
    best = max(usable, key=lambda stack: stack.rank)
    if best.ambiguous:
        raise DataError(f"{where}: {best.ambiguous}")
    return best


def derived_uid(*parts: str) -> str:
    """A UID for what bears none, the same for the same parts (root 2.25, as DICOM PS3.5 B.2 has it)."""
    return f"2.25.{int.from_bytes(hashlib.blake2b(chr(0).join(parts).encode(), digest_size=16).digest())}"


def _stacks_of(key: str, members: list[Plane], same: Same) -> list[Stack]:
    """The stacks of one series."""
    others = [plane for plane in members if no_section(plane)]
    scouts = [plane for plane in members if plane not in others and is_scout(plane, len(members))]
    apart = {plane.identity for plane in (*others, *scouts)}
    sections = [plane for plane in members if plane.identity not in apart]
    if not sections:
        reason = "a scout (localizer), no cross sections" if scouts else no_section(others[0])
        return [Stack(key, members, reason)]
    kept = [plane for plane in sections if not unmeasured(plane)]
    lost = [plane for plane in sections if unmeasured(plane)]
    if len(lost) > _LOST * len(sections):
        text = (
            f"{unmeasured(lost[0])} in {len(lost)} of {len(sections)} images (such as {lost[0].entry.name}), so "
            "that place or Hounsfield units are not known; export the series from the archive (PACS) again, with these "
            "fields"
        )
        return [Stack(key, members, text)]
    notes = []
    if others:
        text = f"{len(others)} images within the series are no cross sections ({no_section(others[0])})."
        notes.append(Note("planes-left-out", text, key))
    if scouts:
        notes.append(Note("scouts-dropped", f"{len(scouts)} scout images within the series were left out.", key))
    if lost:
        text = f"{len(lost)} of {len(sections)} images were left out: {unmeasured(lost[0])}."
        notes.append(Note("planes-left-out", text, key))
    try:
        alike = _alike(kept)
        parts = [part for group in alike for part in _one_per_place(group, same, key)]
    except DataError as error:
        return [Stack(key, members, str(error))]
    parts.sort(key=lambda stack: -len(stack.planes))
    if len(parts) > 1:
        _name_parts(key, parts, alike)
    for stack in parts:
        stack.notes = [*notes, *stack.notes]
        try:
            stack.grid = grid(stack.planes)
        except DataError as error:
            stack.reason = str(error)
    return parts


def _name_parts(key: str, parts: list[Stack], alike: list[list[Plane]]) -> None:
    """Number the parts of a series, and say where no part is clearly the main one."""
    sizes = sorted((len(group) for group in alike), reverse=True)
    named = ", ".join(f"{key}#{index + 1}: {_what(stack)}" for index, stack in enumerate(parts))
    for index, stack in enumerate(parts):
        stack.key = f"{key}#{index + 1}"
        text = f"The series holds {len(parts)} stacks of planes ({named}); this is {_what(stack)}."
        stack.notes.append(Note("series-split", text, key))
        if len(sizes) > 1 and sizes[1] * 2 >= sizes[0]:
            stack.ambiguous = (
                "the series holds planes of different orientation, size or pixel spacing in like numbers, and none is "
                f"clearly the one meant; choose with series=: {named}"
            )


def _what(stack: Stack) -> str:
    first = stack.planes[0]
    normal = np.abs(axes(first.orientation or ())[2])
    plane = ("sagittal", "coronal", "axial")[int(normal.argmax())]
    rows, columns = first.shape
    acquisition = first.keys.get("AcquisitionNumber")
    return f"{len(stack.planes)} {plane} planes of {columns} × {rows}" + (
        f", acquisition {acquisition}" if acquisition else ""
    )


def _alike(planes: list[Plane]) -> list[list[Plane]]:
    """Planes grouped by orientation, matrix and pixel spacing; the largest group first."""
    groups: list[list[Plane]] = []
    for plane in planes:
        axes(plane.orientation or ())  # refuses what is no orientation
        for group in groups:
            first = group[0]
            if (
                plane.shape == first.shape
                and np.allclose(plane.spacing or (), first.spacing or (), rtol=1e-3, atol=0)
                and np.allclose(plane.orientation or (), first.orientation or (), rtol=0, atol=_SAME_DIRECTION)
            ):
                group.append(plane)
                break
        else:
            groups.append([plane])
    return sorted(groups, key=len, reverse=True)


def _one_per_place(planes: list[Plane], same: Same, key: str) -> list[Stack]:
    """Stacks in which no two planes are at the same place: copies dropped, repeated acquisitions split.

    Raises:
        DataError: planes at one place differ, and no field tells them apart.
    """
    places = _places(planes)
    dropped = 0
    for members in places:
        kept: list[Plane] = []
        for plane in members:
            copy = next((other for other in kept if same(other, plane)), None)
            if copy is None:
                kept.append(plane)
            else:
                dropped += 1
        members[:] = kept
    notes = []
    if dropped:
        text = f"{dropped} images were copies of others (same place, same values) and were dropped."
        notes.append(Note("duplicates-dropped", text, key))
    left = [plane for members in places for plane in members]
    shared = [members for members in places if len(members) > 1]
    if not shared:
        return [Stack(key, left, notes=notes)]
    uids = Counter(plane.identity[:2] for plane in left)
    double = next((uid for uid, count in uids.items() if count > 1 and uid[0]), None)
    if double:
        raise DataError(f"two different images bear the same SOPInstanceUID {double[0]}; one of them is corrupt")
    for field_name in SPLIT_KEYS:
        parts = _by_field(left, shared, field_name)
        if parts:
            text = f"{len(shared)} places hold several different images, told apart by {field_name}."
            return [Stack(key, part, notes=[*notes, Note("acquisitions-split", text, key)]) for part in parts]
    one, other = shared[0][0].entry.name, shared[0][1].entry.name
    raise DataError(
        f"{len(shared)} places hold several different images (such as {one} and {other}), and no field tells the "
        "acquisitions apart; give a folder with one of them"
    )


def _by_field(left: list[Plane], shared: list[list[Plane]], name: str) -> list[list[Plane]]:
    """The planes split by a field, or nothing where it does not tell all planes at one place apart."""
    for members in shared:
        values = [plane.keys.get(name, "") for plane in members]
        if "" in values or len(set(values)) < len(values):
            return []
    parts: dict[str, list[Plane]] = defaultdict(list)
    for plane in left:
        parts[plane.keys.get(name, "")].append(plane)
    # Where nearly every plane has a value of its own (a time), the field tells nothing.
    if len(parts) > max(len(members) for members in shared) * 2:
        return []
    return [parts[value] for value in sorted(parts, key=_natural)]


def _natural(value: str) -> tuple[float, str]:
    """Sorts numbers by their size and before texts."""
    try:
        return float(value), value
    except ValueError:
        return np.inf, value


def _places(planes: list[Plane]) -> list[list[Plane]]:
    """Planes grouped by their place along the normal, lowest first."""
    height = heights(planes)
    found: list[list[Plane]] = []
    last = -np.inf
    for index in np.argsort(height, kind="stable"):
        if height[index] - last < SAME_PLACE:
            found[-1].append(planes[index])
        else:
            found.append([planes[index]])
            last = height[index]
    return found


def _series_of(plane: Plane) -> tuple[str, ...]:
    """What planes of one series share; the further fields count where a file lacks its UIDs."""
    header = plane.header
    uid = header["SeriesInstanceUID"]
    fields = () if uid else ("SeriesNumber", "SeriesDescription", "FrameOfReferenceUID", "Modality", "SOPClassUID")
    return header["StudyInstanceUID"], uid, *(header[name] for name in fields)


def _integer(text: str) -> int:
    return int(text) if text.lstrip("-").isdigit() else 0


def _table(found: Sequence[Stack]) -> str:
    """One line for each stack."""
    lines = []
    for stack in sorted(found, key=lambda stack: stack.key):
        header = stack.planes[0].header
        said = f" {header['SeriesDescription']!r}" if header["SeriesDescription"] else ""
        lines.append(f"  {stack.key}{said}, {len(stack.planes)} images: {stack.reason or 'can be read'}")
    return "\n".join(lines[:20]) + (f"\n  and {len(lines) - 20} more" if len(lines) > 20 else "")
