"""The recorded cases: what was asked of the real Hono, what it answered, and what the Python app answers."""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any

from labkit.lab import Lab

HERE = Path(__file__).parent
HOST = "https://app.example"
OF_THE_PLATFORM = {"cf-ray", "date", "server", "content-length"}
"""Headers that Hono does not make."""


@cache
def recorded() -> dict[str, Any]:
    return json.loads((HERE / "recorded.json").read_text(encoding="utf-8"))


def played(name: str) -> list[dict[str, Any]]:
    """What a Python app answers to its cases, in order."""
    lab = Lab(HERE / "apps" / f"{name}.py", network=None)
    return [_answer(lab, case["request"]) for case in recorded()["apps"][name]]


def _answer(lab: Lab, asked: dict[str, Any]) -> dict[str, Any]:
    body, headers = asked.get("body"), asked["headers"]
    if body is not None and "content-type" not in {name.lower() for name in headers}:
        headers = {**headers, "content-type": "text/plain;charset=UTF-8"}  # as a Request with text has it
    response = lab.run(lab.fetch(HOST + asked["path"], method=asked["method"], headers=headers, body=body))
    lines = [(name.lower(), value) for name, value in response.headers.items()]
    content = bytes(lab.run(response.bytes()))
    kept = [list(line) for line in lines if line[0] not in OF_THE_PLATFORM]
    return {"status": response.status, "headers": sorted(kept), "body": told(content)}


def told(content: bytes) -> dict[str, Any]:
    """A body as `record.mjs` writes it."""
    if len(content) > 10_000:
        return {"length": len(content)}
    try:
        return {"text": content.decode()}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(content).decode()}


def differences(theirs: dict[str, Any], ours: dict[str, Any]) -> dict[str, str]:
    """The parts of two answers that differ. The order of headers, and of names in JSON, is nobody's."""
    pairs = {part: (_plain(part, theirs), _plain(part, ours)) for part in ("status", "headers", "body")}
    return {part: f"Hono {one}, here {other}" for part, (one, other) in pairs.items() if one != other}


def _plain(part: str, answer: dict[str, Any]) -> Any:
    """A part as it is compared."""
    if part == "headers":
        return sorted(answer["headers"])
    if part == "body" and ["content-type", "application/json"] in answer["headers"] and answer["body"].get("text"):
        return json.loads(answer["body"]["text"])
    return answer[part]
