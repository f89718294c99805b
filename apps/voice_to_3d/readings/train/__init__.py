"""Training and evaluation of the readings' weights."""
