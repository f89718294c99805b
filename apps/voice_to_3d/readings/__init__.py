"""Readings: the tone of the voice and a scanned point cloud choose what a sentence means before it is interpreted."""
