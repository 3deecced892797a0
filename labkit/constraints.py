"""`labkit constraints`: pin every package in constraints.txt, for all systems and Pythons at once.

Pins carry environment markers and no addresses: whoever installs chooses the index.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys

from labkit.errors import LabError
from labkit.where import CONSTRAINTS, ROOT

HEADER = "# Made by `labkit constraints` from pyproject.toml; do not edit.\n"
COMPILE = [
    "pip", "compile", "pyproject.toml", "--all-extras", "--universal", "--python-version", "3.11", "--upgrade",
    "--quiet", "--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links",
]  # fmt: skip


def main(arguments: list[str]) -> int:
    """`labkit constraints`."""
    argparse.ArgumentParser(prog="labkit constraints", description=__doc__).parse_args(arguments)
    before = CONSTRAINTS.read_text(encoding="utf-8") if CONSTRAINTS.exists() else ""
    after = HEADER + without_addresses(compiled())
    CONSTRAINTS.write_text(after, encoding="utf-8", newline="\n")
    print("\n".join(changes(before, after)) or "Every pin is the newest already.")
    return 0


def compiled() -> str:
    """What uv resolves, one pin a line."""
    uv = shutil.which("uv")
    if uv is None:
        raise LabError("`labkit constraints` needs uv, which no learner does: pip install uv.")
    done = subprocess.run([uv, *COMPILE, "--python", sys.executable], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise LabError(f"uv could not resolve pyproject.toml:\n{done.stderr}")
    return done.stdout


def without_addresses(pins: str) -> str:
    """The pins alone: no options, no comments, no line with an address."""
    kept = [line for line in pins.splitlines() if line.strip() and line[0].isalnum() and "://" not in line]
    return "".join(f"{line}\n" for line in kept)


def changes(before: str, after: str) -> list[str]:
    """The lines that went and came."""
    old, new = before.splitlines(), after.splitlines()
    return [f"- {line}" for line in old if line not in new] + [f"+ {line}" for line in new if line not in old]
