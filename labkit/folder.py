"""The lab of a Worker's folder, as `labkit serve` takes it: its configuration, code, secrets, migrations, assets."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from labkit import pages, wrangler
from labkit.errors import ConfigError
from labkit.lab import Lab

CONFIGURATIONS = ("wrangler.json", "wrangler.jsonc", "wrangler.toml")
"""In the order in which wrangler looks."""
SECRETS = (".dev.vars", ".env")
"""The first that is there: https://developers.cloudflare.com/workers/configuration/secrets/#local-development."""


def build(folder: Path, plan: str, began: float) -> Lab:
    """The lab of a folder. Refuses one without a configuration, or with neither a Worker nor static assets."""
    source = configuration(folder)
    given = {"secrets": dict(secrets(folder)), "plan": plan, "start": began}
    if site := pages.project(folder, source):
        return Lab(**site, **given)
    config = wrangler.read(source)
    if config.main is None and config.assets is None:
        raise ConfigError(f'The configuration in {folder} names no "main": add "entry.py".', where=wrangler.WHERE)
    return Lab(None if config.main is None else folder / config.main, source, **given)


def migrate(lab: Lab) -> list[str]:
    """Apply the migrations that lie in the folder and are new: a line for each database that had some."""
    said = []
    for entry in lab.config.d1_databases:
        if applied := lab.d1(entry["binding"]).migrations.apply():
            said.append(f"  {entry['binding']}: applied {', '.join(row['name'] for row in applied)}")
    return said


def configuration(folder: Path) -> Path:
    """The folder's wrangler configuration."""
    found = [folder / name for name in CONFIGURATIONS if (folder / name).is_file()]
    if not found:
        raise ConfigError(f"There is no {', '.join(CONFIGURATIONS)} in {str(folder)!r}.", where=wrangler.WHERE)
    return found[0]


def secrets(folder: Path) -> Iterator[tuple[str, str]]:
    """The names and values of a file of lines such as `KEY="value"`, as wrangler's dotenv 16 reads them.

    A value in quotes may go over several lines; in double ones, \\n is a new line. Else it ends before a #.
    """
    found = [folder / name for name in SECRETS if (folder / name).is_file()]
    for name, value in _ASSIGNMENT.findall(_text(found[0])) if found else ():
        value = value.strip()
        is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'`"
        plain = value[1:-1] if is_quoted else value
        yield name, plain.replace("\\n", "\n").replace("\\r", "\r") if value.startswith('"') else plain


_ASSIGNMENT = re.compile(
    r"""^[ \t]*(?:export[ \t]+)?([\w.-]+)(?:[ \t]*=|:[ \t])[ \t]*("[^"]*"|'[^']*'|`[^`]*`|[^#\n]*)[ \t]*(?:\#.*)?$""",
    re.MULTILINE | re.ASCII,
)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file} is not UTF-8: {error}.") from None


def stamps(folder: Path) -> dict[str, int]:
    """When each file of the folder was last written, hidden ones but the secrets left out."""
    found = {}
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__")) and name != "node_modules"]
        for path in (os.path.join(place, name) for name in files if name in SECRETS or not name.startswith(".")):
            with suppress(OSError):  # gone since
                found[path] = os.stat(path).st_mtime_ns
    return found
