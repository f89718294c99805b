"""Ways to compute one attention call under given routes; `reference` is the oracle of the others."""
