"""A JupyterLab of its own on a temporary folder: no token, no news, no memory of earlier runs."""

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

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = {
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},  # every cell is on the page
}
OPTIONS = [
    "--no-browser", "--allow-root", "--custom-css", "--expose-app-in-browser", "--ServerApp.ip=127.0.0.1",
    "--ServerApp.port_retries=0", "--IdentityProvider.token=", "--ServerApp.password=",
]  # fmt: skip


@contextmanager
def serving(work: Path, scratch: Path) -> Iterator[str]:
    """The address of a JupyterLab whose root is `work`; its settings, logs and kernels' files go to `scratch`."""
    port = _free_port()
    command = [sys.executable, "-m", "jupyterlab", *OPTIONS, f"--ServerApp.port={port}", f"--ServerApp.root_dir={work}"]
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
    settings, config = scratch / "settings", scratch / "config"
    for name, value in SETTINGS.items():
        path = settings / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value))
    (config / "custom").mkdir(parents=True, exist_ok=True)
    css = ROOT / "labkit" / "notebook.css"
    (config / "custom" / "custom.css").write_text(css.read_text(encoding="utf-8") if css.exists() else "")
    folders = {
        "JUPYTERLAB_SETTINGS_DIR": settings,
        "JUPYTERLAB_WORKSPACES_DIR": scratch / "workspaces",
        "JUPYTER_CONFIG_DIR": config,
        "JUPYTER_DATA_DIR": scratch / "data",
        "JUPYTER_RUNTIME_DIR": scratch / "runtime",
        "IPYTHONDIR": scratch / "ipython",
        "LABKIT_PROGRESS": scratch / "progress.jsonl",
        "PYTHONPATH": ROOT,
    }
    return os.environ | {name: str(path) for name, path in folders.items()}


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
