"""Hyperdrive's phenomena: connection storms with and without a pool, cached reads and their age."""
