"""The recorded cases: what was asked of the Worker that wrangler built, its answer, and that of the Python site."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from labkit import pages
from labkit.lab import Lab

HERE = Path(__file__).parent
HOST = "https://app.example"
OF_THE_PLATFORM = {"cf-ray", "date", "server", "content-length", "content-encoding", "transfer-encoding", "x-failed"}
"""Headers that no function makes."""
WRANGLER = {"services": [{"binding": "ASSETS", "service": "assets"}], "vars": {"GREETING": "hello"}}
EVERYTHING = {"version": 1, "include": ["/*"], "exclude": []}
"""The rules that keep nothing from the Worker: it was asked by itself."""


@cache
def recorded() -> dict[str, Any]:
    return json.loads((HERE / "recorded.json").read_text(encoding="utf-8"))


def lab_of(site: pages.Site) -> Lab:
    return Lab(site, WRANGLER, services={"assets": HERE / "assets.py"}, network=None)


def played(name: str) -> list[dict[str, Any]]:
    """What a Python site answers to its cases, in order."""
    lab = lab_of(pages.build(HERE / "sites" / name / "py", routes=EVERYTHING))
    return [_answer(lab, case["request"]) for case in recorded()["sites"][name]]


def _answer(lab: Lab, asked: dict[str, Any]) -> dict[str, Any]:
    body, headers = asked.get("body"), asked.get("headers", {})
    if body is not None:
        headers = {**headers, "content-type": "text/plain;charset=UTF-8"}  # as a Request with text has it
    logged = len(lab.logs)
    response = lab.run(lab.fetch(HOST + asked["path"], method=asked["method"], headers=headers, body=body))
    lines = [[name.lower(), value] for name, value in response.headers.items()]
    failed = [entry.message for entry in list(lab.logs)[logged:] if entry.level == "error"]
    text = failed[-1].strip().splitlines()[-1].partition(": ")[2] if failed else lab.run(response.text())
    return {"status": response.status, "headers": lines, "text": text}


def plain(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer as it is compared: the order of headers, and of names in JSON, is nobody's."""
    headers = sorted(line for line in answer["headers"] if line[0] not in OF_THE_PLATFORM)
    is_json = ["content-type", "application/json"] in headers and answer["text"]
    failed = answer["status"] == 500 and not any(name == "x-mark" for name, _ in headers)
    return {
        "status": answer["status"],
        "headers": [] if failed else headers,
        "body": json.loads(answer["text"]) if is_json else answer["text"],
    }
