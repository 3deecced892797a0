"""The learner's JupyterLab on a temporary folder: `labkit start`'s settings, no token, no memory of earlier runs."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labkit import jupyter
from labkit.where import ROOT

EVERY_CELL = {"windowingMode": "none"}  # every cell is on the page, so that a picture shows the whole notebook
OPTIONS = ["--expose-app-in-browser", "--ServerApp.port_retries=0", "--IdentityProvider.token="]


@contextmanager
def serving(work: Path, scratch: Path) -> Iterator[str]:
    """The address of a JupyterLab whose root is `work`; its settings, logs and kernels' files go to `scratch`."""
    port = _free_port()
    options = [*jupyter.arguments(work, browser=False), *OPTIONS, f"--ServerApp.port={port}"]
    command = [sys.executable, "-m", "jupyterlab", *options]
    with (scratch / "server.log").open("w") as log:
        process = subprocess.Popen(command, env=_environment(scratch), stdout=log, stderr=log, cwd=work)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, process, scratch / "server.log")
            yield address
        finally:
            process.terminate()
            process.wait(20)


def _environment(scratch: Path) -> dict[str, str]:
    """The learner's own set-up, in a folder of its own."""
    configured = jupyter.environment(jupyter.lay_settings(scratch))
    tracker = Path(configured["JUPYTERLAB_SETTINGS_DIR"], "@jupyterlab/notebook-extension/tracker.jupyterlab-settings")
    tracker.parent.mkdir(parents=True)
    tracker.write_text(json.dumps(EVERY_CELL))
    folders = {
        "JUPYTER_DATA_DIR": scratch / "data",
        "JUPYTER_RUNTIME_DIR": scratch / "runtime",
        "IPYTHONDIR": scratch / "ipython",
        "LABKIT_PROGRESS": scratch / "progress.jsonl",
        "PYTHONPATH": ROOT,
    }
    return os.environ | configured | {name: str(path) for name, path in folders.items()}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _wait(address: str, process: subprocess.Popen, log: Path, seconds: float = 60) -> None:
    """Return when the server answers; fail with its log when it ends first or takes too long."""
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{address}/api/status", timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")
