"""A Pages project: a folder with a wrangler configuration, `functions/`, and the folder that is published."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from labkit import wrangler
from labkit.errors import ConfigError
from labkit.pages.site import build

NEVER = frozenset((".DS_Store", "node_modules", ".git"))
NEVER_ON_TOP = frozenset(("_worker.js", "_routes.json", "functions", ".wrangler"))
"""What `wrangler pages` (4.x, `pages/validate`) uploads of no folder, and not of the published one itself."""
OUTPUT = "pages_build_output_dir"
WHERE = "https://developers.cloudflare.com/pages/functions/wrangler-configuration/"


def project(folder: Path, source: Any) -> dict[str, Any] | None:
    """The arguments of `Lab` for a Pages project; None where the configuration names no folder to publish.

    `source` is the configuration, as `Lab` takes it. Where the published folder has no 404.html, every path that
    is no file is its index.html, as Pages has it (docs, "Serving Pages").
    """
    raw, _ = wrangler.load(source)
    if OUTPUT not in raw:
        return None
    published, functions = folder / str(raw[OUTPUT]), folder / "functions"
    if not published.is_dir():
        raise ConfigError(f"{OUTPUT!r} names {str(raw[OUTPUT])!r}, and there is no such folder.", where=WHERE)
    routes = published / "_routes.json"
    site = build(functions, routes=routes if routes.is_file() else None) if functions.is_dir() else None
    missing = "404-page" if (published / "404.html").is_file() else "single-page-application"
    rest = {key: value for key, value in raw.items() if key != OUTPUT}
    if "d1_databases" in rest:
        rest["d1_databases"] = [wrangler.migrating(entry, folder) for entry in rest["d1_databases"]]
    assets = {f"/{path.relative_to(published).as_posix()}": path.read_bytes() for path in _files(published)}
    return {"main": site, "wrangler": {**rest, "assets": {"not_found_handling": missing}}, "assets": assets}


def _files(published: Path) -> Iterator[Path]:
    """What is uploaded of a folder: no functions, no rules of theirs, no links, and nothing of other tools."""
    for place, folders, names in os.walk(published):
        unwanted = NEVER if Path(place) != published else NEVER | NEVER_ON_TOP
        folders[:] = [name for name in folders if name not in unwanted]
        for path in (Path(place, name) for name in names if name not in unwanted):
            if not path.is_symlink():
                yield path
