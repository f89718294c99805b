"""Descriptions of one part, operation by operation: words to frames to typed solids with features."""
