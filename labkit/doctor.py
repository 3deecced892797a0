"""`labkit doctor`: is this machine ready? One check a function, each naming what to do when it fails.

A check returns what it saw, or raises `Failed` with what it saw and the remedy. New checks go to the end of `CHECKS`:
their places are the bits of the readiness code.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import webbrowser
from collections.abc import Callable, Iterator
from typing import Any

from labkit import readiness
from labkit.where import CONSTRAINTS, ROOT, WORK

OLDEST_PYTHON = (3, 11)
FREE_BYTES_WANTED = 200_000_000
PROJECT = "edge-workbook"
SET_UP_ANEW = "delete .venv and run `python3 lab.py` (with conda: `conda env update -f environment.yml`)"
WORKER = """
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response("ready")
"""


class Failed(Exception):
    """A check failed: what was seen, and what to do."""

    def __init__(self, saw: str, remedy: str):
        super().__init__(f"{saw}: {remedy}")


def main(arguments: list[str]) -> int:
    """`labkit doctor`."""
    parser = argparse.ArgumentParser(prog="labkit doctor", description=__doc__)
    parser.add_argument("--explain", metavar="CODE", help="say what a readiness code means")
    options = parser.parse_args(arguments)
    if options.explain:
        print(readiness.explain(options.explain, [name for name, _ in CHECKS]))
        return 0
    return examine()


def examine() -> int:
    """Make every check and print a line for each, then the readiness code; 0 when none failed."""
    began, failed = time.perf_counter(), 0
    for bit, (name, check) in enumerate(CHECKS):
        ok, said = outcome(check)
        failed |= (not ok) << bit
        print(f"{'ok  ' if ok else 'FAIL'}  {name:<9} {said}", flush=True)
    for note in notes():
        print(f"note  {note}")
    print(f"\n{readiness.of_this_machine(failed).code}  ({time.perf_counter() - began:.1f} s)")
    return int(bool(failed))


def outcome(check: Callable[[], str]) -> tuple[bool, str]:
    """Whether a check passed, and its line. One that breaks is a failed one."""
    try:
        return True, check()
    except Failed as failure:
        return False, str(failure)
    except Exception as error:
        return False, f"{type(error).__name__}: {error}: {SET_UP_ANEW}"


def python_version() -> str:
    """Python is new enough."""
    seen = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        raise Failed(f"Python {seen}", "install Python 3.11 or newer from python.org and run `python3 lab.py` with it")
    return f"{seen} at {sys.prefix}"


def packages() -> str:
    """Every dependency is there, in the range that pyproject.toml allows."""
    wrong = [f"{wanted.name} {found or 'is missing'} (wanted {wanted.specifier})" for wanted, found in unmet()]
    if wrong:
        raise Failed("; ".join(wrong), SET_UP_ANEW)
    differing = [f"{name} {found} for {pinned}" for name, pinned, found in unlike_the_pins()]
    return f"all there{'; not as pinned, which may be fine: ' + ', '.join(differing) if differing else ', as pinned'}"


def unmet() -> Iterator[tuple[Any, str | None]]:
    """Each requirement of the project that is missing or out of its range, with the version found."""
    from packaging.requirements import Requirement

    for wanted in map(Requirement, importlib.metadata.requires(PROJECT) or ()):
        found = version(wanted.name)
        here = wanted.marker is None or wanted.marker.evaluate({"extra": ""})
        if here and (found is None or not wanted.specifier.contains(found, prereleases=True)):
            yield wanted, found


def unlike_the_pins() -> Iterator[tuple[str, str, str]]:
    """Name, pinned version and found version of each installed package that is not as constraints.txt says."""
    from packaging.requirements import Requirement

    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    for pin in map(Requirement, (line for line in lines if line and not line.startswith("#"))):
        found = version(pin.name)
        if found and (not pin.marker or pin.marker.evaluate()) and found not in pin.specifier:
            yield pin.name, str(pin.specifier).removeprefix("=="), found


def version(name: str) -> str | None:
    """The installed version of a package, by its metadata: nothing is imported."""
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def kernel() -> str:
    """The notebooks' kernel starts, answers, and is this Python."""
    from jupyter_client.manager import start_new_kernel

    began = time.perf_counter()
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    manager, client = start_new_kernel(kernel_name="python3", startup_timeout=15, **silent)
    try:
        reply = client.execute_interactive("import sys", user_expressions={"prefix": "sys.prefix"}, timeout=10)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    prefix = reply["content"]["user_expressions"]["prefix"]["data"]["text/plain"]
    if prefix != repr(sys.prefix):
        raise Failed(f"the kernel runs {prefix}, not {sys.prefix}", "start the workbook with `python3 lab.py`")
    return f"answers after {time.perf_counter() - began:.1f} s"


def disk() -> str:
    """There is room for the learner's work."""
    free = shutil.disk_usage(ROOT).free
    if free < FREE_BYTES_WANTED:
        raise Failed(f"{free / 1e6:,.0f} MB free", f"free {FREE_BYTES_WANTED / 1e6:,.0f} MB")
    return f"{free / 1e9:,.1f} GB free"


def writable() -> str:
    """Files can be written, replaced and removed in work/."""
    try:
        WORK.mkdir(exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=WORK, prefix=".doctor", delete=False) as file:
            file.write(b"1")
        os.replace(file.name, f"{file.name}2")
        os.remove(f"{file.name}2")
    except OSError as error:
        raise Failed(str(error), "give yourself the right to write there, or move the workbook to your home") from error
    return f"{WORK} can be written"


def ports() -> str:
    """A page served on this machine can be reached from it."""
    try:
        with socket.create_server(("127.0.0.1", 0)) as server:
            socket.create_connection(server.getsockname(), timeout=2).close()
    except OSError as error:
        raise Failed(str(error), "let Python use 127.0.0.1 in your firewall or security software") from error
    return "127.0.0.1 answers"


def request() -> str:
    """A Worker answers a request on the simulated planet."""
    from labkit.lab import Lab

    lab = Lab(WORKER)

    async def ask() -> tuple[int, str]:
        response = await lab.fetch("/", colo="SYD")
        return response.status, await response.text()

    answered = lab.run(ask())
    if answered != (200, "ready"):
        raise Failed(f"the Worker answered {answered}", SET_UP_ANEW)
    return f"answers in Sydney after {lab.now * 1000:.1f} simulated ms"


def notes() -> Iterator[str]:
    """What is worth knowing and stops nothing."""
    try:
        webbrowser.get()
    except webbrowser.Error:
        yield "no browser was found here: open the address that JupyterLab prints"
    if os.environ.get("PYTHONPATH"):
        yield "PYTHONPATH is set: what lies there comes before the workbook's packages; unset it if lessons fail"


CHECKS: tuple[tuple[str, Callable[[], str]], ...] = (
    ("python", python_version),
    ("packages", packages),
    ("kernel", kernel),
    ("disk", disk),
    ("work", writable),
    ("ports", ports),
    ("worker", request),
)
