"""Labs with one Workflow, for tests: a class in a source text, and the hands to begin and watch an instance."""

from __future__ import annotations

from typing import Any

from labkit import Lab
from labkit.emulators.workflows import Instance, Workflows

HEAD = """
import asyncio
from workers import WorkerEntrypoint, WorkflowEntrypoint
from workers.workflows import NonRetryableError

class Default(WorkerEntrypoint):
    pass

"""


class Bench:
    """A lab whose Worker has the Workflow class `Flow`, bound as FLOW."""

    def __init__(self, source: str, entry: dict[str, Any] | None = None, date: str = "2026-05-01", **options: Any):
        flow = {"binding": "FLOW", "name": "flow", "class_name": "Flow"} | (entry or {})
        self.lab = Lab(HEAD + source, {"workflows": [flow], "compatibility_date": date}, **options)

    @property
    def flows(self) -> Workflows:
        return self.lab.workflows("FLOW")

    @property
    def now(self) -> float:
        return self.lab.now

    def create(self, params: Any = None, id: str = "i", colo: str = "LHR", **options: Any) -> Instance:
        self.run(self.lab.env(colo).FLOW.create({"id": id, "params": params, **options}))
        return self.flows.instance(id)

    def call(self, method: str, *args: Any, id: str = "i", colo: str = "LHR", **keywords: Any) -> Any:
        """A method of an instance's handle, from a place."""

        async def calling() -> Any:
            handle = await self.flows.binding(colo).get(id)
            return await getattr(handle, method)(*args, **keywords)

        return self.run(calling())

    def run(self, awaitable: Any) -> Any:
        return self.lab.run(awaitable)

    def advance(self, duration: float | str) -> None:
        self.run(self.lab.advance(duration))

    def instance(self, id: str = "i") -> Instance:
        return self.flows.instance(id)

    def logged(self) -> list[str]:
        return [entry.message for entry in self.lab.logs if entry.level == "log"]

    def steps_billed(self) -> float:
        return self.lab.trace.units()["workflows.steps"]

    def attempts(self, id: str = "i") -> list[tuple[str, str]]:
        """Each row of the history: the step and how it came out, without the words of an error."""
        return [(row["step"], row["outcome"].partition(":")[0]) for row in self.instance(id).history]
