"""`labkit serve DIR`: a Worker's folder on loopback, as `wrangler dev` serves it.

The folder has a wrangler.json, wrangler.jsonc or wrangler.toml with a `main`, and its secrets in .dev.vars or .env. A
Pages project has `pages_build_output_dir` in place of `main`, and its functions in functions/.
A changed file begins it anew; what is stored stays, as long as the bindings do.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from labkit import facts, pages, wrangler
from labkit.errors import ConfigError, LabError
from labkit.lab import Lab

CONFIGURATIONS = ("wrangler.json", "wrangler.jsonc", "wrangler.toml")
"""In the order in which wrangler looks."""
SECRETS = (".dev.vars", ".env")
"""The first that is there: https://developers.cloudflare.com/workers/configuration/secrets/#local-development."""
LOOK = 0.5
"""Real seconds between two looks at the files."""


def main(arguments: list[str]) -> int:
    """`labkit serve DIR`, until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="labkit serve", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="the Worker's folder")
    parser.add_argument("--port", type=int, default=8787, help="8787 if left out; 0 is any that is free")
    parser.add_argument("--host", default="localhost", help="only this machine if left out; 0.0.0.0 is everybody")
    parser.add_argument("--colo", help="where requests enter, such as SYD; `cf-lab-colo` in a request says otherwise")
    parser.add_argument("--speed", type=float, default=1.0, help="simulated seconds in a real one; inf: nobody waits")
    parser.add_argument("--plan", choices=("free", "paid"), default="paid", help="whose limits hold")
    options = parser.parse_args(arguments)
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(options))
    return 0


async def serve(options: argparse.Namespace) -> None:
    """Serve the folder, and each later version of it in turn."""
    folder, began, seen = options.folder, time.time(), stamps(options.folder)
    lab, port = build(folder, options.plan, began), options.port
    while True:
        where = {"host": options.host, "colo": options.colo, "speed": options.speed}
        async with lab.serve(port, **where, log=_print) as server:
            _print("\n".join([f"{lab.config.name} is at {server.url}, entering at {server.place}.", *bindings(lab),
                              *([f"R2's S3 endpoint: {server.s3.exports()}"] if lab.config.r2_buckets else []),
                              "Ctrl-C ends it; a changed file begins it anew."]))  # fmt: skip
            port = server.port
            following, seen = await next_version(options, began, seen)
        await keep(lab, following)
        lab = following


def build(folder: Path, plan: str, began: float) -> Lab:
    """The lab of a folder. Refuses one without a configuration, or a configuration without a Worker."""
    source = configuration(folder)
    if site := pages.project(folder, source):
        return Lab(**site, secrets=dict(secrets(folder)), plan=plan, start=began)
    main = wrangler.read(source).main
    if main is None:
        raise ConfigError(f'The configuration in {folder} names no "main": add "entry.py".', where=wrangler.WHERE)
    return Lab(folder / main, source, secrets=dict(secrets(folder)), plan=plan, start=began)


def configuration(folder: Path) -> Path:
    """The folder's wrangler configuration."""
    found = [folder / name for name in CONFIGURATIONS if (folder / name).is_file()]
    if not found:
        raise ConfigError(f"There is no {', '.join(CONFIGURATIONS)} in {str(folder)!r}.", where=wrangler.WHERE)
    return found[0]


def secrets(folder: Path) -> Iterator[tuple[str, str]]:
    """The names and values of a file such as `KEY="value"`, one a line."""
    found = [folder / name for name in SECRETS if (folder / name).is_file()]
    for line in found[0].read_text(encoding="utf-8").splitlines() if found else ():
        name, equals, value = line.partition("=")
        value = value.strip()
        if equals and not name.lstrip().startswith("#"):
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
            yield name.strip(), value[1:-1] if quoted else value


def bindings(lab: Lab) -> list[str]:
    """What `env` has, a line each."""
    kinds = [(name, path.partition(".")[0]) for path, name in lab.config.bound]
    return [f"  env.{name:<16} {kind}" for name, kind in [*kinds, *((name, "vars") for name in lab.config.vars)]]


async def next_version(options: argparse.Namespace, began: float, seen: Any) -> tuple[Lab, Any]:
    """The lab of the changed folder. One that is broken is said to be, and the one before goes on."""
    while True:
        await asyncio.sleep(LOOK)
        now = stamps(options.folder)
        if now == seen:
            continue
        seen = now
        try:
            return build(options.folder, options.plan, began), seen
        except (LabError, OSError) as error:
            _print(f"{error}\nThe version before goes on.")


def stamps(folder: Path) -> dict[str, int]:
    """When each file of the Worker was last written."""
    names = (*CONFIGURATIONS, *SECRETS)
    found = {}
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__")) and name != "node_modules"]
        for path in (os.path.join(place, name) for name in files if name.endswith(".py") or name in names):
            with suppress(OSError):  # gone since
                found[path] = os.stat(path).st_mtime_ns
    return found


async def keep(before: Lab, after: Lab) -> None:
    """Let the new version go on with what the one before has stored, where it can."""
    try:
        try:
            state = before.snapshot()
        except LabError:  # a request that was cut, or a waitUntil, has still to end
            await before.advance(facts.value("workers.wait_until"))
            state = before.snapshot()
        after.restore(state)
    except LabError as error:
        _print(f"Storage begins empty. {error}")


def _print(line: str) -> None:
    print(line, flush=True)
