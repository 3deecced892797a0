"""`labkit serve DIR`: a Worker's folder on loopback, as `wrangler dev` serves it.

The folder has a wrangler.json, wrangler.jsonc or wrangler.toml with a `main`, and its secrets in .dev.vars or .env. A
Pages project has `pages_build_output_dir` in place of `main`, and its functions in functions/. D1's migrations are
applied. A changed file begins it anew; what is stored stays, as long as the bindings do.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from labkit import facts
from labkit.errors import LabError
from labkit.folder import build, migrate, stamps
from labkit.lab import Lab

LOOK, SHARE = 0.5, 20
"""Real seconds between two looks at the files, at least, and how many times as long as a look takes."""


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
    _migrate(lab)
    while True:
        where = {"host": options.host, "colo": options.colo, "speed": options.speed}
        async with lab.serve(port, **where, log=_print) as server:
            s3 = [f"R2's S3 endpoint: {server.s3.exports()}"] if lab.config.r2_buckets else []
            _print_all([f"{lab.config.name} is at {server.url}, entering at {server.place}.", *bindings(lab), *s3,
                        "Ctrl-C ends it; a changed file begins it anew."])  # fmt: skip
            port = server.port
            following, seen = await next_version(options, began, seen)
        await keep(lab, following)
        lab = following
        _migrate(lab)


def bindings(lab: Lab) -> list[str]:
    """What `env` has, a line each."""
    kinds = [(name, path.partition(".")[0]) for path, name in lab.config.bound]
    return [f"  env.{name:<16} {kind}" for name, kind in [*kinds, *((name, "vars") for name in lab.config.vars)]]


async def next_version(options: argparse.Namespace, began: float, seen: Any) -> tuple[Lab, Any]:
    """The lab of the changed folder. One that is broken is said to be, and the one before goes on.

    A look at many files takes its time, during which nobody is answered: it is taken the more seldom.
    """
    took = 0.0
    while True:
        await asyncio.sleep(max(LOOK, SHARE * took))
        began_to_look = time.monotonic()
        now = stamps(options.folder)
        took = time.monotonic() - began_to_look
        if now == seen:
            continue
        seen = now
        try:
            return build(options.folder, options.plan, began), seen
        except Exception as error:  # whatever a file holds while it is being written
            _print(f"{str(error) or type(error).__name__}\nThe version before goes on.")


async def keep(before: Lab, after: Lab) -> None:
    """Let the new version go on with what the one before has stored, where it can."""
    try:
        try:
            state = before.snapshot()
        except LabError:  # a request that was cut, or a waitUntil, has still to end
            await before.advance(facts.value("workers.wait_until"))
            state = before.snapshot()
        assets = after.snapshot()["deployment"].get("assets")  # they are the version's, and not what it has stored
        after.restore({**state, "deployment": {**state["deployment"], **({"assets": assets} if assets else {})}})
    except LabError as error:
        _print(f"Storage begins empty. {error}")


def _migrate(lab: Lab) -> None:
    """Apply new migrations; one that fails is told, and the Worker is served with those before it."""
    try:
        _print_all(migrate(lab))
    except LabError as error:
        _print(str(error))


def _print_all(lines: list[str]) -> None:
    if lines:
        _print("\n".join(lines))


def _print(line: str) -> None:
    print(line, flush=True)
