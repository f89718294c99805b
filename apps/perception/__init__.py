"""Perception of a vehicle or robot: time-aligned, fused and tracked objects, and a decision with a deadline."""
