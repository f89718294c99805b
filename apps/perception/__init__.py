"""Perception of a vehicle or robot: time-aligned and tracked objects, and a decision with a deadline."""
