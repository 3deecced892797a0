"""`pyodide`: the package's name and version. Its parts that Workers use are `pyodide.ffi` and `pyodide.http`."""

from __future__ import annotations

__version__ = "0.28.2"
"""The Pyodide of Python 3.13 Workers."""
