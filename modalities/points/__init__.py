"""Points: sweeps and scans as views, tokens, motion and object proposals."""

from wugan.clouds import CloudFile, read_cloud
from wugan.modalities.points.proposals import Proposals

__all__ = ["CloudFile", "Proposals", "read_cloud"]
