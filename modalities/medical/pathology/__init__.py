"""Pathology: whole-slide images to tissue, tiles, nuclei and tokens, and attention back onto the slide."""

from wugan.modalities.medical.pathology.analysis import SlideAnalysis, SlideStatistics, analyse, summarise
from wugan.modalities.medical.pathology.encoder import SlideEncoder
from wugan.modalities.medical.pathology.heatmap import overlay, paint
from wugan.modalities.medical.pathology.nuclei import Nuclei, find_nuclei
from wugan.modalities.medical.pathology.slide import Slide, SlideSource, open_slide, slide_paths
from wugan.modalities.medical.pathology.stain import Stains, find_stains
from wugan.modalities.medical.pathology.tiles import Tiling, Tissue, cut_tiles, find_tissue, read_tiles

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
