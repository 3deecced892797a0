"""Calls of methods: "SERVICE" is a Worker's entrypoint, any other name an object of the class `Remote`."""

from __future__ import annotations

from typing import Any

from tests.conformance.recorder.bench import SubjectBench


class RpcBench(SubjectBench):
    def target(self, name: str) -> Any:
        return self.env.SERVICE if name == "SERVICE" else self.env.REMOTE.getByName(name)


def bench() -> RpcBench:
    return RpcBench()
