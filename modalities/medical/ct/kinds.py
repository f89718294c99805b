"""What kind of image a plane is: cross section or scout, original or computed, and whether its values are known."""

from __future__ import annotations

import re

from wugan.modalities.medical.ct import headers
from wugan.modalities.medical.ct.geometry import axes
from wugan.modalities.medical.ct.headers import Plane

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
