"""Parametric generators of objects; `families()` lists them by name."""
