"""The Edge Workbook's bench: the Cloudflare Developer Platform, emulated in this process.

`from labkit import Lab` is where to begin. Importing it also makes `from workers import ...` work, unless
Cloudflare's own SDK is installed.
"""

from __future__ import annotations

import importlib
from typing import Any

from labkit.workers import finder

__version__ = "0.1.0"

_HOMES = {"Lab": "labkit.lab", "Origin": "labkit.services"}
"""Where each public name lives; it is imported when it is first asked for."""

__all__ = ["Lab", "Origin"]

finder.install()


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
