"""CT: stacks of images to volumes in Hounsfield units that know their place in the patient, and what is in them."""

from wugan.modalities.medical.ct.compartments import Compartment, Compartments
from wugan.modalities.medical.ct.encoder import CtAnalysis, CtEncoder
from wugan.modalities.medical.ct.lesions import Candidate
from wugan.modalities.medical.ct.measures import Measurement
from wugan.modalities.medical.ct.reader import CtSource, list_series, read_ct, source_headers
from wugan.modalities.medical.ct.series import SeriesSummary
from wugan.modalities.medical.ct.views import PRESETS, Cut, WindowLevel, cut, orthogonal, window
from wugan.modalities.medical.ct.volume import AIR, InstanceRef, Series, Volume

__all__ = [
    "AIR",
    "PRESETS",
    "Candidate",
    "Compartment",
    "Compartments",
    "CtAnalysis",
    "CtEncoder",
    "CtSource",
    "Cut",
    "InstanceRef",
    "Measurement",
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
