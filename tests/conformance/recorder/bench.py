"""The lab on which recordings of `subjects.mjs` are played: the same Worker in Python, the network switched off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from labkit import Lab
from tests.conformance.areas import RECORDED_AT

SUBJECTS = Path(__file__).with_name("subjects.py")
CLASSES = ("Clock", "Mute", "Room", "Remote")
WRANGLER = {
    "name": "subjects",
    "durable_objects": {"bindings": [{"name": name.upper(), "class_name": name} for name in CLASSES]},
    "migrations": [{"tag": "v1", "new_sqlite_classes": list(CLASSES)}],
    "workflows": [{"binding": "FLOW", "name": "flow", "class_name": "Flow"}],
    "kv_namespaces": [{"binding": "KV", "id": "kv"}],
    "services": [{"binding": "SERVICE", "service": "other", "entrypoint": "Service"}],
}


class SubjectBench:
    """A fresh lab. An area says what the names before the dot stand for."""

    def __init__(self) -> None:
        self.lab = Lab(SUBJECTS, WRANGLER, services={"other": SUBJECTS}, network=None, start=RECORDED_AT)
        self.env = self.lab.env("SYD")

    def target(self, name: str) -> Any:
        raise NotImplementedError

    def run(self, awaitable: Any) -> Any:
        return self.lab.run(awaitable)

    def advance(self, seconds: float) -> None:
        self.lab.run(self.lab.advance(seconds))
