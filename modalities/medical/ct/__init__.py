"""CT: DICOM and NIfTI stacks to volumes in Hounsfield units that know their place in the patient."""

from wugan.modalities.medical.ct.reader import list_series, read_ct, source_headers
from wugan.modalities.medical.ct.series import SeriesSummary
from wugan.modalities.medical.ct.volume import AIR, InstanceRef, Series, Volume

__all__ = ["AIR", "InstanceRef", "Series", "SeriesSummary", "Volume", "list_series", "read_ct", "source_headers"]
