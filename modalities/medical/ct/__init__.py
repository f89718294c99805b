"""CT: DICOM and NIfTI stacks to volumes in Hounsfield units that know their place in the patient."""

from wugan.modalities.medical.ct.volume import AIR, InstanceRef, Series, Volume

__all__ = ["AIR", "InstanceRef", "Series", "Volume"]
