"""The learner's Workflow as the third view: instances on a lab, and what is stored of each tells what it came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from labkit.emulators.workflows import Instance
from labkit.emulators.workflows.records import Record
from labkit.errors import LabError
from labkit.lab import Lab
from labkit.sim import traffic
from labkit.sim.service import Service
from labkit.sim.workers import hello

BINDING, COLO = "FLOW", "LHR"


@dataclass(frozen=True)
class Create:
    """An instance that is begun with a payload."""

    at: float
    id: str
    payload: Any

    async def run(self, lab: Lab) -> None:
        await lab.workflows(BINDING).binding(COLO).create({"id": self.id, "params": self.payload})


@dataclass(frozen=True)
class Yours:
    """A Workflow, and how many `instances` of it are begun, a second apart; each is a replication.

    `worker` is its class, or a text or a path in which `class_name` names it. `lab` holds the Lab's own options.
    """

    worker: Any
    class_name: str = "Flow"
    instances: int = 100
    seed: int = 4
    lab: dict[str, Any] = field(default_factory=dict)

    def run(self, row: int, payloads: Sequence[Any], seconds: float, service: Service | None = None) -> list[Instance]:
        """The instances of the payloads, after so many seconds from the last one's beginning. Refuses one that goes on.

        Instances that ended long ago are forgotten, as on the platform: `seconds` is less than the retention.
        """
        lab = self._bench(row, service)
        traffic.play(lab, [Create(float(number), str(number), each) for number, each in enumerate(payloads)])
        lab.run(lab.advance(seconds))
        found = [lab.workflows(BINDING).instance(str(number)) for number in range(len(payloads))]
        for each in found:
            if not each.is_finite:
                raise LabError(f"After {seconds:,.0f} s an instance is still {each.status}, with {len(each.records)} "
                               "steps: it sleeps or retries for longer than it is asked to.")  # fmt: skip
        if not any(each.records for each in found):
            raise LabError(f"{len(found)} instances took no step. The last ended as {found[-1].status}: "
                           f"{found[-1].error}.")  # fmt: skip
        return found

    def _bench(self, row: int, service: Service | None) -> Lab:
        is_class = isinstance(self.worker, type)
        name = self.worker.__name__ if is_class else self.class_name
        main = [hello.Default, self.worker] if is_class else self.worker
        given = {"origins": service.origins if service else {}, **self.lab}
        return Lab(main, workflows={BINDING: name}, seed=1000 * self.seed + row, **given)


def steps(instance: Instance) -> list[Record]:
    """The records of its `do` steps."""
    return [record for record in instance.records.values() if record.kind == "do"]
