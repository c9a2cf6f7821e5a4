"""Whether an artefact is its model: examples, parity, thresholds, and what is written beside it."""
