"""De-identification of medical data on its way out: DICOM and FHIR."""
