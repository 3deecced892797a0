"""Node and the npm packages that a lane needs: whether they are here, and how to get them."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path


def missing(folder: Path, *packages: str) -> str | None:
    """Why the lane of a folder cannot run, in one sentence, or None when it can.

    Packages are installed on the spot (`npm ci`) only where the environment asks for it: in CI, or with
    `LABKIT_INSTALL_LANES=1`.
    """
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "Node 20 or newer is not installed."
    if not _absent(folder, packages):
        return None
    if not may_install():
        return f"npm packages are missing: set LABKIT_INSTALL_LANES=1, or run `npm ci` in tests/{folder.name}."
    done = subprocess.run([shutil.which("npm"), "ci"], cwd=folder, capture_output=True, text=True)
    return None if done.returncode == 0 else f"`npm ci` failed in tests/{folder.name}: {done.stderr.strip()[-300:]}"


def may_install() -> bool:
    """Whether the environment allows a lane to fetch what it needs."""
    return bool(os.environ.get("CI")) or os.environ.get("LABKIT_INSTALL_LANES") == "1"


def _absent(folder: Path, packages: tuple[str, ...]) -> list[str]:
    return [name for name in packages if not (folder / "node_modules" / name / "package.json").is_file()]
