"""Cloudflare's own Python SDK, as files for the real runtime. The lab never imports it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

VERSION = "1.9.5"
FOLDER = Path(__file__).parent / ".cache" / f"sdk-{VERSION}"


def is_installed() -> bool:
    return (FOLDER / "workers" / "__init__.py").is_file()


def install() -> str | None:
    """Fetch the pinned SDK into `FOLDER`. Returns why it failed, or None."""
    done = subprocess.run(
        [*_pip(), "install", "--quiet", "--no-deps", "--target", str(FOLDER), f"workers-runtime-sdk=={VERSION}"],
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        return f"workers-runtime-sdk {VERSION} could not be installed: {done.stderr.strip()[-300:]}"
    return None


def _pip() -> list[str]:
    """An environment that uv made has no pip of its own."""
    uv = shutil.which("uv")
    return [uv, "pip", "--python", sys.executable] if uv else [sys.executable, "-m", "pip"]
