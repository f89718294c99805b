"""Pathology: whole-slide images to tissue, tiles, nuclei and tokens, and attention back onto the slide."""

from wugan.modalities.medical.pathology.analysis import SlideAnalysis, analyse
from wugan.modalities.medical.pathology.encoder import SlideEncoder
from wugan.modalities.medical.pathology.folder import slide_paths
from wugan.modalities.medical.pathology.heatmap import overlay, paint
from wugan.modalities.medical.pathology.nuclei import Nuclei, find_nuclei
from wugan.modalities.medical.pathology.slide import Slide, open_slide
from wugan.modalities.medical.pathology.source import SlideSource
from wugan.modalities.medical.pathology.stain import Stains, find_stains
from wugan.modalities.medical.pathology.statistics import SlideStatistics, summarise
from wugan.modalities.medical.pathology.tiles import Tiling, cut_tiles, read_tiles
from wugan.modalities.medical.pathology.tissue import Tissue, find_tissue

__all__ = [
    "Nuclei",
    "Slide",
    "SlideAnalysis",
    "SlideEncoder",
    "SlideSource",
    "SlideStatistics",
    "Stains",
    "Tiling",
    "Tissue",
    "analyse",
    "cut_tiles",
    "find_nuclei",
    "find_stains",
    "find_tissue",
    "open_slide",
    "overlay",
    "paint",
    "read_tiles",
    "slide_paths",
    "summarise",
]
