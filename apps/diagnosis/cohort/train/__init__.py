"""Training and evaluation of the cohort model."""
