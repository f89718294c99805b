"""Point clouds in files: one reader for devices, modalities and applications."""

from wugan.clouds.reading import SUFFIXES, CloudFile, read_cloud

__all__ = ["SUFFIXES", "CloudFile", "read_cloud"]
