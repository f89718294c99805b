"""DICOM: what was found goes out as SEG and SR over the source series, and studies come in over the network."""
