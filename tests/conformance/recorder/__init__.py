"""Records scenarios on the real runtime: `python -m tests.conformance.recorder [AREA ...]`."""
