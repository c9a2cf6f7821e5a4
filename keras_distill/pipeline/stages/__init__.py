"""The stages of a run, one per file.

Each module says what it depends on (`KEYS` of the configuration, `needs(configuration)`:
other stages), whether it is `wanted(configuration)`, and does its work in `run(journey)`,
which returns the files it made, relative to the run's folder, and results as plain values.
"""
