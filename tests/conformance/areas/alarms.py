"""Alarms of Durable Objects: a name is that of an object, of the class `Clock` or, where it begins so, `Mute`."""

from __future__ import annotations

from typing import Any

from tests.conformance.recorder.bench import SubjectBench


class AlarmsBench(SubjectBench):
    def target(self, name: str) -> Any:
        return (self.env.MUTE if name.startswith("Mute") else self.env.CLOCK).getByName(name)


def bench() -> AlarmsBench:
    return AlarmsBench()
