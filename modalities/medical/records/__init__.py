"""Patient records: FHIR R4 bundles and tables to observations in time, and to tokens.

Decision support for research; not a medical device.
"""

from wugan.modalities.medical.records.encoder import RecordEncoder, RecordTexts, describe, feature_names
from wugan.modalities.medical.records.observations import Event, Observation, Patient, Record, Text
from wugan.modalities.medical.records.reader import RecordSource, read_record, read_records

__all__ = [
    "Event",
    "Observation",
    "Patient",
    "Record",
    "RecordEncoder",
    "RecordSource",
    "RecordTexts",
    "Text",
    "describe",
    "feature_names",
    "read_record",
    "read_records",
]
