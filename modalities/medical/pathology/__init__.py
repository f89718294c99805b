"""Pathology: whole-slide images to tissue, tiles, nuclei and tokens, and attention back onto the slide."""
