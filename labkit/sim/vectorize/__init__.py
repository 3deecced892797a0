"""Vectorize's phenomenon: how long what was written is not yet found."""
