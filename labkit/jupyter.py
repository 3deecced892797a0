"""JupyterLab as the workbook runs it: on work/, with settings of its own, and quiet.

Its configuration lives in work/.jupyter, so that nothing in the learner's own Jupyter set-up can break a lesson, and
nothing of ours leaks into it. It fetches no news, looks for no updates and installs no extensions: the workbook is
offline. Themes and key bindings that the learner chooses stay in work/.jupyter.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

FIRST_PAGE = "00_start_here.ipynb"
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}
STYLE = Path(__file__).with_name("notebook.css")


def run(work: Path, browser: bool = True) -> int:
    """Run JupyterLab on a folder until it is stopped; returns its exit code."""
    os.environ.update(environment(lay_settings(work / ".jupyter")))
    from jupyterlab.labapp import LabApp

    LabApp.launch_instance(argv=arguments(work, browser))
    return 0


def arguments(work: Path, browser: bool = True) -> list[str]:
    """JupyterLab's command line. Ctrl-C stops it without a question (`answer_yes`); containers run it as root."""
    page = f"/lab/tree/{FIRST_PAGE}" if (work / FIRST_PAGE).exists() else "/lab"
    return [
        f"--ServerApp.root_dir={work}",
        f"--ServerApp.open_browser={browser}",
        "--ServerApp.answer_yes=True",
        "--ServerApp.allow_root=True",
        "--Application.log_level=WARN",
        f"--LabApp.default_url={page}",
        "--LabApp.custom_css=True",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]


def environment(settings: Path) -> dict[str, str]:
    """The variables that point JupyterLab at this configuration, and a lesson's shell at this Python's commands."""
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]),
        "JUPYTER_CONFIG_DIR": str(settings),
        "JUPYTERLAB_SETTINGS_DIR": str(settings / "lab" / "user-settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(settings / "lab" / "workspaces"),
        "JUPYTER_PREFER_ENV_PATH": "1",
    }


def lay_settings(folder: Path) -> Path:
    """Write the defaults and the style of exercise cells below a configuration folder, and return it."""
    for path, text in (
        (folder / "labconfig" / "default_setting_overrides.json", json.dumps(SETTINGS, indent=1)),
        (folder / "custom" / "custom.css", STYLE.read_text(encoding="utf-8") if STYLE.exists() else ""),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
