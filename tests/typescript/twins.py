"""The TypeScript twins of the lessons, and the requests that each must answer.

A twin is `notebooks/typescript/NN_name.ts`; the notebook shows that very file. Beside it stands
`NN_name.requests.toml`, in the form of a parity case, in which each request has an `expect`:
`{ status = 200, json = {...}, body = "...", headers = {...} }`. Nothing lists the twins.
"""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.parity.cases import Request, request_of

HERE = Path(__file__).parent
LESSONS = HERE.parent.parent / "notebooks" / "typescript"
SAMPLES = HERE / "samples"
EXPECTATIONS = {"status", "json", "body", "headers"}


@dataclass(frozen=True)
class Twin:
    """A TypeScript file with the requests it is asked and what each must answer."""

    file: Path
    wrangler: dict[str, Any]
    requests: tuple[tuple[Request, dict[str, Any]], ...]

    @property
    def name(self) -> str:
        return self.file.stem


@dataclass(frozen=True)
class Outcome:
    """What the compiler said of a twin, and what the runtime answered."""

    complaints: list[str]
    answers: list[dict[str, Any]]


def twins(folder: Path = LESSONS) -> list[Twin]:
    """Every twin of a folder, by name."""
    return [read(file) for file in sorted(folder.glob("*.ts"))]


def read(file: Path) -> Twin:
    """A twin with its requests. Refuses one that nothing is asked of, and a request that expects nothing."""
    beside = file.with_suffix(".requests.toml")
    if not beside.is_file():
        raise ValueError(f"{file.name} needs {beside.name} beside it: the requests that it answers.")
    raw = tomllib.loads(beside.read_text(encoding="utf-8"))
    requests = tuple(_expected(beside, dict(each)) for each in raw.get("request", []))
    if not requests:
        raise ValueError(f"{beside.name}: a twin needs at least one [[request]].")
    return Twin(file, raw.get("wrangler", {}), requests)


def _expected(beside: Path, raw: dict[str, Any]) -> tuple[Request, dict[str, Any]]:
    expect = raw.pop("expect", None)
    if not expect or set(expect) - EXPECTATIONS:
        raise ValueError(f"{beside.name}: each request needs `expect`, of {', '.join(sorted(EXPECTATIONS))}.")
    return request_of(beside, raw), expect


def play(chosen: Iterable[Twin], seconds: float = 120) -> dict[str, Outcome]:
    """Type-check and run the twins in one Node process; the outcome of each by its name."""
    wanted = list(chosen)
    plan = [{"file": str(twin.file), "wrangler": twin.wrangler, "events": [each.event() for each, _ in twin.requests]}
            for twin in wanted]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        plan_file, answers_file = Path(folder, "plan.json"), Path(folder, "answers.json")
        plan_file.write_text(json.dumps(plan), encoding="utf-8")
        command = ["node", str(HERE / "host" / "main.mjs"), str(plan_file), str(answers_file)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds)
        if done.returncode:
            raise RuntimeError(f"Node did not answer: {done.stderr.strip()[-2000:]}")
        results = json.loads(answers_file.read_text(encoding="utf-8"))
    return {twin.name: Outcome(**results[str(twin.file)]) for twin in wanted}


def unmet(expect: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    """What of the expectation the answer does not meet, a line each."""
    if "exception" in answer:
        return [f"the Worker raised: {answer['exception']}"]
    body = base64.b64decode(answer["body"]).decode(errors="replace")
    headers = dict(answer["headers"])
    wanted = {"status": expect.get("status", 200)} | {key: expect[key] for key in ("json", "body") if key in expect}
    got = {"status": answer["status"], "body": body, "json": _json(body) if "json" in expect else None}
    wanted |= {f"header {name}": value for name, value in expect.get("headers", {}).items()}
    got |= {f"header {name}": headers.get(name) for name in expect.get("headers", {})}
    return [f"{part}: expected {wanted[part]!r}, got {got[part]!r}" for part in wanted if wanted[part] != got[part]]


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
