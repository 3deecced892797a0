"""The cases on the real runtime: one Node process plays them all, and one each site of static assets but the first."""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.parity import npm, sdk
from tests.parity.answers import Answer, last_line, outcome
from tests.parity.cases import Case

HERE = Path(__file__).parent


def unavailable() -> str | None:
    """Why the real runtime cannot be asked, in one sentence, or None when it can."""
    if reason := npm.missing(HERE, "miniflare", "pyodide"):
        return reason
    if sdk.is_installed():
        return None
    if not npm.may_install():
        return "Cloudflare's Python SDK is missing: set LABKIT_INSTALL_LANES=1 to fetch it."
    return sdk.install()


def play(cases: Iterable[Case], seconds: float = 300) -> dict[str, list[Answer]]:
    """The answers to each case's requests, by the case's name.

    Miniflare (4.20260426) reads the files of every site from the folder of the first.
    """
    played = list(cases)
    _, *further = [case for case in played if case.site] or [None]
    answers = _played([case for case in played if case not in further], seconds)
    for case in further:
        answers |= _played([case], seconds)
    return answers


def _played(cases: list[Case], seconds: float) -> dict[str, list[Answer]]:
    plan = {"sdk": str(sdk.FOLDER), "cases": [_planned(case) for case in cases]}
    with tempfile.TemporaryDirectory() as folder:
        plan_file, answers_file = Path(folder, "plan.json"), Path(folder, "answers.json")
        plan_file.write_text(json.dumps(plan), encoding="utf-8")
        command = ["node", str(HERE / "host" / "main.mjs"), str(plan_file), str(answers_file)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds)
        if done.returncode:
            raise RuntimeError(f"The real runtime did not answer: {done.stderr.strip()[-2000:]}")
        answers = json.loads(answers_file.read_text(encoding="utf-8"))
    return {name: [_answer(each) for each in those] for name, those in answers.items()}


def _planned(case: Case) -> dict[str, Any]:
    return {
        "name": case.name, "files": case.files(), "wrangler": case.wrangler, "origins": case.origins,
        "site": case.site, "secrets_store": case.secrets_store,
        "events": [request.event() for request in case.requests],
    }  # fmt: skip


def _answer(raw: dict[str, Any]) -> Answer:
    if "exception" in raw:
        return Answer(failure=last_line(raw["exception"]))
    if "outcome" in raw:
        return Answer(outcome=outcome(raw["outcome"], raw["noRetry"]))
    if "transcript" in raw:
        return Answer(transcript=[(on, heard) for on, heard in raw["transcript"]])
    headers = [(name, value) for name, value in raw["headers"]]
    return Answer(raw["status"], headers, base64.b64decode(raw["body"]))
