"""CT: DICOM and NIfTI stacks to volumes in Hounsfield units that know their place in the patient."""

from wugan.modalities.medical.ct.mpr import Cut, cut, orthogonal
from wugan.modalities.medical.ct.reader import list_series, read_ct, source_headers
from wugan.modalities.medical.ct.series import SeriesSummary
from wugan.modalities.medical.ct.source import CtSource
from wugan.modalities.medical.ct.volume import AIR, InstanceRef, Series, Volume
from wugan.modalities.medical.ct.windows import PRESETS, WindowLevel, window

__all__ = [
    "AIR",
    "PRESETS",
    "CtSource",
    "Cut",
    "InstanceRef",
    "Series",
    "SeriesSummary",
    "Volume",
    "WindowLevel",
    "cut",
    "list_series",
    "orthogonal",
    "read_ct",
    "source_headers",
    "window",
]
