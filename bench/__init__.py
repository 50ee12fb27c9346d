"""Benchmarks: they print figures against floors of the same run, and fail on none."""
