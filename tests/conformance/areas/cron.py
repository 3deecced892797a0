"""The `scheduled` handler: "JOB" is the Worker's trigger, and what its runs have left in KV."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from tests.conformance.recorder.bench import SubjectBench


class CronBench(SubjectBench):
    def target(self, name: str) -> Any:
        return self

    async def scheduled(self, options: dict[str, Any]) -> dict[str, Any]:
        due: datetime = options["scheduledTime"]
        ended = await self.lab.scheduled(options["cron"], due.timestamp())
        return {"outcome": ended.outcome, "noRetry": ended.noRetry}

    async def script(self, actions: list[dict[str, Any]]) -> None:
        await self.env.KV.put("script", json.dumps(actions))

    async def seen(self) -> list[Any]:
        return json.loads(await self.env.KV.get("seen") or "[]")


def bench() -> CronBench:
    return CronBench()
