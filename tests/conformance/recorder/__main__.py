"""`python -m tests.conformance.recorder [AREA ...]`: play wanted scenarios under Node, write `recorded/AREA.json`."""

from __future__ import annotations

import argparse
import importlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.parity import npm

HERE = Path(__file__).parent
RECORDED = HERE.parent / "recorded"
PARITY = HERE.parent.parent / "parity"
AREAS = sorted(path.stem for path in (HERE / "wanted").glob("[a-z]*.py"))


def scenarios(area: str) -> list[dict[str, Any]]:
    """The scenarios of an area, still without results."""
    wanted = importlib.import_module(f"tests.conformance.recorder.wanted.{area}").SCENARIOS
    return [
        {"id": f"{area}-{number}", "area": area, "about": about, "steps": steps}
        for number, (about, steps) in enumerate(wanted.items(), 1)
    ]


def record(area: str) -> int:
    """Play an area's scenarios on the real runtime and write them down with its answers. Node's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        wanted = Path(folder, "wanted.json")
        wanted.write_text(json.dumps(scenarios(area)), encoding="utf-8")
        command = ["node", str(HERE / "record.mjs"), str(wanted), str(RECORDED / f"{area}.json")]
        return subprocess.run(command).returncode


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.recorder", description=__doc__)
    parser.add_argument("areas", nargs="*", metavar="AREA", help=f"any of {', '.join(AREAS)}; all where none is named")
    chosen = parser.parse_args().areas or AREAS
    if reason := npm.missing(PARITY, "miniflare"):
        sys.exit(reason)
    RECORDED.mkdir(exist_ok=True)
    return max(record(area) for area in chosen)


if __name__ == "__main__":
    sys.exit(main())
